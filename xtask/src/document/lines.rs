//! The lines of a text, found once, so that whoever has ten thousand things to say about it finds each place at once.
//!
//! Positions count characters and slices count bytes. This turns the one into the other, also in a text whose only
//! line is as long as a file can be.

use std::ops::Range;

use crate::document::positions::{Position, Span};

/// So many characters lie between two marks: what has to be counted for a place is less than that.
const STRIDE: usize = 128;

/// Where the lines of a text begin.
#[derive(Debug, Default)]
pub struct Lines {
    /// Of each line, the first character and the first byte.
    starts: Vec<(usize, usize)>,
    /// The bytes that every `STRIDE`th character of the text begins at.
    marks: Vec<usize>,
}

impl Lines {
    /// Finds the lines of a text.
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

    /// The bytes of the line with this number, counted from 1, without what ends it.
    #[must_use]
    pub fn line(&self, text: &str, number: usize) -> Option<Range<usize>> {
        let &(_, start) = self.starts.get(number.checked_sub(1)?)?;
        let end = self.starts.get(number).map_or(text.len(), |(_, next)| next - 1);
        let end = start + text.get(start..end)?.strip_suffix('\r').map_or(end - start, str::len);
        Some(start..end)
    }

    /// The byte that a position is at; none where its line is shorter.
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

    /// The same stretch, ended with its first line, and the bytes that it takes there.
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
    fn a_place_beyond_its_line_is_nowhere() {
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
    fn what_takes_several_lines_ends_with_the_first() {
        let text = "a:\n  b: ق  \n  c: 2\n";
        let (span, bytes) = Lines::of(text).on_first_line(text, Span { start: at(2, 3), end: at(4, 1) }).unwrap();
        assert_eq!((span.end, &text[bytes]), (at(2, 7), "b: ق"));
    }
}
