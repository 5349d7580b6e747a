//! Rewrites integers that are written with a fraction of zero or an exponent, such as `5.0` and `1e9`.
//!
//! JSON Schema counts them as integers, and serde does not decode them into integers of Rust. A body that does not decode
//! is decoded once more after they are rewritten, so that all other bodies cost no more.

use serde::de::DeserializeOwned;

/// The digits of the greatest integer of 64 bits.
const MOST_DIGITS: usize = 20;

/// Decodes JSON. An integer may be written with a fraction of zero or an exponent.
///
/// # Errors
///
/// The error of serde about the JSON as it was written.
pub(crate) fn decode<T: DeserializeOwned>(json: &[u8]) -> Result<T, serde_json::Error> {
    serde_json::from_slice(json).or_else(|error| {
        let rewritten = if error.is_data() { rewrite(json) } else { None };
        rewritten.and_then(|json| serde_json::from_slice(&json).ok()).ok_or(error)
    })
}

/// Returns the JSON with these integers as digits alone; none if there is no such integer. A number that becomes shorter
/// is followed by spaces, so that the places of all other values stay.
pub(crate) fn rewrite(json: &[u8]) -> Option<Vec<u8>> {
    let mut out: Option<Vec<u8>> = None;
    let (mut at, mut copied) = (0, 0);
    while let Some(&byte) = json.get(at) {
        let end = match byte {
            b'"' => end_of_string(json, at),
            b'-' | b'0'..=b'9' => end_of_number(json, at),
            _ => at + 1,
        };
        if byte != b'"'
            && let Some(digits) = json.get(at..end).and_then(digits_of_whole)
        {
            let out = out.get_or_insert_with(|| Vec::with_capacity(json.len()));
            out.extend_from_slice(json.get(copied..at).unwrap_or_default());
            out.extend_from_slice(digits.as_bytes());
            out.extend(std::iter::repeat_n(b' ', (end - at).saturating_sub(digits.len())));
            copied = end;
        }
        at = end;
    }
    let mut out = out?;
    out.extend_from_slice(json.get(copied..).unwrap_or_default());
    Some(out)
}

/// Returns the index behind the string that begins here.
fn end_of_string(json: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(byte) = json.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    json.len()
}

/// Returns the index behind the number that begins here.
fn end_of_number(json: &[u8], start: usize) -> usize {
    let is_part = |byte: &u8| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E');
    let rest = json.get(start..).unwrap_or_default();
    start + rest.iter().position(|byte| !is_part(byte)).unwrap_or(rest.len())
}

/// Returns the digits of a whole number that has a fraction or an exponent, with its sign; none of any other number.
fn digits_of_whole(number: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(number).ok()?;
    let (sign, text) = text.strip_prefix('-').map_or(("", text), |rest| ("-", rest));
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    let are_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_json = are_digits(whole) && are_digits(fraction) && (whole == "0" || !whole.starts_with('0'));
    if whole.len() == text.len() || !is_json {
        return None;
    }
    let digits = [whole, fraction].concat();
    let point = i64::try_from(whole.len()).ok()?.checked_add(exponent.parse().ok()?)?;
    let digits = shifted(&digits, point)?;
    Some(if digits == "0" { digits } else { format!("{sign}{digits}") })
}

/// Returns the whole number with these digits and a decimal point behind the first `point` of them; none if it has a
/// fraction or is too large for 64 bits.
fn shifted(digits: &str, point: i64) -> Option<String> {
    let significant = digits.trim_end_matches('0');
    let significant_length = i64::try_from(significant.len()).ok()?;
    if significant.bytes().all(|digit| digit == b'0') {
        return Some("0".to_owned());
    }
    let zeros = usize::try_from(point.checked_sub(significant_length)?).ok().filter(|zeros| *zeros <= MOST_DIGITS)?;
    let whole = format!("{}{}", significant.trim_start_matches('0'), "0".repeat(zeros));
    (whole.len() <= MOST_DIGITS).then_some(whole)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;

    use super::*;

    fn rewritten(json: &str) -> Option<String> {
        rewrite(json.as_bytes()).map(|json| String::from_utf8(json).unwrap())
    }

    #[test]
    fn whole_numbers_become_digits_without_rounding() {
        for (json, expected) in [
            ("5.0", "5  "),
            ("-5.00", "-5   "),
            ("1e9", "1000000000"),
            ("1.5E+3", "1500  "),
            ("120e-1", "12    "),
            ("-0.0", "0   "),
            ("0e99999", "0      "),
            ("9007199254740993.0", "9007199254740993  "),
            ("18446744073709551615.0", "18446744073709551615  "),
            (r#"[1,"\"",2.0]"#, r#"[1,"\"",2  ]"#),
            (r#"{"a":[1,2.0],"1.0":"3.0\"4.0"}"#, r#"{"a":[1,2  ],"1.0":"3.0\"4.0"}"#),
        ] {
            assert_eq!(rewritten(json).as_deref(), Some(expected), "{json}");
        }
    }

    #[test]
    fn other_numbers_stay() {
        for json in [
            "5",
            "5.5",
            "1e-1",
            "1e20",
            "1e99999999999999999999",
            "\"5.0",
            "\"\\",
            "-",
            "1.2.0",
            "",
            "1e+",
            "1.",
            ".0",
            "01.0",
        ] {
            assert_eq!(rewritten(json), None, "{json}");
        }
    }

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(untagged)]
    enum Size {
        Number(i64),
        Text(String),
    }

    #[test]
    fn integers_decode_inside_of_lists_maps_and_choices() {
        let found: BTreeMap<String, Vec<Size>> = decode(br#"{"a":[5.0,"5.0"],"b":[1e9]}"#).unwrap();
        let expected = [
            ("a".to_owned(), vec![Size::Number(5), Size::Text("5.0".to_owned())]),
            ("b".to_owned(), vec![Size::Number(1_000_000_000)]),
        ];
        assert_eq!(found, expected.into_iter().collect());
        assert_eq!(
            decode::<Vec<u64>>(b"[18446744073709551615, 18446744073709551614.0]").unwrap(),
            [u64::MAX, u64::MAX - 1]
        );
    }

    #[test]
    fn a_body_that_decodes_is_not_rewritten() {
        assert_eq!(decode::<Vec<f64>>(b"[5.0]").unwrap(), [5.0]);
        assert_eq!(decode::<serde_json::Value>(b"5.0").unwrap(), serde_json::json!(5.0));
    }

    #[test]
    fn the_error_is_that_of_the_body_as_it_was_written() {
        let error = decode::<Vec<i64>>(b"[5.0, 5.5]").unwrap_err().to_string();
        assert!(error.contains("5.0"), "{error}");
    }
}
