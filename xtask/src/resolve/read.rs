//! Reads the document into a draft: its schemas, and its operations with everything that they refer to in place.

mod bodies;
mod operations;
mod parameters;
mod payloads;
mod schemas;

use std::collections::BTreeMap;

use serde_json::Value;

use super::decisions::{Decisions, Rule};
use super::names::{Names, type_name};
use super::schema::{Components, Schema};
use crate::document::Pointer;
use crate::openapi::shapes::SCHEMA;
use crate::openapi::walk::walk_values;

/// A reader of one document.
pub struct Reader<'d> {
    /// The document.
    pub root: &'d Value,
    /// The parts that are components because a `$ref` leads to them, by their places, with their names.
    parts: BTreeMap<Pointer, String>,
}

impl<'d> Reader<'d> {
    /// A reader of the document with this root.
    #[must_use]
    pub fn new(root: &'d Value) -> Self {
        Self { root, parts: referenced_parts(root) }
    }

    /// Reads the components' schemas, and the parts that become components.
    pub fn components(&self, decisions: &mut Decisions) -> Components {
        let section = schemas_section();
        let written = section.lookup(self.root).and_then(Value::as_object).into_iter().flatten();
        let mut components: Components =
            written.map(|(name, schema)| (name.clone(), self.schema(schema, &section.key(name), decisions))).collect();
        // The deepest first.
        for (pointer, name) in self.parts.iter().rev() {
            let Some(part) = pointer.lookup(self.root) else { continue };
            decisions.add(
                Rule::NameReferencedParts,
                pointer,
                format_args!("it is referred to, and becomes the component `{name}`"),
            );
            components.insert(name.clone(), self.schema_itself(part, pointer, decisions));
        }
        components
    }

    /// Reads a schema; a reference, where the schema has become a component.
    pub fn schema(&self, value: &Value, at: &Pointer, decisions: &mut Decisions) -> Schema {
        match self.parts.get(at) {
            Some(name) => Schema::reference(at, name),
            None => self.schema_itself(value, at, decisions),
        }
    }
}

fn schemas_section() -> Pointer {
    Pointer::root().keys(["components", "schemas"])
}

/// Returns the parts of the document other than components that a `$ref` to a schema leads to, with the names that
/// they get: typify knows components only.
fn referenced_parts(root: &Value) -> BTreeMap<Pointer, String> {
    let mut parts = BTreeMap::new();
    for reference in walk_values(root).references {
        let pointer = Pointer::from_reference(reference.target).filter(|pointer| !is_component(pointer));
        if let Some(pointer) = pointer.filter(|_| std::ptr::eq(reference.shape, &raw const SCHEMA)) {
            parts.insert(pointer, String::new());
        }
    }
    let mut names = Names::default();
    let written = schemas_section().lookup(root).and_then(Value::as_object).into_iter().flatten();
    written.for_each(|(name, _)| drop(names.unique(name)));
    for (pointer, name) in &mut parts {
        *name = names.unique(&type_name(&name_of_part(pointer)));
    }
    parts
}

fn is_component(pointer: &Pointer) -> bool {
    pointer.as_str().strip_prefix("/components/schemas/").is_some_and(|name| !name.contains('/'))
}

/// Returns the words of a pointer that tell one part from another.
fn name_of_part(pointer: &Pointer) -> String {
    const COMMON: &[&str] = &["components", "schemas", "paths", "properties", "content", "schema", "application/json"];
    let words: Vec<_> = pointer.segments().filter(|segment| !COMMON.contains(&segment.as_str())).collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::{Location, Status};
    use crate::resolve::draft::{Content, Operation};
    use crate::resolve::schema::Kind;

    /// Reads the operations of a document with these paths and components.
    fn operations(paths: &Value, components: &Value) -> (Vec<Operation>, Vec<String>) {
        let mut decisions = Decisions::new(true);
        let root = json!({"paths": paths, "components": components});
        let operations = Reader::new(&root).operations(&mut decisions);
        (operations, decisions.list())
    }

    /// Reads one operation, `POST /a`.
    fn operation(operation: &Value, schemas: &Value) -> (Operation, Vec<String>) {
        let (mut operations, decisions) = operations(&json!({"/a": {"post": operation}}), &json!({"schemas": schemas}));
        (operations.remove(0), decisions)
    }

    #[test]
    fn shared_parts_are_read_through_any_number_of_references() {
        let (operations, _) = operations(
            &json!({"/a": {"get": {
                "parameters": [{"$ref": "#/components/parameters/P%20q"}],
                "responses": {"401": {"$ref": "#/components/responses/A"}},
            }}}),
            &json!({
                "parameters": {"P q": {"name": "p", "in": "query"}},
                "responses": {"A": {"$ref": "#/components/responses/B"}, "B": {"description": "b"}},
            }),
        );
        let (parameter, response) = (&operations[0].parameters[0], &operations[0].responses[0]);
        assert_eq!((&*parameter.wire_name, parameter.at.as_str()), ("p", "/components/parameters/P q"));
        assert_eq!((&*response.description, response.component.as_deref()), ("b", Some("A")));
        assert_eq!(response.at.as_str(), "/components/responses/B");
    }

    #[test]
    fn a_part_of_another_operation_can_be_shared() {
        let (operations, _) = operations(
            &json!({
                "/a": {"get": {"parameters": [{"name": "p", "in": "query"}]}},
                "/b": {"get": {"parameters": [{"$ref": "#/paths/~1a/get/parameters/0"}]}},
            }),
            &json!({}),
        );
        assert_eq!(operations[1].parameters[0].wire_name, "p");
    }

    #[test]
    fn a_path_item_may_be_a_reference() {
        let paths = json!({"/a": {"get": {"operationId": "a"}}, "/b": {"$ref": "#/paths/~1a", "put": {}}});
        let (operations, _) = operations(&paths, &json!({}));
        let read: Vec<_> = operations.iter().map(|one| format!("{} {}", one.path, one.at.as_str())).collect();
        assert_eq!(read, ["/a /paths/~1a/get", "/b /paths/~1a/get", "/b /paths/~1b/put"]);
    }

    #[test]
    fn callbacks_are_reported() {
        let (_, decisions) = operation(&json!({"callbacks": {"done": {}}}), &json!({}));
        assert!(decisions[0].starts_with("/paths/~1a/post/callbacks "), "{decisions:?}");
    }

    #[test]
    fn an_operation_replaces_the_parameters_of_its_path() {
        let (operations, _) = operations(
            &json!({"/a": {
                "parameters": [{"name": "x", "in": "query"}, {"name": "y", "in": "query"}],
                "get": {"parameters": [{"name": "x", "in": "query"}]},
            }}),
            &json!({}),
        );
        let places: Vec<_> = operations[0].parameters.iter().map(|parameter| parameter.at.as_str()).collect();
        assert_eq!(places, ["/paths/~1a/parameters/1", "/paths/~1a/get/parameters/0"]);
    }

    /// Reads the parameters of `GET` on a path, each as its location and name.
    fn parameters(path: &str, parameters: &Value) -> (Vec<String>, Vec<String>) {
        let (operations, decisions) = operations(&json!({path: {"get": {"parameters": parameters}}}), &json!({}));
        let read = operations[0].parameters.iter().map(|one| {
            let required = if one.required { "required " } else { "" };
            format!("{required}{:?} {}", one.location, one.wire_name)
        });
        (
            read.collect(),
            decisions.into_iter().filter(|one| !one.contains("schema") && !one.contains("called")).collect(),
        )
    }

    #[test]
    fn the_last_of_two_parameters_counts() {
        let query = |deprecated: bool| json!({"name": "q", "in": "query", "schema": {}, "deprecated": deprecated});
        let (read, decisions) = parameters("/a", &json!([query(false), {"name": "q", "in": "header"}, query(true)]));
        assert_eq!(read, ["Header q", "Query q"]);
        assert_eq!(decisions, ["/paths/~1a/get/parameters/0 the parameter `q` stands here twice: the last one counts"]);
    }

    #[test]
    fn headers_that_the_client_sends_itself_are_no_parameters() {
        let header = |name: &str| json!({"name": name, "in": "header"});
        let (read, decisions) =
            parameters("/a", &json!([header("ACCEPT"), {"name": "accept", "in": "query"}, header("X")]));
        assert_eq!(read, ["Query accept", "Header X"]);
        assert_eq!(decisions.len(), 1);
    }

    #[test]
    fn a_parameter_without_a_name_is_dropped() {
        let (read, decisions) = parameters("/a", &json!([{"name": "", "in": "query"}]));
        assert!(read.is_empty());
        assert_eq!(decisions.len(), 1);
    }

    #[test]
    fn a_path_and_its_parameters_agree() {
        let path = |name: &str| json!({"name": name, "in": "path"});
        let (read, decisions) = parameters("/a/{x}/{y}/{y}", &json!([path("x"), path("z")]));
        assert_eq!(read, ["required Path y", "required Path x"]);
        let at = "/paths/~1a~1{x}~1{y}~1{y}/get";
        assert_eq!(
            decisions,
            [
                format!("{at}/parameters/1 the path has no `{{z}}` for this parameter: it is left out"),
                format!("{at} no parameter describes the `{{y}}` of the path: it is a text"),
                format!("{at}/parameters/0 the path parameter `x` is required: every one is"),
            ]
        );
    }

    #[test]
    fn a_style_of_another_location_becomes_the_default() {
        for (place, style, expected) in [
            ("query", "deepObject", "DeepObject"),
            ("query", "simple", "Form"),
            ("path", "matrix", "Matrix"),
            ("path", "form", "Simple"),
            ("header", "form", "Simple"),
            ("cookie", "deepObject", "Form"),
        ] {
            let parameter = json!({"name": "x", "in": place, "required": true, "style": style, "schema": {}});
            let (operations, decisions) =
                operations(&json!({"/{x}": {"get": {"operationId": "a", "parameters": [parameter]}}}), &json!({}));
            let read = operations[0].parameters.iter().find(|one| one.at.as_str().ends_with("/0")).unwrap();
            assert_eq!(format!("{:?}", read.encoding.style), expected, "{place} {style}");
            let styles = decisions.iter().filter(|decision| decision.contains("style")).count();
            assert_eq!(styles, usize::from(!style.eq_ignore_ascii_case(expected)), "{place} {style}");
        }
    }

    #[test]
    fn each_parameter_has_a_schema() {
        for (mut parameter, kind) in [
            (json!({}), Some("string")),
            (json!({"schema": {"type": "integer"}}), Some("integer")),
            (json!({"content": {"text/plain": {"schema": {"type": "object"}}}}), Some("string")),
            (json!({"content": {"application/json": {"schema": {"type": "object"}}}}), Some("object")),
            (json!({"content": {"application/json": {}}}), None),
        ] {
            parameter["name"] = "x".into();
            parameter["in"] = "query".into();
            let (read, _) = operation(&json!({"parameters": [parameter]}), &json!({}));
            assert_eq!(read.parameters[0].schema.kind.map(Kind::as_str), kind, "{parameter}");
        }
    }

    /// How a response with this content is read.
    fn response(content: &Value) -> String {
        let schemas = json!({"File": {"type": "string", "format": "binary"}, "A": {"type": "object"}});
        let (read, _) = operation(&json!({"responses": {"200": {"content": content}}}), &schemas);
        match &read.responses[0].content {
            Content::Nothing => "nothing".to_owned(),
            Content::Json { .. } => read.responses[0].media_type.clone().unwrap(),
            Content::Text => "text".to_owned(),
            Content::Bytes => "bytes".to_owned(),
            Content::TextEvents => "events".to_owned(),
        }
    }

    #[test]
    fn json_goes_before_text_and_text_before_bytes() {
        for (content, expected) in [
            (json!({"application/xml": {}, "application/json": {}}), "application/json"),
            (json!({"application/hal+json": {}, "application/json": {}}), "application/json"),
            (json!({"image/png": {}, "text/json": {}}), "text/json"),
            (json!({"image/png": {}, "text/csv": {}}), "text"),
            (json!({"text/plain": {"schema": {"type": "object"}}}), "text"),
            (json!({"image/png": {}}), "bytes"),
            (json!({"text/event-stream": {}}), "events"),
            (json!({"application/x-ndjson": {"schema": {"type": "object"}}}), "application/x-ndjson"),
            (json!({"application/x-ndjson": {"schema": {}}, "application/json": {}}), "application/json"),
            (json!({"*/*": {"schema": {"$ref": "#/components/schemas/A"}}}), "*/*"),
            (json!({"*/*": {"schema": {"type": "string"}}}), "text"),
            (json!({"*/*": {"schema": {"$ref": "#/components/schemas/File"}}}), "bytes"),
            (json!({"*/*": {}}), "bytes"),
            (json!({"application/json": {"schema": {"type": "string", "format": "binary"}}}), "bytes"),
            (json!({"application/json": {"schema": {"type": "string"}}}), "application/json"),
            (json!({}), "nothing"),
        ] {
            assert_eq!(response(&content), expected, "{content}");
        }
    }

    #[test]
    fn media_types_that_are_not_used_are_reported() {
        let content = json!({"text/csv": {}, "application/json": {}});
        let (_, decisions) =
            operation(&json!({"operationId": "a", "responses": {"200": {"content": content}}}), &json!({}));
        assert_eq!(
            decisions,
            [
                "/paths/~1a/post/responses/200/content the body is `application/json` for the client, which does not speak `text/csv`"
            ]
        );
    }

    #[test]
    fn a_body_of_text_or_bytes_is_a_parameter() {
        for (media_type, location) in [
            ("image/*", Location::Bytes("application/octet-stream".to_owned())),
            ("application/xml", Location::Text("application/xml".to_owned())),
        ] {
            let body = json!({"required": true, "content": {media_type: {}}});
            let (read, _) = operation(&json!({"requestBody": body}), &json!({}));
            assert!(read.body.is_none());
            let parameter = &read.parameters[0];
            assert_eq!((&parameter.location, parameter.required), (&location, true));
            assert_eq!(parameter.at.as_str(), "/paths/~1a/post/requestBody");
        }
    }

    #[test]
    fn a_body_without_content_is_none() {
        let (read, _) = operation(&json!({"requestBody": {"content": {}}}), &json!({}));
        assert!(read.body.is_none() && read.parameters.is_empty());
    }

    #[test]
    fn a_status_is_parsed() {
        for (text, expected) in [
            ("200", Some(Status::Code(200))),
            ("4XX", Some(Status::Class(4))),
            ("default", Some(Status::Default)),
            ("x", None),
        ] {
            assert_eq!(Status::parse(text), expected);
            assert!(expected.is_none_or(|status| status.to_string() == text));
        }
    }

    #[test]
    fn a_part_that_is_referred_to_is_a_component() {
        let root = json!({"components": {"schemas": {
            "A": {"properties": {"b": {"properties": {"c": {"type": "string"}}}}},
            "D": {"properties": {"e": {"$ref": "#/components/schemas/A/properties/b"}}},
        }}});
        let mut decisions = Decisions::new(true);
        let components = Reader::new(&root).components(&mut decisions);
        assert_eq!(components.keys().collect::<Vec<_>>(), ["A", "D", "Ab"]);
        for (owner, property) in [("A", "b"), ("D", "e")] {
            assert_eq!(components[owner].property(property).unwrap().reference.as_deref(), Some("Ab"));
        }
        assert!(components["Ab"].is_struct());
        assert_eq!(decisions.list().len(), 1);
    }
}
