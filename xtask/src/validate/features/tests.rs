//! Tests each feature with a document that has it, and supported features with documents that have no other. Compares
//! the table with the README and with the shapes.

use std::collections::{BTreeMap, BTreeSet};

use super::table::{Class, ROWS};
use super::*;
use crate::document::Source;
use crate::normalize;
use crate::openapi::shapes::{DOCUMENT, Kind, Shape};

/// Returns a document with one operation, which has these fields, and with these lines at its top.
fn document(version: &str, operation: &str, top: &str) -> String {
    let responses = if operation.contains("responses:") { "" } else { ", responses: {'204': {description: d}}" };
    format!(
        "openapi: {version}\ninfo: {{title: t, version: '1'}}\n{top}\
         paths:\n  /a:\n    post: {{operationId: a, {operation}{responses}}}\n"
    )
}

/// Returns a document whose operation sends a value of this schema as JSON.
fn sends(version: &str, schema: &str) -> String {
    document(version, &format!("requestBody: {{content: {{application/json: {{schema: {schema}}}}}}}"), "")
}

/// Returns a document whose operation receives a value of this schema as JSON.
fn receives(version: &str, schema: &str) -> String {
    answers(version, &format!("application/json: {{schema: {schema}}}"))
}

/// Returns a document whose operation receives this content.
fn answers(version: &str, content: &str) -> String {
    document(version, &format!("responses: {{'200': {{description: d, content: {{{content}}}}}}}"), "")
}

/// Returns a document whose operation has this parameter of the query.
fn asks(parameter: &str) -> String {
    document("3.0.3", &format!("parameters: [{{name: q, in: query, {parameter}}}]"), "")
}

/// Returns a document whose operation sends a form with an image, with this encoding.
fn form(version: &str, media_type: &str, encoding: &str) -> String {
    let schema =
        "{type: object, properties: {a: {type: string}, f: {type: string, format: binary}, o: {type: object}}}";
    let content = format!("{media_type}: {{schema: {schema}, encoding: {encoding}}}");
    document(version, &format!("requestBody: {{content: {{{content}}}}}"), "")
}

/// Returns a document with security schemes, and what its operation requires.
fn secured(schemes: &str, required: &str) -> String {
    let components = format!("components: {{securitySchemes: {{{schemes}}}}}\n");
    document("3.1.0", &format!("security: {required}"), &components)
}

fn with_components(text: &str, schemas: &str) -> String {
    format!("{text}components: {{schemas: {{{schemas}}}}}\n")
}

fn findings(text: &str) -> (Document, Vec<Diagnostic>) {
    let mut document = crate::source::parse(Source::new("api.yaml", text)).unwrap();
    normalize::normalize(&mut document);
    let findings = check(&document);
    (document, findings)
}

/// Returns the text of the place that a finding is about.
fn marked<'t>(document: &'t Document, finding: &Diagnostic) -> &'t str {
    let pointer = finding.place.pointer().unwrap();
    let span = document.source.key_span(pointer).unwrap();
    let (_, bytes) = document.source.lines().on_first_line(&document.source.text, span).unwrap();
    &document.source.text[bytes]
}

const BEARER: &str = "b: {type: http, scheme: Bearer}";
const KEY: &str = "k: {type: apiKey, in: header, name: X-Key}";

/// Returns the name of each feature, a document with it, the beginning of the message, and the text of the place.
fn cases() -> Vec<(&'static str, String, &'static str, &'static str)> {
    let mut cases = cases_of_security();
    cases.extend(cases_of_requests());
    cases.extend(cases_of_bodies());
    cases.extend(cases_of_schemas());
    cases.extend(cases_of_rules());
    cases
}

fn cases_of_security() -> Vec<(&'static str, String, &'static str, &'static str)> {
    vec![
        (
            "`http` security with another scheme than `basic` and `bearer`",
            secured("k: {type: http, scheme: digest}", "[{k: []}]"),
            "`http` security with another scheme than `basic` and `bearer` is not sent: calls to 1 operation will be \
             refused",
            "k",
        ),
        (
            "`mutualTLS` security",
            secured(&format!("{KEY}, c: {{type: mutualTLS}}"), "[{k: [], c: []}]"),
            "`mutualTLS` security is not set up",
            "c",
        ),
        (
            "alternatives that the client cannot send",
            secured(&format!("{BEARER}, c: {{type: mutualTLS}}"), "[{b: []}, {c: []}]"),
            "1 operation accepts another kind of security",
            "{c: []}",
        ),
        (
            "a server of operations without `https`",
            document("3.0.3", "servers: [{url: 'http://c.d'}]", "servers: [{url: 'https://a.b'}]\n"),
            "the client sends nothing over plain `http` or another scheme, except to this machine: calls to 1 operation fail",
            "url",
        ),
        (
            "a first server with a relative URL",
            document("3.0.3", "summary: s", "servers: [{url: /v1}, {url: 'https://a.b'}]\n"),
            "the first server is relative to the place of the document",
            "url",
        ),
        (
            "a first server with plain `http`",
            document("3.0.3", "summary: s", "servers: [{url: 'http://a.b'}]\n"),
            "the client sends no token over plain `http`",
            "url",
        ),
    ]
}

fn cases_of_requests() -> Vec<(&'static str, String, &'static str, &'static str)> {
    let item = "{'{$request.body#/url}': {post: {responses: {'200': {description: d}}}}}";
    vec![
        (
            "`webhooks`",
            document("3.1.0", "summary: s", "webhooks: {w: {post: {}}, v: {post: {}}}\n"),
            "2 webhooks have no handler in the client, which has types of the payloads",
            "w",
        ),
        (
            "`callbacks`",
            document("3.0.3", &format!("callbacks: {{c: {item}}}"), ""),
            "1 callback has no handler in the client, which has types of the payloads",
            "c",
        ),
        (
            "`content` of parameters that is not JSON",
            asks("content: {application/xml: {schema: {type: object}}}"),
            "1 parameter with a media type is sent as text",
            "content",
        ),
        (
            "`headers` of parts",
            form("3.0.3", "multipart/form-data", "{a: {headers: {X-A: {schema: {type: string}}}}}"),
            "headers of parts without a fixed value are not sent: 1 part has such a header",
            "a",
        ),
        (
            "`contentType` of fields and parts",
            form("3.0.3", "multipart/form-data", "{o: {contentType: application/xml}, f: {contentType: image/png}}"),
            "1 field of a form is a list or an object that is sent as JSON",
            "o",
        ),
        (
            "`externalValue`",
            answers("3.0.3", "application/json: {examples: {e: {externalValue: 'https://a.b/c'}}}"),
            "examples outside of the document are not fetched: 1 example is neither checked nor tested",
            "externalValue",
        ),
    ]
}

fn cases_of_bodies() -> Vec<(&'static str, String, &'static str, &'static str)> {
    let object = "{schema: {type: object}}";
    vec![
        (
            "several media types",
            answers("3.0.3", &format!("text/csv: {{}}, application/json: {object}")),
            "1 body has several media types, and the client uses one",
            "content",
        ),
        (
            "XML",
            answers("3.0.3", &format!("application/problem+xml: {object}")),
            "XML is sent and read as text: 1 body has no types",
            "application/problem+xml",
        ),
        (
            "event streams in failures",
            document(
                "3.0.3",
                &format!("responses: {{'400': {{description: d, content: {{text/event-stream: {object}}}}}}}"),
                "",
            ),
            "1 event stream is read to its end as one text",
            "text/event-stream",
        ),
        (
            "sequences of JSON values in requests and failures",
            document("3.0.3", &format!("requestBody: {{content: {{application/x-ndjson: {object}}}}}"), ""),
            "sequences of JSON values are one text: 1 body has no types",
            "application/x-ndjson",
        ),
        (
            "`multipart` other than a form that is sent",
            answers("3.0.3", &format!("multipart/mixed: {object}")),
            "`multipart` is bytes, except for a form that is sent: 1 body has no parts",
            "multipart/mixed",
        ),
        (
            "structured bodies in other media types",
            answers("3.0.3", &format!("application/yaml: {object}")),
            "the schemas of other media types than JSON are not used: 1 body has no types",
            "application/yaml",
        ),
        (
            "parameters of media types",
            answers("3.0.3", &format!("application/json;version=2: {object}")),
            "the client asks for `application/json` without parameters: the server chooses the form of 1 answer",
            "application/json;version=2",
        ),
        (
            "ranges of media types",
            document("3.0.3", "requestBody: {content: {image/*: {}}}", ""),
            "1 body with a range of media types is sent as `application/octet-stream` or `text/plain`",
            "image/*",
        ),
    ]
}

fn cases_of_schemas() -> Vec<(&'static str, String, &'static str, &'static str)> {
    vec![
        (
            "`discriminator` of alternatives without tags",
            with_components(
                &receives(
                    "3.0.3",
                    "{oneOf: [{$ref: '#/components/schemas/Cat'}, {type: string}], discriminator: {propertyName: kind}}",
                ),
                "Cat: {required: [kind], properties: {kind: {type: string}, a: {type: string}}}",
            ),
            "`discriminator` is not read: 1 choice has alternatives that are not all objects with a tag",
            "discriminator",
        ),
        (
            "null and absence outside of patches",
            sends("3.0.3", "{type: object, properties: {a: {type: string, nullable: true}}}"),
            "null and absence are one value, `None`, in 1 optional property that is sent",
            "a",
        ),
        (
            "several choices for one value",
            receives("3.0.3", "{allOf: [{oneOf: [{type: string}]}, {anyOf: [{type: integer}]}]}"),
            "1 schema has more than one `oneOf` or `anyOf`",
            "anyOf",
        ),
        (
            "encoded texts",
            receives("3.1.0", "{type: string, contentEncoding: base64}"),
            "1 encoded text is neither encoded nor decoded",
            "contentEncoding",
        ),
        (
            "`$dynamicRef`",
            receives("3.1.0", "{properties: {a: {$dynamicRef: '#b'}}}"),
            "1 `$dynamicRef` is not followed: the value is any JSON",
            "$dynamicRef",
        ),
    ]
}

fn cases_of_rules() -> Vec<(&'static str, String, &'static str, &'static str)> {
    let list = |rule: &str| sends("3.1.0", &format!("{{type: array, items: {{}}, {rule}}}"));
    let object = |rule: &str| sends("3.1.0", &format!("{{type: object, {rule}}}"));
    vec![
        ("`not`", object("not: {required: [a]}"), "1 `not` is not checked", "not"),
        (
            "conditions",
            receives("3.1.0", "{type: object, if: {}, then: {properties: {b: {type: string}}}}"),
            "1 condition is not read",
            "if",
        ),
        (
            "`dependentRequired`",
            object("dependentRequired: {a: [b]}"),
            "1 `dependentRequired` is not checked",
            "dependentRequired",
        ),
        (
            "`patternProperties`",
            receives("3.1.0", "{type: object, patternProperties: {'^a': {type: string}}}"),
            "the patterns of property names are not read: 1 object has one type for all properties that are not described",
            "patternProperties",
        ),
        ("`propertyNames`", object("propertyNames: {maxLength: 3}"), "1 rule for property names", "propertyNames"),
        (
            "`prefixItems`",
            receives("3.1.0", "{type: array, prefixItems: [{type: string}, {type: integer}]}"),
            "1 tuple is a list with one type for all items",
            "prefixItems",
        ),
        ("`contains`", list("contains: {type: string}"), "1 `contains` is not checked", "contains"),
        (
            "schemas of unevaluated values",
            receives("3.1.0", "{type: object, unevaluatedProperties: {type: string}}"),
            "1 schema of unevaluated values is not read",
            "unevaluatedProperties",
        ),
    ]
}

#[test]
fn each_feature_is_found_in_a_document_that_has_no_other() {
    for (name, text, message, place) in cases() {
        let expected = features().find(|feature| feature.name == name).unwrap();
        let (document, findings) = findings(&text);
        let [finding] = &findings[..] else { panic!("{name}: {findings:#?}\n{text}") };
        assert!(finding.message.starts_with(message), "{name}: {}", finding.message);
        assert_eq!((&*finding.help, marked(&document, finding)), (expected.help, place), "{name}");
        assert!(!finding.is_error() && !finding.is_nonconforming, "{name}");
        assert_eq!(finding.clone().strict(), *finding, "{name} is valid");
    }
}

#[test]
fn each_feature_has_a_document() {
    let tried: BTreeSet<_> = cases().iter().map(|(name, ..)| *name).collect();
    assert_eq!(tried, names().collect());
}

#[test]
fn a_supported_feature_has_no_finding() {
    let words = |word: &str| format!("{{required: [k], properties: {{k: {{enum: [{word}]}}}}}}");
    let pet = "{$ref: '#/components/schemas/Pet'}";
    for text in [
        secured(BEARER, "[{b: []}]"),
        secured(
            "o: {type: oauth2, flows: {}}, i: {type: openIdConnect, openIdConnectUrl: 'https://a.b'}",
            "[{o: [x]}, {i: []}]",
        ),
        secured(&format!("{BEARER}, {KEY}"), "[{b: []}]"),
        secured(KEY, "[{k: []}], parameters: [{name: x-key, in: header, schema: {type: string}}]"),
        secured(&format!("{KEY}, {BEARER}, u: {{type: http, scheme: Basic}}"), "[{}, {k: [], u: []}, {b: []}]"),
        secured(BEARER, "[]"),
        document("3.0.3", "summary: s", ""),
        document("3.0.3", "summary: s", "servers: [{url: 'https://a.b'}, {url: /v1}, {url: 'http://c.d'}]\n"),
        document("3.0.3", "summary: s", "servers: [{url: 'https://{h}', variables: {h: {default: a.b}}}]\n"),
        document("3.0.3", "servers: [{url: 'https://a.b/'}]", "servers: [{url: 'https://a.b'}]\n"),
        document("3.0.3", "servers: [{url: 'https://c.d'}]", "servers: [{url: 'https://a.b'}]\n"),
        document("3.0.3", "servers: [{url: /c}, {url: 'http://c.d'}]", "servers: [{url: 'https://a.b'}]\n"),
        document("3.0.3", "servers: [{url: 'http://localhost:1'}]", "servers: [{url: 'https://a.b'}]\n"),
        asks("content: {application/json: {schema: {type: object}}}"),
        asks("content: {text/plain: {schema: {type: string}}}"),
        asks("allowReserved: true, schema: {type: string}"),
        document(
            "3.1.0",
            "requestBody: {content: {multipart/form-data: {schema: {properties: {f: {type: string, contentMediaType: \
             image/png}, l: {type: array, items: {contentMediaType: image/png}}}}}}}",
            "",
        ),
        sends("3.0.3", "{type: object, properties: {a: {type: string, nullable: true, default: b}}}"),
        asks("allowEmptyValue: true, schema: {type: boolean}"),
        answers(
            "3.0.3",
            "application/json: {schema: {type: object}}, application/json;charset=utf-8: {schema: {type: object}}",
        ),
        answers("3.0.3", "application/xml: {}"),
        answers("3.0.3", "image/svg+xml: {schema: {type: string}}"),
        answers("3.0.3", "image/*: {schema: {type: string, format: binary}}"),
        form(
            "3.0.3",
            "application/x-www-form-urlencoded",
            "{a: {style: form, explode: false}, o: {contentType: application/json}}",
        ),
        form(
            "3.0.3",
            "multipart/form-data",
            "{a: {contentType: text/plain, style: form}, f: {contentType: image/png}, o: {contentType: application/json}}",
        ),
        form("3.0.3", "multipart/form-data", "{z: {contentType: text/csv}}"),
        form(
            "3.0.3",
            "multipart/form-data",
            "{a: {contentType: application/xml, headers: {X-A: {schema: {type: string, default: a}}}}}",
        ),
        form("3.1.0", "multipart/form-data", "{a: {style: pipeDelimited}, o: {style: deepObject}}"),
        // The server has to keep the rules for answers.
        receives("3.1.0", "{type: array, items: {type: string, pattern: a}, minItems: 1, contains: {type: string}}"),
        receives(
            "3.1.0",
            "{type: object, not: {required: [a]}, propertyNames: {maxLength: 3}, if: {}, then: {required: [a]}}",
        ),
        receives("3.0.3", "{type: integer, format: uint64}"),
        sends("3.0.3", "{properties: {a: {type: string, nullable: true}}}").replace("post:", "patch:"),
        sends("3.0.3", "{properties: {a: {type: string, nullable: true}}}").replace("/json", "/merge-patch+json"),
        sends("3.0.3", "{properties: {a: {type: string, nullable: true, readOnly: true}}}"),
        sends("3.0.3", "{allOf: [{required: [id]}, {properties: {id: {type: integer, readOnly: true}}}]}"),
        receives("3.0.3", "{required: [pw], properties: {pw: {type: string, writeOnly: true}}}"),
        receives("3.1.0", "{type: integer, examples: [5.0]}"),
        receives("3.0.3", "{required: [id], properties: {id: {type: integer, readOnly: true}}}"),
        receives("3.0.3", "{type: object, properties: {a: {type: string, nullable: true, deprecated: true}}}"),
        receives("3.0.3", "{required: [a], properties: {a: {type: integer, default: 5}}}"),
        receives("3.0.3", "{type: object, additionalProperties: false, properties: {a: {type: integer, minimum: 1}}}"),
        receives("3.1.0", "{type: object, unevaluatedProperties: false}"),
        receives("3.1.0", "{type: object, properties: {a: {type: [string, 'null'], default: null}}}"),
        receives("3.1.0", "{type: array, prefixItems: [{type: string}, {type: string}]}"),
        receives("3.1.0", "{type: [integer, 'null'], maximum: 9223372036854775807}"),
        sends(
            "3.0.3",
            "{required: [pw], properties: {pw: {type: string, writeOnly: true}, id: {type: integer, readOnly: true}}}",
        ),
        sends(
            "3.0.3",
            "{properties: {a: {type: string, nullable: true}}}, examples: {x: {value: {}}, y: {value: {a: null}}}",
        ),
        // A read-only property is not a field of a form.
        document(
            "3.0.3",
            "requestBody: {content: {multipart/form-data: {schema: {required: [id], properties: {id: {type: integer, readOnly: true}}}}}}",
            "",
        ),
        with_components(
            &receives(
                "3.0.3",
                "{oneOf: [{$ref: '#/components/schemas/A'}, {$ref: '#/components/schemas/B'}], discriminator: {propertyName: k}}",
            ),
            &format!("A: {}, B: {}", words("a"), words("b")),
        ),
        with_components(
            &receives(
                "3.0.3",
                "{oneOf: [{$ref: '#/components/schemas/A'}, {$ref: '#/components/schemas/B'}], discriminator: {propertyName: k}}",
            ),
            "A: {required: [k, a], properties: {k: {type: string}, a: {}}}, B: {required: [k, b], properties: {k: {type: string}, b: {}}}",
        ),
        // The alternatives are named, titled or listed; null is none of them.
        with_components(
            &receives(
                "3.1.0",
                "{oneOf: [{$ref: '#/components/schemas/A'}, {type: object, title: B}, {properties: {k: {const: c}}}, \
                 {type: 'null'}], discriminator: {propertyName: k}}",
            ),
            "A: {allOf: [{type: object}]}",
        ),
        // A base is a choice of the schemas that extend it.
        with_components(
            &receives("3.0.3", pet),
            &format!(
                "Pet: {{properties: {{k: {{type: string}}}}, discriminator: {{propertyName: k}}}}, Cat: {{allOf: [{pet}]}}"
            ),
        ),
        // Nothing is sent or received by these.
        with_components(
            &document("3.0.3", "summary: s", ""),
            "A: {type: string, pattern: a, not: {enum: [b]}, deprecated: true}",
        ),
    ] {
        let (_, findings) = findings(&text);
        assert!(findings.is_empty(), "{findings:#?}\n{text}");
    }
}

#[test]
fn a_feature_is_reported_once_with_its_first_place_and_the_number_of_places() {
    let text = "openapi: 3.0.3\ninfo: {title: t, version: '1'}\n\
                components:\n  securitySchemes: {k: {type: http, scheme: digest}}\n\
                paths:\n  /b:\n    get: {security: [{k: []}], responses: {}}\n    post: {responses: {}}\n  \
                /a:\n    get: {responses: {}}\n    put: {security: [{k: []}, {}], responses: {}}\n\
                security: [{k: []}]\n";
    let (document, findings) = findings(text);
    let found: Vec<_> = findings
        .iter()
        .map(|finding| {
            let place = finding.place.pointer().unwrap();
            (&*finding.message, document.source.key_span(place).unwrap().start.line)
        })
        .collect();
    assert_eq!(found.len(), 2, "{found:?}");
    let message = "`http` security with another scheme than `basic` and `bearer` is not sent: calls to 3 operations will be \
                   refused";
    assert_eq!(found[0], (message, 7));
    assert_eq!(found[1].1, 11);
}

#[test]
fn the_schema_of_a_payload_is_looked_at_as_that_of_an_answer() {
    let media = "{schema: {type: array, prefixItems: [{type: string}, {type: integer}]}}";
    let webhooks = format!("webhooks: {{w: {{post: {{requestBody: {{content: {{application/json: {media}}}}}}}}}}}\n");
    let (document, findings) = findings(&document("3.1.0", "summary: s", &webhooks));
    let found: Vec<_> = findings.iter().map(|finding| marked(&document, finding)).collect();
    assert_eq!(found, ["w", "prefixItems"], "{findings:#?}");
}

#[test]
fn the_table_of_the_readme_is_this_one() {
    let readme = include_str!("../../../README.md");
    let (_, rest) = readme.split_once("| part of a document | the client | how |\n|---|---|---|\n").unwrap();
    let end = rest.find("\n\n").map_or(rest.len(), |end| end + 1);
    assert_eq!(&rest[..end], table::markdown());
}

#[test]
fn the_rows_that_are_reported_are_the_features() {
    let reported: Vec<_> = ROWS.iter().filter(|row| row.class == Class::Reported).map(|row| row.name).collect();
    assert_eq!(reported, names().collect::<Vec<_>>());
    let all: BTreeSet<_> = ROWS.iter().map(|row| row.name).collect();
    assert_eq!(all.len(), ROWS.len(), "each name is there once");
}

/// A new field of the shapes needs a row: is it honoured, reported or meaningless?
#[test]
fn every_field_of_the_shapes_is_in_one_row() {
    let mut rows: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for row in ROWS {
        row.fields().for_each(|field| rows.entry(field).or_default().push(row.name));
    }
    let mut shapes = Vec::new();
    shapes_of(&DOCUMENT, &mut shapes);
    assert!(shapes.len() > 20, "the walk meets the objects of OpenAPI");
    let mut others = Vec::new();
    for shape in shapes {
        for field in shape.fields {
            let name = format!("{}.{}", shape.name, field.name);
            match rows.get(&name).map(Vec::as_slice) {
                Some([_]) => {}
                found => others.push(format!("{name} is in {found:?}")),
            }
        }
    }
    assert!(others.is_empty(), "{others:#?}");
    assert!(rows.values().all(|names| names.len() == 1), "{rows:#?}");
}

fn shapes_of(shape: &'static Shape, met: &mut Vec<&'static Shape>) {
    if met.iter().any(|known| std::ptr::eq(*known, shape)) {
        return;
    }
    met.push(shape);
    let others = shape.others.iter().map(|(_, kind)| kind);
    shape.fields.iter().map(|field| &field.kind).chain(others).for_each(|kind| shapes_in(*kind, met));
}

fn shapes_in(kind: Kind, met: &mut Vec<&'static Shape>) {
    match kind {
        Kind::Object(shape) | Kind::ObjectOrRef(shape) => shapes_of(shape, met),
        Kind::List(kind) | Kind::Map(kind) | Kind::FlagOr(kind) => shapes_in(*kind, met),
        _ => {}
    }
}
