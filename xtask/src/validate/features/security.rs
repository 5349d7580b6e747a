//! The features of security and servers. A client has one token, which it sends as `Authorization: Bearer`, and one
//! base URL.

use serde_json::{Map, Value};

use super::feature::Feature;
use super::survey::{Operation, Survey, elements};
use crate::document::Pointer;
use crate::document::fields::Fields as _;
use crate::openapi::references::resolve;
use crate::openapi::servers::{self, NoBaseUrl};

pub(super) const FEATURES: &[Feature] = &[
    Feature {
        name: "`apiKey` security",
        find: |survey| refused(survey, Unsent::Key),
        counted: ["operation", "operations"],
        message: "`apiKey` security is not sent: calls to {} will be refused",
        help: "the token is the only credential of the client: add the key as a default header of a \
               `reqwest::Client` for `ClientBuilder::http_client`, or describe it as a parameter of the operations",
    },
    Feature {
        name: "`apiKey` security in the header `Authorization`",
        find: |survey| refused(survey, Unsent::BareAuthorization),
        counted: ["operation", "operations"],
        message: "the key in the header `Authorization` is sent as `Bearer KEY`: an API that expects the bare key \
                  will refuse calls to {}",
        help: "write `type: http` and `scheme: bearer` if the API expects `Bearer` in front of the key",
    },
    Feature {
        name: "`http` security with another scheme than `bearer`",
        find: |survey| refused(survey, Unsent::HttpScheme),
        counted: ["operation", "operations"],
        message: "`http` security with another scheme than `bearer` is not sent: calls to {} will be refused",
        help: "the client sends `Authorization: Bearer TOKEN` only: use another client for these operations",
    },
    Feature {
        name: "`mutualTLS` security",
        find: |survey| refused(survey, Unsent::Certificate),
        counted: ["operation", "operations"],
        message: "`mutualTLS` security is not set up: without a certificate, calls to {} will be refused",
        help: "give `ClientBuilder::http_client` a `reqwest::Client` with the certificate",
    },
    Feature {
        name: "alternatives to the token",
        find: alternatives,
        counted: ["operation accepts", "operations accept"],
        message: "{} another kind of security in the place of the token, which the client cannot send: a caller needs \
                  the token",
        help: "the client sends `Authorization: Bearer TOKEN` only",
    },
    Feature {
        name: "`security: []`",
        find: |survey| unsecured(survey, |requirements| requirements.iter().all(is_nothing)),
        counted: ["operation needs", "operations need"],
        message: "{} no security, and the client sends its token anyway: a caller needs a token, and the server \
                  sees it",
        help: "call these operations with a token that may be seen by their servers",
    },
    Feature {
        name: "optional security",
        find: |survey| {
            unsecured(survey, |requirements| {
                requirements.iter().any(is_nothing) && !requirements.iter().all(is_nothing)
            })
        },
        counted: ["operation", "operations"],
        message: "security is optional for {}, and the client always sends its token: no call is anonymous",
        help: "call these operations with a token",
    },
    Feature {
        name: "servers of paths and operations",
        find: own_servers,
        counted: ["operation", "operations"],
        message: "servers of paths and operations are not used: calls to {} go to the base URL",
        help: "build a second client with this base URL for these operations",
    },
    Feature {
        name: "a first server with a relative URL",
        find: |survey| first_server(survey, |reason| matches!(reason, NoBaseUrl::Relative(_))),
        counted: ["", ""],
        message: "the first server is relative to the place of the document, which the client does not know: there is \
                  no `BASE_URL`, and a caller has to name one",
        help: "write an absolute URL such as `https://api.example.com/v1`",
    },
    Feature {
        name: "a first server with plain `http`",
        find: |survey| first_server(survey, |reason| matches!(reason, NoBaseUrl::Insecure(_))),
        counted: ["", ""],
        message: "the client sends no token over plain `http`, except to this machine: there is no `BASE_URL`, and a \
                  caller has to name one",
        help: "write the URL with `https` if the API has it",
    },
];

/// A credential that the client does not send.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Unsent {
    /// An API key, in a place where the client writes nothing.
    Key,
    /// An API key in the header `Authorization`, where the client writes `Bearer` in front of it.
    BareAuthorization,
    /// Another scheme of HTTP than `Bearer`.
    HttpScheme,
    /// A certificate of the client.
    Certificate,
}

/// Returns the security requirements of an operation, or else those of the document, and their place.
fn requirements<'d>(survey: &Survey<'d>, operation: &Operation<'d>) -> Option<(Pointer, &'d [Value])> {
    let own = operation.fields.field("security").map(|list| (operation.at.key("security"), list));
    let shared = || survey.root.field("security").map(|list| (Pointer::root().key("security"), list));
    let (at, list) = own.or_else(shared)?;
    Some((at, list.as_array()?))
}

/// Returns whether a security requirement is empty.
fn is_nothing(requirement: &Value) -> bool {
    requirement.as_object().is_some_and(Map::is_empty)
}

/// Returns the schemes of a security requirement whose credentials the client does not send.
fn unsent_schemes<'d>(
    survey: &Survey<'d>,
    operation: &Operation<'d>,
    requirement: &'d Value,
) -> Vec<(&'d str, Unsent)> {
    let names = requirement.as_object().into_iter().flat_map(Map::keys);
    names.filter_map(|name| Some((name.as_str(), unsent(survey, operation, name)?))).collect()
}

fn unsent(survey: &Survey<'_>, operation: &Operation<'_>, name: &str) -> Option<Unsent> {
    let schemes = survey.root.field("components")?.field("securitySchemes")?;
    let scheme = resolve(survey.root, schemes.field(name)?)?;
    let text = |key: &str| scheme.field(key).and_then(Value::as_str).unwrap_or_default();
    match text("type") {
        "http" if !text("scheme").eq_ignore_ascii_case("bearer") => Some(Unsent::HttpScheme),
        "mutualTLS" => Some(Unsent::Certificate),
        "apiKey" if text("in") == "header" && text("name").eq_ignore_ascii_case("authorization") => {
            Some(Unsent::BareAuthorization)
        }
        // A key that is a parameter as well has a setter.
        "apiKey" if !is_parameter(operation, text("in"), text("name")) => Some(Unsent::Key),
        _ => None,
    }
}

fn is_parameter(operation: &Operation<'_>, place: &str, name: &str) -> bool {
    operation.parameters.iter().any(|parameter| {
        let text = |key: &str| parameter.fields.field(key).and_then(Value::as_str).unwrap_or_default();
        let is_same = if place == "header" { text("name").eq_ignore_ascii_case(name) } else { text("name") == name };
        text("in") == place && is_same
    })
}

/// Returns the places of the schemes with this credential, in operations that the client cannot call with its token.
fn refused(survey: &Survey<'_>, unsent: Unsent) -> Vec<Pointer> {
    let mut places = Vec::new();
    for operation in &survey.operations {
        let Some((at, list)) = requirements(survey, operation) else { continue };
        let unsent_of_each: Vec<_> =
            list.iter().map(|requirement| unsent_schemes(survey, operation, requirement)).collect();
        if unsent_of_each.iter().any(Vec::is_empty) {
            continue;
        }
        let found = unsent_of_each.iter().enumerate().find_map(|(index, schemes)| {
            let (name, _) = schemes.iter().find(|(_, found)| *found == unsent)?;
            Some(at.index(index).key(name))
        });
        places.extend(found);
    }
    places
}

/// Returns the places of the alternatives to the token, in operations that the client can call with its token.
fn alternatives(survey: &Survey<'_>) -> Vec<Pointer> {
    let mut places = Vec::new();
    for operation in &survey.operations {
        let Some((at, list)) = requirements(survey, operation) else { continue };
        let unsent_of_each: Vec<_> =
            list.iter().map(|requirement| unsent_schemes(survey, operation, requirement)).collect();
        let meets_one = list
            .iter()
            .zip(&unsent_of_each)
            .any(|(requirement, schemes)| schemes.is_empty() && !is_nothing(requirement));
        let other = unsent_of_each.iter().position(|schemes| !schemes.is_empty());
        places.extend(other.filter(|_| meets_one).map(|index| at.index(index)));
    }
    places
}

/// Returns the places of the operations whose own security requirements match.
fn unsecured(survey: &Survey<'_>, matches: impl Fn(&[Value]) -> bool) -> Vec<Pointer> {
    let of = |operation: &Operation<'_>| {
        let (at, list) = requirements(survey, operation)?;
        matches(list).then_some(at)
    };
    survey.operations.iter().filter_map(of).collect()
}

/// Returns the places of the servers of operations that differ from the client's.
fn own_servers(survey: &Survey<'_>) -> Vec<Pointer> {
    let base_url = servers::base_url(survey.root).ok();
    let is_other = |list: &Value| {
        elements(Some(list)).next().is_some_and(|first| {
            let own = servers::url(first);
            let plain = |url: &Option<String>| url.as_deref().map(|url| url.trim_end_matches('/').to_owned());
            own.is_none() || plain(&own) != plain(&base_url)
        })
    };
    let servers = survey.operations.iter().filter_map(|operation| operation.servers.as_ref());
    servers.filter(|(_, list)| is_other(list)).map(|(at, _)| at.clone()).collect()
}

fn first_server(survey: &Survey<'_>, matches: impl Fn(&NoBaseUrl) -> bool) -> Vec<Pointer> {
    let reason = servers::base_url(survey.root).err().filter(matches);
    reason.map(|_| Pointer::root().key("servers").index(0).key("url")).into_iter().collect()
}
