//! Paths, operations, responses, servers and security.

use crate::fixture::{assert_all_generated, assert_all_normalized, assert_all_refused};
use crate::small_documents::{HEAD, OK, body, operation, operation_with};
use crate::support::Fixture;

#[test]
fn an_operation_that_cannot_become_a_method_is_refused() {
    let responses = |responses: &str| operation_with("a", "/a", "", responses);
    assert_all_refused(&[
        (
            "an id that is a number",
            &operation_with("7", "/a", "", OK),
            "api.yaml:6:20: error: `operationId` must be a string, found an integer",
        ),
        (
            "a path without a slash",
            &operation_with("a", "a", "", OK),
            "api.yaml:4:3: error: invalid key `a` in a Paths object",
        ),
        (
            "a brace that does not close",
            &operation_with("a", "'/a/{id'", "", OK),
            "api.yaml:4:3: error: the braces of the path `/a/{id` do not match",
        ),
        (
            "a query in a path",
            &operation_with("a", "'/a?b=c'", "", OK),
            "api.yaml:4:3: error: the path `/a?b=c` contains a query or a fragment",
        ),
        (
            "a status that is none",
            &responses("responses: {'200': {description: d}, '99': {description: d}}"),
            "api.yaml:7:44: error: invalid key `99` in a Responses object",
        ),
        (
            "a response without a description",
            &responses("responses: {'200': {}}"),
            "api.yaml:7:19: error: this Response object has no `description`",
        ),
        ("no responses", &responses("summary: s"), "api.yaml:5:5: error: this Operation object has no `responses`"),
        (
            "a path that is described nowhere",
            &format!("{HEAD}paths: {{/a: {{$ref: '#/x'}}}}\n"),
            "api.yaml:3:20: error: `$ref: #/x` leads to no path item of this document",
        ),
        (
            "a path that is described in another file",
            &format!("{HEAD}paths: {{/a: {{$ref: 'other.yaml#/a'}}}}\n"),
            "api.yaml:3:20: error: `$ref: other.yaml#/a` cannot be followed: there is no file `other.yaml`",
        ),
    ]);
}

#[test]
fn every_kind_of_operation_is_generated() {
    let responses = |responses: &str| operation_with("a", "/a", "", &format!("responses: {{{responses}}}"));
    let success = "'200': {description: d, content: {application/json: {schema: {type: string}}}}";
    assert_all_generated(&[
        (
            "no id",
            &operation("").replace("      operationId: a\n", ""),
            "operations/get_a.rs",
            "Operation::new(\"get_a\", Method::GET, \"/a\")",
        ),
        (
            "another media type",
            &body("{type: string}").replace("application/json", "application/xml"),
            "operations/a.rs",
            "Result<Response<String>, CallError<AError>>",
        ),
        (
            "a body without a schema",
            &body("{}").replace(":\n              schema: {}", ": {}"),
            "operations/a.rs",
            "Result<Response<types::AResponse>, CallError<AError>>",
        ),
        (
            "no success",
            &responses("'404': {description: d}"),
            "operations/a.rs",
            "200..=299 => response.without_body()",
        ),
        ("nothing but default", &responses("default: {description: d}"), "operations/a.rs", "CallError<AError>"),
        (
            "two successes",
            &responses(&format!("{success}, '204': {{description: d}}")),
            "operations/a.rs",
            "pub enum ASuccess",
        ),
        (
            "a path that is described elsewhere",
            &format!("{}  /b: {{$ref: '#/paths/~1a'}}\n", operation("").replace("      operationId: a\n", "")),
            "operations/get_b.rs",
            "Method::GET, \"/b\")",
        ),
        (
            "a schema that is part of another",
            &format!(
                "{}components: {{schemas: {{A: {{properties: {{b: {{type: integer}}}}}}}}}}\n",
                body("{$ref: '#/components/schemas/A/properties/b'}")
            ),
            "operations/a.rs",
            "Result<Response<types::Ab>, CallError<AError>>",
        ),
    ]);
}

#[test]
fn a_document_without_operations_is_generated_with_a_warning() {
    let nothing = "api.yaml:3:1: warning: the document has no operations: the client has no methods";
    for (what, text, expected) in [
        ("no paths", format!("{HEAD}paths: {{}}\n"), nothing.to_owned()),
        ("no operations", format!("{HEAD}paths: {{/a: {{}}}}\n"), nothing.to_owned()),
        (
            "nothing but types",
            format!("{HEAD}paths: {{}}\ncomponents: {{schemas: {{A: {{type: object}}}}}}\n"),
            format!("{nothing}, and only the types are of use"),
        ),
    ] {
        let run = Fixture::with(text).generate(&["--strict"]).exits(0, what);
        assert_eq!(run.first_line(), expected, "{what}");
    }
}

#[test]
fn a_nonconforming_operation_is_normalized_with_a_warning() {
    let method = |path: &str| format!("Method::GET, \"{path}\")");
    let second = |path: &str, operation: &str| {
        format!(
            "{}  {path}: {operation}\n",
            operation_with(
                "a",
                "'/a/{x-y}'",
                "parameters: [{name: x-y, in: path, required: true, schema: {type: string}}]",
                OK
            )
        )
    };
    let plain = "{get: {operationId: b, responses: {'200': {description: d}}}}";
    let described = "{get: {operationId: b, parameters: [{name: x_y, in: path, required: true, schema: {type: string}}], responses: {'200': {description: d}}}}";
    assert_all_normalized(&[
        (
            "an id used twice",
            &second("/b", &plain.replace("operationId: b", "operationId: a")),
            "api.yaml:9:27: warning: duplicate `operationId` `a`, first used at line 6",
            ("operations/get_b.rs", "pub struct GetB"),
        ),
        (
            "an id used twice by a reference",
            &format!("{}  /b: {{$ref: '#/paths/~1a'}}\n", operation("")),
            "api.yaml:8:14: warning: duplicate `operationId` `a`, first used at line 6",
            ("operations/get_b.rs", &method("/b")),
        ),
        (
            "a path whose parameter is not described",
            &operation_with("a", "'/a/{id}'", "", OK),
            "api.yaml:4:3: warning: no parameter describes `{id}` of the path `/a/{id}`",
            ("operations/a.rs", ".path_param(\"id\", &id)"),
        ),
        (
            "two paths that differ in a name",
            &second("'/a/{x_y}'", described),
            "api.yaml:9:3: warning: the path `/a/{x_y}` matches the same URLs as `/a/{x-y}`",
            ("operations/b.rs", "\"/a/{x_y}\""),
        ),
        (
            "a pattern in a path",
            &operation_with("a", "'/a/{id:[0-9]+}'", "", OK),
            "api.yaml:4:3: warning: `{id:[0-9]+}` contains more than the name of a parameter",
            ("operations/a.rs", "pub struct A"),
        ),
        (
            "no responses",
            &operation_with("a", "/a", "", "responses: {}"),
            "api.yaml:7:7: warning: `responses` describes no response; expected at least one",
            ("operations/a.rs", "pub struct A"),
        ),
        (
            "a tag given twice",
            &operation("tags: [t, t]"),
            "api.yaml:7:17: warning: duplicate tag `t`",
            ("operations/a.rs", &method("/a")),
        ),
        (
            "a component with a space in its name",
            &format!("{}components: {{schemas: {{a b: {{type: object}}}}}}\n", operation("")),
            "api.yaml:8:24: warning: `a b` cannot be the name of a component",
            ("types.rs", "pub struct Ab"),
        ),
    ]);
}

#[test]
fn a_nonconforming_server_or_security_scheme_is_a_warning() {
    let with = |field: &str| format!("{}{field}\n", operation(""));
    let method = "Method::GET, \"/a\")";
    assert_all_normalized(&[
        (
            "a server with an invalid URL",
            &with("servers: [{url: not a url}]"),
            "api.yaml:8:17: warning: `not a url` is not a URL: it contains a space",
            ("operations/a.rs", method),
        ),
        (
            "a server with a variable that is not there",
            &with("servers: [{url: 'https://{host}/'}]"),
            "api.yaml:8:17: warning: no variable of this server describes `{host}`",
            ("operations/a.rs", method),
        ),
        (
            "security of no scheme",
            &with("security: [{nope: []}]"),
            "api.yaml:8:13: warning: unknown security scheme `nope`",
            ("operations/a.rs", method),
        ),
        (
            "a security scheme of no type",
            &with("components: {securitySchemes: {s: {type: magic}}}"),
            "api.yaml:8:42: warning: unknown type `magic` of a security scheme",
            ("operations/a.rs", method),
        ),
    ]);
}
