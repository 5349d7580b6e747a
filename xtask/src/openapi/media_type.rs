//! The media types of bodies, and how the client sends and reads each: as JSON, as a form, as text or as bytes.

use serde_json::{Map, Value};

use super::references::resolve;
use crate::document::fields::Fields as _;

/// How a body of a media type is sent and read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// JSON, which has a type of its own.
    Json,
    /// `multipart/form-data`: parts, among them files.
    Multipart,
    /// `application/x-www-form-urlencoded`: names and values.
    Form,
    /// Text, as it is.
    Text,
    /// Bytes, as they are.
    Bytes,
    /// `*/*` and `application/*`: the schema determines the format.
    Any,
}

/// Returns whether a body of a media type changes a part of a value: it is a merge patch (RFC 7396).
#[must_use]
pub fn is_merge_patch(media_type: &str) -> bool {
    essence(media_type) == "application/merge-patch+json"
}

/// Returns the format of a media type, with or without parameters such as `charset`.
#[must_use]
pub fn format(media_type: &str) -> Format {
    let essence = essence(media_type);
    let (kind, subtype) = essence.split_once('/').unwrap_or((&essence, ""));
    let suffix = subtype.rsplit_once('+').map_or("", |(_, suffix)| suffix);
    match (kind, subtype) {
        ("*" | "application", "*") | ("*", "") => Format::Any,
        (_, "json") => Format::Json,
        _ if suffix == "json" => Format::Json,
        ("multipart", "form-data") => Format::Multipart,
        ("application", "x-www-form-urlencoded") => Format::Form,
        ("text", _) => Format::Text,
        _ if TEXTUAL.contains(&suffix) || (kind == "application" && TEXTUAL.contains(&subtype)) => Format::Text,
        _ => Format::Bytes,
    }
}

/// How the items of a body follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// Each line is a JSON value.
    Lines,
    /// Server-sent events.
    Events,
}

/// Returns how the items of a body of a media type follow each other; none if it is no stream of items.
#[must_use]
pub fn framing(media_type: &str) -> Option<Framing> {
    const LINES: &[&str] =
        &["json-seq", "jsonl", "jsonlines", "ndjson", "x-json-seq", "x-jsonl", "x-jsonlines", "x-ndjson"];
    let essence = essence(media_type);
    let subtype = essence.split_once('/').map_or("", |(_, subtype)| subtype);
    match subtype {
        _ if essence == "text/event-stream" => Some(Framing::Events),
        _ if LINES.contains(&subtype) || subtype.ends_with("+json-seq") => Some(Framing::Lines),
        _ => None,
    }
}

/// Subtypes and suffixes (RFC 6839) of text whose media type does not begin with `text/`.
const TEXTUAL: &[&str] = &[
    "csv",
    "ecmascript",
    "graphql",
    "javascript",
    "json-seq",
    "jsonl",
    "jwt",
    "ndjson",
    "pgp-keys",
    "sql",
    "toml",
    "x-javascript",
    "x-ndjson",
    "x-pem-file",
    "x-sh",
    "x-yaml",
    "xml",
    "xml-dtd",
    "yaml",
];

/// Returns the type and the subtype, in lower case and without parameters.
#[must_use]
pub fn essence(media_type: &str) -> String {
    media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// Returns whether a media type is JSON: `application/json`, `text/json`, or a type with the suffix `+json` (RFC 6839),
/// with or without parameters such as `charset`.
#[must_use]
pub fn is_json(media_type: &str) -> bool {
    format(media_type) == Format::Json
}

/// Returns the media types of a body, each with its object and its format. The client uses the first one.
#[must_use]
pub fn by_preference<'v>(document: &Value, content: &'v Map<String, Value>) -> Vec<(&'v str, &'v Value, Format)> {
    let mut types: Vec<_> =
        content.iter().map(|(name, media)| (name.as_str(), media, body_format(document, name, media))).collect();
    // Media types of equal preference stay in the order of the document.
    types.sort_by_key(|(name, _, format)| preference(name, *format));
    types
}

/// Returns the format of a body. The schema determines the format of a range such as `*/*`, and a JSON body whose
/// schema is a file is bytes.
fn body_format(document: &Value, name: &str, media: &Value) -> Format {
    let schema = media.field("schema").and_then(|schema| resolve(document, schema));
    let is_text = schema.is_some_and(|schema| schema["type"] == "string");
    let is_file = is_text && schema.is_some_and(|schema| schema["format"] == "binary");
    match self::format(name) {
        Format::Json | Format::Any if is_file => Format::Bytes,
        Format::Any if is_text => Format::Text,
        Format::Any if schema.is_none() => Format::Bytes,
        Format::Any => Format::Json,
        format => format,
    }
}

/// Returns the rank of a media type. The client uses the lowest one.
fn preference(name: &str, format: Format) -> u8 {
    match format {
        Format::Json if essence(name) == "application/json" => 0,
        Format::Json => 1,
        Format::Multipart => 2,
        Format::Form => 3,
        Format::Text => 4,
        Format::Bytes | Format::Any => 5,
    }
}

/// Returns whether a `contentMediaType` describes bytes as they are: it is a type of bytes, and they are not encoded as a
/// text (OpenAPI 3.1.1, "Working With Binary Data"). `contentEncoding` is a `format` in the standard form.
#[must_use]
pub fn is_of_raw_bytes(content_media_type: Option<&str>, text_format: Option<&str>) -> bool {
    text_format.is_none() && content_media_type.is_some_and(|name| format(name) == Format::Bytes)
}

/// Returns whether a value is a file: a string with the format `binary`, or with a content type that is sent as bytes.
#[must_use]
pub fn is_file(schema: &Value, content_type: Option<&str>) -> bool {
    let first = content_type.map(|types| types.split(',').next().unwrap_or_default());
    let is_binary_type = first.is_some_and(|name| format(name) == Format::Bytes);
    let is_text = matches!(schema["type"].as_str(), Some("string") | None) && schema.field("properties").is_none();
    let is_encoded = schema["format"] == "byte" && schema.field("contentMediaType").is_some();
    let content_media_type = schema.field("contentMediaType").and_then(Value::as_str);
    let is_raw = is_of_raw_bytes(content_media_type, schema["format"].as_str().or(schema["contentEncoding"].as_str()));
    is_text
        && (schema["format"] == "binary" || is_encoded || is_binary_type || is_raw)
        && schema.field("enum").is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_recognised_with_parameters_and_suffixes() {
        for name in [
            "application/json",
            "Application/JSON; charset=utf-8",
            "application/problem+json",
            "text/json",
            "application/vnd.api+json;version=1",
        ] {
            assert!(is_json(name), "{name}");
        }
        for name in ["application/xml", "*/*", "multipart/form-data", "", "application/json-seq"] {
            assert!(!is_json(name), "{name}");
        }
    }

    #[test]
    fn lines_of_json_and_events_are_streams() {
        for (expected, names) in [
            (Some(Framing::Lines), &["application/x-ndjson", "application/jsonl; a=b", "application/geo+json-seq"][..]),
            (Some(Framing::Events), &["text/event-stream", "Text/Event-Stream;charset=utf-8"]),
            (None, &["application/json", "text/plain", "*/*", "application/event-stream"]),
        ] {
            for name in names {
                assert_eq!(framing(name), expected, "{name}");
            }
        }
    }

    #[test]
    fn every_media_type_has_a_format() {
        for (format_, names) in [
            (Format::Any, &["*/*", "application/*", "*"][..]),
            (Format::Multipart, &["multipart/form-data; boundary=x"]),
            (Format::Form, &["application/x-www-form-urlencoded"]),
            (Format::Text, &["text/plain", "text/*", "application/xml", "image/svg+xml", "application/x-ndjson"]),
            (Format::Bytes, &["application/octet-stream", "image/png", "application/pdf", "multipart/mixed", "", "x"]),
        ] {
            for name in names {
                assert_eq!(format(name), format_, "{name}");
            }
        }
    }
}
