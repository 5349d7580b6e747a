//! A number that may be an integer or have a fraction.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use serde::de::{self, Deserialize, Deserializer, Visitor};
use serde::ser::{Serialize, Serializer};

/// A number. JSON has one type of numbers, and PHP writes `30` and `30.5` into the same field. This type decodes both
/// and encodes to the same form: `30` stays `30`, `30.0` stays `30.0`, and integers of 64 bits are exact. A number with a
/// fraction keeps the digits that a float of 64 bits holds: `11511.486499999999` stays so.
///
/// Numbers compare, sort and hash by value: 30 equals 30.0. They are compared without rounding, even beyond 53 bits,
/// where a float cannot hold every integer. NaN and the infinities cannot be a `Number`, since JSON has neither.
///
/// ```
/// use salla_runtime::Number;
///
/// let price: Number = serde_json::from_str("30.5")?;
/// let whole: Number = serde_json::from_str("30")?;
/// assert_eq!((price.as_f64(), price.as_i64(), whole.as_i64()), (30.5, None, Some(30)));
/// assert!(whole == 30 && whole == 30.0 && price > whole);
/// assert_eq!(serde_json::to_string(&whole)?, "30");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy)]
pub struct Number(Form);

/// The form in which the number was written.
#[derive(Clone, Copy)]
enum Form {
    Signed(i64),
    Unsigned(u64),
    /// Finite.
    Float(f64),
}

/// The key for comparisons and hashes.
#[derive(Clone, Copy)]
enum Key {
    Whole(i128),
    /// A number with a fraction or of more than 127 bits. It equals no [`Key::Whole`].
    Float(f64),
}

/// An error of converting into a [`Number`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NumberError(&'static str);

impl Number {
    /// Returns the nearest float.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "the nearest float is documented")]
    pub fn as_f64(&self) -> f64 {
        match self.0 {
            Form::Signed(number) => number as f64,
            Form::Unsigned(number) => number as f64,
            Form::Float(number) => number,
        }
    }

    /// Returns the number as an integer, if it is whole and fits: `30` and `30.0` both give 30.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        self.whole()?.try_into().ok()
    }

    /// Returns the number as an integer, if it is whole and fits: `30` and `30.0` both give 30.
    #[must_use]
    pub fn as_u64(&self) -> Option<u64> {
        self.whole()?.try_into().ok()
    }

    /// Reports whether the number has no fraction or a fraction of zero.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        match self.0 {
            Form::Signed(_) | Form::Unsigned(_) => true,
            Form::Float(number) => number.fract() == 0.0,
        }
    }

    fn whole(&self) -> Option<i128> {
        match self.key() {
            Key::Whole(number) => Some(number),
            Key::Float(_) => None,
        }
    }

    fn key(&self) -> Key {
        match self.0 {
            Form::Signed(number) => Key::Whole(number.into()),
            Form::Unsigned(number) => Key::Whole(number.into()),
            Form::Float(number) => Key::from_float(number),
        }
    }
}

impl Key {
    fn from_float(number: f64) -> Self {
        const LIMIT: f64 = 170_141_183_460_469_231_731_687_303_715_884_105_728.0;
        if number.fract() == 0.0 && number.abs() < LIMIT {
            #[expect(clippy::cast_possible_truncation, reason = "it is whole and in range")]
            return Self::Whole(number as i128);
        }
        Self::Float(number)
    }

    /// Compares by value. Floats in keys are finite and not zero, so their total order is the order of their values.
    fn cmp(self, other: Self) -> Ordering {
        match (self, other) {
            (Self::Whole(one), Self::Whole(other)) => one.cmp(&other),
            (Self::Float(one), Self::Float(other)) => one.total_cmp(&other),
            (Self::Whole(one), Self::Float(other)) => compare_whole_with_float(one, other),
            (Self::Float(one), Self::Whole(other)) => compare_whole_with_float(other, one).reverse(),
        }
    }
}

/// Compares without rounding: an integer is less than a float with a fraction if it is at most the float's floor. The
/// floor of a float beyond 128 bits becomes the limit of 128 bits, which no whole key reaches.
fn compare_whole_with_float(whole: i128, float: f64) -> Ordering {
    #[expect(clippy::cast_possible_truncation, reason = "it saturates")]
    let floor = float.floor() as i128;
    if whole <= floor { Ordering::Less } else { Ordering::Greater }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Number {}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key().cmp(other.key())
    }
}

impl Hash for Number {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self.key() {
            Key::Whole(number) => number.hash(state),
            Key::Float(number) => number.to_bits().hash(state),
        }
    }
}

impl PartialEq<i64> for Number {
    fn eq(&self, other: &i64) -> bool {
        *self == Self::from(*other)
    }
}

impl PartialOrd<i64> for Number {
    fn partial_cmp(&self, other: &i64) -> Option<Ordering> {
        Some(self.cmp(&Self::from(*other)))
    }
}

/// NaN is unequal to every number; the infinities are beyond all numbers.
impl PartialEq<f64> for Number {
    fn eq(&self, other: &f64) -> bool {
        self.partial_cmp(other) == Some(Ordering::Equal)
    }
}

impl PartialOrd<f64> for Number {
    fn partial_cmp(&self, other: &f64) -> Option<Ordering> {
        (!other.is_nan()).then(|| self.key().cmp(Key::from_float(*other)))
    }
}

/// Shows the number as in JSON.
impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Form::Signed(number) => number.fmt(f),
            Form::Unsigned(number) => number.fmt(f),
            Form::Float(number) => fmt::Debug::fmt(number, f),
        }
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Zero.
impl Default for Number {
    fn default() -> Self {
        Self(Form::Unsigned(0))
    }
}

impl From<i64> for Number {
    fn from(number: i64) -> Self {
        Self(u64::try_from(number).map_or(Form::Signed(number), Form::Unsigned))
    }
}

impl From<u64> for Number {
    fn from(number: u64) -> Self {
        Self(Form::Unsigned(number))
    }
}

/// Implements conversions from smaller integers.
macro_rules! from_smaller {
    ($($small:ty => $large:ty),*) => {$(
        impl From<$small> for Number {
            fn from(number: $small) -> Self {
                <$large>::from(number).into()
            }
        }
    )*};
}

from_smaller!(i8 => i64, i16 => i64, i32 => i64, u8 => u64, u16 => u64, u32 => u64);

impl From<&Number> for Number {
    fn from(number: &Number) -> Self {
        *number
    }
}

impl TryFrom<f64> for Number {
    type Error = NumberError;

    fn try_from(number: f64) -> Result<Self, NumberError> {
        if !number.is_finite() {
            return Err(NumberError("is not finite, but JSON numbers are"));
        }
        Ok(Self(Form::Float(number)))
    }
}

/// Converts by the shortest decimal text, as serde does: `0.1_f32` is 0.1, not 0.10000000149.
impl TryFrom<f32> for Number {
    type Error = NumberError;

    fn try_from(number: f32) -> Result<Self, NumberError> {
        number.to_string().parse().unwrap_or(f64::NAN).try_into()
    }
}

/// Parses a number as in JSON.
impl FromStr for Number {
    type Err = NumberError;

    fn from_str(text: &str) -> Result<Self, NumberError> {
        let number = if text.trim() == text { serde_json::from_str(text).ok() } else { None };
        number.ok_or(NumberError("is not a JSON number"))
    }
}

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Form::Signed(number) => serializer.serialize_i64(number),
            Form::Unsigned(number) => serializer.serialize_u64(number),
            Form::Float(number) => serializer.serialize_f64(number),
        }
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NumberVisitor)
    }
}

struct NumberVisitor;

impl Visitor<'_> for NumberVisitor {
    type Value = Number;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number")
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Number, E> {
        Ok(number.into())
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Number, E> {
        Ok(number.into())
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Number, E> {
        number.try_into().map_err(|_| E::invalid_value(de::Unexpected::Float(number), &self))
    }
}

impl fmt::Display for NumberError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for NumberError {}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeSet, HashSet};

    use super::*;

    fn number(json: &str) -> Number {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn every_form_round_trips() {
        for json in [
            "30",
            "30.0",
            "30.5",
            "0",
            "-0.0",
            "-7",
            "0.1",
            "9223372036854775807",
            "-9223372036854775808",
            "18446744073709551615",
            "1e300",
            "11511.486499999999",
            "0.30000000000000004",
            "5e-324",
            "1.7976931348623157e308",
        ] {
            assert_eq!(serde_json::to_string(&number(json)).unwrap().replace("e+", "e"), json);
            assert_eq!(number(json).to_string(), json);
            assert_eq!(format!("{:?}", json.parse::<Number>().unwrap()), json);
        }
    }

    #[test]
    fn floats_keep_their_digits() {
        fastrand::seed(1);
        for _ in 0..100_000 {
            let float = f64::from_bits(fastrand::u64(..));
            if float.is_finite() {
                let text = format!("{float:?}");
                assert_eq!(number(&text).to_string(), text);
            }
        }
    }

    #[test]
    fn values_that_are_not_numbers_are_refused() {
        for json in [r#""30""#, "true", "null", "[]", "{}", "1e400"] {
            assert!(serde_json::from_str::<Number>(json).is_err(), "{json}");
        }
        for text in ["", " 30", "30 ", "+30", "030", ".5", "5.", "0x1", "NaN", "inf", "٣"] {
            assert_eq!(text.parse::<Number>(), Err(NumberError("is not a JSON number")), "{text}");
        }
        for float in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert!(Number::try_from(float).unwrap_err().to_string().starts_with("is not finite"));
            #[expect(clippy::cast_possible_truncation, reason = "they stay not finite")]
            let small = float as f32;
            assert!(Number::try_from(small).is_err());
            let other = serde::de::value::F64Deserializer::<serde::de::value::Error>::new(float);
            assert!(Number::deserialize(other).is_err());
        }
    }

    #[test]
    fn numbers_are_equal_by_value_without_rounding() {
        for (left, right, order) in [
            ("30", "30.0", Ordering::Equal),
            ("0", "-0.0", Ordering::Equal),
            ("-7", "-7.0", Ordering::Equal),
            ("30", "30.5", Ordering::Less),
            ("31", "30.5", Ordering::Greater),
            ("-31", "-30.5", Ordering::Less),
            ("-30", "-30.5", Ordering::Greater),
            ("0.1", "0.2", Ordering::Less),
            ("9007199254740993", "9007199254740992.0", Ordering::Greater),
            ("9223372036854775807", "9223372036854775808.0", Ordering::Less),
            ("18446744073709551615", "18446744073709551616.0", Ordering::Less),
            ("18446744073709551615", "1e300", Ordering::Less),
            ("-9223372036854775808", "-1e300", Ordering::Greater),
            ("1e38", "1.8e38", Ordering::Less),
            ("1e39", "1e300", Ordering::Less),
            ("-1e38", "-1.8e38", Ordering::Greater),
        ] {
            let (left, right) = (number(left), number(right));
            assert_eq!(left.cmp(&right), order, "{left} {right}");
            assert_eq!(right.cmp(&left), order.reverse(), "{right} {left}");
            assert_eq!(left == right, order == Ordering::Equal);
            assert_eq!(HashSet::from([left, right]).len() == 1, order == Ordering::Equal, "{left} {right}");
        }
    }

    #[test]
    fn numbers_compare_with_integers_and_floats() {
        let (whole, half) = (Number::from(30), number("30.5"));
        assert!(whole == 30 && whole == 30.0 && whole != 31 && whole != 30.5 && whole < 31 && whole > 29.5);
        assert!(half == 30.5 && half != 30 && half > 30 && half < 30.6);
        let nan = 0.0 / number("0").as_f64();
        assert!(whole != nan && whole.partial_cmp(&nan).is_none());
        assert!(whole < f64::INFINITY && whole > f64::NEG_INFINITY && number("1e308") < f64::INFINITY);
    }

    #[test]
    fn integers_are_returned_if_they_fit() {
        for (json, signed, unsigned) in [
            ("30", Some(30), Some(30)),
            ("30.0", Some(30), Some(30)),
            ("-7.0", Some(-7), None),
            ("30.5", None, None),
            ("18446744073709551615", None, Some(u64::MAX)),
            ("9223372036854775808.0", None, Some(1 << 63)),
            ("18446744073709551616.0", None, None),
            ("1e300", None, None),
        ] {
            assert_eq!((number(json).as_i64(), number(json).as_u64()), (signed, unsigned), "{json}");
        }
        assert!(number("1e300").is_whole() && number("30").is_whole() && !number("30.5").is_whole());
        assert_eq!((number("30").as_f64(), number("-7").as_f64(), number("30.5").as_f64()), (30.0, -7.0, 30.5));
    }

    #[test]
    fn numbers_convert_from_the_number_types_of_rust() {
        let small: BTreeSet<Number> =
            [1_i8.into(), 2_i16.into(), 3_i32.into(), 4_u8.into(), 5_u16.into(), 6_u32.into(), Number::default()]
                .into();
        assert_eq!(small.iter().map(Number::to_string).collect::<String>(), "0123456");
        assert_eq!(serde_json::to_string(&Number::try_from(9.99_f32).unwrap()).unwrap(), "9.99");
        assert_eq!((Number::try_from(30.0_f32).unwrap(), Number::from(&Number::from(-1_i8))), (30.into(), (-1).into()));
    }

    #[test]
    fn the_error_of_another_type_names_the_expected_one() {
        let error = serde_json::from_str::<Number>("[]").unwrap_err().to_string();
        assert!(error.contains("expected a number"), "{error}");
    }
}
