//! The access token. It is validated once, stored as the value of its header, and never printed.

use std::error::Error as StdError;
use std::fmt;

use http::HeaderValue;

const SCHEME: &str = "Bearer ";

/// A bearer token: visible ASCII characters without the word `Bearer`. `Debug` does not show it.
///
/// ```
/// use salla_runtime::AccessToken;
///
/// let token = AccessToken::parse("ory_at_0123")?;
/// assert!(!format!("{token:?}").contains("0123"));
/// assert_eq!(AccessToken::parse("").unwrap_err().to_string(), "the access token is empty");
/// # Ok::<(), salla_runtime::InvalidToken>(())
/// ```
// The value of the `Authorization` header. It is marked sensitive, so that no `Debug` shows it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AccessToken(HeaderValue);

impl AccessToken {
    /// Parses a bearer token.
    ///
    /// # Errors
    ///
    /// When `text` cannot be sent as a bearer token. The error does not quote the text.
    pub fn parse(text: &str) -> Result<Self, InvalidToken> {
        if let Some(reason) = invalid_reason(text) {
            return Err(InvalidToken(reason));
        }
        let header = HeaderValue::try_from(format!("{SCHEME}{text}"));
        let mut header = header.map_err(|_| InvalidToken("cannot be sent in a header"))?;
        header.set_sensitive(true);
        Ok(Self(header))
    }

    /// Returns the value of the `Authorization` header, marked sensitive.
    pub(crate) fn header(&self) -> HeaderValue {
        self.0.clone()
    }

    /// Replaces this token in `text` by `[token]`.
    pub(crate) fn redact(&self, text: &str) -> String {
        replace_secret(text, self.expose_secret(), "[token]")
    }

    /// Reports whether the value of a header contains the token.
    pub(crate) fn is_in(&self, value: &HeaderValue) -> bool {
        let header = self.0.as_bytes();
        let (value, secret) = (value.as_bytes(), header.strip_prefix(SCHEME.as_bytes()).unwrap_or(header));
        let Some(first) = secret.first().filter(|_| value.len() >= secret.len()) else {
            return false;
        };
        memchr::memchr_iter(*first, value).any(|start| value[start..].starts_with(secret))
    }

    /// Returns the token as text, to save it. Do not print it.
    #[must_use]
    pub fn expose_secret(&self) -> &str {
        let header = self.0.to_str().unwrap_or_default();
        header.strip_prefix(SCHEME).unwrap_or(header)
    }
}

/// Replaces a secret in `text` by `redacted`. A very short secret, as tests use, is only replaced as a whole word: the token
/// `a` would otherwise remove letters from every message.
pub(crate) fn replace_secret(text: &str, secret: &str, redacted: &str) -> String {
    const MIN_REAL_LENGTH: usize = 6;
    if secret.len() >= MIN_REAL_LENGTH {
        return text.replace(secret, redacted);
    }
    let (mut out, mut copied) = (String::with_capacity(text.len()), 0);
    for (at, _) in text.match_indices(secret) {
        let (before, after) = (text[..at].chars().next_back(), text[at + secret.len()..].chars().next());
        if !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric) {
            out.push_str(&text[copied..at]);
            out.push_str(redacted);
            copied = at + secret.len();
        }
    }
    out.push_str(&text[copied..]);
    out
}

/// An error of parsing a bearer token. It does not quote the text.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct InvalidToken(&'static str);

impl InvalidToken {
    /// Returns the reason, which completes a sentence: `is empty`.
    pub(crate) fn reason(self) -> &'static str {
        self.0
    }
}

impl fmt::Display for InvalidToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the access token {}", self.0)
    }
}

impl StdError for InvalidToken {}

/// Returns the reason why `text` is not a valid token (RFC 6750 allows visible ASCII characters only).
pub(crate) fn invalid_reason(text: &str) -> Option<&'static str> {
    if text.is_empty() {
        return Some("is empty");
    }
    if text.get(..6).is_some_and(|start| start.eq_ignore_ascii_case("bearer")) && text[6..].starts_with([' ', ':']) {
        return Some("begins with the word `Bearer`; pass only the token");
    }
    if text.contains(['\n', '\r']) {
        return Some("contains a line break");
    }
    if text.contains(char::is_whitespace) {
        return Some("contains a space");
    }
    if text.contains(char::is_control) {
        return Some("contains a control character");
    }
    (!text.is_ascii()).then_some("contains a character that is not ASCII")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_does_not_quote_an_invalid_token() {
        for (text, reason) in [
            ("", "empty"),
            ("Bearer ory_at_x", "`Bearer`"),
            ("bearer: ory_at_x", "`Bearer`"),
            ("ory_at_x\n", "line break"),
            (" ory_at_x", "space"),
            ("ory_at x", "space"),
            ("ory_at_x\u{7f}", "control"),
            ("ory_at_ش", "ASCII"),
            ("بيرر ory_at", "space"),
        ] {
            let error = AccessToken::parse(text).unwrap_err().to_string();
            assert!(error.contains(reason) && !error.contains("ory_at"), "{text:?}: {error}");
        }
    }

    #[test]
    fn a_token_is_sent_and_never_printed() {
        let token = AccessToken::parse("ory_at_x-1.~/+==").unwrap();
        assert_eq!(token.header(), "Bearer ory_at_x-1.~/+==");
        assert!(token.header().is_sensitive() && !format!("{token:?}").contains("ory"));
        assert_eq!(token.redact("a ory_at_x-1.~/+== b"), "a [token] b");
        let short = AccessToken::parse("any").unwrap();
        assert_eq!(short.redact("Bearer any: not for anybody, any"), "Bearer [token]: not for anybody, [token]");
        assert!(token.is_in(&HeaderValue::from_static("Bearer ory_at_x-1.~/+==;")));
        assert!(!token.is_in(&HeaderValue::from_static("ory_at")));
    }
}
