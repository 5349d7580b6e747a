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

/// The documented payload of a status: `200`, `401` or `422`.
///
/// # Panics
///
/// When the contract documents none.
#[must_use]
pub fn payload(status: u16) -> Value {
    let contract = contract();
    let response = &contract["paths"]["/customers/loyalty/points"]["get"]["responses"][status.to_string()];
    let response = match response["$ref"].as_str() {
        Some(reference) => contract.pointer(&reference[1..]).expect("the reference leads to a response"),
        None => response,
    };
    let example = &response["content"]["application/json"]["examples"]["documented"]["value"];
    assert!(example.is_object(), "the contract documents no payload for {status}");
    example.clone()
}
