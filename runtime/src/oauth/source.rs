//! The token source: returns the access token, and starts a refresh or waits for one if necessary.

use std::fmt;
use std::ops::ControlFlow;
use std::sync::{Arc, MutexGuard};

use tokio::runtime::Handle;

use crate::auth::{BoxFuture, TokenError, TokenSource};
use crate::token::AccessToken;

use super::pending::Pending;
use super::state::{State, Step, Work};
use super::task::{RefreshTask, Shared};
use super::tokens::Tokens;

/// A [`TokenSource`] that refreshes its token, one refresh at a time; see the [module](crate::oauth). Clones share the
/// tokens.
///
/// It must be used on a tokio runtime that keeps running: a refresh continues there after its caller is dropped.
#[derive(Clone)]
pub struct RefreshingToken(Arc<Shared>);

impl RefreshingToken {
    pub(super) fn new(shared: Shared) -> Self {
        Self(Arc::new(shared))
    }

    /// Replaces the tokens, for example after a new authorization. They are saved before they are used. If a refresh is
    /// in progress, this waits for it and replaces its tokens.
    pub async fn replace(&self, tokens: Tokens) {
        while let Some(pending) = self.replace_unless_pending(&tokens) {
            // The new tokens replace its result in any case.
            let _ = pending.result().await;
        }
    }

    /// Replaces the tokens, unless a task is in progress. Returns the result of that task.
    fn replace_unless_pending(&self, tokens: &Tokens) -> Option<Pending> {
        self.0.state().replace_unless_pending(tokens)
    }

    /// Allows the refresh token to be sent again although it may have been used
    /// ([`TokenError::is_outcome_unknown`]). Call it when nothing can be lost: the access token has expired, no other
    /// process has newer tokens, and the merchant would have to install the app again otherwise.
    pub fn try_again(&self) {
        self.0.state().try_again();
    }

    /// Returns a token that is not `refused`, or `None` if there is no other.
    async fn get(&self, refused: Option<&AccessToken>) -> Result<Option<AccessToken>, TokenError> {
        loop {
            let pending = match self.step(refused)? {
                ControlFlow::Break(token) => return Ok(token),
                ControlFlow::Continue(pending) => pending,
            };
            let token = pending.result().await?;
            // The refresh may have returned the very token that was refused. Then the state decides again.
            if Some(&token) != refused {
                return Ok(Some(token));
            }
        }
    }

    /// Returns the token to use now, or the pending result to wait for.
    fn step(&self, refused: Option<&AccessToken>) -> Result<ControlFlow<Option<AccessToken>, Pending>, TokenError> {
        let mut state = self.0.state();
        match state.next((self.0.clock)(), refused)? {
            Step::Return(token) => Ok(ControlFlow::Break(token)),
            Step::Wait(pending) => Ok(ControlFlow::Continue(pending)),
            Step::Start(work) => self.start(state, work).map(ControlFlow::Continue),
        }
    }

    fn start(&self, mut state: MutexGuard<'_, State>, work: Work) -> Result<Pending, TokenError> {
        let no_runtime = |error| TokenError::new("a token can be refreshed only on a tokio runtime").with_source(error);
        let runtime = Handle::try_current().map_err(no_runtime)?;
        let (task, pending) = RefreshTask::new(Arc::clone(&self.0));
        state.start(&pending);
        // A runtime that is shutting down drops the task at once, and dropping it takes the lock.
        drop(state);
        runtime.spawn(task.run(work));
        Ok(pending)
    }
}

impl TokenSource for RefreshingToken {
    fn token(&self) -> BoxFuture<'_, Result<AccessToken, TokenError>> {
        Box::pin(async { self.get(None).await?.ok_or_else(|| TokenError::new("there is no access token")) })
    }

    fn renew<'a>(&'a self, refused: &'a AccessToken) -> BoxFuture<'a, Result<Option<AccessToken>, TokenError>> {
        Box::pin(self.get(Some(refused)))
    }
}

impl fmt::Debug for RefreshingToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RefreshingToken").field("endpoint", &self.0.endpoint).finish_non_exhaustive()
    }
}
