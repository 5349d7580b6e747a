//! The lowering of forms: the fields of a form become parameters of its operation.

use serde_json::{Value, json};

use super::bodies::{push_parameter, runtime_type, whole_body};
use super::changes::{Changes, Steps as _, Trail, remember};
use super::crumb;
use super::operations::beside_components;
use super::parameters::{FIELD, FIELDS, JSON, PART, PARTS, TEXT_BODY};
use super::visit::operations;
use crate::openapi::media_type::{self, Format, is_file};
use crate::openapi::references::resolve;

/// The properties of a form become parameters of its operation, with a setter each: a form is no value that is
/// encoded as a whole, it is a list of names with values, some of which are files. A form without properties is a map
/// from names to texts.
pub fn spread_forms(root: &mut Value, changes: &mut Changes) {
    beside_components(root, |document, root| {
        operations(root, &mut |_, _, at, operation| {
            let Some((name, media, format)) = form(operation) else { return };
            let Some(fields) = operation.as_object_mut() else { return };
            let Some(body) = fields.shift_remove("requestBody") else { return };
            let at = at.key("requestBody", &body);
            let at_media = at.key("content", &Value::Null);
            let at_media = at_media.key(&name, &media);
            let at_schema = at_media.key("schema", &media["schema"]);
            let spread = Form { document, media: &media, format, at: &at_schema };
            let parameters = spread.parameters();
            if parameters.is_empty() {
                let is_text = resolve(document, &media["schema"]).is_some_and(|schema| schema["type"] == "string");
                let place = match (format, is_text) {
                    (Format::Multipart, _) => PARTS,
                    (_, true) => TEXT_BODY,
                    _ => FIELDS,
                };
                changes.report(&at_schema, "the form names no fields: it is sent as it is given");
                push_parameter(fields, whole_body(place, &name, &body, &at));
            }
            for parameter in parameters {
                push_parameter(fields, parameter);
            }
        });
    });
}

/// The form that an operation sends, if it does.
fn form(operation: &Value) -> Option<(String, Value, Format)> {
    let (name, media) = operation.get("requestBody")?.get("content")?.as_object()?.iter().next()?;
    let format = media_type::format(name);
    matches!(format, Format::Form | Format::Multipart).then(|| (name.clone(), media.clone(), format))
}

/// A form that is about to be spread.
struct Form<'f> {
    document: &'f Value,
    media: &'f Value,
    format: Format,
    at: &'f Trail<'f>,
}

/// A field of a form: what it holds, and whether the form is wrong without it.
struct Field {
    schema: Value,
    required: bool,
}

/// Schemas in schemas are followed so far: more is a circle.
const DEEPEST: usize = 32;

impl Form<'_> {
    fn parameters(&self) -> Vec<Value> {
        let fields = self.fields(&self.media["schema"], DEEPEST);
        fields.into_iter().map(|(name, field)| self.parameter(&name, field)).collect()
    }

    /// The fields of a schema: its own, those of what it is composed of, and those of its alternatives, of which none
    /// is required that another alternative does not have.
    fn fields(&self, schema: &Value, depth: usize) -> Vec<(String, Field)> {
        let mut fields: Vec<(String, Field)> = Vec::new();
        let Some(schema) = resolve(self.document, schema).filter(|_| depth > 0) else { return fields };
        let required =
            |name: &str| schema["required"].as_array().is_some_and(|names| names.iter().any(|known| known == name));
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            if !crumb::is_set(property, "readOnly") {
                let mut property = property.clone();
                remember(&mut property, &self.at.pointer());
                fields.push((name.clone(), Field { schema: property, required: required(name) }));
            }
        }
        for part in schema["allOf"].as_array().into_iter().flatten() {
            for (name, field) in self.fields(part, depth - 1) {
                let is_required = field.required || required(&name);
                merge(&mut fields, name, field, is_required);
            }
        }
        for key in ["oneOf", "anyOf"] {
            for alternative in schema[key].as_array().into_iter().flatten() {
                for (name, field) in self.fields(alternative, depth - 1) {
                    let is_required = required(&name);
                    merge(&mut fields, name, field, is_required);
                }
            }
        }
        fields
    }

    fn parameter(&self, name: &str, field: Field) -> Value {
        let encoding = &self.media["encoding"][name];
        let description = field.schema.get("description").cloned();
        let deprecated = crumb::is_set(&field.schema, "deprecated");
        let place = if self.format == Format::Multipart { PART } else { FIELD };
        let mut parameter = json!({"name": name, "in": place, "required": field.required});
        let resolved = resolve(self.document, &field.schema).cloned().unwrap_or_default();
        for key in ["style", "explode"] {
            if let Some(value) = encoding.get(key) {
                parameter[key] = value.clone();
            }
        }
        let content_type = encoding["contentType"].as_str();
        let is_json = content_type.is_some_and(media_type::is_json)
            || (self.format == Format::Multipart && content_type.is_none() && self.is_structured(&resolved));
        if is_json {
            parameter["style"] = JSON.into();
        }
        if let Some(at) = field.schema.get(crumb::ORIGIN) {
            parameter[crumb::ORIGIN] = at.clone();
        }
        parameter["schema"] = self.sent_as(&resolved, content_type).unwrap_or(field.schema);
        if let Some(description) = description.or_else(|| resolved.get("description").cloned()) {
            parameter["description"] = description;
        }
        if deprecated {
            parameter["deprecated"] = true.into();
        }
        parameter
    }

    /// The schema of a field that is a file, or a list of files; nothing for all others.
    fn sent_as(&self, schema: &Value, content_type: Option<&str>) -> Option<Value> {
        if self.format != Format::Multipart {
            return None;
        }
        if is_file(schema, content_type) {
            return Some(runtime_type("File"));
        }
        let items = resolve(self.document, schema.get("items")?)?;
        is_file(items, content_type).then(|| json!({"type": "array", "items": runtime_type("File")}))
    }

    /// Whether a part is JSON unless it says otherwise: an object, or a list of them (OpenAPI 3.0.3, "Encoding Object").
    fn is_structured(&self, schema: &Value) -> bool {
        let is_object = |schema: &Value| {
            schema["type"] == "object"
                || ["properties", "allOf", "oneOf", "anyOf", "additionalProperties"]
                    .iter()
                    .any(|key| schema.get(key).is_some())
        };
        let items = schema.get("items").and_then(|items| resolve(self.document, items));
        is_object(schema) || items.is_some_and(|items| is_object(items) || items["type"] == "array")
    }
}

/// Adds a field; of two of one name the first stays, and is required if either is.
fn merge(fields: &mut Vec<(String, Field)>, name: String, field: Field, required: bool) {
    match fields.iter_mut().find(|(known, _)| *known == name) {
        Some((_, known)) => known.required |= required,
        None => fields.push((name, Field { required, ..field })),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lowered(name: &str, media: &Value) -> Vec<Value> {
        let mut root = json!({
            "paths": {"/a": {"post": {"requestBody": {"content": {name: media}}}}},
            "components": {"schemas": {
                "File": {"type": "string", "format": "binary"},
                "Named": {"properties": {"name": {"type": "string"}}, "required": ["name"]},
            }},
        });
        spread_forms(&mut root, &mut Changes::default());
        let operation = root["paths"]["/a"]["post"].take();
        assert_eq!(operation.get("requestBody"), None);
        let mut parameters = operation["parameters"].as_array().unwrap().clone();
        for parameter in &mut parameters {
            parameter.as_object_mut().unwrap().shift_remove(crumb::ORIGIN);
            parameter["schema"].as_object_mut().unwrap().shift_remove(crumb::ORIGIN);
        }
        parameters
    }

    #[test]
    fn fields_of_a_form_are_parameters() {
        let schema = json!({
            "allOf": [{"$ref": "#/components/schemas/Named"}],
            "properties": {
                "age": {"type": "integer", "description": "d", "deprecated": true},
                "id": {"type": "string", "readOnly": true},
            },
        });
        let parameters = lowered("application/x-www-form-urlencoded", &json!({"schema": schema}));
        let age = &schema["properties"]["age"];
        assert_eq!(
            parameters,
            [
                json!({"name": "age", "in": "form", "required": false, "schema": age, "description": "d", "deprecated": true}),
                json!({"name": "name", "in": "form", "required": true, "schema": {"type": "string"}}),
            ]
        );
    }

    #[test]
    fn files_are_told_from_fields_and_objects() {
        let file = runtime_type("File");
        let schema = json!({"properties": {
            "a": {"$ref": "#/components/schemas/File"},
            "b": {"type": "array", "items": {"type": "string", "format": "binary"}},
            "c": {"type": "string"},
            "d": {"$ref": "#/components/schemas/Named"},
            "e": {"type": "string"},
        }});
        let media = json!({"schema": schema, "encoding": {"e": {"contentType": "image/png, image/jpeg"}}});
        let parameters = lowered("multipart/form-data", &media);
        assert_eq!(parameters[0], json!({"name": "a", "in": "part", "required": false, "schema": file}));
        assert_eq!(parameters[1]["schema"], json!({"type": "array", "items": file}));
        assert_eq!(parameters[2]["schema"], json!({"type": "string"}));
        assert_eq!(parameters[3]["style"], "json");
        assert_eq!(parameters[4]["schema"], file);
    }

    #[test]
    fn a_field_that_an_alternative_lacks_is_not_required() {
        let schema = json!({"oneOf": [{"$ref": "#/components/schemas/Named"}, {"properties": {"id": {}}}]});
        let parameters = lowered("multipart/form-data", &json!({"schema": schema}));
        let names: Vec<_> = parameters.iter().map(|parameter| (&parameter["name"], &parameter["required"])).collect();
        assert_eq!(names, [(&"name".into(), &false.into()), (&"id".into(), &false.into())]);
    }

    #[test]
    fn a_form_without_fields_is_a_map() {
        for (name, schema, place) in [
            ("application/x-www-form-urlencoded", json!({"type": "object"}), "forms"),
            ("application/x-www-form-urlencoded", json!({"type": "string"}), "text"),
            ("multipart/form-data", json!({}), "parts"),
        ] {
            assert_eq!(lowered(name, &json!({"schema": schema}))[0]["in"], place);
        }
    }
}
