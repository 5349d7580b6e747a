//! Values of choices in which the value of a property, the tag, decides the alternative.

use std::fmt;

use serde::de::{self, DeserializeOwned, Deserializer};
use serde::ser::{Error as _, Serializer};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The object of a choice whose alternative the client does not know, since the API added it later.
///
/// Only the decoder of a choice creates it, from an object whose tag it does not know. The value is encoded as the same
/// JSON that was decoded.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct UnknownAlternative(Value);

impl UnknownAlternative {
    /// Returns the object.
    #[must_use]
    pub fn as_json(&self) -> &Value {
        &self.0
    }

    /// Returns the object and gives up the unknown alternative.
    #[must_use]
    pub fn into_json(self) -> Value {
        self.0
    }
}

/// Shows the object as JSON.
impl fmt::Debug for UnknownAlternative {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl Serialize for UnknownAlternative {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

/// An object of a choice before its alternative is decoded.
pub struct Tagged {
    fields: Map<String, Value>,
    tag: &'static str,
    text: Option<String>,
}

impl Tagged {
    /// Decodes an object. The value of its property `tag` decides the alternative.
    ///
    /// # Errors
    ///
    /// When the value is not an object.
    pub fn deserialize<'de, D: Deserializer<'de>>(tag: &'static str, deserializer: D) -> Result<Self, D::Error> {
        let fields = Map::deserialize(deserializer)?;
        let text = fields.get(tag).and_then(text_of);
        Ok(Self { fields, tag, text })
    }

    /// Returns the text of the tag. There is none if the property is missing, null, a list or an object.
    #[must_use]
    pub fn tag(&self) -> Option<&str> {
        self.text.as_deref()
    }

    /// Removes the tag, for an alternative whose type does not have the property.
    #[must_use]
    pub fn without_tag(mut self) -> Self {
        self.fields.remove(self.tag);
        self
    }

    /// Decodes the object as the type of an alternative.
    ///
    /// # Errors
    ///
    /// When the object is no value of that type. The error names the tag, and the place inside of the object.
    pub fn decode<T: DeserializeOwned, E: de::Error>(self) -> Result<T, E> {
        let (tag, text) = (self.tag, self.text.unwrap_or_default());
        serde_path_to_error::deserialize(Value::Object(self.fields)).map_err(|error| {
            // The reason comes first, since a message that begins with a value's type is cleaned of the value.
            let (reason, path) = (error.inner(), error.path().to_string());
            let place = if path == "." { String::new() } else { format!(" at `{path}`") };
            E::custom(format_args!("{reason}{place} where `{tag}` is `{text}`"))
        })
    }

    /// Returns the error of a choice that has no alternative for the tag and keeps no other objects.
    #[must_use]
    pub fn refused<E: de::Error>(self) -> E {
        E::custom(format_args!("no alternative has this `{}`", self.tag))
    }

    /// Returns the object as one of an alternative that the client does not know.
    #[must_use]
    pub fn unknown(self) -> UnknownAlternative {
        UnknownAlternative(Value::Object(self.fields))
    }
}

/// Returns the text of a tag. Documents write the tags that are numbers or booleans as texts.
fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// Encodes a value of an alternative with the tag, unless the value has one.
///
/// # Errors
///
/// When the value cannot be encoded.
pub fn with_tag<T: Serialize, S: Serializer>(
    value: &T,
    tag: &str,
    text: &str,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut value = serde_json::to_value(value).map_err(S::Error::custom)?;
    if let Value::Object(fields) = &mut value
        && fields.get(tag).is_none_or(Value::is_null)
    {
        fields.insert(tag.to_owned(), text.into());
    }
    value.serialize(serializer)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn tagged(json: &str) -> Result<Tagged, serde_json::Error> {
        Tagged::deserialize("kind", &mut serde_json::Deserializer::from_str(json))
    }

    #[derive(Debug, Deserialize, Serialize)]
    struct Cat {
        lives: i64,
        toys: Option<Vec<String>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        kind: Option<String>,
    }

    fn cat(json: &str) -> Result<Cat, serde_json::Error> {
        tagged(json)?.decode()
    }

    #[test]
    fn a_tag_is_a_text_or_a_scalar_that_is_written_as_one() {
        let tag = |json: &str| tagged(json).map(|tagged| tagged.tag().map(str::to_owned));
        for (json, expected) in [
            (r#"{"kind":"c\u0061t"}"#, Some("cat")),
            (r#"{"kind":1}"#, Some("1")),
            (r#"{"kind":true}"#, Some("true")),
            (r#"{"kind":null}"#, None),
            (r#"{"kind":["cat"]}"#, None),
            (r#"{"other":"cat"}"#, None),
        ] {
            assert_eq!(tag(json).unwrap().as_deref(), expected, "{json}");
        }
        for json in ["1", "null", "[]", "\"cat\""] {
            assert!(tag(json).is_err(), "{json}");
        }
    }

    #[test]
    fn an_object_that_does_not_fit_its_tag_is_an_error_that_names_both() {
        let message = |json: &str| cat(json).unwrap_err().to_string();
        assert_eq!(message(r#"{"kind":"cat"}"#), "missing field `lives` where `kind` is `cat`");
        assert_eq!(
            message(r#"{"kind":"cat","lives":9,"toys":["a",1]}"#),
            "invalid type: integer `1`, expected a string at `toys[1]` where `kind` is `cat`"
        );
    }

    #[test]
    fn an_unknown_alternative_is_encoded_as_it_was_decoded() {
        let json = r#"{"big":18446744073709551615,"kind":"dodo","price":11511.486499999999,"whole":30.0}"#;
        let unknown = tagged(json).unwrap().unknown();
        assert_eq!(serde_json::to_string(&unknown).unwrap(), json);
        assert_eq!(format!("{unknown:?}"), json);
        assert_eq!(unknown, tagged(json).unwrap().unknown());
        assert_eq!(unknown.as_json()["kind"], "dodo");
        assert_eq!(serde_json::to_value(&unknown).unwrap(), unknown.into_json());
    }

    #[test]
    fn an_object_that_no_alternative_takes_is_an_error_without_its_tag() {
        let error: serde_json::Error = tagged(r#"{"kind":"secret"}"#).unwrap().refused();
        assert_eq!(error.to_string(), "no alternative has this `kind`");
    }

    #[test]
    fn a_tag_is_added_to_a_value_that_has_none() {
        let encoded = |kind: Option<&str>| {
            let cat = Cat { lives: 9, toys: None, kind: kind.map(str::to_owned) };
            with_tag(&cat, "kind", "cat", serde_json::value::Serializer).unwrap()
        };
        assert_eq!(encoded(None), json!({"kind": "cat", "lives": 9, "toys": null}));
        assert_eq!(encoded(Some("kitten")), json!({"kind": "kitten", "lives": 9, "toys": null}));
    }

    #[test]
    fn a_type_without_the_property_does_not_get_the_tag() {
        let counts: std::collections::BTreeMap<String, i64> =
            tagged(r#"{"kind":"counts","a":1}"#).unwrap().without_tag().decode::<_, serde_json::Error>().unwrap();
        assert_eq!(counts.into_iter().collect::<Vec<_>>(), [("a".to_owned(), 1)]);
    }
}
