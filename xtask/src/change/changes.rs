//! The list of changes, and the meaning of each.

use std::collections::BTreeSet;

use super::reach::Reach;
use super::rules::{self, Direction, Kind, Rule, Wire};
use crate::document::Pointer;
use crate::model::Constant;

/// One of the two versions of the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
    /// The old version.
    Old,
    /// The new version.
    New,
}

/// A change between two versions.
#[derive(Debug)]
pub struct Change {
    /// The rule that gives its meaning.
    pub rule: &'static Rule,
    /// The effect on programs that are built already: at most that of the rule.
    pub wire: Wire,
    /// The version in which its place is: the new one, unless only the old one has it.
    pub version: Version,
    /// Its place.
    pub at: Pointer,
    /// What it is in Rust, such as `types::Order::total`; empty where Rust shows nothing of it.
    pub item: String,
    /// The two values, such as `i64` and `String`, if there are two.
    pub values: Option<(String, String)>,
    /// The names of the operations that it reaches.
    pub operations: Vec<String>,
}

/// The place of a change.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The version that has it.
    pub version: Version,
    /// Its pointer.
    pub at: &'a Pointer,
    /// What has it.
    pub owner: Owner<'a>,
}

impl<'a> Place<'a> {
    /// Returns a place of the old version.
    pub fn old(at: &'a Pointer, owner: Owner<'a>) -> Self {
        Self { version: Version::Old, at, owner }
    }

    /// Returns a place of the new version.
    pub fn new(at: &'a Pointer, owner: Owner<'a>) -> Self {
        Self { version: Version::New, at, owner }
    }
}

/// The part of an API that a change is about.
#[derive(Clone, Copy, Debug)]
pub enum Owner<'a> {
    /// The whole API.
    Api,
    /// The operation of this name.
    Operation(&'a str),
    /// Several parts, which share it.
    Several(&'a [Owner<'a>]),
    /// The type of this name.
    Type(&'a str),
}

/// Collects changes.
#[derive(Debug)]
pub struct Changes {
    list: Vec<Change>,
    old: Reach,
    new: Reach,
}

impl Changes {
    /// Creates an empty list for two versions with these types in use.
    pub fn new(old: Reach, new: Reach) -> Self {
        Self { list: Vec::new(), old, new }
    }

    /// Returns the changes.
    pub fn into_list(self) -> Vec<Change> {
        self.list
    }

    /// Adds a change of an item.
    pub fn add(&mut self, kind: Kind, place: Place<'_>, item: impl Into<String>) {
        self.push(kind, place, item.into(), None, Wire::Broken);
    }

    /// Adds a change of an item from one value to another.
    pub fn add_values(&mut self, kind: Kind, place: Place<'_>, item: impl Into<String>, values: [String; 2]) {
        self.add_values_with(kind, place, item, values, Wire::Broken);
    }

    /// Compares the only values of an item that is required in both versions. The kinds are those of a value that was added,
    /// of one that was removed, and of another one.
    pub fn add_constants(
        &mut self,
        [added, removed, changed]: [Kind; 3],
        place: Place<'_>,
        item: &str,
        constants: [&Option<Constant>; 2],
    ) {
        match constants {
            [None, Some(_)] => self.add(added, place, item),
            [Some(_), None] => self.add(removed, place, item),
            [Some(old), Some(new)] if old.text() != new.text() => {
                self.add_values(changed, place, item, [old.text(), new.text()]);
            }
            _ => {}
        }
    }

    /// Adds a change of an item from one value to another, with an effect on built programs of at most `wire`.
    pub fn add_values_with(
        &mut self,
        kind: Kind,
        place: Place<'_>,
        item: impl Into<String>,
        [old, new]: [String; 2],
        wire: Wire,
    ) {
        self.push(kind, place, item.into(), Some((old, new)), wire);
    }

    fn push(&mut self, kind: Kind, place: Place<'_>, item: String, values: Option<(String, String)>, wire: Wire) {
        let (operations, directions) = self.reached(place.owner);
        let Some(rule) = strictest(kind, &directions) else { return };
        let wire = if operations.is_empty() && !matches!(place.owner, Owner::Api) { Wire::Untouched } else { wire };
        self.list.push(Change {
            rule,
            wire: rule.wire.min(wire),
            version: place.version,
            at: place.at.clone(),
            item,
            values,
            operations,
        });
    }

    /// Returns the directions in which the values of a part of the API travel.
    pub fn directions(&self, owner: Owner<'_>) -> BTreeSet<Direction> {
        self.reached(owner).1
    }

    /// Returns the operations that a part of the API reaches, and the directions in which its values travel.
    fn reached(&self, owner: Owner<'_>) -> (Vec<String>, BTreeSet<Direction>) {
        match owner {
            Owner::Api => (Vec::new(), BTreeSet::new()),
            Owner::Operation(name) => (vec![name.to_owned()], BTreeSet::new()),
            Owner::Several(owners) => {
                let operations: BTreeSet<_> = owners.iter().flat_map(|&owner| self.reached(owner).0).collect();
                (operations.into_iter().collect(), BTreeSet::new())
            }
            Owner::Type(name) => {
                let of_old = self.old.directions(name);
                let directions = if of_old.is_empty() { self.new.directions(name) } else { of_old };
                let operations: BTreeSet<_> = self.old.operations(name).chain(self.new.operations(name)).collect();
                (operations.into_iter().map(str::to_owned).collect(), directions)
            }
        }
    }
}

/// Returns the rule of a kind with the gravest meaning in these directions. A value that travels nowhere is like one of
/// an answer.
fn strictest(kind: Kind, directions: &BTreeSet<Direction>) -> Option<&'static Rule> {
    let holds = |rule: &&Rule| match rule.direction {
        None => true,
        Some(direction) if directions.is_empty() => direction == Direction::Answer,
        Some(direction) => directions.contains(&direction),
    };
    rules::of(kind).filter(holds).max_by_key(|rule| (rule.level, rule.wire))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_that_no_operation_uses_has_the_rules_of_an_answer() {
        let of = |directions: &[Direction]| strictest(Kind::FieldRequired, &directions.iter().copied().collect());
        let (request, answer) = (of(&[Direction::Request]).unwrap(), of(&[Direction::Answer]).unwrap());
        assert_ne!(request.direction, answer.direction);
        assert_eq!(of(&[]).map(|rule| rule.direction), Some(answer.direction));
    }
}
