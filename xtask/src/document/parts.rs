//! The parts of a document that come from other files: where each part is in the document, and where it was written.
//!
//! A document of several files has one tree of values. A part is known by the place of its root in that tree. The type
//! of the files is a parameter, so that this module does not depend on the one that has the documents as parts.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::pointer::Pointer;

/// A reference that was not followed, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfollowed {
    /// The problem, in one sentence.
    pub message: String,
    /// How to fix it.
    pub help: String,
    /// Whether the file was read, and does not contain what is named.
    pub is_in_file: bool,
}

/// A place in a file: the number of the file, or `None` for the document's own, and the pointer in it.
pub type FilePlace = (Option<usize>, Pointer);

/// The files of a document besides its own, and its parts that come from them.
#[derive(Clone, Debug)]
pub struct Parts<F> {
    files: Vec<Arc<F>>,
    /// The file and the place in it of each part, by the place of the part in the document.
    ways: HashMap<Pointer, FilePlace>,
    unfollowed: BTreeMap<FilePlace, Unfollowed>,
}

impl<F> Default for Parts<F> {
    fn default() -> Self {
        Self { files: Vec::new(), ways: HashMap::new(), unfollowed: BTreeMap::new() }
    }
}

impl<F> Parts<F> {
    /// Adds a file, and returns its number.
    pub fn add_file(&mut self, file: Arc<F>) -> usize {
        self.files.push(file);
        self.files.len() - 1
    }

    /// Records that the value at `now` was written at a place in a file.
    pub fn add(&mut self, now: Pointer, file: usize, written: Pointer) {
        self.ways.insert(now, (Some(file), written));
    }

    /// Records that the reference at a place was not followed.
    pub fn add_unfollowed(&mut self, at: FilePlace, why: Unfollowed) {
        self.unfollowed.entry(at).or_insert(why);
    }

    /// Returns the file of this number.
    #[must_use]
    pub fn file(&self, number: usize) -> Option<&F> {
        self.files.get(number).map(AsRef::as_ref)
    }

    /// Returns the files, which can be changed if nothing else uses them.
    pub fn files_mut(&mut self) -> impl Iterator<Item = &mut F> {
        self.files.iter_mut().filter_map(Arc::get_mut)
    }

    /// Returns why the reference at a place in a file was not followed.
    #[must_use]
    pub fn unfollowed(&self, at: &FilePlace) -> Option<&Unfollowed> {
        self.unfollowed.get(at)
    }

    /// Returns where the value at a pointer was written, if it is in a part or has an [`address`].
    #[must_use]
    pub fn written(&self, pointer: &Pointer) -> Option<FilePlace> {
        if let Some(place) = place_of(pointer) {
            return Some(place);
        }
        if self.ways.is_empty() {
            return None;
        }
        let ((file, written), below) = pointer.nearest(|above| self.ways.get(above))?;
        Some((*file, written.join(&below)))
    }
}

/// What an address begins with. No field of a document has such a name.
const ADDRESS: &str = "/\u{0}";

/// Returns a pointer that names a place in a file, whether or not the value there became a part of the document.
#[must_use]
pub fn address((file, pointer): &FilePlace) -> Pointer {
    let number = file.map(|number| number.to_string()).unwrap_or_default();
    Pointer::from_text(format!("{ADDRESS}{number}{}", pointer.as_str()))
}

/// Returns the place that an [`address`] names.
fn place_of(pointer: &Pointer) -> Option<FilePlace> {
    let rest = pointer.as_str().strip_prefix(ADDRESS)?;
    let end = rest.find('/').unwrap_or(rest.len());
    let (number, pointer) = rest.split_at(end);
    let file = if number.is_empty() { None } else { Some(number.parse().ok()?) };
    Some((file, Pointer::from_text(pointer)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pointer(text: &str) -> Pointer {
        Pointer::from_text(text)
    }

    #[test]
    fn a_place_in_a_part_is_found_in_its_file() {
        let mut parts = Parts::default();
        let file = parts.add_file(Arc::new("other.yaml"));
        assert_eq!(parts.written(&pointer("/a")), None);
        parts.add(pointer("/components/schemas/A"), file, pointer("/a/b"));
        parts.add(pointer("/components/schemas/A/items"), file, pointer(""));
        for (now, written) in [
            ("/components/schemas/A", Some("/a/b")),
            ("/components/schemas/A/type", Some("/a/b/type")),
            ("/components/schemas/A/items/type", Some("/type")),
            ("/components/schemas/AB", None),
            ("", None),
        ] {
            assert_eq!(parts.written(&pointer(now)), written.map(|written| (Some(file), pointer(written))), "{now}");
        }
    }

    #[test]
    fn an_address_leads_to_its_place() {
        for place in [(None, pointer("")), (None, pointer("/a/b")), (Some(12), pointer("/a"))] {
            assert_eq!(Parts::<()>::default().written(&address(&place)), Some(place));
        }
    }
}
