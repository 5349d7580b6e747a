//! The kinds of errors.

/// The kinds of [errors](crate::Error), in the order of the stages of a call.
///
/// ```
/// use salla_runtime::{Error, ErrorKind};
///
/// fn advice(error: &Error) -> &'static str {
///     match error.kind() {
///         ErrorKind::Configuration | ErrorKind::InvalidRequest => "fix the program",
///         ErrorKind::Token => "log in again",
///         ErrorKind::Api | ErrorKind::UnexpectedStatus | ErrorKind::ReportedFailure => "see the response",
///         _ if error.is_retryable() => "try again later",
///         _ => "report it",
///     }
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The client could not be built: a setting is missing or invalid. Or a request was not sent: its credentials are
    /// missing, or its server cannot be used.
    Configuration,
    /// A parameter of the request cannot be sent. Nothing was sent.
    InvalidRequest,
    /// The token source failed.
    Token,
    /// The client's [pacing](crate::Pacing) did not send the request. A response with the status 429 is
    /// [`Api`](Self::Api) or [`UnexpectedStatus`](Self::UnexpectedStatus).
    RateLimited,
    /// The connection to the server failed.
    Connect,
    /// The connection was made, but no complete response arrived.
    Interrupted,
    /// The body is larger than the client accepts.
    BodyTooLarge,
    /// The response came from another origin than that of the request.
    Redirected,
    /// The body is not what the API documents for a success.
    Undecodable,
    /// The response has a status of success and `"success": false`.
    ReportedFailure,
    /// The API does not document the status of the response.
    UnexpectedStatus,
    /// The response is a failure that the API documents for the operation.
    Api,
    /// The pages of a list contradict each other.
    Inconsistent,
}

impl ErrorKind {
    /// Returns the type of the error for spans and metrics: a word from a fixed list.
    pub(super) fn error_type(self) -> &'static str {
        match self {
            Self::Configuration => "configuration",
            Self::InvalidRequest => "invalid_request",
            Self::Token => "token",
            Self::RateLimited => "rate_limited",
            Self::Connect => "connect",
            Self::Interrupted => "interrupted",
            Self::BodyTooLarge => "body_too_large",
            Self::Redirected => "redirected",
            Self::Undecodable => "undecodable",
            Self::ReportedFailure => "reported_failure",
            Self::UnexpectedStatus => "unexpected_status",
            Self::Api => "api",
            Self::Inconsistent => "inconsistent",
        }
    }
}
