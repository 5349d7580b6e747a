//! Rate limits of a client over real sockets. The unit tests of the module cover the calculations with a paused clock.

mod support;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use salla_runtime::codegen::{Method, Operation, Request};
use salla_runtime::{Error, Pacing, Quota, RawResponse, RetryPolicy, Transport};
use support::Server;

const LIST: Operation = Operation::new("list", Method::GET, "/points");
const HOUR: Duration = Duration::from_secs(3600);

async fn send(transport: &Transport) -> Result<RawResponse, Error> {
    transport.call(Request::new(&LIST).timeout(Duration::from_secs(30))).await
}

/// Returns a response that allows `remaining` more requests in the next ten minutes.
fn with_remaining(remaining: u64) -> String {
    answer_with_remaining("200 OK", remaining, "")
}

fn answer_with_remaining(status: &str, remaining: u64, body: &str) -> String {
    let reset = (SystemTime::now() + HOUR / 6).duration_since(UNIX_EPOCH).unwrap().as_secs();
    let limits = format!("x-ratelimit-limit: 9\r\nx-ratelimit-remaining: {remaining}\r\nx-ratelimit-reset: {reset}");
    let length = body.len();
    format!("HTTP/1.1 {status}\r\n{limits}\r\ncontent-length: {length}\r\n\r\n{body}")
}

fn assert_rate_limited(error: &Error, seconds: std::ops::RangeInclusive<u64>) {
    assert!(error.is_rate_limited() && error.is_retryable() && !error.is_timeout() && error.status().is_none());
    assert!(error.attempts() == 0 && seconds.contains(&error.retry_after().unwrap().as_secs()), "{error:?}");
    assert!(error.to_string().starts_with("GET /points: not sent: rate limit: "), "{error}");
}

#[tokio::test]
async fn all_clones_share_the_remaining_requests() {
    let server = Server::start([with_remaining(1), with_remaining(0), with_remaining(9)]).await;
    let transport = server.transport();
    send(&transport).await.unwrap();
    send(&transport.clone()).await.unwrap();
    assert_rate_limited(&send(&transport.clone()).await.unwrap_err(), 590..=600);
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn a_429_stops_all_clones_for_its_retry_after() {
    let refusal = "HTTP/1.1 429 Too Many Requests\r\nretry-after: 600\r\ncontent-length: 0\r\n\r\n";
    let server = Server::start([refusal.to_owned(), with_remaining(9)]).await;
    let transport = server.transport();
    assert_eq!(send(&transport).await.unwrap().status().as_u16(), 429);
    assert_rate_limited(&send(&transport.clone()).await.unwrap_err(), 590..=600);
}

#[tokio::test]
async fn a_429_whose_body_breaks_off_stops_all_clones_too() {
    let refusal = "HTTP/1.1 429 Too Many Requests\r\nretry-after: 600\r\ncontent-length: 9\r\n\r\n{";
    let server = Server::start([refusal.to_owned(), with_remaining(9)]).await;
    let transport = server.transport();
    let error = send(&transport).await.unwrap_err();
    assert!(error.is_interrupted() && error.is_rate_limited() && error.attempts() == 1, "{error:?}");
    assert_eq!(error.retry_after(), Some(Duration::from_secs(600)), "the call ends at once with the time to wait");
    assert_rate_limited(&send(&transport.clone()).await.unwrap_err(), 590..=600);
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_429_ends_the_call_with_its_response_if_the_reset_is_after_the_deadline() {
    let refusal = answer_with_remaining("429 Too Many Requests", 0, r#"{"error":{"message":"slow down"}}"#);
    let server = Server::start([refusal, with_remaining(9)]).await;
    let transport = server.builder().retry(RetryPolicy::new()).build().unwrap();
    let error = send(&transport).await.unwrap().error_for_status().unwrap_err();
    assert!(error.is_rate_limited() && error.is_api() && error.attempts() == 1, "{error:?}");
    assert!(error.to_string().ends_with("429 Too Many Requests (slow down)"), "{error}");
    assert_eq!(error.headers().unwrap()["x-ratelimit-remaining"], "0");
    assert_eq!(error.body().unwrap(), r#"{"error":{"message":"slow down"}}"#);
    assert!((590..=600).contains(&error.retry_after().unwrap().as_secs()), "{:?}", error.retry_after());
    assert_rate_limited(&send(&transport.clone()).await.unwrap_err(), 590..=600);
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn all_clones_share_a_quota() {
    let server = Server::start([with_remaining(0), with_remaining(0), with_remaining(0)]).await;
    let transport = server.builder().pacing(Pacing::none().quota(Quota::new(2, HOUR))).build().unwrap();
    send(&transport).await.unwrap();
    send(&transport.clone()).await.unwrap();
    assert_rate_limited(&send(&transport).await.unwrap_err(), 3590..=3600);
}

#[tokio::test]
async fn without_pacing_no_request_waits() {
    let server = Server::start([with_remaining(0), with_remaining(0), with_remaining(0)]).await;
    let transport = server.builder().pacing(Pacing::none()).build().unwrap();
    for _ in 0..3 {
        send(&transport).await.unwrap();
    }
}
