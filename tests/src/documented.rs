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

/// Returns the documented payload of a status: `200`, `401` or `422`.
///
/// # Panics
///
/// When the contract documents no payload for the status.
#[must_use]
pub fn payload(status: u16) -> Value {
    let contract = contract();
    let response = &contract["paths"]["/customers/loyalty/points"]["get"]["responses"][status.to_string()];
    let response = match response["$ref"].as_str() {
        Some(reference) => contract.pointer(&reference[1..]).expect("the `$ref` resolves to a response"),
        None => response,
    };
    let example = &response["content"]["application/json"]["examples"]["documented"]["value"];
    assert!(example.is_object(), "the contract has no documented payload for {status}");
    example.clone()
}
