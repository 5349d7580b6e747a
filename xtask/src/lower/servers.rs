//! The base URL that a server stands for: absolute, with the values of its variables, and one that requests can go to.

use http::Uri;
use serde_json::Value;

/// The URL of a server, if a client can use it as it is: relative ones it cannot, since it does not know where the
/// document came from.
#[must_use]
pub fn url(server: &Value) -> Option<String> {
    let url = server["url"].as_str()?.trim();
    let url = match server["variables"].as_object() {
        Some(variables) => variables.iter().fold(url.to_owned(), |url, (name, variable)| {
            let value = variable["default"].as_str().or_else(|| variable["enum"][0].as_str());
            value.map_or(url.clone(), |value| url.replace(&format!("{{{name}}}"), value))
        }),
        None => url.to_owned(),
    };
    is_base_url(&url).then_some(url)
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
}
