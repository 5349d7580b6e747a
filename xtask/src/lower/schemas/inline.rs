//! Names for the schemas that stand inside others.

use serde_json::{Map, Value, json};

use super::super::changes::{Changes, Steps as _, Trail, remember};
use super::super::crumb;
use super::super::visit::{components, elements, entries, operations};
use super::form::{is_struct, reference_to};
use crate::document::Pointer;
use crate::lower::rust_name::{Names, type_name};

/// Schemas that need a type and stand inside another get a name of their own, made from where they stand.
/// progenitor would make one up, which may be another schema's, and then emits two types of the same name.
pub fn pull_out_inline_schemas(root: &mut Value, changes: &mut Changes) {
    let mut pulled = Pulled { names: Names::of_types(), components: Map::new(), changes };
    if let Some(components) = components(root) {
        for name in components.keys() {
            pulled.names.unique(name);
        }
        let at = Trail::from(Pointer::root().keys(["components", "schemas"]));
        for (name, schema) in components.iter_mut() {
            pulled.inside(&at.key(name, schema), schema, name);
        }
    }
    operations(root, &mut |_, _, at, operation| pulled.of_operation(at, operation));
    if pulled.components.is_empty() {
        return;
    }
    let components = &mut root["components"]["schemas"];
    for (name, schema) in pulled.components {
        components[name] = schema;
    }
}

struct Pulled<'c> {
    names: Names,
    components: Map<String, Value>,
    changes: &'c mut Changes,
}

impl Pulled<'_> {
    fn of_operation(&mut self, at: &Trail<'_>, operation: &mut Value) {
        let id = operation["operationId"].as_str().unwrap_or_default().to_owned();
        let at_parameters = at.key("parameters", &Value::Null);
        for (index, parameter) in elements(operation.get_mut("parameters")).enumerate() {
            let name = parameter["name"].as_str().unwrap_or_default().to_owned();
            let at = at_parameters.index(index, parameter);
            if let Some(schema) = parameter.get_mut("schema") {
                self.nested(&at.key("schema", schema), schema, &format!("{id}_{name}"));
            }
        }
        if let Some(body) = operation.get_mut("requestBody") {
            self.bodies(&at.key("requestBody", body), body, &type_name(&format!("{id}_body")));
        }
        let at_responses = at.key("responses", &Value::Null);
        for (status, response) in entries(operation.get_mut("responses")) {
            let name = type_name(&format!("{id}_{}", status_word(status)));
            self.bodies(&at_responses.key(status, response), response, &name);
        }
    }

    /// Bodies always have a name, so that the passes know their type whatever it is.
    fn bodies(&mut self, at: &Trail<'_>, holder: &mut Value, name: &str) {
        let at_content = at.key("content", &Value::Null);
        for (media_type, media) in entries(holder.get_mut("content")) {
            let at = at_content.key(media_type, media);
            let Some(schema) = media.get_mut("schema") else { continue };
            let at = at.key("schema", schema);
            self.inside(&at, schema, name);
            if schema.get("$ref").is_none() {
                self.pull(&at, schema, name);
            }
        }
    }

    fn inside(&mut self, at: &Trail<'_>, schema: &mut Value, name: &str) {
        if is_leaf(schema) {
            return;
        }
        let at_properties = at.key("properties", &Value::Null);
        for (property, inner) in entries(schema.get_mut("properties")) {
            self.nested(&at_properties.key(property, inner), inner, &format!("{name}_{property}"));
        }
        for (key, suffix) in [("items", "item"), ("additionalProperties", "value")] {
            if let Some(inner @ Value::Object(_)) = schema.get_mut(key) {
                self.nested(&at.key(key, inner), inner, &format!("{name}_{suffix}"));
            }
        }
        for key in ["oneOf", "anyOf"] {
            let at_key = at.key(key, &Value::Null);
            for (index, inner) in elements(schema.get_mut(key)).enumerate() {
                let title = inner.get("title").and_then(Value::as_str).map_or((index + 1).to_string(), str::to_owned);
                self.nested(&at_key.index(index, inner), inner, &format!("{name}_{title}"));
            }
        }
        // The parts of `allOf` are merged into one type, and need none of their own.
        let at_parts = at.key("allOf", &Value::Null);
        for (index, part) in elements(schema.get_mut("allOf")).enumerate() {
            self.inside(&at_parts.index(index, part), part, name);
        }
    }

    fn nested(&mut self, at: &Trail<'_>, schema: &mut Value, words: &str) {
        if is_leaf(schema) && !needs_type(schema) {
            return;
        }
        let name = type_name(words);
        self.inside(at, schema, &name);
        if needs_type(schema) {
            self.pull(at, schema, &name);
        }
    }

    fn pull(&mut self, at: &Trail<'_>, schema: &mut Value, name: &str) {
        let name = self.names.unique(name);
        self.changes.report(at, format_args!("it gets a name of its own: `{name}`"));
        let mut reference = json!({"$ref": reference_to(&name)});
        crumb::carry(schema, &mut reference);
        // An example is held where it is used, null and all.
        schema.as_object_mut().map(|fields| fields.shift_remove(crumb::EXAMPLES));
        remember(schema, &at.pointer());
        self.components.insert(name, std::mem::replace(schema, reference));
    }
}

/// Whether there is no schema inside.
fn is_leaf(schema: &Value) -> bool {
    let holds =
        |key: &str| matches!(key, "properties" | "items" | "additionalProperties" | "oneOf" | "anyOf" | "allOf");
    schema.as_object().is_none_or(|fields| !fields.keys().any(|key| holds(key)))
}

fn needs_type(schema: &Value) -> bool {
    let several = |key: &str| schema.get(key).and_then(Value::as_array).is_some_and(|parts| parts.len() > 1);
    schema.get("$ref").is_none()
        && schema.get(crumb::RUST_TYPE).is_none()
        && (is_struct(schema)
            || schema.get("enum").is_some()
            || several("oneOf")
            || several("anyOf")
            || several("allOf"))
}

fn status_word(status: &str) -> String {
    if status.starts_with('2') { "response".to_owned() } else { format!("{status}_response") }
}

#[cfg(test)]
mod tests {
    use super::super::tests::lowered;
    use super::*;

    #[test]
    fn inline_types_are_named_after_their_place_and_avoid_taken_names() {
        let (schemas, report) = lowered(
            &[pull_out_inline_schemas],
            &json!({
                "Order": {"properties": {"status": {"description": "s", "properties": {"x": {"type": "string"}}}}},
                "OrderStatus": {"type": "string"},
            }),
        );
        assert_eq!(
            schemas["Order"]["properties"]["status"],
            json!({"$ref": "#/components/schemas/OrderStatus2", "description": "s"})
        );
        assert_eq!(schemas["OrderStatus2"]["properties"]["x"], json!({"type": "string"}));
        assert_eq!(report, ["/components/schemas/Order/properties/status it gets a name of its own: `OrderStatus2`"]);
    }
}
