//! What subscribers of `tracing` see: a span around every call and one around every attempt, named as OpenTelemetry
//! names HTTP clients, and an event where time is spent waiting.
//!
//! Spans hold the method, the path's template, where the API is, the status, and a word for what went wrong: no
//! token, header, body, query, path parameter or text of a server. Without a subscriber, nothing is put into words.

use std::fmt;
use std::time::Duration;

use http::StatusCode;
use tracing::field::{self, Empty};
use tracing::{Level, Span};
use url::Url;

use crate::error::Failure;
use crate::request::Operation;

/// `{method} {template}`, the name that the conventions want for the span of an HTTP client.
struct Name<'a>(&'a Operation);

impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.0.method(), self.0.path())
    }
}

/// Around a call: all its attempts, and the waiting between them.
pub(crate) fn call(operation: &Operation, base_url: &Url) -> Span {
    tracing::info_span!(
        "call",
        otel.name = operation.id(),
        otel.kind = "internal",
        otel.status_code = Empty,
        http.request.method = operation.method().as_str(),
        url.template = operation.path(),
        server.address = base_url.host_str(),
        server.port = base_url.port_or_known_default(),
        http.response.status_code = Empty,
        error.type = Empty,
    )
}

/// Around one request and its answer; `resend` of them went before it.
pub(crate) fn attempt(operation: &Operation, base_url: &Url, resend: u32) -> Span {
    tracing::info_span!(
        "attempt",
        otel.name = field::display(Name(operation)),
        otel.kind = "client",
        otel.status_code = Empty,
        http.request.method = operation.method().as_str(),
        http.request.resend_count = (resend > 0).then_some(resend),
        url.template = operation.path(),
        server.address = base_url.host_str(),
        server.port = base_url.port_or_known_default(),
        http.response.status_code = Empty,
        error.type = Empty,
    )
}

/// Records what came of a call or an attempt.
pub(crate) fn outcome(span: &Span, outcome: Result<StatusCode, &Failure>) {
    if span.is_disabled() {
        return;
    }
    if let Some(status) = outcome.map_or_else(Failure::status, Some) {
        span.record("http.response.status_code", status.as_u16());
    }
    match outcome {
        Ok(status) if status.is_client_error() || status.is_server_error() => failed(span, status.as_str()),
        Ok(_) => {}
        Err(failure) => failed(span, failure.word()),
    }
}

fn failed(span: &Span, error_type: &str) {
    span.record("error.type", error_type).record("otel.status_code", "ERROR");
}

/// An attempt failed, and another one follows after `wait`.
pub(crate) fn retry(failed: u32, wait: Duration) {
    tracing::event!(Level::DEBUG, failed, wait_ms = millis(wait), "the request is repeated");
}

/// The pace does not allow a request for `wait`.
pub(crate) fn hold(wait: Duration) {
    tracing::event!(Level::DEBUG, wait_ms = millis(wait), "the request is held back by a rate limit");
}

/// The API refused a token, and there is another one.
pub(crate) fn renewed() {
    tracing::event!(Level::DEBUG, "the token was renewed, the request is repeated");
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
