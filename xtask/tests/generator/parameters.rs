//! Parameters: those that cannot be sent, those of every style, and those that are normalized.

use crate::fixture::{assert_all_generated, assert_all_normalized, assert_all_refused};
use crate::small_documents::{OK, operation, operation_with};

#[test]
fn a_parameter_that_cannot_be_sent_is_refused() {
    let parameter = |parameter: &str| operation(&format!("parameters:\n        - {{{parameter}}}"));
    assert_all_refused(&[
        (
            "a body of Swagger 2.0",
            &parameter("name: q, in: body, schema: {type: string}"),
            "api.yaml:8:25: error: unknown place `body` of a parameter",
        ),
        (
            "a form of Swagger 2.0",
            &parameter("name: q, in: formData, schema: {type: string}"),
            "api.yaml:8:25: error: unknown place `formData` of a parameter",
        ),
        (
            "an invalid name of a header",
            &parameter("name: 'x y', in: header, schema: {type: string}"),
            "api.yaml:8:18: error: `x y` cannot be the name of this parameter",
        ),
        (
            "an invalid name of a cookie",
            &parameter("name: 'x=y', in: cookie, schema: {type: string}"),
            "api.yaml:8:18: error: `x=y` cannot be the name of this parameter",
        ),
        (
            "an empty name",
            &parameter("name: '', in: query, schema: {type: string}"),
            "api.yaml:8:18: error: `` cannot be the name of this parameter",
        ),
        ("no place", &parameter("name: q, schema: {}"), "api.yaml:8:11: error: this Parameter object has no `in`"),
        ("no name", &parameter("in: query, schema: {}"), "api.yaml:8:11: error: this Parameter object has no `name`"),
    ]);
}

#[test]
fn every_kind_of_parameter_is_generated() {
    let parameter = |parameter: &str| operation(&format!("parameters:\n        - {{{parameter}}}"));
    let at =
        |path: &str, parameter: &str| operation_with("a", path, &format!("parameters:\n        - {{{parameter}}}"), OK);
    assert_all_generated(&[
        (
            "a cookie",
            &parameter("name: q, in: cookie, schema: {type: string}"),
            "operations/a.rs",
            ".cookie(\"q\", &q)",
        ),
        (
            "a style of objects",
            &parameter(
                "name: q, in: query, style: deepObject, schema: {type: object, properties: {a: {type: string}}}",
            ),
            "operations/a.rs",
            ".query_as(Style::DeepObject, \"q\", &q)",
        ),
        (
            "a style of paths",
            &at("'/a/{id}'", "name: id, in: path, required: true, style: matrix, schema: {type: string}"),
            "operations/a.rs",
            ".path_param_as(Style::Matrix, \"id\", &id)",
        ),
        (
            "a list in one value",
            &parameter("name: q, in: query, explode: false, schema: {type: array, items: {type: string}}"),
            "operations/a.rs",
            ".query_as(Style::Form, \"q\", &q)",
        ),
    ]);
}

#[test]
fn a_nonconforming_parameter_is_normalized_with_a_warning() {
    let parameter = |parameter: &str| operation(&format!("parameters:\n        - {{{parameter}}}"));
    let at_id =
        |parameter: &str| operation_with("a", "'/a/{id}'", &format!("parameters:\n        - {{{parameter}}}"), OK);
    assert_all_normalized(&[
        (
            "a parameter described twice",
            &parameter("name: q, in: query, schema: {}}\n        - {name: q, in: query, schema: {type: integer}"),
            "api.yaml:9:18: warning: duplicate parameter `q` in `query`",
            ("operations/a.rs", "Result<Option<i64>, String>"),
        ),
        (
            "no schema",
            &parameter("name: q, in: query"),
            "api.yaml:8:11: warning: this parameter has neither `schema` nor `content`",
            ("operations/a.rs", "Result<Option<String>, String>"),
        ),
        (
            "a schema and a media type",
            &parameter("name: q, in: query, schema: {type: integer}, content: {text/plain: {}}"),
            "api.yaml:8:57: warning: this parameter has both `schema` and `content`",
            ("operations/a.rs", "Result<Option<i64>, String>"),
        ),
        (
            "a parameter that the path does not have",
            &parameter("name: id, in: path, required: true, schema: {type: string}"),
            "api.yaml:8:18: warning: `/a` has no `{id}` for this parameter",
            ("operations/a.rs", "Request::new(&OPERATION).overridden"),
        ),
        (
            "a path parameter that is not required",
            &at_id("name: id, in: path, schema: {type: string}"),
            "api.yaml:8:11: warning: the path parameter `id` is not required",
            ("operations/a.rs", "id: Result<String, String>"),
        ),
        (
            "a style that its place does not have",
            &at_id("name: id, in: path, required: true, style: form, schema: {type: string}"),
            "api.yaml:8:55: warning: `form` is not a style of a path parameter; expected `simple`, `label`, `matrix`",
            ("operations/a.rs", ".path_param(\"id\", &id)"),
        ),
    ]);
}
