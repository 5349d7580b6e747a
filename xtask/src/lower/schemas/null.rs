//! Null and absence: what a field's `Option` stands for.

use std::collections::BTreeSet;

use serde_json::Value;

use super::super::changes::Changes;
use super::super::crumb;
use super::super::visit::{Site, components, elements, schemas};
use super::form::reference_to;

/// Null is a property of the place, not of the type: where a component admits null, its uses do instead, so that
/// a field is an `Option` of the type and no type is an `Option` inside.
pub fn lift_null(root: &mut Value, _: &mut Changes) {
    let mut nullable = BTreeSet::new();
    for (name, schema) in components(root).into_iter().flatten() {
        if admits_null(schema) {
            nullable.insert(reference_to(name));
        }
    }
    schemas(root, &mut |site, _, schema| {
        let is_nullable = admits_null(schema)
            || schema.get("$ref").and_then(Value::as_str).is_some_and(|target| nullable.contains(target));
        if !is_nullable {
            return;
        }
        remove_null(schema);
        if !matches!(site, Site::Component(_)) {
            schema[crumb::NULLABLE] = true.into();
        }
    });
}

pub(super) fn admits_null(schema: &Value) -> bool {
    let among = |key: &str| schema.get(key).and_then(Value::as_array).into_iter().flatten().any(admits_null);
    crumb::is_set(schema, "nullable") || crumb::is_set(schema, crumb::NULLABLE) || among("oneOf") || among("anyOf")
}

fn remove_null(schema: &mut Value) {
    if let Some(fields) = schema.as_object_mut() {
        fields.shift_remove("nullable");
        fields.shift_remove(crumb::NULLABLE);
    }
    for key in ["oneOf", "anyOf"] {
        elements(schema.get_mut(key)).for_each(remove_null);
    }
    if let Some(listed) = schema.get_mut("enum").and_then(Value::as_array_mut) {
        listed.retain(|value| !value.is_null());
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::lowered;
    use super::super::{inline_rust_types, take_decoded_alternative};
    use serde_json::json;

    use super::*;

    #[test]
    fn a_rust_type_is_named_at_the_field_which_gets_its_null_and_its_function() {
        let rust_type = json!({"crate": "r", "version": "*", "path": "r::D"});
        let (schemas, _) = lowered(
            &[take_decoded_alternative, inline_rust_types, lift_null],
            &json!({
                "D": {"oneOf": [{"type": "string", "nullable": true}], "x-rust-type": rust_type, "x-rust-decode": "r::d"},
                "A": {"required": ["b"], "properties": {"b": {"$ref": "#/components/schemas/D"}, "c": {"$ref": "#/components/schemas/D"}}},
            }),
        );
        let field = json!({"x-rust-type": rust_type, "x-rust-decode": "r::d", crumb::NULLABLE: true});
        assert_eq!(schemas, json!({"A": {"required": ["b"], "properties": {"b": field, "c": field}}}));
    }
}
