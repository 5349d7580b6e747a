//! One call: sends a request as often as needed. It gets the credentials, waits for the rate limit, sends the request, and
//! renews a token that the API refused. [`retry`] decides on further attempts. One deadline covers all of it.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;

use futures_util::future::BoxFuture;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use tokio::time::{Instant, timeout_at};
use tracing::Span;
use url::Url;

use crate::answer::Answer;
use crate::auth::TokenError;
use crate::authentication::Authentication;
use crate::classify;
use crate::credentials::{Auth, Means};
use crate::error::{self, Error, ErrorKind};
use crate::exchange::{Exchange, PreparedRequest};
use crate::limits;
use crate::operation::Operation;
use crate::pacing::Pacer;
use crate::request::{Parts, Request};
use crate::response::RawResponse;
use crate::retry::{self, Attempts, RetryDecision, RetryPolicy};
use crate::trace;

/// The state that all calls of a client share.
pub(crate) struct Context {
    pub(crate) exchange: Arc<dyn Exchange>,
    pub(crate) base_url: Url,
    /// The last path without parameters, and its URL.
    pub(crate) last_url: Mutex<Option<(&'static str, Url)>>,
    pub(crate) auth: Auth,
    pub(crate) user_agent: HeaderValue,
    pub(crate) language: Option<HeaderValue>,
    pub(crate) timeout: Duration,
    pub(crate) attempt_timeout: Duration,
    pub(crate) retry: RetryPolicy,
    pub(crate) pacer: Pacer,
}

type Outcome = Result<RawResponse, Error>;

/// The number of headers that a client adds to a request, its credentials included.
const CLIENT_HEADERS: usize = 4;

/// Sends `request` until its outcome is final. It is not generic over the operation's errors, so it is compiled once. The
/// future is boxed, so that the futures of its callers, which are moved more often, are small.
pub(crate) fn run(context: &Context, request: Request) -> BoxFuture<'_, Outcome> {
    Box::pin(async move {
        let operation = request.operation();
        let span = trace::call_span(operation.id(), operation.method(), operation.path(), &context.base_url);
        let outcome = trace::in_span(&span, pin!(send(context, request))).await;
        record(&span, &outcome, RawResponse::status);
        outcome
    })
}

async fn send(context: &Context, request: Request) -> Outcome {
    let policy = request.overrides().retry.unwrap_or(context.retry);
    let mut call = Call::new(context, request)?;
    let outcome = retry::run_attempts(policy, call.deadline, &mut call).await;
    outcome.map(|response| response.with_attempts(call.sent)).map_err(|failure| failure.with_attempts(call.sent))
}

/// Records the outcome of a call or an attempt in its span.
fn record<T>(span: &Span, outcome: &Result<T, Error>, status: impl FnOnce(&T) -> StatusCode) {
    match outcome {
        Ok(response) => trace::record_outcome(span, Some(status(response)), None),
        Err(failure) => trace::record_outcome(span, failure.status(), Some(failure.error_type())),
    }
}

impl Context {
    fn prepare(&self, operation: Operation, parts: Parts) -> PreparedRequest {
        let url = self.url(operation.path(), &parts);
        PreparedRequest { operation, url, headers: self.headers(parts.headers), body: parts.body }
    }

    /// Returns the URL of a request. `set_path` and `set_query` cannot change scheme, host or port.
    fn url(&self, template: &'static str, parts: &Parts) -> Url {
        let mut url = if parts.path == template { self.fixed_url(template) } else { self.url_of(&parts.path) };
        url.set_query((!parts.query.is_empty()).then_some(&parts.query));
        url
    }

    /// Returns the URL of a path without parameters. It is not parsed again if it is that of the last such call.
    fn fixed_url(&self, path: &'static str) -> Url {
        let Ok(mut last) = self.last_url.try_lock() else {
            return self.url_of(path);
        };
        match &*last {
            Some((known, url)) if std::ptr::eq(*known, path) => url.clone(),
            _ => last.insert((path, self.url_of(path))).1.clone(),
        }
    }

    /// Appends a path to the base URL.
    fn url_of(&self, path: &str) -> Url {
        let mut url = self.base_url.clone();
        let path = format!("{}{path}", url.path().trim_end_matches('/'));
        url.set_path(&path);
        url
    }

    /// Adds the client's headers. `Accept` and `Accept-Language` of the request take precedence; `User-Agent` is always
    /// the client's.
    fn headers(&self, mut headers: HeaderMap) -> HeaderMap {
        headers.reserve(CLIENT_HEADERS);
        headers.entry(header::ACCEPT).or_insert(HeaderValue::from_static("application/json"));
        headers.insert(header::USER_AGENT, self.user_agent.clone());
        if let Some(language) = &self.language {
            headers.entry(header::ACCEPT_LANGUAGE).or_insert_with(|| language.clone());
        }
        headers
    }
}

/// The state that the attempts of one call share.
struct Call<'a> {
    context: &'a Context,
    request: PreparedRequest,
    means: Means<'a>,
    deadline: Instant,
    renewal: Renewal,
    /// The number of requests that were sent.
    sent: u32,
    /// The last response with a temporary status. It is part of the error if no further request is sent.
    refusal: Option<Answer>,
}

/// The renewal of a token. A call renews it at most once: if the API refuses the new token too, an expired token is
/// not the cause.
enum Renewal {
    Possible,
    /// The API refused the first token. Holds the credentials with the new one, if the source had one.
    Done(Option<Authentication>),
}

impl Attempts for Call<'_> {
    type Outcome = Outcome;

    /// Sends the request, and sends it again with a new token if the API refuses the first one. The API does not act
    /// on a request that it refuses, so this is safe for requests that may not be repeated.
    async fn attempt(&mut self) -> Outcome {
        let authentication = self.authentication().await?;
        let answer = self.exchange(&authentication).await?;
        match self.renewed(&authentication, &answer).await? {
            Some(renewed) => {
                trace::token_renewed_event();
                let answer = self.exchange(&renewed).await?;
                Ok(self.response(renewed, answer))
            }
            None => Ok(self.response(authentication, answer)),
        }
    }

    fn decide(&self, outcome: &Outcome) -> RetryDecision {
        let is_transient = match outcome {
            Ok(response) => error::is_transient(response.status()),
            Err(failure) => failure.is_connection_failure(),
        };
        let was_sent = !matches!(outcome, Err(failure) if failure.kind() == ErrorKind::Connect);
        let is_repeatable = self.request.operation.is_repeatable() || !was_sent;
        if !is_transient || !is_repeatable || !self.is_allowed_in_time() {
            return RetryDecision::Stop;
        }
        let after = match outcome {
            Ok(response) => limits::retry_after(response.headers()),
            Err(failure) => failure.retry_after(),
        };
        RetryDecision::Retry { after: after.unwrap_or_default() }
    }
}

impl<'a> Call<'a> {
    /// Creates the call of a request that was not sent yet. Its timeout begins now.
    fn new(context: &'a Context, request: Request) -> Result<Self, Error> {
        let (operation, timeout) = (request.operation().clone(), request.overrides().timeout);
        let parts = match request.into_parts() {
            Ok(parts) => parts,
            Err(reason) => return Err(Error::unsendable(operation, &reason)),
        };
        let request = context.prepare(operation, parts);
        let means = match context.auth.of(&request) {
            Ok(means) => means,
            Err(reason) => return Err(Error::missing_credentials(request.operation, &reason)),
        };
        let deadline = limits::deadline(Instant::now(), timeout.unwrap_or(context.timeout));
        Ok(Self { context, request, means, deadline, renewal: Renewal::Possible, sent: 0, refusal: None })
    }

    /// Reports whether the rate limit allows another request before the deadline. If it does not, the call ends with the
    /// response that it has.
    fn is_allowed_in_time(&self) -> bool {
        self.context.pacer.available_at().is_none_or(|available_at| available_at < self.deadline)
    }

    /// Returns the credentials of the next attempt.
    async fn authentication(&self) -> Result<Authentication, Error> {
        match &self.renewal {
            Renewal::Done(Some(authentication)) => Ok(authentication.clone()),
            _ => self.before_deadline(self.means.authenticate(), None).await,
        }
    }

    /// Returns credentials with a new token if `answer` refuses the old one and the source has another. The rest of the
    /// call uses them.
    async fn renewed(&mut self, refused: &Authentication, answer: &Answer) -> Result<Option<Authentication>, Error> {
        if matches!(self.renewal, Renewal::Done(_)) || !classify::refuses_token(answer) {
            return Ok(None);
        }
        let renewed = self.before_deadline(self.means.renew(refused), Some(answer)).await?;
        self.renewal = Renewal::Done(renewed.clone());
        Ok(renewed)
    }

    /// Waits for the token source until the call's deadline. `refusal` is the response that refused the last token.
    async fn before_deadline<T>(
        &self,
        source: impl Future<Output = Result<T, TokenError>>,
        refusal: Option<&Answer>,
    ) -> Result<T, Error> {
        let operation = || self.request.operation.clone();
        let mut source = pin!(source);
        // Most sources have the token at once. Then no timer is needed.
        let outcome = match poll_fn(|context| Poll::Ready(source.as_mut().poll(context))).await {
            Poll::Ready(outcome) => Ok(outcome),
            Poll::Pending => timeout_at(self.deadline, source).await,
        };
        match outcome {
            Ok(Ok(token)) => Ok(token),
            Ok(Err(error)) => Err(Error::token(operation(), error, refusal.cloned())),
            Err(_) => Err(Error::token_timeout(operation(), refusal.cloned())),
        }
    }

    /// Waits for the rate limit and sends the request once.
    async fn exchange(&mut self, authentication: &Authentication) -> Result<Answer, Error> {
        let (context, operation) = (self.context, &self.request.operation);
        let admission = match context.pacer.admit(self.deadline).await {
            Ok(admission) => admission,
            Err(limited) => return Err(Error::rate_limited(operation.clone(), limited.wait, self.refusal.take())),
        };
        let span = trace::attempt_span(operation.method(), operation.path(), &context.base_url, self.sent);
        self.sent += 1;
        let remaining = self.deadline.saturating_duration_since(Instant::now());
        let exchange = context.exchange.exchange(&self.request, authentication, remaining.min(context.attempt_timeout));
        let outcome = trace::in_span(&span, exchange).await;
        record(&span, &outcome, |answer| answer.status);
        // The headers of a response count even if its body is incomplete.
        let answer = outcome.as_ref().map_or_else(Error::partial_answer, Some);
        if let Some(answer) = answer {
            context.pacer.observe(admission, answer.status, &answer.headers);
            self.refusal = error::is_transient(answer.status).then(|| answer.clone());
        }
        outcome
    }

    fn response(&self, authentication: Authentication, answer: Answer) -> RawResponse {
        RawResponse::new(self.request.operation.clone(), authentication, answer)
    }
}
