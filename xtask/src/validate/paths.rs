//! Checks path items and their keys: the templates of paths, paths that match the same URLs, and references to path
//! items.
//!
//! [`items`] collects every path item, with what its `$ref` adds, for the checks of operations and parameters.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::diagnostics::{Code, Diagnostic, Place};
use crate::document::fields::Fields as _;
use crate::document::{Document, Pointer};
use crate::openapi::references::targets;
use crate::openapi::shapes::{Kind, OPERATION, PATH_ITEM};
use crate::openapi::template::{template_names, without_names};
use crate::openapi::walk::{Met, is_extension};

/// The section of the document that has a path item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// Under `paths`: the client calls its operations.
    Paths,
    /// Under `webhooks`.
    Webhooks,
    /// In a callback.
    Callback,
    /// Under `components`: its key is a name, and others refer to it.
    Components,
}

/// A path item below its key.
#[derive(Debug)]
pub struct Item<'d> {
    /// The key: a path, the name of a webhook or a component, or the expression of a callback.
    pub key: &'d str,
    /// The place of the item.
    pub at: Pointer,
    /// The section with the item.
    pub section: Section,
    /// The number of its document, if there are several.
    document: Option<usize>,
    own: &'d Map<String, Value>,
    /// The path item that its `$ref` leads to, and the place of that.
    shared: Option<(Pointer, &'d Map<String, Value>)>,
}

/// A field of a path item.
#[derive(Debug)]
pub struct Part<'d> {
    /// The place.
    pub at: Pointer,
    /// Its value.
    pub value: &'d Value,
    /// Whether it belongs to the item that a `$ref` leads to.
    pub is_shared: bool,
}

impl<'d> Item<'d> {
    fn new(document: &'d Document, section: Section, at: Pointer, key: &'d str, value: &'d Value) -> Option<Self> {
        let own = value.as_object()?;
        let number = document.source.document(&at);
        Some(Self { key, at, section, document: number, own, shared: target(&document.root, value) })
    }

    /// Returns the field of this name: the item's own, or else that of the item it refers to.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<Part<'d>> {
        let own = self.own.field(name).map(|value| Part { at: self.at.key(name), value, is_shared: false });
        own.or_else(|| {
            let (at, fields) = self.shared.as_ref()?;
            Some(Part { at: at.key(name), value: fields.field(name)?, is_shared: true })
        })
    }

    /// Returns whether the item has a `$ref` that leads to nothing.
    #[must_use]
    pub fn is_broken(&self) -> bool {
        self.own.has("$ref") && self.shared.is_none()
    }

    /// Returns the item's operations.
    #[must_use]
    pub fn operations(&self) -> Vec<Part<'d>> {
        methods().filter_map(|method| self.field(method)).filter(|part| part.value.is_object()).collect()
    }

    /// Returns whether this item and one of another document have no method in common. Each document is right then.
    fn complements(&self, other: &Self) -> bool {
        self.document != other.document
            && methods().all(|method| [self, other].iter().any(|it| it.field(method).is_none()))
    }

    /// Returns where to report a finding about a part of this item: at `place`, or at the `$ref` if the part is shared.
    #[must_use]
    pub fn place(&self, part: &Part<'_>, place: Place) -> Place {
        if part.is_shared { Place::Value(self.at.key("$ref")) } else { place }
    }

    /// Returns the place of the path item that the `$ref` leads to.
    #[must_use]
    pub fn target(&self) -> Option<&Pointer> {
        self.shared.as_ref().map(|(at, _)| at)
    }

    /// Returns the names in the item's template, each once, if it has one and its braces match. A name ends before the
    /// pattern that may follow it; a runtime expression of a callback is not a name.
    #[must_use]
    pub fn names(&self) -> Option<Vec<&'d str>> {
        if self.section == Section::Components {
            return None;
        }
        let mut names: Vec<&str> = Vec::new();
        for name in template_names(self.key)?.into_iter().map(without_pattern) {
            let is_expression = self.section == Section::Callback && name.starts_with('$');
            if !is_expression && !names.contains(&name) {
                names.push(name);
            }
        }
        Some(names)
    }
}

/// Returns the methods of a path item.
fn methods() -> impl Iterator<Item = &'static str> {
    let is_operation = |kind: &Kind| matches!(kind, Kind::Object(shape) if std::ptr::eq(*shape, &raw const OPERATION));
    PATH_ITEM.fields.iter().filter(move |field| is_operation(&field.kind)).map(|field| field.name)
}

/// Returns the object that the `$ref` of a path item leads to, and its place.
fn target<'d>(root: &'d Value, item: &'d Value) -> Option<(Pointer, &'d Map<String, Value>)> {
    let (place, target) = targets(root, item).last()?;
    let fields = target.as_object().filter(|fields| !fields.has("$ref"))?;
    Some((place, fields))
}

/// Returns every path item of the document.
#[must_use]
pub fn items<'d>(document: &'d Document, objects: &[Met<'d>]) -> Vec<Item<'d>> {
    let mut items = Vec::new();
    let sections: [(Section, &[&str]); 3] = [
        (Section::Paths, &["paths"]),
        (Section::Webhooks, &["webhooks"]),
        (Section::Components, &["components", "pathItems"]),
    ];
    for (section, keys) in sections {
        let at = Pointer::root().keys(keys.iter().copied());
        let entries = at.lookup(&document.root).and_then(Value::as_object);
        items.extend(entries.into_iter().flat_map(|entries| items_of(document, section, &at, entries)));
    }
    for callback in objects.iter().filter(|met| met.shape.name == "Callback") {
        items.extend(items_of(document, Section::Callback, &callback.at, callback.fields));
    }
    items
}

fn items_of<'d>(
    document: &'d Document,
    section: Section,
    at: &Pointer,
    entries: &'d Map<String, Value>,
) -> Vec<Item<'d>> {
    let entries = entries.iter().filter(|(key, _)| !is_extension(key));
    entries.filter_map(|(key, value)| Item::new(document, section, at.key(key), key, value)).collect()
}

/// Returns the findings about path items.
#[must_use]
pub fn check(items: &[Item<'_>], is_3_0: bool) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    let paths: Vec<_> = items.iter().filter(|item| item.section == Section::Paths).collect();
    for item in &paths {
        findings.extend(template(item));
    }
    findings.extend(items.iter().filter_map(reference));
    findings.extend(identical_paths(&paths));
    findings.extend(items.iter().flat_map(|item| siblings(item, is_3_0)));
    findings
}

/// Checks the template of a path.
fn template(item: &Item<'_>) -> Option<Diagnostic> {
    let (path, place) = (item.key, Place::Key(item.at.clone()));
    let Some(names) = template_names(path) else {
        let message = unmatched("path", path);
        let help = "write each parameter as `{name}`";
        // A path without operations is not called.
        return Some(if item.operations().is_empty() {
            Diagnostic::nonconforming(Code::InvalidPath, place, message, help)
        } else {
            Diagnostic::error(Code::InvalidPath, place, message, help)
        });
    };
    if path.contains(['?', '#']) {
        return Some(more_than_a_path(item, place));
    }
    let name = names.into_iter().find(|name| name.contains(':'))?;
    let meant = without_pattern(name);
    Some(Diagnostic::nonconforming(
        Code::InvalidPath,
        place,
        format!("`{{{name}}}` contains more than the name of a parameter"),
        format!("write `{{{meant}}}`, and the expression as `pattern` in the schema of the parameter `{meant}`"),
    ))
}

fn more_than_a_path(item: &Item<'_>, place: Place) -> Diagnostic {
    let message = format!("the path `{}` contains a query or a fragment", item.key);
    let help = "describe what follows `?` as query parameters, and leave out what follows `#`";
    if behind_the_path(item.key).contains('{') && !item.operations().is_empty() {
        return Diagnostic::error(Code::InvalidPath, place, message, help);
    }
    let help = format!("what follows `?` is sent with every request: {help}");
    Diagnostic::nonconforming(Code::InvalidPath, place, message, help)
}

/// Returns the query and the fragment of a path.
fn behind_the_path(template: &str) -> &str {
    template.find(['?', '#']).map_or("", |at| &template[at..])
}

/// Checks that the `$ref` of a path item leads to an object.
fn reference(item: &Item<'_>) -> Option<Diagnostic> {
    let target = item.own.field("$ref").filter(|_| item.shared.is_none())?.as_str()?;
    // The client has methods for the operations of paths only.
    let finding = if item.section == Section::Paths { Diagnostic::error } else { Diagnostic::nonconforming };
    Some(finding(
        Code::ReferencedPath,
        Place::Value(item.at.key("$ref")),
        format!("`$ref: {target}` leads to no path item of this document"),
        "write the operations of the path here",
    ))
}

/// Reports the fields beside the `$ref` of a path item. OpenAPI does not define the meaning of a field that both path
/// items have, and tools of OpenAPI 3.1 read only the descriptions beside a `$ref`.
fn siblings(item: &Item<'_>, is_3_0: bool) -> Vec<Diagnostic> {
    let Some((at, shared)) = &item.shared else { return Vec::new() };
    let is_read = |key: &str| matches!(key, "$ref" | "summary" | "description") || is_extension(key);
    let others = item.own.keys().filter(|key| !is_read(key) && (!is_3_0 || shared.has(key)));
    others
        .map(|key| {
            let is_in_both = shared.has(key);
            let (message, help) = if is_in_both {
                (format!("both this path item and the one it refers to have `{key}`"), "this one is used: remove one")
            } else {
                (
                    format!("the meaning of `{key}` beside the `$ref` of a path item is not defined"),
                    "move it to the path item of the `$ref`",
                )
            };
            let related = if is_in_both { Place::Key(at.key(key)) } else { Place::Value(item.at.key("$ref")) };
            let what = if is_in_both { "the other field" } else { "the reference" };
            Diagnostic::nonconforming(Code::ConflictingFields, Place::Key(item.at.key(key)), message, help)
                .with_related(related, what)
        })
        .collect()
}

/// Checks that no two paths differ only in the names of their parameters.
fn identical_paths(paths: &[&Item<'_>]) -> Vec<Diagnostic> {
    let mut seen: BTreeMap<String, Vec<&Item<'_>>> = BTreeMap::new();
    let mut findings = Vec::new();
    for item in paths {
        let Some(form) = without_names(item.key) else { continue };
        let known = seen.entry(form).or_default();
        let first = known.iter().find(|first| !first.complements(item)).copied();
        known.push(item);
        let Some(first) = first else { continue };
        findings.push(
            Diagnostic::nonconforming(
                Code::IdenticalPaths,
                Place::Key(item.at.clone()),
                format!("the path `{}` matches the same URLs as `{}`", item.key, first.key),
                "the client has the operations of both: describe them under one path",
            )
            .with_related(Place::Key(first.at.clone()), "the other path"),
        );
    }
    findings
}

/// Returns the name before the pattern that some routers allow behind a colon.
fn without_pattern(name: &str) -> &str {
    name.split_once(':').map_or(name, |(name, _)| name)
}

/// Returns the message about the braces of a template that has no [names](template_names).
#[must_use]
pub fn unmatched(kind: &str, template: &str) -> String {
    let fault = if template.contains("{}") { "are empty" } else { "do not match" };
    format!("the braces of the {kind} `{template}` {fault}")
}

#[cfg(test)]
mod tests {
    use super::super::testing::{V3_0, V3_1, found};
    use super::*;

    const OK: &str = "{get: {responses: {'200': {description: d}}}}";

    fn of(head: &str, text: &str) -> Vec<String> {
        found(&format!("{head}{text}"), |document, objects| check(&items(document, objects), head == V3_0))
    }

    #[test]
    fn braces_of_a_path_are_checked() {
        assert_eq!(template_names("/a/{b}/c-{d}").unwrap(), ["b", "d"]);
        for broken in ["/a/{b", "/a/b}", "/a/{}", "/{a{b}}"] {
            assert_eq!(template_names(broken), None, "{broken}");
        }
    }

    #[test]
    fn an_invalid_path_is_reported_once_for_all_its_operations() {
        let both = "{get: {responses: {}}, post: {responses: {}}}";
        for (path, expected) in [
            ("/a/{b", "error 4:3 the braces of the path `/a/{b` do not match"),
            ("/a/{}", "error 4:3 the braces of the path `/a/{}` are empty"),
            ("/a?b={c}", "error 4:3 the path `/a?b={c}` contains a query or a fragment"),
            ("/a?b=c", "4:3 the path `/a?b=c` contains a query or a fragment"),
            ("/a/{id:[0-9]+}", "4:3 `{id:[0-9]+}` contains more than the name of a parameter"),
        ] {
            assert_eq!(of(V3_0, &format!("paths:\n  '{path}': {both}\n")), [expected]);
        }
        assert_eq!(of(V3_0, "paths:\n  '/a/{b': {}\n"), ["4:3 the braces of the path `/a/{b` do not match"]);
    }

    #[test]
    fn paths_that_differ_only_in_names_are_identical_and_others_are_not() {
        let text = format!("paths:\n  '/a/{{x}}.{{y}}': {OK}\n  '/a/{{v}}.{{w}}': {OK}\n");
        assert_eq!(of(V3_0, &text), ["5:3 the path `/a/{v}.{w}` matches the same URLs as `/a/{x}.{y}` (4)"]);
        let text = format!("paths:\n  '/a/{{x}}': {OK}\n  /a/b: {OK}\n  '/a/{{x}}/': {OK}\n  '/A/{{x}}': {OK}\n");
        assert_eq!(of(V3_0, &text), [""; 0]);
    }

    #[test]
    fn a_path_refers_to_any_path_item_of_the_document() {
        let reference = |target: &str| format!("paths:\n  /a: {{$ref: '{target}'}}\n  /b: {OK}\n");
        assert_eq!(of(V3_0, &reference("#/paths/~1b")), [""; 0]);
        assert_eq!(of(V3_0, &format!("{}x-items: {{c: {OK}}}\n", reference("#/x-items/c"))), [""; 0]);
        let components = format!("components: {{pathItems: {{c: {OK}}}}}\n");
        assert_eq!(of(V3_1, &format!("{}{components}", reference("#/components/pathItems/c"))), [""; 0]);
        let nowhere = "error 4:14 `$ref: #/x` leads to no path item of this document";
        assert_eq!(of(V3_0, &reference("#/x")), [nowhere]);
    }

    #[test]
    fn fields_beside_the_reference_of_a_path_item_conflict() {
        let with = |field: &str| format!("paths:\n  /a:\n    $ref: '#/x-b'\n    {field}\nx-b: {OK}\n");
        let both = "6:5 both this path item and the one it refers to have `get` (7)";
        let beside = "6:5 the meaning of `put` beside the `$ref` of a path item is not defined (5)";
        let method = |method: &str| format!("{method}: {{responses: {{'200': {{description: d}}}}}}");
        for head in [V3_0, V3_1] {
            assert_eq!(of(head, &with(&method("get"))), [both]);
            assert_eq!(of(head, &with("summary: s")), [""; 0]);
        }
        assert_eq!(of(V3_0, &with(&method("put"))), [""; 0]);
        assert_eq!(of(V3_1, &with(&method("put"))), [beside]);
    }
}
