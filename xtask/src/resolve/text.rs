//! Texts of the document.

/// Returns a text unless it is blank. A blank text says nothing.
#[must_use]
pub fn not_blank(text: Option<&str>) -> Option<&str> {
    text.filter(|text| !text.trim().is_empty())
}
