//! The differences that an `x-deviation` names.

/// The aspect in which a document and its source, a page of the publisher, differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Aspect {
    /// The document has what the page does not have.
    Absent,
    /// The page has what the document does not have.
    New,
    /// The kinds of values differ, null aside.
    Type,
    /// Null is a value of one of the two only.
    Nullable,
    /// One of the two requires it.
    Required,
    /// The listed values differ.
    Values,
    /// The credentials differ.
    Security,
    /// The document does not describe an example of the page.
    Example,
}

impl Aspect {
    /// All aspects.
    pub const ALL: [Self; 8] = [
        Self::Absent,
        Self::New,
        Self::Type,
        Self::Nullable,
        Self::Required,
        Self::Values,
        Self::Security,
        Self::Example,
    ];

    /// Returns the aspect as a word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Absent => "absent",
            Self::New => "new",
            Self::Type => "type",
            Self::Nullable => "nullable",
            Self::Required => "required",
            Self::Values => "values",
            Self::Security => "security",
            Self::Example => "example",
        }
    }
}

/// Returns whether a word of `differs` names a difference: an aspect, and for a type the kinds of values that the page has,
/// as `type integer or string`.
#[must_use]
pub fn is_difference(word: &str) -> bool {
    const KINDS: [&str; 8] = ["any kind of value", "array", "boolean", "integer", "null", "number", "object", "string"];
    match word.strip_prefix("type ") {
        Some(kinds) => kinds.split(" or ").all(|kind| KINDS.contains(&kind)),
        None => Aspect::ALL.iter().any(|aspect| *aspect != Aspect::Type && aspect.as_str() == word),
    }
}
