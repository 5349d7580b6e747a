//! The path of a walk through a document. It is converted to a pointer only for a report.

use crate::document::Pointer;

/// The path from the root of the document to a value in it.
#[derive(Clone, Debug)]
pub struct Trail<'t> {
    up: Option<&'t Trail<'t>>,
    step: Step<'t>,
}

#[derive(Clone, Debug)]
enum Step<'t> {
    /// The start of the path.
    Start(Pointer),
    /// The start of the path, as the text of a local `$ref`.
    Reference(&'t str),
    Key(&'t str),
    Index(usize),
}

impl Trail<'static> {
    /// Returns the path of the document itself.
    #[must_use]
    pub fn root() -> Self {
        Self::from(Pointer::root())
    }

    /// Returns a path that starts at a place in the document.
    #[must_use]
    pub fn from(pointer: Pointer) -> Self {
        Self { up: None, step: Step::Start(pointer) }
    }
}

impl<'t> Trail<'t> {
    /// Returns the path of the value that a local `$ref` leads to.
    #[must_use]
    pub fn of_reference(reference: &'t str) -> Self {
        Self { up: None, step: Step::Reference(reference) }
    }

    /// Returns the path of the value under a key.
    #[must_use]
    pub fn below(&'t self, key: &'t str) -> Trail<'t> {
        Trail { up: Some(self), step: Step::Key(key) }
    }

    /// Returns the path of the value at an index.
    #[must_use]
    pub fn item(&'t self, index: usize) -> Trail<'t> {
        Trail { up: Some(self), step: Step::Index(index) }
    }

    /// Returns the path as a pointer into the document.
    #[must_use]
    pub fn pointer(&self) -> Pointer {
        let above = self.up.map_or_else(Pointer::root, Trail::pointer);
        match &self.step {
            Step::Start(pointer) => pointer.clone(),
            Step::Reference(reference) => Pointer::from_reference(reference).unwrap_or(above),
            Step::Key(key) => above.key(key),
            Step::Index(index) => above.index(*index),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trail_may_start_inside_of_the_document() {
        let start = Trail::from(Pointer::root().key("a/b"));
        assert_eq!(start.below("c").item(2).pointer().as_str(), "/a~1b/c/2");
        assert_eq!(Trail::root().pointer(), Pointer::root());
        assert_eq!(Trail::of_reference("#/a%20b").below("c").pointer().as_str(), "/a b/c");
    }
}
