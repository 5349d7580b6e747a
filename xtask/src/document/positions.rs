//! The spans of the values of a YAML or JSON text.
//!
//! `serde_yaml` has no positions. So this module walks the events of another parser, and maps each JSON pointer to the
//! spans of its key and of its value.

use std::borrow::Cow;
use std::collections::HashMap;

use saphyr_parser::{Event, Marker, Parser};

use super::pointer::Pointer;

/// The most aliases that are followed, in a chain or in one list.
const MOST_ALIASES: usize = 16;

/// A position in a text. Lines and columns count from 1, and columns count characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The column, in characters.
    pub column: usize,
}

/// A part of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// The position of its first character.
    pub start: Position,
    /// The position behind its last character.
    pub end: Position,
}

/// The positions of all keys and values of one text.
#[derive(Debug, Default)]
pub struct Positions {
    places: HashMap<Pointer, Place>,
    duplicate: Option<(String, Position)>,
    /// The places of the aliases, and of the values that they refer to.
    aliases: HashMap<Pointer, Pointer>,
}

#[derive(Clone, Copy, Debug)]
struct Place {
    key: Option<Span>,
    value: Span,
}

impl Positions {
    /// Returns the positions of the values in a text. If the text is not YAML, returns those before the first error.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let mut walk = Walk::default();
        for (event, span) in Parser::new_from_str(&without_surrogates(text)).map_while(Result::ok) {
            walk.take(&event, Span { start: position(span.start), end: position(span.end) });
        }
        walk.positions
    }

    /// Returns the span of the value at `pointer`, or of the nearest value around it.
    #[must_use]
    pub fn value(&self, pointer: &Pointer) -> Option<Span> {
        self.nearest(pointer).map(|place| place.value)
    }

    /// Returns the span of the key that leads to `pointer`, or of the value if it has no key.
    #[must_use]
    pub fn key(&self, pointer: &Pointer) -> Option<Span> {
        self.nearest(pointer).map(|place| place.key.unwrap_or(place.value))
    }

    /// Returns the first duplicate key, and the position of its second occurrence.
    #[must_use]
    pub fn duplicate(&self) -> Option<&(String, Position)> {
        self.duplicate.as_ref()
    }

    /// Returns the pointer of a value at its anchor, if an alias refers to it or `<<` merges it.
    #[must_use]
    pub fn behind_aliases(&self, pointer: &Pointer) -> Pointer {
        let mut found = pointer.clone();
        // The value of an alias may contain aliases.
        for _ in 0..MOST_ALIASES {
            match self.behind_alias(&found) {
                Some(behind) => found = behind,
                None => break,
            }
        }
        found
    }

    fn behind_alias(&self, pointer: &Pointer) -> Option<Pointer> {
        if self.aliases.is_empty() || self.places.contains_key(pointer) && !self.aliases.contains_key(pointer) {
            return None;
        }
        let above = std::iter::successors(pointer.parent(), Pointer::parent).find(|it| self.places.contains_key(it))?;
        let rest = pointer.as_str().strip_prefix(above.as_str())?;
        let below = |anchor: &Pointer| Pointer::from_text(format!("{}{rest}", anchor.as_str()));
        if let Some(anchor) = self.aliases.get(&above) {
            return Some(below(anchor));
        }
        let merged = above.key("<<");
        let items = (0..MOST_ALIASES).map(|index| merged.index(index));
        let sources = std::iter::once(merged.clone()).chain(items).filter_map(|at| self.aliases.get(&at)).map(below);
        sources.into_iter().find(|place| self.is_known(place))
    }

    /// Returns whether the text has a value at this pointer, or an alias above it.
    fn is_known(&self, pointer: &Pointer) -> bool {
        self.places.contains_key(pointer) || self.behind_alias(pointer).is_some()
    }

    fn nearest(&self, pointer: &Pointer) -> Option<Place> {
        pointer.nearest(|above| self.places.get(above).copied()).map(|(place, _)| place)
    }
}

/// A collection whose end has not been reached.
enum Open {
    Sequence { at: Pointer, next: usize },
    Mapping { at: Pointer, key: Option<(Pointer, Span)> },
}

impl Open {
    fn at(&self) -> &Pointer {
        match self {
            Self::Sequence { at, .. } | Self::Mapping { at, .. } => at,
        }
    }
}

#[derive(Default)]
struct Walk {
    open: Vec<Open>,
    positions: Positions,
    anchors: HashMap<usize, Pointer>,
}

impl Walk {
    fn take(&mut self, event: &Event<'_>, at: Span) {
        match event {
            Event::Scalar(text, _, anchor, _) => {
                if self.awaits_key() {
                    self.set_key(text, at);
                } else {
                    self.record_anchor(*anchor, at);
                }
            }
            Event::Alias(anchor) => {
                if self.awaits_key() {
                    self.set_key("", at);
                } else {
                    let pointer = self.record(at);
                    self.positions.aliases.extend(self.anchors.get(anchor).map(|target| (pointer, target.clone())));
                }
            }
            Event::SequenceStart(anchor, _) => {
                let pointer = self.record_anchor(*anchor, at);
                self.open.push(Open::Sequence { at: pointer, next: 0 });
            }
            Event::MappingStart(anchor, _) => {
                let pointer = self.record_anchor(*anchor, at);
                self.open.push(Open::Mapping { at: pointer, key: None });
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(at),
            _ => {}
        }
    }

    fn awaits_key(&self) -> bool {
        matches!(self.open.last(), Some(Open::Mapping { key: None, .. }))
    }

    fn set_key(&mut self, text: &str, span: Span) {
        if let Some(Open::Mapping { at, key }) = self.open.last_mut() {
            let pointer = at.key(text);
            // `<<` merges mappings, and may occur more than once.
            if self.positions.duplicate.is_none() && text != "<<" && self.positions.places.contains_key(&pointer) {
                self.positions.duplicate = Some((text.to_owned(), span.start));
            }
            *key = Some((pointer, span));
        }
    }

    /// Sets the end of the innermost collection.
    fn close(&mut self, at: Span) {
        // The parser's span may cover more than the bracket. In block style there is no bracket, and the span is empty.
        let bracket = usize::from(at.start != at.end);
        let end = Position { column: at.start.column + bracket, ..at.start };
        if let Some(open) = self.open.pop()
            && let Some(place) = self.positions.places.get_mut(open.at())
        {
            place.value.end = end;
        }
    }

    /// Records the span of a value, and its anchor unless that is 0. Returns the pointer of the value.
    fn record_anchor(&mut self, anchor: usize, value: Span) -> Pointer {
        let pointer = self.record(value);
        if anchor > 0 {
            self.anchors.insert(anchor, pointer.clone());
        }
        pointer
    }

    /// Records the span of the current value, and returns its pointer.
    fn record(&mut self, value: Span) -> Pointer {
        let (pointer, key) = match self.open.last_mut() {
            None => (Pointer::root(), None),
            Some(Open::Sequence { at, next }) => {
                *next += 1;
                (at.index(*next - 1), None)
            }
            Some(Open::Mapping { at, key }) => match key.take() {
                Some((pointer, span)) => (pointer, Some(span)),
                // A collection that is a key has no pointer. The reader rejects it.
                None => (at.clone(), None),
            },
        };
        self.positions.places.entry(pointer.clone()).or_insert(Place { key, value });
        pointer
    }
}

fn position(marker: Marker) -> Position {
    Position { line: marker.line(), column: marker.col() + 1 }
}

/// Replaces the surrogate escapes of JSON, which YAML does not have. JSON writes a character beyond the basic plane as
/// two `\uXXXX` escapes. Only positions are read from this text, so any escape of the same length will do.
fn without_surrogates(text: &str) -> Cow<'_, str> {
    if !text.trim_start().starts_with(['{', '[']) || !(text.contains("\\ud") || text.contains("\\uD")) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.replace("\\ud", "\\u0").replace("\\uD", "\\u0"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str, pointer: &str) -> (usize, usize) {
        let at = Positions::of(text).value(&Pointer::from_reference(&format!("#{pointer}")).unwrap()).unwrap();
        (at.start.line, at.start.column)
    }

    fn end(text: &str, pointer: &str) -> (usize, usize) {
        let at = Positions::of(text).value(&Pointer::from_reference(&format!("#{pointer}")).unwrap()).unwrap();
        (at.end.line, at.end.column)
    }

    #[test]
    fn block_and_flow_values_have_their_own_places() {
        let text = "a:\n  - b: 1\n    ج: {x: [1, 2]}\n";
        assert_eq!(value(text, "/a/0/b"), (2, 8));
        assert_eq!(value(text, "/a/0/ج/x/1"), (3, 16));
    }

    #[test]
    fn values_end_behind_their_last_character() {
        let text = "a: plain # c\nb: 'ق x'\nc: {x: [1, 2]}  # c\nd:\n  - e: \"f\n      g\"\n";
        assert_eq!(end(text, "/a"), (1, 9));
        assert_eq!(end(text, "/b"), (2, 9));
        assert_eq!(end(text, "/c"), (3, 15));
        assert_eq!(end(text, "/c/x"), (3, 14));
        assert_eq!(end(text, "/d/0/e"), (6, 9));
    }

    #[test]
    fn a_missing_pointer_is_placed_at_the_value_around_it() {
        assert_eq!(value("a:\n  b: 1\n", "/a/b/c/d"), (2, 6));
    }

    #[test]
    fn json_with_surrogate_escapes_and_tabs_keeps_its_positions() {
        assert_eq!(value("{\n\t\"a\": \"\\ud83d\\ude00\",\n\t\"b\": 1\n}", "/b"), (3, 7));
    }

    #[test]
    fn the_value_of_an_alias_is_found_at_its_anchor() {
        let text = "a: &a\n  b: [1]\nc: *a\nd:\n  <<: *a\n  e: 2\nf:\n  <<: [*g, *a]\n".replace("[*g, ", "[");
        let positions = Positions::of(&text);
        for (from, to) in [
            ("/c/b/0", "/a/b/0"),
            ("/c", "/c"),
            ("/d/b/0", "/a/b/0"),
            ("/d/e", "/d/e"),
            ("/d/x", "/d/x"),
            ("/f/b", "/a/b"),
        ] {
            assert_eq!(positions.behind_aliases(&Pointer::from_text(from)).as_str(), to, "{from}");
        }
    }

    #[test]
    fn keys_are_found_apart_from_values() {
        let positions = Positions::of("a:\n  key:\n    value\n");
        let pointer = Pointer::root().key("a").key("key");
        let on =
            |line, start, end| Span { start: Position { line, column: start }, end: Position { line, column: end } };
        assert_eq!(positions.key(&pointer), Some(on(2, 3, 6)));
        assert_eq!(positions.value(&pointer), Some(on(3, 5, 10)));
    }
}
