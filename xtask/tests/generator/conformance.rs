//! Compares the generator with two independent tools, on documents with every object of OpenAPI 3.0 and 3.1.
//!
//! `xtask/tests/conformance` has valid documents, mutations of them, and the verdicts of the tools; its README
//! describes how to add a case. The generator accepts every valid document, and refuses under `--strict` every mutation
//! that one of the tools refuses. If it differs from the tools, the case has the reason.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use serde::Deserialize;

use crate::findings::Finding;
use crate::support::{Fixture, workspace};

/// The codes of warnings that a valid document may get. They describe the client, and are not objections to the
/// document.
const ABOUT_THE_CLIENT: [&str; 2] = ["unsupported-feature", "no-operations"];

#[test]
fn a_valid_document_gets_no_error_and_no_wrong_warning() {
    let fixture = Fixture::new();
    let mut failures = Vec::new();
    for (name, text) in valid_documents() {
        failures.extend(objections(&fixture, &name, &text).map(|found| format!("{name}: {found}")));
    }
    for case in cases().iter().filter(|case| case.ours == Ours::Accepts) {
        let found = objections(&fixture, &case.document, &case.text());
        failures.extend(found.map(|found| format!("{}: {found}", case.name())));
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn an_invalid_document_is_refused_under_strict_at_the_line_of_its_mutation() {
    let fixture = Fixture::new();
    let failures = failures(|case| {
        let outcome = Outcome::of(&fixture, &case.document, &case.text(), &["--strict"]);
        let lines = case.lines();
        let errors = outcome.findings.iter().filter(|finding| finding.severity == "error");
        let at_the_line = errors.filter(|error| lines.contains(&line_of(error))).count();
        (outcome.code != Some(2) || at_the_line == 0)
            .then(|| format!("expected exit 2 with an error on a line of {lines:?}, found {outcome}"))
    });
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn an_invalid_document_gets_a_finding_without_strict() {
    let fixture = Fixture::new();
    let failures = failures(|case| {
        let outcome = Outcome::of(&fixture, &case.document, &case.text(), &[]);
        (!outcome.findings.iter().any(is_objection)).then(|| format!("expected a warning, found {outcome}"))
    });
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn a_disagreement_with_the_tools_has_a_reason_and_nothing_else_has_one() {
    let verdicts = verdicts();
    let others: Vec<_> = cases()
        .iter()
        .filter(|case| {
            let refused = verdicts[&case.name()].values().any(Option::is_some);
            let disagrees = refused != (case.ours == Ours::Refuses);
            disagrees != case.because.is_some()
        })
        .map(Case::name)
        .collect();
    assert!(others.is_empty(), "{others:#?}");
}

#[test]
fn each_mutation_has_the_verdicts_of_the_tools() {
    let mut names: Vec<_> = cases().iter().map(Case::name).collect();
    names.sort();
    let judged: Vec<_> = verdicts().into_keys().collect();
    assert_eq!(names, judged, "to update the verdicts: xtask/tests/conformance/judge --write");
}

/// A mutation of a valid document. `xtask/tests/conformance/README.md` describes the fields.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    document: String,
    wrong: String,
    replace: String,
    by: String,
    #[serde(default)]
    at: Option<Places>,
    #[serde(default)]
    ours: Ours,
    #[serde(default)]
    because: Option<String>,
}

/// Texts of the mutated document; a finding may be on the first line of any of them.
#[derive(Deserialize)]
#[serde(untagged)]
enum Places {
    One(String),
    Several(Vec<String>),
}

/// The verdict that is expected of the generator.
#[derive(Clone, Copy, Default, Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Ours {
    #[default]
    Refuses,
    Accepts,
}

impl Case {
    fn name(&self) -> String {
        format!("{}: {}", self.document, self.wrong)
    }

    /// Returns the mutated document.
    fn text(&self) -> String {
        let (before, after) = self.around();
        format!("{before}{}{after}", self.by)
    }

    /// Returns the valid document before and after the text that is replaced.
    fn around(&self) -> (String, String) {
        let text = fs::read_to_string(folder().join("valid").join(&self.document)).unwrap();
        let (before, after) = text.split_once(&self.replace).unwrap_or_else(|| panic!("{}: no such text", self.name()));
        assert!(!after.contains(&self.replace), "{}: the text to replace occurs twice", self.name());
        (before.to_owned(), after.to_owned())
    }

    /// Returns the lines on which a finding is expected: by default, that of the first character that differs.
    fn lines(&self) -> Vec<usize> {
        let text = self.text();
        let places = match &self.at {
            Some(Places::One(place)) => std::slice::from_ref(place),
            Some(Places::Several(places)) => places,
            None => return vec![line(&text, self.around().0.len() + common_prefix(&self.replace, &self.by))],
        };
        places.iter().map(|place| line(&text, self.position(&text, place))).collect()
    }

    fn position(&self, text: &str, place: &str) -> usize {
        let mut positions = text.match_indices(place).map(|(position, _)| position);
        match (positions.next(), positions.next()) {
            (Some(position), None) => position,
            _ => panic!("{}: the text {place:?} does not occur once", self.name()),
        }
    }
}

/// Returns the number of the line that holds this position.
fn line(text: &str, position: usize) -> usize {
    text[..position].matches('\n').count() + 1
}

fn common_prefix(one: &str, other: &str) -> usize {
    one.bytes().zip(other.bytes()).take_while(|(a, b)| a == b).count()
}

/// The result of `check` for one document.
struct Outcome {
    code: Option<i32>,
    /// The findings without notes.
    findings: Vec<Finding>,
}

impl Outcome {
    /// Writes the document into the folder and checks it there, where no crate is.
    fn of(fixture: &Fixture, name: &str, text: &str, options: &[&str]) -> Self {
        fixture.write(name, text);
        let arguments = ["check", "--spec", name, "--out", "crate", "--message-format", "json"];
        let run = fixture.run(&[&arguments, options].concat());
        let findings = run.findings().into_iter().filter(|finding| finding.severity != "note");
        Self { code: run.code, findings: findings.collect() }
    }
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "exit {:?}", self.code)?;
        for finding in &self.findings {
            let Finding { severity, code, message, .. } = finding;
            write!(f, "\n    line {}: {severity}[{code}]: {message}", line_of(finding))?;
        }
        Ok(())
    }
}

/// Returns the line of a finding, or 1 where the finding is about the whole document.
fn line_of(finding: &Finding) -> usize {
    finding.line.unwrap_or(1)
}

/// Returns whether the finding is an objection to the document.
fn is_objection(finding: &Finding) -> bool {
    finding.severity == "error" || !ABOUT_THE_CLIENT.contains(&finding.code.as_str())
}

/// Returns what the generator objects to a document, with `--strict` or without. The crate is missing, so that exit
/// status 1 means that it would be written.
fn objections(fixture: &Fixture, name: &str, text: &str) -> Option<String> {
    [&["--strict"][..], &[]].into_iter().find_map(|options| {
        let outcome = Outcome::of(fixture, name, text, options);
        let objects = outcome.code != Some(1) || outcome.findings.iter().any(is_objection);
        objects.then(|| format!("expected nothing with {options:?}, found {outcome}"))
    })
}

/// Returns the failures of the cases that the generator is expected to refuse.
fn failures(check: impl Fn(&Case) -> Option<String>) -> Vec<String> {
    let cases = cases();
    let refused = cases.iter().filter(|case| case.ours == Ours::Refuses);
    refused.filter_map(|case| check(case).map(|found| format!("{}: {found}", case.name()))).collect()
}

fn folder() -> PathBuf {
    workspace().join("xtask/tests/conformance")
}

fn cases() -> Vec<Case> {
    serde_yaml::from_str(&fs::read_to_string(folder().join("mutations.yaml")).unwrap()).unwrap()
}

/// Returns the objection of each tool to each mutation, or none.
fn verdicts() -> BTreeMap<String, BTreeMap<String, Option<String>>> {
    serde_json::from_str(&fs::read_to_string(folder().join("verdicts.json")).unwrap()).unwrap()
}

fn valid_documents() -> BTreeMap<String, String> {
    let files = fs::read_dir(folder().join("valid")).unwrap().map(|entry| entry.unwrap().path());
    files
        .map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read_to_string(path).unwrap()))
        .collect()
}
