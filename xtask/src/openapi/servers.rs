//! The base URL of a server: absolute, with the values of its variables, and usable for requests.

use std::fmt;

use http::Uri;
use serde_json::Value;

use super::template::template_names;
use crate::document::fields::Fields as _;

/// The reason why the first server of a document gives the client no base URL. The text is a sentence without a full
/// stop, for the error of a client that is built without a base URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoBaseUrl {
    /// There is no server.
    Missing,
    /// The URL is relative to the document, whose location the client does not know.
    Relative(String),
    /// A variable of the URL has no value.
    Undefined {
        /// The URL, as written.
        url: String,
        /// The name of the variable.
        variable: String,
    },
    /// The scheme is `http`, and the host is not this machine. The client never sends its token there.
    Insecure(String),
    /// The URL cannot be used for requests.
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
            // The URL may contain a password before the `@`.
            Self::Invalid(url) if url.contains('@') => write!(f, "{FIRST} has a user name in its URL"),
            Self::Invalid(url) => write!(f, "{FIRST} `{url}` is not a URL that requests can go to"),
        }
    }
}

/// Returns the default base URL of a client, which is that of the document's first server. No other server is used
/// instead, because the client sends its token to its base URL.
///
/// # Errors
///
/// The reason why there is no base URL.
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

/// Returns whether a URL is relative to the document: a path, or a host without a scheme.
fn is_relative(url: &str) -> bool {
    url.is_empty() || url.starts_with(['/', '.'])
}

/// Returns whether the client may send its token to this URL: the scheme is `https`, or the host is this machine.
fn is_secure(url: &str) -> bool {
    let Ok(uri) = url.parse::<Uri>() else { return false };
    let host = uri.host().unwrap_or_default();
    let is_loopback = host.eq_ignore_ascii_case("localhost")
        || host.trim_matches(['[', ']']).parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback());
    uri.scheme_str() == Some("https") || is_loopback
}

/// Returns whether a server has a scheme, and one that the client sends no requests with.
#[must_use]
pub fn is_insecure(server: &Value) -> bool {
    let url = filled(server).unwrap_or_default();
    url.contains("://") && !is_secure(&url)
}

/// Returns the URL of a server if requests can use it. A relative URL cannot be used, because the client does not know
/// the location of the document.
#[must_use]
pub fn url(server: &Value) -> Option<String> {
    filled(server).filter(|url| is_base_url(url))
}

/// Returns the URL of a server with the values of its variables.
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

/// Returns whether requests can use this URL as their base.
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
    fn an_unusable_url_is_none() {
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
    fn the_base_url_is_that_of_the_first_server_or_there_is_a_reason() {
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
