//! The generator: from an OpenAPI document to a client crate.
//!
//! Each stage is a folder, called a room. They stand here in the order in which a document passes through them, and a
//! room uses only the rooms before it. The generator knows OpenAPI and Rust. Facts about an API come from its document,
//! in extensions where OpenAPI has no word for them.

pub mod document;

pub mod diagnostics;

pub mod source;

pub mod openapi;

pub mod bundle;

pub mod normalize;

pub mod validate;

pub mod model;

pub mod resolve;

pub mod progenitor;

pub mod emit;

pub mod output;

pub mod change;

pub mod upstream;

pub mod cli;

/// The crate that generated code calls.
pub const RUNTIME: &str = "salla-runtime";

/// The name of that crate in code.
pub const RUNTIME_LIBRARY: &str = "salla_runtime";

/// Returns the path of an item of the runtime.
#[must_use]
pub fn runtime_path(item: &str) -> String {
    format!("{RUNTIME_LIBRARY}::{item}")
}

/// Returns the environment variable of this name that the runtime reads. Its variables begin with the first word of its
/// name.
#[must_use]
pub fn runtime_variable(name: &str) -> String {
    let prefix = RUNTIME.split('-').next().unwrap_or_default();
    format!("{}_{name}", prefix.to_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_library_has_the_name_of_the_package() {
        assert_eq!(RUNTIME_LIBRARY, RUNTIME.replace('-', "_"));
    }
}
