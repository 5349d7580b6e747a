//! Fuzz targets for the generator and the client.
//!
//! Each module has a function `run`, which takes the bytes of one case and panics if it finds a flaw. libFuzzer calls these
//! functions in the programs of `targets/`; the script `run` builds and starts them. The test `corpus` calls them with
//! every committed case.

pub mod answer;
pub mod changes;
pub mod document;
pub mod markdown;

#[path = "../../../xtask/tests/support/soundness.rs"]
mod soundness;
