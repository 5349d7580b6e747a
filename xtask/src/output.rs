//! Writes the files of the crate into their folder, or compares them with the folder.
//!
//! Takes the bytes of each file by its path, and gives the differences. It does not know how the files were made.

pub mod tree;
pub mod write;
