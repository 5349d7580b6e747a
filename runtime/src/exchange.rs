//! The interface between a call and the network: it sends one request and returns one response. [`HttpClient`]
//! implements it over HTTP, and the mock of the feature `mock` in memory.
//!
//! [`HttpClient`]: crate::http_client::HttpClient

use std::time::Duration;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::HeaderMap;
use url::Url;

use crate::answer::Answer;
use crate::authentication::Authentication;
use crate::error::Error;
use crate::operation::Operation;
use crate::streams::{Reading, Rest};

/// A request that is complete except for its credentials. Every attempt sends the same one.
pub(crate) struct PreparedRequest {
    pub(crate) operation: Operation,
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Option<Bytes>,
}

/// Sends requests and returns their responses.
pub(crate) trait Exchange: Send + Sync {
    /// Sends `request` once with its credentials and reads the response. Both together may take up to `timeout`.
    fn exchange<'a>(
        &'a self,
        request: &'a PreparedRequest,
        authentication: &'a Authentication,
        timeout: Duration,
    ) -> BoxFuture<'a, Result<Answer, Error>>;

    /// Sends `request` as [`exchange`](Self::exchange) does, and leaves the body of a stream open. A
    /// response without an open body is complete.
    fn open<'a>(
        &'a self,
        request: &'a PreparedRequest,
        authentication: &'a Authentication,
        timeout: Duration,
        _reading: Reading,
    ) -> BoxFuture<'a, Result<(Answer, Option<Rest>), Error>> {
        let exchange = self.exchange(request, authentication, timeout);
        Box::pin(async move { Ok((exchange.await?, None)) })
    }
}
