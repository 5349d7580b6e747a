//! The names and places of the generator's own extensions. Every other extension belongs to another tool, and is never
//! reported.
//!
//! `normalize` uses the findings about objects whose extensions it removes, `validate` those about all other objects.

use serde_json::{Map, Value};

use super::deviation::{Aspect, is_difference};
use super::extensions::{DECODE, DEVIATION, PAGINATION, RUST_TYPE, SCOPES};
use super::shapes::{OPERATION, SCHEMA, Shape};
use super::walk::{is_extension, kind_of};
use crate::diagnostics::nearest::nearest;
use crate::diagnostics::{Code, Diagnostic, Place};
use crate::document::Pointer;
use crate::document::fields::Fields as _;

/// The extensions of the generator, each with the object that it belongs to; `None` if any object may have it.
static KNOWN: &[(&str, Option<&Shape>)] = &[
    (PAGINATION, Some(&OPERATION)),
    (SCOPES, Some(&OPERATION)),
    (RUST_TYPE, Some(&SCHEMA)),
    (DECODE, Some(&SCHEMA)),
    (DEVIATION, None),
];

/// Returns the findings about the extensions of one object, apart from rules for one kind of object.
#[must_use]
pub fn of_object(shape: &Shape, at: &Pointer, fields: &Map<String, Value>) -> Vec<Diagnostic> {
    let keys = fields.keys().filter(|key| is_extension(key));
    let mut findings: Vec<_> = keys.filter_map(|key| name_and_place(shape, at, key)).collect();
    findings.extend(deviation(fields, at));
    findings
}

/// Reports a misspelt extension, or one in an object that it does not belong to.
fn name_and_place(shape: &Shape, at: &Pointer, key: &str) -> Option<Diagnostic> {
    let place = Place::Key(at.key(key));
    let Some((_, home)) = KNOWN.iter().find(|(name, _)| *name == key) else {
        let meant = misspelt(key)?;
        let message = format!("unknown extension `{key}`");
        return Some(Diagnostic::nonconforming(
            Code::UnknownExtension,
            place,
            message,
            format!("did you mean `{meant}`?"),
        ));
    };
    let home = home.filter(|home| !std::ptr::eq(shape, *home))?;
    Some(Diagnostic::nonconforming(
        Code::UnknownExtension,
        place,
        format!("`{key}` has no effect in {} objects", shape.name),
        format!("move it to one of the {} objects, or remove it", home.name),
    ))
}

/// Returns the known extension that a key is a misspelling of. Extensions of other tools may have similar names. So
/// only a name in another spelling, or with one edit, counts, or with two edits if it is long.
#[must_use]
pub fn misspelt(key: &str) -> Option<&'static str> {
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

/// Checks `differs` of an `x-deviation`, whose place is given: a list of aspects.
fn aspects(differs: Option<&Value>, at: &Pointer) -> Vec<Diagnostic> {
    let help = format!(
        "write a list of some of: {}; `type` with the kinds of values that the source has, as `type integer or string`",
        Aspect::ALL.map(Aspect::as_str).join(", ")
    );
    let Some(differs) = differs else {
        let message = format!("this `{DEVIATION}` has no `differs`");
        return vec![Diagnostic::nonconforming(Code::MissingField, Place::Key(at.clone()), message, help)];
    };
    let at = at.key("differs");
    let Some(words) = differs.as_array() else {
        let message = format!("`differs` must be an array, found {}", kind_of(differs));
        return vec![Diagnostic::nonconforming(Code::WrongKind, Place::Value(at), message, help)];
    };
    let unknown = words.iter().enumerate().filter(|(_, word)| !word.as_str().is_some_and(is_difference));
    let unknown = unknown.map(|(index, word)| {
        let message = format!("unknown aspect {word} in `differs`");
        Diagnostic::nonconforming(Code::UnknownField, Place::Value(at.index(index)), message, help.clone())
    });
    unknown.collect()
}

/// Checks the value of `x-deviation`.
fn deviation(fields: &Map<String, Value>, at: &Pointer) -> Vec<Diagnostic> {
    const KEYS: [&str; 3] = ["page", "why", "differs"];
    let Some(extension) = fields.get(DEVIATION) else { return Vec::new() };
    let (at, help) = (at.key(DEVIATION), "write `{differs: [ASPECT], page: TEXT, why: TEXT}`");
    let Some(deviation) = extension.as_object() else {
        let message = format!("`{DEVIATION}` must be an object, found {}", kind_of(extension));
        return vec![Diagnostic::nonconforming(Code::WrongKind, Place::Value(at), message, help)];
    };
    let mut findings = Vec::new();
    for key in ["page", "why"] {
        let (code, place, message) = match deviation.field(key) {
            Some(Value::String(_)) => continue,
            Some(value) => (
                Code::WrongKind,
                Place::Value(at.key(key)),
                format!("`{key}` must be a string, found {}", kind_of(value)),
            ),
            None => (Code::MissingField, Place::Key(at.clone()), format!("this `{DEVIATION}` has no `{key}`")),
        };
        findings.push(Diagnostic::nonconforming(code, place, message, help));
    }
    findings.extend(aspects(deviation.field("differs"), &at));
    for key in deviation.keys().filter(|key| !KEYS.contains(&key.as_str())) {
        let message = format!("unknown field `{key}` in `{DEVIATION}`");
        let help = nearest(key, KEYS).map_or(help.to_owned(), |near| format!("did you mean `{near}`?"));
        findings.push(Diagnostic::nonconforming(Code::UnknownField, Place::Key(at.key(key)), message, help));
    }
    findings
}
