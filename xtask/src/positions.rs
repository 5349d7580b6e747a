//! Where each value of a YAML or JSON text begins.
//!
//! `serde_yaml` keeps no positions, so this walks the events of a parser that does, and maps every JSON pointer to
//! the line and column of its key and of its value.

use std::borrow::Cow;
use std::collections::HashMap;

use saphyr_parser::{Event, Parser, Span};

use crate::document::Pointer;

/// A place in a text, both parts counted from 1; columns count characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The column, in characters.
    pub column: usize,
}

/// The positions of all keys and values of one text.
#[derive(Debug, Default)]
pub struct Positions {
    places: HashMap<Pointer, Place>,
    duplicate: Option<(String, Position)>,
}

#[derive(Clone, Copy, Debug)]
struct Place {
    key: Option<Position>,
    value: Position,
}

impl Positions {
    /// The positions in `text`. Where the text stops being YAML, they end.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let mut walk = Walk::default();
        for (event, span) in Parser::new_from_str(&without_surrogates(text)).map_while(Result::ok) {
            walk.take(&event, position(span));
        }
        walk.positions
    }

    /// Where the value at `pointer` begins, or the nearest one around it.
    #[must_use]
    pub fn value(&self, pointer: &Pointer) -> Option<Position> {
        self.nearest(pointer).map(|place| place.value)
    }

    /// Where the key that leads to `pointer` begins, or the value where it has no key.
    #[must_use]
    pub fn key(&self, pointer: &Pointer) -> Option<Position> {
        self.nearest(pointer).map(|place| place.key.unwrap_or(place.value))
    }

    /// The first key that stood in its mapping before, and where it stands the second time.
    #[must_use]
    pub fn duplicate(&self) -> Option<&(String, Position)> {
        self.duplicate.as_ref()
    }

    fn nearest(&self, pointer: &Pointer) -> Option<Place> {
        std::iter::successors(Some(pointer.clone()), Pointer::parent)
            .find_map(|pointer| self.places.get(&pointer).copied())
    }
}

/// A collection that the walk is inside of.
enum Open {
    Sequence { at: Pointer, next: usize },
    Mapping { at: Pointer, key: Option<(Pointer, Position)> },
}

#[derive(Default)]
struct Walk {
    open: Vec<Open>,
    positions: Positions,
}

impl Walk {
    fn take(&mut self, event: &Event<'_>, at: Position) {
        match event {
            Event::Scalar(text, ..) => {
                if self.awaits_key() {
                    self.set_key(text, at);
                } else {
                    self.record(at);
                }
            }
            Event::Alias(_) => {
                if self.awaits_key() {
                    self.set_key("", at);
                } else {
                    self.record(at);
                }
            }
            Event::SequenceStart(..) => {
                let pointer = self.record(at);
                self.open.push(Open::Sequence { at: pointer, next: 0 });
            }
            Event::MappingStart(..) => {
                let pointer = self.record(at);
                self.open.push(Open::Mapping { at: pointer, key: None });
            }
            Event::SequenceEnd | Event::MappingEnd => {
                self.open.pop();
            }
            _ => {}
        }
    }

    fn awaits_key(&self) -> bool {
        matches!(self.open.last(), Some(Open::Mapping { key: None, .. }))
    }

    fn set_key(&mut self, text: &str, position: Position) {
        if let Some(Open::Mapping { at, key }) = self.open.last_mut() {
            let pointer = at.key(text);
            // `<<` merges mappings, and may stand more than once.
            if self.positions.duplicate.is_none() && text != "<<" && self.positions.places.contains_key(&pointer) {
                self.positions.duplicate = Some((text.to_owned(), position));
            }
            *key = Some((pointer, position));
        }
    }

    /// Records that the value that the walk is at begins here, and returns its pointer.
    fn record(&mut self, value: Position) -> Pointer {
        let (pointer, key) = match self.open.last_mut() {
            None => (Pointer::root(), None),
            Some(Open::Sequence { at, next }) => {
                *next += 1;
                (at.index(*next - 1), None)
            }
            Some(Open::Mapping { at, key }) => match key.take() {
                Some((pointer, position)) => (pointer, Some(position)),
                // A collection that stands as a key: it has no pointer, and the reader refuses it.
                None => (at.clone(), None),
            },
        };
        self.positions.places.entry(pointer.clone()).or_insert(Place { key, value });
        pointer
    }
}

fn position(span: Span) -> Position {
    Position { line: span.start.line(), column: span.start.col() + 1 }
}

/// JSON writes characters beyond the basic plane as two `\uXXXX` escapes, which YAML does not know. Values are not
/// read from here, so any escape of the same length will do.
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
        (at.line, at.column)
    }

    #[test]
    fn block_and_flow_values_have_their_own_places() {
        let text = "a:\n  - b: 1\n    ج: {x: [1, 2]}\n";
        assert_eq!(value(text, "/a/0/b"), (2, 8));
        assert_eq!(value(text, "/a/0/ج/x/1"), (3, 16));
    }

    #[test]
    fn a_missing_pointer_is_placed_at_what_holds_it() {
        assert_eq!(value("a:\n  b: 1\n", "/a/b/c/d"), (2, 6));
    }

    #[test]
    fn json_with_surrogate_escapes_and_tabs_keeps_its_positions() {
        assert_eq!(value("{\n\t\"a\": \"\\ud83d\\ude00\",\n\t\"b\": 1\n}", "/b"), (3, 7));
    }

    #[test]
    fn keys_are_found_apart_from_values() {
        let positions = Positions::of("a:\n  key:\n    value\n");
        let pointer = Pointer::root().key("a").key("key");
        assert_eq!(positions.key(&pointer), Some(Position { line: 2, column: 3 }));
        assert_eq!(positions.value(&pointer), Some(Position { line: 3, column: 5 }));
    }
}
