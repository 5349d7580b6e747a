//! What can go wrong between a client and the API, and how the mock does it: below HTTP, by [`Wire`](super::wire::Wire);
//! within HTTP, by answers of every odd kind; and within the payload, by [`Lie`]s about paging.

use std::convert::Infallible;
use std::io::Write as _;
use std::sync::LazyLock;
use std::time::Duration;

use axum::Json;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};

use super::limits::http_date;
use super::page;
use super::server::Exchange;
use super::wire::{Ending, Extent};

const MEBIBYTE: usize = 1 << 20;

/// Something that goes wrong with a request. To be refused a connection, use a [`ClosedPort`](super::ClosedPort).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Fault {
    /// The connection is closed before the answer.
    HangUp,
    /// No answer comes, and the connection stays open.
    Silence,
    /// The connection is reset before the answer.
    ResetBeforeHeaders,
    /// The connection is reset in the middle of the headers.
    ResetInHeaders,
    /// The connection is reset in the middle of the body.
    ResetInBody,
    /// The headers come one byte at a time, with this pause between two bytes; the body comes at once.
    SlowHeaders(Duration),
    /// The headers stop in the middle, and the connection stays open.
    StalledHeaders,
    /// The body stops in the middle, and the connection stays open.
    StalledBody,
    /// The body stops in the middle of what `Content-Length` promised, and the connection is closed.
    TruncatedBody,
    /// `Content-Length` is half of what the body has.
    ShortContentLength,
    /// A healthy answer with a byte in its text that is not UTF-8.
    InvalidUtf8,
    /// A gateway's 502, in HTML.
    BadGateway,
    /// 401 without a body.
    EmptyUnauthorized,
    /// 429. The rate limit's own headers are left out.
    RateLimited(RetryAfter),
    /// 503 in the API's own words.
    Unavailable,
    /// A redirect.
    Redirect {
        /// The status, such as 302.
        status: u16,
        /// Where to.
        location: String,
    },
    /// A redirect to the address that was asked for.
    RedirectLoop,
    /// A healthy answer behind this many bytes of white space: JSON as before, but long. Sent as it is made.
    HugeBody(usize),
    /// Spaces, compressed a thousandfold: this many MiB of them, and about one KiB for each on the wire. Sent as it is
    /// made, whether or not the client accepts gzip.
    GzipBomb(usize),
    /// 200 whose body says that the request failed.
    NotSuccess,
    /// 401 with the bare body of OAuth, without the API's envelope.
    OAuthError,
    /// The request as JSON, its `Authorization` included, as an echo service answers it.
    Echo,
    /// A healthy answer that lies about paging.
    Page(Lie),
    /// Any other answer.
    Answer(Answer),
}

/// The `Retry-After` of a 429.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetryAfter {
    /// There is none.
    Missing,
    /// So many seconds.
    Seconds(u64),
    /// The date that is so far ahead, to the second.
    Date(Duration),
}

/// What an otherwise healthy page has wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Lie {
    /// It is this page, and says so, whichever was asked for. For every request, with 1: a server that ignores `page`.
    Instead(u64),
    /// It has the entries of this page under the number of the one that was asked for.
    Disguised(u64),
    /// It lacks this many of its last entries, and counts them all the same.
    Short(usize),
    /// It has no entries, and counts none.
    Empty,
    /// It claims that there are this many pages.
    TotalPages(u64),
    /// It claims that there are this many entries.
    Total(u64),
    /// Its `links.next` leads here.
    Next(String),
}

impl Lie {
    /// Changes what the page says, save for which page it is.
    pub(super) fn tell(&self, page: &mut Value) {
        match self {
            Self::Instead(_) | Self::Disguised(_) => {}
            Self::Short(missing) => drop_last(&mut page["data"], *missing),
            Self::Empty => {
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

/// An answer made by a test.
#[derive(Clone, Debug)]
pub struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl Answer {
    /// An answer with this body and no headers of its own.
    ///
    /// # Panics
    ///
    /// When `status` is no HTTP status.
    #[must_use]
    pub fn new(status: u16, body: impl Into<Bytes>) -> Self {
        Self {
            status: StatusCode::from_u16(status).expect("an HTTP status"),
            headers: HeaderMap::new(),
            body: body.into(),
        }
    }

    /// An answer with this JSON.
    ///
    /// # Panics
    ///
    /// When `status` is no HTTP status.
    #[must_use]
    pub fn json(status: u16, body: &Value) -> Self {
        Self::new(status, body.to_string()).header("content-type", "application/json")
    }

    /// One more header.
    ///
    /// # Panics
    ///
    /// When it cannot be sent.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let name = HeaderName::try_from(name).expect("the name of a header");
        let value = HeaderValue::try_from(value).expect("the value of a header");
        self.headers.append(name, value);
        self
    }
}

impl From<Answer> for Fault {
    fn from(answer: Answer) -> Self {
        Self::Answer(answer)
    }
}

impl From<Lie> for Fault {
    fn from(lie: Lie) -> Self {
        Self::Page(lie)
    }
}

impl Fault {
    /// Answers a request in this way, or breaks its connection.
    pub(super) async fn answer(self, exchange: Exchange) -> Response {
        match self {
            Self::HangUp => exchange.break_off(Extent::Nothing, Ending::Close).await,
            Self::Silence => exchange.break_off(Extent::Nothing, Ending::Stall).await,
            Self::ResetBeforeHeaders => exchange.break_off(Extent::Nothing, Ending::Reset).await,
            Self::ResetInHeaders => exchange.break_off(Extent::HalfHead, Ending::Reset).await,
            Self::ResetInBody => exchange.break_off(Extent::HalfBody, Ending::Reset).await,
            Self::StalledHeaders => exchange.break_off(Extent::HalfHead, Ending::Stall).await,
            Self::StalledBody => exchange.break_off(Extent::HalfBody, Ending::Stall).await,
            Self::TruncatedBody => exchange.break_off(Extent::HalfBody, Ending::Close).await,
            Self::SlowHeaders(every) => exchange.trickle(every).await,
            Self::ShortContentLength => exchange.understate().await,
            Self::InvalidUtf8 => garbled(exchange.healthy_bytes().await),
            Self::HugeBody(bytes) => behind_spaces(bytes, exchange.healthy_bytes().await),
            Self::Page(lie) => exchange.lying(lie).await,
            Self::RateLimited(after) => rate_limited(after, &exchange),
            Self::RedirectLoop => redirect(StatusCode::FOUND, &exchange.target()),
            Self::Redirect { status, location } => redirect(Answer::new(status, "").status, &location),
            Self::Echo => Json(exchange.echo()).into_response(),
            Self::GzipBomb(mebibytes) => gzip_bomb(mebibytes),
            Self::BadGateway => bad_gateway(),
            Self::EmptyUnauthorized => StatusCode::UNAUTHORIZED.into_response(),
            Self::Unavailable => failure(StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable"),
            Self::NotSuccess => not_success(),
            Self::OAuthError => oauth_error(),
            Self::Answer(answer) => (answer.status, answer.headers, answer.body).into_response(),
        }
    }
}

/// A failure in the API's envelope.
pub(super) fn failure(status: StatusCode, message: &str) -> Response {
    (status, Json(page::failure(status.as_u16(), message))).into_response()
}

/// The first letter that is not ASCII loses its beginning.
fn garbled((headers, body): (HeaderMap, Bytes)) -> Response {
    let mut body = body.to_vec();
    if let Some(byte) = body.iter_mut().find(|byte| !byte.is_ascii()) {
        *byte = 0xff;
    }
    (headers, body).into_response()
}

fn behind_spaces(count: usize, (headers, body): (HeaderMap, Bytes)) -> Response {
    static SPACES: [u8; 64 * 1024] = [b' '; 64 * 1024];
    let whole = std::iter::repeat_n(Bytes::from_static(&SPACES), count / SPACES.len());
    let rest = Bytes::from_static(&SPACES[..count % SPACES.len()]);
    (headers, streamed(whole.chain([rest, body]))).into_response()
}

/// A body that is made while it is sent, so it has no `Content-Length`.
fn streamed(chunks: impl Iterator<Item = Bytes> + Send + 'static) -> Body {
    let chunks = chunks.filter(|chunk| !chunk.is_empty());
    Body::from_stream(futures_util::stream::iter(chunks.map(Ok::<_, Infallible>)))
}

/// gzip allows one compressed file after another (RFC 1952, section 2.2), so one MiB has to be compressed only once.
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

fn not_success() -> Response {
    let mut body = page::validation_failed();
    body["status"] = 200.into();
    Json(body).into_response()
}

fn oauth_error() -> Response {
    let body = json!({"error": "invalid_grant", "error_description": "The token is expired."});
    (StatusCode::UNAUTHORIZED, Json(body)).into_response()
}
