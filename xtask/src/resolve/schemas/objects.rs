//! Settles what an object is, and which of its properties are accepted.

use crate::resolve::decisions::{Decisions, Rule};
use crate::resolve::draft::Draft;
use crate::resolve::schema::{Additional, Kind, Schema};

/// Infers the missing types of objects and lists, and lets objects have properties that are not described.
///
/// Such properties are kept where the schema describes or allows them, and ignored elsewhere: servers add properties
/// before documents do.
pub fn loosen(draft: &mut Draft, decisions: &mut Decisions) {
    draft.schemas_mut(&mut |_, schema| {
        loosen_patterns(schema, decisions);
        loosen_additional(schema, decisions);
        infer_kind(schema, decisions);
    });
}

/// Reads one pattern as the schema of all properties that are not described, and several as any value.
fn loosen_patterns(schema: &mut Schema, decisions: &mut Decisions) {
    let Some(patterns) = schema.patterns.take() else { return };
    decisions.add(Rule::LoosenObjects, &schema.at, "the patterns of property names are not read");
    let mut values = patterns.into_iter();
    let value = match (values.next(), values.next()) {
        (Some(value), None) => value,
        _ => Schema::any(&schema.at),
    };
    schema.additional.get_or_insert_with(|| Additional::Schema(Box::new(value)));
}

fn loosen_additional(schema: &mut Schema, decisions: &mut Decisions) {
    match schema.additional {
        Some(Additional::Allowed(true)) => {
            let any = Schema::any(&schema.at.key("additionalProperties"));
            schema.additional = Some(Additional::Schema(Box::new(any)));
        }
        Some(Additional::Allowed(false)) => {
            decisions.add(Rule::LoosenObjects, &schema.at, "properties that are not described are no error");
            schema.additional = None;
        }
        _ => {}
    }
}

fn infer_kind(schema: &mut Schema, decisions: &mut Decisions) {
    let inferred = match schema.kind {
        None if schema.properties.is_some() || schema.additional.is_some() => Kind::Object,
        None if schema.items.is_some() => Kind::List,
        None | Some(Kind::Object) => return,
        Some(_) => return drop_words_of_objects(schema, decisions),
    };
    let lists = [&schema.all_of, &schema.one_of, &schema.any_of];
    if schema.reference.is_none() && lists.iter().all(|parts| parts.is_none()) {
        schema.kind = Some(inferred);
    }
}

/// Drops the words of objects from a schema of another type.
fn drop_words_of_objects(schema: &mut Schema, decisions: &mut Decisions) {
    let dropped = [
        ("properties", schema.properties.take().is_some()),
        ("required", schema.required.take().is_some()),
        ("additionalProperties", schema.additional.take().is_some()),
    ];
    for (key, _) in dropped.into_iter().filter(|(_, was_there)| *was_there) {
        let what = format_args!("`{key}` is not read, since no value of this type has any");
        decisions.add(Rule::LoosenObjects, &schema.at, what);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::resolve::testing::resolved;

    #[test]
    fn objects_accept_properties_that_are_not_described() {
        let (schemas, decided) = resolved(
            &json!({
                "Open": {"properties": {"a": {}}, "additionalProperties": true},
                "Closed": {"type": "object", "properties": {"a": {}}, "additionalProperties": false, "not": {}},
                "Text": {"type": "string", "properties": {"a": {}}},
                "List": {"items": {"type": "string"}},
                "Pattern": {"patternProperties": {"^x": {"type": "string"}}},
                "Patterns": {"patternProperties": {"^x": {"type": "string"}, "^y": {"type": "integer"}}},
            }),
            loosen,
        );
        assert_eq!(
            schemas,
            json!({
                "Open": {"properties": {"a": {}}, "additionalProperties": {}, "type": "object"},
                "Closed": {"type": "object", "properties": {"a": {}}},
                "Text": {"type": "string"},
                "List": {"items": {"type": "string"}, "type": "array"},
                "Pattern": {"additionalProperties": {"type": "string"}, "type": "object"},
                "Patterns": {"additionalProperties": {}, "type": "object"},
            })
        );
        assert_eq!(decided[0], "/components/schemas/Closed `not` has no word in Rust");
        assert_eq!(
            decided[2],
            "/components/schemas/Text `properties` is not read, since no value of this type has any"
        );
    }
}
