//! The update of loyalty points: which requests are accepted, and the changes that updates made.

use std::collections::BTreeSet;
use std::sync::LazyLock;
use std::time::SystemTime;

use serde_json::{Value, json};

use super::messages::Messages;
use super::page;
use crate::documented;

static UPDATED: LazyLock<Value> = LazyLock::new(|| documented::update_payload(201));
static FAILED: LazyLock<Value> = LazyLock::new(|| documented::update_payload(400));
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
        if !messages.is_empty() {
            return Err((422, messages.into_body()));
        }
        // No source states what a reset does.
        if body["reset_points"] == true || body["reset_point"] == true {
            return Err(failed());
        }
        let points = body["points"].as_i64().unwrap_or_default();
        Ok(Self {
            customers: (body["select_all"] != true)
                .then(|| body["customers"].as_array().into_iter().flatten().map(id).collect()),
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
            ("reason", json!(7), "reason"),
            ("channel_send", json!("email"), "channel_send"),
            ("channel_send", json!(["email", "post"]), "channel_send.1"),
            ("customers", json!({}), "customers"),
            ("customers", json!([1, true]), "customers.1"),
            ("select_all", json!(1), "select_all"),
            ("select_all", Value::Null, "select_all"),
        ] {
            assert_eq!(invalid_fields(&request(field, value.clone())), [invalid], "{field}: {value}");
        }
        // Another package of the workspace decides whether objects keep the order of their keys.
        let mut missing = invalid_fields(b"{}");
        missing.sort();
        assert_eq!(missing, ["channel_send", "customers", "points", "reason", "type"]);
    }

    #[test]
    fn what_the_contract_does_not_forbid_is_accepted() {
        for (field, value) in [("customers", json!([])), ("reason", json!("")), ("channel_send", json!([]))] {
            assert!(Update::parse(&request(field, value)).is_ok(), "{field}");
        }
    }

    #[test]
    fn the_bounds_of_the_points_are_allowed() {
        for points in [1, 999_999] {
            assert_eq!(Update::parse(&request("points", json!(points))).unwrap().points, points);
        }
    }

    #[test]
    fn the_messages_are_those_of_the_documented_failures() {
        let (_, body) = Update::parse(&request("customers", json!(1))).unwrap_err();
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
