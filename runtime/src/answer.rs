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
    let cookies = headers.iter_mut().filter(|(name, _)| *name == header::SET_COOKIE);
    cookies.for_each(|(_, cookie)| cookie.set_sensitive(true));
    headers
}
