//! The support for each part of a document, as the table of `README.md` states it: a test compares the two, and holds
//! the table to the features that are reported and to the fields of the [shapes](crate::openapi::shapes).

/// The support that the client has for a part of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// The client does what it says.
    Honoured,
    /// The client does not, and a warning says so.
    Reported,
    /// There is nothing that a client could do.
    Meaningless,
}

impl Class {
    /// The class as a word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Honoured => "honoured",
            Self::Reported => "reported",
            Self::Meaningless => "meaningless",
        }
    }
}

/// A row of the table.
#[derive(Debug)]
pub struct Row {
    /// The part of a document; of what is reported, the name of the feature.
    pub name: &'static str,
    /// The support that the client has for it.
    pub class: Class,
    /// How, or what it means for a caller.
    pub words: &'static str,
    /// The fields of the shapes that belong here, as `OBJECT.FIELD`. Each belongs to one row.
    pub fields: &'static [&'static str],
}

const fn honoured(name: &'static str, words: &'static str, fields: &'static [&'static str]) -> Row {
    Row { name, class: Class::Honoured, words, fields }
}

const fn reported(name: &'static str, words: &'static str, fields: &'static [&'static str]) -> Row {
    Row { name, class: Class::Reported, words, fields }
}

const fn meaningless(name: &'static str, words: &'static str, fields: &'static [&'static str]) -> Row {
    Row { name, class: Class::Meaningless, words, fields }
}

/// The rows, in the order of the table.
pub const ROWS: &[Row] = &[
    honoured(
        "paths and operations",
        "one method each, with its words and whether it is deprecated",
        &[
            "OpenAPI.paths",
            "Path Item.$ref",
            "Path Item.get",
            "Path Item.put",
            "Path Item.post",
            "Path Item.delete",
            "Path Item.options",
            "Path Item.head",
            "Path Item.patch",
            "Path Item.trace",
            "Path Item.parameters",
            "Operation.operationId",
            "Operation.summary",
            "Operation.description",
            "Operation.deprecated",
            "Operation.parameters",
            "Operation.requestBody",
            "Operation.responses",
            "Components.pathItems",
        ],
    ),
    honoured(
        "parameters in the path, the query, headers and cookies",
        "one setter each; every style, and JSON where `content` says so",
        &[
            "Components.parameters",
            "Parameter.name",
            "Parameter.in",
            "Parameter.description",
            "Parameter.required",
            "Parameter.deprecated",
            "Parameter.style",
            "Parameter.explode",
            "Parameter.schema",
        ],
    ),
    honoured(
        "bodies of JSON, forms, text and bytes",
        "one type each; a form has a setter for each field",
        &[
            "Components.requestBodies",
            "Components.responses",
            "Request Body.content",
            "Request Body.description",
            "Request Body.required",
            "Responses.default",
            "Response.description",
            "Response.content",
            "Media Type.schema",
            "Media Type.encoding",
        ],
    ),
    honoured(
        "headers of answers",
        "reachable by name, as text, on the response and on the error",
        &[
            "Components.headers",
            "Response.headers",
            "Header.required",
            "Header.deprecated",
            "Header.allowEmptyValue",
            "Header.style",
            "Header.explode",
            "Header.allowReserved",
            "Header.schema",
            "Header.content",
        ],
    ),
    honoured(
        "types of values",
        "structures, open enumerations, choices, lists and maps; a choice that cannot be told apart is one structure",
        &[
            "Components.schemas",
            "Schema.$ref",
            "Schema.$defs",
            "Schema.definitions",
            "Schema.title",
            "Schema.description",
            "Schema.type",
            "Schema.nullable",
            "Schema.enum",
            "Schema.const",
            "Schema.properties",
            "Schema.required",
            "Schema.additionalProperties",
            "Schema.items",
            "Schema.allOf",
            "Schema.oneOf",
            "Schema.anyOf",
        ],
    ),
    honoured(
        "formats and bounds of texts and numbers",
        "documented at fields and parameters; the server checks them",
        &[
            "Schema.format",
            "Schema.multipleOf",
            "Schema.maximum",
            "Schema.exclusiveMaximum",
            "Schema.minimum",
            "Schema.exclusiveMinimum",
            "Schema.maxLength",
            "Schema.minLength",
        ],
    ),
    honoured(
        "examples",
        "checked against their schemas; `--emit-tests` makes a test of each",
        &[
            "Components.examples",
            "Example.value",
            "Parameter.example",
            "Parameter.examples",
            "Header.example",
            "Header.examples",
            "Media Type.example",
            "Media Type.examples",
            "Schema.example",
            "Schema.examples",
        ],
    ),
    honoured(
        "servers",
        "the first one is `BASE_URL`, with the defaults of its variables; a caller can set any other base URL",
        &[
            "OpenAPI.servers",
            "Server.url",
            "Server.description",
            "Server.variables",
            "Server Variable.default",
            "Server Variable.enum",
            "Server Variable.description",
        ],
    ),
    honoured(
        "security by a token",
        "`bearer`, `oauth2` and `openIdConnect`: sent as `Authorization: Bearer`; a caller brings the token",
        &[
            "OpenAPI.security",
            "Operation.security",
            "Components.securitySchemes",
            "Security Scheme.type",
            "Security Scheme.scheme",
        ],
    ),
    honoured(
        "the document itself",
        "its title, version, description and licence are those of the package",
        &[
            "OpenAPI.openapi",
            "OpenAPI.info",
            "OpenAPI.components",
            "Info.title",
            "Info.version",
            "Info.description",
            "Info.license",
            "License.name",
            "License.url",
            "License.identifier",
        ],
    ),
    reported(
        "`apiKey` security",
        "not sent: calls are refused; no warning where the key is a parameter as well",
        &["Security Scheme.name", "Security Scheme.in"],
    ),
    reported("`apiKey` security in the header `Authorization`", "sent with `Bearer` in front of the key", &[]),
    reported("`http` security with another scheme than `bearer`", "not sent: calls are refused", &[]),
    reported("`mutualTLS` security", "a caller gives the client a certificate", &[]),
    reported("alternatives to the token", "a caller needs the token", &[]),
    reported("`security: []`", "the token is sent all the same", &[]),
    reported("optional security", "the token is always sent", &[]),
    reported(
        "servers of paths and operations",
        "requests go to the base URL; no warning where that is the same",
        &["Path Item.servers", "Operation.servers"],
    ),
    reported("a first server with a relative URL", "there is no `BASE_URL`: a caller names one", &[]),
    reported("a first server with plain `http`", "there is no `BASE_URL`, except for this machine", &[]),
    reported("`webhooks`", "no types and no handler", &["OpenAPI.webhooks"]),
    reported("`callbacks`", "no types and no handler", &["Components.callbacks", "Operation.callbacks"]),
    reported(
        "`links`",
        "not followed",
        &[
            "Components.links",
            "Response.links",
            "Link.operationRef",
            "Link.operationId",
            "Link.parameters",
            "Link.requestBody",
            "Link.description",
            "Link.server",
        ],
    ),
    reported("`content` of parameters that is not JSON", "a caller encodes the value", &["Parameter.content"]),
    reported("`allowReserved`", "percent-encoded all the same", &["Parameter.allowReserved", "Encoding.allowReserved"]),
    reported("`allowEmptyValue`", "only a string can be empty", &["Parameter.allowEmptyValue"]),
    reported("several media types", "the client uses one: JSON if it is there, else a form, text or bytes", &[]),
    reported(
        "XML",
        "text, without types",
        &["Schema.xml", "XML.name", "XML.namespace", "XML.prefix", "XML.attribute", "XML.wrapped"],
    ),
    reported("event streams", "one text, once the stream has ended", &[]),
    reported("sequences of JSON values", "one text, without types", &[]),
    reported("`multipart` other than a form that is sent", "bytes, without parts", &[]),
    reported("structured bodies in other media types", "text or bytes, without types", &[]),
    reported("parameters of media types", "an answer of JSON is asked for without them; `charset` means nothing", &[]),
    reported("ranges of media types", "sent as `application/octet-stream` or `text/plain`", &[]),
    reported("`headers` of parts", "not sent", &["Encoding.headers"]),
    reported("`contentType` of fields and parts", "only JSON, text and the type of a file", &["Encoding.contentType"]),
    reported(
        "`style` and `explode` of parts",
        "written as text or JSON; honoured in a form of `application/x-www-form-urlencoded`",
        &["Encoding.style", "Encoding.explode"],
    ),
    reported("`externalValue`", "not fetched", &["Example.externalValue"]),
    reported(
        "required `readOnly` properties in requests",
        "required of the caller; honoured in forms and where they are not required",
        &["Schema.readOnly"],
    ),
    reported(
        "required `writeOnly` properties in answers",
        "an answer without them does not decode",
        &["Schema.writeOnly"],
    ),
    reported(
        "`discriminator` of a choice",
        "the alternatives are one type; no warning where their properties tell them apart",
        &["Schema.discriminator", "Discriminator.propertyName", "Discriminator.mapping"],
    ),
    reported("`discriminator` of a base schema", "a value has the properties of the base schema only", &[]),
    reported("integers above `i64`", "not sent, and do not decode", &[]),
    reported("integers with a fraction of zero", "do not decode", &[]),
    reported("null and absence in requests", "one of the two, unless examples show both", &[]),
    reported("`default`", "neither filled in nor documented", &["Schema.default"]),
    reported("`pattern`", "neither checked nor documented, in what is sent", &["Schema.pattern"]),
    reported(
        "sizes of lists and objects",
        "neither checked nor documented, in what is sent",
        &["Schema.maxItems", "Schema.minItems", "Schema.uniqueItems", "Schema.maxProperties", "Schema.minProperties"],
    ),
    reported("`not`", "not checked, in what is sent", &["Schema.not"]),
    reported(
        "conditions",
        "`if`, `dependentSchemas` and alternatives that only require properties: neither checked nor typed",
        &["Schema.if", "Schema.then", "Schema.else", "Schema.dependentSchemas"],
    ),
    reported("`dependentRequired`", "not checked, in what is sent", &["Schema.dependentRequired"]),
    reported("`patternProperties`", "a map for all names, or none", &["Schema.patternProperties"]),
    reported("`propertyNames`", "not checked, in what is sent", &["Schema.propertyNames"]),
    reported("`prefixItems`", "a list with one type for all items", &["Schema.prefixItems"]),
    reported(
        "`contains`",
        "not checked, in what is sent",
        &["Schema.contains", "Schema.maxContains", "Schema.minContains"],
    ),
    reported(
        "schemas of unevaluated values",
        "not read; `false` means nothing to a client",
        &["Schema.unevaluatedItems", "Schema.unevaluatedProperties"],
    ),
    reported("`$dynamicRef`", "any JSON", &["Schema.$dynamicRef", "Schema.$dynamicAnchor"]),
    reported("several choices for one value", "one choice, which lacks what the other says", &[]),
    reported(
        "encoded texts",
        "text as it is",
        &["Schema.contentEncoding", "Schema.contentMediaType", "Schema.contentSchema"],
    ),
    reported("`deprecated` schemas", "not marked, unlike properties", &["Schema.deprecated"]),
    meaningless("a rule for what is received", "the server keeps it, and the client decodes what comes", &[]),
    meaningless("`additionalProperties: false`", "a server adds properties before its document does", &[]),
    meaningless("a part that no operation uses", "nothing is sent or received by it", &[]),
    meaningless("the parameters `Accept`, `Content-Type` and `Authorization`", "OpenAPI ignores them", &[]),
    meaningless(
        "how a token is obtained",
        "a caller brings it",
        &[
            "Security Scheme.description",
            "Security Scheme.bearerFormat",
            "Security Scheme.flows",
            "Security Scheme.openIdConnectUrl",
            "OAuth Flows.implicit",
            "OAuth Flows.password",
            "OAuth Flows.clientCredentials",
            "OAuth Flows.authorizationCode",
            "OAuth Flow.authorizationUrl",
            "OAuth Flow.tokenUrl",
            "OAuth Flow.refreshUrl",
            "OAuth Flow.scopes",
        ],
    ),
    meaningless(
        "words for the readers of the document",
        "tags, contact, terms, links to further documentation, and what is said of paths, headers and examples",
        &[
            "OpenAPI.tags",
            "OpenAPI.externalDocs",
            "Info.summary",
            "Info.termsOfService",
            "Info.contact",
            "Contact.name",
            "Contact.url",
            "Contact.email",
            "External Documentation.url",
            "External Documentation.description",
            "Tag.name",
            "Tag.description",
            "Tag.externalDocs",
            "Path Item.summary",
            "Path Item.description",
            "Operation.tags",
            "Operation.externalDocs",
            "Header.description",
            "Example.summary",
            "Example.description",
            "Reference.summary",
            "Reference.description",
            "Schema.externalDocs",
            "Schema.$comment",
        ],
    ),
    meaningless(
        "names and dialects of schemas",
        "a `$ref` names a place in the document",
        &["OpenAPI.jsonSchemaDialect", "Schema.$schema", "Schema.$vocabulary", "Schema.$id", "Schema.$anchor"],
    ),
];

/// The table as Markdown.
#[must_use]
pub fn markdown() -> String {
    let rows = ROWS.iter().map(|row| format!("| {} | {} | {} |\n", row.name, row.class.as_str(), row.words));
    rows.collect()
}
