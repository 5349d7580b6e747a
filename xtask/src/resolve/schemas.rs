//! Decides the types of schemas: their names, and the one shape of each.
//!
//! Each function takes the draft and changes one subject in all of its schemas. In the end a schema is a reference, a
//! scalar, a list, a map, an object with fields, an enumeration of texts, a choice, an existing Rust type, or any value.

pub mod alternatives;
pub mod compositions;
pub mod enumerations;
pub mod inline;
pub mod names;
pub mod null;
pub mod objects;
pub mod openness;
mod recognition;
pub mod references;
pub mod rust_types;
pub mod scalars;
pub mod tags;
