//! The tokens of a store's authorization, which the app has to save.

use std::fmt;

use secrecy::{ExposeSecret as _, SecretString};

use crate::token::AccessToken;

/// A refresh token, its access token, and the expiry of the access token.
///
/// ```
/// use salla_runtime::AccessToken;
/// use salla_runtime::oauth::Tokens;
///
/// // A refresh token is sufficient: the first use refreshes.
/// let tokens = Tokens::new("ory_rt_0123");
/// assert!(tokens.access_token().is_none() && tokens.refresh_token() == "ory_rt_0123");
///
/// let tokens = tokens.with_access_token(AccessToken::parse("ory_at_0123")?, Some(1_734_446_534));
/// assert!(!format!("{tokens:?}").contains("0123"));
/// # Ok::<(), salla_runtime::InvalidToken>(())
/// ```
#[derive(Clone)]
pub struct Tokens {
    pub(super) access_token: Option<AccessToken>,
    pub(super) expires_at: Option<u64>,
    pub(super) refresh_token: SecretString,
}

impl Tokens {
    /// Creates tokens with a refresh token only. It is validated when the source is built.
    #[must_use]
    pub fn new(refresh_token: impl Into<SecretString>) -> Self {
        Self { access_token: None, expires_at: None, refresh_token: refresh_token.into() }
    }

    /// Sets the access token and its expiry in Unix seconds. If the expiry is `None`, the token is refreshed only when
    /// the API refuses it.
    #[must_use]
    pub fn with_access_token(self, access_token: AccessToken, expires_at: Option<u64>) -> Self {
        Self { access_token: Some(access_token), expires_at, ..self }
    }

    /// Returns the access token. Tokens that are passed to `save` always have one.
    #[must_use]
    pub fn access_token(&self) -> Option<&AccessToken> {
        self.access_token.as_ref()
    }

    /// Returns the expiry of the access token in Unix seconds, if it is known.
    #[must_use]
    pub fn expires_at(&self) -> Option<u64> {
        self.expires_at
    }

    /// Returns the refresh token, to save it. Do not print it.
    #[must_use]
    pub fn refresh_token(&self) -> &str {
        self.refresh_token.expose_secret()
    }
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens")
            .field("has_access_token", &self.access_token.is_some())
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}
