//! The parts that the tests, the examples and the benchmarks share: the [documented payloads](documented), a
//! [fake server](fake) of the API, and the frame of an [example].

/// Compiles the examples of the README.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;

pub mod documented;
pub mod example;
pub mod fake;
