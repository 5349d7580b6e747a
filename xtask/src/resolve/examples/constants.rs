//! Leaves only those values that builders set by themselves which the types of the crate can hold.

use std::collections::HashSet;

use super::codec::Codec;
use crate::document::Pointer;
use crate::resolve::draft::Draft;
use crate::resolve::schema::Schema;

/// Drops each single value, a list or an object, that does not round-trip through its type: a type may have no place for
/// a part of it, and a builder must not send the rest.
pub fn drop_lossy_constants(draft: &mut Draft) {
    let mut lossy = HashSet::new();
    let codec = Codec::of(draft);
    let bodies = draft.operations.iter().flat_map(|operation| {
        let body = operation.body.iter().map(|body| &body.schema);
        operation.parameters.iter().map(|parameter| &parameter.schema).chain(body)
    });
    draft.components.values().chain(bodies).for_each(|schema| find(codec, schema, &mut lossy));
    if lossy.is_empty() {
        return;
    }
    draft.schemas_mut(&mut |_, schema| {
        if lossy.contains(&schema.at) {
            schema.place.constant = None;
        }
    });
}

/// Adds the places of the schemas in a schema whose constants do not round-trip.
fn find(codec: Codec<'_>, schema: &Schema, lossy: &mut HashSet<Pointer>) {
    let structured = schema.place.constant.as_ref().filter(|value| value.is_array() || value.is_object());
    if structured.is_some_and(|value| codec.taken(schema, value).is_none()) {
        lossy.insert(schema.at.clone());
    }
    schema.children().for_each(|child| find(codec, child, lossy));
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::draft;
    use super::*;

    #[test]
    fn a_constant_that_its_type_cannot_hold_is_dropped() {
        let object = |value| json!({"type": "object", "properties": {"a": {"type": "integer"}}, "example": value});
        let mut draft = draft(&json!({"A": object(json!({"a": 1})), "B": object(json!({"a": 1, "b": 2})), "C": {}}));
        draft.schemas_mut(&mut |_, schema| schema.place.constant = schema.example.take());
        drop_lossy_constants(&mut draft);
        let constants: Vec<_> = draft.components.values().map(|schema| schema.place.constant.is_some()).collect();
        assert_eq!(constants, [true, false, false]);
    }
}
