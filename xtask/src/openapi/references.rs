//! Following `$ref`s inside one document.

use serde_json::Value;

use crate::document::fields::Fields as _;
use crate::document::follow;

/// The most references that are followed in a chain; more are a circle.
const MOST_HOPS: usize = 64;

/// Returns the value itself, or the value that its `$ref` leads to through any number of hops.
#[must_use]
pub fn resolve<'v>(root: &'v Value, value: &'v Value) -> Option<&'v Value> {
    let mut value = value;
    for _ in 0..MOST_HOPS {
        match value.field("$ref").and_then(Value::as_str) {
            None => return Some(value),
            Some(reference) => value = follow(reference, root)?,
        }
    }
    None
}
