//! The complete response to one request. Every module that looks into a response reads this type.

use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};

/// Status, headers and raw body of a response.
#[derive(Clone)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// Marks the values of `Set-Cookie` as sensitive, so that `Debug` hides them.
pub(crate) fn hide_cookies(mut headers: HeaderMap) -> HeaderMap {
    if let header::Entry::Occupied(mut cookies) = headers.entry(header::SET_COOKIE) {
        cookies.iter_mut().for_each(|cookie| cookie.set_sensitive(true));
    }
    headers
}
