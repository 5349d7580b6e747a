//! The access token: checked once, kept as the header that carries it, never shown.

use std::error::Error as StdError;
use std::fmt;

use http::HeaderValue;

const SCHEME: &str = "Bearer ";

/// A bearer token: not empty, visible ASCII only, without the word `Bearer`. It is never shown.
///
/// ```
/// use salla_runtime::AccessToken;
///
/// let token = AccessToken::parse("ory_at_0123")?;
/// assert!(!format!("{token:?}").contains("0123"));
/// assert_eq!(AccessToken::parse("").unwrap_err().to_string(), "the access token is empty");
/// # Ok::<(), salla_runtime::InvalidToken>(())
/// ```
// In the form it is sent: an `Authorization` value marked sensitive, so that no `Debug` shows it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AccessToken(HeaderValue);

impl AccessToken {
    /// Checks that `text` can be sent as a bearer token.
    ///
    /// # Errors
    ///
    /// Why it cannot. The error never repeats any of the text.
    pub fn parse(text: &str) -> Result<Self, InvalidToken> {
        if let Some(reason) = fault(text) {
            return Err(InvalidToken(reason));
        }
        let header = HeaderValue::try_from(format!("{SCHEME}{text}"));
        let mut header = header.map_err(|_| InvalidToken("cannot be sent in a header"))?;
        header.set_sensitive(true);
        Ok(Self(header))
    }

    /// The value of the `Authorization` header, marked sensitive.
    pub(crate) fn header(&self) -> HeaderValue {
        self.0.clone()
    }

    /// `text` without this token in it. A token as short as those of tests is replaced where it stands alone: `a`
    /// would take the vowels out of every message.
    pub(crate) fn redact(&self, text: &str) -> String {
        const SHORTEST_REAL: usize = 6;
        let secret = self.expose_secret();
        if secret.len() >= SHORTEST_REAL {
            return text.replace(secret, "[token]");
        }
        let (mut out, mut done) = (String::with_capacity(text.len()), 0);
        for (at, _) in text.match_indices(secret) {
            let (before, after) = (text[..at].chars().next_back(), text[at + secret.len()..].chars().next());
            if !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric) {
                out.push_str(&text[done..at]);
                out.push_str("[token]");
                done = at + secret.len();
            }
        }
        out.push_str(&text[done..]);
        out
    }

    /// Whether `value`, a header of an answer, repeats the token.
    pub(crate) fn is_in(&self, value: &HeaderValue) -> bool {
        let secret = self.expose_secret().as_bytes();
        value.as_bytes().windows(secret.len()).any(|part| part == secret)
    }

    /// The token itself, to be saved. Never to be shown.
    #[must_use]
    pub fn expose_secret(&self) -> &str {
        let header = self.0.to_str().unwrap_or_default();
        header.strip_prefix(SCHEME).unwrap_or(header)
    }
}

/// Why a text cannot be a bearer token. Never repeats the text.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct InvalidToken(&'static str);

impl InvalidToken {
    /// What is wrong, to be read after the name of the setting: `is empty`.
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

/// Why `text` cannot be a token (RFC 6750 allows visible ASCII characters only).
pub(crate) fn fault(text: &str) -> Option<&'static str> {
    if text.is_empty() {
        return Some("is empty");
    }
    if text.get(..6).is_some_and(|start| start.eq_ignore_ascii_case("bearer")) && text[6..].starts_with([' ', ':']) {
        return Some("begins with the word `Bearer`: give the token alone");
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
    fn what_cannot_be_a_token_is_refused_for_a_reason_that_does_not_repeat_it() {
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
    fn a_token_is_sent_and_never_shown() {
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
