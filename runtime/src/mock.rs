//! Answers without a network, for the tests of those who use a client (feature `mock`).
//!
//! A [`Mock`] takes the place of the server: the client is the real one, with its retries, its errors and its paging,
//! and what it would have sent can be looked at.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use serde::Serialize;
use url::{Url, form_urlencoded};

use crate::config::ClientBuilder;
use crate::error::Error;
use crate::pacing::Pacing;
use crate::request::Operation;
use crate::response::Answer;
use crate::retry::RetryPolicy;
use crate::transport::Transport;

/// A request whose answers can be mocked. Implemented by generated code, for the builder of each operation.
pub trait Mocked {
    /// The body of the documented success.
    type Success: Serialize;

    /// The status of the documented success.
    const STATUS: u16;

    /// The operation that the request is of.
    fn operation() -> &'static Operation;

    /// How the documented success is sent: as JSON, unless the operation documents something else.
    ///
    /// # Panics
    ///
    /// When it cannot be encoded as JSON.
    #[must_use]
    fn body(success: &Self::Success) -> MockBody {
        MockBody::json(success)
    }
}

/// The body of an answer, and its type.
#[derive(Clone, Debug)]
pub struct MockBody {
    content_type: Option<&'static str>,
    bytes: Bytes,
}

impl MockBody {
    /// JSON.
    ///
    /// # Panics
    ///
    /// When `body` cannot be encoded as JSON.
    #[must_use]
    pub fn json(body: &(impl Serialize + ?Sized)) -> Self {
        let json = serde_json::to_vec(body).expect("a mocked body can be encoded as JSON");
        Self::bytes("application/json", json)
    }

    /// Text of this type, in UTF-8.
    #[must_use]
    pub fn text(content_type: &'static str, text: impl Into<String>) -> Self {
        Self::bytes(content_type, text.into())
    }

    /// Bytes of this type.
    #[must_use]
    pub fn bytes(content_type: &'static str, bytes: impl Into<Bytes>) -> Self {
        Self { content_type: Some(content_type), bytes: bytes.into() }
    }

    /// No body.
    #[must_use]
    pub fn empty() -> Self {
        Self { content_type: None, bytes: Bytes::new() }
    }

    fn headers(&self) -> HeaderMap {
        let value = |text| HeaderValue::from_str(text).expect("a mocked type can be sent in a header");
        self.content_type.map(|text| (header::CONTENT_TYPE, value(text))).into_iter().collect()
    }
}

/// The answers that a client gets instead of a server's, and the requests that it sent. Clones share them.
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
    /// The name of the operation that it is of.
    pub operation: &'static str,
    /// Its method.
    pub method: Method,
    /// Its path below the base URL, percent-encoded.
    pub path: String,
    /// Its query, decoded, in the order in which it was written.
    pub query: Vec<(String, String)>,
    /// Its headers, but for the token's.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Option<Bytes>,
}

impl MockRequest {
    /// The first value of a query parameter.
    #[must_use]
    pub fn param(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

impl Mock {
    /// A mock that answers nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Answers a request of `O` with its documented success. Answers are given in the order in which they were set,
    /// the last one to all requests that follow.
    ///
    /// # Panics
    ///
    /// When `body` cannot be encoded as JSON.
    pub fn answer<O: Mocked>(&self, body: &O::Success) -> &Self {
        self.set(O::operation(), O::STATUS, &O::body(body))
    }

    /// Answers a request of `O` with another status, documented or not, in the same order as [`answer`](Self::answer).
    ///
    /// # Panics
    ///
    /// When `status` is no status, or `body` cannot be encoded as JSON.
    pub fn refuse<O: Mocked>(&self, status: u16, body: &impl Serialize) -> &Self {
        self.refuse_with::<O>(status, &MockBody::json(body))
    }

    /// Answers as [`refuse`](Self::refuse) does, with a body that is no JSON, or with none.
    ///
    /// # Panics
    ///
    /// When `status` is no status, or the type of `body` cannot be sent in a header.
    pub fn refuse_with<O: Mocked>(&self, status: u16, body: &MockBody) -> &Self {
        self.set(O::operation(), status, body)
    }

    /// A client that asks this mock: it sends each request once, and does not pace.
    ///
    /// # Errors
    ///
    /// As [`ClientBuilder::build`].
    pub fn client<C: From<Transport>>(&self) -> Result<C, Error> {
        self.builder().build()
    }

    /// The builder of such a client, for tests of retries, deadlines and paces.
    #[must_use]
    pub fn builder<C>(&self) -> ClientBuilder<C> {
        let builder = ClientBuilder::new("http://localhost").token("mock");
        builder.retry(RetryPolicy::none()).pacing(Pacing::none()).mocked_by(self.clone())
    }

    /// The requests that were sent, in their order.
    #[must_use]
    pub fn requests(&self) -> Vec<MockRequest> {
        self.state().requests.clone()
    }

    fn set(&self, operation: &'static Operation, status: u16, body: &MockBody) -> &Self {
        let status = StatusCode::from_u16(status).expect("a mocked status is between 100 and 999");
        let answer = Answer { status, headers: body.headers(), body: body.bytes.clone() };
        self.state().answers.entry(operation.id()).or_default().push_back(answer);
        self
    }

    /// Takes note of a request, and answers it.
    pub(crate) fn exchange(
        &self,
        operation: &Operation,
        method: &Method,
        url: &Url,
        headers: &HeaderMap,
        body: Option<&Bytes>,
    ) -> Answer {
        let mut state = self.state();
        state.requests.push(MockRequest {
            operation: operation.id(),
            method: method.clone(),
            path: url.path().to_owned(),
            query: form_urlencoded::parse(url.query().unwrap_or_default().as_bytes()).into_owned().collect(),
            headers: headers.clone(),
            body: body.cloned(),
        });
        let answers = state.answers.get_mut(operation.id());
        let answer = answers.and_then(|answers| match answers.len() {
            0 | 1 => answers.front().cloned(),
            _ => answers.pop_front(),
        });
        drop(state);
        answer.unwrap_or_else(|| panic!("the mock has no answer to `{}`: give it one", operation.id()))
    }

    /// A test that panicked while it held the lock has failed already.
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
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
    async fn what_is_no_json_is_answered_as_it_is() {
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
