//! The result of a refresh in progress. All callers that need a token wait for the same one.

use tokio::sync::watch;

use crate::auth::TokenError;
use crate::token::AccessToken;

pub(super) type Outcome = Result<AccessToken, TokenError>;

/// The receiver of a result that may not be complete yet.
#[derive(Clone)]
pub(super) struct Pending(watch::Receiver<Option<Outcome>>);

impl Pending {
    /// Creates a pending result and the sender that completes it.
    pub(super) fn new() -> (watch::Sender<Option<Outcome>>, Self) {
        let (sender, receiver) = watch::channel(None);
        (sender, Self(receiver))
    }

    /// Waits for the result.
    pub(super) async fn result(mut self) -> Outcome {
        let outcome = self.0.wait_for(Option::is_some).await;
        let outcome = outcome.ok().and_then(|outcome| outcome.clone());
        outcome.unwrap_or_else(|| Err(TokenError::temporary("the refresh of the access token was stopped")))
    }
}
