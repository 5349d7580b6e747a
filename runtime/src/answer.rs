//! The complete response to one request. Every module that looks into a response reads this type.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};

/// Status, headers and raw body of a response.
#[derive(Clone)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// Marks the values of `Set-Cookie` and those that are a secret as sensitive, so that `Debug` hides them.
pub(crate) fn hide_values(mut headers: HeaderMap, is_secret: impl Fn(&HeaderValue) -> bool) -> HeaderMap {
    for (name, value) in &mut headers {
        if is_secret(value) || *name == header::SET_COOKIE {
            value.set_sensitive(true);
        }
    }
    headers
}
