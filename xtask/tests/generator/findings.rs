//! The findings of a run, read from its text or from its JSON.

use serde_json::Value;

use crate::support::Run;

/// A finding of the JSON output.
#[derive(Debug)]
pub struct Finding {
    pub severity: String,
    pub code: String,
    pub message: String,
    /// The line of its place. A finding about the whole document has none.
    pub line: Option<usize>,
    /// The lines of its related places.
    pub related: Vec<usize>,
}

impl Finding {
    /// Reads a line of the JSON output. A line about something else is none.
    fn of(line: &str) -> Option<Self> {
        let value: Value = serde_json::from_str(line).expect("each line is JSON");
        let text = |key: &str| value[key].as_str().expect("a finding has these fields").to_owned();
        (value["kind"] == "finding").then(|| Self {
            severity: text("severity"),
            code: text("code"),
            message: text("message"),
            line: start(&value),
            related: value["related"].as_array().into_iter().flatten().filter_map(start).collect(),
        })
    }
}

/// Returns the line on which a place begins.
fn start(place: &Value) -> Option<usize> {
    place["span"]["start"]["line"].as_u64().and_then(|line| line.try_into().ok())
}

impl Run {
    /// Returns the findings of a run with `--message-format json`.
    pub fn findings(&self) -> Vec<Finding> {
        self.stdout.lines().filter_map(Finding::of).collect()
    }

    /// Returns the findings of a run that prints text, each as `PLACE: SEVERITY: MESSAGE`.
    pub fn messages(&self) -> Vec<String> {
        let mut messages = Vec::new();
        let mut lines = self.stderr.lines();
        while let Some(line) = lines.next() {
            let Some((head, message)) = line.split_once("]: ") else { continue };
            let Some((severity @ ("error" | "warning" | "note"), _)) = head.split_once('[') else { continue };
            let place = lines.by_ref().find_map(|line| line.trim_start().strip_prefix("--> ")).unwrap_or_default();
            messages.push(format!("{place}: {severity}: {message}"));
        }
        messages
    }

    /// Returns the first finding. Without one, returns the first line of the run.
    pub fn first_line(&self) -> String {
        let first = self.stderr.lines().next().unwrap_or_default();
        self.messages().into_iter().next().unwrap_or_else(|| first.to_owned())
    }

    /// Returns the numbers of errors and warnings, as the summary of the run writes them.
    pub fn tally(&self) -> String {
        let messages = self.messages();
        let counted = |what: &str| match messages.iter().filter(|line| line.contains(&format!(": {what}: "))).count() {
            0 => None,
            1 => Some(format!("1 {what}")),
            number => Some(format!("{number} {what}s")),
        };
        [counted("error"), counted("warning")].into_iter().flatten().collect::<Vec<_>>().join(" and ")
    }

    /// Returns the line and the column of each finding, or 0 where it has none.
    pub fn places(&self) -> Vec<(usize, usize)> {
        let numbers = |line: &str| {
            let mut parts = line.split(':').skip(1).map(|part| part.parse().unwrap_or(0));
            (parts.next().unwrap_or(0), parts.next().unwrap_or(0))
        };
        self.messages().iter().map(|line| numbers(line)).collect()
    }
}
