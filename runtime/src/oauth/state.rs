//! The state of a source and its decisions: pure functions of a clock reading, without network or tasks.

use std::time::Duration;

use crate::auth::TokenError;
use crate::token::AccessToken;

use super::pending::{Outcome, Pending};
use super::tokens::Tokens;

/// The age below which a refused access token is not refreshed again: 10 minutes.
pub const MIN_AGE: Duration = Duration::from_secs(10 * 60);

/// The pause after a failed refresh, unless the response has a `Retry-After`: 30 seconds.
pub const RETRY_PAUSE: Duration = Duration::from_secs(30);

/// The shortest pause after a failed refresh, for a `Retry-After` of zero.
const MIN_PAUSE: Duration = Duration::from_secs(1);

/// The time after which a refresh in progress delays no caller while the current access token is valid.
pub(super) const PATIENCE: Duration = Duration::from_millis(500);

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
    /// The pause after a failed refresh.
    pause: Option<Pause>,
    /// The refresh or save in progress.
    pending: Option<Pending>,
    /// The number of times that the caller replaced the tokens. The result of a task for earlier tokens is ignored.
    generation: u64,
}

/// A time without refreshes after a failed one. All callers that need a refresh get its error.
struct Pause {
    from: u64,
    until: u64,
    error: TokenError,
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

/// The identity of a task: its work, and the generation of the tokens at its start.
#[derive(Clone, Copy)]
pub(super) struct Task {
    pub(super) work: Work,
    pub(super) generation: u64,
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
        Self {
            tokens,
            margin,
            saved: true,
            obtained_at: None,
            final_error: None,
            pause: None,
            pending: None,
            generation: 0,
        }
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
        let error = self.final_error.clone().or_else(|| self.pause_error(now));
        match (self.usable(now), error) {
            (Some(token), error) if error.is_some() || !self.is_due(now) => Ok(Step::Return(Some(token.clone()))),
            (_, Some(error)) => Err(error),
            (_, None) => Ok(Step::Start(Work::Refresh)),
        }
    }

    /// Returns the error of the pause at `now`, with the remaining time. A clock that was set back ends the pause.
    fn pause_error(&self, now: u64) -> Option<TokenError> {
        let pause = self.pause.as_ref().filter(|pause| (pause.from..pause.until).contains(&now))?;
        Some(pause.error.clone().with_retry_after(Duration::from_secs(pause.until - now)))
    }

    /// Returns the identity of a task that starts now.
    pub(super) fn task(&self, work: Work) -> Task {
        Task { work, generation: self.generation }
    }

    /// Records a new task. [`finish`](Self::finish) or [`fail`](Self::fail) records its end.
    pub(super) fn start(&mut self, pending: &Pending) {
        self.pending = Some(pending.clone());
    }

    /// Records the end of a save and returns the result for its callers.
    pub(super) fn finish(&mut self, now: u64, task: Task, result: Result<(), TokenError>) -> Outcome {
        self.pending = None;
        if task.generation != self.generation {
            return Ok(None);
        }
        result?;
        self.saved = true;
        match self.usable(now) {
            None if task.work == Work::Refresh => {
                self.fail(now, TokenError::temporary("the new access token expired while it was saved"))
            }
            token => Ok(token.cloned()),
        }
    }

    /// Records a failed refresh and returns the result for its callers. While the old token is valid, they get that
    /// token.
    pub(super) fn fail(&mut self, now: u64, error: TokenError) -> Outcome {
        self.pending = None;
        let pause = error.retry_after().unwrap_or(RETRY_PAUSE).max(MIN_PAUSE);
        let error = if error.must_reauthorize() {
            self.final_error = Some(error.clone());
            error
        } else {
            error.with_retry_after(pause)
        };
        self.pause = Some(Pause { from: now, until: now.saturating_add(pause.as_secs()), error: error.clone() });
        self.usable(now).map_or(Err(error), |token| Ok(Some(token.clone())))
    }

    /// Returns the current tokens.
    pub(super) fn tokens(&self) -> Tokens {
        self.tokens.clone()
    }

    /// Sets the new tokens of a refresh. They are not saved yet, and not used before they are.
    pub(super) fn accept(&mut self, now: u64, grant: Grant) {
        self.tokens.access_token = Some(grant.access_token);
        self.tokens.expires_at = grant.expires_at;
        if let Some(refresh_token) = grant.refresh_token {
            self.tokens.refresh_token = refresh_token;
        }
        (self.saved, self.obtained_at, self.pause) = (false, Some(now), None);
    }

    /// Replaces the tokens, unless a refresh is in progress. Returns that refresh. Tokens without an access token are
    /// not saved: the refresh that follows returns the ones to save.
    pub(super) fn replace_unless_refreshing(&mut self, tokens: &Tokens) -> Option<Pending> {
        let refresh = self.pending.clone().filter(Pending::is_refreshing);
        if refresh.is_none() {
            *self = Self {
                saved: tokens.access_token.is_none(),
                // A save in progress ends before the next one begins, so that it cannot overwrite the new tokens.
                pending: self.pending.take(),
                generation: self.generation.wrapping_add(1),
                ..Self::new(tokens.clone(), self.margin)
            };
        }
        refresh
    }

    /// Ends the pause and clears the error of a lost response. The error of a refused refresh token stays.
    pub(super) fn try_again(&mut self) {
        self.pause = None;
        self.final_error.take_if(|error| error.is_outcome_unknown());
    }

    /// Returns the current token during a refresh, if it is valid and not `refused`.
    pub(super) fn valid_token(&self, now: u64, refused: Option<&AccessToken>) -> Option<AccessToken> {
        self.usable(now).filter(|token| self.saved && Some(*token) != refused).cloned()
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
