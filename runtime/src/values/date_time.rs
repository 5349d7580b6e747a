//! A date and time as PHP writes it: an object with a time zone, or text. It keeps its form, so that it round-trips.

use std::fmt;
use std::str::FromStr;

use jiff::tz::{Offset, TimeZone};
use jiff::{Zoned, civil};
use serde::ser::{Serialize, SerializeStruct, Serializer};

use super::clock::Clock;

/// A date and time in one of the three forms of PHP:
///
/// - PHP's `DateTime` object: `{"date": "2024-12-17 17:42:14.000000", "timezone_type": 3, "timezone": "Asia/Riyadh"}`,
///   where the type gives the kind of the zone: 1 is an offset (`"+03:00"`), 2 an abbreviation (`"AST"`), 3 a name of
///   the IANA time zone database;
/// - text without a zone: `"2029-02-17 17:42:14"`;
/// - text with an offset, as in RFC 3339: `"2024-12-17T17:42:14+03:00"`.
///
/// The time may be missing in the object and in text without a zone: `"2024-12-17"`. Such a value is midnight of that
/// day, and [`has_time`](Self::has_time) is false.
///
/// A decoded value encodes to the same JSON, with the same number of digits after the seconds.
///
/// Two values are equal if their text is. The same instant in two zones, or with and without zeros after the seconds,
/// is two different values: compare [`civil`](Self::civil) or [`to_zoned`](Self::to_zoned) to compare times.
///
/// `MySQL`'s date for "none" (`0000-00-00 00:00:00`), and PHP's conversion of it (`-0001-11-30 00:00:00`), are not
/// dates: they do not decode as a `DateTime`, and [`php::date_time`](crate::php::date_time) decodes them as `None`.
///
/// ```
/// use salla_runtime::DateTime;
///
/// let json = r#"{"date":"2024-12-17 17:42:14.000000","timezone_type":3,"timezone":"Asia/Riyadh"}"#;
/// let created_at: DateTime = serde_json::from_str(json)?;
/// assert_eq!(created_at.to_zoned()?.to_string(), "2024-12-17T17:42:14+03:00[Asia/Riyadh]");
/// assert_eq!(serde_json::to_string(&created_at)?, json);
///
/// let expiry_date: DateTime = "2029-02-17 17:42:14".parse()?;
/// assert!(expiry_date.to_zoned().is_err());
/// assert_eq!(expiry_date.to_zoned_in("Asia/Riyadh")?.timestamp().to_string(), "2029-02-17T14:42:14Z");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct DateTime {
    clock: Clock,
    form: Form,
    /// The offset of a text or the zone of an object. `None` means no offset in a text, and [`DEFAULT_ZONE`] in an
    /// object.
    zone: Option<Box<str>>,
}

/// The zone of most of Salla's dates. It is stored without an allocation.
const DEFAULT_ZONE: &str = "Asia/Riyadh";

/// The form of a date and time: text, or an object with one of PHP's `timezone_type`s, which may be quoted (`"3"`). It
/// has 64 bits like the other fields, since a value of mixed widths takes longer to move.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u64)]
pub(crate) enum Form {
    Text,
    Offset,
    Abbreviation,
    Name,
    QuotedOffset,
    QuotedAbbreviation,
    QuotedName,
}

impl DateTime {
    /// Creates a value from the fields of PHP's object.
    #[inline]
    pub(crate) fn from_object(clock: Clock, form: Form, zone: &str) -> Self {
        let zone = if zone == DEFAULT_ZONE { None } else { Some(zone.into()) };
        Self { clock, form, zone }
    }

    /// Reports whether the value has a time. If it has none, it is only a date, such as `2024-12-17`.
    #[must_use]
    pub fn has_time(&self) -> bool {
        self.clock.has_time()
    }

    /// Returns the date and time on the wall clock, without the zone. The time is midnight if the value
    /// [has none](Self::has_time).
    #[must_use]
    pub fn civil(&self) -> civil::DateTime {
        self.clock.civil()
    }

    /// Returns the zone as written: an offset (`+03:00`, `Z`), an abbreviation (`AST`) or a name (`Asia/Riyadh`).
    /// `None` if the value has no zone.
    #[must_use]
    pub fn zone(&self) -> Option<&str> {
        match (&self.zone, self.form) {
            (Some(zone), _) => Some(zone),
            (None, Form::Text) => None,
            (None, _) => Some(DEFAULT_ZONE),
        }
    }

    /// Returns the instant, in the zone of the value.
    ///
    /// The known abbreviations are `UTC`, `GMT`, `Z` and `AST`. Abbreviations are ambiguous; `AST` means Arabia
    /// Standard Time, `+03:00`, since the stores are in Saudi Arabia. A wall clock time that the zone skips or repeats
    /// (when daylight saving time begins or ends) has the offset from before the change, as in RFC 5545.
    ///
    /// A value [without a time](Self::has_time) gives the beginning of its day in its zone.
    ///
    /// # Errors
    ///
    /// When the value has no zone (use [`to_zoned_in`](Self::to_zoned_in)) or an unknown one.
    pub fn to_zoned(&self) -> Result<Zoned, DateTimeError> {
        let zone = self.zone().ok_or_else(DateTimeError::no_zone)?;
        self.at(match self.form {
            Form::Text | Form::Offset | Form::QuotedOffset => offset(zone)?,
            Form::Abbreviation | Form::QuotedAbbreviation => abbreviated(zone)?,
            Form::Name | Form::QuotedName => named(zone)?,
        })
    }

    /// Returns the instant, in the zone `name` of the IANA time zone database, such as `Asia/Riyadh`. A value without a
    /// zone is read as wall clock time in that zone; a value with a zone is converted. So text of a date only, such as
    /// `2024-12-17`, gives the beginning of that day in the zone `name`.
    ///
    /// # Errors
    ///
    /// When there is no zone `name`, or the value has an unknown zone.
    pub fn to_zoned_in(&self, name: &str) -> Result<Zoned, DateTimeError> {
        let zone = named(name)?;
        match self.zone() {
            None => self.at(zone),
            Some(_) => Ok(self.to_zoned()?.with_time_zone(zone)),
        }
    }

    fn at(&self, zone: TimeZone) -> Result<Zoned, DateTimeError> {
        self.civil().to_zoned(zone).map_err(|_| DateTimeError::out_of_range())
    }
}

fn offset(text: &str) -> Result<TimeZone, DateTimeError> {
    if text.eq_ignore_ascii_case("z") {
        return Ok(TimeZone::UTC);
    }
    if !text.starts_with(['+', '-']) {
        return Err(DateTimeError::unknown_zone("offset", text));
    }
    let parser = jiff::fmt::temporal::DateTimeParser::new();
    parser.parse_time_zone(text).map_err(|_| DateTimeError::unknown_zone("offset", text))
}

fn abbreviated(text: &str) -> Result<TimeZone, DateTimeError> {
    match text.to_ascii_uppercase().as_str() {
        "UTC" | "GMT" | "Z" => Ok(TimeZone::UTC),
        "AST" => Ok(TimeZone::fixed(Offset::constant(3))),
        _ => Err(DateTimeError::unknown_zone("abbreviation", text)),
    }
}

fn named(text: &str) -> Result<TimeZone, DateTimeError> {
    TimeZone::get(text).map_err(|_| DateTimeError::unknown_zone("name", text))
}

impl FromStr for DateTime {
    type Err = DateTimeError;

    /// Parses text with or without an offset, or a date without a time.
    #[inline]
    fn from_str(text: &str) -> Result<Self, DateTimeError> {
        let (clock, rest) = Clock::split(text).ok_or_else(DateTimeError::not_a_date)?;
        let zone = match rest {
            "" => None,
            _ if offset(rest).is_ok() => Some(rest.into()),
            _ => return Err(DateTimeError::not_a_date()),
        };
        Ok(Self { clock, form: Form::Text, zone })
    }
}

/// Parses text, so that setters accept `"2024-05-01 10:00:00"`.
impl TryFrom<&str> for DateTime {
    type Error = DateTimeError;

    fn try_from(text: &str) -> Result<Self, DateTimeError> {
        text.parse()
    }
}

/// Creates PHP's object with the name of the zone, or with the offset if the zone has no name or the name alone does not
/// give the instant: the second of two equal wall clock times when daylight saving time ends. The seconds have six
/// digits after the point as in PHP, or nine if the time needs them. A year before 0 becomes 0.
///
/// ```
/// use salla_runtime::DateTime;
///
/// let zoned: jiff::Zoned = "2024-12-17T17:42:14+03:00[Asia/Riyadh]".parse()?;
/// let date = DateTime::from(zoned.clone());
/// assert_eq!(date.to_string(), "2024-12-17 17:42:14.000000 Asia/Riyadh");
/// assert_eq!(date.to_zoned()?, zoned);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
impl From<Zoned> for DateTime {
    fn from(zoned: Zoned) -> Self {
        let clock = Clock::from_civil(zoned.datetime());
        let named = zoned.time_zone().iana_name().map(|name| Self::from_object(clock, Form::Name, name));
        let is_same = |date: &Self| date.to_zoned().is_ok_and(|found| found.timestamp() == zoned.timestamp());
        let with_offset = || Self::from_object(clock, Form::Offset, &offset_text(zoned.offset()));
        // No form has an offset with seconds.
        let in_utc = || {
            let time = zoned.with_time_zone(TimeZone::UTC).datetime();
            Self::from_object(Clock::from_civil(time), Form::Name, "UTC")
        };
        named.filter(is_same).or_else(|| Some(with_offset()).filter(is_same)).unwrap_or_else(in_utc)
    }
}

/// Returns an offset as PHP writes it, such as `+03:00`.
fn offset_text(offset: Offset) -> String {
    let minutes = offset.seconds() / 60;
    let sign = if minutes < 0 { '-' } else { '+' };
    format!("{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60)
}

/// Shows the text as written. After an object's date, a space and its zone follow.
impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let space = if self.form == Form::Text { "" } else { " " };
        write!(f, "{}{space}{}", self.clock, self.zone().unwrap_or_default())
    }
}

impl fmt::Debug for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DateTime({self})")
    }
}

impl Serialize for DateTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.form == Form::Text {
            return serializer.collect_str(self);
        }
        let mut object = serializer.serialize_struct("DateTime", 3)?;
        object.serialize_field("date", &format_args!("{}", self.clock))?;
        object.serialize_field("timezone_type", &self.form)?;
        object.serialize_field("timezone", &self.zone())?;
        object.end()
    }
}

/// Encodes the `timezone_type`.
impl Serialize for Form {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text => serializer.serialize_none(),
            Self::Offset => serializer.serialize_u8(1),
            Self::Abbreviation => serializer.serialize_u8(2),
            Self::Name => serializer.serialize_u8(3),
            Self::QuotedOffset => serializer.serialize_str("1"),
            Self::QuotedAbbreviation => serializer.serialize_str("2"),
            Self::QuotedName => serializer.serialize_str("3"),
        }
    }
}

/// An error of parsing a [`DateTime`] or converting it into an instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DateTimeError(String);

impl DateTimeError {
    fn no_zone() -> Self {
        Self("the date has no time zone; use `to_zoned_in` with one".to_owned())
    }

    /// Creates the error of an unknown zone. It quotes the text only if it looks like a zone.
    fn unknown_zone(kind: &str, text: &str) -> Self {
        let is_of_zone = |c: char| c.is_ascii_alphanumeric() || "+-:/_".contains(c);
        if text.len() <= 40 && text.chars().all(is_of_zone) {
            Self(format!("unknown time zone {kind} `{text}`"))
        } else {
            Self(format!("unknown time zone {kind}"))
        }
    }

    fn out_of_range() -> Self {
        Self("the date is too far from the present for a time zone".to_owned())
    }

    fn not_a_date() -> Self {
        Self("expected a date such as `2024-12-17 17:42:14`".to_owned())
    }
}

impl fmt::Display for DateTimeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for DateTimeError {}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn object(kind: u8, zone: &str) -> DateTime {
        let json = json!({"date": "2024-12-17 17:42:14.000000", "timezone_type": kind, "timezone": zone});
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn debug_shows_the_text() {
        let shown = format!("{:?}", object(3, "Asia/Riyadh"));
        assert_eq!(shown, "DateTime(2024-12-17 17:42:14.000000 Asia/Riyadh)");
    }

    #[test]
    fn an_offset_is_written_as_php_writes_it() {
        for (seconds, text) in [(0, "+00:00"), (10_800, "+03:00"), (-12_600, "-03:30")] {
            assert_eq!(offset_text(Offset::from_seconds(seconds).unwrap()), text);
        }
    }

    #[test]
    fn try_from_text_parses_it() {
        let text = "2024-05-01 10:00:00";
        assert_eq!(DateTime::try_from(text).unwrap(), text.parse().unwrap());
        assert!(DateTime::try_from("tomorrow").is_err());
    }

    #[test]
    fn every_form_round_trips() {
        for json in [
            r#"{"date":"2024-12-17 17:42:14.000000","timezone_type":3,"timezone":"Asia/Riyadh"}"#,
            r#"{"date":"2024-12-17 17:42:14","timezone_type":"3","timezone":"Asia/Riyadh"}"#,
            r#"{"date":"2024-12-17 17:42:14.5","timezone_type":1,"timezone":"+03:00"}"#,
            r#"{"date":"2024-12-17 17:42:14.123456789","timezone_type":2,"timezone":"AST"}"#,
            r#""2029-02-17 17:42:14""#,
            r#""2029-02-17 17:42:14.000000""#,
            r#""2029-02-17T17:42:14+03:00""#,
            r#""2029-02-17T17:42:14.000Z""#,
            r#""2029-02-17 17:42:14+0300""#,
            r#""2024-12-17""#,
            r#"{"date":"2024-12-17","timezone_type":3,"timezone":"Asia/Riyadh"}"#,
        ] {
            let date: DateTime = serde_json::from_str(json).unwrap_or_else(|error| panic!("{json}: {error}"));
            assert_eq!(serde_json::to_string(&date).unwrap(), json);
        }
    }

    #[test]
    fn an_object_may_have_further_keys_and_any_order() {
        let json = r#"{"timezone":"UTC","extra":[{}],"timezone_type":3,"date":"2024-12-17 17:42:14"}"#;
        let date: DateTime = serde_json::from_str(json).unwrap();
        let encoded = serde_json::to_string(&date).unwrap();
        assert_eq!(encoded, r#"{"date":"2024-12-17 17:42:14","timezone_type":3,"timezone":"UTC"}"#);
    }

    #[test]
    fn values_that_are_not_dates_are_refused() {
        for json in [
            "null",
            "7",
            "[]",
            "{}",
            r#""""#,
            r#""2024-12-17Z""#,
            r#""2024-12-17+03:00""#,
            r#""2024-13-17""#,
            r#""2024-12-17T""#,
            r#""2024-12""#,
            r#""0000-00-00""#,
            r#""-0001-11-30""#,
            r#""2024-13-17 17:42:14""#,
            r#""2023-02-29 17:42:14""#,
            r#""2024-12-17 24:00:00""#,
            r#""2024-12-17 17:42:14.""#,
            r#""2024-12-17 17:42:14.0000000000""#,
            r#""2024-12-17 17:42:14 Asia/Riyadh""#,
            r#""2024-12-17 17:42:14+99:00""#,
            r#""+024-12-17 17:42:14""#,
            r#""٢٠٢٤-12-17 17:42:14""#,
            r#""0000-00-00 00:00:00""#,
            r#""-0001-11-30 00:00:00.000000""#,
            r#"{"date":"-0001-11-30 00:00:00.000000","timezone_type":3,"timezone":"UTC"}"#,
            r#"{"date":"2024-12-17 17:42:14","timezone_type":4,"timezone":"UTC"}"#,
            r#"{"date":"2024-12-17 17:42:14","timezone_type":"","timezone":"UTC"}"#,
            r#"{"date":"2024-12-17 17:42:14+03:00","timezone_type":3,"timezone":"UTC"}"#,
            r#"{"date":null,"timezone_type":3,"timezone":"UTC"}"#,
            r#"{"date":"2024-12-17 17:42:14","timezone_type":3}"#,
            r#"{"date":"2024-12-17 17:42:14","timezone":"UTC"}"#,
            r#"{"timezone_type":3,"timezone":"UTC"}"#,
        ] {
            assert!(serde_json::from_str::<DateTime>(json).is_err(), "{json}");
        }
    }

    #[test]
    fn each_kind_of_zone_gives_the_instant() {
        for (date, instant) in [
            (object(3, "Asia/Riyadh"), "2024-12-17T14:42:14Z"),
            (object(3, "UTC"), "2024-12-17T17:42:14Z"),
            (object(3, "America/Sao_Paulo"), "2024-12-17T20:42:14Z"),
            (object(1, "+03:00"), "2024-12-17T14:42:14Z"),
            (object(1, "-04:30"), "2024-12-17T22:12:14Z"),
            (object(2, "AST"), "2024-12-17T14:42:14Z"),
            (object(2, "utc"), "2024-12-17T17:42:14Z"),
            (object(2, "Z"), "2024-12-17T17:42:14Z"),
            ("2024-12-17T17:42:14+03:00".parse().unwrap(), "2024-12-17T14:42:14Z"),
            ("2024-12-17T17:42:14.000Z".parse().unwrap(), "2024-12-17T17:42:14Z"),
        ] {
            assert_eq!(date.to_zoned().unwrap().timestamp().to_string(), instant, "{date}");
            let elsewhere = date.to_zoned_in("Asia/Tokyo").unwrap();
            assert_eq!(elsewhere.timestamp().to_string(), instant, "{date}: the instant stays the same");
        }
    }

    #[test]
    fn a_date_without_a_time_is_the_beginning_of_its_day() {
        let text: DateTime = "2024-12-17".parse().unwrap();
        let json = json!({"date": "2024-12-17", "timezone_type": 3, "timezone": "Asia/Riyadh"});
        let object: DateTime = serde_json::from_value(json).unwrap();
        assert_eq!((text.to_string(), object.to_string()), ("2024-12-17".into(), "2024-12-17 Asia/Riyadh".into()));
        assert!(!text.has_time() && !object.has_time() && self::object(3, "UTC").has_time());
        assert_eq!(text.civil(), jiff::civil::date(2024, 12, 17).at(0, 0, 0, 0));
        assert!(text.to_zoned().is_err());
        for zoned in [text.to_zoned_in("Asia/Riyadh"), object.to_zoned(), object.to_zoned_in("Asia/Riyadh")] {
            assert_eq!(zoned.unwrap().to_string(), "2024-12-17T00:00:00+03:00[Asia/Riyadh]");
        }
        assert_ne!(text, "2024-12-17 00:00:00".parse().unwrap());
    }

    #[test]
    fn a_missing_or_unknown_zone_is_an_error_that_names_it() {
        let local: DateTime = "2029-02-17 17:42:14".parse().unwrap();
        assert!(local.to_zoned().unwrap_err().to_string().contains("to_zoned_in"));
        assert!(local.to_zoned_in("Asia/Riyad").unwrap_err().to_string().contains("`Asia/Riyad`"));
        for (kind, zone) in
            [(1, "03:00"), (1, "UTC+3"), (2, "EST"), (2, "Asia/Riyadh"), (3, "Mars/Phobos"), (3, "+03:00")]
        {
            let date = object(kind, zone);
            assert!(date.to_zoned().unwrap_err().to_string().contains(zone), "{date}");
            assert!(date.to_zoned_in("Asia/Riyadh").is_err(), "{date}");
            assert_eq!((date.zone(), date.civil()), (Some(zone), jiff::civil::date(2024, 12, 17).at(17, 42, 14, 0)));
        }
    }

    #[test]
    fn skipped_and_repeated_times_have_the_offset_from_before_the_change() {
        let new_york = |text: &str| {
            let date: DateTime = text.parse().unwrap();
            date.to_zoned_in("America/New_York").unwrap().to_string()
        };
        assert_eq!(new_york("2024-03-10 02:30:00"), "2024-03-10T03:30:00-04:00[America/New_York]");
        assert_eq!(new_york("2024-11-03 01:30:00"), "2024-11-03T01:30:00-04:00[America/New_York]");
    }

    #[test]
    fn a_zoned_time_converts_to_an_object_that_gives_the_same_instant() {
        for (zoned, expected) in [
            ("2024-12-17T17:42:14+03:00[Asia/Riyadh]", "2024-12-17 17:42:14.000000 Asia/Riyadh"),
            ("2024-12-17T17:42:14.5Z[UTC]", "2024-12-17 17:42:14.500000 UTC"),
            ("2024-12-17T17:42:14.000000001Z[UTC]", "2024-12-17 17:42:14.000000001 UTC"),
            ("2024-12-17T17:42:14-04:30[-04:30]", "2024-12-17 17:42:14.000000 -04:30"),
            ("2024-11-03T01:30:00-04:00[America/New_York]", "2024-11-03 01:30:00.000000 America/New_York"),
            ("2024-11-03T01:30:00-05:00[America/New_York]", "2024-11-03 01:30:00.000000 -05:00"),
        ] {
            let zoned: Zoned = zoned.parse().unwrap();
            let date = DateTime::from(zoned.clone());
            assert_eq!(date.to_string(), expected);
            assert_eq!(date.to_zoned().unwrap().timestamp(), zoned.timestamp(), "{date}");
            let json = serde_json::to_string(&date).unwrap();
            assert_eq!(serde_json::from_str::<DateTime>(&json).unwrap(), date, "{json}");
        }
        let odd = TimeZone::fixed(Offset::from_seconds(30).unwrap());
        let odd = jiff::civil::date(2024, 1, 1).at(0, 0, 30, 0).to_zoned(odd).unwrap();
        assert_eq!(DateTime::from(odd).to_string(), "2024-01-01 00:00:00.000000 UTC");
        let ancient = jiff::civil::date(-5, 1, 2).at(3, 4, 5, 6).to_zoned(TimeZone::UTC).unwrap();
        assert_eq!(DateTime::from(ancient).to_string(), "0000-01-02 03:04:05.000000006 UTC");
    }

    #[test]
    fn dates_are_equal_if_their_text_is() {
        let parse = |text: &str| text.parse::<DateTime>().unwrap();
        assert_eq!(parse("2024-12-17 17:42:14"), parse("2024-12-17 17:42:14"));
        assert_ne!(parse("2024-12-17 17:42:14"), parse("2024-12-17 17:42:14.000"));
        assert_ne!(parse("2024-12-17 17:42:14"), object(3, "UTC"));
    }

    #[test]
    fn display_shows_the_text_as_written() {
        assert_eq!(object(3, "Asia/Riyadh").to_string(), "2024-12-17 17:42:14.000000 Asia/Riyadh");
        let text = "2024-12-17T17:42:14Z";
        assert_eq!(text.parse::<DateTime>().unwrap().to_string(), text);
    }

    #[test]
    fn a_date_converts_to_and_from_json_values() {
        let value = json!({"date": "2024-12-17 17:42:14", "timezone_type": 3, "timezone": "UTC"});
        let date: DateTime = serde_json::from_value(value.clone()).unwrap();
        assert_eq!(serde_json::to_value(&date).unwrap(), value);
        assert_eq!(
            serde_json::to_value("2024-12-17 17:42:14".parse::<DateTime>().unwrap()).unwrap(),
            Value::from("2024-12-17 17:42:14")
        );
    }

    #[test]
    fn the_error_of_an_unknown_zone_quotes_only_what_looks_like_a_zone() {
        let quoted = DateTimeError::unknown_zone("name", "Asia/Nowhere").to_string();
        assert_eq!(quoted, "unknown time zone name `Asia/Nowhere`");
        for text in ["a b", "<script>", &"a".repeat(41)] {
            assert_eq!(DateTimeError::unknown_zone("name", text).to_string(), "unknown time zone name");
        }
    }
}
