//! Choices between alternatives, in an order in which the first that decodes a value also round-trips it.

use serde_json::Value;

use super::codec::Codec;
use super::infer::any_or_null;
use crate::document::Pointer;
use crate::resolve::schema::{Additional, Kind, Properties, Schema};
use crate::resolve::shape::Shape;

/// Returns the alternatives without repetitions, each before those that would decode its values as well.
#[must_use]
pub fn in_order(codec: Codec<'_>, alternatives: impl IntoIterator<Item = Schema>) -> Vec<Schema> {
    let mut kept: Vec<Schema> = Vec::new();
    for alternative in alternatives {
        if !kept.contains(&alternative) {
            kept.push(alternative);
        }
    }
    if kept.iter().any(|alternative| alternative.kind == Some(Kind::Number)) {
        kept.retain(|alternative| !matches!(alternative.kind, Some(Kind::Integer | Kind::Unsigned)));
    }
    kept.sort_by_key(|alternative| breadth(codec.shape(alternative)));
    kept
}

/// Returns how many values an alternative decodes. Lists come before objects, since serde reads a list as the fields
/// of an object.
fn breadth(shape: Shape<'_>) -> u8 {
    match shape {
        Shape::Values(_) => 0,
        Shape::Scalar(Kind::Boolean | Kind::Integer | Kind::Unsigned) => 1,
        Shape::Scalar(Kind::Number) | Shape::Rust(_) => 2,
        Shape::Scalar(_) => 3,
        Shape::List(_) => 4,
        Shape::Struct(_) => 5,
        Shape::Choice(_) | Shape::Tagged(_) => 6,
        Shape::Map(_) => 7,
        Shape::Any => 8,
    }
}

/// Returns whether the value is of the kind of the shape. To widen the shape to it makes no choice of it then.
#[must_use]
pub fn is_alike(shape: Shape<'_>, value: &Value) -> bool {
    matches!(
        (shape, value),
        (Shape::Values(_), Value::String(_))
            | (Shape::Scalar(Kind::Integer | Kind::Unsigned | Kind::Number), Value::Number(_))
            | (Shape::List(_), Value::Array(_))
            | (Shape::Struct(_) | Shape::Map(_), Value::Object(_))
    )
}

/// Returns the number of properties that a shape and a value have in common.
#[must_use]
pub fn shared_properties(shape: Shape<'_>, value: &Value) -> usize {
    let (Shape::Struct(object), Value::Object(fields)) = (shape, value) else { return 0 };
    fields.keys().filter(|name| object.property(name).is_some()).count()
}

/// Returns one object with the properties of all. It requires only what all of them require.
#[must_use]
pub fn merge_objects(at: &Pointer, objects: &[&Schema]) -> Schema {
    let extra = objects.iter().rev().find_map(|object| object.extra());
    Schema {
        properties: Some(merge_properties(objects)),
        required: Some(required_by_all(objects)),
        additional: extra.map(|extra| Additional::Schema(Box::new(extra.clone()))),
        ..Schema::of_kind(at, Kind::Object)
    }
}

fn merge_properties(objects: &[&Schema]) -> Properties {
    let mut merged = Properties::new();
    for (name, property) in objects.iter().flat_map(|object| object.properties.iter().flatten()) {
        let has_conflict = merged.get(name).is_some_and(|known| known != property);
        merged.insert(name.clone(), if has_conflict { any_or_null(&property.at) } else { property.clone() });
    }
    merged
}

fn required_by_all(objects: &[&Schema]) -> Vec<String> {
    let Some((first, others)) = objects.split_first() else { return Vec::new() };
    let names = first.required.iter().flatten();
    names.filter(|name| others.iter().all(|object| object.requires(name))).cloned().collect()
}

/// Replaces the alternatives of a schema. A single one becomes the schema itself.
pub fn set_alternatives(schema: &mut Schema, alternatives: Vec<Schema>) {
    match <[Schema; 1]>::try_from(alternatives) {
        Ok([only]) => {
            let choice = std::mem::take(schema);
            *schema = Schema {
                at: choice.at,
                place: choice.place.or(&only.place),
                title: choice.title.or(only.title),
                example: choice.example.or(only.example),
                ..only
            };
        }
        Err(alternatives) => schema.one_of = Some(alternatives),
    }
}
