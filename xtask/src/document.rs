//! The document as it was read: its text, its values, and where each value stands.
//!
//! Values are addressed by JSON pointer (RFC 6901) everywhere in the generator; a pointer is turned into a line
//! and a column only when something has to be said about it.

use std::fmt;
use std::sync::OnceLock;

use serde_json::Value;

use crate::lines::Lines;
use crate::moves::Moves;
use crate::positions::{Positions, Span};

/// An OpenAPI document: the values, and the text they were read from.
#[derive(Debug)]
pub struct Document {
    /// The file it was read from.
    pub source: Source,
    /// The document's values, in the order of the file.
    pub root: Value,
}

/// A text with a name, and the positions of what stands in it.
#[derive(Debug)]
pub struct Source {
    /// The name of the file as the reader knows it.
    pub name: String,
    /// The text of the file.
    pub text: String,
    /// Where its values stood before they were moved.
    moves: Moves,
    positions: OnceLock<Positions>,
    lines: OnceLock<Lines>,
}

impl Source {
    /// A source with the given name and text.
    #[must_use]
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            text: text.into(),
            moves: Moves::default(),
            positions: OnceLock::new(),
            lines: OnceLock::new(),
        }
    }

    /// Takes over where the values of the document stood before they were moved.
    pub fn set_moves(&mut self, moves: Moves) {
        self.moves = moves;
    }

    /// Returns where the value at `pointer` was written: before it was moved, and behind an alias.
    #[must_use]
    pub fn written(&self, pointer: &Pointer) -> Pointer {
        self.positions().behind_aliases(&self.moves.written(pointer))
    }

    /// Where the value at `pointer` stands, or the nearest value around it that has a place of its own.
    #[must_use]
    pub fn value_span(&self, pointer: &Pointer) -> Option<Span> {
        self.positions().value(&self.written(pointer))
    }

    /// Where the key that leads to `pointer` stands, or the value where there is no key.
    #[must_use]
    pub fn key_span(&self, pointer: &Pointer) -> Option<Span> {
        self.positions().key(&self.written(pointer))
    }

    /// The lines of the text.
    #[must_use]
    pub fn lines(&self) -> &Lines {
        self.lines.get_or_init(|| Lines::of(&self.text))
    }

    fn positions(&self) -> &Positions {
        // Only a document with findings pays for the second parse.
        self.positions.get_or_init(|| Positions::of(&self.text))
    }
}

/// A JSON pointer (RFC 6901) into a document.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Pointer(String);

impl Pointer {
    /// The pointer to the whole document.
    #[must_use]
    pub fn root() -> Self {
        Self::default()
    }

    /// The pointer that this text is, as [`as_str`](Self::as_str) gave it.
    #[must_use]
    pub fn from_text(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The pointer that a local `$ref` names: what stands behind its `#`, percent-decoded (RFC 6901, section 6).
    #[must_use]
    pub fn from_reference(reference: &str) -> Option<Self> {
        let fragment = reference.strip_prefix('#')?;
        let pointer = percent_decoded(fragment)?;
        (pointer.is_empty() || pointer.starts_with('/')).then_some(Self(pointer))
    }

    /// The pointer to the property `key` of what this one points at.
    #[must_use]
    pub fn key(&self, key: &str) -> Self {
        let mut text = String::with_capacity(self.0.len() + 1 + key.len());
        text.push_str(&self.0);
        text.push('/');
        if key.contains(['~', '/']) {
            text.push_str(&key.replace('~', "~0").replace('/', "~1"));
        } else {
            text.push_str(key);
        }
        Self(text)
    }

    /// The pointer to the element `index` of what this one points at.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        Self(format!("{}/{index}", self.0))
    }

    /// The pointer to several keys below this one.
    #[must_use]
    pub fn keys<'k>(&self, keys: impl IntoIterator<Item = &'k str>) -> Self {
        keys.into_iter().fold(self.clone(), |pointer, key| pointer.key(key))
    }

    /// The pointer to what holds the value that this one points at.
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        self.0.rfind('/').map(|slash| Self(self.0[..slash].to_owned()))
    }

    /// The last key or index of the pointer, unescaped.
    #[must_use]
    pub fn last(&self) -> Option<String> {
        self.0.rfind('/').map(|slash| self.0[slash + 1..].replace("~1", "/").replace("~0", "~"))
    }

    /// The first keys of the pointer, unescaped.
    pub fn segments(&self) -> impl Iterator<Item = String> + '_ {
        self.0.split('/').skip(1).map(|segment| segment.replace("~1", "/").replace("~0", "~"))
    }

    /// The value that the pointer leads to.
    #[must_use]
    pub fn lookup<'v>(&self, root: &'v Value) -> Option<&'v Value> {
        root.pointer(&self.0)
    }

    /// The pointer as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_empty() { "/" } else { &self.0 })
    }
}

fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = text.bytes();
    let mut decoded = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        decoded.push(if byte == b'%' {
            let digits = [bytes.next()?, bytes.next()?];
            u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?
        } else {
            byte
        });
    }
    String::from_utf8(decoded).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_with_slash_and_tilde_survives_the_pointer() {
        let pointer = Pointer::root().key("a/b~c").index(2);
        assert_eq!(pointer.as_str(), "/a~1b~0c/2");
        assert_eq!(pointer.segments().collect::<Vec<_>>(), ["a/b~c", "2"]);
        assert_eq!(pointer.parent().unwrap().last().unwrap(), "a/b~c");
    }

    #[test]
    fn a_reference_is_percent_decoded() {
        let pointer = Pointer::from_reference("#/components/schemas/Not%20Found(404)").unwrap();
        assert_eq!(pointer.last().unwrap(), "Not Found(404)");
        assert_eq!(Pointer::from_reference("other.yaml#/x"), None);
        assert_eq!(Pointer::from_reference("#/%zz"), None);
    }
}
