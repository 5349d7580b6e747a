//! The one refresh (or saving) under way: it runs on a task of its own, and all who ask meanwhile wait for it.
//! However it ends, by its result, a panic of the caller's function or the end of its runtime, it lands.

use std::sync::Arc;

use tokio::sync::watch;

use crate::auth::{AccessToken, Kind, TokenError};

use super::state::Task;
use super::{Shared, endpoint};

type Outcome = Result<AccessToken, TokenError>;

/// How far a flight has come: what a sudden end means.
#[derive(Clone, Copy)]
enum Stage {
    Ready,
    Sent,
    Saving,
}

/// The flight itself. Dropped in the middle, it lands with an error.
pub(super) struct Flight {
    shared: Arc<Shared>,
    stage: Stage,
    landing: Option<watch::Sender<Option<Outcome>>>,
}

/// Where its result arrives.
#[derive(Clone)]
pub(super) struct Landing(watch::Receiver<Option<Outcome>>);

impl Landing {
    /// What the flight ends with.
    pub(super) async fn result(mut self) -> Outcome {
        let landed = self.0.wait_for(Option::is_some).await;
        let outcome = landed.ok().and_then(|outcome| outcome.clone());
        outcome.unwrap_or_else(|| Err(TokenError::temporary("the refresh of the access token was stopped")))
    }
}

impl Flight {
    pub(super) fn new(shared: Arc<Shared>) -> (Self, Landing) {
        let (sender, receiver) = watch::channel(None);
        (Self { shared, stage: Stage::Ready, landing: Some(sender) }, Landing(receiver))
    }

    /// Does the task, and whatever has to follow it.
    pub(super) async fn run(mut self, task: Task) {
        let result = self.perform(task).await;
        self.land(result);
    }

    async fn perform(&mut self, task: Task) -> Result<(), TokenError> {
        if task == Task::Refresh {
            self.refresh().await?;
        }
        self.save().await
    }

    async fn refresh(&mut self) -> Result<(), TokenError> {
        let tokens = self.shared.state().tokens();
        self.stage = Stage::Sent;
        let answer = self.shared.endpoint.refresh(&tokens).await?;
        let now = (self.shared.clock)();
        self.shared.state().accept(now, answer.at(now));
        Ok(())
    }

    async fn save(&mut self) -> Result<(), TokenError> {
        self.stage = Stage::Saving;
        let tokens = self.shared.state().tokens();
        (self.shared.save)(tokens).await.map_err(|error| unsaved("could not be saved", Some(error)))?;
        self.shared.state().saved();
        Ok(())
    }

    fn land(&mut self, result: Result<(), TokenError>) {
        let Some(landing) = self.landing.take() else { return };
        let now = (self.shared.clock)();
        let outcome = self.shared.state().land(now, result);
        landing.send_replace(Some(outcome));
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        self.land(Err(match self.stage {
            Stage::Ready => TokenError::temporary("the refresh of the access token was stopped before it began"),
            Stage::Sent => endpoint::lost("the runtime shut down before it came", None),
            Stage::Saving => unsaved("were not saved: saving panicked, or the runtime shut down", None),
        }));
    }
}

fn unsaved(what: &str, error: Option<Box<dyn std::error::Error + Send + Sync>>) -> TokenError {
    let message = format!(
        "the new tokens {what}, so they are not used; they are kept in memory and saved when a token is asked for \
         next: mend the storage and do not stop this process"
    );
    TokenError::of(Kind::Unsaved, message, error)
}
