//! An index of the lines of a text, so that the places of thousands of findings are found quickly.
//!
//! Positions count characters, and slices count bytes. The index converts between them, also in a text with one very
//! long line.

use std::ops::Range;

use crate::document::positions::{Position, Span};

/// The number of characters between two indexed ones. Finding a place counts fewer characters than this.
const STRIDE: usize = 128;

/// The index of the lines of a text.
#[derive(Debug, Default)]
pub struct Lines {
    /// The first character and the first byte of each line.
    starts: Vec<(usize, usize)>,
    /// The byte position of every `STRIDE`th character of the text.
    marks: Vec<usize>,
}

impl Lines {
    /// Creates the index of a text.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let mut lines = Self { starts: vec![(0, 0)], marks: Vec::with_capacity(text.len() / STRIDE + 1) };
        for (index, (byte, c)) in text.char_indices().enumerate() {
            if index % STRIDE == 0 {
                lines.marks.push(byte);
            }
            if c == '\n' {
                lines.starts.push((index + 1, byte + 1));
            }
        }
        lines
    }

    /// Returns the byte range of a line, without its line ending. Lines count from 1.
    #[must_use]
    pub fn line(&self, text: &str, number: usize) -> Option<Range<usize>> {
        let &(_, start) = self.starts.get(number.checked_sub(1)?)?;
        let end = self.starts.get(number).map_or(text.len(), |(_, next)| next - 1);
        let end = start + text.get(start..end)?.strip_suffix('\r').map_or(end - start, str::len);
        Some(start..end)
    }

    /// Returns the byte position of a character; `None` if its line is shorter.
    #[must_use]
    pub fn byte(&self, text: &str, position: Position) -> Option<usize> {
        let line = self.line(text, position.line)?;
        let (first, _) = self.starts.get(position.line - 1)?;
        let character = first + position.column.saturating_sub(1);
        let mark = *self.marks.get(character / STRIDE).or(self.marks.last())?;
        let rest = character - (character / STRIDE).min(self.marks.len() - 1) * STRIDE;
        let byte = match text[mark..].char_indices().nth(rest) {
            Some((offset, _)) => mark + offset,
            None if text[mark..].chars().count() == rest => text.len(),
            None => return None,
        };
        (byte <= line.end).then_some(byte)
    }

    /// Returns the part of a span on its first line, and its byte range.
    #[must_use]
    pub fn on_first_line(&self, text: &str, span: Span) -> Option<(Span, Range<usize>)> {
        let line = self.line(text, span.start.line)?;
        let start = self.byte(text, span.start)?;
        if span.end.line == span.start.line {
            let end = self.byte(text, span.end).unwrap_or(line.end).max(start);
            return Some((span, start..end));
        }
        let end = start + text[start..line.end].trim_end().len();
        let column = span.start.column + text[start..end].chars().count();
        Some((Span { end: Position { line: span.start.line, column }, ..span }, start..end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(line: usize, column: usize) -> Position {
        Position { line, column }
    }

    #[test]
    fn positions_in_characters_become_bytes() {
        let text = "a: قاف \"x\"\r\n\tb: 1\r\n";
        let lines = Lines::of(text);
        assert_eq!(lines.byte(text, at(1, 8)), text.find('"'));
        assert_eq!(lines.byte(text, at(2, 5)), text.find('1'));
        assert_eq!(&text[lines.line(text, 1).unwrap()], "a: قاف \"x\"");
        assert_eq!(&text[lines.line(text, 2).unwrap()], "\tb: 1");
    }

    #[test]
    fn a_position_beyond_the_end_of_its_line_has_no_byte() {
        let text = "a: 1\nb";
        let lines = Lines::of(text);
        assert_eq!(lines.byte(text, at(1, 5)), Some(4));
        assert_eq!(lines.byte(text, at(2, 2)), Some(6));
        for (line, column) in [(1, 6), (2, 3), (2, 9999), (3, 1), (0, 0)] {
            assert_eq!(lines.byte(text, at(line, column)), None);
        }
        assert_eq!(Lines::of("").byte("", at(1, 1)), None);
    }

    #[test]
    fn every_place_of_a_long_line_is_found() {
        let text = "حx".repeat(1000);
        let lines = Lines::of(&text);
        for (index, (byte, _)) in text.char_indices().enumerate() {
            assert_eq!(lines.byte(&text, at(1, index + 1)), Some(byte));
        }
        assert_eq!(lines.byte(&text, at(1, 2001)), Some(text.len()));
    }

    #[test]
    fn a_span_of_several_lines_ends_with_the_first() {
        let text = "a:\n  b: ق  \n  c: 2\n";
        let (span, bytes) = Lines::of(text).on_first_line(text, Span { start: at(2, 3), end: at(4, 1) }).unwrap();
        assert_eq!((span.end, &text[bytes]), (at(2, 7), "b: ق"));
    }
}
