//! The extensions that the generator knows: their places and values, and slips in their names.
//!
//! Every other extension belongs to another tool, and is not reported.

use serde_json::{Map, Value};

use super::runtime::{DECODERS, is_path, unknown_item};
use super::rust_type;
use crate::diagnostics::{Code, Diagnostic, Place};
use crate::document::Pointer;
use crate::document::fields::Fields as _;
use crate::openapi::extensions::{DECODE, RUST_TYPE, SCOPES};
use crate::openapi::own_extensions;
use crate::openapi::shapes::{OPERATION, SCHEMA};
use crate::openapi::walk::{Met, kind_of};
use crate::{RUNTIME, RUNTIME_LIBRARY};

/// Returns the findings about the extensions of all objects.
#[must_use]
pub fn check(objects: &[Met<'_>]) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for met in objects {
        findings.extend(own_extensions::of_object(met.shape, &met.at, met.fields));
        if met.is(&SCHEMA) {
            findings.extend(rust_type::check(met.fields, &met.at));
            findings.extend(decode(met.fields, &met.at));
        }
        if met.is(&OPERATION) {
            findings.extend(scopes(met.fields, &met.at));
        }
    }
    findings
}

/// Checks `x-rust-decode`.
fn decode(schema: &Map<String, Value>, at: &Pointer) -> Option<Diagnostic> {
    let extension = schema.get(DECODE)?;
    let place = Place::Value(at.key(DECODE));
    match extension.as_str() {
        None => Some(Diagnostic::error(
            Code::InvalidDecode,
            place,
            format!("`{DECODE}` must be a string, found {}", kind_of(extension)),
            format!("write the path of a function, such as `{RUNTIME_LIBRARY}::php::integer`"),
        )),
        Some(path) if !is_path(path, RUNTIME_LIBRARY) => Some(Diagnostic::error(
            Code::InvalidDecode,
            place,
            format!("`{path}` is not the path of a function of {RUNTIME}"),
            format!("write a path such as `{RUNTIME_LIBRARY}::php::integer`"),
        )),
        Some(_) if !schema.has("oneOf") && !schema.has(RUST_TYPE) => Some(Diagnostic::error(
            Code::InvalidDecode,
            place,
            format!("`{DECODE}` needs a `oneOf` in the same schema"),
            "list the forms that are decoded under `oneOf`, and the form of the Rust type first",
        )),
        Some(path) => unknown_item(Code::InvalidDecode, "function", DECODERS, path, at.key(DECODE)),
    }
}

/// Checks `x-required-scopes`.
fn scopes(operation: &Map<String, Value>, at: &Pointer) -> Option<Diagnostic> {
    let extension = operation.get(SCOPES)?;
    let at = at.key(SCOPES);
    let (wrong, value) = match extension.as_array() {
        None => (at, extension),
        Some(items) => {
            let (index, item) = items.iter().enumerate().find(|(_, item)| !item.is_string())?;
            (at.index(index), item)
        }
    };
    Some(Diagnostic::nonconforming(
        Code::WrongKind,
        Place::Value(wrong),
        format!("`{SCOPES}` must be a list of strings, found {}", kind_of(value)),
        "write a list of scopes, such as `[orders.read]`",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Source;

    /// Returns the findings about a document with these fields in its operation and with this schema.
    fn findings(operation: &str, schema: &str) -> Vec<String> {
        let text = format!(
            "openapi: 3.0.3\npaths: {{/a: {{get: {{{operation}}}}}}}\ncomponents: {{schemas: {{A: {{{schema}}}}}}}\n"
        );
        let document = crate::source::parse(Source::new("api.yaml", text)).unwrap();
        let found = check(&crate::openapi::walk::walk(&document).objects);
        found.iter().map(|finding| format!("{} {}; {}", finding.code, finding.message, finding.help)).collect()
    }

    #[test]
    fn only_paths_of_the_runtime_pass() {
        assert!(is_path("salla_runtime::php::integer", "salla_runtime"));
        for wrong in ["salla_runtime", "std::string::String", "salla_runtime::", "salla_runtime::a b", ""] {
            assert!(!is_path(wrong, "salla_runtime"), "{wrong}");
        }
    }

    #[test]
    fn a_path_to_a_missing_item_of_the_runtime_is_reported() {
        let rust_type = |path: &str| format!("x-rust-type: {{crate: salla-runtime, version: '*', path: '{path}'}}");
        let decode = |path: &str| format!("oneOf: [{{}}], x-rust-decode: '{path}'");
        for (schema, expected) in [
            (rust_type("salla_runtime::Id"), None),
            (decode("salla_runtime::php::integer"), None),
            (
                rust_type("salla_runtime::Idd"),
                Some(
                    "invalid-rust-type salla-runtime has no type `salla_runtime::Idd`; did you mean `salla_runtime::Id`?",
                ),
            ),
            (
                rust_type("salla_runtime::Money"),
                Some(
                    "invalid-rust-type salla-runtime has no type `salla_runtime::Money`; \
                     write one of `salla_runtime::DateTime`, `salla_runtime::Id`, `salla_runtime::Number`",
                ),
            ),
            (
                decode("salla_runtime::php::intger"),
                Some(
                    "invalid-decode salla-runtime has no function `salla_runtime::php::intger`; \
                     did you mean `salla_runtime::php::integer`?",
                ),
            ),
            (
                rust_type("salla_runtime::Id").replace("salla-runtime", "salla-runtim"),
                Some(
                    "invalid-rust-type `x-rust-type` names a type of `salla-runtim`, which the client does not depend on; \
                     did you mean `salla-runtime`?",
                ),
            ),
        ] {
            assert_eq!(findings("", &schema), Vec::from_iter(expected), "{schema}");
        }
    }

    #[test]
    fn values_of_the_wrong_kind_are_reported() {
        let help = "write `{differs: [ASPECT], page: TEXT, why: TEXT}`";
        for (operation, expected) in [
            ("x-required-scopes: [a.read, b.read]", Vec::new()),
            (
                "x-required-scopes: a.read",
                vec![
                    "wrong-kind `x-required-scopes` must be a list of strings, found a string; \
                      write a list of scopes, such as `[orders.read]`"
                        .to_owned(),
                ],
            ),
            (
                "x-required-scopes: [a.read, 1]",
                vec![
                    "wrong-kind `x-required-scopes` must be a list of strings, found an integer; \
                      write a list of scopes, such as `[orders.read]`"
                        .to_owned(),
                ],
            ),
            ("x-deviation: {differs: [absent], page: a, why: b}", Vec::new()),
            ("x-deviation: text", vec![format!("wrong-kind `x-deviation` must be an object, found a string; {help}")]),
            (
                "x-deviation: {differs: [], page: 1, wy: b}",
                vec![
                    format!("wrong-kind `page` must be a string, found an integer; {help}"),
                    format!("missing-field this `x-deviation` has no `why`; {help}"),
                    "unknown-field unknown field `wy` in `x-deviation`; did you mean `why`?".to_owned(),
                ],
            ),
        ] {
            assert_eq!(findings(operation, ""), expected, "{operation}");
        }
    }

    #[test]
    fn an_extension_in_another_object_has_no_effect() {
        assert_eq!(
            findings("", "x-pagination: {}, x-required-scopes: [], x-deviation: {differs: [new], page: a, why: b}"),
            [
                "unknown-extension `x-pagination` has no effect in Schema objects; move it to one of the Operation objects, or remove it",
                "unknown-extension `x-required-scopes` has no effect in Schema objects; move it to one of the Operation objects, or remove it",
            ]
        );
        assert_eq!(findings("x-rust-type: 1, x-rust-decode: 2", "").len(), 2);
    }

    #[test]
    fn misspelt_extensions_are_reported_and_those_of_other_tools_are_not() {
        for (key, expected) in [
            ("x-paginaton", Some("x-pagination")),
            ("x-pagintaion", Some("x-pagination")),
            ("x-rust-typ", Some("x-rust-type")),
            ("x-rustType", Some("x-rust-type")),
            ("x-rust_decode", Some("x-rust-decode")),
            ("x-required-scope", Some("x-required-scopes")),
            ("x-requird-scops", Some("x-required-scopes")),
            ("x-deviations", Some("x-deviation")),
        ] {
            assert_eq!(own_extensions::misspelt(key), expected, "{key}");
        }
        for other in [
            "x-apidog-folder",
            "x-apidog-orders",
            "x-apidog-status",
            "x-order",
            "x-internal",
            "x-deprecated",
            "x-rust-crate",
            "x-rust-name",
            "x-rust-encode",
            "x-derivation",
            "x-validation",
            "x-navigation",
            "x-required",
            "x-scopes",
            "x-required-roles",
            "x-paginated",
            "x-pageable",
            "x-type",
            "x-speakeasy-pagination",
            "x-fern-pagination",
            "x-ms-pageable",
            "x-enum-varnames",
            "x-nullable",
            "x-codegen-type",
            "x-go-type",
            "x-",
        ] {
            assert_eq!(own_extensions::misspelt(other), None, "{other}");
        }
    }
}
