//! The output of a run: its findings as text, as JSON and as annotations, and their order.

use serde_json::{Value, json};

use crate::small_documents::{HEAD, body, example, operation};
use crate::support::{Fixture, Run, xtask};

#[test]
fn all_findings_are_reported_at_once_in_the_order_of_the_document() {
    let text = format!(
        "{HEAD}paths:\n  b:\n    get: {{operationId: b, responses: {{default: {{description: d}}}}}}\n  /a:\n    get:\n      operationId: a\n      parameters:\n        \
         - {{name: q, in: body,   schema: {{$ref: '#/components/schemas/No'}}}}\n      responses: {{'200': {{content: {{text/csv: {{}}}}}}}}\n"
    );
    let run =
        Fixture::with(text).assert_refused("many errors", "api.yaml:4:3: error: invalid key `b` in a Paths object");
    assert_eq!(
        run.messages(),
        [
            "api.yaml:4:3: error: invalid key `b` in a Paths object",
            "api.yaml:10:25: error: unknown place `body` of a parameter",
            "api.yaml:10:48: error: `$ref: #/components/schemas/No` leads to nothing",
            "api.yaml:11:19: error: this Response object has no `description`",
        ]
    );
}

#[test]
fn a_finding_has_its_code_line_mark_reason_and_help() {
    let text = operation("").replace("operationId: a", "operationId: 7");
    let run = Fixture::with(text).generate(&["--strict"]).exits(2, "an error");
    let expected = "error[wrong-kind]: `operationId` must be a string, found an integer\n --> api.yaml:6:20\n  \
                    |\n6 |       operationId: 7\n  |                    ^\n  |\n  = note: another kind of value \
                    is expected here: tools ignore this one, or differ in how they read it\n  = help: it is \
                    read as `\"7\"`: write a string here\n\nerror: api.yaml has 1 error: nothing was generated\n";
    assert_eq!(run.stderr, expected, "without colours, since this is not a terminal");
}

#[test]
fn a_related_place_is_printed_beside_the_main_place() {
    let run = Fixture::with(example("{type: integer}", "x")).generate(&["--strict"]).exits(2, "an example");
    let expected = "error[example-mismatch]: the example does not fit its schema: expected an integer, found a string \
                    (`\"x\"`)\n  --> api.yaml:13:24\n   |\n12 |               schema: {type: integer}\n   |                        \
                    ---- the schema\n13 |               example: x\n   |                        ^\n";
    assert!(run.stderr.starts_with(expected), "{run:#?}");
}

#[test]
fn the_mark_is_below_the_place_in_arabic_text_with_tabs_and_with_crlf() {
    let arabic = body("{type: string, description: 'نقاط الولاء', nullable: 7}");
    let tabs = "{\n\t\"openapi\": 3,\n\t\"paths\": {}\n}\n".to_owned();
    let returns = operation("").replace("operationId: a", "operationId: 7").replace('\n', "\r\n");
    for (text, line, mark) in [
        (arabic, "12 |               schema: {type: string, description: 'نقاط الولاء', nullable: 7}\n", "^"),
        (tabs, "2 |     \"openapi\": 3,\n", "^"),
        (returns, "6 |       operationId: 7\n", "^"),
    ] {
        let run = Fixture::with(text).generate(&["--strict"]).exits(2, line);
        let (_, below) = run.stderr.split_once(line).unwrap_or_else(|| panic!("{line}: {run:#?}"));
        let column = line.chars().position(|c| c == '7').or_else(|| line.chars().position(|c| c == '3')).unwrap();
        let found = below.lines().next().unwrap();
        assert_eq!(found.chars().position(|c| c == '^'), Some(column), "{run:#?}");
        assert_eq!(found.trim_start_matches([' ', '|']), mark, "{run:#?}");
    }
}

#[test]
fn only_a_part_of_a_long_line_is_printed() {
    let long = "x".repeat(100_000);
    let text = format!(
        "{{\"openapi\":\"3.0.3\",\"info\":{{\"title\":\"{long}\",\"version\":1}},\"paths\":{{}},\"x-a\":\"{long}\"}}"
    );
    let run = Fixture::with(text).generate(&["--strict"]).exits(2, "minified JSON");
    assert_eq!(run.first_line(), "api.yaml:1:100049: error: `version` must be a string, found an integer");
    assert!(run.stderr.lines().all(|line| line.chars().count() < 200), "{run:#?}");
    assert!(run.stderr.contains("x\",\"version\":1},\"paths\":{},\"x-a\":\"x"), "{run:#?}");
}

#[test]
fn every_line_of_the_json_output_is_an_object() {
    let fixture = Fixture::with(operation("").replace("operationId: a", "operationId: 7"));
    let lines = |code| {
        let json = ["--strict", "--spec", "api.yaml", "--out", "out", "--message-format", "json"];
        let run = fixture.run(&[&["check"], &json[..]].concat()).exits(code, "as JSON");
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
            "why": "another kind of value is expected here: tools ignore this one, or differ in how they read it",
            "help": "it is read as `\"7\"`: write a string here",
        })
    );
    let summary = json!({
        "kind": "summary", "outcome": "wrong", "spec": "api.yaml", "out": "out", "errors": 1, "warnings": 0,
    });
    assert_eq!(wrong[1], summary);
    fixture.write("api.yaml", operation(""));
    let mut drifted = lines(1);
    let summary = drifted.pop().unwrap();
    assert_eq!((&summary["outcome"], &summary["drift"]), (&json!("drifted"), &json!(drifted.len())));
    assert!(drifted.contains(&json!({"kind": "drift", "path": "out/src/lib.rs", "change": "missing"})), "{drifted:#?}");
}

#[test]
fn on_github_findings_and_drift_are_annotations_too() {
    let arguments = ["check", "--strict", "--spec", "api.yaml", "--out", "out"];
    let fixture = Fixture::with(operation("").replace("operationId: a", "operationId: 7"));
    let by_option = fixture.run(&[&arguments[..], &["--message-format=github"]].concat()).exits(2, "by option");
    let by_itself = Run::of(xtask(fixture.path(), &arguments).env("GITHUB_ACTIONS", "true")).exits(2, "by itself");
    assert_eq!((&by_option.stdout, &by_option.stderr), (&by_itself.stdout, &by_itself.stderr));
    let expected = "::error file=api.yaml,line=6,endLine=6,col=20,endColumn=21,title=wrong-kind::`operationId` must be \
                    a string, found an integer%0Anote: another kind of value is expected here: tools ignore this one, \
                    or differ in how they read it%0Ahelp: it is read as `\"7\"`: write a string here\n";
    assert_eq!(by_itself.stdout, expected);
    assert_eq!(by_itself.messages().len(), 1, "the text is there too");
    fixture.write("api.yaml", operation(""));
    let drifted = Run::of(xtask(fixture.path(), &arguments).env("GITHUB_ACTIONS", "true")).exits(1, "drift");
    assert!(drifted.stdout.contains("missing: out/src/lib.rs\n"), "{drifted:#?}");
    assert!(
        drifted.stdout.contains("\n::error file=out/src/lib.rs,title=drift::out/src/lib.rs is missing%0A"),
        "{drifted:#?}"
    );
}
