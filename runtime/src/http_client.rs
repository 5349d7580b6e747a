//! Exchanges over HTTP: sends a request once and reads the response, up to the configured size of its body.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_util::future::BoxFuture;
use tokio::time::{Instant, timeout_at};
use url::Url;

use crate::answer::{Answer, hide_values};
use crate::authentication::Authentication;
use crate::error::Error;
use crate::exchange::{Exchange, PreparedRequest};
use crate::limits::{self, NEVER};
use crate::streams::{Reading, Rest};
use crate::tls;

/// The limit of the memory that is reserved because of a `Content-Length`. More is reserved when more bytes arrive.
const MAX_RESERVED: usize = 1 << 20;

/// An exchange over HTTP with the servers of an API.
pub(crate) struct HttpClient {
    /// The client for requests over `https`.
    secure: Usable,
    /// The client for requests to this machine over `http`.
    plain: Usable,
    max_body_bytes: usize,
    /// The timeout that `client` sets for each request, if it is known.
    timeout: Option<Duration>,
}

/// A client, or the reason why requests cannot be sent by it.
type Usable = Result<reqwest::Client, String>;

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
        authentication: &'a Authentication,
        timeout: Duration,
    ) -> BoxFuture<'a, Result<Answer, Error>> {
        // The future has only what it needs, so that it is small.
        let timeout = Some(timeout).filter(|_| self.timeout != Some(timeout));
        let sent = self.client_for(request).map(|client| client.execute(complete(request, authentication, timeout)));
        Box::pin(async move {
            let sent = match sent {
                Ok(sent) => sent.await,
                Err(reason) => return Err(Error::misconfigured(request.operation.clone(), reason)),
            };
            let mut response = sent.map_err(|error| Error::broken(request.operation.clone(), error, None))?;
            let head = head(&mut response, authentication);
            let body = read_body(&mut response, self.max_body_bytes).await;
            self.answer(request, head, response.url(), body)
        })
    }

    fn open<'a>(
        &'a self,
        request: &'a PreparedRequest,
        authentication: &'a Authentication,
        timeout: Duration,
        reading: Reading,
    ) -> BoxFuture<'a, Result<(Answer, Option<Rest>), Error>> {
        Box::pin(self.send_and_open(request, authentication, limits::deadline(Instant::now(), timeout), reading))
    }
}

/// Returns the request to send. `timeout` is `None` for that of the client. The request is not built by
/// `reqwest::RequestBuilder`, which would copy the headers once more.
fn complete(request: &PreparedRequest, authentication: &Authentication, timeout: Option<Duration>) -> reqwest::Request {
    let (mut url, mut headers) = (request.url.clone(), request.headers.clone());
    authentication.add_to(&mut url, &mut headers);
    let mut complete = reqwest::Request::new(request.operation.method().clone(), url);
    *complete.headers_mut() = headers;
    if timeout.is_some() {
        *complete.timeout_mut() = timeout;
    }
    *complete.body_mut() = request.body.clone().map(reqwest::Body::from);
    complete
}

impl HttpClient {
    /// Creates an exchange with the servers at these URLs. Only the calls to servers of operations fail if this machine
    /// cannot set up the TLS that they alone need.
    ///
    /// # Errors
    ///
    /// A configuration error if requests to the base URL cannot be sent.
    pub(crate) fn new(
        base_url: &Url,
        own: &[&Url],
        max_body_bytes: usize,
        timeout: Duration,
        connect_timeout: Duration,
    ) -> Result<Self, Error> {
        let of_base = Ok(build(base_url, timeout, connect_timeout)?);
        let other = own.iter().find(|url| url.scheme() != base_url.scheme());
        let of_others = other.map_or_else(
            || Err("no server has this scheme".to_owned()),
            |url| build(url, timeout, connect_timeout).map_err(|error| error.to_string()),
        );
        let (secure, plain) = if base_url.scheme() == "https" { (of_base, of_others) } else { (of_others, of_base) };
        Ok(Self { secure, plain, max_body_bytes, timeout: Some(timeout) })
    }

    /// Creates an exchange by a client of the caller.
    pub(crate) fn custom(client: reqwest::Client, max_body_bytes: usize) -> Self {
        Self { secure: Ok(client.clone()), plain: Ok(client), max_body_bytes, timeout: None }
    }

    /// Returns the client for the server of a request, or the reason why there is none.
    fn client_for(&self, request: &PreparedRequest) -> Result<&reqwest::Client, &String> {
        let client = if request.url.scheme() == "https" { &self.secure } else { &self.plain };
        client.as_ref()
    }

    /// Sends a request, and reads its response until the deadline, unless the body is a stream.
    async fn send_and_open(
        &self,
        request: &PreparedRequest,
        authentication: &Authentication,
        deadline: Instant,
        reading: Reading,
    ) -> Result<(Answer, Option<Rest>), Error> {
        let operation = || request.operation.clone();
        let client = self.client_for(request).map_err(|reason| Error::misconfigured(operation(), reason))?;
        let sent = timeout_at(deadline, client.execute(complete(request, authentication, Some(NEVER)))).await;
        let sent = sent.map_err(|_| Error::response_timeout(operation(), None))?;
        let mut response = sent.map_err(|error| Error::broken(operation(), error, None))?;
        let is_open =
            reading.of.contains(response.status(), response.headers()) && is_same_origin(response.url(), &request.url);
        let head = head(&mut response, authentication);
        if is_open {
            return Ok((head, Some(Rest::new(response, reading.idle, self.max_body_bytes))));
        }
        // The status and the headers count even if the body is late.
        let late = head.clone();
        match timeout_at(deadline, read_body(&mut response, self.max_body_bytes)).await {
            Ok(body) => self.answer(request, head, response.url(), body).map(|answer| (answer, None)),
            Err(_) => Err(Error::response_timeout(operation(), Some(late))),
        }
    }

    /// Returns the response with this head that came from `url`, or the reason why its body was not read as a whole.
    fn answer(
        &self,
        request: &PreparedRequest,
        head: Answer,
        url: &Url,
        body: Result<Bytes, (Bytes, Stop)>,
    ) -> Result<Answer, Error> {
        let operation = || request.operation.clone();
        let answer = |body: Bytes| Answer { body, ..head };
        match body {
            Ok(body) if is_same_origin(url, &request.url) => Ok(answer(body)),
            Ok(body) => Err(Error::redirected(operation(), answer(body))),
            Err((part, Stop::TooLarge)) => Err(Error::body_too_large(operation(), self.max_body_bytes, answer(part))),
            Err((part, Stop::Broken(error))) => Err(Error::broken(operation(), error, Some(answer(part)))),
        }
    }
}

/// Takes the status and the headers of a response, without secrets in `Debug`. The body is still to be read.
fn head(response: &mut reqwest::Response, authentication: &Authentication) -> Answer {
    let headers = hide_values(std::mem::take(response.headers_mut()), |value| authentication.is_in(value));
    Answer { status: response.status(), headers, body: Bytes::new() }
}

/// Compares scheme, host and port of two URLs. [`Url::origin`] would copy the hosts.
fn is_same_origin(a: &Url, b: &Url) -> bool {
    // The URLs are equal as a whole, unless credentials are in the query.
    a == b
        || a.scheme() == b.scheme()
            && a.host_str() == b.host_str()
            && a.port_or_known_default() == b.port_or_known_default()
}

/// The reason why reading a body stopped before its end.
enum Stop {
    TooLarge,
    Broken(reqwest::Error),
}

/// Reads the body. An error holds the part that was read.
async fn read_body(response: &mut reqwest::Response, limit: usize) -> Result<Bytes, (Bytes, Stop)> {
    let announced = response.content_length().map_or(0, |length| usize::try_from(length).unwrap_or(usize::MAX));
    if announced > limit {
        return Err((Bytes::new(), Stop::TooLarge));
    }
    let mut body = Body { announced, whole: Bytes::new(), parts: BytesMut::new() };
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if chunk.len() > limit - body.len() => return Err((body.finish(), Stop::TooLarge)),
            Ok(Some(chunk)) => body.push(chunk),
            Ok(None) => return Ok(body.finish()),
            Err(error) => return Err((body.finish(), Stop::Broken(error))),
        }
    }
}

/// The part of a body that was read. A body that arrives in one piece is not copied.
struct Body {
    /// The length of the body, or 0 if it is not known.
    announced: usize,
    /// The only piece, if it is the whole body.
    whole: Bytes,
    /// The pieces, if there are several.
    parts: BytesMut,
}

impl Body {
    fn len(&self) -> usize {
        self.whole.len() + self.parts.len()
    }

    fn push(&mut self, chunk: Bytes) {
        if self.len() == 0 && chunk.len() == self.announced {
            self.whole = chunk;
            return;
        }
        if self.parts.is_empty() {
            self.parts.reserve(self.announced.min(MAX_RESERVED));
        }
        self.parts.extend_from_slice(&std::mem::take(&mut self.whole));
        self.parts.extend_from_slice(&chunk);
    }

    fn finish(self) -> Bytes {
        if self.parts.is_empty() { self.whole } else { self.parts.freeze() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_scheme_in_use_has_a_client() {
        let url = |text| Url::parse(text).unwrap();
        let (http, https) = (url("http://localhost"), url("https://a.b"));
        let of = |own: &[&Url]| HttpClient::new(&http, own, 1, Duration::MAX, Duration::MAX).ok().unwrap();
        assert!(of(&[]).plain.is_ok() && of(&[&http]).secure.is_err());
        let secure = of(&[&http, &https]).secure;
        assert_eq!(secure.is_ok(), cfg!(any(feature = "rustls", feature = "native-tls")));
        assert!(secure.err().is_none_or(|reason| reason.contains("needs TLS")));
    }

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

    #[test]
    fn a_body_in_one_piece_is_not_copied_and_pieces_are_joined() {
        let new = |announced| Body { announced, whole: Bytes::new(), parts: BytesMut::new() };
        let piece = Bytes::from(b"whole".to_vec());
        let mut body = new(5);
        body.push(piece.clone());
        assert_eq!(body.finish().as_ptr(), piece.as_ptr());
        for (announced, pieces) in [(0, &["whole"][..]), (6, &["wh", "ol", "e"]), (2, &["wh", "ole"]), (9, &["whole"])]
        {
            let mut body = new(announced);
            for piece in pieces {
                body.push(Bytes::from_static(piece.as_bytes()));
            }
            assert_eq!((body.len(), body.finish()), (5, Bytes::from_static(b"whole")), "{announced}");
        }
        assert_eq!(new(7).finish(), Bytes::new());
    }
}
