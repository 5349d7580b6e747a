//! Decides how a field without a value is written, by the examples.

use std::collections::HashMap;

use super::codec::Codec;
use super::sites;
use crate::model::Absence;
use crate::resolve::decisions::{Decisions, Rule};
use crate::resolve::draft::Draft;
use crate::resolve::schema::Schema;

/// Decides how a field that may be null and may be absent is written without a value.
///
/// It is one `Option`, whose `None` is written in one way: null, unless the examples only omit it. Where the examples
/// have both, null and absence are two values.
pub fn distinguish_null(draft: &mut Draft, decisions: &mut Decisions) {
    let uses = uses(draft);
    for (component, schema) in &mut draft.components {
        for (name, property) in schema.properties.iter_mut().flatten() {
            let key = (component.clone(), name.clone());
            let Some(found) = uses.get(&key).filter(|found| found.is_omitted) else { continue };
            let (absence, what) = if found.is_null {
                (Absence::Distinct, "null and absence are two values: the examples have both")
            } else {
                (Absence::Omitted, "it is omitted when it has no value: no example has null")
            };
            decisions.add(Rule::TellNullFromAbsence, &property.at, what);
            property.place.absence = absence;
        }
    }
}

/// How the examples write a property without a value.
#[derive(Clone, Copy, Default)]
struct Uses {
    is_null: bool,
    is_omitted: bool,
}

/// Returns how the examples write each property that may be null and absent, by its component and its name.
fn uses(draft: &Draft) -> HashMap<(String, String), Uses> {
    let codec = Codec::of(draft);
    let components: HashMap<*const Schema, &String> =
        draft.components.iter().map(|(name, schema)| (std::ptr::from_ref(schema), name)).collect();
    let mut uses: HashMap<(String, String), Uses> = HashMap::new();
    for site in sites::of(draft) {
        codec.objects(site.schema, &site.example.value, &mut |object, fields| {
            let Some(component) = components.get(&std::ptr::from_ref(object)) else { return };
            for name in nullable_and_optional(object) {
                let found = uses.entry(((*component).clone(), name.clone())).or_default();
                match fields.get(name) {
                    None => found.is_omitted = true,
                    Some(value) => found.is_null |= value.is_null(),
                }
            }
        });
    }
    uses
}

/// Returns the names of the properties that may be null and may be absent.
fn nullable_and_optional(object: &Schema) -> impl Iterator<Item = &String> {
    let properties = object.properties.iter().flatten();
    properties
        .filter(|(name, property)| property.place.nullable && !property.has_custom_decoding() && !object.requires(name))
        .map(|(name, _)| name)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::draft;
    use super::*;

    #[test]
    fn the_examples_decide_how_a_field_without_a_value_is_written() {
        let nullable = json!({"type": "string", "nullable": true});
        let mut draft = draft(&json!({"A": {
            "type": "object",
            "required": ["required"],
            "properties": {"null": nullable, "absent": nullable, "both": nullable, "neither": nullable, "required": nullable},
            "examples": [
                {"null": null, "both": null, "neither": "a", "required": "b"},
                {"null": "a", "neither": "b", "required": null},
            ],
        }}));
        let mut decisions = Decisions::new(true);
        distinguish_null(&mut draft, &mut decisions);
        let properties = draft.components["A"].properties.iter().flatten();
        let decided: Vec<_> = properties
            .map(|(name, property)| (name.as_str(), property.place.absence))
            .filter(|(_, absence)| *absence != Absence::ByType)
            .collect();
        assert_eq!(decided, [("absent", Absence::Omitted), ("both", Absence::Distinct)]);
        assert_eq!(decisions.list().len(), 2, "{decisions:?}");
    }
}
