//! A text with a name, and the positions of its values. A document of several files has the other files as parts.

use std::sync::OnceLock;

use super::lines::Lines;
use super::moves::Moves;
use super::parts::{Parts, Unfollowed};
use super::pointer::Pointer;
use super::positions::{Position, Positions, Span};

/// A text with a name, and the positions of its values.
#[derive(Debug)]
pub struct Source {
    /// The name of the file in messages.
    pub name: String,
    /// The text of the file.
    pub text: String,
    /// The places of its values before normalization moved them.
    moves: Moves,
    /// The other files with values of the document.
    parts: Parts<Source>,
    /// Whether the parts are documents of their own.
    is_merged: bool,
    positions: OnceLock<Positions>,
    lines: OnceLock<Lines>,
}

impl Source {
    /// Creates a source with this name and text.
    #[must_use]
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            text: text.into(),
            moves: Moves::default(),
            parts: Parts::default(),
            is_merged: false,
            positions: OnceLock::new(),
            lines: OnceLock::new(),
        }
    }

    /// Sets the places of the values before normalization moved them.
    pub fn set_moves(&mut self, moves: Moves) {
        self.moves = moves;
    }

    /// Sets the parts of the document that come from other files.
    pub fn set_parts(&mut self, parts: Parts<Self>) {
        self.parts = parts;
    }

    /// Sets the documents that this one is made of.
    pub fn set_documents(&mut self, documents: Parts<Self>) {
        self.parts = documents;
        self.is_merged = true;
    }

    /// Returns the number of the document with the value at `pointer`, if there are several.
    #[must_use]
    pub fn document(&self, pointer: &Pointer) -> Option<usize> {
        if self.is_merged { self.numbers(pointer).first().copied() } else { None }
    }

    /// Returns the file with the value at `pointer`.
    #[must_use]
    pub fn file(&self, pointer: &Pointer) -> &Self {
        self.locate(pointer).0
    }

    /// Returns the pointer of a value in the original document: before it was moved, and at its anchor if an alias
    /// refers to it.
    #[must_use]
    pub fn written(&self, pointer: &Pointer) -> Pointer {
        let (file, pointer) = self.locate(pointer);
        file.positions().behind_aliases(&pointer)
    }

    /// Returns the span of the value at `pointer`, or of the nearest value around it that has one.
    #[must_use]
    pub fn value_span(&self, pointer: &Pointer) -> Option<Span> {
        let (file, pointer) = self.locate(pointer);
        file.positions().value(&file.positions().behind_aliases(&pointer))
    }

    /// Returns the span of the key that leads to `pointer`, or of the value if there is no key.
    #[must_use]
    pub fn key_span(&self, pointer: &Pointer) -> Option<Span> {
        let (file, pointer) = self.locate(pointer);
        file.positions().key(&file.positions().behind_aliases(&pointer))
    }

    /// Returns a key that sorts values as they were written: by their files, and then by their positions.
    #[must_use]
    pub fn order(&self, pointer: &Pointer) -> (Vec<usize>, Option<Position>) {
        (self.numbers(pointer), self.key_span(pointer).map(|span| span.start))
    }

    /// Returns the numbers of the files that lead to the value at `pointer`; none for a value of the document's own file.
    #[must_use]
    pub fn numbers(&self, pointer: &Pointer) -> Vec<usize> {
        match self.parts.written(&self.moves.written(pointer)) {
            Some((Some(number), inner)) => {
                let below = self.parts.file(number).map(|file| file.numbers(&inner)).unwrap_or_default();
                [vec![number], below].concat()
            }
            _ => Vec::new(),
        }
    }

    /// Returns why the reference at `pointer` was not followed.
    #[must_use]
    pub fn unfollowed(&self, pointer: &Pointer) -> Option<&Unfollowed> {
        let pointer = self.moves.written(pointer);
        let place = self.parts.written(&pointer).unwrap_or((None, pointer));
        self.parts.unfollowed(&place).or_else(|| self.parts.file(place.0?)?.unfollowed(&place.1))
    }

    /// Forgets the positions, which are found again when they are needed.
    pub fn forget_positions(&mut self) {
        self.positions = OnceLock::new();
        self.parts.files_mut().for_each(Self::forget_positions);
    }

    /// Returns the lines of the text.
    #[must_use]
    pub fn lines(&self) -> &Lines {
        self.lines.get_or_init(|| Lines::of(&self.text))
    }

    /// Returns the file with the value at `pointer`, and its pointer there.
    fn locate(&self, pointer: &Pointer) -> (&Self, Pointer) {
        let pointer = self.moves.written(pointer);
        match self.parts.written(&pointer) {
            Some((None, own)) => (self, own),
            Some((Some(number), inner)) => match self.parts.file(number) {
                Some(file) => file.locate(&inner),
                None => (self, pointer),
            },
            None => (self, pointer),
        }
    }

    fn positions(&self) -> &Positions {
        // Only a document with findings pays for the second parse.
        self.positions.get_or_init(|| Positions::of(&self.text))
    }
}
