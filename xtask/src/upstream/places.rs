//! The places that describe one part of a request or of an answer.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::document::Pointer;
use crate::openapi::references::targets;

/// A value of a document and its place.
pub type Placed<'d> = (Pointer, &'d Value);

/// Returns the value that a reference leads to, with its place, and all places on the way. A value that is no reference
/// is its own target. None if the reference leads nowhere.
pub fn target<'d>(root: &'d Value, (at, value): Placed<'d>) -> Option<(Placed<'d>, BTreeSet<Pointer>)> {
    let mut places = BTreeSet::from([at.clone()]);
    let mut last = (at, value);
    for placed in targets(root, value) {
        places.insert(placed.0.clone());
        last = placed;
    }
    last.1.get("$ref").is_none().then_some((last, places))
}
