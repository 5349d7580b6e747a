//! Sources of access tokens: a [`TokenSource`] returns a token for every request, and a new one when the API refuses
//! it. A fixed [`AccessToken`] is the simplest source. `oauth::RefreshingToken` (feature `oauth`) refreshes its token.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future;

use crate::token::AccessToken;

pub use futures_util::future::BoxFuture;

/// A source of access tokens.
///
/// A client calls [`token`](Self::token) before each request, and [`renew`](Self::renew) once per call if the API
/// refuses the token as invalid or expired. Many tasks call both at the same time.
///
/// ```
/// use salla_runtime::{AccessToken, BoxFuture, TokenError, TokenSource};
///
/// /// Reads the token from a file that another program updates.
/// struct TokenFile(std::path::PathBuf);
///
/// impl TokenSource for TokenFile {
///     fn token(&self) -> BoxFuture<'_, Result<AccessToken, TokenError>> {
///         Box::pin(async {
///             let text = std::fs::read_to_string(&self.0)
///                 .map_err(|error| TokenError::new("cannot read the token file").with_source(error))?;
///             AccessToken::parse(text.trim())
///                 .map_err(|error| TokenError::new("the token file has no valid token").with_source(error))
///         })
///     }
///
///     fn renew<'a>(&'a self, refused: &'a AccessToken) -> BoxFuture<'a, Result<Option<AccessToken>, TokenError>> {
///         // The file may have a new token by now.
///         Box::pin(async move { Ok(Some(self.token().await?).filter(|token| token != refused)) })
///     }
/// }
/// # let _ = TokenFile("token".into()).token();
/// ```
pub trait TokenSource: Send + Sync + 'static {
    /// Returns the token to send now.
    fn token(&self) -> BoxFuture<'_, Result<AccessToken, TokenError>>;

    /// Returns a new token after the API refused this one as invalid or expired. `None` means that there is no other.
    fn renew<'a>(&'a self, refused: &'a AccessToken) -> BoxFuture<'a, Result<Option<AccessToken>, TokenError>>;
}

/// A source that always returns this token. It has no other token if the API refuses this one.
impl TokenSource for AccessToken {
    fn token(&self) -> BoxFuture<'_, Result<AccessToken, TokenError>> {
        Box::pin(future::ready(Ok(self.clone())))
    }

    fn renew<'a>(&'a self, _: &'a AccessToken) -> BoxFuture<'a, Result<Option<AccessToken>, TokenError>> {
        Box::pin(future::ready(Ok(None)))
    }
}

/// A source that several clients share. If one client renews the token, all of them use the new one.
impl<S: TokenSource + ?Sized> TokenSource for Arc<S> {
    fn token(&self) -> BoxFuture<'_, Result<AccessToken, TokenError>> {
        (**self).token()
    }

    fn renew<'a>(&'a self, refused: &'a AccessToken) -> BoxFuture<'a, Result<Option<AccessToken>, TokenError>> {
        (**self).renew(refused)
    }
}

/// An error of a [`TokenSource`]: the failure and its remedy, without secrets.
///
/// It is cheap to clone: every task that waited for the same refresh gets the same error.
#[derive(Clone)]
pub struct TokenError {
    inner: Arc<Inner>,
    retry_after: Option<Duration>,
}

struct Inner {
    kind: Kind,
    message: String,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// The kinds of token errors.
#[cfg_attr(not(feature = "oauth"), expect(dead_code, reason = "only the feature `oauth` creates the later kinds"))]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Kind {
    /// An error of a custom token source.
    Other,
    /// Nothing was lost, and a later attempt may succeed.
    Temporary,
    /// The authorization server refused the settings, such as the client secret.
    Refused,
    /// The authorization server refused the refresh token.
    Revoked,
    /// The response to a refresh was lost, so the refresh token may have been used.
    Lost,
    /// The new tokens could not be saved.
    Unsaved,
}

impl TokenError {
    /// Creates an error with a message: one line that names the failure and the remedy, without the token.
    #[must_use]
    pub fn new(message: impl Into<String>) -> Self {
        Self::of(Kind::Other, message, None)
    }

    /// Sets the cause of the error.
    #[must_use]
    pub fn with_source(self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        let error = Self::of(self.inner.kind, self.inner.message.clone(), Some(source.into()));
        Self { retry_after: self.retry_after, ..error }
    }

    /// Sets the time to wait before another attempt.
    #[must_use]
    pub fn with_retry_after(self, wait: Duration) -> Self {
        Self { retry_after: Some(wait), ..self }
    }

    /// Creates an error that a later attempt may resolve: see [`is_temporary`](Self::is_temporary).
    #[must_use]
    pub fn temporary(message: impl Into<String>) -> Self {
        Self::of(Kind::Temporary, message, None)
    }

    pub(crate) fn of(kind: Kind, message: impl Into<String>, source: Option<Box<dyn StdError + Send + Sync>>) -> Self {
        Self { inner: Arc::new(Inner { kind, message: message.into(), source }), retry_after: None }
    }

    /// Returns the time to wait before another attempt, if it is known: the authorization server requested it in a
    /// `Retry-After`, or it is the pause after a failed refresh.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    /// Reports whether a later attempt may succeed: the authorization server could not be reached or is busy, or the
    /// tokens could not be saved. No token is lost.
    #[must_use]
    pub fn is_temporary(&self) -> bool {
        matches!(self.inner.kind, Kind::Temporary | Kind::Unsaved)
    }

    /// Reports whether the authorization server refused the refresh token
    /// ([`must_reauthorize`](Self::must_reauthorize)) or the settings, such as the client secret.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        matches!(self.inner.kind, Kind::Refused | Kind::Revoked)
    }

    /// Reports whether a new authorization is the only safe way to another token: the merchant has to install the app
    /// again. The server refused the refresh token, or its response was lost
    /// ([`is_outcome_unknown`](Self::is_outcome_unknown)).
    #[must_use]
    pub fn must_reauthorize(&self) -> bool {
        matches!(self.inner.kind, Kind::Revoked | Kind::Lost)
    }

    /// Reports whether the response to a refresh was lost. The refresh token may be used up, and the tokens that
    /// replaced it are not known.
    #[must_use]
    pub fn is_outcome_unknown(&self) -> bool {
        self.inner.kind == Kind::Lost
    }

    /// Reports whether new tokens could not be saved. They are kept in memory and saved when a token is needed next.
    #[must_use]
    pub fn is_unsaved(&self) -> bool {
        self.inner.kind == Kind::Unsaved
    }
}

impl fmt::Display for TokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.inner.message)
    }
}

impl fmt::Debug for TokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenError")
            .field("kind", &self.inner.kind)
            .field("message", &self.inner.message)
            .field("retry_after", &self.retry_after)
            .field("source", &self.inner.source)
            .finish()
    }
}

impl StdError for TokenError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.inner.source.as_deref().map(|source| source as &(dyn StdError + 'static))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_of_an_error_stays_when_its_cause_is_set() {
        let error =
            TokenError::new("the vault is sealed").with_retry_after(Duration::from_secs(3)).with_source("sealed");
        assert_eq!(error.retry_after(), Some(Duration::from_secs(3)));
        assert_eq!(error.source().unwrap().to_string(), "sealed");
    }

    #[test]
    fn debug_of_an_error_shows_its_kind_message_wait_and_cause() {
        let error = TokenError::temporary("the vault is sealed").with_source("no key");
        let text = format!("{error:?}");
        for part in ["Temporary", "the vault is sealed", "retry_after: None", "no key"] {
            assert!(text.contains(part), "{text}");
        }
    }
}
