//! Retries over real connections, with delays of a millisecond.

use std::time::Duration;

use salla_loyalty_points::RetryPolicy;
use salla_loyalty_points_tests::fake::{CannedResponse, FakeApi, Fault, RetryAfter};

use crate::support::{fetch, serve_retrying};

#[tokio::test]
async fn temporary_failures_are_retried() {
    for fault in [
        Fault::Unavailable,
        Fault::BadGateway,
        Fault::ClosedBeforeHeaders,
        Fault::ResetBeforeHeaders,
        Fault::ResetInHeaders,
        Fault::ResetInBody,
        Fault::TruncatedBody,
        Fault::RateLimited(RetryAfter::Missing),
        Fault::RateLimited(RetryAfter::Seconds(0)),
        CannedResponse::new(504, "").into(),
    ] {
        let (fake, client) = serve_retrying(FakeApi::builder().fault_first(2, fault.clone())).await;
        let page = fetch(&client).await.unwrap_or_else(|error| panic!("{fault:?}: {error}"));
        assert_eq!((page.pagination.current_page, fake.request_count()), (1, 3), "{fault:?}");
    }
}

#[tokio::test]
async fn permanent_failures_are_not_retried() {
    for fault in [
        Fault::EmptyUnauthorized,
        Fault::FailureWithStatus200,
        Fault::InvalidUtf8,
        Fault::HugeBody(64 << 20),
        CannedResponse::new(400, "{}").into(),
        CannedResponse::new(500, "{}").into(),
    ] {
        let (fake, client) = serve_retrying(FakeApi::builder().fault(fault.clone())).await;
        let error = fetch(&client).await.unwrap_err();
        assert_eq!((fake.request_count(), error.attempts()), (1, 1), "{fault:?}: {error}");
    }
}

#[tokio::test]
async fn the_number_of_attempts_is_limited_and_reported() {
    let (fake, client) = serve_retrying(FakeApi::builder().fault(Fault::Unavailable)).await;
    let error = fetch(&client).await.unwrap_err();
    assert_eq!((fake.request_count(), error.attempts(), error.is_retryable()), (4, 4, true));
}

#[tokio::test]
async fn a_retry_after_of_a_day_is_reported_without_waiting() {
    let day = RetryAfter::Seconds(86_400);
    let (fake, client) = serve_retrying(FakeApi::builder().fault(Fault::RateLimited(day))).await;
    let error = fetch(&client).await.unwrap_err();
    assert_eq!(fake.request_count(), 1);
    assert_eq!(error.retry_after(), Some(Duration::from_secs(86_400)));
    assert!(error.is_rate_limited(), "{error}");
}

#[tokio::test]
async fn retries_can_be_disabled_for_one_request() {
    let (fake, client) = serve_retrying(FakeApi::builder().fault(Fault::Unavailable)).await;
    let request = client.list_customer_loyalty_points().customer_id("1");
    let error = request.retry(RetryPolicy::none()).send().await.unwrap_err();
    assert_eq!((fake.request_count(), error.attempts()), (1, 1));
}

#[tokio::test]
async fn the_timeout_can_be_set_for_one_request() {
    let (_fake, client) = serve_retrying(FakeApi::builder().fault(Fault::NoResponse)).await;
    let request = client.list_customer_loyalty_points().customer_id("1");
    let error = request.timeout(Duration::from_millis(50)).send().await.unwrap_err();
    assert!(error.is_timeout(), "{error}");
}
