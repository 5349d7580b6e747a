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
