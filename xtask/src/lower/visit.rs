//! Walking the schemas and the operations of a document.

use serde_json::{Map, Value};

use super::changes::{Steps as _, Trail};
use crate::openapi::shapes::METHODS;

/// Where a schema stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Site {
    /// In `components/schemas`, under this name.
    Component(String),
    /// The body of a request or a response, a parameter, or a header.
    Holder,
    /// A property; whether its object lists it as required.
    Property {
        /// Whether its object lists it as required.
        required: bool,
    },
    /// Anywhere else inside another schema.
    Part,
}

/// The components' schemas, if there are any.
pub fn components(root: &mut Value) -> Option<&mut Map<String, Value>> {
    root.get_mut("components")?.get_mut("schemas")?.as_object_mut()
}

/// Calls `f` for every operation, with its path and method.
pub fn operations(root: &mut Value, f: &mut dyn FnMut(&str, &str, &Trail<'_>, &mut Value)) {
    let start = Trail::root();
    for (path, item) in root["paths"].as_object_mut().into_iter().flatten() {
        let paths = start.key("paths", &Value::Null);
        let at_path = paths.key(path, item);
        for method in METHODS {
            if let Some(operation) = item.get_mut(method) {
                f(path, method, &at_path.key(method, operation), operation);
            }
        }
    }
}

/// What is done with a schema: where it stands, the way there, and the schema.
pub type OnSchema<'f> = &'f mut dyn FnMut(&Site, &Trail<'_>, &mut Value);

/// Calls `f` for every schema of the document, the inner ones before those around them.
pub fn schemas(root: &mut Value, f: OnSchema<'_>) {
    let start = Trail::root();
    let (of_components, of_schemas) = (start.key("components", &Value::Null), "schemas");
    let section = of_components.key(of_schemas, &Value::Null);
    for (name, schema) in components(root).into_iter().flatten() {
        let at = section.key(name, schema);
        inside(&at, schema, f);
        f(&Site::Component(name.clone()), &at, schema);
    }
    operations(root, &mut |_, _, at, operation| {
        holders(at, operation, &mut |at, schema| {
            inside(at, schema, f);
            f(&Site::Holder, at, schema);
        });
    });
}

/// Calls `f` for every schema that an operation has of its own: of parameters, bodies and headers.
pub fn holders(at: &Trail<'_>, operation: &mut Value, f: &mut dyn FnMut(&Trail<'_>, &mut Value)) {
    let parameters = at.key("parameters", &Value::Null);
    for (index, parameter) in elements(operation.get_mut("parameters")).enumerate() {
        schema_of(&parameters.index(index, parameter), parameter, f);
    }
    if let Some(body) = operation.get_mut("requestBody") {
        contents(&at.key("requestBody", body), body, f);
    }
    let responses = at.key("responses", &Value::Null);
    for (status, response) in entries(operation.get_mut("responses")) {
        let at = responses.key(status, response);
        let headers = at.key("headers", &Value::Null);
        for (name, header) in entries(response.get_mut("headers")) {
            schema_of(&headers.key(name, header), header, f);
        }
        contents(&at, response, f);
    }
}

fn contents(at: &Trail<'_>, holder: &mut Value, f: &mut dyn FnMut(&Trail<'_>, &mut Value)) {
    let content = at.key("content", &Value::Null);
    for (name, media) in entries(holder.get_mut("content")) {
        schema_of(&content.key(name, media), media, f);
    }
}

fn schema_of(at: &Trail<'_>, holder: &mut Value, f: &mut dyn FnMut(&Trail<'_>, &mut Value)) {
    if let Some(schema) = holder.get_mut("schema") {
        f(&at.key("schema", schema), schema);
    }
}

/// Calls `f` for every schema inside another, the inner ones first.
fn inside(at: &Trail<'_>, schema: &mut Value, f: OnSchema<'_>) {
    children(at, schema, &mut |site, at, child| {
        inside(at, child, f);
        f(site, at, child);
    });
}

/// Calls `f` for every schema directly inside another.
pub fn children(at: &Trail<'_>, schema: &mut Value, f: OnSchema<'_>) {
    // Most schemas are leaves, and each is walked some thirty times.
    if is_leaf(schema) {
        return;
    }
    properties(at, schema, f);
    for key in ["allOf", "oneOf", "anyOf"] {
        let parts = at.key(key, &Value::Null);
        for (index, part) in elements(schema.get_mut(key)).enumerate() {
            f(&Site::Part, &parts.index(index, part), part);
        }
    }
    for key in ["items", "not", "additionalProperties"] {
        if let Some(part @ Value::Object(_)) = schema.get_mut(key) {
            f(&Site::Part, &at.key(key, part), part);
        }
    }
}

/// Whether nothing stands inside a schema.
fn is_leaf(schema: &Value) -> bool {
    const INNER: &[&str] = &["properties", "allOf", "oneOf", "anyOf", "items", "not", "additionalProperties"];
    !schema.as_object().is_some_and(|fields| fields.keys().any(|key| INNER.contains(&key.as_str())))
}

fn properties(at: &Trail<'_>, schema: &mut Value, f: OnSchema<'_>) {
    let required = schema.get_mut("required").map(Value::take);
    let names = required.as_ref().and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let properties = at.key("properties", &Value::Null);
    for (name, property) in entries(schema.get_mut("properties")) {
        let required = names.iter().any(|other| other == name.as_str());
        f(&Site::Property { required }, &properties.key(name, property), property);
    }
    if let (Some(required), Some(place)) = (required, schema.get_mut("required")) {
        *place = required;
    }
}

/// The entries of an object; none where there is no object.
pub fn entries(value: Option<&mut Value>) -> impl Iterator<Item = (&String, &mut Value)> {
    value.and_then(Value::as_object_mut).into_iter().flatten()
}

/// The elements of an array; none where there is no array.
pub fn elements(value: Option<&mut Value>) -> impl Iterator<Item = &mut Value> {
    value.and_then(Value::as_array_mut).into_iter().flatten()
}
