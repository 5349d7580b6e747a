//! Reads the few fields of a body that report a failure. It keeps a limited part of their text and skips all other
//! values without storing them, so a large body costs no memory.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{self, Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::text::{limited, without_bom};

/// The largest body in which an error message is searched. Salla's errors have a few hundred bytes.
const MAX_ERROR_BYTES: usize = 1 << 20;

/// The fields of Salla's envelope that report a failure, or those of OAuth's error (RFC 6749 section 5.2). A field of
/// another type counts as absent.
#[derive(Default)]
pub(crate) struct Envelope {
    /// Whether `success` is false, in any form that PHP may write.
    pub(crate) is_failure: bool,
    pub(crate) error: ErrorField,
    pub(crate) error_description: Option<String>,
    /// A message without an error object.
    pub(crate) message: Option<String>,
}

/// The field `error`: an object, or OAuth's code.
#[derive(Default)]
pub(crate) struct ErrorField {
    /// OAuth's code.
    pub(crate) text: Option<String>,
    pub(crate) code: Option<String>,
    pub(crate) message: Option<String>,
    /// The first refused field that has a message, and that message.
    pub(crate) field: Option<(String, String)>,
}

impl Envelope {
    /// Reads the envelope of a response. Returns `None` if `body` is not a JSON object.
    pub(crate) fn read(body: &[u8]) -> Option<Self> {
        let body: Lenient<Option<Self>> = serde_json::from_slice(without_bom(body)).ok()?;
        body.0
    }

    /// Reads the envelope of a failed response. Returns `None` if `body` is not a JSON object, or is too large for an
    /// error.
    pub(crate) fn read_error(body: &[u8]) -> Option<Self> {
        if body.len() > MAX_ERROR_BYTES { None } else { Self::read(body) }
    }
}

/// The keys that are read.
#[derive(serde::Deserialize)]
#[serde(field_identifier, rename_all = "snake_case")]
enum Key {
    Success,
    Error,
    ErrorDescription,
    Message,
    Code,
    Fields,
    #[serde(other)]
    Other,
}

/// A value that is read from some types of JSON. All other types give the default.
trait FromJson: Default {
    fn from_bool(_: bool) -> Self {
        Self::default()
    }

    fn from_number(_: serde_json::Number) -> Self {
        Self::default()
    }

    fn from_text(_: &str) -> Self {
        Self::default()
    }

    fn from_list<'de, A: SeqAccess<'de>>(list: A) -> Result<Self, A::Error> {
        skip_list(list)?;
        Ok(Self::default())
    }

    fn from_object<'de, A: MapAccess<'de>>(mut object: A) -> Result<Self, A::Error> {
        while object.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Self::default())
    }
}

fn skip_list<'de, A: SeqAccess<'de>>(mut list: A) -> Result<(), A::Error> {
    while list.next_element::<IgnoredAny>()?.is_some() {}
    Ok(())
}

impl FromJson for Option<Envelope> {
    fn from_object<'de, A: MapAccess<'de>>(mut object: A) -> Result<Self, A::Error> {
        let mut envelope = Envelope::default();
        while let Some(key) = object.next_key()? {
            match key {
                Key::Success => envelope.is_failure = value::<IsFalse, _>(&mut object)?.0,
                Key::Error => envelope.error = value(&mut object)?,
                Key::ErrorDescription => envelope.error_description = value::<Text, _>(&mut object)?.0,
                Key::Message => envelope.message = value::<Text, _>(&mut object)?.0,
                Key::Code | Key::Fields | Key::Other => _ = object.next_value::<IgnoredAny>()?,
            }
        }
        Ok(Some(envelope))
    }
}

impl FromJson for ErrorField {
    fn from_text(text: &str) -> Self {
        Self { text: Text::from_text(text).0, ..Self::default() }
    }

    fn from_object<'de, A: MapAccess<'de>>(mut object: A) -> Result<Self, A::Error> {
        let mut error = Self::default();
        while let Some(key) = object.next_key()? {
            match key {
                Key::Code => error.code = value::<Scalar, _>(&mut object)?.0,
                Key::Message => error.message = value::<Scalar, _>(&mut object)?.0,
                Key::Fields => error.field = value::<Fields, _>(&mut object)?.0,
                _ => _ = object.next_value::<IgnoredAny>()?,
            }
        }
        Ok(error)
    }
}

/// Reports whether a value is false, in any form that PHP may write.
#[derive(Default)]
struct IsFalse(bool);

impl FromJson for IsFalse {
    fn from_bool(value: bool) -> Self {
        Self(!value)
    }

    fn from_number(number: serde_json::Number) -> Self {
        Self(number.as_f64() == Some(0.0))
    }

    fn from_text(text: &str) -> Self {
        Self(matches!(text, "false" | "0" | ""))
    }
}

/// The beginning of a string that is not empty.
#[derive(Default)]
struct Text(Option<String>);

impl FromJson for Text {
    fn from_text(text: &str) -> Self {
        Self((!text.is_empty()).then(|| limited(text).to_owned()))
    }
}

/// The text of a number, or the beginning of a string that is not empty.
#[derive(Default)]
struct Scalar(Option<String>);

impl FromJson for Scalar {
    fn from_number(number: serde_json::Number) -> Self {
        Self(Some(number.to_string()))
    }

    fn from_text(text: &str) -> Self {
        Self(Text::from_text(text).0)
    }
}

/// The first field with a message.
#[derive(Default)]
struct Fields(Option<(String, String)>);

impl FromJson for Fields {
    fn from_object<'de, A: MapAccess<'de>>(mut object: A) -> Result<Self, A::Error> {
        while let Some(Lenient(Text(name))) = object.next_key()? {
            if let FirstText(Some(message)) = value(&mut object)? {
                while object.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                return Ok(Self(Some((name.unwrap_or_default(), message))));
            }
        }
        Ok(Self::default())
    }
}

/// A string, or the first string of a list.
#[derive(Default)]
struct FirstText(Option<String>);

impl FromJson for FirstText {
    fn from_text(text: &str) -> Self {
        Self(Text::from_text(text).0)
    }

    fn from_list<'de, A: SeqAccess<'de>>(mut list: A) -> Result<Self, A::Error> {
        let first = list.next_element::<Lenient<Text>>()?;
        skip_list(list)?;
        Ok(Self(first.and_then(|first| first.0.0)))
    }
}

/// Reads the value of the current key.
fn value<'de, T: FromJson, A: MapAccess<'de>>(object: &mut A) -> Result<T, A::Error> {
    Ok(object.next_value::<Lenient<T>>()?.0)
}

/// Deserializes a [`FromJson`].
struct Lenient<T>(T);

impl<'de, T: FromJson> Deserialize<'de> for Lenient<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(deserializer.deserialize_any(LenientVisitor(PhantomData))?))
    }
}

struct LenientVisitor<T>(PhantomData<T>);

impl<'de, T: FromJson> Visitor<'de> for LenientVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON")
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<T, E> {
        Ok(T::from_bool(value))
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<T, E> {
        Ok(T::from_number(number.into()))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<T, E> {
        Ok(T::from_number(number.into()))
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<T, E> {
        Ok(serde_json::Number::from_f64(number).map_or_else(T::default, T::from_number))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        Ok(T::from_text(text))
    }

    fn visit_unit<E: de::Error>(self) -> Result<T, E> {
        Ok(T::default())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<T, A::Error> {
        T::from_list(list)
    }

    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<T, A::Error> {
        T::from_object(object)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_other_types_count_as_absent() {
        for value in ["null", "true", "7", "1.5", "[]", "[{\"message\":\"no\"}]", "[1,[2]]"] {
            let envelope = Envelope::read(format!(r#"{{"error":{value},"message":{value}}}"#).as_bytes()).unwrap();
            let ErrorField { text, code, message, field } = envelope.error;
            assert!([text, code, message, envelope.message].iter().all(Option::is_none) && field.is_none(), "{value}");
            let fields = format!(r#"{{"error":{{"fields":{value},"other":{value}}}}}"#);
            assert!(Envelope::read(fields.as_bytes()).unwrap().error.field.is_none(), "{value}");
        }
        for body in ["", "[]", "7", "\"error\"", "null", "{", "{} x", "[\"error\"]"] {
            assert!(Envelope::read(body.as_bytes()).is_none(), "{body}");
        }
    }

    #[test]
    fn an_object_in_place_of_a_text_is_skipped() {
        let body = br#"{"success":{"a":1},"message":{"a":{}},"error":{"code":{"a":1},"message":"no"}}"#;
        let envelope = Envelope::read(body).unwrap();
        assert!(!envelope.is_failure && envelope.message.is_none() && envelope.error.code.is_none());
        assert_eq!(envelope.error.message.as_deref(), Some("no"));
    }

    #[test]
    fn a_code_is_a_text_or_any_number() {
        for (code, read) in [("\"no\"", "no"), ("422", "422"), ("-7", "-7"), ("1.5", "1.5")] {
            let body = format!(r#"{{"error":{{"code":{code}}}}}"#);
            assert_eq!(Envelope::read(body.as_bytes()).unwrap().error.code.as_deref(), Some(read));
        }
    }

    #[test]
    fn the_messages_of_a_field_are_a_text_or_a_list() {
        for messages in [r#""is missing""#, r#"["is missing"]"#, r#"["is missing","is short"]"#] {
            let body = format!(r#"{{"error":{{"fields":{{"other":[],"name":{messages},"last":"no"}}}}}}"#);
            let field = Envelope::read(body.as_bytes()).unwrap().error.field;
            assert_eq!(field, Some(("name".to_owned(), "is missing".to_owned())), "{messages}");
        }
    }

    #[test]
    fn deep_nesting_is_skipped() {
        let depth = 1_000_000;
        let body = format!(r#"{{"data":{}{},"message":"no"}}"#, "[".repeat(depth), "]".repeat(depth));
        assert_eq!(Envelope::read(body.as_bytes()).unwrap().message.as_deref(), Some("no"));
        let body = format!(r#"{{"error":{}{}}}"#, "[".repeat(depth), "]".repeat(depth));
        assert!(Envelope::read(body.as_bytes()).is_some());
    }

    #[test]
    fn a_body_too_large_for_an_error_is_not_searched() {
        let body = |len: usize| format!(r#"{{"message":"no"{}}}"#, " ".repeat(len - 16));
        assert!(Envelope::read_error(body(MAX_ERROR_BYTES).as_bytes()).is_some());
        assert!(Envelope::read_error(body(MAX_ERROR_BYTES + 1).as_bytes()).is_none());
    }

    #[test]
    fn a_long_text_is_not_stored_completely() {
        let body = format!(r#"{{"message":"{}"}}"#, "x ".repeat(1_000_000));
        assert!(Envelope::read(body.as_bytes()).unwrap().message.unwrap().len() < 20_000);
    }
}
