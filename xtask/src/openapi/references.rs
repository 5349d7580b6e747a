//! Following `$ref`s inside one document.

use serde_json::Value;

use crate::document::Pointer;

/// The most references that are followed one after another; more is a circle.
const MOST_HOPS: usize = 64;

/// The value itself, or what its `$ref` leads to through any number of hops.
#[must_use]
pub fn resolve<'v>(root: &'v Value, value: &'v Value) -> Option<&'v Value> {
    let mut value = value;
    for _ in 0..MOST_HOPS {
        match value.get("$ref").and_then(Value::as_str) {
            None => return Some(value),
            Some(reference) => value = Pointer::from_reference(reference)?.lookup(root)?,
        }
    }
    None
}
