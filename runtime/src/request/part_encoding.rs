//! The encoding of the parts of one field of a multipart form.

use http::{HeaderName, HeaderValue};

use super::content::{header_value, media_type};
use super::style::Style;

/// The encoding of the parts of a field: OpenAPI's "Encoding Object".
#[derive(Clone, Debug, Default)]
pub struct PartEncoding {
    pub(super) content_type: Option<&'static str>,
    pub(super) style: Option<Style>,
    headers: Vec<(&'static str, &'static str)>,
}

impl PartEncoding {
    /// Creates an encoding without a media type, a style and headers.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the media type of the parts. That of a file which has one of its own stays.
    #[must_use]
    pub fn content_type(mut self, content_type: &'static str) -> Self {
        self.content_type = Some(content_type);
        self
    }

    /// Sets the style in which a list or an object is written.
    #[must_use]
    pub fn style(mut self, style: Style) -> Self {
        self.style = Some(style);
        self
    }

    /// Adds a header to each part.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: &'static str) -> Self {
        self.headers.push((name, value));
        self
    }

    /// Returns the media type as a value of a header.
    pub(super) fn media_type(&self) -> Result<Option<HeaderValue>, String> {
        self.content_type.map(media_type).transpose()
    }

    /// Returns the lines of the headers.
    pub(super) fn lines(&self) -> Result<String, String> {
        let line = |(name, value): &(&str, &str)| {
            HeaderName::try_from(*name).map_err(|_| format!("`{name}` is not the name of a header"))?;
            header_value(value)?;
            Ok(format!("\r\n{name}: {value}"))
        };
        self.headers.iter().map(line).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_that_would_begin_another_line_is_refused() {
        let encoding = PartEncoding::new().header("X-A", "b").header("X-B", "c");
        assert_eq!(encoding.lines().as_deref(), Ok("\r\nX-A: b\r\nX-B: c"));
        for (name, value) in [("X-A", "b\r\nX-B: c"), ("X A", "b"), ("X-A", "\u{e9}")] {
            assert!(PartEncoding::new().header(name, value).lines().is_err(), "{name}: {value}");
        }
        assert!(PartEncoding::new().content_type("text").media_type().is_err());
    }
}
