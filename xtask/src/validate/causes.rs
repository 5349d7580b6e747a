//! Findings that follow from others: a misspelt word in a schema makes examples contradict it, and leaves the pointers of
//! `x-pagination` without a target. Only the cause is reported.
//!
//! A finding is dropped only where a cause that is as grave remains, so that no document passes because of it.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::diagnostics::nearest::nearest;
use crate::diagnostics::{Code, Diagnostic};
use crate::document::{Document, Pointer};
use crate::openapi::scope::{Part, Scope};

/// Drops the findings that follow from others.
pub fn drop_consequences(document: &Document, findings: &mut Vec<Diagnostic>) {
    let causes: Vec<_> = findings.iter().filter_map(Cause::of).collect();
    let is_consequence = |finding: &Diagnostic| {
        let graver = || causes.iter().filter(|cause| cause.finding.severity <= finding.severity);
        graver().next().is_some() && follows(document, finding, graver())
    };
    let dropped: Vec<_> = findings.iter().map(is_consequence).collect();
    let mut dropped = dropped.into_iter();
    findings.retain(|_| !dropped.next().unwrap_or_default());
}

/// A finding that others may follow from.
struct Cause<'f> {
    finding: &'f Diagnostic,
    at: &'f Pointer,
    /// The place of the object that it is about.
    object: Pointer,
}

impl<'f> Cause<'f> {
    fn of(finding: &'f Diagnostic) -> Option<Self> {
        let at = finding.place.pointer()?;
        let object = match finding.code {
            Code::UnknownField
            | Code::UnknownWord
            | Code::WrongKind
            | Code::InvalidKey
            | Code::UnknownExtension
            | Code::UnknownParameterPlace => at.parent()?,
            // The entry of a list.
            Code::UndefinedRequiredProperty => at.parent()?.parent()?,
            _ => return None,
        };
        Some(Self { finding, at, object })
    }
}

fn follows<'c>(document: &Document, finding: &Diagnostic, mut causes: impl Iterator<Item = &'c Cause<'c>>) -> bool {
    let Some(at) = finding.place.pointer() else { return false };
    match finding.code {
        Code::MissingField => causes.any(|cause| is_field_of(cause, at, &finding.message)),
        Code::ArrayWithoutItems => {
            at.parent().is_some_and(|object| causes.any(|cause| is_field_of(cause, &object, &finding.message)))
        }
        Code::InvalidDecode => at.parent().is_some_and(|schema| causes.any(|cause| is_about(cause, &schema))),
        Code::ExampleMismatch | Code::DefaultMismatch => {
            let rule = finding.related.first().and_then(|(place, _)| place.pointer());
            rule.is_some_and(|rule| causes.any(|cause| breaks(cause, rule)))
        }
        Code::PaginationPointer | Code::PaginationParameter => {
            let read = read_for_pages(&document.root, at);
            causes.any(|cause| read.contains(&cause.object))
        }
        _ => false,
    }
}

/// Whether the cause is a misspelt form of the field whose lack the message is about.
fn is_field_of(cause: &Cause<'_>, object: &Pointer, message: &str) -> bool {
    let quoted = message.split('`').skip(1).step_by(2);
    let key = cause.at.last().unwrap_or_default();
    is_about(cause, object) && cause.finding.code == Code::UnknownField && nearest(&key, quoted).is_some()
}

fn is_about(cause: &Cause<'_>, object: &Pointer) -> bool {
    cause.object == *object
}

/// Whether the cause is in the schema of a rule, or in a part of it that the rule is about.
fn breaks(cause: &Cause<'_>, rule: &Pointer) -> bool {
    let inside =
        cause.at.as_str().strip_prefix(rule.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    inside || rule.parent().is_some_and(|schema| is_about(cause, &schema))
}

/// Returns the places of the objects that a key of `x-pagination` is resolved in.
fn read_for_pages(root: &Value, key: &Pointer) -> BTreeSet<Pointer> {
    let mut read = Read { root, places: BTreeSet::new() };
    // The finding is about a key, or about the extension itself.
    for operation in [key.parent(), key.parent().and_then(|extension| extension.parent())].into_iter().flatten() {
        let pointer = key.lookup(root).and_then(Value::as_str).unwrap_or_default();
        read.operation(&operation, pointer);
    }
    read.places
}

struct Read<'v> {
    root: &'v Value,
    places: BTreeSet<Pointer>,
}

impl<'v> Read<'v> {
    fn operation(&mut self, at: &Pointer, pointer: &str) {
        let segments: Vec<_> = pointer.split('/').skip(1).collect();
        self.places.insert(at.clone());
        let parameters = [at.parent(), Some(at.clone())].into_iter().flatten().map(|at| at.key("parameters"));
        for parameters in parameters {
            for (parameter, at) in self.items(&parameters) {
                self.holders(parameter, &at, &[]);
            }
        }
        let responses = at.key("responses");
        self.places.insert(responses.clone());
        for (response, at) in self.items(&responses) {
            for part in self.parts(response, &at) {
                for (media_type, at) in self.items(&part.at.key("content")) {
                    self.holders(media_type, &at, &segments);
                }
            }
        }
    }

    /// The values in an object or a list, each with its place.
    fn items(&self, at: &Pointer) -> Vec<(&'v Value, Pointer)> {
        match at.lookup(self.root) {
            Some(Value::Object(fields)) => fields.iter().map(|(key, value)| (value, at.key(key))).collect(),
            Some(Value::Array(items)) => items.iter().enumerate().map(|(i, value)| (value, at.index(i))).collect(),
            _ => Vec::new(),
        }
    }

    /// Reads the schemas of a parameter or a media type.
    fn holders(&mut self, holder: &'v Value, at: &Pointer, segments: &[&str]) {
        for part in self.parts(holder, at) {
            if let Some(schema) = part.fields.get("schema") {
                self.schema(&[(schema, part.at.key("schema"))], segments);
            }
        }
    }

    fn schema(&mut self, schemas: &[(&'v Value, Pointer)], segments: &[&str]) {
        let mut scope = Scope::default();
        for (schema, at) in schemas {
            scope.add(self.root, schema, at);
        }
        self.places.extend(scope.parts.iter().map(|part| part.at.clone()));
        if let Some((name, rest)) = segments.split_first() {
            self.schema(&scope.property(name), rest);
        }
    }

    /// The object at this place and those that its `$ref` leads to.
    fn parts(&mut self, value: &'v Value, at: &Pointer) -> Vec<Part<'v>> {
        let parts = Scope::of(self.root, value, at).parts;
        self.places.extend(parts.iter().map(|part| part.at.clone()));
        parts
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::Place;
    use crate::document::Source;

    const RULE: &str = "/components/schemas/A/oneOf";

    fn left(findings: Vec<Diagnostic>) -> Vec<Code> {
        let text = "paths:\n  /a:\n    get:\n      x-pagination: {page: p, items: /data}\n      responses: {'200': {$ref: '#/components/responses/R'}}\n\
                    components:\n  responses: {R: {content: {application/json: {schema: {$ref: '#/components/schemas/A'}}}}}\n  \
                    schemas: {A: {properties: {data: {$ref: '#/components/schemas/B'}}}, B: {}, C: {}}\n";
        let document = crate::source::parse(Source::new("api.yaml", text)).unwrap();
        let mut findings = findings;
        drop_consequences(&document, &mut findings);
        findings.into_iter().map(|finding| finding.code).collect()
    }

    fn error(code: Code, at: &str, message: &str) -> Diagnostic {
        Diagnostic::error(code, Place::Key(Pointer::from_text(at)), message, "")
    }

    fn mismatch() -> Diagnostic {
        error(Code::ExampleMismatch, "/example", "").with_related(Place::Key(Pointer::from_text(RULE)), "the schema")
    }

    #[test]
    fn a_slip_in_a_schema_is_the_only_finding() {
        for slip in [
            error(Code::UnknownWord, "/components/schemas/A/oneOf/0/type", ""),
            error(Code::UnknownField, "/components/schemas/A/maxinum", ""),
        ] {
            assert_eq!(left(vec![mismatch(), slip.clone()]), [slip.code]);
        }
    }

    #[test]
    fn a_slip_elsewhere_leaves_other_findings() {
        for slip in [
            error(Code::UnknownField, "/components/schemas/B/maxinum", ""),
            error(Code::UnknownField, "/components/schemas/A/oneOfs/0/maxinum", ""),
            error(Code::DuplicateTag, "/components/schemas/A/oneOf", ""),
        ] {
            assert_eq!(left(vec![mismatch(), slip.clone()]), [Code::ExampleMismatch, slip.code]);
        }
    }

    #[test]
    fn an_error_does_not_follow_from_a_warning() {
        let warning = Diagnostic::warning(
            Code::UnknownField,
            Place::Key(Pointer::from_text("/components/schemas/A/maxinum")),
            "",
            "",
        );
        assert_eq!(left(vec![mismatch(), warning]), [Code::ExampleMismatch, Code::UnknownField]);
    }

    #[test]
    fn a_field_that_is_missing_because_its_name_is_misspelt_is_not_reported() {
        let missing = || error(Code::MissingField, "/info", "this Info object has no `version`");
        assert_eq!(left(vec![missing(), error(Code::UnknownField, "/info/versoin", "")]), [Code::UnknownField]);
        assert_eq!(left(vec![missing(), error(Code::UnknownField, "/info/sumary", "")]).len(), 2);
        let array = error(Code::ArrayWithoutItems, "/components/schemas/A/type", "an array has no `items`");
        let slip = error(Code::UnknownField, "/components/schemas/A/itmes", "");
        assert_eq!(left(vec![array, slip]), [Code::UnknownField]);
    }

    #[test]
    fn a_pointer_that_fails_on_its_way_follows_from_what_is_wrong_there() {
        let pointer = || error(Code::PaginationPointer, "/paths/~1a/get/x-pagination/items", "");
        for (at, count) in [
            ("/paths/~1a/get/respones", 1),
            ("/components/responses/R/contents", 1),
            ("/components/schemas/A/requird", 1),
            ("/components/schemas/B/tpye", 1),
            ("/components/schemas/C/tpye", 2),
        ] {
            assert_eq!(left(vec![pointer(), error(Code::UnknownField, at, "")]).len(), count, "{at}");
        }
    }
}
