//! Checks `x-rust-type`, which names the Rust type of a schema.

use serde_json::{Map, Value};

use super::runtime::{TYPES, is_path, unknown_item};
use crate::diagnostics::nearest::nearest;
use crate::diagnostics::{Code, Diagnostic, Place};
use crate::document::Pointer;
use crate::document::fields::Fields as _;
use crate::openapi::extensions::{RUST_TYPE, is_foreign};
use crate::openapi::walk::kind_of;
use crate::{RUNTIME, RUNTIME_LIBRARY};

/// The required keys of the extension.
const KEYS: &[&str] = &["crate", "version", "path"];
/// The key with the types that a generic type takes.
const PARAMETERS: &str = "parameters";

/// Returns the findings about the extension of a schema.
#[must_use]
pub fn check(schema: &Map<String, Value>, at: &Pointer) -> Vec<Diagnostic> {
    let Some(extension) = schema.get(RUST_TYPE) else { return Vec::new() };
    let at = at.key(RUST_TYPE);
    let Some(fields) = extension.as_object() else {
        return vec![error(Place::Value(at), format!("`{RUST_TYPE}` must be an object, found {}", kind_of(extension)))];
    };
    if is_foreign(extension) {
        return vec![foreign_type(fields, &at)];
    }
    let unknown = unknown_keys(fields, &at);
    let is_misspelt = |key: &str| unknown.iter().any(|(meant, _)| *meant == Some(key));
    let known = KEYS.iter().filter(|key| !is_misspelt(key)).filter_map(|key| value(fields, key, &at));
    let mut findings: Vec<_> = known.collect();
    findings.extend(unknown.into_iter().map(|(_, finding)| finding));
    findings
}

fn error(place: Place, message: String) -> Diagnostic {
    let help = format!("write `{{crate: {RUNTIME}, version: \"*\", path: \"{RUNTIME_LIBRARY}::TYPE\"}}`");
    Diagnostic::error(Code::InvalidRustType, place, message, help)
}

fn foreign_type(fields: &Map<String, Value>, at: &Pointer) -> Diagnostic {
    let name = fields.field("crate").and_then(Value::as_str).unwrap_or_default();
    let help = match nearest(name, [RUNTIME]) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("it is not read, and the schema is: name a type of {RUNTIME}, or leave it out"),
    };
    Diagnostic::nonconforming(
        Code::InvalidRustType,
        Place::Value(at.key("crate")),
        format!("`{RUST_TYPE}` names a type of `{name}`, which the client does not depend on"),
        help,
    )
}

/// Returns the findings about keys that the extension does not have, each with the key that was meant.
fn unknown_keys(fields: &Map<String, Value>, at: &Pointer) -> Vec<(Option<&'static str>, Diagnostic)> {
    let unknown = fields.keys().filter(|key| !KEYS.contains(&key.as_str()) && *key != PARAMETERS);
    let finding = |key: &String| {
        let meant = nearest(key, KEYS.iter().copied().filter(|name| !fields.has(name)));
        let help = match meant {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!("its keys are `crate`, `version`, `path` and `{PARAMETERS}`"),
        };
        let (place, message) = (Place::Key(at.key(key)), format!("`{RUST_TYPE}` has no key `{key}`"));
        let finding = match meant {
            Some(_) => Diagnostic::error(Code::InvalidRustType, place, message, help),
            None => Diagnostic::nonconforming(Code::InvalidRustType, place, message, help),
        };
        (meant, finding)
    };
    unknown.map(finding).collect()
}

/// Returns the finding about the value of a required key.
fn value(fields: &Map<String, Value>, key: &str, at: &Pointer) -> Option<Diagnostic> {
    let place = Place::Value(at.key(key));
    let text = match fields.field(key) {
        None => return Some(error(Place::Key(at.clone()), format!("`{RUST_TYPE}` has no `{key}`"))),
        Some(Value::String(text)) => text,
        Some(other) => {
            return Some(error(place, format!("`{key}` must be a string, found {}", kind_of(other))));
        }
    };
    match key {
        "path" if !is_path(text, RUNTIME_LIBRARY) => {
            Some(error(place, format!("`{text}` is not the path of a type of {RUNTIME}")))
        }
        "path" => unknown_item(Code::InvalidRustType, "type", TYPES, text, at.key(key)),
        "version" if text.is_empty() => Some(error(place, "`version` is empty".to_owned())),
        "version" if !is_requirement(text) => Some(Diagnostic::nonconforming(
            Code::InvalidRustType,
            place,
            format!("`{text}` is not a version; expected one as in a `Cargo.toml`"),
            "the extension is not read: write `version: \"*\"`",
        )),
        "crate" if text.is_empty() => Some(error(place, "`crate` is empty".to_owned())),
        _ => None,
    }
}

/// Returns whether a text is a version requirement of Cargo, such as `*` or `>=1.2, <2`.
fn is_requirement(text: &str) -> bool {
    let is_part = |part: &str| {
        let version = part.trim().trim_start_matches(['^', '~', '=', '<', '>']).trim_start();
        let segments: Vec<_> = version.split('.').collect();
        let is_number = |segment: &&str| !segment.is_empty() && segment.bytes().all(|byte| byte.is_ascii_digit());
        let is_any = |segment: &&str| matches!(*segment, "*" | "x" | "X");
        segments.len() <= 3 && segments.iter().all(|segment| is_number(segment) || is_any(segment))
    };
    text.split(',').all(is_part)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{V3_0, found};
    use super::*;

    #[test]
    fn each_key_of_the_extension_is_checked_at_its_own_line() {
        let document = |lines: &[&str]| {
            let lines = lines.join("\n        ");
            format!("{V3_0}components:\n  schemas:\n    A:\n      x-rust-type:\n        {lines}\n")
        };
        let (of_runtime, any, id) = ("crate: salla-runtime", "version: '*'", "path: salla_runtime::Id");
        for (lines, expected) in [
            (vec![of_runtime, any, id], ""),
            (vec![of_runtime, any, id, "parameters: []"], ""),
            (vec!["crat: salla-runtime", any, id], "error 7:9 `x-rust-type` has no key `crat`"),
            (vec![of_runtime, any, "pth: a"], "error 9:9 `x-rust-type` has no key `pth`"),
            (vec![of_runtime, any, id, "features: a"], "10:9 `x-rust-type` has no key `features`"),
            (vec![of_runtime, id], "error 6:7 `x-rust-type` has no `version`"),
            (vec!["crate: 5", any, id], "error 7:16 `crate` must be a string, found an integer"),
            (vec![of_runtime, "version: new", id], "8:18 `new` is not a version; expected one as in a `Cargo.toml`"),
            (vec![of_runtime, any, "path: text"], "error 9:15 `text` is not the path of a type of salla-runtime"),
        ] {
            let schemas = |_: &_, objects: &[crate::openapi::walk::Met<'_>]| {
                objects.iter().flat_map(|met| check(met.fields, &met.at)).collect()
            };
            assert_eq!(found(&document(&lines), schemas).join("\n"), expected, "{lines:?}");
        }
    }

    #[test]
    fn versions_are_requirements_of_cargo() {
        for text in ["*", "1", "0.1.0", "^1.2", ">=1, <2", "1.*"] {
            assert!(is_requirement(text), "{text}");
        }
        for text in ["", "text", "1.2.3.4", "v1", "1..2"] {
            assert!(!is_requirement(text), "{text}");
        }
    }
}
