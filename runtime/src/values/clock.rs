//! A wall clock time as PHP writes it, `2024-12-17 17:42:14.000000`, in a compact form that is fast to parse and to
//! move.

use std::fmt;

use jiff::civil;

/// A wall clock time that keeps its text. It has two fields of 64 bits: a response holds many of these values, and a
/// value of many small fields takes longer to move than to parse.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Clock {
    /// One byte each: the first and the last two digits of the year, month, day, hour, minute, second, and the
    /// character between date and time, or [`NO_TIME`].
    seconds: u64,
    /// Sixteen times the nanoseconds, plus the number of their digits in the text.
    fraction: u64,
}

/// The pattern of a wall clock time up to its seconds. A zero stands for any digit.
const SECONDS: &str = "0000-00-00 00:00:00";

/// The last byte of [`Clock::seconds`] for a date without a time.
const NO_TIME: u8 = 0;

impl Clock {
    /// Parses a wall clock time.
    #[inline]
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (clock, rest) = Self::split(text)?;
        rest.is_empty().then_some(clock)
    }

    /// Parses the wall clock time at the start of `text` and returns it with the rest of the text. A date without a
    /// time is midnight of that day, and has no rest.
    #[inline]
    pub(crate) fn split(text: &str) -> Option<(Self, &str)> {
        Self::split_time(text).or_else(|| Some((Self::date_only(text)?, "")))
    }

    /// Parses a date and a time at the start of `text`.
    ///
    /// jiff's parser is not used, since it accepts many more forms and takes more than twice as long.
    #[inline]
    fn split_time(text: &str) -> Option<(Self, &str)> {
        let (date, rest) = text.as_bytes().split_first_chunk::<8>()?;
        let (&[d1, d2, separator @ (b' ' | b'T')], rest) = rest.split_first_chunk()? else { return None };
        let (time, rest) = rest.split_first_chunk::<8>()?;
        let [y1, y2, y3, y4, _, m1, m2, _] = digits(*date, *b"0000-00-")?;
        let [h1, h2, _, min1, min2, _, s1, s2] = digits(*time, *b"00:00:00")?;
        let day = two(digit(d1)?, digit(d2)?);
        let seconds =
            [two(y1, y2), two(y3, y4), two(m1, m2), day, two(h1, h2), two(min1, min2), two(s1, s2), separator];
        let (fraction, length) = fraction(rest)?;
        let clock = Self { seconds: u64::from_be_bytes(seconds), fraction };
        clock.checked()?;
        Some((clock, &text[SECONDS.len() + length..]))
    }

    /// Parses a date without a time.
    #[cold]
    fn date_only(text: &str) -> Option<Self> {
        let (date, rest) = text.as_bytes().split_first_chunk::<8>()?;
        let &[d1, d2] = rest else { return None };
        let [y1, y2, y3, y4, _, m1, m2, _] = digits(*date, *b"0000-00-")?;
        let day = two(digit(d1)?, digit(d2)?);
        let seconds = [two(y1, y2), two(y3, y4), two(m1, m2), day, 0, 0, 0, NO_TIME];
        let clock = Self { seconds: u64::from_be_bytes(seconds), fraction: 0 };
        clock.checked().map(|_| clock)
    }

    /// Reports whether there is a time after the date.
    pub(crate) fn has_time(self) -> bool {
        let [.., separator] = self.seconds.to_be_bytes();
        separator != NO_TIME
    }

    /// Creates a wall clock time with six digits after the seconds, or with nine if it has nanoseconds. A year before 0
    /// becomes 0.
    pub(crate) fn from_civil(time: civil::DateTime) -> Self {
        let year = time.year().max(0);
        let byte = |number: i16| u8::try_from(number).unwrap_or_default();
        let rest = [time.month(), time.day(), time.hour(), time.minute(), time.second()].map(|of| byte(of.into()));
        let [month, day, hour, minute, second] = rest;
        let seconds = [byte(year / 100), byte(year % 100), month, day, hour, minute, second, b' '];
        let nanoseconds = u64::try_from(time.subsec_nanosecond()).unwrap_or_default();
        let digits = if nanoseconds % 1000 == 0 { 6 } else { 9 };
        Self { seconds: u64::from_be_bytes(seconds), fraction: 16 * nanoseconds + digits }
    }

    /// Returns the date and time. They were validated when they were parsed.
    pub(crate) fn civil(self) -> civil::DateTime {
        self.checked().unwrap_or_default()
    }

    /// Converts into a date and time. Returns `None` if there is no such date or time.
    fn checked(self) -> Option<civil::DateTime> {
        let [century, year, month, day, hour, minute, second, _] = self.seconds.to_be_bytes().map(u8::cast_signed);
        let year = 100 * i16::from(century) + i16::from(year);
        let nanosecond = i32::try_from(self.fraction / 16).ok()?;
        civil::DateTime::new(year, month, day, hour, minute, second, nanosecond).ok()
    }
}

/// Reports whether `text` is `MySQL`'s date for "none" or PHP's conversion of it.
pub(crate) fn means_none(text: &str) -> bool {
    text.starts_with("0000-00-00") || text.starts_with("-0001-11-30")
}

/// Returns the digits of `text` where `pattern` has a zero. Returns `None` if one of them is not a digit, or another
/// character differs from `pattern`.
#[inline]
fn digits(text: [u8; 8], pattern: [u8; 8]) -> Option<[u8; 8]> {
    const HIGH_BITS: u64 = u64::from_ne_bytes([0x80; 8]);
    // Each byte must be below ten for a digit and zero otherwise. A larger one carries into its high bit.
    let found = u64::from_ne_bytes(text) ^ u64::from_ne_bytes(pattern);
    let room = u64::from_ne_bytes(pattern.map(|byte| if byte == b'0' { 0x80 - 10 } else { 0x80 - 1 }));
    let plain = found & HIGH_BITS == 0 && (found + room) & HIGH_BITS == 0;
    plain.then(|| found.to_ne_bytes())
}

fn two(tens: u8, ones: u8) -> u8 {
    10 * tens + ones
}

fn digit(byte: u8) -> Option<u8> {
    byte.is_ascii_digit().then(|| byte - b'0')
}

/// Parses the [`Clock::fraction`] at the start of `bytes` (`.000000` with one to nine digits, or nothing) and returns
/// it with its length.
fn fraction(bytes: &[u8]) -> Option<(u64, usize)> {
    let [b'.', digits @ ..] = bytes else {
        return Some((0, 0));
    };
    let (mut fraction, mut count) = (0, 0);
    for digit in digits.iter().map_while(|byte| digit(*byte)) {
        fraction += u64::from(digit) * 16 * DIGIT_VALUES.get(count)? + 1;
        count += 1;
    }
    (count > 0).then_some((fraction, 1 + count))
}

/// The values of the digits after the point, in nanoseconds.
const DIGIT_VALUES: [u64; 9] = [100_000_000, 10_000_000, 1_000_000, 100_000, 10_000, 1_000, 100, 10, 1];

impl fmt::Display for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [century, year, month, day, hour, minute, second, separator] = self.seconds.to_be_bytes();
        write!(f, "{century:02}{year:02}-{month:02}-{day:02}")?;
        if separator == NO_TIME {
            return Ok(());
        }
        write!(f, "{}{hour:02}:{minute:02}:{second:02}", char::from(separator))?;
        let nanoseconds = format!("{:09}", self.fraction / 16);
        match usize::try_from(self.fraction % 16) {
            Ok(digits @ 1..) => write!(f, ".{}", &nanoseconds[..digits]),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_character_is_validated_and_preserved() {
        let text = "2024-12-17 17:42:14.123456789";
        for (index, byte) in (0..text.len()).flat_map(|index| (0..=0x7f_u8).map(move |byte| (index, byte))) {
            let changed = format!("{}{}{}", &text[..index], char::from(byte), &text[index + 1..]);
            let same_kind = byte.is_ascii_digit() && text.as_bytes()[index].is_ascii_digit();
            let well_formed = same_kind || byte == text.as_bytes()[index] || (index == 10 && byte == b'T');
            let clock = Clock::parse(&changed);
            assert_eq!(clock.map(Clock::civil), changed.parse().ok().filter(|_| well_formed), "{changed}");
            assert_eq!(clock.map_or(changed.clone(), |clock| clock.to_string()), changed);
        }
    }

    #[test]
    fn a_date_without_a_time_is_midnight_and_keeps_its_text() {
        let clock = Clock::parse("2024-12-17").unwrap();
        assert_eq!((clock.has_time(), clock.to_string()), (false, "2024-12-17".to_owned()));
        assert_eq!(clock.civil(), civil::date(2024, 12, 17).at(0, 0, 0, 0));
        assert!(clock != Clock::parse("2024-12-17 00:00:00").unwrap());
        for text in ["2024-12-1", "2024-12-17 ", "2024-12-17T", "2024-12-17Z", "2023-02-29", "2024/12/17", "2024-12-1ش"]
        {
            assert!(Clock::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn truncated_text_is_refused_unless_a_date_or_a_time_remains() {
        const DATE: &str = "2024-12-17";
        let text = "2024-12-17 17:42:14.000";
        for end in 0..text.len() {
            let is_whole = end == DATE.len() || end == SECONDS.len() || end > SECONDS.len() + 1;
            assert_eq!(Clock::parse(&text[..end]).is_some(), is_whole, "{end}");
        }
        assert_eq!(Clock::split("2024-12-17 17:42:14ش").unwrap().1, "ش");
        assert!(Clock::split("2024-12-17 17:42:1ش").is_none());
    }

    #[test]
    fn both_forms_of_no_date_mean_none() {
        for text in ["0000-00-00", "0000-00-00 00:00:00", "-0001-11-30 00:00:00.000000"] {
            assert!(means_none(text), "{text}");
        }
        for text in ["", "2025-12-31", "0000-01-01", "-0001-11-29"] {
            assert!(!means_none(text), "{text}");
        }
    }
}
