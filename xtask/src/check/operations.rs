//! What a client needs of an operation: a name, parameters that fit the path, and media types it can speak.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::outline::{MEDIA_TYPE, OPERATION, PARAMETER, PATH_ITEM};
use super::structure::Met;
use crate::diagnostics::{Code, Diagnostic, Place};
use crate::document::{Document, Pointer};
use crate::media_type;
use crate::resolve::resolve;

/// The findings about the document's operations. Where the structure is broken, what is missing has a finding already.
#[must_use]
pub fn check(document: &Document, objects: &[Met<'_>], has_sound_structure: bool) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    let operations: Vec<_> = objects.iter().filter(|met| met.is(&OPERATION) && is_called(&met.at)).collect();
    let has_path_elsewhere = objects.iter().any(|met| met.is(&PATH_ITEM) && met.fields.contains_key("$ref"));
    if operations.is_empty() && has_sound_structure && !has_path_elsewhere {
        findings.push(Diagnostic::error(
            Code::NoOperations,
            Place::Key(Pointer::root().key("paths")),
            "the document has no operations: there is nothing to generate",
            "describe at least one under `paths`",
        ));
    }
    names(&operations, &mut findings);
    for operation in &operations {
        parameters(document, operation, &mut findings);
        path(document, operation, &mut findings);
        responses(operation, &mut findings);
    }
    for item in objects.iter().filter(|met| met.is(&PATH_ITEM) && met.fields.contains_key("$ref")) {
        findings.push(Diagnostic::error(
            Code::ReferencedPath,
            Place::Key(item.at.key("$ref")),
            "a path that is described elsewhere is not read",
            "write its operations here",
        ));
    }
    for parameter in objects.iter().filter(|met| met.is(&PARAMETER)) {
        place_and_type(document, parameter, &mut findings);
    }
    for media in objects.iter().filter(|met| met.is(&MEDIA_TYPE)) {
        media_types(media, &mut findings);
    }
    findings
}

/// Operations under `paths` are called by a client; those in callbacks are called by the server.
fn is_called(at: &Pointer) -> bool {
    let mut segments = at.segments();
    segments.next().as_deref() == Some("paths") && segments.count() == 2
}

fn names(operations: &[&Met<'_>], findings: &mut Vec<Diagnostic>) {
    let mut first: BTreeMap<&str, &Pointer> = BTreeMap::new();
    for operation in operations {
        match operation.fields.get("operationId").map(Value::as_str) {
            // What is there and no string has a finding of its own.
            Some(None) => {}
            None => findings.push(Diagnostic::error(
                Code::MissingOperationId,
                Place::Key(operation.at.clone()),
                "this operation has no `operationId`, which names its method in the client",
                format!("add one, such as `operationId: {}`", suggested_id(&operation.at)),
            )),
            Some(Some(id)) => {
                if let Some(other) = first.insert(id, &operation.at) {
                    findings.push(
                        Diagnostic::error(
                            Code::DuplicateOperationId,
                            Place::Value(operation.at.key("operationId")),
                            format!("the `operationId` `{id}` is used twice"),
                            "give each operation a name of its own",
                        )
                        .with_related(Place::Value(other.key("operationId")), "the other one"),
                    );
                }
            }
        }
    }
}

fn suggested_id(at: &Pointer) -> String {
    use heck::ToSnakeCase as _;
    let segments: Vec<_> = at.segments().collect();
    format!("{} {}", segments[2], segments[1].replace(['/', '{', '}'], " ")).to_snake_case()
}

/// The parameters of an operation: its own, and those of its path that it does not replace.
fn combined<'d>(document: &'d Document, operation: &Met<'_>) -> Vec<(Pointer, &'d Map<String, Value>)> {
    let own = operation.at.key("parameters");
    let shared = operation.at.parent().map(|item| item.key("parameters"));
    let mut parameters: Vec<(Pointer, &Map<String, Value>)> = Vec::new();
    for list in [Some(own), shared].into_iter().flatten() {
        let items = list.lookup(&document.root).and_then(Value::as_array);
        for (index, item) in items.into_iter().flatten().enumerate() {
            let Some(Value::Object(parameter)) = resolve(&document.root, item) else { continue };
            if !parameters.iter().any(|(at, known)| at.parent() != Some(list.clone()) && same(known, parameter)) {
                parameters.push((list.index(index), parameter));
            }
        }
    }
    parameters
}

fn same(a: &Map<String, Value>, b: &Map<String, Value>) -> bool {
    a.get("name") == b.get("name") && a.get("in") == b.get("in")
}

fn parameters(document: &Document, operation: &Met<'_>, findings: &mut Vec<Diagnostic>) {
    let parameters = combined(document, operation);
    for (index, (at, parameter)) in parameters.iter().enumerate() {
        if let Some((other, _)) = parameters[..index].iter().find(|(_, known)| same(known, parameter)) {
            findings.push(
                Diagnostic::error(
                    Code::DuplicateParameter,
                    Place::Value(at.clone()),
                    format!("the parameter `{}` stands here twice", text(parameter, "name")),
                    "keep one of the two",
                )
                .with_related(Place::Value(other.clone()), "the other one"),
            );
        }
    }
}

fn path(document: &Document, operation: &Met<'_>, findings: &mut Vec<Diagnostic>) {
    let Some(item) = operation.at.parent() else { return };
    let template = item.last().unwrap_or_default();
    let Some(names) = template_names(&template) else {
        findings.push(Diagnostic::error(
            Code::InvalidPath,
            Place::Key(item),
            format!("the braces of the path `{template}` do not close"),
            "write each parameter as `{name}`",
        ));
        return;
    };
    if template.contains(['?', '#']) {
        findings.push(Diagnostic::error(
            Code::InvalidPath,
            Place::Key(item.clone()),
            format!("the path `{template}` holds more than a path"),
            "describe what follows `?` as query parameters, and leave out what follows `#`",
        ));
    }
    let parameters = combined(document, operation);
    let in_path: Vec<_> = parameters.iter().filter(|(_, parameter)| text(parameter, "in") == "path").collect();
    for name in &names {
        if !in_path.iter().any(|(_, parameter)| text(parameter, "name") == *name) {
            findings.push(Diagnostic::error(
                Code::UndescribedPathParameter,
                Place::Key(operation.at.clone()),
                format!("the path has `{{{name}}}`, and no parameter of this operation is called so"),
                format!("add a parameter with `name: {name}`, `in: path` and `required: true`"),
            ));
        }
    }
    for (at, parameter) in in_path {
        let name = text(parameter, "name");
        if !names.contains(&name) {
            findings.push(Diagnostic::error(
                Code::UnusedPathParameter,
                Place::Value(at.clone()),
                format!("the path `{template}` has no `{{{name}}}` for this parameter"),
                "put it into the path, or change its `in`",
            ));
        }
        if parameter.get("required") != Some(&Value::Bool(true)) {
            findings.push(Diagnostic::error(
                Code::OptionalPathParameter,
                Place::Value(at.clone()),
                format!("the path parameter `{name}` is not marked as required"),
                "add `required: true`: a path parameter always is",
            ));
        }
    }
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

fn place_and_type(document: &Document, parameter: &Met<'_>, findings: &mut Vec<Diagnostic>) {
    let name = text(parameter.fields, "name");
    let is_header_name = http::HeaderName::try_from(name).is_ok();
    if name.is_empty() || (text(parameter.fields, "in") == "header" && !is_header_name) {
        findings.push(Diagnostic::error(
            Code::InvalidParameterName,
            Place::Value(parameter.at.key("name")),
            format!("`{name}` cannot be the name of this parameter"),
            "write the name that stands in the request",
        ));
    }
    match text(parameter.fields, "in") {
        "query" | "path" | "header" | "" => {}
        "cookie" => findings.push(Diagnostic::error(
            Code::CookieParameter,
            Place::Value(parameter.at.key("in")),
            format!("the parameter `{name}` is a cookie, and the client sends none"),
            "describe it as a header or a query parameter, or leave it out",
        )),
        other => findings.push(Diagnostic::error(
            Code::UnknownParameterPlace,
            Place::Value(parameter.at.key("in")),
            format!("`{other}` is no place for a parameter"),
            "write `query`, `path` or `header`",
        )),
    }
    if !parameter.fields.contains_key("schema") {
        findings.push(Diagnostic::error(
            Code::ParameterWithoutSchema,
            Place::Value(parameter.at.clone()),
            format!("the parameter `{name}` has no `schema`"),
            "add one, such as `schema: {type: string}`",
        ));
    }
    style(parameter, name, findings);
    form(document, parameter, name, findings);
}

/// Which values can be written as a parameter: one value, or in the query a list with the name repeated.
fn form(document: &Document, parameter: &Met<'_>, name: &str, findings: &mut Vec<Diagnostic>) {
    let schema = parameter.fields.get("schema").and_then(|schema| resolve(&document.root, schema));
    let kind = schema.and_then(|schema| schema.get("type")).and_then(Value::as_str);
    let has_properties = schema.is_some_and(|schema| schema.get("properties").is_some());
    let in_query = text(parameter.fields, "in") == "query";
    if kind == Some("object") || has_properties {
        findings.push(Diagnostic::error(
            Code::ObjectParameter,
            Place::Value(parameter.at.key("schema")),
            format!("the parameter `{name}` is an object, which the client cannot write as one value"),
            "describe each of its properties as a parameter of its own",
        ));
    } else if kind == Some("array") && !(in_query && parameter.fields.get("explode") != Some(&Value::Bool(false))) {
        findings.push(Diagnostic::error(
            Code::ListParameter,
            Place::Value(parameter.at.key("schema")),
            format!("the parameter `{name}` is a list in one value, which the client does not write"),
            "describe a list as a query parameter with `explode: true`, which repeats the name",
        ));
    }
}

fn style(parameter: &Met<'_>, name: &str, findings: &mut Vec<Diagnostic>) {
    let Some(style) = parameter.fields.get("style").and_then(Value::as_str) else { return };
    let spoken = match text(parameter.fields, "in") {
        "query" => "form",
        _ => "simple",
    };
    if style != spoken {
        findings.push(Diagnostic::error(
            Code::ParameterStyle,
            Place::Value(parameter.at.key("style")),
            format!("the parameter `{name}` has the style `{style}`, which the client does not speak"),
            format!("describe it with `style: {spoken}`"),
        ));
    }
}

fn responses(operation: &Met<'_>, findings: &mut Vec<Diagnostic>) {
    let statuses = operation.fields.get("responses").and_then(Value::as_object);
    let successes: Vec<_> = statuses.into_iter().flat_map(Map::keys).filter(|status| status.starts_with('2')).collect();
    let at = operation.at.key("responses");
    match successes[..] {
        [_] => {}
        [] => findings.push(Diagnostic::error(
            Code::NoSuccessResponse,
            Place::Key(at),
            "no response of this operation is a success: the client would have nothing to return",
            "describe the 2xx response",
        )),
        [_, second, ..] => findings.push(Diagnostic::error(
            Code::SeveralSuccessResponses,
            Place::Key(at.key(second)),
            "the operation has a second success response, and its method returns one type",
            "describe one 2xx response",
        )),
    }
}

fn media_types(media: &Met<'_>, findings: &mut Vec<Diagnostic>) {
    let name = media.at.last().unwrap_or_default();
    let encoding = media.fields.get("encoding").and_then(Value::as_object);
    if !media_type::is_json(&name) {
        findings.push(Diagnostic::error(
            Code::UnsupportedMediaType,
            Place::Key(media.at.clone()),
            format!("the client does not speak the media type `{name}`"),
            "describe the body as `application/json`",
        ));
    } else if !media.fields.contains_key("schema") {
        findings.push(Diagnostic::error(
            Code::BodyWithoutSchema,
            Place::Key(media.at.clone()),
            "this body has no `schema`, so it has no type",
            "add one; `schema: {}` admits any JSON value",
        ));
    } else if encoding.is_some_and(|encoding| !encoding.is_empty()) {
        findings.push(Diagnostic::error(
            Code::UselessEncoding,
            Place::Key(media.at.key("encoding")),
            "`encoding` has no meaning for a JSON body",
            "remove it",
        ));
    }
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
