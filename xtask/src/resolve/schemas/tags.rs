//! Finds the tags of the alternatives of a choice: the values of the property that decides the alternative.
//!
//! The document names the property in a `discriminator`. The tags of an alternative are the texts that the mapping gives
//! it, the texts that its own property lists, or its name.

use std::collections::BTreeSet;

use super::recognition::texts;
use crate::resolve::decisions::{Decisions, Rule};
use crate::resolve::draft::Draft;
use crate::resolve::names::{numbered, type_name};
use crate::resolve::schema::{Components, Discriminator, Role, Schema, Tags};

/// Gives each alternative of a choice with a discriminator the tags and the name that the document has for it.
///
/// The components have the names of the document still.
pub fn assign(draft: &mut Draft) {
    draft.schemas_mut(&mut |_, schema| {
        let Some(Discriminator { mapping, .. }) = &schema.discriminator else { return };
        for alternative in [&mut schema.one_of, &mut schema.any_of].into_iter().flatten().flatten() {
            let target = target(alternative).map(str::to_owned);
            let mapped = mapping.iter().filter(|(_, component)| Some(component) == target.as_ref());
            let texts = mapped.map(|(tag, _)| tag.clone()).collect();
            let name = alternative.place.tags.name.take().or(target).or_else(|| alternative.title.clone());
            alternative.place.tags = Tags { texts, name };
        }
    });
}

/// Returns the component that an alternative refers to, also as the only part of a composition.
fn target(alternative: &Schema) -> Option<&str> {
    let only = match alternative.all_of.as_deref() {
        Some([only]) => only.reference.as_deref(),
        _ => None,
    };
    alternative.reference.as_deref().or(only)
}

/// Makes a choice of each base with a discriminator that other components extend, where a place refers to the base: one
/// of the components that extend it, or the base itself.
///
/// The base gets another name, and the choice has its name. It relies on the names of the document.
pub fn turn_bases_into_choices(draft: &mut Draft, decisions: &mut Decisions) {
    let is_base = |schema: &Schema| {
        let has_alternatives = schema.one_of.is_some() || schema.any_of.is_some();
        schema.discriminator.is_some() && !has_alternatives && schema.reference.is_none()
    };
    let bases = draft.components.iter().filter(|(_, schema)| is_base(schema)).map(|(name, _)| name.clone());
    let bases: Vec<_> = bases.map(|name| (extensions(&draft.components, &name), name)).collect();
    let used: Vec<_> = bases.into_iter().filter(|(found, name)| !found.is_empty() && is_used(draft, name)).collect();
    for (extensions, name) in used {
        split(draft, &name, &extensions, decisions);
    }
}

/// Returns the names of the components that extend a base, also through others, and of those that its mapping names.
fn extensions(components: &Components, base: &str) -> Vec<String> {
    let mut found = vec![base];
    loop {
        let known = found.len();
        for (name, schema) in components {
            let mut parts = schema.all_of.iter().flatten().filter_map(|part| part.reference.as_deref());
            if !found.contains(&name.as_str()) && parts.any(|part| found.contains(&part)) {
                found.push(name);
            }
        }
        if found.len() == known {
            break;
        }
    }
    let mapping = components.get(base).and_then(|schema| schema.discriminator.as_ref()).map(|of| &of.mapping);
    let is_mapped = |name: &str| mapping.into_iter().flatten().any(|(_, target)| target == name);
    let is_one = |name: &&String| *name != base && (found.contains(&name.as_str()) || is_mapped(name));
    components.keys().filter(is_one).cloned().collect()
}

/// Returns whether a place refers to the base otherwise than to extend it.
fn is_used(draft: &Draft, base: &str) -> bool {
    let mut holders: Vec<&Schema> = Vec::new();
    for operation in &draft.operations {
        holders.extend(operation.parameters.iter().map(|parameter| &parameter.schema));
        holders.extend(operation.body.iter().map(|body| &body.schema));
        holders.extend(operation.responses.iter().filter_map(|response| response.content.schema()));
    }
    holders.extend(draft.payloads.iter().map(|payload| &payload.schema));
    draft.components.values().any(|schema| is_used_in(schema, base, Role::Component))
        || holders.into_iter().any(|schema| is_used_in(schema, base, Role::Holder))
}

fn is_used_in(schema: &Schema, base: &str, role: Role) -> bool {
    let is_extension = is_extension(schema, role);
    let is_base = |part: &Schema| part.reference.as_deref() == Some(base);
    let is_part = |child: &Schema| schema.all_of.iter().flatten().any(|part| std::ptr::eq(part, child));
    is_base(schema)
        || schema
            .children()
            .filter(|child| !(is_extension && is_base(child) && is_part(child)))
            .any(|child| is_used_in(child, base, Role::Part))
}

/// Returns whether a composition makes another type of its parts: a component, or several parts with structure.
fn is_extension(schema: &Schema, role: Role) -> bool {
    let has_structure = |part: &Schema| part.reference.is_some() || part.structural_words() > 0;
    let parts = schema.all_of.iter().flatten().filter(|part| has_structure(part)).count();
    role == Role::Component || parts > 1 || schema.structural_words() > 1
}

/// Moves a base to a name of its own, and puts the choice in its place.
fn split(draft: &mut Draft, name: &str, extensions: &[String], decisions: &mut Decisions) {
    let base_name = numbered(&format!("{name}Base"), "", |candidate| !draft.components.contains_key(candidate));
    draft.schemas_mut(&mut |role, schema| {
        if is_extension(schema, role) {
            let parts = schema.all_of.iter_mut().flatten();
            let bases = parts.filter(|part| part.reference.as_deref() == Some(name));
            bases.for_each(|part| part.reference = Some(base_name.clone()));
        }
    });
    let is_value = is_tag(&draft.components, name);
    let Some(schema) = draft.components.get_mut(name) else { return };
    let mut base = schema.clone();
    let (discriminator, examples) = (base.discriminator.take(), base.place.examples.take());
    (base.nullable, base.example) = (false, None);
    let of_base = is_value.then(|| {
        let mut alternative = Schema::reference(&base.at, &base_name);
        alternative.place.tags.name = Some(name.to_owned());
        alternative
    });
    let alternatives = extensions.iter().map(|extension| Schema::reference(&base.at, extension)).chain(of_base);
    let mut choice = Schema { one_of: Some(alternatives.collect()), ..Schema::any(&base.at) };
    (choice.nullable, choice.example, choice.title) = (schema.nullable, schema.example.clone(), schema.title.clone());
    choice.place = base.place.clone();
    choice.place.examples = examples;
    choice.discriminator = discriminator.map(|of| moved(of, name, &base_name));
    *schema = choice;
    let what = format_args!("it is one of `{}` or `{base_name}`, by its tag", extensions.join("`, `"));
    decisions.add(Rule::TurnBasesIntoChoices, &base.at, what);
    draft.components.insert(base_name, base);
}

/// Returns whether the name of a base is a value of its tag: the property does not list other values, and the mapping
/// does not give the name to another component.
fn is_tag(components: &Components, name: &str) -> bool {
    let Some((base, of)) = components.get(name).and_then(|base| Some((base, base.discriminator.as_ref()?))) else {
        return false;
    };
    let property = base.property(&of.property);
    let resolved = property
        .map(|property| property.reference.as_ref().and_then(|target| components.get(target)).unwrap_or(property));
    let listed = resolved.and_then(|property| texts(property.values.as_ref()?));
    let is_of_another = of.mapping.iter().any(|(tag, target)| tag == name && target != name);
    let is_mapped = of.mapping.iter().any(|(_, target)| target == name);
    is_mapped || (!is_of_another && listed.is_none_or(|listed| !matching(&listed, name).is_empty()))
}

fn moved(mut discriminator: Discriminator, name: &str, base_name: &str) -> Discriminator {
    for (_, target) in discriminator.mapping.iter_mut().filter(|(_, target)| target == name) {
        base_name.clone_into(target);
    }
    discriminator
}

/// An alternative of a choice, as far as its tags are known.
pub(super) struct Candidate {
    /// The tags that the document gives it.
    pub tags: Tags,
    /// The texts that its property lists, or that it knows as a choice by the same tag.
    pub listed: Option<BTreeSet<String>>,
}

/// Returns the tags of each alternative; none if one has no tag of its own.
pub(super) fn settle(candidates: &[Candidate]) -> Option<Vec<Vec<String>>> {
    let settled: Vec<_> = (0..candidates.len()).map(|index| texts_of(candidates, index)).collect();
    let mut seen = BTreeSet::new();
    let are_distinct = settled.iter().flatten().all(|text| seen.insert(text));
    (are_distinct && settled.iter().all(|texts| !texts.is_empty())).then_some(settled)
}

/// Returns the tags of one of the alternatives: those that are mapped to it and those that only it lists, or else its
/// name.
fn texts_of(candidates: &[Candidate], index: usize) -> Vec<String> {
    let others = || candidates.iter().enumerate().filter(|(other, _)| *other != index).map(|(_, other)| other);
    let is_mapped = |text: &String| others().any(|other| other.tags.texts.contains(text));
    let is_listed = |text: &String| others().any(|other| other.listed.as_ref().is_some_and(|all| all.contains(text)));
    let Some(Candidate { tags, listed }) = candidates.get(index) else { return Vec::new() };
    let mut found = tags.texts.clone();
    let own = listed.iter().flatten().filter(|text| !is_mapped(text) && !is_listed(text));
    for text in own {
        if !found.contains(text) {
            found.push(text.clone());
        }
    }
    if found.is_empty() {
        let named = match (&tags.name, listed) {
            (Some(name), Some(listed)) => matching(listed, name),
            (Some(name), None) => vec![name.clone()],
            (None, _) => Vec::new(),
        };
        found.extend(named.into_iter().filter(|text| !is_mapped(text)));
    }
    found
}

/// Returns the listed text that is the name of a component: the same, or else those of the same words.
fn matching(listed: &BTreeSet<String>, name: &str) -> Vec<String> {
    if listed.contains(name) {
        return vec![name.to_owned()];
    }
    listed.iter().filter(|text| type_name(text) == type_name(name)).cloned().collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::resolve::testing::{draft_of, reference_to, resolved};

    fn candidate(texts: &[&str], name: Option<&str>, listed: Option<&[&str]>) -> Candidate {
        let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let tags = Tags { texts: owned(texts), name: name.map(str::to_owned) };
        Candidate { tags, listed: listed.map(|listed| owned(listed).into_iter().collect()) }
    }

    #[test]
    fn a_tag_is_mapped_or_listed_or_a_name() {
        let both: Option<&[&str]> = Some(&["cat", "dog"]);
        for (candidates, expected) in [
            (
                vec![candidate(&["c", "k"], Some("Cat"), None), candidate(&[], Some("Dog"), None)],
                json!([["c", "k"], ["Dog"]]),
            ),
            (
                vec![candidate(&[], None, Some(&["c"])), candidate(&[], None, Some(&["d", "e"]))],
                json!([["c"], ["d", "e"]]),
            ),
            (vec![candidate(&["cat"], None, both), candidate(&["dog"], None, both)], json!([["cat"], ["dog"]])),
            // A text that both list belongs to neither; the names are those of listed texts.
            (vec![candidate(&[], Some("Cat"), both), candidate(&[], Some("Dog"), both)], json!([["cat"], ["dog"]])),
            (vec![candidate(&[], Some("Cat"), both), candidate(&[], Some("Cow"), both)], json!(null)),
            (vec![candidate(&[], Some("Cat"), None), candidate(&["Cat"], Some("Dog"), None)], json!(null)),
            (vec![candidate(&[], Some("Cat"), None), candidate(&[], None, None)], json!(null)),
        ] {
            assert_eq!(json!(settle(&candidates)), expected);
        }
    }

    #[test]
    fn the_mapping_names_components_in_both_forms() {
        let choice = json!({
            "oneOf": [reference_to("A"), {"allOf": [reference_to("B")]}, reference_to("C"), {"title": "D"}],
            "discriminator": {"propertyName": "p", "mapping": {"a": "#/components/schemas/A", "b": "B", "b2": "B"}},
        });
        let schemas = json!({"E": choice, "A": {}, "B": {}, "C": {}});
        let mut draft = draft_of(&schemas, &mut Decisions::new(false));
        assign(&mut draft);
        let alternatives = draft.components["E"].one_of.as_deref().unwrap_or_default();
        let tags: Vec<_> =
            alternatives.iter().map(|of| (of.place.tags.texts.join(" "), of.place.tags.name.clone())).collect();
        let expected = [("a", "A"), ("b b2", "B"), ("", "C"), ("", "D")];
        assert_eq!(tags, expected.map(|(texts, name)| (texts.to_owned(), Some(name.to_owned()))));
    }

    /// Returns the components, of which `A` extends `Base`, and the holder has this property.
    fn with_base(base: &Value, property: &Value) -> Value {
        let of_base = json!({"discriminator": {"propertyName": "p"}, "properties": {"p": base}});
        let schemas = json!({
            "Base": of_base, "A": {"allOf": [reference_to("Base"), {"properties": {"a": {}}}]},
            "Holder": {"properties": {"h": property}},
        });
        resolved(&schemas, turn_bases_into_choices).0
    }

    #[test]
    fn a_base_becomes_a_choice_where_a_place_refers_to_it() {
        let text = json!({"type": "string"});
        for property in [reference_to("Base"), json!({"allOf": [reference_to("Base"), {"description": "d"}]})] {
            let schemas = with_base(&text, &property);
            assert_eq!(schemas["Base"]["oneOf"], json!([reference_to("A"), reference_to("BaseBase")]), "{property}");
            assert_eq!(schemas["A"]["allOf"][0], reference_to("BaseBase"));
            assert_eq!(schemas["BaseBase"], json!({"properties": {"p": text}}));
            assert_eq!(schemas["Holder"]["properties"]["h"], property);
        }
    }

    #[test]
    fn a_base_that_is_only_extended_stays() {
        let extended = json!({"allOf": [reference_to("Base"), {"properties": {"b": {}}}]});
        for property in [reference_to("A"), extended] {
            let schemas = with_base(&json!({"type": "string"}), &property);
            assert_eq!(schemas["Base"].get("oneOf"), None, "{property}");
            assert_eq!(schemas.get("BaseBase"), None);
        }
    }

    #[test]
    fn a_base_whose_tag_lists_other_values_is_no_alternative() {
        let listed = |text: &str| json!({"type": "string", "enum": ["a", text]});
        let alternatives = |text: &str| with_base(&listed(text), &reference_to("Base"))["Base"]["oneOf"].clone();
        assert_eq!(alternatives("b"), json!([reference_to("A")]));
        assert_eq!(alternatives("base"), json!([reference_to("A"), reference_to("BaseBase")]));
    }
}
