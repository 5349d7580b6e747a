//! The shape of the values at one place: the kinds of values, and the properties and items in them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::places::{Placed, target};
use crate::document::Pointer;

/// The kinds of values of a document that states none.
const KINDS: [&str; 5] = ["array", "boolean", "number", "object", "string"];

/// The shape of the values at one place.
#[derive(Clone, Debug, Default)]
pub struct Shape<'d> {
    /// The places of the schemas that describe it.
    pub places: BTreeSet<Pointer>,
    /// The kinds of its values other than null; none if any kind is possible.
    pub kinds: Option<BTreeSet<&'d str>>,
    /// Whether null is one of the values.
    pub nullable: bool,
    /// The listed values, as JSON.
    pub values: Option<BTreeSet<String>>,
    /// The properties of objects.
    pub properties: BTreeMap<&'d str, Property<'d>>,
    /// The schemas of items.
    pub items: Vec<Placed<'d>>,
    /// The schemas of further properties.
    pub further: Vec<Placed<'d>>,
}

/// A property of an object.
#[derive(Clone, Debug, Default)]
pub struct Property<'d> {
    /// Its schemas.
    pub schemas: Vec<Placed<'d>>,
    /// Whether every object has it.
    pub required: bool,
}

impl<'d> Shape<'d> {
    /// Reads the shape that several schemas describe together.
    pub fn of(root: &'d Value, schemas: &[Placed<'d>]) -> Self {
        let mut known = BTreeMap::new();
        let shapes = schemas.iter().map(|schema| Self::read(root, schema.clone(), &mut known));
        shapes.reduce(Self::and).unwrap_or_default()
    }

    /// Returns the kinds of values, which are all kinds if none is stated.
    pub fn all_kinds(&self) -> BTreeSet<&'d str> {
        self.kinds.clone().unwrap_or_else(|| KINDS.into())
    }

    /// Returns whether values of this kind are among the values.
    pub fn takes(&self, kind: &str) -> bool {
        let has = |kind: &str| self.kinds.as_ref().is_none_or(|kinds| kinds.contains(kind));
        match kind {
            "null" => self.nullable || self.kinds.is_none(),
            "integer" => has("integer") || has("number"),
            kind => has(kind),
        }
    }

    /// Reads a schema and the schemas that it is composed of. `known` has the shapes that were read already, so that
    /// schemas which share parts take no more time than their number. A schema that is a part of itself adds nothing there.
    fn read(root: &'d Value, (own, schema): Placed<'d>, known: &mut BTreeMap<Pointer, Self>) -> Self {
        if let Some(shape) = known.get(&own) {
            return shape.clone();
        }
        let Some(((at, schema), places)) = target(root, (own.clone(), schema)) else { return Self::default() };
        let mut shape = match known.get(&at) {
            Some(shape) => shape.clone(),
            None => Self::composed(root, (at, schema), known),
        };
        shape.places.extend(places);
        known.insert(own, shape.clone());
        shape
    }

    fn composed(root: &'d Value, (at, schema): Placed<'d>, known: &mut BTreeMap<Pointer, Self>) -> Self {
        let mut shape = Self::of_keywords(&at, schema);
        known.insert(at.clone(), shape.clone());
        let mut parts = |keyword: &str| -> Vec<Self> {
            let parts = schema.get(keyword).and_then(Value::as_array).into_iter().flatten();
            let at = at.key(keyword);
            parts.enumerate().map(|(index, part)| Self::read(root, (at.index(index), part), known)).collect()
        };
        for part in parts("allOf") {
            shape = shape.and(part);
        }
        for keyword in ["oneOf", "anyOf"] {
            if let Some(alternatives) = parts(keyword).into_iter().reduce(Self::or) {
                shape = shape.and(alternatives);
            }
        }
        shape
    }

    /// Reads the keywords of one schema, without its compositions.
    fn of_keywords(at: &Pointer, schema: &'d Value) -> Self {
        let listed = schema.get("enum").and_then(Value::as_array).map(Vec::as_slice);
        let listed = listed.or_else(|| schema.get("const").map(std::slice::from_ref));
        let mut kinds = stated_kinds(schema);
        if kinds.is_empty() {
            kinds.extend(listed.into_iter().flatten().map(|value| kind_of(value)));
        }
        let nullable = kinds.remove("null")
            || schema.get("nullable") == Some(&Value::Bool(true))
            || listed.is_some_and(|values| values.contains(&Value::Null));
        let only_null = kinds.is_empty() && nullable && schema.get("type").is_some();
        Self {
            kinds: (!kinds.is_empty() || only_null).then_some(kinds),
            nullable,
            values: listed.map(|values| values.iter().filter(|value| !value.is_null()).map(Value::to_string).collect()),
            properties: properties(at, schema),
            items: schema.get("items").map(|items| (at.key("items"), items)).into_iter().collect(),
            further: further(at, schema).into_iter().collect(),
            places: BTreeSet::new(),
        }
    }

    /// Returns the shape of the values that both describe.
    fn and(mut self, other: Self) -> Self {
        self.kinds = match (self.kinds, other.kinds) {
            (Some(a), Some(b)) => Some(common_kinds(&a, &b)),
            (a, b) => a.or(b),
        };
        // `allOf` with one part is how OpenAPI 3.0 writes `nullable` beside a reference.
        self.nullable |= other.nullable;
        self.values = match (self.values, other.values) {
            (Some(a), Some(b)) => Some(a.intersection(&b).cloned().collect()),
            (a, b) => a.or(b),
        };
        for (name, property) in other.properties {
            let own = self.properties.entry(name).or_default();
            extend(&mut own.schemas, property.schemas);
            own.required |= property.required;
        }
        self.join(other.places, other.items, other.further)
    }

    /// Returns the shape of the values that one of the two describes.
    fn or(mut self, other: Self) -> Self {
        let both_have_objects = self.takes("object") && other.takes("object");
        self.nullable |= other.nullable;
        self.values = match (self.values, other.values) {
            (Some(a), Some(b)) => Some(a.union(&b).cloned().collect()),
            // The other alternative has no list, so that more values are possible.
            _ => None,
        };
        if both_have_objects {
            for (name, property) in &mut self.properties {
                property.required &= other.properties.get(name).is_some_and(|property| property.required);
            }
        }
        for (name, property) in other.properties {
            let is_new = !self.properties.contains_key(name);
            let own = self.properties.entry(name).or_default();
            extend(&mut own.schemas, property.schemas);
            own.required |= is_new && property.required && !both_have_objects;
        }
        self.kinds = match (self.kinds, other.kinds) {
            (Some(a), Some(b)) => Some(&a | &b),
            _ => None,
        };
        self.join(other.places, other.items, other.further)
    }

    fn join(mut self, places: BTreeSet<Pointer>, items: Vec<Placed<'d>>, further: Vec<Placed<'d>>) -> Self {
        self.places.extend(places);
        extend(&mut self.items, items);
        extend(&mut self.further, further);
        self
    }
}

/// Adds schemas, each once.
fn extend<'d>(schemas: &mut Vec<Placed<'d>>, more: Vec<Placed<'d>>) {
    for placed in more {
        if !schemas.iter().any(|(at, _)| *at == placed.0) {
            schemas.push(placed);
        }
    }
}

/// Returns the kinds that a schema states: by `type`, or by what it says of objects and lists.
fn stated_kinds(schema: &Value) -> BTreeSet<&str> {
    match schema.get("type") {
        Some(Value::String(kind)) => BTreeSet::from([kind.as_str()]),
        Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).collect(),
        _ if schema.get("properties").is_some() => BTreeSet::from(["object"]),
        _ if schema.get("items").is_some() => BTreeSet::from(["array"]),
        _ => BTreeSet::new(),
    }
}

/// Returns the kinds that both have. An integer is a number.
fn common_kinds<'d>(a: &BTreeSet<&'d str>, b: &BTreeSet<&'d str>) -> BTreeSet<&'d str> {
    let has =
        |kinds: &BTreeSet<&str>, kind: &str| kinds.contains(kind) || (kind == "integer" && kinds.contains("number"));
    a.union(b).copied().filter(|kind| has(a, kind) && has(b, kind)).collect()
}

fn properties<'d>(at: &Pointer, schema: &'d Value) -> BTreeMap<&'d str, Property<'d>> {
    let required: BTreeSet<&str> =
        schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
    let at = at.key("properties");
    let written = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
    let written = written.map(|(name, schema)| {
        let required = required.contains(name.as_str());
        (name.as_str(), Property { schemas: vec![(at.key(name), schema)], required })
    });
    let mut properties: BTreeMap<_, _> = written.collect();
    // A part of an `allOf` may require what another part describes.
    for name in required {
        properties.entry(name).or_default().required = true;
    }
    properties
}

/// Returns the schema of further properties. An object that says nothing of them does not describe them.
fn further<'d>(at: &Pointer, schema: &'d Value) -> Option<Placed<'d>> {
    let further = schema.get("additionalProperties").filter(|further| **further != Value::Bool(false))?;
    Some((at.key("additionalProperties"), further))
}

/// Returns the kind of a value.
pub fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() && number.as_f64().is_none_or(|number| number.fract() != 0.0) => {
            "number"
        }
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}
