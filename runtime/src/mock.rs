//! Responses without a network, for tests of code that uses a client (feature `mock`).
//!
//! A [`Mock`] replaces the server. The client is the real one, with its retries, errors and pagination. The mock
//! records the requests that the client would have sent.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::time::sleep;
use url::form_urlencoded;

use crate::answer::{Answer, hide_values};
use crate::authentication::Authentication;
use crate::config::ClientBuilder;
use crate::decode;
use crate::error::{Error, ErrorKind};
use crate::exchange::{Exchange, PreparedRequest};
use crate::operation::Operation;
use crate::pacing::Pacing;
use crate::retry::RetryPolicy;
use crate::streams::Event;
use crate::transport::Transport;

/// Decodes a documented example. Generated code calls it with examples that decode.
///
/// # Panics
///
/// When the JSON does not decode.
#[doc(hidden)]
#[must_use]
pub fn example<T: DeserializeOwned>(json: &str) -> T {
    decode::json(json).expect("a documented example decodes into its type")
}

/// A request whose responses can be mocked. Generated code implements it for the builder of each operation.
pub trait Mocked {
    /// The body of the documented success.
    type Success: Serialize;

    /// The status of the documented success.
    const STATUS: u16;

    /// Returns the operation of the request.
    fn operation() -> &'static Operation;

    /// Encodes the documented success: as JSON, unless the operation documents another type.
    ///
    /// # Panics
    ///
    /// When it cannot be encoded as JSON.
    #[must_use]
    fn body(success: &Self::Success) -> MockBody {
        MockBody::json(success)
    }
}

/// The body of a mocked response and its media type.
#[derive(Clone, Debug)]
pub struct MockBody {
    content_type: Option<&'static str>,
    bytes: Bytes,
}

impl MockBody {
    /// Creates a body of JSON.
    ///
    /// # Panics
    ///
    /// When `body` cannot be encoded as JSON.
    #[must_use]
    pub fn json(body: &(impl Serialize + ?Sized)) -> Self {
        let json = serde_json::to_vec(body).expect("a mocked body can be encoded as JSON");
        Self::bytes("application/json", json)
    }

    /// Creates a body of text in UTF-8.
    #[must_use]
    pub fn text(content_type: &'static str, text: impl Into<String>) -> Self {
        Self::bytes(content_type, text.into())
    }

    /// Creates a body of bytes.
    #[must_use]
    pub fn bytes(content_type: &'static str, bytes: impl Into<Bytes>) -> Self {
        Self { content_type: Some(content_type), bytes: bytes.into() }
    }

    /// Creates a body with a line of JSON for each item.
    ///
    /// # Panics
    ///
    /// When an item cannot be encoded as JSON.
    #[must_use]
    pub fn json_lines(content_type: &'static str, items: &[impl Serialize]) -> Self {
        let lines: String = items.iter().map(|item| json_text(item) + "\n").collect();
        Self::text(content_type, lines)
    }

    /// Creates a body of server-sent events with data of JSON.
    ///
    /// # Panics
    ///
    /// When the data cannot be encoded as JSON.
    #[must_use]
    pub fn json_events<T: Serialize>(events: &[Event<T>]) -> Self {
        Self::events(events, |data| json_text(data))
    }

    /// Creates a body of server-sent events with data of text.
    #[must_use]
    pub fn text_events(events: &[Event<String>]) -> Self {
        Self::events(events, Clone::clone)
    }

    fn events<T>(events: &[Event<T>], data: impl Fn(&T) -> String) -> Self {
        let text: String = events.iter().map(|event| event.written(&data(&event.data))).collect();
        Self::text("text/event-stream", text)
    }

    /// Creates an empty body without a media type.
    #[must_use]
    pub fn empty() -> Self {
        Self { content_type: None, bytes: Bytes::new() }
    }

    fn headers(&self) -> HeaderMap {
        let value = |text| HeaderValue::from_str(text).expect("a media type can be sent in a header");
        self.content_type.map(|text| (header::CONTENT_TYPE, value(text))).into_iter().collect()
    }
}

fn json_text(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("a mocked body can be encoded as JSON")
}

/// A response of a [`Mock`] with a status, headers and a delay, or a connection that breaks.
///
/// Delays and timeouts use the clock of tokio, so a test with a paused clock (`#[tokio::test(start_paused = true)]`)
/// does not wait for them.
#[derive(Clone, Debug)]
#[must_use]
pub struct MockResponse {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
    delay: Duration,
    connection: Connection,
}

/// The behavior of a mocked connection.
#[derive(Clone, Copy, Debug)]
enum Connection {
    Complete,
    /// It breaks after the body that was sent.
    BreaksOff,
    /// It breaks before the response.
    Interrupted,
    /// It is never made.
    Refused,
}

impl MockResponse {
    /// Creates a response with this status and an empty body.
    ///
    /// # Panics
    ///
    /// When `status` is not between 100 and 999.
    pub fn new(status: u16) -> Self {
        let status = StatusCode::from_u16(status).expect("a mocked status is between 100 and 999");
        let (headers, body) = (HeaderMap::new(), Bytes::new());
        Self { status, headers, body, delay: Duration::ZERO, connection: Connection::Complete }
    }

    /// Creates the documented success of `O`.
    ///
    /// # Panics
    ///
    /// When `body` cannot be encoded as JSON.
    pub fn success<O: Mocked>(body: &O::Success) -> Self {
        Self::new(O::STATUS).body(&O::body(body))
    }

    /// Creates a connection that is never made, as to a server that is down. No request is sent.
    pub fn refused_connection() -> Self {
        Self { connection: Connection::Refused, ..Self::new(200) }
    }

    /// Creates a connection that breaks before the response. The server may have acted on the request.
    pub fn interrupted() -> Self {
        Self { connection: Connection::Interrupted, ..Self::new(200) }
    }

    /// Sets the body and its media type.
    ///
    /// # Panics
    ///
    /// When the media type cannot be sent in a header.
    pub fn body(mut self, body: &MockBody) -> Self {
        self.headers.extend(body.headers());
        self.body = body.bytes.clone();
        self
    }

    /// Sets the body as JSON.
    ///
    /// # Panics
    ///
    /// When `body` cannot be encoded as JSON.
    pub fn json(self, body: &(impl Serialize + ?Sized)) -> Self {
        self.body(&MockBody::json(body))
    }

    /// Adds a header, such as `Retry-After`.
    ///
    /// # Panics
    ///
    /// When the name or the value cannot be sent.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let name = HeaderName::try_from(name).expect("the name of a header");
        self.headers.append(name, HeaderValue::try_from(value).expect("a value that can be sent in a header"));
        self
    }

    /// Delays the response, or the break of the connection. A delay of at least the client's
    /// [`attempt_timeout`](ClientBuilder::attempt_timeout) ends the attempt with a timeout.
    pub fn delay(self, delay: Duration) -> Self {
        Self { delay, ..self }
    }

    /// Breaks the connection after the body, as if more of it should follow.
    pub fn broken_off(self) -> Self {
        Self { connection: Connection::BreaksOff, ..self }
    }

    /// Returns the response, or the failure of the connection, after the delay or `timeout`.
    async fn receive(self, operation: Operation, timeout: Duration) -> Result<Answer, Error> {
        let Self { status, headers, body, delay, connection } = self;
        let wait = delay.min(timeout);
        if !wait.is_zero() {
            sleep(wait).await;
        }
        let is_late = !delay.is_zero() && delay >= timeout;
        let cause = |cause| if is_late { io::ErrorKind::TimedOut } else { cause };
        let interrupted = io::ErrorKind::ConnectionReset;
        let answer = Answer { status, headers: hide_values(headers, |_| false), body };
        match connection {
            Connection::Refused => {
                Err(Error::mocked(operation, ErrorKind::Connect, cause(io::ErrorKind::ConnectionRefused), None))
            }
            Connection::BreaksOff if !is_late => {
                Err(Error::mocked(operation, ErrorKind::Interrupted, interrupted, Some(answer)))
            }
            Connection::Complete if !is_late => Ok(answer),
            _ => Err(Error::mocked(operation, ErrorKind::Interrupted, cause(interrupted), None)),
        }
    }
}

/// A replacement for a server: the responses that a client gets and the requests that it sent. Clones share both.
///
/// ```
/// use salla_runtime::mock::Mock;
/// use salla_runtime::{Error, Transport};
///
/// # fn main() -> Result<(), Error> {
/// let mock = Mock::new();
/// let transport: Transport = mock.client()?; // or the client of a generated crate
/// # assert!(mock.requests().is_empty());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Default)]
pub struct Mock(Arc<Mutex<State>>);

/// The method of an operation and its name.
type Key = (Method, &'static str);

#[derive(Default)]
struct State {
    responses: HashMap<Key, VecDeque<MockResponse>>,
    requests: Vec<MockRequest>,
}

/// A request that a client sent to a [`Mock`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct MockRequest {
    /// The name of its operation.
    pub operation: &'static str,
    /// Its method.
    pub method: Method,
    /// Its path below the URL of its server, percent-encoded.
    pub path: String,
    /// Its query, decoded, in the order of the URL, without an API key of the credentials.
    pub query: Vec<(String, String)>,
    /// Its headers, without those of the credentials.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Option<Bytes>,
}

impl MockRequest {
    /// Returns the first value of a query parameter.
    #[must_use]
    pub fn param(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

impl Mock {
    /// Creates a mock without responses.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the documented success as the next response to requests of `O`. Responses are given in the order in which
    /// they were added; the last one is repeated for all further requests.
    ///
    /// # Panics
    ///
    /// When `body` cannot be encoded as JSON.
    pub fn answer<O: Mocked>(&self, body: &O::Success) -> &Self {
        self.respond::<O>(MockResponse::success::<O>(body))
    }

    /// Adds a response with headers or a delay, or a connection that breaks. The order is that of
    /// [`answer`](Self::answer).
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use salla_runtime::mock::{Mock, MockResponse, Mocked};
    /// # fn test<ListOrders: Mocked>() {
    /// let mock = Mock::new();
    /// let busy = MockResponse::new(429).header("Retry-After", "7");
    /// let slow = MockResponse::new(200).json("done").delay(Duration::from_secs(3));
    /// mock.respond::<ListOrders>(busy).respond::<ListOrders>(MockResponse::interrupted()).respond::<ListOrders>(slow);
    /// # }
    /// ```
    pub fn respond<O: Mocked>(&self, response: MockResponse) -> &Self {
        let operation = O::operation();
        self.add_response(operation.method().clone(), operation.id(), response)
    }

    /// Adds a response to requests of [`Transport::request`] with this method and this template of a path. The order is
    /// that of [`answer`](Self::answer).
    pub fn respond_to(&self, method: Method, path: &'static str, response: MockResponse) -> &Self {
        self.add_response(method, path, response)
    }

    /// Adds a response with another status, documented or not. The order is that of [`answer`](Self::answer).
    ///
    /// # Panics
    ///
    /// When `status` is not between 100 and 999, or `body` cannot be encoded as JSON.
    pub fn refuse<O: Mocked>(&self, status: u16, body: &impl Serialize) -> &Self {
        self.refuse_with::<O>(status, &MockBody::json(body))
    }

    /// Adds a response as [`refuse`](Self::refuse) does, with a body that is not JSON or with an empty one.
    ///
    /// # Panics
    ///
    /// When `status` is not between 100 and 999, or the type of `body` cannot be sent in a header.
    pub fn refuse_with<O: Mocked>(&self, status: u16, body: &MockBody) -> &Self {
        self.respond::<O>(MockResponse::new(status).body(body))
    }

    /// Builds a client that sends its requests to this mock, those of operations with their own servers too. It has no
    /// retries and no rate limits.
    ///
    /// # Errors
    ///
    /// As [`ClientBuilder::build`].
    pub fn client<C: From<Transport>>(&self) -> Result<C, Error> {
        self.builder().build()
    }

    /// Returns a builder of a client as [`client`](Self::client) builds it, for tests of retries, timeouts and pacing.
    #[must_use]
    pub fn builder<C>(&self) -> ClientBuilder<C> {
        let builder = ClientBuilder::new("http://localhost").token("mock");
        let mut builder = builder.retry(RetryPolicy::none()).pacing(Pacing::none());
        builder.exchange = Some(Arc::new(self.clone()));
        builder
    }

    /// Returns the requests so far, in order.
    #[must_use]
    pub fn requests(&self) -> Vec<MockRequest> {
        self.state().requests.clone()
    }

    /// Adds a response to the queue of an operation.
    fn add_response(&self, method: Method, id: &'static str, response: MockResponse) -> &Self {
        self.state().responses.entry((method, id)).or_default().push_back(response);
        self
    }

    /// Records a request and returns its response.
    fn next_response(&self, request: &PreparedRequest) -> MockResponse {
        let (method, id) = (request.operation.method().clone(), request.operation.id());
        let mut state = self.state();
        state.requests.push(MockRequest::from(request));
        let responses = state.responses.get_mut(&(method, id));
        let response = responses.and_then(|responses| match responses.len() {
            0 | 1 => responses.front().cloned(),
            _ => responses.pop_front(),
        });
        drop(state);
        response.unwrap_or_else(|| panic!("the mock has no response to `{id}`; add one"))
    }

    /// Locks the state. A poisoned lock belongs to a test that has failed already.
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl From<&PreparedRequest> for MockRequest {
    fn from(request: &PreparedRequest) -> Self {
        let query = request.url.query().unwrap_or_default();
        Self {
            operation: request.operation.id(),
            method: request.operation.method().clone(),
            path: request.url.path().to_owned(),
            query: form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
            headers: request.headers.clone(),
            body: request.body.clone(),
        }
    }
}

impl Exchange for Mock {
    fn exchange<'a>(
        &'a self,
        request: &'a PreparedRequest,
        _: &'a Authentication,
        timeout: Duration,
    ) -> BoxFuture<'a, Result<Answer, Error>> {
        Box::pin(async move { self.next_response(request).receive(request.operation.clone(), timeout).await })
    }
}

impl fmt::Debug for Mock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mock").field("requests", &self.state().requests.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::credentials::CredentialSet;
    use crate::request::Request;
    use crate::response::RawResponse;
    use crate::security::{Scheme, Security};

    static EXPORT: Operation = Operation::new("export", Method::GET, "/export");
    static DELETE: Operation = Operation::new("delete", Method::DELETE, "/export");

    struct Export;

    impl Mocked for Export {
        type Success = Bytes;
        const STATUS: u16 = 200;

        fn operation() -> &'static Operation {
            &EXPORT
        }

        fn body(success: &Bytes) -> MockBody {
            MockBody::bytes("application/pdf", success.clone())
        }
    }

    struct Delete;

    impl Mocked for Delete {
        type Success = ();
        const STATUS: u16 = 204;

        fn operation() -> &'static Operation {
            &DELETE
        }

        fn body((): &()) -> MockBody {
            MockBody::empty()
        }
    }

    #[tokio::test]
    async fn a_mock_needs_no_credentials_and_records_none() {
        static KEYS: Security = Security { schemes: &[Scheme::query("key", "T_KEY", "key")], default: &[&[0]] };
        let mock = Mock::new();
        mock.answer::<Delete>(&());
        let keys = CredentialSet::new(&KEYS);
        let [bare, with_key] = [mock.builder(), mock.builder().credentials(keys.clone().set(0, "marked"))];
        for builder in [bare, with_key] {
            let transport: Transport = builder.build().unwrap();
            transport.call(Request::new(&DELETE)).await.unwrap();
        }
        let requests = mock.requests();
        assert_eq!((requests.len(), requests[1].query.len()), (2, 0));
        assert!(!format!("{requests:?}").contains("marked"));
        let without_key: Transport = mock.builder().credentials(keys).build().unwrap();
        assert!(without_key.call(Request::new(&DELETE)).await.unwrap_err().is_configuration());
    }

    #[tokio::test]
    async fn a_body_that_is_not_json_is_returned_unchanged() {
        let mock = Mock::new();
        mock.answer::<Export>(&Bytes::from_static(b"%PDF"));
        mock.refuse_with::<Export>(409, &MockBody::text("text/plain", "busy"));
        mock.answer::<Delete>(&());
        let transport: Transport = mock.client().unwrap();
        let call = async |operation| transport.call(Request::new(operation)).await.unwrap();
        let export = call(&EXPORT).await;
        assert_eq!(
            (&export.headers()["content-type"], &export.body()[..]),
            (&"application/pdf".parse().unwrap(), &b"%PDF"[..])
        );
        assert_eq!(call(&EXPORT).await.text().unwrap().into_inner(), "busy");
        let deleted = call(&DELETE).await;
        assert_eq!((deleted.status().as_u16(), deleted.headers().len(), deleted.body().len()), (204, 0, 0));
    }

    const LONG: Duration = Duration::from_secs(3600);

    /// Returns the outcome of a request for [`Export`] with retries, and the time that it took.
    async fn retried(mock: &Mock, timeout: Duration) -> (Result<RawResponse, Error>, Duration) {
        let policy = RetryPolicy::new().base_delay(Duration::from_nanos(1));
        let transport: Transport = mock.builder().retry(policy).attempt_timeout(timeout).build().unwrap();
        let begun = tokio::time::Instant::now();
        (transport.call(Request::new(&EXPORT)).await, begun.elapsed())
    }

    #[tokio::test(start_paused = true)]
    async fn a_retry_after_can_be_tested_without_waiting() {
        let mock = Mock::new();
        mock.respond::<Export>(MockResponse::new(429).header("Retry-After", "7").json("busy"));
        mock.respond::<Export>(MockResponse::new(200).header("x-a", "1").header("x-a", "2").json("done"));
        let (response, took) = retried(&mock, LONG).await;
        let response = response.unwrap();
        assert_eq!((response.headers().get_all("x-a").iter().count(), took.as_secs()), (2, 7));
        assert_eq!((response.body(), mock.requests().len()), (&Bytes::from("\"done\""), 2));
    }

    #[tokio::test(start_paused = true)]
    async fn a_refused_request_is_repeated_when_the_rate_limit_allows_it_before_the_deadline() {
        for (seconds, sent) in [("7", 2_u8), ("20", 1)] {
            let mock = Mock::new();
            mock.respond::<Export>(MockResponse::new(429).header("Retry-After", seconds).json("busy"));
            mock.respond::<Export>(MockResponse::new(200).json("done"));
            let builder = mock.builder().pacing(Pacing::observed()).timeout(Duration::from_secs(10));
            let transport: Transport = builder.retry(RetryPolicy::new()).build().unwrap();
            let response = transport.call(Request::new(&EXPORT)).await.unwrap();
            assert_eq!(
                (response.into_parts().3, mock.requests().len()),
                (u32::from(sent), usize::from(sent)),
                "{seconds}"
            );
        }
    }

    #[test]
    fn items_and_events_are_encoded_as_json() {
        let items = [Some("ا"), None];
        assert_eq!(MockBody::json_lines("application/jsonl", &items).bytes, "\"ا\"\nnull\n");
        let events = items.map(Event::new);
        assert_eq!(MockBody::json_events(&events).bytes, "data: \"ا\"\n\ndata: null\n\n");
    }

    #[tokio::test(start_paused = true)]
    async fn a_delay_ends_with_the_response_or_with_a_timeout() {
        let second = Duration::from_secs(1);
        let (response, took) = retried(Mock::new().respond::<Export>(MockResponse::new(200).delay(second)), LONG).await;
        assert_eq!((response.unwrap().status().as_u16(), took.as_secs()), (200, 1));
        let mock = Mock::new();
        mock.respond::<Export>(MockResponse::new(200).delay(LONG));
        let transport: Transport = mock.builder().attempt_timeout(second).build().unwrap();
        let error: Error = transport.call(Request::new(&EXPORT)).await.unwrap_err();
        assert!(error.is_timeout() && error.is_interrupted() && error.status().is_none());
        assert_eq!(error.to_string(), "GET /export: no response: timed out");
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_that_breaks_after_the_timeout_of_an_attempt_is_a_timeout() {
        let mock = Mock::new();
        mock.respond::<Export>(MockResponse::new(200).json("part").broken_off().delay(LONG));
        let transport: Transport = mock.builder().attempt_timeout(Duration::from_secs(1)).build().unwrap();
        let error: Error = transport.call(Request::new(&EXPORT)).await.unwrap_err();
        assert!(error.is_timeout() && error.status().is_none(), "{error:?}");
    }

    #[tokio::test]
    async fn a_refusal_can_be_followed_by_further_responses() {
        let mock = Mock::new();
        mock.refuse::<Export>(409, &"busy").refuse::<Export>(410, &"gone");
        let transport: Transport = mock.client().unwrap();
        for status in [409, 410] {
            assert_eq!(transport.call(Request::new(&EXPORT)).await.unwrap().status(), status);
        }
    }

    #[tokio::test]
    async fn the_parameters_of_a_request_can_be_read_by_name() {
        let mock = Mock::new();
        mock.answer::<Export>(&Bytes::new());
        let transport: Transport = mock.client().unwrap();
        transport.call(Request::new(&EXPORT).query("a", "1 2").query("b", "3").query("a", "4")).await.unwrap();
        assert!(format!("{mock:?}").contains("requests: 1"), "{mock:?}");
        let requests = mock.requests();
        assert_eq!(["a", "b", "c"].map(|name| requests[0].param(name)), [Some("1 2"), Some("3"), None]);
    }

    #[tokio::test(start_paused = true)]
    async fn mocked_connections_fail_like_real_ones() {
        let broken_off = MockResponse::new(200).header("x-id", "7").json("part").broken_off();
        for (response, is_connect, status) in [
            (MockResponse::refused_connection(), true, None),
            (MockResponse::interrupted(), false, None),
            (broken_off, false, Some(StatusCode::OK)),
        ] {
            let mock = Mock::new();
            mock.respond::<Export>(response.clone()).respond::<Delete>(response);
            let (outcome, _) = retried(&mock, LONG).await;
            let error = outcome.unwrap_err();
            assert!(error.attempts() == 4 && error.is_retryable() && !error.is_timeout(), "{error:?}");
            assert_eq!((error.is_connect(), error.is_interrupted(), error.status()), (is_connect, !is_connect, status));
            let transport: Transport = mock.client().unwrap();
            let error: Error = transport.call(Request::new(&DELETE)).await.unwrap_err();
            assert_eq!(error.is_retryable(), is_connect, "a DELETE may be repeated only if it was never sent");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_raw_request_uses_the_same_transport() {
        let mock = Mock::new();
        let busy = MockResponse::new(503).header("retry-after", "5");
        mock.respond_to(Method::PUT, "/orders/{id}", busy).respond_to(
            Method::PUT,
            "/orders/{id}",
            MockResponse::new(200).json(&serde_json::json!({"id": 7})),
        );
        mock.respond_to(Method::GET, "/orders/{id}", MockResponse::new(404).json("no"));
        let transport: Transport = mock.builder().retry(RetryPolicy::new()).build().unwrap();
        let request = transport.request(Method::PUT, "/orders/{id}").path_param("id", "a/b").query("x", [1, 2]);
        let request = request.header("x-note", "marked").json(&["marked"]).idempotent();
        let debug = format!("{request:?}");
        assert!(debug.contains("/orders/{id}") && !debug.contains("marked"), "{debug}");
        let begun = tokio::time::Instant::now();
        let order = request.send().await.unwrap().error_for_status().unwrap().json::<serde_json::Value>().unwrap();
        assert_eq!((&order["id"], begun.elapsed().as_secs()), (&7.into(), 5));
        let sent = mock.requests().pop().unwrap();
        assert_eq!((sent.path.as_str(), sent.query.len()), ("/orders/a%2Fb", 2));
        assert_eq!(sent.headers["x-note"], "marked");
        assert_eq!((sent.body.unwrap(), mock.requests().len()), (Bytes::from("[\"marked\"]"), 2));
        let missing = transport.request(Method::GET, "/orders/{id}").path_param("id", 1).send().await.unwrap();
        let error = missing.error_for_status().unwrap_err();
        assert!(error.is_api() && error.to_string() == "GET /orders/{id}: 404 Not Found", "{error}");
        let refused = transport.request(Method::GET, "/orders").header("Authorization", "marked").send().await;
        assert!(refused.unwrap_err().is_invalid_request());
        for path in ["orders", "/orders?a=1", "/orders#a"] {
            let error = transport.request(Method::GET, path).send().await.unwrap_err();
            assert!(error.is_invalid_request() && error.to_string().contains("path: "), "{error}");
        }
    }
}
