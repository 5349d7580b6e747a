//! Security: the kinds of schemes, and the alternatives of an operation.

use serde_json::{Map, Value};

use super::references::resolve;
use crate::document::fields::Fields as _;

/// The credentials that a security scheme asks for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Credential {
    /// A token, which is sent as `Authorization: Bearer`.
    Token,
    /// A user and a password (RFC 7617).
    Basic,
    /// An API key in a parameter of this name.
    Key(KeyPlace, String),
    /// Another scheme of HTTP, which the client does not send.
    OtherHttp,
    /// A certificate, which the client does not send.
    Certificate,
}

/// The place of an API key in a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum KeyPlace {
    /// A header.
    Header,
    /// A parameter of the query.
    Query,
    /// A cookie.
    Cookie,
}

impl KeyPlace {
    /// Parses the field `in`.
    fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "header" => Self::Header,
            "query" => Self::Query,
            "cookie" => Self::Cookie,
            _ => return None,
        })
    }
}

impl Credential {
    /// Returns whether the client sends the credential.
    #[must_use]
    pub fn is_sent(&self) -> bool {
        !matches!(self, Self::OtherHttp | Self::Certificate)
    }
}

/// Returns the credentials that the scheme of this name asks for. A scheme that the document does not describe, or not
/// completely, asks for a token.
#[must_use]
pub fn credential(root: &Value, name: &str) -> Credential {
    let schemes = root.field("components").and_then(|components| components.field("securitySchemes"));
    let scheme = schemes.and_then(|schemes| schemes.field(name)).and_then(|scheme| resolve(root, scheme));
    let text = |key: &str| scheme.and_then(|scheme| scheme.field(key)).and_then(Value::as_str);
    match text("type").unwrap_or_default() {
        "http" => http(text("scheme").unwrap_or("bearer")),
        "mutualTLS" => Credential::Certificate,
        "apiKey" => match (text("in").and_then(KeyPlace::parse), text("name")) {
            (Some(place), Some(name)) => Credential::Key(place, name.to_owned()),
            _ => Credential::Token,
        },
        _ => Credential::Token,
    }
}

/// Returns the credentials of a scheme of HTTP. The names of these schemes are not case-sensitive (RFC 9110 section 11.1).
fn http(scheme: &str) -> Credential {
    match scheme.to_ascii_lowercase().as_str() {
        "bearer" => Credential::Token,
        "basic" => Credential::Basic,
        _ => Credential::OtherHttp,
    }
}

/// Returns the security requirements of an operation, or else those of the document. Returns none if neither has any.
#[must_use]
pub fn requirements<'d>(root: &'d Value, operation: &'d Map<String, Value>) -> Option<&'d [Value]> {
    let list = operation.field("security").or_else(|| root.field("security"))?;
    list.as_array().map(Vec::as_slice)
}

/// Returns the schemes of a security requirement, in the order of the document.
pub fn schemes(requirement: &Value) -> impl Iterator<Item = &str> {
    requirement.as_object().into_iter().flat_map(Map::keys).map(String::as_str)
}

/// Returns whether the client sends all credentials of a security requirement.
#[must_use]
pub fn is_sent(root: &Value, requirement: &Value) -> bool {
    schemes(requirement).all(|name| credential(root, name).is_sent())
}

/// Returns the alternatives that the client can send, each as the names of its schemes. If it can send none completely,
/// it sends the part of each that it can: the caller's HTTP client may add a certificate or a header.
#[must_use]
pub fn alternatives(root: &Value, requirements: &[Value]) -> Vec<Vec<String>> {
    let requirements = || requirements.iter().filter(|requirement| requirement.is_object());
    let is_any_sent = requirements().any(|requirement| is_sent(root, requirement));
    let of = |requirement| {
        schemes(requirement).filter(|name| credential(root, name).is_sent()).map(str::to_owned).collect::<Vec<_>>()
    };
    requirements().filter(|requirement| !is_any_sent || is_sent(root, requirement)).map(of).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn document() -> Value {
        json!({"components": {"securitySchemes": {
            "bearer": {"type": "http", "scheme": "BEARER"},
            "basic": {"type": "http", "scheme": "Basic"},
            "digest": {"type": "http", "scheme": "digest"},
            "oauth": {"type": "oauth2", "flows": {}},
            "oidc": {"$ref": "#/components/x-oidc"},
            "key": {"type": "apiKey", "in": "cookie", "name": "k"},
            "placeless": {"type": "apiKey", "name": "k"},
            "certificate": {"type": "mutualTLS"},
        }, "x-oidc": {"type": "openIdConnect"}}})
    }

    #[test]
    fn each_type_of_schemes_asks_for_its_credentials() {
        for (name, expected) in [
            ("bearer", Credential::Token),
            ("basic", Credential::Basic),
            ("digest", Credential::OtherHttp),
            ("oauth", Credential::Token),
            ("oidc", Credential::Token),
            ("key", Credential::Key(KeyPlace::Cookie, "k".to_owned())),
            ("placeless", Credential::Token),
            ("certificate", Credential::Certificate),
            ("unknown", Credential::Token),
        ] {
            assert_eq!(credential(&document(), name), expected, "{name}");
        }
    }

    #[test]
    fn an_operation_has_its_own_requirements_or_those_of_the_document() {
        let root = json!({"security": [{"a": []}]});
        let operation = |fields: &Value| requirements(&root, fields.as_object().unwrap()).map(<[_]>::len);
        assert_eq!([json!({}), json!({"security": []})].each_ref().map(operation), [Some(1), Some(0)]);
        assert_eq!(requirements(&json!({}), &Map::new()), None);
    }

    #[test]
    fn alternatives_that_cannot_be_sent_are_left_out() {
        let of =
            |requirements: Value| alternatives(&document(), requirements.as_array().unwrap()).join(&"|".to_owned());
        assert_eq!(of(json!([{"digest": []}, {"key": [], "oauth": []}, {}])), ["key", "oauth", "|"]);
        assert_eq!(of(json!([{"certificate": [], "key": []}, {"digest": []}])), ["key", "|"]);
        assert_eq!(alternatives(&document(), &[json!({"certificate": []})]), [[""; 0]]);
    }
}
