//! The answers of an operation.

use std::fmt;

use crate::document::Pointer;
use crate::openapi::media_type::Framing;

/// The documented successes of an operation.
#[derive(Debug, Default)]
pub struct Successes {
    /// The name of the enumeration that holds them, if their bodies differ.
    pub name: Option<String>,
    /// The answers, in the order of the document.
    pub answers: Vec<Answer>,
}

/// The documented failures of an operation.
#[derive(Debug, Default)]
pub struct Failures {
    /// The name of the enumeration that holds them. Every operation has one, so that the first documented failure
    /// changes no signature.
    pub name: String,
    /// The answers, in the order of the document.
    pub answers: Vec<Answer>,
}

/// A documented answer.
#[derive(Debug)]
pub struct Answer {
    /// Where the document has it.
    pub at: Pointer,
    /// The name of its variant.
    pub variant: String,
    /// Its status.
    pub status: Status,
    /// Its description.
    pub description: String,
    /// Its body.
    pub body: Body,
    /// The media type of its body, if it has one.
    pub media_type: Option<String>,
}

/// A status, or several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// One status.
    Code(u16),
    /// A hundred statuses, by their first digit.
    Class(u16),
    /// All statuses that are not documented.
    Default,
}

impl Status {
    /// Parses a key of a Responses object: `200`, `4XX` or `default`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text.strip_suffix("XX") {
            _ if text == "default" => Some(Self::Default),
            Some(class) => class.parse().ok().map(Self::Class),
            None => text.parse().ok().map(Self::Code),
        }
    }

    /// Returns the first digit of the status; none for `default`.
    #[must_use]
    pub fn class(self) -> Option<u16> {
        match self {
            Self::Code(code) => Some(code / 100),
            Self::Class(class) => Some(class),
            Self::Default => None,
        }
    }

    /// Returns the reason phrase of one status (RFC 9110, section 15).
    #[must_use]
    pub fn reason(self) -> Option<&'static str> {
        match self {
            Self::Code(code) => http::StatusCode::from_u16(code).ok()?.canonical_reason(),
            Self::Class(_) | Self::Default => None,
        }
    }

    /// Returns whether the status reports success.
    #[must_use]
    pub fn is_success(self) -> bool {
        self.class() == Some(2)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(code) => write!(f, "{code}"),
            Self::Class(class) => write!(f, "{class}XX"),
            Self::Default => f.write_str("default"),
        }
    }
}

/// The body of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// Nothing that is documented.
    Nothing,
    /// JSON, of the type with this name.
    Json(String),
    /// Text.
    Text,
    /// Bytes.
    Bytes,
    /// A stream of items.
    Stream(Framing, Item),
}

/// The items of a stream; those of events are their data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// JSON, of the type with this name.
    Json(String),
    /// Text.
    Text,
}

impl Body {
    /// Returns the name of the type of its JSON, or of that of its items.
    #[must_use]
    pub fn type_name(&self) -> Option<&str> {
        match self {
            Self::Json(name) | Self::Stream(_, Item::Json(name)) => Some(name),
            Self::Nothing | Self::Text | Self::Bytes | Self::Stream(_, Item::Text) => None,
        }
    }
}
