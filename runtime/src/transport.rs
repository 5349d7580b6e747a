//! What goes over the wire. [`Transport::call`] hands a request to [`call`], which sends it as often as
//! it takes; what is here sends once and reads the answer, never more of its body than the configured limit.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, HeaderValue, Method, header};
use url::Url;

use crate::auth::{AccessToken, TokenSource};
use crate::call;
use crate::error::{Error, Failure};
use crate::pacing::Pacer;
use crate::request::{Operation, Parts, Request};
use crate::response::{Answer, RawResponse};
use crate::retry::RetryPolicy;

/// The most that is set aside for a body because its `Content-Length` says so; the rest is, as it arrives.
const MAX_RESERVED: usize = 1 << 20;

/// A connection pool, a base URL, a source of tokens and a pace: what a generated client is built on. Cheap to clone;
/// clones share all of them.
#[derive(Clone)]
pub struct Transport(Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) http: reqwest::Client,
    pub(crate) base_url: Url,
    pub(crate) token: Arc<dyn TokenSource>,
    pub(crate) user_agent: HeaderValue,
    pub(crate) language: Option<HeaderValue>,
    pub(crate) max_body_bytes: usize,
    pub(crate) timeout: Duration,
    pub(crate) attempt_timeout: Duration,
    pub(crate) retry: RetryPolicy,
    pub(crate) pacer: Pacer,
    #[cfg(feature = "mock")]
    pub(crate) mock: Option<crate::mock::Mock>,
}

/// A request as it is sent each time, but for the token.
pub(crate) struct Prepared {
    method: Method,
    url: Url,
    headers: HeaderMap,
    body: Option<Bytes>,
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

    /// Sends `request`, repeats it where that is allowed and worth it, and gives the last answer, whatever its status.
    ///
    /// # Errors
    ///
    /// When the request cannot be sent as it is, and when no complete answer comes back.
    pub async fn call<E>(&self, request: Request) -> Result<RawResponse, Error<E>> {
        Ok(call::run(&self.0, request).await?)
    }
}

impl Inner {
    /// What `parts` are on the wire.
    pub(crate) fn prepare(&self, operation: &Operation, parts: Parts) -> Prepared {
        let url = self.url(&parts);
        Prepared { method: operation.method().clone(), url, headers: self.headers(parts.headers), body: parts.body }
    }

    /// The request's path below the base URL. The setters cannot leave its scheme, host and port.
    fn url(&self, parts: &Parts) -> Url {
        let mut url = self.base_url.clone();
        let path = format!("{}{}", url.path().trim_end_matches('/'), parts.path);
        url.set_path(&path);
        url.set_query((!parts.query.is_empty()).then_some(&parts.query));
        url
    }

    /// What every request carries wins over what the request brought, but for the types and the language that it wants
    /// as an answer.
    fn headers(&self, mut headers: HeaderMap) -> HeaderMap {
        headers.entry(header::ACCEPT).or_insert(HeaderValue::from_static("application/json"));
        headers.insert(header::USER_AGENT, self.user_agent.clone());
        if let Some(language) = &self.language {
            headers.entry(header::ACCEPT_LANGUAGE).or_insert_with(|| language.clone());
        }
        headers
    }

    /// Sends `prepared` once, with this token, and reads the answer. All of it may take as long as `timeout`.
    pub(crate) async fn exchange(
        &self,
        operation: &Operation,
        prepared: &Prepared,
        token: &AccessToken,
        timeout: Duration,
    ) -> Result<Answer, Failure> {
        #[cfg(feature = "mock")]
        if let Some(mock) = &self.mock {
            let Prepared { method, url, headers, body } = prepared;
            return Ok(mock.exchange(operation, method, url, headers, body.as_ref()));
        }
        match self.request(prepared, token, timeout).send().await {
            Ok(response) => self.read(operation, token, response).await,
            Err(error) => Err(Failure::broken(operation.clone(), error, None)),
        }
    }

    fn request(&self, prepared: &Prepared, token: &AccessToken, timeout: Duration) -> reqwest::RequestBuilder {
        let mut headers = prepared.headers.clone();
        headers.insert(header::AUTHORIZATION, token.header());
        let request = self.http.request(prepared.method.clone(), prepared.url.clone()).headers(headers);
        let request = request.timeout(timeout);
        match &prepared.body {
            Some(body) => request.body(body.clone()),
            None => request,
        }
    }

    async fn read(
        &self,
        operation: &Operation,
        token: &AccessToken,
        mut response: reqwest::Response,
    ) -> Result<Answer, Failure> {
        let status = response.status();
        let headers = marked(std::mem::take(response.headers_mut()), token);
        let is_ours = same_origin(response.url(), &self.base_url);
        let answer = |body: Bytes| Answer { status, headers, body };
        match read_body(response, self.max_body_bytes).await {
            Ok(body) if is_ours => Ok(answer(body)),
            Ok(body) => Err(Failure::redirected(operation.clone(), answer(body))),
            Err((part, Stop::TooLarge)) => {
                Err(Failure::body_too_large(operation.clone(), self.max_body_bytes, answer(part)))
            }
            Err((part, Stop::Broken(error))) => Err(Failure::broken(operation.clone(), error, Some(answer(part)))),
        }
    }
}

/// Headers that repeat the token are marked sensitive, so that `Debug` hides them.
fn marked(mut headers: HeaderMap, token: &AccessToken) -> HeaderMap {
    for value in headers.values_mut() {
        if token.is_in(value) {
            value.set_sensitive(true);
        }
    }
    headers
}

/// Whether two URLs lead to the same server. [`Url::origin`] would copy the hosts.
fn same_origin(one: &Url, other: &Url) -> bool {
    one.scheme() == other.scheme()
        && one.host_str() == other.host_str()
        && one.port_or_known_default() == other.port_or_known_default()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_scheme_host_or_port_is_another_place() {
        let url = |text| Url::parse(text).unwrap();
        let ours = url("https://api.salla.dev/admin/v2");
        assert!(same_origin(&ours, &url("https://API.salla.dev:443/elsewhere?x=y")));
        for other in
            ["http://api.salla.dev", "http://api.salla.dev:443", "https://salla.dev", "https://api.salla.dev:8443"]
        {
            assert!(!same_origin(&ours, &url(other)), "{other}");
        }
    }
}
