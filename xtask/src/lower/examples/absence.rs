//! Null and absence, told apart by what is shown.

use std::collections::HashMap;

use serde_json::Value;

use super::super::changes::{Changes, Steps as _, Trail};
use super::super::crumb;
use super::super::visit::components;
use super::model::{Model, is_read_by_function, is_required};
use super::sites;
use crate::document::Pointer;

/// A field that may be absent as well as null is one `Option`, of which `None` is written in one way. Where the
/// examples only leave the field out, it is left out; where they only show null, and where they show neither, null is
/// written; where they show both, the field tells the two apart.
pub fn tell_null_from_absence(root: &mut Value, changes: &mut Changes) {
    let evidence = evidence(root);
    let section = Pointer::root().keys(["components", "schemas"]);
    for (name, schema) in components(root).into_iter().flatten() {
        let at = Trail::from(section.clone());
        let at = at.key(name, schema);
        let at = at.key("properties", &Value::Null);
        for (property, inner) in schema.get_mut("properties").and_then(Value::as_object_mut).into_iter().flatten() {
            let Some(shown) = evidence.get(&(name.clone(), property.clone())).filter(|shown| shown.as_absent) else {
                continue;
            };
            let (word, what) = if shown.as_null {
                (TOLD, "null and absence are told apart: both are shown")
            } else {
                (SKIPPED, "it is left out when it is nothing: it is never shown as null")
            };
            changes.report(&at.key(property, inner), what);
            inner[crumb::ABSENCE] = word.into();
        }
    }
}

/// The crumb of a field that is left out.
pub const SKIPPED: &str = "skipped";
/// The crumb of a field that tells null from absence.
pub const TOLD: &str = "told";

/// How nothing is shown.
#[derive(Clone, Copy, Default)]
struct Nothing {
    as_null: bool,
    as_absent: bool,
}

/// How each property that may be null and absent is shown when it is nothing, by component and name.
fn evidence(root: &Value) -> HashMap<(String, String), Nothing> {
    let model = Model::of(root);
    let all = root["components"]["schemas"].as_object();
    let names: HashMap<*const Value, &String> =
        all.into_iter().flatten().map(|(name, schema)| (std::ptr::from_ref(schema), name)).collect();
    let mut evidence: HashMap<(String, String), Nothing> = HashMap::new();
    for site in sites::of(root) {
        let Some(schema) = site.path.lookup(root) else { continue };
        model.objects(schema, &site.value, &mut |object, fields| {
            let Some(name) = names.get(&std::ptr::from_ref(object)) else { return };
            for property in in_question(object) {
                let shown = evidence.entry(((*name).clone(), property.clone())).or_default();
                match fields.get(property) {
                    None => shown.as_absent = true,
                    Some(value) => shown.as_null |= value.is_null(),
                }
            }
        });
    }
    evidence
}

/// The properties that may be null as well as absent.
fn in_question(object: &Value) -> impl Iterator<Item = &String> {
    let object = object.as_object();
    let properties = object.and_then(|object| object.get("properties")).and_then(Value::as_object);
    properties
        .into_iter()
        .flatten()
        .filter(move |(name, property)| {
            crumb::is_set(property, crumb::NULLABLE)
                && !is_read_by_function(property)
                && object.is_some_and(|object| !is_required(object, name))
        })
        .map(|(name, _)| name)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::super::schemas::lowered;
    use super::*;

    #[test]
    fn the_examples_say_what_nothing_is() {
        let nullable = json!({"type": "string", crumb::NULLABLE: true});
        let shown = |value: Value| json!({"at": "/x", "value": value});
        let (schemas, report) = lowered(
            &[tell_null_from_absence],
            &json!({"A": {
                "type": "object",
                "required": ["required"],
                "properties": {"null": nullable, "absent": nullable, "both": nullable, "neither": nullable, "required": nullable},
                crumb::EXAMPLES: [
                    shown(json!({"null": null, "both": null, "neither": "a", "required": "b"})),
                    shown(json!({"null": "a", "neither": "b", "required": null})),
                ],
            }}),
        );
        let words: Vec<_> = schemas["A"]["properties"]
            .as_object()
            .unwrap()
            .iter()
            .filter_map(|(name, property)| Some(format!("{name} {}", property.get(crumb::ABSENCE)?.as_str()?)))
            .collect();
        assert_eq!(words, ["absent skipped", "both told"]);
        assert_eq!(report.len(), 2, "{report:?}");
    }
}
