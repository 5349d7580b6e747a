//! The generated client against the mock of the API, over real sockets: what it sends, what it makes of every answer,
//! and how it fails when something breaks on the way.

mod answers;
mod faults;
mod mock;
mod program;
mod requests;
mod retries;
mod secrets;
mod support;
mod typed_mock;
