//! Which specification the document follows; only OpenAPI 3.0 is read.

use serde_json::Value;

use super::structure::kind_of;
use crate::diagnostics::{Code, Diagnostic, Place};
use crate::document::{Document, Pointer};

/// The finding about a document that does not follow OpenAPI 3.0.
#[must_use]
pub fn check(document: &Document) -> Option<Diagnostic> {
    let Value::Object(root) = &document.root else {
        return Some(Diagnostic::error(
            Code::NotOpenapi,
            Place::File,
            format!("an OpenAPI document is an object, and this is {}", kind_of(&document.root)),
            "name an OpenAPI 3.0 document with `--spec PATH`",
        ));
    };
    if root.contains_key("swagger") {
        return Some(Diagnostic::error(
            Code::UnsupportedVersion,
            Place::Key(Pointer::root().key("swagger")),
            "this is a Swagger 2.0 document; the generator reads OpenAPI 3.0",
            "convert it, for example with `npx swagger2openapi`, and name the result with `--spec PATH`",
        ));
    }
    let Some(version) = root.get("openapi") else {
        return Some(Diagnostic::error(
            Code::NotOpenapi,
            Place::File,
            "this is not an OpenAPI document: it has no `openapi` field",
            "begin the document with `openapi: 3.0.3`",
        ));
    };
    let place = Place::Value(Pointer::root().key("openapi"));
    match version {
        Value::String(version) if is_3_0(version) => None,
        Value::String(version) if is_newer(version) => Some(Diagnostic::departure(
            Code::UnsupportedVersion,
            place,
            format!("this is an OpenAPI {version} document; the generator reads OpenAPI 3.0"),
            "its newer words are read as what they mean in 3.0; to write it so: `nullable: true` for a type list with \
             `null`, `example` for a schema's `examples`, `exclusiveMinimum` as a flag",
        )),
        Value::String(version) if version == "3.0" => Some(Diagnostic::departure(
            Code::UnsupportedVersion,
            place,
            "`3.0` is not a version of OpenAPI that the generator knows",
            "it is read as `3.0.3`: write that",
        )),
        Value::String(version) => Some(Diagnostic::error(
            Code::UnsupportedVersion,
            place,
            format!("`{version}` is not a version of OpenAPI that the generator knows"),
            "write the document as OpenAPI 3.0 and begin it with `openapi: 3.0.3`",
        )),
        other => Some(Diagnostic::error(
            Code::UnsupportedVersion,
            place,
            format!("the version has to be a string, and is {}", kind_of(other)),
            "write `openapi: 3.0.3`",
        )),
    }
}

/// OpenAPI 3.1 and what follows it.
fn is_newer(version: &str) -> bool {
    version.strip_prefix("3.").is_some_and(|rest| rest.starts_with(|c: char| ('1'..='9').contains(&c)))
}

/// `3.0.` and a patch version: the form that progenitor accepts.
fn is_3_0(version: &str) -> bool {
    version.strip_prefix("3.0.").is_some_and(|patch| patch.starts_with(|c: char| c.is_ascii_digit()))
}
