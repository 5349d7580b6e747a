//! The error of this crate: the request, the response, and the reason of the failure. It displays one short line
//! without personal data or token and keeps the complete response.

mod kind;

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

pub use self::kind::ErrorKind;
use crate::answer::Answer;
use crate::auth::TokenError;
use crate::authentication::Authentication;
use crate::classify;
use crate::decode::DecodeError;
use crate::error_message;
use crate::limits;
use crate::operation::Operation;
use crate::text::presentable;

type Source = Box<dyn StdError + Send + Sync>;

/// An error of a client: of building it, and of every request. An operation returns a
/// [`CallError`](crate::CallError), which dereferences to this type and converts into it with `?`.
///
/// `Display` is one short line with the method, the path's template, the status, and the server's message, cut to 200
/// characters:
/// `GET /customers/loyalty/points: 401 Unauthorized (Invalid-token: please provide a valid API Key)`.
/// Neither `Display` nor `Debug` holds a query, a path parameter, a header, a body or the access token. The decoded
/// failure of [`downcast_ref`](Self::downcast_ref) is in neither of them: its own `Debug` shows what the server sent.
/// [`status`](Self::status), [`headers`](Self::headers) and [`body`](Self::body) return the response as received.
pub struct Error(Box<Details>);

struct Details {
    kind: ErrorKind,
    operation: Option<Operation>,
    reason: String,
    answer: Option<Answer>,
    source: Option<Source>,
    /// The decoded failure that the API documents for the operation.
    api: Option<Source>,
    /// The number of times that the request was sent.
    attempts: u32,
    timed_out: bool,
    /// Whether the connection failed since the certificate of the server is not trusted.
    certificate_refused: bool,
    /// The time until the rate limit allows the request, if it was not sent for that reason and the time is known.
    rate_limit_wait: Option<Duration>,
    /// The credentials of a request whose response does not decode. They are removed from errors about parts of the body.
    authentication: Option<Authentication>,
}

impl Error {
    fn new(kind: ErrorKind, reason: impl Into<String>) -> Self {
        let reason = reason.into();
        Self(Box::new(Details {
            kind,
            operation: None,
            reason,
            answer: None,
            source: None,
            api: None,
            attempts: 0,
            timed_out: false,
            certificate_refused: false,
            rate_limit_wait: None,
            authentication: None,
        }))
    }

    fn with_operation(mut self, operation: Operation) -> Self {
        self.0.operation = Some(operation);
        self
    }

    fn with_answer(mut self, answer: Option<Answer>) -> Self {
        self.0.answer = answer;
        self
    }

    /// Sets the number of times that the request was sent.
    pub(crate) fn with_attempts(mut self, attempts: u32) -> Self {
        self.0.attempts = attempts;
        self
    }

    fn timed_out(mut self, timed_out: bool) -> Self {
        self.0.timed_out = timed_out;
        self
    }

    pub(crate) fn with_source(mut self, source: impl StdError + Send + Sync + 'static) -> Self {
        self.0.source = Some(Box::new(source));
        self
    }

    /// Adds the decoded failure that the API documents.
    pub(crate) fn with_api(mut self, api: impl StdError + Send + Sync + 'static) -> Self {
        self.0.api = Some(Box::new(api));
        self
    }

    /// Creates the failure of an invalid setting.
    pub(crate) fn configuration(setting: &str, reason: &str) -> Self {
        Self::new(ErrorKind::Configuration, format!("{setting} {reason}"))
    }

    /// Creates the failure of a request that the configuration of the client does not allow: its credentials are missing,
    /// or its server cannot be used. `reason` names them.
    pub(crate) fn misconfigured(operation: Operation, reason: &str) -> Self {
        Self::new(ErrorKind::Configuration, reason).with_operation(operation)
    }

    /// Creates the failure of a part of the client that this machine cannot set up.
    pub(crate) fn setup(part: &str, error: impl StdError + Send + Sync + 'static) -> Self {
        let reason = format!("{part} cannot be set up: {}", presentable(&root_cause(&error), None));
        Self::new(ErrorKind::Configuration, reason).with_source(error)
    }

    /// Creates the failure of a request with an invalid part.
    pub(crate) fn unsendable(operation: Operation, reason: &str) -> Self {
        Self::new(ErrorKind::InvalidRequest, presentable(reason, None)).with_operation(operation)
    }

    /// Creates the failure of a request without a complete response. `answer` is the part that arrived.
    pub(crate) fn broken(operation: Operation, error: reqwest::Error, answer: Option<Answer>) -> Self {
        let error = error.without_url();
        let kind = if error.is_connect() { ErrorKind::Connect } else { ErrorKind::Interrupted };
        let timed_out = error.is_timeout();
        let reason = if timed_out { "timed out".to_owned() } else { presentable(&root_cause(&error), None) };
        let mut failure = Self::new(kind, reason).timed_out(timed_out);
        failure.0.certificate_refused = kind == ErrorKind::Connect && names_certificate(&error);
        failure.with_operation(operation).with_answer(answer).with_source(error)
    }

    /// Creates the failure of a mocked connection, as [`broken`](Self::broken) does for a real one.
    #[cfg(feature = "mock")]
    pub(crate) fn mocked(
        operation: Operation,
        kind: ErrorKind,
        cause: std::io::ErrorKind,
        answer: Option<Answer>,
    ) -> Self {
        let timed_out = cause == std::io::ErrorKind::TimedOut;
        let reason = if timed_out { "timed out".to_owned() } else { cause.to_string() };
        let failure = Self::new(kind, reason).timed_out(timed_out).with_operation(operation);
        failure.with_answer(answer).with_source(std::io::Error::from(cause))
    }

    /// Creates the failure of a token source. `answer` is the response that refused the last token, if there is one.
    pub(crate) fn token(operation: Operation, error: TokenError, answer: Option<Answer>) -> Self {
        let reason = presentable(&error.to_string(), None);
        Self::new(ErrorKind::Token, reason).with_operation(operation).with_answer(answer).with_source(error)
    }

    /// Creates the failure of a token source that took longer than the call's timeout.
    pub(crate) fn token_timeout(operation: Operation, answer: Option<Answer>) -> Self {
        Self::new(ErrorKind::Token, "timed out").timed_out(true).with_operation(operation).with_answer(answer)
    }

    /// Creates the failure of a response whose next part took too long. `answer` is the part that arrived.
    pub(crate) fn response_timeout(operation: Operation, answer: Option<Answer>) -> Self {
        let failure = Self::new(ErrorKind::Interrupted, "timed out").timed_out(true);
        failure.with_operation(operation).with_answer(answer)
    }

    /// Creates the failure of a request that the rate limit does not allow before the call's deadline. `wait` is the
    /// time until it is allowed, `answer` the response to the call's last attempt, if there was one.
    pub(crate) fn rate_limited(operation: Operation, wait: Duration, answer: Option<Answer>) -> Self {
        let reason = format!("the next request can be sent in {} s", wait.as_secs_f64().ceil());
        let mut failure = Self::new(ErrorKind::RateLimited, reason).with_operation(operation).with_answer(answer);
        failure.0.rate_limit_wait = Some(wait);
        failure
    }

    /// Creates the failure of a response from another origin than that of the request.
    pub(crate) fn redirected(operation: Operation, answer: Answer) -> Self {
        Self::new(ErrorKind::Redirected, "").with_operation(operation).with_answer(Some(answer))
    }

    /// Creates the failure of a body longer than `limit` bytes. `answer` holds the part that was read.
    pub(crate) fn body_too_large(operation: Operation, limit: usize, answer: Answer) -> Self {
        Self::new(ErrorKind::BodyTooLarge, format!("more than {limit} bytes"))
            .with_operation(operation)
            .with_answer(Some(answer))
    }

    /// Creates the failure of a body that is not the expected JSON or text. `error` must not contain them.
    pub(crate) fn undecodable(
        operation: Operation,
        answer: Answer,
        error: DecodeError,
        authentication: Authentication,
    ) -> Self {
        let mut failure = Self::new(ErrorKind::Undecodable, error.to_string());
        failure.0.authentication = Some(authentication);
        failure.with_operation(operation).with_answer(Some(answer)).with_source(error)
    }

    /// Creates the failure of a list whose pages contradict each other. `answer` is the page at which that was found.
    pub(crate) fn inconsistent(operation: Operation, reason: &str, answer: Answer) -> Self {
        Self::new(ErrorKind::Inconsistent, reason).with_operation(operation).with_answer(Some(answer))
    }

    /// Creates the failure of a complete response. Its message comes from the body.
    pub(crate) fn from_answer(
        kind: ErrorKind,
        operation: Operation,
        answer: Answer,
        authentication: &Authentication,
    ) -> Self {
        let message = error_message::from_answer(&answer);
        Self::with_message(kind, operation, answer, message.as_deref(), authentication)
    }

    /// As [`from_answer`](Self::from_answer), with a given error message.
    pub(crate) fn with_message(
        kind: ErrorKind,
        operation: Operation,
        answer: Answer,
        message: Option<&str>,
        authentication: &Authentication,
    ) -> Self {
        let reason = message.map(|text| presentable(text, Some(authentication)));
        Self::new(kind, reason.unwrap_or_default()).with_operation(operation).with_answer(Some(answer))
    }

    /// Returns the part that arrived of a response of the API whose body is incomplete or too large.
    pub(crate) fn partial_answer(&self) -> Option<&Answer> {
        let is_partial = matches!(self.kind(), ErrorKind::Interrupted | ErrorKind::BodyTooLarge);
        self.0.answer.as_ref().filter(|_| is_partial)
    }

    /// Reports whether the same request may succeed later.
    fn is_transient(&self) -> bool {
        match self.kind() {
            ErrorKind::Connect => !self.0.certificate_refused,
            ErrorKind::Interrupted | ErrorKind::RateLimited => true,
            ErrorKind::Token => self.0.timed_out || self.token_error().is_some_and(TokenError::is_temporary),
            _ => self.status().is_some_and(is_transient),
        }
    }

    /// Reports whether the connection failed in a way that may be different for the next attempt. An attempt that ends in
    /// any other failure, or at a certificate that is not trusted, would end the same way again.
    pub(crate) fn is_connection_failure(&self) -> bool {
        matches!(self.kind(), ErrorKind::Connect | ErrorKind::Interrupted) && self.is_transient()
    }

    /// Reports whether the server did not act on the request: it did not receive it, or refused it with a 429.
    fn is_without_effect(&self) -> bool {
        matches!(self.kind(), ErrorKind::Connect | ErrorKind::RateLimited | ErrorKind::Token)
            || self.status() == Some(StatusCode::TOO_MANY_REQUESTS)
    }

    /// Removes the credentials of the request from an error about a part of the body.
    pub(crate) fn redact(&self, error: DecodeError) -> DecodeError {
        match &self.0.authentication {
            Some(authentication) => error.redacted(authentication),
            None => error,
        }
    }

    fn token_error(&self) -> Option<&TokenError> {
        self.0.source.as_ref().and_then(|source| source.downcast_ref())
    }

    fn is_repeatable(&self) -> bool {
        self.0.operation.as_ref().is_some_and(Operation::is_repeatable)
    }

    /// Returns the type of the failure for spans and metrics: a word from a fixed list.
    pub(crate) fn error_type(&self) -> &'static str {
        if self.0.timed_out { "timeout" } else { self.kind().error_type() }
    }
}

/// Reports whether `status` is temporary, so that the same request may succeed later: 429, 502, 503, 504.
pub(crate) fn is_transient(status: StatusCode) -> bool {
    matches!(
        status,
        StatusCode::TOO_MANY_REQUESTS
            | StatusCode::BAD_GATEWAY
            | StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::GATEWAY_TIMEOUT
    )
}

/// Reports whether a cause of a failed connection is a certificate. Each TLS library has its own type of error, and the
/// caller can set a client with any of them, so this reads the texts.
fn names_certificate(error: &(dyn StdError + 'static)) -> bool {
    let mut causes = std::iter::successors(Some(error), |error| StdError::source(*error));
    causes.any(|cause| cause.to_string().to_ascii_lowercase().contains("certificate"))
}

/// Returns the text of the innermost cause. The outer causes do not name the reason.
fn root_cause(error: &dyn StdError) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

impl Error {
    /// Creates the error for a request of `operation` whose parameter `name` cannot be sent.
    #[must_use]
    pub fn invalid_request(operation: &Operation, name: &str, reason: impl fmt::Display) -> Self {
        Self::unsendable(operation.clone(), &format!("{name}: {reason}"))
    }

    /// Returns the kind of the error, to match on it. A timeout is no kind of its own: see
    /// [`is_timeout`](Self::is_timeout).
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Returns the decoded failure that the API documents for the status of the response, of any operation.
    /// [`CallError::api`](crate::CallError::api) returns it with its type.
    #[must_use]
    pub fn api(&self) -> Option<&(dyn StdError + Send + Sync + 'static)> {
        self.0.api.as_deref()
    }

    /// Returns the decoded failure that the API documents, if it is of type `E`, such as an operation's own error.
    #[must_use]
    pub fn downcast_ref<E: StdError + 'static>(&self) -> Option<&E> {
        self.api()?.downcast_ref()
    }

    /// Returns the decoded failure that the API documents, by value.
    ///
    /// # Errors
    ///
    /// Returns the error unchanged when [`downcast_ref`](Self::downcast_ref) is `None`.
    pub fn downcast<E: StdError + 'static>(mut self) -> Result<E, Self> {
        match self.0.api.take().map(<dyn StdError + Send + Sync>::downcast) {
            Some(Ok(api)) => Ok(*api),
            Some(Err(other)) => {
                self.0.api = Some(other);
                Err(self)
            }
            None => Err(self),
        }
    }

    /// Returns the status, if there was a response.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        self.0.answer.as_ref().map(|answer| answer.status)
    }

    /// Returns the headers, if there was a response.
    #[must_use]
    pub fn headers(&self) -> Option<&HeaderMap> {
        self.0.answer.as_ref().map(|answer| &answer.headers)
    }

    /// Returns the raw body, if there was a response. If the body was interrupted or too large, this is the part that
    /// was read.
    #[must_use]
    pub fn body(&self) -> Option<&Bytes> {
        self.0.answer.as_ref().map(|answer| &answer.body)
    }

    /// Reports whether the client could not be built since a setting is missing or invalid, or a request was not sent since
    /// its credentials are missing or its server cannot be used.
    #[must_use]
    pub fn is_configuration(&self) -> bool {
        self.kind() == ErrorKind::Configuration
    }

    /// Reports whether a parameter of the request cannot be sent. Nothing was sent.
    #[must_use]
    pub fn is_invalid_request(&self) -> bool {
        self.kind() == ErrorKind::InvalidRequest
    }

    /// Reports whether the connection to the server failed, its TLS handshake included. No request was sent, so any
    /// request may be repeated. That is of no use if the certificate of the server is not trusted: then
    /// [`is_retryable`](Self::is_retryable) is false.
    #[must_use]
    pub fn is_connect(&self) -> bool {
        self.kind() == ErrorKind::Connect
    }

    /// Reports whether a timeout ended the call: while connecting (then [`is_connect`](Self::is_connect) is true too),
    /// before the response was complete (then [`is_interrupted`](Self::is_interrupted) is true too), or while waiting
    /// for a token (then [`is_token`](Self::is_token) is true too).
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        self.0.timed_out
    }

    /// Reports whether the token source failed, so that there was no token to send. [`source`](StdError::source) is its
    /// [`TokenError`]. If the API had refused a token before, the response is that refusal.
    #[must_use]
    pub fn is_token(&self) -> bool {
        self.kind() == ErrorKind::Token
    }

    /// Reports whether the response came from another scheme, host or port than those of the request. Only a custom
    /// `reqwest::Client` that follows redirects can cause this: see
    /// [`ClientBuilder::http_client`](crate::ClientBuilder::http_client).
    #[must_use]
    pub fn is_redirected(&self) -> bool {
        self.kind() == ErrorKind::Redirected
    }

    /// Reports whether the response reports a failure: with a status that the API documents for the operation, with an
    /// undocumented one ([`is_unexpected_status`](Self::is_unexpected_status)), or with a status of success and
    /// `"success": false` ([`is_reported_failure`](Self::is_reported_failure)).
    #[must_use]
    pub fn is_api(&self) -> bool {
        matches!(self.kind(), ErrorKind::Api | ErrorKind::UnexpectedStatus | ErrorKind::ReportedFailure)
    }

    /// Reports whether the response has a status of success and `"success": false`.
    #[must_use]
    pub fn is_reported_failure(&self) -> bool {
        self.kind() == ErrorKind::ReportedFailure
    }

    /// Reports whether the status is 401: the token is invalid, has expired or [lacks a scope](Self::is_missing_scope),
    /// or the user is unknown or disabled.
    #[must_use]
    pub fn is_unauthorized(&self) -> bool {
        self.status() == Some(StatusCode::UNAUTHORIZED)
    }

    /// Reports whether a 401 or 403 states that the token lacks a scope. The app needs a permission; another token with
    /// the same scopes would be refused too.
    #[must_use]
    pub fn is_missing_scope(&self) -> bool {
        self.0.answer.as_ref().is_some_and(classify::lacks_scope)
    }

    /// Reports whether the API refused a parameter: the status is 422.
    #[must_use]
    pub fn is_validation(&self) -> bool {
        self.status() == Some(StatusCode::UNPROCESSABLE_ENTITY)
    }

    /// Reports whether there were too many requests: the status is 429, or the client's [pacing](crate::Pacing) did not
    /// send the request.
    #[must_use]
    pub fn is_rate_limited(&self) -> bool {
        self.kind() == ErrorKind::RateLimited || self.status() == Some(StatusCode::TOO_MANY_REQUESTS)
    }

    /// Reports whether the same request may be sent again later and may then succeed: after a failed connection, an
    /// incomplete response, a status of 429, 502, 503 or 504, a rate limit of the client's pacing, or a temporary error
    /// of the token source. It is false for a request that is not idempotent and that the server may have acted on.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        self.is_transient() && (self.is_repeatable() || self.is_without_effect())
    }

    /// Returns how long to wait before another request: the response's `Retry-After` (seconds or a date), the time until
    /// the client's pacing allows the request, the time until the `X-RateLimit-Reset` of a 429 whose
    /// `X-RateLimit-Remaining` is 0, or the [`TokenError`]'s. A call ends at once with this time if it is
    /// longer than the call would wait: see [`RetryPolicy::max_retry_after`](crate::RetryPolicy::max_retry_after) and
    /// [`ClientBuilder::timeout`](crate::ClientBuilder::timeout).
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        let header = self.0.answer.as_ref().and_then(|answer| limits::retry_after(&answer.headers));
        let wait = header.or(self.0.rate_limit_wait).or_else(|| self.reset_after());
        wait.or_else(|| self.token_error()?.retry_after())
    }

    /// Returns the time until the limit of a 429 resets, if the limit is used up.
    fn reset_after(&self) -> Option<Duration> {
        let answer = self.0.answer.as_ref().filter(|answer| answer.status == StatusCode::TOO_MANY_REQUESTS)?;
        let budget = limits::budget(&answer.headers).filter(|budget| budget.remaining == 0)?;
        budget.resets_in(&answer.headers)
    }

    /// Returns how often the request was sent: 0 if it was not sent, more than 1 after retries.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// Reports whether the connection was made but no complete response arrived. The server may have acted on the
    /// request. [`status`](Self::status) is set if the response had begun.
    #[must_use]
    pub fn is_interrupted(&self) -> bool {
        self.kind() == ErrorKind::Interrupted
    }

    /// Reports whether the body is larger than the client accepts.
    #[must_use]
    pub fn is_body_too_large(&self) -> bool {
        self.kind() == ErrorKind::BodyTooLarge
    }

    /// Reports whether the body is not the JSON or text that the API documents for its status.
    #[must_use]
    pub fn is_undecodable(&self) -> bool {
        self.kind() == ErrorKind::Undecodable
    }

    /// Reports whether the API does not document the status of the response.
    #[must_use]
    pub fn is_unexpected_status(&self) -> bool {
        self.kind() == ErrorKind::UnexpectedStatus
    }

    /// Reports whether the pages of a list contradict each other: the server repeated a page, its counts are wrong, or
    /// the list changed while it was read. The response is the page at which that was found. Reading the list again
    /// from the start may help.
    #[must_use]
    pub fn is_inconsistent(&self) -> bool {
        self.kind() == ErrorKind::Inconsistent
    }
}

impl fmt::Display for Error {
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
            (ErrorKind::Configuration, _) => write!(f, "configuration: {reason}"),
            (ErrorKind::InvalidRequest, _) => write!(f, "invalid request: {reason}"),
            (ErrorKind::Token, None) => write!(f, "no token: {reason}"),
            (ErrorKind::Token, Some(_)) => write!(f, ", and no other token: {reason}"),
            (ErrorKind::RateLimited, _) => write!(f, "not sent: rate limit: {reason}"),
            (ErrorKind::Redirected, _) => f.write_str(", but from another origin than the request"),
            (ErrorKind::ReportedFailure, _) if reason.is_empty() => f.write_str(", but it reports a failure"),
            (ErrorKind::ReportedFailure, _) => write!(f, ", but it reports a failure ({reason})"),
            (ErrorKind::Inconsistent, _) => write!(f, ", but the pages are inconsistent: {reason}"),
            (ErrorKind::Connect, _) => write!(f, "cannot connect: {reason}"),
            (ErrorKind::Interrupted, None) => write!(f, "no response: {reason}"),
            (ErrorKind::Interrupted, Some(_)) => write!(f, ", but the body is incomplete: {reason}"),
            (ErrorKind::BodyTooLarge, _) => write!(f, ", but the body is too large: {reason}"),
            (ErrorKind::Undecodable, _) => write!(f, ", but the body cannot be decoded: {reason}"),
            (ErrorKind::UnexpectedStatus | ErrorKind::Api, _) if reason.is_empty() => Ok(()),
            (ErrorKind::UnexpectedStatus | ErrorKind::Api, _) => write!(f, " ({reason})"),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.kind())
            .field("message", &self.to_string())
            .field("body_bytes", &self.body().map(Bytes::len))
            .field("attempts", &self.attempts())
            .field("source", &self.0.source)
            .finish_non_exhaustive()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as &(dyn StdError + 'static))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call_error::CallError;
    use crate::token::AccessToken;
    use http::Method;

    type Predicate = fn(&Error) -> bool;

    const OPERATION: Operation = Operation::new("show", Method::GET, "/orders/{id}");

    fn answer(status: u16, body: &'static str) -> Answer {
        let status = StatusCode::from_u16(status).unwrap();
        Answer { status, headers: HeaderMap::new(), body: Bytes::from_static(body.as_bytes()) }
    }

    fn unexpected(status: u16, body: &'static str) -> Error {
        let token = AccessToken::parse("secret").unwrap().into();
        Error::from_answer(ErrorKind::UnexpectedStatus, OPERATION, answer(status, body), &token)
    }

    #[test]
    fn an_error_is_small_and_can_be_sent_between_threads() {
        fn can_be_sent<T: StdError + Send + Sync + 'static>() {}
        can_be_sent::<Error>();
        can_be_sent::<CallError<Gone>>();
        assert_eq!((size_of::<Error>(), size_of::<CallError<Gone>>()), (size_of::<usize>(), size_of::<usize>()));
    }

    #[test]
    fn display_shows_method_template_status_and_reason() {
        for (status, body, displayed) in [
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
            let error = unexpected(status, body);
            assert_eq!(error.to_string(), format!("GET /orders/{{id}}: {displayed}"));
            assert_eq!(error.body().unwrap(), body, "the error holds the body");
        }
    }

    #[test]
    fn display_shows_a_reported_failure_with_its_reason_if_it_has_one() {
        for (reason, displayed) in [("", ", but it reports a failure"), ("gone", ", but it reports a failure (gone)")] {
            assert_eq!(Error::new(ErrorKind::ReportedFailure, reason).to_string(), displayed);
        }
    }

    #[test]
    fn debug_of_both_errors_shows_the_message_and_the_size_of_the_body_and_not_the_body() {
        let error = unexpected(500, "a secret body");
        for text in [format!("{error:?}"), format!("{:?}", CallError::<Gone>::from(error))] {
            let has_all = text.contains("500 Internal Server Error") && text.contains("body_bytes: Some(13)");
            assert!(has_all && !text.contains("a secret body"), "{text}");
        }
    }

    #[test]
    fn server_text_is_shortened() {
        let body = format!(r#"{{"error":{{"message":"{}"}}}}"#, "م".repeat(100_000));
        let error = unexpected(500, body.leak());
        assert!(error.to_string().chars().count() < 300);
        assert!(error.to_string().ends_with("…)"));
    }

    #[test]
    fn each_kind_has_its_own_predicate() {
        let all: [(&str, Predicate, Error); 11] = [
            ("configuration", Error::is_configuration, Error::configuration("token", "is missing")),
            ("invalid request", Error::is_invalid_request, Error::unsendable(OPERATION, "id: empty")),
            ("too large", Error::is_body_too_large, Error::body_too_large(OPERATION, 9, answer(200, ""))),
            (
                "undecodable",
                Error::is_undecodable,
                Error::undecodable(
                    OPERATION,
                    answer(200, ""),
                    crate::decode::decode::<u8>(&answer(200, "")).unwrap_err(),
                    AccessToken::parse("any").unwrap().into(),
                ),
            ),
            (
                "unexpected",
                Error::is_unexpected_status,
                Error::new(ErrorKind::UnexpectedStatus, "").with_operation(OPERATION),
            ),
            ("interrupted", Error::is_interrupted, Error::new(ErrorKind::Interrupted, "").with_operation(OPERATION)),
            ("token", Error::is_token, Error::token(OPERATION, TokenError::new("gone"), None)),
            ("rate limited", Error::is_rate_limited, Error::rate_limited(OPERATION, Duration::ZERO, None)),
            ("redirected", Error::is_redirected, Error::redirected(OPERATION, answer(200, ""))),
            (
                "reported",
                Error::is_reported_failure,
                Error::new(ErrorKind::ReportedFailure, "").with_operation(OPERATION),
            ),
            ("inconsistent", Error::is_inconsistent, Error::new(ErrorKind::Inconsistent, "").with_operation(OPERATION)),
        ];
        let predicates = all.each_ref().map(|(_, predicate, _)| *predicate);
        for (index, (name, _, error)) in all.into_iter().enumerate() {
            for (other, predicate) in predicates.iter().enumerate() {
                assert_eq!(predicate(&error), index == other, "{name}: {error}");
            }
            assert!(error.api().is_none() && !error.is_timeout() && !error.is_connect());
            assert_eq!(error.is_api(), ["unexpected", "reported"].contains(&name), "{name}");
        }
    }

    #[test]
    fn only_transient_failures_without_side_effects_are_retryable() {
        const ADD: Operation = Operation::new("add", Method::POST, "/orders");
        let of = |operation: &Operation, kind| Error::new(kind, "").with_operation(operation.clone());
        for (kind, get, post) in [
            (ErrorKind::Connect, true, true),
            (ErrorKind::RateLimited, true, true),
            (ErrorKind::Interrupted, true, false),
            (ErrorKind::Token, false, false),
            (ErrorKind::Undecodable, false, false),
            (ErrorKind::Inconsistent, false, false),
        ] {
            let found = (of(&OPERATION, kind).is_retryable(), of(&ADD, kind).is_retryable());
            assert_eq!(found, (get, post), "{kind:?}");
        }
        for (status, retryable) in [(429, true), (502, true), (503, true), (504, true), (500, false), (401, false)] {
            assert_eq!(unexpected(status, "").is_retryable(), retryable, "{status}");
        }
    }

    #[test]
    fn a_rate_limited_request_has_a_wait_time() {
        let wait = Duration::from_millis(1500);
        let error = Error::rate_limited(OPERATION, wait, None);
        assert_eq!(error.retry_after(), Some(wait));
        let line = "GET /orders/{id}: not sent: rate limit: the next request can be sent in 2 s";
        assert_eq!((error.to_string().as_str(), error.attempts()), (line, 0));
    }

    /// A documented failure.
    #[derive(Debug, PartialEq)]
    struct Gone(u8);

    impl fmt::Display for Gone {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("410 Gone")
        }
    }

    impl StdError for Gone {}

    fn documented() -> CallError<Gone> {
        CallError::documented(Error::new(ErrorKind::Api, "").with_operation(OPERATION), Gone(7))
    }

    #[test]
    fn the_documented_error_is_returned_by_reference_and_by_value() {
        assert_eq!(documented().api(), Some(&Gone(7)));
        assert_eq!(documented().into_api().ok(), Some(Gone(7)));
        let other = CallError::<Gone>::from(Error::new(ErrorKind::Api, ""));
        assert!(other.api().is_none() && other.into_api().unwrap_err().kind() == ErrorKind::Api);
    }

    #[test]
    fn one_function_can_return_the_errors_of_clients_and_of_operations() {
        fn all(client: Result<(), Error>, show: Result<(), CallError<Gone>>) -> Result<(), Error> {
            client?;
            Ok(show?)
        }
        let error = all(Err(Error::configuration("token", "is missing")), Ok(())).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        let error = all(Ok(()), Err(documented())).unwrap_err();
        assert_eq!((error.kind(), error.to_string()), (ErrorKind::Api, documented().to_string()));
    }

    #[test]
    fn an_error_without_the_type_of_its_operation_holds_the_documented_one() {
        let error = documented().into_error();
        assert_eq!(error.api().map(ToString::to_string).as_deref(), Some("410 Gone"));
        assert_eq!(error.downcast_ref(), Some(&Gone(7)));
        let error = error.downcast::<std::fmt::Error>().unwrap_err();
        assert_eq!(error.downcast::<Gone>().ok(), Some(Gone(7)));
        assert!(CallError::<std::fmt::Error>::from(documented().into_error()).api().is_none());
    }
}
