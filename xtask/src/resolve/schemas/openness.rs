//! Decides which enumerations and tagged choices are open: one more value in an answer does not fail then.
//!
//! An enumeration is closed if a choice needs it to refuse texts: the texts of a property tell the objects apart, or
//! another enumeration comes after it. A tagged choice is closed if a choice without a tag has it before another
//! alternative that takes objects.

use std::collections::BTreeSet;

use super::recognition::texts;
use crate::resolve::decisions::{Decisions, Rule};
use crate::resolve::draft::Draft;
use crate::resolve::schema::{Components, Kind, Schema};

/// Opens the enumerations, except those that tell the alternatives of a choice apart.
///
/// It relies on the final alternatives. An open enumeration decodes any text, so in a choice it goes behind the types
/// that decode some texts only.
pub fn open(draft: &mut Draft, decisions: &mut Decisions) {
    order_alternatives(draft);
    let closed = closed(draft);
    for (name, schema) in draft.components.iter_mut().filter(|(_, schema)| is_enumeration(schema)) {
        schema.is_open = !closed.contains(name);
        if !schema.is_open {
            let what = "it accepts the listed texts only, since they tell the alternatives of a choice apart";
            decisions.add(Rule::CloseEnumerations, &schema.at, what);
        }
    }
    close_tagged_choices(draft, decisions);
}

/// Closes the tagged choices that would take the objects of the alternatives behind them.
fn close_tagged_choices(draft: &mut Draft, decisions: &mut Decisions) {
    let mut closed = BTreeSet::new();
    for schema in draft.components.values().filter(|schema| schema.tag.is_none()) {
        let alternatives = schema.one_of.as_deref().unwrap_or_default();
        let Some(last) = alternatives.iter().rposition(|of| takes_objects(draft.resolved(of))) else { continue };
        let before = alternatives.iter().take(last).filter(|of| draft.resolved(of).tag.is_some());
        closed.extend(before.filter_map(|of| of.reference.clone()));
    }
    for name in closed {
        if let Some(schema) = draft.components.get_mut(&name) {
            schema.is_open = false;
            let what = "it accepts the known tags only, since other alternatives of a choice take objects too";
            decisions.add(Rule::CloseEnumerations, &schema.at, what);
        }
    }
}

/// Returns whether a value of this schema may be an object.
fn takes_objects(schema: &Schema) -> bool {
    schema.rust_type.is_none() && (schema.one_of.is_some() || matches!(schema.kind, None | Some(Kind::Object)))
}

/// Returns whether the type of a component is an enumeration.
fn is_enumeration(schema: &Schema) -> bool {
    schema.kind == Some(Kind::Text) && schema.values.is_some() && schema.rust_type.is_none()
}

/// Moves the enumerations of each choice behind the Rust types that decode some texts.
fn order_alternatives(draft: &mut Draft) {
    let all = draft.components.iter().filter(|(_, schema)| is_enumeration(schema));
    let enumerations: BTreeSet<String> = all.map(|(name, _)| name.clone()).collect();
    draft.schemas_mut(&mut |_, schema| {
        let Some(alternatives) = &mut schema.one_of else { return };
        let Some(last) = alternatives.iter().rposition(decodes_some_texts) else { return };
        let rest = alternatives.split_off(last + 1);
        let is_one = |of: &Schema| of.reference.as_ref().is_some_and(|name| enumerations.contains(name));
        let (moved, before): (Vec<_>, Vec<_>) = std::mem::take(alternatives).into_iter().partition(is_one);
        *alternatives = before.into_iter().chain(moved).chain(rest).collect();
    });
}

/// Returns whether a Rust type decodes some texts and refuses others. An id takes all texts, and a number none.
fn decodes_some_texts(schema: &Schema) -> bool {
    schema.rust_type.as_ref().is_some_and(|of| !matches!(of.name(), "Id" | "Number"))
}

/// Returns the enumerations that have to refuse the texts that they do not list.
fn closed(draft: &Draft) -> BTreeSet<String> {
    let mut closed = BTreeSet::new();
    for schema in draft.components.values() {
        let alternatives: Vec<&str> = schema.one_of.iter().flatten().filter_map(|of| of.reference.as_deref()).collect();
        close_all_but_last(&draft.components, &alternatives, &mut closed);
        for (index, first) in alternatives.iter().enumerate() {
            for second in alternatives.iter().skip(index + 1) {
                close_tags(&draft.components, first, second, &mut closed);
            }
        }
    }
    closed
}

/// Closes the enumerations among alternatives that another one follows.
fn close_all_but_last(components: &Components, alternatives: &[&str], closed: &mut BTreeSet<String>) {
    let is_one = |name: &&&str| components.get(**name).is_some_and(is_enumeration);
    let mut enumerations: Vec<&&str> = alternatives.iter().filter(is_one).collect();
    enumerations.pop();
    closed.extend(enumerations.into_iter().map(|name| (*name).to_owned()));
}

/// Closes the enumerations of a property whose texts tell two objects apart.
fn close_tags(components: &Components, first: &str, second: &str, closed: &mut BTreeSet<String>) {
    let (Some(first), Some(second)) = (components.get(first), components.get(second)) else { return };
    for (name, of_first) in first.properties.iter().flatten() {
        let Some(of_second) = second.property(name) else { continue };
        let is_required = first.requires(name) || second.requires(name);
        let tags = [of_first, of_second].map(|of| tag(components, of));
        if let [Some((first, texts)), Some((second, others))] = tags
            && is_required
            && texts.is_disjoint(&others)
        {
            closed.extend([first, second].map(str::to_owned));
        }
    }
}

/// Returns the name of the enumeration of a property, and its texts.
fn tag<'c>(components: &'c Components, property: &'c Schema) -> Option<(&'c str, BTreeSet<String>)> {
    let name = property.reference.as_deref()?;
    let schema = components.get(name).filter(|schema| is_enumeration(schema))?;
    Some((name, texts(schema.values.as_ref()?)?))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::resolve::testing::{reference_to, resolved};

    /// Returns the names of the open enumerations.
    fn opened(schemas: &Value) -> Vec<String> {
        let (schemas, _) = resolved(schemas, open);
        let all = schemas.as_object().unwrap().iter();
        all.filter(|(_, schema)| schema["open"] == true).map(|(name, _)| name.clone()).collect()
    }

    fn listed(text: &str) -> Value {
        json!({"type": "string", "enum": [text, "all"]})
    }

    fn tagged(tag: &str, required: &[&str]) -> Value {
        json!({"type": "object", "properties": {"type": reference_to(tag)}, "required": required})
    }

    #[test]
    fn an_enumeration_is_open() {
        assert_eq!(opened(&json!({"A": listed("a"), "B": {"type": "string"}})), ["A"]);
    }

    #[test]
    fn an_enumeration_that_tells_objects_apart_is_closed() {
        let one = |text: &str| json!({"type": "string", "enum": [text]});
        let with = |first: Value, second: Value, required: &[&str]| {
            opened(&json!({
                "Choice": {"oneOf": [reference_to("A"), reference_to("B")]},
                "A": tagged("First", required), "B": tagged("Second", required), "First": first, "Second": second,
            }))
        };
        assert!(with(one("a"), one("b"), &["type"]).is_empty());
        assert_eq!(with(one("a"), one("b"), &[]), ["First", "Second"], "an optional property tells nothing");
        assert_eq!(with(listed("a"), listed("b"), &["type"]), ["First", "Second"], "they have a text in common");
    }

    #[test]
    fn a_tagged_choice_before_another_type_of_objects_is_closed() {
        let schemas = json!({
            "First": {"oneOf": [reference_to("A"), reference_to("B")], "discriminator": {"propertyName": "type"}},
            "Last": {"oneOf": [reference_to("A"), reference_to("B")], "discriminator": {"propertyName": "type"}},
            "Choice": {"oneOf": [reference_to("First"), {"type": "string"}, reference_to("Last")]},
            "A": {"type": "object", "properties": {"type": {"type": "string"}}}, "B": {"type": "object"},
        });
        let (schemas, _) = resolved(&schemas, |draft, decisions| {
            super::super::tags::assign(draft);
            super::super::alternatives::settle(draft, decisions);
            open(draft, decisions);
        });
        assert_eq!((&schemas["First"].get("open"), &schemas["Last"]["open"]), (&None, &json!(true)));
    }

    #[test]
    fn the_last_enumeration_of_a_choice_is_open() {
        let date = json!({"x-rust-type": {"crate": "salla-runtime", "path": "salla_runtime::DateTime"}});
        let schemas = json!({
            "Choice": {"oneOf": [reference_to("A"), reference_to("B"), date, {"type": "string"}]},
            "A": listed("a"), "B": listed("b"),
        });
        assert_eq!(opened(&schemas), ["B"]);
        let (schemas, decided) = resolved(&schemas, open);
        let order = json!([date, reference_to("A"), reference_to("B"), {"type": "string"}]);
        assert_eq!(schemas["Choice"]["oneOf"], order);
        assert_eq!(decided.len(), 1);
    }
}
