//! Spans and events for subscribers of `tracing`: a span for each call, a span for each attempt, and an event for each
//! wait. Their names are those of OpenTelemetry's conventions for HTTP clients.
//!
//! Spans hold the method, the path's template, the server's address, the status, and the type of an error. They hold no
//! token, header, body, query, path parameter or text of a server. Nothing is formatted without a subscriber.

use std::time::Duration;

use http::{Method, StatusCode};
use tracing::field::Empty;
use tracing::{Instrument as _, Level, Span};
use url::Url;

/// Creates the span of a call: all its attempts and the waits between them.
pub(crate) fn call_span(id: &str, method: &Method, template: &str, server: &Url) -> Span {
    tracing::info_span!(
        "call",
        otel.name = id,
        otel.kind = "internal",
        otel.status_code = Empty,
        http.request.method = method.as_str(),
        url.template = template,
        server.address = server.host_str(),
        server.port = server.port_or_known_default(),
        http.response.status_code = Empty,
        error.type = Empty,
    )
}

/// Creates the span of one attempt: a request and its response. The request was sent `resend_count` times before. The
/// span's name is `{method} {template}`, as the conventions require.
pub(crate) fn attempt_span(method: &Method, template: &str, server: &Url, resend_count: u32) -> Span {
    tracing::info_span!(
        "attempt",
        otel.name = %format_args!("{method} {template}"),
        otel.kind = "client",
        otel.status_code = Empty,
        http.request.method = method.as_str(),
        http.request.resend_count = (resend_count > 0).then_some(resend_count),
        url.template = template,
        server.address = server.host_str(),
        server.port = server.port_or_known_default(),
        http.response.status_code = Empty,
        error.type = Empty,
    )
}

/// Runs `future` in `span`. Without a subscriber it runs without a span.
pub(crate) async fn in_span<F: Future>(span: &Span, future: F) -> F::Output {
    if span.is_disabled() { future.await } else { future.instrument(span.clone()).await }
}

/// Records the outcome of a call or an attempt. `error_type` is the type of a failure of the client. A status of 400 or
/// more is recorded as an error too.
pub(crate) fn record_outcome(span: &Span, status: Option<StatusCode>, error_type: Option<&str>) {
    if span.is_disabled() {
        return;
    }
    if let Some(status) = status {
        span.record("http.response.status_code", status.as_u16());
    }
    let error_status = status.filter(|status| status.is_client_error() || status.is_server_error());
    if let Some(error_type) = error_type.or(error_status.as_ref().map(StatusCode::as_str)) {
        span.record("error.type", error_type).record("otel.status_code", "ERROR");
    }
}

/// Reports that an attempt failed and that the next one follows after `wait`. `failed` counts the failed attempts.
pub(crate) fn retry_event(failed: u32, wait: Duration) {
    tracing::event!(Level::DEBUG, failed, wait_ms = millis(wait), "the request is retried");
}

/// Reports that the rate limit delays a request by `wait`.
pub(crate) fn rate_limit_event(wait: Duration) {
    tracing::event!(Level::DEBUG, wait_ms = millis(wait), "the request is delayed by a rate limit");
}

/// Reports that the API refused a token and that the source gave a new one.
pub(crate) fn token_renewed_event() {
    tracing::event!(Level::DEBUG, "the token was renewed, and the request is sent again");
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
