//! An answer: [`RawResponse`] as it came, [`Response`] once its body is decoded.

use std::fmt;
use std::ops::Deref;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde::de::DeserializeOwned;

use crate::auth::AccessToken;
use crate::decode::{self, DecodeError};
use crate::error::{Error, Failure, Kind};
use crate::meaning;
use crate::request::Operation;
use crate::summary;

/// Status, headers and raw body of an answer.
#[derive(Clone)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// An answer as it came, before anyone has looked into its body.
#[derive(Clone)]
pub struct RawResponse {
    operation: Operation,
    token: AccessToken,
    answer: Answer,
    attempts: u32,
}

impl RawResponse {
    /// The answer to a request of `operation` that was sent with `token`, the first time that it was sent.
    pub(crate) fn new(operation: Operation, token: AccessToken, answer: Answer) -> Self {
        Self { operation, token, answer, attempts: 1 }
    }

    /// The same answer, which took so many requests.
    pub(crate) fn attempted(self, attempts: u32) -> Self {
        Self { attempts, ..self }
    }

    /// The status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.answer.status
    }

    /// The headers.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.answer.headers
    }

    /// The raw body.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.answer.body
    }

    /// Decodes the body as the JSON of a `T`.
    ///
    /// # Errors
    ///
    /// When the body's envelope says `"success": false`, whatever the status: an error that
    /// [says so](Error::is_reported_failure). When the body does not decode: an undecodable-body error that names the
    /// place in the JSON. Both keep this answer.
    pub fn decode<T: DeserializeOwned, E>(self) -> Result<Response<T>, Error<E>> {
        if meaning::reports_failure(&self.answer.body) {
            return Err(self.failure(Kind::ReportedFailure).into());
        }
        match decode::decode(&self.answer) {
            Ok(value) => Ok(Response { value, answer: self.answer }),
            Err(reason) => Err(self.undecodable(reason).into()),
        }
    }

    /// The answer to an operation that documents no body for its success: whatever came as one is not decoded.
    ///
    /// # Errors
    ///
    /// When an envelope came nonetheless, and says `"success": false`: as [`decode`](Self::decode).
    pub fn without_body<E>(self) -> Result<Response<()>, Error<E>> {
        if meaning::reports_failure(&self.answer.body) {
            return Err(self.failure(Kind::ReportedFailure).into());
        }
        Ok(Response { value: (), answer: self.answer })
    }

    /// The body as text, in the charset that its `Content-Type` names: UTF-8 unless it says otherwise, US-ASCII, which
    /// is a part of it, or ISO-8859-1.
    ///
    /// # Errors
    ///
    /// As [`decode`](Self::decode): when the body is an envelope that says `"success": false`, and when it is not in
    /// that charset, or the charset is another one.
    pub fn text<E>(self) -> Result<Response<String>, Error<E>> {
        if meaning::reports_failure(&self.answer.body) {
            return Err(self.failure(Kind::ReportedFailure).into());
        }
        match decode::text(&self.answer) {
            Ok(value) => Ok(Response { value, answer: self.answer }),
            Err(reason) => Err(self.undecodable(reason).into()),
        }
    }

    /// The body as it came.
    #[must_use]
    pub fn bytes(self) -> Response<Bytes> {
        Response { value: self.answer.body.clone(), answer: self.answer }
    }

    /// The error that the API documents for this status without a body.
    pub fn bare_api_error<E>(self, error: E) -> Error<E> {
        Error::documented(self.failure(Kind::Api), error)
    }

    /// The error that the API documents for this status, its body decoded and put into `E` by `variant`; or an
    /// undecodable-body error. A bare OAuth error is no body of the API's, but plain enough: it is an
    /// [API error](Error::is_api) without an `E`.
    pub fn api_error<T: DeserializeOwned, E>(self, variant: impl FnOnce(T) -> E) -> Error<E> {
        match decode::decode(&self.answer) {
            Ok(body) => Error::documented(self.failure(Kind::Api), variant(body)),
            Err(_) if meaning::is_bare_oauth_error(&self.answer) => self.failure(Kind::Api).into(),
            Err(reason) => self.undecodable(reason).into(),
        }
    }

    /// The error that the API documents for this status as text, put into `E` by `variant`; or an undecodable-body
    /// error.
    pub fn text_api_error<E>(self, variant: impl FnOnce(String) -> E) -> Error<E> {
        match decode::text(&self.answer) {
            Ok(text) => Error::documented(self.refusal(summary::of_text(&text).as_deref()), variant(text)),
            Err(reason) => self.undecodable(reason).into(),
        }
    }

    /// The error that the API documents for this status as bytes, put into `E` by `variant`.
    pub fn bytes_api_error<E>(self, variant: impl FnOnce(Bytes) -> E) -> Error<E> {
        let body = self.answer.body.clone();
        Error::documented(self.refusal(None), variant(body))
    }

    /// The error for a status that the API does not document.
    #[must_use]
    pub fn unexpected<E>(self) -> Error<E> {
        self.failure(Kind::UnexpectedStatus).into()
    }

    fn failure(self, kind: Kind) -> Failure {
        Failure::answered(kind, self.operation, self.answer, &self.token).attempted(self.attempts)
    }

    /// A documented failure whose body is no JSON, and says this.
    fn refusal(self, reason: Option<&str>) -> Failure {
        let failure = Failure::said(Kind::Api, self.operation, self.answer, reason, &self.token);
        failure.attempted(self.attempts)
    }

    fn undecodable(self, reason: DecodeError) -> Failure {
        let reason = reason.redacted(&self.token);
        Failure::undecodable(self.operation, self.answer, reason).attempted(self.attempts)
    }
}

impl fmt::Debug for RawResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawResponse")
            .field("status", &self.answer.status)
            .field("headers", &self.answer.headers)
            .field("body_bytes", &self.answer.body.len())
            .field("attempts", &self.attempts)
            .finish_non_exhaustive()
    }
}

/// A decoded answer. It dereferences to the decoded body.
#[derive(Clone)]
pub struct Response<T> {
    value: T,
    answer: Answer,
}

impl<T> Response<T> {
    /// The status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.answer.status
    }

    /// The headers.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.answer.headers
    }

    /// The raw body, as it came.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.answer.body
    }

    /// The same answer, with what `f` makes of its value.
    #[must_use]
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Response<U> {
        Response { value: f(self.value), answer: self.answer }
    }

    /// The decoded body alone.
    #[must_use]
    pub fn into_inner(self) -> T {
        self.value
    }
}

/// An answer that came from nowhere, for tests of what is done with it. It has no raw body.
///
/// ```
/// let answer = salla_runtime::Response::from(http::Response::new(7));
/// assert_eq!((answer.status().as_u16(), *answer), (200, 7));
/// ```
impl<T> From<http::Response<T>> for Response<T> {
    fn from(response: http::Response<T>) -> Self {
        let (parts, value) = response.into_parts();
        Self { value, answer: Answer { status: parts.status, headers: parts.headers, body: Bytes::new() } }
    }
}

impl<T> Deref for Response<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: fmt::Debug> fmt::Debug for Response<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.answer.status)
            .field("headers", &self.answer.headers)
            .field("value", &self.value)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderValue, Method, header};

    use super::*;

    const EXPORT: Operation = Operation::new("export", Method::GET, "/export");

    fn raw(status: u16, content_type: &'static str, body: &'static [u8]) -> RawResponse {
        let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static(content_type))]);
        let answer = Answer { status: StatusCode::from_u16(status).unwrap(), headers, body: Bytes::from_static(body) };
        RawResponse::new(EXPORT, AccessToken::parse("secret").unwrap(), answer)
    }

    #[test]
    fn text_is_read_by_its_charset() {
        for (content_type, body, text) in [
            ("text/plain", "شكرا".as_bytes(), "شكرا"),
            ("text/plain; charset=UTF-8", "é".as_bytes(), "é"),
            ("text/csv; header=present; Charset=\"iso-8859-1\"", b"caf\xe9;\x80", "café;\u{80}"),
            ("text/plain;charset=us-ascii", b"", ""),
        ] {
            let response = raw(200, content_type, body).text::<()>().unwrap();
            assert_eq!((response.as_str(), &response.body()[..]), (text, body), "{content_type}");
        }
    }

    #[test]
    fn text_that_cannot_be_read_is_an_error_that_names_the_charset() {
        for (content_type, body, reason) in [
            ("text/plain", &b"\xff"[..], "text that is not utf-8"),
            ("text/plain; charset=US-ASCII", b"\xff", "text that is not US-ASCII"),
            ("text/plain; charset=secret-1256", b"a", "text in the charset [token]-1256, which is not known here"),
        ] {
            let error = raw(200, content_type, body).text::<()>().unwrap_err();
            assert!(error.is_undecodable() && error.to_string().ends_with(reason), "{error}");
            assert!(raw(409, content_type, body).text_api_error(|_| ()).is_undecodable());
            assert_eq!(error.body().unwrap(), body);
        }
    }

    #[test]
    fn a_reported_failure_is_one_whatever_was_documented() {
        let failed = || raw(200, "application/json", br#"{"success":false,"error":{"message":"no"}}"#);
        for error in [
            failed().without_body::<()>().unwrap_err(),
            failed().text().unwrap_err(),
            failed().decode::<serde_json::Value, ()>().unwrap_err(),
        ] {
            assert!(error.is_reported_failure() && error.to_string().ends_with("reports a failure (no)"), "{error}");
        }
    }

    #[test]
    fn what_was_not_documented_is_not_looked_at() {
        let response = raw(200, "text/plain", b"whatever").without_body::<()>().unwrap();
        assert_eq!(response.body(), "whatever");
        let empty = raw(200, "application/json", b"").decode::<(), ()>().unwrap_err();
        assert!(empty.is_undecodable() && empty.to_string().ends_with("empty body"), "{empty}");
    }

    #[test]
    fn bytes_are_given_as_they_came() {
        let response = raw(200, "application/pdf", b"\xff%PDF").bytes();
        assert_eq!((&**response, response.status().as_u16()), (&b"\xff%PDF"[..], 200));
        let error = raw(409, "application/pdf", b"\xff").bytes_api_error(|body| body);
        assert_eq!((error.is_api(), error.into_api().unwrap()), (true, Bytes::from_static(b"\xff")));
    }

    #[test]
    fn a_text_error_is_kept_and_its_words_are_shown() {
        for (body, shown) in [
            ("out of\nstock: secret", " (out of stock: [token])"),
            ("<html>gone</html>", ""),
            (" ", ""),
            (r#"{"error":{"code":"gone"}}"#, " (gone)"),
        ] {
            let error = raw(409, "text/html", body.as_bytes()).text_api_error(|text| text);
            assert_eq!(error.to_string(), format!("GET /export: 409 Conflict{shown}"));
            assert_eq!(error.into_api().unwrap(), body);
        }
    }

    #[test]
    fn a_mapped_answer_is_the_same_answer() {
        let response = raw(201, "text/plain", b"7").text::<()>().unwrap().map(|text| text.parse::<u8>());
        assert_eq!((response.status().as_u16(), &response.body()[..], response.headers().len()), (201, &b"7"[..], 1));
        assert_eq!(response.into_inner(), Ok(7));
    }
}
