//! The security of an API, as its document describes it: the schemes, and the alternatives of each operation. Generated
//! code holds both as constants.

/// The security of an API.
#[derive(Debug)]
pub struct Security {
    /// The schemes whose credentials the client sends.
    pub schemes: &'static [Scheme],
    /// The requirement of each operation without one of its own, and of requests to other endpoints.
    pub default: Requirement,
}

impl Security {
    /// The security of an API that needs no credentials.
    pub const NONE: Self = Self { schemes: &[], default: &[] };
}

/// The alternatives of an operation. Each one is a set of schemes, by their indices in [`Security::schemes`]. An empty set
/// is a request without credentials, and so is a requirement without alternatives.
pub type Requirement = &'static [&'static [usize]];

/// A security scheme.
#[derive(Clone, Copy, Debug)]
pub struct Scheme {
    /// The name of its setter.
    pub(crate) name: &'static str,
    pub(crate) kind: SchemeKind,
}

/// The kind of a scheme, with the names of its environment variables.
#[derive(Clone, Copy, Debug)]
pub(crate) enum SchemeKind {
    /// A token in the header `Authorization`, behind the word `Bearer`.
    Token { variable: &'static str },
    /// A user and a password in the header `Authorization` (RFC 7617).
    Basic { variables: [&'static str; 2] },
    /// An API key in a parameter of this name.
    Key { variable: &'static str, place: KeyPlace, name: &'static str },
}

/// The place of an API key in a request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum KeyPlace {
    Header,
    Query,
    Cookie,
}

impl Scheme {
    /// Creates a scheme whose credential is a bearer token.
    #[must_use]
    pub const fn token(name: &'static str, variable: &'static str) -> Self {
        Self { name, kind: SchemeKind::Token { variable } }
    }

    /// Creates a scheme whose credentials are a user and a password. `variables` are those of the two.
    #[must_use]
    pub const fn basic(name: &'static str, variables: [&'static str; 2]) -> Self {
        Self { name, kind: SchemeKind::Basic { variables } }
    }

    /// Creates a scheme whose credential is an API key in the header `key`.
    #[must_use]
    pub const fn header(name: &'static str, variable: &'static str, key: &'static str) -> Self {
        Self { name, kind: SchemeKind::Key { variable, place: KeyPlace::Header, name: key } }
    }

    /// Creates a scheme whose credential is an API key in the parameter `key` of the query.
    #[must_use]
    pub const fn query(name: &'static str, variable: &'static str, key: &'static str) -> Self {
        Self { name, kind: SchemeKind::Key { variable, place: KeyPlace::Query, name: key } }
    }

    /// Creates a scheme whose credential is an API key in the cookie `key`.
    #[must_use]
    pub const fn cookie(name: &'static str, variable: &'static str, key: &'static str) -> Self {
        Self { name, kind: SchemeKind::Key { variable, place: KeyPlace::Cookie, name: key } }
    }

    /// Returns the environment variables of its credentials.
    pub(crate) fn variables(&self) -> impl Iterator<Item = &'static str> + use<> {
        let (first, second) = match self.kind {
            SchemeKind::Token { variable } | SchemeKind::Key { variable, .. } => (variable, None),
            SchemeKind::Basic { variables: [user, password] } => (user, Some(password)),
        };
        std::iter::once(first).chain(second)
    }
}
