//! Visits the places of a document that name another part of it, so that they can be rewritten.

use serde_json::{Map, Value};

use crate::document::fields::Fields as _;
use crate::openapi::shapes::{DISCRIMINATOR, DOCUMENT, Kind, OPERATION, PATH_ITEM, SCHEMA, Shape};
use crate::openapi::trail::Trail;
use crate::openapi::walk::is_extension;

/// A place that names another part of a document.
#[derive(Debug)]
pub enum Link<'v> {
    /// An object with a `$ref`, in the place of an object of the shape.
    Reference(&'static Shape, &'v mut Map<String, Value>),
    /// A path item with a `$ref`. The links in its own fields were visited before.
    PathItem(&'v mut Map<String, Value>),
    /// A value in the mapping of a discriminator: a reference to a schema, or the name of one.
    Mapping(&'v mut String),
    /// A security requirement, whose keys are names of security schemes.
    Requirement(&'v mut Map<String, Value>),
}

/// Calls a function with each link of a value of this kind, and the path to the value that has the link.
pub fn visit(kind: Kind, at: &Trail<'_>, value: &mut Value, found: &mut dyn FnMut(Link<'_>, &Trail<'_>)) {
    match (kind, value) {
        (Kind::FlagOr(kind), value @ Value::Object(_)) => visit(*kind, at, value, found),
        (Kind::List(kind), Value::Array(items)) if kind.has_objects() => {
            for (index, item) in items.iter_mut().enumerate() {
                visit(*kind, &at.item(index), item, found);
            }
        }
        (Kind::Map(kind), Value::Object(entries)) if kind.has_objects() => {
            for (key, value) in entries {
                visit(*kind, &at.below(key), value, found);
            }
        }
        (Kind::ObjectOrRef(shape), Value::Object(fields)) if has_reference(fields) => {
            if std::ptr::eq(shape, &raw const SCHEMA) {
                below(shape, at, fields, found);
            }
            found(Link::Reference(shape, fields), at);
        }
        (Kind::Object(shape) | Kind::ObjectOrRef(shape), Value::Object(fields)) => object(shape, at, fields, found),
        _ => {}
    }
}

fn object(
    shape: &'static Shape,
    at: &Trail<'_>,
    fields: &mut Map<String, Value>,
    found: &mut dyn FnMut(Link<'_>, &Trail<'_>),
) {
    below(shape, at, fields, found);
    if std::ptr::eq(shape, &raw const PATH_ITEM) && has_reference(fields) {
        found(Link::PathItem(fields), at);
    }
    if std::ptr::eq(shape, &raw const DISCRIMINATOR) {
        let mapping = fields.get_mut("mapping").and_then(Value::as_object_mut).into_iter().flatten();
        for (key, target) in mapping {
            if let Value::String(target) = target {
                found(Link::Mapping(target), &at.below("mapping").below(key));
            }
        }
    }
    if std::ptr::eq(shape, &raw const OPERATION) || std::ptr::eq(shape, &raw const DOCUMENT) {
        let requirements = fields.get_mut("security").and_then(Value::as_array_mut).into_iter().flatten();
        for (index, requirement) in requirements.enumerate() {
            if let Value::Object(requirement) = requirement {
                found(Link::Requirement(requirement), &at.below("security").item(index));
            }
        }
    }
}

/// Visits the links in the fields of an object.
fn below(
    shape: &'static Shape,
    at: &Trail<'_>,
    fields: &mut Map<String, Value>,
    found: &mut dyn FnMut(Link<'_>, &Trail<'_>),
) {
    for (key, value) in fields.iter_mut().filter(|(key, _)| !is_extension(key)) {
        let kind = shape.field(key).map(|field| field.kind).or_else(|| Some(shape.others.as_ref()?.1));
        if let Some(kind) = kind.filter(Kind::has_objects) {
            visit(kind, &at.below(key), value, found);
        }
    }
}

/// Returns whether an object has a `$ref` with a text.
fn has_reference(fields: &Map<String, Value>) -> bool {
    fields.field("$ref").and_then(Value::as_str).is_some_and(|target| !target.is_empty())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_link_is_visited_and_nothing_in_an_example_or_an_extension_is() {
        let link = json!({"$ref": "#/a"});
        let mut root = json!({
            "security": [{"token": []}],
            "paths": {"/a": {
                "$ref": "#/b",
                "get": {"parameters": [link], "responses": {"200": {"content": {"a/b": {"example": link}}}}},
            }},
            "components": {"schemas": {
                "A": {"$ref": "#/c", "properties": {"$ref": link}, "x-a": link, "default": link},
                "B": {"discriminator": {"propertyName": "p", "mapping": {"b": "B"}}},
            }},
        });
        let mut places = Vec::new();
        visit(Kind::Object(&DOCUMENT), &Trail::root(), &mut root, &mut |link, at| {
            let name = match link {
                Link::Reference(shape, _) => shape.name,
                Link::PathItem(_) => "path item",
                Link::Mapping(_) => "mapping",
                Link::Requirement(_) => "requirement",
            };
            places.push(format!("{} {name}", at.pointer().as_str()));
        });
        places.sort();
        assert_eq!(
            places,
            [
                "/components/schemas/A Schema",
                "/components/schemas/A/properties/$ref Schema",
                "/components/schemas/B/discriminator/mapping/b mapping",
                "/paths/~1a path item",
                "/paths/~1a/get/parameters/0 Parameter",
                "/security/0 requirement",
            ]
        );
    }
}
