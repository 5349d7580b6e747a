//! Retries: the requests that are retried, the number of attempts, and the renewal of a refused token.

mod support;

use std::sync::Mutex;
use std::time::{Duration, Instant};

use futures_util::future::{self, BoxFuture};
use salla_runtime::codegen::{Method, Operation, Request};
use salla_runtime::{
    AccessToken, ClientBuilder, DEFAULT_ATTEMPT_TIMEOUT, Error, RawResponse, RetryPolicy, TokenError, TokenSource,
    Transport,
};
use support::{ClosedPort, HANG, Server, TOKEN, answer};

const GET: Operation = Operation::new("list", Method::GET, "/points");
const POST: Operation = Operation::new("add", Method::POST, "/points");
const MARKED: Operation = Operation::new("put", Method::POST, "/points").idempotent();
const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";
const RESET: &str = "";
const BROKEN_OFF: &str = "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{";
const LONG: Duration = Duration::from_secs(3600);

/// A policy with short waits, since sockets do not use a paused clock.
const QUICK: RetryPolicy = RetryPolicy::new().base_delay(Duration::from_millis(1));

fn status(status: &str) -> String {
    answer(status, "{}")
}

async fn send(transport: &Transport, operation: &Operation) -> Result<RawResponse, Error> {
    transport.call(Request::new(operation).json("body")).await
}

/// Sends a request to a server with these responses. Returns the outcome and the number of requests.
async fn outcome(operation: &Operation, answers: &[&str]) -> (Result<RawResponse, Error>, usize) {
    let server = Server::start(answers.iter().copied()).await;
    let outcome = send(&server.builder().retry(QUICK).build().unwrap(), operation).await;
    let requests = server.requests();
    assert!(requests.iter().all(|request| *request == requests[0]), "all attempts are equal: {requests:?}");
    (outcome, requests.len())
}

#[tokio::test]
async fn transient_failures_are_retried() {
    for failure in ["429 Too Many Requests", "502 Bad Gateway", "503 Service Unavailable", "504 Gateway Timeout"] {
        let failure = status(failure);
        let (outcome, sent) = outcome(&GET, &[&failure, &failure, OK]).await;
        assert_eq!((outcome.unwrap().status().as_u16(), sent), (200, 3));
    }
    for broken in [RESET, BROKEN_OFF] {
        let (outcome, sent) = outcome(&GET, &[broken, OK]).await;
        assert_eq!((outcome.unwrap().status().as_u16(), sent), (200, 2));
    }
}

#[tokio::test]
async fn permanent_failures_are_not_retried() {
    for failure in ["400 Bad Request", "403 Forbidden", "404 Not Found", "422 X", "500 Internal Server Error"] {
        let (outcome, sent) = outcome(&GET, &[&status(failure), OK]).await;
        let error = outcome.unwrap().error_for_status().unwrap_err();
        assert!(sent == 1 && error.attempts() == 1 && !error.is_retryable(), "{error}");
    }
}

#[tokio::test]
async fn the_last_error_is_returned_with_the_number_of_attempts() {
    let (unavailable, bad) = (status("503 Service Unavailable"), status("502 Bad Gateway"));
    let (outcome, sent) = outcome(&GET, &[&unavailable, RESET, &unavailable, &bad, OK]).await;
    let error = outcome.unwrap().error_for_status().unwrap_err();
    assert_eq!((error.status().unwrap().as_u16(), error.attempts(), sent), (502, 4, 4));
    assert!(error.is_retryable());
}

#[tokio::test]
async fn an_attempt_with_a_timeout_is_retried() {
    let server = Server::start([HANG, OK, OK, OK]).await;
    let transport = server.builder().retry(QUICK).attempt_timeout(Duration::from_millis(100)).build().unwrap();
    assert_eq!(send(&transport, &GET).await.unwrap().status().as_u16(), 200);
}

#[tokio::test]
async fn the_call_ends_at_its_deadline_with_attempts_left() {
    let begun = Instant::now();
    let server = Server::start([HANG, HANG]).await;
    let transport = server.builder().retry(QUICK).timeout(Duration::from_millis(100)).build().unwrap();
    let error = send(&transport, &GET).await.unwrap_err();
    assert!(error.is_timeout() && error.attempts() == 1, "{error:?}");
    let request = Request::new(&GET).timeout(Duration::from_millis(50));
    let patient = server.builder().timeout(LONG).build().unwrap();
    assert!(patient.call(request).await.unwrap_err().is_timeout(), "a call can have its own timeout");
    assert!(begun.elapsed() < DEFAULT_ATTEMPT_TIMEOUT, "the timeout of the call limits an attempt too");
}

#[tokio::test]
async fn a_failed_connection_is_retried() {
    let nobody = ClosedPort::new();
    let builder = ClientBuilder::<Transport>::new("").token(TOKEN).base_url(nobody.base_url()).retry(QUICK);
    let error = send(&builder.build().unwrap(), &GET).await.unwrap_err();
    assert!(error.is_connect() && error.attempts() == 4 && error.is_retryable());
}

#[tokio::test]
async fn a_request_that_is_not_idempotent_is_sent_once() {
    for failure in [&status("503 Service Unavailable"), &status("429 Too Many Requests"), RESET, BROKEN_OFF] {
        assert_eq!(outcome(&POST, &[failure, OK]).await.1, 1);
    }
    let error = outcome(&POST, &[RESET]).await.0.unwrap_err();
    assert!(error.is_interrupted() && !error.is_retryable(), "the server may have acted");
    let error = outcome(&POST, &[&status("429 Too Many Requests")]).await.0.unwrap().error_for_status().unwrap_err();
    assert!(error.is_retryable(), "the server did not act");
}

#[tokio::test]
async fn a_request_marked_as_idempotent_is_repeated_with_its_body() {
    let (outcome, sent) = outcome(&MARKED, &[&status("503 Service Unavailable"), RESET, OK]).await;
    assert_eq!((outcome.unwrap().status().as_u16(), sent), (200, 3));
}

#[tokio::test]
async fn the_policy_can_be_set_for_one_request() {
    let failure = status("503 Service Unavailable");
    let server = Server::start([&failure, &failure, OK]).await;
    let transport = server.builder().retry(QUICK).build().unwrap();
    let once = transport.call(Request::new(&GET).no_retry()).await.unwrap();
    assert_eq!(once.status().as_u16(), 503);
    let transport = server.transport();
    let twice = transport.call(Request::new(&GET).retry(QUICK)).await.unwrap();
    assert_eq!(twice.status().as_u16(), 200);
}

#[tokio::test]
async fn a_retry_after_beyond_its_maximum_ends_the_call() {
    let begun = Instant::now();
    for value in ["86400", "99999999999999999999", "Fri, 31 Dec 9999 23:59:59 GMT"] {
        let failure = format!("HTTP/1.1 503 Service Unavailable\r\nretry-after: {value}\r\ncontent-length: 0\r\n\r\n");
        let (outcome, sent) = outcome(&GET, &[&failure, OK]).await;
        let error = outcome.unwrap().error_for_status().unwrap_err();
        assert!(sent == 1 && error.retry_after().unwrap() >= Duration::from_secs(86_400), "{value}");
    }
    assert!(begun.elapsed() < Duration::from_secs(30));
}

#[tokio::test]
async fn a_retry_after_of_zero_is_retried_at_once() {
    for value in ["0", "Sun, 06 Nov 1994 08:49:37 GMT", "nonsense"] {
        let failure = format!("HTTP/1.1 429 Too Many Requests\r\nretry-after: {value}\r\ncontent-length: 0\r\n\r\n");
        assert_eq!(outcome(&GET, &[&failure, OK]).await.1, 2, "{value}");
    }
}

/// A source with one token. After a refusal, it returns another token, none or an error.
struct Rotating {
    renewed: Result<Option<&'static str>, &'static str>,
    refused: Mutex<Vec<AccessToken>>,
}

impl TokenSource for &'static Rotating {
    fn token(&self) -> BoxFuture<'_, Result<AccessToken, TokenError>> {
        Box::pin(future::ready(Ok(AccessToken::parse(TOKEN).unwrap())))
    }

    fn renew<'a>(&'a self, refused: &'a AccessToken) -> BoxFuture<'a, Result<Option<AccessToken>, TokenError>> {
        self.refused.lock().unwrap().push(refused.clone());
        let token = self.renewed.map(|token| token.map(|token| AccessToken::parse(token).unwrap()));
        Box::pin(future::ready(token.map_err(TokenError::new)))
    }
}

/// Returns the outcome of a request with a token source, the number of renewals, and the requests to the server.
async fn with_renewal(
    operation: &Operation,
    renewed: Result<Option<&'static str>, &'static str>,
    answers: &[&str],
) -> (Result<RawResponse, Error>, usize, Vec<String>) {
    let source: &Rotating = Box::leak(Box::new(Rotating { renewed, refused: Mutex::default() }));
    let server = Server::start(answers.iter().copied()).await;
    let transport = server.builder().retry(QUICK).token_source(source).build().unwrap();
    let outcome = send(&transport, operation).await;
    (outcome, source.refused.lock().unwrap().len(), server.requests())
}

fn expired() -> String {
    answer("401 Unauthorized", r#"{"error":{"code":"Unauthorized","message":"The access token is invalid"}}"#)
}

#[tokio::test]
async fn a_refused_token_is_renewed_once_and_the_request_repeated_with_any_method() {
    for operation in [&GET, &POST] {
        let (outcome, asked, requests) = with_renewal(operation, Ok(Some("another")), &[&expired(), OK]).await;
        assert_eq!((outcome.unwrap().status().as_u16(), asked, requests.len()), (200, 1, 2));
        assert_eq!(requests[0].replace(TOKEN, "another"), requests[1], "only the token differs");
        let (outcome, asked, requests) =
            with_renewal(operation, Ok(Some("another")), &[&expired(), &expired(), OK]).await;
        let error = outcome.unwrap().error_for_status().unwrap_err();
        assert!(error.is_unauthorized() && (error.attempts(), asked, requests.len()) == (2, 1, 2));
    }
}

#[tokio::test]
async fn retries_use_the_renewed_token_and_the_renewal_is_not_a_retry() {
    let (failure, expired) = (status("503 Service Unavailable"), expired());
    let answers: [&str; 5] = [&failure, &expired, &failure, &failure, OK];
    let (outcome, asked, requests) = with_renewal(&GET, Ok(Some("another")), &answers).await;
    assert_eq!((outcome.unwrap().status().as_u16(), asked), (200, 1));
    let with_another: Vec<_> = requests.iter().map(|request| request.contains("Bearer another\r\n")).collect();
    assert_eq!(with_another, [false, false, true, true, true]);
}

#[tokio::test]
async fn without_another_token_the_refusal_is_returned() {
    for same in [None, Some(TOKEN)] {
        let (outcome, asked, requests) = with_renewal(&GET, Ok(same), &[&expired(), OK]).await;
        assert_eq!((outcome.unwrap().status().as_u16(), asked, requests.len()), (401, 1, 1));
    }
}

#[tokio::test]
async fn a_missing_scope_or_a_disabled_user_causes_no_renewal() {
    for message in ["The access token should have access to one of those scopes: x", "الحساب غير مفعل"] {
        let refusal =
            answer("401 Unauthorized", &format!(r#"{{"error":{{"code":"Unauthorized","message":"{message}"}}}}"#));
        let (outcome, asked, requests) = with_renewal(&GET, Ok(Some("another")), &[&refusal, OK]).await;
        assert_eq!((outcome.unwrap().status().as_u16(), asked, requests.len()), (401, 0, 1));
    }
}

#[tokio::test]
async fn the_error_of_a_failed_renewal_holds_the_refusal() {
    let (outcome, _, requests) = with_renewal(&GET, Err("the refresh token is revoked"), &[&expired(), OK]).await;
    let error = outcome.unwrap_err();
    assert!(error.is_token() && error.is_unauthorized() && !error.is_retryable() && requests.len() == 1);
    assert_eq!(error.body().unwrap(), expired().split("\r\n\r\n").last().unwrap());
    let line = "GET /points: 401 Unauthorized, and no other token: the refresh token is revoked";
    assert_eq!(error.to_string(), line);
}

/// A source without a token.
struct Without(fn() -> BoxFuture<'static, Result<AccessToken, TokenError>>);

impl TokenSource for Without {
    fn token(&self) -> BoxFuture<'_, Result<AccessToken, TokenError>> {
        self.0()
    }

    fn renew<'a>(&'a self, _: &'a AccessToken) -> BoxFuture<'a, Result<Option<AccessToken>, TokenError>> {
        Box::pin(future::ready(Ok(None)))
    }
}

async fn without_token(source: Without) -> Error {
    let builder = ClientBuilder::<Transport>::new("http://127.0.0.1:1").token_source(source).timeout(LONG);
    let error = send(&builder.build().unwrap(), &GET).await.unwrap_err();
    assert!(error.is_token() && error.attempts() == 0 && error.status().is_none());
    error
}

#[tokio::test(start_paused = true)]
async fn without_a_token_no_request_is_sent() {
    let error = without_token(Without(|| Box::pin(future::ready(Err(TokenError::new("gone")))))).await;
    assert_eq!(error.to_string(), "GET /points: no token: gone");
    assert!(std::error::Error::source(&error).unwrap().is::<TokenError>() && !error.is_retryable());
    let error = without_token(Without(|| Box::pin(future::ready(Err(TokenError::temporary("busy")))))).await;
    assert!(error.is_retryable() && !error.is_timeout());
}

#[tokio::test(start_paused = true)]
async fn a_token_source_that_hangs_ends_the_call_at_its_deadline() {
    let begun = tokio::time::Instant::now();
    let error = without_token(Without(|| Box::pin(future::pending()))).await;
    assert_eq!(begun.elapsed().as_secs(), LONG.as_secs());
    assert!(error.is_timeout() && error.to_string() == "GET /points: no token: timed out");
}
