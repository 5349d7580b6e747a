//! The report of a lowering: what was changed, where in the document as it was written, and why.
//!
//! A walk goes down a [`Trail`], which becomes a pointer only when something is reported. What a lowering moves keeps
//! the pointer of where it came from as a [crumb](super::crumb::ORIGIN), so that later reports still name that place.

use std::fmt;

use serde_json::Value;

use super::crumb::ORIGIN;
use crate::document::Pointer;

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

/// The way from the root of the document to a value in it.
#[derive(Clone, Debug)]
pub struct Trail<'t> {
    up: Option<&'t Trail<'t>>,
    step: Step<'t>,
}

#[derive(Clone, Debug)]
enum Step<'t> {
    /// The way begins here: the root, or the place that a value was moved from.
    Origin(Pointer),
    Key(&'t str),
    Index(usize),
}

impl Trail<'static> {
    /// The way that has not begun.
    #[must_use]
    pub fn root() -> Self {
        Self::from(Pointer::root())
    }

    /// The way to a place that is known.
    #[must_use]
    pub fn from(pointer: Pointer) -> Self {
        Self { up: None, step: Step::Origin(pointer) }
    }
}

impl<'t> Trail<'t> {
    /// One step down to the `value` under a key, or to where that value was moved from.
    #[must_use]
    pub fn key(&'t self, key: &'t str, value: &Value) -> Trail<'t> {
        self.step(Step::Key(key), value)
    }

    /// One step down to the `value` at an index, or to where that value was moved from.
    #[must_use]
    pub fn index(&'t self, index: usize, value: &Value) -> Trail<'t> {
        self.step(Step::Index(index), value)
    }

    fn step(&'t self, step: Step<'t>, value: &Value) -> Trail<'t> {
        match origin(value) {
            Some(origin) => Trail { up: None, step: Step::Origin(Pointer::from_text(origin)) },
            None => Trail { up: Some(self), step },
        }
    }

    /// The place as a pointer into the document as it was written.
    #[must_use]
    pub fn pointer(&self) -> Pointer {
        let above = self.up.map_or_else(Pointer::root, Trail::pointer);
        match &self.step {
            Step::Origin(pointer) => pointer.clone(),
            Step::Key(key) => above.key(key),
            Step::Index(index) => above.index(*index),
        }
    }
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
