//! A feature that is reported, and its words.

use super::survey::Survey;
use crate::document::Pointer;

/// A feature of a valid document that the client does not support.
pub(super) struct Feature {
    /// The name of its row in the [table](super::table).
    pub(super) name: &'static str,
    /// Finds every place that counts: an operation, a body, a schema.
    pub(super) find: fn(&Survey<'_>) -> Vec<Pointer>,
    /// Says what is lost, and what it means for a caller, where there are so many places.
    pub(super) message: fn(usize) -> String,
    /// Says what to do.
    pub(super) help: &'static str,
}

/// Returns a number with what it counts and the verb: `1 link is`, `2 links are`.
pub(super) fn plural(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
