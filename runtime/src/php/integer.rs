//! Decodes integers, which PHP also writes as text or with a fraction of zero.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserializer, Error, Unexpected, Visitor};

use super::maybe_absent::MaybeAbsent;

/// Decodes an `i64` or `Option<i64>` from an integer, from text (`"900"`, `" -7 "`, `"900.00"`), or from a number with
/// a fraction of zero (`30.0`). Null and `""` are `None`.
///
/// # Errors
///
/// When the value is anything else, does not fit into 64 bits, or is `None` for an `i64`.
pub fn integer<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: MaybeAbsent<i64>,
{
    deserializer.deserialize_any(IntegerVisitor(PhantomData))
}

struct IntegerVisitor<T>(PhantomData<T>);

impl<T: MaybeAbsent<i64>> IntegerVisitor<T> {
    fn accept<E: Error>(&self, found: Option<i64>) -> Result<T, E> {
        T::from_decoded(found).ok_or_else(|| E::invalid_value(Unexpected::Other("no number"), self))
    }

    fn refuse<E: Error>(&self, found: &str) -> E {
        E::invalid_value(Unexpected::Other(found), self)
    }
}

impl<T: MaybeAbsent<i64>> Visitor<'_> for IntegerVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number of 64 bits")
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<T, E> {
        self.accept(Some(number))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<T, E> {
        let number = number.try_into().map_err(|_| self.refuse("a larger number"))?;
        self.accept(Some(number))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<T, E> {
        let number = whole_number(number).ok_or_else(|| self.refuse("another number"))?;
        self.accept(Some(number))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        if text.is_empty() {
            return self.accept(None);
        }
        let number = parse(text.trim_ascii()).ok_or_else(|| self.refuse("other text"))?;
        self.accept(Some(number))
    }

    fn visit_unit<E: Error>(self) -> Result<T, E> {
        self.accept(None)
    }
}

/// Converts `number` if it is whole and fits into 64 bits.
fn whole_number(number: f64) -> Option<i64> {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    let fits = number.fract() == 0.0 && (-LIMIT..LIMIT).contains(&number);
    #[expect(clippy::cast_possible_truncation, reason = "it is whole and in range")]
    fits.then_some(number as i64)
}

/// Parses a decimal number whose fraction, if there is one, is zero.
fn parse(text: &str) -> Option<i64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let zero = !fraction.is_empty() && fraction.bytes().all(|digit| digit == b'0');
    whole.parse().ok().filter(|_| zero)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode<T: MaybeAbsent<i64>>(json: &str) -> Result<T, serde_json::Error> {
        integer(&mut serde_json::Deserializer::from_str(json))
    }

    #[test]
    fn integers_decode_in_every_form() {
        for (json, number) in [
            ("900", 900),
            ("-7", -7),
            ("9223372036854775807", i64::MAX),
            ("-9223372036854775808", i64::MIN),
            ("30.0", 30),
            ("-1.0e3", -1000),
            (r#""900""#, 900),
            (r#"" -7 ""#, -7),
            (r#""+7""#, 7),
            (r#""900.00""#, 900),
            (r#""007""#, 7),
        ] {
            assert_eq!(decode::<i64>(json).unwrap(), number, "{json}");
            assert_eq!(decode::<Option<i64>>(json).unwrap(), Some(number), "{json}");
        }
    }

    #[test]
    fn an_empty_integer_is_none_or_an_error() {
        for json in ["null", r#""""#] {
            assert_eq!(decode::<Option<i64>>(json).unwrap(), None, "{json}");
            let error = decode::<i64>(json).unwrap_err().to_string();
            assert!(error.starts_with("invalid value: no number, expected a whole number"), "{error}");
        }
    }

    #[test]
    fn other_values_are_refused_and_not_quoted() {
        for json in [
            "9223372036854775808",
            "9223372036854775808.0",
            "1e400",
            "30.5",
            r#""9223372036854775808""#,
            r#""30.5""#,
            r#""30.""#,
            r#"".0""#,
            r#""secret""#,
            r#"" ""#,
            r#""٩""#,
            "true",
            "[]",
            "{}",
        ] {
            let error = decode::<Option<i64>>(json).unwrap_err().to_string();
            assert!(!error.contains("secret"), "{json}: {error}");
        }
    }
}
