//! One finding: what it is about, how grave it is, and what to do.

use std::collections::BTreeMap;
use std::ops::Range;

use super::codes::Code;
use crate::document::positions::{Position, Span};
use crate::document::{Pointer, Source};

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

impl Severity {
    /// The severity as a word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

/// What a finding is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
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

impl Place {
    /// The pointer that leads there, if it is a value's or a key's.
    #[must_use]
    pub fn pointer(&self) -> Option<&Pointer> {
        match self {
            Self::Value(pointer) | Self::Key(pointer) => Some(pointer),
            Self::File | Self::At(_) => None,
        }
    }

    /// Returns the place in the document as it was written.
    fn written(&self, source: &Source) -> Self {
        match self {
            Self::Value(pointer) => Self::Value(source.written(pointer)),
            Self::Key(pointer) => Self::Key(source.written(pointer)),
            Self::File | Self::At(_) => self.clone(),
        }
    }
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

    /// Takes over what an equal finding has besides.
    fn merge(&mut self, other: Self) {
        self.severity = self.severity.min(other.severity);
        for related in other.related {
            if !self.related.contains(&related) {
                self.related.push(related);
            }
        }
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

/// A place as it stands in the text: what begins on one line and goes on is cut off at its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stretch {
    pub(super) span: Span,
    /// The bytes of the text; none where the text has no such line, or could not be read.
    pub(super) bytes: Option<Range<usize>>,
}

impl Stretch {
    pub(super) fn of(source: &Source, place: &Place) -> Option<Self> {
        let span = match place {
            Place::File => None,
            Place::At(start) => Some(Span { start: *start, end: Position { column: start.column + 1, ..*start } }),
            Place::Value(pointer) => beginning(source, pointer),
            Place::Key(pointer) => source.key_span(pointer),
        }?;
        Some(match source.lines().on_first_line(&source.text, span) {
            Some((span, bytes)) => Self { span, bytes: Some(bytes) },
            None => Self { span, bytes: None },
        })
    }
}

/// Returns where a value stands; of one that begins on a line below its key, where the key stands.
fn beginning(source: &Source, pointer: &Pointer) -> Option<Span> {
    let value = source.value_span(pointer)?;
    let key = source.key_span(pointer).filter(|key| key.start.line < value.start.line);
    Some(key.unwrap_or(value))
}

/// Merges findings with the same code, place and message: a part of a document that is referred to several times is
/// checked several times. Such a finding keeps the gravest severity and every related place.
#[must_use]
pub fn distinct(source: &Source, findings: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut known = BTreeMap::new();
    let mut kept: Vec<Diagnostic> = Vec::with_capacity(findings.len());
    for finding in findings {
        let key = (finding.code, finding.place.written(source), finding.message.clone());
        match known.get(&key).and_then(|index: &usize| kept.get_mut(*index)) {
            Some(first) => first.merge(finding),
            None => {
                known.insert(key, kept.len());
                kept.push(finding);
            }
        }
    }
    kept
}

/// Returns the findings in the order of the document, each with its place in the text.
pub(super) fn placed<'f>(source: &Source, findings: &'f [Diagnostic]) -> Vec<(Option<Stretch>, &'f Diagnostic)> {
    let mut placed: Vec<_> = findings.iter().map(|finding| (Stretch::of(source, &finding.place), finding)).collect();
    placed.sort_by_key(|(at, finding)| (at.as_ref().map(|at| at.span.start), finding.severity));
    placed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_come_in_the_order_of_the_document_and_errors_first() {
        let source = Source::new("api.yaml", "a: 1\nb: 2\n");
        let at = |key: &str| Place::Value(Pointer::root().key(key));
        let findings = [
            Diagnostic::error(Code::WrongKind, at("b"), "third", ""),
            Diagnostic::note(Code::Decision("name_schemas"), at("a"), "second", "because"),
            Diagnostic::error(Code::WrongKind, at("a"), "first", ""),
            Diagnostic::warning(Code::UnknownField, Place::File, "before all", ""),
        ];
        let messages: Vec<_> = placed(&source, &findings).into_iter().map(|(_, finding)| &*finding.message).collect();
        assert_eq!(messages, ["before all", "first", "second", "third"]);
    }

    #[test]
    fn findings_with_the_same_code_place_and_message_are_one() {
        let place = || Place::Value(Pointer::root().key("a"));
        let error = |message: &str| Diagnostic::error(Code::WrongKind, place(), message, "h");
        let warning = Diagnostic::warning(Code::WrongKind, place(), "m", "h").with_related(Place::File, "here");
        let others = [
            error("n"),
            Diagnostic { place: Place::Key(Pointer::root().key("a")), ..error("m") },
            Diagnostic { code: Code::EmptyEnum, ..error("m") },
        ];
        let all = [&[warning.clone(), error("m"), warning][..], &others].concat();
        let first = error("m").with_related(Place::File, "here");
        assert_eq!(distinct(&Source::new("api.yaml", ""), all), [&[first][..], &others].concat());
    }

    #[test]
    fn a_note_has_a_reason_of_its_own_and_no_remedy() {
        let note = Diagnostic::note(Code::Decision("name_schemas"), Place::File, "m", "because");
        assert_eq!((note.why(), note.remedy()), ("because", None));
        let error = Diagnostic::error(Code::EmptyEnum, Place::File, "m", "fix it");
        assert_eq!((error.why(), error.remedy()), (Code::EmptyEnum.meaning(), Some("fix it")));
    }
}
