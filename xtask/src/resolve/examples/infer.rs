//! The schema of a value that no schema describes.

use serde_json::{Map, Value};

use crate::document::Pointer;
use crate::resolve::schema::{Kind, Place, Properties, Schema};

/// Returns a schema of this value and of values like it. It describes any value where this one is null or empty.
#[must_use]
pub fn infer(value: &Value, at: &Pointer) -> Schema {
    let of_kind = |kind| Schema::of_kind(at, kind);
    match value {
        Value::Null => any_or_null(at),
        Value::Bool(_) => of_kind(Kind::Boolean),
        Value::Number(number) if number.is_i64() => of_kind(Kind::Integer),
        Value::Number(_) => of_kind(Kind::Number),
        Value::String(_) => of_kind(Kind::Text),
        Value::Array(items) => Schema { items: Some(Box::new(of_items(items, at))), ..of_kind(Kind::List) },
        Value::Object(fields) if fields.is_empty() => of_kind(Kind::Object),
        Value::Object(fields) => Schema { properties: Some(of_fields(fields, at)), ..of_kind(Kind::Object) },
    }
}

/// A schema of any value, and of null.
#[must_use]
pub fn any_or_null(at: &Pointer) -> Schema {
    Schema { place: Place { nullable: true, ..Place::default() }, ..Schema::any(at) }
}

fn of_items(items: &[Value], at: &Pointer) -> Schema {
    let at = at.key("items");
    items.iter().map(|item| infer(item, &at)).reduce(merge).unwrap_or_else(|| Schema::any(&at))
}

fn of_fields(fields: &Map<String, Value>, at: &Pointer) -> Properties {
    let at = at.key("properties");
    fields.iter().map(|(name, value)| (name.clone(), infer(value, &at.key(name)))).collect()
}

/// Returns a schema of the values of two inferred schemas.
fn merge(mut one: Schema, mut other: Schema) -> Schema {
    let is_nullable = one.place.nullable || other.place.nullable;
    one.place.nullable = false;
    other.place.nullable = false;
    let mut merged = merge_types(one, other);
    merged.place.nullable |= is_nullable;
    merged
}

fn merge_types(one: Schema, other: Schema) -> Schema {
    let is_any = |schema: &Schema| *schema == Schema::default();
    // Null alone does not describe the other values.
    if one == other || is_any(&other) {
        return one;
    }
    if is_any(&one) {
        return other;
    }
    match (one.kind, other.kind) {
        (Some(Kind::Integer | Kind::Number), Some(Kind::Integer | Kind::Number)) => {
            Schema::of_kind(&one.at, Kind::Number)
        }
        (Some(Kind::List), Some(Kind::List)) => lists(one, other),
        (Some(Kind::Object), Some(Kind::Object)) => objects(one, other),
        _ => Schema::any(&one.at),
    }
}

fn lists(one: Schema, other: Schema) -> Schema {
    let items = match (one.items, other.items) {
        (Some(one), Some(other)) => Some(Box::new(merge(*one, *other))),
        (one, other) => one.or(other),
    };
    Schema { items, ..Schema::of_kind(&one.at, Kind::List) }
}

fn objects(mut one: Schema, other: Schema) -> Schema {
    let Some(others) = other.properties else { return one };
    let properties = one.properties.get_or_insert_default();
    for (name, property) in others {
        match properties.get_mut(&name) {
            Some(known) => *known = merge(std::mem::take(known), property),
            None => drop(properties.insert(name, property)),
        }
    }
    one
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::schema;
    use super::*;

    #[test]
    fn the_inferred_schema_describes_the_value() {
        for (value, expected) in [
            (json!(1), json!({"type": "integer"})),
            (json!(1.5), json!({"type": "number"})),
            (json!(u64::MAX), json!({"type": "number"})),
            (json!([]), json!({"type": "array", "items": {}})),
            (json!([1, 2.5]), json!({"type": "array", "items": {"type": "number"}})),
            (json!([null, "a"]), json!({"type": "array", "items": {"type": "string", "nullable": true}})),
            (json!([1, "a"]), json!({"type": "array", "items": {}})),
            (json!({}), json!({"type": "object"})),
            (
                json!([{"a": 1}, {"a": null, "b": {"c": true}}]),
                json!({"type": "array", "items": {"type": "object", "properties": {
                    "a": {"type": "integer", "nullable": true},
                    "b": {"type": "object", "properties": {"c": {"type": "boolean"}}},
                }}}),
            ),
        ] {
            assert_eq!(infer(&value, &Pointer::root()), schema(&expected), "{value}");
        }
    }
}
