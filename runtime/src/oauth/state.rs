//! The state of a source and its decisions: pure functions of a clock reading, without network or tasks.

use std::time::Duration;

use crate::auth::TokenError;
use crate::token::AccessToken;

use super::pending::{Outcome, Pending};
use super::tokens::Tokens;

/// The age below which a refused access token is not refreshed again: 10 minutes.
pub const MIN_AGE: Duration = Duration::from_secs(10 * 60);

/// The pause after a failed refresh while the current access token is valid: 30 seconds.
pub const RETRY_PAUSE: Duration = Duration::from_secs(30);

/// The tokens, their origin, and the refresh in progress. Times are Unix seconds.
pub(super) struct State {
    tokens: Tokens,
    /// The time before its expiry at which a token is refreshed.
    margin: u64,
    /// Whether the caller's function has saved the tokens. Unsaved tokens are not used.
    saved: bool,
    /// The time of the refresh that returned the access token. `None` for a token of the caller.
    obtained_at: Option<u64>,
    /// The error after which the refresh token must not be sent again.
    final_error: Option<TokenError>,
    /// The time before which no refresh starts while the access token is valid.
    paused_until: u64,
    /// The refresh or save in progress.
    pending: Option<Pending>,
}

/// The next step for a caller that needs a token.
pub(super) enum Step {
    /// Return this token. `None` means that the refused one is not replaced.
    Return(Option<AccessToken>),
    /// Wait for the task in progress.
    Wait(Pending),
    /// Start a task with this work and wait for it.
    Start(Work),
}

/// The work of a task. A refresh includes the save.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Work {
    Refresh,
    Save,
}

/// New tokens of a response.
pub(super) struct Grant {
    pub(super) access_token: AccessToken,
    /// Absent if the old one stays valid (RFC 6749, section 6).
    pub(super) refresh_token: Option<secrecy::SecretString>,
    /// In the future, or not known.
    pub(super) expires_at: Option<u64>,
}

impl State {
    /// Creates the state of a source with `tokens`, which are saved.
    pub(super) fn new(tokens: Tokens, margin: u64) -> Self {
        Self { tokens, margin, saved: true, obtained_at: None, final_error: None, paused_until: 0, pending: None }
    }

    /// Decides the next step for a caller. `refused` is the token that the API refused.
    pub(super) fn next(&mut self, now: u64, refused: Option<&AccessToken>) -> Result<Step, TokenError> {
        if let Some(pending) = &self.pending {
            return Ok(Step::Wait(pending.clone()));
        }
        if !self.saved {
            return Ok(Step::Start(Work::Save));
        }
        if refused.is_some() && self.tokens.access_token.as_ref() == refused {
            if self.is_recent(now) {
                return Ok(Step::Return(None));
            }
            self.tokens.access_token = None;
        }
        match self.usable(now) {
            Some(token) if !self.is_due(now) || now < self.paused_until || self.final_error.is_some() => {
                Ok(Step::Return(Some(token.clone())))
            }
            _ => self.final_error.clone().map_or(Ok(Step::Start(Work::Refresh)), Err),
        }
    }

    /// Records a new task. [`finish`](Self::finish) records its end.
    pub(super) fn start(&mut self, pending: &Pending) {
        self.pending = Some(pending.clone());
    }

    /// Records the end of the task and returns the result for its callers. While the old token is valid, they get that
    /// token after a failure.
    pub(super) fn finish(&mut self, now: u64, result: Result<(), TokenError>) -> Outcome {
        self.pending = None;
        if let Err(error) = &result {
            self.paused_until = now.saturating_add(RETRY_PAUSE.as_secs());
            if error.must_reauthorize() {
                self.final_error = Some(error.clone());
            }
        }
        match (result, self.usable(now)) {
            (_, Some(token)) if self.saved => Ok(token.clone()),
            (Err(error), _) => Err(error),
            (Ok(()), _) => Err(TokenError::new("there is no access token")),
        }
    }

    /// Returns the current tokens.
    pub(super) fn tokens(&self) -> Tokens {
        self.tokens.clone()
    }

    /// Sets the new tokens of a refresh. They are not saved yet.
    pub(super) fn accept(&mut self, now: u64, grant: Grant) {
        self.tokens.access_token = Some(grant.access_token);
        self.tokens.expires_at = grant.expires_at;
        if let Some(refresh_token) = grant.refresh_token {
            self.tokens.refresh_token = refresh_token;
        }
        (self.saved, self.obtained_at, self.paused_until) = (false, Some(now), 0);
    }

    /// Records that the tokens are saved.
    pub(super) fn set_saved(&mut self) {
        self.saved = true;
    }

    /// Replaces the tokens, unless a task is in progress. Returns the result of that task.
    pub(super) fn replace_unless_pending(&mut self, tokens: &Tokens) -> Option<Pending> {
        if self.pending.is_none() {
            *self = Self { saved: false, ..Self::new(tokens.clone(), self.margin) };
        }
        self.pending.clone()
    }

    /// Clears the error of a lost response. The error of a refused refresh token stays.
    pub(super) fn try_again(&mut self) {
        if self.final_error.as_ref().is_some_and(TokenError::is_outcome_unknown) {
            (self.final_error, self.paused_until) = (None, 0);
        }
    }

    /// Returns the access token, unless it has expired.
    fn usable(&self, now: u64) -> Option<&AccessToken> {
        let expired = self.tokens.expires_at.is_some_and(|at| at <= now);
        self.tokens.access_token.as_ref().filter(|_| !expired)
    }

    /// Reports whether the access token expires so soon that it should be refreshed.
    fn is_due(&self, now: u64) -> bool {
        let Some(at) = self.tokens.expires_at else { return false };
        let half = self.obtained_at.map_or(u64::MAX, |from| at.saturating_sub(from) / 2);
        at.saturating_sub(now) <= self.margin.min(half)
    }

    /// Reports whether a refresh returned the access token less than [`MIN_AGE`] ago.
    fn is_recent(&self, now: u64) -> bool {
        self.obtained_at.is_some_and(|from| now.saturating_sub(from) < MIN_AGE.as_secs())
    }
}
