//! Decodes the messages about the fields of a request: a map of lists, with PHP's variations.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::maybe_absent::MaybeAbsent;

type Messages = BTreeMap<String, Vec<String>>;

/// Decodes a `BTreeMap<String, Vec<String>>`, or an `Option` of it, from an object of lists of messages. A single
/// message is a list of one, and null in place of a list is an empty list. `[]` is the empty map. The messages of
/// another list have no field; their key is `""`. Null is `None` for an `Option`, and the empty map otherwise.
///
/// # Errors
///
/// When the value is anything else, or a message is not text.
pub fn messages<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: MaybeAbsent<BTreeMap<String, Vec<String>>>,
{
    deserializer.deserialize_any(MessagesVisitor(PhantomData))
}

struct MessagesVisitor<T>(PhantomData<T>);

impl<'de, T: MaybeAbsent<Messages>> Visitor<'de> for MessagesVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of lists of messages")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<T, A::Error> {
        let mut messages = Messages::new();
        while let Some((name, List(list))) = object.next_entry()? {
            messages.insert(name, list);
        }
        accept(Some(messages))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<T, A::Error> {
        let List(list) = ListVisitor.visit_seq(list)?;
        let entry = (!list.is_empty()).then(|| (String::new(), list));
        accept(Some(entry.into_iter().collect()))
    }

    fn visit_unit<E: Error>(self) -> Result<T, E> {
        accept(None)
    }
}

/// Converts the messages. Absent messages are the empty map for a type that needs a map.
fn accept<T: MaybeAbsent<Messages>, E: Error>(found: Option<Messages>) -> Result<T, E> {
    T::from_decoded(found)
        .or_else(|| T::from_decoded(Some(Messages::new())))
        .ok_or_else(|| E::missing_field("messages"))
}

/// The messages about one field.
struct List(Vec<String>);

impl<'de> Deserialize<'de> for List {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ListVisitor)
    }
}

struct ListVisitor;

impl<'de> Visitor<'de> for ListVisitor {
    type Value = List;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a message or a list of messages")
    }

    fn visit_str<E: Error>(self, message: &str) -> Result<List, E> {
        Ok(List(vec![message.to_owned()]))
    }

    fn visit_unit<E: Error>(self) -> Result<List, E> {
        Ok(List(Vec::new()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<List, A::Error> {
        let mut messages = Vec::new();
        while let Some(message) = list.next_element()? {
            messages.push(message);
        }
        Ok(List(messages))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode<T: MaybeAbsent<Messages>>(json: &str) -> Result<T, serde_json::Error> {
        messages(&mut serde_json::Deserializer::from_str(json))
    }

    fn map(entries: &[(&str, &[&str])]) -> Messages {
        let owned = |list: &[&str]| list.iter().map(ToString::to_string).collect();
        entries.iter().map(|(name, list)| ((*name).to_owned(), owned(list))).collect()
    }

    #[test]
    fn messages_decode_in_every_form() {
        for (json, expected) in [
            (r#"{"a":["x","y"],"b.0.c":["z"]}"#, map(&[("a", &["x", "y"]), ("b.0.c", &["z"])])),
            (r#"{"a":"x","b":null,"c":[]}"#, map(&[("a", &["x"]), ("b", &[]), ("c", &[])])),
            (r#"["x","y"]"#, map(&[("", &["x", "y"])])),
            ("[]", map(&[])),
            ("{}", map(&[])),
        ] {
            assert_eq!(decode::<Messages>(json).unwrap(), expected, "{json}");
            assert_eq!(decode::<Option<Messages>>(json).unwrap(), Some(expected), "{json}");
        }
        assert_eq!(decode::<Messages>("null").unwrap(), map(&[]));
        assert_eq!(decode::<Option<Messages>>("null").unwrap(), None);
    }

    #[test]
    fn other_values_are_refused() {
        for json in [r#"{"a":[1]}"#, r#"{"a":{"b":"x"}}"#, r#"{"a":[["x"]]}"#, "[1]", "7", r#""x""#] {
            assert!(decode::<Option<Messages>>(json).is_err(), "{json}");
        }
    }

    #[test]
    fn the_error_names_the_expected_form() {
        for (json, expected) in
            [("7", "an object of lists of messages"), (r#"{"a":7}"#, "a message or a list of messages")]
        {
            let error = decode::<Messages>(json).unwrap_err().to_string();
            assert!(error.contains(&format!("expected {expected}")), "{error}");
        }
    }
}
