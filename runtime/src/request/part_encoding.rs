//! The encoding of the parts of one field of a multipart form.

use super::style::Style;

/// The encoding of the parts of a field: OpenAPI's "Encoding Object".
#[derive(Clone, Debug, Default)]
pub struct PartEncoding {
    pub(super) content_type: Option<&'static str>,
    pub(super) style: Option<Style>,
    pub(super) headers: Vec<(&'static str, &'static str)>,
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
}
