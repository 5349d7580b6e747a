//! The body of a response that is read while the caller uses its items.

use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use futures_core::Stream;
use futures_util::stream;
use tokio::time::timeout;

use super::frames::Framing;

/// The answers of an operation that are streams: for each range of statuses, the first one, the last one, and how the items
/// follow each other.
#[derive(Clone, Copy, Debug)]
pub struct Streamed(pub &'static [(u16, u16, Framing)]);

/// How a call reads the body of a stream.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reading {
    /// The answers that are streams.
    pub(crate) of: Streamed,
    /// The longest wait for the next bytes.
    pub(crate) idle: Duration,
}

/// The reason why a body ended before its last byte.
#[derive(Debug)]
pub(crate) enum Stop {
    /// Nothing arrived in time.
    Idle,
    /// The connection failed.
    Broken(reqwest::Error),
}

/// The part of a body that was not read yet. Dropping it closes the connection.
pub(crate) struct Rest {
    pub(crate) chunks: Pin<Box<dyn Stream<Item = Result<Bytes, Stop>> + Send + Sync>>,
    /// The largest size of one item.
    pub(crate) limit: usize,
}

impl Rest {
    /// The body of a response of which only the headers were read.
    pub(crate) fn new(response: reqwest::Response, idle: Duration, limit: usize) -> Self {
        let chunks = stream::unfold(response, move |mut response| async move {
            let next = match timeout(idle, response.chunk()).await {
                Ok(Ok(chunk)) => Ok(chunk?),
                Ok(Err(error)) => Err(Stop::Broken(error)),
                Err(_) => Err(Stop::Idle),
            };
            Some((next, response))
        });
        Self { chunks: Box::pin(chunks), limit }
    }
}

/// The body of a response to a request that [`Transport::open`](crate::Transport) sent. Generated code passes it to the
/// function that reads the items.
#[must_use]
pub struct StreamedBody {
    pub(crate) framing: Framing,
    /// `None` if the response holds the whole body.
    pub(crate) rest: Option<Rest>,
}
