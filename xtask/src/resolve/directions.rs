//! The direction in which values travel: `readOnly` and `writeOnly` properties, and the types that requests send and
//! answers and payloads hold.

use std::collections::BTreeSet;

use super::decisions::{Decisions, Rule};
use super::draft::{Content, Draft};
use super::schema::{Components, Schema};
use crate::model::Access;
use crate::openapi::media_type::Format;

/// The most schemas that are followed into each other. More are a circle.
const DEEPEST: usize = 32;

/// The names of the components that travel, alone or as a part of another type.
pub struct Directions {
    /// Those that a request sends.
    pub sent: BTreeSet<String>,
    /// Those that an answer or a payload holds.
    pub received: BTreeSet<String>,
}

impl Directions {
    /// Returns the directions of the components of a draft. A form that is not spread yet is no type: only the parts of
    /// its fields are sent as types.
    #[must_use]
    pub fn of(draft: &Draft) -> Self {
        let (mut sent, mut received): (Vec<&Schema>, Vec<&Schema>) = (Vec::new(), Vec::new());
        for operation in &draft.operations {
            sent.extend(operation.parameters.iter().map(|parameter| &parameter.schema));
            match &operation.body {
                Some(body) if matches!(body.format, Format::Form | Format::Multipart) => {
                    fields(&draft.components, &body.schema, DEEPEST, &mut sent);
                }
                body => sent.extend(body.iter().map(|body| &body.schema)),
            }
            received.extend(operation.responses.iter().filter_map(|response| match &response.content {
                Content::Json { schema, .. } => Some(&**schema),
                _ => None,
            }));
        }
        received.extend(draft.payloads.iter().map(|payload| &payload.schema));
        Self { sent: reached(&draft.components, sent), received: reached(&draft.components, received) }
    }

    /// Returns how a property is used, if that matters to the type of this name: read-only properties to a type that is
    /// sent, and write-only ones to a type that is received.
    #[must_use]
    pub fn access(&self, component: &str, property: &Schema) -> Access {
        match property.place.access {
            Access::ReadOnly if self.sent.contains(component) => Access::ReadOnly,
            Access::WriteOnly { required } if self.received.contains(component) => {
                Access::WriteOnly { required: required && self.sent.contains(component) }
            }
            _ => Access::Both,
        }
    }
}

/// Adds the schemas of the fields of a form.
fn fields<'d>(components: &'d Components, schema: &'d Schema, depth: usize, out: &mut Vec<&'d Schema>) {
    if depth == 0 {
        return;
    }
    out.extend(schema.properties.iter().flat_map(|properties| properties.values()).chain(schema.extra()));
    let target = schema.reference.as_ref().and_then(|name| components.get(name));
    let lists = [&schema.all_of, &schema.one_of, &schema.any_of].into_iter().flatten().flatten();
    target.into_iter().chain(lists).for_each(|part| fields(components, part, depth - 1, out));
}

/// Returns the names of the components that are reached from schemas.
pub fn reached<'d>(components: &'d Components, mut open: Vec<&'d Schema>) -> BTreeSet<String> {
    let mut reached = BTreeSet::new();
    while let Some(schema) = open.pop() {
        match &schema.reference {
            Some(name) => {
                if reached.insert(name.clone()) {
                    open.extend(components.get(name));
                }
            }
            None => open.extend(schema.children()),
        }
    }
    reached
}

/// Gives each property the direction of the schema that it refers to or is composed of, if it has none of its own.
pub fn mark(draft: &mut Draft) {
    let mut has_direction = false;
    draft.schemas_mut(&mut |_, schema| has_direction |= schema.place.access != Access::Both);
    if !has_direction {
        return;
    }
    let components = draft.components.clone();
    draft.schemas_mut(&mut |_, schema| {
        for property in schema.properties.iter_mut().flat_map(|properties| properties.values_mut()) {
            property.place.access = access(&components, property, DEEPEST);
        }
    });
}

fn access(components: &Components, schema: &Schema, depth: usize) -> Access {
    if depth == 0 || schema.place.access != Access::Both {
        return schema.place.access;
    }
    let target = schema.reference.as_ref().and_then(|name| components.get(name));
    let mut parts = target.into_iter().chain(schema.all_of.iter().flatten());
    parts
        .find_map(|part| Some(access(components, part, depth - 1)).filter(|found| *found != Access::Both))
        .unwrap_or_default()
}

/// Makes the required properties optional that values of one direction lack: the read-only ones of a type that is sent,
/// and the write-only ones of a type that is received.
pub fn loosen(draft: &mut Draft, decisions: &mut Decisions) {
    release_tags(draft);
    let directions = Directions::of(draft);
    for (name, component) in &mut draft.components {
        loosen_object(&directions, name, component, decisions);
    }
}

fn loosen_object(directions: &Directions, name: &str, object: &mut Schema, decisions: &mut Decisions) {
    let Schema { properties, required, .. } = object;
    for (property_name, property) in properties.iter_mut().flatten() {
        let is_required = required.iter().flatten().any(|other| other == property_name);
        if let Access::WriteOnly { required } = &mut property.place.access {
            *required = is_required;
        }
        let what = match directions.access(name, property) {
            Access::Both => continue,
            Access::ReadOnly => "it is read-only: a request is sent without it",
            Access::WriteOnly { .. } => "it is write-only: an answer comes without it",
        };
        decisions.add(Rule::SeparateDirections, &property.at, what);
        if let Some(names) = required {
            names.retain(|other| other != property_name);
        }
    }
}

/// Makes the tags of choices properties of both directions: without its tag, no value can be decoded.
fn release_tags(draft: &mut Draft) {
    let mut tags: Vec<(String, String)> = Vec::new();
    draft.schemas_mut(&mut |_, schema| {
        let alternatives = [&schema.one_of, &schema.any_of].into_iter().flatten().flatten();
        if let Some(discriminator) = &schema.discriminator {
            let names = alternatives.filter_map(|alternative| alternative.reference.clone());
            tags.extend(names.map(|name| (name, discriminator.property.clone())));
        }
    });
    for (component, tag) in tags {
        let property =
            draft.components.get_mut(&component).and_then(|object| object.properties.as_mut()?.get_mut(&tag));
        if let Some(property) = property {
            property.place.access = Access::Both;
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::resolve::read::Reader;
    use crate::resolve::schemas::compositions;

    /// Returns the draft of a document with these schemas, in which `A` is sent and `B` is received.
    fn draft(schemas: &Value) -> (Draft, Vec<String>) {
        let content = |name: &str| json!({"content": {"application/json": {"schema": {"$ref": format!("#/components/schemas/{name}")}}}});
        let mut answer = content("B");
        answer["description"] = "d".into();
        let root = json!({
            "paths": {"/a": {"post": {"requestBody": content("A"), "responses": {"200": answer}}}},
            "components": {"schemas": schemas},
        });
        let (reader, mut decisions) = (Reader::new(&root), Decisions::new(true));
        let components = reader.components(&mut decisions);
        let mut draft = Draft { components, operations: reader.operations(&mut decisions), ..Draft::default() };
        mark(&mut draft);
        compositions::merge(&mut draft, &mut Decisions::new(false));
        let mut decisions = Decisions::new(true);
        loosen(&mut draft, &mut decisions);
        (draft, decisions.list())
    }

    #[test]
    fn a_property_is_optional_where_values_of_one_direction_lack_it() {
        let object = json!({"type": "object", "required": ["r", "w", "o"], "properties": {
            "r": {"type": "string", "readOnly": true}, "w": {"type": "string", "writeOnly": true}, "o": {"type": "string"},
        }});
        let (draft, decided) = draft(&json!({"A": object, "B": object}));
        assert_eq!(draft.components["A"].required, Some(vec!["w".to_owned(), "o".to_owned()]));
        assert_eq!(draft.components["B"].required, Some(vec!["r".to_owned(), "o".to_owned()]));
        let directions = Directions::of(&draft);
        let access =
            |name: &str, property: &str| directions.access(name, draft.components[name].property(property).unwrap());
        assert_eq!((access("A", "r"), access("A", "w")), (Access::ReadOnly, Access::Both));
        assert_eq!((access("B", "r"), access("B", "w")), (Access::Both, Access::WriteOnly { required: false }));
        assert_eq!(decided.len(), 2, "{decided:?}");
    }

    #[test]
    fn the_direction_is_found_behind_references_and_in_compositions() {
        let reference = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
        let (draft, _) = draft(&json!({
            "Id": {"type": "integer", "readOnly": true},
            "Base": {"type": "object", "properties": {"id": reference("Id")}},
            "A": {"allOf": [reference("Base"), {"required": ["id", "n"], "properties": {"n": {"allOf": [reference("Id")]}}}]},
            "B": {"type": "object"},
        }));
        assert_eq!(draft.components["A"].required, Some(Vec::new()));
    }

    #[test]
    fn a_tag_is_always_sent() {
        let reference = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
        let alternative =
            json!({"type": "object", "required": ["k"], "properties": {"k": {"type": "string", "readOnly": true}}});
        let (draft, decided) = draft(&json!({
            "A": {"oneOf": [reference("C"), reference("D")], "discriminator": {"propertyName": "k"}},
            "B": {"type": "object"}, "C": alternative, "D": alternative,
        }));
        assert!(draft.components["C"].requires("k") && decided.is_empty(), "{decided:?}");
    }
}
