//! The properties of an example that its schema does not describe.

use std::cell::LazyCell;
use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::diagnostics::nearest::nearest;
use crate::document::Pointer;
use crate::document::fields::Fields as _;
use crate::openapi::scope::{At, Scope, has_free_alternative};

/// A property of an example that no schema describes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undescribed {
    /// Its place in the example.
    pub at: Pointer,
    /// Its name.
    pub name: String,
    /// The described property that it is probably meant to be.
    pub near: Option<String>,
    /// The place of that property, or else of the schema.
    pub described_at: Pointer,
    /// The place of the schema.
    pub schema_at: Pointer,
}

/// Returns the undescribed properties of a value, those of nested objects included.
#[must_use]
pub fn find(root: &Value, value: &Value, at: &Pointer, schema: &Value, schema_at: &Pointer) -> Vec<Undescribed> {
    // Few examples have such a property, and only those need the places of their schemas.
    let mut is_complete = true;
    Search { root, report: &mut |_, _, (), _| is_complete = false }.value(value, &(), &[(schema, ())]);
    let mut found = Vec::new();
    if !is_complete {
        let mut report = |scope: &_, fields: &_, at: &_, name: &_| found.push(undescribed(scope, fields, at, name));
        Search { root, report: &mut report }.value(value, at, &[(schema, schema_at.clone())]);
    }
    found
}

/// Returns the value with the property names that its author probably meant.
#[must_use]
pub fn corrected(value: &Value, at: &Pointer, undescribed: &[Undescribed]) -> Value {
    let mut value = value.clone();
    for property in undescribed {
        let inside =
            property.at.parent().and_then(|object| Some(object.as_str().strip_prefix(at.as_str())?.to_owned()));
        let object = inside.and_then(|inside| value.pointer_mut(&inside)?.as_object_mut());
        if let (Some(object), Some(near)) = (object, &property.near)
            && let Some(moved) = object.shift_remove(&property.name)
        {
            object.insert(near.clone(), moved);
        }
    }
    value
}

/// Takes the schemas of an object, its fields, its place, and the name of a property that none of the schemas describes.
type Report<'r, 'v, P> = &'r mut dyn FnMut(&Scope<'v, P>, &Map<String, Value>, &P, &str);

struct Search<'r, 'v, P> {
    root: &'v Value,
    report: Report<'r, 'v, P>,
}

type Schemas<'v, P> = [(&'v Value, P)];

impl<'v, P: At> Search<'_, 'v, P> {
    /// Searches a value for undescribed properties.
    fn value(&mut self, value: &Value, at: &P, schemas: &Schemas<'v, P>) {
        match value {
            Value::Object(fields) => self.object(fields, at, schemas),
            Value::Array(items) => self.array(items, at, schemas),
            _ => {}
        }
    }

    fn scope(&self, schemas: &Schemas<'v, P>) -> Scope<'v, P> {
        let mut scope = Scope::default();
        for (schema, at) in schemas {
            scope.add(self.root, schema, at);
        }
        scope
    }

    fn object(&mut self, fields: &Map<String, Value>, at: &P, schemas: &Schemas<'v, P>) {
        let (root, scope) = (self.root, self.scope(schemas));
        let is_described = LazyCell::new(|| {
            scope.has_names() && !schemas.iter().any(|(schema, _)| has_free_alternative(root, schema))
        });
        for (name, value) in fields {
            let mut described = scope.property(name).peekable();
            if described.peek().is_some() {
                if value.is_object() || value.is_array() {
                    self.value(value, &at.key(name), &described.collect::<Vec<_>>());
                }
            } else if *is_described && !scope.allows(name) && !scope.requires(name) {
                (self.report)(&scope, fields, at, name);
            }
        }
    }

    fn array(&mut self, items: &[Value], at: &P, schemas: &Schemas<'v, P>) {
        let scope = self.scope(schemas);
        for (index, item) in items.iter().enumerate() {
            let schemas = item_schemas(&scope, index);
            self.value(item, &at.index(index), &schemas);
        }
    }
}

fn item_schemas<'v, P: At>(scope: &Scope<'v, P>, index: usize) -> Vec<(&'v Value, P)> {
    let of_part = scope.parts.iter().flat_map(|part| {
        let prefix = part.fields.field("prefixItems").and_then(|schemas| schemas.get(index));
        let prefix = prefix.map(|schema| (schema, part.at.key("prefixItems").index(index)));
        let others = ["items", "contains", "unevaluatedItems"].into_iter();
        prefix.into_iter().chain(others.filter_map(|key| Some((part.fields.field(key)?, part.at.key(key)))))
    });
    of_part.collect()
}

fn undescribed(scope: &Scope<'_>, fields: &Map<String, Value>, at: &Pointer, name: &str) -> Undescribed {
    let absent: BTreeSet<_> = scope.names().map(|(name, _)| name).filter(|name| !fields.has(name)).collect();
    let near = nearest(name, absent);
    let near_at = scope.names().find(|(other, _)| Some(*other) == near).map(|(_, at)| at);
    // The first part may be only a reference or a composition. The first part with properties is the one to change.
    let has_properties = scope.parts.iter().find(|part| part.fields.has("properties"));
    let schema_at = has_properties.map(|part| part.at.clone()).unwrap_or_default();
    Undescribed {
        at: at.key(name),
        name: name.to_owned(),
        near: near.map(str::to_owned),
        described_at: near_at.unwrap_or_else(|| schema_at.clone()),
        schema_at,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn names(schema: &Value, value: &Value) -> Vec<String> {
        let root = json!({"A": {"type": "object", "properties": {"a": {"type": "integer"}, "next": {"$ref": "#/A"}}}});
        let found = find(&root, value, &Pointer::root(), schema, &Pointer::root().key("S"));
        found.into_iter().map(|property| property.at.to_string()).collect()
    }

    #[test]
    fn undescribed_properties_are_found_at_every_depth() {
        for (schema, value, expected) in [
            (json!({"properties": {"a": {}}}), json!({"a": 1, "b": 2}), "/b"),
            (json!({"$ref": "#/A"}), json!({"next": {"next": {"b": 2}}}), "/next/next/b"),
            (json!({"items": {"$ref": "#/A"}}), json!([{"a": 1}, {"b": 2}]), "/1/b"),
            (json!({"prefixItems": [{}, {"$ref": "#/A"}]}), json!([{"b": 1}, {"b": 2}]), "/1/b"),
            (json!({"additionalProperties": {"$ref": "#/A"}}), json!({"x": {"b": 1}}), "/x/b"),
            (json!({"patternProperties": {"^x": {"$ref": "#/A"}}}), json!({"x": {"b": 1}}), "/x/b"),
            (json!({"allOf": [{"$ref": "#/A"}, {"properties": {"c": {}}}]}), json!({"a": 1, "b": 1, "c": 1}), "/b"),
            (json!({"oneOf": [{"$ref": "#/A"}, {"type": "string"}]}), json!({"b": 1}), "/b"),
            (
                json!({"allOf": [{"properties": {"x": {"properties": {"a": {}}}}}, {"properties": {"x": {"properties": {"b": {}}}}}]}),
                json!({"x": {"a": 1, "b": 1, "c": 1}}),
                "/x/c",
            ),
        ] {
            assert_eq!(names(&schema, &value), [expected], "{schema} {value}");
        }
    }

    #[test]
    fn a_property_that_is_described_or_allowed_anywhere_is_accepted() {
        let value = json!({"a": 1, "b": 2});
        for schema in [
            json!({}),
            json!({"type": "object"}),
            json!({"oneOf": [{"properties": {"a": {}}}, {"properties": {"b": {}}}]}),
            json!({"oneOf": [{"properties": {"a": {}}}, {"type": "object"}]}),
            json!({"properties": {"a": {}}, "additionalProperties": true}),
            json!({"properties": {"a": {}}, "additionalProperties": {"type": "integer"}}),
            json!({"properties": {"a": {}}, "patternProperties": {"^b$": {}}}),
            json!({"properties": {"a": {}}, "propertyNames": {"maxLength": 1}}),
            json!({"properties": {"a": {}}, "unevaluatedProperties": true}),
            json!({"properties": {"a": {}}, "if": {}, "then": {"properties": {"b": {}}}}),
            json!({"properties": {"a": {}}, "discriminator": {"propertyName": "b"}}),
            // This name has a finding where it is listed.
            json!({"properties": {"a": {}}, "required": ["b"]}),
        ] {
            assert_eq!(names(&schema, &value), Vec::<String>::new(), "{schema}");
        }
    }

    #[test]
    fn the_nearest_property_that_is_missing_in_the_example_is_named() {
        let schema = json!({"properties": {"name": {}, "names": {}}});
        let find = |value: &Value| find(&schema, value, &Pointer::root(), &schema, &Pointer::root().key("S")).remove(0);
        let found = find(&json!({"nmae": 1}));
        assert_eq!((found.near.as_deref(), found.described_at.as_str()), (Some("name"), "/S/properties/name"));
        let found = find(&json!({"name": 1, "other": 2}));
        assert_eq!((found.near, found.described_at.as_str()), (None, "/S"));
    }

    #[test]
    fn a_corrected_example_has_the_described_names() {
        let schema = json!({"properties": {"outer": {"properties": {"inner": {}}}}});
        let at = Pointer::root().key("example");
        let value = json!({"oter": 1, "outer": {"iner": 2}});
        let found = find(&schema, &value, &at, &schema, &Pointer::root());
        assert_eq!(corrected(&value, &at, &found), json!({"oter": 1, "outer": {"inner": 2}}));
    }
}
