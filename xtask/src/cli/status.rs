//! The exit statuses. `--help` explains them.

/// The crate, the document or its version is not as the command asks for: each command says how.
pub const DIFFERS: u8 = 1;
/// A document has errors.
pub const INVALID_DOCUMENT: u8 = 2;
/// Anything else failed.
pub const FAILURE: u8 = 3;
