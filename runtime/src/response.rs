//! An answer: [`RawResponse`] as it came, [`Response`] once its body is decoded.

use std::fmt;
use std::ops::Deref;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde::de::DeserializeOwned;

use crate::decode::{self, DecodeError};
use crate::error::{Error, Failure, Kind};
use crate::request::Operation;
use crate::token::Token;

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
    token: Token,
    answer: Answer,
}

impl RawResponse {
    pub(crate) fn new(operation: Operation, token: Token, answer: Answer) -> Self {
        Self { operation, token, answer }
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
    /// An undecodable-body error that names the place in the JSON and keeps this answer.
    pub fn decode<T: DeserializeOwned, E>(self) -> Result<Response<T>, Error<E>> {
        match decode::decode(&self.answer) {
            Ok(value) => Ok(Response { value, answer: self.answer }),
            Err(reason) => Err(self.undecodable(reason).into()),
        }
    }

    /// The answer to an operation that documents no body for its success: whatever came as one is not looked at.
    #[must_use]
    pub fn without_body(self) -> Response<()> {
        Response { value: (), answer: self.answer }
    }

    /// The error that the API documents for this status without a body.
    pub fn bare_api_error<E>(self, error: E) -> Error<E> {
        Error::documented(self.failure(Kind::Api), error)
    }

    /// The error that the API documents for this status, its body decoded and put into `E` by `variant`; or an
    /// undecodable-body error.
    pub fn api_error<T: DeserializeOwned, E>(self, variant: impl FnOnce(T) -> E) -> Error<E> {
        match decode::decode(&self.answer) {
            Ok(body) => Error::documented(self.failure(Kind::Api), variant(body)),
            Err(reason) => self.undecodable(reason).into(),
        }
    }

    /// The error for a status that the API does not document.
    #[must_use]
    pub fn unexpected<E>(self) -> Error<E> {
        self.failure(Kind::UnexpectedStatus).into()
    }

    fn failure(self, kind: Kind) -> Failure {
        Failure::answered(kind, self.operation, self.answer, &self.token)
    }

    fn undecodable(self, reason: DecodeError) -> Failure {
        Failure::undecodable(self.operation, self.answer, reason.redacted(&self.token))
    }
}

impl fmt::Debug for RawResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawResponse")
            .field("status", &self.answer.status)
            .field("headers", &self.answer.headers)
            .field("body_bytes", &self.answer.body.len())
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

    /// The decoded body alone.
    #[must_use]
    pub fn into_inner(self) -> T {
        self.value
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
