//! `cargo xtask diff`: each edit of a document has its changes and its verdict.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use serde_json::Value;
use toml::de::{DeTable, DeValue};
use xtask::change::rules::{Direction, RULES, Rule};
use xtask::cli::changes::Comparison;
use xtask::cli::pipeline::{self, Modelled};
use xtask::openapi::examples::Policy;

use crate::support::{Fixture, workspace};

/// An edit of the document `base.yaml`.
struct Edit {
    name: String,
    verdict: String,
    replace: Vec<(String, String)>,
    changes: Vec<String>,
}

impl Edit {
    fn read(table: &DeValue<'_>) -> Self {
        let text = |key: &str| table.get(key).and_then(|value| value.get_ref().as_str()).expect("a text").to_owned();
        let list = |value: &DeValue<'_>| -> Vec<String> {
            let items = value.as_array().expect("a list").iter();
            items.map(|item| item.get_ref().as_str().expect("a text").to_owned()).collect()
        };
        let member = |key: &str| table.get(key).expect("a list").get_ref();
        let pairs = member("replace").as_array().expect("a list").iter();
        let pair = |pair: &DeValue<'_>| match &list(pair)[..] {
            [old, new] => (old.clone(), new.clone()),
            _ => panic!("not two texts"),
        };
        Self {
            name: text("name"),
            verdict: text("verdict"),
            replace: pairs.map(|item| pair(item.get_ref())).collect(),
            changes: list(member("changes")),
        }
    }

    /// Returns the document after the edit.
    fn apply(&self, base: &str) -> String {
        self.replace.iter().fold(base.to_owned(), |text, (old, new)| {
            assert!(text.contains(old), "{}: the document does not have {old:?}", self.name);
            text.replace(old, new)
        })
    }
}

fn read(name: &str) -> String {
    fs::read_to_string(workspace().join("xtask/tests/changes").join(name)).expect("it is there")
}

fn edits() -> Vec<Edit> {
    let text = read("edits.toml");
    let table = DeTable::parse(&text).expect("it is TOML").into_inner();
    let edits = table.get("edit").and_then(|edits| edits.get_ref().as_array()).expect("a list");
    edits.iter().map(|edit| Edit::read(edit.get_ref())).collect()
}

/// A folder with two documents.
fn documents(old: &str, new: &str) -> Fixture {
    let fixture = Fixture::new();
    fixture.write("old.yaml", old);
    fixture.write("new.yaml", new);
    fixture
}

/// Returns the changes of an output without their places, and the last line.
fn changes(text: &str) -> (Vec<String>, &str) {
    let mut lines: Vec<_> = text.lines().collect();
    let verdict = lines.pop().expect("there is a verdict");
    (lines.iter().map(|line| line.split_once(": ").expect("a place is first").1.to_owned()).collect(), verdict)
}

/// Makes the model of a document in this process.
fn model(document: &str, name: &str) -> Modelled {
    let made = pipeline::model(document.as_bytes().to_vec(), name, Policy::Warn);
    made.unwrap_or_else(|refusal| panic!("{name}: {:#?}", refusal.findings))
}

fn comparison<'a>(old: &'a Modelled, new: &'a Modelled) -> Comparison<'a> {
    Comparison::new(old.side(), new.side(), [&old.document.source, &new.document.source])
}

#[test]
fn each_edit_has_its_changes_and_its_verdict_and_each_rule_has_an_edit() {
    let (text, edits) = (read("base.yaml"), edits());
    assert!(edits.len() > 70, "{}", edits.len());
    let base = model(&text, "old.yaml");
    let rule = |area: &str, what: &str, why: &str| format!("{area} {what}: {why}");
    let mut missing: BTreeSet<_> = RULES.iter().map(|of| rule(of.area, of.what, of.reason)).collect();
    for edit in &edits {
        let edited = model(&edit.apply(&text), &edit.name);
        let forward = comparison(&base, &edited);
        let lines = forward.text();
        let (found, verdict) = changes(&lines);
        assert_eq!(found, edit.changes, "{}", edit.name);
        assert!(verdict.starts_with(&format!("verdict: {}:", edit.verdict)), "{}: {verdict}", edit.name);
        // Some rules are those of the reverse of an edit.
        for line in [forward.json(), comparison(&edited, &base).json()].concat().lines() {
            let line: Value = serde_json::from_str(line).expect("it is JSON");
            let member = |key: &str| line[key].as_str().unwrap_or_default();
            missing.remove(&rule(member("area"), member("change"), member("why")));
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

/// Two documents that make the same crate differ in nothing but the fingerprint, which is in the manifest and the readme.
#[test]
fn without_a_change_the_crate_is_the_same() {
    let base = read("base.yaml");
    for edit in edits().iter().filter(|edit| edit.verdict == "none") {
        let fixture = documents(&base, &edit.apply(&base));
        for name in ["old", "new"] {
            fixture.run(&["generate", "--spec", &format!("{name}.yaml"), "--out", name]).exits(0, &edit.name);
        }
        let sorted = |file: &str| {
            let text = fs::read_to_string(fixture.path().join(file)).expect("it is there");
            let mut lines: Vec<_> = text.lines().map(str::trim).map(str::to_owned).collect();
            lines.sort();
            lines
        };
        for file in ["src/types.rs", "src/client.rs", "src/lib.rs", "src/operations/list_orders.rs"] {
            // Fields and setters are in the order of the document.
            assert_eq!(sorted(&format!("old/{file}")), sorted(&format!("new/{file}")), "{}: {file}", edit.name);
        }
    }
}

#[test]
fn a_change_as_json_has_its_place_and_its_meaning() {
    let base = read("base.yaml");
    let fixture =
        documents(&base, &base.replace("        total: {type: integer}\n", "        total: {type: string}\n"));
    let run = fixture.run(&["diff", "old.yaml", "new.yaml", "--message-format", "json"]).exits(1, "a major change");
    let lines: Vec<Value> = run.stdout.lines().map(|line| serde_json::from_str(line).expect("it is JSON")).collect();
    let [change, summary] = &lines[..] else { panic!("{lines:#?}") };
    let line = base.lines().position(|line| line.contains("total: {type")).expect("it is there") + 1;
    for (key, expected) in [
        ("kind", Value::from("change")),
        ("level", "major".into()),
        ("area", "type of a field".into()),
        ("change", "changed".into()),
        ("item", "types::Order::total".into()),
        ("old", "i64".into()),
        ("new", "String".into()),
        ("operations", serde_json::json!(["create_order", "get_order", "list_orders"])),
        ("built_programs", "breaks them".into()),
        ("file", "new.yaml".into()),
        ("pointer", "/components/schemas/Order/properties/total".into()),
        ("position", serde_json::json!({"line": line, "column": 9})),
    ] {
        assert_eq!(change[key], expected, "{key}");
    }
    let expected = serde_json::json!({
        "kind": "summary", "verdict": "major", "built_programs": "breaks them", "changes": 1,
        "old": "old.yaml", "new": "new.yaml",
    });
    assert_eq!(*summary, expected);
}

#[test]
fn the_report_is_a_table_that_markdown_shows() {
    let base = read("base.yaml");
    let fixture = documents(&base, &base.replace("operationId: deleteOrder", "operationId: drop|order"));
    fixture.run(&["diff", "old.yaml", "new.yaml", "--report", "changes.md"]).exits(1, "a major change");
    let report = fs::read_to_string(fixture.path().join("changes.md")).expect("it was written");
    assert!(
        report.starts_with("# Changes from `old.yaml` to `new.yaml`\n\nThe crate needs a **major** release."),
        "{report}"
    );
    let rows: Vec<_> = report.lines().filter(|line| line.starts_with("| ")).collect();
    assert_eq!(rows.len(), 2, "a head and a change: {report}");
    assert!(rows.iter().all(|row| row.replace("\\|", "").matches('|').count() == 8), "{report}");
    fixture.run(&["diff", "old.yaml", "old.yaml", "--report", "changes.md"]).exits(0, "no change");
    let report = fs::read_to_string(fixture.path().join("changes.md")).expect("it was written");
    assert!(report.ends_with("\n\nThere are none: the crate is the same.\n"), "{report}");
    let run = fixture.run(&["diff", "old.yaml", "new.yaml", "--report", "old.yaml"]).exits(3, "a document");
    assert!(run.stderr.contains("cannot write the report"), "{run:#?}");
    assert_eq!(fs::read_to_string(fixture.path().join("old.yaml")).expect("it is there"), base);
}

#[test]
fn the_version_has_to_be_raised_by_the_step_that_the_changes_need() {
    let base = read("base.yaml");
    let more = |version: &str| {
        base.replace("[web, phone]", "[web, phone, shop]").replace("version: 1.0.0", &format!("version: {version}"))
    };
    for (version, code, expected) in [
        ("1.0.0", 1, "need a minor step of `info.version`, and the step from `1.0.0` to `1.0.0` is none: raise it"),
        ("1.0.1", 1, "the step from `1.0.0` to `1.0.1` is patch"),
        ("1.1.0", 0, ""),
        ("2.0.0", 0, ""),
        ("next", 1, "no step from `1.0.0` to `next`"),
    ] {
        let run = documents(&base, &more(version)).run(&["diff", "old.yaml", "new.yaml", "--require-version"]);
        let run = run.exits(code, version);
        assert!(run.stderr.contains(expected) && run.stderr.is_empty() == expected.is_empty(), "{run:#?}");
        assert!(run.stdout.contains("\nverdict: minor: "), "{run:#?}");
    }
    let removed = base.replace("[web, phone]", "[web]").replace("version: 1.0.0", "version: 2.0.0");
    documents(&base, &removed).run(&["diff", "old.yaml", "new.yaml", "--require-version"]).exits(0, "it was raised");
    documents(&base, &base).run(&["diff", "old.yaml", "new.yaml", "--require-version"]).exits(0, "nothing changed");
}

#[test]
fn a_document_that_is_wrong_or_missing_is_not_compared() {
    let base = read("base.yaml");
    let fixture = documents(&base, "a: 1\n");
    for (arguments, code, expected) in [
        (&["diff", "old.yaml", "new.yaml"][..], 2, "error: new.yaml has 1 error: nothing was compared"),
        (&["diff", "new.yaml", "old.yaml"], 2, "error: new.yaml has 1 error: nothing was compared"),
        (&["diff", "old.yaml", "none.yaml"], 3, "error: none.yaml has 1 error: nothing was compared"),
        (&["diff", "none.yaml", "old.yaml"], 3, "`none.yaml` is neither a document nor a git revision"),
        (&["diff"], 3, "missing document; expected `cargo xtask diff OLD [NEW]`"),
        (&["diff", "a", "b", "c"], 3, "unexpected argument \"c\""),
        (&["diff", "old.yaml", "--out", "a"], 3, "unexpected option; `diff` takes"),
    ] {
        let run = fixture.run(arguments).exits(code, expected);
        assert!(run.stderr.contains(expected), "{run:#?}");
        assert_eq!(run.stdout, "", "{arguments:?}");
    }
    let run = fixture.run(&["diff", "old.yaml", "new.yaml", "--message-format", "json"]).exits(2, "it is wrong");
    let last: Value = serde_json::from_str(run.stdout.lines().last().expect("a summary")).expect("it is JSON");
    assert_eq!(last, serde_json::json!({"kind": "summary", "verdict": null, "errors": 1}));
}

/// Runs git in a folder, without the settings of the user.
fn git(fixture: &Fixture, arguments: &[&str]) {
    let settings = ["-c", "user.name=n", "-c", "user.email=n@example.com", "-c", "commit.gpgsign=false"];
    let mut command = Command::new("git");
    command.current_dir(fixture.path()).args(settings).args(arguments);
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
    let output = command.output().expect("git is installed");
    assert!(output.status.success(), "{arguments:?}: {output:?}");
}

#[test]
fn the_own_document_is_compared_with_that_of_a_revision() {
    let (base, fixture) = (read("base.yaml"), Fixture::new());
    fixture.write("Cargo.toml", "[workspace]\n[workspace.metadata.xtask]\nspec = 'spec/api.yaml'\nout = 'client'\n");
    fixture.write("spec/api.yaml", &base);
    git(&fixture, &["init", "--quiet"]);
    git(&fixture, &["add", "."]);
    git(&fixture, &["commit", "--quiet", "--message", "first"]);
    git(&fixture, &["tag", "v1"]);
    fixture.write("spec/api.yaml", base.replace("[web, phone]", "[web, phone, shop]"));
    for revision in ["HEAD", "v1"] {
        let run = fixture.run(&["diff", revision]).exits(0, "a minor change");
        let (found, _) = changes(&run.stdout);
        assert_eq!(found, ["minor: value of an enumeration added: `types::Channel::Shop`; in create_order"]);
    }
    let run = fixture.run(&["diff", "HEAD~1"]).exits(3, "there is no such revision");
    assert!(
        run.stderr.contains("`HEAD~1` is neither a document nor a git revision that has spec/api.yaml"),
        "{run:#?}"
    );
    fixture.write("v1", base.replace("[web, phone]", "[web, fax]"));
    let run = fixture.run(&["diff", "v1"]).exits(1, "a file comes before a revision");
    assert!(run.stdout.contains("`types::Channel::Fax`"), "{run:#?}");
}

#[test]
fn the_table_of_the_readme_has_the_rules() {
    let readme = fs::read_to_string(workspace().join("xtask/README.md")).expect("it is there");
    let (_, section) = readme.split_once("\n## Changes\n").expect("there is a section");
    let rows: Vec<_> = section.lines().skip_while(|line| !line.starts_with("|---")).skip(1).collect();
    let rows: Vec<_> = rows.into_iter().take_while(|line| line.starts_with('|')).collect();
    let expected: Vec<_> = RULES.iter().map(row).collect();
    assert_eq!(rows, expected, "the table is made from the rules:\n{}", expected.join("\n"));
}

fn row(rule: &Rule) -> String {
    let direction = rule.direction.map_or("both", Direction::as_str);
    format!("| {} {} | {direction} | {} | {} | {} |", rule.area, rule.what, rule.level, rule.wire.as_str(), rule.reason)
}
