//! The generator: from an OpenAPI document to a client crate.
//!
//! Each stage is one module with one public function; `main.rs` calls them in order. The generator knows OpenAPI
//! and Rust. What it needs to know of an API, the document tells it, in extensions where OpenAPI has no word.

pub mod arguments;
pub mod check;
pub mod diagnostics;
pub mod document;
pub mod fingerprint;
pub mod generate;
pub mod license;
pub mod lines;
pub mod load;
pub mod lower;
pub mod lowered;
pub mod mend;
pub mod moves;
pub mod nearest;
pub mod package_name;
pub mod passes;
pub mod positions;
pub mod print;
pub mod rust_name;
pub mod shown;
pub mod tidy;
pub mod tree;
pub mod watch;
pub mod workspace;
pub mod write;

mod media_type;
mod resolve;

/// The crate that generated code calls.
pub const RUNTIME: &str = "salla-runtime";
