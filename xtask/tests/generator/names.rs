//! Names and texts that mean something to Rust, to Markdown or to a manifest.

use crate::small_documents::{HEAD, body, operation, quoted};
use crate::support::Fixture;

/// Words and signs that mean something to Rust, to Markdown or to a manifest.
const AWKWARD: &[&str] = &[
    "self",
    "Self",
    "crate",
    "super",
    "type",
    "async",
    "gen",
    "r#type",
    "union",
    "static",
    "builder",
    "types",
    "client",
    "Client",
    "new",
    "from_env",
    "send",
    "token",
    "transport",
    "clone",
    "Result",
    "String",
    "Option",
    "Error",
    "Box",
    "std",
    "salla_runtime",
    "قائمة نقاط الولاء",
    "a b",
    "a/b",
    "a.b",
    "1a",
    "é",
    "🎁",
    "_",
    "-",
    "a\"b",
    "a\\b",
    "a\nb",
    "*/",
    "/*",
    "//",
    "///",
    "#[derive(X)]",
    "#",
    "{}",
    "${x}",
    "{{",
    "```",
    "```\nlet x = ;\n```",
    "~~~",
    "`",
    "\\",
    "'",
    "<script>",
    "[x](",
    "[x]",
    "|",
    "]]>",
    "$(rm)",
    "\t",
    "\u{202e}",
    "\u{2028}",
    "    indented",
    "- a",
    "--",
    "%",
    "\"#",
    "",
];

#[test]
fn names_of_any_kind_are_generated_or_refused_at_a_place() {
    for name in AWKWARD {
        let quoted = quoted(name);
        let text = format!(
            "{HEAD}paths:\n  /a:\n    get:\n      operationId: {quoted}\n      parameters:\n        - {{name: {quoted}, in: query, schema: \
             {{type: string}}}}\n      responses:\n        '200':\n          description: d\n          content:\n            application/json:\n              \
             schema: {{type: object, properties: {{{quoted}: {{type: string}}}}}}\ncomponents:\n  schemas:\n    {quoted}: {{type: object, \
             properties: {{a: {{type: string}}}}}}\n    Other: {{type: string, enum: [{quoted}, other]}}\n"
        );
        Fixture::with(text).assert_generates_or_is_refused(name);
    }
}

#[test]
fn texts_of_any_kind_are_generated() {
    let long = "long ".repeat(2000);
    for text in AWKWARD.iter().copied().chain([long.as_str()]) {
        let quoted = quoted(text);
        let document = format!(
            "openapi: 3.0.3\ninfo: {{title: {quoted}, version: {quoted}, description: {quoted}}}\n\
             servers:\n  - {{url: 'https://example.com', description: {quoted}}}\npaths:\n  /a:\n    get:\n      \
             operationId: a\n      summary: {quoted}\n      description: {quoted}\n      parameters:\n        - {{name: q, in: query, \
             description: {quoted}, example: {quoted}, schema: {{type: string}}}}\n      responses:\n        '200':\n          description: \
             {quoted}\n          content:\n            application/json:\n              schema: {{type: object, description: {quoted}, title: \
             {quoted}, properties: {{a: {{type: string, description: {quoted}}}}}}}\n        '404':\n          description: {quoted}\n"
        );
        Fixture::with(document).assert_generates(text);
    }
}

#[test]
fn names_that_become_equal_in_rust_are_kept_apart() {
    let mut refused = Vec::new();
    for (what, text) in [
        (
            "operations",
            format!(
                "{}  /b:\n    get:\n      operationId: A\n      responses: {{'200': {{description: d}}}}\n",
                operation("")
            ),
        ),
        (
            "properties",
            body("{type: object, properties: {a-b: {type: string}, a_b: {type: string}, aB: {type: string}}}"),
        ),
        ("values", body("{type: string, enum: [a, A, 'a ', -a]}")),
        ("signs", body("{type: string, enum: ['<', '>', '<=', '', ' ', '1', é, مؤكدة]}")),
        (
            "schemas",
            body(
                "{$ref: '#/components/schemas/a-b'}\ncomponents: {schemas: {a-b: {type: object}, a_b: {type: object}, AB: {type: string}}}",
            ),
        ),
    ] {
        let run = Fixture::with(text).generate(&[]);
        if run.code != Some(0) {
            refused.push(format!("{what}: {}", run.first_line()));
        }
    }
    assert!(refused.is_empty(), "{refused:#?}");
}
