//! Whatever the generator is given, it says where, what and what to do, and leaves the folder as it was.
//!
//! Each input runs through the built xtask, and the first finding is pinned: its place, its severity and its message.
//! What is refused is refused with `--strict`; what only departs from the specification in a way with one meaning is read
//! with that meaning otherwise, which has tests of its own.

mod support;

use std::fs;
use std::path::Path;

use salla_loyalty_points_tests::documented;
use serde_json::{Value, json};
use support::{Run, run, xtask};
use tempfile::TempDir;

/// The beginning of every small document here.
const HEAD: &str = "openapi: 3.0.3\ninfo: {title: t, version: '1'}\n";

// What is no document.

#[test]
fn texts_that_are_no_document_are_told() {
    check_all(&[
        ("an empty file", "", "api.yaml: error: the document is empty"),
        ("blank lines", " \n\n", "api.yaml: error: the document is empty"),
        ("a comment", "# nothing\n", "api.yaml: error: the document is empty"),
        ("an empty YAML document", "---\n...\n", "api.yaml: error: the document is empty"),
        ("null", "null\n", "api.yaml: error: the document is empty"),
        ("a list", "- openapi: 3.0.3\n", "api.yaml: error: an OpenAPI document is an object, and this is an array"),
        ("text", "openapi\n", "api.yaml: error: an OpenAPI document is an object, and this is a string"),
        ("a number", "3.0\n", "api.yaml: error: an OpenAPI document is an object, and this is a number"),
        ("a JSON string", "\"x\"", "api.yaml: error: an OpenAPI document is an object, and this is a string"),
        ("a JSON list", "[]", "api.yaml: error: an OpenAPI document is an object, and this is an array"),
        (
            "HTML",
            "<!DOCTYPE html>\n<html><body>Not found</body></html>\n",
            "api.yaml: error: an OpenAPI document is an object, and this is a string",
        ),
        ("an empty object", "{}\n", "api.yaml:1:1: error: this is not an OpenAPI document: it has no `openapi` field"),
        (
            "two documents",
            &format!("{}---\n{}", operation(""), operation("")),
            "api.yaml:8:1: error: the document cannot be read as YAML: the file holds more than one YAML document",
        ),
        (
            "a first key that is indented",
            "  openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths: {}\n",
            "api.yaml:1:3: error: invalid YAML: expected a key at column 1, found `openapi` at column 3",
        ),
        (
            "a merge of text",
            "openapi: 3.0.3\ninfo:\n  <<: text\n",
            "api.yaml:3:3: error: the document cannot be read as YAML: expected a mapping or list of mappings for merging, but found scalar",
        ),
    ]);
}

#[test]
fn bytes_that_are_no_text_are_told() {
    let utf16 = |text: &str, order: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(order).collect::<Vec<u8>>();
    let mut others = Vec::new();
    for (what, bytes, expected) in [
        (
            "a byte that is not UTF-8",
            b"openapi: 3.0.3\ninfo: {title: \xD9\x82\xFF}\n".to_vec(),
            "api.yaml:2:16: error: the document is not UTF-8: found the byte 0xFF here",
        ),
        (
            "a character that is cut off",
            b"openapi: 3.0.3\n# \xD9".to_vec(),
            "api.yaml:2:3: error: the document is not UTF-8: found the byte 0xD9 here",
        ),
        (
            "UTF-16, little end first",
            utf16("\u{FEFF}openapi: 3.0.3\n", u16::to_le_bytes),
            "api.yaml:1:1: error: the document is not UTF-8: found the byte 0xFF here",
        ),
        (
            "UTF-16, big end first",
            utf16("\u{FEFF}openapi: 3.0.3\n", u16::to_be_bytes),
            "api.yaml:1:1: error: the document is not UTF-8: found the byte 0xFE here",
        ),
        (
            "a compressed file",
            b"\x1F\x8B\x08\x00\x00".to_vec(),
            "api.yaml:1:2: error: the document is not UTF-8: found the byte 0x8B here",
        ),
        (
            "UTF-16 without a mark",
            utf16("openapi: 3.0.3\n", u16::to_le_bytes),
            "api.yaml:1:2: error: the document cannot be read as YAML: control characters are not allowed",
        ),
        (
            "a NUL",
            b"openapi: 3.0.3\ninfo: {title: \"a\0b\"}\n".to_vec(),
            "api.yaml:2:17: error: the document cannot be read as YAML: control characters are not allowed",
        ),
        (
            "a control character",
            b"openapi: 3.0.3\ninfo: {title: \"\xD9\x82\x01\"}\n".to_vec(),
            "api.yaml:2:17: error: the document cannot be read as YAML: control characters are not allowed",
        ),
    ] {
        let found = first_line(&Desk::with(&bytes).refuse("api.yaml", what));
        if found != expected {
            others.push(format!("{what}: expected {expected}, found {found}"));
        }
    }
    assert!(others.is_empty(), "{others:#?}");
}

#[test]
fn files_that_cannot_be_read_are_told() {
    let desk = Desk::with(b"");
    fs::create_dir(desk.path().join("folder")).unwrap();
    for (what, spec, expected) in [
        (
            "no such file",
            "nowhere.yaml",
            "nowhere.yaml: error: the document cannot be read: No such file or directory (os error 2)",
        ),
        (
            "no such folder",
            "nowhere/api.yaml",
            "nowhere/api.yaml: error: the document cannot be read: No such file or directory (os error 2)",
        ),
        (
            "a file in the place of a folder",
            "api.yaml/api.yaml",
            "api.yaml/api.yaml: error: the document cannot be read: Not a directory (os error 20)",
        ),
        ("a folder", "folder", "folder: error: this is a directory, not a document"),
        ("this folder", ".", ".: error: this is a directory, not a document"),
    ] {
        if cfg!(windows) && expected.contains("os error") {
            continue;
        }
        assert_eq!(first_line(&desk.refuse_unread(spec, what)), expected, "{what}");
    }
    #[cfg(target_os = "linux")]
    assert_eq!(
        first_line(&desk.refuse_unread("/dev/zero", "a file without an end")),
        "/dev/zero: error: the document is larger than 64 MiB"
    );
}

#[test]
fn a_document_that_cannot_be_read_has_an_outcome_of_its_own() {
    let desk = Desk::with(b"");
    let arguments = ["check", "--spec", "nowhere.yaml", "--out", "out", "--message-format", "json"];
    let run = run(desk.path(), &arguments).exits(3, "no such file");
    let lines: Vec<serde_json::Value> = run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((&lines[0]["code"], &lines[0]["severity"]), (&"unreadable-document".into(), &"error".into()));
    assert_eq!(
        lines[1],
        json!({"kind": "summary", "outcome": "unreadable", "spec": "nowhere.yaml", "out": "out", "errors": 1, "warnings": 0})
    );
    assert_eq!((lines.len(), run.stderr.as_str()), (2, ""), "{run:#?}");
}

// What is no YAML, and no JSON.

#[test]
fn broken_yaml_is_told_with_its_place() {
    check_all(&[
        (
            "a bracket that does not close",
            "openapi: 3.0.3\ninfo: [1, 2\npaths: {}\n",
            "api.yaml:2:7: error: invalid YAML: unclosed `[`: expected `,` or `]`, found `paths:`",
        ),
        (
            "an indentation that fits nowhere",
            "openapi: 3.0.3\ninfo:\n  title: t\n version: '1'\n",
            "api.yaml:4:2: error: invalid YAML: expected a key at column 1 or 3, found `version` at column 2",
        ),
        (
            "a tab",
            "openapi: 3.0.3\ninfo:\n\ttitle: t\n",
            "api.yaml:3:1: error: invalid YAML: expected spaces, found a tab",
        ),
        (
            "a quote that does not close",
            "openapi: \"3.0.3\n",
            "api.yaml:1:10: error: invalid YAML: unclosed `\"`: expected a closing `\"`, found the end of the file",
        ),
        (
            "an alias of nothing",
            "openapi: 3.0.3\ninfo: *nope\n",
            "api.yaml:2:7: error: invalid YAML: unknown alias `*nope`",
        ),
        (
            "an alias of a name that is misspelt",
            "openapi: 3.0.3\ninfo: &info {title: t}\nx-a: *inof\n",
            "api.yaml:3:6: error: invalid YAML: unknown alias `*inof`; did you mean `*info`?",
        ),
        (
            "a colon in text",
            "openapi: 3.0.3\ninfo:\n  title: Points: all of them\n",
            "api.yaml:3:16: error: invalid YAML: expected the end of the value, found `: `",
        ),
        (
            "an item beside its list",
            &format!("{HEAD}tags:\n  - {{name: a}}\n - {{name: b}}\n"),
            "api.yaml:5:2: error: invalid YAML: expected a list item (`-`) at column 3, found it at column 2",
        ),
        (
            "text that begins with a reserved character",
            "openapi: 3.0.3\ninfo: {title: @t}\n",
            "api.yaml:2:15: error: invalid YAML: expected a value, found `@`",
        ),
        (
            "a template",
            "openapi: 3.0.3\ninfo: {{ info }}\n",
            "api.yaml:2:7: error: expected text as a key, found a mapping",
        ),
        (
            "a tag of the author's",
            "openapi: 3.0.3\ninfo: {title: !money t}\n",
            "api.yaml:2:15: error: the YAML tag `!money` has no meaning in an OpenAPI document",
        ),
        (
            "an infinite number",
            &format!("{HEAD}paths: {{}}\nx-a: .inf\n"),
            "api.yaml:4:6: error: `.inf` is not a number that JSON can hold",
        ),
        (
            "no number",
            &format!("{HEAD}paths: {{}}\nx-a: .nan\n"),
            "api.yaml:4:6: error: `.nan` is not a number that JSON can hold",
        ),
        (
            "a key that is a list",
            &format!("{HEAD}paths: {{}}\nx-a: {{[1, 2]: 3}}\n"),
            "api.yaml:4:6: error: expected text as a key, found a list",
        ),
    ]);
}

#[test]
fn broken_json_is_told_with_its_place() {
    check_all(&[
        (
            "a comma too many",
            "{\"openapi\": \"3.0.3\",\n \"info\": {\"title\": \"t\",, \"version\": \"1\"}}\n",
            "api.yaml:2:24: error: invalid JSON: expected a key in double quotes, found `,`",
        ),
        (
            "a comma behind the last entry, beside another error",
            "{\"openapi\": \"3.0.3\",\n \"info\": {\"title\": \"t\",},\n \"paths\" {}}\n",
            "api.yaml:2:23: error: invalid JSON: trailing comma: expected a key in double quotes, found `}`",
        ),
        (
            "a comma that is missing",
            "{\"openapi\": \"3.0.3\",\n \"info\": {\"title\": \"t\" \"version\": \"1\"}}\n",
            "api.yaml:2:24: error: invalid JSON: expected `,` or `}`, found `\"version\"`",
        ),
        (
            "single quotes",
            "{\"openapi\": \"3.0.3\", 'info': {} \"paths\": {}}\n",
            "api.yaml:1:22: error: invalid JSON: expected a key in double quotes, found `'info'`",
        ),
        (
            "the end is missing",
            "{\"openapi\": \"3.0.3\",\n \"info\": {\"title\": \"t\"",
            "api.yaml:2:10: error: invalid JSON: unclosed `{`: expected `,` or `}`, found the end of the file",
        ),
        (
            "a comment",
            "{\"openapi\": \"3.0.3\", // here\n \"info\": {}}\n",
            "api.yaml:1:22: error: invalid JSON: expected a key in double quotes, found a comment",
        ),
    ]);
}

#[test]
fn keys_that_stand_twice_are_told_where_the_second_stands() {
    check_all(&[
        (
            "at the top",
            &format!("{HEAD}info: {{title: u, version: '1'}}\npaths: {{}}\n"),
            "api.yaml:3:1: error: the key `info` stands here twice",
        ),
        ("deep down", &operation("operationId: b"), "api.yaml:7:7: error: the key `operationId` stands here twice"),
        (
            "with and without quotes",
            &operation_with(
                "a",
                "/a",
                "",
                "responses:\n        200: {description: d}\n        '200': {description: d}",
            ),
            "api.yaml:9:9: error: the key `200` stands here twice",
        ),
        (
            "in JSON",
            "{\"openapi\": \"3.0.3\", \"openapi\": \"3.0.3\"}",
            "api.yaml:1:22: error: the key `openapi` stands here twice",
        ),
    ]);
}

#[test]
fn documents_that_would_take_all_memory_or_the_whole_stack_are_refused() {
    let below = |level: usize| vec![format!("*a{level}"); 10].join(", ");
    let levels: Vec<_> = (1..12).map(|level| format!("a{level}: &a{level} [{}]\n", below(level - 1))).collect();
    let bomb = format!("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n{}", levels.concat());
    let too_deep = "the document cannot be read as YAML: it is nested too deeply";
    check_all(&[
        (
            "an alias bomb",
            &bomb,
            "api.yaml: error: the document cannot be read as YAML: its aliases expand without measure",
        ),
        ("lists in lists, without an end", &"[".repeat(50_000), &format!("api.yaml:1:129: error: {too_deep}")),
        (
            "lists in lists",
            &format!("{}{}", "[".repeat(50_000), "]".repeat(50_000)),
            &format!("api.yaml:1:129: error: {too_deep}"),
        ),
        (
            "lists in an extension",
            &format!("{HEAD}paths: {{}}\nx-a: {}{}\n", "[".repeat(10_000), "]".repeat(10_000)),
            &format!("api.yaml:4:134: error: {too_deep}"),
        ),
        (
            "mappings in mappings, line by line",
            &(0..1500).map(|level| format!("{}a:\n", " ".repeat(level))).collect::<Vec<_>>().concat(),
            &format!("api.yaml:129:129: error: {too_deep}"),
        ),
        ("an alias of what it stands in", "openapi: &a {b: *a}\n", &format!("api.yaml:1:10: error: {too_deep}")),
    ]);
}

#[test]
fn objects_in_objects_without_an_end_are_refused_before_the_reader_grows_old() {
    let run = Desk::with("{\"a\":".repeat(100_000).as_bytes()).generate_strictly().exits(2, "objects in objects");
    assert!(first_line(&run).contains("nested too deeply") || first_line(&run).contains("recursion"), "{run:#?}");
}

#[test]
fn a_pattern_that_backtracks_without_measure_does_not_stop_the_generator() {
    let pattern = example("{type: string, pattern: '^(a+)+$'}", &format!("{}b", "a".repeat(32)));
    Desk::with(pattern.as_bytes()).generate_strictly().exits(2, "an expensive pattern");
}

// What is no OpenAPI 3.0.

#[test]
fn other_versions_are_named() {
    let as_version = |version: &str| operation("").replace("3.0.3", version);
    check_all(&[
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
    let run = Desk::with(body(schema).replace("3.0.3", "3.1.0").as_bytes()).generate_strictly().exits(0, "3.1");
    assert_eq!(messages(&run), [""; 0]);
}

#[test]
fn structure_that_is_missing_or_of_another_kind_is_told() {
    let changed = |from: &str, to: &str| operation("").replace(from, to);
    check_all(&[
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

// References.

#[test]
fn references_that_lead_to_nothing_of_use_are_told() {
    let schema = |reference: &str| body(&format!("{{$ref: '{reference}'}}"));
    let with = |reference: &str, components: &str| format!("{}components: {components}\n", schema(reference));
    check_all(&[
        (
            "nothing there",
            &schema("#/components/schemas/A"),
            "api.yaml:12:30: error: `$ref: #/components/schemas/A` leads to nothing",
        ),
        (
            "nothing behind another reference",
            &with("#/components/schemas/A", "{schemas: {A: {$ref: '#/components/schemas/B'}}}"),
            "api.yaml:13:34: error: `$ref: #/components/schemas/B` leads to nothing",
        ),
        (
            "another file",
            &schema("other.yaml#/A"),
            "api.yaml:12:30: error: `$ref: other.yaml#/A` leads out of this document",
        ),
        (
            "another machine",
            &schema("https://example.com/a.json"),
            "api.yaml:12:30: error: `$ref: https://example.com/a.json` leads out of this document",
        ),
        (
            "something of another kind",
            &with("#/components/responses/R", "{responses: {R: {description: d}}}"),
            "api.yaml:12:30: error: `$ref: #/components/responses/R` stands where a Schema is expected, and does not lead to one",
        ),
        (
            "the whole document",
            &schema("#"),
            "api.yaml:12:30: error: `$ref: #` stands where a Schema is expected, and does not lead to one",
        ),
        (
            "what holds all schemas",
            &with("#/components/schemas", "{schemas: {A: {}}}"),
            "api.yaml:12:30: error: `$ref: #/components/schemas` stands where a Schema is expected, and does not lead to one",
        ),
        (
            "a part of another kind",
            &schema("#/paths/~1a/get/responses/200"),
            "api.yaml:12:30: error: `$ref: #/paths/~1a/get/responses/200` stands where a Schema is expected, and does not lead to one",
        ),
        (
            "a part that is not there",
            &with("#/components/schemas/A/properties/c", "{schemas: {A: {properties: {b: {}}}}}"),
            "api.yaml:12:30: error: `$ref: #/components/schemas/A/properties/c` stands where a Schema is expected, and does not lead to one",
        ),
        ("a number", &body("{$ref: 7}"), "api.yaml:12:30: error: `$ref` must be a string, found an integer"),
    ]);
    let run = Desk::with(with("#/components/schemas/Entrie", "{schemas: {Entry: {}}}").as_bytes()).generate_strictly();
    assert!(run.stderr.contains("help: did you mean `#/components/schemas/Entry`?"), "{run:#?}");
}

#[test]
fn circles_without_a_way_out_are_told() {
    let schemas =
        |schemas: &str| body(&format!("{{$ref: '#/components/schemas/A'}}\ncomponents:\n  schemas:\n    {schemas}"));
    let a = "{$ref: '#/components/schemas/A'}";
    check_all(&[
        ("a reference to itself", &schemas(&format!("A: {a}")), "api.yaml:15:5: error: `A` is made of itself"),
        ("by allOf", &schemas(&format!("A: {{allOf: [{a}]}}")), "api.yaml:15:5: error: `A` is made of itself"),
        (
            "by oneOf",
            &schemas(&format!("A: {{oneOf: [{{type: string}}, {a}]}}")),
            "api.yaml:15:5: error: `A` is made of itself",
        ),
        (
            "by anyOf",
            &schemas(&format!("A: {{anyOf: [{{type: string}}, {a}]}}")),
            "api.yaml:15:5: error: `A` is made of itself",
        ),
        ("by not", &schemas(&format!("A: {{not: {a}}}")), "api.yaml:15:5: error: `A` is made of itself"),
        (
            "through another",
            &schemas(&format!("A: {{$ref: '#/components/schemas/B'}}\n    B: {{allOf: [{a}]}}")),
            "api.yaml:15:5: error: `A` is made of itself",
        ),
        (
            "of responses",
            &format!(
                "{}components:\n  responses:\n    R: {{$ref: '#/components/responses/S'}}\n    S: {{$ref: '#/components/responses/R'}}\n",
                operation_with("a", "/a", "", "responses: {'200': {$ref: '#/components/responses/R'}}")
            ),
            "api.yaml:10:5: error: `R` is made of itself",
        ),
        (
            "of parameters",
            &format!(
                "{}components:\n  parameters:\n    P: {{$ref: '#/components/parameters/P'}}\n",
                operation("parameters: [{$ref: '#/components/parameters/P'}]")
            ),
            "api.yaml:11:5: error: `P` is made of itself",
        ),
        (
            "of headers",
            &format!("{}components: {{headers: {{H: {{$ref: '#/components/headers/H'}}}}}}\n", operation("")),
            "api.yaml:8:24: error: `H` is made of itself",
        ),
    ]);
}

#[test]
fn circles_with_a_way_out_generate() {
    let a = "{$ref: '#/components/schemas/A'}";
    for (what, schema) in [
        ("a tree", format!("{{type: object, properties: {{below: {{type: array, items: {a}}}}}}}")),
        ("a chain", format!("{{type: object, properties: {{next: {a}}}}}")),
        ("a map", format!("{{type: object, additionalProperties: {a}}}")),
        ("a list of lists", format!("{{type: array, items: {a}}}")),
        ("a described property", format!("{{type: object, properties: {{next: {{description: d, allOf: [{a}]}}}}}}")),
        ("an alternative", format!("{{oneOf: [{{type: string}}, {{type: object, properties: {{a: {a}}}}}]}}")),
    ] {
        let text = body(&format!("{a}\ncomponents:\n  schemas:\n    A: {schema}"));
        Desk::with(text.as_bytes()).assert_generates(what);
    }
}

// Operations.

#[test]
fn operations_that_no_method_can_be_made_of_are_told() {
    let responses = |responses: &str| operation_with("a", "/a", "", responses);
    check_all(&[
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
            "api.yaml:4:3: error: the braces of the path `/a/{id` do not close",
        ),
        (
            "a query in a path",
            &operation_with("a", "'/a?b=c'", "", OK),
            "api.yaml:4:3: error: the path `/a?b=c` holds more than a path",
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
            "api.yaml:3:20: error: `$ref: other.yaml#/a` leads to no path item of this document",
        ),
    ]);
}

#[test]
fn parameters_that_cannot_be_sent_are_told() {
    let parameter = |parameter: &str| operation(&format!("parameters:\n        - {{{parameter}}}"));
    check_all(&[
        (
            "a body of Swagger 2.0",
            &parameter("name: q, in: body, schema: {type: string}"),
            "api.yaml:8:25: error: `body` is no place for a parameter",
        ),
        (
            "a form of Swagger 2.0",
            &parameter("name: q, in: formData, schema: {type: string}"),
            "api.yaml:8:25: error: `formData` is no place for a parameter",
        ),
        (
            "a name that is no header's",
            &parameter("name: 'x y', in: header, schema: {type: string}"),
            "api.yaml:8:18: error: `x y` cannot be the name of this parameter",
        ),
        (
            "a name that is no cookie's",
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
fn operations_of_every_kind_are_accepted() {
    let responses = |responses: &str| operation_with("a", "/a", "", &format!("responses: {{{responses}}}"));
    let success = "'200': {description: d, content: {application/json: {schema: {type: string}}}}";
    accept_all(&[
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
            "Result<Response<String>, Error>",
        ),
        (
            "a body without a schema",
            &body("{}").replace(":\n              schema: {}", ": {}"),
            "operations/a.rs",
            "Result<Response<types::AResponse>, Error>",
        ),
        (
            "no success",
            &responses("'404': {description: d}"),
            "operations/a.rs",
            "200..=299 => response.without_body()",
        ),
        ("nothing but default", &responses("default: {description: d}"), "operations/a.rs", "Error<AError>"),
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
            "Result<Response<types::Ab>, Error>",
        ),
    ]);
}

#[test]
fn parameters_of_every_kind_are_accepted() {
    let parameter = |parameter: &str| operation(&format!("parameters:\n        - {{{parameter}}}"));
    let at =
        |path: &str, parameter: &str| operation_with("a", path, &format!("parameters:\n        - {{{parameter}}}"), OK);
    accept_all(&[
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
fn a_document_without_operations_is_valid_and_a_warning() {
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
        let run = Desk::with(text.as_bytes()).generate_strictly().exits(0, what);
        assert_eq!(first_line(&run), expected, "{what}");
    }
}

// What departs from the specification, and can mean one thing only.

#[test]
fn departures_are_read_as_they_were_meant_and_told_in_a_warning() {
    let changed = |from: &str, to: &str| operation("").replace(from, to);
    let parameter = |parameter: &str| operation(&format!("parameters:\n        - {{{parameter}}}"));
    let property = |schema: &str| body(&format!("{{type: object, properties: {{p: {schema}}}}}"));
    warn_all(&[
        (
            "an empty array of PHP's in the place of an object",
            &body("{type: object, properties: []}"),
            "api.yaml:12:50: warning: `properties` must be an object, found an array",
            ("operations/a.rs", "Result<Response<types::AResponse>, Error>"),
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
            "a property that says of itself that it is required",
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
            "api.yaml:4:3: warning: the path `/a?b=c` holds more than a path",
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

#[test]
fn operations_that_depart_from_the_specification_are_repaired_with_a_warning() {
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
    warn_all(&[
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
            "api.yaml:4:3: warning: `{id:[0-9]+}` holds more than the name of a parameter",
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
fn parameters_that_depart_from_the_specification_are_repaired_with_a_warning() {
    let parameter = |parameter: &str| operation(&format!("parameters:\n        - {{{parameter}}}"));
    let at_id =
        |parameter: &str| operation_with("a", "'/a/{id}'", &format!("parameters:\n        - {{{parameter}}}"), OK);
    warn_all(&[
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

#[test]
fn servers_and_security_that_depart_from_the_specification_are_reported_with_a_warning() {
    let with = |field: &str| format!("{}{field}\n", operation(""));
    let method = "Method::GET, \"/a\")";
    warn_all(&[
        (
            "a server that is no URL",
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
            "api.yaml:8:13: warning: there is no security scheme `nope`",
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

// Examples, defaults, patterns.

#[test]
fn examples_that_do_not_fit_their_schema_are_told_by_the_rule_and_the_place_inside() {
    for (schema, value, column, expected) in [
        ("{type: integer}", "'900'", 24, ": expected an integer, found a string (`\"900\"`)"),
        ("{type: integer}", "1.5", 24, ": expected an integer, found a number (`1.5`)"),
        ("{type: string}", "900", 24, ": expected a string, found an integer (`900`)"),
        ("{type: string}", "null", 24, ": expected a string, found null (`null`)"),
        ("{type: boolean}", "'yes'", 24, ": expected a boolean, found a string (`\"yes\"`)"),
        ("{type: array, items: {}}", "{}", 24, ": expected an array, found an object"),
        ("{type: object}", "[]", 24, ": expected an object, found an array"),
        ("{type: array, items: {type: string}}", "[a, 1]", 28, " at `/1`: expected a string, found an integer (`1`)"),
        (
            "{properties: {data: {type: array, items: {properties: {points: {type: integer}}}}}}",
            "{data: [{points: 1}, {points: x}]}",
            54,
            " at `/data/1/points`: expected an integer, found a string (`\"x\"`)",
        ),
        ("{required: [a, b]}", "{a: 1}", 24, ": the required property `b` is missing"),
        (
            "{properties: {a: {}}, additionalProperties: false}",
            "{a: 1, b: 2}",
            34,
            " at `/b`: the schema does not know the property `b`",
        ),
        (
            "{additionalProperties: {type: integer}}",
            "{a: x}",
            28,
            " at `/a`: expected an integer, found a string (`\"x\"`)",
        ),
        ("{maximum: 65}", "66", 24, ": `66` is above the maximum"),
        ("{maximum: 65, exclusiveMaximum: true}", "65", 24, ": `65` is above the maximum"),
        ("{minimum: 1}", "0", 24, ": `0` is below the minimum"),
        ("{minimum: 1, exclusiveMinimum: true}", "1", 24, ": `1` is below the minimum"),
        ("{multipleOf: 5}", "7", 24, ": `7` is not a multiple"),
        ("{maxLength: 2}", "abc", 24, ": the string is too long with 3 characters"),
        ("{minLength: 2}", "ق", 24, ": the string is too short with 1 characters"),
        ("{pattern: '^a$'}", "b", 24, ": `\"b\"` does not match `^a$`"),
        ("{enum: [a, b]}", "c", 24, ": `\"c\"` is not one of the listed values"),
        ("{maxItems: 1}", "[1, 2]", 24, ": the array has too many items: 2"),
        ("{minItems: 1}", "[]", 24, ": the array has too few items: 0"),
        ("{uniqueItems: true}", "[1, 1]", 24, ": the array has an item twice"),
        ("{maxProperties: 0}", "{a: 1}", 24, ": the object has too many properties"),
        ("{minProperties: 1}", "{}", 24, ": the object has too few properties"),
        ("{type: integer, format: int32}", "3000000000", 24, ": `3000000000` does not fit the integer's format"),
        ("{type: string, format: date}", "yesterday", 24, ": `\"yesterday\"` is not of the format `date`"),
        (
            "{type: string, format: date-time}",
            "'2024-12-17 17:42:14'",
            24,
            ": `\"2024-12-17 17:42:14\"` is not of the format `date-time`",
        ),
        ("{type: string, format: uuid}", "x", 24, ": `\"x\"` is not of the format `uuid`"),
        ("{oneOf: [{type: string}, {type: boolean}]}", "1", 24, ": `1` fits no alternative of `oneOf`"),
        (
            "{oneOf: [{type: string}, {minLength: 1}]}",
            "a",
            24,
            ": `\"a\"` fits more than one alternative of `oneOf` (0, 1)",
        ),
        ("{anyOf: [{type: string}, {type: boolean}]}", "1", 24, ": `1` fits no alternative of `anyOf`"),
        ("{allOf: [{required: [a]}, {required: [b]}]}", "{a: 1}", 24, ": the required property `b` is missing"),
        ("{not: {type: string}}", "a", 24, ": `\"a\"` is excluded by `not`"),
    ] {
        let expected = format!("api.yaml:13:{column}: error: the example does not fit its schema{expected}");
        Desk::with(example(schema, value).as_bytes()).assert_refused(schema, &expected);
    }
}

#[test]
fn examples_that_fit_are_let_through() {
    let mut refused = Vec::new();
    for (schema, value) in [
        ("{type: number, multipleOf: 0.1}", "0.3"),
        ("{type: number, multipleOf: 0.01}", "19.99"),
        ("{type: integer, maximum: 18446744073709551615}", "18446744073709551615"),
        ("{type: string, nullable: true}", "null"),
        ("{type: string, format: date-time}", "'2024-12-17T17:42:14+03:00'"),
        ("{type: string, maxLength: 5}", "مخصصة"),
        ("{type: string, pattern: '^[0-9]{4}-'}", "'2024-12-17'"),
        ("{type: object}", "{unknown: [keys]}"),
        ("{}", "null"),
    ] {
        let run = Desk::with(example(schema, value).as_bytes()).generate();
        if run.code != Some(0) {
            refused.push(format!("{value} against {schema}: {}", first_line(&run)));
        }
    }
    assert!(refused.is_empty(), "{refused:#?}");
}

#[test]
fn examples_and_defaults_are_checked_wherever_they_stand() {
    let parameter = |parameter: &str| operation(&format!("parameters:\n        - {{{parameter}}}"));
    let named = |named: &str| example("{type: integer}", "x").replace("example: x", named);
    check_all(&[
        (
            "of a schema",
            &body("{type: integer, example: x}"),
            "api.yaml:12:48: error: the example does not fit its schema: expected an integer, found a string (`\"x\"`)",
        ),
        (
            "of a parameter",
            &parameter("name: q, in: query, schema: {type: integer}, example: x"),
            "api.yaml:8:66: error: the example does not fit its schema: expected an integer, found a string (`\"x\"`)",
        ),
        (
            "named",
            &named("examples: {e: {value: x}}"),
            "api.yaml:13:37: error: the example does not fit its schema: expected an integer, found a string (`\"x\"`)",
        ),
        (
            "shared",
            &format!(
                "{}components: {{examples: {{E: {{value: x}}}}}}\n",
                named("examples: {e: {$ref: '#/components/examples/E'}}")
            ),
            "api.yaml:14:36: error: the example does not fit its schema: expected an integer, found a string (`\"x\"`)",
        ),
        (
            "a default of a schema",
            &body("{type: integer, default: x}"),
            "api.yaml:12:48: error: the default does not fit its schema: expected an integer, found a string (`\"x\"`)",
        ),
        (
            "both forms at once",
            &named("example: 1\n              examples: {e: {value: 2}}"),
            "api.yaml:13:15: error: `example` and `examples` exclude each other",
        ),
        (
            "a value and a link to one",
            &named("examples: {e: {value: 2, externalValue: 'https://example.com/e'}}"),
            "api.yaml:13:40: error: `value` and `externalValue` exclude each other",
        ),
        (
            "a pattern that is none",
            &body("{type: string, pattern: '['}"),
            "api.yaml:12:47: error: this pattern is not a regular expression: Unbalanced bracket",
        ),
    ]);
}

// Extensions.

#[test]
fn extensions_that_say_nothing_usable_are_told() {
    let component =
        |schema: &str| body(&format!("{{$ref: '#/components/schemas/A'}}\ncomponents:\n  schemas:\n    A: {schema}"));
    let rust_type = |value: &str| component(&format!("{{type: string, x-rust-type: {value}}}"));
    let decode =
        |value: &str| component(&format!("{{x-rust-decode: {value}, oneOf: [{{type: integer}}, {{type: string}}]}}"));
    check_all(&[
        (
            "a type that is text",
            &rust_type("'a::B'"),
            "api.yaml:15:36: error: `x-rust-type` has to be an object, and is a string",
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
            "api.yaml:15:24: error: `x-rust-decode` has to be a string, and is an integer",
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
            "api.yaml:15:39: error: `x-rust-decode` stands in a schema without `oneOf`: there is nothing to choose between",
        ),
        (
            "pages that are a number",
            &operation("x-pagination: 7"),
            "api.yaml:7:21: error: `x-pagination` has to be an object",
        ),
        (
            "pages by a parameter that is not there",
            &operation("x-pagination: {page: p, items: '', total_pages: /a}"),
            "api.yaml:7:28: error: `p` is no optional integer parameter in the query of this operation",
        ),
    ]);
}

// Names and texts.

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
fn names_of_any_kind_generate_or_are_told_with_a_place() {
    for name in AWKWARD {
        let quoted = quoted(name);
        let text = format!(
            "{HEAD}paths:\n  /a:\n    get:\n      operationId: {quoted}\n      parameters:\n        - {{name: {quoted}, in: query, schema: \
             {{type: string}}}}\n      responses:\n        '200':\n          description: d\n          content:\n            application/json:\n              \
             schema: {{type: object, properties: {{{quoted}: {{type: string}}}}}}\ncomponents:\n  schemas:\n    {quoted}: {{type: object, \
             properties: {{a: {{type: string}}}}}}\n    Other: {{type: string, enum: [{quoted}, other]}}\n"
        );
        Desk::with(text.as_bytes()).assert_generates_or_is_told(name);
    }
}

#[test]
fn texts_of_any_kind_generate() {
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
        Desk::with(document.as_bytes()).assert_generates(text);
    }
}

#[test]
fn a_byte_order_mark_and_carriage_returns_do_no_harm() {
    for text in [format!("\u{FEFF}{}", operation("")), operation("").replace('\n', "\r\n")] {
        Desk::with(text.as_bytes()).assert_generates("another editor's text");
    }
    let broken = operation("").replace("operationId: a", "operationId: 7").replace('\n', "\r\n");
    let expected = "api.yaml:6:20: error: `operationId` must be a string, found an integer";
    Desk::with(format!("\u{FEFF}{broken}").as_bytes()).assert_refused("a place in such a text", expected);
}

#[test]
fn names_that_become_one_in_rust_are_kept_apart() {
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
        let run = Desk::with(text.as_bytes()).generate();
        if run.code != Some(0) {
            refused.push(format!("{what}: {}", first_line(&run)));
        }
    }
    assert!(refused.is_empty(), "{refused:#?}");
}

#[test]
fn nothing_is_blamed_on_the_generator() {
    let mut blamed = Vec::new();
    for (what, text) in [
        ("a value listed twice", body("{type: string, enum: [a, a]}")),
        ("a value of another type", body("{type: string, enum: [1]}")),
        ("no values", body("{type: string, enum: []}")),
        ("parts of nothing", body("{allOf: []}")),
        ("alternatives of nothing", body("{oneOf: []}")),
        ("parts that exclude each other", body("{allOf: [{type: string}, {type: integer}]}")),
        ("all but a string", body("{not: {type: string}}")),
        ("bounds that leave nothing", body("{type: integer, minimum: 5, maximum: 1}")),
        ("a list without items", body("{type: array}")),
        (
            "an object in the query",
            operation("parameters: [{name: q, in: query, schema: {type: object, properties: {a: {type: string}}}}]"),
        ),
        (
            "a list in the path",
            operation_with(
                "a",
                "'/a/{id}'",
                "parameters: [{name: id, in: path, required: true, schema: {type: array, items: {type: string}}}]",
                OK,
            ),
        ),
    ] {
        let run = Desk::with(text.as_bytes()).generate();
        let is_blamed = run.stderr.contains("this is a gap in the generator") || run.stderr.contains("progenitor");
        if is_blamed || !matches!(run.code, Some(0 | 2)) {
            blamed.push(format!("{what}: {}", first_line(&run)));
        }
    }
    assert!(blamed.is_empty(), "neither generated nor told: {blamed:#?}");
}

#[test]
fn everything_that_is_wrong_is_told_at_once_in_the_order_of_the_document() {
    let text = format!(
        "{HEAD}paths:\n  b:\n    get: {{operationId: b, responses: {{default: {{description: d}}}}}}\n  /a:\n    get:\n      operationId: a\n      parameters:\n        \
         - {{name: q, in: body,   schema: {{$ref: '#/components/schemas/No'}}}}\n      responses: {{'200': {{content: {{text/csv: {{}}}}}}}}\n"
    );
    let run = Desk::with(text.as_bytes())
        .assert_refused("many errors", "api.yaml:4:3: error: invalid key `b` in a Paths object");
    assert_eq!(
        messages(&run),
        [
            "api.yaml:4:3: error: invalid key `b` in a Paths object",
            "api.yaml:10:25: error: `body` is no place for a parameter",
            "api.yaml:10:48: error: `$ref: #/components/schemas/No` leads to nothing",
            "api.yaml:11:19: error: this Response object has no `description`",
        ]
    );
}

// How it is told.

#[test]
fn a_finding_shows_its_code_its_line_a_mark_a_reason_and_a_remedy() {
    let text = operation("").replace("operationId: a", "operationId: 7");
    let run = Desk::with(text.as_bytes()).generate_strictly().exits(2, "an error");
    let expected = "error[wrong-kind]: `operationId` must be a string, found an integer\n --> api.yaml:6:20\n  \
                    |\n6 |       operationId: 7\n  |                    ^\n  |\n  = note: another kind of value \
                    is expected here, and what cannot be read as that would be missing from the client\n  = help: it is \
                    read as `\"7\"`: write a string here\n\nerror: api.yaml has 1 error: nothing was generated\n";
    assert_eq!(run.stderr, expected, "without colours, since this is no terminal");
}

#[test]
fn the_other_place_is_shown_beside_the_place() {
    let run = Desk::with(example("{type: integer}", "x").as_bytes()).generate_strictly().exits(2, "an example");
    let expected = "error[example-mismatch]: the example does not fit its schema: expected an integer, found a string \
                    (`\"x\"`)\n  --> api.yaml:13:24\n   |\n12 |               schema: {type: integer}\n   |                        \
                    ---- the schema\n13 |               example: x\n   |                        ^\n";
    assert!(run.stderr.starts_with(expected), "{run:#?}");
}

#[test]
fn the_mark_is_below_the_place_in_arabic_with_tabs_and_with_carriage_returns() {
    let arabic = body("{type: string, description: 'نقاط الولاء', nullable: 7}");
    let tabs = "{\n\t\"openapi\": 3,\n\t\"paths\": {}\n}\n".to_owned();
    let returns = operation("").replace("operationId: a", "operationId: 7").replace('\n', "\r\n");
    for (text, line, mark) in [
        (arabic, "12 |               schema: {type: string, description: 'نقاط الولاء', nullable: 7}\n", "^"),
        (tabs, "2 |     \"openapi\": 3,\n", "^"),
        (returns, "6 |       operationId: 7\n", "^"),
    ] {
        let run = Desk::with(text.as_bytes()).generate_strictly().exits(2, line);
        let (_, below) = run.stderr.split_once(line).unwrap_or_else(|| panic!("{line}: {run:#?}"));
        let column = line.chars().position(|c| c == '7').or_else(|| line.chars().position(|c| c == '3')).unwrap();
        let found = below.lines().next().unwrap();
        assert_eq!(found.chars().position(|c| c == '^'), Some(column), "{run:#?}");
        assert_eq!(found.trim_start_matches([' ', '|']), mark, "{run:#?}");
    }
}

#[test]
fn of_minified_json_no_more_than_a_window_is_shown() {
    let long = "x".repeat(100_000);
    let text = format!(
        "{{\"openapi\":\"3.0.3\",\"info\":{{\"title\":\"{long}\",\"version\":1}},\"paths\":{{}},\"x-a\":\"{long}\"}}"
    );
    let run = Desk::with(text.as_bytes()).generate_strictly().exits(2, "minified JSON");
    assert_eq!(first_line(&run), "api.yaml:1:100049: error: `version` must be a string, found an integer");
    assert!(run.stderr.lines().all(|line| line.chars().count() < 200), "{run:#?}");
    assert!(run.stderr.contains("x\",\"version\":1},\"paths\":{},\"x-a\":\"x"), "{run:#?}");
}

#[test]
fn as_json_every_line_of_standard_output_is_an_object() {
    let desk = Desk::with(operation("").replace("operationId: a", "operationId: 7").as_bytes());
    let lines = |code| {
        let json = ["--strict", "--spec", "api.yaml", "--out", "out", "--message-format", "json"];
        let run = run(desk.path(), &[&["check"], &json[..]].concat()).exits(code, "as JSON");
        assert_eq!(run.stderr, "", "{run:#?}");
        run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect::<Vec<Value>>()
    };
    let wrong = lines(2);
    assert_eq!(wrong.len(), 2, "{wrong:#?}");
    assert_eq!(
        wrong[0],
        json!({
            "kind": "finding",
            "severity": "error",
            "code": "wrong-kind",
            "message": "`operationId` must be a string, found an integer",
            "file": "api.yaml",
            "pointer": "/paths/~1a/get/operationId",
            "span": {"start": {"line": 6, "column": 20}, "end": {"line": 6, "column": 21}},
            "related": [],
            "why": "another kind of value is expected here, and what cannot be read as that would be missing from the client",
            "help": "it is read as `\"7\"`: write a string here",
        })
    );
    let summary = json!({
        "kind": "summary", "outcome": "wrong", "spec": "api.yaml", "out": "out", "errors": 1, "warnings": 0,
    });
    assert_eq!(wrong[1], summary);
    fs::write(desk.path().join("api.yaml"), operation("")).unwrap();
    let mut drifted = lines(1);
    let summary = drifted.pop().unwrap();
    assert_eq!((&summary["outcome"], &summary["drift"]), (&json!("drifted"), &json!(drifted.len())));
    assert!(drifted.contains(&json!({"kind": "drift", "path": "out/src/lib.rs", "change": "missing"})), "{drifted:#?}");
}

#[test]
fn a_part_that_is_referred_to_twice_has_its_finding_once() {
    let schema = "schema: {type: integer}, examples: {e: {$ref: '#/components/examples/E'}}";
    let uses = format!("parameters: [{{name: q, in: query, {schema}}}]");
    let text = format!(
        "{HEAD}paths:\n  /a:\n    get: {{operationId: a, {uses}, {OK}}}\n  /b:\n    get: {{operationId: b, {uses}, {OK}}}\n\
         components:\n  examples:\n    E: {{value: x}}\n"
    );
    let desk = Desk::with(text.as_bytes());
    let run = desk.refuse("api.yaml", "an example behind two references");
    assert_eq!(messages(&run).len(), 1, "{run:#?}");
    let run = desk.generate().exits(0, "the same as a warning");
    assert_eq!(messages(&run).len(), 1, "{run:#?}");
    assert!(run.stdout.lines().last().is_some_and(|line| line.contains(" files, 1 warning, ")), "{run:#?}");
}

#[test]
fn for_github_findings_and_drift_are_annotations_besides() {
    let arguments = ["check", "--strict", "--spec", "api.yaml", "--out", "out"];
    let desk = Desk::with(operation("").replace("operationId: a", "operationId: 7").as_bytes());
    let by_option = run(desk.path(), &[&arguments[..], &["--message-format=github"]].concat()).exits(2, "by option");
    let by_itself = Run::of(xtask(desk.path(), &arguments).env("GITHUB_ACTIONS", "true")).exits(2, "by itself");
    assert_eq!((&by_option.stdout, &by_option.stderr), (&by_itself.stdout, &by_itself.stderr));
    let expected = "::error file=api.yaml,line=6,endLine=6,col=20,endColumn=21,title=wrong-kind::`operationId` must be \
                    a string, found an integer%0Anote: another kind of value is expected here, and what cannot be read \
                    as that would be missing from the client%0Ahelp: it is read as `\"7\"`: write a string here\n";
    assert_eq!(by_itself.stdout, expected);
    assert_eq!(messages(&by_itself).len(), 1, "the text is there too");
    fs::write(desk.path().join("api.yaml"), operation("")).unwrap();
    let drifted = Run::of(xtask(desk.path(), &arguments).env("GITHUB_ACTIONS", "true")).exits(1, "drift");
    assert!(drifted.stdout.contains("missing: out/src/lib.rs\n"), "{drifted:#?}");
    assert!(
        drifted.stdout.contains("\n::error file=out/src/lib.rs,title=drift::out/src/lib.rs is missing%0A"),
        "{drifted:#?}"
    );
}

// The command line.

#[test]
fn wrong_arguments_are_told() {
    let desk = Desk::with(operation("").as_bytes());
    for (arguments, expected) in [
        (&[][..], "error: say what to do: `cargo xtask generate` or `cargo xtask check`\n"),
        (&["regenerate"], "error: there is no command `regenerate`: it is `generate` or `check`\n"),
        (&["generate", "check"], "error: unexpected argument \"check\"\n"),
        (&["generate", "--spec"], "error: missing argument for option '--spec'\n"),
        (&["generate", "--force"], "error: invalid option '--force'\n"),
        (
            &["check", "--message-format", "xml"],
            "error: there is no message format `xml`: it is `human`, `json` or `github`\n",
        ),
        (
            &["generate", "--name", "serde"],
            "error: `serde` cannot be the name of the package: the crate depends on one of the name `serde`. Give another \
             with `--name NAME`\n",
        ),
        (&["check", "-x"], "error: invalid option '-x'\n"),
        (&["generate", "--out", "/"], "error: / cannot be the folder of a crate\n"),
    ] {
        if cfg!(windows) && arguments.contains(&"/") {
            continue;
        }
        let run = run(desk.path(), arguments).exits(3, "wrong arguments");
        assert_eq!((run.stdout.as_str(), run.stderr.as_str()), ("", expected), "{arguments:?}");
    }
    desk.assert_untouched("wrong arguments");
}

#[test]
fn help_names_the_commands_the_options_and_the_exit_codes() {
    let desk = Desk::with(b"");
    for arguments in [&["--help"][..], &["-h"], &["help"], &["generate", "--help"]] {
        let run = run(desk.path(), arguments).exits(0, "help");
        assert_eq!(run.stderr, "");
        for word in [
            "cargo xtask generate",
            "cargo xtask check",
            "--spec PATH",
            "--out DIR",
            "--name NAME",
            "--verbose",
            "--report FILE",
            "--message-format FORMAT",
            "Exit status:",
        ] {
            assert!(run.stdout.contains(word), "{arguments:?}: {word}");
        }
    }
}

// Whatever else there is.

#[test]
fn mutants_of_the_contract_are_generated_or_told_and_never_stop_the_generator() {
    let contract = fs::read_to_string(documented::contract_path()).unwrap();
    let mut dice = Dice(0x5A11_A000_0001);
    for number in 0..150 {
        let mutant = mutated(&contract, &mut dice);
        let desk = Desk::with(&mutant);
        let run = run(desk.path(), &["check", "--spec", "api.yaml", "--out", "out"]);
        let shown = || format!("mutant {number}: {run:#?}\n{}", String::from_utf8_lossy(&mutant));
        assert!(matches!(run.code, Some(1 | 2)), "{}", shown());
        assert!(run.code == Some(1) || messages(&run).iter().all(|line| line.starts_with("api.yaml")), "{}", shown());
        desk.assert_untouched("a mutant");
    }
}

fn mutated(contract: &str, dice: &mut Dice) -> Vec<u8> {
    let mut lines: Vec<String> = contract.lines().map(str::to_owned).collect();
    for _ in 0..=dice.below(3) {
        mutate(&mut lines, dice);
    }
    let mut bytes = lines.join("\n").into_bytes();
    match dice.below(8) {
        0 => bytes.truncate(dice.below(bytes.len())),
        1 => {
            let at = dice.below(bytes.len());
            bytes[at] ^= 1 << dice.below(8);
        }
        _ => {}
    }
    bytes
}

fn mutate(lines: &mut Vec<String>, dice: &mut Dice) {
    const SCALARS: &[&str] = &[
        "null",
        "true",
        "-1",
        "3.5",
        "99999999999999999999",
        "''",
        "[]",
        "{}",
        "[[]]",
        "{a: b}",
        "'#/components/schemas/Date'",
        "{$ref: '#/components/schemas/Pagination'}",
        "*a",
        "&a b",
        "!x y",
        "\"\\u0000\"",
        "object",
        "array",
        "ق",
        "|",
        "2024-01-01",
    ];
    let (at, other) = (dice.below(lines.len()), dice.below(lines.len()));
    match dice.below(6) {
        0 => drop(lines.remove(at)),
        1 => lines.insert(other, lines[at].clone()),
        2 => lines.swap(at, other),
        3 => lines[at] = format!("  {}", lines[at]),
        4 => lines[at] = lines[at].strip_prefix("  ").unwrap_or(&lines[at]).to_owned(),
        _ => {
            let key = lines[at].split_once(": ").map_or(lines[at].as_str(), |(key, _)| key).trim_end_matches(':');
            lines[at] = format!("{key}: {}", SCALARS[dice.below(SCALARS.len())]);
        }
    }
}

/// Numbers that look random and are the same in every run (xorshift).
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(limit.max(1)).unwrap()).unwrap()
    }
}

// Small documents.

const OK: &str = "responses: {'200': {description: d}}";

/// A document with one operation that has these fields too.
fn operation(fields: &str) -> String {
    operation_with("a", "/a", fields, OK)
}

fn operation_with(id: &str, path: &str, fields: &str, responses: &str) -> String {
    let fields = if fields.is_empty() { String::new() } else { format!("      {fields}\n") };
    format!("{HEAD}paths:\n  {path}:\n    get:\n      operationId: {id}\n{fields}      {responses}\n")
}

/// A document with one operation whose answer has this schema, on line 12.
fn body(schema: &str) -> String {
    let content = "content:\n            application/json:\n              schema: ";
    operation_with(
        "a",
        "/a",
        "",
        &format!("responses:\n        '200':\n          description: d\n          {content}{schema}"),
    )
}

/// The same with an example, on line 13.
fn example(schema: &str, value: &str) -> String {
    body(&format!("{schema}\n              example: {value}"))
}

/// A text as YAML and JSON write it.
fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap()
}

/// A folder with a document and nothing else.
struct Desk(TempDir);

impl Desk {
    fn with(document: &[u8]) -> Self {
        let folder = tempfile::tempdir().expect("there is a folder for temporary files");
        fs::write(folder.path().join("api.yaml"), document).unwrap();
        Self(folder)
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn generate(&self) -> Run {
        run(self.path(), &["generate", "--spec", "api.yaml", "--out", "out"])
    }

    /// With no departure from the specification accepted.
    fn generate_strictly(&self) -> Run {
        run(self.path(), &["generate", "--strict", "--spec", "api.yaml", "--out", "out"])
    }

    /// Nothing was created, not even for a while beside.
    #[track_caller]
    fn assert_untouched(&self, why: &str) {
        let names: Vec<_> = fs::read_dir(self.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert!(names.iter().all(|name| name == "api.yaml" || name == "folder"), "{why}: {names:?}");
    }

    #[track_caller]
    fn assert_refused(&self, what: &str, expected: &str) -> Run {
        let run = self.refuse("api.yaml", what);
        assert_eq!(first_line(&run), expected, "{what}: {run:#?}");
        run
    }

    /// Asserts everything that holds for every refusal, whatever the reason.
    #[track_caller]
    fn refuse(&self, spec: &str, what: &str) -> Run {
        self.refuse_with(spec, what, 2)
    }

    /// The same for a document that cannot be read.
    #[track_caller]
    fn refuse_unread(&self, spec: &str, what: &str) -> Run {
        self.refuse_with(spec, what, 3)
    }

    #[track_caller]
    fn refuse_with(&self, spec: &str, what: &str, code: i32) -> Run {
        let run = run(self.path(), &["generate", "--strict", "--spec", spec, "--out", "out"]).exits(code, what);
        assert_eq!(run.stdout, "", "{what}");
        let why = if code == 3 { "cannot be read".to_owned() } else { format!("has {}", tally(&run)) };
        assert!(
            run.stderr.ends_with(&format!(
                "error: {spec} {why}: nothing was generated
"
            )),
            "{what}: {run:#?}"
        );
        let remedies = run.stderr.lines().filter(|line| line.trim_start().starts_with("= help: ")).count();
        assert_eq!(remedies, messages(&run).len(), "{what}: each has a remedy: {run:#?}");
        assert!(places(&run).is_sorted(), "{what}: in the order of the document: {run:#?}");
        self.assert_untouched(what);
        run
    }

    #[track_caller]
    fn assert_generates(&self, what: &str) {
        self.generate().exits(0, what);
        run(self.path(), &["check", "--spec", "api.yaml", "--out", "out"]).exits(0, what);
    }

    /// The file below `src`, where it does not have this code, however it is laid out.
    fn lacks(&self, file: &str, expected: &str, what: &str) -> Option<String> {
        let path = self.path().join("out/src").join(file);
        let code = fs::read_to_string(&path).unwrap_or_else(|error| format!("{}: {error}", path.display()));
        let flat = |text: &str| text.split_whitespace().collect::<String>();
        (!flat(&code).contains(&flat(expected))).then(|| format!("{what}: no {expected} in\n{code}\n"))
    }

    #[track_caller]
    fn assert_generates_or_is_told(&self, what: &str) {
        let run = self.generate();
        if run.code != Some(0) {
            let run = run.exits(2, what);
            assert!(places(&run).iter().all(|(line, _)| *line > 0), "{what:?}: every finding has a place: {run:#?}");
            self.assert_untouched(what);
        }
    }
}

#[track_caller]
fn check_all(cases: &[(&str, &str, &str)]) {
    let others: String = cases
        .iter()
        .filter_map(|(what, text, expected)| {
            let run = Desk::with(text.as_bytes()).refuse("api.yaml", what);
            let found = first_line(&run);
            (found != *expected).then(|| format!("{what}\n  expected {expected}\n  found    {found}\n"))
        })
        .collect();
    assert!(others.is_empty(), "other first lines than expected:\n{others}");
}

/// Each document generates with this as its first warning, and not with `--strict`; the file below `src` says this.
#[track_caller]
fn warn_all(cases: &[(&str, &str, &str, (&str, &str))]) {
    let mut others = String::new();
    for (what, text, warning, (file, expected)) in cases {
        let desk = Desk::with(text.as_bytes());
        let refused = first_line(&desk.refuse("api.yaml", what)).replace(": error: ", ": warning: ");
        let warned = first_line(&desk.generate().exits(0, what));
        if refused != *warning || warned != *warning {
            others += &format!("{what}\n  expected {warning}\n  strictly {refused}\n  found    {warned}\n");
        }
        others += &desk.lacks(file, expected, what).unwrap_or_default();
    }
    assert!(others.is_empty(), "other than expected:\n{others}");
}

/// Each document generates, and the file below `src` says this.
#[track_caller]
fn accept_all(cases: &[(&str, &str, &str, &str)]) {
    for (what, text, file, expected) in cases {
        let desk = Desk::with(text.as_bytes());
        desk.assert_generates(what);
        assert_eq!(desk.lacks(file, expected, what), None);
    }
}

/// The first finding, or else the first line.
fn first_line(run: &Run) -> String {
    let first = run.stderr.lines().next().unwrap_or_default();
    messages(run).into_iter().next().unwrap_or_else(|| first.to_owned())
}

/// The findings, each as `PLACE: SEVERITY: MESSAGE`.
fn messages(run: &Run) -> Vec<String> {
    let mut messages = Vec::new();
    let mut lines = run.stderr.lines();
    while let Some(line) = lines.next() {
        let Some((head, message)) = line.split_once("]: ") else { continue };
        let Some((severity @ ("error" | "warning" | "note"), _)) = head.split_once('[') else { continue };
        let place = lines.by_ref().find_map(|line| line.trim_start().strip_prefix("--> ")).unwrap_or_default();
        messages.push(format!("{place}: {severity}: {message}"));
    }
    messages
}

/// The numbers of errors and warnings among the findings, as the summary writes them.
fn tally(run: &Run) -> String {
    let messages = messages(run);
    let counted = |what: &str| match messages.iter().filter(|line| line.contains(&format!(": {what}: "))).count() {
        0 => None,
        1 => Some(format!("1 {what}")),
        number => Some(format!("{number} {what}s")),
    };
    [counted("error"), counted("warning")].into_iter().flatten().collect::<Vec<_>>().join(" and ")
}

/// The line and the column of each finding; 0 where it has none.
fn places(run: &Run) -> Vec<(usize, usize)> {
    let numbers = |line: &str| {
        let mut parts = line.split(':').skip(1).map(|part| part.parse().unwrap_or(0));
        (parts.next().unwrap_or(0), parts.next().unwrap_or(0))
    };
    messages(run).iter().map(|line| numbers(line)).collect()
}
