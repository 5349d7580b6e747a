//! Checks that every `$ref` leads to an object of the right kind, and that no schema consists of itself.

use std::cell::LazyCell;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::diagnostics::nearest::nearest;
use crate::diagnostics::{Code, Diagnostic, Place, distinct};
use crate::document::fields::Fields as _;
use crate::document::{Document, Pointer};
use crate::openapi::references::resolve;
use crate::openapi::shapes::Shape;
use crate::openapi::walk::{Inventory, Reference};

/// Returns the findings about the document's references.
#[must_use]
pub fn check(document: &Document, inventory: &Inventory<'_>) -> Vec<Diagnostic> {
    // Few documents refer to parts of components, and only those need an index of all places.
    let places = LazyCell::new(|| Places::of(inventory));
    let references = inventory.references.iter();
    let unresolved = references.filter_map(|reference| unresolved(document, reference, || &places));
    let unresolved = unresolved.map(|finding| explained(document, finding)).collect();
    let mut findings = once_each(distinct(&document.source, unresolved));
    findings.extend(cycles(document));
    findings
}

/// Returns the finding about a reference with the reason why it was not followed to a file, if there is one.
#[must_use]
pub fn explained(document: &Document, mut finding: Diagnostic) -> Diagnostic {
    let Some(at) = finding.place.pointer() else { return finding };
    let Some(why) = document.source.unfollowed(at) else { return finding };
    let target = at.lookup(&document.root).and_then(Value::as_str).unwrap_or_default();
    finding.message = format!("`$ref: {target}` cannot be followed: {}", why.message).into();
    if finding.related.is_empty() {
        finding.help = why.help.as_str().into();
    }
    if finding.code == Code::ExternalReference && why.is_in_file {
        finding.code = Code::UnresolvedReference;
    }
    finding
}

/// Merges the findings about references with the same target, since they have one cause.
fn once_each(findings: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut firsts: Vec<(Diagnostic, usize)> = Vec::new();
    let mut known: BTreeMap<Box<str>, usize> = BTreeMap::new();
    for finding in findings {
        match known.get(&finding.message).and_then(|index| firsts.get_mut(*index)) {
            Some((_, more)) => *more += 1,
            None => {
                known.insert(finding.message.clone(), firsts.len());
                firsts.push((finding, 0));
            }
        }
    }
    firsts.into_iter().map(|(finding, more)| with_count(finding, more)).collect()
}

fn with_count(mut finding: Diagnostic, more: usize) -> Diagnostic {
    if more > 0 {
        let places = if more == 1 { "one more place".to_owned() } else { format!("{more} more places") };
        finding.message = format!("{}; the same reference is in {places}", finding.message).into();
    }
    finding
}

/// The places of all objects of a shape, and of all references to one.
struct Places<'i>(BTreeMap<&'i str, &'static Shape>);

impl<'i> Places<'i> {
    fn of(inventory: &'i Inventory<'_>) -> Self {
        let objects = inventory.objects.iter().map(|met| (met.at.as_str(), met.shape));
        let references = inventory.references.iter().map(|reference| (reference.at.as_str(), reference.shape));
        Self(objects.chain(references).collect())
    }

    /// Returns whether an object of this shape, or a reference to one, is at this place.
    fn has(&self, at: &Pointer, shape: &'static Shape) -> bool {
        self.0.get(at.as_str()).is_some_and(|found| std::ptr::eq(*found, shape))
    }
}

/// Reports a reference without a target of the right kind.
fn unresolved<'p>(
    document: &Document,
    reference: &Reference<'_>,
    places: impl Fn() -> &'p Places<'p>,
) -> Option<Diagnostic> {
    let place = Place::Value(reference.at.key("$ref"));
    let target = reference.target;
    let section = reference.shape.section.unwrap_or_default();
    let unresolved = |code, message, help| {
        let finding = |help| Diagnostic::error(code, place.clone(), message, help);
        Some(match near_component(document, section, target) {
            Some(near) => finding(format!("did you mean `#{}`?", near.as_str()))
                .with_related(Place::Key(near), "a component with a similar name"),
            None => finding(help),
        })
    };
    let Some(pointer) = Pointer::from_reference(target) else {
        if let Some(anchor) = target.strip_prefix('#').filter(|anchor| !anchor.contains('/')) {
            return Some(Diagnostic::error(
                Code::UnresolvedReference,
                place,
                format!("`$ref: {target}` is not a JSON pointer, and anchors are not followed"),
                format!("write the pointer to what has the anchor `{anchor}`, such as `#/components/{section}/NAME`"),
            ));
        }
        return unresolved(
            Code::ExternalReference,
            format!("`$ref: {target}` leads out of this document"),
            format!("copy what it names into `components/{section}` and write `#/components/{section}/NAME`"),
        );
    };
    let segments: Vec<_> = pointer.segments().collect();
    let is_component = segments.first().is_some_and(|first| first == "components") && segments.len() == 3;
    let is_elsewhere = is_component && segments[1] != section;
    // A part without a name can be referred to as well. `resolve` gives it a name.
    let is_part = !is_component && pointer.lookup(&document.root).is_some_and(Value::is_object);
    if is_part && places().has(&pointer, reference.shape) {
        let leads_to_itself = resolve(&document.root, &json!({"$ref": target})).is_none();
        return leads_to_itself.then(|| made_of_itself(place, target));
    }
    if !is_component || is_elsewhere {
        return unresolved(
            Code::MisplacedReference,
            format!("expected a reference to a {} object; `$ref: {target}` does not lead to one", reference.shape.name),
            format!("move what it names to `components/{section}` and write `#/components/{section}/NAME`"),
        );
    }
    if pointer.lookup(&document.root).is_some() {
        return None;
    }
    unresolved(
        Code::UnresolvedReference,
        format!("`$ref: {target}` leads to nothing"),
        format!("define `{}` under `components/{section}`", segments[2]),
    )
}

fn made_of_itself(place: Place, name: &str) -> Diagnostic {
    Diagnostic::error(
        Code::CircularDefinition,
        place,
        format!("`{name}` is made of itself"),
        "break the circle: a reference may come back only through a property or an item",
    )
}

/// Returns the place of the component that a reference probably means: one whose name is at the end of the reference,
/// or is similar to that.
fn near_component(document: &Document, section: &str, target: &str) -> Option<Pointer> {
    let names = document.root["components"][section].as_object()?;
    let is_file = !target.contains('#') && (target.contains("://") || target.contains('.'));
    let last = target.rsplit('/').find(|segment| !segment.is_empty()).filter(|_| !is_file)?;
    let last = Pointer::from_reference(&format!("#/{last}"))?.last()?;
    let (known, _) = names.get_key_value(&last).or_else(|| {
        let near = nearest(&last, names.keys().map(String::as_str))?;
        names.get_key_value(near)
    })?;
    Some(Pointer::root().keys(["components", section, known]))
}

/// Reports references and compositions that lead back to themselves without a property or an item in between. No value
/// can be validated against them, and following them never ends.
fn cycles(document: &Document) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for section in ["schemas", "responses", "parameters", "examples", "requestBodies", "headers"] {
        let Some(components) = document.root["components"][section].as_object() else { continue };
        let at = Pointer::root().keys(["components", section]);
        let edges: BTreeMap<String, BTreeSet<String>> = components
            .iter()
            .map(|(name, value)| {
                let mut targets = BTreeSet::new();
                direct_targets(value, section, &mut targets);
                (name.clone(), targets)
            })
            .collect();
        let edges = without_ends(edges);
        findings.extend(
            components
                .keys()
                .filter(|name| leads_to_itself(&edges, name))
                .map(|name| made_of_itself(Place::Key(at.key(name)), name)),
        );
    }
    findings
}

/// Returns the components that a value is made of: by a `$ref` in its place, or by composition.
fn direct_targets(value: &Value, section: &str, targets: &mut BTreeSet<String>) {
    if let Some(pointer) = value["$ref"].as_str().and_then(Pointer::from_reference) {
        let segments: Vec<_> = pointer.segments().collect();
        if let [_, of, name] = &segments[..]
            && of == section
        {
            targets.insert(name.clone());
        }
        return;
    }
    for composition in ["allOf", "oneOf", "anyOf"] {
        for part in value[composition].as_array().into_iter().flatten() {
            direct_targets(part, section, targets);
        }
    }
    if value.field("not").is_some() {
        direct_targets(&value["not"], section, targets);
    }
}

/// Removes the components that refer to no other, until only circles, and components that lead to circles, remain.
fn without_ends(mut edges: BTreeMap<String, BTreeSet<String>>) -> BTreeMap<String, BTreeSet<String>> {
    let mut users: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, targets) in &edges {
        for target in targets {
            users.entry(target.clone()).or_default().push(name.clone());
        }
    }
    let is_end = |name: &&String| edges.get(*name).is_none_or(BTreeSet::is_empty);
    let mut ends: Vec<String> = edges.keys().chain(users.keys()).filter(is_end).cloned().collect();
    while let Some(end) = ends.pop() {
        edges.remove(&end);
        for user in users.remove(&end).into_iter().flatten() {
            if let Some(targets) = edges.get_mut(&user)
                && targets.remove(&end)
                && targets.is_empty()
            {
                ends.push(user);
            }
        }
    }
    edges
}

/// Returns whether a component is a part of a circle.
fn leads_to_itself(edges: &BTreeMap<String, BTreeSet<String>>, name: &str) -> bool {
    let mut seen = BTreeSet::new();
    let mut open: Vec<&String> = edges.get(name).into_iter().flatten().collect();
    while let Some(next) = open.pop() {
        if next == name {
            return true;
        }
        if seen.insert(next) {
            open.extend(edges.get(next).into_iter().flatten());
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Source;

    #[test]
    fn a_part_that_refers_to_itself_is_made_of_itself() {
        let itself = "{$ref: '#/components/schemas/A/properties/b'}";
        let text = format!("openapi: 3.0.3\ncomponents: {{schemas: {{A: {{properties: {{b: {itself}}}}}}}}}\n");
        let document = crate::source::parse(Source::new("api.yaml", text)).unwrap();
        let found = check(&document, &crate::openapi::walk::walk(&document));
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].code, Code::CircularDefinition);
    }

    #[test]
    fn a_reference_to_a_neighbour_of_a_component_names_the_component() {
        let sections = [
            ("schemas", "requestBody: {content: {a/b: {schema: REFERENCE}}}", "{}"),
            ("responses", "responses: {'200': REFERENCE}", "{description: d}"),
            ("parameters", "parameters: [REFERENCE]", "{name: a, in: query}"),
            ("examples", "parameters: [{name: a, in: query, examples: {e: REFERENCE}}]", "{value: 1}"),
            ("requestBodies", "requestBody: REFERENCE", "{content: {}}"),
            ("headers", "responses: {'200': {description: d, headers: {a: REFERENCE}}}", "{}"),
            ("links", "responses: {'200': {description: d, links: {a: REFERENCE}}}", "{}"),
            ("callbacks", "callbacks: {a: REFERENCE}", "{}"),
        ];
        for (section, operation, component) in sections {
            let singular = section.trim_end_matches('s');
            for (target, code) in [
                (format!("#/components/{section}/Thin"), Code::UnresolvedReference),
                (format!("#/components/{section}/thing"), Code::UnresolvedReference),
                (format!("#/components/{singular}/Thing"), Code::MisplacedReference),
                (format!("#/component/{section}/Thing"), Code::MisplacedReference),
                ("#/definitions/Thing".to_owned(), Code::MisplacedReference),
                ("#/components/securitySchemes/Thing".to_owned(), Code::MisplacedReference),
                (format!("#components/{section}/Thing"), Code::ExternalReference),
                (format!("components/{section}/Thing"), Code::ExternalReference),
            ] {
                let operation = operation.replace("REFERENCE", &format!("{{$ref: '{target}'}}"));
                let text = format!(
                    "paths: {{/a: {{get: {{{operation}}}}}}}\ncomponents: {{{section}: {{Thing: {component}}}, other: {{}}}}\n"
                );
                let document = crate::source::parse(Source::new("api.yaml", text)).unwrap();
                let found = check(&document, &crate::openapi::walk::walk(&document));
                let found: Vec<_> = found.iter().map(|finding| (finding.code, &*finding.help)).collect();
                assert_eq!(found, [(code, &*format!("did you mean `#/components/{section}/Thing`?"))], "{target}");
            }
        }
    }

    #[test]
    fn a_file_is_not_taken_for_a_component() {
        let text = "paths: {/a: {get: {responses: {'200': {$ref: 'responses/Thing.yaml'}}}}}\ncomponents: {responses: {Thing: {}}}\n";
        let document = crate::source::parse(Source::new("api.yaml", text)).unwrap();
        let found = check(&document, &crate::openapi::walk::walk(&document));
        assert!(found[0].help.starts_with("copy what it names"), "{found:?}");
    }

    #[test]
    fn a_target_that_does_not_exist_is_reported_once_with_the_number_of_its_references() {
        let schemas =
            "A: {$ref: '#/components/schemas/X'}, B: {items: {$ref: '#/components/schemas/X'}}, C: {$ref: '#y'}";
        let text = format!("openapi: 3.0.3\ncomponents: {{schemas: {{{schemas}}}}}\n");
        let document = crate::source::parse(Source::new("api.yaml", text)).unwrap();
        let found = check(&document, &crate::openapi::walk::walk(&document));
        let messages: Vec<_> = found.iter().map(|finding| &*finding.message).collect();
        assert_eq!(
            messages,
            [
                "`$ref: #/components/schemas/X` leads to nothing; the same reference is in one more place",
                "`$ref: #y` is not a JSON pointer, and anchors are not followed",
            ]
        );
    }

    #[test]
    fn only_the_components_in_a_circle_are_reported() {
        let reference = |name: &str| format!("{{$ref: '#/components/schemas/{name}'}}");
        let text = format!(
            "components: {{schemas: {{In: {a}, A: {{allOf: [{b}, {out}]}}, B: {a}, Out: {end}, End: {{}}, Self: {own}}}}}",
            a = reference("A"),
            b = reference("B"),
            out = reference("Out"),
            end = reference("End"),
            own = reference("Self"),
        );
        let document = crate::source::parse(Source::new("api.yaml", text)).unwrap();
        let found: Vec<_> = cycles(&document).into_iter().map(|finding| finding.message.into_string()).collect();
        assert_eq!(found, ["`A` is made of itself", "`B` is made of itself", "`Self` is made of itself"]);
    }
}
