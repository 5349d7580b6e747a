//! Settles `oneOf` and `anyOf`: a choice whose alternatives are recognized in their order, or one object that has the
//! properties of all of them.

mod tagged;

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

use super::recognition::Features;
use crate::model::UNKNOWN;
use crate::resolve::decisions::{Decisions, Rule};
use crate::resolve::draft::Draft;
use crate::resolve::names::{Names, type_name};
use crate::resolve::schema::{Additional, Components, Kind, Place, Properties, Schema};

/// Orders the alternatives of each component so that the first one that decodes a value is the right one.
///
/// Objects that cannot be told apart become one object with the properties of all. Both words become `oneOf`: typify
/// makes every combination of an `anyOf`.
pub fn settle(draft: &mut Draft, decisions: &mut Decisions) {
    let open = std::mem::take(&mut draft.components);
    let mut names = Names::of_types();
    open.keys().for_each(|name| drop(names.unique(name)));
    let order: Vec<String> = open.keys().cloned().collect();
    let mut settler = Settler { open, done: HashMap::new(), added: Components::new(), names, decisions };
    for name in &order {
        settler.component(name);
    }
    let (mut done, added) = (settler.done, settler.added);
    let settled = order.into_iter().filter_map(|name| done.remove(&name).map(|schema| (name, schema)));
    draft.components = settled.chain(added).collect();
}

struct Settler<'d> {
    open: Components,
    done: HashMap<String, Schema>,
    /// Objects that were merged.
    added: Components,
    names: Names,
    decisions: &'d mut Decisions,
}

impl Settler<'_> {
    /// Settles a component, after those that are its alternatives.
    fn component(&mut self, name: &str) {
        let Some(mut schema) = self.open.swap_remove(name) else { return };
        let alternatives = take_alternatives(&mut schema);
        if !alternatives.is_empty() {
            for alternative in alternatives.iter().filter_map(|alternative| alternative.reference.as_ref()) {
                self.component(alternative);
            }
            self.choice(name, &mut schema, alternatives);
        }
        self.done.insert(name.to_owned(), schema);
    }

    fn choice(&mut self, name: &str, schema: &mut Schema, mut alternatives: Vec<Schema>) {
        alternatives.retain(|alternative| !is_condition(alternative));
        if let Some((tag, alternatives)) = self.tagged(name, schema, &alternatives) {
            let what = format_args!("`{tag}` decides its alternative; an object with another value of it is kept");
            self.decisions.add(Rule::ChooseAlternativesByTag, &schema.at, what);
            become_choice(schema, alternatives);
            (schema.tag, schema.is_open) = (Some(tag), true);
            return;
        }
        let alternatives = distinct(alternatives);
        if alternatives.is_empty() {
            return self.report(schema, "the alternatives say nothing that a type can: they are not read");
        }
        let (objects, others): (Vec<_>, Vec<_>) =
            alternatives.into_iter().partition(|alternative| self.object(alternative).is_some());
        if schema.is_struct() {
            if !others.is_empty() {
                self.report(schema, "alternatives that are no objects, beside properties, are not read");
            }
            return self.merge_objects(schema, &objects);
        }
        let mut choices = match self.in_order(&objects) {
            Some(objects) => objects,
            None if others.is_empty() => return self.merge_objects(schema, &objects),
            None => vec![self.merged_object(name, schema, &objects)],
        };
        choices.extend(self.others_in_order(others));
        if !objects.is_empty() {
            // serde reads a list as the fields of an object in their order, and no object as a list.
            choices.sort_by_key(|choice| self.resolved(choice).kind != Some(Kind::List));
        }
        become_choice(schema, choices);
    }

    fn report(&mut self, schema: &Schema, what: &str) {
        self.decisions.add(Rule::SettleAlternatives, &schema.at, what);
    }

    /// Returns the component that an alternative refers to, or the alternative.
    fn resolved<'s>(&'s self, alternative: &'s Schema) -> &'s Schema {
        let find = |name: &String| self.done.get(name).or_else(|| self.open.get(name)).or_else(|| self.added.get(name));
        alternative.reference.as_ref().and_then(find).unwrap_or(alternative)
    }

    /// Returns the object with known properties that an alternative refers to.
    fn object(&self, alternative: &Schema) -> Option<&Schema> {
        let name = alternative.reference.as_ref()?;
        let schema = self.done.get(name).or_else(|| self.open.get(name))?;
        (schema.is_struct() && schema.one_of.is_none()).then_some(schema)
    }

    /// Returns the objects in an order in which no value is taken for an earlier one; none if there is no such order.
    fn in_order(&self, objects: &[Schema]) -> Option<Vec<Schema>> {
        let mut known: Vec<(&Schema, Features)> = objects
            .iter()
            .filter_map(|object| Some((object, Features::of(self.object(object)?, |schema| self.resolved(schema)))))
            .collect();
        // Stable, so that the order of the document stays where it does not matter.
        known.sort_by_key(|(_, features)| Reverse(features.required()));
        let are_distinct = known
            .iter()
            .enumerate()
            .all(|(index, (_, first))| known.iter().skip(index + 1).all(|(_, second)| first.exclude(second)));
        are_distinct.then(|| known.into_iter().map(|(object, _)| object.clone()).collect())
    }

    /// Makes a component that merges the objects, and returns a reference to it.
    fn merged_object(&mut self, name: &str, schema: &Schema, objects: &[Schema]) -> Schema {
        let mut merged = Schema::any(&schema.at);
        self.merge_objects(&mut merged, objects);
        let name = self.names.unique(&type_name(&format!("{name}_object")));
        self.added.insert(name.clone(), merged);
        Schema::reference(&schema.at, name)
    }

    /// Makes the schema one object with the properties of all objects. A property is required if all of them require
    /// it.
    fn merge_objects(&mut self, schema: &mut Schema, objects: &[Schema]) {
        let mut properties = schema.properties.take().unwrap_or_default();
        let mut required: Option<Vec<String>> = None;
        for object in objects.iter().filter_map(|object| self.object(object)) {
            add_properties(&mut properties, object.properties.iter().flatten());
            let names = object.required.as_deref().unwrap_or_default();
            match &mut required {
                None => required = Some(names.to_vec()),
                Some(known) => known.retain(|name| names.contains(name)),
            }
            if let Some(Additional::Schema(extra)) = &object.additional {
                schema.additional = Some(Additional::Schema(extra.clone()));
            }
        }
        schema.kind = Some(Kind::Object);
        schema.properties = Some(properties);
        let all = schema.required.get_or_insert_default();
        for name in required.unwrap_or_default() {
            if !all.contains(&name) {
                all.push(name);
            }
        }
        self.report(schema, "its alternatives cannot be told apart: one type has the properties of all of them");
    }

    /// Returns the alternatives that are no objects with known properties: the narrow ones before those that accept
    /// more, and each scalar once, since two may differ in their bounds.
    fn others_in_order(&self, mut others: Vec<Schema>) -> Vec<Schema> {
        let is = |other: &Schema, kind: Kind| self.resolved(other).kind == Some(kind);
        if others.iter().any(|other| is(other, Kind::Number)) {
            others.retain(|other| !is(other, Kind::Integer));
        }
        others.sort_by_key(|other| breadth(self.resolved(other)));
        let mut seen = HashSet::new();
        others.retain(|other| other.reference.is_some() || scalar_kind(other).is_none_or(|kind| seen.insert(kind)));
        others
    }
}

/// Takes the alternatives of both words.
fn take_alternatives(schema: &mut Schema) -> Vec<Schema> {
    [schema.one_of.take(), schema.any_of.take()].into_iter().flatten().flatten().collect()
}

/// Returns whether an alternative only has a condition, such as `required`, and no type.
fn is_condition(alternative: &Schema) -> bool {
    let any = Schema::default();
    if alternative.reference.is_some() || *alternative == any {
        return false;
    }
    let Place { deprecated, decode, examples, .. } = alternative.place.clone();
    let place = Place { deprecated, decode, examples, ..Place::default() };
    let rest = Schema { place, title: None, required: None, ..alternative.clone() };
    rest == any && rest.content_media_type.is_none()
}

/// Returns each alternative once.
fn distinct(alternatives: Vec<Schema>) -> Vec<Schema> {
    let mut kept: Vec<Schema> = Vec::with_capacity(alternatives.len());
    for alternative in alternatives {
        let is_same = |other: &Schema| match (&alternative.reference, &other.reference) {
            (None, None) => alternative == *other,
            (a, b) => a == b,
        };
        if !kept.iter().any(is_same) {
            kept.push(alternative);
        }
    }
    kept
}

/// Makes the schema a choice, or its only alternative.
fn become_choice(schema: &mut Schema, mut choices: Vec<Schema>) {
    if choices.len() == 1
        && let Some(only) = choices.pop()
    {
        let only = only.at_place_of(schema);
        *schema = Schema { nullable: schema.nullable || only.nullable, ..only };
        return;
    }
    schema.kind = None;
    schema.format = None;
    schema.items = None;
    schema.properties = None;
    schema.required = None;
    schema.additional = None;
    schema.values = None;
    schema.one_of = Some(choices);
}

fn add_properties<'s>(known: &mut Properties, new: impl Iterator<Item = (&'s String, &'s Schema)>) {
    for (name, property) in new {
        match known.get_mut(name) {
            None => drop(known.insert(name.clone(), property.clone())),
            Some(known) => widen(known, property),
        }
    }
}

/// Widens a property so that it accepts the values of another schema as well.
fn widen(known: &mut Schema, other: &Schema) {
    if is_same_type(known, other) {
        return;
    }
    let wide = Schema { place: known.place.clone(), ..Schema::any(&known.at) };
    let before = std::mem::replace(known, wide);
    let mut alternatives = match before.one_of {
        Some(alternatives) => alternatives,
        None => vec![before],
    };
    if !alternatives.iter().any(|alternative| is_same_type(alternative, other)) {
        alternatives.push(other.clone());
    }
    known.one_of = Some(alternatives);
}

fn is_same_type(a: &Schema, b: &Schema) -> bool {
    if a.reference.is_some() || b.reference.is_some() {
        return a.reference == b.reference;
    }
    match (scalar_kind(a), scalar_kind(b)) {
        (Some(a), Some(b)) => a == b,
        _ => a == b,
    }
}

/// Returns the type of a scalar whose values are not listed.
fn scalar_kind(schema: &Schema) -> Option<Kind> {
    let is_plain = schema.values.is_none() && schema.rust_type.is_none();
    schema.kind.filter(|kind| kind.is_scalar() && is_plain)
}

/// Returns how much an alternative accepts. The narrow ones are tried first; those that exclude each other stay in the
/// order of the document.
fn breadth(schema: &Schema) -> u8 {
    match schema.kind {
        _ if schema.values.is_some() => 0,
        _ if schema.rust_type.is_some() => 1,
        Some(kind) if kind != Kind::Object => 2,
        // Any object decodes as one of an unknown alternative.
        _ if schema.tag.is_some() => 4,
        _ if schema.one_of.is_some() => 3,
        Some(_) => 4,
        None => 5,
    }
}

/// Names the variants of each choice after what they hold. typify would number them.
pub fn name_variants(draft: &mut Draft) {
    for (name, schema) in &mut draft.components {
        let Some(alternatives) = &schema.one_of else { continue };
        let mut names = Names::default();
        if schema.tag.is_some() {
            // The name stays, whichever alternatives are added later.
            names.take(UNKNOWN);
        }
        let made = alternatives.iter().map(|alternative| {
            let of_tag = schema.tag.as_ref().and_then(|_| name_of_tag(alternative, alternatives));
            names.unique(&of_tag.unwrap_or_else(|| variant_name(name, alternative)))
        });
        schema.variants = made.collect();
    }
}

/// Returns the name of an alternative after its tag, if other alternatives have the same type.
fn name_of_tag(alternative: &Schema, all: &[Schema]) -> Option<String> {
    let of_type = all.iter().filter(|other| other.reference == alternative.reference).count();
    alternative.place.tags.texts.first().filter(|_| of_type > 1).map(|text| type_name(text))
}

/// Returns the name of an alternative of the choice `choice`.
fn variant_name(choice: &str, alternative: &Schema) -> String {
    if let Some(title) = &alternative.title {
        return type_name(title);
    }
    if let Some(name) = &alternative.reference {
        let rest = name.strip_prefix(choice).filter(|rest| rest.starts_with(char::is_uppercase));
        return rest.unwrap_or(name).to_owned();
    }
    if let Some(rust_type) = &alternative.rust_type {
        return rust_type.name().to_owned();
    }
    let name = match alternative.kind {
        Some(Kind::Text) => "Text",
        Some(Kind::Integer | Kind::Unsigned) => "Integer",
        Some(Kind::Boolean) => "Flag",
        Some(Kind::List) => "List",
        Some(Kind::Object) => "Map",
        Some(Kind::Number) | None => "Other",
    };
    name.to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::tags;
    use super::*;
    use crate::resolve::testing::{reference_to, resolved};

    #[test]
    fn objects_that_can_be_told_apart_are_tried_in_a_safe_order() {
        let (schemas, _) = resolved(
            &json!({
                "Pet": {"anyOf": [reference_to("Animal"), reference_to("Cat"), {"type": "string"}, {"type": "integer"}]},
                "Animal": {"properties": {"name": {"type": "string"}}, "required": ["name"]},
                "Cat": {"properties": {"name": {"type": "string"}, "claws": {"type": "integer"}}, "required": ["name", "claws"]},
            }),
            settle,
        );
        let order = json!([reference_to("Cat"), reference_to("Animal"), {"type": "string"}, {"type": "integer"}]);
        assert_eq!(schemas["Pet"], json!({"oneOf": order}));
    }

    #[test]
    fn a_list_is_tried_before_objects_that_could_be_read_from_it() {
        let list = json!({"type": "array", "items": {"type": "integer"}});
        let (schemas, _) = resolved(
            &json!({
                "C": {"oneOf": [reference_to("A"), {"type": "string"}, reference_to("L"), list]},
                "A": {"properties": {"n": {"type": "integer"}}},
                "L": list,
            }),
            settle,
        );
        let order = json!([reference_to("L"), list, reference_to("A"), {"type": "string"}]);
        assert_eq!(schemas["C"], json!({"oneOf": order}));
    }

    #[test]
    fn listed_texts_tell_objects_apart() {
        let event = |text: &str| json!({"properties": {"type": {"type": "string", "enum": [text, format!("{text}2")]}}, "required": ["type"]});
        let (schemas, decided) = resolved(
            &json!({"E": {"oneOf": [reference_to("A"), reference_to("B")]}, "A": event("a"), "B": event("b")}),
            settle,
        );
        assert_eq!(schemas["E"], json!({"oneOf": [reference_to("A"), reference_to("B")]}));
        assert!(decided.is_empty());
    }

    /// Settles a choice by the tag `t` of `A` and `B`.
    fn tagged(a: &Value, b: &Value, beside: &Value) -> Value {
        let mut choice = json!({
            "oneOf": [reference_to("A"), reference_to("B")],
            "discriminator": {"propertyName": "t", "mapping": {"a": "A", "a2": "A"}},
        });
        choice.as_object_mut().unwrap().extend(beside.as_object().unwrap().clone());
        let schemas = json!({"E": choice, "A": a, "B": b});
        let pass = |draft: &mut Draft, decisions: &mut Decisions| {
            tags::assign(draft);
            settle(draft, decisions);
        };
        resolved(&schemas, pass).0
    }

    fn alternative(name: &str, texts: &[&str]) -> Value {
        let mut of = reference_to(name);
        of["tags"] = json!(texts);
        of
    }

    #[test]
    fn a_discriminator_distinguishes_objects_with_the_same_properties() {
        let object = json!({"type": "object", "properties": {"t": {"type": "string"}}});
        let schemas = tagged(&object, &object, &json!({}));
        let alternatives = json!([alternative("A", &["a", "a2"]), alternative("B", &["B"])]);
        assert_eq!(schemas["E"], json!({"oneOf": alternatives, "tag": "t", "open": true}));
    }

    #[test]
    fn each_tag_that_a_type_does_not_have_is_an_alternative() {
        let object = json!({"type": "object", "properties": {"x": {"type": "string"}}});
        let schemas = tagged(&object, &json!({"type": "object"}), &json!({}));
        let alternatives = json!([alternative("A", &["a"]), alternative("A", &["a2"]), alternative("B", &["B"])]);
        assert_eq!(schemas["E"]["oneOf"], alternatives);
    }

    #[test]
    fn each_alternative_has_the_properties_beside_them() {
        let of = |properties: Value| json!({"type": "object", "properties": properties});
        let (text, beside) = (json!({"type": "string"}), json!({"properties": {"t": {}}, "required": ["t"]}));
        let schemas = tagged(&of(json!({"x": text})), &of(json!({"t": text})), &beside);
        let alternatives = json!([alternative("Ea", &["a", "a2"]), alternative("B", &["B"])]);
        assert_eq!(schemas["E"], json!({"oneOf": alternatives, "tag": "t", "open": true}));
        let merged = json!({"type": "object", "properties": {"x": text, "t": {}}, "required": ["t"]});
        assert_eq!(schemas["Ea"], merged);
    }

    #[test]
    fn a_text_of_its_own_in_each_object_is_a_tag_without_a_discriminator() {
        let event = |text: &str, required: &str| json!({"properties": {"type": {"type": "string", "enum": [text]}}, "required": [required]});
        let (choice, decided) = choice_of_a_and_b(&event("a", "type"), &event("b", "type"));
        let alternatives = json!([alternative("A", &["a"]), alternative("B", &["b"])]);
        assert_eq!(choice, json!({"oneOf": alternatives, "tag": "type", "open": true}));
        assert_eq!(decided.len(), 1);
        let (choice, _) = choice_of_a_and_b(&event("a", "type"), &event("a", "type"));
        assert_eq!(choice.get("tag"), None, "both have one text");
        let (choice, _) = choice_of_a_and_b(&event("a", "type"), &event("b", "other"));
        assert_eq!(choice.get("tag"), None, "one does not require it");
    }

    #[test]
    fn a_discriminator_of_values_that_are_no_objects_is_not_read() {
        let schemas = tagged(&json!({"type": "string"}), &json!({"properties": {"t": {}}}), &json!({}));
        assert_eq!(schemas["E"].get("tag"), None);
    }

    fn choice_of_a_and_b(a: &Value, b: &Value) -> (Value, Vec<String>) {
        let schemas = json!({"E": {"oneOf": [reference_to("A"), reference_to("B")]}, "A": a, "B": b});
        let (schemas, decided) = resolved(&schemas, settle);
        (schemas["E"].clone(), decided)
    }

    #[test]
    fn required_properties_of_other_types_tell_objects_apart() {
        let (choice, decided) = choice_of_a_and_b(
            &json!({"properties": {"x": {"type": "string"}, "y": {"type": "integer"}}, "required": ["x"]}),
            &json!({"properties": {"x": {"type": "boolean"}}, "required": ["x"]}),
        );
        assert_eq!(choice["oneOf"].as_array().unwrap().len(), 2);
        assert!(decided.is_empty());
    }

    #[test]
    fn objects_that_cannot_be_told_apart_become_one_with_the_properties_of_all() {
        let (choice, decided) = choice_of_a_and_b(
            &json!({"properties": {"x": {"type": "string"}, "y": {"type": "integer"}}}),
            &json!({"properties": {"x": {"type": "boolean"}}}),
        );
        assert_eq!(
            choice,
            json!({
                "type": "object",
                "properties": {"x": {"oneOf": [{"type": "string"}, {"type": "boolean"}]}, "y": {"type": "integer"}},
                "required": [],
            })
        );
        assert_eq!(decided.len(), 1);
    }

    #[test]
    fn objects_that_cannot_be_told_apart_become_one_alternative_beside_others() {
        let object = json!({"properties": {"x": {"type": "string"}}});
        let (schemas, _) = resolved(
            &json!({"E": {"oneOf": [reference_to("A"), reference_to("B"), {"type": "string"}]}, "A": object, "B": object}),
            settle,
        );
        assert_eq!(schemas["E"], json!({"oneOf": [reference_to("EObject"), {"type": "string"}]}));
        assert_eq!(schemas.as_object().unwrap().keys().next_back().unwrap(), "EObject");
    }

    #[test]
    fn one_alternative_that_is_left_becomes_the_schema() {
        let (schemas, _) = resolved(
            &json!({"A": {"nullable": true, "description": "d", "oneOf": [{"type": "number"}, {"type": "integer"}]}}),
            settle,
        );
        assert_eq!(schemas["A"], json!({"type": "number", "nullable": true, "description": "d"}));
    }

    #[test]
    fn conditions_are_no_alternatives() {
        let (schemas, _) = resolved(
            &json!({"A": {"properties": {"b": {}}, "anyOf": [{"required": ["b"]}, {"required": ["c"]}]}}),
            settle,
        );
        assert_eq!(schemas["A"], json!({"properties": {"b": {}}}));
    }

    #[test]
    fn variants_are_named_after_what_they_hold() {
        let rust_type = json!({"x-rust-type": {"crate": "salla-runtime", "path": "salla_runtime::Number"}});
        let (schemas, _) = resolved(
            &json!({
                "Pet": {"oneOf": [reference_to("PetCat"), reference_to("Dog"), {"title": "a name", "type": "string"}, rust_type, {"type": "string"}, {}]},
                "PetCat": {},
                "Dog": {},
            }),
            |draft, _| name_variants(draft),
        );
        assert_eq!(schemas["Pet"]["variants"], json!(["Cat", "Dog", "AName", "Number", "Text", "Other"]));
    }
}
