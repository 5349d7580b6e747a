//! An identifier that may be a JSON number or a string.

use std::cmp::Ordering;
use std::convert::Infallible;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use serde::de::{self, Deserialize, Deserializer, Visitor};
use serde::ser::{Serialize, Serializer};

/// An identifier. Salla writes the same identifier as a JSON number or as a string. This type decodes both and encodes
/// to the same form. (A number with a fraction of zero, such as `1.0e+15`, becomes an integer if it fits into 53 bits.)
/// [`php::identifier`](crate::php::identifier) also decodes `false` as `None`.
///
/// A number and its text are equal, `Id::from(7) == Id::from("7")`, and they hash and sort alike. Other text is
/// different: `"007"`, `" 7"` and `"+7"` are not 7. Numbers sort by value and before other text.
///
/// ```
/// use salla_runtime::Id;
///
/// let number: Id = serde_json::from_str("98787845454")?;
/// let text: Id = serde_json::from_str("\"98787845454\"")?;
/// assert_eq!(number, text);
/// assert_eq!(number.as_u64(), Some(98_787_845_454));
/// assert_eq!(serde_json::to_string(&number)?, "98787845454");
/// assert_eq!(serde_json::to_string(&text)?, "\"98787845454\"");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone)]
pub struct Id(Form);

#[derive(Clone)]
enum Form {
    Signed(i64),
    Unsigned(u64),
    Text(Box<str>),
}

/// The key for comparisons and hashes: the number, or text that is not a number.
#[derive(PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Key<'a> {
    Number(i128),
    Text(&'a str),
}

impl Id {
    /// Returns the identifier as an integer, if it is one and fits: `7` and `"7"` both give 7.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        self.number()?.try_into().ok()
    }

    /// Returns the identifier as an integer, if it is one and fits: `7` and `"7"` both give 7.
    #[must_use]
    pub fn as_u64(&self) -> Option<u64> {
        self.number()?.try_into().ok()
    }

    fn number(&self) -> Option<i128> {
        match self.key() {
            Key::Number(number) => Some(number),
            Key::Text(_) => None,
        }
    }

    fn key(&self) -> Key<'_> {
        match &self.0 {
            Form::Signed(number) => Key::Number((*number).into()),
            Form::Unsigned(number) => Key::Number((*number).into()),
            Form::Text(text) => canonical_integer(text).map_or(Key::Text(text), Key::Number),
        }
    }
}

/// Parses an integer in canonical form: without leading zeros, `+` or spaces. Returns `None` for other text.
fn canonical_integer(text: &str) -> Option<i128> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0');
    if plain || text == "0" { text.parse().ok() } else { None }
}

impl PartialEq for Id {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Id {}

impl PartialOrd for Id {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Id {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key().cmp(&other.key())
    }
}

impl Hash for Id {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.key().hash(state);
    }
}

impl PartialEq<str> for Id {
    fn eq(&self, other: &str) -> bool {
        match &self.0 {
            Form::Text(text) => **text == *other,
            _ => self.number() == canonical_integer(other),
        }
    }
}

impl PartialEq<&str> for Id {
    fn eq(&self, other: &&str) -> bool {
        *self == **other
    }
}

impl PartialEq<i64> for Id {
    fn eq(&self, other: &i64) -> bool {
        self.number() == Some((*other).into())
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Form::Signed(number) => number.fmt(f),
            Form::Unsigned(number) => number.fmt(f),
            Form::Text(text) => text.fmt(f),
        }
    }
}

/// Shows the identifier as in JSON.
impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Form::Text(text) => fmt::Debug::fmt(text, f),
            _ => fmt::Display::fmt(self, f),
        }
    }
}

/// The only conversion from an integer, so that any literal is an `i64`: a setter accepts `5_000_000_000_000` as well as
/// `7`. Larger identifiers convert from their text.
impl From<i64> for Id {
    fn from(number: i64) -> Self {
        Self(u64::try_from(number).map_or(Form::Signed(number), Form::Unsigned))
    }
}

impl From<&str> for Id {
    fn from(text: &str) -> Self {
        Self(Form::Text(text.into()))
    }
}

impl From<String> for Id {
    fn from(text: String) -> Self {
        Self(Form::Text(text.into()))
    }
}

impl From<&String> for Id {
    fn from(text: &String) -> Self {
        text.as_str().into()
    }
}

impl From<&Id> for Id {
    fn from(id: &Id) -> Self {
        id.clone()
    }
}

impl FromStr for Id {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(text.into())
    }
}

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Form::Signed(number) => serializer.serialize_i64(*number),
            Form::Unsigned(number) => serializer.serialize_u64(*number),
            Form::Text(text) => serializer.serialize_str(text),
        }
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(IdVisitor)
    }
}

/// Visits an identifier.
pub(crate) struct IdVisitor;

impl Visitor<'_> for IdVisitor {
    type Value = Id;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an identifier (a whole number or a string)")
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Id, E> {
        Ok(number.into())
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Id, E> {
        Ok(Id(Form::Unsigned(number)))
    }

    /// Accepts integers that PHP wrote as floats, such as `1.0e+15`. Beyond 53 bits a float may not be the original
    /// identifier.
    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Id, E> {
        const EXACT: f64 = 9_007_199_254_740_992.0;
        if number.fract() != 0.0 || number.abs() > EXACT {
            return Err(E::invalid_value(de::Unexpected::Float(number), &self));
        }
        #[expect(clippy::cast_possible_truncation, reason = "it is whole and in range")]
        Ok((number as i64).into())
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Id, E> {
        Ok(text.into())
    }

    fn visit_string<E: de::Error>(self, text: String) -> Result<Id, E> {
        Ok(text.into())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeSet, HashSet};

    use super::*;

    fn id(json: &str) -> Id {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn every_form_round_trips() {
        for json in
            ["98787845454", "-7", "0", "18446744073709551615", r#""98787845454""#, r#""007""#, r#""""#, r#""أ""#]
        {
            assert_eq!(serde_json::to_string(&id(json)).unwrap(), json);
        }
        assert_eq!(serde_json::to_string(&id("1.0e+15")).unwrap(), "1000000000000000");
        assert_eq!(serde_json::to_string(&id("9007199254740992.0")).unwrap(), "9007199254740992");
    }

    #[test]
    fn an_identifier_that_is_no_number_equals_its_text_only() {
        let text = id(r#""أ""#);
        assert!(text == *"أ" && text != *"ب" && id("7") == *"7" && id("7") != *"8");
    }

    #[test]
    fn values_that_are_not_identifiers_are_refused() {
        for json in ["1.5", "1e16", "99999999999999999999", "true", "null", "[]", "{}"] {
            assert!(serde_json::from_str::<Id>(json).is_err(), "{json}");
        }
    }

    #[test]
    fn both_forms_are_equal_if_their_text_is() {
        for (left, right, equal) in [
            ("7", r#""7""#, true),
            ("-7", r#""-7""#, true),
            ("0", r#""0""#, true),
            ("0", r#""-0""#, false),
            ("7", r#""007""#, false),
            ("7", r#"" 7""#, false),
            ("7", r#""+7""#, false),
            ("7", r#""7.0""#, false),
            (r#""""#, r#""-""#, false),
        ] {
            let (left, right) = (id(left), id(right));
            assert_eq!(left == right, equal, "{left:?} {right:?}");
            assert_eq!(left.cmp(&right) == Ordering::Equal, equal, "{left:?} {right:?}");
            assert_eq!(HashSet::from([left, right]).len() == 1, equal);
        }
    }

    #[test]
    fn identifiers_compare_with_plain_values() {
        let (number, text) = (Id::from(7), Id::from("7"));
        assert!(number == "7" && number == 7 && number != "007" && number != "x" && number != 8);
        assert!(text == "7" && text == 7 && text != "007" && Id::from("x") != 7);
    }

    #[test]
    fn any_literal_and_any_text_convert() {
        fn set(id: impl TryInto<Id, Error: fmt::Display>) -> String {
            id.try_into().map_or_else(|error| error.to_string(), |id| id.to_string())
        }
        let (id, text) = (Id::from(7), "7".to_owned());
        assert_eq!(
            [set(7), set(5_000_000_000_000), set("7"), set(&text), set(text), set(&id), set(id)].concat(),
            "7500000000000077777"
        );
    }

    #[test]
    fn numbers_sort_by_value_and_before_text() {
        let sorted: BTreeSet<Id> =
            ["b", "10", "9", "007", "-1"].into_iter().map(Id::from).chain([Id::from(5)]).collect();
        assert_eq!(sorted.iter().map(Id::to_string).collect::<Vec<_>>(), ["-1", "5", "9", "10", "007", "b"]);
    }

    #[test]
    fn integers_are_returned_if_they_fit() {
        assert_eq!((Id::from("7").as_i64(), Id::from(7).as_u64()), (Some(7), Some(7)));
        assert_eq!((Id::from(-7).as_i64(), Id::from(-7).as_u64()), (Some(-7), None));
        let largest = id(&u64::MAX.to_string());
        assert_eq!((largest.as_i64(), largest.as_u64()), (None, Some(u64::MAX)));
        assert_eq!((Id::from("007").as_i64(), "x".parse::<Id>().unwrap().as_u64()), (None, None));
    }

    #[test]
    fn debug_shows_an_identifier_as_in_json() {
        assert_eq!([format!("{:?}", Id::from(7)), format!("{:?}", Id::from("a\"b"))], ["7", r#""a\"b""#]);
    }

    #[test]
    fn the_error_of_another_type_names_the_expected_ones() {
        let error = serde_json::from_str::<Id>("[]").unwrap_err().to_string();
        assert!(error.contains("expected an identifier (a whole number or a string)"), "{error}");
    }
}
