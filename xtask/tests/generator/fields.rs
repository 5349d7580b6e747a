//! The version of a document, and objects and fields that are missing or of the wrong kind.

use crate::fixture::{assert_all_normalized, assert_all_refused};
use crate::small_documents::{HEAD, OK, body, operation, operation_with};
use crate::support::Fixture;

#[test]
fn an_unsupported_version_is_refused_by_its_name() {
    let as_version = |version: &str| operation("").replace("3.0.3", version);
    assert_all_refused(&[
        (
            "OpenAPI 3.2",
            &as_version("3.2.0"),
            "api.yaml:1:10: error: unsupported OpenAPI version `3.2.0`; expected 3.0 or 3.1",
        ),
        (
            "OpenAPI 4",
            &as_version("4.0.0"),
            "api.yaml:1:10: error: unsupported OpenAPI version `4.0.0`; expected 3.0 or 3.1",
        ),
        (
            "a version without its last part",
            &as_version("'3.0'"),
            "api.yaml:1:10: error: incomplete OpenAPI version `3.0`; expected three numbers, such as `3.0.0`",
        ),
        ("a number", &as_version("3.0"), "api.yaml:1:10: error: `openapi` must be a string, found a number"),
        ("an integer", &as_version("3"), "api.yaml:1:10: error: `openapi` must be a string, found an integer"),
        ("null", &as_version("~"), "api.yaml:1:10: error: `openapi` must be a string, found null"),
        (
            "Swagger 2",
            "swagger: '2.0'\ninfo: {title: t, version: '1'}\npaths: {}\n",
            "api.yaml:1:1: error: this is a Swagger 2.0 document; expected OpenAPI 3.0 or 3.1",
        ),
        (
            "no version",
            &as_version("3.0.3").replace("openapi: 3.0.3\n", ""),
            "api.yaml:1:1: error: this is not an OpenAPI document: it has no `openapi` field",
        ),
    ]);
}

#[test]
fn openapi_3_1_is_read_without_a_finding() {
    let schema = "{type: object, properties: {a: {type: [integer, 'null'], exclusiveMinimum: 5}}}";
    let run = Fixture::with(body(schema).replace("3.0.3", "3.1.0")).generate(&["--strict"]).exits(0, "3.1");
    assert_eq!(run.messages(), [""; 0]);
}

#[test]
fn a_missing_field_or_a_value_of_the_wrong_kind_is_reported() {
    let changed = |from: &str, to: &str| operation("").replace(from, to);
    assert_all_refused(&[
        ("no info", "openapi: 3.0.3\npaths: {}\n", "api.yaml:1:1: error: this OpenAPI object has no `info`"),
        ("no title", &changed("title: t, ", ""), "api.yaml:2:1: error: this Info object has no `title`"),
        ("no version", &changed(", version: '1'", ""), "api.yaml:2:1: error: this Info object has no `version`"),
        (
            "a version that is a number",
            &changed("'1'", "1.0"),
            "api.yaml:2:27: error: `version` must be a string, found a number",
        ),
        (
            "info that is a list",
            &changed("{title: t, version: '1'}", "[t]"),
            "api.yaml:2:7: error: `info` must be an object (Info), found an array",
        ),
        (
            "info that is an empty list",
            &changed("{title: t, version: '1'}", "[]"),
            "api.yaml:2:7: error: `info` must be an object (Info), found an array",
        ),
        ("no paths", HEAD, "api.yaml:1:1: error: this OpenAPI object has no `paths`"),
        (
            "paths that are null",
            &format!("{HEAD}paths:\n"),
            "api.yaml:3:6: error: `paths` must be an object (Paths), found null",
        ),
        (
            "an operation that is null",
            &format!("{HEAD}paths: {{/a: {{get: }}}}\n"),
            "api.yaml:3:1: warning: the document has no operations: the client has no methods",
        ),
        (
            "components that are a list",
            &format!("{}components: []\n", operation("")),
            "api.yaml:8:13: error: `components` must be an object (Components), found an array",
        ),
        (
            "a schema that is true",
            &body("true"),
            "api.yaml:12:23: error: `schema` must be an object (Schema), found a boolean",
        ),
        ("a type that is none", &body("{type: text}"), "api.yaml:12:30: error: unknown type `text`"),
        (
            "a list of types",
            &body("{type: [string, 'null']}"),
            "api.yaml:12:30: error: `type` must be a string in OpenAPI 3.0, found an array",
        ),
        (
            "a list of items",
            &body("{type: array, items: [{}]}"),
            "api.yaml:12:44: error: `items` must be an object (Schema), found an array",
        ),
        (
            "a flag that is text",
            &body("{type: string, nullable: 'yes'}"),
            "api.yaml:12:48: error: `nullable` must be `true` or `false`, found a string",
        ),
        (
            "a bound of OpenAPI 3.1",
            &body("{type: integer, exclusiveMinimum: 5}"),
            "api.yaml:12:57: error: `exclusiveMinimum` must be `true` or `false` in OpenAPI 3.0, found an integer",
        ),
        (
            "a length that is not whole",
            &body("{type: string, maxLength: 1.5}"),
            "api.yaml:12:49: error: `maxLength` must be an integer of 0 or more, found a number",
        ),
    ]);
}

#[test]
fn a_nonconforming_field_with_one_meaning_is_normalized_with_a_warning() {
    let changed = |from: &str, to: &str| operation("").replace(from, to);
    let parameter = |parameter: &str| operation(&format!("parameters:\n        - {{{parameter}}}"));
    let property = |schema: &str| body(&format!("{{type: object, properties: {{p: {schema}}}}}"));
    assert_all_normalized(&[
        (
            "an empty array of PHP's in the place of an object",
            &body("{type: object, properties: []}"),
            "api.yaml:12:50: warning: `properties` must be an object, found an array",
            ("operations/a.rs", "Result<Response<types::AResponse>, CallError<AError>>"),
        ),
        (
            "a number that is text",
            &property("{type: integer, minimum: '5'}"),
            "api.yaml:12:79: warning: `minimum` must be a number, found a string",
            ("types.rs", "at least 5"),
        ),
        (
            "a flag that is text",
            &parameter("name: q, in: query, required: 'true', schema: {type: string}"),
            "api.yaml:8:42: warning: `required` must be `true` or `false`, found a string",
            ("operations/a.rs", "q: Result<String, String>"),
        ),
        (
            "an id that is a number",
            &changed("operationId: a", "operationId: 7"),
            "api.yaml:6:20: warning: `operationId` must be a string, found an integer",
            ("operations/n7.rs", "Operation::new(\"n7\", Method::GET, \"/a\")"),
        ),
        (
            "a property with `required: true`",
            &property("{type: string, required: true}"),
            "api.yaml:12:79: warning: `required` must be a list, found a boolean",
            ("types.rs", "pub p: String,"),
        ),
        (
            "a type that is null",
            &property("{type: 'null'}"),
            "api.yaml:12:61: warning: unknown type `null` in OpenAPI 3.0",
            ("types.rs", "pub p: Option<"),
        ),
        (
            "a type that may be null",
            &property("{type: [integer, 'null']}"),
            "api.yaml:12:61: warning: `type` must be a string in OpenAPI 3.0, found an array",
            ("types.rs", "pub p: Option<i64>,"),
        ),
        (
            "several types",
            &property("{type: [integer, string]}"),
            "api.yaml:12:61: warning: `type` must be a string in OpenAPI 3.0, found an array",
            ("types.rs", "pub enum"),
        ),
        (
            "OpenAPI 3.2",
            &property("{type: [integer, 'null'], exclusiveMinimum: 5}").replace("3.0.3", "3.2.0"),
            "api.yaml:1:10: warning: unsupported OpenAPI version `3.2.0`; expected 3.0 or 3.1",
            ("types.rs", "pub p: Option<i64>,"),
        ),
        (
            "a response without a description",
            &changed("{description: d}", "{}"),
            "api.yaml:7:19: warning: this Response object has no `description`",
            ("operations/a.rs", "200 => response.without_body()"),
        ),
        (
            "a status alone",
            &changed("{description: d}", "null"),
            "api.yaml:7:26: warning: `200` must be an object (Response), found null",
            ("operations/a.rs", "200 => response.without_body()"),
        ),
        (
            "a path without a slash",
            &operation_with("a", "a/b", "", OK),
            "api.yaml:4:3: warning: invalid key `a/b` in a Paths object",
            ("operations/a.rs", "Method::GET, \"/a/b\")"),
        ),
        (
            "a query in a path",
            &operation_with("a", "'/a?b=c'", "", OK),
            "api.yaml:4:3: warning: the path `/a?b=c` contains a query or a fragment",
            ("operations/a.rs", ".query(\"b\", \"c\")"),
        ),
        (
            "a parameter without a name",
            &parameter("name: '', in: query, schema: {type: string}"),
            "api.yaml:8:18: warning: `` cannot be the name of this parameter",
            ("operations/a.rs", "Request::new(&OPERATION).overridden"),
        ),
    ]);
}
