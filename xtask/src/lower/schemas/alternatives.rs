//! `oneOf` and `anyOf`: a choice that can be told by looking at a value, or one object that has room for all of them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::{Map, Value, json};

use super::super::changes::{Changes, Steps as _, Trail, remember};
use super::super::crumb;
use super::super::visit::components;
use super::form::{is_struct, reference_to, target};
use crate::document::Pointer;
use crate::lower::rust_name::{Names, type_name};

/// A choice becomes an enumeration whose variants are tried in their order, so they have to be in an order in which
/// the first that fits is the one that was meant. Objects that cannot be told apart become one object with the
/// properties of all. Both words become `oneOf`: typify makes every combination of an `anyOf`.
pub fn settle_alternatives(root: &mut Value, changes: &mut Changes) {
    let Some(taken) = components(root).map(std::mem::take) else { return };
    let mut names = Names::of_types();
    taken.keys().for_each(|name| drop(names.unique(name)));
    let order: Vec<String> = taken.keys().cloned().collect();
    let mut settler = Settler { open: taken, done: HashMap::new(), added: Map::new(), names, changes };
    for name in &order {
        settler.component(name);
    }
    let (mut done, added) = (settler.done, settler.added);
    let settled = order.into_iter().filter_map(|name| done.remove(&name).map(|schema| (name, schema)));
    root["components"]["schemas"] = Value::Object(settled.chain(added).collect());
}

struct Settler<'c> {
    open: Map<String, Value>,
    done: HashMap<String, Value>,
    added: Map<String, Value>,
    names: Names,
    changes: &'c mut Changes,
}

impl Settler<'_> {
    /// Settles a component, after those that it chooses from.
    fn component(&mut self, name: &str) {
        let Some(mut schema) = self.open.remove(name) else { return };
        let at = Trail::from(Pointer::root().keys(["components", "schemas"]));
        let at = at.key(name, &schema);
        if let Some(alternatives) = take_alternatives(&mut schema) {
            for alternative in alternatives.iter().filter_map(target) {
                self.component(alternative);
            }
            self.choice(&at, name, &mut schema, alternatives);
        }
        self.done.insert(name.to_owned(), schema);
    }

    fn choice(&mut self, at: &Trail<'_>, name: &str, schema: &mut Value, mut alternatives: Vec<Value>) {
        alternatives.retain(|alternative| !Self::is_condition(alternative));
        dedup(&mut alternatives);
        if alternatives.is_empty() {
            self.changes.report(at, "the alternatives say nothing that a type can: they are not read");
            return;
        }
        let (objects, others): (Vec<_>, Vec<_>) =
            alternatives.into_iter().partition(|alternative| self.object(alternative).is_some());
        let has_own = is_struct(schema);
        if has_own && !others.is_empty() {
            self.changes.report(at, "alternatives that are no objects, beside properties, are not read");
        }
        if has_own {
            self.merge_objects(at, schema, &objects);
            return;
        }
        let mut choices = match self.in_order(objects) {
            Ok(objects) => objects,
            Err(objects) if others.is_empty() => {
                self.merge_objects(at, schema, &objects);
                return;
            }
            Err(objects) => {
                let mut merged = json!({});
                self.merge_objects(at, &mut merged, &objects);
                remember(&mut merged, &at.pointer());
                let merged_name = self.names.unique(&type_name(&format!("{name}_object")));
                self.added.insert(merged_name.clone(), merged);
                vec![json!({"$ref": reference_to(&merged_name)})]
            }
        };
        choices.extend(self.scalars_in_order(others));
        only_choices(schema, choices);
    }

    /// An alternative that has no shape of its own: `required` in each alternative is a condition.
    fn is_condition(alternative: &Value) -> bool {
        target(alternative).is_none()
            && alternative.as_object().is_some_and(|fields| {
                !fields.is_empty()
                    && fields.keys().all(|key| {
                        matches!(key.as_str(), "required" | "not" | "title" | "description")
                            || key.starts_with("x-lowered")
                    })
            })
    }

    /// What an alternative refers to, or itself.
    fn resolved<'v>(&'v self, alternative: &'v Value) -> &'v Value {
        target(alternative)
            .and_then(|name| self.done.get(name).or_else(|| self.open.get(name)).or_else(|| self.added.get(name)))
            .unwrap_or(alternative)
    }

    /// The object that an alternative is, if it is one whose properties are known.
    fn object(&self, alternative: &Value) -> Option<&Value> {
        let target_name = target(alternative)?;
        let schema = self.done.get(target_name).or_else(|| self.open.get(target_name))?;
        (is_struct(schema) && schema.get("oneOf").is_none()).then_some(schema)
    }

    /// The objects so that each is recognised before those that would take its values; or as they were, if there is
    /// no such order.
    fn in_order(&self, mut objects: Vec<Value>) -> Result<Vec<Value>, Vec<Value>> {
        let shapes: HashMap<String, Shape> = objects
            .iter()
            .filter_map(|object| Some((target(object)?.to_owned(), Shape::of(self, self.object(object)?))))
            .collect();
        let before = objects.clone();
        let shape = |object: &Value| target(object).and_then(|name| shapes.get(name));
        // Stable, so that the document's order stays where it does not matter.
        objects.sort_by_key(|object| std::cmp::Reverse(shape(object).map_or(0, |shape| shape.required.len())));
        let is_told = objects.iter().enumerate().all(|(index, first)| {
            objects[index + 1..].iter().all(|second| match (shape(first), shape(second)) {
                (Some(first), Some(second)) => first.is_told_from(second),
                _ => false,
            })
        });
        if is_told { Ok(objects) } else { Err(before) }
    }

    /// One object with the properties of all; only what all of them require is required.
    fn merge_objects(&mut self, at: &Trail<'_>, schema: &mut Value, objects: &[Value]) {
        let mut properties: Map<String, Value> = schema["properties"].as_object().cloned().unwrap_or_default();
        let mut required: Option<Vec<Value>> = None;
        for object in objects {
            let Some(object) = self.object(object) else { continue };
            for (name, property) in object["properties"].as_object().into_iter().flatten() {
                match properties.get_mut(name) {
                    None => drop(properties.insert(name.clone(), property.clone())),
                    Some(known) => admit(known, property),
                }
            }
            let names = object["required"].as_array().cloned().unwrap_or_default();
            required = Some(match required {
                None => names,
                Some(known) => known.into_iter().filter(|name| names.contains(name)).collect(),
            });
            if let Some(extra) = object.get("additionalProperties").filter(|extra| extra.is_object()) {
                schema["additionalProperties"] = extra.clone();
            }
        }
        let own = schema["required"].as_array().cloned().unwrap_or_default();
        let mut all = own;
        for name in required.unwrap_or_default() {
            if !all.contains(&name) {
                all.push(name);
            }
        }
        schema["type"] = "object".into();
        schema["properties"] = Value::Object(properties);
        schema["required"] = all.into();
        self.changes.report(at, "its alternatives cannot be told apart: one type has the properties of all of them");
    }

    /// Alternatives that are no objects with known properties, the narrow ones before those that take more.
    fn scalars_in_order(&self, mut others: Vec<Value>) -> Vec<Value> {
        let has_number = others.iter().any(|other| self.resolved(other)["type"] == "number");
        if has_number {
            others.retain(|other| self.resolved(other)["type"] != "integer");
        }
        others.sort_by_key(|other| breadth(self.resolved(other)));
        // Two that are alike but for bounds are one type.
        let mut seen = BTreeSet::new();
        others.retain(|other| target(other).is_some() || scalar_type(other).is_none_or(|kind| seen.insert(kind)));
        others
    }
}

/// What is known of an object when a value has to be recognised.
struct Shape {
    /// All its properties, with what is known of their values.
    properties: BTreeMap<String, Mark>,
    /// Those that are always there.
    required: BTreeSet<String>,
}

/// What tells a property's values from others.
#[derive(Clone, PartialEq, Eq)]
enum Mark {
    /// One of these texts.
    Words(BTreeSet<String>),
    /// A value of this type.
    Type(String),
    Any,
}

impl Shape {
    fn of(settler: &Settler<'_>, object: &Value) -> Self {
        let properties = object["properties"].as_object().into_iter().flatten();
        let names = object["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
        Self {
            properties: properties.map(|(name, schema)| (name.clone(), Mark::of(settler.resolved(schema)))).collect(),
            required: names.map(str::to_owned).collect(),
        }
    }

    /// Whether no value of `other` is taken for one of this: it lacks something that this requires, or has something
    /// else there.
    fn is_told_from(&self, other: &Self) -> bool {
        self.required.iter().any(|name| match (self.properties.get(name), other.properties.get(name)) {
            (Some(_), None) => true,
            (Some(own), Some(others)) => own.excludes(others),
            (None, _) => false,
        })
    }
}

impl Mark {
    fn of(schema: &Value) -> Self {
        let words = schema.get("enum").and_then(Value::as_array);
        let words: Option<BTreeSet<String>> =
            words.and_then(|words| words.iter().map(|word| word.as_str().map(str::to_owned)).collect());
        match (words, schema.get("type").and_then(Value::as_str)) {
            (Some(words), _) => Self::Words(words),
            (None, Some(kind)) => Self::Type(kind.to_owned()),
            (None, None) if is_struct(schema) => Self::Type("object".to_owned()),
            (None, None) => Self::Any,
        }
    }

    fn excludes(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Words(own), Self::Words(others)) => own.is_disjoint(others),
            (Self::Words(_), Self::Type(kind)) | (Self::Type(kind), Self::Words(_)) => kind != "string",
            (Self::Type(own), Self::Type(others)) => own != others && !(own == "number" && others == "integer"),
            _ => false,
        }
    }
}

/// The alternatives of a schema, of both words, taken out of it.
fn take_alternatives(schema: &mut Value) -> Option<Vec<Value>> {
    let fields = schema.as_object_mut()?;
    fields.shift_remove("discriminator");
    let lists = ["oneOf", "anyOf"].map(|key| fields.shift_remove(key));
    let alternatives: Vec<Value> =
        lists.into_iter().flatten().filter_map(|list| list.as_array().cloned()).flatten().collect();
    (!alternatives.is_empty()).then_some(alternatives)
}

fn dedup(alternatives: &mut Vec<Value>) {
    let mut seen = BTreeSet::new();
    alternatives
        .retain(|alternative| seen.insert(target(alternative).map_or_else(|| alternative.to_string(), str::to_owned)));
}

/// The schema becomes the choice, or what is left if there is none.
fn only_choices(schema: &mut Value, mut choices: Vec<Value>) {
    if let [only] = &mut choices[..] {
        let form = crumb::overriding(schema, only);
        let (origin, is_nullable) = (schema.get(crumb::ORIGIN).cloned(), crumb::is_set(schema, "nullable"));
        *schema = form;
        if let Some(origin) = origin {
            schema[crumb::ORIGIN] = origin;
        }
        if is_nullable {
            schema["nullable"] = true.into();
        }
        return;
    }
    let Some(fields) = schema.as_object_mut() else { return };
    for key in ["type", "format", "items", "properties", "required", "additionalProperties", "enum"] {
        fields.shift_remove(key);
    }
    schema["oneOf"] = choices.into();
}

/// Widens a property so that it takes the values of another schema as well.
fn admit(known: &mut Value, other: &Value) {
    if same_type(known, other) {
        return;
    }
    let mut alternatives = match known.get("oneOf").and_then(Value::as_array) {
        Some(list) => list.clone(),
        None => vec![known.clone()],
    };
    if !alternatives.iter().any(|alternative| same_type(alternative, other)) {
        alternatives.push(other.clone());
    }
    let mut wide = json!({"oneOf": alternatives});
    crumb::carry(known, &mut wide);
    *known = wide;
}

fn same_type(a: &Value, b: &Value) -> bool {
    match (target(a), target(b)) {
        (Some(a), Some(b)) => a == b,
        (None, None) => match (scalar_type(a), scalar_type(b)) {
            (Some(a), Some(b)) => a == b,
            _ => a == b,
        },
        _ => false,
    }
}

/// The type of a scalar without a word list.
fn scalar_type(schema: &Value) -> Option<String> {
    let kind = schema.get("type").and_then(Value::as_str)?;
    let is_scalar = matches!(kind, "string" | "integer" | "number" | "boolean");
    (is_scalar && schema.get("enum").is_none() && schema.get(crumb::RUST_TYPE).is_none()).then(|| kind.to_owned())
}

/// How much an alternative takes: the narrow ones are tried first, and those that exclude each other stay in the
/// document's order.
fn breadth(schema: &Value) -> u8 {
    match schema.get("type").and_then(Value::as_str) {
        _ if schema.get("enum").is_some() => 0,
        _ if schema.get(crumb::RUST_TYPE).is_some() => 1,
        Some("boolean" | "integer" | "number" | "string" | "array") => 2,
        _ if schema.get("oneOf").is_some() => 3,
        Some("object") => 4,
        _ => 5,
    }
}

/// The variants of a choice get names that say what they hold; typify would number them.
pub fn name_alternatives(root: &mut Value, _: &mut Changes) {
    for (name, schema) in components(root).into_iter().flatten() {
        let Some(alternatives) = schema.get("oneOf").and_then(Value::as_array) else { continue };
        let mut names = Names::default();
        let variants: Vec<Value> =
            alternatives.iter().map(|alternative| names.unique(&variant_name(name, alternative)).into()).collect();
        schema[crumb::VARIANTS] = variants.into();
    }
}

fn variant_name(of: &str, alternative: &Value) -> String {
    if let Some(title) = alternative.get("title").and_then(Value::as_str) {
        return type_name(title);
    }
    if let Some(name) = target(alternative) {
        let rest = name.strip_prefix(of).filter(|rest| rest.starts_with(char::is_uppercase));
        return rest.unwrap_or(name).to_owned();
    }
    if let Some(path) = alternative[crumb::RUST_TYPE]["path"].as_str() {
        return path.rsplit("::").next().unwrap_or(path).to_owned();
    }
    match alternative.get("type").and_then(Value::as_str) {
        Some("string") => "Text",
        Some("integer") => "Integer",
        Some("boolean") => "Flag",
        Some("array") => "List",
        Some("object") => "Map",
        _ => "Other",
    }
    .to_owned()
}

#[cfg(test)]
mod tests {
    use super::super::tests::lowered;
    use super::*;

    fn reference(name: &str) -> Value {
        json!({"$ref": reference_to(name)})
    }

    #[test]
    fn objects_that_can_be_told_apart_are_tried_in_a_safe_order() {
        let (schemas, _) = lowered(
            &[settle_alternatives],
            &json!({
                "Pet": {"anyOf": [reference("Animal"), reference("Cat"), {"type": "string"}, {"type": "integer"}]},
                "Animal": {"properties": {"name": {"type": "string"}}, "required": ["name"]},
                "Cat": {"properties": {"name": {"type": "string"}, "claws": {"type": "integer"}}, "required": ["name", "claws"]},
            }),
        );
        let order = json!([reference("Cat"), reference("Animal"), {"type": "string"}, {"type": "integer"}]);
        assert_eq!(schemas["Pet"], json!({"oneOf": order}));
    }

    #[test]
    fn words_tell_objects_apart() {
        let event =
            |word: &str| json!({"properties": {"type": {"type": "string", "enum": [word]}}, "required": ["type"]});
        let (schemas, report) = lowered(
            &[settle_alternatives],
            &json!({"E": {"oneOf": [reference("A"), reference("B")]}, "A": event("a"), "B": event("b")}),
        );
        assert_eq!(schemas["E"], json!({"oneOf": [reference("A"), reference("B")]}));
        assert!(report.is_empty());
    }

    #[test]
    fn objects_that_cannot_be_told_apart_become_one_with_room_for_all() {
        let (schemas, report) = lowered(
            &[settle_alternatives],
            &json!({
                "E": {"oneOf": [reference("A"), reference("B")]},
                "A": {"properties": {"x": {"type": "string"}, "y": {"type": "integer"}}, "required": ["x"]},
                "B": {"properties": {"x": {"type": "boolean"}}, "required": ["x"]},
            }),
        );
        // A boolean is told from a text: this is a choice.
        assert_eq!(schemas["E"]["oneOf"].as_array().unwrap().len(), 2);
        assert!(report.is_empty());
        let (schemas, report) = lowered(
            &[settle_alternatives],
            &json!({
                "E": {"oneOf": [reference("A"), reference("B")]},
                "A": {"properties": {"x": {"type": "string"}, "y": {"type": "integer"}}},
                "B": {"properties": {"x": {"type": "boolean"}}},
            }),
        );
        assert_eq!(
            schemas["E"],
            json!({
                "type": "object",
                "properties": {"x": {"oneOf": [{"type": "string"}, {"type": "boolean"}]}, "y": {"type": "integer"}},
                "required": [],
            })
        );
        assert_eq!(report.len(), 1);
    }

    #[test]
    fn conditions_are_no_alternatives() {
        let (schemas, _) = lowered(
            &[settle_alternatives],
            &json!({"A": {"properties": {"b": {}}, "anyOf": [{"required": ["b"]}, {"required": ["c"]}]}}),
        );
        assert_eq!(schemas["A"], json!({"properties": {"b": {}}}));
    }
}
