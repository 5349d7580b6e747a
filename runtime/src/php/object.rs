//! Decodes objects. PHP writes an empty one as `[]`.

use std::fmt;
use std::iter;
use std::marker::PhantomData;

use serde::de::value::MapDeserializer;
use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Unexpected, Visitor};
use serde::forward_to_deserialize_any;

/// Decodes a `T` or `Option<T>` from an object. `[]` is the empty object. Null is `None` for an `Option`, and the empty
/// object otherwise.
///
/// # Errors
///
/// When the value is anything else, or a `T` cannot be decoded from the object.
pub fn object<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    deserializer.deserialize_any(ObjectVisitor(PhantomData))
}

struct ObjectVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object (or `[]` for an empty one)")
    }

    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<T, A::Error> {
        T::deserialize(Object { fields: object, is_null: false })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<T, A::Error> {
        match list.next_element::<IgnoredAny>()? {
            None => T::deserialize(Object { fields: no_fields(), is_null: false }),
            Some(_) => Err(A::Error::invalid_type(Unexpected::Other("a list that is not empty"), &self)),
        }
    }

    fn visit_unit<E: Error>(self) -> Result<T, E> {
        T::deserialize(Object { fields: no_fields(), is_null: true })
    }
}

fn no_fields<'de, E: Error>() -> MapDeserializer<'de, iter::Empty<((), ())>, E> {
    MapDeserializer::new(iter::empty())
}

/// A deserializer of an object whose entries are being read. Unlike serde's `MapAccessDeserializer`, it supports
/// `Option`.
struct Object<A> {
    fields: A,
    is_null: bool,
}

impl<'de, A: MapAccess<'de>> Deserializer<'de> for Object<A> {
    type Error = A::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, A::Error> {
        visitor.visit_map(self.fields)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, A::Error> {
        if self.is_null { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, A::Error> {
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::{Value, json};

    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    struct Links {
        next: Option<String>,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    struct Strict {
        id: u8,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    struct Wrapped(Strict);

    #[derive(Debug, Deserialize, PartialEq)]
    struct Open {
        id: u8,
        #[serde(flatten)]
        rest: serde_json::Map<String, Value>,
    }

    fn decode<'de, T: Deserialize<'de>>(json: &'de str) -> Result<T, serde_json::Error> {
        object(&mut serde_json::Deserializer::from_str(json))
    }

    #[test]
    fn an_error_names_the_expected_value() {
        let error = object::<_, Links>(json!(5)).unwrap_err().to_string();
        assert_eq!(error, "invalid type: integer `5`, expected an object (or `[]` for an empty one)");
    }

    #[test]
    fn an_object_with_fields_is_decoded() {
        let links = || Links { next: Some("x".to_owned()) };
        assert_eq!(decode::<Links>(r#"{"next":"x","other":[1]}"#).unwrap(), links());
        assert_eq!(decode::<Option<Links>>(r#"{"next":"x"}"#).unwrap(), Some(links()));
        assert_eq!(decode::<Wrapped>(r#"{"id":1}"#).unwrap(), Wrapped(Strict { id: 1 }));
        assert_eq!(decode::<Value>(r#"{"next":"x"}"#).unwrap(), json!({"next": "x"}));
        let open = decode::<Open>(r#"{"id":1,"more":2}"#).unwrap();
        assert_eq!((open.id, open.rest["more"].clone()), (1, json!(2)));
    }

    #[test]
    fn an_empty_list_is_an_empty_object() {
        for json in ["[]", "{}"] {
            assert_eq!(decode::<Links>(json).unwrap(), Links { next: None });
            assert_eq!(decode::<Option<Links>>(json).unwrap(), Some(Links { next: None }));
            assert!(decode::<Strict>(json).unwrap_err().to_string().contains("missing field `id`"));
        }
    }

    #[test]
    fn null_is_none_or_an_empty_object() {
        assert_eq!(decode::<Links>("null").unwrap(), Links { next: None });
        assert_eq!(decode::<Option<Links>>("null").unwrap(), None);
    }

    #[test]
    fn other_values_are_refused() {
        for json in ["[1]", "7", r#""x""#, "true"] {
            assert!(decode::<Option<Links>>(json).is_err(), "{json}");
        }
    }
}
