//! Nothing, in a field whose values cannot be told from it by their type alone.

use serde::de::{Deserialize, DeserializeOwned, Deserializer, Error};
use serde_json::Value;

/// A value that may be null, in a field that may be absent as well: the field is an `Option` of it.
pub type Nullable<T> = Option<T>;

/// Decodes an `Option<T>` from a `T`. PHP's empty array, `[]` or `{}`, is nothing, as null is.
///
/// # Errors
///
/// When it is anything else than a `T`.
pub fn not_empty<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    let value = Value::deserialize(deserializer)?;
    if is_empty(&value) { Ok(None) } else { decode(value) }
}

/// Decodes a field that tells null from absence: null is `Some(None)`. A field that is absent is not decoded.
///
/// # Errors
///
/// When it is neither null nor a `T`.
pub fn nullable<'de, D, T>(deserializer: D) -> Result<Option<Nullable<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Option::deserialize(deserializer).map(Some)
}

/// Decodes as [`nullable`] does, and takes `[]` and `{}` for absence.
///
/// # Errors
///
/// When it is neither null nor a `T`.
pub fn nullable_not_empty<'de, D, T>(deserializer: D) -> Result<Option<Nullable<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    let value = Value::deserialize(deserializer)?;
    if is_empty(&value) { Ok(None) } else { decode(value).map(Some) }
}

fn is_empty(value: &Value) -> bool {
    value.as_array().is_some_and(Vec::is_empty) || value.as_object().is_some_and(serde_json::Map::is_empty)
}

fn decode<T: DeserializeOwned, E: Error>(value: Value) -> Result<T, E> {
    T::deserialize(value).map_err(E::custom)
}

#[cfg(test)]
mod tests {
    use serde::{Deserialize, Serialize};
    use serde_json::{from_str, to_string};

    #[derive(Debug, Deserialize, Serialize)]
    struct Fields {
        #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "super::not_empty")]
        text: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "super::nullable")]
        told: Option<super::Nullable<String>>,
        #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "super::nullable_not_empty")]
        both: Option<super::Nullable<Vec<i64>>>,
    }

    #[test]
    fn nothing_comes_back_as_it_was() {
        for (shown, expected) in [
            ("{}", "{}"),
            (r#"{"text":"a","told":"b","both":[1]}"#, r#"{"text":"a","told":"b","both":[1]}"#),
            (r#"{"text":null,"told":null,"both":null}"#, r#"{"told":null,"both":null}"#),
            (r#"{"text":[],"both":[]}"#, "{}"),
            (r#"{"text":{},"both":{}}"#, "{}"),
        ] {
            assert_eq!(to_string(&from_str::<Fields>(shown).unwrap()).unwrap(), expected, "{shown}");
        }
    }

    #[test]
    fn what_is_something_else_is_refused() {
        for json in [r#"{"text":7}"#, r#"{"text":[1]}"#, r#"{"told":[]}"#, r#"{"both":["a"]}"#] {
            assert!(from_str::<Fields>(json).is_err(), "{json}");
        }
    }
}
