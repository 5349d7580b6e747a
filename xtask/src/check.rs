//! From a [`Document`] to what is wrong with it, before anything is made of it.
//!
//! Each check is one module; all findings are reported, not only the first. What this stage lets through, the
//! following stages can rely on.

pub mod examples;
pub mod extensions;
pub mod features;
pub mod instance;
pub mod operations;
pub mod outline;
pub mod pagination;
pub mod pattern;
pub mod references;
pub mod schemas;
pub mod servers;
pub mod structure;
pub mod version;

use crate::diagnostics::Diagnostic;
use crate::document::Document;
use crate::mend;
use crate::shown::Policy;

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
    findings.extend(mend::mend(document));
    let has_sound_structure = !findings.iter().any(Diagnostic::is_error);
    let document = &*document;
    let inventory = structure::walk(document);
    let broken_references = references::check(document, &inventory);
    // A schema that is made of itself has no end: examples can be held against schemas only where references hold.
    let examples = if broken_references.is_empty() {
        let (of_examples, checked) = examples::check(document, &inventory.objects, policy);
        findings.extend(of_examples);
        findings.extend(schemas::check(document, &inventory.objects));
        findings.extend(pagination::check(document, &inventory.objects));
        checked
    } else {
        findings.extend(broken_references);
        0
    };
    findings.extend(extensions::check(&inventory.objects));
    findings.extend(servers::check(document, &inventory.objects));
    findings.extend(operations::check(document, &inventory.objects, has_sound_structure));
    Report { findings, examples }
}
