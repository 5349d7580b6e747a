//! Checks operations: that the document has some, that their ids are unique, and that their answers and links are
//! described.
//!
//! [`paths`] and [`parameters`] check the parts of their requests.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::paths::{Item, Section};
use super::{parameters, paths};
use crate::diagnostics::nearest::did_you_mean;
use crate::diagnostics::{Code, Diagnostic, Place};
use crate::document::fields::Fields as _;
use crate::document::{Document, Pointer};
use crate::openapi::shapes::OPERATION;
use crate::openapi::version::Version;
use crate::openapi::walk::Met;

/// Returns the findings about the document's operations. If the structure has errors, a missing part has a finding
/// already.
#[must_use]
pub fn check(document: &Document, objects: &[Met<'_>], has_sound_structure: bool) -> Vec<Diagnostic> {
    let is_3_0 = is_3_0(document);
    let items = paths::items(document, objects);
    let mut findings = Vec::new();
    if has_sound_structure {
        findings.extend(nothing_to_call(document, &items, is_3_0));
    }
    findings.extend(paths::check(&items, is_3_0));
    findings.extend(parameters::check(document, objects, &items, is_3_0));
    findings.extend(duplicate_ids(document, &items));
    for met in objects {
        findings.extend(no_responses(met));
        findings.extend(link(met, is_3_0));
        findings.extend(unknown_operation(met, &items));
    }
    findings
}

/// Returns whether the document follows OpenAPI 3.0.
#[must_use]
pub fn is_3_0(document: &Document) -> bool {
    Version::of(&document.root) == Version::V3_0
}

/// Reports a document without operations. OpenAPI 3.0 allows it (3.0.3, "Paths Object"). OpenAPI 3.1 requires at least
/// one of `paths`, `components` and `webhooks`.
fn nothing_to_call(document: &Document, items: &[Item<'_>], is_3_0: bool) -> Option<Diagnostic> {
    let has = |part: &&str| document.root.get(*part).is_some();
    if is_3_0 && !has(&"paths") {
        return None;
    }
    if !["paths", "components", "webhooks"].iter().any(has) {
        return Some(Diagnostic::nonconforming(
            Code::MissingField,
            Place::Key(Pointer::root()),
            "this OpenAPI object has none of `paths`, `components` and `webhooks`",
            "describe the operations under `paths`",
        ));
    }
    let is_called = |item: &Item<'_>| item.section == Section::Paths && !item.operations().is_empty();
    // The target of a broken reference is unknown.
    let is_unknown = |item: &Item<'_>| item.section == Section::Paths && item.is_broken();
    if items.iter().any(|item| is_called(item) || is_unknown(item)) {
        return None;
    }
    let schemas = document.root["components"]["schemas"].as_object();
    let message = if schemas.is_some_and(|schemas| !schemas.is_empty()) {
        "the document has no operations: the client has no methods, and only the types are of use"
    } else {
        "the document has no operations: the client has no methods"
    };
    let place = Place::Key(Pointer::root().key("paths"));
    Some(Diagnostic::warning(Code::NoOperations, place, message, "describe at least one under `paths`"))
}

/// Checks that no two operations have the same id. An operation that several paths refer to counts for each of them.
fn duplicate_ids(document: &Document, items: &[Item<'_>]) -> Vec<Diagnostic> {
    let mut uses: BTreeMap<&str, Vec<(Pointer, Section)>> = BTreeMap::new();
    // A shared path item counts where it is referred to.
    let targets: BTreeSet<_> = items.iter().filter_map(Item::target).collect();
    let is_counted = |item: &&Item<'_>| item.section != Section::Components || !targets.contains(&item.at);
    for item in items.iter().filter(is_counted) {
        for operation in item.operations() {
            let Some(id) = operation.value.field("operationId").and_then(Value::as_str) else { continue };
            let at = if operation.is_shared { item.at.key("$ref") } else { operation.at.key("operationId") };
            uses.entry(id).or_default().push((at, item.section));
        }
    }
    uses.retain(|_, uses| uses.len() > 1);
    let findings = uses.into_iter().flat_map(|(id, uses)| uses_after_the_first(document, id, uses));
    findings.collect()
}

fn uses_after_the_first(document: &Document, id: &str, mut uses: Vec<(Pointer, Section)>) -> Vec<Diagnostic> {
    let source = &document.source;
    let start = |at: &Pointer| source.value_span(at).map(|span| span.start);
    uses.sort_by_key(|(at, _)| (source.numbers(at), start(at)));
    let mut uses = uses.into_iter();
    let Some((first, _)) = uses.next() else { return Vec::new() };
    let file = source.file(&first);
    let line = start(&first).map(|start| start.line);
    let first_use = |at: &Pointer| match line {
        Some(line) if std::ptr::eq(file, source.file(at)) => format!(", first used at line {line}"),
        Some(line) => format!(", first used in {} at line {line}", file.name),
        None => String::new(),
    };
    uses.map(|(at, section)| {
        let help = match section {
            Section::Paths => "the method is named after its HTTP method and path: give the operation an id of its own",
            _ => "give the operation an id of its own",
        };
        let message = format!("duplicate `operationId` `{id}`{}", first_use(&at));
        Diagnostic::nonconforming(Code::DuplicateOperationId, Place::Value(at), message, help)
            .with_related(Place::Value(first.clone()), "the first use")
    })
    .collect()
}

/// Checks that an operation describes at least one response.
fn no_responses(met: &Met<'_>) -> Option<Diagnostic> {
    let responses = met.fields.field("responses").filter(|_| met.is(&OPERATION))?.as_object()?;
    responses.is_empty().then(|| {
        Diagnostic::nonconforming(
            Code::MissingField,
            Place::Key(met.at.key("responses")),
            "`responses` describes no response; expected at least one",
            "add a status such as `200`, or `default`",
        )
    })
}

/// Checks that a link names its operation in one way.
fn link(met: &Met<'_>, is_3_0: bool) -> Option<Diagnostic> {
    if met.shape.name != "Link" {
        return None;
    }
    match (met.fields.has("operationId"), met.fields.has("operationRef")) {
        (true, true) => Some(
            Diagnostic::nonconforming(
                Code::ConflictingFields,
                Place::Key(met.at.key("operationRef")),
                "this link has both `operationId` and `operationRef`",
                "remove one of the two",
            )
            .with_related(Place::Key(met.at.key("operationId")), "the other field"),
        ),
        // The schema of OpenAPI 3.0 allows a link that leads nowhere.
        (false, false) if !is_3_0 => Some(Diagnostic::nonconforming(
            Code::MissingField,
            Place::Key(met.at.clone()),
            "this link has neither `operationId` nor `operationRef`",
            "add `operationId`, the id of the operation that the link leads to",
        )),
        _ => None,
    }
}

/// Checks that the operation that a link names exists (OpenAPI 3.0.3, "Link Object").
fn unknown_operation(met: &Met<'_>, items: &[Item<'_>]) -> Option<Diagnostic> {
    let id = met.fields.field("operationId").filter(|_| met.shape.name == "Link")?.as_str()?;
    let ids = || {
        items.iter().flat_map(Item::operations).filter_map(|operation| operation.value.field("operationId")?.as_str())
    };
    // The target of a broken reference is unknown.
    if items.iter().any(Item::is_broken) || ids().any(|known| known == id) {
        return None;
    }
    Some(Diagnostic::nonconforming(
        Code::UnresolvedReference,
        Place::Value(met.at.key("operationId")),
        format!("no operation has the id `{id}`{}", did_you_mean(id, ids())),
        "write the id of the operation that the link leads to",
    ))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{V3_0, V3_1, found};
    use super::*;

    const OK: &str = "responses: {'200': {description: d}}";

    fn of(head: &str, text: &str) -> Vec<String> {
        found(&format!("{head}{text}"), |document, objects| check(document, objects, true))
    }

    #[test]
    fn each_use_of_an_id_after_the_first_is_a_duplicate() {
        let operation = format!("{{operationId: x, {OK}}}");
        let text = format!("paths:\n  /a:\n    get: {operation}\n    put: {operation}\n  /b:\n    get: {operation}\n");
        let message = "duplicate `operationId` `x`, first used at line 5";
        assert_eq!(of(V3_0, &text), [format!("6:24 {message} (5)"), format!("8:24 {message} (5)")]);
    }

    #[test]
    fn ids_in_callbacks_webhooks_and_behind_references_count() {
        let operation = format!("operationId: x, {OK}");
        let message = "duplicate `operationId` `x`, first used at line";
        let callback = format!(
            "paths:\n  /a:\n    get:\n      callbacks: {{c: {{'{{$url}}': {{post: {{{operation}}}}}}}}}\n      {OK}\n      operationId: x\n"
        );
        assert_eq!(of(V3_0, &callback), [format!("8:20 {message} 6 (6)")]);
        let webhook = format!("paths:\n  /a: {{get: {{{operation}}}}}\nwebhooks:\n  w: {{post: {{{operation}}}}}\n");
        assert_eq!(of(V3_1, &webhook), [format!("6:27 {message} 4 (4)")]);
        let twice = format!("paths:\n  /a: {{get: {{{operation}}}}}\n  /b: {{$ref: '#/paths/~1a'}}\n");
        assert_eq!(of(V3_0, &twice), [format!("5:14 {message} 4 (4)")]);
    }

    #[test]
    fn a_shared_path_item_that_is_used_once_has_its_id_once() {
        let item = format!("components: {{pathItems: {{A: {{get: {{operationId: x, {OK}}}}}}}}}\n");
        let paths = "paths: {/a: {$ref: '#/components/pathItems/A'}}\n";
        assert_eq!(of(V3_1, &format!("{paths}{item}")), [""; 0]);
        let own = format!("paths: {{/a: {{get: {{operationId: x, {OK}}}}}}}\n");
        let expected = "4:49 duplicate `operationId` `x`, first used at line 3 (3)";
        assert_eq!(of(V3_1, &format!("{own}{item}")), [expected]);
    }

    #[test]
    fn a_document_without_operations_is_valid() {
        let nothing = "warning 3:1 the document has no operations: the client has no methods";
        assert_eq!(of(V3_0, "paths: {}\n"), [nothing]);
        let types = format!("{nothing}, and only the types are of use");
        assert_eq!(of(V3_1, "paths: {}\ncomponents: {schemas: {A: {type: object}}}\n"), [types]);
        let at_the_top = nothing.replace("3:1", "1:1");
        assert_eq!(of(V3_1, "components: {}\n"), [at_the_top.as_str()]);
        let webhooks = format!("webhooks: {{w: {{post: {{{OK}}}}}}}\n");
        assert_eq!(of(V3_1, &webhooks), [at_the_top]);
        assert_eq!(of(V3_1, "x-a: 1\n"), ["1:1 this OpenAPI object has none of `paths`, `components` and `webhooks`"]);
    }

    #[test]
    fn an_operation_has_a_response() {
        let with = |responses: &str| format!("paths:\n  /a:\n    get:\n      responses: {responses}\n");
        assert_eq!(of(V3_0, &with("{}")), ["6:7 `responses` describes no response; expected at least one"]);
        assert_eq!(of(V3_0, &with("{default: {description: d}}")), [""; 0]);
    }

    #[test]
    fn a_link_names_its_operation_in_one_way() {
        let with = |link: &str| format!("paths: {{}}\ncomponents:\n  links:\n    l:\n      {link}\n");
        let both = "operationId: a\n      operationRef: '#/paths/~1a/get'";
        let nothing = "warning 3:1 the document has no operations: the client has no methods";
        let unknown = "7:20 no operation has the id `a`";
        let expected = [nothing, unknown, "8:7 this link has both `operationId` and `operationRef` (7)"];
        for head in [V3_0, V3_1] {
            assert_eq!(of(head, &with(both)), expected);
            assert_eq!(of(head, &with("operationId: a")), [nothing, unknown]);
            assert_eq!(of(head, &with("operationRef: '#/paths/~1a/get'")), [nothing]);
        }
        let neither = "6:5 this link has neither `operationId` nor `operationRef`";
        assert_eq!(of(V3_1, &with("description: d")), [nothing, neither]);
        assert_eq!(of(V3_0, &with("description: d")), [nothing]);
    }

    #[test]
    fn a_path_behind_a_broken_reference_may_have_any_operation() {
        let link = "components:\n  links:\n    l: {operationId: a}\n";
        let paths = "paths:\n  /a: {$ref: '#/components/pathItems/A'}\n";
        let broken = "error 4:14 `$ref: #/components/pathItems/A` leads to no path item of this document";
        assert_eq!(of(V3_1, &format!("{paths}{link}")), [broken]);
        let known = format!("paths:\n  /a: {{get: {{operationId: a, {OK}}}}}\n{link}");
        assert_eq!(of(V3_1, &known), [""; 0]);
        let webhook = "webhooks:\n  w: {$ref: '#/components/pathItems/A'}\n";
        let nothing = "warning 1:1 the document has no operations: the client has no methods";
        let found = of(V3_1, webhook);
        assert!(found.len() == 2 && found[0] == nothing, "{found:?}");
    }
}
