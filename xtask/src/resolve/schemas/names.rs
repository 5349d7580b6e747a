//! Names components and properties: each with a name of its own that typify does not change.

use std::collections::HashMap;

use crate::resolve::decisions::{Decisions, Rule};
use crate::resolve::draft::Draft;
use crate::resolve::names::{Names, type_name, value_name};
use crate::resolve::schema::{Components, Properties, Schema};

/// Gives each component the name of a type, and changes the references to it.
///
/// progenitor does not decode escaped references, and gives two components that differ only in case the same type.
pub fn name_schemas(draft: &mut Draft, decisions: &mut Decisions) {
    let mut names = Names::of_types();
    let mut renamed: HashMap<String, String> = HashMap::new();
    let mut components = Components::with_capacity(draft.components.len());
    for (name, schema) in std::mem::take(&mut draft.components) {
        let type_name = names.unique(&type_name(&name));
        if type_name != name {
            let what = format_args!("`{name}` becomes the type `{type_name}`");
            decisions.add(Rule::NameSchemas, &schema.at, what);
        }
        components.insert(type_name.clone(), schema);
        renamed.insert(name, type_name);
    }
    draft.components = components;
    draft.schemas_mut(&mut |_, schema| {
        if let Some(name) = schema.reference.as_ref().and_then(|target| renamed.get(target)) {
            schema.reference = Some(name.clone());
        }
    });
}

/// Gives each property the name of a field, and keeps its name in JSON.
///
/// typify gives `perPage` and `per_page` one field, and fails.
pub fn name_properties(draft: &mut Draft, decisions: &mut Decisions) {
    draft.schemas_mut(&mut |_, schema| {
        if schema.is_struct() {
            name_fields(schema, decisions);
        }
    });
}

fn name_fields(schema: &mut Schema, decisions: &mut Decisions) {
    let mut names = Names::default();
    // typify's field of the properties that are not described.
    if schema.additional.is_some() {
        names.take("extra");
    }
    let mut renamed: HashMap<String, String> = HashMap::new();
    let properties = schema.properties.take().unwrap_or_default();
    let mut fields = Properties::with_capacity(properties.len());
    for (wire, mut property) in properties {
        let plain = value_name(&wire);
        let name = names.unique(&plain);
        if name != plain || name.starts_with("unnamed") {
            decisions.add(Rule::NameProperties, &property.at, format_args!("`{wire}` becomes the field `{name}`"));
        }
        property.wire_name = Some(wire.clone());
        fields.insert(name.clone(), property);
        renamed.insert(wire, name);
    }
    schema.properties = Some(fields);
    if let Some(required) = &mut schema.required {
        // A required name without a property is not described.
        *required = required.iter().filter_map(|wire| renamed.get(wire).cloned()).collect();
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::resolve::testing::resolved;

    #[test]
    fn colliding_and_escaped_names_become_types_of_their_own() {
        let (schemas, decided) = resolved(
            &json!({"percentage": {}, "Percentage": {"items": {"$ref": "#/components/schemas/Not%20Found(404)"}}, "Not Found(404)": {}}),
            name_schemas,
        );
        assert_eq!(
            schemas,
            json!({"Percentage": {}, "Percentage2": {"items": {"$ref": "#/components/schemas/NotFound404"}}, "NotFound404": {}})
        );
        assert_eq!(decided[1], "/components/schemas/Percentage `Percentage` becomes the type `Percentage2`");
    }

    #[test]
    fn a_part_that_is_referred_to_becomes_a_component() {
        let (schemas, _) = resolved(
            &json!({
                "A": {"properties": {"b": {"properties": {"c": {"type": "string"}}}}},
                "D": {"$ref": "#/components/schemas/A/properties/b"},
                "E": {"$ref": "#/components/schemas/A/properties/b/properties/c"},
            }),
            |_, _| (),
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
    fn a_part_inside_a_part_that_became_a_component_is_found() {
        let inner =
            json!({"C": {"$ref": "#/components/schemas/A/definitions/B/definitions/D"}, "D": {"type": "string"}});
        let (schemas, _) = resolved(
            &json!({
                "A": {"definitions": {"B": {"items": {"$ref": "#/components/schemas/A/definitions/B/definitions/C"}, "definitions": inner}}},
                "X": {"$ref": "#/components/schemas/A/definitions/B"},
            }),
            |_, _| (),
        );
        let names: Vec<_> = schemas.as_object().unwrap().keys().cloned().collect();
        let reference = |of: &Value| of["$ref"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
        let (b, c) = (reference(&schemas["X"]), reference(&schemas[reference(&schemas["X"])]["items"]));
        let d = reference(&schemas[&c]);
        assert!([&b, &c, &d].iter().all(|name| names.contains(name)), "{schemas:#}");
        assert_eq!(schemas[&d]["type"], "string");
    }

    #[test]
    fn each_property_gets_a_field_of_its_own() {
        let (schemas, decided) = resolved(
            &json!({"A": {
                "properties": {"perPage": {}, "per_page": {}, "type": {}, "{field-name}": {}, "1": {}, "@type": {}, "ملاحظة": {}},
                "required": ["per_page", "absent"],
            }}),
            name_properties,
        );
        let fields: Vec<_> = schemas["A"]["properties"].as_object().unwrap().keys().cloned().collect();
        assert_eq!(fields, ["per_page", "per_page2", "type_", "field_name", "n1", "type_2", "ملاحظة"]);
        assert_eq!(schemas["A"]["properties"]["per_page2"]["wire name"], "per_page");
        assert_eq!(schemas["A"]["required"], json!(["per_page2"]));
        assert_eq!(decided.len(), 2, "{decided:?}");
    }

    #[test]
    fn a_field_leaves_the_name_of_the_properties_that_are_not_described() {
        let (schemas, _) =
            resolved(&json!({"A": {"properties": {"extra": {}}, "additionalProperties": {}}}), name_properties);
        assert_eq!(schemas["A"]["properties"], json!({"extra2": {"wire name": "extra"}}));
    }
}
