//! Crates that the generator writes, built and tested by cargo.

#[path = "../support/mod.rs"]
mod support;

mod corpus;
mod crates;
mod examples;
mod several;
mod survives;
