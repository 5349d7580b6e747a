//! Decides how a field without a value is written, by the examples.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::codec::Codec;
use super::sites;
use crate::model::{Absence, Access, Method};
use crate::openapi::media_type;
use crate::resolve::decisions::{Decisions, Rule};
use crate::resolve::directions::reached;
use crate::resolve::draft::Draft;
use crate::resolve::schema::Schema;

/// Decides how a field that may be null and may be absent is written without a value.
///
/// It is one `Option`, whose `None` is written in one way: null, unless the examples only omit it. Where the examples
/// have both, in what a patch sends, and in what a request sends whose server fills in a default, null and absence are two
/// values.
pub fn distinguish_null(draft: &mut Draft, decisions: &mut Decisions) {
    let (uses, patched, sent) = (uses(draft), patched(draft), sent(draft));
    let defaulted: HashSet<String> =
        draft.components.iter().filter(|(_, schema)| has_default(schema)).map(|(name, _)| name.clone()).collect();
    for (component, schema) in &mut draft.components {
        let names: HashSet<String> = nullable_and_optional(schema).cloned().collect();
        for (name, property) in schema.properties.iter_mut().flatten().filter(|(name, _)| names.contains(*name)) {
            let found = uses.get(&(component.clone(), name.clone())).copied().unwrap_or_default();
            let is_patched = patched.contains(component) && property.place.access != Access::ReadOnly;
            let has_default =
                has_default(property) || property.reference.as_ref().is_some_and(|name| defaulted.contains(name));
            let is_defaulted = has_default && sent.contains(component) && property.place.access != Access::ReadOnly;
            let (absence, what) = match (found.is_omitted, found.is_null) {
                _ if is_patched => (Absence::Distinct, "null and absence are two values: a patch sends it"),
                _ if is_defaulted => (Absence::Distinct, "null and absence are two values: absence is the default"),
                (true, true) => (Absence::Distinct, "null and absence are two values: the examples have both"),
                (true, false) => (Absence::Omitted, "it is omitted when it has no value: no example has null"),
                (false, _) => continue,
            };
            decisions.add(Rule::TellNullFromAbsence, &property.at, what);
            property.place.absence = absence;
        }
    }
}

/// Returns the components that a patch sends: a property that is absent stays as it is, and one that is null is removed
/// (RFC 7396 section 1).
fn patched(draft: &Draft) -> BTreeSet<String> {
    let patches = draft.operations.iter().filter_map(|operation| {
        let body = operation.body.as_ref()?;
        let is_patch = operation.method == Method::Patch || media_type::is_merge_patch(&body.media_type);
        is_patch.then_some(&body.schema)
    });
    reached(&draft.components, patches.collect())
}

/// Returns the components that requests send, in their bodies, and in their parameters and fields.
fn sent(draft: &Draft) -> BTreeSet<String> {
    let schemas = draft.operations.iter().flat_map(|operation| {
        let body = operation.body.iter().map(|body| &body.schema);
        body.chain(operation.parameters.iter().map(|parameter| &parameter.schema))
    });
    reached(&draft.components, schemas.collect())
}

/// Returns whether the server fills in a value other than null.
fn has_default(schema: &Schema) -> bool {
    schema.place.constraints.default.is_some()
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

    use super::super::testing::{draft, operation, parameter};
    use super::*;
    use crate::resolve::draft::Operation;

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

    #[test]
    fn absence_is_the_default_also_in_a_field_of_a_form() {
        let mode = json!({"type": "string", "nullable": true, "default": "auto"});
        let mut draft = draft(&json!({"Settings": {"type": "object", "properties": {"mode": mode}}}));
        let absence = |draft: &mut Draft| {
            distinguish_null(draft, &mut Decisions::new(false));
            let properties = draft.components["Settings"].properties.iter().flatten();
            properties.map(|(_, property)| property.place.absence).next()
        };
        assert_eq!(absence(&mut draft), Some(Absence::ByType), "no request sends it");
        let mut field = parameter("object", json!({}));
        field.schema.reference = Some("Settings".to_owned());
        draft.operations.push(Operation { parameters: vec![field], ..operation() });
        assert_eq!(absence(&mut draft), Some(Absence::Distinct));
    }
}
