//! A secret that a client sends as it is: an API key, or a user with a password. It is encoded for its place in a request
//! once, and never printed.

use std::fmt;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use http::{HeaderMap, HeaderName, HeaderValue, header};
use url::{Url, form_urlencoded};

use crate::request::{cookie_pair, join, query_pair};
use crate::security::KeyPlace;
use crate::token::replace_secret;

/// A secret, encoded for its place.
pub(crate) struct Secret {
    placed: Placed,
    /// The texts that nobody may see: the secret, and the forms in which it is sent. A text goes before its parts.
    hidden: Vec<String>,
}

/// The encoded secret, at its place in a request.
enum Placed {
    Header(HeaderName, HeaderValue),
    /// A pair of the query.
    Query(String),
    /// A pair of the header `Cookie`.
    Cookie(String),
}

/// The text in the place of a secret.
const REDACTED: &str = "[secret]";

impl Secret {
    /// Creates an API key that is sent in a parameter of this name.
    ///
    /// # Errors
    ///
    /// The reason why the key cannot be sent. It does not quote the key.
    pub(crate) fn key(place: KeyPlace, name: &str, key: &str) -> Result<Self, &'static str> {
        if key.is_empty() {
            return Err("is empty");
        }
        if key.contains(char::is_control) {
            return Err("contains a line break or another control character");
        }
        let placed = match place {
            KeyPlace::Header => Placed::Header(header_name(name)?, header_value(key)?),
            KeyPlace::Query => Placed::Query(query_pair(name, key)),
            KeyPlace::Cookie => {
                let pair = cookie_pair(name, key).map_err(|_| "has the name of no cookie in the document")?;
                Placed::Cookie(pair)
            }
        };
        let mut hidden = vec![key.to_owned()];
        if let Placed::Query(pair) | Placed::Cookie(pair) = &placed
            && let Some((_, sent)) = pair.split_once('=')
            && sent != key
        {
            hidden.insert(0, sent.to_owned());
        }
        Ok(Self { placed, hidden })
    }

    /// Creates the credentials of HTTP's scheme `Basic` (RFC 7617).
    ///
    /// # Errors
    ///
    /// The reason why they cannot be sent. It quotes neither of the two.
    pub(crate) fn basic(user: &str, password: &str) -> Result<Self, &'static str> {
        if user.is_empty() && password.is_empty() {
            return Err("is empty");
        }
        if user.contains(':') {
            return Err("contains a `:` in the name of the user");
        }
        if [user, password].iter().any(|text| text.contains(char::is_control)) {
            return Err("contains a line break or another control character");
        }
        let pair = format!("{user}:{password}");
        let encoded = BASE64_STANDARD.encode(&pair);
        let value = header_value(&format!("Basic {encoded}"))?;
        // Some APIs take a key as the name of a user without a password.
        let secret = if password.is_empty() { user } else { password };
        let hidden = vec![encoded, pair, secret.to_owned()];
        Ok(Self { placed: Placed::Header(header::AUTHORIZATION, value), hidden })
    }

    /// Adds the secret to a request.
    pub(crate) fn add_to(&self, url: &mut Url, headers: &mut HeaderMap) {
        match &self.placed {
            Placed::Header(name, value) if *name == header::COOKIE => add_cookies(headers, value.as_bytes()),
            // Two schemes of one request may have the same header.
            Placed::Header(name, value) => _ = headers.append(name, value.clone()),
            Placed::Query(pair) => {
                let mut query = url.query().unwrap_or_default().to_owned();
                join(&mut query, "&", pair);
                url.set_query(Some(&query));
            }
            Placed::Cookie(pair) => add_cookies(headers, pair.as_bytes()),
        }
    }

    /// Replaces the secret in `text`.
    pub(crate) fn redact(&self, text: &str) -> String {
        self.hidden.iter().fold(text.to_owned(), |text, secret| replace_secret(&text, secret, REDACTED))
    }

    /// Reports whether the value of a header contains the secret.
    pub(crate) fn is_in(&self, value: &HeaderValue) -> bool {
        self.hidden.iter().any(|secret| memchr::memmem::find(value.as_bytes(), secret.as_bytes()).is_some())
    }
}

/// Shows the place, and not the secret.
impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = match &self.placed {
            Placed::Header(name, _) => name.as_str(),
            Placed::Query(_) => "query",
            Placed::Cookie(_) => "cookie",
        };
        f.debug_struct("Secret").field("place", &place).finish_non_exhaustive()
    }
}

/// Reports whether a request has a value in this place already: the caller set the parameter, which takes precedence.
pub(crate) fn is_set(place: KeyPlace, name: &str, url: &Url, headers: &HeaderMap) -> bool {
    match place {
        KeyPlace::Header => headers.contains_key(name),
        KeyPlace::Query => {
            let query = url.query().unwrap_or_default();
            form_urlencoded::parse(query.as_bytes()).any(|(known, _)| known == name)
        }
        KeyPlace::Cookie => {
            let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
            cookies.flat_map(|value| value.split(';')).any(|pair| pair.trim_start().split('=').next() == Some(name))
        }
    }
}

/// Adds pairs to the header `Cookie`, of which a request has one (RFC 6265 section 5.4).
fn add_cookies(headers: &mut HeaderMap, pairs: &[u8]) {
    let known = headers.get_all(header::COOKIE).iter().map(HeaderValue::as_bytes);
    let all = known.chain([pairs]).collect::<Vec<_>>().join(&b"; "[..]);
    // Both parts are values of headers.
    if let Ok(mut value) = HeaderValue::from_bytes(&all) {
        value.set_sensitive(true);
        headers.insert(header::COOKIE, value);
    }
}

fn header_name(name: &str) -> Result<HeaderName, &'static str> {
    HeaderName::try_from(name).map_err(|_| "has the name of no header in the document")
}

fn header_value(text: &str) -> Result<HeaderValue, &'static str> {
    if text.trim() != text {
        return Err("begins or ends with a space");
    }
    if !text.is_ascii() {
        return Err("contains a character that is not ASCII");
    }
    let mut value = HeaderValue::try_from(text).map_err(|_| "cannot be sent in a header")?;
    value.set_sensitive(true);
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(secret: &Secret, url: &str, headers: &[(&'static str, &'static str)]) -> (String, HeaderMap) {
        let mut url = Url::parse(url).unwrap();
        let known =
            headers.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
        let mut headers = HeaderMap::new();
        known.for_each(|(name, value)| _ = headers.append(name, value));
        secret.add_to(&mut url, &mut headers);
        (url.into(), headers)
    }

    fn key(place: KeyPlace, key: &str) -> Secret {
        Secret::key(place, "a-key", key).unwrap()
    }

    #[test]
    fn base64_is_that_of_rfc_4648() {
        for (text, encoded) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
            ("\u{fb}\u{ff}\u{fe}", "w7vDv8O+"),
        ] {
            assert_eq!(BASE64_STANDARD.encode(text), encoded);
        }
    }

    #[test]
    fn a_user_and_a_password_are_sent_as_rfc_7617_says() {
        let (url, headers) = sent(&Secret::basic("Aladdin", "open:sesame ش").unwrap(), "https://a.b/", &[]);
        assert_eq!(url, "https://a.b/");
        assert_eq!(headers["authorization"], "Basic QWxhZGRpbjpvcGVuOnNlc2FtZSDYtA==");
        assert!(headers["authorization"].is_sensitive());
    }

    #[test]
    fn a_key_in_a_header_is_sent_as_it_is() {
        let (_, headers) = sent(&key(KeyPlace::Header, "a key; =1%"), "https://a.b/", &[("accept", "x/y")]);
        assert_eq!(headers["a-key"], "a key; =1%");
        assert_eq!(headers["accept"], "x/y");
        assert!(headers["a-key"].is_sensitive());
    }

    #[test]
    fn a_key_in_the_query_is_encoded_behind_the_parameters() {
        let secret = key(KeyPlace::Query, "a&b=c d+%/ش");
        let encoded = "a-key=a%26b%3Dc+d%2B%25%2F%D8%B4";
        assert_eq!(sent(&secret, "https://a.b/c", &[]).0, format!("https://a.b/c?{encoded}"));
        assert_eq!(sent(&secret, "https://a.b/c?d=1", &[]).0, format!("https://a.b/c?d=1&{encoded}"));
    }

    #[test]
    fn a_key_in_a_cookie_is_in_the_header_of_all_cookies() {
        let secret = key(KeyPlace::Cookie, "a;b c");
        for (known, all) in [(None, "a-key=a%3Bb%20c"), (Some("d=1"), "d=1; a-key=a%3Bb%20c")] {
            let known = known.map(|value| ("cookie", value));
            let (_, headers) = sent(&secret, "https://a.b/", known.as_slice());
            assert_eq!(headers["cookie"], all);
            assert!(headers["cookie"].is_sensitive());
        }
        let whole = Secret::key(KeyPlace::Header, "Cookie", "session=1").unwrap();
        assert_eq!(
            sent(&whole, "https://a.b/", &[("cookie", "d=1"), ("cookie", "e=2")]).1["cookie"],
            "d=1; e=2; session=1"
        );
    }

    #[test]
    fn no_form_of_a_secret_is_printed() {
        let basic = Secret::basic("marked-user", "marked-word").unwrap();
        let encoded = BASE64_STANDARD.encode("marked-user:marked-word");
        assert_eq!(
            basic.redact(&format!("a {encoded}, marked-user:marked-word, marked-word")),
            "a [secret], [secret], [secret]"
        );
        assert!(basic.is_in(&HeaderValue::try_from(format!("x{encoded}")).unwrap()));
        assert!(!format!("{basic:?}").contains("marked"));
        let lonely = Secret::basic("marked-user", "").unwrap();
        assert_eq!(lonely.redact("no marked-user"), "no [secret]");
        let query = key(KeyPlace::Query, "marked/key");
        assert_eq!(query.redact("?a-key=marked%2Fkey is marked/key"), "?a-key=[secret] is [secret]");
        let debug = format!("{query:?}");
        assert!(debug.contains("query") && !debug.contains("marked"), "{debug}");
    }

    #[test]
    fn a_secret_that_cannot_be_sent_is_refused_and_not_quoted() {
        for (refused, reason) in [
            (Secret::key(KeyPlace::Header, "a", ""), "is empty"),
            (Secret::key(KeyPlace::Header, "a", "marked\n"), "control"),
            (Secret::key(KeyPlace::Header, "a", " marked"), "space"),
            (Secret::key(KeyPlace::Header, "a", "marked ش"), "ASCII"),
            (Secret::key(KeyPlace::Header, "a b", "marked"), "no header"),
            (Secret::key(KeyPlace::Cookie, "a b", "marked"), "no cookie"),
            (Secret::key(KeyPlace::Query, "a", "marked\0"), "control"),
            (Secret::basic("", ""), "is empty"),
            (Secret::basic("marked:", "x"), "`:`"),
            (Secret::basic("x", "marked\r"), "control"),
        ] {
            let found = refused.unwrap_err();
            assert!(found.contains(reason) && !found.contains("marked"), "{found}");
        }
    }

    #[test]
    fn a_value_of_the_caller_is_found_in_its_place() {
        let url = Url::parse("https://a.b/?x=1&a%2Dkey=2").unwrap();
        let headers: HeaderMap = [(header::COOKIE, HeaderValue::from_static("x=a-key; a-key=2"))].into_iter().collect();
        for (place, name, expected) in [
            (KeyPlace::Query, "a-key", true),
            (KeyPlace::Query, "key", false),
            (KeyPlace::Cookie, "a-key", true),
            (KeyPlace::Cookie, "key", false),
            (KeyPlace::Header, "COOKIE", true),
            (KeyPlace::Header, "not a name", false),
        ] {
            assert_eq!(is_set(place, name, &url, &headers), expected, "{name}");
        }
    }
}
