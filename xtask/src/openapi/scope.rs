//! The schemas that describe one value together: a schema, the target of its `$ref`, and the parts of its compositions.
//!
//! A property may be required in one part and described in another. The checks of required names and of examples use a
//! scope to find the properties that all parts describe.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::pattern;
use crate::document::fields::Fields as _;
use crate::document::{Pointer, follow};

/// The compositions with a list of parts.
pub const LISTS: &[&str] = &["allOf", "oneOf", "anyOf"];
/// The conditions, each with one part.
pub const CONDITIONS: &[&str] = &["if", "then", "else"];
/// The object of parts that apply when a property is present.
pub const DEPENDENT: &str = "dependentSchemas";

/// A place that is built on the way to a value. `()` is used where no places are needed, and costs nothing.
pub trait At: Clone {
    /// Returns the place of the value under a key.
    #[must_use]
    fn key(&self, key: &str) -> Self;
    /// Returns the place of the value at an index.
    #[must_use]
    fn index(&self, index: usize) -> Self;
    /// Returns the place that a local `$ref` leads to.
    fn of_reference(reference: &str) -> Option<Self>;
}

impl At for Pointer {
    fn key(&self, key: &str) -> Self {
        self.key(key)
    }

    fn index(&self, index: usize) -> Self {
        self.index(index)
    }

    fn of_reference(reference: &str) -> Option<Self> {
        Self::from_reference(reference)
    }
}

impl At for () {
    fn key(&self, _: &str) -> Self {}

    fn index(&self, _: usize) -> Self {}

    fn of_reference(_: &str) -> Option<Self> {
        Some(())
    }
}

/// One of the schemas that describe a value.
#[derive(Clone, Debug)]
pub struct Part<'v, P = Pointer> {
    /// Its fields.
    pub fields: &'v Map<String, Value>,
    /// Its place.
    pub at: P,
}

/// All schemas that describe a value.
#[derive(Debug)]
pub struct Scope<'v, P = Pointer> {
    /// The schemas, from the outside in, each once.
    pub parts: Vec<Part<'v, P>>,
    has_unknown_part: bool,
}

impl<P> Default for Scope<'_, P> {
    fn default() -> Self {
        Self { parts: Vec::new(), has_unknown_part: false }
    }
}

impl<'v, P: At> Scope<'v, P> {
    /// Returns the schemas that describe the values of `schema`.
    #[must_use]
    pub fn of(root: &'v Value, schema: &'v Value, at: &P) -> Self {
        let mut scope = Self::default();
        scope.add(root, schema, at);
        scope
    }

    /// Adds a schema and its parts. A schema that is there already is skipped.
    pub fn add(&mut self, root: &'v Value, schema: &'v Value, at: &P) {
        self.add_part(root, schema, at, true);
    }

    fn add_part(&mut self, root: &'v Value, schema: &'v Value, at: &P, with_alternatives: bool) {
        let Some(fields) = schema.as_object() else { return };
        if self.parts.iter().any(|part| std::ptr::eq(part.fields, fields)) {
            return;
        }
        self.parts.push(Part { fields, at: at.clone() });
        self.has_unknown_part |= fields.has("$dynamicRef") || fields.has("$recursiveRef");
        if let Some(reference) = fields.field("$ref").and_then(Value::as_str) {
            match follow(reference, root).zip(P::of_reference(reference)) {
                Some((target, at)) => self.add_part(root, target, &at, with_alternatives),
                None => self.has_unknown_part = true,
            }
        }
        for (part, at) in parts_of(fields, at, with_alternatives) {
            self.add_part(root, part, &at, with_alternatives);
        }
    }

    /// Returns the names of the described properties, each with its place.
    pub fn names(&self) -> impl Iterator<Item = (&'v str, P)> {
        self.parts.iter().flat_map(|part| {
            let properties = part.fields.field("properties").and_then(Value::as_object);
            let at = part.at.key("properties");
            properties.into_iter().flatten().map(move |(name, _)| (name.as_str(), at.key(name)))
        })
    }

    /// Returns whether the schemas describe any property by its name.
    #[must_use]
    pub fn has_names(&self) -> bool {
        self.names().next().is_some()
    }

    /// Returns the schemas of the values of a property, each with its place.
    pub fn property(&self, name: &str) -> impl Iterator<Item = (&'v Value, P)> {
        self.parts.iter().flat_map(move |part| {
            property(part.fields, name).map(|(section, key, schema)| {
                let at = part.at.key(section);
                (schema, key.map_or_else(|| at.clone(), |key| at.key(key)))
            })
        })
    }

    /// Returns whether a schema describes the property, or states that properties without a description are allowed.
    #[must_use]
    pub fn allows(&self, name: &str) -> bool {
        self.has_unknown_part || self.parts.iter().any(|part| allows(part.fields, name))
    }

    /// Returns whether a schema lists the property under `required`.
    #[must_use]
    pub fn requires(&self, name: &str) -> bool {
        let mut lists = self.parts.iter().filter_map(|part| part.fields.field("required")?.as_array());
        lists.any(|names| names.iter().any(|listed| listed == name))
    }

    /// Returns whether a flag is set in one of the schemas.
    #[must_use]
    pub fn has_flag(&self, flag: &str) -> bool {
        self.parts.iter().any(|part| part.fields.field(flag) == Some(&Value::Bool(true)))
    }
}

/// Returns the parts of the compositions of a schema, each with its place.
fn parts_of<'v, P: At>(
    fields: &'v Map<String, Value>,
    at: &P,
    with_alternatives: bool,
) -> impl Iterator<Item = (&'v Value, P)> {
    let is_read = move |key: &&&str| with_alternatives || **key == "allOf";
    let lists = LISTS.iter().filter(is_read).flat_map(move |key| {
        let parts = fields.field(key).and_then(Value::as_array).into_iter().flatten().enumerate();
        let at = at.key(key);
        parts.map(move |(index, part)| (part, at.index(index)))
    });
    let conditions = CONDITIONS.iter().filter(is_read).filter_map(|key| Some((fields.field(key)?, at.key(key))));
    let dependent = fields.field(DEPENDENT).filter(|_| with_alternatives).and_then(Value::as_object);
    let dependent = dependent.into_iter().flatten().map(|(name, part)| (part, at.key(DEPENDENT).key(name)));
    lists.chain(conditions).chain(dependent)
}

/// Returns the schemas that a schema has for a property, each with its section, and with its key there if it has one.
fn property<'v>(
    fields: &'v Map<String, Value>,
    name: &str,
) -> impl Iterator<Item = (&'static str, Option<&'v str>, &'v Value)> {
    let section = |section: &str| fields.field(section).and_then(Value::as_object);
    let named = section("properties").and_then(|properties| properties.get_key_value(name));
    let named = named.into_iter().map(|(key, schema)| ("properties", Some(key.as_str()), schema));
    let patterns = section("patternProperties").into_iter().flatten();
    let fitting = patterns.filter(move |(pattern, _)| pattern::matches(pattern, name));
    let fitting = fitting.map(|(pattern, schema)| ("patternProperties", Some(pattern.as_str()), schema));
    let mut own = named.chain(fitting).peekable();
    let others = ["additionalProperties", "unevaluatedProperties"].into_iter().filter(|_| own.peek().is_none());
    let others = others.map(|key| (key, None, fields.field(key)));
    let other =
        { others }.find_map(|(key, none, schema)| Some((key, none, schema.filter(|schema| schema.is_object())?)));
    own.chain(other)
}

fn allows(fields: &Map<String, Value>, name: &str) -> bool {
    let is_stated = |key: &str| fields.field(key).is_some_and(|value| *value != Value::Bool(false));
    let discriminator = fields.field("discriminator").and_then(|discriminator| discriminator.field("propertyName"));
    ["additionalProperties", "unevaluatedProperties", "propertyNames"].into_iter().any(is_stated)
        || discriminator.is_some_and(|property| property == name)
        || property(fields, name).next().is_some()
}

/// Returns whether a value may match an alternative that describes no properties of objects, while the schemas around
/// the alternatives describe none either.
#[must_use]
pub fn has_free_alternative(root: &Value, schema: &Value) -> bool {
    has_free_alternative_within(root, schema, &mut HashSet::new())
}

fn has_free_alternative_within<'v>(
    root: &'v Value,
    schema: &'v Value,
    seen: &mut HashSet<*const Map<String, Value>>,
) -> bool {
    // The schemas that describe the values with any of the alternatives.
    let mut always = Scope::default();
    always.add_part(root, schema, &(), false);
    if always.has_names() || !always.parts.iter().all(|part| seen.insert(std::ptr::from_ref(part.fields))) {
        return false;
    }
    let mut lists = always.parts.iter().flat_map(|part| {
        ["oneOf", "anyOf"].into_iter().filter_map(|key| part.fields.field(key)?.as_array()).collect::<Vec<_>>()
    });
    lists.any(|alternatives| {
        alternatives.iter().any(|alternative| {
            is_free_object(root, alternative) || has_free_alternative_within(root, alternative, seen)
        })
    })
}

fn is_free_object(root: &Value, schema: &Value) -> bool {
    let scope = Scope::of(root, schema, &());
    let is_object = |part: &Part<'_, ()>| {
        part.fields.field("type").is_none_or(|word| word == "object")
            && !part.fields.has("enum")
            && part.fields.field("maxProperties").and_then(Value::as_u64) != Some(0)
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
    fn an_alternative_without_properties_is_free_unless_there_are_properties_beside_it() {
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
