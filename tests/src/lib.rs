//! The parts that the tests, the examples and the benchmarks share: the [documented payloads](documented), a
//! [fake server](fake) of the API, and the frame of an [example].

/// Compiles and runs the programs of the README.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;

/// Compiles and runs the programs of the guide.
#[cfg(doctest)]
#[doc = include_str!("../../GUIDE.md")]
struct Guide;

pub mod documented;
pub mod example;
pub mod fake;
