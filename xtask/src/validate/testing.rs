//! Runs one check on a small document, for the tests of the checks.

use crate::diagnostics::{Diagnostic, Place, Severity};
use crate::document::{Document, Source};
use crate::openapi::walk::{Met, walk};

/// The beginning of a document of OpenAPI 3.0; two lines.
pub const V3_0: &str = "openapi: 3.0.3\ninfo: {title: t, version: '1'}\n";
/// The beginning of a document of OpenAPI 3.1; two lines.
pub const V3_1: &str = "openapi: 3.1.0\ninfo: {title: t, version: '1'}\n";

/// Returns the findings of a check in the order of the document, each as `LINE:COLUMN MESSAGE`. A finding with a
/// related place has the line of that in parentheses. A finding that is not nonconforming begins with its severity.
pub fn found(text: &str, check: impl Fn(&Document, &[Met<'_>]) -> Vec<Diagnostic>) -> Vec<String> {
    let mut document = crate::source::parse(Source::new("api.yaml", text)).unwrap();
    crate::normalize::normalize(&mut document);
    let inventory = walk(&document);
    let mut findings: Vec<_> =
        check(&document, &inventory.objects).into_iter().map(|f| formatted(&document, &f)).collect();
    findings.sort();
    findings.into_iter().map(|(_, text)| text).collect()
}

fn formatted(document: &Document, finding: &Diagnostic) -> ((usize, usize), String) {
    let at = position(document, &finding.place);
    let kind = match finding.severity {
        Severity::Error => "error ",
        Severity::Warning if !finding.is_nonconforming => "warning ",
        _ => "",
    };
    let related = finding.related.iter().map(|(place, _)| format!(" ({})", position(document, place).0));
    (at, format!("{kind}{}:{} {}{}", at.0, at.1, finding.message, related.collect::<String>()))
}

fn position(document: &Document, place: &Place) -> (usize, usize) {
    let span = match place {
        Place::Value(pointer) => document.source.value_span(pointer),
        Place::Key(pointer) => document.source.key_span(pointer),
        Place::File | Place::At(_) => None,
    };
    span.map_or((0, 0), |span| (span.start.line, span.start.column))
}
