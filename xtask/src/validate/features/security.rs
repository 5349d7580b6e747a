//! The features of security and servers. A client sends the credentials that each operation documents, but neither
//! certificates nor every scheme of HTTP. It sends nothing to servers without TLS, except on this machine.

use serde_json::Value;

use super::feature::Feature;
use super::survey::{Operation, Survey, elements};
use crate::document::Pointer;
use crate::document::fields::Fields as _;
use crate::openapi::security::{self, Credential};
use crate::openapi::servers::{self, NoBaseUrl};

pub(super) const FEATURES: &[Feature] = &[
    Feature {
        name: "`http` security with another scheme than `basic` and `bearer`",
        find: |survey| refused(survey, &Credential::OtherHttp),
        counted: ["operation", "operations"],
        message: "`http` security with another scheme than `basic` and `bearer` is not sent: calls to {} will be refused",
        help: "give `ClientBuilder::http_client` a `reqwest::Client` that sends the header `Authorization`",
    },
    Feature {
        name: "`mutualTLS` security",
        find: |survey| refused(survey, &Credential::Certificate),
        counted: ["operation", "operations"],
        message: "`mutualTLS` security is not set up: without a certificate, calls to {} will be refused",
        help: "give `ClientBuilder::http_client` a `reqwest::Client` with the certificate",
    },
    Feature {
        name: "alternatives that the client cannot send",
        find: alternatives,
        counted: ["operation accepts", "operations accept"],
        message: "{} another kind of security, which the client cannot send: a caller needs the credentials of another \
                  alternative",
        help: "the client sends no certificate, and of `http` security only `basic` and `bearer`",
    },
    Feature {
        name: "a server of operations without `https`",
        find: insecure_servers,
        counted: ["operation", "operations"],
        message: "the client sends nothing over plain `http` or another scheme, except to this machine: calls to {} fail \
                  unless a caller replaces the server",
        help: "write the URL with `https` if the API has it, or give `ClientBuilder::server` another one",
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

/// Returns the security requirements of an operation, and their place.
fn requirements<'d>(survey: &Survey<'d>, operation: &Operation<'d>) -> Option<(Pointer, &'d [Value])> {
    let list = security::requirements(survey.root, operation.fields)?;
    let holder = if operation.fields.has("security") { operation.at.clone() } else { Pointer::root() };
    Some((holder.key("security"), list))
}

/// Returns the places of the schemes with this credential, in operations with no alternative that the client sends.
fn refused(survey: &Survey<'_>, unsent: &Credential) -> Vec<Pointer> {
    let mut places = Vec::new();
    for operation in &survey.operations {
        let Some((at, list)) = requirements(survey, operation) else { continue };
        if list.iter().any(|requirement| security::is_sent(survey.root, requirement)) {
            continue;
        }
        let found = list.iter().enumerate().find_map(|(index, requirement)| {
            let mut names = security::schemes(requirement);
            let name = names.find(|name| security::credential(survey.root, name) == *unsent)?;
            Some(at.index(index).key(name))
        });
        places.extend(found);
    }
    places
}

/// Returns the places of the alternatives that the client does not send, in operations with another one.
fn alternatives(survey: &Survey<'_>) -> Vec<Pointer> {
    let mut places = Vec::new();
    for operation in &survey.operations {
        let Some((at, list)) = requirements(survey, operation) else { continue };
        let is_sent: Vec<_> = list.iter().map(|requirement| security::is_sent(survey.root, requirement)).collect();
        let unsent = is_sent.iter().position(|is_sent| !is_sent).filter(|_| is_sent.contains(&true));
        places.extend(unsent.map(|index| at.index(index)));
    }
    places
}

/// Returns the places of the servers of operations that get no requests. The first server of the document has a finding
/// of its own.
fn insecure_servers(survey: &Survey<'_>) -> Vec<Pointer> {
    let url = |server: &Value| server["url"].as_str().map(|url| url.trim_end_matches('/').to_owned());
    let of_document = url(&survey.root["servers"][0]);
    let is_insecure = |first: &Value| url(first) != of_document && servers::is_insecure(first);
    let servers = survey.operations.iter().filter_map(|operation| operation.servers.as_ref());
    let insecure = servers.filter(|(_, list)| elements(Some(list)).next().is_some_and(is_insecure));
    insecure.map(|(at, _)| at.index(0).key("url")).collect()
}

fn first_server(survey: &Survey<'_>, matches: impl Fn(&NoBaseUrl) -> bool) -> Vec<Pointer> {
    let reason = servers::base_url(survey.root).err().filter(matches);
    reason.map(|_| Pointer::root().key("servers").index(0).key("url")).into_iter().collect()
}
