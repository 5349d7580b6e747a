//! Checks the names under `required`: each must be a described property, and be listed once.
//!
//! JSON Schema allows names of other properties. In practice, such a name remains after a property was renamed.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::diagnostics::nearest::nearest;
use crate::diagnostics::{Code, Diagnostic, Place};
use crate::document::fields::Fields as _;
use crate::document::{Document, Pointer};
use crate::openapi::scope::{CONDITIONS, DEPENDENT, LISTS, Scope};
use crate::openapi::shapes::SCHEMA;
use crate::openapi::walk::{Inventory, Met};

/// Returns the findings about the lists of required names.
#[must_use]
pub fn check(document: &Document, inventory: &Inventory<'_>) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    let mut surroundings = None;
    for met in inventory.objects.iter().filter(|met| met.is(&SCHEMA)) {
        let names = listed(met);
        findings.extend(duplicates(met, &names));
        if names.iter().any(|(_, name)| !is_own(met, name)) {
            let surroundings = surroundings.get_or_insert_with(|| Surroundings::of(&document.root, inventory));
            if !surroundings.is_excluded(&met.at) {
                undefined(&surroundings.scope(&met.at), met, &names, &mut findings);
            }
        }
    }
    findings
}

/// Returns the names that the schema lists, each with its index.
fn listed<'d>(met: &Met<'d>) -> Vec<(usize, &'d str)> {
    let names = met.fields.field("required").and_then(Value::as_array).into_iter().flatten().enumerate();
    names.filter_map(|(index, name)| Some((index, name.as_str()?))).collect()
}

fn is_own(met: &Met<'_>, name: &str) -> bool {
    met.fields.field("properties").is_some_and(|properties| properties.field(name).is_some())
}

/// Reports the names that are listed twice.
fn duplicates(met: &Met<'_>, names: &[(usize, &str)]) -> Vec<Diagnostic> {
    let at = met.at.key("required");
    let mut first = BTreeMap::new();
    let repeated = names.iter().filter_map(|(index, name)| {
        let first_index = *first.entry(*name).or_insert(*index);
        (first_index != *index).then_some((first_index, *index, *name))
    });
    repeated
        .map(|(first, index, name)| {
            Diagnostic::nonconforming(
                Code::DuplicateRequiredName,
                Place::Value(at.index(index)),
                format!("`required` lists `{name}` twice"),
                "remove one of the two, or write the name of another property",
            )
            .with_related(Place::Value(at.index(first)), "first listed here")
        })
        .collect()
}

/// Reports the names that no schema describes.
fn undefined(scope: &Scope<'_>, met: &Met<'_>, names: &[(usize, &str)], findings: &mut Vec<Diagnostic>) {
    // A schema without properties is free-form, or is a part for schemas of other documents. A schema that consists of
    // parts is neither.
    let parts = met.fields.field("allOf").and_then(Value::as_array);
    if !scope.has_names() && parts.is_none_or(|parts| parts.iter().all(|part| part.field("$ref").is_some())) {
        return;
    }
    let mut reported = BTreeSet::new();
    for (index, name) in names.iter().filter(|(_, name)| !scope.allows(name)) {
        if reported.insert(*name) {
            let place = Place::Value(met.at.key("required").index(*index));
            findings.push(finding(scope, place, name));
        }
    }
}

fn finding(scope: &Scope<'_>, place: Place, name: &str) -> Diagnostic {
    // A property that is required under its own name was not renamed.
    let others = scope.names().filter(|(other, _)| !scope.requires(other)).map(|(other, _)| other);
    let near = nearest(name, others).or_else(|| nearest(name, scope.names().map(|(other, _)| other)));
    let help = match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("describe `{name}` under `properties`, or remove it from `required`"),
    };
    let message = format!("`required` lists `{name}`, and no such property is described");
    let finding = Diagnostic::nonconforming(Code::UndefinedRequiredProperty, place, message, help);
    match scope.names().find(|(other, _)| Some(*other) == near) {
        Some((_, at)) => finding.with_related(Place::Key(at), "a property with a similar name"),
        None => finding,
    }
}

/// The schemas of a document, and which of them contain or include others.
struct Surroundings<'d> {
    root: &'d Value,
    /// The places of all schemas, and of all references to schemas.
    schemas: BTreeSet<&'d str>,
    /// The places of the references to each place.
    references: BTreeMap<Pointer, Vec<Pointer>>,
}

impl<'d> Surroundings<'d> {
    fn of(root: &'d Value, inventory: &'d Inventory<'_>) -> Self {
        let objects = inventory.objects.iter().filter(|met| met.is(&SCHEMA)).map(|met| met.at.as_str());
        let referring =
            inventory.references.iter().filter(|reference| std::ptr::eq(reference.shape, &raw const SCHEMA));
        let mut references: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for reference in referring.clone() {
            if let Some(target) = Pointer::from_reference(reference.target) {
                references.entry(target).or_default().push(reference.at.clone());
            }
        }
        let schemas = objects.chain(referring.map(|reference| reference.at.as_str())).collect();
        Self { root, schemas, references }
    }

    /// Returns all schemas that may describe a value together with the schema at this place.
    fn scope(&self, at: &Pointer) -> Scope<'d> {
        let mut scope = Scope::default();
        let mut seen = BTreeSet::new();
        let mut open = vec![at.clone()];
        while let Some(at) = open.pop() {
            if let Some(schema) = at.lookup(self.root).filter(|_| seen.insert(at.clone())) {
                open.extend(self.container(&at));
                open.extend(self.references.get(&at).into_iter().flatten().cloned());
                scope.add(self.root, schema, &at);
            }
        }
        scope
    }

    /// Returns whether the schema at this place is a part of a `not`. A value must not have the properties that it
    /// names, so they need no description.
    fn is_excluded(&self, at: &Pointer) -> bool {
        let is_not = at.last().is_some_and(|key| key == "not");
        self.container(at).is_some_and(|container| is_not || self.is_excluded(&container))
    }

    /// Returns the schema whose composition contains the schema at this place.
    fn container(&self, at: &Pointer) -> Option<Pointer> {
        let (parent, key) = (at.parent()?, at.last()?);
        let is_condition = CONDITIONS.contains(&key.as_str()) || key == "not";
        if is_condition && self.schemas.contains(parent.as_str()) {
            return Some(parent);
        }
        let (container, key) = (parent.parent()?, parent.last()?);
        let is_part = LISTS.contains(&key.as_str()) || key == DEPENDENT;
        (is_part && self.schemas.contains(container.as_str())).then_some(container)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Source;

    fn findings(schemas: &str) -> Vec<String> {
        let text = format!("openapi: 3.0.3\npaths: {{}}\ncomponents: {{schemas: {{{schemas}}}}}\n");
        let document = crate::source::parse(Source::new("api.yaml", text)).unwrap();
        let found = check(&document, &crate::openapi::walk::walk(&document));
        let place = |finding: &Diagnostic| finding.place.pointer().map(Pointer::to_string).unwrap_or_default();
        found.iter().map(|finding| format!("{} {}; {}", place(finding), finding.message, finding.help)).collect()
    }

    #[test]
    fn a_property_that_was_renamed_only_once_is_found() {
        assert_eq!(
            findings("A: {type: object, required: [id, nmae], properties: {id: {}, name: {}}}"),
            [
                "/components/schemas/A/required/1 `required` lists `nmae`, and no such property is described; did you mean `name`?"
            ]
        );
        assert_eq!(
            findings("A: {required: [price], properties: {id: {}}}"),
            [
                "/components/schemas/A/required/0 `required` lists `price`, and no such property is described; describe `price` under `properties`, or remove it from `required`"
            ]
        );
    }

    #[test]
    fn the_renamed_property_is_a_related_place() {
        let text = "openapi: 3.0.3\ncomponents: {schemas: {A: {required: [points, point], properties: {points: {}, pointz: {}}}}}\n";
        let document = crate::source::parse(Source::new("api.yaml", text)).unwrap();
        let found = check(&document, &crate::openapi::walk::walk(&document));
        let at = Pointer::root().keys(["components", "schemas", "A", "properties", "pointz"]);
        assert_eq!(found[0].related, [(Place::Key(at), "a property with a similar name".to_owned())]);
    }

    #[test]
    fn a_name_that_is_listed_twice_is_found_at_its_second_place() {
        assert_eq!(
            findings("A: {required: [id, name, id], properties: {id: {}, name: {}}}"),
            [
                "/components/schemas/A/required/2 `required` lists `id` twice; remove one of the two, or write the name of another property"
            ]
        );
    }

    #[test]
    fn a_part_of_a_composition_may_require_properties_of_other_parts() {
        let reference = |name: &str| format!("{{$ref: '#/components/schemas/{name}'}}");
        let cat = format!(
            "Pet: {{required: [id], properties: {{id: {{}}}}}}, Cat: {{allOf: [{}, {{required: [nmae], properties: {{name: {{}}}}}}]}}",
            reference("Pet")
        );
        assert_eq!(
            findings(&cat),
            [
                "/components/schemas/Cat/allOf/1/required/0 `required` lists `nmae`, and no such property is described; did you mean `name`?"
            ]
        );
    }

    #[test]
    fn properties_that_are_described_elsewhere_may_be_required() {
        let base = "{$ref: '#/components/schemas/Base'}";
        for schemas in [
            "A: {anyOf: [{required: [a]}, {required: [b]}], properties: {a: {}, b: {}}}".to_owned(),
            "A: {not: {required: [a]}, properties: {b: {}}}".to_owned(),
            "A: {not: {anyOf: [{required: [a]}, {required: [c]}]}, properties: {b: {}}}".to_owned(),
            "A: {allOf: [{properties: {a: {}}}, {oneOf: [{required: [a], properties: {b: {}}}]}]}".to_owned(),
            format!("Base: {{properties: {{a: {{}}}}}}, A: {{allOf: [{base}], required: [a]}}"),
            format!(
                "Base: {{required: [a], properties: {{b: {{}}}}}}, A: {{allOf: [{base}], properties: {{a: {{}}}}}}"
            ),
            format!(
                "Base: {{required: [a], properties: {{b: {{}}}}}}, Between: {base}, \
                 A: {{allOf: [{{$ref: '#/components/schemas/Between'}}, {{properties: {{a: {{}}}}}}]}}"
            ),
            "A: {required: [a], properties: {b: {}}, additionalProperties: true}".to_owned(),
            "A: {required: [a], properties: {b: {}}, additionalProperties: {type: string}}".to_owned(),
            "A: {required: [a], properties: {b: {}}, patternProperties: {'^a$': {}}}".to_owned(),
            "A: {required: [a], properties: {b: {}}, then: {properties: {a: {}}}}".to_owned(),
            "A: {required: [a], properties: {b: {}}, dependentSchemas: {b: {properties: {a: {}}}}}".to_owned(),
            "A: {required: [a], properties: {b: {}}, discriminator: {propertyName: a}}".to_owned(),
            "A: {type: object, required: [a]}".to_owned(),
            "A: {properties: {b: {type: object, required: [a]}}}".to_owned(),
        ] {
            assert_eq!(findings(&schemas), Vec::<String>::new(), "{schemas}");
        }
    }

    #[test]
    fn a_sibling_in_another_composition_does_not_describe_a_property() {
        let base = "{$ref: '#/components/schemas/Base'}";
        let schemas = format!(
            "Base: {{properties: {{a: {{}}}}}}, Other: {{allOf: [{base}, {{properties: {{b: {{}}}}}}]}}, A: {{allOf: [{base}], required: [b]}}"
        );
        assert_eq!(findings(&schemas).len(), 1);
    }
}
