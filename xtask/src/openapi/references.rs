//! Following `$ref`s inside one document.

use serde_json::Value;

use crate::document::fields::Fields as _;
use crate::document::{Pointer, follow};

/// The number of references that are followed in a chain; a longer chain is a circle.
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

/// Returns each value that the `$ref`s of a value lead to, one after another, with its place. It ends at a value without a
/// `$ref`, and at a `$ref` that leads nowhere.
pub fn targets<'v>(root: &'v Value, value: &'v Value) -> impl Iterator<Item = (Pointer, &'v Value)> {
    let next = move |value: &'v Value| {
        let place = Pointer::from_reference(value.field("$ref")?.as_str()?)?;
        place.lookup(root).map(|target| (place, target))
    };
    std::iter::successors(next(value), move |(_, value)| next(value)).take(MOST_HOPS)
}
