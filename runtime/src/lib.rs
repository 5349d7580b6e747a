//! The runtime of generated clients of Salla's Merchant API: a [`Transport`] that sends requests and reads responses,
//! an [`Error`] that keeps the complete response and is the same type for every operation, values in the forms of a PHP back end ([`Id`], [`Number`],
//! [`DateTime`], [`File`]), and functions that decode PHP's JSON ([`php`]).
//!
//! The crate knows HTTP and Salla's platform. The endpoints are in the generated crate, whose client is built by a
//! [`ClientBuilder`].
//!
//! # Guarantees
//!
//! - Access tokens, API keys and passwords are in no `Debug`, `Display`, error or log line. They are sent to the configured
//!   base URL and to the servers that the API documents for operations, and nowhere else: redirects are not followed, and
//!   plain HTTP is refused unless the host is this machine.
//! - A request carries the credentials that its operation documents, and no others. If they are missing, it is not sent.
//! - Only requests that may be repeated, or whose connection was never made, are retried ([`RetryPolicy`]), within the rate limits of the API ([`Pacing`])
//!   and before one deadline ([`ClientBuilder::timeout`]).
//! - Status, headers and raw body of every response stay available, whether it decodes or not: [`Response`] and
//!   [`Error`] both hold them.
//! - An integer decodes however JSON writes it: `5`, `5.0` or `5e0`. A body that does not decode is decoded once more with
//!   its whole numbers as digits, so that all other bodies cost no more. A [`Number`] of such a body loses its fraction of
//!   zero.
//!
//! - `Debug` of [`Response`], [`RawResponse`] and [`Error`] shows neither a body nor `Set-Cookie`. A decoded value has its
//!   own `Debug`, which shows what the server sent, personal data included.
//! - A failure is found in a body by reading only the fields that report it, so a large body costs no memory beyond its
//!   own size ([`ClientBuilder::max_body_bytes`]).
//! - An answer that is a stream ([`ItemStream`]) may have any length and duration. One item has the size of a body at most,
//!   and the stream fails if no byte arrives for the timeout of a call. A stream that breaks off is an error and not an end,
//!   unless the server marks an end only by closing the connection.
//!
//! # Escape hatches
//!
//! - [`Transport::request`] sends a request to any endpoint, with the same token, retries, rate limits and errors.
//! - [`ClientBuilder::http_client`] takes a [`reqwest::Client`] of the caller: for a proxy, certificates or middleware.
//!   Its documentation lists what such a client must not change.
//! - A [`TokenSource`] returns tokens from anywhere.
//!
//! # Tracing
//!
//! The crate creates spans of `tracing`: `call` for every call and, in it, `attempt` for every request. Their fields
//! are those of OpenTelemetry's conventions for HTTP clients (`http.request.method`, `url.template`, `server.address`,
//! `server.port`, `http.response.status_code`, `http.request.resend_count`, `error.type`). Events report waits. No span
//! or event holds a credential, a body, a query or a path parameter.
//!
//! # Features
//!
//! | feature | effect |
//! |---|---|
//! | `rustls` (default) | TLS by rustls, with the certificates that the operating system trusts |
//! | `native-tls` | TLS by the operating system (OpenSSL on Linux); `rustls` takes precedence if both are enabled |
//! | `oauth` | adds the module `oauth`: access tokens that refresh themselves |
//! | `mock` | adds the module `mock`: responses without a network, for tests |
//!
//! Without a TLS feature, only `http://` base URLs on this machine can be used.

mod answer;
mod auth;
mod authentication;
mod base_url;
mod call;
mod call_error;
mod classify;
mod config;
mod credentials;
mod decode;
mod envelope;
mod error;
mod error_message;
mod exchange;
mod file;
mod headers;
mod http_client;
mod limits;
#[cfg(feature = "mock")]
pub mod mock;
#[cfg(feature = "oauth")]
pub mod oauth;
mod operation;
mod pacing;
mod paging;
pub mod php;
mod raw_request;
mod request;
mod response;
mod retry;
mod secret;
mod security;
mod sending;
mod servers;
mod setting;
mod streams;
mod text;
mod tls;
mod token;
mod trace;
mod transport;
mod values;
mod whole_numbers;

pub use auth::{BoxFuture, TokenError, TokenSource};
pub use bytes::Bytes;
pub use call_error::CallError;
pub use config::{
    ClientBuilder, DEFAULT_ATTEMPT_TIMEOUT, DEFAULT_CONNECT_TIMEOUT, DEFAULT_MAX_BODY_BYTES, DEFAULT_TIMEOUT,
};
pub use decode::DecodeError;
pub use error::{Error, ErrorKind};
pub use file::File;
pub use headers::HeaderError;
pub use http::{HeaderMap, Method, StatusCode};
pub use jiff;
pub use pacing::{Pacing, Quota};
pub use paging::{Changes, DEFAULT_CONCURRENCY, ItemError, Items, LenientItems, MAX_PAGES, Pages};
pub use raw_request::RawRequest;
pub use reqwest;
pub use response::{RawResponse, Response};
pub use retry::{DEFAULT_BASE_DELAY, DEFAULT_MAX_ATTEMPTS, DEFAULT_MAX_DELAY, DEFAULT_MAX_RETRY_AFTER, RetryPolicy};
pub use streams::{Event, ItemStream};
pub use token::{AccessToken, InvalidToken};
pub use transport::Transport;
pub use values::{DateTime, DateTimeError, Id, Number, NumberError, UnknownAlternative, UnknownValue};

/// The interface for generated code. It is not covered by semantic versioning.
#[doc(hidden)]
pub mod codegen {
    pub use crate::credentials::CredentialSet;
    pub use crate::decode::json as decode_json;
    pub use crate::file::Files;
    pub use crate::headers::{header, header_list, required_header, required_header_list};
    #[cfg(feature = "mock")]
    pub use crate::mock::example;
    pub use crate::operation::Operation;
    pub use crate::paging::{Extent, Paged};
    pub use crate::request::{Overrides, PartEncoding, Request, Style};
    pub use crate::security::{Scheme, Security};
    pub use crate::sending::{is_none_or_sending, is_sending};
    pub use crate::servers::{Server, Servers, Variable, VariableSet};
    pub use crate::streams::{Framing, Streamed, StreamedBody};
    pub use crate::values::{Tagged, enumeration, unknown_value, with_tag};
    pub use http::Method;
}
