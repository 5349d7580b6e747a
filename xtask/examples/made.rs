//! Prints a made document, for programs that are not Rust.
//!
//! ```text
//! cargo run --release --package xtask --example made -- OPERATIONS
//! ```
//!
//! It is a document of the benchmark `scale`: of its flavour, and with its seed.

#[path = "../tests/documents/mod.rs"]
mod documents;

use std::env;
use std::process::ExitCode;

use documents::Flavour;

/// The seed of the benchmark `scale`.
const SEED: u64 = 1;

fn main() -> ExitCode {
    let Some(operations) = env::args().nth(1).and_then(|argument| argument.parse().ok()) else {
        eprintln!("expected the number of operations");
        return ExitCode::FAILURE;
    };
    let document = documents::document(Flavour::Plain, operations, SEED);
    print!("{}", serde_yaml::to_string(&document).expect("JSON can be written as YAML"));
    ExitCode::SUCCESS
}
