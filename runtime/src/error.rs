//! The one error of this crate: what was asked, what came back, and why that is a failure.
//! It shows one short line without personal data or token; everything that came back stays reachable.

use std::convert::Infallible;
use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use crate::auth::{AccessToken, TokenError};
use crate::decode::DecodeError;
use crate::limits;
use crate::meaning;
use crate::pacing::Held;
use crate::request::Operation;
use crate::response::Answer;
use crate::summary;
use crate::text::presentable;

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
    /// How often the request was sent.
    attempts: u32,
    timed_out: bool,
    /// The time until the request could have been sent, where it was held back and that is known.
    held: Option<Duration>,
}

/// What went wrong, in the order in which it can.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Configuration,
    InvalidRequest,
    Token,
    Held,
    Connect,
    Interrupted,
    BodyTooLarge,
    Redirected,
    Undecodable,
    ReportedFailure,
    UnexpectedStatus,
    Api,
    Inconsistent,
}

impl Failure {
    fn new(kind: Kind, reason: impl Into<String>) -> Self {
        let reason = reason.into();
        Self(Box::new(Details {
            kind,
            operation: None,
            reason,
            answer: None,
            source: None,
            attempts: 0,
            timed_out: false,
            held: None,
        }))
    }

    fn of(mut self, operation: Operation) -> Self {
        self.0.operation = Some(operation);
        self
    }

    fn with_answer(mut self, answer: Option<Answer>) -> Self {
        self.0.answer = answer;
        self
    }

    /// The same failure, after the request was sent so many times.
    pub(crate) fn attempted(mut self, attempts: u32) -> Self {
        self.0.attempts = attempts;
        self
    }

    fn in_time(mut self, in_time: bool) -> Self {
        self.0.timed_out = !in_time;
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
    pub(crate) fn invalid_request(operation: Operation, reason: &str, token: Option<&AccessToken>) -> Self {
        Self::new(Kind::InvalidRequest, presentable(reason, token)).of(operation)
    }

    /// There is no answer, or only the beginning of one.
    pub(crate) fn broken(operation: Operation, error: reqwest::Error, answer: Option<Answer>) -> Self {
        let error = error.without_url();
        let kind = if error.is_connect() { Kind::Connect } else { Kind::Interrupted };
        let in_time = !error.is_timeout();
        let reason = if in_time { presentable(&root_cause(&error), None) } else { "timed out".to_owned() };
        Self::new(kind, reason).in_time(in_time).of(operation).with_answer(answer).with_source(error)
    }

    /// There is no token to send; `answer` refused the one before, if there was one.
    pub(crate) fn token(operation: Operation, error: TokenError, answer: Option<Answer>) -> Self {
        let reason = presentable(&error.to_string(), None);
        Self::new(Kind::Token, reason).of(operation).with_answer(answer).with_source(error)
    }

    /// The token did not come before the call's time was over.
    pub(crate) fn token_late(operation: Operation, answer: Option<Answer>) -> Self {
        Self::new(Kind::Token, "timed out").in_time(false).of(operation).with_answer(answer)
    }

    /// The pace does not allow the request before the call's time is over.
    pub(crate) fn held(operation: Operation, Held(wait): Held) -> Self {
        let reason = match wait {
            Some(wait) => format!("the next request can be sent in {} s", wait.as_secs_f64().ceil()),
            None => "too many requests are waiting".to_owned(),
        };
        let mut failure = Self::new(Kind::Held, reason).of(operation);
        failure.0.held = wait;
        failure
    }

    /// The answer came from another place than the request was sent to.
    pub(crate) fn redirected(operation: Operation, answer: Answer) -> Self {
        Self::new(Kind::Redirected, "").of(operation).with_answer(Some(answer))
    }

    /// The body went on after `limit` bytes. `answer` holds what was read of it.
    pub(crate) fn body_too_large(operation: Operation, limit: usize, answer: Answer) -> Self {
        Self::new(Kind::BodyTooLarge, format!("more than {limit} bytes")).of(operation).with_answer(Some(answer))
    }

    /// The body is not the JSON or the text that it should be.
    pub(crate) fn undecodable(operation: Operation, answer: Answer, error: DecodeError) -> Self {
        Self::new(Kind::Undecodable, error.to_string()).of(operation).with_answer(Some(answer)).with_source(error)
    }

    /// The pages of a list do not make up the list that they speak of.
    pub(crate) fn inconsistent(operation: Operation, reason: &str) -> Self {
        Self::new(Kind::Inconsistent, reason).of(operation)
    }

    /// The answer came whole, and says that the request failed.
    pub(crate) fn answered(kind: Kind, operation: Operation, answer: Answer, token: &AccessToken) -> Self {
        let reason = summary::of(&answer);
        Self::said(kind, operation, answer, reason.as_deref(), token)
    }

    /// As [`answered`](Self::answered), where `reason` is what the answer says.
    pub(crate) fn said(
        kind: Kind,
        operation: Operation,
        answer: Answer,
        reason: Option<&str>,
        token: &AccessToken,
    ) -> Self {
        let reason = reason.map(|text| presentable(text, Some(token)));
        Self::new(kind, reason.unwrap_or_default()).of(operation).with_answer(Some(answer))
    }

    pub(crate) fn status(&self) -> Option<StatusCode> {
        self.0.answer.as_ref().map(|answer| answer.status)
    }

    pub(crate) fn kind(&self) -> Kind {
        self.0.kind
    }

    pub(crate) fn retry_after(&self) -> Option<Duration> {
        let asked = self.0.answer.as_ref().and_then(|answer| limits::retry_after(&answer.headers));
        asked.or(self.0.held)
    }

    /// Whether what failed may pass: the same request may succeed later.
    fn may_pass(&self) -> bool {
        match self.kind() {
            Kind::Connect | Kind::Interrupted | Kind::Held => true,
            Kind::Token => self.0.timed_out || self.token_error().is_some_and(TokenError::is_temporary),
            _ => self.status().is_some_and(may_pass),
        }
    }

    /// Whether the server certainly did not act on the request: it never got it, or turned it away.
    fn did_nothing(&self) -> bool {
        matches!(self.kind(), Kind::Connect | Kind::Held | Kind::Token)
            || self.status() == Some(StatusCode::TOO_MANY_REQUESTS)
    }

    fn token_error(&self) -> Option<&TokenError> {
        self.0.source.as_ref().and_then(|source| source.downcast_ref())
    }

    fn is_repeatable(&self) -> bool {
        self.0.operation.as_ref().is_some_and(Operation::is_repeatable)
    }

    /// One word for the failure, from a short list of them: for spans and metrics.
    pub(crate) fn word(&self) -> &'static str {
        match self.kind() {
            _ if self.0.timed_out => "timeout",
            Kind::Configuration => "configuration",
            Kind::InvalidRequest => "invalid_request",
            Kind::Token => "token",
            Kind::Held => "rate_limited",
            Kind::Connect => "connect",
            Kind::Interrupted => "interrupted",
            Kind::BodyTooLarge => "body_too_large",
            Kind::Redirected => "redirected",
            Kind::Undecodable => "undecodable",
            Kind::ReportedFailure => "reported_failure",
            Kind::UnexpectedStatus => "unexpected_status",
            Kind::Api => "api",
            Kind::Inconsistent => "inconsistent",
        }
    }
}

/// Whether `status` says that the same request may succeed later: 429, 502, 503, 504.
pub(crate) fn may_pass(status: StatusCode) -> bool {
    matches!(
        status,
        StatusCode::TOO_MANY_REQUESTS
            | StatusCode::BAD_GATEWAY
            | StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::GATEWAY_TIMEOUT
    )
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

    /// Whether time ran out: while connecting ([`is_connect`](Self::is_connect) holds too), before the answer was
    /// complete ([`is_interrupted`](Self::is_interrupted) holds too), or while waiting for a token
    /// ([`is_token`](Self::is_token) holds too).
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        self.failure.0.timed_out
    }

    /// Whether there was no token to send: the token source failed. [`source`](StdError::source) is its
    /// [`TokenError`]. When the API had refused the token before, the answer is that refusal.
    #[must_use]
    pub fn is_token(&self) -> bool {
        self.kind() == Kind::Token
    }

    /// Whether the answer came from another place than the client's base URL. That takes a `reqwest::Client` of your
    /// own that follows redirects: see [`ClientBuilder::http_client`](crate::ClientBuilder::http_client).
    #[must_use]
    pub fn is_redirected(&self) -> bool {
        self.kind() == Kind::Redirected
    }

    /// Whether the API answered that the request failed: with a status that it documents for the operation, with one
    /// that it does not ([`is_unexpected_status`](Self::is_unexpected_status)), or with a status of success and
    /// `"success": false` ([`is_reported_failure`](Self::is_reported_failure)).
    #[must_use]
    pub fn is_api(&self) -> bool {
        matches!(self.kind(), Kind::Api | Kind::UnexpectedStatus | Kind::ReportedFailure)
    }

    /// Whether the answer has a status of success, but says `"success": false`.
    #[must_use]
    pub fn is_reported_failure(&self) -> bool {
        self.kind() == Kind::ReportedFailure
    }

    /// Whether the API does not accept who asks: a 401. The token may be invalid or expired, or
    /// [lack a scope](Self::is_missing_scope), or the user may be unknown or disabled.
    #[must_use]
    pub fn is_unauthorized(&self) -> bool {
        self.status() == Some(StatusCode::UNAUTHORIZED)
    }

    /// Whether the API says that the token lacks a scope, in a 401 or 403: the app needs a permission, and another
    /// token of the same kind would not help.
    #[must_use]
    pub fn is_missing_scope(&self) -> bool {
        self.failure.0.answer.as_ref().is_some_and(meaning::lacks_scope)
    }

    /// Whether the API refused a parameter: a 422.
    #[must_use]
    pub fn is_validation(&self) -> bool {
        self.status() == Some(StatusCode::UNPROCESSABLE_ENTITY)
    }

    /// Whether there were too many requests: the API says so with a 429, or the client's
    /// [pacing](crate::Pacing) did not send the request.
    #[must_use]
    pub fn is_rate_limited(&self) -> bool {
        self.kind() == Kind::Held || self.status() == Some(StatusCode::TOO_MANY_REQUESTS)
    }

    /// Whether the same request may be sent again later, and may then succeed: no connection, no complete answer, a
    /// status of 429, 502, 503 or 504, a request held back by pacing, a token that is not there for now. Never for a
    /// request that is not idempotent and that the server may have acted on.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        self.failure.may_pass() && (self.failure.is_repeatable() || self.failure.did_nothing())
    }

    /// How long to wait before another request: what the answer's `Retry-After` says, be it seconds or a date, or for
    /// how long the client's pacing would have held the request back.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.failure.retry_after()
    }

    /// How often the request was sent: 0 when it was not, more than 1 after retries.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.failure.0.attempts
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

    /// Whether the body is not the JSON, or not the text, that the API documents for its status.
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
        self.failure.kind()
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
            (Kind::Token, None) => write!(f, "no token: {reason}"),
            (Kind::Token, Some(_)) => write!(f, ", and no other token: {reason}"),
            (Kind::Held, _) => write!(f, "not sent: rate limit: {reason}"),
            (Kind::Redirected, _) => f.write_str(", but from another place than the base URL"),
            (Kind::ReportedFailure, _) if reason.is_empty() => f.write_str(", but it reports a failure"),
            (Kind::ReportedFailure, _) => write!(f, ", but it reports a failure ({reason})"),
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
            .field("attempts", &self.attempts())
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
        let token = AccessToken::parse("secret").unwrap();
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
        let all: [(&str, Predicate, Failure); 10] = [
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
            ("token", Error::is_token, Failure::token(OPERATION, TokenError::new("gone"), None)),
            ("held", Error::is_rate_limited, Failure::held(OPERATION, Held(None))),
            ("redirected", Error::is_redirected, Failure::redirected(OPERATION, answer(200, ""))),
            ("reported", Error::is_reported_failure, Failure::new(Kind::ReportedFailure, "").of(OPERATION)),
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
    fn only_what_may_pass_and_does_no_harm_is_retryable() {
        const ADD: Operation = Operation::new("add", Method::POST, "/orders");
        let of = |operation: &Operation, kind| Error::<()>::from(Failure::new(kind, "").of(operation.clone()));
        for (kind, get, post) in [
            (Kind::Connect, true, true),
            (Kind::Held, true, true),
            (Kind::Interrupted, true, false),
            (Kind::Token, false, false),
            (Kind::Undecodable, false, false),
            (Kind::Inconsistent, false, false),
        ] {
            let found = (of(&OPERATION, kind).is_retryable(), of(&ADD, kind).is_retryable());
            assert_eq!(found, (get, post), "{kind:?}");
        }
        for (status, retryable) in [(429, true), (502, true), (503, true), (504, true), (500, false), (401, false)] {
            assert_eq!(answered(status, "").is_retryable(), retryable, "{status}");
        }
    }

    #[test]
    fn what_is_held_back_says_for_how_long() {
        let wait = Duration::from_millis(1500);
        let error: Error = Failure::held(OPERATION, Held(Some(wait))).into();
        assert_eq!(error.retry_after(), Some(wait));
        let line = "GET /orders/{id}: not sent: rate limit: the next request can be sent in 2 s";
        assert_eq!((error.to_string().as_str(), error.attempts()), (line, 0));
        let error: Error = Failure::held(OPERATION, Held(None)).into();
        assert!(error.retry_after().is_none() && error.to_string().ends_with("too many requests are waiting"));
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
