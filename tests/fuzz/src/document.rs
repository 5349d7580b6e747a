//! A document, through the whole pipeline: it becomes a crate, or it is refused, as the mutants of the generator's tests do.

use crate::soundness;

/// The longest document. A longer one only costs time.
pub const LONGEST: usize = 16 << 10;

/// Runs one case: the bytes of a document in YAML or JSON.
///
/// # Panics
///
/// If the generator has a gap, refuses the document without an error at a place, or emits a file that is not Rust.
pub fn run(input: &[u8]) {
    if input.len() <= LONGEST {
        generate(input, "api.yaml");
    }
}

/// Generates the crate of a document with this file name.
///
/// # Panics
///
/// As [`run`].
pub fn generate(input: &[u8], name: &str) {
    if let Err(flaw) = soundness::outcome(input, name) {
        panic!("{flaw}");
    }
}
