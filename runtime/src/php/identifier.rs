//! Decodes identifiers, for which PHP also writes `false` if there is none.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserializer, Error, Unexpected, Visitor};

use super::maybe_absent::MaybeAbsent;
use crate::values::Id;
use crate::values::id::IdVisitor;

/// Decodes an [`Id`] or `Option<Id>` from a number or text. Null and `false` are `None`, since a function of PHP that
/// finds nothing returns `false`. Empty text is an identifier, so that it encodes to the same JSON.
///
/// # Errors
///
/// When the value is anything else, or is `None` for an [`Id`].
pub fn identifier<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: MaybeAbsent<Id>,
{
    deserializer.deserialize_any(IdentifierVisitor(PhantomData))
}

struct IdentifierVisitor<T>(PhantomData<T>);

impl<T: MaybeAbsent<Id>> IdentifierVisitor<T> {
    fn accept<E: Error>(&self, found: Option<Id>) -> Result<T, E> {
        T::from_decoded(found).ok_or_else(|| E::invalid_value(Unexpected::Other("no identifier"), self))
    }
}

impl<T: MaybeAbsent<Id>> Visitor<'_> for IdentifierVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        IdVisitor.expecting(f)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<T, E> {
        if value { Err(E::invalid_type(Unexpected::Bool(value), &self)) } else { self.accept(None) }
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<T, E> {
        self.accept(Some(IdVisitor.visit_i64(number)?))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<T, E> {
        self.accept(Some(IdVisitor.visit_u64(number)?))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<T, E> {
        self.accept(Some(IdVisitor.visit_f64(number)?))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        self.accept(Some(text.into()))
    }

    fn visit_unit<E: Error>(self) -> Result<T, E> {
        self.accept(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode<T: MaybeAbsent<Id>>(json: &str) -> Result<T, serde_json::Error> {
        identifier(&mut serde_json::Deserializer::from_str(json))
    }

    #[test]
    fn an_identifier_decodes_in_every_form() {
        for json in ["98787845454", "-7", "0", "18446744073709551615", r#""A-17""#, r#""""#, r#""false""#] {
            let id = decode::<Option<Id>>(json).unwrap();
            assert_eq!(serde_json::to_string(&id).unwrap(), json);
            assert_eq!(id, Some(decode(json).unwrap()), "{json}");
        }
        assert_eq!(decode::<Id>("1.0e+15").unwrap(), 1_000_000_000_000_000);
    }

    #[test]
    fn false_and_null_are_no_identifier() {
        for json in ["false", "null"] {
            assert_eq!(decode::<Option<Id>>(json).unwrap(), None, "{json}");
            let error = decode::<Id>(json).unwrap_err().to_string();
            assert!(error.starts_with("invalid value: no identifier, expected an identifier"), "{error}");
        }
    }

    #[test]
    fn other_values_are_refused() {
        for json in ["true", "1.5", "1e16", "[]", "{}", "[7]"] {
            let error = decode::<Option<Id>>(json).unwrap_err().to_string();
            assert!(error.contains("expected an identifier"), "{json}: {error}");
        }
    }
}
