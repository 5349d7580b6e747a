//! The public entry to the network: a [`Transport`] sends the requests of a generated client.

use std::fmt;
use std::sync::Arc;

use crate::call::{self, Context};
use crate::error::Error;
use crate::request::Request;
use crate::response::RawResponse;
use crate::streams::{Framing, Streamed, StreamedBody};

/// The base of a generated client: a connection pool, a base URL, a source of tokens and rate limits. It is cheap to
/// clone, and clones share all of these.
#[derive(Clone)]
pub struct Transport(Arc<Context>);

impl Transport {
    pub(crate) fn new(context: Context) -> Self {
        Self(Arc::new(context))
    }

    #[cfg(test)]
    pub(crate) fn context(&self) -> &Context {
        &self.0
    }

    /// Returns the base URL of the API.
    #[must_use]
    pub fn base_url(&self) -> &str {
        self.0.base_url.as_str()
    }

    /// Sends `request`, retries it by the [retry policy](crate::RetryPolicy), and returns the last response, with any
    /// status.
    ///
    /// # Errors
    ///
    /// When the request is invalid, or no complete response arrives.
    pub async fn call(&self, request: Request) -> Result<RawResponse, Error> {
        call::run(&self.0, request).await
    }

    /// Sends `request` as [`call`](Self::call) does, and leaves the body of a stream open: its items are read as they
    /// arrive.
    ///
    /// # Errors
    ///
    /// As for [`call`](Self::call).
    #[doc(hidden)]
    pub async fn open(&self, request: Request, streamed: Streamed) -> Result<(RawResponse, StreamedBody), Error> {
        let (response, rest) = call::open(&self.0, request, streamed).await?;
        // Another answer is not read as a stream.
        let framing = streamed.framing(response.status()).unwrap_or(Framing::Lines);
        Ok((response, StreamedBody { framing, rest }))
    }
}

/// Omits the HTTP client, whose `Debug` shows proxies and their passwords.
impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transport").field("base_url", &self.base_url()).finish_non_exhaustive()
    }
}
