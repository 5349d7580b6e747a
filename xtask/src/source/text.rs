//! A text by lines, to look around the place of a syntax error.

use crate::diagnostics::{Code, Diagnostic, Place};
use crate::document::positions::Position;

/// A syntax error: where its cause is, what was expected and found there, and what to do.
#[derive(Debug)]
pub(super) struct Fault {
    at: Position,
    message: String,
    help: String,
    related: Option<(Position, String)>,
}

impl Fault {
    pub(super) fn new(at: Position, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { at, message: message.into(), help: help.into(), related: None }
    }

    /// Adds another place that explains the fault.
    pub(super) fn with_related(mut self, at: Position, what: impl Into<String>) -> Self {
        self.related = Some((at, what.into()));
        self
    }

    /// Returns the finding. `code` says which language the text is in.
    pub(super) fn finding(self, code: Code) -> Diagnostic {
        let language = if code == Code::InvalidJson { "JSON" } else { "YAML" };
        let finding =
            Diagnostic::error(code, Place::At(self.at), format!("invalid {language}: {}", self.message), self.help);
        match self.related {
            Some((at, what)) => finding.with_related(Place::At(at), what),
            None => finding,
        }
    }
}

/// The lines of a text. A place outside of the text is empty.
pub(super) struct Text<'t> {
    lines: Vec<&'t str>,
}

impl<'t> Text<'t> {
    pub(super) fn of(text: &'t str) -> Self {
        Self { lines: text.lines().collect() }
    }

    /// Returns all lines, each with its number.
    pub(super) fn numbered(&self) -> impl DoubleEndedIterator<Item = (usize, &'t str)> + '_ {
        self.lines.iter().enumerate().map(|(index, line)| (index + 1, *line))
    }

    /// Returns the lines that say something, upwards from the line before this one.
    pub(super) fn above(&self, line: usize) -> impl Iterator<Item = (usize, &'t str)> + '_ {
        let before = line.saturating_sub(1).min(self.lines.len());
        let lines = self.lines.iter().take(before).enumerate().rev();
        lines.map(|(index, line)| (index + 1, *line)).filter(|(_, line)| says_something(line))
    }

    /// Returns a line by its number.
    pub(super) fn line(&self, number: usize) -> &'t str {
        number.checked_sub(1).and_then(|index| self.lines.get(index)).copied().unwrap_or_default()
    }

    /// Returns the line of a place, divided there.
    pub(super) fn split(&self, at: Position) -> (&'t str, &'t str) {
        let line = self.line(at.line);
        let byte = line.char_indices().nth(at.column.saturating_sub(1)).map_or(line.len(), |(byte, _)| byte);
        line.split_at(byte)
    }

    /// Returns the character at a place.
    pub(super) fn character(&self, at: Position) -> Option<char> {
        self.split(at).1.chars().next()
    }

    /// Returns the position of the first character of a line that is no space.
    pub(super) fn start(&self, line: usize) -> Position {
        Position { line, column: indentation(self.line(line)) + 1 }
    }

    /// Whether nothing is written behind this place.
    pub(super) fn is_end(&self, at: Position) -> bool {
        self.split(at).1.trim().is_empty() && self.lines.iter().skip(at.line).all(|line| !says_something(line))
    }

    /// Returns what is found at a place, in words.
    pub(super) fn found(&self, at: Position) -> String {
        let rest = self.split(at).1.trim();
        if !rest.is_empty() {
            code(rest.split_whitespace().next().unwrap_or(rest))
        } else if self.is_end(at) {
            "the end of the file".to_owned()
        } else {
            "the end of the line".to_owned()
        }
    }
}

/// Whether a line is neither blank nor a comment.
pub(super) fn says_something(line: &str) -> bool {
    let line = line.trim_start();
    !line.is_empty() && !line.starts_with('#')
}

/// Returns the number of spaces at the beginning of a line.
pub(super) fn indentation(line: &str) -> usize {
    line.bytes().take_while(|byte| *byte == b' ').count()
}

/// Returns a piece of the text for a message: cut where it is long, and in backticks.
pub(super) fn code(text: &str) -> String {
    const LONGEST: usize = 40;
    let cut = match text.char_indices().nth(LONGEST) {
        Some((byte, _)) => format!("{}…", &text[..byte]),
        None => text.to_owned(),
    };
    if cut.contains('`') { format!("`` {cut} ``") } else { format!("`{cut}`") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_outside_of_the_text_is_empty() {
        let text = Text::of("a\nقاف: b\r\n");
        assert_eq!(text.split(Position { line: 2, column: 5 }), ("قاف:", " b"));
        for at in [(0, 0), (0, 1), (1, 9), (3, 1), (9, 9)].map(|(line, column)| Position { line, column }) {
            assert_eq!((text.split(at).1, text.character(at)), ("", None), "{at:?}");
            assert_eq!(text.above(9).count(), 2);
        }
        assert_eq!(text.found(Position { line: 1, column: 2 }), "the end of the line");
        assert_eq!(text.found(Position { line: 2, column: 9 }), "the end of the file");
    }

    #[test]
    fn a_long_piece_is_cut_and_a_backtick_is_readable() {
        assert_eq!(code(&"ق".repeat(50)).chars().count(), 43);
        assert_eq!(code("`x`"), "`` `x` ``");
    }
}
