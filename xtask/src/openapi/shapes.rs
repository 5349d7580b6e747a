//! The shapes of OpenAPI's objects, as data: their fields, the kind of each field's value, and the versions of the
//! specification that have the field.
//!
//! From the OpenAPI Specification 3.0.3 and 3.1.1, section 4.7 and 4.8 ("Schema"), and JSON Schema 2020-12.
//! [`walk`](super::walk) and the normalization follow them.

use crate::openapi::version::Version;

/// The kind that a value must have.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// A string.
    Text,
    /// One of these strings.
    Word(&'static [&'static str]),
    /// `true` or `false`.
    Flag,
    /// A number.
    Number,
    /// An integer that is not negative.
    Count,
    /// Any value.
    Any,
    /// `true`, `false`, or a value of the other kind.
    FlagOr(&'static Kind),
    /// A list.
    List(&'static Kind),
    /// An object with keys of the author's choice.
    Map(&'static Kind),
    /// An object of a shape.
    Object(&'static Shape),
    /// An object of a shape, or a `$ref` to one.
    ObjectOrRef(&'static Shape),
}

impl Kind {
    /// Returns whether a value of this kind can hold an object of a shape.
    #[must_use]
    pub fn has_objects(&self) -> bool {
        match self {
            Self::Object(_) | Self::ObjectOrRef(_) => true,
            Self::List(kind) | Self::Map(kind) | Self::FlagOr(kind) => kind.has_objects(),
            _ => false,
        }
    }

    /// Returns the shape of a value that is one object.
    #[must_use]
    pub fn shape(&self) -> Option<&'static Shape> {
        match self {
            Self::Object(shape) | Self::ObjectOrRef(shape) => Some(shape),
            _ => None,
        }
    }

    /// Returns whether a value of this kind is a schema.
    #[must_use]
    pub fn is_schema(&self) -> bool {
        match self {
            Self::Object(shape) | Self::ObjectOrRef(shape) => std::ptr::eq(*shape, &raw const SCHEMA),
            _ => false,
        }
    }
}

/// An object of the specification.
#[derive(Debug)]
pub struct Shape {
    /// The name that the specification gives it.
    pub name: &'static str,
    /// The section of `components` that `$ref`s to it point into, if it has one.
    pub section: Option<&'static str>,
    /// The fields with fixed names.
    pub fields: &'static [Field],
    /// The rule and the kind of other fields, in objects whose keys are data (paths, statuses).
    pub others: Option<(KeyRule, Kind)>,
}

impl Shape {
    /// Returns whether this key is typical of an object of this shape, and cannot be a name in another object.
    #[must_use]
    pub fn takes(&self, key: &str) -> bool {
        let is_data = self.others.as_ref().is_some_and(|(rule, _)| !matches!(rule, KeyRule::Any) && rule.admits(key));
        is_data || self.field(key).is_some()
    }

    /// Returns the field with this name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name == name)
    }
}

impl KeyRule {
    /// Returns whether a key has the form that the rule asks for.
    #[must_use]
    pub fn admits(self, key: &str) -> bool {
        match self {
            Self::Path => key.starts_with('/'),
            Self::Status => is_status(key),
            Self::Any => true,
        }
    }
}

/// Returns whether a key is a status (`404`) or a range of them (`4XX`).
fn is_status(key: &str) -> bool {
    let mut characters = key.chars();
    let class = characters.next().is_some_and(|c| ('1'..='5').contains(&c));
    let rest: String = characters.collect();
    class && (rest == "XX" || (rest.len() == 2 && rest.bytes().all(|byte| byte.is_ascii_digit())))
}

/// A field with a fixed name.
#[derive(Debug)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// The kind of its value.
    pub kind: Kind,
    /// Whether an object must have it.
    pub presence: Presence,
    /// The only version that has the field; `None` if all have it.
    pub only: Option<Version>,
}

impl Field {
    /// Returns whether the field belongs to this version.
    #[must_use]
    pub fn is_in(&self, version: Version) -> bool {
        self.only.is_none_or(|only| only == version)
    }
}

/// Whether an object must have a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// The field may be absent.
    Optional,
    /// The specification requires the field, but the generator does not need it.
    Expected,
    /// The object cannot be used without the field.
    Required,
}

/// The form of keys that are data.
#[derive(Clone, Copy, Debug)]
pub enum KeyRule {
    /// A path: begins with `/`.
    Path,
    /// A status: `200`, `4XX`.
    Status,
    /// Any text.
    Any,
}

/// Returns a field that the object cannot be used without.
const fn required(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, presence: Presence::Required, only: None }
}

/// Returns a field that the specification requires and the generator does not need.
const fn expected(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, presence: Presence::Expected, only: None }
}

const fn optional(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, presence: Presence::Optional, only: None }
}

/// Returns an optional field of OpenAPI 3.1 that 3.0 does not have.
const fn newer(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, presence: Presence::Optional, only: Some(Version::V3_1) }
}

/// Returns an optional field of OpenAPI 3.0 that 3.1 does not have.
const fn older(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, presence: Presence::Optional, only: Some(Version::V3_0) }
}

const fn shape(name: &'static str, fields: &'static [Field]) -> Shape {
    Shape { name, section: None, fields, others: None }
}

/// Returns a shape whose objects have a section in `components`.
const fn component(name: &'static str, section: &'static str, fields: &'static [Field]) -> Shape {
    Shape { name, section: Some(section), fields, others: None }
}

use Kind::{Any, Count, Flag, FlagOr, List, Map, Number, Object, ObjectOrRef, Text, Word};

/// The whole document.
pub static DOCUMENT: Shape = shape(
    "OpenAPI",
    &[
        required("openapi", Text),
        expected("info", Object(&INFO)),
        expected("paths", Object(&PATHS)),
        optional("servers", List(&Object(&SERVER))),
        optional("components", Object(&COMPONENTS)),
        optional("security", List(&Map(&List(&Text)))),
        optional("tags", List(&Object(&TAG))),
        optional("externalDocs", Object(&EXTERNAL_DOCS)),
        newer("webhooks", Map(&Object(&PATH_ITEM))),
        newer("jsonSchemaDialect", Text),
    ],
);

static INFO: Shape = shape(
    "Info",
    &[
        expected("title", Text),
        expected("version", Text),
        optional("description", Text),
        optional("termsOfService", Text),
        optional("contact", Object(&CONTACT)),
        optional("license", Object(&LICENSE)),
        newer("summary", Text),
    ],
);

static CONTACT: Shape = shape("Contact", &[optional("name", Text), optional("url", Text), optional("email", Text)]);

/// The licence of the API.
pub static LICENSE: Shape =
    shape("License", &[expected("name", Text), optional("url", Text), newer("identifier", Text)]);

static EXTERNAL_DOCS: Shape = shape("External Documentation", &[expected("url", Text), optional("description", Text)]);

static TAG: Shape = shape(
    "Tag",
    &[expected("name", Text), optional("description", Text), optional("externalDocs", Object(&EXTERNAL_DOCS))],
);

/// A server.
pub static SERVER: Shape = shape(
    "Server",
    &[expected("url", Text), optional("description", Text), optional("variables", Map(&Object(&SERVER_VARIABLE)))],
);

static SERVER_VARIABLE: Shape = shape(
    "Server Variable",
    &[expected("default", Text), optional("enum", List(&Text)), optional("description", Text)],
);

static COMPONENTS: Shape = shape(
    "Components",
    &[
        optional("schemas", Map(&ObjectOrRef(&SCHEMA))),
        optional("responses", Map(&ObjectOrRef(&RESPONSE))),
        optional("parameters", Map(&ObjectOrRef(&PARAMETER))),
        optional("examples", Map(&ObjectOrRef(&EXAMPLE))),
        optional("requestBodies", Map(&ObjectOrRef(&REQUEST_BODY))),
        optional("headers", Map(&ObjectOrRef(&HEADER))),
        optional("securitySchemes", Map(&ObjectOrRef(&SECURITY_SCHEME))),
        optional("links", Map(&ObjectOrRef(&LINK))),
        optional("callbacks", Map(&ObjectOrRef(&CALLBACK))),
        newer("pathItems", Map(&Object(&PATH_ITEM))),
    ],
);

/// The paths of a document.
pub static PATHS: Shape =
    Shape { name: "Paths", section: None, fields: &[], others: Some((KeyRule::Path, Object(&PATH_ITEM))) };

/// A path item.
pub static PATH_ITEM: Shape = shape(
    "Path Item",
    &[
        optional("$ref", Text),
        optional("summary", Text),
        optional("description", Text),
        optional("get", Object(&OPERATION)),
        optional("put", Object(&OPERATION)),
        optional("post", Object(&OPERATION)),
        optional("delete", Object(&OPERATION)),
        optional("options", Object(&OPERATION)),
        optional("head", Object(&OPERATION)),
        optional("patch", Object(&OPERATION)),
        optional("trace", Object(&OPERATION)),
        optional("servers", List(&Object(&SERVER))),
        optional("parameters", List(&ObjectOrRef(&PARAMETER))),
    ],
);

/// An operation.
pub static OPERATION: Shape = shape(
    "Operation",
    &[
        optional("tags", List(&Text)),
        optional("summary", Text),
        optional("description", Text),
        optional("externalDocs", Object(&EXTERNAL_DOCS)),
        optional("operationId", Text),
        optional("parameters", List(&ObjectOrRef(&PARAMETER))),
        optional("requestBody", ObjectOrRef(&REQUEST_BODY)),
        expected("responses", Object(&RESPONSES)),
        optional("callbacks", Map(&ObjectOrRef(&CALLBACK))),
        optional("deprecated", Flag),
        optional("security", List(&Map(&List(&Text)))),
        optional("servers", List(&Object(&SERVER))),
    ],
);

/// A parameter.
pub static PARAMETER: Shape = component(
    "Parameter",
    "parameters",
    &[
        required("name", Text),
        required("in", Text),
        optional("description", Text),
        optional("required", Flag),
        optional("deprecated", Flag),
        optional("allowEmptyValue", Flag),
        optional("style", Text),
        optional("explode", Flag),
        optional("allowReserved", Flag),
        optional("schema", ObjectOrRef(&SCHEMA)),
        optional("example", Any),
        optional("examples", Map(&ObjectOrRef(&EXAMPLE))),
        optional("content", Map(&Object(&MEDIA_TYPE))),
    ],
);

/// A header, which is a parameter without a name and a place.
pub static HEADER: Shape = component(
    "Header",
    "headers",
    &[
        optional("description", Text),
        optional("required", Flag),
        optional("deprecated", Flag),
        optional("allowEmptyValue", Flag),
        optional("style", Text),
        optional("explode", Flag),
        optional("allowReserved", Flag),
        optional("schema", ObjectOrRef(&SCHEMA)),
        optional("example", Any),
        optional("examples", Map(&ObjectOrRef(&EXAMPLE))),
        optional("content", Map(&Object(&MEDIA_TYPE))),
    ],
);

/// A request body.
pub static REQUEST_BODY: Shape = component(
    "Request Body",
    "requestBodies",
    &[expected("content", Map(&Object(&MEDIA_TYPE))), optional("description", Text), optional("required", Flag)],
);

/// A media type.
pub static MEDIA_TYPE: Shape = shape(
    "Media Type",
    &[
        optional("schema", ObjectOrRef(&SCHEMA)),
        optional("example", Any),
        optional("examples", Map(&ObjectOrRef(&EXAMPLE))),
        optional("encoding", Map(&Object(&ENCODING))),
    ],
);

static ENCODING: Shape = shape(
    "Encoding",
    &[
        optional("contentType", Text),
        optional("headers", Map(&ObjectOrRef(&HEADER))),
        optional("style", Text),
        optional("explode", Flag),
        optional("allowReserved", Flag),
    ],
);

/// The responses of an operation.
pub static RESPONSES: Shape = Shape {
    name: "Responses",
    section: None,
    fields: &[optional("default", ObjectOrRef(&RESPONSE))],
    others: Some((KeyRule::Status, ObjectOrRef(&RESPONSE))),
};

/// A response.
pub static RESPONSE: Shape = component(
    "Response",
    "responses",
    &[
        expected("description", Text),
        optional("headers", Map(&ObjectOrRef(&HEADER))),
        optional("content", Map(&Object(&MEDIA_TYPE))),
        optional("links", Map(&ObjectOrRef(&LINK))),
    ],
);

static CALLBACK: Shape = Shape {
    name: "Callback",
    section: Some("callbacks"),
    fields: &[],
    others: Some((KeyRule::Any, Object(&PATH_ITEM))),
};

/// An example.
pub static EXAMPLE: Shape = component(
    "Example",
    "examples",
    &[
        optional("summary", Text),
        optional("description", Text),
        optional("value", Any),
        optional("externalValue", Text),
    ],
);

static LINK: Shape = component(
    "Link",
    "links",
    &[
        optional("operationRef", Text),
        optional("operationId", Text),
        optional("parameters", Map(&Any)),
        optional("requestBody", Any),
        optional("description", Text),
        optional("server", Object(&SERVER)),
    ],
);

static SECURITY_SCHEME: Shape = component(
    "Security Scheme",
    "securitySchemes",
    &[
        expected("type", Text),
        optional("description", Text),
        optional("name", Text),
        optional("in", Text),
        optional("scheme", Text),
        optional("bearerFormat", Text),
        optional("flows", Object(&OAUTH_FLOWS)),
        optional("openIdConnectUrl", Text),
    ],
);

/// The OAuth flows of a security scheme.
pub static OAUTH_FLOWS: Shape = shape(
    "OAuth Flows",
    &[
        optional("implicit", Object(&OAUTH_FLOW)),
        optional("password", Object(&OAUTH_FLOW)),
        optional("clientCredentials", Object(&OAUTH_FLOW)),
        optional("authorizationCode", Object(&OAUTH_FLOW)),
    ],
);

/// An OAuth flow.
pub static OAUTH_FLOW: Shape = shape(
    "OAuth Flow",
    &[
        optional("authorizationUrl", Text),
        optional("tokenUrl", Text),
        optional("refreshUrl", Text),
        optional("scopes", Map(&Text)),
    ],
);

static XML: Shape = shape(
    "XML",
    &[
        optional("name", Text),
        optional("namespace", Text),
        optional("prefix", Text),
        optional("attribute", Flag),
        optional("wrapped", Flag),
    ],
);

/// The types of OpenAPI 3.0.
pub const TYPES: &[&str] = &["array", "boolean", "integer", "number", "object", "string"];

/// A schema.
pub static SCHEMA: Shape = component(
    "Schema",
    "schemas",
    &[
        optional("title", Text),
        optional("multipleOf", Number),
        optional("maximum", Number),
        optional("exclusiveMaximum", Flag),
        optional("minimum", Number),
        optional("exclusiveMinimum", Flag),
        optional("maxLength", Count),
        optional("minLength", Count),
        optional("pattern", Text),
        optional("maxItems", Count),
        optional("minItems", Count),
        optional("uniqueItems", Flag),
        optional("maxProperties", Count),
        optional("minProperties", Count),
        optional("required", List(&Text)),
        optional("enum", List(&Any)),
        optional("type", Word(TYPES)),
        optional("not", ObjectOrRef(&SCHEMA)),
        optional("allOf", List(&ObjectOrRef(&SCHEMA))),
        optional("oneOf", List(&ObjectOrRef(&SCHEMA))),
        optional("anyOf", List(&ObjectOrRef(&SCHEMA))),
        optional("items", ObjectOrRef(&SCHEMA)),
        optional("properties", Map(&ObjectOrRef(&SCHEMA))),
        optional("additionalProperties", FlagOr(&ObjectOrRef(&SCHEMA))),
        optional("description", Text),
        optional("format", Text),
        optional("default", Any),
        older("nullable", Flag),
        optional("discriminator", Object(&DISCRIMINATOR)),
        optional("readOnly", Flag),
        optional("writeOnly", Flag),
        optional("xml", Object(&XML)),
        optional("externalDocs", Object(&EXTERNAL_DOCS)),
        optional("example", Any),
        optional("deprecated", Flag),
        // JSON Schema 2020-12.
        newer("$anchor", Text),
        newer("$comment", Text),
        newer("$defs", Map(&ObjectOrRef(&SCHEMA))),
        newer("$dynamicAnchor", Text),
        newer("$dynamicRef", Text),
        newer("$id", Text),
        newer("$schema", Text),
        newer("$vocabulary", Map(&Flag)),
        newer("const", Any),
        newer("contains", ObjectOrRef(&SCHEMA)),
        newer("contentEncoding", Text),
        newer("contentMediaType", Text),
        newer("contentSchema", ObjectOrRef(&SCHEMA)),
        newer("definitions", Map(&ObjectOrRef(&SCHEMA))),
        newer("dependentRequired", Map(&List(&Text))),
        newer("dependentSchemas", Map(&ObjectOrRef(&SCHEMA))),
        newer("else", ObjectOrRef(&SCHEMA)),
        newer("examples", List(&Any)),
        newer("if", ObjectOrRef(&SCHEMA)),
        newer("maxContains", Count),
        newer("minContains", Count),
        newer("patternProperties", Map(&ObjectOrRef(&SCHEMA))),
        newer("prefixItems", List(&ObjectOrRef(&SCHEMA))),
        newer("propertyNames", ObjectOrRef(&SCHEMA)),
        newer("then", ObjectOrRef(&SCHEMA)),
        newer("unevaluatedItems", ObjectOrRef(&SCHEMA)),
        newer("unevaluatedProperties", ObjectOrRef(&SCHEMA)),
    ],
);

/// A discriminator.
pub static DISCRIMINATOR: Shape =
    shape("Discriminator", &[expected("propertyName", Text), optional("mapping", Map(&Text))]);
