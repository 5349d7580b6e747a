//! Drafts for the tests of the examples.

use serde_json::{Value, json};

use crate::document::Pointer;
use crate::model::{Encoding, Location, Method, PartEncoding, Status, Style};
use crate::resolve::decisions::Decisions;
use crate::resolve::draft::{Content, Draft, Operation, Parameter, Response};
use crate::resolve::read::Reader;
use crate::resolve::schema::{Example, Kind, Schema};

/// Returns a draft of these components, in which null belongs to the place.
pub fn draft(schemas: &Value) -> Draft {
    let root = json!({"paths": {}, "components": {"schemas": schemas}});
    let components = Reader::new(&root).components(&mut Decisions::new(false));
    let mut draft = Draft { components, ..Draft::default() };
    draft.schemas_mut(&mut |_, schema| schema.place.nullable |= std::mem::take(&mut schema.nullable));
    draft
}

/// Removes the examples of all schemas.
pub fn remove_examples(draft: &mut Draft) {
    draft.schemas_mut(&mut |_, schema| {
        schema.example = None;
        schema.place.examples = None;
    });
}

/// Returns this schema.
pub fn schema(value: &Value) -> Schema {
    draft(&json!({"A": value})).components.swap_remove("A").expect("the component is read")
}

/// Returns an example at this place.
pub fn example(at: &str, value: Value) -> Example {
    Example { at: Pointer::from_text(at), value }
}

/// Returns an operation without parameters, a body or responses.
pub fn operation() -> Operation {
    Operation {
        at: Pointer::root(),
        path: "/a".to_owned(),
        method: Method::Get,
        name: "a".to_owned(),
        module: "a".to_owned(),
        summary: None,
        description: None,
        deprecated: false,
        scopes: Vec::new(),
        security: None,
        server: None,
        parameters: Vec::new(),
        body: None,
        responses: Vec::new(),
        headers: Vec::new(),
        pagination: None,
    }
}

/// Returns a parameter of this type with one example.
pub fn parameter(kind: &str, value: Value) -> Parameter {
    let at = Pointer::root().key("p");
    Parameter {
        schema: Schema { kind: Kind::parse(kind), ..Schema::any(&at.key("schema")) },
        examples: vec![example("/p/example", value)],
        at,
        wire_name: "p".to_owned(),
        name: "p".to_owned(),
        location: Location::Query,
        encoding: Encoding::new(Style::Form, None),
        part: PartEncoding::default(),
        empty_setter: None,
        required: false,
        deprecated: false,
        description: None,
        example: None,
    }
}

/// Returns a response of JSON.
pub fn response(schema: Schema, examples: Vec<Example>) -> Response {
    Response {
        at: Pointer::root(),
        status: Status::Code(200),
        component: None,
        description: String::new(),
        media_type: Some("application/json".to_owned()),
        content: Content::Json { schema: Box::new(schema), examples, framing: None },
    }
}
