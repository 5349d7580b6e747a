//! The codes in the tables of `xtask/README.md`: each has a small document that triggers it, or a unit test that does.
//!
//! A code has a document for each severity that its findings can have. The built xtask checks the document, and every
//! finding has the code that the document is for.

use std::fs;
use std::num::NonZero;
use std::thread;

use crate::findings::Finding;
use crate::small_documents::{HEAD, OK};
use crate::support::{Fixture, workspace};

use Severity::{Error, Nonconforming, Warning};

/// The severity of a finding, with and without `--strict`.
#[derive(Clone, Copy, PartialEq)]
enum Severity {
    /// An error, with `--strict` and without.
    Error,
    /// An error with `--strict`, else a warning.
    Nonconforming,
    /// A warning, with `--strict` and without.
    Warning,
}

/// A document that triggers a code: the code, the severity of the finding, and the bytes of the file.
type Case = (&'static str, Severity, Vec<u8>);

/// The codes that no document triggers: the code, the reason, and the unit test that makes such a finding, with the file
/// below `xtask/src` that holds the test and the code that it asserts.
const WITHOUT_A_DOCUMENT: &[(&str, &str, &str, &str)] = &[
    (
        "conflicting-components",
        "it takes several documents",
        "bundle/merge.rs",
        "a_name_with_several_meanings_has_a_name_for_each",
    ),
    (
        "duplicate-operation",
        "it takes several documents",
        "bundle/merge.rs",
        "an_operation_that_documents_describe_differently_is_an_error",
    ),
    (
        "untested-example",
        "only a run that emits tests reports it, and such a document has no other finding",
        "cli/untested.rs",
        "each_example_without_a_test_is_reported_with_its_place_and_reason",
    ),
    (
        "generator-gap",
        "a document that triggers it is a bug of the generator, which has to be fixed",
        "progenitor.rs",
        "a_panic_of_progenitor_is_a_finding",
    ),
    (
        "unknown-shape",
        "it depends on the code that progenitor writes, and `Cargo.lock` fixes the version of progenitor",
        "progenitor/parse.rs",
        "output_of_another_shape_is_a_finding",
    ),
];

#[test]
fn each_code_of_the_readme_has_a_document_or_a_unit_test_and_no_other_code_has_one() {
    let readme = fs::read_to_string(workspace().join("xtask/README.md")).unwrap();
    let (_, tables) = readme.split_once("\n## Codes\n").unwrap();
    let rows = tables.lines().filter_map(|line| line.strip_prefix("| `")?.split_once("` |"));
    let rows: Vec<_> = rows.map(|(code, _)| code).collect();
    let mut codes: Vec<_> = cases().into_iter().map(|(code, ..)| code).collect();
    codes.extend(WITHOUT_A_DOCUMENT.iter().map(|(code, ..)| *code));
    codes.dedup();
    assert_eq!(codes, rows);
}

#[test]
fn each_document_triggers_its_code_with_its_severity_and_no_other_code() {
    let cases = cases();
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    let failures: Vec<String> = thread::scope(|scope| {
        let parts = cases.chunks(cases.len().div_ceil(threads));
        let running: Vec<_> = parts.map(|part| scope.spawn(move || failures(part))).collect();
        running.into_iter().flat_map(|part| part.join().unwrap()).collect()
    });
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn a_code_that_no_document_triggers_has_a_unit_test_that_names_it() {
    for (code, reason, file, test) in WITHOUT_A_DOCUMENT {
        let source = fs::read_to_string(workspace().join("xtask/src").join(file)).unwrap();
        let (_, body) =
            source.split_once(&format!("fn {test}() {{\n")).unwrap_or_else(|| panic!("{file}: no `{test}`"));
        let (body, _) = body.split_once("\n    }\n").unwrap();
        let words = code.split('-').map(|word| word[..1].to_uppercase() + &word[1..]);
        let name = format!("Code::{}", words.collect::<String>());
        assert!(body.contains(&name), "{test} does not assert `{name}`; {code} has no document: {reason}");
    }
}

// The runs.

/// Returns what differs from the cases.
fn failures(cases: &[Case]) -> Vec<String> {
    let fixture = Fixture::new();
    let mut failures = Vec::new();
    for (code, severity, bytes) in cases {
        fixture.write("api.yaml", bytes);
        for (strict, expected) in runs(*severity) {
            let found = check(&fixture, code, strict);
            if found.exit != Some(exit(code, expected)) || !found.is(code, expected) {
                failures.push(format!("{code}, {strict:?}: expected {expected}, found {found:?}"));
            }
        }
    }
    failures
}

/// Returns the options and the severity of each run that a case needs. `--strict` makes errors of warnings and changes
/// nothing else, so that an error without it is one with it, and a warning with it is one without it.
fn runs(severity: Severity) -> Vec<(&'static [&'static str], &'static str)> {
    let (plain, strict): (&[&str], &[&str]) = (&[], &["--strict"]);
    match severity {
        Error => vec![(plain, "error")],
        Nonconforming => vec![(plain, "warning"), (strict, "error")],
        Warning => vec![(strict, "warning")],
    }
}

/// Returns the exit status of a run whose findings have this severity. The crate is missing, so that 1 means that the
/// document was accepted.
fn exit(code: &str, severity: &str) -> i32 {
    match (code, severity) {
        ("unreadable-document" | "document-too-large", _) => 3,
        (_, "error") => 2,
        _ => 1,
    }
}

/// The findings of a run, and its exit status.
#[derive(Debug)]
struct Found {
    exit: Option<i32>,
    findings: Vec<Finding>,
}

impl Found {
    /// Returns whether there are findings, and all of them have this code and this severity. An unsupported feature
    /// is not an error of the document.
    fn is(&self, code: &str, severity: &str) -> bool {
        let mut about_this =
            self.findings.iter().filter(|finding| finding.code == code || finding.code != "unsupported-feature");
        let is_expected = |finding: &Finding| finding.code == code && finding.severity == severity;
        about_this.clone().next().is_some() && about_this.all(is_expected)
    }
}

fn check(fixture: &Fixture, code: &str, options: &[&str]) -> Found {
    let spec = if code == "unreadable-document" { "nowhere.yaml" } else { "api.yaml" };
    let arguments = ["check", "--spec", spec, "--out", "out", "--message-format", "json"];
    let run = fixture.run(&[&arguments, options].concat());
    Found { exit: run.code, findings: run.findings() }
}

// The documents, in the order of the README.

fn cases() -> Vec<Case> {
    let texts = [
        notation(),
        structure(),
        references(),
        schemas(),
        examples(),
        extensions(),
        servers_and_security(),
        operations(),
        parameters(),
    ];
    let texts = texts.into_iter().flatten().map(|(code, severity, text)| (code, severity, text.into_bytes()));
    files().into_iter().chain(texts).collect()
}

fn files() -> Vec<Case> {
    const TOO_LARGE: usize = (64 << 20) + 1;
    vec![
        ("unreadable-document", Error, Vec::new()),
        ("document-too-large", Error, vec![b' '; TOO_LARGE]),
        ("not-utf8", Error, b"\xFF".to_vec()),
        ("no-document-in-page", Error, b"# A page\n\n```sh\ncurl\n```\n".to_vec()),
        ("empty-document", Error, Vec::new()),
    ]
}

type Texts = Vec<(&'static str, Severity, String)>;

fn notation() -> Texts {
    let below = |level: usize| vec![format!("*a{level}"); 10].join(", ");
    let levels: Vec<_> = (1..9).map(|level| format!("a{level}: &a{level} [{}]\n", below(level - 1))).collect();
    vec![
        ("invalid-yaml", Error, "a: [".to_owned()),
        ("invalid-json", Error, "{\"a\": 1,,}".to_owned()),
        ("several-documents", Error, "a: 1\n---\nb: 2\n".to_owned()),
        ("control-character", Error, "a: \x01".to_owned()),
        ("duplicate-key", Error, "a: 1\na: 2\n".to_owned()),
        ("nested-too-deeply", Error, "[".repeat(129)),
        ("alias-expansion", Error, format!("a0: &a0 [x]\n{}", levels.concat())),
        ("beyond-json", Error, "a: .inf".to_owned()),
    ]
}

fn structure() -> Texts {
    vec![
        ("not-openapi", Error, "a: 1".to_owned()),
        ("unsupported-version", Nonconforming, operation("").replace("3.0.3", "3.2.0")),
        ("unsupported-version", Error, "swagger: '2.0'".to_owned()),
        ("wrong-kind", Nonconforming, operation("operationId: 7")),
        ("wrong-kind", Error, operation("deprecated: maybe")),
        ("missing-field", Nonconforming, operation("").replace("title: t, ", "")),
        ("missing-field", Error, operation("parameters: [{name: p, schema: {}}]")),
        ("invalid-key", Nonconforming, at("a", "")),
        ("invalid-key", Error, operation("").replace("'200'", "'99'")),
        ("unknown-field", Nonconforming, operation("sumary: s")),
        ("unknown-field", Error, operation("parameters: [{nam: p, in: query, schema: {}}]")),
        ("unknown-word", Nonconforming, schema("{type: int}")),
        ("unknown-word", Error, schema("{type: text}")),
        ("conflicting-fields", Nonconforming, schema("{readOnly: true, writeOnly: true}")),
        ("invalid-component-name", Nonconforming, operation("") + "components: {schemas: {a b: {}}}"),
        ("duplicate-tag", Nonconforming, operation("tags: [t, t]")),
    ]
}

fn references() -> Texts {
    let mapping = "{discriminator: {propertyName: p, mapping: {b: '#/components/schemas/B'}}}";
    vec![
        ("ref-sibling", Nonconforming, schema("{$ref: '#/components/schemas/B', description: d}, B: {}")),
        ("external-reference", Error, schema("{$ref: other.yaml}")),
        ("misplaced-reference", Error, schema("{$ref: '#/info'}")),
        ("unresolved-reference", Nonconforming, schema(mapping)),
        ("unresolved-reference", Error, schema("{$ref: '#/components/schemas/B'}")),
        ("circular-definition", Error, schema("{$ref: '#/components/schemas/A'}")),
    ]
}

fn schemas() -> Texts {
    let cases = [
        ("empty-composition", "{oneOf: []}"),
        ("contradictory-types", "{allOf: [{type: string}, {type: integer}]}"),
        ("empty-enum", "{enum: []}"),
        ("duplicate-enum-value", "{enum: [a, a]}"),
        ("misfit-enum-value", "{type: integer, enum: [a]}"),
        ("invalid-pattern", "{pattern: '('}"),
        ("array-without-items", "{type: array}"),
        ("inverted-bounds", "{minimum: 2, maximum: 1}"),
        ("nullable-without-type", "{nullable: true}"),
        ("undefined-required-property", "{required: [a], properties: {b: {}}}"),
        ("duplicate-required-name", "{required: [a, a], properties: {a: {}}}"),
    ];
    cases.map(|(code, text)| (code, Nonconforming, schema(text))).to_vec()
}

fn examples() -> Texts {
    let both = "parameters: [{name: p, in: query, schema: {}, example: 1, examples: {a: {value: 1}}}]";
    vec![
        ("example-mismatch", Nonconforming, schema("{type: integer, example: a}")),
        ("default-mismatch", Nonconforming, schema("{type: integer, default: a}")),
        ("ambiguous-example", Nonconforming, operation(both)),
        ("ambiguous-example", Warning, operation(both).replace("3.0.3", "3.1.0")),
        ("example-spelling", Nonconforming, schema("{type: object, example: '{}'}")),
        ("undescribed-property", Nonconforming, schema("{properties: {a: {}}, example: {b: 1}}")),
    ]
}

fn extensions() -> Texts {
    let pages = |parameter: &str, pointer: &str| {
        let fields = format!("x-pagination: {{page: {parameter}, items: {pointer}, total_pages: /n}}");
        let page = "parameters: [{name: p, in: query, schema: {type: integer}}]";
        let answer = "{required: [i, n], properties: {i: {type: array, items: {}}, n: {type: integer}}}";
        let content = format!("description: d, content: {{application/json: {{schema: {answer}}}}}");
        operation(&format!("{fields}, {page}")).replace("description: d", &content)
    };
    vec![
        ("invalid-rust-type", Nonconforming, schema("{x-rust-type: {crate: other, version: '1', path: 'other::T'}}")),
        ("invalid-rust-type", Error, schema("{x-rust-type: {}}")),
        ("invalid-decode", Error, schema("{x-rust-decode: 7}")),
        ("invalid-pagination", Error, operation("x-pagination: 7")),
        ("pagination-parameter", Error, pages("q", "/i")),
        ("pagination-pointer", Error, pages("p", "/j")),
        ("unknown-extension", Nonconforming, operation("x-paginaton: {}")),
    ]
}

fn servers_and_security() -> Texts {
    let with = |fields: &str| operation("") + fields;
    vec![
        ("invalid-server-url", Nonconforming, with("servers: [{url: 'https://a b'}]")),
        ("undefined-server-variable", Nonconforming, with("servers: [{url: 'https://{a}'}]")),
        ("undefined-security-scheme", Nonconforming, operation("security: [{s: []}]")),
        ("invalid-security-scheme", Nonconforming, with("components: {securitySchemes: {s: {type: http}}}")),
    ]
}

fn operations() -> Texts {
    let get = |more: &str| format!("{{get: {{{more}{OK}}}}}");
    let twice = format!("paths: {{/a: {0}, /b: {0}}}", get("operationId: a, "));
    let alike = format!("paths: {{'/{{a}}': {{}}, '/{{b}}': {{}}, /c: {}}}", get(""));
    vec![
        ("no-operations", Warning, document("paths: {}")),
        ("duplicate-operation-id", Nonconforming, document(&twice)),
        ("identical-paths", Nonconforming, document(&alike)),
        ("referenced-path", Nonconforming, operation("callbacks: {c: {'{$url}': {$ref: '#/b'}}}")),
        ("referenced-path", Error, document("paths: {/a: {$ref: '#/b'}}")),
        ("invalid-path", Nonconforming, at("/a?b", "")),
        ("invalid-path", Error, at("/{a", "")),
    ]
}

fn parameters() -> Texts {
    let one = |fields: &str| operation(&format!("parameters: [{{{fields}}}]"));
    let id = |fields: &str| at("/{p}", &format!("parameters: [{{name: p, in: path, schema: {{}}{fields}}}]"));
    vec![
        ("invalid-parameter-name", Nonconforming, one("name: '', in: query, schema: {}")),
        ("invalid-parameter-name", Error, one("name: a b, in: header, schema: {}")),
        ("unknown-parameter-place", Error, one("name: p, in: body, schema: {}")),
        ("undefined-path-parameter", Nonconforming, at("/{p}", "")),
        ("unused-path-parameter", Nonconforming, one("name: p, in: path, required: true, schema: {}")),
        ("optional-path-parameter", Nonconforming, id("")),
        ("duplicate-parameter", Nonconforming, one("name: p, in: query, schema: {}}, {name: p, in: query, schema: {}")),
        ("invalid-style", Nonconforming, id(", required: true, style: form")),
        (
            "unsupported-feature",
            Warning,
            one("name: p, in: query, content: {application/xml: {schema: {type: object}}}"),
        ),
    ]
}

/// Returns a document with these fields.
fn document(fields: &str) -> String {
    format!("{HEAD}{fields}\n")
}

/// Returns a document with one operation that has these fields too.
fn operation(fields: &str) -> String {
    at("/a", fields)
}

/// Returns a document with one operation at this path, which has these fields too.
fn at(path: &str, fields: &str) -> String {
    let comma = if fields.is_empty() { "" } else { ", " };
    document(&format!("paths: {{'{path}': {{get: {{{fields}{comma}{OK}}}}}}}"))
}

/// Returns a document with one operation and the schema `A`.
fn schema(schema: &str) -> String {
    operation("") + &format!("components: {{schemas: {{A: {schema}}}}}\n")
}
