//! The progress of a refresh. All callers that need a token wait for the same one.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};

use crate::auth::TokenError;
use crate::token::AccessToken;

/// The result of a task. `None` means that its tokens were replaced or have expired, so the state decides again.
pub(super) type Outcome = Result<Option<AccessToken>, TokenError>;

/// The progress of a task.
pub(super) enum Progress {
    /// The request is sent, or about to be sent.
    Refreshing,
    /// The new tokens are being saved.
    Saving,
    Done(Outcome),
}

/// The receiver of a result that may not be complete yet.
#[derive(Clone)]
pub(super) struct Pending {
    progress: watch::Receiver<Progress>,
    started: Instant,
}

impl Pending {
    /// Creates a pending result and the sender that completes it.
    pub(super) fn new(progress: Progress) -> (watch::Sender<Progress>, Self) {
        let (sender, progress) = watch::channel(progress);
        (sender, Self { progress, started: Instant::now() })
    }

    /// Reports whether the task has neither new tokens nor an error yet.
    pub(super) fn is_refreshing(&self) -> bool {
        matches!(*self.progress.borrow(), Progress::Refreshing)
    }

    /// Waits until the task has new tokens or an error.
    pub(super) async fn refreshed(mut self) {
        // An error means that the task has ended.
        let _ = self.progress.wait_for(|progress| !matches!(progress, Progress::Refreshing)).await;
    }

    /// Waits for the result until the task has run for `limit`.
    pub(super) async fn result_within(&self, limit: Duration) -> Option<Outcome> {
        timeout_at(self.started + limit, self.clone().result()).await.ok()
    }

    /// Waits for the result.
    pub(super) async fn result(mut self) -> Outcome {
        match self.progress.wait_for(|progress| matches!(progress, Progress::Done(_))).await.as_deref() {
            Ok(Progress::Done(outcome)) => outcome.clone(),
            _ => Err(TokenError::temporary("the refresh of the access token was stopped")),
        }
    }
}
