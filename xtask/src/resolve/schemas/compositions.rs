//! Merges the parts of a composition (`allOf`) into one schema.

use std::collections::HashMap;

use crate::document::Pointer;
use crate::resolve::decisions::{Decisions, Rule};
use crate::resolve::draft::Draft;
use crate::resolve::schema::{Additional, Components, Kind, Limits, Properties, Schema};

/// Merges each component that is composed of others with all of its parts. The later of two descriptions of a property
/// wins.
///
/// typify would merge `allOf` in its own way, and panics on some.
pub fn merge(draft: &mut Draft, decisions: &mut Decisions) {
    let open = std::mem::take(&mut draft.components);
    let names: Vec<String> = open.keys().cloned().collect();
    let mut merger = Merger { open, done: HashMap::new(), decisions };
    for name in &names {
        merger.component(name);
    }
    let mut done = merger.done;
    draft.components = names.into_iter().filter_map(|name| done.remove(&name).map(|schema| (name, schema))).collect();
}

struct Merger<'d> {
    open: Components,
    done: HashMap<String, Schema>,
    decisions: &'d mut Decisions,
}

impl Merger<'_> {
    /// Merges a component, after those that it is composed of. A circle ends: a component that is being merged is not
    /// open.
    fn component(&mut self, name: &str) {
        let Some(mut schema) = self.open.swap_remove(name) else { return };
        self.merge(&mut schema);
        self.done.insert(name.to_owned(), schema);
    }

    fn merge(&mut self, schema: &mut Schema) {
        let Some(parts) = schema.all_of.take() else { return };
        let at = schema.at.clone();
        let own = std::mem::replace(schema, Schema::any(&at));
        let mut admits_null = true;
        for part in parts {
            let at_part = part.at.clone();
            let part = self.merged_part(part);
            admits_null &= part.nullable;
            self.add(&at_part, schema, part);
        }
        schema.nullable = admits_null;
        self.add(&at, schema, own);
        self.decisions.add(Rule::MergeCompositions, &at, "`allOf` becomes one schema with all that its parts say");
    }

    /// Returns a part with its own parts merged, or the component that it refers to.
    fn merged_part(&mut self, mut part: Schema) -> Schema {
        if let Some(name) = &part.reference {
            self.component(name);
            return self.done.get(name).map_or_else(|| Schema::any(&part.at), without_documentation);
        }
        self.merge(&mut part);
        // An example of a part lacks what the other parts require.
        part.place.examples = None;
        part
    }

    /// Adds a part to what is known of the whole.
    fn add(&mut self, at: &Pointer, whole: &mut Schema, mut part: Schema) {
        if is_of_another_type(whole, &part) {
            let what = "no value is of this type and of that of the parts before it: it is not read";
            self.decisions.add(Rule::MergeCompositions, at, what);
            return;
        }
        // Alternatives of several parts would have to be multiplied.
        for (key, known, new) in
            [("oneOf", &mut whole.one_of, &mut part.one_of), ("anyOf", &mut whole.any_of, &mut part.any_of)]
        {
            if known.is_none() {
                *known = new.take();
                if known.is_some() {
                    replace(&mut whole.discriminator, part.discriminator.take());
                }
            } else if new.is_some() {
                self.decisions.add(Rule::MergeCompositions, at, format_args!("a second `{key}` is not read"));
            }
        }
        add_parts(whole, &mut part);
        add_words(whole, part);
    }
}

/// Adds the properties and other parts.
fn add_parts(whole: &mut Schema, part: &mut Schema) {
    match (&mut whole.properties, part.properties.take()) {
        (Some(known), Some(properties)) => {
            properties.into_iter().for_each(|(name, property)| merge_property(known, name, property));
        }
        (known, properties) => replace(known, properties),
    }
    match (&mut whole.required, part.required.take()) {
        (Some(known), Some(mut names)) => {
            names.retain(|name| !known.contains(name));
            known.extend(names);
        }
        (known, names) => replace(known, names),
    }
    if !matches!(whole.additional, Some(Additional::Schema(_))) {
        replace(&mut whole.additional, part.additional.take());
    }
    replace(&mut whole.patterns, part.patterns.take());
    replace(&mut whole.items, part.items.take());
    replace(&mut whole.all_of, part.all_of.take());
}

/// Adds the words that hold no schemas. The later one wins.
fn add_words(whole: &mut Schema, part: Schema) {
    whole.place = part.place.or(&whole.place);
    replace(&mut whole.reference, part.reference);
    replace(&mut whole.title, part.title);
    replace(&mut whole.kind, part.kind);
    replace(&mut whole.format, part.format);
    add_limits(&mut whole.limits, part.limits);
    whole.nullable |= part.nullable;
    replace(&mut whole.values, part.values);
    replace(&mut whole.rust_type, part.rust_type);
    replace(&mut whole.content_media_type, part.content_media_type);
    replace(&mut whole.example, part.example);
}

fn add_limits(whole: &mut Limits, part: Limits) {
    replace(&mut whole.minimum, part.minimum);
    replace(&mut whole.maximum, part.maximum);
    whole.excludes_minimum |= part.excludes_minimum;
    whole.excludes_maximum |= part.excludes_maximum;
    replace(&mut whole.multiple_of, part.multiple_of);
    replace(&mut whole.min_length, part.min_length);
    replace(&mut whole.max_length, part.max_length);
}

/// Replaces what is known if there is something new.
fn replace<T>(known: &mut Option<T>, new: Option<T>) {
    if new.is_some() {
        *known = new;
    }
}

/// Returns a part without its documentation, which is about the part.
fn without_documentation(part: &Schema) -> Schema {
    let mut part = Schema { title: None, example: None, ..part.clone() };
    part.place.description = None;
    part.place.deprecated = None;
    part.place.examples = None;
    part
}

fn is_of_another_type(whole: &Schema, part: &Schema) -> bool {
    let kind = |schema: &Schema| schema.kind.or_else(|| schema.properties.is_some().then_some(Kind::Object));
    match (kind(whole), kind(part)) {
        (Some(Kind::Number), Some(Kind::Integer)) => false,
        (Some(a), Some(b)) => a != b,
        _ => false,
    }
}

/// Adds a property. The later of two schemas of one property wins, unless it describes nothing, and gets the facts
/// about the place that only the earlier one has.
fn merge_property(known: &mut Properties, name: String, mut property: Schema) {
    match known.get_mut(&name) {
        Some(before) if describes_nothing(&property) => before.place.fill(&property.place),
        Some(before) => {
            property.place.fill(&before.place);
            *before = property;
        }
        None => drop(known.insert(name, property)),
    }
}

fn describes_nothing(schema: &Schema) -> bool {
    schema.kind.is_none() && schema.reference.is_none() && schema.rust_type.is_none() && schema.structural_words() == 0
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::resolve::testing::{reference_to, resolved};

    #[test]
    fn parts_become_one_schema_through_any_number_of_levels() {
        let (schemas, decided) = resolved(
            &json!({
                "C": {"allOf": [
                    reference_to("B"),
                    {"required": ["c"], "properties": {"c": {"type": "string"}, "a": {"description": "told"}}},
                ], "description": "own"},
                "B": {"description": "other", "allOf": [reference_to("A"), {"properties": {"b": {"type": "integer"}}}]},
                "A": {"type": "object", "required": ["a"], "properties": {"a": {"type": "boolean"}}},
            }),
            merge,
        );
        assert_eq!(
            schemas["C"],
            json!({
                "type": "object",
                "required": ["a", "c"],
                "properties": {"a": {"type": "boolean", "description": "told"}, "b": {"type": "integer"}, "c": {"type": "string"}},
                "description": "own",
            })
        );
        assert_eq!(decided.len(), 2);
    }

    #[test]
    fn a_part_of_another_type_is_dropped_and_reported() {
        let (schemas, decided) = resolved(&json!({"A": {"allOf": [{"type": "string"}, {"type": "object"}]}}), merge);
        assert_eq!(schemas["A"], json!({"type": "string"}));
        assert!(decided[0].starts_with("/components/schemas/A/allOf/1 no value"), "{decided:?}");
    }

    #[test]
    fn a_composition_admits_null_if_all_parts_do() {
        let of = |second: bool| json!({"allOf": [{"type": "object", "nullable": true}, {"nullable": second}]});
        let (schemas, _) = resolved(&json!({"A": of(true), "B": of(false)}), merge);
        assert_eq!(schemas, json!({"A": {"type": "object", "nullable": true}, "B": {"type": "object"}}));
    }

    #[test]
    fn a_second_set_of_alternatives_is_dropped_and_reported() {
        let of = |kind: &str| json!({"oneOf": [{"type": kind}, {"type": "string"}]});
        let (schemas, decided) = resolved(&json!({"A": {"allOf": [of("integer"), of("boolean")]}}), merge);
        assert_eq!(schemas["A"], of("integer"));
        assert_eq!(decided[0], "/components/schemas/A/allOf/1 a second `oneOf` is not read");
    }
}
