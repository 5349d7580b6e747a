//! An index of the causes by their places. A document may have thousands of findings.

use std::collections::{BTreeMap, HashMap};

use crate::diagnostics::{Code, Diagnostic, Severity};
use crate::document::Pointer;
use crate::openapi::scope;

/// A finding that other findings may follow from.
pub(super) struct Cause<'f> {
    pub(super) finding: &'f Diagnostic,
    pub(super) at: &'f Pointer,
    /// The place of the object that the finding is about.
    pub(super) object: Pointer,
}

impl<'f> Cause<'f> {
    fn of(finding: &'f Diagnostic) -> Option<Self> {
        let at = finding.place.pointer()?;
        let object = match finding.code {
            Code::UnknownField
            | Code::UnknownWord
            | Code::InvalidKey
            | Code::UnknownExtension
            | Code::UnknownParameterPlace
            | Code::AmbiguousExample
            | Code::RefSibling
            | Code::UnresolvedReference
            | Code::ExternalReference
            | Code::MisplacedReference => at.parent()?,
            Code::WrongKind => holder(at)?,
            Code::MissingField => at.clone(),
            // The finding is about an item of a list.
            Code::UndefinedRequiredProperty => at.parent()?.parent()?,
            _ => return None,
        };
        Some(Self { finding, at, object })
    }

    pub(super) fn is(&self, code: Code) -> bool {
        self.finding.code == code
    }

    /// Returns the key or the index that the finding is about.
    pub(super) fn key(&self) -> String {
        self.at.last().unwrap_or_default()
    }
}

/// Returns the object that contains a value. For a part of a composition, that is the schema with the composition.
fn holder(at: &Pointer) -> Option<Pointer> {
    let parent = at.parent()?;
    let is_part = parent.last().is_some_and(|key| scope::LISTS.contains(&key.as_str()));
    if is_part { parent.parent() } else { Some(parent) }
}

/// Returns the place that a reference without a target leads to.
fn target_of(cause: &Cause<'_>) -> Option<Pointer> {
    let text = quoted(&cause.finding.message).next().filter(|_| cause.is(Code::UnresolvedReference))?;
    Pointer::from_reference(text.strip_prefix("$ref: ")?)
}

/// Returns the words of a message that are in backticks.
pub(super) fn quoted(message: &str) -> impl Iterator<Item = &str> {
    message.split('`').skip(1).step_by(2)
}

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

    /// Returns the indices of the causes about a value or the objects around it.
    pub(super) fn around(&self, at: &Pointer) -> Vec<usize> {
        let places = std::iter::successors(Some(at.clone()), Pointer::parent);
        places
            .flat_map(|place| [self.by_place.get(&place), self.by_object.get(&place)])
            .flatten()
            .flatten()
            .copied()
            .collect()
    }

    /// Returns the indices of the causes about an object.
    pub(super) fn about(&self, object: &Pointer) -> impl Iterator<Item = usize> + '_ {
        self.by_object.get(object).into_iter().flatten().copied()
    }

    /// Returns the indices of the causes at a place and in it.
    pub(super) fn inside(&self, place: &Pointer) -> impl Iterator<Item = usize> + '_ {
        let below = Pointer::from_text(format!("{place}/", place = place.as_str()));
        let end = Pointer::from_text(format!("{place}0", place = place.as_str()));
        let there = self.by_place.get(place).into_iter().flatten();
        there.chain(self.by_place.range(below..end).flat_map(|(_, causes)| causes)).copied()
    }

    /// Returns the indices of the causes that are references to this place, where the document has no value.
    pub(super) fn leading_to(&self, target: &Pointer) -> impl Iterator<Item = usize> + '_ {
        self.by_target.get(target).into_iter().flatten().copied()
    }

    /// Returns the indices of the causes that are unknown fields with this name.
    pub(super) fn unknown_fields(&self, name: &str) -> impl Iterator<Item = usize> + '_ {
        self.unknown_fields.get(name).into_iter().flatten().copied()
    }

    /// Returns whether one of these causes fulfils a condition, and is at least as severe as the finding.
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
