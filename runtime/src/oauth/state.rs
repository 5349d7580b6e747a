//! What a source knows and what that leads to: pure rules over a clock reading, without network or tasks.

use crate::auth::{AccessToken, TokenError};

use super::flight::Landing;
use super::{MIN_AGE, RETRY_PAUSE, Tokens};

/// The tokens, how they were come by, and what is under way. Times are Unix seconds.
pub(super) struct State {
    tokens: Tokens,
    /// How long before its expiry a token is refreshed.
    margin: u64,
    /// Whether the tokens are where the caller keeps them. Nobody gets those that are not.
    saved: bool,
    /// When a refresh gave the access token. `None` for one that the caller gave.
    obtained_at: Option<u64>,
    /// Why the refresh token must not be sent any more.
    ended: Option<TokenError>,
    /// No refresh before this, as long as there is a valid token.
    paused_until: u64,
    /// The one refresh or saving under way.
    flight: Option<Landing>,
}

/// What an asker gets.
pub(super) enum Step {
    /// This token; `None` when the refused one will not be replaced.
    Give(Option<AccessToken>),
    /// What the flight under way ends with.
    Wait(Landing),
    /// What a new flight ends with, which begins with this.
    Start(Task),
}

/// What a flight does first.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Task {
    Refresh,
    Save,
}

/// New tokens, as an answer gave them.
pub(super) struct Grant {
    pub(super) access_token: AccessToken,
    /// Absent where the old one goes on (RFC 6749, section 6).
    pub(super) refresh_token: Option<secrecy::SecretString>,
    /// Later than now, or not known.
    pub(super) expires_at: Option<u64>,
}

impl State {
    /// The state of a source that begins with `tokens`, which are saved.
    pub(super) fn new(tokens: Tokens, margin: u64) -> Self {
        Self { tokens, margin, saved: true, obtained_at: None, ended: None, paused_until: 0, flight: None }
    }

    /// What an asker gets. `refused` is what the API did not accept.
    pub(super) fn next(&mut self, now: u64, refused: Option<&AccessToken>) -> Result<Step, TokenError> {
        if let Some(landing) = &self.flight {
            return Ok(Step::Wait(landing.clone()));
        }
        if !self.saved {
            return Ok(Step::Start(Task::Save));
        }
        if refused.is_some() && self.tokens.access_token.as_ref() == refused {
            if self.is_young(now) {
                return Ok(Step::Give(None));
            }
            self.tokens.access_token = None;
        }
        match self.usable(now) {
            Some(token) if !self.is_due(now) || now < self.paused_until || self.ended.is_some() => {
                Ok(Step::Give(Some(token.clone())))
            }
            _ => self.ended.clone().map_or(Ok(Step::Start(Task::Refresh)), Err),
        }
    }

    /// A flight is under way; it ends with [`land`](Self::land).
    pub(super) fn depart(&mut self, landing: &Landing) {
        self.flight = Some(landing.clone());
    }

    /// The flight is over. Gives what those who waited get: a failure does not hurt while the old token is valid.
    pub(super) fn land(&mut self, now: u64, result: Result<(), TokenError>) -> Result<AccessToken, TokenError> {
        self.flight = None;
        if let Err(error) = &result {
            self.paused_until = now.saturating_add(RETRY_PAUSE.as_secs());
            if error.must_reauthorize() {
                self.ended = Some(error.clone());
            }
        }
        match (result, self.usable(now)) {
            (_, Some(token)) if self.saved => Ok(token.clone()),
            (Err(error), _) => Err(error),
            (Ok(()), _) => Err(TokenError::new("there is no access token")),
        }
    }

    /// The tokens as they are now.
    pub(super) fn tokens(&self) -> Tokens {
        self.tokens.clone()
    }

    /// A refresh gave new tokens. They are not saved yet.
    pub(super) fn accept(&mut self, now: u64, grant: Grant) {
        self.tokens.access_token = Some(grant.access_token);
        self.tokens.expires_at = grant.expires_at;
        if let Some(refresh_token) = grant.refresh_token {
            self.tokens.refresh_token = refresh_token;
        }
        (self.saved, self.obtained_at, self.paused_until) = (false, Some(now), 0);
    }

    /// The caller's store has the tokens.
    pub(super) fn saved(&mut self) {
        self.saved = true;
    }

    /// Other tokens from the caller, unless a flight has to end first.
    pub(super) fn replace(&mut self, tokens: &Tokens) -> Option<Landing> {
        if self.flight.is_none() {
            *self = Self { saved: false, ..Self::new(tokens.clone(), self.margin) };
        }
        self.flight.clone()
    }

    /// Forgets that the refresh token may have been used. That the server refused it is not forgotten.
    pub(super) fn try_again(&mut self) {
        if self.ended.as_ref().is_some_and(TokenError::is_outcome_unknown) {
            (self.ended, self.paused_until) = (None, 0);
        }
    }

    /// The access token, unless it has expired.
    fn usable(&self, now: u64) -> Option<&AccessToken> {
        let expired = self.tokens.expires_at.is_some_and(|at| at <= now);
        self.tokens.access_token.as_ref().filter(|_| !expired)
    }

    fn is_due(&self, now: u64) -> bool {
        let Some(at) = self.tokens.expires_at else { return false };
        let half = self.obtained_at.map_or(u64::MAX, |from| at.saturating_sub(from) / 2);
        at.saturating_sub(now) <= self.margin.min(half)
    }

    fn is_young(&self, now: u64) -> bool {
        self.obtained_at.is_some_and(|from| now.saturating_sub(from) < MIN_AGE.as_secs())
    }
}
