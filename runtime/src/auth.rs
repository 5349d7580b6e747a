//! Where the access token comes from: [`TokenSource`] gives one for every request and another when the API refuses
//! it. A fixed [`AccessToken`] is the simplest source; one that renews itself is [`crate::oauth::RefreshingToken`].

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

use futures_util::future;

pub use crate::token::{AccessToken, InvalidToken};
pub use futures_util::future::BoxFuture;

/// Gives the access token of every request.
///
/// A client asks for [`token`](Self::token) before it sends a request, and for [`renew`](Self::renew) once when the
/// API answers that the token is invalid or expired. Both are called by many tasks at the same time.
///
/// ```
/// use salla_runtime::{AccessToken, BoxFuture, TokenError, TokenSource};
///
/// /// Reads the token that another program keeps fresh.
/// struct TokenFile(std::path::PathBuf);
///
/// impl TokenSource for TokenFile {
///     fn token(&self) -> BoxFuture<'_, Result<AccessToken, TokenError>> {
///         Box::pin(async {
///             let text = std::fs::read_to_string(&self.0)
///                 .map_err(|error| TokenError::new("cannot read the token file").with_source(error))?;
///             AccessToken::parse(text.trim())
///                 .map_err(|error| TokenError::new("the token file holds no token").with_source(error))
///         })
///     }
///
///     fn renew<'a>(&'a self, refused: &'a AccessToken) -> BoxFuture<'a, Result<Option<AccessToken>, TokenError>> {
///         // The file may have changed since.
///         Box::pin(async move { Ok(Some(self.token().await?).filter(|token| token != refused)) })
///     }
/// }
/// # let _ = TokenFile("token".into()).token();
/// ```
pub trait TokenSource: Send + Sync + 'static {
    /// The token to send now.
    fn token(&self) -> BoxFuture<'_, Result<AccessToken, TokenError>>;

    /// The API refused this token as invalid or expired: gives another one, or `None` where there is no other.
    fn renew<'a>(&'a self, refused: &'a AccessToken) -> BoxFuture<'a, Result<Option<AccessToken>, TokenError>>;
}

/// Always this token. There is no other when it is refused.
impl TokenSource for AccessToken {
    fn token(&self) -> BoxFuture<'_, Result<AccessToken, TokenError>> {
        Box::pin(future::ready(Ok(self.clone())))
    }

    fn renew<'a>(&'a self, _: &'a AccessToken) -> BoxFuture<'a, Result<Option<AccessToken>, TokenError>> {
        Box::pin(future::ready(Ok(None)))
    }
}

/// Shared by several clients: what one of them renews, all of them use.
impl<S: TokenSource + ?Sized> TokenSource for Arc<S> {
    fn token(&self) -> BoxFuture<'_, Result<AccessToken, TokenError>> {
        (**self).token()
    }

    fn renew<'a>(&'a self, refused: &'a AccessToken) -> BoxFuture<'a, Result<Option<AccessToken>, TokenError>> {
        (**self).renew(refused)
    }
}

/// A [`TokenSource`] has no token to give: what failed, and what to do about it. Never a secret.
///
/// Cheap to clone: every task that waited for the same refresh gets the same error.
#[derive(Clone)]
pub struct TokenError(Arc<Inner>);

struct Inner {
    kind: Kind,
    message: String,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// What a [`TokenError`] means for who gets it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Kind {
    /// Nothing is known about it.
    Other,
    /// Asking again later may succeed.
    Temporary,
    /// The authorization server refused for a reason that lies in the settings.
    Refused,
    /// The authorization server refused the refresh token.
    Revoked,
    /// The refresh token may have been used, and what it was exchanged for is not known.
    Lost,
    /// There are new tokens, and they could not be saved.
    Unsaved,
}

impl TokenError {
    /// An error that says `message`: one line on what failed and what to do, without the token in it.
    #[must_use]
    pub fn new(message: impl Into<String>) -> Self {
        Self::of(Kind::Other, message, None)
    }

    /// The same error, caused by `source`.
    #[must_use]
    pub fn with_source(self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::of(self.0.kind, self.0.message.clone(), Some(source.into()))
    }

    /// The same error, which may pass when it is asked for the token later: see [`is_temporary`](Self::is_temporary).
    #[must_use]
    pub fn temporary(message: impl Into<String>) -> Self {
        Self::of(Kind::Temporary, message, None)
    }

    pub(crate) fn of(kind: Kind, message: impl Into<String>, source: Option<Box<dyn StdError + Send + Sync>>) -> Self {
        Self(Arc::new(Inner { kind, message: message.into(), source }))
    }

    /// Asking again later may succeed: the authorization server could not be reached or has no time, or the tokens
    /// could not be saved. Nothing is lost.
    #[must_use]
    pub fn is_temporary(&self) -> bool {
        matches!(self.0.kind, Kind::Temporary | Kind::Unsaved)
    }

    /// The authorization server refused to give a token: the refresh token
    /// ([`must_reauthorize`](Self::must_reauthorize)) or the settings, such as the client secret.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        matches!(self.0.kind, Kind::Refused | Kind::Revoked)
    }

    /// There is no safe way to another token but a new authorization: the merchant has to install the app again. The
    /// server refused the refresh token, or the answer to it was lost ([`is_outcome_unknown`](Self::is_outcome_unknown)).
    #[must_use]
    pub fn must_reauthorize(&self) -> bool {
        matches!(self.0.kind, Kind::Revoked | Kind::Lost)
    }

    /// The refresh token was sent, and what came of it is not known: the answer was lost. The refresh token may be
    /// used up, and what it was exchanged for is not known to anybody here.
    #[must_use]
    pub fn is_outcome_unknown(&self) -> bool {
        self.0.kind == Kind::Lost
    }

    /// There are new tokens, but saving them failed. They are kept in memory, and saving is tried again when the
    /// token is asked for next.
    #[must_use]
    pub fn is_unsaved(&self) -> bool {
        self.0.kind == Kind::Unsaved
    }
}

impl fmt::Display for TokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl fmt::Debug for TokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenError")
            .field("kind", &self.0.kind)
            .field("message", &self.0.message)
            .field("source", &self.0.source)
            .finish()
    }
}

impl StdError for TokenError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as &(dyn StdError + 'static))
    }
}
