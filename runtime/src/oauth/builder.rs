//! Settings into a [`RefreshingToken`], checked when it is built.

use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use secrecy::{ExposeSecret as _, SecretString};

use crate::config;
use crate::error::{Error, Failure};
use crate::token::fault;

use super::endpoint::Endpoint;
use super::state::State;
use super::{Clock, DEFAULT_MARGIN, DEFAULT_TIMEOUT, DEFAULT_TOKEN_URL, RefreshingToken, Save, Shared, Tokens};

/// The longest that connecting may take. Short of the whole: a connection that was never made costs nothing.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Builds a [`RefreshingToken`]: see [`RefreshingToken::builder`].
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

impl RefreshingTokenBuilder {
    pub(super) fn new(client_id: String, client_secret: SecretString, tokens: Tokens, save: Box<Save>) -> Self {
        Self {
            client_id,
            client_secret,
            tokens,
            save,
            token_url: DEFAULT_TOKEN_URL.to_owned(),
            margin: DEFAULT_MARGIN,
            timeout: DEFAULT_TIMEOUT,
            clock: Box::new(system_clock),
        }
    }

    /// Where tokens are refreshed; [`DEFAULT_TOKEN_URL`] otherwise. It has neither user, query nor fragment. Plain
    /// `http` is accepted for this machine only (`localhost`, `127.0.0.0/8`, `[::1]`).
    pub fn token_url(mut self, url: impl Into<String>) -> Self {
        self.token_url = url.into();
        self
    }

    /// How long before its expiry a token is refreshed; [`DEFAULT_MARGIN`] otherwise. Never more than half of a
    /// token's lifetime, as far as that is known.
    pub fn margin(mut self, margin: Duration) -> Self {
        self.margin = margin;
        self
    }

    /// How long a refresh may take, from connecting to the last byte of the answer; [`DEFAULT_TIMEOUT`] otherwise.
    /// Giving up early may cost the refresh token.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// What time it is, in Unix seconds; the system's clock otherwise. For tests.
    pub fn clock(mut self, now: impl Fn() -> u64 + Send + Sync + 'static) -> Self {
        self.clock = Box::new(now);
        self
    }

    /// Builds the source. Connects to nothing yet.
    ///
    /// # Errors
    ///
    /// A configuration error that names the setting that cannot be used, and why.
    pub fn build(self) -> Result<RefreshingToken, Error> {
        self.check()?;
        let url = config::base_url(&self.token_url).map_err(|reason| Failure::configuration("token_url", reason))?;
        let http = config::http_client(&url, self.timeout, CONNECT_TIMEOUT.min(self.timeout / 2))?;
        Ok(RefreshingToken(Arc::new(Shared {
            endpoint: Endpoint { http, url, client_id: self.client_id, client_secret: self.client_secret },
            save: self.save,
            clock: self.clock,
            state: Mutex::new(State::new(self.tokens, self.margin.as_secs())),
        })))
    }

    fn check(&self) -> Result<(), Failure> {
        for (setting, text) in [
            ("client_id", self.client_id.as_str()),
            ("client_secret", self.client_secret.expose_secret()),
            ("refresh_token", self.tokens.refresh_token()),
        ] {
            if let Some(reason) = fault(text) {
                return Err(Failure::configuration(setting, reason));
            }
        }
        if self.timeout.is_zero() {
            return Err(Failure::configuration("timeout", "is zero"));
        }
        Ok(())
    }
}

fn system_clock() -> u64 {
    // Before 1970 there were no tokens.
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

/// Neither secrets nor URL: that is not checked yet, and may be a secret in the wrong place.
impl fmt::Debug for RefreshingTokenBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RefreshingTokenBuilder")
            .field("margin", &self.margin)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}
