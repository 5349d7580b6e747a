//! The operations of a client.

use super::answers::{Answer, Body, Failures, Status, Successes};
use super::constraints::{Constant, Constraints};
use super::links::{Link, SeeAlso};
use super::security::Requirement;
use super::types::TypeUse;
use crate::document::Pointer;
use crate::openapi::media_type::Framing;
use crate::openapi::method::Method;

/// An operation.
#[derive(Debug)]
pub struct Operation {
    /// Where the document has it.
    pub at: Pointer,
    /// The name of its method of the client.
    pub name: String,
    /// The name of its module, which is that of a file.
    pub module: String,
    /// The name of its builder.
    pub builder: String,
    /// Its HTTP method.
    pub method: Method,
    /// Its path, with the names of parameters in braces.
    pub path: String,
    /// The parameters of the query that every request has.
    pub fixed_query: Vec<(String, String)>,
    /// The group that the documentation lists it in, if that has groups.
    pub group: Option<String>,
    /// Its summary.
    pub summary: Option<String>,
    /// Its description.
    pub description: Option<String>,
    /// Its link to further documentation.
    pub see_also: Option<SeeAlso>,
    /// The links from its answers to other operations.
    pub links: Vec<Link>,
    /// Whether it should no longer be used.
    pub deprecated: bool,
    /// The scopes that it requires, if the document states any.
    pub scopes: Vec<String>,
    /// The alternatives of its credentials.
    pub security: Requirement,
    /// The index of its own server, if it does not use the base URL.
    pub server: Option<usize>,
    /// Its parameters, in the order of the document. A body that is not JSON is among them.
    pub parameters: Vec<Parameter>,
    /// Its request body, if that is JSON.
    pub body: Option<RequestBody>,
    /// How its list comes in pages, if it does.
    pub pagination: Option<Pagination>,
    /// Its successes. Where none is documented, the answer to all other statuses is one.
    pub successes: Successes,
    /// Its failures.
    pub failures: Failures,
    /// The documented headers of its successes, if there are any.
    pub headers: Option<Headers>,
    /// The media types that a request accepts, where they are not simply JSON.
    pub accept: Option<String>,
}

impl Operation {
    /// Returns the body that all successes have in common; none where they differ.
    #[must_use]
    pub fn success(&self) -> Option<&Body> {
        let mut bodies = self.successes.answers.iter().map(|answer| &answer.body);
        let first = bodies.next().unwrap_or(&Body::Nothing);
        bodies.all(|body| body == first).then_some(first)
    }

    /// Returns whether one of its successes is a stream.
    #[must_use]
    pub fn has_stream(&self) -> bool {
        self.successes.answers.iter().any(|answer| matches!(answer.body, Body::Stream(..)))
    }

    /// Returns the statuses of the successes that are streams: the first and the last one of each range, and how the items
    /// follow each other.
    #[must_use]
    pub fn streamed_statuses(&self) -> Vec<(u16, u16, Framing)> {
        let answers = &self.successes.answers;
        let with = |status: Status| answers.iter().find(|answer| answer.status == status);
        let framing = |code: u16| {
            let answer = with(Status::Code(code)).or_else(|| with(Status::Class(2))).or_else(|| with(Status::Default));
            match answer?.body {
                Body::Stream(framing, _) => Some((code, framing)),
                _ => None,
            }
        };
        let mut ranges: Vec<(u16, u16, Framing)> = Vec::new();
        for (code, framing) in (200..=299).filter_map(framing) {
            match ranges.last_mut() {
                Some((_, last, of)) if *last + 1 == code && *of == framing => *last = code,
                _ => ranges.push((code, code, framing)),
            }
        }
        ranges
    }

    /// Returns whether a status that reports success is documented.
    #[must_use]
    pub fn has_documented_success(&self) -> bool {
        self.successes.answers.iter().any(|answer| answer.status.is_success())
    }

    /// Returns all documented answers.
    pub fn answers(&self) -> impl Iterator<Item = &Answer> {
        self.successes.answers.iter().chain(&self.failures.answers)
    }

    /// Returns the request line: the method and the path.
    #[must_use]
    pub fn request_line(&self) -> String {
        format!("{} {}", self.method.as_str(), self.path)
    }
}

/// The documented headers of the successes of an operation.
#[derive(Debug)]
pub struct Headers {
    /// The name of the type with their getters.
    pub name: String,
    /// The headers, each like a parameter: its name is that of its getter.
    pub list: Vec<Parameter>,
}

/// A parameter.
#[derive(Debug)]
pub struct Parameter {
    /// Where the document has it.
    pub at: Pointer,
    /// The name of its setter.
    pub name: String,
    /// Its name in the request.
    pub wire_name: String,
    /// Where it goes.
    pub location: Location,
    /// How it is written.
    pub encoding: Encoding,
    /// How it is written as parts.
    pub part: PartEncoding,
    /// The name of the setter that sends it with an empty value, if there is one.
    pub empty_setter: Option<String>,
    /// Its type.
    pub of: TypeUse,
    /// Whether a request without it is invalid.
    pub required: bool,
    /// Whether it should no longer be used.
    pub deprecated: bool,
    /// Its description.
    pub description: Option<String>,
    /// The bounds of its values, in words.
    pub bounds: Option<String>,
    /// The other facts about its values.
    pub constraints: Constraints,
    /// Its only value, if it is required and has one.
    pub constant: Option<Constant>,
    /// The first documented example, as a Rust expression that its setter takes.
    pub example: Option<String>,
}

/// Where a parameter goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// A segment of the path.
    Path,
    /// The query.
    Query,
    /// A header.
    Header,
    /// A cookie.
    Cookie,
    /// A field of a form.
    FormField,
    /// A part of a multipart form.
    Part,
    /// A part of a multipart form that is a file, or a list of files.
    File,
    /// The whole body: text of this media type.
    Text(String),
    /// The whole body: bytes of this media type.
    Bytes(String),
    /// The whole body: the fields of a form by their names.
    Form,
    /// The whole body: the parts of a multipart form by their names.
    Parts,
}

impl Location {
    /// Returns whether the parameter is the whole body of the request.
    #[must_use]
    pub fn is_body(&self) -> bool {
        matches!(self, Self::Text(_) | Self::Bytes(_) | Self::Form | Self::Parts)
    }
}

/// How a parameter is written (OpenAPI 3.0.3, "Parameter Object").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Encoding {
    /// Its style.
    pub style: Style,
    /// Whether lists and objects are written item by item.
    pub explode: bool,
    /// Whether reserved characters in the value are sent as they are.
    pub allow_reserved: bool,
}

/// The encoding of the parts of a field of a multipart form, where it is not the default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PartEncoding {
    /// The media type.
    pub content_type: Option<String>,
    /// The headers, each with its value.
    pub headers: Vec<(String, String)>,
    /// Whether the style of the parameter is used.
    pub is_styled: bool,
}

/// A style of parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// `simple`: `a,b`.
    Simple,
    /// `label`: `.a.b`.
    Label,
    /// `matrix`: `;name=a,b`.
    Matrix,
    /// `form`: `name=a,b`.
    Form,
    /// `spaceDelimited`: `name=a%20b`.
    SpaceDelimited,
    /// `pipeDelimited`: `name=a|b`.
    PipeDelimited,
    /// `deepObject`: `name[key]=a`.
    DeepObject,
    /// The JSON text of the value.
    Json,
}

impl Style {
    /// Parses a style of OpenAPI.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "simple" => Self::Simple,
            "label" => Self::Label,
            "matrix" => Self::Matrix,
            "form" => Self::Form,
            "spaceDelimited" => Self::SpaceDelimited,
            "pipeDelimited" => Self::PipeDelimited,
            "deepObject" => Self::DeepObject,
            _ => return None,
        })
    }
}

impl Encoding {
    /// Returns the encoding of a style. Only `form` writes lists and objects item by item unless stated otherwise
    /// (OpenAPI 3.0.3, "Parameter Object", `explode`).
    #[must_use]
    pub fn new(style: Style, explode: Option<bool>) -> Self {
        Self { style, explode: explode.unwrap_or(style == Style::Form), allow_reserved: false }
    }
}

/// A request body that is JSON.
#[derive(Debug)]
pub struct RequestBody {
    /// Where the document has it.
    pub at: Pointer,
    /// The name of its type.
    pub type_name: String,
    /// Whether a request without it is invalid.
    pub required: bool,
    /// Its description.
    pub description: Option<String>,
    /// Its media type.
    pub media_type: String,
}

/// How a list comes in pages.
#[derive(Debug)]
pub struct Pagination {
    /// The setter of the page's number.
    pub page: String,
    /// Whether that setter should no longer be used.
    pub page_is_deprecated: bool,
    /// The name of the type of a page.
    pub page_type: String,
    /// The type of an item.
    pub item: TypeUse,
    /// The items of a page.
    pub items: FieldPath,
    /// The number of pages.
    pub total_pages: FieldPath,
    /// The number of items of all pages.
    pub total: Option<FieldPath>,
    /// The number of the page.
    pub current_page: Option<FieldPath>,
}

/// The names of the fields that lead from a value to one inside of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldPath(pub Vec<String>);
