//! One finding: its severity, its place, its message, and how to fix it.

use std::collections::BTreeMap;
use std::ops::Range;

use super::codes::Code;
use crate::document::positions::{Position, Span};
use crate::document::{Pointer, Source};

/// The severity of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing is generated.
    Error,
    /// The crate is generated, but the document may have a mistake.
    Warning,
    /// The document is valid: the note explains a decision of the generator.
    Note,
}

impl Severity {
    /// Returns the severity as a word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

/// The place that a finding is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// The file as a whole.
    File,
    /// A position that a parser reported.
    At(Position),
    /// The value at a pointer.
    Value(Pointer),
    /// The key that leads to a pointer.
    Key(Pointer),
}

impl Place {
    /// Returns the pointer of a value or a key.
    #[must_use]
    pub fn pointer(&self) -> Option<&Pointer> {
        match self {
            Self::Value(pointer) | Self::Key(pointer) => Some(pointer),
            Self::File | Self::At(_) => None,
        }
    }

    /// Returns the file with the place.
    pub(super) fn file<'s>(&self, source: &'s Source) -> &'s Source {
        self.pointer().map_or(source, |pointer| source.file(pointer))
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

/// One finding. Its texts are boxed, because it is returned in `Err`, which should be small.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The severity.
    pub severity: Severity,
    /// The kind of finding.
    pub code: Code,
    /// The place that it is about.
    pub place: Place,
    /// The problem, in one sentence.
    pub message: Box<str>,
    /// Related places, each with a description.
    pub related: Vec<(Place, String)>,
    /// How to fix it. For a note, the reason for the decision.
    pub help: Box<str>,
    /// Whether the document breaks a rule of OpenAPI here, and can still be read in only one way. It is read in that
    /// way; with `--strict`, the finding is an error.
    pub is_nonconforming: bool,
}

impl Diagnostic {
    /// Creates an error, with which nothing is generated.
    #[must_use]
    pub fn error(code: Code, place: Place, message: impl Into<Box<str>>, help: impl Into<Box<str>>) -> Self {
        Self {
            severity: Severity::Error,
            code,
            place,
            message: message.into(),
            related: Vec::new(),
            help: help.into(),
            is_nonconforming: false,
        }
    }

    /// Creates a warning, with which the crate is still generated.
    #[must_use]
    pub fn warning(code: Code, place: Place, message: impl Into<Box<str>>, help: impl Into<Box<str>>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, place, message, help) }
    }

    /// Creates a note about a decision. `why` is the reason for the decision.
    #[must_use]
    pub fn note(code: Code, place: Place, message: impl Into<Box<str>>, why: impl Into<Box<str>>) -> Self {
        Self { severity: Severity::Note, ..Self::error(code, place, message, why) }
    }

    /// Creates a finding about a value that breaks a rule of OpenAPI and can be read in only one way: a warning, and an
    /// error with `--strict`.
    #[must_use]
    pub fn nonconforming(code: Code, place: Place, message: impl Into<Box<str>>, help: impl Into<Box<str>>) -> Self {
        Self { is_nonconforming: true, ..Self::warning(code, place, message, help) }
    }

    /// Returns the finding as it is with `--strict`: an error if the value is nonconforming.
    #[must_use]
    pub fn strict(mut self) -> Self {
        if self.is_nonconforming {
            self.severity = Severity::Error;
        }
        self
    }

    /// Returns the finding with one more related place.
    #[must_use]
    pub fn with_related(mut self, place: Place, what: impl Into<String>) -> Self {
        self.related.push((place, what.into()));
        self
    }

    /// Adds the related places of an equal finding, and takes the higher severity of the two.
    fn merge(&mut self, other: Self) {
        self.severity = self.severity.min(other.severity);
        for related in other.related {
            if !self.related.contains(&related) {
                self.related.push(related);
            }
        }
    }

    /// Returns why the finding matters to a generated client.
    #[must_use]
    pub fn why(&self) -> &str {
        if self.severity == Severity::Note { &self.help } else { self.code.why() }
    }

    /// Returns how to fix it; `None` for a note.
    #[must_use]
    pub fn remedy(&self) -> Option<&str> {
        (self.severity != Severity::Note).then_some(&self.help)
    }

    /// Returns whether the finding is an error, with which nothing is generated.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// A place in the text of a file. A place of several lines ends with its first line.
#[derive(Clone, Debug)]
pub(super) struct Mark<'s> {
    pub(super) file: &'s Source,
    pub(super) span: Span,
    /// The byte range in the text; `None` if the text could not be read, or has no such line.
    pub(super) bytes: Option<Range<usize>>,
}

impl<'s> Mark<'s> {
    /// Finds a place in the text; `None` for the file as a whole.
    pub(super) fn of(source: &'s Source, place: &Place) -> Option<Self> {
        let file = place.file(source);
        let span = match place {
            Place::File => None,
            Place::At(start) => Some(Span { start: *start, end: Position { column: start.column + 1, ..*start } }),
            Place::Value(pointer) => beginning(source, pointer),
            Place::Key(pointer) => source.key_span(pointer),
        }?;
        Some(match file.lines().on_first_line(&file.text, span) {
            Some((span, bytes)) => Self { file, span, bytes: Some(bytes) },
            None => Self { file, span, bytes: None },
        })
    }
}

/// Returns the span of a value. If the value begins on a line below its key, returns the span of the key.
fn beginning(source: &Source, pointer: &Pointer) -> Option<Span> {
    let value = source.value_span(pointer)?;
    let key = source.key_span(pointer).filter(|key| key.start.line < value.start.line);
    Some(key.unwrap_or(value))
}

/// Merges findings with the same code, place and message. They occur because a part of a document is checked once for
/// each reference to it. The merged finding has the highest severity and all related places.
#[must_use]
pub fn distinct(source: &Source, findings: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut known = BTreeMap::new();
    let mut kept: Vec<Diagnostic> = Vec::with_capacity(findings.len());
    for finding in findings {
        let file = &*finding.place.file(source).name;
        let key = (finding.code, file, finding.place.written(source), finding.message.clone());
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
pub(super) fn placed<'f, 's>(
    source: &'s Source,
    findings: &'f [Diagnostic],
) -> Vec<(Option<Mark<'s>>, &'f Diagnostic)> {
    let mut placed: Vec<_> = findings.iter().map(|finding| (Mark::of(source, &finding.place), finding)).collect();
    placed.sort_by_cached_key(|(at, finding)| {
        let file = finding.place.pointer().map(|pointer| source.numbers(pointer));
        (file, at.as_ref().map(|at| at.span.start), finding.severity)
    });
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
        assert_eq!((error.why(), error.remedy()), (Code::EmptyEnum.why(), Some("fix it")));
    }
}
