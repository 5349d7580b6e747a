//! Validates a normalized document before anything is generated from it.
//!
//! Takes the document and the findings of earlier stages, and gives all findings, not only the first one. Each check is
//! a module. Later stages rely on the rules that were checked. This stage does not change the document, and does not
//! know how it is resolved.

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
pub mod rust_type;
pub mod schemas;
pub mod security;
pub mod servers;
pub mod undescribed;
pub mod version;

#[cfg(test)]
mod testing;

use crate::diagnostics::{Code, Diagnostic};
use crate::document::{Document, Pointer};
use crate::openapi::examples::Policy;
use crate::openapi::walk::walk;

/// The result of the validation.
#[derive(Debug, Default)]
pub struct Report {
    /// The findings, errors and warnings.
    pub findings: Vec<Diagnostic>,
    /// The number of examples and defaults that were checked.
    pub examples: usize,
    /// The places of the examples.
    pub example_places: Vec<Pointer>,
}

impl Report {
    /// Returns whether the document has errors, so that nothing may be generated.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.findings.iter().any(Diagnostic::is_error)
    }
}

/// Validates a normalized document. The report begins with `findings`, those of earlier stages. If `is_strict`, each
/// nonconforming value is an error. `examples` determines the severity of an example that contradicts its schema.
#[must_use]
pub fn validate(document: &Document, findings: Vec<Diagnostic>, is_strict: bool, examples: Policy) -> Report {
    let mut report = check(document, findings, examples);
    if is_strict {
        report.findings = report.findings.into_iter().map(Diagnostic::strict).collect();
    }
    causes::drop_consequences(document, &mut report.findings);
    // The meaning of a document with errors is not certain.
    if !report.has_errors() {
        report.findings.extend(features::check(document));
    }
    report
}

/// Runs all checks except for that of the version.
fn check(document: &Document, mut findings: Vec<Diagnostic>, policy: Policy) -> Report {
    let has_sound_structure = !findings.iter().any(Diagnostic::is_error);
    let inventory = walk(document);
    let of_references = references::check(document, &inventory);
    let (examples, example_places) = if of_references.iter().any(|finding| finding.code == Code::CircularDefinition) {
        // A schema that contains itself is infinite, so nothing can be validated against it.
        (0, Vec::new())
    } else {
        let (of_examples, checked, places) = examples::check(document, &inventory.objects, policy);
        findings.extend(of_examples);
        findings.extend(schemas::check(document, &inventory.objects));
        (checked, places)
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
    let of_operations = operations::check(document, &inventory.objects, has_sound_structure);
    findings.extend(of_operations.into_iter().map(|finding| match finding.code {
        Code::ReferencedPath => references::explained(document, finding),
        _ => finding,
    }));
    Report { findings, examples, example_places }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::Place;
    use crate::document::Source;

    /// Returns the errors under `--strict`, each as `LINE CODE`.
    fn found(text: &str) -> Vec<String> {
        let mut document = crate::source::parse(Source::new("api.yaml", text)).unwrap();
        let findings = crate::normalize::normalize(&mut document);
        let report = validate(&document, findings, true, Policy::Warn);
        let line = |finding: &Diagnostic| {
            let span = match &finding.place {
                Place::Value(pointer) => document.source.value_span(pointer),
                Place::Key(pointer) => document.source.key_span(pointer),
                Place::File | Place::At(_) => None,
            };
            span.map_or(0, |span| span.start.line)
        };
        let mut found: Vec<_> =
            report.findings.iter().filter(|it| it.is_error()).map(|finding| (line(finding), finding.code)).collect();
        found.sort_unstable();
        found.into_iter().map(|(line, code)| format!("{line} {code}")).collect()
    }

    const V3_0: &str = "openapi: 3.0.3\ninfo: {title: t, version: '1'}\n";
    const V3_1: &str = "openapi: 3.1.0\ninfo: {title: t, version: '1'}\ncomponents:\n schemas:\n  A:\n";

    #[test]
    fn findings_below_renamed_keys_have_the_lines_of_their_causes() {
        let text = "paths:
  a:
    get:
      responses:
        2xx:
          description: d
          content:
            application/json:
              schema:
                $ref: '#/components/schemas/B'
";
        assert_eq!(found(&format!("{V3_0}{text}")), ["4 invalid-key", "7 invalid-key", "12 unresolved-reference"]);
    }

    #[test]
    fn findings_in_rewritten_schemas_have_the_lines_of_their_causes() {
        for (schema, expected) in [
            ("    anyOf:\n    - type: 'null'\n    - type: strng\n", "8 unknown-word"),
            ("    anyOf:\n    - type: 'null'\n    - $ref: '#/x'\n", "8 misplaced-reference"),
            ("    $ref: '#/components/schemas/B'\n    description: d\n", "6 unresolved-reference"),
            ("    type: [string, array]\n    items:\n      $ref: '#/components/schemas/B'\n", "8 unresolved-reference"),
            ("    prefixItems:\n    - {}\n    - $ref: '#/components/schemas/B'\n", "8 unresolved-reference"),
            ("    type: string\n    const: 5\n", "7 misfit-enum-value"),
        ] {
            assert_eq!(found(&format!("{V3_1}{schema}")), [expected], "{schema}");
        }
        let doubled = "    type: string\n    enum:\n    - a\n    - a\n    - 7\n";
        assert_eq!(found(&format!("{V3_1}{doubled}")), ["9 duplicate-enum-value", "10 misfit-enum-value"]);
    }

    #[test]
    fn a_part_that_allows_only_null_is_checked() {
        for (head, part, expected) in [
            (V3_0, "{type: 'null'}", "7 unknown-word"),
            (V3_0, "{enum: [null], descripton: d}", "7 unknown-field"),
            (V3_1, "{type: 'null', descripton: d}", "7 unknown-field"),
        ] {
            let head = if head == V3_0 { format!("{V3_0}components:\n schemas:\n  A:\n") } else { head.to_owned() };
            let found = found(&format!("{head}    oneOf:\n    - {part}\n    - type: string\n"));
            assert!(found.contains(&expected.to_owned()), "{part}: {found:?}");
        }
    }

    #[test]
    fn a_null_instead_of_a_part_is_reported() {
        let text =
            "paths: {}\ncomponents:\n schemas:\n  A:\n    oneOf:\n    - null\n    - $ref: '#/components/schemas/B'\n";
        let found = found(&format!("{V3_0}{text}"));
        assert_eq!(found, ["8 wrong-kind", "9 unresolved-reference"]);
    }
}
