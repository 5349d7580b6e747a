//! Decodes bodies. An error names the place in the JSON and the expected value.

use std::fmt;

use serde::de::DeserializeOwned;

use crate::answer::Answer;
use crate::authentication::Authentication;
use crate::error_message;
use crate::text::{presentable, without_bom};
use crate::whole_numbers;

/// An error of decoding a body: the place and the reason. It contains no value of the body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodeError {
    path: String,
    reason: String,
}

impl DecodeError {
    /// Returns the place in the JSON, such as `data[3].points`. It is empty for the body as a whole.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    pub(crate) fn redacted(self, secrets: &Authentication) -> Self {
        let clean = |text: &str| presentable(text, Some(secrets));
        Self { path: clean(&self.path), reason: clean(&self.reason) }
    }

    pub(crate) fn of_whole_body(reason: &str) -> Self {
        Self { path: String::new(), reason: reason.to_owned() }
    }
}

/// Decodes the body from JSON. If that fails, decodes it again to find the place of the error.
pub(crate) fn decode<T: DeserializeOwned>(answer: &Answer) -> Result<T, DecodeError> {
    whole_numbers::decode(without_bom(&answer.body)).map_err(|error| explain::<T>(answer, &error))
}

/// Decodes JSON as the client decodes a body: an integer may be written as `5.0` or `1e9`.
///
/// # Errors
///
/// When the JSON is no value of the type.
#[doc(hidden)]
pub fn json<T: DeserializeOwned>(json: &str) -> Result<T, serde_json::Error> {
    whole_numbers::decode(json.as_bytes())
}

/// Decodes the body from text, in the charset of its `Content-Type`. Invalid text is an error; no character is
/// replaced.
pub(crate) fn text(answer: &Answer) -> Result<String, DecodeError> {
    let charset = charset_of(answer).unwrap_or_else(|| "utf-8".to_owned());
    match charset.to_ascii_lowercase().as_str() {
        "utf-8" | "utf8" | "us-ascii" | "ascii" => utf8(&answer.body, &charset),
        // Each byte is one of the first 256 characters of Unicode.
        "iso-8859-1" | "iso_8859-1" | "latin1" => Ok(answer.body.iter().copied().map(char::from).collect()),
        _ => Err(DecodeError::of_whole_body(&format!("unsupported charset {charset}"))),
    }
}

/// Decodes text in UTF-8. `charset` is its name for an error.
pub(crate) fn utf8(bytes: &[u8], charset: &str) -> Result<String, DecodeError> {
    let text = std::str::from_utf8(bytes);
    text.map(str::to_owned)
        .map_err(|_| DecodeError::of_whole_body(&format!("expected text in {charset}, found other bytes")))
}

/// Returns the parameter `charset` of the `Content-Type` (RFC 9110 section 8.3.2).
fn charset_of(answer: &Answer) -> Option<String> {
    let content_type = answer.headers.get(http::header::CONTENT_TYPE)?.to_str().ok()?;
    let parameters = content_type.split(';').skip(1).filter_map(|parameter| parameter.split_once('='));
    let mut charsets = parameters.filter(|(name, _)| name.trim().eq_ignore_ascii_case("charset"));
    charsets.next().map(|(_, value)| value.trim().trim_matches('"').to_owned())
}

/// Returns the error of decoding `answer`, with its place if it can be found.
fn explain<T: DeserializeOwned>(answer: &Answer, error: &serde_json::Error) -> DecodeError {
    if let Some(kind) = error_message::describe_non_json(answer) {
        return DecodeError::of_whole_body(kind);
    }
    // An integer that is written as `5.0` is not the reason.
    let body = without_bom(&answer.body);
    let rewritten = if error.is_data() { whole_numbers::rewrite(body) } else { None };
    let mut json = serde_json::Deserializer::from_slice(rewritten.as_deref().unwrap_or(body));
    match serde_path_to_error::deserialize::<_, T>(&mut json) {
        Err(located) => {
            DecodeError { path: path_text(located.path()), reason: without_values(&located.inner().to_string()) }
        }
        Ok(_) => DecodeError::of_whole_body(&without_values(&error.to_string())),
    }
}

/// Formats a path. Removes a `?` at its end, which means a key that was not read yet.
fn path_text(path: &serde_path_to_error::Path) -> String {
    match path.to_string().as_str() {
        "." | "?" => String::new(),
        text => text.trim_end_matches(".?").to_owned(),
    }
}

/// Removes the quoted value from serde's message: ``invalid type: string "…", expected i64`` becomes
/// `invalid type: string, expected i64`. The value may be personal data, or a token that a server echoes.
fn without_values(message: &str) -> String {
    let quoting = ["invalid type: ", "invalid value: ", "unknown variant "];
    if !quoting.iter().any(|start| message.starts_with(start)) {
        return message.to_owned();
    }
    let (found, expected) = message.rsplit_once(", expected ").unwrap_or((message, "something else"));
    let found = found.split(['"', '`']).next().unwrap_or_default();
    format!("{}, expected {expected}", found.trim_end())
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.reason)
    }
}

impl std::error::Error for DecodeError {}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue, StatusCode, header};
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only decoded")]
    struct Page {
        data: Vec<Entry>,
        #[serde(default)]
        more: std::collections::BTreeMap<String, u8>,
    }

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only decoded")]
    struct Entry {
        #[serde(deserialize_with = "crate::php::integer")]
        points: i64,
        state: Option<State>,
    }

    #[derive(Debug, Deserialize)]
    enum State {
        Open,
    }

    fn failure(body: &'static str, content_type: &'static str) -> String {
        let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static(content_type))]);
        let answer = Answer { status: StatusCode::OK, headers, body: body.into() };
        let error =
            decode::<Page>(&answer).unwrap_err().redacted(&crate::token::AccessToken::parse("secret").unwrap().into());
        error.to_string()
    }

    #[test]
    fn an_error_names_the_place_and_the_expectation_but_no_value() {
        for (body, expected) in [
            (
                r#"{"data":[{"points":1},{"points":"value \", expected x"}]}"#,
                "data[1].points: invalid value: other text, expected a whole number of 64 bits at line 1 column 54",
            ),
            (r#"{"data":"value"}"#, "data: invalid type: string, expected a sequence at line 1 column 15"),
            (
                r#"{"data":[{"points":1,"state":"value"}]}"#,
                "data[0].state: unknown variant, expected `Open` at line 1 column 36",
            ),
            (r#"{"data":[],"more":{"a":7000}}"#, "more.a: invalid value: integer, expected u8 at line 1 column 27"),
            (
                r#"{"data":[],"more":{"secret":""}}"#,
                "more.[token]: invalid type: string, expected u8 at line 1 column 30",
            ),
            ("{}", "missing field `data` at line 1 column 2"),
            (r#"{"data":[]} x"#, "trailing characters at line 1 column 13"),
            (r#"{"data":[]"#, "EOF while parsing an object at line 1 column 10"),
            ("nonsense", "expected ident at line 1 column 2"),
        ] {
            assert_eq!(failure(body, "application/json"), expected);
        }
    }

    #[test]
    fn a_body_that_is_not_json_is_described() {
        for (body, content_type, expected) in [
            ("", "application/json", "empty body"),
            (" \r\n", "application/json", "empty body"),
            ("<!doctype html>", "application/json", "HTML instead of JSON"),
            ("Bad gateway", "text/html; charset=utf-8", "HTML instead of JSON"),
        ] {
            assert_eq!(failure(body, content_type), expected);
        }
    }
}
