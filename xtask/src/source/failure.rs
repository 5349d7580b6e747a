//! Parses the error messages of libyaml.

use super::text::Text;
use crate::document::positions::Position;

/// An error of libyaml, with the text that it is about.
pub(super) struct Failure<'t> {
    pub(super) source: &'t str,
    pub(super) text: Text<'t>,
    /// The problem in the words of libyaml: the token that it expected, or found instead.
    pub(super) problem: &'t str,
    /// The syntax that it was reading, such as a block mapping.
    pub(super) context: &'t str,
    /// The place of the error.
    pub(super) at: Position,
    /// The beginning of that syntax.
    pub(super) opened: Position,
}

impl<'t> Failure<'t> {
    /// Parses an error message of libyaml.
    pub(super) fn of(message: &'t str, at: Position, source: &'t str) -> Self {
        let (problem, context) = message.split_once(", while ").unwrap_or((message, ""));
        let opened = context.split_once(" at line ").and_then(|(_, place)| {
            let (line, column) = place.split_once(" column ")?;
            Some(Position { line: line.parse().ok()?, column: column.parse().ok()? })
        });
        Self {
            source,
            text: Text::of(source),
            problem: problem.split(" at line ").next().unwrap_or(problem),
            context,
            at,
            // The message has no place if that is the beginning of the file.
            opened: opened.unwrap_or(Position { line: 1, column: 1 }),
        }
    }
}
