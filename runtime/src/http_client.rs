//! Exchanges over HTTP: sends a request once and reads the response, up to the configured size of its body.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_util::future::BoxFuture;
use http::{HeaderMap, header};
use url::Url;

use crate::answer::{Answer, hide_cookies};
use crate::error::Error;
use crate::exchange::{Exchange, PreparedRequest};
use crate::tls;
use crate::token::AccessToken;

/// The limit of the memory that is reserved because of a `Content-Length`. More is reserved when more bytes arrive.
const MAX_RESERVED: usize = 1 << 20;

/// An exchange over HTTP with the server at one base URL.
pub(crate) struct HttpClient {
    pub(crate) client: reqwest::Client,
    pub(crate) base_url: Url,
    pub(crate) max_body_bytes: usize,
}

/// Builds a client that sends each request once and unchanged: no redirects, no retries and no added headers, even if
/// other crates enable more features of `reqwest`.
pub(crate) fn build(base_url: &Url, timeout: Duration, connect_timeout: Duration) -> Result<reqwest::Client, Error> {
    let builder = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .no_gzip()
        .no_brotli()
        .no_deflate()
        .no_zstd()
        .http1_only()
        .timeout(timeout)
        .connect_timeout(connect_timeout);
    let builder = match base_url.scheme() {
        "https" => builder.https_only(true),
        // A proxy would receive the token in clear text, so requests to this machine use none.
        _ => builder.no_proxy(),
    };
    let client = tls::for_url(builder, base_url)?.build();
    client.map_err(|error| Error::setup("the HTTP client", error.without_url()))
}

impl Exchange for HttpClient {
    fn exchange<'a>(
        &'a self,
        request: &'a PreparedRequest,
        token: &'a AccessToken,
        timeout: Duration,
    ) -> BoxFuture<'a, Result<Answer, Error>> {
        Box::pin(async move {
            match self.builder(request, token, timeout).send().await {
                Ok(response) => self.read(request, token, response).await,
                Err(error) => Err(Error::broken(request.operation.clone(), error, None)),
            }
        })
    }
}

impl HttpClient {
    fn builder(&self, request: &PreparedRequest, token: &AccessToken, timeout: Duration) -> reqwest::RequestBuilder {
        let mut headers = request.headers.clone();
        headers.insert(header::AUTHORIZATION, token.header());
        let builder = self.client.request(request.operation.method().clone(), request.url.clone());
        let builder = builder.headers(headers).timeout(timeout);
        match &request.body {
            Some(body) => builder.body(body.clone()),
            None => builder,
        }
    }

    async fn read(
        &self,
        request: &PreparedRequest,
        token: &AccessToken,
        mut response: reqwest::Response,
    ) -> Result<Answer, Error> {
        let operation = || request.operation.clone();
        let status = response.status();
        let headers = hide_cookies(mark_sensitive(std::mem::take(response.headers_mut()), token));
        let is_same_origin = is_same_origin(response.url(), &self.base_url);
        let answer = |body: Bytes| Answer { status, headers, body };
        match read_body(response, self.max_body_bytes).await {
            Ok(body) if is_same_origin => Ok(answer(body)),
            Ok(body) => Err(Error::redirected(operation(), answer(body))),
            Err((part, Stop::TooLarge)) => Err(Error::body_too_large(operation(), self.max_body_bytes, answer(part))),
            Err((part, Stop::Broken(error))) => Err(Error::broken(operation(), error, Some(answer(part)))),
        }
    }
}

/// Marks headers that contain the token as sensitive, so that `Debug` hides them.
fn mark_sensitive(mut headers: HeaderMap, token: &AccessToken) -> HeaderMap {
    for value in headers.values_mut() {
        if token.is_in(value) {
            value.set_sensitive(true);
        }
    }
    headers
}

/// Compares scheme, host and port of two URLs. [`Url::origin`] would copy the hosts.
fn is_same_origin(a: &Url, b: &Url) -> bool {
    a.scheme() == b.scheme() && a.host_str() == b.host_str() && a.port_or_known_default() == b.port_or_known_default()
}

/// The reason why reading a body stopped before its end.
enum Stop {
    TooLarge,
    Broken(reqwest::Error),
}

/// Reads the body. An error holds the part that was read.
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
    fn another_scheme_host_or_port_is_another_origin() {
        let url = |text| Url::parse(text).unwrap();
        let ours = url("https://api.salla.dev/admin/v2");
        assert!(is_same_origin(&ours, &url("https://API.salla.dev:443/elsewhere?x=y")));
        for other in
            ["http://api.salla.dev", "http://api.salla.dev:443", "https://salla.dev", "https://api.salla.dev:8443"]
        {
            assert!(!is_same_origin(&ours, &url(other)), "{other}");
        }
    }
}
