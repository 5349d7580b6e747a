//! `allOf`: what a schema is made of, in one place.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::super::changes::{Changes, Steps as _, Trail};
use super::super::crumb;
use super::super::visit::{components, schemas};
use super::form::{is_struct, reference_to, target};
use crate::document::Pointer;

/// A composition of one part, the way to describe a reference in OpenAPI 3.0, becomes the part, and a component that
/// is another component gives its place to it; what was said beside a reference stays beside it. typify would make
/// types that only hold others.
pub fn unwrap_references(root: &mut Value, changes: &mut Changes) {
    schemas(root, &mut |_, _, schema| unwrap(schema));
    let aliases: HashMap<String, Value> = components(root)
        .into_iter()
        .flatten()
        .filter(|(_, schema)| target(schema).is_some())
        .map(|(name, schema)| (reference_to(name), schema.clone()))
        .collect();
    if aliases.is_empty() {
        return;
    }
    schemas(root, &mut |_, _, schema| {
        let mut hops = 0;
        while let Some(form) = schema.get("$ref").and_then(Value::as_str).and_then(|target| aliases.get(target)) {
            let followed = crumb::overriding(schema, form);
            *schema = followed;
            hops += 1;
            if hops > aliases.len() {
                return;
            }
        }
    });
    if let Some(components) = components(root) {
        components.retain(|name, schema| {
            let is_alias = aliases.contains_key(&reference_to(name));
            if is_alias {
                let at = Trail::from(Pointer::root().keys(["components", "schemas"]));
                changes.report(&at.key(name, schema), "it is another component, which is used instead");
            }
            !is_alias
        });
    }
}

fn unwrap(schema: &mut Value) {
    for key in ["allOf", "oneOf", "anyOf"] {
        let Some([only]) = schema.get(key).and_then(Value::as_array).map(Vec::as_slice) else { continue };
        let has_more = schema.as_object().is_some_and(|fields| fields.keys().any(|other| other != key && says(other)));
        if has_more {
            continue;
        }
        let mut part = crumb::overriding(schema, only);
        if crumb::is_set(schema, "nullable") {
            part[crumb::NULLABLE] = true.into();
        }
        for kept in [crumb::DECODE, crumb::RUST_TYPE, crumb::ORIGIN] {
            if let Some(value) = schema.get(kept) {
                part[kept] = value.clone();
            }
        }
        *schema = part;
        return;
    }
}

/// Whether a word of a schema says something of its values that a single part beside it does not.
fn says(key: &str) -> bool {
    matches!(
        key,
        "properties"
            | "required"
            | "additionalProperties"
            | "items"
            | "enum"
            | "allOf"
            | "oneOf"
            | "anyOf"
            | "patternProperties"
    )
}

/// A schema that is composed of others gets all that they say, and typify sees no `allOf`: it merges them in its own
/// way, and panics on some. Where two parts speak of one property, the later one is believed.
pub fn merge_compositions(root: &mut Value, changes: &mut Changes) {
    let Some(taken) = components(root).map(std::mem::take) else { return };
    let names: Vec<String> = taken.keys().cloned().collect();
    let mut merger = Merger { open: taken, done: HashMap::new(), changes };
    for name in &names {
        merger.component(name);
    }
    let mut done = merger.done;
    let components = names.into_iter().filter_map(|name| done.remove(&name).map(|schema| (name, schema))).collect();
    root["components"]["schemas"] = Value::Object(components);
}

struct Merger<'c> {
    open: Map<String, Value>,
    done: HashMap<String, Value>,
    changes: &'c mut Changes,
}

impl Merger<'_> {
    /// Merges a component, after those that it is composed of. A circle was found by the check; here it would end,
    /// since what is in progress has left `open`.
    fn component(&mut self, name: &str) {
        let Some(mut schema) = self.open.remove(name) else { return };
        if schema.get("allOf").is_some() {
            let at = Trail::from(Pointer::root().keys(["components", "schemas"]));
            let at = at.key(name, &schema);
            self.merge(&at, &mut schema);
        }
        self.done.insert(name.to_owned(), schema);
    }

    fn merge(&mut self, at: &Trail<'_>, schema: &mut Value) {
        let Some(Value::Array(parts)) = schema.as_object_mut().and_then(|fields| fields.shift_remove("allOf")) else {
            return;
        };
        let own = std::mem::replace(schema, json!({}));
        let mut admit_null = true;
        for (index, mut part) in parts.into_iter().enumerate() {
            let at_parts = at.key("allOf", &Value::Null);
            let at_part = at_parts.index(index, &part);
            if let Some(name) = target(&part).map(str::to_owned) {
                self.component(&name);
                part = self.done.get(&name).cloned().unwrap_or_else(|| json!({}));
                without_words(&mut part);
            } else {
                self.merge(&at_part, &mut part);
                // An example of a part has not what the other parts require.
                part.as_object_mut().map(|fields| fields.shift_remove(crumb::EXAMPLES));
            }
            admit_null &= crumb::is_set(&part, "nullable");
            self.add(&at_part, schema, part);
        }
        schema.as_object_mut().map(|fields| fields.shift_remove("nullable"));
        if admit_null {
            schema["nullable"] = true.into();
        }
        self.add(at, schema, own);
        self.changes.report(at, "`allOf` becomes one schema with all that its parts say");
    }

    /// Adds what `part` says to what is known.
    fn add(&mut self, at: &Trail<'_>, whole: &mut Value, part: Value) {
        let Value::Object(part) = part else { return };
        if is_of_another_type(whole, &part) {
            self.changes.report(at, "no value is of this type and of that of the parts before it: it is not read");
            return;
        }
        for (key, value) in part {
            match (key.as_str(), whole.get_mut(&key)) {
                ("properties", Some(Value::Object(known))) => {
                    let Value::Object(properties) = value else { continue };
                    for (name, property) in properties {
                        merge_property(known, name, property);
                    }
                }
                ("required", Some(Value::Array(known))) => {
                    let names = value.as_array().into_iter().flatten();
                    let new: Vec<_> = names.filter(|name| !known.contains(name)).cloned().collect();
                    known.extend(new);
                }
                // Alternatives of several parts would have to be multiplied: one set is kept.
                ("oneOf" | "anyOf", Some(_)) => {
                    self.changes.report(at, format_args!("a second `{key}` is not read"));
                }
                ("additionalProperties", Some(known)) if known.is_object() => {}
                _ => whole[key] = value,
            }
        }
    }
}

/// The words of a part are about the part.
fn without_words(part: &mut Value) {
    if let Some(fields) = part.as_object_mut() {
        for key in [
            "title",
            "description",
            "deprecated",
            "example",
            "examples",
            "default",
            "discriminator",
            crumb::ORIGIN,
            crumb::EXAMPLES,
        ] {
            fields.shift_remove(key);
        }
    }
}

fn is_of_another_type(whole: &Value, part: &Map<String, Value>) -> bool {
    let of = |fields: &Map<String, Value>| {
        let known = fields.get("type").and_then(Value::as_str).map(str::to_owned);
        known.or_else(|| fields.contains_key("properties").then(|| "object".to_owned()))
    };
    match (whole.as_object().and_then(of), of(part)) {
        (Some(a), Some(b)) => a != b && !(a == "number" && b == "integer"),
        _ => false,
    }
}

/// The later of two schemas of one property is believed, unless it says nothing; what only the earlier describes, it
/// keeps.
fn merge_property(known: &mut Map<String, Value>, name: String, property: Value) {
    match known.get_mut(&name) {
        Some(before) if before != &property => {
            if is_silent(&property) {
                crumb::carry(&property, before);
            } else {
                let mut property = property;
                crumb::carry(before, &mut property);
                *before = property;
            }
        }
        Some(_) => {}
        None => {
            known.insert(name, property);
        }
    }
}

fn is_silent(schema: &Value) -> bool {
    let speaks = |key: &str| matches!(key, "type" | "$ref" | "enum" | "items" | crumb::RUST_TYPE) || says(key);
    !is_struct(schema) && schema.as_object().is_none_or(|fields| !fields.keys().any(|key| speaks(key)))
}

#[cfg(test)]
mod tests {
    use super::super::tests::lowered;
    use super::*;

    #[test]
    fn a_described_reference_keeps_its_description() {
        let (schemas, _) = lowered(
            &[unwrap_references],
            &json!({"A": {"properties": {"b": {"description": "d", "allOf": [{"$ref": "#/x"}]}}}}),
        );
        assert_eq!(schemas["A"]["properties"]["b"], json!({"$ref": "#/x", "description": "d"}));
    }

    #[test]
    fn a_component_that_is_another_gives_its_place_to_it() {
        let (schemas, report) = lowered(
            &[unwrap_references],
            &json!({
                "A": {"allOf": [{"$ref": "#/components/schemas/B"}]},
                "B": {"$ref": "#/components/schemas/C"},
                "C": {"type": "string"},
                "D": {"items": {"$ref": "#/components/schemas/A"}},
            }),
        );
        assert_eq!(schemas, json!({"C": {"type": "string"}, "D": {"items": {"$ref": "#/components/schemas/C"}}}));
        assert_eq!(report[0], "/components/schemas/A it is another component, which is used instead");
    }

    #[test]
    fn parts_become_one_schema_through_any_number_of_levels() {
        let (schemas, report) = lowered(
            &[merge_compositions],
            &json!({
                "C": {"allOf": [
                    {"$ref": "#/components/schemas/B"},
                    {"required": ["c"], "properties": {"c": {"type": "string"}, "a": {"description": "told"}}},
                ], "description": "own"},
                "B": {"description": "other", "allOf": [{"$ref": "#/components/schemas/A"}, {"properties": {"b": {"type": "integer"}}}]},
                "A": {"type": "object", "required": ["a"], "properties": {"a": {"type": "boolean"}}},
            }),
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
        assert_eq!(report.len(), 2);
    }

    #[test]
    fn a_part_of_another_type_is_left_out_and_told() {
        let (schemas, report) =
            lowered(&[merge_compositions], &json!({"A": {"allOf": [{"type": "string"}, {"type": "object"}]}}));
        assert_eq!(schemas["A"], json!({"type": "string"}));
        assert!(report[0].starts_with("/components/schemas/A/allOf/1 no value"), "{report:?}");
    }
}
