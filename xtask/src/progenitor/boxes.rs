//! Boxes for fields that would contain themselves.
//!
//! typify boxes the fields that close a circle, but it does not look into the parameters of a Rust type. A field that
//! distinguishes null from absence is `Nullable<T>`, so its circles are found here. A list and a map hold their items
//! elsewhere and close no circle. Whether a field is boxed does not depend on the order of the components.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::openapi::extensions::RUST_TYPE;

/// The crate of `Box`, as a Rust type has to name it.
pub const STD: &str = "std";

/// Boxes the parameter of each Rust type in a field that leads back to the component with the field.
pub fn insert(components: &mut Map<String, Value>) {
    let circles: Vec<(String, String)> = components
        .iter()
        .flat_map(|(owner, form)| {
            let fields = form.get("properties").and_then(Value::as_object).into_iter().flatten();
            let closing =
                fields.filter(|(_, field)| parameter(field).is_some_and(|name| contains(components, name, owner)));
            closing.map(|(field, _)| (owner.clone(), field.clone()))
        })
        .collect();
    for (owner, field) in circles {
        if let Some(parameter) = components[&owner]["properties"][&field][RUST_TYPE]["parameters"].get_mut(0) {
            let boxed =
                json!({"crate": STD, "version": "*", "path": "std::boxed::Box", "parameters": [parameter.take()]});
            *parameter = json!({RUST_TYPE: boxed});
        }
    }
}

/// Returns the component that is the parameter of a field's Rust type.
fn parameter(field: &Value) -> Option<&str> {
    target(field.get(RUST_TYPE)?.get("parameters")?.get(0)?)
}

fn target(form: &Value) -> Option<&str> {
    form.get("$ref")?.as_str()?.rsplit('/').next()
}

/// Returns whether a value of the component `outer` contains one of `inner`, without a list or a map in between.
fn contains(components: &Map<String, Value>, outer: &str, inner: &str) -> bool {
    let (mut seen, mut open) = (BTreeSet::new(), vec![outer]);
    while let Some(name) = open.pop() {
        if name == inner {
            return true;
        }
        if seen.insert(name) {
            components.get(name).into_iter().for_each(|form| held(form, &mut open));
        }
    }
    false
}

/// Collects the components that a value of this form contains directly.
fn held<'f>(form: &'f Value, names: &mut Vec<&'f str>) {
    names.extend(target(form).or_else(|| parameter(form)));
    let parts = ["oneOf", "allOf"].iter().filter_map(|key| form.get(*key)?.as_array()).flatten();
    let fields = form.get("properties").and_then(Value::as_object).into_iter().flat_map(Map::values);
    parts.chain(fields).for_each(|part| held(part, names));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nullable(name: &str) -> Value {
        let target = format!("#/components/schemas/{name}");
        json!({RUST_TYPE: {"crate": "r", "version": "*", "path": "r::Nullable", "parameters": [{"$ref": target}]}})
    }

    fn boxed(mut components: Value) -> Vec<String> {
        insert(components.as_object_mut().unwrap());
        let fields = |(name, form): (&String, &Value)| {
            let fields = form["properties"].as_object().cloned().unwrap_or_default();
            fields.into_iter().filter(|(_, field)| field.to_string().contains("std::boxed::Box")).map({
                let name = name.clone();
                move |(field, _)| format!("{name}.{field}")
            })
        };
        components.as_object().unwrap().iter().flat_map(fields).collect()
    }

    #[test]
    fn a_field_that_contains_its_own_component_is_boxed_and_no_other() {
        let reference = json!({"$ref": "#/components/schemas/A"});
        assert_eq!(
            boxed(json!({
                "A": {"properties": {"itself": nullable("A"), "other": nullable("B"), "end": nullable("C"), "list": nullable("D")}},
                "B": {"oneOf": [{"type": "string"}, reference]},
                "C": {"type": "string"},
                "D": {"type": "array", "items": reference},
            })),
            ["A.itself", "A.other"]
        );
    }

    #[test]
    fn the_order_of_the_components_does_not_matter() {
        let (a, b) = (json!({"properties": {"b": nullable("B")}}), json!({"properties": {"a": nullable("A")}}));
        let mut first = boxed(json!({"A": a, "B": b}));
        let mut second = boxed(json!({"B": b, "A": a}));
        first.sort();
        second.sort();
        assert_eq!(first, ["A.b", "B.a"]);
        assert_eq!(first, second);
    }
}
