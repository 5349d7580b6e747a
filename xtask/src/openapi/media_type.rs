//! The media types of bodies, and how the client sends and reads each: as JSON, as a form, as text or as bytes.

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
    /// `*/*` and `application/*`: the schema decides.
    Any,
}

/// The format of a media type, with or without parameters such as `charset`.
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

/// What is text though its media type does not begin with `text/`, and what is text by its suffix (RFC 6839).
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

/// The type and the subtype, in lower case and without parameters.
#[must_use]
pub fn essence(media_type: &str) -> String {
    media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// Whether a media type is JSON: `application/json`, `text/json`, or a type with the suffix `+json` (RFC 6839), with or
/// without parameters such as `charset`.
#[must_use]
pub fn is_json(media_type: &str) -> bool {
    format(media_type) == Format::Json
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
