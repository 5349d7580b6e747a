//! A feature that is reported, and its message.

use super::survey::Survey;
use crate::document::Pointer;

/// A feature of a valid document that the client does not support.
pub(super) struct Feature {
    /// The name of its row in the [table](super::table).
    pub(super) name: &'static str,
    /// Finds every place that counts: an operation, a body, a schema.
    pub(super) find: fn(&Survey<'_>) -> Vec<Pointer>,
    /// The singular and the plural of the places, with a verb where the message needs one.
    pub(super) counted: [&'static str; 2],
    /// Says what is lost, and what it means for a caller. `{}` stands for the number of places.
    pub(super) message: &'static str,
    /// Says what to do.
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
