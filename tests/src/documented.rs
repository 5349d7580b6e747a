//! The documented example payloads, read from the contract (`spec/loyalty-points.yaml`).

use std::path::{Path, PathBuf};

use serde_json::Value;

/// Returns the path of the contract.
#[must_use]
pub fn contract_path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../spec/loyalty-points.yaml")
}

/// Reads the contract.
///
/// # Panics
///
/// When the contract cannot be read.
#[must_use]
pub fn contract() -> Value {
    let text = std::fs::read_to_string(contract_path()).expect("the contract is in spec/");
    serde_yaml::from_str(&text).expect("the contract is YAML")
}

/// Returns the documented payload of a status of the history: `200`, `401` or `422`.
///
/// # Panics
///
/// When the contract documents no payload for the status.
#[must_use]
pub fn payload(status: u16) -> Value {
    response("get", status, &["documented"])
}

/// Returns the documented payload of a status of the update: `201`, `400`, `401` or `422`.
///
/// # Panics
///
/// When the contract documents no payload for the status.
#[must_use]
pub fn update_payload(status: u16) -> Value {
    response("post", status, &["documented_update", "documented"])
}

/// Returns the documented request of the update.
///
/// # Panics
///
/// When the contract documents no payload for the status.
#[must_use]
pub fn update_request() -> Value {
    example(&contract()["paths"][PATH]["post"]["requestBody"], &["documented"]).expect("the contract has a request")
}

/// Returns the scopes of the operation with this method, such as `get`.
#[must_use]
pub fn required_scopes(method: &str) -> Vec<String> {
    let scopes = &contract()["paths"][PATH][method]["x-required-scopes"];
    scopes.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

const PATH: &str = "/customers/loyalty/points";

/// Returns the first of these examples that a response has.
fn response(method: &str, status: u16, names: &[&str]) -> Value {
    let contract = contract();
    let response = &contract["paths"][PATH][method]["responses"][status.to_string()];
    let response = match response["$ref"].as_str() {
        Some(reference) => contract.pointer(&reference[1..]).expect("the `$ref` resolves to a response"),
        None => response,
    };
    example(response, names).unwrap_or_else(|| panic!("the contract documents no payload for {method} and {status}"))
}

/// Returns the first of these examples that a request or a response has.
fn example(body: &Value, names: &[&str]) -> Option<Value> {
    let examples = &body["content"]["application/json"]["examples"];
    names.iter().map(|name| &examples[name]["value"]).find(|value| value.is_object()).cloned()
}
