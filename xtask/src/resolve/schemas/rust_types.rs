//! Uses the types and functions of Rust that the document names in extensions.

use std::collections::HashMap;

use super::null::admits_null;
use crate::openapi::extensions::RUST_TYPE;
use crate::resolve::decisions::{Decisions, Rule};
use crate::resolve::draft::Draft;
use crate::resolve::schema::{Additional, Role, Schema};

/// Drops the types of other crates than the runtime.
///
/// They are for another generator: progenitor would name them, and the client would not compile.
pub fn drop_foreign_types(draft: &mut Draft, decisions: &mut Decisions) {
    draft.schemas_mut(&mut |_, schema| {
        if schema.rust_type.take_if(|rust_type| rust_type.is_foreign()).is_some() {
            let what = format_args!("`{RUST_TYPE}` names a type that the client does not have");
            decisions.add(Rule::DropForeignTypes, &schema.at, what);
        }
    });
}

/// Replaces a schema with `x-rust-decode` by its first alternative, into which the function decodes the others.
///
/// The function decodes fields, so the schema moves to the places where it is used, unless it is a type of its own.
pub fn take_decoded_alternative(draft: &mut Draft) {
    let decoded: HashMap<String, Schema> = draft
        .components
        .iter()
        .filter(|(_, schema)| schema.has_custom_decoding())
        .map(|(name, schema)| (name.clone(), decoded_form(schema, name)))
        .collect();
    draft.schemas_mut(&mut |role, schema| {
        if role == Role::Component {
            if schema.place.decode.take().is_some() && schema.rust_type.is_none() {
                *schema = Schema { at: schema.at.clone(), ..first_alternative(schema) };
            }
        } else if let Some(form) = schema.reference.as_ref().and_then(|target| decoded.get(target)) {
            *schema = form.clone().at_place_of(schema);
        } else if schema.has_custom_decoding() && schema.rust_type.is_none() {
            *schema = first_alternative(schema).at_place_of(schema);
        }
    });
    draft.components.retain(|name, _| decoded.get(name).is_none_or(|form| form.reference.is_some()));
}

/// Returns the schema that replaces the references to the component `name`, which a function decodes.
fn decoded_form(schema: &Schema, name: &str) -> Schema {
    let first = first_alternative(schema);
    let has_type = schema.rust_type.is_some() || first.is_struct();
    let mut form = if has_type { Schema::reference(&schema.at, name) } else { first };
    form.place.nullable |= admits_null(schema);
    form.place.fill(&schema.place);
    form
}

/// Returns the first alternative of a schema, and of its items and values.
fn first_alternative(schema: &Schema) -> Schema {
    let mut first = match &schema.one_of {
        Some(alternatives) => alternatives.first().cloned().unwrap_or_else(|| Schema::any(&schema.at)),
        None => schema.clone(),
    };
    // The function decodes alternatives inside the first one as well.
    let extra = match &mut first.additional {
        Some(Additional::Schema(extra)) => Some(extra),
        _ => None,
    };
    for inner in extra.into_iter().chain(&mut first.items) {
        if inner.one_of.is_some() {
            **inner = first_alternative(inner);
        }
    }
    first
}

/// Names an existing Rust type where it is used.
///
/// typify wraps a component with `x-rust-type` in a newtype, unless the two happen to have the same name.
pub fn inline(draft: &mut Draft) {
    let types: HashMap<String, Schema> = draft
        .components
        .iter()
        .filter(|(_, schema)| schema.rust_type.is_some())
        .map(|(name, schema)| (name.clone(), rust_form(schema)))
        .collect();
    draft.schemas_mut(&mut |_, schema| {
        if let Some(form) = schema.reference.as_ref().and_then(|target| types.get(target)) {
            *schema = form.clone().at_place_of(schema);
        }
    });
    draft.components.retain(|name, _| !types.contains_key(name));
}

/// Returns the schema that replaces the references to a component that is a Rust type.
fn rust_form(schema: &Schema) -> Schema {
    let mut form = Schema { rust_type: schema.rust_type.clone(), ..Schema::any(&schema.at) };
    form.place.nullable = admits_null(schema);
    form.place.fill(&schema.place);
    form
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::resolve::testing::{reference_to, resolved};

    #[test]
    fn only_types_of_the_runtime_are_kept() {
        let of = |name: &str| json!({"type": "string", "x-rust-type": {"crate": name, "path": "p"}});
        let (schemas, decided) = resolved(&json!({"A": of("other"), "B": of("salla-runtime")}), drop_foreign_types);
        assert_eq!(schemas, json!({"A": {"type": "string"}, "B": of("salla-runtime")}));
        assert_eq!(decided.len(), 1);
    }

    #[test]
    fn a_decoded_scalar_moves_to_the_place_where_it_is_used() {
        let (schemas, _) = resolved(
            &json!({
                "Integer": {"description": "n", "oneOf": [{"type": "integer"}, {"type": "string"}], "x-rust-decode": "r::i"},
                "A": {"properties": {"b": {"$ref": "#/components/schemas/Integer", "description": "d"}}},
            }),
            |draft, _| take_decoded_alternative(draft),
        );
        assert_eq!(
            schemas,
            json!({"A": {"properties": {"b": {"type": "integer", "description": "d", "x-rust-decode": "r::i"}}}})
        );
    }

    #[test]
    fn a_decoded_object_stays_a_component_and_takes_its_first_alternatives() {
        let object = json!({"properties": {"a": {}}, "items": {"oneOf": [{"type": "integer"}, {"type": "string"}]}});
        let (schemas, _) = resolved(
            &json!({
                "D": {"oneOf": [object, {"type": "string"}], "x-rust-decode": "r::d"},
                "A": {"items": reference_to("D")},
            }),
            |draft, _| take_decoded_alternative(draft),
        );
        assert_eq!(
            schemas,
            json!({
                "D": {"properties": {"a": {}}, "items": {"type": "integer"}},
                "A": {"items": {"$ref": "#/components/schemas/D", "x-rust-decode": "r::d"}},
            })
        );
    }
}
