//! The input of progenitor: of each operation no more than its builder is made of.
//!
//! progenitor makes the types, and for each operation a structure with its setters. The notes know where the values go,
//! and the passes write the code that sends them.

use serde_json::{Map, Value, json};

use super::boxes;
use crate::RUNTIME;
use crate::lower::crumb;
use crate::lower::examples::TOLD;
use crate::lower::parameters::is_body;
use crate::openapi::shapes::METHODS;

/// The name by which a parameter names the module of the types: a crate of that name is let through by progenitor, and
/// its leading colons are removed when the tokens are simplified.
pub const TYPES: &str = "types";

/// Returns the document that progenitor is given.
///
/// Each operation has a path of its own: paths may hold what progenitor does not parse, and two that differ only in the
/// names of their parameters would become one. All parameters stand in the query, which is the one place in which
/// progenitor takes any schema and leaves the choice between required and optional; and there is one answer, without a
/// body, because it can tell one type from an operation at most.
#[must_use]
pub fn document(root: &Value) -> Value {
    let mut paths = Map::new();
    for item in root["paths"].as_object().into_iter().flat_map(Map::values) {
        for operation in METHODS.iter().filter_map(|method| item.get(method)) {
            paths.insert(format!("/{}", paths.len()), json!({"get": operation_input(operation)}));
        }
    }
    json!({
        "openapi": "3.0.3",
        "info": {"title": "", "version": ""},
        "paths": paths,
        "components": {"schemas": components(root)},
    })
}

fn operation_input(operation: &Value) -> Value {
    let mut parameters: Vec<Value> =
        operation["parameters"].as_array().into_iter().flatten().map(parameter_input).collect();
    let body = operation.get("requestBody");
    let schema = body.and_then(|body| body["content"].as_object()?.values().next()?.get("schema"));
    let mut input = json!({
        "operationId": operation["operationId"],
        "responses": {"200": {"description": ""}},
    });
    match schema {
        Some(schema) if body.is_some_and(|body| crumb::is_set(body, "required")) => {
            input["requestBody"] = json!({"content": {"application/json": {"schema": form(schema)}}});
        }
        // progenitor knows no body that may be missing.
        Some(schema) => parameters.push(query("body", false, schema)),
        None => {}
    }
    input["parameters"] = parameters.into();
    input
}

fn parameter_input(parameter: &Value) -> Value {
    let name = if is_body(parameter["in"].as_str().unwrap_or_default()) { "body" } else { text(&parameter["name"]) };
    query(name, crumb::is_set(parameter, "required"), &parameter["schema"])
}

/// A parameter of the query. progenitor takes no parameter whose type has a builder, so that a type is named as one
/// that exists already.
fn query(name: &str, required: bool, schema: &Value) -> Value {
    let mut shown = form(schema);
    if let Some(target) = shown.get("$ref").and_then(Value::as_str).and_then(|target| target.rsplit('/').next()) {
        shown = json!({crumb::RUST_TYPE: {"crate": TYPES, "version": "*", "path": format!("{TYPES}::{target}")}});
    }
    json!({"name": name, "in": "query", "required": required, "schema": shown})
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// The components, form by form: no word of a document can reach typify that it would understand in its own way, or
/// panic on.
fn components(root: &Value) -> Map<String, Value> {
    let schemas = root["components"]["schemas"].as_object().into_iter().flatten();
    let mut forms = schemas.map(|(name, schema)| (name.clone(), form(schema))).collect();
    boxes::insert(&mut forms);
    forms
}

/// A schema in its form, nullable where null is one of its values.
fn schema(schema: &Value) -> Value {
    let form = form(schema);
    if crumb::is_set(schema, crumb::NULLABLE) { nullable(form) } else { form }
}

fn form(schema: &Value) -> Value {
    if let Some(reference) = schema.get("$ref") {
        return json!({"$ref": reference});
    }
    if let Some(rust_type) = schema.get(crumb::RUST_TYPE) {
        return json!({crumb::RUST_TYPE: rust_type});
    }
    if let Some(alternatives) = schema.get("oneOf").and_then(Value::as_array) {
        return json!({"oneOf": alternatives.iter().map(form).collect::<Vec<_>>()});
    }
    if let Some(listed) = schema.get("enum") {
        return json!({"type": "string", "enum": listed});
    }
    match schema.get("type").and_then(Value::as_str) {
        Some("string") => json!({"type": "string"}),
        Some("boolean") => json!({"type": "boolean"}),
        Some("integer") => json!({"type": "integer", "format": "int64"}),
        Some("array") => json!({"type": "array", "items": schema.get("items").map_or_else(|| json!({}), self::schema)}),
        Some("object") => object(schema),
        _ => json!({}),
    }
}

fn object(schema: &Value) -> Value {
    let extra = schema.get("additionalProperties").filter(|extra| extra.is_object()).map(self::schema);
    let properties = schema.get("properties").and_then(Value::as_object).filter(|properties| !properties.is_empty());
    let Some(properties) = properties else {
        return json!({"type": "object", "additionalProperties": extra.unwrap_or_else(|| json!({}))});
    };
    let required: Vec<&str> =
        schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
    let fields: Map<String, Value> = properties
        .iter()
        .map(|(name, property)| (name.clone(), field(property, required.contains(&name.as_str()))))
        .collect();
    let mut out = json!({"type": "object", "properties": fields, "required": required});
    if let Some(extra) = extra {
        out["additionalProperties"] = extra;
    }
    out
}

/// A field that is not required is an `Option` whatever it holds. typify does not make one of a list or a map, which
/// would be left out when it is empty; and `[]` is not the same as nothing. What a function decodes has the type that
/// the function gives. A field that tells null from absence is an option of an option.
fn field(property: &Value, is_required: bool) -> Value {
    if is_required {
        return schema(property);
    }
    let form = form(property);
    if property.get(crumb::ABSENCE).is_some_and(|word| word == TOLD) {
        let path = format!("{}::php::Nullable", RUNTIME.replace('-', "_"));
        return json!({crumb::RUST_TYPE: {"crate": RUNTIME, "version": "*", "path": path, "parameters": [in_an_extension(form)]}});
    }
    let is_decoded = property.get(crumb::DECODE).is_some();
    let is_collection = !is_decoded && matches!(form.get("type").and_then(Value::as_str), Some("array" | "object"));
    if is_collection { nullable(form) } else { form }
}

/// A form as it has to stand in an extension, which progenitor hands on as it is: typify reads JSON Schema there, which
/// knows no `nullable`.
fn in_an_extension(mut form: Value) -> Value {
    for key in ["items", "additionalProperties"] {
        if let Some(inner) = form.get_mut(key) {
            *inner = in_an_extension(inner.take());
        }
    }
    let is_nullable = form.as_object_mut().and_then(|fields| fields.shift_remove("nullable")).is_some();
    let plain = match form.get("allOf").and_then(Value::as_array).map(Vec::as_slice) {
        Some([only]) => only.clone(),
        _ => form,
    };
    if is_nullable { json!({"oneOf": [plain, {"type": "null"}]}) } else { plain }
}

/// Null in the way that progenitor reads it.
fn nullable(mut form: Value) -> Value {
    if form.get("type").is_some() {
        form["nullable"] = true.into();
        return form;
    }
    // Any value is null as well.
    if form.as_object().is_some_and(Map::is_empty) {
        return form;
    }
    json!({"nullable": true, "allOf": [form]})
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input(operation: &Value) -> Value {
        document(&json!({"paths": {"/a/{x}": {"post": operation}}}))["paths"]["/0"]["get"].take()
    }

    #[test]
    fn operations_on_paths_that_progenitor_takes_for_one_stay_two() {
        let root = json!({"paths": {"/a/{some-id}": {"get": {}}, "/a/{some_id}": {"get": {}}, "/}": {"put": {}}}});
        assert_eq!(document(&root)["paths"].as_object().unwrap().len(), 3);
    }

    #[test]
    fn parameters_of_all_places_stand_in_the_query() {
        let reference = json!({"$ref": "#/components/schemas/A"});
        let operation = input(&json!({"operationId": "a", "parameters": [
            {"name": "x", "in": "path", "required": true, "schema": {"type": "string", "description": "d"}},
            {"name": "y", "in": "cookie", "schema": reference},
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
        let required = input(&json!({"requestBody": {"required": true, "content": content}}));
        assert_eq!(required["requestBody"]["content"]["application/json"]["schema"]["$ref"], "#/components/schemas/A");
        let optional = input(&json!({"requestBody": {"content": content}}));
        assert_eq!(optional.get("requestBody"), None);
        assert_eq!(optional["parameters"][0]["name"], "body");
    }

    #[test]
    fn only_known_forms_are_shown() {
        for (schema, shown) in [
            (json!({"type": "string", "format": "x", "description": "d", "minLength": 1}), json!({"type": "string"})),
            (json!({"type": "integer", "maximum": 1}), json!({"type": "integer", "format": "int64"})),
            (json!({"type": "wrong"}), json!({})),
            (json!({"type": "object"}), json!({"type": "object", "additionalProperties": {}})),
            (json!({"type": "array", "uniqueItems": true}), json!({"type": "array", "items": {}})),
            (
                json!({"type": "array", "items": {crumb::NULLABLE: true, "type": "string"}}),
                json!({"type": "array", "items": {"type": "string", "nullable": true}}),
            ),
            (json!({"$ref": "#/x", crumb::NULLABLE: true}), json!({"nullable": true, "allOf": [{"$ref": "#/x"}]})),
            (
                json!({"oneOf": [{"type": "string", "title": "t"}, {"type": "boolean"}]}),
                json!({"oneOf": [{"type": "string"}, {"type": "boolean"}]}),
            ),
        ] {
            assert_eq!(self::schema(&schema), shown, "{schema}");
        }
    }

    #[test]
    fn null_in_an_extension_is_json_schemas() {
        let list = json!({"type": "array", "items": {"type": "integer", "nullable": true}});
        let either = json!({"oneOf": [{"type": "integer"}, {"type": "null"}]});
        assert_eq!(in_an_extension(list), json!({"type": "array", "items": either}));
    }

    #[test]
    fn an_optional_list_can_be_absent_and_a_required_one_cannot() {
        let list = json!({"type": "array", "items": {}});
        let shown = form(&json!({"type": "object", "properties": {"a": list, "b": list}, "required": ["b"]}));
        assert_eq!(shown["properties"]["a"], json!({"type": "array", "items": {}, "nullable": true}));
        assert_eq!(shown["properties"]["b"], list);
    }
}
