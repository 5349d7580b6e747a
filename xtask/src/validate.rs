//! Validates a normalized document before anything is generated from it.
//!
//! Takes the document and the findings of the stages before, and gives all findings, not only the first. Each check is
//! one module. The following stages can rely on what the checks hold. This stage judges and changes nothing, and does
//! not know how the document is lowered.

pub mod causes;
pub mod conflicts;
pub mod examples;
pub mod extensions;
pub mod features;
pub mod names;
pub mod operations;
pub mod pagination;
pub mod parameters;
pub mod paths;
pub mod references;
pub mod required;
pub mod runtime;
pub mod schemas;
pub mod security;
pub mod servers;
pub mod undescribed;
pub mod version;

#[cfg(test)]
mod testing;

use crate::diagnostics::{Code, Diagnostic};
use crate::document::Document;
use crate::openapi::examples::Policy;
use crate::openapi::walk::walk;

/// The result of the validation.
#[derive(Debug, Default)]
pub struct Report {
    /// The findings, errors and warnings.
    pub findings: Vec<Diagnostic>,
    /// The number of examples that were checked.
    pub examples: usize,
}

impl Report {
    /// Returns whether the document has errors, so that nothing may be generated.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.findings.iter().any(Diagnostic::is_error)
    }
}

/// Validates a normalized document. `findings` are those of the stages before, and belong to the report. If
/// `is_strict`, each departure from the specification is an error. `examples` says how grave it is that an example
/// contradicts its schema.
#[must_use]
pub fn validate(document: &Document, findings: Vec<Diagnostic>, is_strict: bool, examples: Policy) -> Report {
    let mut report = check(document, findings, examples);
    if is_strict {
        report.findings = report.findings.into_iter().map(Diagnostic::strict).collect();
    }
    causes::drop_consequences(document, &mut report.findings);
    // What a document with errors means is not certain.
    if !report.has_errors() {
        report.findings.extend(features::check(document));
    }
    report
}

/// Runs all checks but that of the version.
fn check(document: &Document, mut findings: Vec<Diagnostic>, policy: Policy) -> Report {
    let has_sound_structure = !findings.iter().any(Diagnostic::is_error);
    let inventory = walk(document);
    let of_references = references::check(document, &inventory);
    let examples = if of_references.iter().any(|finding| finding.code == Code::CircularDefinition) {
        // A schema that contains itself has no end, so nothing can be validated against it.
        0
    } else {
        let (of_examples, checked) = examples::check(document, &inventory.objects, policy);
        findings.extend(of_examples);
        findings.extend(schemas::check(document, &inventory.objects));
        checked
    };
    if of_references.is_empty() {
        findings.extend(required::check(document, &inventory));
        findings.extend(pagination::check(document, &inventory.objects));
    }
    findings.extend(of_references);
    findings.extend(conflicts::check(&inventory.objects));
    findings.extend(extensions::check(&inventory.objects));
    findings.extend(servers::check(document, &inventory.objects));
    findings.extend(security::check(document, &inventory.objects));
    findings.extend(names::check(document, &inventory.objects));
    findings.extend(operations::check(document, &inventory.objects, has_sound_structure));
    Report { findings, examples }
}
