//! Validates every documented example, and every `default`, against its schema.

use std::collections::BTreeSet;

use serde_json::Value;

use super::undescribed::{self, Undescribed};
use crate::diagnostics::{Code, Diagnostic, Place, Severity};
use crate::document::fields::Fields as _;
use crate::document::{Document, Pointer};
use crate::openapi::examples::{self, Example, Policy, Spelling};
use crate::openapi::instance::{Direction, Mismatch, Validator};
use crate::openapi::shapes::{EXAMPLE, HEADER, MEDIA_TYPE, PARAMETER, SCHEMA};
use crate::openapi::version::Version;
use crate::openapi::walk::Met;

/// Returns the findings about the examples, the number of examples and defaults that were checked, and the places of the
/// examples. With [`Policy::Widen`], an
/// example that contradicts its schema is not a finding, because the types accept it.
#[must_use]
pub fn check(document: &Document, objects: &[Met<'_>], policy: Policy) -> (Vec<Diagnostic>, usize, Vec<Pointer>) {
    let mut examples = Examples {
        document,
        policy,
        validators: Validators::of(&document.root),
        findings: Vec::new(),
        checked: 0,
        places: Vec::new(),
        undescribed: BTreeSet::new(),
    };
    for met in objects {
        if met.is(&MEDIA_TYPE) || met.is(&PARAMETER) || met.is(&HEADER) {
            examples.of_schema_holder(met);
        } else if met.is(&SCHEMA) {
            examples.of_schema(met);
        } else if met.is(&EXAMPLE) {
            examples.value_and_external(met);
        }
    }
    (examples.findings, examples.checked, examples.places)
}

struct Examples<'d> {
    document: &'d Document,
    policy: Policy,
    validators: Validators<'d>,
    findings: Vec<Diagnostic>,
    checked: usize,
    places: Vec<Pointer>,
    /// The undescribed properties that were reported, each as the place of its schema and its name.
    undescribed: BTreeSet<(Pointer, String)>,
}

/// A validator for each direction.
struct Validators<'d> {
    request: Validator<'d>,
    response: Validator<'d>,
    any: Validator<'d>,
}

impl<'d> Validators<'d> {
    fn of(root: &'d Value) -> Self {
        let of_direction = |direction| Validator::of_direction(root, direction);
        Self {
            request: of_direction(Direction::Request),
            response: of_direction(Direction::Response),
            any: of_direction(Direction::Unknown),
        }
    }

    fn for_direction(&self, direction: Direction) -> &Validator<'d> {
        match direction {
            Direction::Request => &self.request,
            Direction::Response => &self.response,
            Direction::Unknown => &self.any,
        }
    }
}

impl Examples<'_> {
    /// Checks the examples of a media type, a parameter or a header.
    fn of_schema_holder(&mut self, met: &Met<'_>) {
        let Some(schema) = met.fields.field("schema") else { return };
        if met.fields.has("example") && met.fields.has("examples") {
            self.both_forms(&met.at);
        }
        if met.is(&MEDIA_TYPE) && !met.at.last().is_some_and(|name| examples::is_held(&name)) {
            return;
        }
        let (schema_at, direction) = (met.at.key("schema"), Direction::at(&met.at));
        for example in examples::of_holder(&self.document.root, met.fields, &met.at) {
            self.example(&example, schema, &schema_at, direction);
        }
    }

    /// Checks the examples and the default of a schema.
    fn of_schema(&mut self, met: &Met<'_>) {
        let Some(schema) = met.at.lookup(&self.document.root) else { return };
        for example in examples::of_schema(&self.document.root, schema, &met.at) {
            self.example(&example, schema, &met.at, Direction::Unknown);
        }
        if let Some(default) = met.fields.field("default") {
            self.default(default, &met.at.key("default"), schema, &met.at);
        }
    }

    /// Reports an object with both `example` and `examples`. OpenAPI 3.1 forbids it as 3.0 does, although its schema
    /// allows both.
    fn both_forms(&mut self, at: &Pointer) {
        let place = Place::Key(at.key("example"));
        let message = "`example` and `examples` exclude each other";
        let help = "both are read: move the one `example` to a name of its own under `examples`";
        if Version::of(&self.document.root) == Version::V3_1 {
            self.findings.push(Diagnostic::warning(Code::AmbiguousExample, place, message, help));
        } else {
            self.report_nonconforming(Code::AmbiguousExample, at.key("example"), message, help);
        }
    }

    /// Reports an Example object with both `value` and `externalValue`.
    fn value_and_external(&mut self, met: &Met<'_>) {
        if met.fields.has("value") && met.fields.has("externalValue") {
            self.report_nonconforming(
                Code::AmbiguousExample,
                met.at.key("externalValue"),
                "`value` and `externalValue` exclude each other",
                "the `value` is read: remove one of the two",
            );
        }
    }

    /// Checks an example against its schema.
    fn example(&mut self, example: &Example<'_>, schema: &Value, schema_at: &Pointer, direction: Direction) {
        match example.spelling {
            Spelling::Plain => {}
            Spelling::JsonText => self.report_nonconforming(
                Code::ExampleSpelling,
                example.at.clone(),
                "the example is a string that contains JSON, and its schema does not allow strings",
                "the JSON is read: write the value itself",
            ),
            Spelling::NoJson => {
                self.report_nonconforming(
                    Code::ExampleSpelling,
                    example.at.clone(),
                    "the example is a string, and its schema does not allow strings",
                    "it is ignored: write a value of the schema",
                );
                return;
            }
        }
        self.checked += 1;
        self.places.push(example.at.clone());
        if self.policy == Policy::Widen {
            return;
        }
        let (at, root) = (&example.at, &self.document.root);
        let validator = self.validators.for_direction(direction);
        let mut mismatches = validator.validate(&example.value, at, schema, schema_at);
        let mut undescribed = undescribed::find(root, &example.value, at, schema, schema_at);
        undescribed.retain(|property| mismatches.iter().all(|mismatch| mismatch.at != property.at));
        if !mismatches.is_empty() && undescribed.iter().any(|property| property.near.is_some()) {
            // A misspelt name explains why the right one is missing.
            let corrected = undescribed::corrected(&example.value, at, &undescribed);
            let others = validator.validate(&corrected, at, schema, schema_at);
            mismatches.retain(|mismatch| others.iter().any(|other| is_alike(mismatch, other)));
        }
        self.mismatches(&mismatches, at);
        for property in undescribed {
            self.undescribed(&property);
        }
    }

    /// Reports the mismatches of an example.
    fn mismatches(&mut self, mismatches: &[Mismatch], example: &Pointer) {
        for mismatch in mismatches {
            let mut finding = finding(mismatch, example, "example", Code::ExampleMismatch);
            if self.policy == Policy::Warn {
                finding.severity = Severity::Warning;
            }
            self.findings.push(finding);
        }
    }

    /// Reports an undescribed property once for each schema, however many examples have it.
    fn undescribed(&mut self, property: &Undescribed) {
        if !self.undescribed.insert((property.schema_at.clone(), property.name.clone())) {
            return;
        }
        let message = format!("the schema does not describe the property `{}` of the example", property.name);
        let (help, related) = match &property.near {
            Some(near) => (format!("did you mean `{near}`?"), "a property with a similar name"),
            None => (
                "describe it under `properties`, or write `additionalProperties: true` if objects may have others"
                    .to_owned(),
                "the schema",
            ),
        };
        let mut finding =
            Diagnostic::nonconforming(Code::UndescribedProperty, Place::Key(property.at.clone()), message, help);
        finding.is_nonconforming = self.policy != Policy::Warn;
        self.findings.push(finding.with_related(Place::Key(property.described_at.clone()), related));
    }

    /// Checks a default. It is at most a warning without `--strict`, because the client sends no defaults.
    fn default(&mut self, value: &Value, at: &Pointer, schema: &Value, schema_at: &Pointer) {
        self.checked += 1;
        for mismatch in self.validators.any.validate(value, at, schema, schema_at) {
            let mut finding = finding(&mismatch, at, "default", Code::DefaultMismatch);
            (finding.severity, finding.is_nonconforming) = (Severity::Warning, true);
            self.findings.push(finding);
        }
    }

    fn report_nonconforming(&mut self, code: Code, at: Pointer, message: &str, help: &str) {
        if self.policy != Policy::Widen {
            self.findings.push(Diagnostic::nonconforming(code, Place::Key(at), message, help));
        }
    }
}

/// Returns whether two mismatches of different examples have the same cause.
fn is_alike(one: &Mismatch, other: &Mismatch) -> bool {
    // All missing properties of an object are mismatches at the same two places.
    let is_missing = one.schema_at.last().is_some_and(|rule| rule == "required");
    one.at == other.at && one.schema_at == other.schema_at && (!is_missing || one.message == other.message)
}

fn finding(mismatch: &Mismatch, example: &Pointer, what: &str, code: Code) -> Diagnostic {
    let inside = mismatch.at.as_str().strip_prefix(example.as_str()).unwrap_or_default();
    let place = if inside.is_empty() { String::new() } else { format!(" at `{inside}`") };
    Diagnostic::error(
        code,
        Place::Value(mismatch.at.clone()),
        format!("the {what} does not fit its schema{place}: {}", mismatch.message),
        "one of the two is wrong: fix the example if it was copied badly, or the schema if it excludes real values",
    )
    .with_related(Place::Key(mismatch.schema_at.clone()), "the schema")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Source;
    use crate::openapi::walk::walk;

    /// Returns the findings about a media type with these fields, each with its severity under `--strict` and without.
    fn findings(policy: Policy, media: &str) -> Vec<String> {
        let text = format!(
            "openapi: 3.0.3\npaths: {{/a: {{post: {{requestBody: {{content: {{application/json: {{{media}}}}}}}}}}}}}\n"
        );
        let document = crate::source::parse(Source::new("api.yaml", text)).unwrap();
        let (findings, ..) = check(&document, &walk(&document).objects, policy);
        let both = |finding: Diagnostic| format!("{:?} {}", finding.clone().strict().severity, formatted(&finding));
        findings.into_iter().map(both).collect()
    }

    fn formatted(finding: &Diagnostic) -> String {
        format!("{:?} {}", finding.severity, finding.message)
    }

    #[test]
    fn the_policy_determines_the_severity_of_a_contradiction() {
        let media = "schema: {type: integer}, example: x";
        let message = "the example does not fit its schema: expected an integer, found a string (`\"x\"`)";
        assert_eq!(findings(Policy::Error, media), [format!("Error Error {message}")]);
        assert_eq!(findings(Policy::Warn, media), [format!("Warning Warning {message}")]);
        assert_eq!(findings(Policy::Widen, media), Vec::<String>::new());
    }

    #[test]
    fn a_default_that_does_not_fit_is_an_error_only_under_strict() {
        let message = "the default does not fit its schema: expected an integer, found a string (`\"x\"`)";
        assert_eq!(
            findings(Policy::Error, "schema: {type: integer, default: x}"),
            [format!("Error Warning {message}")]
        );
    }

    #[test]
    fn an_example_in_an_unusual_spelling_is_nonconforming() {
        for (media, expected) in [
            ("schema: {type: object}, example: '{\"a\": 1}'", "the example is a string that contains JSON"),
            ("schema: {type: object}, example: '{\"a\": 1,}'", "the example is a string, and its schema"),
            ("schema: {type: object}, example: <a/>", "the example is a string, and its schema"),
            ("schema: {}, example: 1, examples: {e: {value: 2}}", "`example` and `examples` exclude each other"),
            (
                "schema: {}, examples: {e: {value: 1, externalValue: u}}",
                "`value` and `externalValue` exclude each other",
            ),
        ] {
            let found = findings(Policy::Warn, media);
            assert!(found.len() == 1 && found[0].starts_with(&format!("Error Warning {expected}")), "{found:?}");
            assert_eq!(findings(Policy::Widen, media), Vec::<String>::new());
        }
    }

    #[test]
    fn every_example_of_a_schema_is_checked() {
        let media = "schema: {type: object, properties: {a: {type: integer, examples: [1, x]}}}";
        assert_eq!(
            findings(Policy::Warn, media),
            ["Warning Warning the example does not fit its schema: expected an integer, found a string (`\"x\"`)"]
        );
    }

    #[test]
    fn an_undescribed_property_is_an_error_under_strict() {
        let media = "schema: {type: object, properties: {name: {}}}, example: {nmae: x, other: 1}";
        let messages = [
            "the schema does not describe the property `nmae` of the example",
            "the schema does not describe the property `other` of the example",
        ];
        assert_eq!(findings(Policy::Error, media), messages.map(|message| format!("Error Warning {message}")));
        assert_eq!(findings(Policy::Warn, media), messages.map(|message| format!("Warning Warning {message}")));
        assert_eq!(findings(Policy::Widen, media), Vec::<String>::new());
    }

    #[test]
    fn an_undescribed_property_is_reported_once_for_its_schema() {
        let media = "schema: {items: {properties: {a: {}}}}, example: [{b: 1}, {b: 2}]";
        assert_eq!(
            findings(Policy::Error, media),
            ["Error Warning the schema does not describe the property `b` of the example"]
        );
    }

    #[test]
    fn a_misspelt_name_in_an_example_is_the_only_finding_about_it() {
        let media = "schema: {required: [name], properties: {name: {}}}, example: {nmae: x}";
        assert_eq!(
            findings(Policy::Error, media),
            ["Error Warning the schema does not describe the property `nmae` of the example"]
        );
        let media = "schema: {required: [name, id], properties: {name: {}, id: {}}}, example: {nmae: x}";
        assert_eq!(findings(Policy::Error, media).len(), 2);
    }

    #[test]
    fn an_excluded_property_has_one_finding() {
        let media = "schema: {properties: {a: {}}, additionalProperties: false}, example: {b: 1}";
        assert_eq!(
            findings(Policy::Error, media),
            ["Error Error the example does not fit its schema at `/b`: the schema does not allow the property `b`"]
        );
    }

    #[test]
    fn an_example_of_a_request_may_leave_out_a_read_only_property() {
        let media = "schema: {required: [id], properties: {id: {readOnly: true}}}, example: {}";
        assert_eq!(findings(Policy::Error, media), Vec::<String>::new());
        assert_eq!(findings(Policy::Error, &media.replace("readOnly", "writeOnly")).len(), 1);
    }
}
