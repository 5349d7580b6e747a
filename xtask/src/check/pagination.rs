//! `x-pagination`: how a list comes in pages. Everything that it names has to be there, and of the right kind.

use serde_json::{Map, Value};

use super::outline::OPERATION;
use super::structure::Met;
use crate::diagnostics::{Code, Diagnostic, Place};
use crate::document::{Document, Pointer};
use crate::lower::crumb::{DECODE, NULLABLE, is_set};
use crate::media_type;
use crate::resolve::resolve;

/// The extension.
pub const EXTENSION: &str = "x-pagination";

/// A key of the extension that is a JSON pointer into the success body.
pub struct Key {
    /// Its name.
    pub name: &'static str,
    /// The type of what it leads to.
    pub kind: &'static str,
    /// Whether the extension is wrong without it.
    required: bool,
}

/// The keys that are pointers.
pub const KEYS: &[Key] = &[
    Key { name: "items", kind: "array", required: true },
    Key { name: "total_pages", kind: "integer", required: true },
    Key { name: "total", kind: "integer", required: false },
    Key { name: "current_page", kind: "integer", required: false },
];

/// The findings about the document's paginated operations.
#[must_use]
pub fn check(document: &Document, objects: &[Met<'_>]) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for operation in objects.iter().filter(|met| met.is(&OPERATION)) {
        if let Some(extension) = operation.fields.get(EXTENSION) {
            let at = operation.at.key(EXTENSION);
            match extension {
                Value::Object(fields) => of_operation(document, operation, fields, &at, &mut findings),
                _ => findings.push(Diagnostic::error(
                    Code::InvalidPagination,
                    Place::Value(at),
                    format!("`{EXTENSION}` has to be an object"),
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
    findings.extend(page_parameter(document, operation, extension, at));
    for key in extension.keys().filter(|key| *key != "page" && KEYS.iter().all(|known| known.name != *key)) {
        findings.push(Diagnostic::error(
            Code::InvalidPagination,
            Place::Key(at.key(key)),
            format!("`{EXTENSION}` has no key `{key}`"),
            "its keys are `page`, `items`, `total_pages`, `total` and `current_page`",
        ));
    }
    for key in KEYS {
        match extension.get(key.name).and_then(Value::as_str) {
            Some(pointer) => findings.extend(body_pointer(document, operation, key, pointer, at)),
            None if key.required || extension.contains_key(key.name) => findings.push(Diagnostic::error(
                Code::InvalidPagination,
                Place::Key(at.clone()),
                format!("`{EXTENSION}` needs `{}`", key.name),
                format!("add `{}: /POINTER`, to an {} in the success body", key.name, key.kind),
            )),
            None => {}
        }
    }
}

/// The page number is a query parameter that may be left out, and an integer.
fn page_parameter(
    document: &Document,
    operation: &Met<'_>,
    extension: &Map<String, Value>,
    at: &Pointer,
) -> Option<Diagnostic> {
    let Some(name) = extension.get("page").and_then(Value::as_str) else {
        return Some(Diagnostic::error(
            Code::InvalidPagination,
            Place::Key(at.clone()),
            format!("`{EXTENSION}` needs `page`"),
            "add `page: PARAMETER`, the query parameter that carries the number of the page",
        ));
    };
    let parameters = operation.fields.get("parameters").and_then(Value::as_array);
    let found =
        parameters.into_iter().flatten().filter_map(|parameter| resolve(&document.root, parameter)).any(|parameter| {
            let schema = resolve(&document.root, &parameter["schema"]);
            parameter["name"] == name
                && parameter["in"] == "query"
                && parameter.get("required") != Some(&Value::Bool(true))
                && schema.is_some_and(|schema| schema["type"] == "integer")
        });
    (!found).then(|| {
        Diagnostic::error(
            Code::PaginationParameter,
            Place::Value(at.key("page")),
            format!("`{name}` is no optional integer parameter in the query of this operation"),
            "name the parameter that carries the number of the page",
        )
    })
}

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
            format!("describe the success body, or remove `{EXTENSION}`"),
        ));
    };
    let found = pointer
        .strip_prefix('/')
        .and_then(|path| path.split('/').try_fold(schema, |schema, segment| property(&document.root, schema, segment)));
    let is_right = found.is_some_and(|schema| schema["type"] == key.kind);
    if is_right && always_there(&document.root, schema, pointer, plain).is_none() {
        return Some(Diagnostic::error(
            Code::PaginationPointer,
            Place::Value(at.key(key.name)),
            format!("`{pointer}` leads through a property that may be missing or null"),
            "list it under `required`: without it, nobody knows whether a page is the last",
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

/// What a pointer leads to, if all properties on its way are required and none of them is nullable. `form` gives the
/// form of a schema that has the properties.
pub fn always_there<'v>(
    root: &'v Value,
    schema: &'v Value,
    pointer: &str,
    form: impl Fn(&'v Value, &'v Value) -> Option<&'v Value>,
) -> Option<&'v Value> {
    let is_nullable = |schema: &Value| is_set(schema, "nullable") || is_set(schema, NULLABLE);
    pointer.split('/').skip(1).try_fold(schema, |schema, segment| {
        let object = form(root, schema)?;
        let is_required = object["required"].as_array()?.iter().any(|name| name == segment);
        let next = object["properties"].get(segment).filter(|next| is_required && !is_nullable(next))?;
        (!resolve(root, next).is_some_and(is_nullable)).then_some(next)
    })
}

fn success_schema<'d>(document: &'d Document, operation: &Met<'d>) -> Option<&'d Value> {
    let responses = operation.fields.get("responses")?.as_object()?;
    let (_, response) = responses.iter().find(|(status, _)| status.starts_with('2'))?;
    let content = resolve(&document.root, response)?["content"].as_object()?;
    let (_, media) = content.iter().find(|(name, _)| media_type::is_json(name))?;
    media.get("schema")
}

/// The schema of a property: behind references, described references, and the form that a decoded schema has in
/// Rust.
fn property<'d>(root: &'d Value, schema: &'d Value, name: &str) -> Option<&'d Value> {
    plain(root, plain(root, schema)?["properties"].get(name)?)
}

fn plain<'d>(root: &'d Value, schema: &'d Value) -> Option<&'d Value> {
    let schema = resolve(root, schema)?;
    let first = |key: &str| schema.get(key).and_then(Value::as_array).and_then(|parts| parts.first());
    match (first("allOf"), first("oneOf")) {
        (Some(part), _) if schema.get("properties").is_none() => plain(root, part),
        (_, Some(part)) if schema.get(DECODE).is_some() => plain(root, part),
        _ => Some(schema),
    }
}
