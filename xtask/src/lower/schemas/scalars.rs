//! What is said of values: bounds, formats, exclusions.

use serde_json::{Value, json};

use super::super::changes::Changes;
use super::super::crumb;
use super::super::visit::schemas;
use crate::RUNTIME;

/// Bounds of numbers and strings become words for the documentation. In types they would turn an integer into
/// `NonZeroU64`, which `page(2)` cannot be, and text into a checked newtype; and an answer that breaks a bound
/// would not decode at all.
pub fn loosen_scalars(root: &mut Value, changes: &mut Changes) {
    schemas(root, &mut |_, at, schema| {
        let is_scalar = matches!(schema.get("type").and_then(Value::as_str), Some("integer" | "number" | "string"));
        if !is_scalar {
            return;
        }
        let mut words = bounds(schema);
        if let (Some(format), "string") =
            (schema.get("format").and_then(Value::as_str), schema["type"].as_str().unwrap_or_default())
        {
            changes.report(at, format_args!("the format `{format}` becomes a word of the documentation"));
            words = Some(words.map_or_else(|| format!("`{format}`"), |words| format!("`{format}`, {words}")));
        } else if words.is_some() {
            changes.report(at, "bounds become words of the documentation");
        }
        let Some(fields) = schema.as_object_mut() else { return };
        for key in SCALAR_BOUNDS {
            fields.shift_remove(*key);
        }
        fields.shift_remove("format");
        if let Some(words) = words {
            let known = fields.get(crumb::BOUNDS).and_then(Value::as_str);
            let all = known.map_or_else(|| words.clone(), |known| format!("{known}, {words}"));
            fields.insert(crumb::BOUNDS.to_owned(), all.into());
        }
    });
}

const SCALAR_BOUNDS: &[&str] =
    &["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength", "pattern"];

fn bounds(schema: &Value) -> Option<String> {
    let least = if crumb::is_set(schema, "exclusiveMinimum") { "more than" } else { "at least" };
    let most = if crumb::is_set(schema, "exclusiveMaximum") { "less than" } else { "at most" };
    let parts: Vec<_> = [
        ("minimum", least, ""),
        ("maximum", most, ""),
        ("multipleOf", "a multiple of", ""),
        ("minLength", "at least", " characters"),
        ("maxLength", "at most", " characters"),
    ]
    .into_iter()
    .filter_map(|(key, before, after)| schema.get(key).map(|bound| format!("{before} {bound}{after}")))
    .collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// What a schema excludes has no word in Rust: a value is checked by the server.
pub fn drop_exclusions(root: &mut Value, changes: &mut Changes) {
    schemas(root, &mut |_, at, schema| {
        if schema.as_object_mut().and_then(|fields| fields.shift_remove("not")).is_some() {
            changes.report(at, "`not` has no word in Rust");
        }
    });
}

/// A number that OpenAPI calls `number` is whole in most payloads, and sometimes not: a float would write `30` as
/// `30.0`, so the type of the runtime that keeps it as it was written takes its place.
pub fn keep_numbers(root: &mut Value, _: &mut Changes) {
    schemas(root, &mut |_, _, schema| {
        if schema.get("type").is_some_and(|kind| kind == "number") {
            if let Some(fields) = schema.as_object_mut() {
                fields.shift_remove("type");
            }
            let path = format!("{}::Number", RUNTIME.replace('-', "_"));
            schema[crumb::RUST_TYPE] = json!({"crate": RUNTIME, "version": "*", "path": path});
        }
    });
}

/// An object is what it has, whatever else it says of itself: what is not described is kept where the schema admits
/// it in so many words, and is no error where it does not, since servers add properties before documents do.
pub fn loosen_objects(root: &mut Value, changes: &mut Changes) {
    schemas(root, &mut |_, at, schema| {
        let Some(fields) = schema.as_object_mut() else { return };
        if let Some(Value::Object(patterns)) = fields.shift_remove("patternProperties") {
            changes.report(at, "the patterns of property names are not read");
            let mut values = patterns.into_iter().map(|(_, value)| value);
            if let (Some(value), None) = (values.next(), values.next()) {
                fields.entry("additionalProperties").or_insert(value);
            } else {
                fields.entry("additionalProperties").or_insert_with(|| json!({}));
            }
        }
        match fields.get("additionalProperties") {
            Some(Value::Bool(true)) => {
                fields.insert("additionalProperties".to_owned(), json!({}));
            }
            Some(Value::Bool(false)) => {
                changes.report(at, "properties that are not described are no error");
                fields.shift_remove("additionalProperties");
            }
            _ => {}
        }
        let kind = fields.get("type").and_then(Value::as_str);
        let inferred = match kind {
            None if fields.contains_key("properties") || fields.contains_key("additionalProperties") => "object",
            None if fields.contains_key("items") => "array",
            Some("object") | None => return,
            Some(_) => {
                for key in ["properties", "required", "additionalProperties"] {
                    if fields.shift_remove(key).is_some() {
                        changes.report(at, format_args!("`{key}` is not read, since no value of this type has any"));
                    }
                }
                return;
            }
        };
        let is_composed = ["allOf", "oneOf", "anyOf", "$ref"].iter().any(|key| fields.contains_key(*key));
        if !is_composed {
            fields.insert("type".to_owned(), inferred.into());
        }
    });
}

#[cfg(test)]
mod tests {
    use super::super::tests::lowered;
    use super::*;

    #[test]
    fn bounds_become_words() {
        let (schemas, report) = lowered(
            &[loosen_scalars],
            &json!({
                "A": {"type": "integer", "minimum": 1, "maximum": 60, "format": "int32"},
                "B": {"type": "string", "format": "uuid"},
            }),
        );
        assert_eq!(
            schemas,
            json!({
                "A": {"type": "integer", crumb::BOUNDS: "at least 1, at most 60"},
                "B": {"type": "string", crumb::BOUNDS: "`uuid`"},
            })
        );
        assert_eq!(report.len(), 2);
    }

    #[test]
    fn objects_keep_what_they_admit_and_refuse_nothing() {
        let (schemas, _) = lowered(
            &[loosen_objects, drop_exclusions],
            &json!({
                "Open": {"properties": {"a": {}}, "additionalProperties": true},
                "Closed": {"type": "object", "properties": {"a": {}}, "additionalProperties": false, "not": {}},
                "Text": {"type": "string", "properties": {"a": {}}},
                "List": {"items": {"type": "string"}},
                "Pattern": {"patternProperties": {"^x": {"type": "string"}}},
            }),
        );
        assert_eq!(
            schemas,
            json!({
                "Open": {"properties": {"a": {}}, "additionalProperties": {}, "type": "object"},
                "Closed": {"type": "object", "properties": {"a": {}}},
                "Text": {"type": "string"},
                "List": {"items": {"type": "string"}, "type": "array"},
                "Pattern": {"additionalProperties": {"type": "string"}, "type": "object"},
            })
        );
    }

    #[test]
    fn numbers_stay_as_they_are_written() {
        let (schemas, _) = lowered(&[keep_numbers], &json!({"A": {"type": "number"}, "B": {"type": "integer"}}));
        assert_eq!(schemas["A"][crumb::RUST_TYPE]["path"], "salla_runtime::Number");
        assert_eq!(schemas["B"], json!({"type": "integer"}));
    }
}
