//! The errors of libyaml, taken apart.

use super::text::Text;
use crate::document::positions::Position;

/// An error of libyaml, with the text that it is about.
pub(super) struct Failure<'t> {
    pub(super) source: &'t str,
    pub(super) text: Text<'t>,
    /// The problem as libyaml names it: what it expected, or found instead.
    pub(super) problem: &'t str,
    /// The construct that it was reading.
    pub(super) context: &'t str,
    /// The place of the error.
    pub(super) at: Position,
    /// The beginning of the construct.
    pub(super) opened: Position,
}

impl<'t> Failure<'t> {
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
            // The message leaves out the beginning of the file.
            opened: opened.unwrap_or(Position { line: 1, column: 1 }),
        }
    }
}
