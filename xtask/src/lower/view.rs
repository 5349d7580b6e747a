//! What progenitor is shown: of each operation no more than its builder is made of.
//!
//! progenitor then makes the types, and for each operation a structure with its setters. Where the values go is known
//! to the notes, and the code that sends them is the passes'.

use serde_json::{Map, Value, json};

use super::crumb;
use super::parameters::is_body;
use super::visit::{METHODS, schemas};

/// The name by which a parameter names the module of the types: a crate of that name is let through by progenitor, and
/// its leading colons are taken off when the tokens are tidied.
pub const TYPES: &str = "types";

/// The document that progenitor is given.
///
/// Each operation has a path of its own: paths may hold what progenitor does not parse, and two that differ only in the
/// names of their parameters would become one. All parameters stand in the query, which is the one place in which
/// progenitor takes any schema and leaves the choice between required and optional; and there is one answer, without a
/// body, because it can tell one type from an operation at most.
#[must_use]
pub fn narrow(root: &Value) -> Value {
    let mut paths = Map::new();
    for item in root["paths"].as_object().into_iter().flat_map(Map::values) {
        for operation in METHODS.iter().filter_map(|method| item.get(method)) {
            paths.insert(format!("/{}", paths.len()), json!({"get": narrow_operation(operation)}));
        }
    }
    let components = root["components"]["schemas"].as_object().cloned().unwrap_or_default();
    let mut view = json!({
        "openapi": "3.0.3",
        "info": {"title": "", "version": ""},
        "paths": paths,
        "components": {"schemas": components},
    });
    schemas(&mut view, &mut |_, _, schema| {
        if let Some(fields) = schema.as_object_mut() {
            fields.retain(|key, _| !UNREAD.contains(&key.as_str()) && !key.starts_with("x-lowered-"));
        }
    });
    view
}

/// What progenitor reads in no schema, or turns into words that the passes replace.
const UNREAD: &[&str] = &["description", "example", "externalDocs", "deprecated", crumb::DECODE];

fn narrow_operation(operation: &Value) -> Value {
    let mut parameters: Vec<Value> =
        operation["parameters"].as_array().into_iter().flatten().map(narrow_parameter).collect();
    let body = operation.get("requestBody");
    let schema = body.and_then(|body| body["content"].as_object()?.values().next()?.get("schema"));
    let mut narrow = json!({
        "operationId": operation["operationId"],
        "responses": {"200": {"description": ""}},
    });
    match schema {
        Some(schema) if body.is_some_and(|body| crumb::is_set(body, "required")) => {
            narrow["requestBody"] = json!({"content": {"application/json": {"schema": schema}}});
        }
        // progenitor knows no body that may be missing.
        Some(schema) => parameters.push(query("body", false, schema)),
        None => {}
    }
    narrow["parameters"] = parameters.into();
    narrow
}

fn narrow_parameter(parameter: &Value) -> Value {
    let name = if is_body(parameter["in"].as_str().unwrap_or_default()) { "body" } else { text(&parameter["name"]) };
    query(name, crumb::is_set(parameter, "required"), &parameter["schema"])
}

/// A parameter of the query. progenitor takes no parameter whose type has a builder, so that a type is named as one
/// that exists already.
fn query(name: &str, required: bool, schema: &Value) -> Value {
    let mut schema = without_null(schema).clone();
    if let Some(target) = schema.get("$ref").and_then(Value::as_str).and_then(|target| target.rsplit('/').next()) {
        schema = json!({crumb::RUST_TYPE: {"crate": TYPES, "version": "*", "path": format!("{TYPES}::{target}")}});
    }
    if let Some(fields) = schema.as_object_mut() {
        for key in ["nullable", "default"] {
            fields.shift_remove(key);
        }
    }
    json!({"name": name, "in": "query", "required": required, "schema": schema})
}

/// A schema without the wrapper that lets it be null: a parameter that is null is one that is not set.
fn without_null(schema: &Value) -> &Value {
    match schema.get("allOf").and_then(Value::as_array).map(Vec::as_slice) {
        Some([only]) if schema.get("properties").is_none() => only,
        _ => schema,
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn narrowed(operation: &Value) -> Value {
        narrow(&json!({"paths": {"/a/{x}": {"post": operation}}}))["paths"]["/0"]["get"].take()
    }

    #[test]
    fn operations_on_paths_that_progenitor_takes_for_one_stay_two() {
        let root = json!({"paths": {"/a/{some-id}": {"get": {}}, "/a/{some_id}": {"get": {}}, "/}": {"put": {}}}});
        assert_eq!(narrow(&root)["paths"].as_object().unwrap().len(), 3);
    }

    #[test]
    fn parameters_of_all_places_stand_in_the_query() {
        let reference = json!({"$ref": "#/components/schemas/A"});
        let operation = narrowed(&json!({"operationId": "a", "parameters": [
            {"name": "x", "in": "path", "required": true, "schema": {"type": "string", "description": "d"}},
            {"name": "y", "in": "cookie", "schema": {"nullable": true, "allOf": [reference]}},
        ]}));
        let named = json!({"x-rust-type": {"crate": "types", "version": "*", "path": "types::A"}});
        assert_eq!(
            operation["parameters"],
            json!([
                {"name": "x", "in": "query", "required": true, "schema": {"type": "string"}},
                {"name": "y", "in": "query", "required": false, "schema": named},
            ])
        );
        assert_eq!(operation["responses"], json!({"200": {"description": ""}}));
    }

    #[test]
    fn a_body_that_may_be_missing_is_a_parameter() {
        let content = json!({"application/hal+json": {"schema": {"$ref": "#/components/schemas/A"}}});
        let required = narrowed(&json!({"requestBody": {"required": true, "content": content}}));
        assert_eq!(required["requestBody"]["content"]["application/json"]["schema"]["$ref"], "#/components/schemas/A");
        let optional = narrowed(&json!({"requestBody": {"content": content}}));
        assert_eq!(optional.get("requestBody"), None);
        assert_eq!(optional["parameters"][0]["name"], "body");
    }
}
