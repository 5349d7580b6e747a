//! A feature that is reported, and its message.

use super::survey::Survey;
use crate::document::Pointer;

/// A feature of a valid document that the client does not support.
pub(super) struct Feature {
    /// The name of its row in the [table](super::table).
    pub(super) name: &'static str,
    /// Finds every place that counts: an operation, a body, a schema.
    pub(super) find: fn(&Survey<'_>) -> Vec<Pointer>,
    /// The noun for the places in the singular and the plural, with a verb if the message needs one.
    pub(super) counted: [&'static str; 2],
    /// The message: the lost feature, and the consequence for a caller. `{}` is replaced by the number of places.
    pub(super) message: &'static str,
    /// How to avoid the loss.
    pub(super) help: &'static str,
}

impl Feature {
    /// Returns the message about a number of places.
    pub(super) fn message(&self, count: usize) -> String {
        let [one, many] = self.counted;
        let counted = if count == 1 { one } else { many };
        self.message.replacen("{}", &format!("{count} {counted}"), 1)
    }
}
