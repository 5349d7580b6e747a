//! What the passes have to know of the document besides what progenitor makes of it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::crumb;
use super::schemas::reachable;
use super::visit::METHODS;
use crate::check::pagination::EXTENSION;
use crate::media_type;

/// The notes about a document.
#[derive(Debug)]
pub struct Notes {
    /// What the document says of itself.
    pub info: Info,
    /// Its operations, in the order of the document.
    pub operations: Vec<OperationNote>,
    /// Its schemas by the name of their type.
    pub types: BTreeMap<String, TypeNote>,
    /// The names of the types in the order of the document.
    pub type_order: Vec<String>,
}

impl Notes {
    /// Whether any request sends a type of its own.
    #[must_use]
    pub fn has_sent_types(&self) -> bool {
        self.types.values().any(|note| note.is_sent)
    }
}

/// What the document says of itself.
#[derive(Debug)]
pub struct Info {
    /// Its title.
    pub title: String,
    /// Its version.
    pub version: String,
    /// What it is about.
    pub description: Option<String>,
    /// The servers, the one to use first.
    pub servers: Vec<ServerNote>,
}

impl Info {
    /// What the client is, in one sentence, also where the document has no title.
    #[must_use]
    pub fn sentence(&self) -> String {
        let title = self.title.split_whitespace().collect::<Vec<_>>().join(" ");
        match (title.trim_end_matches('.'), self.host()) {
            ("", Some(host)) => format!("A client of the API at {host}."),
            ("", None) => "A client generated from an OpenAPI document.".to_owned(),
            (title, _) => format!("A client of {title}."),
        }
    }

    /// The host of the first server that names one.
    #[must_use]
    pub fn host(&self) -> Option<&str> {
        self.servers.iter().find_map(|server| {
            let (_, rest) = server.url.split_once("://")?;
            let authority = rest.split(['/', '?', '#']).next()?;
            let host = authority.rsplit('@').next()?.split(':').next()?;
            host.starts_with(|c: char| c.is_alphanumeric()).then_some(host)
        })
    }
}

/// A server.
#[derive(Debug)]
pub struct ServerNote {
    /// Its base URL.
    pub url: String,
    /// What it is for.
    pub description: Option<String>,
}

/// An operation.
#[derive(Debug)]
pub struct OperationNote {
    /// The name of its method in the client.
    pub name: String,
    /// The name of its module: a file's, so in ASCII.
    pub module: String,
    /// The HTTP method, in lower case.
    pub method: String,
    /// The path as the document has it, with the names of parameters that are theirs on the wire.
    pub path: String,
    /// What it does, in a line.
    pub summary: Option<String>,
    /// What it does.
    pub description: Option<String>,
    /// Whether it should no longer be used.
    pub deprecated: bool,
    /// Its parameters, in the order of the document.
    pub parameters: Vec<ParameterNote>,
    /// The name of the type of its request body, if it has one.
    pub body: Option<String>,
    /// How its list comes in pages, if it does.
    pub pagination: Option<PaginationNote>,
    /// Its responses, in the order of the document.
    pub responses: Vec<ResponseNote>,
}

/// How a list comes in pages: `x-pagination`.
#[derive(Debug)]
pub struct PaginationNote {
    /// The setter of the page's number.
    pub page: String,
    /// The JSON pointer to the items of a page.
    pub items: String,
    /// The JSON pointer to the number of pages.
    pub total_pages: String,
    /// The JSON pointer to the number of items of all pages.
    pub total: Option<String>,
    /// The JSON pointer to the number of the page.
    pub current_page: Option<String>,
}

/// A parameter.
#[derive(Debug)]
pub struct ParameterNote {
    /// The name of its setter.
    pub name: String,
    /// Its name on the wire.
    pub wire_name: String,
    /// Where it goes: `path`, `query` or `header`.
    pub place: String,
    /// Whether a request is wrong without it.
    pub required: bool,
    /// What it is.
    pub description: Option<String>,
    /// The bounds of its values, in words.
    pub bounds: Option<String>,
    /// The first documented example, as text.
    pub example: Option<String>,
}

/// A response.
#[derive(Debug)]
pub struct ResponseNote {
    /// The status: `200`, `4XX` or `default`.
    pub status: String,
    /// The name that the document gives it, if it is a component.
    pub name: Option<String>,
    /// What it means.
    pub description: String,
    /// The name of the type of its body; nothing where it has none.
    pub body: Option<String>,
}

impl ResponseNote {
    /// Whether it is what the caller hoped for.
    #[must_use]
    pub fn is_success(&self) -> bool {
        self.status.starts_with('2')
    }
}

/// A schema that became a type.
#[derive(Debug)]
pub struct TypeNote {
    /// What it is.
    pub description: Option<String>,
    /// Its fields, in the order of the document.
    pub fields: Vec<FieldNote>,
    /// Its variants, in their order, if it is an enumeration or a choice.
    pub variants: Vec<VariantNote>,
    /// Whether a request sends it.
    pub is_sent: bool,
}

/// A variant of a type.
#[derive(Debug)]
pub struct VariantNote {
    /// Its name.
    pub name: String,
    /// The text that it is in JSON, if it is one of an enumeration.
    pub text: Option<String>,
    /// What it is.
    pub description: Option<String>,
}

/// A field of a type.
#[derive(Debug)]
pub struct FieldNote {
    /// Its name in Rust.
    pub name: String,
    /// Its name in JSON.
    pub wire_name: String,
    /// What it is.
    pub description: Option<String>,
    /// The bounds of its values, in words.
    pub bounds: Option<String>,
    /// The function that decodes it, if not serde alone.
    pub decode: Option<String>,
    /// Whether it may be null.
    pub nullable: bool,
    /// Whether it should no longer be used.
    pub deprecated: bool,
}

/// Collects the notes of a lowered document.
#[must_use]
pub fn collect(root: &Value) -> Notes {
    let empty = Map::new();
    let components = root["components"]["schemas"].as_object().unwrap_or(&empty);
    let sent = sent(root);
    Notes {
        info: info(root),
        operations: operations(root),
        types: components
            .iter()
            .map(|(name, schema)| (name.clone(), type_note(root, schema, sent.contains(name))))
            .collect(),
        type_order: components.keys().cloned().collect(),
    }
}

fn info(root: &Value) -> Info {
    let servers = root["servers"].as_array();
    Info {
        title: text(&root["info"], "title").unwrap_or_default(),
        version: text(&root["info"], "version").unwrap_or_default(),
        description: text(&root["info"], "description"),
        servers: servers
            .into_iter()
            .flatten()
            .map(|server| ServerNote { url: server_url(server), description: text(server, "description") })
            .collect(),
    }
}

/// The URL of a server with the defaults of its variables.
fn server_url(server: &Value) -> String {
    let url = text(server, "url").unwrap_or_default();
    server["variables"].as_object().into_iter().flatten().fold(url, |url, (name, variable)| {
        url.replace(&format!("{{{name}}}"), variable["default"].as_str().unwrap_or_default())
    })
}

fn text(value: &Value, key: &str) -> Option<String> {
    value.get(key).and_then(Value::as_str).map(str::to_owned).filter(|text| !text.trim().is_empty())
}

fn operations(root: &Value) -> Vec<OperationNote> {
    let mut operations = Vec::new();
    for (path, item) in root["paths"].as_object().into_iter().flatten() {
        let path = text(item, crumb::WIRE_NAME).unwrap_or_else(|| path.clone());
        for method in METHODS {
            if let Some(operation) = item.get(method) {
                operations.push(operation_note(method, &path, operation, operations.len()));
            }
        }
    }
    operations
}

fn operation_note(method: &str, path: &str, operation: &Value, index: usize) -> OperationNote {
    let name = text(operation, "operationId").unwrap_or_default();
    OperationNote {
        module: if name.is_ascii() { name.clone() } else { format!("operation_number_{}", index + 1) },
        name,
        method: method.to_owned(),
        path: path.to_owned(),
        summary: text(operation, "summary"),
        description: text(operation, "description"),
        deprecated: crumb::is_set(operation, "deprecated"),
        parameters: operation["parameters"].as_array().into_iter().flatten().map(parameter_note).collect(),
        body: operation.get("requestBody").and_then(body_type),
        pagination: operation.get(EXTENSION).map(|extension| pagination_note(extension, operation)),
        responses: operation[crumb::RESPONSES].as_object().into_iter().flatten().map(response_note).collect(),
    }
}

fn pagination_note(extension: &Value, operation: &Value) -> PaginationNote {
    let wire_name = text(extension, "page").unwrap_or_default();
    let parameters = operation["parameters"].as_array();
    let setter = parameters.into_iter().flatten().find(|parameter| parameter[crumb::WIRE_NAME] == wire_name.as_str());
    PaginationNote {
        page: setter.and_then(|parameter| text(parameter, "name")).unwrap_or(wire_name),
        items: text(extension, "items").unwrap_or_default(),
        total_pages: text(extension, "total_pages").unwrap_or_default(),
        total: text(extension, "total"),
        current_page: text(extension, "current_page"),
    }
}

fn parameter_note(parameter: &Value) -> ParameterNote {
    let named = parameter["examples"].as_object().and_then(|examples| examples.values().next());
    let example =
        [parameter.get("example"), named.and_then(|example| example.get("value")), parameter["schema"].get("example")];
    ParameterNote {
        name: text(parameter, "name").unwrap_or_default(),
        wire_name: text(parameter, crumb::WIRE_NAME).unwrap_or_default(),
        place: text(parameter, "in").unwrap_or_default(),
        required: crumb::is_set(parameter, "required"),
        description: text(parameter, "description").or_else(|| text(&parameter["schema"], "description")),
        bounds: text(&parameter["schema"], crumb::BOUNDS),
        example: example.into_iter().flatten().next().map(shown),
    }
}

fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn response_note((status, response): (&String, &Value)) -> ResponseNote {
    ResponseNote {
        status: status.clone(),
        name: text(response, crumb::COMPONENT),
        description: text(response, "description").unwrap_or_default(),
        body: body_type(response),
    }
}

/// The name of the type of a body: the lowering gave each one.
fn body_type(holder: &Value) -> Option<String> {
    let content = holder.get("content")?.as_object()?;
    let (_, media) = content.iter().find(|(name, _)| media_type::is_json(name))?;
    reference(&media["schema"])
}

fn reference(schema: &Value) -> Option<String> {
    schema.get("$ref").and_then(Value::as_str).and_then(|target| target.rsplit('/').next()).map(str::to_owned)
}

fn type_note(root: &Value, schema: &Value, is_sent: bool) -> TypeNote {
    let properties = schema["properties"].as_object().into_iter().flatten();
    TypeNote {
        description: text(schema, "description").or_else(|| text(schema, "title")),
        fields: properties.map(|(name, property)| field_note(root, name, property)).collect(),
        variants: variants(root, schema),
        is_sent,
    }
}

fn variants(root: &Value, schema: &Value) -> Vec<VariantNote> {
    let list = |key: &str| schema.get(key).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let name = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let listed = list("enum").iter().zip(list(crumb::VALUES));
    let of_enumeration =
        listed.map(|(variant, text)| VariantNote { name: name(variant), text: Some(name(text)), description: None });
    let chosen = list(crumb::VARIANTS).iter().zip(list("oneOf"));
    let of_choice = chosen.map(|(variant, alternative)| VariantNote {
        name: name(variant),
        text: None,
        description: described(root, alternative),
    });
    of_enumeration.chain(of_choice).collect()
}

fn field_note(root: &Value, name: &str, property: &Value) -> FieldNote {
    FieldNote {
        name: name.to_owned(),
        // Any text can be a name in JSON, the empty one as well.
        wire_name: property.get(crumb::WIRE_NAME).and_then(Value::as_str).unwrap_or(name).to_owned(),
        description: described(root, property),
        bounds: text(property, crumb::BOUNDS),
        decode: text(property, crumb::DECODE),
        nullable: crumb::is_set(property, crumb::NULLABLE),
        deprecated: crumb::is_set(property, "deprecated"),
    }
}

/// What a schema says of itself, or what it refers to.
fn described(root: &Value, schema: &Value) -> Option<String> {
    text(schema, "description")
        .or_else(|| text(crate::resolve::resolve(root, schema)?, "description"))
        .or_else(|| text(schema, "title"))
}

/// The types that a request sends.
fn sent(root: &Value) -> BTreeSet<String> {
    let mut schemas = Vec::new();
    for item in root["paths"].as_object().into_iter().flat_map(Map::values) {
        for operation in METHODS.iter().filter_map(|method| item.get(method)) {
            let content = operation["requestBody"]["content"].as_object();
            schemas.extend(content.into_iter().flat_map(Map::values).map(|media| &media["schema"]));
        }
    }
    reachable(root, &schemas)
}
