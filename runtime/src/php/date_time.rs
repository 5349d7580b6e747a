//! Decodes dates: PHP's `DateTime` object, text, and the values that mean "no date".

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Unexpected, Visitor};

use super::maybe_absent::MaybeAbsent;
use crate::values::clock::{self, Clock};
use crate::values::{DateTime, Form};

/// Decodes a [`DateTime`] or `Option<DateTime>` from PHP's date object or from text, with or without a time. Null,
/// `""`, `[]`, `{}`, `0000-00-00 00:00:00` and `-0001-11-30 00:00:00` are `None`, the last two also without a time.
///
/// # Errors
///
/// When the value is anything else, or is `None` for a [`DateTime`].
pub fn date_time<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: MaybeAbsent<DateTime>,
{
    deserializer.deserialize_any(DateTimeVisitor(PhantomData))
}

impl<'de> Deserialize<'de> for DateTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        date_time(deserializer)
    }
}

struct DateTimeVisitor<T>(PhantomData<T>);

impl<T: MaybeAbsent<DateTime>> DateTimeVisitor<T> {
    fn accept<E: Error>(&self, found: Option<DateTime>) -> Result<T, E> {
        T::from_decoded(found).ok_or_else(|| E::invalid_value(Unexpected::Other("no date"), self))
    }
}

impl<'de, T: MaybeAbsent<DateTime>> Visitor<'de> for DateTimeVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a date such as `2024-12-17 17:42:14`, as text or as PHP's date object")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        match text.parse() {
            Ok(date) => self.accept(Some(date)),
            Err(_) if text.is_empty() || clock::means_none(text) => self.accept(None),
            Err(_) => Err(E::invalid_value(Unexpected::Other("other text"), &self)),
        }
    }

    fn visit_unit<E: Error>(self) -> Result<T, E> {
        self.accept(None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<T, A::Error> {
        match list.next_element::<IgnoredAny>()? {
            None => self.accept(None),
            Some(_) => Err(A::Error::invalid_type(Unexpected::Seq, &self)),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<T, A::Error> {
        let found = read_object(object)?;
        self.accept(found)
    }
}

/// Decodes PHP's date object. `None` if the object is empty or its date means "none".
fn read_object<'de, A: MapAccess<'de>>(mut object: A) -> Result<Option<DateTime>, A::Error> {
    let (mut date, mut form, mut zone, mut empty) = (None, None, None, true);
    while let Some(key) = object.next_key()? {
        empty = false;
        match key {
            Key::Date => date = Some(object.next_value::<Date>()?),
            Key::TimezoneType => form = Some(object.next_value()?),
            Key::Timezone => zone = Some(object.next_value::<Text>()?),
            Key::Other => drop(object.next_value::<IgnoredAny>()?),
        }
    }
    if empty {
        return Ok(None);
    }
    let Date(date) = date.ok_or_else(|| A::Error::missing_field("date"))?;
    let form = form.ok_or_else(|| A::Error::missing_field("timezone_type"))?;
    let Text(zone) = zone.ok_or_else(|| A::Error::missing_field("timezone"))?;
    Ok(date.map(|date| DateTime::from_object(date, form, &zone)))
}

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "snake_case")]
enum Key {
    Date,
    TimezoneType,
    Timezone,
    #[serde(other)]
    Other,
}

/// Text, borrowed from the body if possible.
#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// The object's `date`. `None` for the dates that mean "none".
struct Date(Option<Clock>);

impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Text(text) = Text::deserialize(deserializer)?;
        let clock = Clock::parse(&text);
        if clock.is_some() || clock::means_none(&text) {
            return Ok(Self(clock));
        }
        let expected = "a date such as `2024-12-17 17:42:14.000000`";
        Err(D::Error::invalid_value(Unexpected::Other("other text"), &expected))
    }
}

/// Decodes the `timezone_type`.
impl<'de> Deserialize<'de> for Form {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(FormVisitor)
    }
}

struct FormVisitor;

impl Visitor<'_> for FormVisitor {
    type Value = Form;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("1, 2 or 3")
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Form, E> {
        match number {
            1 => Ok(Form::Offset),
            2 => Ok(Form::Abbreviation),
            3 => Ok(Form::Name),
            _ => Err(E::invalid_value(Unexpected::Other("another number"), &self)),
        }
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Form, E> {
        match text {
            "1" => Ok(Form::QuotedOffset),
            "2" => Ok(Form::QuotedAbbreviation),
            "3" => Ok(Form::QuotedName),
            _ => Err(E::invalid_value(Unexpected::Other("other text"), &self)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode<T: MaybeAbsent<DateTime>>(json: &str) -> Result<T, serde_json::Error> {
        date_time(&mut serde_json::Deserializer::from_str(json))
    }

    #[test]
    fn a_date_decodes_in_both_forms() {
        for json in [
            r#""2025-12-31 23:59:59""#,
            r#"{"date":"2025-12-31 23:59:59.000000","timezone_type":3,"timezone":"Asia/Riyadh"}"#,
            r#""2025-12-31""#,
            r#"{"date":"2025-12-31","timezone_type":3,"timezone":"Asia/Riyadh"}"#,
        ] {
            assert_eq!(decode::<Option<DateTime>>(json).unwrap(), Some(decode(json).unwrap()), "{json}");
        }
    }

    #[test]
    fn an_empty_date_is_none_or_an_error() {
        for json in [
            "null",
            r#""""#,
            "[]",
            "{}",
            r#""0000-00-00 00:00:00""#,
            r#""0000-00-00""#,
            r#"{"date":"0000-00-00","timezone_type":3,"timezone":"Asia/Riyadh"}"#,
            r#""-0001-11-30 00:00:00.000000""#,
            r#"{"date":"-0001-11-30 00:00:00.000000","timezone_type":3,"timezone":"Asia/Riyadh"}"#,
        ] {
            assert_eq!(decode::<Option<DateTime>>(json).unwrap(), None, "{json}");
            let error = decode::<DateTime>(json).unwrap_err().to_string();
            assert!(error.starts_with("invalid value: no date, expected a date"), "{error}");
        }
    }

    #[test]
    fn other_values_are_refused_and_not_quoted() {
        for json in [
            "7",
            "true",
            "[0]",
            r#""secret""#,
            r#"{"secret":1}"#,
            r#"{"date":"secret","timezone_type":3,"timezone":"UTC"}"#,
            r#"{"date":"2025-12-31 23:59:59","timezone_type":"secret","timezone":"UTC"}"#,
        ] {
            let error = decode::<Option<DateTime>>(json).unwrap_err().to_string();
            assert!(!error.contains("secret"), "{json}: {error}");
        }
    }

    #[test]
    fn the_type_of_a_time_zone_is_a_number_or_its_text() {
        for (kind, zone) in [("1", "+03:00"), ("2", "EST"), ("3", "Asia/Riyadh")] {
            for kind in [kind.to_owned(), format!("\"{kind}\"")] {
                let json =
                    format!(r#"{{"date":"2025-12-31 23:59:59.000000","timezone_type":{kind},"timezone":"{zone}"}}"#);
                let date = decode::<DateTime>(&json).unwrap();
                assert_eq!(serde_json::to_string(&date).unwrap(), json);
            }
        }
        let error = decode::<DateTime>(r#"{"date":"2025-12-31","timezone_type":true,"timezone":"UTC"}"#).unwrap_err();
        assert!(error.to_string().contains("expected 1, 2 or 3"), "{error}");
    }
}
