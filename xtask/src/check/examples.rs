//! Every documented example is held against its schema, and so is every `default`.

use serde_json::Value;

use super::instance::{Mismatch, Validator};
use super::outline::{EXAMPLE, HEADER, MEDIA_TYPE, PARAMETER, SCHEMA};
use super::structure::Met;
use crate::diagnostics::{Code, Diagnostic, Place, Severity};
use crate::document::{Document, Pointer};
use crate::shown::{self, Example, Policy, Spelling};

/// The findings about the examples, and how many examples were held against a schema. Where the schema is
/// [widened](Policy::Widen) to what is shown, a contradiction is none.
#[must_use]
pub fn check(document: &Document, objects: &[Met<'_>], policy: Policy) -> (Vec<Diagnostic>, usize) {
    let validator = Validator::new(&document.root);
    let mut examples = Examples { document, policy, validator, findings: Vec::new(), checked: 0 };
    for met in objects {
        if met.is(&MEDIA_TYPE) || met.is(&PARAMETER) || met.is(&HEADER) {
            examples.of_schema_holder(met);
        } else if met.is(&SCHEMA) {
            examples.of_schema(met);
        } else if met.is(&EXAMPLE) {
            examples.value_and_external(met);
        }
    }
    (examples.findings, examples.checked)
}

struct Examples<'d> {
    document: &'d Document,
    policy: Policy,
    validator: Validator<'d>,
    findings: Vec<Diagnostic>,
    checked: usize,
}

impl Examples<'_> {
    fn of_schema_holder(&mut self, met: &Met<'_>) {
        let Some(schema) = met.fields.get("schema") else { return };
        if met.fields.contains_key("example") && met.fields.contains_key("examples") {
            self.depart(
                Code::AmbiguousExample,
                met.at.key("example"),
                "`example` and `examples` exclude each other",
                "both are read: move the one `example` to a name of its own under `examples`",
            );
        }
        if met.is(&MEDIA_TYPE) && !met.at.last().is_some_and(|name| shown::is_held(&name)) {
            return;
        }
        let schema_at = met.at.key("schema");
        for example in shown::of_holder(&self.document.root, met.fields, &met.at) {
            self.example(&example, schema, &schema_at);
        }
    }

    fn of_schema(&mut self, met: &Met<'_>) {
        let Some(schema) = met.at.lookup(&self.document.root) else { return };
        for example in shown::of_schema(&self.document.root, schema, &met.at) {
            self.example(&example, schema, &met.at);
        }
        if let Some(default) = met.fields.get("default") {
            self.default(default, &met.at.key("default"), schema, &met.at);
        }
    }

    fn value_and_external(&mut self, met: &Met<'_>) {
        if met.fields.contains_key("value") == met.fields.contains_key("externalValue") {
            self.depart(
                Code::AmbiguousExample,
                met.at.clone(),
                "an example has either a `value` or an `externalValue`",
                "write the payload under `value`: nothing else is read",
            );
        }
    }

    fn example(&mut self, example: &Example<'_>, schema: &Value, schema_at: &Pointer) {
        match example.spelling {
            Spelling::Plain => {}
            Spelling::JsonText => self.depart(
                Code::ExampleSpelling,
                example.at.clone(),
                "the example is text that holds JSON, and its schema is of no text",
                "the JSON is read: write the value itself",
            ),
            Spelling::NoJson => {
                self.depart(
                    Code::ExampleSpelling,
                    example.at.clone(),
                    "the example is text that is no JSON, and its schema is of no text",
                    "it is not read: write a value of the schema",
                );
                return;
            }
        }
        self.checked += 1;
        if self.policy == Policy::Widen {
            return;
        }
        for mismatch in self.validator.validate(&example.value, &example.at, schema, schema_at) {
            let mut finding = finding(&mismatch, &example.at, "example", Code::ExampleMismatch);
            if self.policy == Policy::Warn {
                finding.severity = Severity::Warning;
            }
            self.findings.push(finding);
        }
    }

    /// A default is told to the reader of the documentation, and nothing else depends on it.
    fn default(&mut self, value: &Value, at: &Pointer, schema: &Value, schema_at: &Pointer) {
        self.checked += 1;
        for mismatch in self.validator.validate(value, at, schema, schema_at) {
            let mut finding = finding(&mismatch, at, "default", Code::DefaultMismatch);
            (finding.severity, finding.is_departure) = (Severity::Warning, true);
            self.findings.push(finding);
        }
    }

    fn depart(&mut self, code: Code, at: Pointer, message: &str, help: &str) {
        if self.policy != Policy::Widen {
            self.findings.push(Diagnostic::departure(code, Place::Key(at), message, help));
        }
    }
}

fn finding(mismatch: &Mismatch, example: &Pointer, what: &str, code: Code) -> Diagnostic {
    let inside = mismatch.at.as_str().strip_prefix(example.as_str()).unwrap_or_default();
    let place = if inside.is_empty() { String::new() } else { format!(" at `{inside}`") };
    Diagnostic::error(
        code,
        Place::Value(mismatch.at.clone()),
        format!("the {what} does not fit its schema{place}: {}", mismatch.message),
        "one of the two is wrong: mend the example where it was copied badly, the schema where it says too much",
    )
    .with_related(Place::Key(mismatch.schema_at.clone()), "the schema")
}

#[cfg(test)]
mod tests {
    use super::super::structure::walk;
    use super::*;
    use crate::document::Source;

    /// The findings about a body with this schema and example, each with how grave it is.
    fn findings(policy: Policy, media: &str) -> Vec<String> {
        let text = format!(
            "openapi: 3.0.3\npaths: {{/a: {{post: {{requestBody: {{content: {{application/json: {{{media}}}}}}}}}}}}}\n"
        );
        let document = crate::load::parse(Source::new("api.yaml", text)).unwrap();
        let (findings, _) = check(&document, &walk(&document).objects, policy);
        let told = |finding: Diagnostic| format!("{:?} {}", finding.clone().strict().severity, told(&finding));
        findings.into_iter().map(told).collect()
    }

    fn told(finding: &Diagnostic) -> String {
        format!("{:?} {}", finding.severity, finding.message)
    }

    #[test]
    fn a_contradiction_is_what_was_asked_for() {
        let media = "schema: {type: integer}, example: x";
        let message = "the example does not fit its schema: expected an integer, found a string (`\"x\"`)";
        assert_eq!(findings(Policy::Error, media), [format!("Error Error {message}")]);
        assert_eq!(findings(Policy::Warn, media), [format!("Warning Warning {message}")]);
        assert_eq!(findings(Policy::Widen, media), Vec::<String>::new());
    }

    #[test]
    fn a_default_that_does_not_fit_is_an_error_only_where_departures_are() {
        let message = "the default does not fit its schema: expected an integer, found a string (`\"x\"`)";
        assert_eq!(
            findings(Policy::Error, "schema: {type: integer, default: x}"),
            [format!("Error Warning {message}")]
        );
    }

    #[test]
    fn examples_in_odd_spellings_are_departures() {
        for (media, expected) in [
            ("schema: {type: object}, example: '{\"a\": 1}'", "the example is text that holds JSON"),
            ("schema: {type: object}, example: '{\"a\": 1,}'", "the example is text that is no JSON"),
            ("schema: {type: object}, example: <a/>", "the example is text that is no JSON"),
            ("schema: {}, example: 1, examples: {e: {value: 2}}", "`example` and `examples` exclude each other"),
            ("schema: {}, examples: {e: {summary: s}}", "an example has either a `value` or an `externalValue`"),
        ] {
            let found = findings(Policy::Warn, media);
            assert!(found.len() == 1 && found[0].starts_with(&format!("Error Warning {expected}")), "{found:?}");
            assert_eq!(findings(Policy::Widen, media), Vec::<String>::new());
        }
    }

    #[test]
    fn every_example_of_a_schema_is_held() {
        let media = "schema: {type: object, properties: {a: {type: integer, examples: [1, x]}}}";
        assert_eq!(
            findings(Policy::Warn, media),
            ["Warning Warning the example does not fit its schema: expected an integer, found a string (`\"x\"`)"]
        );
    }
}
