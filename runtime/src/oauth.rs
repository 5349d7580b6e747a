//! Access tokens that renew themselves: OAuth 2.0 refresh tokens, made for authorization servers where a refresh
//! token works once and a second use revokes all that came from it.
//!
//! [`RefreshingToken`] is a [`TokenSource`]. It refreshes ahead of expiry and when the API refuses the token, and it
//! guards the refresh token:
//!
//! - **One refresh at a time**, however many tasks ask: they all wait for the same one. It runs on a task of its own,
//!   so an asker that is dropped in the middle takes nothing along. Share one source (it is cheap to clone) between
//!   all clients of a store, and one process between all users of a refresh token.
//! - **Saved before used.** The function that saves is awaited before anybody gets the new access token. When it
//!   fails, the new tokens stay in memory and nobody gets them; whoever asks next has them saved again, not refreshed
//!   again.
//! - **Sent once.** A refresh token is sent again only if the first request cannot have used it: there was no
//!   connection, or the server answered that it refuses (4xx) or has no time (429, 503). When the connection broke
//!   after sending, time ran out, or the answer is no answer (any other 5xx, HTML with a 200), the refresh token may
//!   be used up. Then it is not sent again: the access token at hand serves until it expires, and after that every
//!   asker gets an error ([`TokenError::must_reauthorize`], [`TokenError::is_outcome_unknown`]) until the app decides:
//!   [`replace`](RefreshingToken::replace) the tokens after a new authorization, or
//!   [`try_again`](RefreshingToken::try_again) with the old ones, which mends it if the server had not come so far,
//!   and otherwise revokes what was lost anyway.
//! - **No loops.** A new token that the API refuses within [`MIN_AGE`] is not refreshed: another would not do better.
//!   A refresh that failed while the token at hand is valid is not tried again for [`RETRY_PAUSE`].
//!
//! A process that dies between sending and saving loses the answer like a broken connection does. When it starts
//! again it knows only the old refresh token, and sends it.
//!
//! The refresh token and the client secret are wiped from memory when they are dropped; copies that the HTTP client
//! makes to send them are not.
//!
//! The `oauth2` crate is not used: of a refresh it would do the form of four fields, while `expires` as Salla answers
//! it, one refresh at a time, and the order of saving are ours in any case; and it brings chrono, rand 0.8 and sha2.
//!
//! ```
//! use salla_runtime::AccessToken;
//! use salla_runtime::oauth::{RefreshingToken, Tokens};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // As saved last, or as `app.store.authorize` brought them.
//! let tokens = Tokens::new("ory_rt_0123").with_access_token(AccessToken::parse("ory_at_0123")?, Some(1_734_446_534));
//! let source = RefreshingToken::builder("client-id", "client-secret", tokens, |tokens: Tokens| async move {
//!     let access_token = tokens.access_token().map(AccessToken::expose_secret);
//!     let row = (access_token, tokens.refresh_token(), tokens.expires_at());
//!     // … write the row, and wait until it is on the disk.
//!     # let _ = row;
//!     Ok::<(), std::io::Error>(())
//! })
//! .build()?;
//! # let _ = source;
//! # Ok(())
//! # }
//! ```

mod builder;
mod endpoint;
mod flight;
mod state;
mod tokens;

use std::error::Error as StdError;
use std::fmt;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::runtime::Handle;

use crate::auth::{AccessToken, TokenError, TokenSource};
use endpoint::Endpoint;
use flight::{Flight, Landing};
use state::{State, Step, Task};

pub use builder::RefreshingTokenBuilder;
pub use secrecy::SecretString;
pub use tokens::Tokens;

/// Salla's token endpoint.
pub const DEFAULT_TOKEN_URL: &str = "https://accounts.salla.sa/oauth2/token";

/// How long before its expiry a token is refreshed, unless [`RefreshingTokenBuilder::margin`] says otherwise:
/// 5 minutes. Never more than half of a token's lifetime.
pub const DEFAULT_MARGIN: Duration = Duration::from_secs(5 * 60);

/// How long a refresh may take, from connecting to the last byte of the answer, unless
/// [`RefreshingTokenBuilder::timeout`] says otherwise: 60 seconds. Giving up early may cost the refresh token.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(60);

/// How old a token from a refresh has to be to be refreshed because the API refused it: 10 minutes.
pub const MIN_AGE: Duration = Duration::from_secs(10 * 60);

/// How long after a failed refresh the next one is tried while the token at hand is valid: 30 seconds.
pub const RETRY_PAUSE: Duration = Duration::from_secs(30);

type Save = dyn Fn(Tokens) -> BoxFuture<'static, Result<(), Box<dyn StdError + Send + Sync>>> + Send + Sync;
type Clock = dyn Fn() -> u64 + Send + Sync;

/// A [`TokenSource`] that refreshes its token, one refresh at a time; see the [module](self). Clones share the tokens.
///
/// It has to be used on a tokio runtime, and on one that is kept running: a refresh goes on there when its first asker
/// has left.
#[derive(Clone)]
pub struct RefreshingToken(Arc<Shared>);

struct Shared {
    endpoint: Endpoint,
    save: Box<Save>,
    clock: Box<Clock>,
    state: Mutex<State>,
}

impl RefreshingToken {
    /// Begins a source for the app with this client id and secret, from the tokens that it has now. `save` is given
    /// every new pair of tokens, and awaited before they are used. Its error becomes the
    /// [`source`](StdError::source) of a [`TokenError`], so it must hold no token.
    ///
    /// `save` is called again with the same tokens when it failed: it has to be able to.
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
        RefreshingTokenBuilder::new(client_id.into(), client_secret.into(), tokens, Box::new(save))
    }

    /// Goes on with other tokens, such as those of a new authorization. They are saved before they are used, like all
    /// others. Waits for a refresh under way, whose tokens they replace.
    pub async fn replace(&self, tokens: Tokens) {
        while let Some(landing) = self.replace_now(&tokens) {
            // Whatever it gave, it is replaced.
            let _ = landing.result().await;
        }
    }

    fn replace_now(&self, tokens: &Tokens) -> Option<Landing> {
        self.0.state().replace(tokens)
    }

    /// Allows the refresh token to be sent again although it may have been used
    /// ([`TokenError::is_outcome_unknown`]). Call it when there is nothing to lose: the access token has expired, no
    /// other process has newer tokens, and the alternative is that the merchant installs the app again.
    pub fn try_again(&self) {
        self.0.state().try_again();
    }

    /// The token to use, which is not `refused`; `None` if there is no other.
    async fn ask(&self, refused: Option<&AccessToken>) -> Result<Option<AccessToken>, TokenError> {
        loop {
            let landing = match self.step(refused)? {
                ControlFlow::Break(token) => return Ok(token),
                ControlFlow::Continue(landing) => landing,
            };
            let token = landing.result().await?;
            // The flight may have ended with the very token that was refused: what then, is asked again.
            if Some(&token) != refused {
                return Ok(Some(token));
            }
        }
    }

    /// What there is to give now, or what to wait for.
    fn step(&self, refused: Option<&AccessToken>) -> Result<ControlFlow<Option<AccessToken>, Landing>, TokenError> {
        let mut state = self.0.state();
        match state.next((self.0.clock)(), refused)? {
            Step::Give(token) => Ok(ControlFlow::Break(token)),
            Step::Wait(landing) => Ok(ControlFlow::Continue(landing)),
            Step::Start(task) => self.start(state, task).map(ControlFlow::Continue),
        }
    }

    fn start(&self, mut state: MutexGuard<'_, State>, task: Task) -> Result<Landing, TokenError> {
        let no_runtime = |error| TokenError::new("a token can be refreshed on a tokio runtime only").with_source(error);
        let runtime = Handle::try_current().map_err(no_runtime)?;
        let (flight, landing) = Flight::new(Arc::clone(&self.0));
        state.depart(&landing);
        // A runtime that is shutting down drops the flight at once, and that takes the lock.
        drop(state);
        runtime.spawn(flight.run(task));
        Ok(landing)
    }
}

impl TokenSource for RefreshingToken {
    fn token(&self) -> BoxFuture<'_, Result<AccessToken, TokenError>> {
        Box::pin(async { self.ask(None).await?.ok_or_else(|| TokenError::new("there is no access token")) })
    }

    fn renew<'a>(&'a self, refused: &'a AccessToken) -> BoxFuture<'a, Result<Option<AccessToken>, TokenError>> {
        Box::pin(self.ask(Some(refused)))
    }
}

impl Shared {
    /// No code that holds the lock can panic, so a poisoned one holds a whole state.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for RefreshingToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RefreshingToken").field("endpoint", &self.0.endpoint).finish_non_exhaustive()
    }
}
