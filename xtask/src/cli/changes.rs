//! The changes between two documents as text, as JSON and as Markdown.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::places::{object, place};
use crate::change::{Change, Level, Side, Version, Wire, compare, verdict};
use crate::diagnostics::counted;
use crate::document::Source;
use crate::emit::cell;

/// The changes between two documents.
pub struct Comparison<'a> {
    sources: [&'a Source; 2],
    changes: Vec<Change>,
}

impl<'a> Comparison<'a> {
    /// Compares two documents. The gravest changes come first.
    #[must_use]
    pub fn new(old: Side<'_>, new: Side<'_>, sources: [&'a Source; 2]) -> Self {
        let mut changes = compare(&old, &new);
        changes.sort_by_key(|change| std::cmp::Reverse((change.rule.level, change.wire)));
        Self { sources, changes }
    }

    /// Returns the step of the version that all changes need together.
    #[must_use]
    pub fn verdict(&self) -> Level {
        verdict(&self.changes)
    }

    /// Returns the gravest effect on programs that are built already.
    fn wire(&self) -> Wire {
        self.changes.iter().map(|change| change.wire).max().unwrap_or(Wire::Untouched)
    }

    fn source(&self, change: &Change) -> &'a Source {
        match change.version {
            Version::Old => self.sources[0],
            Version::New => self.sources[1],
        }
    }

    /// Returns the place of a change: the file, the line and the column.
    fn place(&self, change: &Change) -> String {
        place(self.source(change), &change.at)
    }

    /// Returns the changes as text, one a line, and the verdict on the last line.
    #[must_use]
    pub fn text(&self) -> String {
        let mut out = String::new();
        for change in &self.changes {
            let _ = writeln!(out, "{}: {}: {}{}", self.place(change), change.rule.level, what(change), tail(change));
        }
        let _ = writeln!(out, "{}", self.summary());
        out
    }

    /// Returns the verdict in one line.
    fn summary(&self) -> String {
        let number = |level| self.changes.iter().filter(|change| change.rule.level == level).count();
        let levels = [Level::Major, Level::Minor, Level::Patch].map(|level| (number(level), level));
        let counts: Vec<_> = levels.iter().filter(|(number, _)| *number > 0).collect();
        let counts: Vec<_> =
            counts.into_iter().map(|(number, level)| counted(*number, &format!("{level} change"))).collect();
        if counts.is_empty() {
            return "verdict: none: the crate is the same".to_owned();
        }
        format!(
            "verdict: {}: {}; for programs that are built already: it {}",
            self.verdict(),
            counts.join(", "),
            self.wire().as_str()
        )
    }

    /// Returns the changes as JSON, one a line, and the verdict on the last line.
    #[must_use]
    pub fn json(&self) -> String {
        let mut out = String::new();
        for change in &self.changes {
            let _ = writeln!(out, "{}", self.object(change));
        }
        let summary = json!({
            "kind": "summary",
            "verdict": self.verdict().as_str(),
            "built_programs": self.wire().as_str(),
            "changes": self.changes.len(),
            "old": self.sources[0].name,
            "new": self.sources[1].name,
        });
        let _ = writeln!(out, "{summary}");
        out
    }

    fn object(&self, change: &Change) -> Value {
        let values = change.values.as_ref();
        let mut line = json!({
            "kind": "change",
            "level": change.rule.level.as_str(),
            "area": change.rule.area,
            "change": change.rule.what,
            "item": (!change.item.is_empty()).then_some(&change.item),
            "old": values.map(|(old, _)| old),
            "new": values.map(|(_, new)| new),
            "operations": change.operations,
            "built_programs": change.wire.as_str(),
            "why": change.rule.reason,
        });
        if let Some(line) = line.as_object_mut() {
            line.extend(object(self.source(change), &change.at));
        }
        line
    }

    /// Returns the changes as Markdown, for a pull request or a changelog.
    #[must_use]
    pub fn markdown(&self) -> String {
        let [old, new] = self.sources.map(|source| cell(&source.name));
        let mut out = format!("# Changes from {old} to {new}\n\n");
        if self.changes.is_empty() {
            out += "There are none: the crate is the same.\n";
            return out;
        }
        let wire = self.wire().as_str();
        let _ = write!(
            out,
            "The crate needs a **{}** release. For programs that are built already: it {wire}.\n\n\
             | release | change | in Rust | operations | built programs | why | place |\n|---|---|---|---|---|---|---|\n",
            self.verdict()
        );
        for change in &self.changes {
            let rule = change.rule;
            let operations: Vec<_> = change.operations.iter().map(|name| cell(name)).collect();
            let _ = writeln!(
                out,
                "| {} | {} {} | {} | {} | {} | {} | {} |",
                rule.level,
                rule.area,
                rule.what,
                rust(change),
                operations.join(", "),
                change.wire.as_str(),
                rule.reason,
                cell(&self.place(change)),
            );
        }
        out
    }
}

/// Describes a change, with the item and its values in Rust.
fn what(change: &Change) -> String {
    let mut out = format!("{} {}", change.rule.area, change.rule.what);
    if !change.item.is_empty() {
        let _ = write!(out, ": `{}`", change.item);
    }
    if let Some((old, new)) = &change.values {
        let _ = write!(out, ": `{old}` became `{new}`");
    }
    out
}

/// Returns the operations that a change reaches, and its effect on programs that are built already.
fn tail(change: &Change) -> String {
    let mut out = String::new();
    if !change.operations.is_empty() {
        let _ = write!(out, "; in {}", change.operations.join(", "));
    }
    if change.wire > Wire::Untouched {
        let _ = write!(out, "; built programs: {}", change.wire.as_str());
    }
    out
}

/// Returns the item and its values as a cell of a table.
fn rust(change: &Change) -> String {
    let item = if change.item.is_empty() { String::new() } else { cell(&change.item) };
    match &change.values {
        Some((old, new)) => format!("{item} {} became {}", cell(old), cell(new)).trim().to_owned(),
        None => item,
    }
}
