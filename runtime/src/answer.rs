//! The complete response to one request. Every module that looks into a response reads this type.

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

/// Status, headers and raw body of a response.
#[derive(Clone)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}
