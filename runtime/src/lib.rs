//! What generated clients of Salla's Merchant API share: one [`Transport`] that sends a request and reads the
//! answer, one [`Error`] that keeps whatever came back, and the values ([`Id`], [`Number`], [`DateTime`], [`File`]) and
//! decoding habits ([`php`]) of a PHP back end.
//!
//! The crate knows HTTP and Salla's platform. It knows no endpoint: those are in the generated crate, whose
//! client is built by [`ClientBuilder`] on top of a [`Transport`].
//!
//! # What always holds
//!
//! - The access token is in no `Debug`, `Display`, error or log line. It is sent to the configured base URL
//!   only: redirects are answers, not orders, and plain HTTP is refused unless the host is this machine.
//! - Only requests that may be repeated are repeated ([`RetryPolicy`]), at a pace that the API allows ([`Pacing`]),
//!   and before one deadline ([`ClientBuilder::timeout`]).
//! - Status, headers and raw body of every answer stay reachable, whether it decodes or not:
//!   [`Response`] and [`Error`] both carry them.
//!
//! # Observing
//!
//! Subscribers of `tracing` get a span `call` for every call and, in it, a span `attempt` for every request, with the
//! names of OpenTelemetry's conventions for HTTP clients (`http.request.method`, `url.template`, `server.address`,
//! `server.port`, `http.response.status_code`, `http.request.resend_count`, `error.type`), and events where time is
//! spent waiting. None of them holds a token, a body, a query or a path parameter.
//!
//! # Features
//!
//! | feature | TLS by |
//! |---|---|
//! | `rustls` (default) | rustls, trusting the certificates that the operating system trusts |
//! | `native-tls` | the operating system's own TLS (OpenSSL on Linux); `rustls` wins when both are on |
//!
//! With neither, only `http://` base URLs on this machine can be used. The feature `mock` adds the module `mock`:
//! answers without a network, for the tests of those who use a client.

mod auth;
mod call;
mod config;
mod decode;
mod error;
mod file;
mod limits;
mod meaning;
#[cfg(feature = "mock")]
pub mod mock;
pub mod oauth;
mod pacing;
mod paging;
pub mod php;
mod request;
mod response;
mod retry;
mod summary;
mod text;
mod tls;
mod token;
mod trace;
mod transport;
mod values;

pub use auth::{AccessToken, BoxFuture, InvalidToken, TokenError, TokenSource};
pub use bytes::Bytes;
pub use config::{
    ClientBuilder, DEFAULT_ATTEMPT_TIMEOUT, DEFAULT_CONNECT_TIMEOUT, DEFAULT_MAX_BODY_BYTES, DEFAULT_TIMEOUT,
};
pub use decode::DecodeError;
pub use error::Error;
pub use file::File;
pub use http::{HeaderMap, StatusCode};
pub use jiff;
pub use pacing::{Pacing, Quota};
pub use paging::{DEFAULT_CONCURRENCY, Items, MAX_PAGES, Pages};
pub use reqwest;
pub use response::{RawResponse, Response};
pub use retry::{DEFAULT_BASE_DELAY, DEFAULT_MAX_ATTEMPTS, DEFAULT_MAX_DELAY, DEFAULT_MAX_RETRY_AFTER, RetryPolicy};
pub use transport::Transport;
pub use values::{DateTime, DateTimeError, Id, Number, NumberError};

/// What generated code calls and nobody else needs. Not covered by semantic versioning.
#[doc(hidden)]
pub mod codegen {
    pub use crate::file::Files;
    pub use crate::paging::{Extent, Paged};
    pub use crate::request::{Operation, Overrides, Request, Style};
    pub use http::Method;
}
