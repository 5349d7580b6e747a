//! The configuration of a [`RefreshingToken`]. It is checked when the source is built.

use std::error::Error as StdError;
use std::fmt;
use std::future::Future;
use std::sync::Mutex;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use futures_util::future::BoxFuture;
use secrecy::{ExposeSecret as _, SecretString};

use crate::base_url;
use crate::error::Error;
use crate::http_client;
use crate::token::invalid_reason;

use super::endpoint::Endpoint;
use super::source::RefreshingToken;
use super::state::State;
use super::task::{Clock, Save, Shared};
use super::tokens::Tokens;

/// Default of [`RefreshingTokenBuilder::token_url`]: Salla's token endpoint.
pub const DEFAULT_TOKEN_URL: &str = "https://accounts.salla.sa/oauth2/token";

/// Default of [`RefreshingTokenBuilder::margin`]: 5 minutes.
pub const DEFAULT_MARGIN: Duration = Duration::from_secs(5 * 60);

/// Default of [`RefreshingTokenBuilder::timeout`]: 60 seconds. After a timeout, the refresh token may be lost.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(60);

/// The longest timeout of connecting. It is shorter than the timeout of the refresh: after a failed connection, the
/// refresh token is certainly unused.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// A builder of a [`RefreshingToken`]: see [`RefreshingToken::builder`].
#[must_use]
pub struct RefreshingTokenBuilder {
    client_id: String,
    client_secret: SecretString,
    tokens: Tokens,
    save: Box<Save>,
    token_url: String,
    margin: Duration,
    timeout: Duration,
    clock: Box<Clock>,
}

impl RefreshingToken {
    /// Returns a builder of a source for the app with this client id and secret. `tokens` are the app's current tokens.
    /// `save` is called with each new pair of tokens, and they are not used before it has finished. Its error becomes
    /// the [`source`](StdError::source) of a [`TokenError`](crate::TokenError), so it must not contain a token.
    ///
    /// If `save` fails, or takes longer than [`SAVE_TIMEOUT`](super::SAVE_TIMEOUT), it is called again with the same
    /// tokens. A second call begins only after the first one has ended or was dropped.
    pub fn builder<S, F, E>(
        client_id: impl Into<String>,
        client_secret: impl Into<SecretString>,
        tokens: Tokens,
        save: S,
    ) -> RefreshingTokenBuilder
    where
        S: Fn(Tokens) -> F + Send + Sync + 'static,
        F: Future<Output = Result<(), E>> + Send + 'static,
        E: Into<Box<dyn StdError + Send + Sync>>,
    {
        let save = move |tokens| -> BoxFuture<'static, Result<(), Box<dyn StdError + Send + Sync>>> {
            let saved = save(tokens);
            Box::pin(async move { saved.await.map_err(Into::into) })
        };
        RefreshingTokenBuilder {
            client_id: client_id.into(),
            client_secret: client_secret.into(),
            tokens,
            save: Box::new(save),
            token_url: DEFAULT_TOKEN_URL.to_owned(),
            margin: DEFAULT_MARGIN,
            timeout: DEFAULT_TIMEOUT,
            clock: Box::new(system_clock),
        }
    }
}

impl RefreshingTokenBuilder {
    /// Sets the URL of the token endpoint. It has no user, query or fragment. Plain `http` is accepted for this machine
    /// only (`localhost`, `127.0.0.0/8`, `[::1]`). Default: [`DEFAULT_TOKEN_URL`].
    pub fn token_url(mut self, url: impl Into<String>) -> Self {
        self.token_url = url.into();
        self
    }

    /// Sets the time before its expiry at which a token is refreshed. Half of the token's lifetime, if that is known,
    /// limits it. Default: [`DEFAULT_MARGIN`].
    pub fn margin(mut self, margin: Duration) -> Self {
        self.margin = margin;
        self
    }

    /// Sets the timeout of a refresh, from connecting to the last byte of the response. After a timeout, the refresh
    /// token may be lost. Default: [`DEFAULT_TIMEOUT`].
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Sets the clock, in Unix seconds, for tests. Default: the system's clock.
    pub fn clock(mut self, now: impl Fn() -> u64 + Send + Sync + 'static) -> Self {
        self.clock = Box::new(now);
        self
    }

    /// Builds the source. It makes no connection yet.
    ///
    /// # Errors
    ///
    /// A [configuration error](Error::is_configuration) that names the invalid setting and the reason.
    pub fn build(self) -> Result<RefreshingToken, Error> {
        self.check()?;
        let url = base_url::parse(&self.token_url).map_err(|reason| Error::configuration("token_url", reason))?;
        let http = http_client::build(&url, self.timeout, CONNECT_TIMEOUT.min(self.timeout / 2))?;
        Ok(RefreshingToken::new(Shared {
            endpoint: Endpoint { http, url, client_id: self.client_id, client_secret: self.client_secret },
            save: self.save,
            clock: self.clock,
            state: Mutex::new(State::new(self.tokens, self.margin.as_secs())),
        }))
    }

    fn check(&self) -> Result<(), Error> {
        for (setting, text) in [
            ("client_id", self.client_id.as_str()),
            ("client_secret", self.client_secret.expose_secret()),
            ("refresh_token", self.tokens.refresh_token()),
        ] {
            if let Some(reason) = invalid_reason(text) {
                return Err(Error::configuration(setting, reason));
            }
        }
        if self.timeout.is_zero() {
            return Err(Error::configuration("timeout", "is zero"));
        }
        Ok(())
    }
}

fn system_clock() -> u64 {
    // A clock before 1970 counts as 1970.
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

/// Omits the secrets, and the URL, which is not validated yet and may be a misplaced secret.
impl fmt::Debug for RefreshingTokenBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RefreshingTokenBuilder")
            .field("margin", &self.margin)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}
