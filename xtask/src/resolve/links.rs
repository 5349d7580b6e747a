//! The links of a document: to further documentation, and from answers to other operations. The client follows none of
//! them; the documentation shows them.

use std::collections::BTreeMap;

use serde_json::Value;

use super::text::not_blank;
use crate::document::Pointer;
use crate::document::fields::Fields as _;
use crate::model::{Api, Link, LinkTarget, LinkedValue, Location, Operation, SeeAlso};
use crate::openapi::references::resolve;

/// Reads `externalDocs`.
pub fn see_also(docs: &Value) -> Option<SeeAlso> {
    let text = |key: &str| not_blank(docs.field(key).and_then(Value::as_str)).map(|text| text.trim().to_owned());
    Some(SeeAlso { url: text("url")?, description: text("description") })
}

/// Adds the links of operations and of their groups to the model.
pub fn complete(api: &mut Api, root: &Value) {
    let links: Vec<_> = api.operations.iter().map(|operation| links_of(api, operation, root)).collect();
    for (operation, links) in api.operations.iter_mut().zip(links) {
        operation.see_also =
            operation.at.lookup(root).and_then(|fields| fields.field("externalDocs")).and_then(see_also);
        operation.links = links;
    }
    api.info.see_also = root.field("externalDocs").and_then(see_also);
    api.group_links = groups(root);
}

/// Returns the links of tags, by the names of the tags.
fn groups(root: &Value) -> BTreeMap<String, SeeAlso> {
    let tags = root.field("tags").and_then(Value::as_array).into_iter().flatten();
    tags.filter_map(|tag| Some((tag.field("name")?.as_str()?.trim().to_owned(), see_also(tag.field("externalDocs")?)?)))
        .collect()
}

/// Returns the links of the answers of an operation.
fn links_of(api: &Api, operation: &Operation, root: &Value) -> Vec<Link> {
    let mut found = Vec::new();
    let fields = operation.at.lookup(root);
    for (status, response) in entries(fields.and_then(|fields| fields.field("responses"))) {
        let links = resolve(root, response).and_then(|response| response.field("links"));
        let links = entries(links).filter_map(|(_, link)| resolve(root, link));
        found.extend(links.filter_map(|link| read(api, root, status, link)));
    }
    found
}

fn entries(value: Option<&Value>) -> impl Iterator<Item = (&String, &Value)> {
    value.and_then(Value::as_object).into_iter().flatten()
}

fn read(api: &Api, root: &Value, status: &str, link: &Value) -> Option<Link> {
    let text = |key: &str| not_blank(link.field(key).and_then(Value::as_str));
    let target = target(api, root, text("operationId"), text("operationRef"));
    let parameters = entries(link.field("parameters"));
    let mut values: Vec<_> = parameters.map(|(name, value)| (setter(target, name), linked_value(value))).collect();
    values.extend(link.field("requestBody").map(|body| ("body".to_owned(), linked_value(body))));
    let target = match target {
        Some(operation) => LinkTarget::Method(operation.name.clone()),
        None => LinkTarget::Elsewhere(text("operationId").or(text("operationRef"))?.to_owned()),
    };
    let description = text("description").map(str::to_owned);
    Some(Link { status: status.to_owned(), target, values, description })
}

/// Returns the operation that a link leads to, if the client has it.
fn target<'a>(api: &'a Api, root: &Value, id: Option<&str>, reference: Option<&str>) -> Option<&'a Operation> {
    let at = reference.and_then(Pointer::from_reference);
    let of = |operation: &Operation| operation.at.lookup(root);
    let has_id = |operation: &Operation| {
        id.is_some() && of(operation).and_then(|fields| fields.field("operationId")).and_then(Value::as_str) == id
    };
    api.operations.iter().find(|operation| has_id(operation) || at.as_ref() == Some(&operation.at))
}

/// Returns the setter of a parameter, which a link may name with its place: `path.id`.
fn setter(target: Option<&Operation>, name: &str) -> String {
    let parameters = || target.into_iter().flat_map(|operation| &operation.parameters);
    let qualified = name.split_once('.').and_then(|(place, name)| {
        let is_it = |location: &Location| match place {
            "path" => *location == Location::Path,
            "query" => *location == Location::Query,
            "header" => *location == Location::Header,
            "cookie" => *location == Location::Cookie,
            _ => false,
        };
        parameters().find(|parameter| is_it(&parameter.location) && parameter.wire_name == name)
    });
    let found = parameters().find(|parameter| parameter.wire_name == name).or(qualified);
    found.map_or_else(|| name.to_owned(), |parameter| parameter.name.clone())
}

/// Reads a runtime expression, or a fixed value.
fn linked_value(value: &Value) -> LinkedValue {
    const PARTS: &[(&str, &str)] = &[
        ("$response.body#", "{} of the body of the answer"),
        ("$response.header.", "the header {} of the answer"),
        ("$request.body#", "{} of the body of the request"),
        ("$request.header.", "the header {} of the request"),
        ("$request.query.", "the parameter {} of the query of the request"),
        ("$request.path.", "the parameter {} of the path of the request"),
    ];
    const WHOLES: &[(&str, &str)] = &[
        ("$response.body", "the body of the answer"),
        ("$request.body", "the body of the request"),
        ("$url", "the URL of the request"),
        ("$method", "the method of the request"),
        ("$statusCode", "the status of the answer"),
    ];
    let Some(text) = value.as_str() else { return LinkedValue::Fixed(value.to_string()) };
    if let Some((_, words)) = WHOLES.iter().find(|(whole, _)| *whole == text.trim_end_matches('#')) {
        return LinkedValue::Whole(words);
    }
    let part = PARTS.iter().find_map(|(prefix, words)| Some((*words, text.strip_prefix(prefix)?)));
    part.map_or_else(|| LinkedValue::Fixed(text.to_owned()), |(words, name)| LinkedValue::Part(words, name.to_owned()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_expression_is_a_part_a_whole_or_a_fixed_value() {
        for (value, expected) in [
            (json!("$response.body#/a/0"), LinkedValue::Part("{} of the body of the answer", "/a/0".to_owned())),
            (
                json!("$request.query.id"),
                LinkedValue::Part("the parameter {} of the query of the request", "id".to_owned()),
            ),
            (json!("$response.body"), LinkedValue::Whole("the body of the answer")),
            (json!("$response.body#"), LinkedValue::Whole("the body of the answer")),
            (json!("id-{$url}"), LinkedValue::Fixed("id-{$url}".to_owned())),
            (json!(7), LinkedValue::Fixed("7".to_owned())),
        ] {
            assert_eq!(linked_value(&value), expected);
        }
    }

    #[test]
    fn a_link_to_documentation_needs_a_url() {
        let of = |docs: Value| see_also(&docs);
        assert_eq!(of(json!({"description": "d"})), None);
        let expected = SeeAlso { url: "https://a.b".to_owned(), description: None };
        assert_eq!(of(json!({"url": " https://a.b ", "description": " "})), Some(expected));
    }
}
