//! Widens choices between alternatives.

use std::cmp::Reverse;

use serde_json::Value;

use super::super::address::{Address, Step};
use super::super::choice::{in_order, is_alike, merge_objects, set_alternatives, shared_properties};
use super::super::infer::infer;
use super::{Widening, described};
use crate::resolve::schema::Schema;
use crate::resolve::shape::Shape;

impl Widening<'_> {
    /// Replaces a schema by a choice between it and a schema of the value, or of any value.
    pub(super) fn choose(&mut self, address: &Address, value: &Value, takes_any: bool) {
        self.report(address, format_args!("it is of another type as well: shown as {}", described(value)));
        let Some(mut schema) = address.get(self.draft).cloned() else { return };
        let at = schema.at.clone();
        let other = if takes_any { Schema::any(&at) } else { infer(value, &at) };
        let (place, title) = (std::mem::take(&mut schema.place), schema.title.take());
        let alternatives = match schema.one_of.take_if(|_| schema.tag.is_none()) {
            Some(alternatives) => alternatives,
            None => vec![schema],
        };
        let one_of = Some(in_order(self.codec(), alternatives.into_iter().chain([other])));
        self.change(address, |schema| *schema = Schema { at, place, title, one_of, ..Schema::default() });
    }

    /// Widens the alternative to which the tag of an object belongs. An object with an unknown tag is kept as it is.
    pub(super) fn admit_tagged(&mut self, address: &Address, index: Option<usize>, value: &Value) {
        let Some(schema) = address.get(self.draft) else { return };
        let decoded = self.codec().tagged(schema, value).map(|(_, decoded)| decoded.into_owned());
        if let (Some(index), Some(decoded)) = (index, decoded) {
            self.admit(&address.step(Step::Alternative(index)), &decoded);
        }
    }

    pub(super) fn admit_in_choice(&mut self, address: &Address, value: &Value) {
        match self.closest_alternative(address, value) {
            Some(index) if !self.is_last => self.admit(&address.step(Step::Alternative(index)), value),
            _ => self.choose(address, value, self.is_last),
        }
        if !self.round_trips(address, value) {
            self.reorder(address, value);
        }
    }

    /// Returns the index of the alternative that decodes the value, or else of one of its kind that has most of its
    /// properties.
    fn closest_alternative(&self, address: &Address, value: &Value) -> Option<usize> {
        let alternatives = self.alternatives(address)?;
        let codec = self.codec();
        codec.chosen(alternatives, value).or_else(|| {
            let shapes = alternatives.iter().map(|alternative| codec.shape(alternative)).enumerate();
            let alike = shapes.filter(|(_, shape)| is_alike(*shape, value));
            let closest = alike.max_by_key(|(index, shape)| (shared_properties(*shape, value), Reverse(*index)));
            closest.map(|(index, _)| index)
        })
    }

    fn alternatives(&self, address: &Address) -> Option<&[Schema]> {
        match self.shape(address) {
            Shape::Choice(alternatives) => Some(alternatives),
            _ => None,
        }
    }

    /// Orders the alternatives so that the value round-trips, or merges them if there is no such order.
    fn reorder(&mut self, address: &Address, value: &Value) {
        let Some(alternatives) = self.alternatives(address) else { return };
        let ordered = in_order(self.codec(), alternatives.iter().cloned());
        if ordered != alternatives {
            self.change(address, |schema| schema.one_of = Some(ordered));
        }
        if !self.round_trips(address, value) {
            self.merge_alternatives(address, value);
        }
    }

    /// Merges objects that are no longer distinguished into one with the properties of all, which requires only what
    /// all of them require. Where this does not help, the schema becomes one of any value.
    fn merge_alternatives(&mut self, address: &Address, value: &Value) {
        let (Some(schema), Some(alternatives)) = (address.get(self.draft), self.alternatives(address)) else { return };
        let (at, codec) = (&schema.at, self.codec());
        let (objects, others): (Vec<&Schema>, Vec<&Schema>) =
            alternatives.iter().partition(|alternative| matches!(codec.shape(alternative), Shape::Struct(_)));
        if objects.len() < 2 || !value.is_object() {
            let any = Schema::any(at);
            let what = format!("it takes any value: no order of its alternatives keeps {}", described(value));
            self.report(address, what);
            self.change(address, |schema| set_alternatives(schema, vec![any]));
            return;
        }
        let objects: Vec<&Schema> = objects.into_iter().map(|object| codec.resolved(object)).collect();
        let merged = merge_objects(at, &objects);
        let alternatives = in_order(codec, others.into_iter().cloned().chain([merged]));
        self.report(address, "its alternatives cannot be told apart: one type has the properties of all of them");
        self.change(address, |schema| set_alternatives(schema, alternatives));
        self.admit(address, value);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::super::codec::Codec;
    use super::super::super::testing::{draft, remove_examples, schema};
    use super::super::widen;
    use super::*;
    use crate::resolve::decisions::Decisions;
    use crate::resolve::draft::Draft;
    use crate::resolve::schema::Kind;
    use crate::resolve::schemas::alternatives::settle;
    use crate::resolve::schemas::tags;

    fn widened(schemas: &Value) -> Draft {
        let mut draft = draft(schemas);
        widen(&mut draft, &mut Decisions::new(false));
        remove_examples(&mut draft);
        draft
    }

    #[test]
    fn only_the_closest_alternative_is_widened() {
        let strict = json!({"$ref": "#/components/schemas/Strict"});
        let draft = widened(&json!({
            "A": {"oneOf": [strict, {"type": "string"}], "example": {"x": "a", "y": 1}},
            "Strict": {"type": "object", "required": ["x"], "properties": {"x": {"type": "string"}}},
        }));
        let expected = schema(&json!({"oneOf": [strict, {"type": "string"}]}));
        assert_eq!(draft.components["A"], expected);
        let y = schema(&json!({"type": "integer"}));
        assert_eq!(draft.components["Strict"].property("y"), Some(&y));
    }

    /// Returns the components `A`, a choice by the tag `t` with this example, and `B`, which does not have the tag.
    fn widened_choice(example: &Value) -> Draft {
        let (b, c) = (json!({"$ref": "#/components/schemas/B"}), json!({"$ref": "#/components/schemas/C"}));
        let mut draft = draft(&json!({
            "A": {"oneOf": [b, c], "discriminator": {"propertyName": "t"}, "example": example},
            "B": {"type": "object", "properties": {"x": {"type": "string"}}},
            "C": {"type": "object", "properties": {"x": {"type": "string"}}},
        }));
        let mut decisions = Decisions::new(false);
        tags::assign(&mut draft);
        settle(&mut draft, &mut decisions);
        widen(&mut draft, &mut decisions);
        remove_examples(&mut draft);
        draft
    }

    #[test]
    fn the_alternative_of_the_tag_is_widened_and_does_not_get_the_tag() {
        let draft = widened_choice(&json!({"t": "B", "x": "a", "y": 1}));
        let names =
            |name: &str| draft.components[name].properties.iter().flatten().map(|(name, _)| name.clone()).collect();
        let (of_b, of_c): (Vec<_>, Vec<_>) = (names("B"), names("C"));
        assert_eq!((of_b, of_c), (vec!["x".to_owned(), "y".to_owned()], vec!["x".to_owned()]));
        assert!(draft.components["A"].tag.is_some());
    }

    #[test]
    fn an_unknown_tag_widens_nothing_and_a_text_becomes_another_alternative() {
        let unchanged = widened_choice(&json!({"t": "D", "y": 1}));
        assert_eq!(unchanged.components["B"], unchanged.components["C"]);
        let draft = widened_choice(&json!("a"));
        let alternatives = draft.components["A"].one_of.as_deref().unwrap_or_default();
        let found: Vec<_> = alternatives.iter().map(|of| (of.kind, of.tag.as_deref())).collect();
        assert_eq!(found, [(Some(Kind::Text), None), (None, Some("t"))]);
    }

    #[test]
    fn a_value_of_another_kind_is_one_more_alternative() {
        let draft = widened(&json!({"A": {"oneOf": [{"type": "string"}, {"type": "integer"}], "example": true}}));
        let expected = schema(&json!({"oneOf": [{"type": "integer"}, {"type": "boolean"}, {"type": "string"}]}));
        assert_eq!(draft.components["A"], expected);
    }

    #[test]
    fn objects_that_are_no_longer_distinguished_become_one() {
        let draft = widened(&json!({
            "A": {"oneOf": [{"$ref": "#/components/schemas/B"}, {"$ref": "#/components/schemas/C"}]},
            "B": {"type": "object", "required": ["b"], "properties": {"b": {"type": "string"}}, "example": {}},
            "C": {"type": "object", "required": ["c"], "properties": {"c": {"type": "string"}}},
            "D": {"type": "array", "items": {"$ref": "#/components/schemas/A"}, "example": [{"c": "x"}]},
        }));
        // `B` takes every object since it requires nothing, and would drop the property of `C`.
        let value = json!([{"c": "x"}]);
        assert!(Codec::of(&draft).round_trips(&draft.components["D"], &value), "{draft:#?}");
    }
}
