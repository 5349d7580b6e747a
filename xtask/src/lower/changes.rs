//! The report of a lowering: its changes, each with its place in the original document.
//!
//! A walk goes down a [`Trail`]. A value that a lowering moves keeps the pointer of its original place as a
//! [crumb](super::crumb::ORIGIN), so that later reports still name that place.

use std::fmt;

use serde_json::Value;

use super::crumb::ORIGIN;
use crate::document::Pointer;
pub use crate::openapi::trail::Trail;

/// One change of the document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The lowering that made it.
    pub lowering: &'static str,
    /// Where, in the document as it was written.
    pub at: Pointer,
    /// What was changed, in one sentence.
    pub what: String,
}

/// The changes so far.
#[derive(Debug, Default)]
pub struct Changes {
    lowering: &'static str,
    made: Vec<Change>,
    is_unheard: bool,
}

impl Changes {
    /// Changes that nobody asks for, and that are not kept.
    pub(super) fn unheard() -> Self {
        Self { is_unheard: true, ..Self::default() }
    }

    /// Reports what the lowering in progress changed at the end of the trail.
    pub fn report(&mut self, at: &Trail<'_>, what: impl fmt::Display) {
        if !self.is_unheard {
            self.made.push(Change { lowering: self.lowering, at: at.pointer(), what: what.to_string() });
        }
    }

    /// What follows is done by this lowering.
    pub(super) fn begin(&mut self, lowering: &'static str) {
        self.lowering = lowering;
    }

    /// All changes, in the order in which they were made.
    pub(super) fn into_list(self) -> Vec<Change> {
        self.made
    }

    #[cfg(test)]
    pub(super) fn list(&self) -> Vec<String> {
        self.made.iter().map(|change| format!("{} {}", change.at.as_str(), change.what)).collect()
    }
}

/// Steps through a document in which values have been moved: a step to a moved value leads to its original place.
pub trait Steps<'t> {
    /// Returns the path of the `value` under a key, or its original place.
    #[must_use]
    fn key(&'t self, key: &'t str, value: &Value) -> Trail<'t>;

    /// Returns the path of the `value` at an index, or its original place.
    #[must_use]
    fn index(&'t self, index: usize, value: &Value) -> Trail<'t>;
}

impl<'t> Steps<'t> for Trail<'t> {
    fn key(&'t self, key: &'t str, value: &Value) -> Trail<'t> {
        original(value).unwrap_or_else(|| self.below(key))
    }

    fn index(&'t self, index: usize, value: &Value) -> Trail<'t> {
        original(value).unwrap_or_else(|| self.item(index))
    }
}

/// Returns the original place of a value that was moved.
fn original(value: &Value) -> Option<Trail<'static>> {
    origin(value).map(|origin| Trail::from(Pointer::from_text(origin)))
}

/// Where a value came from, if it was moved. Every step of every walk asks for it, and of a few keys most have another
/// length, which takes less time to see than a hash to make.
fn origin(value: &Value) -> Option<&str> {
    const FEW: usize = 12;
    let fields = value.as_object()?;
    let found = if fields.len() > FEW {
        fields.get(ORIGIN)
    } else {
        fields.iter().find(|(key, _)| *key == ORIGIN).map(|(_, value)| value)
    };
    found?.as_str()
}

/// Remembers where a value came from before it is moved or copied; what was moved before keeps its first place.
pub fn remember(value: &mut Value, at: &Pointer) {
    if let Some(fields) = value.as_object_mut() {
        fields.entry(ORIGIN).or_insert_with(|| at.as_str().into());
    }
}

/// Returns the place in the original document that a place of the lowered one comes from.
pub fn original_place(root: &Value, path: &Pointer) -> Pointer {
    let mut value = root;
    let mut at = Pointer::root();
    for segment in path.segments() {
        let next = match value {
            Value::Array(items) => segment.parse().ok().and_then(|index: usize| items.get(index)),
            other => other.get(&segment),
        };
        let Some(next) = next else { return at };
        at = match next.get(ORIGIN).and_then(Value::as_str) {
            Some(origin) => Pointer::from_text(origin),
            None => at.key(&segment),
        };
        value = next;
    }
    at
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_moved_value_is_reported_where_it_came_from() {
        let mut moved = json!({"b": {}});
        remember(&mut moved, &Pointer::root().key("x/y"));
        remember(&mut moved, &Pointer::root().key("later"));
        let (root, mut changes) = (Trail::root(), Changes::default());
        let (plain, moved_trail) = (root.key("a", &json!({})), root.key("a", &moved));
        changes.report(&plain.index(1, &json!({})), "one");
        changes.report(&moved_trail.key("b", &moved["b"]), "two");
        assert_eq!(changes.list(), ["/a/1 one", "/x~1y/b two"]);
    }
}
