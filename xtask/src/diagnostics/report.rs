//! Prints findings, drift and the summary in the format that the user chose.

use std::cell::Cell;
use std::io::{self, IsTerminal as _, Write as _};

use super::diagnostic::{Diagnostic, distinct, placed};
use super::drift::Drift;
use super::render::render;
use super::summary::{Summary, Tally};
use super::{github, json};
use crate::document::Source;

/// A format of the output.
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
    /// Returns the format with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "human" => Self::Human,
            "json" => Self::Json,
            "github" => Self::Github,
            _ => return None,
        })
    }

    /// Returns the format for an environment, given the value of `GITHUB_ACTIONS`.
    fn of_environment(github_actions: Option<&str>) -> Self {
        if github_actions == Some("true") { Self::Github } else { Self::Human }
    }
}

/// Prints the results of a run, and counts the findings.
#[derive(Clone, Debug)]
pub struct Reporter {
    format: Format,
    has_colour: bool,
    tally: Cell<Tally>,
}

impl Reporter {
    /// Creates a reporter with this format, or with the default of the environment.
    #[must_use]
    pub fn new(format: Option<Format>) -> Self {
        let variable = |name: &str| std::env::var(name).ok();
        let has_colour = io::stderr().is_terminal()
            && variable("NO_COLOR").is_none_or(|value| value.is_empty())
            && variable("TERM").is_none_or(|term| term != "dumb");
        let format = format.unwrap_or_else(|| Format::of_environment(variable("GITHUB_ACTIONS").as_deref()));
        Self { format, has_colour, tally: Cell::default() }
    }

    /// Returns whether the output is JSON.
    #[must_use]
    pub fn is_json(&self) -> bool {
        self.format == Format::Json
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
            print_lines(placed(source, findings).iter().map(|(at, finding)| match self.format {
                Format::Json => json::finding(source, at.as_ref(), finding).to_string(),
                _ => github::finding(source, at.as_ref(), finding),
            }));
        }
    }

    /// Prints the differences of a folder, as text with `report`, and the remedy.
    pub fn drift(&self, drift: &[Drift], folder: &str, report: impl FnOnce() -> String, remedy: &str) {
        if self.format != Format::Json {
            print(&report());
        }
        match self.format {
            Format::Human => {}
            Format::Json => print_lines(drift.iter().map(|drift| json::drift(drift, folder).to_string())),
            Format::Github => print_lines(drift.iter().map(|drift| github::drift(drift, folder, remedy))),
        }
    }

    /// Prints the files of a folder that were updated.
    pub fn written(&self, drift: &[Drift], folder: &str) {
        print_lines(drift.iter().map(|drift| match self.format {
            Format::Json => json::drift(drift, folder).to_string(),
            _ => drift.action(folder),
        }));
    }

    /// Prints an event of a watched document.
    pub fn event(&self, message: &str) {
        if self.format == Format::Json {
            print(&format!("{}\n", json::event(message)));
        } else {
            print(&format!("{message}\n"));
        }
    }

    /// Prints the summary.
    pub fn summary(&self, summary: &Summary<'_>) {
        if self.format == Format::Json {
            print(&format!("{}\n", json::summary(summary)));
        } else if summary.outcome.is_failure() {
            eprintln!("error: {}", summary.message);
        } else {
            print(&format!("{}\n", summary.message));
        }
    }
}

fn print_lines(lines: impl Iterator<Item = String>) {
    let text: String = lines.flat_map(|line| [line, "\n".to_owned()]).collect();
    print(&text);
}

/// Writes to standard output. A closed pipe (`| head`) is not an error of this program, whose exit status has the
/// result.
pub fn print(text: &str) {
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
    fn equal_findings_are_counted_once() {
        let reporter = Reporter::new(Some(Format::Human));
        let error = Diagnostic::error(Code::EmptyEnum, Place::File, "m", "h");
        reporter.findings(&Source::new("api.yaml", ""), vec![error.clone(), error]);
        assert_eq!(reporter.tally(), Tally { errors: 1, warnings: 0 });
    }
}
