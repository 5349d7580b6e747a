//! The extensions that the generator knows, with values that it cannot use.

use crate::fixture::assert_all_refused;
use crate::small_documents::{body, operation};

#[test]
fn an_extension_with_an_unusable_value_is_refused() {
    let component =
        |schema: &str| body(&format!("{{$ref: '#/components/schemas/A'}}\ncomponents:\n  schemas:\n    A: {schema}"));
    let rust_type = |value: &str| component(&format!("{{type: string, x-rust-type: {value}}}"));
    let decode =
        |value: &str| component(&format!("{{x-rust-decode: {value}, oneOf: [{{type: integer}}, {{type: string}}]}}"));
    assert_all_refused(&[
        (
            "a type that is text",
            &rust_type("'a::B'"),
            "api.yaml:15:36: error: `x-rust-type` must be an object, found a string",
        ),
        (
            "a type without a path",
            &rust_type("{crate: salla-runtime, version: '*'}"),
            "api.yaml:15:23: error: `x-rust-type` has no `path`",
        ),
        (
            "a path that is none",
            &rust_type("{crate: salla-runtime, version: '*', path: 'a b'}"),
            "api.yaml:15:79: error: `a b` is not the path of a type of salla-runtime",
        ),
        (
            "a type of another crate",
            &rust_type("{crate: other, version: '*', path: 'other::B'}"),
            "api.yaml:15:44: error: `x-rust-type` names a type of `other`, which the client does not depend on",
        ),
        (
            "code in the place of a path",
            &rust_type("{crate: salla-runtime, version: '*', path: 'salla_runtime::Id; fn f() {}'}"),
            "api.yaml:15:79: error: `salla_runtime::Id; fn f() {}` is not the path of a type of salla-runtime",
        ),
        (
            "a function that is a number",
            &decode("7"),
            "api.yaml:15:24: error: `x-rust-decode` must be a string, found an integer",
        ),
        (
            "a function that is none",
            &decode("'a b'"),
            "api.yaml:15:24: error: `a b` is not the path of a function of salla-runtime",
        ),
        (
            "code in the place of a function",
            &decode("'a\")]struct X;'"),
            "api.yaml:15:24: error: `a\")]struct X;` is not the path of a function of salla-runtime",
        ),
        (
            "a function with nothing to decode",
            &component("{type: integer, x-rust-decode: 'salla_runtime::php::integer'}"),
            "api.yaml:15:39: error: `x-rust-decode` needs a `oneOf` in the same schema",
        ),
        (
            "pages that are a number",
            &operation("x-pagination: 7"),
            "api.yaml:7:21: error: `x-pagination` must be an object",
        ),
        (
            "pages by a parameter that is not there",
            &operation("x-pagination: {page: p, items: '', total_pages: /a}"),
            "api.yaml:7:28: error: `p` is not an optional integer parameter in the query of this operation",
        ),
    ]);
}
