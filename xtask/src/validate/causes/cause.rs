//! A finding that others may follow from, and the places that it is about.

use crate::diagnostics::{Code, Diagnostic};
use crate::document::Pointer;
use crate::openapi::scope;

/// A finding that others may follow from.
pub(super) struct Cause<'f> {
    pub(super) finding: &'f Diagnostic,
    pub(super) at: &'f Pointer,
    /// The place of the object that it is about.
    pub(super) object: Pointer,
}

impl<'f> Cause<'f> {
    pub(super) fn of(finding: &'f Diagnostic) -> Option<Self> {
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
            // The entry of a list.
            Code::UndefinedRequiredProperty => at.parent()?.parent()?,
            _ => return None,
        };
        Some(Self { finding, at, object })
    }

    pub(super) fn is(&self, code: Code) -> bool {
        self.finding.code == code
    }

    /// The key or the index that it is about.
    pub(super) fn key(&self) -> String {
        self.at.last().unwrap_or_default()
    }
}

/// Returns the object that holds a value: for a part of a composition, the schema around the composition.
fn holder(at: &Pointer) -> Option<Pointer> {
    let parent = at.parent()?;
    let is_part = parent.last().is_some_and(|key| scope::LISTS.contains(&key.as_str()));
    if is_part { parent.parent() } else { Some(parent) }
}

/// Returns the place that a reference without a target leads to.
pub(super) fn target_of(cause: &Cause<'_>) -> Option<Pointer> {
    let text = quoted(&cause.finding.message).next().filter(|_| cause.is(Code::UnresolvedReference))?;
    Pointer::from_reference(text.strip_prefix("$ref: ")?)
}

/// Returns the names that a message quotes.
pub(super) fn quoted(message: &str) -> impl Iterator<Item = &str> {
    message.split('`').skip(1).step_by(2)
}
