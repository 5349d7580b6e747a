//! Crates that the generator writes, built and tested by cargo.

#[path = "../support/mod.rs"]
mod support;

mod corpus;
mod examples;
mod several;
mod survives;
