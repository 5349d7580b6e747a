//! The document that progenitor is shown: nothing of it but the few forms in which it has no choice.
//!
//! What the lowerings made of the document is written anew, form by form, so that no word of a document can reach
//! progenitor or typify that they would understand in their own way, or panic on.

use serde_json::{Map, Value, json};

use super::crumb;
use super::examples::TOLD;
use crate::RUNTIME;

/// The components that progenitor is shown.
#[must_use]
pub fn components(root: &Value) -> Value {
    let schemas = root["components"]["schemas"].as_object().into_iter().flatten();
    let shown: Map<String, Value> = schemas.map(|(name, schema)| (name.clone(), form(schema))).collect();
    json!({"schemas": shown})
}

/// A schema in its form, nullable where null is one of its values.
#[must_use]
pub fn schema(schema: &Value) -> Value {
    let form = form(schema);
    if crumb::is_set(schema, crumb::NULLABLE) { nullable(form) } else { form }
}

fn form(schema: &Value) -> Value {
    if let Some(reference) = schema.get("$ref") {
        return json!({"$ref": reference});
    }
    if let Some(rust_type) = schema.get(crumb::RUST_TYPE) {
        return json!({crumb::RUST_TYPE: rust_type});
    }
    if let Some(alternatives) = schema.get("oneOf").and_then(Value::as_array) {
        return json!({"oneOf": alternatives.iter().map(form).collect::<Vec<_>>()});
    }
    if let Some(listed) = schema.get("enum") {
        return json!({"type": "string", "enum": listed});
    }
    match schema.get("type").and_then(Value::as_str) {
        Some("string") => json!({"type": "string"}),
        Some("boolean") => json!({"type": "boolean"}),
        Some("integer") => json!({"type": "integer", "format": "int64"}),
        Some("array") => json!({"type": "array", "items": schema.get("items").map_or_else(|| json!({}), self::schema)}),
        Some("object") => object(schema),
        _ => json!({}),
    }
}

fn object(schema: &Value) -> Value {
    let extra = schema.get("additionalProperties").filter(|extra| extra.is_object()).map(self::schema);
    let properties = schema.get("properties").and_then(Value::as_object).filter(|properties| !properties.is_empty());
    let Some(properties) = properties else {
        return json!({"type": "object", "additionalProperties": extra.unwrap_or_else(|| json!({}))});
    };
    let required: Vec<&str> =
        schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
    let fields: Map<String, Value> = properties
        .iter()
        .map(|(name, property)| (name.clone(), field(property, required.contains(&name.as_str()))))
        .collect();
    let mut out = json!({"type": "object", "properties": fields, "required": required});
    if let Some(extra) = extra {
        out["additionalProperties"] = extra;
    }
    out
}

/// A field that is not required is an `Option` whatever it holds. typify does not make one of a list or a map, which
/// would be left out when it is empty; and `[]` is not the same as nothing. What a function decodes has the type that
/// the function gives. A field that tells null from absence is an option of an option.
fn field(property: &Value, is_required: bool) -> Value {
    if is_required {
        return schema(property);
    }
    let form = form(property);
    if property.get(crumb::ABSENCE).is_some_and(|word| word == TOLD) {
        let path = format!("{}::php::Nullable", RUNTIME.replace('-', "_"));
        return json!({crumb::RUST_TYPE: {"crate": RUNTIME, "version": "*", "path": path, "parameters": [form]}});
    }
    let is_decoded = property.get(crumb::DECODE).is_some();
    let is_collection = !is_decoded && matches!(form.get("type").and_then(Value::as_str), Some("array" | "object"));
    if is_collection { nullable(form) } else { form }
}

/// Null in the way that progenitor reads it.
fn nullable(mut form: Value) -> Value {
    if form.get("type").is_some() {
        form["nullable"] = true.into();
        return form;
    }
    // Any value is null as well.
    if form.as_object().is_some_and(Map::is_empty) {
        return form;
    }
    json!({"nullable": true, "allOf": [form]})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_known_forms_are_shown() {
        for (schema, shown) in [
            (json!({"type": "string", "format": "x", "description": "d", "minLength": 1}), json!({"type": "string"})),
            (json!({"type": "integer", "maximum": 1}), json!({"type": "integer", "format": "int64"})),
            (json!({"type": "wrong"}), json!({})),
            (json!({"type": "object"}), json!({"type": "object", "additionalProperties": {}})),
            (json!({"type": "array", "uniqueItems": true}), json!({"type": "array", "items": {}})),
            (
                json!({"type": "array", "items": {crumb::NULLABLE: true, "type": "string"}}),
                json!({"type": "array", "items": {"type": "string", "nullable": true}}),
            ),
            (json!({"$ref": "#/x", crumb::NULLABLE: true}), json!({"nullable": true, "allOf": [{"$ref": "#/x"}]})),
            (
                json!({"oneOf": [{"type": "string", "title": "t"}, {"type": "boolean"}]}),
                json!({"oneOf": [{"type": "string"}, {"type": "boolean"}]}),
            ),
        ] {
            assert_eq!(self::schema(&schema), shown, "{schema}");
        }
    }

    #[test]
    fn an_optional_list_can_be_absent_and_a_required_one_cannot() {
        let list = json!({"type": "array", "items": {}});
        let shown = form(&json!({"type": "object", "properties": {"a": list, "b": list}, "required": ["b"]}));
        assert_eq!(shown["properties"]["a"], json!({"type": "array", "items": {}, "nullable": true}));
        assert_eq!(shown["properties"]["b"], list);
    }
}
