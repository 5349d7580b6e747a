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
use crate::servers::Resolved;
use crate::streams::{Reading, Rest, Streamed};
use crate::trace;

/// The state that all calls of a client share.
pub(crate) struct Context {
    pub(crate) exchange: Arc<dyn Exchange>,
    pub(crate) base_url: Url,
    /// The servers of operations. `None` means that all requests use the base URL.
    pub(crate) servers: Option<Vec<Resolved>>,
    /// The last path without parameters, the operation's own server, and the URL.
    pub(crate) last_url: Mutex<Option<LastUrl>>,
    pub(crate) auth: Auth,
    pub(crate) user_agent: HeaderValue,
    pub(crate) language: Option<HeaderValue>,
    pub(crate) timeout: Duration,
    pub(crate) attempt_timeout: Duration,
    pub(crate) retry: RetryPolicy,
    pub(crate) pacer: Pacer,
}

/// The credentials of a request and the response to it, or the reason why there is none.
type Outcome = Result<(Authentication, Answer), Error>;

/// A response, and its body if that is still open.
type Opened = (RawResponse, Option<Rest>);

/// A path, the operation's own server, and the URL of both.
pub(crate) type LastUrl = (&'static str, Option<usize>, Url);

/// The number of headers that a client adds to a request, its credentials included.
const CLIENT_HEADERS: usize = 4;

/// Sends `request` until its outcome is final. It is not generic over the operation's errors, so it is compiled once. The
/// future is boxed, so that the futures of its callers, which are moved more often, are small.
pub(crate) fn run(context: &Context, request: Request) -> BoxFuture<'_, Result<RawResponse, Error>> {
    Box::pin(async move { traced(context, request, None).await.map(|(response, _)| response) })
}

/// Sends `request` as [`run`] does. The body of a success is left open if it is a stream.
pub(crate) fn open(context: &Context, request: Request, streamed: Streamed) -> BoxFuture<'_, Result<Opened, Error>> {
    Box::pin(traced(context, request, Some(streamed)))
}

async fn traced(context: &Context, request: Request, streamed: Option<Streamed>) -> Result<Opened, Error> {
    let operation = request.operation();
    let server = context.server(operation).unwrap_or(&context.base_url);
    let span = trace::call_span(operation.id(), operation.method(), operation.path(), server);
    let outcome = trace::in_span(&span, pin!(send(context, request, streamed))).await;
    record(&span, &outcome, |(response, _)| response.status());
    outcome
}

async fn send(context: &Context, request: Request, streamed: Option<Streamed>) -> Result<Opened, Error> {
    let policy = request.overrides().retry.unwrap_or(context.retry);
    let mut call = Call::new(context, request, streamed)?;
    let outcome = retry::run_attempts(policy, call.deadline, &mut call).await;
    match outcome {
        Ok((authentication, answer)) => {
            let response = RawResponse::new(call.request.operation, authentication, answer);
            Ok((response.with_attempts(call.sent), call.rest))
        }
        Err(failure) => Err(failure.with_attempts(call.sent)),
    }
}

/// Records the outcome of a call or an attempt in its span.
fn record<T>(span: &Span, outcome: &Result<T, Error>, status: impl FnOnce(&T) -> StatusCode) {
    match outcome {
        Ok(response) => trace::record_outcome(span, Some(status(response)), None),
        Err(failure) => trace::record_outcome(span, failure.status(), Some(failure.error_type())),
    }
}

impl Context {
    /// Returns the URL of an operation's server, or the reason why it cannot be used.
    fn server(&self, operation: &Operation) -> Result<&Url, &str> {
        let (Some(index), Some(servers)) = (operation.server(), &self.servers) else { return Ok(&self.base_url) };
        let server = servers.get(index).ok_or("its server is not one of this client")?;
        server.as_ref().map_err(String::as_str)
    }

    fn prepare(&self, operation: Operation, parts: Parts) -> Result<PreparedRequest, Error> {
        let url = match self.server(&operation) {
            Ok(server) => self.url(server, &operation, &parts),
            Err(reason) => return Err(Error::misconfigured(operation, reason)),
        };
        Ok(PreparedRequest { operation, url, headers: self.headers(parts.headers), body: parts.body })
    }

    /// Returns the URL of a request. `set_path` and `set_query` cannot change scheme, host or port.
    fn url(&self, server: &Url, operation: &Operation, parts: &Parts) -> Url {
        let mut url = if parts.path == operation.path() {
            self.fixed_url(server, operation)
        } else {
            url_of(server, &parts.path)
        };
        url.set_query((!parts.query.is_empty()).then_some(&parts.query));
        url
    }

    /// Returns the URL of a path without parameters. It is not parsed again if it is that of the last such call.
    fn fixed_url(&self, server: &Url, operation: &Operation) -> Url {
        let (path, index) = (operation.path(), operation.server());
        let Ok(mut last) = self.last_url.try_lock() else {
            return url_of(server, path);
        };
        match &*last {
            // Equal paths of two operations may be at the same address.
            Some((known, of, url)) if std::ptr::eq(*known, path) && *of == index => url.clone(),
            _ => last.insert((path, index, url_of(server, path))).2.clone(),
        }
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

/// Appends a path to the URL of a server.
fn url_of(server: &Url, path: &str) -> Url {
    let mut url = server.clone();
    let path = format!("{}{path}", url.path().trim_end_matches('/'));
    url.set_path(&path);
    url
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
    refusal: Option<Box<Answer>>,
    /// How the body of a success is read if it is a stream.
    reading: Option<Reading>,
    /// The open body of the last response.
    rest: Option<Rest>,
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
        if matches!(self.renewal, Renewal::Done(_)) || !classify::refuses_token(&answer) {
            return Ok((authentication, answer));
        }
        // Boxed, since few calls come here: the future of the others stays small.
        Box::pin(self.repeat(authentication, answer)).await
    }

    fn decide(&self, outcome: &Outcome) -> RetryDecision {
        let is_transient = match outcome {
            Ok((_, answer)) => error::is_transient(answer.status),
            Err(failure) => failure.is_connection_failure(),
        };
        let was_sent = !matches!(outcome, Err(failure) if failure.kind() == ErrorKind::Connect);
        let is_repeatable = self.request.operation.is_repeatable() || !was_sent;
        if !is_transient || !is_repeatable || !self.is_allowed_in_time() {
            return RetryDecision::Stop;
        }
        let after = match outcome {
            Ok((_, answer)) => limits::retry_after(&answer.headers),
            Err(failure) => failure.retry_after(),
        };
        RetryDecision::Retry { after: after.unwrap_or_default() }
    }
}

impl<'a> Call<'a> {
    /// Creates the call of a request that was not sent yet. Its timeout begins now.
    fn new(context: &'a Context, request: Request, streamed: Option<Streamed>) -> Result<Self, Error> {
        let (operation, timeout) = (request.operation().clone(), request.overrides().timeout);
        let parts = match request.into_parts() {
            Ok(parts) => parts,
            Err(reason) => return Err(Error::unsendable(operation, &reason)),
        };
        let request = context.prepare(operation, parts)?;
        let means = match context.auth.of(&request) {
            Ok(means) => means,
            Err(reason) => return Err(Error::misconfigured(request.operation, &reason)),
        };
        let timeout = timeout.unwrap_or(context.timeout);
        let reading = streamed.map(|of| Reading { of, idle: timeout });
        let (deadline, renewal) = (limits::deadline(Instant::now(), timeout), Renewal::Possible);
        Ok(Self { context, request, means, deadline, renewal, sent: 0, refusal: None, reading, rest: None })
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

    /// Sends the request again if the source has another token than the one that `answer` refuses. The rest of the call
    /// uses it.
    async fn repeat(&mut self, refused: Authentication, answer: Answer) -> Outcome {
        let renewed = self.before_deadline(self.means.renew(&refused), Some(&answer)).await?;
        self.renewal = Renewal::Done(renewed.clone());
        let Some(renewed) = renewed else { return Ok((refused, answer)) };
        trace::token_renewed_event();
        let answer = self.exchange(&renewed).await?;
        Ok((renewed, answer))
    }

    /// Waits for the token source until the call's deadline. `refusal` is the response that refused the last token.
    async fn before_deadline<T>(
        &self,
        source: impl Future<Output = Result<T, TokenError>>,
        refusal: Option<&Answer>,
    ) -> Result<T, Error> {
        let operation = || self.request.operation.clone();
        let mut source = pin!(source);
        // Most sources have the token at once. Then no timer is needed, so it is boxed.
        let outcome = match poll_fn(|context| Poll::Ready(source.as_mut().poll(context))).await {
            Poll::Ready(outcome) => Ok(outcome),
            Poll::Pending => Box::pin(timeout_at(self.deadline, source)).await,
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
            Err(limited) => {
                let refusal = self.refusal.take().map(|answer| *answer);
                return Err(Error::rate_limited(operation.clone(), limited.wait, refusal));
            }
        };
        let span = trace::attempt_span(operation.method(), operation.path(), &self.request.url, self.sent);
        self.sent += 1;
        let remaining = self.deadline.saturating_duration_since(Instant::now());
        let timeout = remaining.min(context.attempt_timeout);
        let outcome = match self.reading {
            None => trace::in_span(&span, context.exchange.exchange(&self.request, authentication, timeout)).await,
            Some(reading) => {
                let open = context.exchange.open(&self.request, authentication, timeout, reading);
                let opened = trace::in_span(&span, open).await;
                opened.map(|(answer, rest)| {
                    self.rest = rest;
                    answer
                })
            }
        };
        record(&span, &outcome, |answer| answer.status);
        // The headers of a response count even if its body is incomplete.
        let answer = outcome.as_ref().map_or_else(Error::partial_answer, Some);
        if let Some(answer) = answer {
            context.pacer.observe(admission, answer.status, &answer.headers);
            self.refusal = error::is_transient(answer.status).then(|| Box::new(answer.clone()));
        }
        outcome
    }
}

#[cfg(test)]
mod tests {
    use http::Method;

    use super::*;
    use crate::config::ClientBuilder;
    use crate::servers::{Server, Servers};
    use crate::transport::Transport;

    static API: Servers =
        Servers { base: None, own: &[Server::new("http://localhost:2/b", &[]), Server::new("http://c.example", &[])] };

    fn url(transport: &Transport, operation: &Operation) -> Result<String, String> {
        let parts = Request::new(operation).into_parts()?;
        let prepared = transport.context().prepare(operation.clone(), parts);
        prepared.map(|request| request.url.into()).map_err(|error| error.to_string())
    }

    #[test]
    fn each_operation_uses_its_own_server_also_with_the_path_of_another_one() {
        const PATH: &str = "/path";
        let [base, own, insecure, unknown] = [None, Some(0), Some(1), Some(2)].map(|server| {
            let operation = Operation::new("x", Method::GET, PATH);
            server.map_or(operation.clone(), |server| operation.served_by(server))
        });
        let builder = ClientBuilder::<Transport>::new("http://localhost:1/a").token("t");
        let transport = builder.served_by(&API).build().unwrap();
        for _ in 0..2 {
            assert_eq!(url(&transport, &base).unwrap(), "http://localhost:1/a/path");
            assert_eq!(url(&transport, &own).unwrap(), "http://localhost:2/b/path");
        }
        let error = url(&transport, &insecure).unwrap_err();
        assert!(error.starts_with("GET /path: configuration: its server `http://c.example` needs `https`"), "{error}");
        let error = url(&transport, &unknown).unwrap_err();
        assert_eq!(error, "GET /path: configuration: its server is not one of this client");
    }
}
