//! The generated client against the fake server, over real sockets: the requests that it sends, the responses that it
//! decodes, and the errors that it returns.

mod errors;
mod fake_api;
mod faults;
mod mock;
mod program;
mod requests;
mod responses;
mod retries;
mod secrets;
mod support;
mod updates;
