//! The update of loyalty points: the checks of a request by the schemas of the contract, and the changes that updates
//! made.

use std::collections::BTreeSet;
use std::sync::LazyLock;
use std::time::SystemTime;

use serde_json::{Map, Value, json};

use super::page;
use crate::documented;

static CONTRACT: LazyLock<Value> = LazyLock::new(documented::contract);
static UPDATED: LazyLock<Value> = LazyLock::new(|| documented::update_payload(201));
static FAILED: LazyLock<Value> = LazyLock::new(|| documented::update_payload(400));
static REFUSED: LazyLock<Value> = LazyLock::new(|| documented::update_payload(422));
static SCHEMA: LazyLock<Value> = LazyLock::new(|| json!({"$ref": "#/components/schemas/LoyaltyPointsUpdate"}));

/// An update that the fake server accepts.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Update {
    /// The ids of the customers. `None` means all customers.
    customers: Option<BTreeSet<String>>,
    points: i64,
    reason: String,
}

impl Update {
    /// Reads the body of a request.
    ///
    /// # Errors
    ///
    /// The status and the body of the documented response to this request.
    pub(super) fn parse(body: &[u8]) -> Result<Self, (u16, Value)> {
        let Ok(body) = serde_json::from_slice::<Value>(body) else { return Err(failed()) };
        let mut messages = Messages::default();
        messages.check(&SCHEMA, &body, "");
        let all = body["select_all"] == true;
        if !all && body["customers"].as_array().is_some_and(Vec::is_empty) {
            messages.add("customers", &INVALID);
        }
        if !messages.0.is_empty() {
            return Err((422, messages.into_body()));
        }
        // No source states what a reset does.
        if body["reset_points"] == true || body["reset_point"] == true {
            return Err(failed());
        }
        let points = body["points"].as_i64().unwrap_or_default();
        Ok(Self {
            customers: (!all).then(|| body["customers"].as_array().into_iter().flatten().map(id).collect()),
            points: if body["type"] == "minus" { -points } else { points },
            reason: body["reason"].as_str().unwrap_or_default().to_owned(),
        })
    }

    fn applies_to(&self, customer: &str) -> bool {
        self.customers.as_ref().is_none_or(|customers| customers.contains(customer))
    }
}

/// Returns the documented 201.
pub(super) fn updated() -> Value {
    UPDATED.clone()
}

/// Returns the documented 400.
fn failed() -> (u16, Value) {
    (400, FAILED.clone())
}

/// Returns an id as text.
fn id(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The entries that updates added, the oldest first.
#[derive(Debug, Default)]
pub(super) struct Log(Vec<(Update, Value)>);

impl Log {
    pub(super) fn add(&mut self, update: Update, now: SystemTime) {
        let entry = page::added_entry(update.points, &update.reason, now);
        self.0.push((update, entry));
    }

    /// Returns the added entries of a customer, the newest first.
    pub(super) fn of(&self, customer: &str) -> Vec<Value> {
        let changes = self.0.iter().rev().filter(|(update, _)| update.applies_to(customer));
        changes.map(|(_, entry)| entry.clone()).collect()
    }
}

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
struct Messages(Map<String, Value>);

impl Messages {
    fn add(&mut self, field: &str, message: &Message) {
        let text = message.text.replace(message.field, &field.replace('_', " "));
        self.0.insert(field.to_owned(), json!([text]));
    }

    /// Returns the documented 422 with these messages.
    fn into_body(self) -> Value {
        let mut body = REFUSED.clone();
        body["error"]["fields"] = self.0.into();
        body
    }

    /// Checks a value by a schema of the contract. `field` is the dotted path of the value.
    fn check(&mut self, schema: &Value, value: &Value, field: &str) {
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

    fn check_properties(&mut self, schema: &Value, value: &Value, field: &str) {
        for name in list(&schema["required"]).iter().filter_map(Value::as_str) {
            if is_empty(&value[name]) {
                self.add(&join(field, name), &MISSING);
            }
        }
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            if !is_empty(&value[name.as_str()]) {
                self.check(property, &value[name.as_str()], &join(field, name));
            }
        }
    }
}

fn is_valid(schema: &Value, value: &Value) -> bool {
    let mut messages = Messages::default();
    messages.check(schema, value, "");
    messages.0.is_empty()
}

/// Reports whether a value counts as missing, as in PHP.
fn is_empty(value: &Value) -> bool {
    value.is_null() || value == ""
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
        Some("integer") => value.is_i64() || value.is_u64(),
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the documented request with one other field.
    fn request(field: &str, value: Value) -> Vec<u8> {
        let mut request = documented::update_request();
        request[field] = value;
        request.to_string().into_bytes()
    }

    /// Returns the invalid fields of a request.
    fn invalid_fields(body: &[u8]) -> Vec<String> {
        let (status, body) = Update::parse(body).unwrap_err();
        assert_eq!((status, &body["status"], &body["success"]), (422, &json!(422), &json!(false)));
        body["error"]["fields"].as_object().unwrap().keys().cloned().collect()
    }

    #[test]
    fn the_documented_request_is_accepted() {
        let expected = Update {
            customers: Some(["748394059", "873874834"].map(str::to_owned).into()),
            points: 900,
            reason: "Valid reason text".to_owned(),
        };
        assert_eq!(Update::parse(&request("channel_send", json!([]))), Ok(expected));
        assert_eq!(Update::parse(&request("type", json!("minus"))).unwrap().points, -900);
    }

    #[test]
    fn values_that_the_contract_does_not_allow_are_named() {
        for (field, value, invalid) in [
            ("points", json!(0), "points"),
            ("points", json!(1_000_000), "points"),
            ("points", json!("9"), "points"),
            ("points", json!(1.5), "points"),
            ("points", Value::Null, "points"),
            ("type", json!("times"), "type"),
            ("reason", json!(""), "reason"),
            ("channel_send", json!("email"), "channel_send"),
            ("channel_send", json!(["email", "post"]), "channel_send.1"),
            ("customers", json!([]), "customers"),
            ("customers", json!([1, true]), "customers.1"),
            ("select_all", json!(1), "select_all"),
        ] {
            assert_eq!(invalid_fields(&request(field, value.clone())), [invalid], "{field}: {value}");
        }
        // Another package of the workspace decides whether objects keep the order of their keys.
        let mut missing = invalid_fields(b"{}");
        missing.sort();
        assert_eq!(missing, ["channel_send", "customers", "points", "reason", "type"]);
    }

    #[test]
    fn the_bounds_of_the_points_are_allowed() {
        for points in [1, 999_999] {
            assert_eq!(Update::parse(&request("points", json!(points))).unwrap().points, points);
        }
    }

    #[test]
    fn the_messages_are_those_of_the_documented_failures() {
        let (_, body) = Update::parse(&request("customers", json!([]))).unwrap_err();
        assert_eq!(body, documented::update_payload(422));
        let (_, body) = Update::parse(&request("channel_send", Value::Null)).unwrap_err();
        assert_eq!(body["error"]["fields"]["channel_send"], json!(["حقل channel send مطلوب."]));
    }

    #[test]
    fn a_reset_and_a_body_that_is_not_json_fail() {
        for body in [request("reset_points", json!(true)), request("reset_point", json!(true)), b"{".to_vec()] {
            assert_eq!(Update::parse(&body), Err((400, documented::update_payload(400))));
        }
    }
}
