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
pub mod parts;
mod pointer;
pub mod positions;
mod source;

use serde_json::Value;

pub use self::pointer::{Pointer, follow, percent_decoded};
pub use self::source::Source;

/// An OpenAPI document: the values, and the text they were read from, or the texts if it comes from several files.
#[derive(Debug)]
pub struct Document {
    /// The file it was read from.
    pub source: Source,
    /// The document's values, in the order of the file.
    pub root: Value,
}
