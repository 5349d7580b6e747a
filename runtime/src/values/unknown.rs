//! Values of enumerations that the client does not know.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{self, Deserializer, Visitor};

/// The text of an enumeration's value that the client does not know, since the API added it later.
///
/// Only the conversions of an enumeration create it, and they return the variant of a known text. A text therefore has
/// one form, and two equal texts are equal values.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnknownValue(Box<str>);

impl UnknownValue {
    /// Returns the text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for UnknownValue {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for UnknownValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Shows the text in quotes.
impl fmt::Debug for UnknownValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// Creates an unknown value. Generated enumerations call it for the texts that they do not list.
#[must_use]
pub fn unknown_value(text: &str) -> UnknownValue {
    UnknownValue(text.into())
}

/// Decodes a value of an enumeration from its text.
///
/// # Errors
///
/// When the value is not a string.
pub fn enumeration<'de, D: Deserializer<'de>, T: for<'t> From<&'t str>>(deserializer: D) -> Result<T, D::Error> {
    deserializer.deserialize_str(TextVisitor(PhantomData))
}

struct TextVisitor<T>(PhantomData<T>);

impl<T: for<'t> From<&'t str>> Visitor<'_> for TextVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        Ok(text.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Decodes JSON as an enumeration does. A text stands for the enumeration.
    fn decoded(json: &str) -> Result<String, serde_json::Error> {
        enumeration(&mut serde_json::Deserializer::from_str(json))
    }

    #[test]
    fn any_string_decodes_and_nothing_else() {
        assert_eq!(decoded(r#""a\u0062""#).unwrap(), "ab");
        for json in ["1", "null", "{}", "[]", "true"] {
            assert!(decoded(json).unwrap_err().to_string().contains("expected a string"), "{json}");
        }
    }

    #[test]
    fn an_unknown_value_displays_as_itself() {
        let value = unknown_value("refunded");
        assert_eq!(
            (value.as_str(), format!("{value:>9}"), format!("{value:?}")),
            ("refunded", " refunded".into(), "\"refunded\"".into())
        );
        assert_eq!(AsRef::<str>::as_ref(&value), "refunded");
    }
}
