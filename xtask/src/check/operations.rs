//! What a client needs of an operation and no lowering can make up: a path that can be filled, and parameters that have
//! a name and a place.

use serde_json::{Map, Value};

use super::outline::{OPERATION, PARAMETER, PATH_ITEM};
use super::structure::Met;
use crate::diagnostics::{Code, Diagnostic, Place};
use crate::document::{Document, Pointer};
use crate::resolve::resolve;

/// The findings about the document's operations. Where the structure is broken, what is missing has a finding already.
#[must_use]
pub fn check(document: &Document, objects: &[Met<'_>], has_sound_structure: bool) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    let is_operation = |met: &&Met<'_>| met.is(&OPERATION) && is_called(&met.at);
    let is_elsewhere = |met: &&Met<'_>| met.is(&PATH_ITEM) && met.fields.contains_key("$ref");
    if has_sound_structure && !objects.iter().any(|met| is_operation(&met) || is_elsewhere(&met)) {
        findings.push(nothing_to_call(document));
    }
    for operation in objects.iter().filter(is_operation) {
        path(operation, &mut findings);
    }
    for item in objects.iter().filter(is_elsewhere) {
        findings.extend(path_item(document, item));
    }
    for parameter in objects.iter().filter(|met| met.is(&PARAMETER)) {
        name_and_place(parameter, &mut findings);
    }
    findings
}

/// Operations under `paths` are called by a client; those in callbacks are called by the server.
fn is_called(at: &Pointer) -> bool {
    let mut segments = at.segments();
    segments.next().as_deref() == Some("paths") && segments.count() == 2
}

/// Without operations there are the types, if there are any. A document may have none (OpenAPI 3.0.3, "Paths Object").
fn nothing_to_call(document: &Document) -> Diagnostic {
    let place = Place::Key(Pointer::root().key("paths"));
    let help = "describe at least one under `paths`";
    let schemas = document.root["components"]["schemas"].as_object();
    if schemas.is_some_and(|schemas| !schemas.is_empty()) {
        let message = "the document has no operations: the client has no methods, and only the types are of use";
        return Diagnostic::warning(Code::NoOperations, place, message, help);
    }
    let message = "the document has no operations: there is nothing to generate";
    Diagnostic::departure(Code::NoOperations, place, message, help)
}

fn path(operation: &Met<'_>, findings: &mut Vec<Diagnostic>) {
    let Some(item) = operation.at.parent() else { return };
    let template = item.last().unwrap_or_default();
    if template_names(&template).is_none() {
        findings.push(Diagnostic::error(
            Code::InvalidPath,
            Place::Key(item),
            format!("the braces of the path `{template}` do not close"),
            "write each parameter as `{name}`",
        ));
    } else if template.contains(['?', '#']) {
        let (place, message) = (Place::Key(item), format!("the path `{template}` holds more than a path"));
        let help = "describe what follows `?` as query parameters, and leave out what follows `#`";
        findings.push(if behind_the_path(&template).contains('{') {
            Diagnostic::error(Code::InvalidPath, place, message, help)
        } else {
            let help = format!("what follows `?` is sent with every request: {help}");
            Diagnostic::departure(Code::InvalidPath, place, message, help)
        });
    }
}

/// A path that is described elsewhere in the document is as good as one that is described in its place.
fn path_item(document: &Document, item: &Met<'_>) -> Option<Diagnostic> {
    let value = item.at.lookup(&document.root)?;
    let target = value.get("$ref")?.as_str()?;
    let leads_to_an_item = resolve(&document.root, value).is_some_and(Value::is_object);
    (!leads_to_an_item).then(|| {
        Diagnostic::error(
            Code::ReferencedPath,
            Place::Value(item.at.key("$ref")),
            format!("`$ref: {target}` leads to no path item of this document"),
            "write the operations of the path here",
        )
    })
}

/// What stands in a path behind the path itself.
fn behind_the_path(template: &str) -> &str {
    template.find(['?', '#']).map_or("", |at| &template[at..])
}

/// The names in a path template, or nothing where its braces do not match.
#[must_use]
pub fn template_names(template: &str) -> Option<Vec<&str>> {
    let mut names = Vec::new();
    let mut rest = template;
    while let Some(open) = rest.find(['{', '}']) {
        let inside = rest[open..].strip_prefix('{')?;
        let close = inside.find('}')?;
        if inside[..close].is_empty() || inside[..close].contains('{') {
            return None;
        }
        names.push(&inside[..close]);
        rest = &inside[close + 1..];
    }
    Some(names)
}

fn text<'a>(fields: &'a Map<String, Value>, name: &str) -> &'a str {
    fields.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn name_and_place(parameter: &Met<'_>, findings: &mut Vec<Diagnostic>) {
    let (name, place) = (text(parameter.fields, "name"), text(parameter.fields, "in"));
    // The name of a cookie is a token, as that of a header is (RFC 6265, section 4.1.1).
    let needs_token = matches!(place, "header" | "cookie");
    let has_name = parameter.fields.get("name").is_some_and(Value::is_string);
    if has_name && name.is_empty() {
        findings.push(Diagnostic::departure(
            Code::InvalidParameterName,
            Place::Value(parameter.at.key("name")),
            "`` cannot be the name of this parameter",
            "the parameter is left out: write the name that stands in the request",
        ));
    } else if has_name && needs_token && http::HeaderName::try_from(name).is_err() {
        findings.push(Diagnostic::error(
            Code::InvalidParameterName,
            Place::Value(parameter.at.key("name")),
            format!("`{name}` cannot be the name of this parameter"),
            "write the name that stands in the request",
        ));
    }
    let help = match place {
        "query" | "path" | "header" | "cookie" => return,
        // What is not there has a finding already.
        "" if !parameter.fields.contains_key("in") => return,
        "body" => "describe the body as the `requestBody` of the operation",
        "formData" => {
            "describe the form as the `requestBody` of the operation, as `multipart/form-data` or \
             `application/x-www-form-urlencoded`"
        }
        _ => "write `query`, `path`, `header` or `cookie`",
    };
    findings.push(Diagnostic::error(
        Code::UnknownParameterPlace,
        Place::Value(parameter.at.key("in")),
        format!("`{place}` is no place for a parameter"),
        help,
    ));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn braces_of_a_path_are_read_or_refused() {
        assert_eq!(template_names("/a/{b}/c-{d}").unwrap(), ["b", "d"]);
        for broken in ["/a/{b", "/a/b}", "/a/{}", "/{a{b}}"] {
            assert_eq!(template_names(broken), None, "{broken}");
        }
    }
}
