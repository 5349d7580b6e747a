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
        array(met, &mut findings);
        bounds(met, &mut findings);
    }
    findings
}

fn compositions(met: &Met<'_>, findings: &mut Vec<Diagnostic>) {
    for key in ["allOf", "oneOf", "anyOf"] {
        if met.fields.get(key).and_then(Value::as_array).is_some_and(Vec::is_empty) {
            findings.push(Diagnostic::error(
                Code::EmptyComposition,
                Place::Value(met.at.key(key)),
                format!("`{key}` has no schema to choose from"),
                "list at least one schema, or remove it",
            ));
        }
    }
    let parts = met.fields.get("allOf").and_then(Value::as_array);
    let mut types = parts.into_iter().flatten().filter_map(|part| part.get("type")?.as_str());
    if let Some(first) = types.next()
        && let Some(other) = types.find(|other| *other != first)
    {
        findings.push(Diagnostic::error(
            Code::ContradictoryTypes,
            Place::Value(met.at.key("allOf")),
            format!("no value is both of the type `{first}` and of the type `{other}`"),
            "write `oneOf` where either will do",
        ));
    }
}

fn listed_values(document: &Document, met: &Met<'_>, findings: &mut Vec<Diagnostic>) {
    let Some(listed) = met.fields.get("enum").and_then(Value::as_array) else { return };
    if listed.is_empty() {
        findings.push(Diagnostic::error(
            Code::EmptyEnum,
            Place::Value(met.at.key("enum")),
            "`enum` lists no value, so none fits",
            "list the values, or remove it",
        ));
    }
    let mut rest = met.fields.clone();
    rest.remove("enum");
    let (rest, validator) = (Value::Object(rest), Validator::new(&document.root));
    for (index, value) in listed.iter().enumerate() {
        let at = met.at.key("enum").index(index);
        if listed[..index].contains(value) {
            findings.push(Diagnostic::error(
                Code::DuplicateEnumValue,
                Place::Value(at),
                format!("`enum` lists {value} twice"),
                "keep one of the two",
            ));
        } else if let Some(mismatch) = validator.validate(value, &at, &rest, &met.at).first()
            // Writers list null for a value that may be missing and leave `nullable` out.
            && !value.is_null()
        {
            findings.push(Diagnostic::error(
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
        findings.push(Diagnostic::error(
            Code::InvalidPattern,
            Place::Value(at.key("pattern")),
            format!("this pattern is not a regular expression: {error}"),
            "write it in the syntax of ECMA 262",
        ));
    }
}

fn array(met: &Met<'_>, findings: &mut Vec<Diagnostic>) {
    let is_array = met.fields.get("type").and_then(Value::as_str) == Some("array");
    if is_array && !met.fields.contains_key("items") {
        findings.push(Diagnostic::error(
            Code::ArrayWithoutItems,
            Place::Value(met.at.key("type")),
            "an array has no `items`, which OpenAPI 3.0 requires",
            "say what it holds; `items: {}` admits any JSON value",
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
            findings.push(Diagnostic::error(
                Code::InvertedBounds,
                Place::Value(met.at.key(most)),
                format!("`{most}` is below `{least}`, so no value fits"),
                "exchange the two",
            ));
        }
    }
}
