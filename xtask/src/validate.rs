//! From a [`Document`] to what is wrong with it, before anything is made of it.
//!
//! Each check is one module; all findings are reported, not only the first. What this stage lets through, the
//! following stages can rely on.

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
use crate::normalize;
use crate::openapi::examples::Policy;

/// What the check found.
#[derive(Debug, Default)]
pub struct Report {
    /// The findings, errors and warnings.
    pub findings: Vec<Diagnostic>,
    /// How many examples were held against their schemas.
    pub examples: usize,
}

impl Report {
    /// Whether nothing may be generated.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.findings.iter().any(Diagnostic::is_error)
    }
}

/// Checks the whole document, and [mends](mod@mend) what has only one meaning. If `is_strict`, what had to be mended
/// is an error. What it means that an example contradicts its schema, `examples` says.
#[must_use]
pub fn check(document: &mut Document, is_strict: bool, examples: Policy) -> Report {
    let mut report = look(document, examples);
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

fn look(document: &mut Document, policy: Policy) -> Report {
    let mut findings = Vec::new();
    // A document of another kind would be found wrong in a hundred places, and all of them for one reason.
    if let Some(finding) = version::check(document) {
        if finding.is_error() {
            return Report { findings: vec![finding], examples: 0 };
        }
        findings.push(finding);
    }
    findings.extend(normalize::mend(document));
    let has_sound_structure = !findings.iter().any(Diagnostic::is_error);
    let document = &*document;
    let inventory = crate::openapi::walk::walk(document);
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
