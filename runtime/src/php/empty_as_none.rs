//! Decodes fields of any type: empty arrays as `None`, and null as different from an absent field.

use serde::de::{Deserialize, DeserializeOwned, Deserializer, Error};
use serde_json::Value;

/// A value that may be null, in a field that may also be absent. The field is an `Option` of it.
pub type Nullable<T> = Option<T>;

/// Decodes an `Option<T>`. PHP's empty array (`[]` or `{}`) and null are `None`.
///
/// # Errors
///
/// When any other value is not a `T`.
pub fn empty_as_none<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    let value = Value::deserialize(deserializer)?;
    if is_empty_array(&value) { Ok(None) } else { decode(value) }
}

/// Decodes a field that distinguishes null from absence. Null is `Some(None)`. For an absent field, serde does not call
/// this function, so the field needs `#[serde(default)]`.
///
/// # Errors
///
/// When the value is neither null nor a `T`.
pub fn nullable<'de, D, T>(deserializer: D) -> Result<Option<Nullable<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Option::deserialize(deserializer).map(Some)
}

/// Decodes as [`nullable`] does; `[]` and `{}` are `None`, as if the field were absent.
///
/// # Errors
///
/// When any other value is neither null nor a `T`.
pub fn nullable_empty_as_none<'de, D, T>(deserializer: D) -> Result<Option<Nullable<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    let value = Value::deserialize(deserializer)?;
    if is_empty_array(&value) { Ok(None) } else { decode(value).map(Some) }
}

/// Reports whether `value` is `[]` or `{}`.
fn is_empty_array(value: &Value) -> bool {
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
        #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "super::empty_as_none")]
        text: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "super::nullable")]
        nullable: Option<super::Nullable<String>>,
        #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "super::nullable_empty_as_none")]
        both: Option<super::Nullable<Vec<i64>>>,
    }

    #[test]
    fn null_and_absence_round_trip_and_empty_is_none() {
        for (json, expected) in [
            ("{}", "{}"),
            (r#"{"text":"a","nullable":"b","both":[1]}"#, r#"{"text":"a","nullable":"b","both":[1]}"#),
            (r#"{"text":null,"nullable":null,"both":null}"#, r#"{"nullable":null,"both":null}"#),
            (r#"{"text":[],"both":[]}"#, "{}"),
            (r#"{"text":{},"both":{}}"#, "{}"),
        ] {
            assert_eq!(to_string(&from_str::<Fields>(json).unwrap()).unwrap(), expected, "{json}");
        }
    }

    #[test]
    fn other_values_are_refused() {
        for json in [r#"{"text":7}"#, r#"{"text":[1]}"#, r#"{"nullable":[]}"#, r#"{"both":["a"]}"#] {
            assert!(from_str::<Fields>(json).is_err(), "{json}");
        }
    }
}
