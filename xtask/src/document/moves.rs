//! The original places of values that normalization moved: keys with another name now, and items of lists with another
//! index.
//!
//! They give a finding about the normalized document its place in the original text.

use std::collections::HashMap;

use super::pointer::Pointer;

/// The moved places of a document.
#[derive(Clone, Debug, Default)]
pub struct Moves {
    /// The moved entries of each object or list, by its pointer in the original document.
    ways: HashMap<Pointer, Vec<Way>>,
}

/// A path from an object or a list in the normalized document, and the same path in the original document.
#[derive(Clone, Debug)]
struct Way {
    now: Pointer,
    before: Pointer,
}

impl Moves {
    /// Records that a value below `parent` was moved from `before` to `now`. Both are relative to `parent`.
    pub fn add(&mut self, parent: Pointer, now: Pointer, before: Pointer) {
        self.ways.entry(parent).or_default().push(Way { now, before });
    }

    /// Returns the pointer of a value in the original document, given its pointer in the normalized document.
    #[must_use]
    pub fn written(&self, pointer: &Pointer) -> Pointer {
        if self.ways.is_empty() {
            return pointer.clone();
        }
        let mut written = String::new();
        let mut rest = pointer.as_str();
        while !rest.is_empty() {
            let (length, step) = match self.way(&written, rest) {
                Some(way) => (way.now.as_str().len(), way.before.as_str()),
                None => {
                    let end = rest[1..].find('/').map_or(rest.len(), |slash| slash + 1);
                    (end, &rest[..end])
                }
            };
            written.push_str(step);
            rest = &rest[length..];
        }
        Pointer::from_text(written)
    }

    /// Returns the longest moved path that the rest of a pointer begins with.
    fn way(&self, parent: &str, rest: &str) -> Option<&Way> {
        let ways = self.ways.get(&Pointer::from_text(parent))?;
        let fits = |way: &&Way| {
            let behind = rest.strip_prefix(way.now.as_str());
            behind.is_some_and(|behind| behind.is_empty() || behind.starts_with('/'))
        };
        ways.iter().filter(fits).max_by_key(|way| way.now.as_str().len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pointer(text: &str) -> Pointer {
        Pointer::from_text(text)
    }

    #[test]
    fn a_place_below_moved_ones_is_found_as_it_was_written() {
        let mut moves = Moves::default();
        moves.add(pointer("/paths"), pointer("/~1a"), pointer("/a"));
        moves.add(pointer("/paths/a/get"), pointer("/anyOf/0"), pointer("/anyOf/1"));
        moves.add(pointer("/paths/a/get"), pointer("/allOf/0"), pointer(""));
        for (now, written) in [
            ("/paths/~1a", "/paths/a"),
            ("/paths/~1ab", "/paths/~1ab"),
            ("/paths/~1a/get/anyOf/0/type", "/paths/a/get/anyOf/1/type"),
            ("/paths/~1a/get/allOf/0/$ref", "/paths/a/get/$ref"),
            ("/paths/~1a/get/anyOf/10", "/paths/a/get/anyOf/10"),
            ("", ""),
        ] {
            assert_eq!(moves.written(&pointer(now)), pointer(written), "{now}");
        }
    }
}
