//! Names for components and properties: each its own, and such that typify leaves them as they are.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Map, Value};

use super::super::changes::{Changes, Steps as _, Trail, remember};
use super::super::crumb;
use super::super::visit::{components, schemas};
use super::form::{is_struct, reference_to};
use crate::document::Pointer;
use crate::lower::rust_name::{Names, type_name, value_name};

/// A `$ref` may lead to any part of a document; typify knows components only. A part that is referred to becomes a
/// component, and a reference stands in its place.
pub fn name_referenced_parts(root: &mut Value, changes: &mut Changes) {
    // A part that has become a component can refer to others.
    const MOST_ROUNDS: usize = 16;
    let mut moved = BTreeMap::new();
    for _ in 0..MOST_ROUNDS {
        if !name_parts_once(root, &mut moved, changes) {
            break;
        }
    }
}

/// Whether there were any. `moved` are the parts that have become components, by where they stood.
fn name_parts_once(root: &mut Value, moved: &mut BTreeMap<Pointer, String>, changes: &mut Changes) -> bool {
    let mut parts: BTreeMap<Pointer, String> = BTreeMap::new();
    schemas(root, &mut |_, _, schema| {
        if let Some(pointer) = reference(schema).filter(|pointer| !is_component(pointer)) {
            parts.entry(pointer).or_default();
        }
    });
    let mut names = Names::default();
    components(root).into_iter().flatten().for_each(|(name, _)| drop(names.unique(name)));
    for (pointer, name) in &mut parts {
        *name = names.unique(&type_name(&name_of_part(pointer)));
    }
    // The deepest first, so that a part inside another is found before the other moves.
    for (pointer, name) in parts.iter().rev() {
        let part = match moved.get(pointer) {
            Some(_) => None,
            None => root.pointer_mut(now_at(pointer, moved).as_str()),
        };
        if let Some(part) = part {
            let mut schema = part.take();
            *part = serde_json::json!({"$ref": reference_to(name)});
            remember(&mut schema, pointer);
            changes.report(
                &Trail::from(pointer.clone()),
                format_args!("it is referred to, and becomes the component `{name}`"),
            );
            root["components"]["schemas"][name.as_str()] = schema;
            moved.insert(pointer.clone(), name.clone());
        }
    }
    schemas(root, &mut |_, _, schema| {
        if let Some(name) = reference(schema).and_then(|pointer| moved.get(&pointer)) {
            schema["$ref"] = reference_to(name).into();
        }
    });
    !parts.is_empty()
}

/// Where a part stands now: the parts around it may have become components.
fn now_at(pointer: &Pointer, moved: &BTreeMap<Pointer, String>) -> Pointer {
    let around = std::iter::successors(pointer.parent(), Pointer::parent);
    for outer in around {
        if let (Some(name), Some(rest)) = (moved.get(&outer), pointer.as_str().strip_prefix(outer.as_str())) {
            return Pointer::from_text(format!("/components/schemas/{name}{rest}"));
        }
    }
    pointer.clone()
}

fn reference(schema: &Value) -> Option<Pointer> {
    schema.get("$ref").and_then(Value::as_str).and_then(Pointer::from_reference)
}

fn is_component(pointer: &Pointer) -> bool {
    let segments: Vec<_> = pointer.segments().collect();
    matches!(&segments[..], [first, second, _] if first == "components" && second == "schemas")
}

/// The words of a pointer that say something.
fn name_of_part(pointer: &Pointer) -> String {
    const SILENT: &[&str] = &["components", "schemas", "paths", "properties", "content", "schema", "application/json"];
    let words: Vec<_> = pointer.segments().filter(|segment| !SILENT.contains(&segment.as_str())).collect();
    words.join(" ")
}

/// Every component gets a name that is a Rust type's, and that no other has; references follow. progenitor does
/// not decode escaped references, and gives two components that differ only in case the same type.
pub fn name_schemas(root: &mut Value, changes: &mut Changes) {
    let mut names = Names::of_types();
    let mut renamed: HashMap<String, String> = HashMap::new();
    let section = Pointer::root().keys(["components", "schemas"]);
    if let Some(components) = components(root) {
        let mut out = Map::with_capacity(components.len());
        for (name, mut schema) in std::mem::take(components) {
            let type_name = names.unique(&type_name(&name));
            if type_name != name {
                let at = section.key(&name);
                changes.report(&Trail::from(at.clone()), format_args!("`{name}` becomes the type `{type_name}`"));
                remember(&mut schema, &at);
            }
            out.insert(type_name.clone(), schema);
            renamed.insert(name, type_name);
        }
        *components = out;
    }
    schemas(root, &mut |_, _, schema| {
        if let Some(name) = reference(schema).and_then(|target| renamed.get(&target.last()?)) {
            schema["$ref"] = reference_to(name).into();
        }
    });
}

/// Properties get names that are fields': typify gives `perPage` and `per_page` one field, and fails. The name in
/// JSON stays beside.
pub fn name_properties(root: &mut Value, changes: &mut Changes) {
    schemas(root, &mut |_, at, schema| {
        if !is_struct(schema) {
            return;
        }
        let mut names = Names::default();
        // typify's field for what has no field of its own.
        if schema.get("additionalProperties").is_some() {
            names.take("extra");
        }
        let mut renamed: HashMap<String, String> = HashMap::new();
        if let Some(properties) = schema["properties"].as_object_mut() {
            let mut out = Map::with_capacity(properties.len());
            for (wire, mut property) in std::mem::take(properties) {
                let plain = value_name(&wire);
                let name = names.unique(&plain);
                if name != plain || name.starts_with("unnamed") {
                    let at_properties = at.key("properties", &Value::Null);
                    changes.report(
                        &at_properties.key(&wire, &property),
                        format_args!("`{wire}` becomes the field `{name}`"),
                    );
                }
                if name != wire {
                    remember(&mut property, &at.key("properties", &Value::Null).key(&wire, &Value::Null).pointer());
                }
                property[crumb::WIRE_NAME] = wire.as_str().into();
                out.insert(name.clone(), property);
                renamed.insert(wire, name);
            }
            *properties = out;
        }
        if let Some(required) = schema.get_mut("required").and_then(Value::as_array_mut) {
            // A name without a property asks for something that the schema does not describe.
            required.retain_mut(|name| match name.as_str().and_then(|wire| renamed.get(wire)) {
                Some(field) => {
                    *name = field.as_str().into();
                    true
                }
                None => false,
            });
        }
    });
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::tests::lowered;
    use super::*;

    #[test]
    fn colliding_and_escaped_names_become_types_of_their_own() {
        let (schemas, report) = lowered(
            &[name_schemas],
            &json!({"percentage": {}, "Percentage": {"items": {"$ref": "#/components/schemas/Not%20Found(404)"}}, "Not Found(404)": {}}),
        );
        assert_eq!(
            schemas,
            json!({"Percentage": {}, "Percentage2": {"items": {"$ref": "#/components/schemas/NotFound404"}}, "NotFound404": {}})
        );
        assert_eq!(report[1], "/components/schemas/Percentage `Percentage` becomes the type `Percentage2`");
    }

    #[test]
    fn parts_that_are_referred_to_become_components() {
        let (schemas, _) = lowered(
            &[name_referenced_parts],
            &json!({
                "A": {"properties": {"b": {"properties": {"c": {"type": "string"}}}}},
                "D": {"$ref": "#/components/schemas/A/properties/b"},
                "E": {"$ref": "#/components/schemas/A/properties/b/properties/c"},
            }),
        );
        assert_eq!(
            schemas,
            json!({
                "A": {"properties": {"b": {"$ref": "#/components/schemas/Ab"}}},
                "D": {"$ref": "#/components/schemas/Ab"},
                "E": {"$ref": "#/components/schemas/Abc"},
                "Abc": {"type": "string"},
                "Ab": {"properties": {"c": {"$ref": "#/components/schemas/Abc"}}},
            })
        );
    }

    #[test]
    fn parts_of_parts_that_have_moved_are_found() {
        let inner =
            json!({"C": {"$ref": "#/components/schemas/A/definitions/B/definitions/D"}, "D": {"type": "string"}});
        let (schemas, _) = lowered(
            &[name_referenced_parts],
            &json!({
                "A": {"definitions": {"B": {"items": {"$ref": "#/components/schemas/A/definitions/B/definitions/C"}, "definitions": inner}}},
                "X": {"$ref": "#/components/schemas/A/definitions/B"},
            }),
        );
        let names: Vec<_> = schemas.as_object().unwrap().keys().cloned().collect();
        let reference = |of: &Value| of["$ref"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
        let (b, c) = (reference(&schemas["X"]), reference(&schemas[reference(&schemas["X"])]["items"]));
        let d = reference(&schemas[&c]);
        assert!([&b, &c, &d].iter().all(|name| names.contains(name)), "{schemas:#}");
        assert_eq!(schemas[&d]["type"], "string");
    }

    #[test]
    fn properties_get_fields_of_their_own() {
        let (schemas, report) = lowered(
            &[name_properties],
            &json!({"A": {
                "properties": {"perPage": {}, "per_page": {}, "type": {}, "{field-name}": {}, "1": {}, "@type": {}, "ملاحظة": {}},
                "required": ["per_page", "absent"],
            }}),
        );
        let fields: Vec<_> = schemas["A"]["properties"].as_object().unwrap().keys().cloned().collect();
        assert_eq!(fields, ["per_page", "per_page2", "type_", "field_name", "n1", "type_2", "ملاحظة"]);
        assert_eq!(schemas["A"]["properties"]["per_page2"][crumb::WIRE_NAME], "per_page");
        assert_eq!(schemas["A"]["required"], json!(["per_page2"]));
        assert_eq!(report.len(), 2, "{report:?}");
    }
}
