//! The examples of a document, each with its place.
//!
//! Authors write a JSON example as a string, or without the Example object around it. The checks, which report that,
//! and `resolve`, which widens types to the examples, use the functions of this module.

use std::borrow::Cow;
use std::str::FromStr;

use serde_json::{Map, Value};

use crate::document::Pointer;
use crate::document::fields::Fields as _;
use crate::openapi::media_type;
use crate::openapi::references::resolve;

/// The policy for examples that contradict their schemas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    /// A contradiction is an error.
    Error,
    /// A contradiction is a warning, and the types follow the schema.
    Warn,
    /// A contradiction is not reported, and the types accept the example as well.
    Widen,
}

impl Policy {
    /// Returns the name of the policy on the command line.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Widen => "widen",
        }
    }
}

impl FromStr for Policy {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        [Self::Error, Self::Warn, Self::Widen]
            .into_iter()
            .find(|policy| policy.as_str() == word)
            .ok_or_else(|| format!("unknown policy for examples `{word}`; expected `error`, `warn` or `widen`"))
    }
}

/// An example.
#[derive(Clone, Debug, PartialEq)]
pub struct Example<'d> {
    /// The value.
    pub value: Cow<'d, Value>,
    /// Its place in the document.
    pub at: Pointer,
    /// The way in which it was written.
    pub spelling: Spelling,
}

/// A way to write an example.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spelling {
    /// As the value itself.
    Plain,
    /// As a string that contains the value as JSON.
    JsonText,
    /// As a string that looks like JSON or XML and is not JSON. It is ignored.
    NoJson,
}

/// Returns the examples of a media type, a parameter or a header.
#[must_use]
pub fn of_holder<'d>(root: &'d Value, fields: &'d Map<String, Value>, at: &Pointer) -> Vec<Example<'d>> {
    let Some(schema) = fields.field("schema") else { return Vec::new() };
    let single = fields.field("example").map(|value| (value, at.key("example")));
    let named = fields.field("examples").and_then(Value::as_object).into_iter().flatten();
    let named = named.filter_map(|(name, entry)| named_value(root, entry, at.keys(["examples", name])));
    single.into_iter().chain(named).map(|(value, at)| read(root, schema, value, at)).collect()
}

/// Returns the examples of a schema.
#[must_use]
pub fn of_schema<'d>(root: &'d Value, schema: &'d Value, at: &Pointer) -> Vec<Example<'d>> {
    let single = schema.field("example").map(|value| (value, at.key("example")));
    let listed = schema.field("examples").and_then(Value::as_array).into_iter().flatten();
    let listed = listed.enumerate().map(|(index, value)| (value, at.key("examples").index(index)));
    single.into_iter().chain(listed).map(|(value, at)| read(root, schema, value, at)).collect()
}

/// Returns whether the examples of a media type are values of its schema. Those of XML, of text and of forms are
/// written in a notation of their own.
#[must_use]
pub fn is_held(media_type: &str) -> bool {
    let is_json = media_type::is_json(media_type) || media_type.contains("json") || media_type.trim() == "*/*";
    // An example of a stream is a text with several items.
    is_json && media_type::framing(media_type).is_none()
}

/// Returns the value of a named example and its place: here, or in `components/examples`.
fn named_value<'d>(root: &'d Value, entry: &'d Value, at: Pointer) -> Option<(&'d Value, Pointer)> {
    let at = match entry.field("$ref").and_then(Value::as_str) {
        Some(reference) => Pointer::from_reference(reference)?,
        None => at,
    };
    Some((resolve(root, entry)?.field("value")?, at.key("value")))
}

/// Reads an example. A string that contains JSON is decoded if the schema does not allow strings.
fn read<'d>(root: &Value, schema: &Value, value: &'d Value, at: Pointer) -> Example<'d> {
    let plain = |spelling| Example { value: Cow::Borrowed(value), at: at.clone(), spelling };
    let Some(text) = value.as_str().map(str::trim_start) else { return plain(Spelling::Plain) };
    if !text.starts_with(['{', '[', '<']) || takes_text(root, schema, 0) {
        return plain(Spelling::Plain);
    }
    match serde_json::from_str(text) {
        Ok(value) => Example { value: Cow::Owned(value), at, spelling: Spelling::JsonText },
        Err(_) => plain(Spelling::NoJson),
    }
}

/// Returns whether a schema allows strings. A schema without `type` allows them unless it has keywords for objects or
/// arrays.
fn takes_text(root: &Value, schema: &Value, depth: usize) -> bool {
    const DEEPEST: usize = 64;
    let Some(schema) = resolve(root, schema) else { return true };
    let any_of = |key: &str| {
        let parts = schema.field(key).and_then(Value::as_array);
        parts.map(|parts| parts.iter().any(|part| depth < DEEPEST && takes_text(root, part, depth + 1)))
    };
    match schema.field("type").and_then(Value::as_str) {
        Some("object" | "array") => false,
        Some(_) => true,
        None => {
            let is_container =
                ["properties", "items", "additionalProperties"].iter().any(|key| schema.field(key).is_some());
            !is_container
                && ["oneOf", "anyOf", "allOf"]
                    .iter()
                    .filter_map(|key| any_of(key))
                    .reduce(|a, b| a || b)
                    .unwrap_or(true)
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn json_in_a_string_is_read_if_the_schema_does_not_allow_strings() {
        for (schema, text, value, spelling) in [
            (json!({"type": "object"}), "{\n \"id\": 1}", json!({"id": 1}), Spelling::JsonText),
            (json!({"allOf": [{"items": {}}]}), "[1]", json!([1]), Spelling::JsonText),
            (json!({"$ref": "#/A"}), "{\"id\": 1,}", json!("{\"id\": 1,}"), Spelling::NoJson),
            (json!({"type": "object"}), "<a/>", json!("<a/>"), Spelling::NoJson),
            (json!({"type": "object"}), "none", json!("none"), Spelling::Plain),
            (json!({"type": "string"}), "{}", json!("{}"), Spelling::Plain),
            (json!({}), "[]", json!("[]"), Spelling::Plain),
            (json!({"oneOf": [{"type": "object"}, {"type": "string"}]}), "[]", json!("[]"), Spelling::Plain),
        ] {
            let root = json!({"A": {"properties": {}}});
            let written = Value::from(text);
            let example = read(&root, &schema, &written, Pointer::root());
            assert_eq!((example.value.as_ref(), example.spelling), (&value, spelling), "{schema} {text}");
        }
    }

    #[test]
    fn all_examples_are_found_also_behind_references() {
        let root = json!({"components": {"examples": {"E": {"value": 3}}}});
        let holder = json!({
            "schema": {"type": "integer"},
            "example": 1,
            "examples": {"a": {"value": 2}, "b": {"$ref": "#/components/examples/E"}, "c": {"externalValue": "x"}},
        });
        let found: Vec<_> = of_holder(&root, holder.as_object().unwrap(), &Pointer::root())
            .into_iter()
            .map(|example| format!("{} {}", example.at, example.value))
            .collect();
        assert_eq!(found, ["/example 1", "/examples/a/value 2", "/components/examples/E/value 3"]);
    }
}
