//! Every documented example is held against its schema, and so is every `default`.

use serde_json::Value;

use super::instance::{Mismatch, Validator};
use super::outline::{EXAMPLE, HEADER, MEDIA_TYPE, PARAMETER, SCHEMA};
use super::structure::Met;
use crate::diagnostics::{Code, Diagnostic, Place};
use crate::document::{Document, Pointer};
use crate::resolve::resolve;

/// The findings about the examples, and how many examples were held against a schema.
#[must_use]
pub fn check(document: &Document, objects: &[Met<'_>]) -> (Vec<Diagnostic>, usize) {
    let mut examples =
        Examples { document, validator: Validator::new(&document.root), findings: Vec::new(), checked: 0 };
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
    validator: Validator<'d>,
    findings: Vec<Diagnostic>,
    checked: usize,
}

impl<'d> Examples<'d> {
    fn of_schema_holder(&mut self, met: &Met<'d>) {
        let Some(schema) = met.fields.get("schema") else { return };
        let schema_at = met.at.key("schema");
        if let Some(example) = met.fields.get("example") {
            self.hold(example, &met.at.key("example"), schema, &schema_at);
        }
        let named = met.fields.get("examples").and_then(Value::as_object);
        for (name, entry) in named.into_iter().flatten() {
            let at = met.at.keys(["examples", name]);
            if let Some((value, at)) = self.value_of(entry, at) {
                self.hold(value, &at, schema, &schema_at);
            }
        }
        if named.is_some() && met.fields.contains_key("example") {
            self.findings.push(Diagnostic::error(
                Code::AmbiguousExample,
                Place::Key(met.at.key("example")),
                "`example` and `examples` exclude each other",
                "move the one `example` to a name of its own under `examples`",
            ));
        }
    }

    /// The value of a named example, and where it stands: here, or in `components/examples`.
    fn value_of(&self, entry: &'d Value, at: Pointer) -> Option<(&'d Value, Pointer)> {
        let at = match entry.get("$ref").and_then(Value::as_str) {
            Some(reference) => Pointer::from_reference(reference)?,
            None => at,
        };
        let value = resolve(&self.document.root, entry)?.get("value")?;
        Some((value, at.key("value")))
    }

    fn of_schema(&mut self, met: &Met<'d>) {
        let Some(schema) = met.at.lookup(&self.document.root) else { return };
        for field in ["example", "default"] {
            if let Some(value) = met.fields.get(field) {
                self.hold(value, &met.at.key(field), schema, &met.at);
            }
        }
    }

    fn value_and_external(&mut self, met: &Met<'d>) {
        if met.fields.contains_key("value") == met.fields.contains_key("externalValue") {
            self.findings.push(Diagnostic::error(
                Code::AmbiguousExample,
                Place::Key(met.at.clone()),
                "an example has either a `value` or an `externalValue`",
                "write the payload under `value`",
            ));
        }
    }

    fn hold(&mut self, value: &Value, at: &Pointer, schema: &Value, schema_at: &Pointer) {
        self.checked += 1;
        for mismatch in self.validator.validate(value, at, schema, schema_at) {
            self.findings.push(finding(&mismatch, at));
        }
    }
}

fn finding(mismatch: &Mismatch, example: &Pointer) -> Diagnostic {
    let (code, what) = match example.last().as_deref() {
        Some("default") => (Code::DefaultMismatch, "default"),
        _ => (Code::ExampleMismatch, "example"),
    };
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
