//! Responses without a network, for tests of code that uses a client (feature `mock`).
//!
//! A [`Mock`] replaces the server. The client is the real one, with its retries, errors and pagination. The mock
//! records the requests that the client would have sent.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use serde::Serialize;
use url::form_urlencoded;

use crate::answer::Answer;
use crate::config::ClientBuilder;
use crate::error::{Error, Failure};
use crate::exchange::{Exchange, PreparedRequest};
use crate::operation::Operation;
use crate::pacing::Pacing;
use crate::retry::RetryPolicy;
use crate::token::AccessToken;
use crate::transport::Transport;

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

#[derive(Default)]
struct State {
    answers: HashMap<&'static str, VecDeque<Answer>>,
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
    /// Its path below the base URL, percent-encoded.
    pub path: String,
    /// Its query, decoded, in the order of the URL.
    pub query: Vec<(String, String)>,
    /// Its headers, without the token's.
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
        self.add_response(O::operation(), O::STATUS, &O::body(body))
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
        self.add_response(O::operation(), status, body)
    }

    /// Builds a client that sends its requests to this mock. It has no retries and no rate limits.
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
    fn add_response(&self, operation: &'static Operation, status: u16, body: &MockBody) -> &Self {
        let status = StatusCode::from_u16(status).expect("a mocked status is between 100 and 999");
        let answer = Answer { status, headers: body.headers(), body: body.bytes.clone() };
        self.state().answers.entry(operation.id()).or_default().push_back(answer);
        self
    }

    /// Records a request and returns its response.
    fn respond(&self, request: &PreparedRequest) -> Answer {
        let id = request.operation.id();
        let mut state = self.state();
        state.requests.push(MockRequest::from(request));
        let answers = state.answers.get_mut(id);
        let answer = answers.and_then(|answers| match answers.len() {
            0 | 1 => answers.front().cloned(),
            _ => answers.pop_front(),
        });
        drop(state);
        answer.unwrap_or_else(|| panic!("the mock has no response to `{id}`; add one"))
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
        _: &'a AccessToken,
        _: Duration,
    ) -> BoxFuture<'a, Result<Answer, Failure>> {
        Box::pin(async { Ok(self.respond(request)) })
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
    use crate::request::Request;

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
    async fn a_body_that_is_not_json_is_returned_unchanged() {
        let mock = Mock::new();
        mock.answer::<Export>(&Bytes::from_static(b"%PDF"));
        mock.refuse_with::<Export>(409, &MockBody::text("text/plain", "busy"));
        mock.answer::<Delete>(&());
        let transport: Transport = mock.client().unwrap();
        let call = async |operation| transport.call::<String>(Request::new(operation)).await.unwrap();
        let export = call(&EXPORT).await;
        assert_eq!(
            (&export.headers()["content-type"], &export.body()[..]),
            (&"application/pdf".parse().unwrap(), &b"%PDF"[..])
        );
        assert_eq!(call(&EXPORT).await.text_api_error(|text| text).into_api().unwrap(), "busy");
        let deleted = call(&DELETE).await;
        assert_eq!((deleted.status().as_u16(), deleted.headers().len(), deleted.body().len()), (204, 0, 0));
    }
}
