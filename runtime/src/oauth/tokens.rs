//! What an app holds of a store's authorization, and what has to be saved of it.

use std::fmt;

use secrecy::{ExposeSecret as _, SecretString};

use crate::auth::AccessToken;

/// A refresh token, the access token that came with it, and when that expires.
///
/// ```
/// use salla_runtime::AccessToken;
/// use salla_runtime::oauth::Tokens;
///
/// // Enough to begin with: the first use refreshes.
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
    /// A refresh token alone. What it consists of is checked when the source is built.
    #[must_use]
    pub fn new(refresh_token: impl Into<SecretString>) -> Self {
        Self { access_token: None, expires_at: None, refresh_token: refresh_token.into() }
    }

    /// With the access token that goes with it, and when that expires, in Unix seconds. `None` is: not known, so it
    /// is refreshed when the API refuses it, not before.
    #[must_use]
    pub fn with_access_token(self, access_token: AccessToken, expires_at: Option<u64>) -> Self {
        Self { access_token: Some(access_token), expires_at, ..self }
    }

    /// The access token. Those that are given to be saved have one.
    #[must_use]
    pub fn access_token(&self) -> Option<&AccessToken> {
        self.access_token.as_ref()
    }

    /// When the access token expires, in Unix seconds, if that is known.
    #[must_use]
    pub fn expires_at(&self) -> Option<u64> {
        self.expires_at
    }

    /// The refresh token, to be saved. Never to be shown.
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
