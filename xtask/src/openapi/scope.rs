//! The schemas that describe one value together: a schema, the target of its `$ref`, and the parts of its compositions.
//!
//! A property may be required in one part and described in another. The checks of required names and of examples ask
//! here which properties all parts describe.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::pattern;
use crate::document::Pointer;

/// The compositions with a list of parts.
pub const LISTS: &[&str] = &["allOf", "oneOf", "anyOf"];
/// The conditions, each with one part.
pub const CONDITIONS: &[&str] = &["if", "then", "else"];
/// The object of parts that apply when a property is present.
pub const DEPENDENT: &str = "dependentSchemas";

/// One of the schemas that describe a value.
#[derive(Clone, Debug)]
pub struct Part<'v> {
    /// Its fields.
    pub fields: &'v Map<String, Value>,
    /// Its place.
    pub at: Pointer,
}

/// All schemas that describe a value.
#[derive(Debug, Default)]
pub struct Scope<'v> {
    /// The schemas, from the outside in.
    pub parts: Vec<Part<'v>>,
    seen: HashSet<*const Map<String, Value>>,
    has_unknown_part: bool,
}

impl<'v> Scope<'v> {
    /// Returns the schemas that describe the values of `schema`.
    #[must_use]
    pub fn of(root: &'v Value, schema: &'v Value, at: &Pointer) -> Self {
        let mut scope = Self::default();
        scope.add(root, schema, at);
        scope
    }

    /// Adds a schema and its parts. A schema that is there already is skipped.
    pub fn add(&mut self, root: &'v Value, schema: &'v Value, at: &Pointer) {
        self.add_part(root, schema, at, true);
    }

    /// Returns the schemas that describe the values of `schema` whichever alternative they take.
    fn of_every_alternative(root: &'v Value, schema: &'v Value) -> Self {
        let mut scope = Self::default();
        scope.add_part(root, schema, &Pointer::root(), false);
        scope
    }

    fn add_part(&mut self, root: &'v Value, schema: &'v Value, at: &Pointer, with_alternatives: bool) {
        let Some(fields) = schema.as_object() else { return };
        if !self.seen.insert(std::ptr::from_ref(fields)) {
            return;
        }
        self.parts.push(Part { fields, at: at.clone() });
        self.has_unknown_part |= fields.contains_key("$dynamicRef") || fields.contains_key("$recursiveRef");
        if let Some(reference) = fields.get("$ref").and_then(Value::as_str) {
            let pointer = Pointer::from_reference(reference);
            match pointer.and_then(|pointer| Some((pointer.lookup(root)?, pointer))) {
                Some((target, pointer)) => self.add_part(root, target, &pointer, with_alternatives),
                None => self.has_unknown_part = true,
            }
        }
        for (part, at) in parts_of(fields, at, with_alternatives) {
            self.add_part(root, part, &at, with_alternatives);
        }
    }

    /// Returns the names of the described properties, each with its place.
    pub fn names(&self) -> impl Iterator<Item = (&'v str, Pointer)> {
        self.parts.iter().flat_map(|part| {
            let properties = part.fields.get("properties").and_then(Value::as_object);
            let at = part.at.key("properties");
            properties.into_iter().flatten().map(move |(name, _)| (name.as_str(), at.key(name)))
        })
    }

    /// Returns whether the schemas describe any property by its name.
    #[must_use]
    pub fn has_names(&self) -> bool {
        self.names().next().is_some()
    }

    /// Returns the schemas of the values of a property.
    #[must_use]
    pub fn property(&self, name: &str) -> Vec<(&'v Value, Pointer)> {
        self.parts.iter().flat_map(|part| property(part, name)).collect()
    }

    /// Returns whether a schema describes the property, or states that properties without a description are allowed.
    #[must_use]
    pub fn allows(&self, name: &str) -> bool {
        self.has_unknown_part || self.parts.iter().any(|part| allows(part, name))
    }

    /// Returns whether a schema lists the property under `required`.
    #[must_use]
    pub fn requires(&self, name: &str) -> bool {
        let mut lists = self.parts.iter().filter_map(|part| part.fields.get("required")?.as_array());
        lists.any(|names| names.iter().any(|listed| listed == name))
    }

    /// Returns whether a flag is set in one of the schemas.
    #[must_use]
    pub fn has_flag(&self, flag: &str) -> bool {
        self.parts.iter().any(|part| part.fields.get(flag) == Some(&Value::Bool(true)))
    }
}

/// Returns the parts of the compositions of a schema, each with its place.
fn parts_of<'v>(
    fields: &'v Map<String, Value>,
    at: &Pointer,
    with_alternatives: bool,
) -> impl Iterator<Item = (&'v Value, Pointer)> {
    let is_read = move |key: &&&str| with_alternatives || **key == "allOf";
    let lists = LISTS.iter().filter(is_read).flat_map(move |key| {
        let parts = fields.get(*key).and_then(Value::as_array).into_iter().flatten().enumerate();
        let at = at.key(key);
        parts.map(move |(index, part)| (part, at.index(index)))
    });
    let conditions = CONDITIONS.iter().filter(is_read).filter_map(|key| Some((fields.get(*key)?, at.key(key))));
    let dependent = fields.get(DEPENDENT).filter(|_| with_alternatives).and_then(Value::as_object);
    let dependent = dependent.into_iter().flatten().map(|(name, part)| (part, at.keys([DEPENDENT, name])));
    lists.chain(conditions).chain(dependent)
}

/// Returns the schemas that one part has for a property.
fn property<'v>(part: &Part<'v>, name: &str) -> Vec<(&'v Value, Pointer)> {
    let named = part.fields.get("properties").and_then(|properties| properties.get(name));
    let mut found: Vec<_> = named.map(|schema| (schema, part.at.keys(["properties", name]))).into_iter().collect();
    let patterns = part.fields.get("patternProperties").and_then(Value::as_object);
    let fitting = patterns.into_iter().flatten().filter(|(pattern, _)| pattern::matches(pattern, name));
    found.extend(fitting.map(|(pattern, schema)| (schema, part.at.keys(["patternProperties", pattern]))));
    for key in ["additionalProperties", "unevaluatedProperties"] {
        let others = part.fields.get(key).filter(|schema| schema.is_object() && found.is_empty());
        found.extend(others.map(|schema| (schema, part.at.key(key))));
    }
    found
}

fn allows(part: &Part<'_>, name: &str) -> bool {
    let is_stated = |key: &str| part.fields.get(key).is_some_and(|value| *value != Value::Bool(false));
    let discriminator = part.fields.get("discriminator").and_then(|discriminator| discriminator.get("propertyName"));
    ["additionalProperties", "unevaluatedProperties", "propertyNames"].into_iter().any(is_stated)
        || discriminator.is_some_and(|property| property == name)
        || !property(part, name).is_empty()
}

/// Returns whether a value may take an alternative that describes no property of objects, where nothing outside of the
/// alternatives describes one either.
#[must_use]
pub fn has_free_alternative(root: &Value, schema: &Value) -> bool {
    has_free_alternative_within(root, schema, &mut HashSet::new())
}

fn has_free_alternative_within<'v>(
    root: &'v Value,
    schema: &'v Value,
    seen: &mut HashSet<*const Map<String, Value>>,
) -> bool {
    let always = Scope::of_every_alternative(root, schema);
    if always.has_names() || !always.parts.iter().all(|part| seen.insert(std::ptr::from_ref(part.fields))) {
        return false;
    }
    let mut lists = always.parts.iter().flat_map(|part| {
        ["oneOf", "anyOf"].into_iter().filter_map(|key| part.fields.get(key)?.as_array()).collect::<Vec<_>>()
    });
    lists.any(|alternatives| {
        alternatives.iter().any(|alternative| {
            is_free_object(root, alternative) || has_free_alternative_within(root, alternative, seen)
        })
    })
}

fn is_free_object(root: &Value, schema: &Value) -> bool {
    let scope = Scope::of(root, schema, &Pointer::root());
    let is_object = |part: &Part<'_>| {
        part.fields.get("type").is_none_or(|word| word == "object")
            && !part.fields.contains_key("enum")
            && part.fields.get("maxProperties").and_then(Value::as_u64) != Some(0)
    };
    !scope.has_names() && scope.parts.iter().all(is_object)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn all_parts_of_a_schema_describe_its_properties() {
        let root = json!({"A": {"properties": {"a": {}}, "allOf": [{"$ref": "#/B"}]}, "B": {"properties": {"b": {}}}});
        let schema = json!({
            "$ref": "#/A",
            "oneOf": [{"properties": {"c": {}}}, {"anyOf": [{"properties": {"d": {}}}]}],
            "then": {"properties": {"e": {}}},
            "dependentSchemas": {"x": {"properties": {"f": {}}}},
            "not": {"properties": {"g": {}}},
        });
        let scope = Scope::of(&root, &schema, &Pointer::root().key("S"));
        let mut names: Vec<_> = scope.names().map(|(name, at)| format!("{name} {at}")).collect();
        names.sort_unstable();
        assert_eq!(
            names,
            [
                "a /A/properties/a",
                "b /B/properties/b",
                "c /S/oneOf/0/properties/c",
                "d /S/oneOf/1/anyOf/0/properties/d",
                "e /S/then/properties/e",
                "f /S/dependentSchemas/x/properties/f",
            ]
        );
    }

    #[test]
    fn schemas_that_refer_to_each_other_end() {
        let root = json!({"A": {"allOf": [{"$ref": "#/B"}]}, "B": {"anyOf": [{"$ref": "#/A"}]}});
        assert!(!Scope::of(&root, &root["A"], &Pointer::root()).has_names());
        assert!(has_free_alternative(&root, &root["B"]));
    }

    #[test]
    fn other_properties_are_allowed_where_that_is_stated() {
        for (schema, is_allowed) in [
            (json!({"properties": {"a": {}}}), false),
            (json!({"properties": {"x": {}}}), true),
            (json!({"additionalProperties": true}), true),
            (json!({"allOf": [{"additionalProperties": {}}]}), true),
            (json!({"additionalProperties": false}), false),
            (json!({"unevaluatedProperties": {"type": "string"}}), true),
            (json!({"patternProperties": {"^x": {}}}), true),
            (json!({"patternProperties": {"^y": {}}}), false),
            (json!({"propertyNames": {"maxLength": 3}}), true),
            (json!({"discriminator": {"propertyName": "x"}}), true),
            (json!({"$ref": "#anchor"}), true),
        ] {
            assert_eq!(Scope::of(&schema, &schema, &Pointer::root()).allows("x"), is_allowed, "{schema}");
        }
    }

    #[test]
    fn an_alternative_without_properties_is_free_unless_properties_stand_beside_it() {
        for (schema, is_free) in [
            (json!({"oneOf": [{"properties": {"a": {}}}, {"type": "object"}]}), true),
            (json!({"oneOf": [{"properties": {"a": {}}}, {}]}), true),
            (json!({"oneOf": [{"properties": {"a": {}}}, {"type": "string"}]}), false),
            (json!({"oneOf": [{"properties": {"a": {}}}, {"type": "object", "maxProperties": 0}]}), false),
            (json!({"properties": {"a": {}}, "anyOf": [{"required": ["a"]}]}), false),
            (json!({"allOf": [{"properties": {"a": {}}}, {"anyOf": [{}]}]}), false),
            (json!({"anyOf": [{"oneOf": [{"type": "object"}, {"properties": {"a": {}}}]}]}), true),
        ] {
            assert_eq!(has_free_alternative(&schema, &schema), is_free, "{schema}");
        }
    }
}
