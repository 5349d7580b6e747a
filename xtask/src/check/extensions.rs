//! The extensions that the generator reads: a typo in one would otherwise pass for an extension of somebody else.

use serde_json::{Map, Value};

use super::outline::SCHEMA;
use super::structure::{Met, kind_of};
use crate::RUNTIME;
use crate::diagnostics::{Code, Diagnostic, Place};
use crate::document::Pointer;
use crate::lower::crumb::{DECODE, RUST_TYPE};

/// The findings about the extensions of schemas.
#[must_use]
pub fn check(objects: &[Met<'_>]) -> Vec<Diagnostic> {
    let schemas = objects.iter().filter(|met| met.is(&SCHEMA));
    schemas.flat_map(|met| rust_type(met.fields, &met.at).into_iter().chain(decode(met.fields, &met.at))).collect()
}

/// Whether an `x-rust-type` is for another generator, or for types that the client does not have.
#[must_use]
pub fn is_foreign(rust_type: &Value) -> bool {
    rust_type.get("crate").and_then(Value::as_str).is_some_and(|name| !name.is_empty() && name != RUNTIME)
}

fn rust_type(schema: &Map<String, Value>, at: &Pointer) -> Option<Diagnostic> {
    let extension = schema.get(RUST_TYPE)?;
    let text = |key: &str| extension.get(key).and_then(Value::as_str).unwrap_or_default();
    let library = RUNTIME.replace('-', "_");
    if is_foreign(extension) {
        return Some(Diagnostic::departure(
            Code::InvalidRustType,
            Place::Value(at.key(RUST_TYPE)),
            format!("`{RUST_TYPE}` names a type of `{}`, which the client does not depend on", text("crate")),
            format!("it is not read, and the schema is: name a type of {RUNTIME}, or leave it out"),
        ));
    }
    let is_complete = text("crate") == RUNTIME && !text("version").is_empty() && is_path(text("path"), &library);
    (!is_complete).then(|| {
        Diagnostic::error(
            Code::InvalidRustType,
            Place::Value(at.key(RUST_TYPE)),
            format!("`{RUST_TYPE}` has to name a type of {RUNTIME}"),
            format!("write `{{crate: {RUNTIME}, version: \"*\", path: \"{library}::TYPE\"}}`"),
        )
    })
}

fn decode(schema: &Map<String, Value>, at: &Pointer) -> Option<Diagnostic> {
    let extension = schema.get(DECODE)?;
    let library = RUNTIME.replace('-', "_");
    let place = Place::Value(at.key(DECODE));
    match extension.as_str() {
        None => Some(Diagnostic::error(
            Code::InvalidDecode,
            place,
            format!("`{DECODE}` has to be a string, and is {}", kind_of(extension)),
            format!("write the path of a function, such as `{library}::php::integer`"),
        )),
        Some(path) if !is_path(path, &library) => Some(Diagnostic::error(
            Code::InvalidDecode,
            place,
            format!("`{path}` is not the path of a function of {RUNTIME}"),
            format!("write a path such as `{library}::php::integer`"),
        )),
        Some(_) if !schema.contains_key("oneOf") && !schema.contains_key(RUST_TYPE) => Some(Diagnostic::error(
            Code::InvalidDecode,
            place,
            format!("`{DECODE}` stands in a schema without `oneOf`: there is nothing to choose between"),
            "list under `oneOf` what is decoded, first the form that the Rust type has",
        )),
        Some(_) => None,
    }
}

/// Whether a text is a path that begins with the library.
fn is_path(text: &str, library: &str) -> bool {
    let mut segments = text.split("::");
    segments.next() == Some(library)
        && text.contains("::")
        && segments.all(|segment| syn::parse_str::<syn::Ident>(segment).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_the_runtime_pass() {
        assert!(is_path("salla_runtime::php::integer", "salla_runtime"));
        for wrong in ["salla_runtime", "std::string::String", "salla_runtime::", "salla_runtime::a b", ""] {
            assert!(!is_path(wrong, "salla_runtime"), "{wrong}");
        }
    }
}
