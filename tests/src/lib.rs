//! What the tests, the examples and the benchmarks share: the [documented payloads](documented), read from the
//! contract, the [mock] of the API, and how an [example] begins and ends.

/// The examples of the README compile.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;

pub mod documented;
pub mod example;
pub mod mock;
