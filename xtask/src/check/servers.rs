//! Where requests go and what they need to be let in: servers and security.

use serde_json::{Map, Value};

use super::outline::{DOCUMENT, OPERATION, SERVER};
use super::structure::Met;
use crate::check::operations::template_names;
use crate::diagnostics::{Code, Diagnostic, Place};
use crate::document::Document;

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

fn url(server: &Met<'_>) -> Option<Diagnostic> {
    let url = server.fields.get("url")?.as_str()?;
    let place = Place::Value(server.at.key("url"));
    let is_url = ["https://", "http://", "/"].iter().any(|start| url.starts_with(start)) || url.starts_with('{');
    if !is_url || url.contains(char::is_whitespace) {
        return Some(Diagnostic::error(
            Code::InvalidServerUrl,
            place,
            format!("`{url}` is no URL of a server"),
            "write an absolute URL such as `https://api.example.com/v1`, or a path on the same server",
        ));
    }
    let variables = server.fields.get("variables").and_then(Value::as_object);
    let unknown = template_names(url)
        .unwrap_or_default()
        .into_iter()
        .find(|name| variables.is_none_or(|variables| !variables.contains_key(*name)))?;
    Some(Diagnostic::error(
        Code::UndefinedServerVariable,
        place,
        format!("the URL has `{{{unknown}}}`, and no variable of this server is called so"),
        format!("add `variables: {{{unknown}: {{default: …}}}}`"),
    ))
}

fn security(document: &Document, holder: &Met<'_>, findings: &mut Vec<Diagnostic>) {
    let schemes = document.root["components"]["securitySchemes"].as_object();
    let requirements = holder.fields.get("security").and_then(Value::as_array);
    for (index, requirement) in requirements.into_iter().flatten().enumerate() {
        for name in requirement.as_object().into_iter().flat_map(Map::keys) {
            if schemes.is_none_or(|schemes| !schemes.contains_key(name)) {
                findings.push(Diagnostic::error(
                    Code::UndefinedSecurityScheme,
                    Place::Key(holder.at.key("security").index(index).key(name)),
                    format!("there is no security scheme `{name}`"),
                    "define it under `components/securitySchemes`",
                ));
            }
        }
    }
}
