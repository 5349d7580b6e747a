//! The task that refreshes and saves the tokens. It always completes its pending result, even if the caller's function
//! panics or the runtime shuts down.

use std::error::Error as StdError;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::future::BoxFuture;
use tokio::sync::watch;

use crate::auth::{Kind, TokenError};

use super::endpoint::{self, Endpoint};
use super::pending::{Outcome, Pending};
use super::state::{State, Work};
use super::tokens::Tokens;

pub(super) type Save = dyn Fn(Tokens) -> BoxFuture<'static, Result<(), Box<dyn StdError + Send + Sync>>> + Send + Sync;
pub(super) type Clock = dyn Fn() -> u64 + Send + Sync;

/// The state that the clones of a source and their tasks share.
pub(super) struct Shared {
    pub(super) endpoint: Endpoint,
    pub(super) save: Box<Save>,
    pub(super) clock: Box<Clock>,
    pub(super) state: Mutex<State>,
}

impl Shared {
    /// Locks the state. No code that holds the lock can panic, so the state of a poisoned lock is consistent.
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The progress of a task. It determines the error if the task ends early.
#[derive(Clone, Copy)]
enum Stage {
    Ready,
    Sent,
    Saving,
}

/// A refresh or a save. If it is dropped before its end, its result is an error.
pub(super) struct RefreshTask {
    shared: Arc<Shared>,
    stage: Stage,
    result: Option<watch::Sender<Option<Outcome>>>,
}

impl RefreshTask {
    /// Creates a task and its pending result.
    pub(super) fn new(shared: Arc<Shared>) -> (Self, Pending) {
        let (sender, pending) = Pending::new();
        (Self { shared, stage: Stage::Ready, result: Some(sender) }, pending)
    }

    /// Does the work and completes the result.
    pub(super) async fn run(mut self, work: Work) {
        let result = self.perform(work).await;
        self.finish(result);
    }

    async fn perform(&mut self, work: Work) -> Result<(), TokenError> {
        if work == Work::Refresh {
            self.refresh().await?;
        }
        self.save().await
    }

    async fn refresh(&mut self) -> Result<(), TokenError> {
        let tokens = self.shared.state().tokens();
        self.stage = Stage::Sent;
        let granted = self.shared.endpoint.refresh(&tokens).await?;
        let now = (self.shared.clock)();
        self.shared.state().accept(now, granted.at(now));
        Ok(())
    }

    async fn save(&mut self) -> Result<(), TokenError> {
        self.stage = Stage::Saving;
        let tokens = self.shared.state().tokens();
        (self.shared.save)(tokens).await.map_err(|error| unsaved("could not be saved", Some(error)))?;
        self.shared.state().set_saved();
        Ok(())
    }

    fn finish(&mut self, result: Result<(), TokenError>) {
        let Some(sender) = self.result.take() else { return };
        let now = (self.shared.clock)();
        let outcome = self.shared.state().finish(now, result);
        sender.send_replace(Some(outcome));
    }
}

impl Drop for RefreshTask {
    fn drop(&mut self) {
        self.finish(Err(match self.stage {
            Stage::Ready => TokenError::temporary("the refresh of the access token was stopped before it began"),
            Stage::Sent => endpoint::lost("the runtime shut down before it arrived", None),
            Stage::Saving => unsaved("were not saved: saving panicked, or the runtime shut down", None),
        }));
    }
}

/// Creates the error of tokens that are not saved. `problem` completes a sentence about them.
fn unsaved(problem: &str, error: Option<Box<dyn StdError + Send + Sync>>) -> TokenError {
    let message = format!(
        "the new tokens {problem}, so they are not used yet; they are kept in memory and saved when a token is needed \
         next: fix the storage and do not stop this process"
    );
    TokenError::of(Kind::Unsaved, message, error)
}
