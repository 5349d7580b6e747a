//! How a client authenticates its requests.

use crate::document::Pointer;
pub use crate::openapi::security::{Credential, KeyPlace};

/// How a client authenticates its requests.
#[derive(Debug, Default)]
pub enum Security {
    /// All requests carry one token.
    #[default]
    Token,
    /// Each request carries the credentials of its schemes.
    Schemes {
        /// The schemes that some request needs, in the order of the document.
        schemes: Vec<Scheme>,
        /// The requirement of operations without one of their own, and of requests to other endpoints.
        default: Requirement,
    },
}

/// The alternatives of a request. Each one is a set of schemes by their indices, in ascending order. An empty set is a
/// request without credentials, and so is a requirement without alternatives.
pub type Requirement = Vec<Vec<usize>>;

/// A security scheme.
#[derive(Debug)]
pub struct Scheme {
    /// Where the document has it.
    pub at: Pointer,
    /// Its name in the document.
    pub name: String,
    /// The name of its setter.
    pub setter: String,
    /// The environment variables of its credentials.
    pub variables: Vec<String>,
    /// The credentials that it asks for.
    pub credential: Credential,
    /// Its description.
    pub description: Option<String>,
}

impl Security {
    /// Returns the schemes.
    #[must_use]
    pub fn schemes(&self) -> &[Scheme] {
        match self {
            Self::Token => &[],
            Self::Schemes { schemes, .. } => schemes,
        }
    }
}

/// Returns the name of the setter for a source of tokens. `setter` is that of one token.
#[must_use]
pub fn source_setter(setter: &str) -> String {
    format!("{}_source", setter.trim_end_matches('_'))
}
