//! The credentials that one request carries: the token of a client with one token, or those of several schemes.

use std::sync::Arc;

use http::{HeaderMap, HeaderValue, header};
use url::Url;

use crate::secret::Secret;
use crate::token::AccessToken;

/// The credentials of one request. Its `Debug` shows none of them.
#[derive(Clone, Debug)]
pub(crate) enum Authentication {
    Token(AccessToken),
    Schemes(Arc<SchemeCredentials>),
}

/// The credentials of the schemes of one request. It may have none.
#[derive(Debug, Default)]
pub(crate) struct SchemeCredentials {
    pub(crate) tokens: Vec<AccessToken>,
    pub(crate) secrets: Vec<Arc<Secret>>,
}

impl From<AccessToken> for Authentication {
    fn from(token: AccessToken) -> Self {
        Self::Token(token)
    }
}

impl Authentication {
    /// Adds the credentials to a request. They take their place beside the parameters of its operation.
    pub(crate) fn add_to(&self, url: &mut Url, headers: &mut HeaderMap) {
        match self {
            Self::Token(token) => _ = headers.insert(header::AUTHORIZATION, token.header()),
            Self::Schemes(all) => {
                for token in &all.tokens {
                    headers.append(header::AUTHORIZATION, token.header());
                }
                all.secrets.iter().for_each(|secret| secret.add_to(url, headers));
            }
        }
    }

    /// Replaces the credentials in `text`.
    pub(crate) fn redact(&self, text: &str) -> String {
        match self {
            Self::Token(token) => token.redact(text),
            Self::Schemes(all) => {
                let text = all.tokens.iter().fold(text.to_owned(), |text, token| token.redact(&text));
                all.secrets.iter().fold(text, |text, secret| secret.redact(&text))
            }
        }
    }

    /// Reports whether the value of a header contains one of the credentials.
    pub(crate) fn is_in(&self, value: &HeaderValue) -> bool {
        match self {
            Self::Token(token) => token.is_in(value),
            Self::Schemes(all) => {
                all.tokens.iter().any(|token| token.is_in(value))
                    || all.secrets.iter().any(|secret| secret.is_in(value))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::security::KeyPlace;

    fn several() -> Authentication {
        let tokens = vec![AccessToken::parse("marked-token").unwrap()];
        let key = |place, key| Arc::new(Secret::key(place, "k", key).unwrap());
        let basic = Arc::new(Secret::basic("user", "marked-word").unwrap());
        let secrets = vec![key(KeyPlace::Query, "marked-query"), key(KeyPlace::Header, "marked-header"), basic];
        Authentication::Schemes(Arc::new(SchemeCredentials { tokens, secrets }))
    }

    #[test]
    fn all_credentials_of_a_request_are_sent() {
        let (mut url, mut headers) = (Url::parse("https://a.b/c").unwrap(), HeaderMap::new());
        several().add_to(&mut url, &mut headers);
        assert_eq!(url.as_str(), "https://a.b/c?k=marked-query");
        assert_eq!(headers["k"], "marked-header");
        let authorization: Vec<_> = headers.get_all(header::AUTHORIZATION).iter().collect();
        assert_eq!(authorization, ["Bearer marked-token", "Basic dXNlcjptYXJrZWQtd29yZA=="]);
    }

    #[test]
    fn all_credentials_of_a_request_are_hidden() {
        let all = several();
        let text = all.redact("marked-token marked-query marked-header marked-word");
        assert_eq!(text, "[token] [secret] [secret] [secret]");
        assert!(!format!("{all:?}").contains("marked"));
        for (value, expected) in [("x marked-token", true), ("?k=marked-query", true), ("unmarked", false)] {
            assert_eq!(all.is_in(&HeaderValue::from_static(value)), expected, "{value}");
        }
    }

    #[test]
    fn a_request_without_credentials_stays_as_it_is() {
        let (mut url, mut headers) = (Url::parse("https://a.b/c?d").unwrap(), HeaderMap::new());
        let none = Authentication::Schemes(Arc::default());
        none.add_to(&mut url, &mut headers);
        assert_eq!((url.as_str(), headers.len(), &*none.redact("a")), ("https://a.b/c?d", 0, "a"));
    }
}
