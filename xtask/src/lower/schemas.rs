//! Lowerings of schemas, to the few forms in which typify has no choice: a reference, a scalar, a list, a map, an
//! object with fields, an enumeration of texts, a choice between references and scalars, any value.

mod alternatives;
mod compositions;
mod enumerations;
mod form;
mod inline;
mod names;
mod null;
mod rust_types;
mod scalars;

pub use alternatives::{name_alternatives, settle_alternatives};
pub use compositions::{merge_compositions, unwrap_references};
pub use enumerations::{loosen_enumerations, name_listed_values};
pub use form::{is_struct, target};
pub use inline::pull_out_inline_schemas;
pub use names::{name_properties, name_referenced_parts, name_schemas};
pub use null::lift_null;
pub use rust_types::{drop_foreign_types, inline_rust_types, take_decoded_alternative};
pub use scalars::{drop_exclusions, keep_numbers, loosen_objects, loosen_scalars};

use serde_json::{Map, Value};

use crate::document::Pointer;

/// The components that can be reached from these schemas.
pub fn reachable(root: &Value, from: &[&Value]) -> std::collections::BTreeSet<String> {
    let mut reached = std::collections::BTreeSet::new();
    let mut open: Vec<&Value> = from.to_vec();
    while let Some(schema) = open.pop() {
        if let Some(pointer) = schema.get("$ref").and_then(Value::as_str).and_then(Pointer::from_reference) {
            if pointer.last().is_some_and(|name| reached.insert(name)) {
                open.extend(pointer.lookup(root));
            }
            continue;
        }
        open.extend(parts(schema));
    }
    reached
}

/// The schemas directly inside another.
fn parts(schema: &Value) -> impl Iterator<Item = &Value> {
    let properties = schema.get("properties").and_then(Value::as_object).into_iter().flat_map(Map::values);
    let lists = ["allOf", "oneOf", "anyOf"].into_iter().filter_map(|key| schema.get(key)?.as_array()).flatten();
    let others = ["items", "not", "additionalProperties"].into_iter().filter_map(|key| schema.get(key));
    properties.chain(lists).chain(others.filter(|part| part.is_object()))
}

#[cfg(test)]
pub use tests::lowered;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::changes::Changes;
    use super::super::crumb;
    use super::*;

    type Lowering = fn(&mut Value, &mut Changes);

    /// What the lowerings make of the components, and what they report.
    pub fn lowered(lowerings: &[Lowering], schemas: &Value) -> (Value, Vec<String>) {
        let mut root = json!({"paths": {}, "components": {"schemas": schemas}});
        let mut changes = Changes::default();
        for lowering in lowerings {
            lowering(&mut root, &mut changes);
        }
        (without_origins(root["components"]["schemas"].take()), changes.list())
    }

    fn without_origins(value: Value) -> Value {
        match value {
            Value::Object(fields) => fields
                .into_iter()
                .filter(|(key, _)| key != crumb::ORIGIN)
                .map(|(key, value)| (key, without_origins(value)))
                .collect(),
            Value::Array(items) => items.into_iter().map(without_origins).collect(),
            other => other,
        }
    }
}
