//! Replaces schemas that only hold a reference by the reference, and components that are other components by those.

use std::collections::HashMap;

use crate::resolve::decisions::{Decisions, Rule};
use crate::resolve::draft::Draft;
use crate::resolve::schema::Schema;

/// Replaces a composition of one part by the part, and each reference to a component that is a reference by the last
/// one. The facts about the place stay.
///
/// A composition of one part is the way to describe a reference in OpenAPI 3.0. typify would make types that only hold
/// others.
pub fn unwrap(draft: &mut Draft, decisions: &mut Decisions) {
    draft.schemas_mut(&mut |_, schema| unwrap_part(schema));
    let is_alias = |(_, schema): &(&String, &Schema)| schema.reference.is_some();
    let aliases: HashMap<String, Schema> =
        draft.components.iter().filter(is_alias).map(|(name, schema)| (name.clone(), schema.clone())).collect();
    if aliases.is_empty() {
        return;
    }
    draft.schemas_mut(&mut |_, schema| follow(schema, &aliases));
    draft.components.retain(|name, schema| {
        let is_alias = aliases.contains_key(name);
        if is_alias {
            decisions.add(Rule::UnwrapReferences, &schema.at, "it is another component, which is used instead");
        }
        !is_alias
    });
}

/// Replaces a composition of one part by the part.
fn unwrap_part(schema: &mut Schema) {
    let Some(part) = only_part(schema) else { return };
    let mut part = part.at_place_of(schema);
    part.place.nullable |= schema.nullable;
    part.rust_type = schema.rust_type.take().or(part.rust_type);
    *schema = part;
}

/// Takes the only part of a composition that has no other structure.
fn only_part(schema: &mut Schema) -> Option<Schema> {
    if schema.structural_words() != 1 {
        return None;
    }
    let parts = [&mut schema.all_of, &mut schema.one_of, &mut schema.any_of].into_iter().flatten().next()?;
    if parts.len() == 1 { parts.pop() } else { None }
}

/// Follows a reference through the aliases. A circle of them ends after each was followed.
fn follow(schema: &mut Schema, aliases: &HashMap<String, Schema>) {
    for _ in 0..=aliases.len() {
        let Some(alias) = schema.reference.as_ref().and_then(|target| aliases.get(target)) else { return };
        *schema = alias.clone().at_place_of(schema);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::resolve::testing::{reference_to, resolved};

    #[test]
    fn a_described_reference_keeps_its_description() {
        let (schemas, _) = resolved(
            &json!({"A": {"properties": {"b": {"description": "d", "allOf": [reference_to("C")]}}}, "C": {}}),
            unwrap,
        );
        assert_eq!(schemas["A"]["properties"]["b"], json!({"$ref": "#/components/schemas/C", "description": "d"}));
    }

    #[test]
    fn a_nullable_composition_of_one_part_is_a_nullable_place() {
        let (schemas, _) =
            resolved(&json!({"A": {"items": {"nullable": true, "oneOf": [reference_to("B")]}}, "B": {}}), unwrap);
        assert_eq!(schemas["A"]["items"], json!({"$ref": "#/components/schemas/B", "nullable here": true}));
    }

    #[test]
    fn a_component_that_is_another_is_replaced_by_it() {
        let (schemas, decided) = resolved(
            &json!({
                "A": {"allOf": [reference_to("B")]},
                "B": reference_to("C"),
                "C": {"type": "string"},
                "D": {"items": reference_to("A")},
            }),
            unwrap,
        );
        assert_eq!(schemas, json!({"C": {"type": "string"}, "D": {"items": reference_to("C")}}));
        assert_eq!(decided[0], "/components/schemas/A it is another component, which is used instead");
    }
}
