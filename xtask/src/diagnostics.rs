//! What the generator has to say about a document: where, what, and what to do.
//!
//! Every stage that finds something wrong makes a [`Diagnostic`] of it; [`render`] turns a list of them into text.

pub mod codes;

use std::fmt::Write as _;

pub use self::codes::Code;
use crate::document::{Pointer, Source};
use crate::positions::Position;

/// How grave a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing is generated.
    Error,
    /// Worth a look; generation goes on.
    Warning,
    /// Nothing is wrong: the generator says what it does.
    Note,
}

/// What a finding is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// The file as a whole.
    File,
    /// A place that a parser named.
    At(Position),
    /// The value at a pointer.
    Value(Pointer),
    /// The key that leads to a pointer.
    Key(Pointer),
}

/// One finding. Its texts are boxed because it travels in `Err`s, which are better small.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// How grave it is.
    pub severity: Severity,
    /// What kind of finding it is.
    pub code: Code,
    /// What it is about.
    pub place: Place,
    /// What is wrong, in one sentence.
    pub message: Box<str>,
    /// Other places that belong to it, each with what it is.
    pub related: Vec<(Place, String)>,
    /// What to do; of a note, why the generator does what the message says.
    pub help: Box<str>,
    /// Whether the document departs from the specification in a way that has only one meaning: it is read with that
    /// meaning unless every departure is an error.
    pub is_departure: bool,
}

impl Diagnostic {
    /// An error: nothing is generated.
    #[must_use]
    pub fn error(code: Code, place: Place, message: impl Into<Box<str>>, help: impl Into<Box<str>>) -> Self {
        Self {
            severity: Severity::Error,
            code,
            place,
            message: message.into(),
            related: Vec::new(),
            help: help.into(),
            is_departure: false,
        }
    }

    /// A warning: generation goes on.
    #[must_use]
    pub fn warning(code: Code, place: Place, message: impl Into<Box<str>>, help: impl Into<Box<str>>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, place, message, help) }
    }

    /// A note: nothing is to be done, and `why` says why the generator does what the message says.
    #[must_use]
    pub fn note(code: Code, place: Place, message: impl Into<Box<str>>, why: impl Into<Box<str>>) -> Self {
        Self { severity: Severity::Note, ..Self::error(code, place, message, why) }
    }

    /// A departure from the specification that has only one meaning.
    #[must_use]
    pub fn departure(code: Code, place: Place, message: impl Into<Box<str>>, help: impl Into<Box<str>>) -> Self {
        Self { is_departure: true, ..Self::warning(code, place, message, help) }
    }

    /// The same finding where no departure is accepted.
    #[must_use]
    pub fn strict(mut self) -> Self {
        if self.is_departure {
            self.severity = Severity::Error;
        }
        self
    }

    /// The same finding with another place that belongs to it.
    #[must_use]
    pub fn with_related(mut self, place: Place, what: impl Into<String>) -> Self {
        self.related.push((place, what.into()));
        self
    }

    /// Why it matters to a generated client.
    #[must_use]
    pub fn why(&self) -> &str {
        if self.severity == Severity::Note { &self.help } else { self.code.meaning() }
    }

    /// What to do about it, if something is to be done.
    #[must_use]
    pub fn remedy(&self) -> Option<&str> {
        (self.severity != Severity::Note).then_some(&self.help)
    }

    /// Whether it stops the generator.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// The findings as text, in the order of the document, each with its line and a remedy.
#[must_use]
pub fn render(source: &Source, findings: &[Diagnostic]) -> String {
    let mut placed: Vec<_> = findings.iter().map(|finding| (position(source, &finding.place), finding)).collect();
    placed.sort_by_key(|(position, finding)| (*position, finding.severity));
    let mut out = String::new();
    for (position, finding) in placed {
        render_one(&mut out, source, position, finding);
    }
    out
}

fn render_one(out: &mut String, source: &Source, position: Option<Position>, finding: &Diagnostic) {
    let severity = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    };
    let place = located(source, position);
    let _ = writeln!(out, "{place}: {severity}: {}", finding.message);
    if let Some((position, line)) = position.and_then(|at| Some((at, source.line(at.line)?))) {
        render_line(out, position, line);
    }
    for (place, what) in &finding.related {
        let _ = writeln!(out, "  = note: {what}: {}", located(source, self::position(source, place)));
    }
    let _ = match finding.remedy() {
        Some(remedy) => writeln!(out, "  = help: {remedy}"),
        None => writeln!(out, "  = note: {}", finding.why()),
    };
}

/// The line itself and a mark below the column. Very long lines (minified JSON) are left out.
fn render_line(out: &mut String, position: Position, line: &str) {
    const WIDEST: usize = 160;
    if line.chars().count() > WIDEST {
        return;
    }
    let number = position.line.to_string();
    let gutter = " ".repeat(number.len());
    // Tabs are kept so that the mark stands below its column however wide the terminal shows them.
    let indent: String = line.chars().take(position.column - 1).map(|c| if c == '\t' { '\t' } else { ' ' }).collect();
    let _ = writeln!(out, "{gutter} |\n{number} | {line}\n{gutter} | {indent}^");
}

fn located(source: &Source, position: Option<Position>) -> String {
    match position {
        Some(Position { line, column }) => format!("{}:{line}:{column}", source.name),
        None => source.name.clone(),
    }
}

fn position(source: &Source, place: &Place) -> Option<Position> {
    match place {
        Place::File => None,
        Place::At(position) => Some(*position),
        Place::Value(pointer) => source.value_position(pointer),
        Place::Key(pointer) => source.key_position(pointer),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_come_in_the_order_of_the_document_with_line_mark_and_remedy() {
        let source = Source::new("api.yaml", "a: 1\nb: ق 2\n");
        let findings = [
            Diagnostic::warning(Code::RefSibling, Place::Value(Pointer::root().key("b")), "b is odd", "make it even")
                .with_related(Place::Key(Pointer::root().key("a")), "compare"),
            Diagnostic::error(Code::WrongKind, Place::Key(Pointer::root().key("a")), "a is wrong", "mend it"),
        ];
        assert_eq!(
            render(&source, &findings),
            "api.yaml:1:1: error: a is wrong\n  |\n1 | a: 1\n  | ^\n  = help: mend it\n\
             api.yaml:2:4: warning: b is odd\n  |\n2 | b: ق 2\n  |    ^\n  = note: compare: api.yaml:1:1\n  = help: make it even\n"
        );
    }
}
