//! The task that refreshes and saves the tokens. It always completes its pending result, even if the caller's function
//! panics or the runtime shuts down.

use std::error::Error as StdError;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::sync::watch;
use tokio::time::timeout;

use crate::auth::{Kind, TokenError};

use super::endpoint::{self, Endpoint};
use super::pending::{Pending, Progress};
use super::state::{State, Task, Work};
use super::tokens::Tokens;

/// The time after which a save has failed: 30 seconds. Its future is dropped, and the next caller saves the tokens
/// again.
pub const SAVE_TIMEOUT: Duration = Duration::from_secs(30);

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

/// The stage of a task. It determines the error if the task ends early.
#[derive(Clone, Copy)]
enum Stage {
    Ready,
    Sent,
    Saving,
}

/// A refresh or a save. If it is dropped before its end, its result is an error.
pub(super) struct RefreshTask {
    shared: Arc<Shared>,
    task: Task,
    stage: Stage,
    progress: watch::Sender<Progress>,
    is_done: bool,
}

impl RefreshTask {
    /// Creates a task and its pending result.
    pub(super) fn new(shared: Arc<Shared>, task: Task) -> (Self, Pending) {
        let progress = match task.work {
            Work::Refresh => Progress::Refreshing,
            Work::Save => Progress::Saving,
        };
        let (progress, pending) = Pending::new(progress);
        (Self { shared, task, stage: Stage::Ready, progress, is_done: false }, pending)
    }

    /// Does the work and completes the result.
    pub(super) async fn run(mut self) {
        let result = self.perform().await;
        self.finish(result);
    }

    async fn perform(&mut self) -> Result<(), TokenError> {
        let tokens = match self.task.work {
            Work::Refresh => self.refresh().await?,
            Work::Save => self.shared.state().tokens(),
        };
        self.save(tokens).await
    }

    /// Refreshes the tokens and returns them.
    async fn refresh(&mut self) -> Result<Tokens, TokenError> {
        let tokens = self.shared.state().tokens();
        self.stage = Stage::Sent;
        let granted = self.shared.endpoint.refresh(&tokens).await?;
        let now = (self.shared.clock)();
        let mut state = self.shared.state();
        state.accept(now, granted.at(now));
        Ok(state.tokens())
    }

    async fn save(&mut self, tokens: Tokens) -> Result<(), TokenError> {
        self.stage = Stage::Saving;
        self.progress.send_replace(Progress::Saving);
        let saved = timeout(SAVE_TIMEOUT, (self.shared.save)(tokens)).await;
        let saved = saved.map_err(|_| unsaved("could not be saved in time", None))?;
        saved.map_err(|error| unsaved("could not be saved", Some(error)))
    }

    fn finish(&mut self, result: Result<(), TokenError>) {
        if std::mem::replace(&mut self.is_done, true) {
            return;
        }
        let now = (self.shared.clock)();
        let mut state = self.shared.state();
        let outcome = match (self.stage, result) {
            (Stage::Sent, Err(error)) => state.fail(now, error),
            (_, result) => state.finish(now, self.task, result),
        };
        drop(state);
        self.progress.send_replace(Progress::Done(outcome));
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
