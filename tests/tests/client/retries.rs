//! What the client repeats, when, and how often: through real connections, with delays of a millisecond.

use std::time::Duration;

use salla_loyalty_points::{Client, RetryPolicy};
use salla_loyalty_points_tests::mock::{Answer, Fault, Mock, RetryAfter};

use crate::support::{ask, builder};

const QUICK: Duration = Duration::from_millis(1);

fn persistent(mock: &Mock) -> Client {
    builder(&mock.base_url()).retry(RetryPolicy::new().base_delay(QUICK).max_delay(QUICK)).build().unwrap()
}

#[tokio::test]
async fn what_passes_is_waited_for() {
    for fault in [
        Fault::Unavailable,
        Fault::BadGateway,
        Fault::HangUp,
        Fault::ResetBeforeHeaders,
        Fault::ResetInHeaders,
        Fault::ResetInBody,
        Fault::TruncatedBody,
        Fault::RateLimited(RetryAfter::Missing),
        Fault::RateLimited(RetryAfter::Seconds(0)),
        Answer::new(504, "").into(),
    ] {
        let mock = Mock::builder().fault_first(2, fault.clone()).start().await;
        let page = ask(&persistent(&mock)).await.unwrap_or_else(|error| panic!("{fault:?}: {error}"));
        assert_eq!((page.pagination.current_page, mock.request_count()), (1, 3), "{fault:?}");
    }
}

#[tokio::test]
async fn what_would_be_the_same_again_is_not_repeated() {
    for fault in [
        Fault::EmptyUnauthorized,
        Fault::NotSuccess,
        Fault::InvalidUtf8,
        Fault::HugeBody(64 << 20),
        Answer::new(400, "{}").into(),
        Answer::new(500, "{}").into(),
    ] {
        let mock = Mock::builder().fault(fault.clone()).start().await;
        let error = ask(&persistent(&mock)).await.unwrap_err();
        assert_eq!((mock.request_count(), error.attempts()), (1, 1), "{fault:?}: {error}");
    }
}

#[tokio::test]
async fn the_number_of_attempts_is_bounded_and_told() {
    let mock = Mock::builder().fault(Fault::Unavailable).start().await;
    let error = ask(&persistent(&mock)).await.unwrap_err();
    assert_eq!((mock.request_count(), error.attempts(), error.is_retryable()), (4, 4, true));
}

#[tokio::test]
async fn a_wait_of_a_day_is_not_waited_for() {
    let day = RetryAfter::Seconds(86_400);
    let mock = Mock::builder().fault(Fault::RateLimited(day)).start().await;
    let error = ask(&persistent(&mock)).await.unwrap_err();
    assert_eq!(mock.request_count(), 1);
    assert_eq!(error.retry_after(), Some(Duration::from_secs(86_400)));
    assert!(error.is_rate_limited(), "{error}");
}

#[tokio::test]
async fn one_request_can_be_sent_once() {
    let mock = Mock::builder().fault(Fault::Unavailable).start().await;
    let request = persistent(&mock).list_customer_loyalty_points().customer_id("1");
    let error = request.retry(RetryPolicy::none()).send().await.unwrap_err();
    assert_eq!((mock.request_count(), error.attempts()), (1, 1));
}

#[tokio::test]
async fn one_request_can_have_its_own_deadline() {
    let mock = Mock::builder().fault(Fault::Silence).start().await;
    let request = persistent(&mock).list_customer_loyalty_points().customer_id("1");
    let error = request.timeout(Duration::from_millis(50)).send().await.unwrap_err();
    assert!(error.is_timeout(), "{error}");
}
