//! The typed model of a client: all that the emitted crate is made from.
//!
//! `resolve` makes it from a document; `progenitor` and `emit` read it. It is plain data. Every choice that Rust forces is
//! made in it already: names, types, styles, bodies and pages. It does not know the document, and holds JSON only where
//! the document has an example.

pub mod answers;
pub mod constraints;
pub mod info;
mod links;
pub mod operations;
pub mod security;
pub mod servers;
#[cfg(test)]
pub(crate) mod testing;
pub mod types;

pub use answers::{Answer, Body, Failures, Item, Status, Successes};
pub use constraints::{Constant, Constraints, Part, Size};
pub use info::{Info, Server};
pub use links::{Link, LinkTarget, LinkedValue, SeeAlso};
pub use operations::{
    Encoding, FieldPath, Headers, Location, Operation, Pagination, Parameter, PartEncoding, RequestBody, Style,
};
pub use security::{Credential, KeyPlace, Requirement, Scheme, Security, source_setter};
pub use servers::{ServerTemplate, ServerVariable, Servers};
pub use types::{
    Absence, Access, Alternative, Definition, Field, Form, ListedValue, RustType, TagHolder, TaggedAlternative,
    TaggedChoice, Type, TypeUse, Types, UNKNOWN,
};

use std::collections::BTreeMap;

use serde_json::Value;

use crate::document::Pointer;
pub use crate::openapi::media_type::Framing;
pub use crate::openapi::method::Method;

/// An API as its client sees it.
#[derive(Debug)]
pub struct Api {
    /// The facts about the whole API.
    pub info: Info,
    /// How requests are authenticated.
    pub security: Security,
    /// The servers that requests go to, besides the base URL.
    pub servers: Servers,
    /// The operations, in the order of the document.
    pub operations: Vec<Operation>,
    /// The links to further documentation about groups of operations, by their names.
    pub group_links: BTreeMap<String, SeeAlso>,
    /// The types that requests and answers hold, in the order of the document.
    pub types: Types,
    /// The documented examples, each with the type that decodes it.
    pub examples: Vec<Example>,
    /// The examples of values that have no test.
    pub left_out: Vec<LeftOut>,
}

impl Api {
    /// Drops the values of the examples, which take much memory. Their files must be written already.
    pub fn forget_values(&mut self) {
        for example in &mut self.examples {
            example.value = Value::Null;
            example.encoded = Value::Null;
        }
    }
}

/// An example that has no test.
#[derive(Debug)]
pub struct LeftOut {
    /// Where the document has it.
    pub at: Pointer,
    /// The reason.
    pub reason: &'static str,
}

/// A documented example.
#[derive(Debug)]
pub struct Example {
    /// The name of its test.
    pub name: String,
    /// The name of the function that returns it, if it is a value of a type of the crate.
    pub function: Option<String>,
    /// Where the document has it.
    pub at: Pointer,
    /// The type that decodes it.
    pub of: TypeUse,
    /// The example itself.
    pub value: Value,
    /// The value that the type encodes: the example without what decodes as nothing.
    pub encoded: Value,
    /// Whether only the decoder of the runtime decodes it: an integer is written with a fraction of zero or an exponent.
    pub has_other_integers: bool,
    /// The pointers to the values in it that may be encoded in another form, since a function decodes them.
    pub lossy: Vec<String>,
}
