//! Walking the schemas and the operations of a document.

use serde_json::{Map, Value};

/// The methods that OpenAPI 3.0 knows.
pub const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

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
pub fn operations(root: &mut Value, f: &mut dyn FnMut(&str, &str, &mut Value)) {
    for (path, item) in root["paths"].as_object_mut().into_iter().flatten() {
        for method in METHODS {
            if let Some(operation) = item.get_mut(method) {
                f(path, method, operation);
            }
        }
    }
}

/// Calls `f` for every schema of the document, the inner ones before those around them.
pub fn schemas(root: &mut Value, f: &mut dyn FnMut(&Site, &mut Value)) {
    for (name, schema) in components(root).into_iter().flatten() {
        inside(schema, f);
        f(&Site::Component(name.clone()), schema);
    }
    operations(root, &mut |_, _, operation| {
        holders(operation, &mut |schema| {
            inside(schema, f);
            f(&Site::Holder, schema);
        });
    });
}

/// Calls `f` for every schema that an operation has of its own: of parameters, bodies and headers.
pub fn holders(operation: &mut Value, f: &mut dyn FnMut(&mut Value)) {
    for parameter in elements(operation.get_mut("parameters")) {
        f(&mut parameter["schema"]);
    }
    if let Some(body) = operation.get_mut("requestBody") {
        contents(body, f);
    }
    for (_, response) in entries(operation.get_mut("responses")) {
        for (_, header) in entries(response.get_mut("headers")) {
            header.get_mut("schema").into_iter().for_each(&mut *f);
        }
        contents(response, f);
    }
}

fn contents(holder: &mut Value, f: &mut dyn FnMut(&mut Value)) {
    for (_, media) in entries(holder.get_mut("content")) {
        media.get_mut("schema").into_iter().for_each(&mut *f);
    }
}

/// Calls `f` for every schema inside another, the inner ones first.
fn inside(schema: &mut Value, f: &mut dyn FnMut(&Site, &mut Value)) {
    children(schema, &mut |site, child| {
        inside(child, f);
        f(site, child);
    });
}

/// Calls `f` for every schema directly inside another.
pub fn children(schema: &mut Value, f: &mut dyn FnMut(&Site, &mut Value)) {
    let required = schema.get("required").cloned().unwrap_or_default();
    for (name, property) in entries(schema.get_mut("properties")) {
        let required = required.as_array().is_some_and(|names| names.iter().any(|other| other == name.as_str()));
        f(&Site::Property { required }, property);
    }
    for key in ["allOf", "oneOf", "anyOf"] {
        for part in elements(schema.get_mut(key)) {
            f(&Site::Part, part);
        }
    }
    for key in ["items", "not", "additionalProperties"] {
        if let Some(part @ Value::Object(_)) = schema.get_mut(key) {
            f(&Site::Part, part);
        }
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
