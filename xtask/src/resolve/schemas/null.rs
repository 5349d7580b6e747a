//! Moves null from types to the places where they are used.

use std::collections::HashSet;

use crate::resolve::draft::Draft;
use crate::resolve::schema::{Role, Schema};

/// Moves null from the schemas that admit it to their places.
///
/// Null belongs to the place, not to the type: a field is an `Option` of a type, and no type is an `Option` inside.
pub fn lift(draft: &mut Draft) {
    let nullable: HashSet<String> =
        draft.components.iter().filter(|(_, schema)| admits_null(schema)).map(|(name, _)| name.clone()).collect();
    draft.schemas_mut(&mut |role, schema| {
        let refers_to_null = schema.reference.as_ref().is_some_and(|target| nullable.contains(target));
        if !refers_to_null && !admits_null(schema) {
            return;
        }
        remove_null(schema);
        schema.place.nullable = role != Role::Component;
    });
}

/// Returns whether null is one of the values.
pub(super) fn admits_null(schema: &Schema) -> bool {
    let mut alternatives = [&schema.one_of, &schema.any_of].into_iter().flatten().flatten();
    schema.nullable || schema.place.nullable || alternatives.any(admits_null)
}

fn remove_null(schema: &mut Schema) {
    schema.nullable = false;
    schema.place.nullable = false;
    [&mut schema.one_of, &mut schema.any_of].into_iter().flatten().flatten().for_each(remove_null);
    if let Some(values) = &mut schema.values {
        values.retain(|value| !value.is_null());
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::rust_types::{inline, take_decoded_alternative};
    use super::*;
    use crate::resolve::testing::{reference_to, resolved};

    #[test]
    fn a_field_of_a_rust_type_gets_its_null_and_its_function() {
        let rust_type = json!({"crate": "r", "path": "r::D"});
        let (schemas, _) = resolved(
            &json!({
                "D": {"oneOf": [{"type": "string", "nullable": true}], "x-rust-type": rust_type, "x-rust-decode": "r::d"},
                "A": {"required": ["b"], "properties": {"b": reference_to("D"), "c": reference_to("D")}},
            }),
            |draft, _| {
                take_decoded_alternative(draft);
                inline(draft);
                lift(draft);
            },
        );
        let field = json!({"x-rust-type": rust_type, "x-rust-decode": "r::d", "nullable here": true});
        assert_eq!(schemas, json!({"A": {"required": ["b"], "properties": {"b": field, "c": field}}}));
    }

    #[test]
    fn a_nullable_component_makes_its_uses_nullable() {
        let (schemas, _) = resolved(
            &json!({
                "E": {"type": "string", "nullable": true, "enum": ["a", null]},
                "A": {"items": reference_to("E")},
            }),
            |draft, _| lift(draft),
        );
        assert_eq!(
            schemas,
            json!({
                "E": {"type": "string", "enum": ["a"]},
                "A": {"items": {"$ref": "#/components/schemas/E", "nullable here": true}},
            })
        );
    }
}
