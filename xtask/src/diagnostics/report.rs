//! Tells what was found and how it ended, in the form that was asked for: the only place that prints any of it.

use std::cell::Cell;
use std::fmt;
use std::io::{self, IsTerminal as _, Write as _};

use super::{Diagnostic, Severity, distinct, github, json, placed, render};
use crate::document::Source;
use crate::tree::Drift;
use crate::write;

/// The form of what is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Text: findings on standard error, results on standard output.
    Human,
    /// A JSON object a line on standard output, and nothing else there.
    Json,
    /// The text, and annotations for GitHub on standard output.
    Github,
}

impl Format {
    /// The form with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "human" => Self::Human,
            "json" => Self::Json,
            "github" => Self::Github,
            _ => return None,
        })
    }

    /// The form for whoever runs the program, given the value of `GITHUB_ACTIONS`.
    fn of_environment(github_actions: Option<&str>) -> Self {
        if github_actions == Some("true") { Self::Github } else { Self::Human }
    }
}

/// How much there is of what was built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    /// The operations of the document.
    pub operations: usize,
    /// Its schemas.
    pub schemas: usize,
    /// The examples that were held against their schemas.
    pub examples: usize,
    /// The files of the crate.
    pub files: usize,
    /// The examples that the crate has tests of, and those that it has none of, if it was asked for tests.
    pub tested: Option<(usize, usize)>,
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { operations, schemas, examples, tested, .. } = *self;
        let (operations, schemas) = (counted(operations, "operation"), counted(schemas, "schema"));
        write!(f, "{operations}, {schemas}, {} checked", counted(examples, "example"))?;
        match tested {
            Some((tested, left_out)) => write!(f, ", {tested} tested, {left_out} left out"),
            None => Ok(()),
        }
    }
}

/// The numbers of errors and warnings that were reported.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// The number of errors.
    pub errors: usize,
    /// The number of warnings.
    pub warnings: usize,
}

impl Tally {
    /// Adds the findings to these numbers. Notes are not counted.
    fn plus(self, findings: &[Diagnostic]) -> Self {
        let number = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
        Self { errors: self.errors + number(Severity::Error), warnings: self.warnings + number(Severity::Warning) }
    }
}

/// Writes what there is of the two: `3 errors and 1 warning`, and nothing where there is none.
impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (errors, warnings) = (counted(self.errors, "error"), counted(self.warnings, "warning"));
        match (self.errors, self.warnings) {
            (0, 0) => Ok(()),
            (_, 0) => f.write_str(&errors),
            (0, _) => f.write_str(&warnings),
            _ => write!(f, "{errors} and {warnings}"),
        }
    }
}

/// A number with what it counts.
#[must_use]
pub fn counted(number: usize, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The document is wrong, and nothing was generated.
    Wrong,
    /// The document cannot be read, and nothing was generated.
    Unreadable,
    /// The folder holds what was generated.
    Generated,
    /// The folder holds what would be generated.
    Clean,
    /// The folder holds something else.
    Drifted,
}

impl Outcome {
    /// The outcome as a word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Wrong => "wrong",
            Self::Unreadable => "unreadable",
            Self::Generated => "generated",
            Self::Clean => "clean",
            Self::Drifted => "drifted",
        }
    }

    fn is_failure(self) -> bool {
        matches!(self, Self::Wrong | Self::Unreadable | Self::Drifted)
    }
}

/// The last that is said.
#[derive(Clone, Debug)]
pub struct Summary<'a> {
    /// How it ended.
    pub outcome: Outcome,
    /// The document.
    pub spec: &'a str,
    /// The folder of the crate.
    pub out: &'a str,
    /// What was built, if the document is not wrong.
    pub counts: Option<Counts>,
    /// How many files differed.
    pub drift: usize,
    /// How many errors and warnings were reported.
    pub tally: Tally,
    /// The same as a sentence.
    pub told: String,
}

/// Tells everything that a run has to tell about a document and a crate, and counts the findings.
#[derive(Clone, Debug)]
pub struct Reporter {
    format: Format,
    has_colour: bool,
    tally: Cell<Tally>,
}

impl Reporter {
    /// A reporter in this form, or else in the one that suits where the program runs.
    #[must_use]
    pub fn new(format: Option<Format>) -> Self {
        let variable = |name: &str| std::env::var(name).ok();
        let has_colour = io::stderr().is_terminal()
            && variable("NO_COLOR").is_none_or(|value| value.is_empty())
            && variable("TERM").is_none_or(|term| term != "dumb");
        let format = format.unwrap_or_else(|| Format::of_environment(variable("GITHUB_ACTIONS").as_deref()));
        Self { format, has_colour, tally: Cell::default() }
    }

    /// Returns the numbers of the findings that were reported up to now.
    #[must_use]
    pub fn tally(&self) -> Tally {
        self.tally.get()
    }

    /// Reports the findings about a document, equal ones once.
    pub fn findings(&self, source: &Source, findings: Vec<Diagnostic>) {
        let findings = &distinct(source, findings)[..];
        self.tally.set(self.tally().plus(findings));
        if self.format != Format::Json {
            eprint!("{}", render(source, findings, self.has_colour));
        }
        if self.format != Format::Human {
            say_lines(placed(source, findings).iter().map(|(at, finding)| match self.format {
                Format::Json => json::finding(source, at.as_ref(), finding).to_string(),
                _ => github::finding(source, at.as_ref(), finding),
            }));
        }
    }

    /// Tells where a folder differs from what should be there, as `report` says, and what to do about it.
    pub fn drift(&self, drift: &[Drift], folder: &str, report: impl FnOnce() -> String, remedy: &str) {
        if self.format != Format::Json {
            say(&report());
        }
        match self.format {
            Format::Human => {}
            Format::Json => say_lines(drift.iter().map(|drift| json::drift(drift, folder).to_string())),
            Format::Github => say_lines(drift.iter().map(|drift| github::drift(drift, folder, remedy))),
        }
    }

    /// Tells which files of a folder were brought up to date.
    pub fn written(&self, drift: &[Drift], folder: &str) {
        say_lines(drift.iter().map(|drift| match self.format {
            Format::Json => json::drift(drift, folder).to_string(),
            _ => write::told(drift, folder),
        }));
    }

    /// Tells what a document that is watched waits for.
    pub fn news(&self, told: &str) {
        if self.format == Format::Json {
            say(&format!("{}\n", json::news(told)));
        } else {
            say(&format!("{told}\n"));
        }
    }

    /// Tells how it ended.
    pub fn summary(&self, summary: &Summary<'_>) {
        if self.format == Format::Json {
            say(&format!("{}\n", json::summary(summary)));
        } else if summary.outcome.is_failure() {
            eprintln!("error: {}", summary.told);
        } else {
            say(&format!("{}\n", summary.told));
        }
    }
}

fn say_lines(lines: impl Iterator<Item = String>) {
    let text: String = lines.flat_map(|line| [line, "\n".to_owned()]).collect();
    say(&text);
}

/// Writes to standard output. A reader that has gone (`| head`) is no failure of this program, and its exit status
/// says the rest.
pub fn say(text: &str) {
    let _ = io::stdout().write_all(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::{Code, Place};

    #[test]
    fn annotations_are_for_runs_on_github_only() {
        assert_eq!(Format::of_environment(Some("true")), Format::Github);
        for other in [None, Some(""), Some("false"), Some("1")] {
            assert_eq!(Format::of_environment(other), Format::Human);
        }
    }

    #[test]
    fn errors_and_warnings_are_counted_and_notes_are_not() {
        let error = Diagnostic::error(Code::EmptyEnum, Place::File, "m", "h");
        let warning = Diagnostic::warning(Code::RefSibling, Place::File, "m", "h");
        let note = Diagnostic::note(Code::Lowering("lift_null"), Place::File, "m", "because");
        let tally = Tally::default().plus(&[error.clone(), warning.clone()]).plus(&[error, note]);
        assert_eq!(tally, Tally { errors: 2, warnings: 1 });
    }

    #[test]
    fn a_tally_names_only_what_there_is() {
        for (errors, warnings, expected) in
            [(0, 0, ""), (1, 0, "1 error"), (3, 1, "3 errors and 1 warning"), (0, 2, "2 warnings")]
        {
            assert_eq!(Tally { errors, warnings }.to_string(), expected);
        }
    }

    #[test]
    fn equal_findings_are_counted_once() {
        let reporter = Reporter::new(Some(Format::Human));
        let error = Diagnostic::error(Code::EmptyEnum, Place::File, "m", "h");
        reporter.findings(&Source::new("api.yaml", ""), vec![error.clone(), error]);
        assert_eq!(reporter.tally(), Tally { errors: 1, warnings: 0 });
    }

    #[test]
    fn counts_are_told_in_words() {
        let counts = Counts { operations: 1, schemas: 0, examples: 2, files: 3, tested: None };
        assert_eq!(counts.to_string(), "1 operation, 0 schemas, 2 examples checked");
    }
}
