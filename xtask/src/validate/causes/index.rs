//! The findings that others may follow from, by what they are about: a document may have thousands of them.

use std::collections::{BTreeMap, HashMap};

use super::cause::{Cause, target_of};
use crate::diagnostics::{Code, Diagnostic, Severity};
use crate::document::Pointer;

/// All causes of a document.
pub(super) struct Causes<'f> {
    all: Vec<Cause<'f>>,
    by_place: BTreeMap<Pointer, Vec<usize>>,
    by_object: HashMap<Pointer, Vec<usize>>,
    by_target: HashMap<Pointer, Vec<usize>>,
    unknown_fields: HashMap<String, Vec<usize>>,
}

impl<'f> Causes<'f> {
    pub(super) fn of(findings: &'f [Diagnostic]) -> Self {
        let mut causes = Self {
            all: findings.iter().filter_map(Cause::of).collect(),
            by_place: BTreeMap::new(),
            by_object: HashMap::new(),
            by_target: HashMap::new(),
            unknown_fields: HashMap::new(),
        };
        for (index, cause) in causes.all.iter().enumerate() {
            causes.by_place.entry(cause.at.clone()).or_default().push(index);
            causes.by_object.entry(cause.object.clone()).or_default().push(index);
            if cause.is(Code::UnknownField) {
                causes.unknown_fields.entry(cause.key()).or_default().push(index);
            }
            if let Some(target) = target_of(cause) {
                causes.by_target.entry(target).or_default().push(index);
            }
        }
        causes
    }

    /// The causes about a value or the objects around it.
    pub(super) fn around(&self, at: &Pointer) -> Vec<usize> {
        let places = std::iter::successors(Some(at.clone()), Pointer::parent);
        places
            .flat_map(|place| [self.by_place.get(&place), self.by_object.get(&place)])
            .flatten()
            .flatten()
            .copied()
            .collect()
    }

    /// The causes about an object.
    pub(super) fn about(&self, object: &Pointer) -> impl Iterator<Item = usize> + '_ {
        self.by_object.get(object).into_iter().flatten().copied()
    }

    /// The causes at a place and in it.
    pub(super) fn inside(&self, place: &Pointer) -> impl Iterator<Item = usize> + '_ {
        let below = Pointer::from_text(format!("{place}/", place = place.as_str()));
        let end = Pointer::from_text(format!("{place}0", place = place.as_str()));
        let there = self.by_place.get(place).into_iter().flatten();
        there.chain(self.by_place.range(below..end).flat_map(|(_, causes)| causes)).copied()
    }

    /// The references to a place where nothing is.
    pub(super) fn leading_to(&self, target: &Pointer) -> impl Iterator<Item = usize> + '_ {
        self.by_target.get(target).into_iter().flatten().copied()
    }

    /// The unknown fields with this name.
    pub(super) fn unknown_fields(&self, name: &str) -> impl Iterator<Item = usize> + '_ {
        self.unknown_fields.get(name).into_iter().flatten().copied()
    }

    /// Whether one of these causes, as grave as the finding, fulfils a condition.
    pub(super) fn any(
        &self,
        causes: impl IntoIterator<Item = usize>,
        finding: Severity,
        condition: impl Fn(&Cause<'f>) -> bool,
    ) -> bool {
        let mut causes = causes.into_iter().filter_map(|index| self.all.get(index));
        causes.any(|cause| cause.finding.severity <= finding && condition(cause))
    }
}
