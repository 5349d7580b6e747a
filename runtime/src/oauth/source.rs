//! The token source: returns the access token, and starts a refresh or waits for one if necessary.

use std::fmt;
use std::ops::ControlFlow;
use std::sync::{Arc, MutexGuard};

use tokio::runtime::Handle;

use crate::auth::{BoxFuture, TokenError, TokenSource};
use crate::token::AccessToken;

use super::pending::{Outcome, Pending};
use super::state::{PATIENCE, State, Step, Work};
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

    /// Replaces the tokens, for example after a new authorization. They are saved before they are used. Without an
    /// access token, they are refreshed first, and the tokens of that refresh are saved. If a refresh is in progress,
    /// this waits for its response and replaces its tokens. It does not wait for `save`.
    pub async fn replace(&self, tokens: Tokens) {
        while let Some(pending) = self.replace_unless_refreshing(&tokens) {
            // The new tokens replace its result in any case.
            pending.refreshed().await;
        }
    }

    /// Replaces the tokens, unless a refresh is in progress. Returns that refresh.
    fn replace_unless_refreshing(&self, tokens: &Tokens) -> Option<Pending> {
        self.0.state().replace_unless_refreshing(tokens)
    }

    /// Ends the pause after a failed refresh, and allows the refresh token to be sent again although it may have been
    /// used ([`TokenError::is_outcome_unknown`]). In the latter case, call it when nothing can be lost: the access
    /// token has expired, no other process has newer tokens, and the merchant would have to install the app again
    /// otherwise.
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
            let token = self.result(pending, refused).await?;
            // The refresh may have returned the very token that was refused. Then the state decides again.
            if token.is_some() && token.as_ref() != refused {
                return Ok(token);
            }
        }
    }

    /// Waits for the task. If it takes longer than [`PATIENCE`], the current token is returned while it is valid.
    async fn result(&self, pending: Pending, refused: Option<&AccessToken>) -> Outcome {
        if let Some(outcome) = pending.result_within(PATIENCE).await {
            return outcome;
        }
        let current = self.0.state().valid_token((self.0.clock)(), refused);
        match current {
            Some(token) => Ok(Some(token)),
            None => pending.result().await,
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
        let (task, pending) = RefreshTask::new(Arc::clone(&self.0), state.task(work));
        state.start(&pending);
        // A runtime that is shutting down drops the task at once, and dropping it takes the lock.
        drop(state);
        runtime.spawn(task.run());
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
