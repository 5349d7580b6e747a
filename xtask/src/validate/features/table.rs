//! The support for each part of a document, which is the table in `README.md`. Tests compare the table with the README,
//! with the features that are reported, and with the fields of the [shapes](crate::openapi::shapes).

/// The support that the client has for a part of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// The client supports it.
    Honoured,
    /// The client does not support it, and a warning reports that.
    Reported,
    /// It has no meaning for a client.
    Meaningless,
}

impl Class {
    /// Returns the class as a word.
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
    /// The part of a document. If it is reported, this is the name of the feature.
    pub name: &'static str,
    /// The support that the client has for it.
    pub class: Class,
    /// How the client supports it, or the consequence for a caller.
    pub words: &'static str,
    /// The fields of the shapes in this row, as `OBJECT: FIELD FIELD`. Each field is in one row.
    fields: &'static [&'static str],
}

impl Row {
    /// Returns the fields of the shapes in this row, each as `OBJECT.FIELD`.
    pub fn fields(&self) -> impl Iterator<Item = String> {
        let objects = self.fields.iter().filter_map(|fields| fields.split_once(": "));
        objects.flat_map(|(object, fields)| fields.split(' ').map(move |field| format!("{object}.{field}")))
    }
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
        "one method each, with its documentation and whether it is deprecated",
        &[
            "OpenAPI: paths",
            "Path Item: $ref get put post delete options head patch trace parameters",
            "Operation: operationId summary description deprecated parameters requestBody responses",
            "Components: pathItems",
        ],
    ),
    honoured(
        "parameters in the path, the query, headers and cookies",
        "one setter each; every style, and JSON if `content` is JSON",
        &["Components: parameters", "Parameter: name in description required deprecated style explode schema"],
    ),
    honoured(
        "`allowReserved`",
        "reserved characters and percent-encoded triples in values of queries and forms are sent as they are, except for `#`, \
         `[`, `]`, `&` and `+`, which break a query, and `'`, which a URL encodes",
        &["Parameter: allowReserved", "Encoding: allowReserved"],
    ),
    honoured(
        "`allowEmptyValue`",
        "a second setter, such as `page_empty`, sends `page=`; a text may be empty anyway",
        &["Parameter: allowEmptyValue"],
    ),
    honoured(
        "bodies of JSON, forms, text and bytes",
        "one type each; a form has a setter for each field, in the documented style",
        &[
            "Components: requestBodies responses",
            "Request Body: content description required",
            "Responses: default",
            "Response: description content",
            "Media Type: schema encoding",
            "Encoding: style explode",
        ],
    ),
    honoured(
        "lines of JSON and server-sent events",
        "an answer is a stream of items that arrive one after another; a list in the schema describes all of them",
        &[],
    ),
    honoured(
        "headers of answers",
        "a getter each where a success documents them, for scalars, enumerations and lists of these, and text else; all are reachable by name, as text, on the response and on the error",
        &[
            "Components: headers",
            "Response: headers",
            "Header: required deprecated allowEmptyValue style explode allowReserved schema content",
        ],
    ),
    honoured(
        "types of values",
        "structures, open enumerations, choices, lists and maps; a choice whose alternatives cannot be distinguished is one structure",
        &[
            "Components: schemas",
            "Schema: $ref $defs definitions title description type nullable enum properties required",
            "Schema: additionalProperties items allOf oneOf anyOf",
        ],
    ),
    honoured(
        "integers",
        "`i64`; `u64`, or a number, if one may be greater; one that is written as `5.0` or `1e9` decodes",
        &[],
    ),
    honoured(
        "`readOnly` and `writeOnly`",
        "a read-only property is left out of requests, a write-only one may be absent in answers; optional in a type that serves both ways",
        &["Schema: readOnly writeOnly"],
    ),
    honoured(
        "null and absence in patches",
        "two values: `Some(None)` is null, and `None` is absent; also where examples have both, and in a request where the default is not null",
        &[],
    ),
    honoured(
        "`deprecated`",
        "`#[deprecated]` at a method, a setter and a field; a note at a type and at a variant of a choice, which the crate itself uses",
        &["Schema: deprecated"],
    ),
    honoured(
        "`discriminator`",
        "the tag decides which alternative a value is; a value with an unknown tag is kept; a base that others extend is a choice",
        &["Schema: discriminator", "Discriminator: propertyName mapping"],
    ),
    honoured(
        "formats and bounds of texts and numbers",
        "documented at fields, parameters and types; the server checks them",
        &["Schema: format multipleOf maximum exclusiveMaximum minimum exclusiveMinimum maxLength minLength"],
    ),
    honoured(
        "patterns, sizes and defaults",
        "documented at fields, parameters and types, in words; the server checks them, and fills in the defaults",
        &["Schema: pattern maxItems minItems uniqueItems maxProperties minProperties default"],
    ),
    honoured(
        "a single value",
        "a builder sets a required property or parameter with `const`, or with one value in `enum`",
        &["Schema: const"],
    ),
    honoured(
        "examples",
        "checked against their schemas; each is a value for callers' tests; `--emit-tests` makes a test of each, and reports each without",
        &[
            "Components: examples",
            "Example: value",
            "Parameter: example examples",
            "Header: example examples",
            "Media Type: example examples",
            "Schema: example examples",
        ],
    ),
    honoured(
        "servers",
        "the first one is `BASE_URL`, with the defaults of its variables; a caller can set any other base URL",
        &["OpenAPI: servers", "Server: url description"],
    ),
    honoured(
        "servers of paths and operations",
        "requests of an operation go to the first one, with its credentials; a relative URL is resolved against the base \
         URL; a caller can replace each server; all share the rate limits",
        &["Path Item: servers", "Operation: servers"],
    ),
    honoured(
        "variables of servers",
        "a caller sets them for all servers by their names, or they have their defaults; other values than those of `enum` \
         are an error, and so are values that change another part of the URL",
        &["Server: variables", "Server Variable: default enum description"],
    ),
    honoured(
        "security",
        "`apiKey`, `http` with `basic` or `bearer`, `oauth2` and `openIdConnect`: each request carries the credentials of its \
         operation, of all schemes of the first alternative that has them, or none; `{}` is the last alternative, wherever \
         it is written; a caller provides them",
        &[
            "OpenAPI: security",
            "Operation: security",
            "Components: securitySchemes",
            "Security Scheme: type scheme name in",
        ],
    ),
    honoured(
        "a document without `security`",
        "it does not say that nothing is needed: a caller provides a token, which all requests carry",
        &[],
    ),
    honoured(
        "tags of operations",
        "the README lists the operations of each first tag in a table of its own, if there are several such tags",
        &["Operation: tags"],
    ),
    honoured(
        "`links`",
        "documented at the method: the operation that each leads to, and the values that it takes; a caller calls it",
        &[
            "Components: links",
            "Response: links",
            "Link: operationRef operationId parameters requestBody description server",
        ],
    ),
    honoured(
        "`externalDocs`",
        "a link in the documentation of the crate, a group of operations, a method, a type or a value",
        &[
            "OpenAPI: externalDocs",
            "Tag: externalDocs",
            "Operation: externalDocs",
            "Schema: externalDocs",
            "External Documentation: url description",
        ],
    ),
    honoured(
        "the document itself",
        "its title, version, description and licence are those of the package",
        &[
            "OpenAPI: openapi info components",
            "Info: title version description license",
            "License: name url identifier",
        ],
    ),
    reported(
        "`http` security with another scheme than `basic` and `bearer`",
        "not sent: a caller gives the client an HTTP client that sends it",
        &[],
    ),
    reported("`mutualTLS` security", "a caller gives the client a certificate", &[]),
    reported("alternatives that the client cannot send", "a caller needs another alternative", &[]),
    reported(
        "a server of operations without `https`",
        "calls fail, except for this machine: a caller replaces the server",
        &[],
    ),
    reported("a first server with a relative URL", "there is no `BASE_URL`: a caller names one", &[]),
    reported("a first server with plain `http`", "there is no `BASE_URL`, except for this machine", &[]),
    reported("`webhooks`", "types of their payloads, no handler", &["OpenAPI: webhooks"]),
    reported("`callbacks`", "types of their payloads, no handler", &["Components: callbacks", "Operation: callbacks"]),
    reported("`content` of parameters that is not JSON", "a caller encodes the value", &["Parameter: content"]),
    reported("several media types", "the client uses one: JSON if it is there, else a form, text or bytes", &[]),
    reported("XML", "text, without types", &["Schema: xml", "XML: name namespace prefix attribute wrapped"]),
    reported("event streams in failures", "one text, once the stream has ended", &[]),
    reported("sequences of JSON values in requests and failures", "one text, without types", &[]),
    reported("`multipart` other than a form that is sent", "bytes, without parts", &[]),
    reported("structured bodies in other media types", "text or bytes, without types", &[]),
    reported("parameters of media types", "JSON is requested without them; `charset` has no effect", &[]),
    reported("ranges of media types", "sent as `application/octet-stream` or `text/plain`", &[]),
    reported(
        "`headers` of parts",
        "sent if they have a fixed value: `const`, a single `enum` or `default`",
        &["Encoding: headers"],
    ),
    reported(
        "`contentType` of fields and parts",
        "sent with texts, JSON and files; a list or an object is JSON",
        &["Encoding: contentType"],
    ),
    reported("`externalValue`", "not fetched", &["Example: externalValue"]),
    reported(
        "`discriminator` of alternatives without tags",
        "the properties distinguish the alternatives, or they are one type",
        &[],
    ),
    reported(
        "null and absence outside of patches",
        "one of the two, unless examples have both or the default is not null",
        &[],
    ),
    reported("`not`", "not checked, in what is sent", &["Schema: not"]),
    reported(
        "conditions",
        "`if`, `dependentSchemas` and alternatives that only require properties: not checked; a property that only they describe is any JSON",
        &["Schema: if then else dependentSchemas"],
    ),
    reported("`dependentRequired`", "not checked, in what is sent", &["Schema: dependentRequired"]),
    reported(
        "`patternProperties`",
        "one type for all properties that are not described; any JSON where they have several schemas",
        &["Schema: patternProperties"],
    ),
    reported("`propertyNames`", "not checked, in what is sent", &["Schema: propertyNames"]),
    reported("`prefixItems`", "a list with one type for all items", &["Schema: prefixItems"]),
    reported("`contains`", "not checked, in what is sent", &["Schema: contains maxContains minContains"]),
    reported(
        "schemas of unevaluated values",
        "further properties are any JSON; `false` has no meaning for a client",
        &["Schema: unevaluatedItems unevaluatedProperties"],
    ),
    reported("`$dynamicRef`", "any JSON", &["Schema: $dynamicRef $dynamicAnchor"]),
    reported("several choices for one value", "one of the choices only", &[]),
    reported("encoded texts", "text as it is", &["Schema: contentEncoding contentMediaType contentSchema"]),
    meaningless("a rule for what is received", "the server has to keep it; the client does not check it", &[]),
    meaningless("`additionalProperties: false`", "a server adds properties before its document does", &[]),
    meaningless("a part that no operation uses", "nothing is sent or received by it", &[]),
    meaningless("the parameters `Accept`, `Content-Type` and `Authorization`", "OpenAPI ignores them", &[]),
    meaningless(
        "how a token is obtained",
        "a caller provides it",
        &[
            "Security Scheme: description bearerFormat flows openIdConnectUrl",
            "OAuth Flows: implicit password clientCredentials authorizationCode",
            "OAuth Flow: authorizationUrl tokenUrl refreshUrl scopes",
        ],
    ),
    meaningless(
        "texts for the readers of the document",
        "descriptions of tags, contact, terms, and descriptions of paths, headers and examples",
        &[
            "OpenAPI: tags",
            "Info: summary termsOfService contact",
            "Contact: name url email",
            "Tag: name description",
            "Path Item: summary description",
            "Header: description",
            "Example: summary description",
            "Reference: summary description",
            "Schema: $comment",
        ],
    ),
    meaningless(
        "names and dialects of schemas",
        "a `$ref` names a place in the document",
        &["OpenAPI: jsonSchemaDialect", "Schema: $schema $vocabulary $id $anchor"],
    ),
];

/// Returns the table as Markdown.
#[must_use]
pub fn markdown() -> String {
    let rows = ROWS.iter().map(|row| format!("| {} | {} | {} |\n", row.name, row.class.as_str(), row.words));
    rows.collect()
}
