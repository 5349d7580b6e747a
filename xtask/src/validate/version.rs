//! Checks that the document follows a version of OpenAPI that the generator reads, and names a known dialect of JSON
//! Schema.

use serde_json::Value;

use crate::diagnostics::{Code, Diagnostic, Place};
use crate::document::fields::Fields as _;
use crate::document::{Document, Pointer};
use crate::openapi::version::is_3_1_or_later;
use crate::openapi::walk::kind_of;

/// Returns whether these are the values of an OpenAPI document of any version.
#[must_use]
pub fn is_api(root: &Value) -> bool {
    root.has("openapi") || root.has("swagger")
}

/// Returns the finding about a version that the generator does not read.
#[must_use]
pub fn check(document: &Document) -> Option<Diagnostic> {
    let Value::Object(root) = &document.root else {
        return Some(Diagnostic::error(
            Code::NotOpenapi,
            Place::File,
            format!("an OpenAPI document is an object, and this is {}", kind_of(&document.root)),
            "name an OpenAPI document with `--spec PATH`",
        ));
    };
    if root.has("swagger") {
        return Some(Diagnostic::error(
            Code::UnsupportedVersion,
            Place::Key(Pointer::root().key("swagger")),
            "this is a Swagger 2.0 document; expected OpenAPI 3.0 or 3.1",
            "convert it, for example with `npx swagger2openapi`, and name the result with `--spec PATH`",
        ));
    }
    let Some(version) = root.field("openapi") else {
        return Some(Diagnostic::error(
            Code::NotOpenapi,
            Place::Key(Pointer::root()),
            "this is not an OpenAPI document: it has no `openapi` field",
            "begin the document with `openapi: 3.0.3`",
        ));
    };
    let place = Place::Value(Pointer::root().key("openapi"));
    let Some(version) = version.as_str() else {
        return Some(Diagnostic::error(
            Code::UnsupportedVersion,
            place,
            format!("`openapi` must be a string, found {}", kind_of(version)),
            "write `openapi: 3.0.3` or `openapi: 3.1.0`",
        ));
    };
    if is_release_of(version, "3.0") || is_release_of(version, "3.1") {
        return None;
    }
    Some(unknown(version, place))
}

fn unknown(version: &str, place: Place) -> Diagnostic {
    let message = |version: &str| format!("unsupported OpenAPI version `{version}`; expected 3.0 or 3.1");
    match version {
        "3.0" | "3.1" => Diagnostic::nonconforming(
            Code::UnsupportedVersion,
            place,
            format!("incomplete OpenAPI version `{version}`; expected three numbers, such as `{version}.0`"),
            format!("it is read as OpenAPI {version}: add the last number"),
        ),
        later if is_3_1_or_later(later) => Diagnostic::nonconforming(
            Code::UnsupportedVersion,
            place,
            message(later),
            "it is read as OpenAPI 3.1: fields that are newer are ignored",
        ),
        other => Diagnostic::error(
            Code::UnsupportedVersion,
            place,
            message(other),
            "write the document as OpenAPI 3.0 or 3.1, and begin it with `openapi: 3.0.3` or `openapi: 3.1.0`",
        ),
    }
}

/// Returns the finding about a dialect of JSON Schema that is not one of the published ones.
#[must_use]
pub fn dialect(value: &Value, at: &Pointer) -> Option<Diagnostic> {
    let uri = value.as_str()?;
    let name = uri.trim_end_matches('#').trim_start_matches("https://").trim_start_matches("http://");
    let is_of_openapi = name.strip_prefix("spec.openapis.org/oas/3.1/").is_some();
    let is_known = is_of_openapi || DIALECTS.contains(&name);
    (!is_known).then(|| {
        Diagnostic::nonconforming(
            Code::UnknownWord,
            Place::Value(at.clone()),
            format!("unknown JSON Schema dialect `{uri}`"),
            "it is read as JSON Schema 2020-12: remove it, or name a published dialect",
        )
    })
}

/// The published dialects of JSON Schema, without scheme.
const DIALECTS: &[&str] = &[
    "json-schema.org/draft/2020-12/schema",
    "json-schema.org/draft/2019-09/schema",
    "json-schema.org/draft-07/schema",
    "json-schema.org/draft-06/schema",
    "json-schema.org/draft-04/schema",
    "json-schema.org/draft-03/schema",
];

/// Returns whether a version is a release of a minor version: `3.0.3` of `3.0`. A suffix such as `-rc1` is allowed.
fn is_release_of(version: &str, minor: &str) -> bool {
    let patch = version.strip_prefix(minor).and_then(|rest| rest.strip_prefix('.'));
    patch.is_some_and(|patch| {
        let digits = patch.trim_start_matches(|c: char| c.is_ascii_digit());
        digits.len() < patch.len() && (digits.is_empty() || digits.starts_with('-'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_of_3_0_and_3_1_are_read_and_nothing_else_is() {
        for version in ["3.0.0", "3.0.4", "3.1.0", "3.1.1", "3.0.0-rc1"] {
            assert!(is_release_of(version, &version[..3]), "{version}");
        }
        for version in ["3.0", "3.0.", "3.0.x", "3.10.0", "3.0.3.1", "3.0.3x"] {
            assert!(!is_release_of(version, "3.0") && !is_release_of(version, "3.1"), "{version}");
        }
    }

    #[test]
    fn a_document_of_any_version_is_one_of_openapi() {
        for (text, expected) in [("openapi: 3.0.3\n", true), ("swagger: '2.0'\n", true), ("info: {}\n", false)] {
            let document = crate::source::parse(crate::document::Source::new("api.yaml", text)).unwrap();
            assert_eq!(is_api(&document.root), expected, "{text}");
        }
    }
}
