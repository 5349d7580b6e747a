//! The messages of a documented 422, by the schemas of the contract.

use std::sync::LazyLock;

use serde_json::{Map, Value, json};

use super::page::param;
use crate::documented;

static CONTRACT: LazyLock<Value> = LazyLock::new(documented::contract);
static REFUSED: LazyLock<Value> = LazyLock::new(|| documented::update_payload(422));

/// A message of the documented 422, and the name of the field in it.
struct Message {
    text: String,
    field: &'static str,
}

static MISSING: LazyLock<Message> = LazyLock::new(|| message(&documented::payload(422), "customer_id", "customer id"));
static INVALID: LazyLock<Message> = LazyLock::new(|| message(&REFUSED, "customers", "customers"));

fn message(payload: &Value, key: &str, field: &'static str) -> Message {
    let text = payload["error"]["fields"][key][0].as_str().expect("the documented 422 has a message for the field");
    Message { text: text.to_owned(), field }
}

/// The messages for each invalid field of a request.
#[derive(Default)]
pub(super) struct Messages(Map<String, Value>);

impl Messages {
    fn add(&mut self, field: &str, message: &Message) {
        let text = message.text.replace(message.field, &field.replace('_', " "));
        self.0.insert(field.to_owned(), json!([text]));
    }

    /// Reports whether the request is valid.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the documented 422 with these messages.
    pub(super) fn into_body(self) -> Value {
        let mut body = REFUSED.clone();
        body["error"]["fields"] = self.0.into();
        body
    }

    /// Checks a value by a schema of the contract. `field` is the dotted path of the value.
    pub(super) fn check(&mut self, schema: &Value, value: &Value, field: &str) {
        if let Some(pointer) = schema["$ref"].as_str().and_then(|reference| reference.strip_prefix('#')) {
            let schema = CONTRACT.pointer(pointer).expect("the `$ref` resolves to a schema");
            return self.check(schema, value, field);
        }
        for part in list(&schema["allOf"]) {
            self.check(part, value, field);
        }
        let alternatives = list(&schema["oneOf"]);
        let is_one = alternatives.is_empty() || alternatives.iter().any(|schema| is_valid(schema, value));
        if !is_one || !has_type(schema, value) || !is_within_bounds(schema, value) {
            return self.add(field, &INVALID);
        }
        for (index, item) in list(value).iter().enumerate() {
            self.check(&schema["items"], item, &join(field, &index.to_string()));
        }
        self.check_properties(schema, value, field);
    }

    /// Checks the numbers in the query of a list by the schemas of their parameters.
    pub(super) fn check_query(&mut self, query: &str) {
        for parameter in list(&CONTRACT["paths"]["/customers/loyalty/points"]["get"]["parameters"]) {
            if let Some(name) = parameter["name"].as_str()
                && parameter["schema"]["type"] == "integer"
                && let Some(text) = param(query, name)
            {
                let value = text.parse::<i64>().map_or_else(|_| text.into(), Value::from);
                self.check(&parameter["schema"], &value, name);
            }
        }
    }

    fn check_properties(&mut self, schema: &Value, value: &Value, field: &str) {
        for name in list(&schema["required"]).iter().filter_map(Value::as_str) {
            if value[name].is_null() {
                self.add(&join(field, name), &MISSING);
            }
        }
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            let field = join(field, name);
            if let Some(value) = value.get(name)
                && !self.0.contains_key(&field)
            {
                self.check(property, value, &field);
            }
        }
    }
}

fn is_valid(schema: &Value, value: &Value) -> bool {
    let mut messages = Messages::default();
    messages.check(schema, value, "");
    messages.0.is_empty()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn join(field: &str, name: &str) -> String {
    if field.is_empty() { name.to_owned() } else { format!("{field}.{name}") }
}

fn has_type(schema: &Value, value: &Value) -> bool {
    match schema["type"].as_str() {
        Some("object") => value.is_object(),
        Some("array") => value.is_array(),
        Some("string") => value.is_string(),
        Some("boolean") => value.is_boolean(),
        Some("integer") => value.is_i64(),
        Some("number") => value.is_number(),
        _ => true,
    }
}

fn is_within_bounds(schema: &Value, value: &Value) -> bool {
    let keeps = |keyword: &str, fits: fn(f64, f64) -> bool| match (value.as_f64(), schema[keyword].as_f64()) {
        (Some(number), Some(bound)) => fits(number, bound),
        _ => true,
    };
    let values = list(&schema["enum"]);
    keeps("minimum", |number, bound| number >= bound)
        && keeps("maximum", |number, bound| number <= bound)
        && (values.is_empty() || values.contains(value))
}
