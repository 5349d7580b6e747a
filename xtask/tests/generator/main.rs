//! The generator: what it accepts and refuses, what it prints, and the files that it writes.
//!
//! Most tests run the built program on a small document. A refused document is refused under `--strict`. A
//! nonconforming document with only one meaning is normalized with a warning without `--strict`.

#[path = "../documents/mod.rs"]
mod documents;
#[path = "../support/mod.rs"]
mod support;

mod findings;
mod fixture;
mod small_documents;

mod codes;
mod command_line;
mod conformance;
mod contributing;
mod diff;
mod extensions;
mod features;
mod fields;
mod files;
mod made;
mod messages;
mod mutants;
mod names;
mod operations;
mod packaging;
mod parameters;
mod reading;
mod references;
mod schemas;
mod several;
mod slips;
mod structure;
mod upstream;
mod watch;
