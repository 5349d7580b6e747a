//! The one error of this crate: what was asked, what came back, and why that is a failure.
//! It shows one short line without personal data or token; everything that came back stays reachable.

use std::convert::Infallible;
use std::error::Error as StdError;
use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use crate::decode::DecodeError;
use crate::request::Operation;
use crate::response::Answer;
use crate::summary;
use crate::text::presentable;
use crate::token::Token;

type Source = Box<dyn StdError + Send + Sync>;

/// Why a request did not give what was asked for. `E` holds the errors that the API documents for the operation.
///
/// `Display` is one short line such as
/// `GET /customers/loyalty/points: 401 Unauthorized (Invalid-token: please provide a valid API Key)`: the method,
/// the path's template, the status, and what the server said, cut to a few words. It never holds a query, a path
/// parameter, a whole body or the access token; neither does `Debug`. [`status`](Self::status),
/// [`headers`](Self::headers) and [`body`](Self::body) give the answer as it came.
pub struct Error<E = Infallible> {
    failure: Failure,
    api: Option<Box<E>>,
}

/// All of an error but the part that depends on the operation. Boxed: results should be small.
pub(crate) struct Failure(Box<Details>);

struct Details {
    kind: Kind,
    operation: Option<Operation>,
    reason: String,
    answer: Option<Answer>,
    source: Option<Source>,
}

/// What went wrong, in the order in which it can.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Configuration,
    InvalidRequest,
    Connect,
    Interrupted,
    BodyTooLarge,
    Undecodable,
    UnexpectedStatus,
    Api,
    Inconsistent,
}

impl Failure {
    fn new(kind: Kind, reason: impl Into<String>) -> Self {
        let reason = reason.into();
        Self(Box::new(Details { kind, operation: None, reason, answer: None, source: None }))
    }

    fn of(mut self, operation: Operation) -> Self {
        self.0.operation = Some(operation);
        self
    }

    fn with_answer(mut self, answer: Option<Answer>) -> Self {
        self.0.answer = answer;
        self
    }

    fn with_source(mut self, source: impl StdError + Send + Sync + 'static) -> Self {
        self.0.source = Some(Box::new(source));
        self
    }

    /// `setting` cannot be used, for this reason.
    pub(crate) fn configuration(setting: &str, reason: &str) -> Self {
        Self::new(Kind::Configuration, format!("{setting} {reason}"))
    }

    /// This machine does not have what `part` of the client needs.
    pub(crate) fn setup(part: &str, error: impl StdError + Send + Sync + 'static) -> Self {
        let reason = format!("{part} cannot be set up: {}", presentable(&root_cause(&error), None));
        Self::new(Kind::Configuration, reason).with_source(error)
    }

    /// The request cannot be sent as it is.
    pub(crate) fn invalid_request(operation: Operation, reason: &str, token: Option<&Token>) -> Self {
        Self::new(Kind::InvalidRequest, presentable(reason, token)).of(operation)
    }

    /// There is no answer, or only the beginning of one.
    pub(crate) fn broken(operation: Operation, error: reqwest::Error, answer: Option<Answer>) -> Self {
        let error = error.without_url();
        let kind = if error.is_connect() { Kind::Connect } else { Kind::Interrupted };
        let reason = if error.is_timeout() { "timed out".to_owned() } else { presentable(&root_cause(&error), None) };
        Self::new(kind, reason).of(operation).with_answer(answer).with_source(error)
    }

    /// The body went on after `limit` bytes. `answer` holds what was read of it.
    pub(crate) fn body_too_large(operation: Operation, limit: usize, answer: Answer) -> Self {
        Self::new(Kind::BodyTooLarge, format!("more than {limit} bytes")).of(operation).with_answer(Some(answer))
    }

    /// The body is not the JSON that it should be.
    pub(crate) fn undecodable(operation: Operation, answer: Answer, error: DecodeError) -> Self {
        Self::new(Kind::Undecodable, error.to_string()).of(operation).with_answer(Some(answer)).with_source(error)
    }

    /// The pages of a list do not make up the list that they speak of.
    pub(crate) fn inconsistent(operation: Operation, reason: &str) -> Self {
        Self::new(Kind::Inconsistent, reason).of(operation)
    }

    /// The answer came whole, and says that the request failed.
    pub(crate) fn answered(kind: Kind, operation: Operation, answer: Answer, token: &Token) -> Self {
        let reason = summary::of(&answer).map(|text| presentable(&text, Some(token)));
        Self::new(kind, reason.unwrap_or_default()).of(operation).with_answer(Some(answer))
    }

    fn status(&self) -> Option<StatusCode> {
        self.0.answer.as_ref().map(|answer| answer.status)
    }
}

/// The innermost of the causes: the only one that says what happened.
fn root_cause(error: &dyn StdError) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

impl<E> From<Failure> for Error<E> {
    fn from(failure: Failure) -> Self {
        Self { failure, api: None }
    }
}

impl<E> Error<E> {
    /// The error for a request of `operation` whose parameter `name` cannot be sent.
    #[must_use]
    pub fn invalid_request(operation: &Operation, name: &str, reason: impl fmt::Display) -> Self {
        Failure::invalid_request(operation.clone(), &format!("{name}: {reason}"), None).into()
    }

    pub(crate) fn documented(failure: Failure, api: E) -> Self {
        Self { failure, api: Some(Box::new(api)) }
    }

    /// The error that the API documents for the status it answered with, decoded.
    #[must_use]
    pub fn api(&self) -> Option<&E> {
        self.api.as_deref()
    }

    /// The error that the API documents, by value.
    ///
    /// # Errors
    ///
    /// Gives itself back when [`api`](Self::api) is `None`.
    pub fn into_api(mut self) -> Result<E, Self> {
        self.api.take().map(|api| *api).ok_or(self)
    }

    /// The answer's status, if there was an answer.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        self.failure.status()
    }

    /// The answer's headers, if there was an answer.
    #[must_use]
    pub fn headers(&self) -> Option<&HeaderMap> {
        self.failure.0.answer.as_ref().map(|answer| &answer.headers)
    }

    /// The answer's raw body, if there was an answer. When the body broke off or was too large, the part of it that was read.
    #[must_use]
    pub fn body(&self) -> Option<&Bytes> {
        self.failure.0.answer.as_ref().map(|answer| &answer.body)
    }

    /// Whether the client could not be built: a setting is missing or cannot be used.
    #[must_use]
    pub fn is_configuration(&self) -> bool {
        self.kind() == Kind::Configuration
    }

    /// Whether a parameter of the request cannot be sent. Nothing was sent.
    #[must_use]
    pub fn is_invalid_request(&self) -> bool {
        self.kind() == Kind::InvalidRequest
    }

    /// Whether no connection to the server could be made. Nothing was sent.
    #[must_use]
    pub fn is_connect(&self) -> bool {
        self.kind() == Kind::Connect
    }

    /// Whether time ran out: while connecting ([`is_connect`](Self::is_connect) holds too), or before the answer
    /// was complete ([`is_interrupted`](Self::is_interrupted) holds too).
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        let source = self.failure.0.source.as_ref();
        source.and_then(|source| source.downcast_ref::<reqwest::Error>()).is_some_and(reqwest::Error::is_timeout)
    }

    /// Whether a connection was made, but the answer did not come, or not all of it: the server may have acted on
    /// the request. [`status`](Self::status) is there if the answer had begun.
    #[must_use]
    pub fn is_interrupted(&self) -> bool {
        self.kind() == Kind::Interrupted
    }

    /// Whether the body is larger than the client accepts.
    #[must_use]
    pub fn is_body_too_large(&self) -> bool {
        self.kind() == Kind::BodyTooLarge
    }

    /// Whether the body is not the JSON that the API documents for its status.
    #[must_use]
    pub fn is_undecodable(&self) -> bool {
        self.kind() == Kind::Undecodable
    }

    /// Whether the API does not document the status that it answered with.
    #[must_use]
    pub fn is_unexpected_status(&self) -> bool {
        self.kind() == Kind::UnexpectedStatus
    }

    /// Whether the pages of a list do not make up the list that they speak of: the server repeated itself, or lost
    /// count, or the list changed while it was read. Reading it again from the start may help.
    #[must_use]
    pub fn is_inconsistent(&self) -> bool {
        self.kind() == Kind::Inconsistent
    }

    fn kind(&self) -> Kind {
        self.failure.0.kind
    }
}

impl<E> fmt::Display for Error<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.failure.fmt(f)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Details { kind, operation, reason, .. } = &*self.0;
        if let Some(operation) = operation {
            write!(f, "{} {}: ", operation.method(), operation.path())?;
        }
        let status = self.status();
        if let Some(status) = status {
            write!(f, "{status}")?;
        }
        match (kind, status) {
            (Kind::Configuration, _) => write!(f, "configuration: {reason}"),
            (Kind::InvalidRequest, _) => write!(f, "invalid request: {reason}"),
            (Kind::Inconsistent, _) => write!(f, "inconsistent pages: {reason}"),
            (Kind::Connect, _) => write!(f, "cannot connect: {reason}"),
            (Kind::Interrupted, None) => write!(f, "no answer: {reason}"),
            (Kind::Interrupted, Some(_)) => write!(f, ", but the body broke off: {reason}"),
            (Kind::BodyTooLarge, _) => write!(f, ", but the body is too large: {reason}"),
            (Kind::Undecodable, _) => write!(f, ", but the body cannot be decoded: {reason}"),
            (Kind::UnexpectedStatus | Kind::Api, _) if reason.is_empty() => Ok(()),
            (Kind::UnexpectedStatus | Kind::Api, _) => write!(f, " ({reason})"),
        }
    }
}

impl<E> fmt::Debug for Error<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.kind())
            .field("message", &self.to_string())
            .field("body_bytes", &self.body().map(Bytes::len))
            .field("source", &self.failure.0.source)
            .finish_non_exhaustive()
    }
}

impl<E> StdError for Error<E> {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.failure.0.source.as_deref().map(|source| source as &(dyn StdError + 'static))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::Method;

    type Predicate = fn(&Error) -> bool;

    const OPERATION: Operation = Operation::new("show", Method::GET, "/orders/{id}");

    fn answer(status: u16, body: &'static str) -> Answer {
        let status = StatusCode::from_u16(status).unwrap();
        Answer { status, headers: HeaderMap::new(), body: Bytes::from_static(body.as_bytes()) }
    }

    fn answered(status: u16, body: &'static str) -> Error {
        let token = Token::parse("secret").unwrap();
        Failure::answered(Kind::UnexpectedStatus, OPERATION, answer(status, body), &token).into()
    }

    #[test]
    fn an_error_is_small_and_crosses_threads() {
        fn crosses<T: StdError + Send + Sync + 'static>() {}
        crosses::<Error<String>>();
        assert!(size_of::<Error<[u64; 99]>>() <= 16);
    }

    #[test]
    fn display_is_method_template_status_and_reason() {
        for (status, body, shown) in [
            (
                401,
                r#"{"error":{"code":"Invalid-token","message":"no\nkey"}}"#,
                "401 Unauthorized (Invalid-token: no key)",
            ),
            (
                404,
                r#"{"error":{"code":404,"message":"secret is not here"}}"#,
                "404 Not Found (404: [token] is not here)",
            ),
            (
                422,
                r#"{"error":{"code":"error","message":"alert.invalid_fields","fields":{"customer_id":["مطلوب."]}}}"#,
                "422 Unprocessable Entity (error: alert.invalid_fields; customer_id: مطلوب.)",
            ),
            (400, r#"{"error":"invalid_grant","error_description":"gone"}"#, "400 Bad Request (invalid_grant: gone)"),
            (503, "<html>secret</html>", "503 Service Unavailable (HTML instead of JSON)"),
            (502, " ", "502 Bad Gateway (empty body)"),
            (500, r#"{"error":[]}"#, "500 Internal Server Error"),
            (500, "secret", "500 Internal Server Error"),
        ] {
            let error = answered(status, body);
            assert_eq!(error.to_string(), format!("GET /orders/{{id}}: {shown}"));
            assert_eq!(error.body().unwrap(), body, "the body is kept");
        }
    }

    #[test]
    fn server_text_is_cut() {
        let body = format!(r#"{{"error":{{"message":"{}"}}}}"#, "م".repeat(100_000));
        let error = answered(500, body.leak());
        assert!(error.to_string().chars().count() < 300);
        assert!(error.to_string().ends_with("…)"));
    }

    #[test]
    fn each_kind_has_its_predicate_and_no_other() {
        let all: [(&str, Predicate, Failure); 6] = [
            ("configuration", Error::is_configuration, Failure::configuration("token", "is missing")),
            ("invalid request", Error::is_invalid_request, Failure::invalid_request(OPERATION, "id: empty", None)),
            ("too large", Error::is_body_too_large, Failure::body_too_large(OPERATION, 9, answer(200, ""))),
            (
                "undecodable",
                Error::is_undecodable,
                Failure::undecodable(
                    OPERATION,
                    answer(200, ""),
                    crate::decode::decode::<u8>(&answer(200, "")).unwrap_err(),
                ),
            ),
            ("unexpected", Error::is_unexpected_status, Failure::new(Kind::UnexpectedStatus, "").of(OPERATION)),
            ("interrupted", Error::is_interrupted, Failure::new(Kind::Interrupted, "").of(OPERATION)),
        ];
        let predicates = all.each_ref().map(|(_, predicate, _)| *predicate);
        for (index, (name, _, failure)) in all.into_iter().enumerate() {
            let error = Error::from(failure);
            for (other, predicate) in predicates.iter().enumerate() {
                assert_eq!(predicate(&error), index == other, "{name}: {error}");
            }
            assert!(error.api().is_none() && !error.is_timeout() && !error.is_connect());
        }
    }

    #[test]
    fn the_documented_error_is_given_out_once() {
        let failure = || Failure::new(Kind::Api, "").of(OPERATION);
        let error = Error::documented(failure(), 7);
        assert_eq!(error.api(), Some(&7));
        assert_eq!(error.into_api().ok(), Some(7));
        let other: Error<u8> = failure().into();
        assert!(other.into_api().unwrap_err().kind() == Kind::Api);
    }
}
