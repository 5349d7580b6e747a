//! Responses: a [`RawResponse`] has its body as received, a [`Response`] has it decoded.

use std::error::Error as StdError;
use std::fmt;
use std::ops::Deref;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde::de::DeserializeOwned;

use crate::answer::{Answer, hide_values};
use crate::authentication::Authentication;
use crate::call_error::CallError;
use crate::classify;
use crate::decode::{self, DecodeError};
use crate::error::{Error, ErrorKind};
use crate::error_message;
use crate::operation::Operation;

/// A response as received: its body is not decoded yet.
#[derive(Clone)]
pub struct RawResponse {
    operation: Operation,
    authentication: Authentication,
    answer: Answer,
    attempts: u32,
}

impl RawResponse {
    /// Creates the response to a request of `operation` that was sent once, with these credentials.
    pub(crate) fn new(operation: Operation, authentication: Authentication, answer: Answer) -> Self {
        Self { operation, authentication, answer, attempts: 1 }
    }

    /// Sets the number of times that the request was sent.
    pub(crate) fn with_attempts(self, attempts: u32) -> Self {
        Self { attempts, ..self }
    }

    /// Returns the operation, the credentials, the response, and the number of times that the request was sent.
    pub(crate) fn into_parts(self) -> (Operation, Authentication, Answer, u32) {
        (self.operation, self.authentication, self.answer, self.attempts)
    }

    /// Returns the status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.answer.status
    }

    /// Returns the headers.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.answer.headers
    }

    /// Returns the raw body.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.answer.body
    }

    /// Returns this response if its status is one of success (2xx).
    ///
    /// # Errors
    ///
    /// An [API error](Error::is_api) that holds this response, for any other status.
    pub fn error_for_status(self) -> Result<Self, Error> {
        if self.status().is_success() { Ok(self) } else { Err(self.failure(ErrorKind::UnexpectedStatus)) }
    }

    /// Decodes the body from JSON.
    ///
    /// # Errors
    ///
    /// - The body's envelope has `"success": false`, with any status: a [reported failure](Error::is_reported_failure).
    /// - The body does not decode: an [undecodable body](Error::is_undecodable). The message names the place in the
    ///   JSON.
    ///
    /// Both errors hold this response.
    pub fn json<T: DeserializeOwned>(self) -> Result<Response<T>, Error> {
        self.decode_with(decode::decode)
    }

    /// Decodes the body from JSON, as [`json`](Self::json) does, for an operation whose documented failures are of
    /// type `E`.
    ///
    /// # Errors
    ///
    /// As for [`json`](Self::json).
    pub fn decode<T: DeserializeOwned, E>(self) -> Result<Response<T>, CallError<E>> {
        self.json().map_err(CallError::from)
    }

    /// Returns the response to an operation whose success has no documented body. It ignores a body.
    ///
    /// # Errors
    ///
    /// When the body is an envelope with `"success": false`, as for [`json`](Self::json).
    pub fn without_body<E>(self) -> Result<Response<()>, CallError<E>> {
        self.decode_with(|_| Ok(())).map_err(CallError::from)
    }

    /// Decodes the body from text. The charset is that of its `Content-Type`: UTF-8 (the default), US-ASCII or
    /// ISO-8859-1.
    ///
    /// # Errors
    ///
    /// As for [`json`](Self::json): the body is an envelope with `"success": false`, the text is invalid in its
    /// charset, or the charset is not supported.
    pub fn text(self) -> Result<Response<String>, Error> {
        self.decode_with(decode::text)
    }

    /// Decodes the body from text, as [`text`](Self::text) does, for an operation whose documented failures are of
    /// type `E`.
    ///
    /// # Errors
    ///
    /// As for [`text`](Self::text).
    pub fn decode_text<E>(self) -> Result<Response<String>, CallError<E>> {
        self.text().map_err(CallError::from)
    }

    /// Returns the response with its body as bytes.
    #[must_use]
    pub fn bytes(self) -> Response<Bytes> {
        Response { value: self.answer.body.clone(), answer: self.answer, attempts: self.attempts }
    }

    /// Creates the error that the API documents for this status without a body.
    pub fn bare_api_error<E: StdError + Send + Sync + 'static>(self, error: E) -> CallError<E> {
        CallError::documented(self.failure(ErrorKind::Api), error)
    }

    /// Creates the error that the API documents for this status. The body is decoded from JSON, and `variant` puts it
    /// into `E`. The status alone makes it an [API error](Error::is_api): if the body does not decode, the error has
    /// the message of the body, if there is one, and no `E`. Its source is then the [`DecodeError`].
    pub fn api_error<T: DeserializeOwned, E: StdError + Send + Sync + 'static>(
        self,
        variant: impl FnOnce(T) -> E,
    ) -> CallError<E> {
        match decode::decode(&self.answer) {
            Ok(body) => CallError::documented(self.failure(ErrorKind::Api), variant(body)),
            Err(reason) => self.undecoded_failure(reason).into(),
        }
    }

    /// Creates the error that the API documents for this status with a body of text, which `variant` puts into `E`.
    /// Text that does not decode gives an error without an `E`, as for [`api_error`](Self::api_error).
    pub fn text_api_error<E: StdError + Send + Sync + 'static>(
        self,
        variant: impl FnOnce(String) -> E,
    ) -> CallError<E> {
        match decode::text(&self.answer) {
            Ok(text) => {
                CallError::documented(self.api_failure(error_message::from_text(&text).as_deref()), variant(text))
            }
            Err(reason) => self.undecoded_failure(reason).into(),
        }
    }

    /// Creates the error that the API documents for this status with a body of bytes, which `variant` puts into `E`.
    pub fn bytes_api_error<E: StdError + Send + Sync + 'static>(
        self,
        variant: impl FnOnce(Bytes) -> E,
    ) -> CallError<E> {
        let body = self.answer.body.clone();
        CallError::documented(self.api_failure(None), variant(body))
    }

    /// Creates the error for a status that the API does not document.
    #[must_use]
    pub fn unexpected<E>(self) -> CallError<E> {
        self.failure(ErrorKind::UnexpectedStatus).into()
    }

    /// Decodes the body with `decode`, unless its envelope reports a failure.
    fn decode_with<T>(self, decode: impl FnOnce(&Answer) -> Result<T, DecodeError>) -> Result<Response<T>, Error> {
        if classify::reports_failure(&self.answer.body) {
            return Err(self.failure(ErrorKind::ReportedFailure));
        }
        match decode(&self.answer) {
            Ok(value) => Ok(Response { value, answer: self.answer, attempts: self.attempts }),
            Err(reason) => Err(self.undecodable(reason)),
        }
    }

    /// Returns the failure of this kind that holds this response.
    pub(crate) fn failure(self, kind: ErrorKind) -> Error {
        Error::from_answer(kind, self.operation, self.answer, &self.authentication).with_attempts(self.attempts)
    }

    /// Returns a documented failure whose body does not decode.
    fn undecoded_failure(self, reason: DecodeError) -> Error {
        let reason = reason.redacted(&self.authentication);
        self.failure(ErrorKind::Api).with_source(reason)
    }

    /// Returns a documented failure with this message, for a body that is not JSON.
    fn api_failure(self, message: Option<&str>) -> Error {
        let failure = Error::with_message(ErrorKind::Api, self.operation, self.answer, message, &self.authentication);
        failure.with_attempts(self.attempts)
    }

    /// Returns the failure of a body that does not decode.
    pub(crate) fn undecodable(self, reason: DecodeError) -> Error {
        let reason = reason.redacted(&self.authentication);
        Error::undecodable(self.operation, self.answer, reason, self.authentication).with_attempts(self.attempts)
    }
}

/// Shows status, headers and the size of the body, but neither `Set-Cookie` nor the body.
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

/// A response with a decoded body. It dereferences to that body.
///
/// `Debug` of a response shows no body; `Debug` of the decoded body shows what the server sent.
#[derive(Clone)]
pub struct Response<T> {
    value: T,
    answer: Answer,
    attempts: u32,
}

impl<T> Response<T> {
    pub(crate) fn from_parts(value: T, answer: Answer, attempts: u32) -> Self {
        Self { value, answer, attempts }
    }

    /// Returns the response as received, and the number of times that the request was sent.
    pub(crate) fn into_answer(self) -> (Answer, u32) {
        (self.answer, self.attempts)
    }

    /// Returns the status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.answer.status
    }

    /// Returns the headers.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.answer.headers
    }

    /// Returns the raw body, as received.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.answer.body
    }

    /// Converts the decoded body with `f`. Status, headers and raw body stay the same.
    #[must_use]
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Response<U> {
        Response { value: f(self.value), answer: self.answer, attempts: self.attempts }
    }

    /// Returns the decoded body.
    #[must_use]
    pub fn into_inner(self) -> T {
        self.value
    }
}

/// Creates a response without a server, for tests of code that processes responses. Its raw body is empty.
///
/// ```
/// let response = salla_runtime::Response::from(http::Response::new(7));
/// assert_eq!((response.status().as_u16(), *response), (200, 7));
/// ```
impl<T> From<http::Response<T>> for Response<T> {
    fn from(response: http::Response<T>) -> Self {
        let (parts, value) = response.into_parts();
        let headers = hide_values(parts.headers, |_| false);
        Self { value, answer: Answer { status: parts.status, headers, body: Bytes::new() }, attempts: 1 }
    }
}

impl<T> Deref for Response<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

/// Shows status, headers and the size of the body. `Set-Cookie`, the decoded body and the raw one are not shown, since
/// they hold personal data. The decoded body has its own `Debug`, which shows what the server sent: `{:?}` of
/// `*response` prints names, ids and notes of customers.
impl<T> fmt::Debug for Response<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.answer.status)
            .field("headers", &self.answer.headers)
            .field("body_bytes", &self.answer.body.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderValue, Method, header};

    use super::*;

    const EXPORT: Operation = Operation::new("export", Method::GET, "/export");

    /// A documented failure.
    #[derive(Debug, PartialEq)]
    struct Note(Bytes);

    impl Note {
        fn of(text: String) -> Self {
            Self(text.into())
        }
    }

    impl fmt::Display for Note {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a note")
        }
    }

    impl StdError for Note {}

    fn raw(status: u16, content_type: &'static str, body: &'static [u8]) -> RawResponse {
        let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static(content_type))]);
        let answer = Answer { status: StatusCode::from_u16(status).unwrap(), headers, body: Bytes::from_static(body) };
        RawResponse::new(EXPORT, crate::token::AccessToken::parse("secret").unwrap().into(), answer)
    }

    #[test]
    fn text_is_decoded_by_its_charset() {
        for (content_type, body, text) in [
            ("text/plain", "شكرا".as_bytes(), "شكرا"),
            ("text/plain; charset=UTF-8", "é".as_bytes(), "é"),
            ("text/csv; header=present; Charset=\"iso-8859-1\"", b"caf\xe9;\x80", "café;\u{80}"),
            ("text/plain;charset=us-ascii", b"", ""),
        ] {
            let response = raw(200, content_type, body).text().unwrap();
            assert_eq!((response.as_str(), &response.body()[..]), (text, body), "{content_type}");
        }
    }

    #[test]
    fn an_error_names_the_charset_of_text_that_cannot_be_decoded() {
        for (content_type, body, reason) in [
            ("text/plain", &b"\xff"[..], "expected text in utf-8, found other bytes"),
            ("text/plain; charset=US-ASCII", b"\xff", "expected text in US-ASCII, found other bytes"),
            ("text/plain; charset=secret-1256", b"a", "unsupported charset [token]-1256"),
        ] {
            let error = raw(200, content_type, body).text().unwrap_err();
            assert!(error.is_undecodable() && error.to_string().ends_with(reason), "{error}");
            let documented = raw(409, content_type, body).text_api_error(Note::of);
            assert!(documented.is_api() && documented.api().is_none() && !documented.is_undecodable());
            assert_eq!(error.body().unwrap(), body);
        }
    }

    #[test]
    fn a_reported_failure_is_detected_by_every_decoder() {
        let failed = || raw(200, "application/json", br#"{"success":false,"error":{"message":"no"}}"#);
        for error in [
            failed().without_body::<Note>().unwrap_err().into(),
            failed().text().unwrap_err(),
            failed().json::<serde_json::Value>().unwrap_err(),
        ] {
            assert!(error.is_reported_failure() && error.to_string().ends_with("reports a failure (no)"), "{error}");
        }
    }

    #[test]
    fn an_undocumented_body_is_not_decoded() {
        let response = raw(200, "text/plain", b"anything").without_body::<Note>().unwrap();
        assert_eq!(response.body(), "anything");
        let empty = raw(200, "application/json", b"").json::<()>().unwrap_err();
        assert!(empty.is_undecodable() && empty.to_string().ends_with("empty body"), "{empty}");
    }

    #[test]
    fn bytes_are_not_changed() {
        let response = raw(200, "application/pdf", b"\xff%PDF").bytes();
        assert_eq!((&**response, response.status().as_u16()), (&b"\xff%PDF"[..], 200));
        let error = raw(409, "application/pdf", b"\xff").bytes_api_error(Note);
        assert_eq!((error.is_api(), error.into_api().unwrap()), (true, Note(Bytes::from_static(b"\xff"))));
    }

    #[test]
    fn an_error_holds_and_displays_its_text() {
        for (body, displayed) in [
            ("out of\nstock: secret", " (out of stock: [token])"),
            ("<html>gone</html>", ""),
            (" ", ""),
            (r#"{"error":{"code":"gone"}}"#, " (gone)"),
        ] {
            let error = raw(409, "text/html", body.as_bytes()).text_api_error(Note::of);
            assert_eq!(error.to_string(), format!("GET /export: 409 Conflict{displayed}"));
            assert_eq!(error.into_api().unwrap().0, body);
        }
    }

    #[test]
    fn debug_shows_neither_body_nor_cookies() {
        let headers = http::Response::builder().header("set-cookie", "marked").header("Set-Cookie", "marked");
        let response = Response::from(headers.header("x-id", "7").body("marked").unwrap());
        assert_eq!(response.headers()["set-cookie"], "marked");
        let answer = Answer { headers: response.headers().clone(), ..response.answer.clone() };
        let mut raw = RawResponse::new(EXPORT, crate::token::AccessToken::parse("secret").unwrap().into(), answer);
        raw.answer.body = Bytes::from_static(br#"{"error":{"data":"marked"}}"#);
        for shown in [
            format!("{response:?} {response:#?}"),
            format!("{raw:?} {raw:#?}"),
            format!("{:?}", raw.clone().unexpected::<Note>()),
            format!("{:?}", raw.clone().api_error(Note::of)),
            format!("{:?}", raw.clone().bytes_api_error(Note)),
            format!("{:?}", raw.clone().json::<u8>().unwrap_err()),
        ] {
            assert!(!shown.contains("marked"), "{shown}");
        }
        let shown = format!("{response:?}");
        assert!(shown.starts_with("Response { status: 200") && shown.contains("\"x-id\": \"7\""), "{shown}");
        let shown = format!("{raw:?}");
        assert!(shown.starts_with("RawResponse { status: 200") && shown.contains("body_bytes: 27"), "{shown}");
    }

    #[test]
    fn a_mapped_response_has_the_same_status_headers_and_body() {
        let response = raw(201, "text/plain", b"7").text().unwrap().map(|text| text.parse::<u8>());
        assert_eq!((response.status().as_u16(), &response.body()[..], response.headers().len()), (201, &b"7"[..], 1));
        assert_eq!(response.into_inner(), Ok(7));
    }
}
