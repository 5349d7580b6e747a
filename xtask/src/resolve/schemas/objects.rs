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

/// Reads the schemas of patterns as that of all properties that are not described: as any value, unless all of these
/// properties have one schema.
fn loosen_patterns(schema: &mut Schema, decisions: &mut Decisions) {
    let Some(mut schemas) = schema.patterns.take().filter(|schemas| !schemas.is_empty()) else { return };
    decisions.add(Rule::LoosenObjects, &schema.at, "the patterns of property names are not read");
    let at = schema.at.clone();
    match schema.additional.take() {
        Some(Additional::Schema(rest)) => schemas.push(*rest),
        Some(Additional::Allowed(false)) => {}
        Some(Additional::Allowed(true)) | None => schemas.push(Schema::any(&at)),
    }
    let are_equal = schemas.windows(2).all(|pair| pair[0] == pair[1]);
    let value = schemas.pop().filter(|_| are_equal).unwrap_or_else(|| Schema::any(&at));
    schema.additional = Some(Additional::Schema(Box::new(value)));
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
                "OnlyPattern": {"patternProperties": {"^x": {"type": "string"}}, "additionalProperties": false},
                "OnlyPatterns": {"patternProperties": {"^x": {"type": "object"}, "^y": {"type": "object", "additionalProperties": false}}, "additionalProperties": false},
                "PatternAndRest": {"patternProperties": {"^x": {"type": "string"}}, "additionalProperties": {"type": "integer"}},
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
                "Pattern": {"additionalProperties": {}, "type": "object"},
                "Patterns": {"additionalProperties": {}, "type": "object"},
                "OnlyPattern": {"additionalProperties": {"type": "string"}, "type": "object"},
                "OnlyPatterns": {"additionalProperties": {"type": "object"}, "type": "object"},
                "PatternAndRest": {"additionalProperties": {}, "type": "object"},
            })
        );
        assert_eq!(decided[0], "/components/schemas/Closed `not` has no word in Rust");
        assert_eq!(
            decided[2],
            "/components/schemas/Text `properties` is not read, since no value of this type has any"
        );
    }
}
