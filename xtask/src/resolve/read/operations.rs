//! Reads the operations of a document.

use serde_json::{Map, Value};

use super::Reader;
use super::schemas::is_set;
use crate::document::Pointer;
use crate::model::Method;
use crate::openapi::extensions::{PAGINATION, SCOPES};
use crate::openapi::references::targets;
use crate::openapi::security::{alternatives, requirements};
use crate::resolve::decisions::{Decisions, Rule};
use crate::resolve::draft::{Operation, Pagination};
use crate::resolve::operation_names;
use crate::resolve::text::not_blank;

/// A Path Item object with the one that its `$ref` leads to.
struct PathItem<'d> {
    own: Option<(&'d Map<String, Value>, Pointer)>,
    referenced: Option<(&'d Map<String, Value>, Pointer)>,
}

impl<'d> PathItem<'d> {
    fn new(reader: &Reader<'d>, value: &'d Value, at: Pointer) -> Self {
        let (target, place) = reader.followed(value, at.clone());
        let is_reference = value.get("$ref").is_some();
        let referenced = target.as_object().filter(|_| is_reference).map(|fields| (fields, place));
        Self { own: value.as_object().map(|fields| (fields, at)), referenced }
    }

    /// Returns a field with its place. What the path says itself goes before what it refers to.
    fn field(&self, key: &str) -> Option<(&'d Value, Pointer)> {
        let of = |(fields, at): &(&'d Map<String, Value>, Pointer)| Some((fields.get(key)?, at.key(key)));
        self.own.as_ref().and_then(of).or_else(|| self.referenced.as_ref().and_then(of))
    }
}

impl<'d> Reader<'d> {
    /// Reads all operations, in the order of the document, and names them.
    pub fn operations(&self, decisions: &mut Decisions) -> Vec<Operation> {
        let (paths, mut operations, mut ids) = (Pointer::root().key("paths"), Vec::new(), Vec::new());
        for (path, value) in self.root["paths"].as_object().into_iter().flatten() {
            let item = PathItem::new(self, value, paths.key(path));
            for method in Method::ALL {
                let Some((Value::Object(fields), at)) = item.field(method.key()) else { continue };
                ids.push(fields.get("operationId").and_then(Value::as_str));
                operations.push(self.operation(path, method, fields, &at, &item, decisions));
            }
        }
        operation_names::name(&mut operations, &ids, decisions);
        operations
    }

    fn operation(
        &self,
        path: &str,
        method: Method,
        fields: &'d Map<String, Value>,
        at: &Pointer,
        item: &PathItem<'d>,
        decisions: &mut Decisions,
    ) -> Operation {
        if fields.contains_key("callbacks") {
            decisions.add(
                Rule::DropCallbacks,
                &at.key("callbacks"),
                "callbacks are requests that the server sends: the client has types of their payloads, and no method",
            );
        }
        let mut operation = Operation {
            at: at.clone(),
            path: path.to_owned(),
            method,
            name: String::new(),
            module: String::new(),
            summary: words(fields, "summary"),
            description: words(fields, "description"),
            deprecated: is_set(fields, "deprecated"),
            scopes: texts(fields, SCOPES),
            security: requirements(self.root, fields).map(|list| alternatives(self.root, list)),
            server: server(fields, at, item),
            parameters: self.parameters(path, fields, at, item.field("parameters"), decisions),
            body: None,
            responses: self.responses(fields, at, decisions),
            headers: self.headers(fields, at, decisions),
            pagination: fields.get(PAGINATION).and_then(Value::as_object).map(pagination),
        };
        self.read_request_body(&mut operation, fields, decisions);
        operation
    }

    /// Follows the `$ref`s of a value that stands at `at`, and returns the last value with its place.
    pub(super) fn followed(&self, value: &'d Value, at: Pointer) -> (&'d Value, Pointer) {
        let target = targets(self.root, value).last();
        target.map_or((value, at), |(place, target)| (target, place))
    }
}

/// Returns the place of the first server of an operation, or else of its path.
fn server(fields: &Map<String, Value>, at: &Pointer, item: &PathItem<'_>) -> Option<Pointer> {
    let first = |(list, at): (&Value, Pointer)| list.get(0).map(|_| at.index(0));
    let own = fields.get("servers").map(|list| (list, at.key("servers")));
    own.and_then(first).or_else(|| item.field("servers").and_then(first))
}

/// Returns a text field that is not blank.
pub(super) fn words(fields: &Map<String, Value>, key: &str) -> Option<String> {
    not_blank(fields.get(key).and_then(Value::as_str)).map(str::to_owned)
}

/// Returns the texts of a list. A field that is absent is an empty list.
fn texts(fields: &Map<String, Value>, key: &str) -> Vec<String> {
    let items = fields.get(key).and_then(Value::as_array).into_iter().flatten();
    items.filter_map(Value::as_str).map(str::to_owned).collect()
}

fn pagination(extension: &Map<String, Value>) -> Pagination {
    let required = |key: &str| words(extension, key).unwrap_or_default();
    Pagination {
        page: required("page"),
        items: required("items"),
        total_pages: required("total_pages"),
        total: words(extension, "total"),
        current_page: words(extension, "current_page"),
    }
}
