//! The documented example payloads. The contract is their only home: they are read from it.

use std::path::{Path, PathBuf};

use serde_json::Value;

/// The path of the contract.
#[must_use]
pub fn contract_path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../spec/loyalty-points.yaml")
}

/// The contract.
///
/// # Panics
///
/// When the contract cannot be read: nothing could be tested then.
#[must_use]
pub fn contract() -> Value {
    let text = std::fs::read_to_string(contract_path()).expect("the contract is in spec/");
    serde_yaml::from_str(&text).expect("the contract is YAML")
}

/// The documented payload of a status of the history: `200`, `401` or `422`.
///
/// # Panics
///
/// When the contract documents none.
#[must_use]
pub fn payload(status: u16) -> Value {
    response("get", status, &["documented"])
}

/// The documented payload of a status of the update: `201`, `400`, `401` or `422`.
///
/// # Panics
///
/// When the contract documents none.
#[must_use]
pub fn update_payload(status: u16) -> Value {
    response("post", status, &["documented_update", "documented"])
}

/// The documented request of the update.
///
/// # Panics
///
/// When the contract documents none.
#[must_use]
pub fn update_request() -> Value {
    example(&contract()["paths"][PATH]["post"]["requestBody"], &["documented"]).expect("the contract has a request")
}

const PATH: &str = "/customers/loyalty/points";

/// The first of these examples that a response has.
fn response(method: &str, status: u16, names: &[&str]) -> Value {
    let contract = contract();
    let response = &contract["paths"][PATH][method]["responses"][status.to_string()];
    let response = match response["$ref"].as_str() {
        Some(reference) => contract.pointer(&reference[1..]).expect("the reference leads to a response"),
        None => response,
    };
    example(response, names).unwrap_or_else(|| panic!("the contract documents no payload for {method} and {status}"))
}

/// The first of these examples that a request or a response has.
fn example(body: &Value, names: &[&str]) -> Option<Value> {
    let examples = &body["content"]["application/json"]["examples"];
    names.iter().map(|name| &examples[name]["value"]).find(|value| value.is_object()).cloned()
}
