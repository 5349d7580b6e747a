//! Checks names that the document gives: those of components, of tags and of media types.

use serde_json::Value;

use crate::diagnostics::nearest::nearest;
use crate::diagnostics::{Code, Diagnostic, Place};
use crate::document::fields::Fields as _;
use crate::document::{Document, Pointer};
use crate::openapi::shapes::{HEADER, OPERATION, PARAMETER, REQUEST_BODY, RESPONSE};
use crate::openapi::walk::{Met, is_extension};

/// The sections of `components`.
const SECTIONS: &[&str] = &[
    "schemas",
    "responses",
    "parameters",
    "examples",
    "requestBodies",
    "headers",
    "securitySchemes",
    "links",
    "callbacks",
    "pathItems",
];

/// Returns the findings about names of components, tags and media types.
#[must_use]
pub fn check(document: &Document, objects: &[Met<'_>]) -> Vec<Diagnostic> {
    let mut findings = components(document);
    findings.extend(tags(document));
    for met in objects {
        if met.is(&OPERATION) {
            findings.extend(tags_of(met));
        }
        if [&REQUEST_BODY, &RESPONSE, &PARAMETER, &HEADER].iter().any(|shape| met.is(shape)) {
            findings.extend(media_types(met));
        }
    }
    findings
}

/// Checks that the keys of `content` are media types or ranges of them (OpenAPI 3.0.3, "Media Types"; RFC 6838).
fn media_types(met: &Met<'_>) -> Vec<Diagnostic> {
    let content = met.fields.field("content").and_then(Value::as_object);
    let keys = content.into_iter().flat_map(serde_json::Map::keys).filter(|key| !is_extension(key));
    keys.filter_map(|key| {
        let message = format!("invalid key `{key}` in `content`{}", fault(key)?);
        let place = Place::Key(met.at.keys(["content", key]));
        Some(Diagnostic::nonconforming(
            Code::InvalidKey,
            place,
            message,
            "write a media type such as `application/json`",
        ))
    })
    .collect()
}

/// Returns the end of the message about a key that is not a media type; `None` if it is one.
fn fault(key: &str) -> Option<String> {
    if !is_media_type(key) {
        return Some("; expected a media type".to_owned());
    }
    let (kind, rest) = key.split_once('/')?;
    if KINDS.iter().any(|known| known.eq_ignore_ascii_case(kind)) {
        return None;
    }
    Some(format!("; did you mean `{}/{rest}`?", nearest(kind, KINDS.iter().copied())?))
}

/// The types that a media type begins with (IANA's registry of media types).
const KINDS: &[&str] =
    &["application", "audio", "example", "font", "haptics", "image", "message", "model", "multipart", "text", "video"];

/// Returns whether a text has the form of a media type, with or without parameters, or of a range.
fn is_media_type(text: &str) -> bool {
    let is_token = |text: &str| {
        let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
        !text.is_empty() && text.bytes().all(is_allowed)
    };
    let essence = text.split(';').next().unwrap_or_default().trim();
    essence.split_once('/').is_some_and(|(kind, subtype)| is_token(kind) && is_token(subtype))
}

/// Checks the names of components (OpenAPI 3.0.3, "Components Object").
fn components(document: &Document) -> Vec<Diagnostic> {
    let components = Pointer::root().key("components");
    let mut findings = Vec::new();
    for section in SECTIONS {
        let at = components.key(section);
        let entries = at.lookup(&document.root).and_then(Value::as_object);
        let names = entries.into_iter().flat_map(serde_json::Map::keys);
        findings.extend(names.filter(|name| !is_component_name(name)).map(|name| {
            Diagnostic::nonconforming(
                Code::InvalidComponentName,
                Place::Key(at.key(name)),
                format!("`{name}` cannot be the name of a component"),
                format!("it is read nevertheless: rename it, and each `$ref` to it, {}", proposal(name)),
            )
        }));
    }
    findings
}

fn is_component_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
}

/// Returns a suggested name for a component: its words, joined, if that is a valid name.
fn proposal(name: &str) -> String {
    let joined = name.split(|c: char| c.is_whitespace() || c == '/').collect::<Vec<_>>().join("-");
    if is_component_name(&joined) {
        format!("to `{joined}` for example")
    } else {
        "with ASCII letters, digits, `.`, `-` and `_` only".to_owned()
    }
}

/// Checks that each tag of the document is described once.
fn tags(document: &Document) -> Vec<Diagnostic> {
    let at = Pointer::root().key("tags");
    let tags = document.root.field("tags").and_then(Value::as_array);
    let name = |tag: &'_ Value| tag.field("name").and_then(Value::as_str).map(str::to_owned);
    let names = tags.into_iter().flatten().map(name).collect::<Vec<_>>();
    let place = |index: usize| Place::Value(at.index(index).key("name"));
    duplicates(&names, place, "describe each tag once: remove one of the two")
}

/// Checks that an operation does not have the same tag twice.
fn tags_of(operation: &Met<'_>) -> Vec<Diagnostic> {
    let at = operation.at.key("tags");
    let tags = operation.fields.field("tags").and_then(Value::as_array);
    let names = tags.into_iter().flatten().map(|tag| tag.as_str().map(str::to_owned)).collect::<Vec<_>>();
    duplicates(&names, |index| Place::Value(at.index(index)), "remove one of the two")
}

fn duplicates(names: &[Option<String>], place: impl Fn(usize) -> Place, help: &str) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (index, name) in names.iter().enumerate() {
        let Some(text) = name else { continue };
        let Some(first) = names.iter().take(index).position(|other| other == name) else { continue };
        let message = format!("duplicate tag `{text}`");
        findings.push(
            Diagnostic::nonconforming(Code::DuplicateTag, place(index), message, help)
                .with_related(place(first), "the first one"),
        );
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::super::testing::{V3_0, V3_1, found};
    use super::*;

    fn of(head: &str, text: &str) -> Vec<String> {
        found(&format!("{head}{text}"), check)
    }

    #[test]
    fn keys_of_content_are_media_types() {
        for (key, expected) in [
            ("application/json", None),
            ("Application/JSON; charset=utf-8", None),
            ("application/vnd.api+json", None),
            ("'*/*'", None),
            ("image/*", None),
            ("chemical/x-pdb", None),
            ("json", Some("expected a media type")),
            ("application//json", Some("expected a media type")),
            ("application/", Some("expected a media type")),
            ("'application/json, text/plain'", Some("expected a media type")),
            ("appliction/json", Some("did you mean `application/json`?")),
        ] {
            let text = format!("paths: {{}}\ncomponents: {{requestBodies: {{a: {{content: {{\n  {key}: {{}}}}}}}}}}\n");
            let expected: Vec<_> = expected
                .map(|end| format!("5:3 invalid key `{}` in `content`; {end}", key.trim_matches('\'')))
                .into_iter()
                .collect();
            assert_eq!(of(V3_0, &text), expected, "{key}");
        }
    }

    #[test]
    fn names_of_components_are_checked_in_every_section() {
        for section in SECTIONS {
            let text = format!("paths: {{}}\ncomponents:\n  {section}:\n    a b: {{}}\n    a.B_c-9: {{}}\n");
            assert_eq!(of(V3_1, &text), ["6:5 `a b` cannot be the name of a component"], "{section}");
        }
        for name in ["نقاط", "a/b", "", "é", "a\\n"] {
            let text = format!("paths: {{}}\ncomponents:\n  schemas:\n    ? \"{name}\"\n    : {{}}\n");
            assert_eq!(of(V3_0, &text).len(), 1, "{name}");
        }
    }

    #[test]
    fn a_valid_name_is_suggested() {
        assert_eq!(proposal("Not Found"), "to `Not-Found` for example");
        assert_eq!(proposal("نقاط"), "with ASCII letters, digits, `.`, `-` and `_` only");
    }

    #[test]
    fn a_tag_is_described_once() {
        let text = "paths: {}\ntags:\n  - name: a\n  - name: A\n  - name: a\n    description: d\n";
        for head in [V3_0, V3_1] {
            assert_eq!(of(head, text), ["7:11 duplicate tag `a` (5)"]);
        }
    }

    #[test]
    fn an_operation_has_a_tag_once() {
        let text = "paths:\n  /a:\n    get:\n      tags:\n        - a\n        - b\n        - a\n      responses: {}\n";
        assert_eq!(of(V3_0, text), ["9:11 duplicate tag `a` (7)"]);
    }
}
