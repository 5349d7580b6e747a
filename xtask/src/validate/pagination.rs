//! Checks `x-pagination`, which describes how a list is divided into pages: each named parameter and property must
//! exist, and have the right type.

use serde_json::{Map, Value};

use crate::diagnostics::nearest::nearest;
use crate::diagnostics::{Code, Diagnostic, Place};
use crate::document::fields::Fields as _;
use crate::document::{Document, Pointer};
use crate::openapi::extensions::{DECODE, Key, PAGINATION, PAGINATION_KEYS};
use crate::openapi::media_type;
use crate::openapi::references::resolve;
use crate::openapi::shapes::OPERATION;
use crate::openapi::walk::{Met, kind_of};

/// The key of the extension that names a parameter.
const PAGE: &str = "page";

/// Returns the findings about the document's paginated operations.
#[must_use]
pub fn check(document: &Document, objects: &[Met<'_>]) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for operation in objects.iter().filter(|met| met.is(&OPERATION)) {
        if let Some(extension) = operation.fields.get(PAGINATION) {
            let at = operation.at.key(PAGINATION);
            match extension {
                Value::Object(fields) => of_operation(document, operation, fields, &at, &mut findings),
                _ => findings.push(Diagnostic::error(
                    Code::InvalidPagination,
                    Place::Value(at),
                    format!("`{PAGINATION}` must be an object"),
                    "write `{page: PARAMETER, items: /POINTER, total_pages: /POINTER}`",
                )),
            }
        }
    }
    findings
}

fn of_operation(
    document: &Document,
    operation: &Met<'_>,
    extension: &Map<String, Value>,
    at: &Pointer,
    findings: &mut Vec<Diagnostic>,
) {
    let unknown = unknown_keys(extension, at);
    // A misspelt key explains why the right one is missing.
    let is_misspelt = |name: &str| unknown.iter().any(|(meant, _)| *meant == Some(name));
    if !is_misspelt(PAGE) {
        findings.extend(page_parameter(document, operation, extension, at));
    }
    for key in PAGINATION_KEYS {
        match extension.field(key.name) {
            Some(Value::String(pointer)) => findings.extend(body_pointer(document, operation, key, pointer, at)),
            Some(value) => findings.push(Diagnostic::error(
                Code::InvalidPagination,
                Place::Value(at.key(key.name)),
                format!("`{}` must be a JSON pointer, found {}", key.name, kind_of(value)),
                format!("write `/POINTER`, to an {} in the success body", key.kind),
            )),
            None if key.required && !is_misspelt(key.name) => findings.push(Diagnostic::error(
                Code::InvalidPagination,
                Place::Key(at.clone()),
                format!("`{PAGINATION}` needs `{}`", key.name),
                format!("add `{}: /POINTER`, to an {} in the success body", key.name, key.kind),
            )),
            None => {}
        }
    }
    findings.extend(unknown.into_iter().map(|(_, finding)| finding));
}

/// Returns the findings about keys that the extension does not have, each with the key that was meant.
fn unknown_keys(extension: &Map<String, Value>, at: &Pointer) -> Vec<(Option<&'static str>, Diagnostic)> {
    let names = || PAGINATION_KEYS.iter().map(|key| key.name).chain([PAGE]);
    let unknown = extension.keys().filter(|key| names().all(|name| name != *key));
    unknown
        .map(|key| {
            let meant = nearest(key, names().filter(|name| !extension.has(name)));
            let help = match meant {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => "its keys are `page`, `items`, `total_pages`, `total` and `current_page`".to_owned(),
            };
            let (place, message) = (Place::Key(at.key(key)), format!("unknown key `{key}` in `{PAGINATION}`"));
            (meant, Diagnostic::error(Code::InvalidPagination, place, message, help))
        })
        .collect()
}

/// Returns the finding about an extension that does not name the parameter of the page.
fn no_page(found: Option<&Value>, at: &Pointer) -> Diagnostic {
    let (place, message) = match found {
        Some(value) => {
            let message = format!("`{PAGE}` must be the name of a parameter, found {}", kind_of(value));
            (Place::Value(at.key(PAGE)), message)
        }
        None => (Place::Key(at.clone()), format!("`{PAGINATION}` needs `{PAGE}`")),
    };
    let help = "write `page: PARAMETER`, the query parameter that carries the number of the page";
    Diagnostic::error(Code::InvalidPagination, place, message, help)
}

/// Checks that the page number is an optional integer parameter of the query.
fn page_parameter(
    document: &Document,
    operation: &Met<'_>,
    extension: &Map<String, Value>,
    at: &Pointer,
) -> Option<Diagnostic> {
    let name = match extension.get(PAGE) {
        Some(Value::String(name)) => name,
        other => return Some(no_page(other, at)),
    };
    let parameters = parameters(document, operation);
    let found = parameters.iter().any(|parameter| {
        let schema = resolve(&document.root, &parameter["schema"]);
        parameter["name"] == **name
            && parameter["in"] == "query"
            && parameter.field("required") != Some(&Value::Bool(true))
            && schema.is_some_and(|schema| schema["type"] == "integer")
    });
    (!found).then(|| {
        let help = match nearest(name, parameters.iter().filter_map(|parameter| parameter["name"].as_str())) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "name the parameter that carries the number of the page".to_owned(),
        };
        Diagnostic::error(
            Code::PaginationParameter,
            Place::Value(at.key(PAGE)),
            format!("`{name}` is not an optional integer parameter in the query of this operation"),
            help,
        )
    })
}

/// Returns the parameters of the operation, those of its path included.
fn parameters<'d>(document: &'d Document, operation: &Met<'d>) -> Vec<&'d Value> {
    let item = operation.at.parent().and_then(|at| at.lookup(&document.root));
    let shared = item.and_then(|item| item.field("parameters")).and_then(Value::as_array);
    let own = operation.fields.field("parameters").and_then(Value::as_array);
    let all = own.into_iter().chain(shared).flatten();
    all.filter_map(|parameter| resolve(&document.root, parameter)).collect()
}

/// Checks a pointer into the success body.
fn body_pointer(
    document: &Document,
    operation: &Met<'_>,
    key: &Key,
    pointer: &str,
    at: &Pointer,
) -> Option<Diagnostic> {
    let Some(schema) = success_schema(document, operation) else {
        return Some(Diagnostic::error(
            Code::PaginationPointer,
            Place::Value(at.key(key.name)),
            "the operation has no success body in JSON with a schema, so it has no pages",
            format!("describe the success body, or remove `{PAGINATION}`"),
        ));
    };
    let found = pointer
        .strip_prefix('/')
        .and_then(|path| path.split('/').try_fold(schema, |schema, segment| property(&document.root, schema, segment)));
    let is_right = found.is_some_and(|schema| schema["type"] == key.kind);
    if is_right && !is_always_there(&document.root, schema, pointer) {
        return Some(Diagnostic::error(
            Code::PaginationPointer,
            Place::Value(at.key(key.name)),
            format!("`{pointer}` leads through a property that may be missing or null"),
            "list it under `required`: without it, the client does not know which page is the last",
        ));
    }
    (!is_right).then(|| {
        Diagnostic::error(
            Code::PaginationPointer,
            Place::Value(at.key(key.name)),
            format!("`{pointer}` does not lead to an {} in the success body", key.kind),
            "write the JSON pointer of a property that the schema of the success response has",
        )
    })
}

/// Returns whether every property on the way of a pointer is required and not nullable.
fn is_always_there(root: &Value, schema: &Value, pointer: &str) -> bool {
    let is_nullable = |schema: &Value| schema.field("nullable") == Some(&Value::Bool(true));
    let end = pointer.split('/').skip(1).try_fold(schema, |schema, segment| {
        let object = plain(root, schema)?;
        let is_required = object["required"].as_array()?.iter().any(|name| name == segment);
        let next = object["properties"].get(segment).filter(|next| is_required && !is_nullable(next))?;
        (!resolve(root, next).is_some_and(is_nullable)).then_some(next)
    });
    end.is_some()
}

/// Returns the schema of the JSON body of the operation's success.
fn success_schema<'d>(document: &'d Document, operation: &Met<'d>) -> Option<&'d Value> {
    let responses = operation.fields.field("responses")?.as_object()?;
    let (_, response) = responses.iter().find(|(status, _)| status.starts_with('2'))?;
    let content = resolve(&document.root, response)?["content"].as_object()?;
    let (_, media) = content.iter().find(|(name, _)| media_type::is_json(name))?;
    media.field("schema")
}

/// Returns the schema of a property. Follows references, described references, and the first form of a schema with
/// `x-rust-decode`.
fn property<'d>(root: &'d Value, schema: &'d Value, name: &str) -> Option<&'d Value> {
    plain(root, plain(root, schema)?["properties"].field(name)?)
}

fn plain<'d>(root: &'d Value, schema: &'d Value) -> Option<&'d Value> {
    let schema = resolve(root, schema)?;
    let first = |key: &str| schema.field(key).and_then(Value::as_array).and_then(|parts| parts.first());
    match (first("allOf"), first("oneOf")) {
        (Some(part), _) if schema.field("properties").is_none() => plain(root, part),
        (_, Some(part)) if schema.get(DECODE).is_some() => plain(root, part),
        _ => Some(schema),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Source;

    const KEYS: &str = "page: page, items: /data, total_pages: /pages";

    fn findings(extension: &str, shared: &str, own: &str) -> Vec<String> {
        let schema =
            "{type: object, required: [data, pages], properties: {data: {type: array}, pages: {type: integer}}}";
        let responses = format!("{{'200': {{content: {{application/json: {{schema: {schema}}}}}}}}}");
        let text = format!(
            "paths: {{/a: {{parameters: [{shared}], get: {{x-pagination: {extension}, parameters: [{own}], responses: {responses}}}}}}}\n"
        );
        let document = crate::source::parse(Source::new("api.yaml", text)).unwrap();
        let found = check(&document, &crate::openapi::walk::walk(&document).objects);
        found.iter().map(|finding| format!("{}; {}", finding.message, finding.help)).collect()
    }

    #[test]
    fn the_page_may_be_a_parameter_of_the_path() {
        let page = "{name: page, in: query, schema: {type: integer}}";
        assert_eq!(findings(&format!("{{{KEYS}}}"), page, ""), Vec::<String>::new());
        assert_eq!(findings(&format!("{{{KEYS}}}"), "", page), Vec::<String>::new());
    }

    #[test]
    fn a_slip_in_the_extension_is_the_only_finding_and_names_the_right_key() {
        let page = "{name: page, in: query, schema: {type: integer}}";
        for (slip, right, expected) in [
            ("total_page:", "total_pages:", "unknown key `total_page` in `x-pagination`; did you mean `total_pages`?"),
            ("pgae:", "page:", "unknown key `pgae` in `x-pagination`; did you mean `page`?"),
            (
                ": pages,",
                ": page,",
                "`pages` is not an optional integer parameter in the query of this operation; did you mean `page`?",
            ),
            (
                "items: 1,",
                "items: /data,",
                "`items` must be a JSON pointer, found an integer; write `/POINTER`, to an array in the success body",
            ),
        ] {
            let extension = format!("{{{}}}", KEYS.replace(right, slip));
            assert_eq!(findings(&extension, page, ""), [expected], "{slip}");
        }
    }

    #[test]
    fn a_property_is_always_there_if_each_on_its_way_is_required_and_not_null() {
        let schema = |required: &str, inner: &str| {
            let inner = format!("{{type: object, required: [b], properties: {{b: {{type: integer{inner}}}}}}}");
            let text = format!("{{type: object, required: [{required}], properties: {{a: {inner}, c: {{}}}}}}");
            crate::source::parse(Source::new("api.yaml", text)).unwrap().root
        };
        for (required, inner, expected) in
            [("a", "", true), ("a, c", "", true), ("c", "", false), ("", "", false), ("a", ", nullable: true", false)]
        {
            let schema = schema(required, inner);
            assert_eq!(is_always_there(&Value::Null, &schema, "/a/b"), expected, "{required}; {inner}");
        }
    }
}
