//! Choices between forms, so that the first alternative that decodes a value is the one that keeps it.

use serde_json::{Map, Value, json};

use super::super::crumb;
use super::model::{Form, Model};

/// Alternatives so that each is tried before those that would take its values, each of them once.
pub fn in_order(model: Model<'_>, alternatives: impl IntoIterator<Item = Value>) -> Vec<Value> {
    let mut kept: Vec<Value> = Vec::new();
    for alternative in alternatives {
        if !kept.contains(&alternative) {
            kept.push(alternative);
        }
    }
    if kept.iter().any(|alternative| alternative["type"] == "number") {
        kept.retain(|alternative| alternative["type"] != "integer");
    }
    kept.sort_by_key(|alternative| breadth(model.form(alternative)));
    kept
}

/// How much an alternative takes: lists come before objects, since serde reads a list as the fields of an object.
fn breadth(form: Form<'_>) -> u8 {
    match form {
        Form::Words(_) => 0,
        Form::Scalar("boolean" | "integer") => 1,
        Form::Scalar("number") | Form::Rust(_) => 2,
        Form::Scalar(_) => 3,
        Form::List(_) => 4,
        Form::Struct(_) => 5,
        Form::Choice(_) => 6,
        Form::Map(_) => 7,
        Form::Any => 8,
    }
}

/// Whether the value is of the kind of the form: a widening for it stays one type.
pub fn is_alike(form: Form<'_>, value: &Value) -> bool {
    matches!(
        (form, value),
        (Form::Words(_), Value::String(_))
            | (Form::Scalar("integer" | "number"), Value::Number(_))
            | (Form::List(_), Value::Array(_))
            | (Form::Struct(_) | Form::Map(_), Value::Object(_))
    )
}

/// How many properties a form and a value have in common.
pub fn shared(form: Form<'_>, value: &Value) -> usize {
    let (Form::Struct(object), Value::Object(fields)) = (form, value) else { return 0 };
    let properties = object.get("properties").and_then(Value::as_object);
    properties.map_or(0, |properties| fields.keys().filter(|name| properties.contains_key(*name)).count())
}

/// One object with the properties of all; only what all require is required.
pub fn merge_all(objects: &[&Value]) -> Value {
    let mut properties = Map::new();
    let mut required: Option<Vec<Value>> = None;
    let mut merged = json!({"type": "object"});
    for object in objects {
        for (name, property) in object["properties"].as_object().into_iter().flatten() {
            let clash = properties.get(name).is_some_and(|known| known != property);
            properties.insert(name.clone(), if clash { json!({crumb::NULLABLE: true}) } else { property.clone() });
        }
        let names = object.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
        required = Some(match required {
            None => names,
            Some(known) => known.into_iter().filter(|name| names.contains(name)).collect(),
        });
        if let Some(extra) = object.get("additionalProperties").filter(|extra| extra.is_object()) {
            merged["additionalProperties"] = extra.clone();
        }
    }
    merged["properties"] = properties.into();
    merged["required"] = required.unwrap_or_default().into();
    merged
}

/// The alternatives of a schema; one alone is no choice.
pub fn choice_of(schema: &mut Value, alternatives: Vec<Value>) {
    let Some(fields) = schema.as_object_mut() else { return };
    fields.shift_remove("oneOf");
    match &alternatives[..] {
        [Value::Object(only)] => {
            for (key, value) in only {
                fields.entry(key).or_insert_with(|| value.clone());
            }
        }
        _ => schema["oneOf"] = alternatives.into(),
    }
}
