//! The lines of a text, for the explanation of a syntax error.

use crate::diagnostics::{Code, Diagnostic, Place};
use crate::document::positions::Position;

/// A syntax error: the place of its cause, the expected and the found token, and how to fix it.
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

    /// Returns the finding. `code` determines the name of the language.
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

    /// Returns the lines before this one that have content, from the bottom up.
    pub(super) fn above(&self, line: usize) -> impl Iterator<Item = (usize, &'t str)> + '_ {
        let before = line.saturating_sub(1).min(self.lines.len());
        let lines = self.lines.iter().take(before).enumerate().rev();
        lines.map(|(index, line)| (index + 1, *line)).filter(|(_, line)| has_content(line))
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

    /// Returns the position of the first character of a line that is not a space.
    pub(super) fn start(&self, line: usize) -> Position {
        Position { line, column: indentation(self.line(line)) + 1 }
    }

    /// Returns whether the rest of the text after this place is empty.
    pub(super) fn is_end(&self, at: Position) -> bool {
        self.split(at).1.trim().is_empty() && self.lines.iter().skip(at.line).all(|line| !has_content(line))
    }

    /// Returns the name of the token at a place, for a message.
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

/// Returns whether a line has more than white space and a comment.
pub(super) fn has_content(line: &str) -> bool {
    let line = line.trim_start();
    !line.is_empty() && !line.starts_with('#')
}

/// Returns the number of spaces at the beginning of a line.
pub(super) fn indentation(line: &str) -> usize {
    line.bytes().take_while(|byte| *byte == b' ').count()
}

/// Returns a part of the text for a message: cut if it is long, and in backticks.
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
    fn a_long_part_is_cut_and_a_backtick_is_readable() {
        assert_eq!(code(&"ق".repeat(50)).chars().count(), 43);
        assert_eq!(code("`x`"), "`` `x` ``");
    }
}
