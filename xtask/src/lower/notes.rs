//! What the passes have to know of the document besides what progenitor makes of it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::crumb;
use super::examples::{self, TOLD};
use super::literal::literal;
#[cfg(doc)]
use super::parameters;
use super::parameters::{FILE, TEXT_BODY};
use super::schemas::reachable;
use crate::RUNTIME;
use crate::document::Pointer;
use crate::lower::license;
use crate::openapi::extensions::PAGINATION;
use crate::openapi::media_type;
use crate::openapi::servers::{self, NoBaseUrl};
use crate::openapi::shapes::METHODS;

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
    /// What is shown, with the types that decode it.
    pub examples: Vec<ExampleNote>,
    /// How many examples contradict their schemas, and are not among these.
    pub left_out: usize,
}

impl Notes {
    /// Whether a request sends the type of this name.
    #[must_use]
    pub fn is_sent(&self, name: &str) -> bool {
        self.types.get(name).is_some_and(|note| note.is_sent)
    }
}

/// An example.
#[derive(Debug)]
pub struct ExampleNote {
    /// Where it is shown.
    pub at: Pointer,
    /// The type that decodes it, as its users would write it.
    pub rust_type: String,
    /// What is shown.
    pub value: Value,
    /// What the type encodes: what is shown without what stands for nothing.
    pub expected: Value,
    /// The pointers to what is decoded by a function, which may take it in another spelling than is written.
    pub respelled: Vec<String>,
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
    /// Its licence, if that is an SPDX expression.
    pub license: Option<String>,
    /// The host of its first server.
    pub host: Option<String>,
    /// The server that a client uses unless told otherwise, or why there is none.
    pub server: Result<ServerNote, NoBaseUrl>,
}

impl Info {
    /// What the client is, in one sentence, also where the document has no title.
    #[must_use]
    pub fn sentence(&self) -> String {
        let title = self.title.split_whitespace().collect::<Vec<_>>().join(" ");
        match (title.trim_end_matches('.'), &self.host) {
            ("", Some(host)) => format!("A client of the API at {host}."),
            ("", None) => "A client generated from an OpenAPI document.".to_owned(),
            (title, _) => format!("A client of {title}."),
        }
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
#[derive(Debug, Default)]
pub struct OperationNote {
    /// The name of its method in the client.
    pub name: String,
    /// The name of its module: a file's, so in ASCII.
    pub module: String,
    /// The HTTP method, in lower case.
    pub method: String,
    /// The path as the document has it, with the names of parameters that are theirs on the wire.
    pub path: String,
    /// What the document writes behind the path: parameters of the query with the same value in every request.
    pub fixed_query: Vec<(String, String)>,
    /// What it does, in a line.
    pub summary: Option<String>,
    /// What it does.
    pub description: Option<String>,
    /// Whether it should no longer be used.
    pub deprecated: bool,
    /// Its parameters, in the order of the document; a body that is text, bytes or a form is among them.
    pub parameters: Vec<ParameterNote>,
    /// Its request body, if it has one that is JSON.
    pub body: Option<BodyNote>,
    /// How its list comes in pages, if it does.
    pub pagination: Option<PaginationNote>,
    /// Its responses, in the order of the document.
    pub responses: Vec<ResponseNote>,
    /// The media types that its successes have, where they are not simply JSON.
    pub accept: Option<String>,
}

impl OperationNote {
    /// The responses that say that the request succeeded. Where none is documented, the one for all other statuses
    /// describes the success as well.
    pub fn successes(&self) -> impl Iterator<Item = &ResponseNote> {
        let has_success = self.responses.iter().any(ResponseNote::is_success);
        self.responses
            .iter()
            .filter(move |response| response.is_success() || (!has_success && response.status == "default"))
    }

    /// The responses that say that the request failed.
    pub fn failures(&self) -> impl Iterator<Item = &ResponseNote> {
        self.responses.iter().filter(|response| !response.is_success())
    }

    /// What a success is: the body that all documented successes have in common; nothing where they differ.
    #[must_use]
    pub fn success(&self) -> Option<Body> {
        let mut bodies = self.successes().map(|response| &response.body);
        let first = bodies.next().unwrap_or(&Body::Nothing);
        bodies.all(|body| body == first).then(|| first.clone())
    }
}

/// A request body that is JSON.
#[derive(Debug)]
pub struct BodyNote {
    /// The name of its type.
    pub type_name: String,
    /// Whether a request is wrong without it.
    pub required: bool,
    /// What it is.
    pub description: Option<String>,
    /// Its media type.
    pub media_type: String,
}

/// What an answer holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// Nothing that is documented.
    Nothing,
    /// JSON, of the type with this name.
    Json(String),
    /// Text.
    Text,
    /// Bytes.
    Bytes,
}

/// How a list comes in pages: `x-pagination`.
#[derive(Debug)]
pub struct PaginationNote {
    /// The setter of the page's number.
    pub page: String,
    /// Whether that setter should no longer be used.
    pub page_is_deprecated: bool,
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
#[derive(Debug, Default)]
pub struct ParameterNote {
    /// The name of its setter.
    pub name: String,
    /// Its name on the wire.
    pub wire_name: String,
    /// Where it goes: `path`, `query`, `header`, `cookie`, or what [`parameters`] names besides.
    pub place: String,
    /// How it is written: a style of OpenAPI's.
    pub style: String,
    /// Whether lists and objects are written item by item.
    pub explode: bool,
    /// Its media type, if it is a whole body.
    pub media_type: Option<String>,
    /// Whether it should no longer be used.
    pub deprecated: bool,
    /// Whether a request is wrong without it.
    pub required: bool,
    /// What it is.
    pub description: Option<String>,
    /// The bounds of its values, in words.
    pub bounds: Option<String>,
    /// The first documented example, as Rust writes a value from which the parameter's is made.
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
    /// Its body.
    pub body: Body,
    /// The media type of its body, if it has one.
    pub media_type: Option<String>,
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
    /// Whether it is left out when it is nothing, though it may be null.
    pub is_skipped: bool,
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
        examples: root[examples::SHOWN].as_array().into_iter().flatten().map(example_note).collect(),
        left_out: root[examples::LEFT_OUT].as_u64().and_then(|count| count.try_into().ok()).unwrap_or_default(),
    }
}

fn example_note(shown: &Value) -> ExampleNote {
    let respelled = shown["respelled"].as_array().into_iter().flatten().filter_map(Value::as_str);
    ExampleNote {
        at: Pointer::from_text(text(shown, "at").unwrap_or_default()),
        rust_type: text(shown, "type").unwrap_or_default(),
        value: shown["value"].clone(),
        expected: shown["expected"].clone(),
        respelled: respelled.map(str::to_owned).collect(),
    }
}

fn info(root: &Value) -> Info {
    let server = &root["servers"][0];
    Info {
        title: text(&root["info"], "title").unwrap_or_default(),
        version: text(&root["info"], "version").unwrap_or_default(),
        description: text(&root["info"], "description"),
        license: license::expression(&root["info"]["license"]),
        host: servers::url(server).as_deref().and_then(host),
        server: servers::base_url(root).map(|url| ServerNote { url, description: text(server, "description") }),
    }
}

/// The host of a URL, if it has a name or an address.
fn host(url: &str) -> Option<String> {
    let (_, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit('@').next()?.split(':').next()?;
    host.starts_with(|c: char| c.is_alphanumeric()).then(|| host.to_owned())
}

fn text(value: &Value, key: &str) -> Option<String> {
    value.get(key).and_then(Value::as_str).map(str::to_owned).filter(|text| !text.trim().is_empty())
}

fn operations(root: &Value) -> Vec<OperationNote> {
    let mut operations = Vec::new();
    for (path, item) in root["paths"].as_object().into_iter().flatten() {
        for method in METHODS {
            if let Some(operation) = item.get(method) {
                operations.push(operation_note(root, method, path, operation));
            }
        }
    }
    operations
}

fn operation_note(root: &Value, method: &str, path: &str, operation: &Value) -> OperationNote {
    OperationNote {
        name: text(operation, "operationId").unwrap_or_default(),
        module: text(operation, crumb::MODULE).unwrap_or_default(),
        method: method.to_owned(),
        path: path.split(['?', '#']).next().unwrap_or_default().to_owned(),
        fixed_query: fixed_query(path),
        summary: text(operation, "summary"),
        description: text(operation, "description"),
        deprecated: crumb::is_set(operation, "deprecated"),
        parameters: operation["parameters"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|parameter| parameter_note(root, parameter))
            .collect(),
        body: operation.get("requestBody").and_then(body_note),
        pagination: operation.get(PAGINATION).map(|extension| pagination_note(extension, operation)),
        responses: operation["responses"].as_object().into_iter().flatten().filter_map(response_note).collect(),
        accept: accept(operation),
    }
}

fn fixed_query(path: &str) -> Vec<(String, String)> {
    let query = path.split('#').next().and_then(|path| path.split_once('?')).map_or("", |(_, query)| query);
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    pairs.map(|pair| pair.split_once('=').unwrap_or((pair, ""))).map(|(a, b)| (a.to_owned(), b.to_owned())).collect()
}

/// The media types of the successes, unless they are what the client asks for by itself.
fn accept(operation: &Value) -> Option<String> {
    let responses = operation["responses"].as_object()?;
    let is_success = |status: &str| status.starts_with('2');
    let has_success = responses.keys().any(|status| is_success(status));
    let mut types: Vec<&str> = Vec::new();
    for (status, response) in responses {
        let counts = if has_success { is_success(status) } else { status == "default" };
        if let Some(name) = response.get(crumb::MEDIA_TYPE).and_then(Value::as_str).filter(|_| counts)
            && !types.contains(&name)
            && name.contains('/')
        {
            types.push(name);
        }
    }
    let is_plain = |name: &&str| matches!(media_type::essence(name).as_str(), "application/json" | "application/*");
    let is_any_json =
        |name: &&str| *name == "*/*" && !responses.values().any(|response| response.get(crumb::FORMAT).is_some());
    (!types.iter().all(|name| is_plain(name) || is_any_json(name))).then(|| types.join(", "))
}

fn pagination_note(extension: &Value, operation: &Value) -> PaginationNote {
    let wire_name = text(extension, "page").unwrap_or_default();
    let parameters = operation["parameters"].as_array();
    let setter = parameters.into_iter().flatten().find(|parameter| parameter[crumb::WIRE_NAME] == wire_name.as_str());
    PaginationNote {
        page_is_deprecated: setter.is_some_and(|parameter| crumb::is_set(parameter, "deprecated")),
        page: setter.and_then(|parameter| text(parameter, "name")).unwrap_or(wire_name),
        items: text(extension, "items").unwrap_or_default(),
        total_pages: text(extension, "total_pages").unwrap_or_default(),
        total: text(extension, "total"),
        current_page: text(extension, "current_page"),
    }
}

fn parameter_note(root: &Value, parameter: &Value) -> ParameterNote {
    let named = parameter["examples"].as_object().and_then(|examples| examples.values().next());
    let example =
        [parameter.get("example"), named.and_then(|example| example.get("value")), parameter["schema"].get("example")];
    let place = text(parameter, "in").unwrap_or_default();
    let is_sent_as_file = is_file(&parameter["schema"]) || is_file(&parameter["schema"]["items"]);
    // The defaults of OpenAPI 3.0.3, "Parameter Object" and "Encoding Object".
    let default_style = if matches!(place.as_str(), "path" | "header") { "simple" } else { "form" };
    let style = text(parameter, "style").unwrap_or_else(|| default_style.to_owned());
    ParameterNote {
        name: text(parameter, "name").unwrap_or_default(),
        wire_name: text(parameter, crumb::WIRE_NAME).unwrap_or_default(),
        explode: parameter.get("explode").and_then(Value::as_bool).unwrap_or(style == "form"),
        style,
        place: if is_sent_as_file { FILE.to_owned() } else { place },
        media_type: text(parameter, crumb::MEDIA_TYPE),
        deprecated: crumb::is_set(parameter, "deprecated"),
        required: crumb::is_set(parameter, "required"),
        description: text(parameter, "description").or_else(|| text(&parameter["schema"], "description")),
        bounds: text(&parameter["schema"], crumb::BOUNDS),
        example: example.into_iter().flatten().next().and_then(|example| literal(root, &parameter["schema"], example)),
    }
}

fn is_file(schema: &Value) -> bool {
    let path = schema[crumb::RUST_TYPE]["path"].as_str().unwrap_or_default();
    path.rsplit_once("::") == Some((&RUNTIME.replace('-', "_"), "File"))
}

/// Informational answers never reach a caller.
fn response_note((status, response): (&String, &Value)) -> Option<ResponseNote> {
    (!status.starts_with('1')).then(|| ResponseNote {
        status: status.clone(),
        name: text(response, crumb::COMPONENT),
        description: text(response, "description").unwrap_or_default(),
        body: response_body(response),
        media_type: text(response, crumb::MEDIA_TYPE),
    })
}

fn response_body(response: &Value) -> Body {
    match response.get(crumb::FORMAT).and_then(Value::as_str) {
        Some(TEXT_BODY) => Body::Text,
        Some(_) => Body::Bytes,
        None => json_body(response).map_or(Body::Nothing, |(_, name)| Body::Json(name)),
    }
}

fn body_note(body: &Value) -> Option<BodyNote> {
    let (media_type, type_name) = json_body(body)?;
    let media_type = if media_type.contains('*') { "application/json".to_owned() } else { media_type };
    let (required, description) = (crumb::is_set(body, "required"), text(body, "description"));
    Some(BodyNote { type_name, required, description, media_type })
}

/// The media type of a JSON body, and the name of its type: the lowering gave each one.
fn json_body(holder: &Value) -> Option<(String, String)> {
    let (name, media) = holder.get("content")?.as_object()?.iter().next()?;
    Some((name.clone(), reference(&media["schema"])?))
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
        decode: text(property, crumb::DECODE).or_else(|| nothing(property)),
        nullable: crumb::is_set(property, crumb::NULLABLE),
        is_skipped: property.get(crumb::ABSENCE).is_some(),
        deprecated: crumb::is_set(property, "deprecated"),
    }
}

/// The function of the runtime that tells what is nothing at a place, where serde alone cannot.
fn nothing(property: &Value) -> Option<String> {
    let is_told = property.get(crumb::ABSENCE).is_some_and(|word| word == TOLD);
    let function = match (is_told, crumb::is_set(property, crumb::VACANT)) {
        (true, false) => "nullable",
        (false, true) => "empty_as_none",
        (true, true) => "nullable_empty_as_none",
        (false, false) => return None,
    };
    Some(format!("{}::php::{function}", RUNTIME.replace('-', "_")))
}

/// What a schema says of itself, or what it refers to.
fn described(root: &Value, schema: &Value) -> Option<String> {
    text(schema, "description")
        .or_else(|| text(crate::openapi::references::resolve(root, schema)?, "description"))
        .or_else(|| text(schema, "title"))
}

/// The types that a request sends.
fn sent(root: &Value) -> BTreeSet<String> {
    let mut schemas = Vec::new();
    for item in root["paths"].as_object().into_iter().flat_map(Map::values) {
        for operation in METHODS.iter().filter_map(|method| item.get(method)) {
            let content = operation["requestBody"]["content"].as_object();
            schemas.extend(content.into_iter().flat_map(Map::values).map(|media| &media["schema"]));
            let parameters = operation["parameters"].as_array();
            schemas.extend(parameters.into_iter().flatten().map(|parameter| &parameter["schema"]));
        }
    }
    reachable(root, &schemas)
}
