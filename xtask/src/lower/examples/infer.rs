//! The schema of a value that no schema describes: what it has is what it may have.

use serde_json::{Map, Value, json};

use super::super::crumb;

/// A schema that admits the value; where it says nothing of a place, any value.
#[must_use]
pub fn infer(value: &Value) -> Value {
    match value {
        Value::Null => json!({crumb::NULLABLE: true}),
        Value::Bool(_) => json!({"type": "boolean"}),
        Value::Number(number) if number.is_i64() => json!({"type": "integer"}),
        Value::Number(_) => json!({"type": "number"}),
        Value::String(_) => json!({"type": "string"}),
        Value::Array(items) => {
            let of_all = items.iter().map(infer).reduce(merge).unwrap_or_else(|| json!({}));
            json!({"type": "array", "items": of_all})
        }
        Value::Object(fields) if fields.is_empty() => json!({"type": "object"}),
        Value::Object(fields) => {
            let properties: Map<String, Value> =
                fields.iter().map(|(name, value)| (name.clone(), infer(value))).collect();
            json!({"type": "object", "properties": properties})
        }
    }
}

/// A schema that admits what either of two inferred ones admits.
fn merge(mut one: Value, mut other: Value) -> Value {
    let is_nullable = crumb::is_set(&one, crumb::NULLABLE) || crumb::is_set(&other, crumb::NULLABLE);
    for schema in [&mut one, &mut other] {
        if let Some(fields) = schema.as_object_mut() {
            fields.shift_remove(crumb::NULLABLE);
        }
    }
    let mut merged = merged(one, other);
    if is_nullable {
        merged[crumb::NULLABLE] = true.into();
    }
    merged
}

fn merged(one: Value, other: Value) -> Value {
    let says_nothing = |schema: &Value| schema.as_object().is_some_and(Map::is_empty);
    // Null alone says nothing of what else there may be.
    if one == other || says_nothing(&other) {
        return one;
    }
    if says_nothing(&one) {
        return other;
    }
    match (one["type"].as_str(), other["type"].as_str()) {
        (Some("integer" | "number"), Some("integer" | "number")) => json!({"type": "number"}),
        (Some("array"), Some("array")) => {
            json!({"type": "array", "items": merge(one["items"].clone(), other["items"].clone())})
        }
        (Some("object"), Some("object")) => objects(one, &other),
        _ => json!({}),
    }
}

fn objects(mut one: Value, other: &Value) -> Value {
    let Some(properties) = other.get("properties").and_then(Value::as_object) else { return one };
    for (name, property) in properties {
        let both = match one.get("properties").and_then(|known| known.get(name)) {
            Some(known) => merge(known.clone(), property.clone()),
            None => property.clone(),
        };
        one["properties"][name] = both;
    }
    one
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_is_what_there_may_be() {
        for (value, schema) in [
            (json!(1), json!({"type": "integer"})),
            (json!(1.5), json!({"type": "number"})),
            (json!(u64::MAX), json!({"type": "number"})),
            (json!([]), json!({"type": "array", "items": {}})),
            (json!([1, 2.5]), json!({"type": "array", "items": {"type": "number"}})),
            (json!([null, "a"]), json!({"type": "array", "items": {"type": "string", crumb::NULLABLE: true}})),
            (json!([1, "a"]), json!({"type": "array", "items": {}})),
            (json!({}), json!({"type": "object"})),
            (
                json!([{"a": 1}, {"a": null, "b": {"c": true}}]),
                json!({"type": "array", "items": {"type": "object", "properties": {
                    "a": {"type": "integer", crumb::NULLABLE: true},
                    "b": {"type": "object", "properties": {"c": {"type": "boolean"}}},
                }}}),
            ),
        ] {
            assert_eq!(infer(&value), schema, "{value}");
        }
    }
}
