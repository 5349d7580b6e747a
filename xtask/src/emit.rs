//! Writes the source files of the crate.
//!
//! Takes progenitor's items and the notes of the lowering, and gives the bytes of each file by its path. It does not
//! know the document, and touches no folder.

pub mod files;
pub mod package_name;
pub mod passes;
pub mod print;
pub mod workspace;
