//! The base URL that a server stands for: absolute, with the values of its variables, and one that requests can go to.

use std::fmt;

use http::Uri;
use serde_json::Value;

use super::template::template_names;
use crate::document::fields::Fields as _;

/// Why the first server of a document gives a client no base URL. The text is a sentence without an end, for the error
/// of a client that is built without a base URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoBaseUrl {
    /// There is no server.
    Missing,
    /// The URL is relative to the document, and the client does not know where that came from.
    Relative(String),
    /// A variable of the URL has no value.
    Undefined {
        /// The URL as the document has it.
        url: String,
        /// The name of the variable.
        variable: String,
    },
    /// The client never sends its token over plain HTTP, except to this machine.
    Insecure(String),
    /// The URL is none that requests can go to.
    Invalid(String),
}

impl fmt::Display for NoBaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const FIRST: &str = "the document's first server";
        match self {
            Self::Missing => f.write_str("the document names no server"),
            Self::Relative(url) => write!(f, "{FIRST} `{url}` is relative to the place of the document"),
            Self::Undefined { url, variable } => write!(f, "{FIRST} `{url}` has no value for `{{{variable}}}`"),
            Self::Insecure(url) => write!(f, "{FIRST} `{url}` has the scheme `http`, which does not protect the token"),
            // A password may stand in front of the `@`.
            Self::Invalid(url) if url.contains('@') => write!(f, "{FIRST} has a user name in its URL"),
            Self::Invalid(url) => write!(f, "{FIRST} `{url}` is not a URL that requests can go to"),
        }
    }
}

/// The default base URL of a client: that of the document's first server. No other server takes its place, since the
/// client sends its token to its base URL.
///
/// # Errors
///
/// Why there is none.
pub fn base_url(root: &Value) -> Result<String, NoBaseUrl> {
    let server = root.field("servers").and_then(|servers| servers.get(0)).ok_or(NoBaseUrl::Missing)?;
    let written = server["url"].as_str().unwrap_or_default().trim();
    let filled = filled(server).unwrap_or_default();
    match url(server) {
        Some(url) if is_secure(&url) => Ok(url),
        Some(_) => Err(NoBaseUrl::Insecure(written.to_owned())),
        None if is_relative(&filled) => Err(NoBaseUrl::Relative(written.to_owned())),
        None => Err(match template_names(&filled).unwrap_or_default().first() {
            Some(name) => NoBaseUrl::Undefined { url: written.to_owned(), variable: (*name).to_owned() },
            None => NoBaseUrl::Invalid(written.to_owned()),
        }),
    }
}

/// Whether a URL is relative to the document: a path, or a host without a scheme.
fn is_relative(url: &str) -> bool {
    url.is_empty() || url.starts_with(['/', '.'])
}

/// Whether the client sends its token there: with TLS, or to this machine.
fn is_secure(url: &str) -> bool {
    let Ok(uri) = url.parse::<Uri>() else { return false };
    let host = uri.host().unwrap_or_default();
    let is_loopback = host.eq_ignore_ascii_case("localhost")
        || host.trim_matches(['[', ']']).parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback());
    uri.scheme_str() == Some("https") || is_loopback
}

/// The URL of a server, if a client can use it as it is: relative ones it cannot, since it does not know where the
/// document came from.
#[must_use]
pub fn url(server: &Value) -> Option<String> {
    filled(server).filter(|url| is_base_url(url))
}

/// The URL of a server with the values of its variables.
fn filled(server: &Value) -> Option<String> {
    let url = server["url"].as_str()?.trim();
    Some(match server["variables"].as_object() {
        Some(variables) => variables.iter().fold(url.to_owned(), |url, (name, variable)| {
            let value = variable["default"].as_str().or_else(|| variable["enum"][0].as_str());
            value.map_or(url.clone(), |value| url.replace(&format!("{{{name}}}"), value))
        }),
        None => url.to_owned(),
    })
}

/// Whether requests can go to paths below this URL.
fn is_base_url(url: &str) -> bool {
    let Ok(uri) = url.parse::<Uri>() else { return false };
    let is_http = matches!(uri.scheme_str(), Some("http" | "https"));
    let has_host =
        uri.authority().is_some_and(|authority| !authority.host().is_empty() && !authority.as_str().contains('@'));
    is_http && has_host && uri.query().is_none() && !url.contains(['{', '}', '#'])
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn variables_have_their_default_or_their_first_value() {
        let server = json!({"url": "https://{host}.example.com/{v}", "variables": {
            "host": {"default": "api"}, "v": {"enum": ["v1", "v2"]},
        }});
        assert_eq!(url(&server).as_deref(), Some("https://api.example.com/v1"));
    }

    #[test]
    fn what_requests_cannot_go_to_is_none() {
        for text in [
            "",
            "/",
            "/v1",
            "//a.b/v1",
            "ftp://a.b",
            "https://{host}/",
            "https://a.b/?c=d",
            "https://u:p@a.b",
            "not a url",
            "a.b/v1",
        ] {
            assert_eq!(url(&json!({"url": text})), None, "{text}");
        }
    }
    #[test]
    fn only_the_first_server_gives_the_base_url_and_the_reason_is_said_where_it_does_not() {
        let second = json!({"url": "https://echo.example.org"});
        for (first, expected) in [
            (json!({"url": "https://a.b/v1"}), Ok("https://a.b/v1")),
            (json!({"url": "http://localhost:8080"}), Ok("http://localhost:8080")),
            (json!({"url": "http://127.0.0.1/a"}), Ok("http://127.0.0.1/a")),
            (json!({"url": "http://[::1]:80"}), Ok("http://[::1]:80")),
            (json!({"url": "{s}://a.b", "variables": {"s": {"default": "https"}}}), Ok("https://a.b")),
            (json!({"url": "/v1"}), Err("the document's first server `/v1` is relative to the place of the document")),
            (
                json!({"url": "https://{host}/v1"}),
                Err("the document's first server `https://{host}/v1` has no value for `{host}`"),
            ),
            (
                json!({"url": "http://a.b"}),
                Err("the document's first server `http://a.b` has the scheme `http`, which does not protect the token"),
            ),
            (json!({"url": "a b"}), Err("the document's first server `a b` is not a URL that requests can go to")),
            (json!({"url": "https://u:secret@a.b"}), Err("the document's first server has a user name in its URL")),
        ] {
            let found = base_url(&json!({"servers": [first, second]})).map_err(|reason| reason.to_string());
            assert_eq!(found.as_deref().map_err(String::as_str), expected);
        }
        assert_eq!(base_url(&json!({})), Err(NoBaseUrl::Missing));
        assert_eq!(base_url(&json!({"servers": []})), Err(NoBaseUrl::Missing));
    }
}
