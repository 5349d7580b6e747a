//! Lowerings of bodies: of all media types that are documented for one, the client speaks one, as JSON, as a form, as
//! text or as bytes.

use serde_json::{Map, Value, json};

use super::changes::{Changes, Steps as _, Trail, remember};
use super::crumb;
use super::operations::beside_components;
use super::parameters::{BYTES_BODY, FIELDS, PARTS, TEXT_BODY};
use super::visit::{entries, operations};
use crate::RUNTIME;
use crate::openapi::media_type::{Format, by_preference};

/// The one media type in which the client sends a body: JSON if there is such a one, else a form, text or bytes. Text
/// and bytes become a parameter, since they have no type for progenitor to make; forms are spread later.
pub fn choose_request_types(root: &mut Value, changes: &mut Changes) {
    beside_components(root, |document, root| {
        operations(root, &mut |_, _, at, operation| {
            let Some(body) = operation.get("requestBody").cloned() else { return };
            let at = at.key("requestBody", &body);
            let chosen = choose(document, &body, &at, changes);
            let Some(fields) = operation.as_object_mut() else { return };
            fields.shift_remove("requestBody");
            let Some(Chosen { name, format, mut media }) = chosen else { return };
            let place = match format {
                Format::Text => TEXT_BODY,
                Format::Bytes => BYTES_BODY,
                _ => {
                    let mut body = body;
                    if media.get("schema").is_none() {
                        media["schema"] = json!({});
                    }
                    body["content"] = json!({name: media});
                    fields.insert("requestBody".to_owned(), body);
                    return;
                }
            };
            let parameter = whole_body(place, &name, &body, &at);
            push_parameter(fields, parameter);
        });
    });
}

/// The parameter that is the whole body of a request.
pub fn whole_body(place: &str, media_type: &str, body: &Value, at: &Trail<'_>) -> Value {
    let schema = match place {
        BYTES_BODY => runtime_type("Bytes"),
        FIELDS | PARTS => json!({"type": "object", "additionalProperties": {"type": "string"}}),
        _ => json!({"type": "string"}),
    };
    let mut parameter = json!({
        "name": "body",
        "in": place,
        "required": crumb::is_set(body, "required"),
        "schema": schema,
        crumb::MEDIA_TYPE: concrete(media_type, place),
    });
    if let Some(description) = body.get("description") {
        parameter["description"] = description.clone();
    }
    remember(&mut parameter, &at.pointer());
    parameter
}

/// A schema that is a type of the runtime.
pub fn runtime_type(name: &str) -> Value {
    let path = format!("{}::{name}", RUNTIME.replace('-', "_"));
    json!({crumb::RUST_TYPE: {"crate": RUNTIME, "version": "*", "path": path}})
}

/// A media type that can be sent: one with a star stands for many.
fn concrete(media_type: &str, place: &str) -> String {
    match place {
        TEXT_BODY if media_type.contains('*') => "text/plain".to_owned(),
        BYTES_BODY if media_type.contains('*') || !media_type.contains('/') => "application/octet-stream".to_owned(),
        _ => media_type.to_owned(),
    }
}

/// Adds a parameter to the operation of these fields.
pub fn push_parameter(fields: &mut Map<String, Value>, parameter: Value) {
    match fields.get_mut("parameters") {
        Some(Value::Array(parameters)) => parameters.push(parameter),
        _ => drop(fields.insert("parameters".to_owned(), json!([parameter]))),
    }
}

/// The one media type in which the client takes the body of an answer: JSON if there is such a one, else text or
/// bytes. The method of an operation returns one type for a status.
pub fn choose_response_types(root: &mut Value, changes: &mut Changes) {
    beside_components(root, |document, root| {
        operations(root, &mut |_, _, at, operation| {
            let responses = at.key("responses", &Value::Null);
            for (status, response) in entries(operation.get_mut("responses")) {
                let at = responses.key(status, response);
                let chosen = choose(document, response, &at, changes);
                let Some(fields) = response.as_object_mut() else { continue };
                fields.shift_remove("content");
                let Some(Chosen { name, format, mut media }) = chosen else { continue };
                fields.insert(crumb::MEDIA_TYPE.to_owned(), name.clone().into());
                match format {
                    Format::Json => {
                        if media.get("schema").is_none() {
                            media["schema"] = json!({});
                        }
                        fields.insert("content".to_owned(), json!({name: media}));
                    }
                    Format::Text | Format::Form => drop(fields.insert(crumb::FORMAT.to_owned(), TEXT_BODY.into())),
                    _ => drop(fields.insert(crumb::FORMAT.to_owned(), BYTES_BODY.into())),
                }
            }
        });
    });
}

/// A media type that was chosen.
struct Chosen {
    name: String,
    format: Format,
    media: Value,
}

/// The media type that the client speaks of those that a body has; nothing where it has none.
fn choose(document: &Value, holder: &Value, at: &Trail<'_>, changes: &mut Changes) -> Option<Chosen> {
    let content = holder.get("content")?.as_object()?;
    let spoken = by_preference(document, content);
    let (name, media, format) = *spoken.first()?;
    if spoken.len() > 1 {
        let others: Vec<_> = spoken[1..].iter().map(|(name, ..)| format!("`{name}`")).collect();
        let what = format!("the body is `{name}` for the client, which does not speak {}", others.join(", "));
        changes.report(&at.key("content", &Value::Null), what);
    }
    let mut media = media.clone();
    let origin = at.pointer().key("content").key(name);
    remember(&mut media, &origin);
    Some(Chosen { name: name.to_owned(), format, media })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lowered(operation: &Value) -> (Value, Vec<String>) {
        let mut root = json!({
            "paths": {"/a": {"post": operation}},
            "components": {"schemas": {"File": {"type": "string", "format": "binary"}, "A": {"type": "object"}}},
        });
        let mut changes = Changes::default();
        choose_request_types(&mut root, &mut changes);
        choose_response_types(&mut root, &mut changes);
        (root["paths"]["/a"]["post"].take(), changes.list())
    }

    /// How a response with this content is read, and the name of what is left of it.
    fn response(content: &Value) -> (Option<String>, Option<String>) {
        let (mut operation, _) = lowered(&json!({"responses": {"200": {"content": content}}}));
        let response = operation["responses"]["200"].take();
        let left = response["content"].as_object().and_then(|content| content.keys().next().cloned());
        (response[crumb::FORMAT].as_str().map(str::to_owned), left)
    }

    #[test]
    fn json_goes_before_text_and_text_before_bytes() {
        let (text, bytes) = (Some("text".to_owned()), Some("bytes".to_owned()));
        let json_of = |name: &str| (None, Some(name.to_owned()));
        for (content, expected) in [
            (json!({"application/xml": {}, "application/json": {}}), json_of("application/json")),
            (json!({"application/hal+json": {}, "application/json": {}}), json_of("application/json")),
            (json!({"image/png": {}, "text/json": {}}), json_of("text/json")),
            (json!({"image/png": {}, "text/csv": {}}), (text.clone(), None)),
            (json!({"text/plain": {"schema": {"type": "object"}}}), (text.clone(), None)),
            (json!({"image/png": {}}), (bytes.clone(), None)),
            (json!({"*/*": {"schema": {"$ref": "#/components/schemas/A"}}}), json_of("*/*")),
            (json!({"*/*": {"schema": {"type": "string"}}}), (text, None)),
            (json!({"*/*": {"schema": {"$ref": "#/components/schemas/File"}}}), (bytes.clone(), None)),
            (json!({"*/*": {}}), (bytes.clone(), None)),
            (json!({"application/json": {"schema": {"type": "string", "format": "binary"}}}), (bytes, None)),
            (json!({"application/json": {"schema": {"type": "string"}}}), json_of("application/json")),
            (json!({}), (None, None)),
        ] {
            assert_eq!(response(&content), expected, "{content}");
        }
    }

    #[test]
    fn what_is_not_spoken_is_reported() {
        let (_, changes) =
            lowered(&json!({"responses": {"200": {"content": {"text/csv": {}, "application/json": {}}}}}));
        assert_eq!(
            changes,
            [
                "/paths/~1a/post/responses/200/content the body is `application/json` for the client, which does not speak `text/csv`"
            ]
        );
    }

    #[test]
    fn a_body_of_text_or_bytes_is_a_parameter() {
        let (operation, _) = lowered(&json!({"requestBody": {"required": true, "content": {"image/*": {}}}}));
        let mut parameter = runtime_type("Bytes");
        parameter = json!({"name": "body", "in": "bytes", "required": true, "schema": parameter,
            crumb::MEDIA_TYPE: "application/octet-stream", crumb::ORIGIN: "/paths/~1a/post/requestBody"});
        assert_eq!(operation, json!({"parameters": [parameter]}));
        let (operation, _) = lowered(&json!({"requestBody": {"content": {"application/xml": {}}}}));
        let parameter = &operation["parameters"][0];
        assert_eq!((&parameter["in"], &parameter[crumb::MEDIA_TYPE]), (&"text".into(), &"application/xml".into()));
    }

    #[test]
    fn a_body_without_content_is_none() {
        let (operation, _) = lowered(&json!({"requestBody": {"content": {}}}));
        assert_eq!(operation, json!({}));
    }

    #[test]
    fn json_without_a_schema_is_any_json() {
        let (operation, _) = lowered(&json!({"requestBody": {"content": {"application/json": {}}}}));
        assert_eq!(operation["requestBody"]["content"]["application/json"]["schema"], json!({}));
    }
}
