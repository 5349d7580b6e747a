//! Reads YAML directly into JSON values, as long as the document has only values that YAML and JSON have in common.
//!
//! Everything else is an error here: tags, merged mappings, numbers that JSON does not have, and duplicate keys. The
//! caller then reads the text with the general reader, which resolves or reports it.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// A value that YAML and JSON have in common.
pub(super) struct Plain(pub(super) Value);

impl<'de> Deserialize<'de> for Plain {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValueVisitor).map(Self)
    }
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<Value, E> {
        Ok(Value::Bool(flag))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Value, E> {
        Number::from_f64(number).map(Value::Number).ok_or_else(|| E::custom("a number that JSON does not have"))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        Ok(text.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(Plain(item)) = items.next_element()? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some((Key(key), Plain(value))) = entries.next_entry()? {
            if object.insert(key, value).is_some() {
                return Err(A::Error::custom("a duplicate key"));
            }
        }
        Ok(Value::Object(object))
    }
}

/// A key as text: `200:` is a status.
struct Key(String);

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(KeyVisitor).map(Self)
    }
}

struct KeyVisitor;

impl Visitor<'_> for KeyVisitor {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON key")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<String, E> {
        if text == "<<" { Err(E::custom("a merged mapping")) } else { Ok(text.to_owned()) }
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<String, E> {
        Ok(number.to_string())
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<String, E> {
        Ok(flag.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_with_other_values_than_json_is_an_error() {
        for text in ["a: !b c", "<<: {a: 1}", "a: .inf", "{a: 1, a: 2}", "200: 1\n'200': 2", "1.0: a", "? [a]\n: b"] {
            assert!(serde_yaml::from_str::<Plain>(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_value_is_the_same_as_from_the_general_reader() {
        let text = "{200: ~, true: 0x10, a: [-1, 18446744073709551615, 1.0, 1e3, yes, '5', !!str 5, null], b: &b {c: d}, e: *b}";
        let general: Value = serde_json::from_str(
            r#"{"200": null, "true": 16, "a": [-1, 18446744073709551615, 1.0, 1e3, "yes", "5", "5", null], "b": {"c": "d"}, "e": {"c": "d"}}"#,
        )
        .unwrap();
        assert_eq!(serde_yaml::from_str::<Plain>(text).unwrap().0, general);
    }
}
