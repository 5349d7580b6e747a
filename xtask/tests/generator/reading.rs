//! Files, texts, YAML and JSON that the generator cannot read, and those that look odd and are read.

use std::fs;

use serde_json::{Value, json};

use crate::fixture::assert_all_refused;
use crate::small_documents::{HEAD, operation, operation_with};
use crate::support::Fixture;

#[test]
fn a_text_that_is_not_an_openapi_document_is_refused() {
    assert_all_refused(&[
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
fn bytes_that_are_not_text_are_refused_at_their_place() {
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
        let found = Fixture::with(&bytes).refuse("api.yaml", what).first_line();
        if found != expected {
            others.push(format!("{what}: expected {expected}, found {found}"));
        }
    }
    assert!(others.is_empty(), "{others:#?}");
}

#[test]
fn a_file_that_cannot_be_read_is_an_error() {
    let fixture = Fixture::with("");
    fs::create_dir(fixture.path().join("folder")).unwrap();
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
    ] {
        if cfg!(windows) && expected.contains("os error") {
            continue;
        }
        assert_eq!(fixture.refuse_unreadable(spec, what).first_line(), expected, "{what}");
    }
    assert_eq!(
        fixture.refuse("folder", "an empty folder").first_line(),
        "folder: error: no file of this folder is an OpenAPI document"
    );
    #[cfg(target_os = "linux")]
    assert_eq!(
        fixture.refuse_unreadable("/dev/zero", "a file without an end").first_line(),
        "/dev/zero: error: the document is larger than 64 MiB"
    );
}

#[test]
fn an_unreadable_document_has_its_own_outcome() {
    let fixture = Fixture::with("");
    let arguments = ["check", "--spec", "nowhere.yaml", "--out", "out", "--message-format", "json"];
    let run = fixture.run(&arguments).exits(3, "no such file");
    let lines: Vec<Value> = run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((&lines[0]["code"], &lines[0]["severity"]), (&"unreadable-document".into(), &"error".into()));
    assert_eq!(
        lines[1],
        json!({"kind": "summary", "outcome": "unreadable", "spec": "nowhere.yaml", "out": "out", "errors": 1, "warnings": 0})
    );
    assert_eq!((lines.len(), run.stderr.as_str()), (2, ""), "{run:#?}");
}

#[test]
fn invalid_yaml_is_reported_at_its_place() {
    assert_all_refused(&[
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
fn invalid_json_is_reported_at_its_place() {
    assert_all_refused(&[
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
fn a_duplicate_key_is_reported_at_the_second_one() {
    assert_all_refused(&[
        (
            "at the top",
            &format!("{HEAD}info: {{title: u, version: '1'}}\npaths: {{}}\n"),
            "api.yaml:3:1: error: duplicate key `info`",
        ),
        ("deep down", &operation("operationId: b"), "api.yaml:7:7: error: duplicate key `operationId`"),
        (
            "with and without quotes",
            &operation_with(
                "a",
                "/a",
                "",
                "responses:\n        200: {description: d}\n        '200': {description: d}",
            ),
            "api.yaml:9:9: error: duplicate key `200`",
        ),
        (
            "in JSON",
            "{\"openapi\": \"3.0.3\", \"openapi\": \"3.0.3\"}",
            "api.yaml:1:22: error: duplicate key `openapi`",
        ),
    ]);
}

#[test]
fn a_document_that_would_exhaust_memory_or_the_stack_is_refused() {
    let below = |level: usize| vec![format!("*a{level}"); 10].join(", ");
    let levels: Vec<_> = (1..12).map(|level| format!("a{level}: &a{level} [{}]\n", below(level - 1))).collect();
    let bomb = format!("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n{}", levels.concat());
    let too_deep = "the document cannot be read as YAML: it is nested too deeply";
    assert_all_refused(&[
        (
            "an alias bomb",
            &bomb,
            "api.yaml: error: the document cannot be read as YAML: its aliases expand without limit",
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
        ("an alias inside of its own anchor", "openapi: &a {b: *a}\n", &format!("api.yaml:1:10: error: {too_deep}")),
    ]);
}

#[test]
fn deeply_nested_objects_are_refused_in_time() {
    let run = Fixture::with("{\"a\":".repeat(100_000)).generate(&["--strict"]).exits(2, "objects in objects");
    assert!(run.first_line().contains("nested too deeply") || run.first_line().contains("recursion"), "{run:#?}");
}

#[test]
fn a_byte_order_mark_and_crlf_are_accepted() {
    for text in [format!("\u{FEFF}{}", operation("")), operation("").replace('\n', "\r\n")] {
        Fixture::with(text).assert_generates("another editor's text");
    }
    let broken = operation("").replace("operationId: a", "operationId: 7").replace('\n', "\r\n");
    let expected = "api.yaml:6:20: error: `operationId` must be a string, found an integer";
    Fixture::with(format!("\u{FEFF}{broken}")).assert_refused("a place in such a text", expected);
}
