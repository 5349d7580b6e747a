//! Checks schemas: finds those that no value fits, and keywords whose value has no meaning.

use serde_json::{Map, Value};

use super::version;
use crate::diagnostics::nearest::nearest;
use crate::diagnostics::{Code, Diagnostic, Place};
use crate::document::fields::Fields as _;
use crate::document::{Document, Pointer};
use crate::openapi::instance::Validator;
use crate::openapi::shapes::{DISCRIMINATOR, SCHEMA};
use crate::openapi::walk::Met;

/// Returns the findings about the document's schemas, apart from their examples.
#[must_use]
pub fn check(document: &Document, objects: &[Met<'_>]) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for met in objects.iter().filter(|met| met.is(&SCHEMA)) {
        compositions(met, &mut findings);
        listed_values(document, met, &mut findings);
        pattern(met.fields, &met.at, &mut findings);
        pattern_properties(met, &mut findings);
        bounds(met, &mut findings);
        exclusive_bounds(met, &mut findings);
        findings.extend(anchor(met));
        findings.extend(met.fields.field("$schema").and_then(|uri| version::dialect(uri, &met.at.key("$schema"))));
    }
    for met in objects.iter().filter(|met| met.is(&DISCRIMINATOR)) {
        mapping(document, met, &mut findings);
    }
    let dialect = document.root.field("jsonSchemaDialect");
    findings.extend(dialect.and_then(|uri| version::dialect(uri, &Pointer::root().key("jsonSchemaDialect"))));
    findings
}

/// Checks that the keys of `patternProperties` are patterns.
fn pattern_properties(met: &Met<'_>, findings: &mut Vec<Diagnostic>) {
    let patterns = met.fields.field("patternProperties").and_then(Value::as_object);
    let at = met.at.key("patternProperties");
    for key in patterns.into_iter().flat_map(Map::keys) {
        findings.extend(invalid_pattern(key, Place::Key(at.key(key))));
    }
}

/// Checks the name of an anchor (JSON Schema 2020-12, section 8.2.2).
fn anchor(met: &Met<'_>) -> Option<Diagnostic> {
    let (key, name) =
        ["$anchor", "$dynamicAnchor"].iter().find_map(|key| Some((key, met.fields.field(key)?.as_str()?)))?;
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || "-._".contains(c));
    (!is_name).then(|| {
        Diagnostic::nonconforming(
            Code::UnknownWord,
            Place::Value(met.at.key(key)),
            format!("`{name}` cannot be an anchor"),
            "begin it with a letter or `_`, and use ASCII letters, digits, `-`, `.` and `_` only",
        )
    })
}

/// Checks that the values of a discriminator's `mapping` are names of schemas, or references to them.
fn mapping(document: &Document, met: &Met<'_>, findings: &mut Vec<Diagnostic>) {
    let schemas = document.root["components"]["schemas"].as_object();
    let names = || schemas.into_iter().flat_map(|schemas| schemas.keys()).map(String::as_str);
    for (tag, target) in met.fields.field("mapping").and_then(Value::as_object).into_iter().flatten() {
        let Some(target) = target.as_str() else { continue };
        let leads_somewhere = match Pointer::from_reference(target) {
            Some(pointer) => pointer.lookup(&document.root).is_some(),
            // The schemas of another document are unknown.
            None => target.contains(['/', '#']) || is_file(target) || names().any(|name| name == target),
        };
        if !leads_somewhere {
            let name = target.rsplit('/').next().unwrap_or(target);
            let help = match nearest(name, names()) {
                Some(known) => format!("did you mean `#/components/schemas/{known}`?"),
                None => "name a schema of `components/schemas`".to_owned(),
            };
            findings.push(Diagnostic::nonconforming(
                Code::UnresolvedReference,
                Place::Value(met.at.keys(["mapping", tag])),
                format!("the mapping of `{tag}` leads to no schema: `{target}`"),
                help,
            ));
        }
    }
}

fn is_file(target: &str) -> bool {
    [".json", ".yaml", ".yml"].iter().any(|ending| target.ends_with(ending))
}

/// Reports parts of `allOf` with different types.
fn compositions(met: &Met<'_>, findings: &mut Vec<Diagnostic>) {
    let parts = met.fields.field("allOf").and_then(Value::as_array);
    let mut types = parts.into_iter().flatten().filter_map(|part| part.field("type")?.as_str());
    if let Some(first) = types.next()
        && let Some(other) = types.find(|other| *other != first && !are_numbers(first, other))
    {
        findings.push(Diagnostic::nonconforming(
            Code::ContradictoryTypes,
            Place::Value(met.at.key("allOf")),
            format!("no value is both of the type `{first}` and of the type `{other}`"),
            "write `oneOf` if a value may have either type",
        ));
    }
}

/// Returns whether both types are numeric, since every integer is a number.
fn are_numbers(a: &str, b: &str) -> bool {
    [a, b].iter().all(|name| matches!(*name, "integer" | "number"))
}

/// Reports listed values that the schema excludes.
fn listed_values(document: &Document, met: &Met<'_>, findings: &mut Vec<Diagnostic>) {
    let Some(listed) = met.fields.field("enum").and_then(Value::as_array) else { return };
    let mut rest = met.fields.clone();
    rest.remove("enum");
    let (rest, validator) = (Value::Object(rest), Validator::new(&document.root));
    for (index, value) in listed.iter().enumerate() {
        let at = met.at.key("enum").index(index);
        if let Some(mismatch) = validator.validate(value, &at, &rest, &met.at).first()
            // Authors list null for a value that may be absent, and leave `nullable` out.
            && !value.is_null()
        {
            findings.push(Diagnostic::nonconforming(
                Code::MisfitEnumValue,
                Place::Value(at),
                format!("a listed value does not fit the schema: {}", mismatch.message),
                "fix the value or the schema",
            ));
        }
    }
}

fn pattern(schema: &Map<String, Value>, at: &Pointer, findings: &mut Vec<Diagnostic>) {
    let pattern = schema.field("pattern").and_then(Value::as_str);
    findings.extend(pattern.and_then(|pattern| invalid_pattern(pattern, Place::Value(at.key("pattern")))));
}

fn invalid_pattern(pattern: &str, place: Place) -> Option<Diagnostic> {
    let error = regress::Regex::with_flags(pattern, "u").err()?;
    let message = format!("this pattern is not a regular expression: {error}");
    Some(Diagnostic::nonconforming(Code::InvalidPattern, place, message, "write it in the syntax of ECMA 262"))
}

/// Checks that an exclusive flag has a bound (JSON Schema Wright-00, sections 5.3 and 5.5).
fn exclusive_bounds(met: &Met<'_>, findings: &mut Vec<Diagnostic>) {
    for (exclusive, bound) in [("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")] {
        if met.fields.field(exclusive) == Some(&Value::Bool(true)) && !met.fields.has(bound) {
            findings.push(Diagnostic::nonconforming(
                Code::MissingField,
                Place::Key(met.at.key(exclusive)),
                format!("`{exclusive}` has no `{bound}` beside it"),
                format!("it has no effect: add `{bound}`, or remove it"),
            ));
        }
    }
}

/// Reports a lower bound that is above the upper one.
fn bounds(met: &Met<'_>, findings: &mut Vec<Diagnostic>) {
    for (least, most) in [
        ("minimum", "maximum"),
        ("minLength", "maxLength"),
        ("minItems", "maxItems"),
        ("minProperties", "maxProperties"),
    ] {
        let bound = |key: &str| met.fields.field(key).and_then(Value::as_f64);
        if let (Some(least_value), Some(most_value)) = (bound(least), bound(most))
            && least_value > most_value
        {
            findings.push(Diagnostic::nonconforming(
                Code::InvertedBounds,
                Place::Value(met.at.key(most)),
                format!("`{most}` is below `{least}`, so no value fits"),
                "exchange the two",
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Source;
    use crate::openapi::walk::walk;

    fn messages(components: &str) -> Vec<String> {
        let text = format!("openapi: 3.1.0\ncomponents: {{schemas: {{{components}}}}}\n");
        let document = crate::source::parse(Source::new("api.yaml", text)).unwrap();
        check(&document, &walk(&document).objects).into_iter().map(|finding| finding.message.into_string()).collect()
    }

    #[test]
    fn an_integer_is_a_number_and_no_other_type_is_another() {
        assert_eq!(messages("A: {allOf: [{type: number}, {type: integer}]}"), [""; 0]);
        assert_eq!(
            messages("A: {allOf: [{type: string}, {type: integer}]}"),
            ["no value is both of the type `string` and of the type `integer`"]
        );
    }

    #[test]
    fn a_mapping_leads_to_a_schema_by_name_or_by_reference() {
        let mapping =
            |target: &str| messages(&format!("A: {{discriminator: {{propertyName: p, mapping: {{a: '{target}'}}}}}}"));
        for target in ["A", "#/components/schemas/A", "other.json", "https://example.com/a", "other.yaml#/a"] {
            assert_eq!(mapping(target), [""; 0], "{target}");
        }
        for target in ["As", "#/components/schemas/As"] {
            assert_eq!(mapping(target), [format!("the mapping of `a` leads to no schema: `{target}`")]);
        }
    }

    #[test]
    fn patterns_anchors_and_dialects_have_a_form() {
        assert_eq!(
            messages(
                "A: {patternProperties: {'^a$': {}}, $anchor: a_b.c, $schema: 'http://json-schema.org/draft-07/schema#'}"
            ),
            [""; 0]
        );
        let found = messages("A: {patternProperties: {'[': {}}, $anchor: '#a', $schema: 'https://example.com/'}");
        assert_eq!(found.len(), 3, "{found:?}");
    }

    #[test]
    fn a_lower_bound_above_the_upper_one_is_reported_and_equal_bounds_are_not() {
        for (least, most) in [
            ("minimum", "maximum"),
            ("minLength", "maxLength"),
            ("minItems", "maxItems"),
            ("minProperties", "maxProperties"),
        ] {
            let of = |lower: u8, upper: u8| messages(&format!("A: {{{least}: {lower}, {most}: {upper}}}"));
            assert_eq!(of(3, 2), [format!("`{most}` is below `{least}`, so no value fits")]);
            assert_eq!([of(2, 2), of(2, 3)].concat(), [""; 0]);
        }
    }

    #[test]
    fn an_exclusive_flag_needs_its_bound() {
        assert_eq!(messages("A: {exclusiveMinimum: true}"), ["`exclusiveMinimum` has no `minimum` beside it"]);
        for complete in ["{exclusiveMinimum: true, minimum: 1}", "{exclusiveMaximum: false}", "{exclusiveMaximum: 1}"] {
            assert_eq!(messages(&format!("A: {complete}")), [""; 0], "{complete}");
        }
    }

    #[test]
    fn an_anchor_is_a_name_of_ascii_characters() {
        for name in ["_a", "a-b", "A1"] {
            assert_eq!(messages(&format!("A: {{$anchor: {name}}}")), [""; 0]);
        }
        for name in ["1a", "-a", "a b", "a/b"] {
            assert_eq!(messages(&format!("A: {{$anchor: '{name}'}}")), [format!("`{name}` cannot be an anchor")]);
        }
    }
}
