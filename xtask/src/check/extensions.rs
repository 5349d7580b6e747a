//! The extensions that the generator knows: their places and values, and slips in their names.
//!
//! Every other extension belongs to another tool, and is never reported.

use serde_json::{Map, Value};

use super::outline::{OPERATION, SCHEMA, Shape};
use super::runtime::DECODERS;
use super::structure::{Met, is_extension, kind_of};
use super::{pagination, rust_type};
use crate::RUNTIME;
use crate::diagnostics::{Code, Diagnostic, Place};
use crate::document::Pointer;
use crate::lower::crumb::{DECODE, RUST_TYPE};
use crate::nearest::nearest;

/// The extension with the scopes that an operation needs.
const SCOPES: &str = "x-required-scopes";
/// The extension with the reason why a document says something else than its source.
const DEVIATION: &str = "x-deviation";

/// The extensions of the generator, each with the object that it belongs to: none if it may stand anywhere.
static KNOWN: &[(&str, Option<&Shape>)] = &[
    (pagination::EXTENSION, Some(&OPERATION)),
    (SCOPES, Some(&OPERATION)),
    (RUST_TYPE, Some(&SCHEMA)),
    (DECODE, Some(&SCHEMA)),
    (DEVIATION, None),
];

/// Returns the findings about the extensions of all objects.
#[must_use]
pub fn check(objects: &[Met<'_>]) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for met in objects {
        findings.extend(of_object(met.shape, &met.at, met.fields));
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

/// Returns the findings about the extensions of one object, as far as any object may have them.
#[must_use]
pub fn of_object(shape: &Shape, at: &Pointer, fields: &Map<String, Value>) -> Vec<Diagnostic> {
    let keys = fields.keys().filter(|key| is_extension(key));
    let mut findings: Vec<_> = keys.filter_map(|key| name_and_place(shape, at, key)).collect();
    findings.extend(deviation(fields, at));
    findings
}

fn name_and_place(shape: &Shape, at: &Pointer, key: &str) -> Option<Diagnostic> {
    let place = Place::Key(at.key(key));
    let Some((_, home)) = KNOWN.iter().find(|(name, _)| *name == key) else {
        let meant = misspelt(key)?;
        let message = format!("unknown extension `{key}`");
        return Some(Diagnostic::departure(Code::UnknownExtension, place, message, format!("did you mean `{meant}`?")));
    };
    let home = home.filter(|home| !std::ptr::eq(shape, *home))?;
    Some(Diagnostic::departure(
        Code::UnknownExtension,
        place,
        format!("`{key}` has no effect in {} objects", shape.name),
        format!("move it to one of the {} objects, or remove it", home.name),
    ))
}

/// Returns the known extension that a key is a slip of. The extensions of other tools may have similar names, so only
/// the same name in another spelling and a name with one edit count, or two edits of a long name.
fn misspelt(key: &str) -> Option<&'static str> {
    const LONG: usize = 14;
    let plain = |name: &str| -> String {
        name.chars().filter(|c| !matches!(c, '-' | '_')).flat_map(char::to_lowercase).collect()
    };
    let (key, names) = (plain(key), KNOWN.iter().map(|(name, _)| *name));
    let limit = |name: &str| if name.len() > LONG { 2 } else { 1 };
    names
        .map(|name| (strsim::osa_distance(&key, &plain(name)), name))
        .filter(|(distance, name)| *distance <= limit(name))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
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
        Some(path) => unknown_item(Code::InvalidDecode, "function", DECODERS, path, at.key(DECODE)),
    }
}

/// Returns the finding about a path that leads to nothing in the runtime. The generated crate would not compile.
pub(super) fn unknown_item(code: Code, what: &str, known: &[&str], path: &str, at: Pointer) -> Option<Diagnostic> {
    let (library, item) = path.split_once("::")?;
    if known.contains(&item) {
        return None;
    }
    let help = match nearest(item, known.iter().copied()) {
        Some(near) => format!("did you mean `{library}::{near}`?"),
        None => format!("write one of {}", listed(library, known)),
    };
    Some(Diagnostic::error(code, Place::Value(at), format!("{RUNTIME} has no {what} `{path}`"), help))
}

fn listed(library: &str, items: &[&str]) -> String {
    let paths: Vec<_> = items.iter().map(|item| format!("`{library}::{item}`")).collect();
    paths.join(", ")
}

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
    Some(Diagnostic::departure(
        Code::WrongKind,
        Place::Value(wrong),
        format!("`{SCOPES}` has to be a list of strings, and this is {}", kind_of(value)),
        "write a list of scopes, such as `[orders.read]`",
    ))
}

fn deviation(fields: &Map<String, Value>, at: &Pointer) -> Vec<Diagnostic> {
    const KEYS: [&str; 2] = ["page", "why"];
    let Some(extension) = fields.get(DEVIATION) else { return Vec::new() };
    let (at, help) = (at.key(DEVIATION), "write `{page: TEXT, why: TEXT}`");
    let Some(deviation) = extension.as_object() else {
        let message = format!("`{DEVIATION}` has to be an object, and is {}", kind_of(extension));
        return vec![Diagnostic::departure(Code::WrongKind, Place::Value(at), message, help)];
    };
    let mut findings = Vec::new();
    for key in KEYS {
        let (code, place, message) = match deviation.get(key) {
            Some(Value::String(_)) => continue,
            Some(value) => (
                Code::WrongKind,
                Place::Value(at.key(key)),
                format!("`{key}` has to be a string, and is {}", kind_of(value)),
            ),
            None => (Code::MissingField, Place::Key(at.clone()), format!("this `{DEVIATION}` has no `{key}`")),
        };
        findings.push(Diagnostic::departure(code, place, message, help));
    }
    for key in deviation.keys().filter(|key| !KEYS.contains(&key.as_str())) {
        let message = format!("unknown field `{key}` in `{DEVIATION}`");
        let help = nearest(key, KEYS).map_or(help.to_owned(), |near| format!("did you mean `{near}`?"));
        findings.push(Diagnostic::departure(Code::UnknownField, Place::Key(at.key(key)), message, help));
    }
    findings
}

/// Whether a text is a path that begins with the library.
pub(super) fn is_path(text: &str, library: &str) -> bool {
    let mut segments = text.split("::");
    segments.next() == Some(library)
        && text.contains("::")
        && segments.all(|segment| syn::parse_str::<syn::Ident>(segment).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Source;

    /// The findings about a document with these fields in its operation and with this schema.
    fn findings(operation: &str, schema: &str) -> Vec<String> {
        let text = format!(
            "openapi: 3.0.3\npaths: {{/a: {{get: {{{operation}}}}}}}\ncomponents: {{schemas: {{A: {{{schema}}}}}}}\n"
        );
        let document = crate::load::parse(Source::new("api.yaml", text)).unwrap();
        let found = check(&crate::check::structure::walk(&document).objects);
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
    fn items_that_the_runtime_does_not_have_are_found() {
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
    fn values_of_the_wrong_kind_are_found() {
        let help = "write `{page: TEXT, why: TEXT}`";
        for (operation, expected) in [
            ("x-required-scopes: [a.read, b.read]", Vec::new()),
            (
                "x-required-scopes: a.read",
                vec![
                    "wrong-kind `x-required-scopes` has to be a list of strings, and this is a string; \
                      write a list of scopes, such as `[orders.read]`"
                        .to_owned(),
                ],
            ),
            (
                "x-required-scopes: [a.read, 1]",
                vec![
                    "wrong-kind `x-required-scopes` has to be a list of strings, and this is an integer; \
                      write a list of scopes, such as `[orders.read]`"
                        .to_owned(),
                ],
            ),
            ("x-deviation: {page: a, why: b}", Vec::new()),
            (
                "x-deviation: text",
                vec![format!("wrong-kind `x-deviation` has to be an object, and is a string; {help}")],
            ),
            (
                "x-deviation: {page: 1, wy: b}",
                vec![
                    format!("wrong-kind `page` has to be a string, and is an integer; {help}"),
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
            findings("", "x-pagination: {}, x-required-scopes: [], x-deviation: {page: a, why: b}"),
            [
                "unknown-extension `x-pagination` has no effect in Schema objects; move it to one of the Operation objects, or remove it",
                "unknown-extension `x-required-scopes` has no effect in Schema objects; move it to one of the Operation objects, or remove it",
            ]
        );
        assert_eq!(findings("x-rust-type: 1, x-rust-decode: 2", "").len(), 2);
    }

    #[test]
    fn misspelt_extensions_are_found_and_those_of_other_tools_are_not() {
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
            assert_eq!(misspelt(key), expected, "{key}");
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
            assert_eq!(misspelt(other), None, "{other}");
        }
    }
}
