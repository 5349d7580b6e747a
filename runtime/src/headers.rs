//! Documented headers of answers, as values.

use std::error::Error;
use std::fmt;
use std::str::FromStr;

use http::HeaderMap;

/// The error of a documented header of an answer: it is missing, or has an unexpected value. The error does not show the
/// value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeaderError {
    name: &'static str,
    problem: Problem,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Problem {
    Missing,
    Unexpected,
}

impl HeaderError {
    /// Returns the name of the header.
    #[must_use]
    pub fn name(&self) -> &str {
        self.name
    }

    /// Returns whether the answer does not have the header.
    #[must_use]
    pub fn is_missing(&self) -> bool {
        self.problem == Problem::Missing
    }
}

impl fmt::Display for HeaderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.problem {
            Problem::Missing => write!(f, "missing header `{}`", self.name),
            Problem::Unexpected => write!(f, "unexpected value of the header `{}`", self.name),
        }
    }
}

impl Error for HeaderError {}

/// Parses a header of an answer; `None` if the answer does not have it.
///
/// # Errors
///
/// The header has a value that is no `T`.
pub fn header<T: FromStr>(headers: &HeaderMap, name: &'static str) -> Result<Option<T>, HeaderError> {
    let Some(value) = headers.get(name) else { return Ok(None) };
    let text = std::str::from_utf8(value.as_bytes()).ok();
    let parsed = text.and_then(|text| text.trim().parse().ok());
    parsed.map(Some).ok_or(HeaderError { name, problem: Problem::Unexpected })
}

/// Parses a header that every answer has.
///
/// # Errors
///
/// The header is missing, or has a value that is no `T`.
pub fn required_header<T: FromStr>(headers: &HeaderMap, name: &'static str) -> Result<T, HeaderError> {
    header(headers, name)?.ok_or(HeaderError { name, problem: Problem::Missing })
}

/// Parses a header of an answer with a list of values, which commas separate (OpenAPI, "Style Values", `simple`). Several
/// headers of the name are one list. `None` if the answer does not have the header.
///
/// # Errors
///
/// The header has a value that is no `T`.
pub fn header_list<T: FromStr>(headers: &HeaderMap, name: &'static str) -> Result<Option<Vec<T>>, HeaderError> {
    let mut list = None;
    for value in headers.get_all(name) {
        let values: &mut Vec<T> = list.get_or_insert_default();
        let text = std::str::from_utf8(value.as_bytes()).ok();
        let pieces = text.map(|text| text.split(',').map(str::trim).filter(|piece| !piece.is_empty()));
        let parsed = pieces.and_then(|pieces| pieces.map(|piece| piece.parse().ok()).collect::<Option<Vec<T>>>());
        values.extend(parsed.ok_or(HeaderError { name, problem: Problem::Unexpected })?);
    }
    Ok(list)
}

/// Parses a header with a list of values that every answer has.
///
/// # Errors
///
/// The header is missing, or has a value that is no `T`.
pub fn required_header_list<T: FromStr>(headers: &HeaderMap, name: &'static str) -> Result<Vec<T>, HeaderError> {
    header_list(headers, name)?.ok_or(HeaderError { name, problem: Problem::Missing })
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn a_header_is_parsed_and_its_error_does_not_show_the_value() {
        let mut headers = HeaderMap::new();
        headers.insert("x-total", HeaderValue::from_static(" 12 "));
        headers.insert("x-secret", HeaderValue::from_static("token"));
        assert_eq!(header::<i64>(&headers, "X-Total"), Ok(Some(12)));
        assert_eq!(header::<i64>(&headers, "X-Other"), Ok(None));
        let missing = required_header::<i64>(&headers, "X-Other").unwrap_err();
        assert!(missing.is_missing() && missing.to_string() == "missing header `X-Other`", "{missing}");
        let unexpected = header::<i64>(&headers, "X-Secret").unwrap_err();
        assert_eq!(unexpected.to_string(), "unexpected value of the header `X-Secret`");
        assert!(!unexpected.is_missing() && unexpected.name() == "X-Secret");
        assert!(!format!("{unexpected:?}").contains("token"));
    }

    #[test]
    fn a_list_has_the_values_of_all_headers_of_its_name() {
        let mut headers = HeaderMap::new();
        headers.append("x-ids", HeaderValue::from_static("1, 2,"));
        headers.append("x-ids", HeaderValue::from_static("3"));
        headers.append("x-none", HeaderValue::from_static(""));
        assert_eq!(header_list::<u64>(&headers, "X-Ids"), Ok(Some(vec![1, 2, 3])));
        assert_eq!(required_header_list::<u64>(&headers, "X-None"), Ok(vec![]));
        assert_eq!(header_list::<u64>(&headers, "X-Other"), Ok(None));
        assert!(required_header_list::<u64>(&headers, "X-Other").unwrap_err().is_missing());
        headers.append("x-ids", HeaderValue::from_static("secret"));
        let unexpected = header_list::<u64>(&headers, "X-Ids").unwrap_err();
        assert_eq!(unexpected.to_string(), "unexpected value of the header `X-Ids`");
    }
}
