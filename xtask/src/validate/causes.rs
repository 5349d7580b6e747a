//! Drops findings that follow from other findings. For example, a misspelt keyword in a schema makes examples
//! contradict the schema, and leaves pointers of `x-pagination` without a target. Only the cause is reported.
//!
//! A finding is dropped only if its cause is at least as severe, so that a document with errors is never accepted.

mod index;
mod pages;

use std::collections::BTreeSet;

use serde_json::Value;

use self::index::{Cause, Causes, quoted};
use crate::diagnostics::nearest::nearest;
use crate::diagnostics::{Code, Diagnostic};
use crate::document::fields::Fields as _;
use crate::document::{Document, Pointer};

/// Drops the findings that follow from other findings.
pub fn drop_consequences(document: &Document, findings: &mut Vec<Diagnostic>) {
    let causes = Causes::of(findings);
    let dropped: Vec<_> = findings.iter().map(|finding| follows(document, finding, &causes)).collect();
    let mut dropped = dropped.into_iter();
    findings.retain(|_| !dropped.next().unwrap_or_default());
}

/// Returns whether a finding follows from one of the causes.
fn follows(document: &Document, finding: &Diagnostic, causes: &Causes<'_>) -> bool {
    let Some(at) = finding.place.pointer() else { return false };
    let around = |condition: &dyn Fn(&Cause<'_>) -> bool| causes.any(causes.around(at), finding.severity, condition);
    match finding.code {
        Code::MissingField | Code::InvalidSecurityScheme | Code::InvalidRustType | Code::InvalidPagination => {
            around(&|cause| explains_missing_field(cause, finding, at))
        }
        Code::WrongKind => around(&|cause| is_moved_up(document, cause, finding, at) || replaces(cause, finding, at)),
        Code::UnknownParameterPlace | Code::UnknownWord | Code::AmbiguousExample => {
            around(&|cause| replaces(cause, finding, at))
        }
        Code::ArrayWithoutItems => {
            at.parent().is_some_and(|object| around(&|cause| is_field_of(cause, &object, &finding.message)))
        }
        Code::InvalidDecode => at.parent().is_some_and(|schema| around(&|cause| is_about(cause, &schema))),
        Code::ExampleMismatch | Code::DefaultMismatch => mismatch_follows(&document.root, finding, at, causes),
        Code::UndescribedProperty => {
            around(&|cause| is_unnamed_example(cause, at))
                || quoted(&finding.message).any(|name| {
                    causes.any(causes.unknown_fields(name), finding.severity, |cause| {
                        is_named_schema_field(cause, finding)
                    })
                })
        }
        Code::UndefinedRequiredProperty => {
            let schema = at.parent().and_then(|list| list.parent());
            let is_field = |cause: &Cause<'_>| schema.as_ref().is_some_and(|schema| is_about(cause, schema));
            around(&|cause| replaces(cause, finding, at) || is_named_schema_field(cause, finding) && is_field(cause))
        }
        Code::UnresolvedReference | Code::UndefinedSecurityScheme => {
            let target = target(&document.root, finding, at);
            let is_misled = |target: Pointer| {
                causes.any(causes.around(&target), finding.severity, |cause| is_on_the_way(cause, &target))
            };
            around(&|cause| replaces(cause, finding, at)) || target.is_some_and(is_misled)
        }
        Code::PaginationPointer | Code::PaginationParameter => {
            let read = pages::read_for_pages(&document.root, at);
            causes.any(read.iter().flat_map(|object| causes.about(object)), finding.severity, |_| true)
        }
        _ => false,
    }
}

/// Returns whether the cause explains why a field is missing: the field has another name, another kind, or another
/// place.
fn explains_missing_field(cause: &Cause<'_>, finding: &Diagnostic, at: &Pointer) -> bool {
    let key = cause.key();
    let is_read = is_quoted(&finding.message, &key) || key == "$ref";
    let is_unreadable = cause.is(Code::WrongKind) && is_about(cause, at) && is_read;
    let is_above = cause.is(Code::UnknownField) && at.parent().is_some_and(|above| is_about(cause, &above));
    let is_moved = is_above && is_quoted(&finding.message, &key);
    let is_reference = cause.is(Code::UnknownField) && is_about(cause, at) && nearest(&cause.key(), ["$ref"]).is_some();
    is_field_of(cause, at, &finding.message)
        || is_unreadable
        || is_moved
        || is_reference
        || replaces(cause, finding, at)
}

/// Returns whether the cause is a misspelt form of the missing field that the message names.
fn is_field_of(cause: &Cause<'_>, object: &Pointer, message: &str) -> bool {
    is_about(cause, object) && cause.is(Code::UnknownField) && nearest(&cause.key(), quoted(message)).is_some()
}

/// Returns whether a value is null because its content is one level too high, on the next line.
fn is_moved_up(document: &Document, cause: &Cause<'_>, finding: &Diagnostic, at: &Pointer) -> bool {
    let source = &document.source;
    let line = |at: &Pointer| source.key_span(at).map(|span| span.start.line);
    let is_next = || {
        let lines = line(at).zip(line(cause.at)).filter(|_| std::ptr::eq(source.file(at), source.file(cause.at)));
        lines.is_some_and(|(null, next)| null + 1 == next)
    };
    finding.message.ends_with("found null")
        && (cause.is(Code::UnknownField) || cause.is(Code::InvalidKey))
        && at.parent().is_some_and(|object| is_about(cause, &object))
        && is_next()
}

/// Returns whether the cause is a value of the wrong kind, for which normalization put in the value of the finding.
fn replaces(cause: &Cause<'_>, finding: &Diagnostic, at: &Pointer) -> bool {
    let is_inside = at.parent().as_ref() == Some(cause.at);
    let is_there = at == cause.at && finding.code != Code::WrongKind;
    cause.is(Code::WrongKind) && (is_there || is_inside)
}

/// Returns whether a mismatch of an example follows from a cause in the example or in its schema.
fn mismatch_follows(root: &Value, finding: &Diagnostic, at: &Pointer, causes: &Causes<'_>) -> bool {
    let is_moved = |cause: &Cause<'_>| {
        let is_around = at.as_str().strip_prefix(cause.object.as_str()).is_some_and(|rest| rest.starts_with('/'));
        cause.is(Code::UnknownField) && is_around && is_quoted(&finding.message, &cause.key())
    };
    let is_in_example = |cause: &Cause<'_>| is_unnamed_example(cause, at) || is_moved(cause);
    let rule = finding.related.first().and_then(|(place, _)| place.pointer());
    let breaks = |rule: &Pointer| {
        let checked = checked_by(root, rule);
        let there = checked.iter().flat_map(|place| causes.inside(place).chain(causes.leading_to(place)));
        let schema = rule.parent();
        let beside = schema.iter().flat_map(|schema| causes.about(schema));
        causes.any(there.chain(beside), finding.severity, |_| true)
    };
    causes.any(causes.around(at), finding.severity, is_in_example) || rule.is_some_and(breaks)
}

/// Returns whether the cause is an unknown field of a schema that the message names, because it is a level too high.
fn is_named_schema_field(cause: &Cause<'_>, finding: &Diagnostic) -> bool {
    let is_in_schema = cause.is(Code::UnknownField) && cause.finding.message.contains("a Schema object");
    is_in_schema && is_quoted(&finding.message, &cause.key())
}

/// Returns whether the cause is an example without `value`, and the place is in it.
fn is_unnamed_example(cause: &Cause<'_>, at: &Pointer) -> bool {
    cause.is(Code::AmbiguousExample) && cause.finding.message.ends_with("has no `value`") && is_inside(at, cause.at)
}

/// Returns the place that a reference or a security requirement names.
fn target(root: &Value, finding: &Diagnostic, at: &Pointer) -> Option<Pointer> {
    if finding.code == Code::UndefinedSecurityScheme {
        let name = quoted(&finding.message).next()?;
        return Some(Pointer::root().keys(["components", "securitySchemes", name]));
    }
    let value = at.lookup(root)?;
    Pointer::from_reference(value.as_str().or_else(|| value.field("$ref")?.as_str())?)
}

/// Returns whether the cause is a misspelt key on the path to the target, or the target itself at a higher level.
fn is_on_the_way(cause: &Cause<'_>, target: &Pointer) -> bool {
    let Some(rest) = target.as_str().strip_prefix(cause.object.as_str()) else { return false };
    let next = Pointer::from_text(rest).segments().next().unwrap_or_default();
    let is_moved = Pointer::from_text(rest).segments().any(|name| name == cause.key());
    cause.is(Code::UnknownField) && (nearest(&cause.key(), [next.as_str()]).is_some() || is_moved)
}

/// Returns whether a cause is about this object.
fn is_about(cause: &Cause<'_>, object: &Pointer) -> bool {
    cause.object == *object
}

/// Returns whether a message has this name in backticks.
fn is_quoted(message: &str, name: &str) -> bool {
    quoted(message).any(|quoted| quoted == name)
}

/// Returns whether a place is the outer one or inside of it.
fn is_inside(at: &Pointer, outer: &Pointer) -> bool {
    at.as_str().strip_prefix(outer.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Returns the places of the schemas that a rule applies to a value: those in the rule, and the targets of their
/// `$ref`s.
fn checked_by(root: &Value, rule: &Pointer) -> BTreeSet<Pointer> {
    /// The most places that are searched for a cause.
    const MOST: usize = 256;
    let mut places = BTreeSet::new();
    let mut open = vec![rule.clone()];
    while let Some(place) = open.pop().filter(|_| places.len() < MOST) {
        if places.insert(place.clone())
            && let Some(value) = place.lookup(root)
        {
            references(value, &mut open);
        }
    }
    places
}

/// Adds the targets of all `$ref`s in a value.
fn references(value: &Value, targets: &mut Vec<Pointer>) {
    match value {
        Value::Object(fields) => {
            targets.extend(fields.field("$ref").and_then(Value::as_str).and_then(Pointer::from_reference));
            fields.values().for_each(|value| references(value, targets));
        }
        Value::Array(items) => items.iter().for_each(|value| references(value, targets)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::Place;
    use crate::document::Source;

    const RULE: &str = "/components/schemas/A/oneOf";

    /// Returns the codes of the findings that remain.
    fn remaining(findings: Vec<Diagnostic>) -> Vec<Code> {
        let text = "paths:\n  /a:\n    get:\n      x-pagination: {page: p, items: /data}\n      responses: {'200': {$ref: '#/components/responses/R'}}\n\
                    components:\n  responses: {R: {content: {application/json: {schema: {$ref: '#/components/schemas/A'}}}}}\n  \
                    schemas: {A: {properties: {data: {$ref: '#/components/schemas/B'}}}, B: {}, C: {}}\n";
        remaining_of(text, findings)
    }

    /// Returns the codes of the findings about a document that remain.
    fn remaining_of(text: &str, mut findings: Vec<Diagnostic>) -> Vec<Code> {
        let document = crate::source::parse(Source::new("api.yaml", text)).unwrap();
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
            assert_eq!(remaining(vec![mismatch(), slip.clone()]), [slip.code]);
        }
    }

    #[test]
    fn a_slip_elsewhere_leaves_other_findings() {
        for slip in [
            error(Code::UnknownField, "/components/schemas/B/maxinum", ""),
            error(Code::UnknownField, "/components/schemas/A/oneOfs/0/maxinum", ""),
            error(Code::DuplicateTag, "/components/schemas/A/oneOf", ""),
        ] {
            assert_eq!(remaining(vec![mismatch(), slip.clone()]), [Code::ExampleMismatch, slip.code]);
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
        assert_eq!(remaining(vec![mismatch(), warning]), [Code::ExampleMismatch, Code::UnknownField]);
    }

    #[test]
    fn a_field_that_is_missing_because_its_name_is_misspelt_is_not_reported() {
        let missing = || error(Code::MissingField, "/info", "this Info object has no `version`");
        assert_eq!(remaining(vec![missing(), error(Code::UnknownField, "/info/versoin", "")]), [Code::UnknownField]);
        assert_eq!(remaining(vec![missing(), error(Code::UnknownField, "/info/sumary", "")]).len(), 2);
        let array = error(Code::ArrayWithoutItems, "/components/schemas/A/type", "an array has no `items`");
        let slip = error(Code::UnknownField, "/components/schemas/A/itmes", "");
        assert_eq!(remaining(vec![array, slip]), [Code::UnknownField]);
    }

    #[test]
    fn a_mismatch_follows_from_a_finding_in_a_schema_of_the_rule() {
        let text = "components:\n  schemas: {A: {oneOf: [{$ref: '#/components/schemas/B'}]}, B: {oneOf: [{$ref: '#/components/schemas/A'}]}, C: {}}\n";
        for (at, count) in [("/components/schemas/B/oneOf/0/$ref", 1), ("/components/schemas/C/$ref", 2)] {
            let slip = error(Code::UnresolvedReference, at, "");
            assert_eq!(remaining_of(text, vec![mismatch(), slip]).len(), count, "{at}");
        }
    }

    #[test]
    fn an_unresolved_reference_follows_from_a_misspelt_or_misplaced_key_on_its_path() {
        let text = "paths: {$ref: '#/components/responses/R'}\ncomponents: {}\n";
        for (at, count) in [
            ("/componets", 1),
            ("/components/respnses", 1),
            ("/components/R", 1),
            ("/components/schmas", 2),
            ("/paths/R", 2),
        ] {
            let finding = error(Code::UnresolvedReference, "/paths/$ref", "");
            assert_eq!(remaining_of(text, vec![finding, error(Code::UnknownField, at, "")]).len(), count, "{at}");
        }
        let scheme = || error(Code::UndefinedSecurityScheme, "/security/0/key", "unknown security scheme `key`");
        assert_eq!(remaining(vec![scheme(), error(Code::UnknownField, "/components/securitySchema", "")]).len(), 1);
        assert_eq!(remaining(vec![scheme(), error(Code::UnknownField, "/components/schema", "")]).len(), 2);
    }

    #[test]
    fn a_missing_field_follows_from_a_field_of_another_kind_or_at_another_level() {
        let missing = || error(Code::MissingField, "/a/b", "this Server object has no `url`");
        for (slip, count) in [
            (error(Code::WrongKind, "/a/b/url", ""), 1),
            (error(Code::WrongKind, "/a/b", ""), 1),
            (error(Code::UnknownField, "/a/url", ""), 1),
            (error(Code::UnknownField, "/a/b/ref", ""), 1),
            (error(Code::WrongKind, "/a/b/name", ""), 2),
            (error(Code::UnknownField, "/a/b/name", ""), 2),
        ] {
            let (code, at) = (slip.code, slip.place.clone());
            assert_eq!(remaining(vec![missing(), slip]).len(), count, "{code} {at:?}");
        }
    }

    #[test]
    fn findings_about_a_value_of_the_wrong_kind_are_one() {
        let list = || error(Code::WrongKind, "/a/required", "`required` must be a list, found a string");
        let item = error(Code::WrongKind, "/a/required/0", "`0` must be a string, found an integer");
        let name = error(Code::UndefinedRequiredProperty, "/a/required/0", "`required` lists `7`");
        assert_eq!(remaining(vec![list(), item, name]), [Code::WrongKind]);
        let place = error(Code::UnknownParameterPlace, "/a/in", "unknown place `7` of a parameter");
        assert_eq!(remaining(vec![error(Code::WrongKind, "/a/in", ""), place]), [Code::WrongKind]);
    }

    #[test]
    fn a_property_beside_properties_is_the_cause_of_findings_about_its_absence() {
        let slip =
            || error(Code::UnknownField, "/components/schemas/A/page", "unknown field `page` in a Schema object");
        let required = error(
            Code::UndefinedRequiredProperty,
            "/components/schemas/A/required/0",
            "`required` lists `page`, and no such property is described",
        );
        let undescribed =
            error(Code::UndescribedProperty, "/example/page", "the schema does not describe the property `page`");
        assert_eq!(remaining(vec![required, undescribed, slip()]), [Code::UnknownField]);
        let other =
            error(Code::UndescribedProperty, "/example/size", "the schema does not describe the property `size`");
        assert_eq!(remaining(vec![other, slip()]).len(), 2);
    }

    #[test]
    fn an_example_without_its_value_is_not_validated() {
        let unnamed = error(Code::AmbiguousExample, "/example", "the example `a` has no `value`");
        assert_eq!(remaining(vec![mismatch(), unnamed]), [Code::AmbiguousExample]);
    }

    #[test]
    fn a_null_follows_from_content_on_the_next_line() {
        let text = "paths:\n/a: {}\ninfo:\n";
        for (at, count) in [("/~1a", 1), ("/info", 2)] {
            let null = error(Code::WrongKind, "/paths", "`paths` must be an object (Paths), found null");
            assert_eq!(remaining_of(text, vec![null, error(Code::UnknownField, at, "")]).len(), count, "{at}");
        }
    }

    #[test]
    fn a_mismatch_follows_from_an_unresolved_reference_of_the_rule() {
        let text = "components:\n  schemas: {A: {oneOf: [{$ref: '#/components/schemas/B'}]}, C: {$ref: '#/components/schemas/B'}}\n";
        // A repeated reference is reported at the first place.
        let slip = |name: &str| {
            let message = format!("`$ref: #/components/schemas/{name}` leads to nothing");
            error(Code::UnresolvedReference, "/components/schemas/C/$ref", &message)
        };
        assert_eq!(remaining_of(text, vec![mismatch(), slip("B")]).len(), 1);
        assert_eq!(remaining_of(text, vec![mismatch(), slip("D")]).len(), 2);
    }

    #[test]
    fn a_pagination_pointer_follows_from_a_finding_on_its_path() {
        let pointer = || error(Code::PaginationPointer, "/paths/~1a/get/x-pagination/items", "");
        for (at, count) in [
            ("/paths/~1a/get/respones", 1),
            ("/components/responses/R/contents", 1),
            ("/components/schemas/A/requird", 1),
            ("/components/schemas/B/tpye", 1),
            ("/components/schemas/C/tpye", 2),
        ] {
            assert_eq!(remaining(vec![pointer(), error(Code::UnknownField, at, "")]).len(), count, "{at}");
        }
    }
}
