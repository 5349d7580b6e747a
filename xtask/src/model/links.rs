//! The parts of a document that lead elsewhere, which the documentation shows.

/// A link to further documentation (`externalDocs`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeeAlso {
    /// Its URL, as the document has it.
    pub url: String,
    /// Its description.
    pub description: Option<String>,
}

/// A link from an answer to another operation, which can be called with values of the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The status of the answer, as the document has it.
    pub status: String,
    /// The operation.
    pub target: LinkTarget,
    /// The values that it takes: each with the setter of its parameter, or `body`.
    pub values: Vec<(String, LinkedValue)>,
    /// Its description.
    pub description: Option<String>,
}

/// The operation that a link leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkTarget {
    /// The operation of the client of this name.
    Method(String),
    /// An operation that the client does not have, as the document refers to it.
    Elsewhere(String),
}

/// A value that a link passes on (OpenAPI 3.0.3, "Runtime Expressions").
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkedValue {
    /// A part of the request or of the answer: words with `{}` for its name or its JSON pointer, and that.
    Part(&'static str, String),
    /// A whole, in words.
    Whole(&'static str),
    /// A fixed value, or an expression of another form.
    Fixed(String),
}
