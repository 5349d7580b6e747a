//! A folder with the document `api.yaml`, and the assertions about it: it is refused, normalized or generated.

use std::fs;
use std::path::PathBuf;

use crate::support::{Fixture, Run, workspace};

/// The options of a run that reads the document of a fixture.
const OPTIONS: [&str; 4] = ["--spec", "api.yaml", "--out", "out"];

impl Fixture {
    /// Returns a folder with this document.
    pub fn with(document: impl AsRef<[u8]>) -> Self {
        let fixture = Self::new();
        fixture.write("api.yaml", document);
        fixture
    }

    /// Returns the folder of the crate.
    pub fn out(&self) -> PathBuf {
        self.path().join("out")
    }

    /// Reads a file.
    pub fn read(&self, name: &str) -> String {
        let path = self.path().join(name);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// Runs `generate` with further options.
    pub fn generate(&self, options: &[&str]) -> Run {
        self.run(&[&["generate"], &OPTIONS[..], options].concat())
    }

    /// Runs `check` with further options.
    pub fn check(&self, options: &[&str]) -> Run {
        self.run(&[&["check"], &OPTIONS[..], options].concat())
    }

    /// Asserts that no entry was created, not even a temporary one.
    #[track_caller]
    pub fn assert_untouched(&self, why: &str) {
        let names: Vec<_> = fs::read_dir(self.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert!(names.iter().all(|name| name == "api.yaml" || name == "folder"), "{why}: {names:?}");
    }

    /// Asserts that the document is refused under `--strict`, with this finding as the first one.
    #[track_caller]
    pub fn assert_refused(&self, what: &str, expected: &str) -> Run {
        let run = self.refuse("api.yaml", what);
        assert_eq!(run.first_line(), expected, "{what}: {run:#?}");
        run
    }

    /// Asserts that a document is refused under `--strict`, and what holds for every refusal.
    #[track_caller]
    pub fn refuse(&self, spec: &str, what: &str) -> Run {
        self.refuse_with(spec, what, 2)
    }

    /// Asserts the same of a document that cannot be read.
    #[track_caller]
    pub fn refuse_unreadable(&self, spec: &str, what: &str) -> Run {
        self.refuse_with(spec, what, 3)
    }

    #[track_caller]
    fn refuse_with(&self, spec: &str, what: &str, code: i32) -> Run {
        let run = self.run(&["generate", "--strict", "--spec", spec, "--out", "out"]).exits(code, what);
        assert_eq!(run.stdout, "", "{what}");
        let why = if code == 3 { "cannot be read".to_owned() } else { format!("has {}", run.tally()) };
        let last = format!("error: {spec} {why}: nothing was generated\n");
        assert!(run.stderr.ends_with(&last), "{what}: {run:#?}");
        let remedies = run.stderr.lines().filter(|line| line.trim_start().starts_with("= help: ")).count();
        assert_eq!(remedies, run.messages().len(), "{what}: each finding has a remedy: {run:#?}");
        assert!(run.places().is_sorted(), "{what}: in the order of the document: {run:#?}");
        self.assert_untouched(what);
        run
    }

    /// Asserts that the document is generated, and that `check` then finds no drift.
    #[track_caller]
    pub fn assert_generates(&self, what: &str) {
        self.generate(&[]).exits(0, what);
        self.check(&[]).exits(0, what);
    }

    /// Asserts that the document is generated, or refused with findings that all have a place.
    #[track_caller]
    pub fn assert_generates_or_is_refused(&self, what: &str) {
        let run = self.generate(&[]);
        if run.code != Some(0) {
            let run = run.exits(2, what);
            assert!(run.places().iter().all(|(line, _)| *line > 0), "{what:?}: each finding has a place: {run:#?}");
            self.assert_untouched(what);
        }
    }

    /// Returns a description of the failure if a file of the crate does not contain this code. White space does not
    /// count.
    fn missing_code(&self, file: &str, expected: &str, what: &str) -> Option<String> {
        let path = self.out().join("src").join(file);
        let code = fs::read_to_string(&path).unwrap_or_else(|error| format!("{}: {error}", path.display()));
        let flat = |text: &str| text.split_whitespace().collect::<String>();
        (!flat(&code).contains(&flat(expected))).then(|| format!("{what}: no {expected} in\n{code}\n"))
    }
}

/// Asserts that each document is refused with its finding as the first one. A case is a name, a document and a finding.
#[track_caller]
pub fn assert_all_refused(cases: &[(&str, &str, &str)]) {
    let others: String = cases
        .iter()
        .filter_map(|(what, text, expected)| {
            let found = Fixture::with(text).refuse("api.yaml", what).first_line();
            (found != *expected).then(|| format!("{what}\n  expected {expected}\n  found    {found}\n"))
        })
        .collect();
    assert!(others.is_empty(), "other first lines than expected:\n{others}");
}

/// Asserts that each document is generated with a warning as its first finding, and refused under `--strict`. A case is a
/// name, a document, the warning, and a file of the crate below `src` with code that it contains.
#[track_caller]
pub fn assert_all_normalized(cases: &[(&str, &str, &str, (&str, &str))]) {
    let mut others = String::new();
    for (what, text, warning, (file, expected)) in cases {
        let fixture = Fixture::with(text);
        let refused = fixture.refuse("api.yaml", what).first_line().replace(": error: ", ": warning: ");
        let warned = fixture.generate(&[]).exits(0, what).first_line();
        if refused != *warning || warned != *warning {
            others += &format!("{what}\n  expected {warning}\n  strictly {refused}\n  found    {warned}\n");
        }
        others += &fixture.missing_code(file, expected, what).unwrap_or_default();
    }
    assert!(others.is_empty(), "other than expected:\n{others}");
}

/// Asserts that each document is generated. A case is a name, a document, and a file of the crate below `src` with code
/// that it contains.
#[track_caller]
pub fn assert_all_generated(cases: &[(&str, &str, &str, &str)]) {
    for (what, text, file, expected) in cases {
        let fixture = Fixture::with(text);
        fixture.assert_generates(what);
        assert_eq!(fixture.missing_code(file, expected, what), None);
    }
}

/// Returns the text of the contract.
pub fn contract() -> String {
    let text = fs::read_to_string(workspace().join("spec/loyalty-points.yaml")).expect("the contract is in spec/");
    text.replace("\r\n", "\n")
}
