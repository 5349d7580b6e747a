//! Where requests go and what they need to be let in: servers and security.

use serde_json::{Map, Value};

use super::outline::{DOCUMENT, OPERATION, SERVER};
use super::structure::Met;
use crate::check::operations::template_names;
use crate::diagnostics::{Code, Diagnostic, Place};
use crate::document::Document;
use crate::lower::servers;

/// The findings about the document's servers and its security.
#[must_use]
pub fn check(document: &Document, objects: &[Met<'_>]) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for server in objects.iter().filter(|met| met.is(&SERVER)) {
        findings.extend(url(server));
    }
    for holder in objects.iter().filter(|met| met.is(&OPERATION) || met.is(&DOCUMENT)) {
        security(document, holder, &mut findings);
    }
    findings
}

/// A server that requests cannot go to is passed over. One that is relative to the place of the document is none of
/// those: the client is told its base URL when it is built.
fn url(server: &Met<'_>) -> Option<Diagnostic> {
    let url = server.fields.get("url")?.as_str()?;
    let place = Place::Value(server.at.key("url"));
    let is_relative = url.is_empty() || url.starts_with(['/', '.']);
    if is_relative || servers::url(&Value::Object(server.fields.clone())).is_some() {
        return None;
    }
    let variables = server.fields.get("variables").and_then(Value::as_object);
    let has_value = |name: &str| variables.and_then(|variables| variables.get(name)?.get("default")).is_some();
    let unknown = template_names(url).unwrap_or_default().into_iter().find(|name| !has_value(name));
    Some(match unknown {
        Some(name) => Diagnostic::warning(
            Code::UndefinedServerVariable,
            place,
            format!(
                "the URL has `{{{name}}}`, and no variable of this server gives it a value: the server is passed over"
            ),
            format!("add `variables: {{{name}: {{default: …}}}}`"),
        ),
        None => Diagnostic::warning(
            Code::InvalidServerUrl,
            place,
            format!("`{url}` is no URL that requests can go to: the server is passed over"),
            "write an absolute URL such as `https://api.example.com/v1`",
        ),
    })
}

fn security(document: &Document, holder: &Met<'_>, findings: &mut Vec<Diagnostic>) {
    let schemes = document.root["components"]["securitySchemes"].as_object();
    let requirements = holder.fields.get("security").and_then(Value::as_array);
    for (index, requirement) in requirements.into_iter().flatten().enumerate() {
        for name in requirement.as_object().into_iter().flat_map(Map::keys) {
            if schemes.is_none_or(|schemes| !schemes.contains_key(name)) {
                findings.push(Diagnostic::warning(
                    Code::UndefinedSecurityScheme,
                    Place::Key(holder.at.key("security").index(index).key(name)),
                    format!("there is no security scheme `{name}`"),
                    "define it under `components/securitySchemes`",
                ));
            }
        }
    }
}
