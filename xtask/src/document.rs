//! The document: its text, its values, and the place of each value in the text.
//!
//! Takes a text and its values, and gives places and a fingerprint. It does not know OpenAPI, nor how values are read.
//!
//! The generator addresses values by JSON pointer (RFC 6901). It finds the line and the column of a pointer only for a
//! report.

pub mod fields;
pub mod fingerprint;
pub mod lines;
pub mod moves;
mod pointer;
pub mod positions;

use std::sync::OnceLock;

use serde_json::Value;

use self::lines::Lines;
use self::moves::Moves;
pub use self::pointer::{Pointer, follow};
use self::positions::{Positions, Span};

/// An OpenAPI document: the values, and the text they were read from.
#[derive(Debug)]
pub struct Document {
    /// The file it was read from.
    pub source: Source,
    /// The document's values, in the order of the file.
    pub root: Value,
}

/// A text with a name, and the positions of its values.
#[derive(Debug)]
pub struct Source {
    /// The name of the file in messages.
    pub name: String,
    /// The text of the file.
    pub text: String,
    /// The places of its values before normalization moved them.
    moves: Moves,
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
            positions: OnceLock::new(),
            lines: OnceLock::new(),
        }
    }

    /// Sets the places of the values before normalization moved them.
    pub fn set_moves(&mut self, moves: Moves) {
        self.moves = moves;
    }

    /// Returns the pointer of a value in the original document: before it was moved, and at its anchor if an alias
    /// refers to it.
    #[must_use]
    pub fn written(&self, pointer: &Pointer) -> Pointer {
        self.positions().behind_aliases(&self.moves.written(pointer))
    }

    /// Returns the span of the value at `pointer`, or of the nearest value around it that has one.
    #[must_use]
    pub fn value_span(&self, pointer: &Pointer) -> Option<Span> {
        self.positions().value(&self.written(pointer))
    }

    /// Returns the span of the key that leads to `pointer`, or of the value if there is no key.
    #[must_use]
    pub fn key_span(&self, pointer: &Pointer) -> Option<Span> {
        self.positions().key(&self.written(pointer))
    }

    /// Forgets the positions, which are found again when they are needed.
    pub fn forget_positions(&mut self) {
        self.positions = OnceLock::new();
    }

    /// Returns the lines of the text.
    #[must_use]
    pub fn lines(&self) -> &Lines {
        self.lines.get_or_init(|| Lines::of(&self.text))
    }

    fn positions(&self) -> &Positions {
        // Only a document with findings pays for the second parse.
        self.positions.get_or_init(|| Positions::of(&self.text))
    }
}
