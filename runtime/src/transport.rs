//! One request in, one answer out. [`Transport::call`] adds what every request carries, sends it, and reads the
//! body, never more of it than the configured limit.

use std::fmt;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, HeaderValue, header};
use url::Url;

use crate::error::{Error, Failure};
use crate::request::{Operation, Parts, Request};
use crate::response::{Answer, RawResponse};
use crate::token::Token;

/// The most that is set aside for a body because its `Content-Length` says so; the rest is, as it arrives.
const MAX_RESERVED: usize = 1 << 20;

/// A connection pool, a base URL and a token: what a generated client is built on. Cheap to clone; clones share the pool.
#[derive(Clone)]
pub struct Transport(Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) http: reqwest::Client,
    pub(crate) base_url: Url,
    pub(crate) token: Token,
    pub(crate) user_agent: HeaderValue,
    pub(crate) max_body_bytes: usize,
}

impl Transport {
    pub(crate) fn new(inner: Inner) -> Self {
        Self(Arc::new(inner))
    }

    /// Where the API is.
    #[must_use]
    pub fn base_url(&self) -> &str {
        self.0.base_url.as_str()
    }

    /// Sends `request` and reads the answer, whatever its status.
    ///
    /// # Errors
    ///
    /// When the request cannot be sent as it is, and when no complete answer comes back.
    pub async fn call<E>(&self, request: Request) -> Result<RawResponse, Error<E>> {
        Ok(self.attempt(request).await?)
    }

    /// Sends once. Knows nothing of what the operation's errors look like, so it is compiled once.
    async fn attempt(&self, request: Request) -> Result<RawResponse, Failure> {
        let operation = request.operation().clone();
        let token = &self.0.token;
        let parts = match request.into_parts() {
            Ok(parts) => parts,
            Err(reason) => return Err(Failure::invalid_request(operation, &reason, Some(token))),
        };
        let answer = match self.prepare(&operation, parts).send().await {
            Ok(response) => self.read(&operation, response).await?,
            Err(error) => return Err(Failure::broken(operation, error, None)),
        };
        Ok(RawResponse::new(operation, token.clone(), answer))
    }

    fn prepare(&self, operation: &Operation, parts: Parts) -> reqwest::RequestBuilder {
        let request = self.0.http.request(operation.method().clone(), self.url(&parts));
        let request = request.headers(self.headers(parts.headers));
        match parts.body {
            Some(body) => request.body(body),
            None => request,
        }
    }

    /// The request's path below the base URL. The setters cannot leave its scheme, host and port.
    fn url(&self, parts: &Parts) -> Url {
        let mut url = self.0.base_url.clone();
        let path = format!("{}{}", url.path().trim_end_matches('/'), parts.path);
        url.set_path(&path);
        url.set_query((!parts.query.is_empty()).then_some(&parts.query));
        url
    }

    /// What every request carries wins over what the request brought.
    fn headers(&self, mut headers: HeaderMap) -> HeaderMap {
        headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(header::USER_AGENT, self.0.user_agent.clone());
        headers.insert(header::AUTHORIZATION, self.0.token.header());
        headers
    }

    async fn read(&self, operation: &Operation, mut response: reqwest::Response) -> Result<Answer, Failure> {
        let status = response.status();
        let headers = self.marked(std::mem::take(response.headers_mut()));
        let answer = |body: Bytes| Answer { status, headers, body };
        match read_body(response, self.0.max_body_bytes).await {
            Ok(body) => Ok(answer(body)),
            Err((part, Stop::TooLarge)) => {
                Err(Failure::body_too_large(operation.clone(), self.0.max_body_bytes, answer(part)))
            }
            Err((part, Stop::Broken(error))) => Err(Failure::broken(operation.clone(), error, Some(answer(part)))),
        }
    }

    /// Headers that repeat the token are marked sensitive, so that `Debug` hides them.
    fn marked(&self, mut headers: HeaderMap) -> HeaderMap {
        for value in headers.values_mut() {
            if self.0.token.is_in(value) {
                value.set_sensitive(true);
            }
        }
        headers
    }
}

/// Not the HTTP client: it would tell of proxies and their passwords.
impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transport").field("base_url", &self.base_url()).finish_non_exhaustive()
    }
}

/// Why reading a body stopped before its end.
enum Stop {
    TooLarge,
    Broken(reqwest::Error),
}

/// The body, or the part of it that was read.
async fn read_body(mut response: reqwest::Response, limit: usize) -> Result<Bytes, (Bytes, Stop)> {
    let announced = response.content_length().map_or(0, |length| usize::try_from(length).unwrap_or(usize::MAX));
    if announced > limit {
        return Err((Bytes::new(), Stop::TooLarge));
    }
    let mut body = BytesMut::with_capacity(announced.min(MAX_RESERVED));
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if chunk.len() > limit - body.len() => {
                return Err((body.freeze(), Stop::TooLarge));
            }
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => return Ok(body.freeze()),
            Err(error) => return Err((body.freeze(), Stop::Broken(error))),
        }
    }
}
