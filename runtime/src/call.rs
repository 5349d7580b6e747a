//! One call: as many requests as it takes. It asks for a token, waits for its turn, sends, renews a token that was
//! refused, and leaves to [`retry`] whether there is time for another attempt; all before one deadline.

use std::future::Future;

use tokio::time::{Instant, timeout_at};
use tracing::Instrument as _;

use crate::auth::{AccessToken, TokenError};
use crate::error::{self, Failure, Kind};
use crate::limits;
use crate::meaning;
use crate::request::{Operation, Request};
use crate::response::{Answer, RawResponse};
use crate::retry::{self, Attempts, Verdict};
use crate::trace;
use crate::transport::{Inner, Prepared};

type Outcome = Result<RawResponse, Failure>;

/// Sends `request` until its outcome is final. Knows nothing of what the operation's errors look like, so it is
/// compiled once.
pub(crate) async fn run(transport: &Inner, request: Request) -> Outcome {
    let operation = request.operation().clone();
    let span = trace::call(&operation, &transport.base_url);
    let outcome = send(transport, operation, request).instrument(span.clone()).await;
    trace::outcome(&span, status_of(&outcome));
    outcome
}

async fn send(transport: &Inner, operation: Operation, request: Request) -> Outcome {
    let overrides = request.overrides();
    let parts = match request.into_parts() {
        Ok(parts) => parts,
        Err(reason) => return Err(Failure::invalid_request(operation, &reason, None)),
    };
    let prepared = transport.prepare(&operation, parts);
    let deadline = limits::deadline(Instant::now(), overrides.timeout.unwrap_or(transport.timeout));
    let mut call = Call { transport, operation, prepared, deadline, renewal: Renewal::Possible, sent: 0 };
    let outcome = retry::repeat(overrides.retry.unwrap_or(transport.retry), deadline, &mut call).await;
    outcome.map(|answer| answer.attempted(call.sent)).map_err(|failure| failure.attempted(call.sent))
}

fn status_of(outcome: &Outcome) -> Result<http::StatusCode, &Failure> {
    outcome.as_ref().map(RawResponse::status)
}

/// What the attempts of a call share.
struct Call<'a> {
    transport: &'a Inner,
    operation: Operation,
    prepared: Prepared,
    deadline: Instant,
    renewal: Renewal,
    /// How many requests were sent.
    sent: u32,
}

/// A call renews its token once: a second refusal means something else.
enum Renewal {
    Possible,
    /// The token was refused; this one took its place, if there was another.
    Done(Option<AccessToken>),
}

impl Attempts for Call<'_> {
    type Outcome = Outcome;

    /// Sends once; and once more with another token if this one is refused. Refused is not acted on, so that holds for
    /// requests that may not be repeated too.
    async fn attempt(&mut self) -> Outcome {
        let token = self.token().await?;
        let answer = self.exchange(&token).await?;
        match self.other_than(&token, &answer).await? {
            Some(other) => {
                trace::renewed();
                let answer = self.exchange(&other).await?;
                Ok(self.raw(other, answer))
            }
            None => Ok(self.raw(token, answer)),
        }
    }

    fn verdict(&self, outcome: &Outcome) -> Verdict {
        let (may_pass, after) = match outcome {
            Ok(answer) => (error::may_pass(answer.status()), limits::retry_after(answer.headers())),
            Err(failure) => (is_broken(failure), failure.retry_after()),
        };
        if may_pass && self.operation.is_repeatable() {
            Verdict::Again { after: after.unwrap_or_default() }
        } else {
            Verdict::Final
        }
    }
}

/// Whether the connection could not be made, or failed. What else can go wrong would go wrong again.
fn is_broken(failure: &Failure) -> bool {
    matches!(failure.kind(), Kind::Connect | Kind::Interrupted)
}

impl Call<'_> {
    async fn token(&self) -> Result<AccessToken, Failure> {
        match &self.renewal {
            Renewal::Done(Some(token)) => Ok(token.clone()),
            _ => self.in_time(self.transport.token.token(), None).await,
        }
    }

    /// Another token, if `answer` refuses this one and there is another. It then is the token of the whole call.
    async fn other_than(&mut self, refused: &AccessToken, answer: &Answer) -> Result<Option<AccessToken>, Failure> {
        if matches!(self.renewal, Renewal::Done(_)) || !meaning::refuses_token(answer) {
            return Ok(None);
        }
        let other = self.in_time(self.transport.token.renew(refused), Some(answer)).await?;
        let other = other.filter(|other| other != refused);
        self.renewal = Renewal::Done(other.clone());
        Ok(other)
    }

    /// What the token source gives, unless the call's time is over before. `refusal` is the answer that made it
    /// necessary.
    async fn in_time<T>(
        &self,
        source: impl Future<Output = Result<T, TokenError>>,
        refusal: Option<&Answer>,
    ) -> Result<T, Failure> {
        match timeout_at(self.deadline, source).await {
            Ok(Ok(token)) => Ok(token),
            Ok(Err(error)) => Err(Failure::token(self.operation.clone(), error, refusal.cloned())),
            Err(_) => Err(Failure::token_late(self.operation.clone(), refusal.cloned())),
        }
    }

    /// Waits for its turn and sends once.
    async fn exchange(&mut self, token: &AccessToken) -> Result<Answer, Failure> {
        let (transport, operation) = (self.transport, &self.operation);
        let admitted = transport.pacer.admit(self.deadline).await;
        admitted.map_err(|held| Failure::held(operation.clone(), held))?;
        let span = trace::attempt(operation, &transport.base_url, self.sent);
        self.sent += 1;
        let left = self.deadline.saturating_duration_since(Instant::now());
        let exchange = transport.exchange(operation, &self.prepared, token, left.min(transport.attempt_timeout));
        let outcome = exchange.instrument(span.clone()).await;
        trace::outcome(&span, outcome.as_ref().map(|answer| answer.status));
        if let Ok(answer) = &outcome {
            transport.pacer.observe(answer.status, &answer.headers);
        }
        outcome
    }

    fn raw(&self, token: AccessToken, answer: Answer) -> RawResponse {
        RawResponse::new(self.operation.clone(), token, answer)
    }
}
