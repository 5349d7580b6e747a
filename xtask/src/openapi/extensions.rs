//! The extensions that the generator reads: their names, and the functions that `validate` and `resolve` use to read
//! them.

use serde_json::Value;

use crate::RUNTIME;
use crate::document::fields::Fields as _;

/// The extension that describes how a list is divided into pages.
pub const PAGINATION: &str = "x-pagination";
/// The extension that names the Rust type of a schema.
pub const RUST_TYPE: &str = "x-rust-type";
/// The extension that names the function that decodes a schema.
pub const DECODE: &str = "x-rust-decode";
/// The extension with the scopes that an operation needs.
pub const SCOPES: &str = "x-required-scopes";
/// The extension with the reason why a document differs from its source.
pub const DEVIATION: &str = "x-deviation";

/// Returns whether an `x-rust-type` is for another generator: it names a crate that the client does not depend on.
#[must_use]
pub fn is_foreign(rust_type: &Value) -> bool {
    rust_type.field("crate").and_then(Value::as_str).is_some_and(|name| !name.is_empty() && name != RUNTIME)
}

/// A key of `x-pagination` that is a JSON pointer into the success body.
pub struct Key {
    /// Its name.
    pub name: &'static str,
    /// The type of the value that it leads to.
    pub kind: &'static str,
    /// Whether the extension requires the key.
    pub required: bool,
}

/// The keys of `x-pagination` that are pointers.
pub const PAGINATION_KEYS: &[Key] = &[
    Key { name: "items", kind: "array", required: true },
    Key { name: "total_pages", kind: "integer", required: true },
    Key { name: "total", kind: "integer", required: false },
    Key { name: "current_page", kind: "integer", required: false },
];
