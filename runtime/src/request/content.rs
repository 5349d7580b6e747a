//! The body of a request under construction: a whole body, a form, or parts. It is encoded once, before the first
//! attempt, so every attempt sends the same bytes.

use bytes::{BufMut, Bytes, BytesMut};
use http::{HeaderName, HeaderValue};
use serde_json::Value;

use super::part_encoding::PartEncoding;
use super::style;
use crate::file::File;

/// The body of a request.
#[derive(Clone, Default)]
pub(super) enum Content {
    #[default]
    Empty,
    Whole(HeaderValue, Bytes),
    /// Encoded pairs, separated by `&`.
    Form(String),
    Parts(Vec<Part>),
}

/// A part of a `multipart/form-data`.
#[derive(Clone, Default)]
pub(super) struct Part {
    name: String,
    file_name: Option<String>,
    content_type: Option<HeaderValue>,
    /// The lines of further headers, each after a line break.
    headers: String,
    bytes: Bytes,
}

impl Part {
    /// Creates the part for a file.
    pub(super) fn file(name: &str, file: &File) -> Result<Self, String> {
        let content_type = Some(media_type(file.content_type_text())?);
        let file_name = Some(file.name().to_owned());
        Ok(Self { name: name.to_owned(), file_name, content_type, bytes: file.bytes().clone(), ..Self::default() })
    }

    /// Creates the parts for `value`, by OpenAPI 3.0 (section "Special Considerations for multipart Content"): one for
    /// each element of an array, or one.
    pub(super) fn from_value(name: &str, value: Value, content_type: Option<&HeaderValue>) -> Vec<Self> {
        let values = match value {
            Value::Array(values) => values,
            value => vec![value],
        };
        values.into_iter().filter_map(|value| Self::from_element(name, value, content_type)).collect()
    }

    /// Creates the part for one value. Arrays, objects and values of a JSON type are JSON; other values are text, which
    /// needs no type (RFC 7578 section 4.4). Returns `None` for null.
    fn from_element(name: &str, value: Value, content_type: Option<&HeaderValue>) -> Option<Self> {
        let is_scalar = style::is_scalar(&value);
        let text = match content_type {
            Some(content_type) if is_json(content_type) => style::json(&value),
            _ => style::text_of(value),
        };
        let default = (!is_scalar).then_some(HeaderValue::from_static("application/json"));
        let content_type = content_type.cloned().or(default);
        Some(Self { name: name.to_owned(), content_type, bytes: text?.into(), ..Self::default() })
    }

    /// Creates the part for a file, with the media type of an encoding if the file has none of its own.
    pub(super) fn encoded_file(name: &str, file: &File, encoding: &PartEncoding) -> Result<Self, String> {
        let mut part = Self::file(name, file)?;
        if !file.has_content_type() {
            part.content_type = encoding.content_type.map(media_type).transpose()?.or(part.content_type);
        }
        part.headers = header_lines(encoding)?;
        Ok(part)
    }

    /// Creates the parts for `value` with an encoding. In a style, each pair of a name and a value is a part.
    pub(super) fn encoded(name: &str, value: Value, encoding: &PartEncoding) -> Result<Vec<Self>, String> {
        let content_type = encoding.content_type.map(media_type).transpose()?;
        let mut parts = match encoding.style {
            None => Self::from_value(name, value, content_type.as_ref()),
            Some(style) => {
                let text = |(name, text): (String, String)| Self {
                    name,
                    content_type: content_type.clone(),
                    bytes: Bytes::from(text),
                    ..Self::default()
                };
                style::plain(style, name, value)?.into_iter().map(text).collect()
            }
        };
        let lines = header_lines(encoding)?;
        for part in &mut parts {
            part.headers.clone_from(&lines);
        }
        Ok(parts)
    }

    /// Returns the part's headers and the empty line after them.
    fn head(&self) -> String {
        let mut head = format!("Content-Disposition: form-data; name=\"{}\"", quoted(&self.name));
        if let Some(file_name) = &self.file_name {
            head += &format!("; filename=\"{}\"", quoted(file_name));
        }
        if let Some(content_type) = self.content_type.as_ref().and_then(|value| value.to_str().ok()) {
            head += &format!("\r\nContent-Type: {content_type}");
        }
        head + &self.headers + "\r\n\r\n"
    }
}

/// Returns the lines of the headers of an encoding, each after a line break.
fn header_lines(encoding: &PartEncoding) -> Result<String, String> {
    let line = |(name, value): &(&str, &str)| {
        HeaderName::try_from(*name).map_err(|_| format!("`{name}` is not the name of a header"))?;
        header_value(value)?;
        Ok(format!("\r\n{name}: {value}"))
    };
    encoding.headers.iter().map(line).collect()
}

/// Reports whether a media type is JSON, by its name or by its suffix (RFC 6839 section 3.1).
fn is_json(content_type: &HeaderValue) -> bool {
    let text = content_type.to_str().unwrap_or_default().to_ascii_lowercase();
    let essence = text.split(';').next().unwrap_or_default().trim_end();
    essence.ends_with("/json") || essence.ends_with("+json")
}

impl Content {
    /// Sets a whole body. Replaces another whole body.
    pub(super) fn set(&mut self, content_type: HeaderValue, bytes: Bytes) -> Result<(), String> {
        if matches!(self, Self::Form(_) | Self::Parts(_)) {
            return Err(OTHER_KIND.to_owned());
        }
        *self = Self::Whole(content_type, bytes);
        Ok(())
    }

    /// Adds encoded pairs to a form.
    pub(super) fn add_pairs(&mut self, pairs: &str) -> Result<(), String> {
        if matches!(self, Self::Empty) {
            *self = Self::Form(String::new());
        }
        let Self::Form(form) = self else {
            return Err(OTHER_KIND.to_owned());
        };
        join(form, "&", pairs);
        Ok(())
    }

    /// Adds parts to a `multipart/form-data`.
    pub(super) fn add_parts(&mut self, parts: Vec<Part>) -> Result<(), String> {
        if matches!(self, Self::Empty) {
            *self = Self::Parts(Vec::new());
        }
        let Self::Parts(all) = self else {
            return Err(OTHER_KIND.to_owned());
        };
        all.extend(parts);
        Ok(())
    }

    /// Returns the media type and the bytes to send.
    pub(super) fn finish(self) -> Result<Option<(HeaderValue, Bytes)>, String> {
        match self {
            Self::Empty => Ok(None),
            Self::Whole(content_type, bytes) => Ok(Some((content_type, bytes))),
            Self::Form(form) => Ok(Some((HeaderValue::from_static("application/x-www-form-urlencoded"), form.into()))),
            Self::Parts(parts) => multipart(&parts).map(Some),
        }
    }
}

const OTHER_KIND: &str = "the request already has another kind of body";

/// Parses a `Content-Type`: a type, a subtype and optional parameters (RFC 9110 section 8.3.1).
pub(super) fn media_type(text: &str) -> Result<HeaderValue, String> {
    let essence = text.split(';').next().unwrap_or_default().trim();
    let named = essence.split_once('/').is_some_and(|(kind, subtype)| !kind.is_empty() && !subtype.is_empty());
    match header_value(text) {
        Ok(value) if named => Ok(value),
        _ => Err("has an invalid content type".to_owned()),
    }
}

/// Parses the value of a header. `HeaderValue` alone would accept bytes beyond ASCII, which servers decode in different
/// ways (RFC 9110 section 5.5).
pub(super) fn header_value(text: &str) -> Result<HeaderValue, String> {
    let value = HeaderValue::from_str(text).ok().filter(|_| text.is_ascii());
    value.ok_or_else(|| "cannot be sent in a header: expected visible ASCII characters".to_owned())
}

/// Appends `more` to `text`, with `separator` between them if neither is empty.
pub(crate) fn join(text: &mut String, separator: &str, more: &str) {
    if !text.is_empty() && !more.is_empty() {
        text.push_str(separator);
    }
    text.push_str(more);
}

/// Encodes `parts` by RFC 7578. Without parts, the body is the closing line alone, as browsers send it.
fn multipart(parts: &[Part]) -> Result<(HeaderValue, Bytes), String> {
    let boundary = boundary_for(parts);
    let mut body = BytesMut::new();
    for part in parts {
        body.put(format!("--{boundary}\r\n{}", part.head()).as_bytes());
        body.put(&*part.bytes);
        body.put(&b"\r\n"[..]);
    }
    body.put(format!("--{boundary}--\r\n").as_bytes());
    let content_type = HeaderValue::try_from(format!("multipart/form-data; boundary={boundary}"));
    Ok((content_type.map_err(|error| error.to_string())?, body.freeze()))
}

/// Returns a random boundary that does not occur in `parts` (RFC 2046 section 5.1.1).
fn boundary_for(parts: &[Part]) -> String {
    loop {
        let random: String = std::iter::repeat_with(fastrand::alphanumeric).take(32).collect();
        let occurs_in = |part: &Part| memchr::memmem::find(&part.bytes, random.as_bytes()).is_some();
        if !parts.iter().any(occurs_in) {
            return random;
        }
    }
}

/// Encodes a name for a quoted string, as browsers do (RFC 7578 section 4.2; HTML, "Multipart form data"): in UTF-8,
/// with only quotes and line breaks percent-encoded.
fn quoted(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_of_a_part_that_would_begin_another_line_is_refused() {
        let encoding = PartEncoding::new().header("X-A", "b").header("X-B", "c");
        assert_eq!(header_lines(&encoding).as_deref(), Ok("\r\nX-A: b\r\nX-B: c"));
        for (name, value) in [("X-A", "b\r\nX-B: c"), ("X A", "b"), ("X-A", "\u{e9}")] {
            assert!(header_lines(&PartEncoding::new().header(name, value)).is_err(), "{name}: {value}");
        }
    }

    #[test]
    fn a_part_in_a_style_has_the_media_type_of_its_encoding() {
        let encoding = PartEncoding::new().content_type("text/csv").style(style::Style::Form);
        let parts = Part::encoded("a", serde_json::json!([1, 2]), &encoding).unwrap();
        let heads: Vec<_> = parts.iter().map(Part::head).collect();
        assert_eq!(heads, ["Content-Disposition: form-data; name=\"a\"\r\nContent-Type: text/csv\r\n\r\n"]);
    }

    #[test]
    fn a_file_without_a_media_type_gets_that_of_its_encoding() {
        let head = |encoding: &PartEncoding, file: &File| Part::encoded_file("a", file, encoding).unwrap().head();
        let (untyped, png) = (File::new("b", "c"), File::new("b", "c").content_type("image/png"));
        let encoding = PartEncoding::new().content_type("image/webp");
        for (encoding, file, media_type) in [
            (&encoding, &untyped, "image/webp"),
            (&encoding, &png, "image/png"),
            (&PartEncoding::new(), &untyped, "application/octet-stream"),
        ] {
            let head = head(encoding, file);
            assert!(head.contains(&format!("\r\nContent-Type: {media_type}\r\n")), "{head}");
        }
    }

    #[test]
    fn a_boundary_occurs_in_no_part() {
        let part = |bytes: String| Part { bytes: bytes.into(), ..Part::default() };
        fastrand::seed(7);
        let first = boundary_for(&[]);
        fastrand::seed(7);
        let other = boundary_for(&[part("a".to_owned()), part(format!("x{first}y"))]);
        assert_ne!(first, other);
    }

    #[test]
    fn a_list_in_a_style_is_one_part() {
        let encoding = PartEncoding::new().style(style::Style::PipeDelimited).header("X-A", "b");
        let parts = Part::encoded("a", serde_json::json!([1, 2]), &encoding).unwrap();
        let [part] = &parts[..] else { panic!("{} parts", parts.len()) };
        assert_eq!((&part.name[..], &part.bytes[..], &part.headers[..]), ("a", &b"1|2"[..], "\r\nX-A: b"));
    }
}
