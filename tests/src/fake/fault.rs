//! The faults that the fake server can inject: interrupted connections, which [`Wire`](super::wire::Wire) implements
//! below HTTP; unusual HTTP responses; and pages with wrong data ([`PageFault`]).

use std::convert::Infallible;
use std::io::Write as _;
use std::sync::LazyLock;
use std::time::Duration;

use axum::Json;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::limits::http_date;
use super::page;
use super::server::Exchange;
use super::wire::{Ending, SentPart};

const MEBIBYTE: usize = 1 << 20;

/// A fault in the response to a request. For a refused connection, use a [`ClosedPort`](super::ClosedPort).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Fault {
    /// The connection is closed before the response.
    ClosedBeforeHeaders,
    /// No response is sent, and the connection stays open.
    NoResponse,
    /// The connection is reset before the response.
    ResetBeforeHeaders,
    /// The connection is reset in the middle of the headers.
    ResetInHeaders,
    /// The connection is reset in the middle of the body.
    ResetInBody,
    /// The headers are sent one byte at a time, with this pause between two bytes. The body is sent at once.
    SlowHeaders(Duration),
    /// The headers stop in the middle, and the connection stays open.
    StalledHeaders,
    /// The body stops in the middle, and the connection stays open.
    StalledBody,
    /// The connection is closed in the middle of the body, before the number of bytes in `Content-Length`.
    TruncatedBody,
    /// `Content-Length` is half the length of the body.
    ShortContentLength,
    /// A normal response with a byte in its text that is not valid UTF-8.
    InvalidUtf8,
    /// A 502 with HTML, as a gateway sends it.
    BadGateway,
    /// A 401 without a body.
    EmptyUnauthorized,
    /// A 429, without the `X-RateLimit-…` headers.
    RateLimited(RetryAfter),
    /// A 503 in the API's envelope.
    Unavailable,
    /// A redirect.
    Redirect {
        /// The status, such as 302.
        status: u16,
        /// The target of the redirect.
        location: String,
    },
    /// A redirect to the URL of the request itself.
    RedirectLoop,
    /// A normal response after this many bytes of white space: still valid JSON, but long. The body is streamed.
    HugeBody(usize),
    /// This many MiB of spaces, compressed by gzip to about one KiB each. The body is streamed, whether or not the
    /// client accepts gzip.
    GzipBomb(usize),
    /// A 200 whose body reports a failure.
    FailureWithStatus200,
    /// A 401 with OAuth's error body, without the API's envelope.
    OAuthError,
    /// A 200 with the request as JSON, including its `Authorization` header, as an echo service sends it.
    Echo,
    /// A page with wrong data. It has no effect on an update.
    Page(PageFault),
    /// Any other response.
    Canned(CannedResponse),
}

/// The `Retry-After` header of a 429.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetryAfter {
    /// No header.
    Missing,
    /// A number of seconds.
    Seconds(u64),
    /// The date after this duration, in whole seconds.
    Date(Duration),
}

/// The wrong part of an otherwise normal page.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PageFault {
    /// The server sends this page, with its number, whichever page was requested. `OtherPage(1)` for every request is a
    /// server that ignores the parameter `page`.
    OtherPage(u64),
    /// The page has the requested number, but the entries of this page.
    EntriesOfPage(u64),
    /// This many entries are missing at the end, although `count` includes them.
    MissingEntries(usize),
    /// The page has no entries, and its `count` is 0.
    NoEntries,
    /// `totalPages` has this value.
    TotalPages(u64),
    /// `total` has this value.
    Total(u64),
    /// `links.next` has this value.
    Next(String),
}

impl PageFault {
    /// Changes the page, except for its number and the choice of its entries, which [`List`](page::List) makes.
    pub(super) fn apply(&self, page: &mut Value) {
        match self {
            Self::OtherPage(_) | Self::EntriesOfPage(_) => {}
            Self::MissingEntries(missing) => drop_last(&mut page["data"], *missing),
            Self::NoEntries => {
                page["data"] = json!([]);
                page["pagination"]["count"] = json!(0);
            }
            Self::TotalPages(pages) => page["pagination"]["totalPages"] = json!(pages),
            Self::Total(total) => page["pagination"]["total"] = json!(total),
            Self::Next(url) => page["pagination"]["links"] = json!({"next": url}),
        }
    }
}

fn drop_last(data: &mut Value, missing: usize) {
    if let Some(entries) = data.as_array_mut() {
        entries.truncate(entries.len().saturating_sub(missing));
    }
}

/// A response with fixed status, headers and body.
#[derive(Clone, Debug)]
pub struct CannedResponse {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl CannedResponse {
    /// Creates a response with this body and no headers.
    ///
    /// # Panics
    ///
    /// When `status` is not a valid HTTP status.
    #[must_use]
    pub fn new(status: u16, body: impl Into<Bytes>) -> Self {
        Self {
            status: StatusCode::from_u16(status).expect("an HTTP status"),
            headers: HeaderMap::new(),
            body: body.into(),
        }
    }

    /// Creates a response with this JSON.
    ///
    /// # Panics
    ///
    /// When `status` is not a valid HTTP status.
    #[must_use]
    pub fn json(status: u16, body: &Value) -> Self {
        Self::new(status, body.to_string()).header("content-type", "application/json")
    }

    /// Adds a header.
    ///
    /// # Panics
    ///
    /// When its name or value is invalid.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let name = HeaderName::try_from(name).expect("a valid header name");
        let value = HeaderValue::try_from(value).expect("a valid header value");
        self.headers.append(name, value);
        self
    }
}

impl IntoResponse for CannedResponse {
    fn into_response(self) -> Response {
        (self.status, self.headers, self.body).into_response()
    }
}

impl From<CannedResponse> for Fault {
    fn from(response: CannedResponse) -> Self {
        Self::Canned(response)
    }
}

impl From<PageFault> for Fault {
    fn from(fault: PageFault) -> Self {
        Self::Page(fault)
    }
}

impl Fault {
    /// Responds to a request with this fault, or interrupts its connection.
    pub(super) async fn respond(self, exchange: Exchange) -> Response {
        match self {
            Self::ClosedBeforeHeaders => exchange.interrupt(SentPart::None, Ending::Close).await,
            Self::NoResponse => exchange.interrupt(SentPart::None, Ending::Stall).await,
            Self::ResetBeforeHeaders => exchange.interrupt(SentPart::None, Ending::Reset).await,
            Self::ResetInHeaders => exchange.interrupt(SentPart::HalfHead, Ending::Reset).await,
            Self::ResetInBody => exchange.interrupt(SentPart::HalfBody, Ending::Reset).await,
            Self::StalledHeaders => exchange.interrupt(SentPart::HalfHead, Ending::Stall).await,
            Self::StalledBody => exchange.interrupt(SentPart::HalfBody, Ending::Stall).await,
            Self::TruncatedBody => exchange.interrupt(SentPart::HalfBody, Ending::Close).await,
            Self::SlowHeaders(every) => exchange.send_head_slowly(every).await,
            Self::ShortContentLength => exchange.with_short_content_length().await,
            Self::InvalidUtf8 => with_invalid_utf8(exchange.normal_headers_and_body().await),
            Self::HugeBody(bytes) => after_spaces(bytes, exchange.normal_headers_and_body().await),
            Self::Page(fault) => exchange.with_page_fault(fault).await,
            Self::RateLimited(after) => rate_limited(after, &exchange),
            Self::RedirectLoop => redirect(StatusCode::FOUND, &exchange.target()),
            Self::Redirect { status, location } => redirect(CannedResponse::new(status, "").status, &location),
            Self::Echo => Json(exchange.echo()).into_response(),
            Self::GzipBomb(mebibytes) => gzip_bomb(mebibytes),
            Self::BadGateway => bad_gateway(),
            Self::EmptyUnauthorized => StatusCode::UNAUTHORIZED.into_response(),
            Self::Unavailable => failure(StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable"),
            Self::FailureWithStatus200 => failure_with_status_200(),
            Self::OAuthError => oauth_error(),
            Self::Canned(response) => response.into_response(),
        }
    }
}

/// Returns a failure in the API's envelope.
pub(super) fn failure(status: StatusCode, message: &str) -> Response {
    (status, Json(page::failure(status.as_u16(), message))).into_response()
}

/// Replaces the first byte that is not ASCII by one that UTF-8 does not allow.
fn with_invalid_utf8((headers, body): (HeaderMap, Bytes)) -> Response {
    let mut body = body.to_vec();
    if let Some(byte) = body.iter_mut().find(|byte| !byte.is_ascii()) {
        *byte = 0xff;
    }
    (headers, body).into_response()
}

/// Puts `count` spaces before the body.
fn after_spaces(count: usize, (headers, body): (HeaderMap, Bytes)) -> Response {
    static SPACES: [u8; 64 * 1024] = [b' '; 64 * 1024];
    let whole = std::iter::repeat_n(Bytes::from_static(&SPACES), count / SPACES.len());
    let rest = Bytes::from_static(&SPACES[..count % SPACES.len()]);
    (headers, streamed(whole.chain([rest, body]))).into_response()
}

/// Returns a body that is created while it is sent, without a `Content-Length`.
fn streamed(chunks: impl Iterator<Item = Bytes> + Send + 'static) -> Body {
    let chunks = chunks.filter(|chunk| !chunk.is_empty());
    Body::from_stream(futures_util::stream::iter(chunks.map(Ok::<_, Infallible>)))
}

/// Returns a response with a gzip body of this many MiB of spaces. Gzip files can be concatenated (RFC 1952, section
/// 2.2), so only one MiB is compressed.
fn gzip_bomb(mebibytes: usize) -> Response {
    static ONE: LazyLock<Bytes> = LazyLock::new(|| {
        let level = flate2::Compression::best();
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), level);
        encoder
            .write_all(&vec![b' '; MEBIBYTE])
            .and_then(|()| encoder.finish())
            .expect("writing to memory does not fail")
            .into()
    });
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::CONTENT_ENCODING, "gzip")];
    let bomb = std::iter::repeat_n(ONE.clone(), mebibytes);
    (headers, streamed(bomb)).into_response()
}

fn rate_limited(after: RetryAfter, exchange: &Exchange) -> Response {
    let mut response = failure(StatusCode::TOO_MANY_REQUESTS, "Too Many Requests");
    let value = match after {
        RetryAfter::Missing => return response,
        RetryAfter::Seconds(seconds) => seconds.into(),
        RetryAfter::Date(ahead) => http_date(exchange.now() + ahead),
    };
    response.headers_mut().insert(header::RETRY_AFTER, value);
    response
}

fn redirect(status: StatusCode, location: &str) -> Response {
    (status, [(header::LOCATION, location)]).into_response()
}

fn bad_gateway() -> Response {
    let body = axum::response::Html("<html><body><h1>502 Bad Gateway</h1></body></html>");
    (StatusCode::BAD_GATEWAY, body).into_response()
}

fn failure_with_status_200() -> Response {
    let mut body = page::validation_failed();
    body["status"] = 200.into();
    Json(body).into_response()
}

fn oauth_error() -> Response {
    let body = json!({"error": "invalid_grant", "error_description": "The token is expired."});
    (StatusCode::UNAUTHORIZED, Json(body)).into_response()
}
