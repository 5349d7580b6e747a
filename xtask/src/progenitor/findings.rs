//! The findings of this room: what progenitor cannot do, and what it gives that is not known.

use crate::diagnostics::{Code, Diagnostic, Place};

/// Returns the finding that the generator cannot generate from a document without errors.
#[must_use]
pub fn gap(reason: &str) -> Diagnostic {
    Diagnostic::error(
        Code::GeneratorGap,
        Place::File,
        format!("the document passes the checks, and {reason}"),
        "this is a gap in the generator: please report it with the document",
    )
}

/// Returns the finding that progenitor's output, which changes with its version, is not of the known shape.
#[must_use]
pub fn unknown_shape(reason: &str) -> Diagnostic {
    Diagnostic::error(
        Code::UnknownShape,
        Place::File,
        format!("progenitor's output is not of the known shape: {reason}"),
        "the generator was written for the version of progenitor in `Cargo.lock`: adapt it to the new one",
    )
}
