//! Where each value of a YAML or JSON text begins and ends.
//!
//! `serde_yaml` keeps no positions, so this walks the events of a parser that does, and maps every JSON pointer to
//! the lines and columns of its key and of its value.

use std::borrow::Cow;
use std::collections::HashMap;

use saphyr_parser::{Event, Marker, Parser};

use super::pointer::Pointer;

/// How many aliases are followed, one behind the other or in one list.
const MOST_ALIASES: usize = 16;

/// A place in a text, both parts counted from 1; columns count characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The column, in characters.
    pub column: usize,
}

/// A stretch of a text.
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
    /// Where the aliases stand, and the values that they stand for.
    aliases: HashMap<Pointer, Pointer>,
}

#[derive(Clone, Copy, Debug)]
struct Place {
    key: Option<Span>,
    value: Span,
}

impl Positions {
    /// The positions in `text`. Where the text stops being YAML, they end.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let mut walk = Walk::default();
        for (event, span) in Parser::new_from_str(&without_surrogates(text)).map_while(Result::ok) {
            walk.take(&event, Span { start: position(span.start), end: position(span.end) });
        }
        walk.positions
    }

    /// Where the value at `pointer` stands, or the nearest one around it.
    #[must_use]
    pub fn value(&self, pointer: &Pointer) -> Option<Span> {
        self.nearest(pointer).map(|place| place.value)
    }

    /// Where the key that leads to `pointer` stands, or the value where it has no key.
    #[must_use]
    pub fn key(&self, pointer: &Pointer) -> Option<Span> {
        self.nearest(pointer).map(|place| place.key.unwrap_or(place.value))
    }

    /// The first key that stood in its mapping before, and where it stands the second time.
    #[must_use]
    pub fn duplicate(&self) -> Option<&(String, Position)> {
        self.duplicate.as_ref()
    }

    /// Returns the place of a value that an alias stands for, or that `<<` merges into a mapping, at its anchor.
    #[must_use]
    pub fn behind_aliases(&self, pointer: &Pointer) -> Pointer {
        let mut found = pointer.clone();
        // An alias may stand for a value with aliases in it.
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

    /// Whether a value stands at this place, or behind an alias above it.
    fn is_known(&self, pointer: &Pointer) -> bool {
        self.places.contains_key(pointer) || self.behind_alias(pointer).is_some()
    }

    fn nearest(&self, pointer: &Pointer) -> Option<Place> {
        std::iter::successors(Some(pointer.clone()), Pointer::parent)
            .find_map(|pointer| self.places.get(&pointer).copied())
    }
}

/// A collection that the walk is inside of.
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
            // `<<` merges mappings, and may stand more than once.
            if self.positions.duplicate.is_none() && text != "<<" && self.positions.places.contains_key(&pointer) {
                self.positions.duplicate = Some((text.to_owned(), span.start));
            }
            *key = Some((pointer, span));
        }
    }

    /// A collection ends here, of which only the beginning was known.
    fn close(&mut self, at: Span) {
        // The parser counts what follows the bracket to its end; in block style there is none.
        let bracket = usize::from(at.start != at.end);
        let end = Position { column: at.start.column + bracket, ..at.start };
        if let Some(open) = self.open.pop()
            && let Some(place) = self.positions.places.get_mut(open.at())
        {
            place.value.end = end;
        }
    }

    /// Records a value, and its anchor unless that is 0.
    fn record_anchor(&mut self, anchor: usize, value: Span) -> Pointer {
        let pointer = self.record(value);
        if anchor > 0 {
            self.anchors.insert(anchor, pointer.clone());
        }
        pointer
    }

    /// Records that the value that the walk is at stands here, and returns its pointer.
    fn record(&mut self, value: Span) -> Pointer {
        let (pointer, key) = match self.open.last_mut() {
            None => (Pointer::root(), None),
            Some(Open::Sequence { at, next }) => {
                *next += 1;
                (at.index(*next - 1), None)
            }
            Some(Open::Mapping { at, key }) => match key.take() {
                Some((pointer, span)) => (pointer, Some(span)),
                // A collection that stands as a key: it has no pointer, and the reader refuses it.
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
    fn a_missing_pointer_is_placed_at_what_holds_it() {
        assert_eq!(value("a:\n  b: 1\n", "/a/b/c/d"), (2, 6));
    }

    #[test]
    fn json_with_surrogate_escapes_and_tabs_keeps_its_positions() {
        assert_eq!(value("{\n\t\"a\": \"\\ud83d\\ude00\",\n\t\"b\": 1\n}", "/b"), (3, 7));
    }

    #[test]
    fn what_stands_behind_an_alias_is_found_at_its_anchor() {
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
