//! The parts of a document that a client is made of, while the choices are made.

use std::collections::BTreeMap;

use serde_json::Value;

use super::schema::{Components, Example, Role, Schema};
use crate::document::Pointer;
use crate::model::{Encoding, Location, Method, PartEncoding, Status, Style};
use crate::openapi::media_type::{Format, Framing};

/// The parts of a document that a client is made of.
#[derive(Debug, Default)]
pub struct Draft {
    /// The components' schemas.
    pub components: Components,
    /// The operations, in the order of the document.
    pub operations: Vec<Operation>,
    /// The payloads of the requests that the server sends.
    pub payloads: Vec<Payload>,
}

/// An operation.
#[derive(Debug)]
pub struct Operation {
    /// Where the document has it.
    pub at: Pointer,
    /// Its path as the document has it.
    pub path: String,
    /// Its HTTP method.
    pub method: Method,
    /// The name of its method of the client.
    pub name: String,
    /// The name of its module.
    pub module: String,
    /// Its summary.
    pub summary: Option<String>,
    /// Its description.
    pub description: Option<String>,
    /// Whether it should no longer be used.
    pub deprecated: bool,
    /// The scopes that it requires.
    pub scopes: Vec<String>,
    /// The alternatives of its credentials, each as the names of its schemes, if the document states any.
    pub security: Option<Vec<Vec<String>>>,
    /// Where the document has the server of it or of its path, if there is one.
    pub server: Option<Pointer>,
    /// Its parameters.
    pub parameters: Vec<Parameter>,
    /// Its request body, unless it is a parameter.
    pub body: Option<Body>,
    /// Its responses, in the order of the document.
    pub responses: Vec<Response>,
    /// The headers of its successes.
    pub headers: Vec<Parameter>,
    /// Its pagination.
    pub pagination: Option<Pagination>,
}

/// A parameter.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// Where the document has it.
    pub at: Pointer,
    /// Its name in the request.
    pub wire_name: String,
    /// The name of its setter.
    pub name: String,
    /// Where it goes.
    pub location: Location,
    /// How it is written.
    pub encoding: Encoding,
    /// How it is written as parts.
    pub part: PartEncoding,
    /// The name of the setter that sends it with an empty value, if it may have one.
    pub empty_setter: Option<String>,
    /// Whether a request without it is invalid.
    pub required: bool,
    /// Whether it should no longer be used.
    pub deprecated: bool,
    /// Its description.
    pub description: Option<String>,
    /// Its schema.
    pub schema: Schema,
    /// Its first example as it is written, for the documentation.
    pub example: Option<Value>,
    /// Its examples as values of its schema.
    pub examples: Vec<Example>,
}

/// A request body.
#[derive(Debug)]
pub struct Body {
    /// Where the document has it.
    pub at: Pointer,
    /// Its media type.
    pub media_type: String,
    /// How it is sent: as JSON or as a form.
    pub format: Format,
    /// Whether a request without it is invalid.
    pub required: bool,
    /// Its description.
    pub description: Option<String>,
    /// Its schema.
    pub schema: Schema,
    /// Its examples.
    pub examples: Vec<Example>,
    /// The encodings of the fields of a form by their names.
    pub encodings: BTreeMap<String, FieldEncoding>,
}

/// The encoding of a field of a form (OpenAPI 3.0.3, "Encoding Object").
#[derive(Clone, Debug, Default)]
pub struct FieldEncoding {
    /// The media type of its value, or several with commas between them.
    pub content_type: Option<String>,
    /// Its style, unless the document has one that does not exist.
    pub style: Option<Style>,
    /// Whether lists and objects are written item by item.
    pub explode: Option<bool>,
    /// Whether reserved characters in its value are sent as they are.
    pub allow_reserved: Option<bool>,
    /// The headers of its parts that have one value, each with it.
    pub headers: Vec<(String, String)>,
    /// Whether its parts may have a style, which is a feature of OpenAPI 3.1.
    pub has_styled_parts: bool,
}

/// The payload of a webhook or a callback.
#[derive(Debug)]
pub struct Payload {
    /// The words that name its type.
    pub words: String,
    /// Its schema.
    pub schema: Schema,
    /// Its examples.
    pub examples: Vec<Example>,
}

/// A response.
#[derive(Debug)]
pub struct Response {
    /// Where the document has it.
    pub at: Pointer,
    /// Its status as the document has it.
    pub status: Status,
    /// The name of the component that it is.
    pub component: Option<String>,
    /// Its description.
    pub description: String,
    /// The media type of its body, if it has one.
    pub media_type: Option<String>,
    /// Its body.
    pub content: Content,
}

/// The body of a response.
#[derive(Debug)]
pub enum Content {
    /// None that is documented.
    Nothing,
    /// JSON.
    Json {
        /// Its schema.
        schema: Box<Schema>,
        /// Its examples.
        examples: Vec<Example>,
        /// How its values follow each other, if they are the items of a stream.
        framing: Option<Framing>,
    },
    /// Text.
    Text,
    /// A stream of events with data of text.
    TextEvents,
    /// Bytes.
    Bytes,
}

/// How a list comes in pages, as `x-pagination` describes it.
#[derive(Clone, Debug)]
pub struct Pagination {
    /// The name of the parameter with the number of the page.
    pub page: String,
    /// The JSON pointer to the items.
    pub items: String,
    /// The JSON pointer to the number of pages.
    pub total_pages: String,
    /// The JSON pointer to the number of items of all pages.
    pub total: Option<String>,
    /// The JSON pointer to the number of the page.
    pub current_page: Option<String>,
}

impl Draft {
    /// Calls `f` for every schema, the inner ones before those around them: first the components, then the operations
    /// and the payloads.
    pub fn schemas_mut(&mut self, f: &mut dyn FnMut(Role, &mut Schema)) {
        for schema in self.components.values_mut() {
            schema.visit_mut(Role::Component, f);
        }
        for operation in &mut self.operations {
            operation.holders_mut(&mut |schema| schema.visit_mut(Role::Holder, f));
        }
        for payload in &mut self.payloads {
            payload.schema.visit_mut(Role::Holder, f);
        }
    }

    /// Returns the component that a schema refers to, or the schema itself.
    #[must_use]
    pub fn resolved<'d>(&'d self, schema: &'d Schema) -> &'d Schema {
        schema.reference.as_ref().and_then(|name| self.components.get(name)).unwrap_or(schema)
    }
}

impl Operation {
    /// Calls `f` for the schemas of its parameters and bodies.
    pub fn holders_mut(&mut self, f: &mut dyn FnMut(&mut Schema)) {
        self.parameters.iter_mut().for_each(|parameter| f(&mut parameter.schema));
        self.headers.iter_mut().for_each(|header| f(&mut header.schema));
        self.body.iter_mut().for_each(|body| f(&mut body.schema));
        for response in &mut self.responses {
            if let Content::Json { schema, .. } = &mut response.content {
                f(schema);
            }
        }
    }
}

impl Content {
    /// Returns the schema of JSON.
    #[must_use]
    pub fn schema(&self) -> Option<&Schema> {
        match self {
            Self::Json { schema, .. } => Some(schema),
            _ => None,
        }
    }
}
