//! The access token: checked once, kept as the header that carries it, never shown.

use http::HeaderValue;

const SCHEME: &str = "Bearer ";

/// A bearer token in the form it is sent: an `Authorization` value marked sensitive, so that no `Debug` shows it.
#[derive(Clone, Debug)]
pub(crate) struct Token(HeaderValue);

impl Token {
    /// Checks what the caller gave. The reason never repeats any of it.
    pub(crate) fn parse(text: &str) -> Result<Self, &'static str> {
        if let Some(reason) = fault(text) {
            return Err(reason);
        }
        let mut header = HeaderValue::try_from(format!("{SCHEME}{text}")).map_err(|_| "cannot be sent in a header")?;
        header.set_sensitive(true);
        Ok(Self(header))
    }

    /// The value of the `Authorization` header, marked sensitive.
    pub(crate) fn header(&self) -> HeaderValue {
        self.0.clone()
    }

    /// `text` without this token in it.
    pub(crate) fn redact(&self, text: &str) -> String {
        text.replace(self.secret(), "[token]")
    }

    /// Whether `value`, a header of an answer, repeats the token.
    pub(crate) fn is_in(&self, value: &HeaderValue) -> bool {
        let secret = self.secret().as_bytes();
        value.as_bytes().windows(secret.len()).any(|part| part == secret)
    }

    fn secret(&self) -> &str {
        let header = self.0.to_str().unwrap_or_default();
        header.strip_prefix(SCHEME).unwrap_or(header)
    }
}

/// Why `text` cannot be a bearer token (RFC 6750 allows visible ASCII characters only).
fn fault(text: &str) -> Option<&'static str> {
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
            let error = Token::parse(text).unwrap_err();
            assert!(error.contains(reason) && !error.contains("ory_at"), "{text:?}: {error}");
        }
    }

    #[test]
    fn a_token_is_sent_and_never_shown() {
        let token = Token::parse("ory_at_x-1.~/+==").unwrap();
        assert_eq!(token.header(), "Bearer ory_at_x-1.~/+==");
        assert!(token.header().is_sensitive() && !format!("{token:?}").contains("ory"));
        assert_eq!(token.redact("a ory_at_x-1.~/+== b"), "a [token] b");
        assert!(token.is_in(&HeaderValue::from_static("Bearer ory_at_x-1.~/+==;")));
        assert!(!token.is_in(&HeaderValue::from_static("ory_at")));
    }
}
