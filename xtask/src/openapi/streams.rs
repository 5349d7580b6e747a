//! The schema of the items of a stream: an answer that is lines of JSON, or server-sent events.

use serde_json::Value;

use super::media_type::{self, Framing};
use super::references::targets;
use crate::document::Pointer;
use crate::document::fields::Fields as _;

/// The items of a stream.
#[derive(Debug)]
pub enum Items<'d> {
    /// JSON with this schema, which stands at this place.
    Json(&'d Value, Pointer),
    /// Text.
    Text,
}

/// Returns how the items of an answer follow each other, and their schema; none if the client reads it as one text or as
/// bytes. `at` is the place of `media`, the object of the media type.
///
/// A list describes all items, and any other schema describes one. An item of events is their data. A schema that
/// describes the fields of an event has the one of the data under `data`.
#[must_use]
pub fn items<'d>(root: &'d Value, media_type: &str, media: &'d Value, at: &Pointer) -> Option<(Framing, Items<'d>)> {
    let framing = media_type::framing(media_type)?;
    let Some(schema) = media.field("schema") else {
        return (framing == Framing::Events).then_some((framing, Items::Text));
    };
    let (at, schema) = item(root, at.key("schema"), schema);
    let (at, schema) = if framing == Framing::Events { data(root, at, schema) } else { (at, schema) };
    let is_text =
        framing == Framing::Events && followed(root, &at, schema).1.field("type").is_some_and(|of| of == "string");
    Some((framing, if is_text { Items::Text } else { Items::Json(schema, at) }))
}

/// Returns the schema of the items of a list, or the schema itself.
fn item<'d>(root: &'d Value, at: Pointer, schema: &'d Value) -> (Pointer, &'d Value) {
    let (list_at, list) = followed(root, &at, schema);
    let items = list.field("items").filter(|_| list.field("type").is_some_and(|of| of == "array"));
    items.map_or((at, schema), |items| (list_at.key("items"), items))
}

/// Returns the schema of the data of an event, if the schema is that of an event.
fn data<'d>(root: &'d Value, at: Pointer, schema: &'d Value) -> (Pointer, &'d Value) {
    const FIELDS: &[&str] = &["data", "event", "id", "retry"];
    let (event_at, event) = followed(root, &at, schema);
    let properties = event.field("properties").and_then(Value::as_object);
    let properties = properties.filter(|of| of.keys().all(|name| FIELDS.contains(&name.as_str())));
    // An object with `data` alone may be the data of an event itself.
    let Some(data) = properties.filter(|of| of.len() > 1).and_then(|of| of.field("data")) else { return (at, schema) };
    let (data_at, text) = (event_at.keys(["properties", "data"]), followed(root, &at, data).1);
    let is_json = text.field("contentMediaType").and_then(Value::as_str).is_some_and(media_type::is_json);
    match text.field("contentSchema").filter(|_| is_json) {
        Some(content) => (data_at.key("contentSchema"), content),
        None => (data_at, data),
    }
}

fn followed<'d>(root: &'d Value, at: &Pointer, schema: &'d Value) -> (Pointer, &'d Value) {
    targets(root, schema).last().unwrap_or((at.clone(), schema))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Returns the place of the schema of the items, or `text`.
    fn found(media_type: &str, media: &Value) -> Option<String> {
        let root = json!({"components": {"schemas": {
            "Ticks": {"type": "array", "items": {"type": "object"}},
            "Tick": {"type": "object"},
            "Word": {"type": "string"},
        }}});
        let found = items(&root, media_type, media, &Pointer::root())?;
        Some(match found.1 {
            Items::Json(_, at) => at.to_string(),
            Items::Text => "text".to_owned(),
        })
    }

    #[test]
    fn a_list_describes_all_items_and_any_other_schema_one() {
        let reference = |name: &str| json!({"schema": {"$ref": format!("#/components/schemas/{name}")}});
        for (media, expected) in [
            (json!({"schema": {"type": "object"}}), "/schema"),
            (json!({"schema": {"type": "array", "items": {"type": "string"}}}), "/schema/items"),
            (json!({"schema": {"type": "array"}}), "/schema"),
            (reference("Ticks"), "/components/schemas/Ticks/items"),
            (reference("Tick"), "/schema"),
            (reference("Word"), "/schema"),
        ] {
            assert_eq!(found("application/x-ndjson", &media).as_deref(), Some(expected), "{media}");
        }
        assert_eq!(found("application/x-ndjson", &json!({})), None);
        assert_eq!(found("text/plain", &json!({"schema": {"type": "object"}})), None);
    }

    #[test]
    fn the_items_of_events_are_their_data() {
        let event = |data: Value| json!({"schema": {"properties": {"data": data, "event": {"type": "string"}}}});
        let json_data = json!({"type": "string", "contentMediaType": "application/json", "contentSchema": {}});
        let word = json!({"$ref": "#/components/schemas/Word"});
        for (media, expected) in [
            (json!({}), "text"),
            (json!({"schema": {"type": "string"}}), "text"),
            (json!({"schema": word}), "text"),
            (json!({"schema": {"type": "array", "items": word}}), "text"),
            (json!({"schema": {"type": "object", "properties": {"data": {}}}}), "/schema"),
            (json!({"schema": {"type": "object", "properties": {"id": {}, "total": {}}}}), "/schema"),
            (event(json!({"type": "string"})), "text"),
            (event(json!({"type": "object"})), "/schema/properties/data"),
            (event(json_data), "/schema/properties/data/contentSchema"),
        ] {
            assert_eq!(found("text/event-stream", &media).as_deref(), Some(expected), "{media}");
        }
    }
}
