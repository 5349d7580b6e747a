//! What a schema says that no value can be told by, or that has no meaning.

use serde_json::{Map, Value};

use super::instance::Validator;
use super::outline::SCHEMA;
use super::structure::Met;
use crate::diagnostics::{Code, Diagnostic, Place};
use crate::document::{Document, Pointer};

/// The findings about the document's schemas, apart from their examples.
#[must_use]
pub fn check(document: &Document, objects: &[Met<'_>]) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for met in objects.iter().filter(|met| met.is(&SCHEMA)) {
        compositions(met, &mut findings);
        listed_values(document, met, &mut findings);
        pattern(met.fields, &met.at, &mut findings);
        bounds(met, &mut findings);
    }
    findings
}

fn compositions(met: &Met<'_>, findings: &mut Vec<Diagnostic>) {
    let parts = met.fields.get("allOf").and_then(Value::as_array);
    let mut types = parts.into_iter().flatten().filter_map(|part| part.get("type")?.as_str());
    if let Some(first) = types.next()
        && let Some(other) = types.find(|other| *other != first)
    {
        findings.push(Diagnostic::departure(
            Code::ContradictoryTypes,
            Place::Value(met.at.key("allOf")),
            format!("no value is both of the type `{first}` and of the type `{other}`"),
            "write `oneOf` where either will do",
        ));
    }
}

fn listed_values(document: &Document, met: &Met<'_>, findings: &mut Vec<Diagnostic>) {
    let Some(listed) = met.fields.get("enum").and_then(Value::as_array) else { return };
    let mut rest = met.fields.clone();
    rest.remove("enum");
    let (rest, validator) = (Value::Object(rest), Validator::new(&document.root));
    for (index, value) in listed.iter().enumerate() {
        let at = met.at.key("enum").index(index);
        if let Some(mismatch) = validator.validate(value, &at, &rest, &met.at).first()
            // Writers list null for a value that may be missing and leave `nullable` out.
            && !value.is_null()
        {
            findings.push(Diagnostic::departure(
                Code::MisfitEnumValue,
                Place::Value(at),
                format!("a listed value does not fit the schema: {}", mismatch.message),
                "mend the value, or what the schema says of it",
            ));
        }
    }
}

fn pattern(schema: &Map<String, Value>, at: &Pointer, findings: &mut Vec<Diagnostic>) {
    if let Some(pattern) = schema.get("pattern").and_then(Value::as_str)
        && let Err(error) = regress::Regex::with_flags(pattern, "u")
    {
        findings.push(Diagnostic::departure(
            Code::InvalidPattern,
            Place::Value(at.key("pattern")),
            format!("this pattern is not a regular expression: {error}"),
            "write it in the syntax of ECMA 262",
        ));
    }
}

fn bounds(met: &Met<'_>, findings: &mut Vec<Diagnostic>) {
    for (least, most) in [
        ("minimum", "maximum"),
        ("minLength", "maxLength"),
        ("minItems", "maxItems"),
        ("minProperties", "maxProperties"),
    ] {
        let bound = |key: &str| met.fields.get(key).and_then(Value::as_f64);
        if let (Some(least_value), Some(most_value)) = (bound(least), bound(most))
            && least_value > most_value
        {
            findings.push(Diagnostic::departure(
                Code::InvertedBounds,
                Place::Value(met.at.key(most)),
                format!("`{most}` is below `{least}`, so no value fits"),
                "exchange the two",
            ));
        }
    }
}
