//! The fault table: whatever breaks below HTTP ends in the error that says so, and keeps what had come.

use std::time::Duration;

use salla_loyalty_points::salla_runtime::DEFAULT_MAX_BODY_BYTES;
use salla_loyalty_points_tests::mock::{ClosedPort, Fault, Mock};

use crate::support::{Failure, SHORT, ask, builder, client, failure, impatient_failure, outcome};

fn assert_interrupted(error: &Failure) {
    assert!(error.is_interrupted() && !error.is_timeout() && !error.is_connect(), "{error:?}");
    assert!(error.api().is_none() && !error.is_undecodable());
}

fn assert_timeout(error: &Failure) {
    assert!(error.is_timeout() && error.is_interrupted() && !error.is_connect(), "{error:?}");
    assert!(error.to_string().ends_with("timed out"), "{error}");
}

/// The answer had begun: its status and headers are there, and a part of its body.
fn assert_begun(error: &Failure) {
    assert_eq!(error.status().map(|status| status.as_u16()), Some(200), "{error:?}");
    assert_eq!(error.headers().unwrap()["content-type"], "application/json");
    let body = error.body().unwrap();
    assert!(body.starts_with(b"{") && !body.ends_with(b"}"));
    assert!(error.to_string().contains("200 OK, but the body broke off: "), "{error}");
}

fn assert_not_begun(error: &Failure) {
    assert!(error.status().is_none() && error.headers().is_none() && error.body().is_none());
    assert!(error.to_string().contains("no answer: "), "{error}");
}

#[tokio::test]
async fn a_refused_connection_is_a_connect_error() {
    let port = ClosedPort::take();
    let error = ask(&builder(&port.base_url()).build().unwrap()).await.unwrap_err();
    assert!(error.is_connect() && !error.is_timeout() && !error.is_interrupted());
    assert!(error.status().is_none());
    assert!(error.to_string().contains("cannot connect: "), "{error}");
}

#[tokio::test]
async fn a_server_that_has_gone_is_a_connect_error() {
    let mock = Mock::start().await;
    let client = client(&mock);
    ask(&client).await.unwrap();
    mock.stop().await;
    let error = ask(&client).await.unwrap_err();
    assert!(error.is_connect(), "{error:?}");
}

#[tokio::test]
async fn a_server_that_goes_leaves_no_connection_behind() {
    let mock = Mock::builder().fault(Fault::Silence).start().await;
    let client = client(&mock);
    let asked = tokio::spawn(async move { ask(&client).await });
    while mock.request_count() == 0 {
        tokio::task::yield_now().await;
    }
    drop(mock);
    assert_interrupted(&asked.await.unwrap().unwrap_err());
}

#[cfg(unix)]
#[tokio::test]
async fn a_reset_connection_says_so() {
    for fault in [Fault::ResetBeforeHeaders, Fault::ResetInHeaders, Fault::ResetInBody] {
        let error = failure(fault).await;
        assert!(error.to_string().contains("reset by peer"), "{error}");
    }
    for fault in [Fault::HangUp, Fault::TruncatedBody] {
        let error = failure(fault).await;
        assert!(!error.to_string().contains("reset by peer"), "{error}");
    }
}

#[tokio::test]
async fn a_connection_that_ends_before_the_body_gives_no_answer() {
    for fault in [Fault::HangUp, Fault::ResetBeforeHeaders, Fault::ResetInHeaders] {
        let error = failure(fault).await;
        assert_interrupted(&error);
        assert_not_begun(&error);
    }
}

#[tokio::test]
async fn a_connection_that_ends_in_the_body_keeps_what_came() {
    for fault in [Fault::ResetInBody, Fault::TruncatedBody] {
        let error = failure(fault).await;
        assert_interrupted(&error);
        assert_begun(&error);
    }
}

#[tokio::test]
async fn headers_that_do_not_come_in_time_are_a_timeout() {
    let trickle = Fault::SlowHeaders(SHORT / 10);
    for fault in [Fault::Silence, Fault::StalledHeaders, trickle] {
        let error = impatient_failure(fault).await;
        assert_timeout(&error);
        assert_not_begun(&error);
    }
}

#[tokio::test]
async fn a_body_that_does_not_come_in_time_is_a_timeout_and_keeps_what_came() {
    let error = impatient_failure(Fault::StalledBody).await;
    assert_timeout(&error);
    assert_begun(&error);
}

#[tokio::test]
async fn slow_headers_that_come_in_time_are_an_answer() {
    let answer = outcome(Fault::SlowHeaders(Duration::ZERO)).await.unwrap();
    assert_eq!(answer.data.len(), 30);
}

#[tokio::test]
async fn an_answer_slower_than_the_client_waits_is_a_timeout() {
    let mock = Mock::builder().latency(Duration::from_secs(600)).start().await;
    let client = builder(&mock.base_url()).timeout(SHORT).build().unwrap();
    assert_timeout(&ask(&client).await.unwrap_err());
    assert_eq!(mock.request_count(), 1);
}

#[tokio::test]
async fn a_content_length_that_is_too_short_cuts_the_json() {
    let error = failure(Fault::ShortContentLength).await;
    assert!(error.is_undecodable() && !error.is_interrupted(), "{error:?}");
    assert_eq!(error.status().unwrap().as_u16(), 200);
    let announced: usize = error.headers().unwrap()["content-length"].to_str().unwrap().parse().unwrap();
    assert_eq!(error.body().unwrap().len(), announced);
}

#[tokio::test]
async fn a_huge_body_is_read_to_the_limit_and_no_further() {
    let error = failure(Fault::HugeBody(200_000_000)).await;
    assert!(error.is_body_too_large() && error.status().unwrap().as_u16() == 200, "{error:?}");
    assert!(error.body().unwrap().len() <= DEFAULT_MAX_BODY_BYTES);
}

#[tokio::test]
async fn a_long_body_within_the_limit_is_an_answer() {
    let answer = outcome(Fault::HugeBody(1_000_000)).await.unwrap();
    assert_eq!((answer.data.len(), answer.body().len() > 1_000_000), (30, true));
}

#[tokio::test]
async fn a_gzip_bomb_is_not_unpacked() {
    let error = failure(Fault::GzipBomb(1024)).await;
    assert!(error.is_undecodable(), "{error:?}");
    assert_eq!(error.headers().unwrap()["content-encoding"], "gzip");
    let body = error.body().unwrap();
    assert!(body.starts_with(&[0x1f, 0x8b]) && body.len() < 4 << 20, "{} bytes", body.len());
}

#[tokio::test]
async fn after_every_fault_the_same_client_goes_on() {
    let faults = [
        Fault::HangUp,
        Fault::ResetBeforeHeaders,
        Fault::ResetInHeaders,
        Fault::ResetInBody,
        Fault::TruncatedBody,
        Fault::ShortContentLength,
        Fault::HugeBody(DEFAULT_MAX_BODY_BYTES),
        Fault::InvalidUtf8,
        Fault::Unavailable,
        Fault::Echo,
    ];
    let count = faults.len();
    let mock = Mock::builder().faults(faults).start().await;
    let client = client(&mock);
    for number in 0..count {
        assert!(ask(&client).await.is_err(), "request {number}");
    }
    assert!(ask(&client).await.is_ok());
    mock.inject(Fault::Unavailable);
    assert!(ask(&client).await.is_err());
    mock.heal();
    assert!(ask(&client).await.is_ok());
}

#[tokio::test]
async fn a_fault_meets_the_requests_it_is_meant_for() {
    let mock = Mock::builder().fault_on(1, Fault::BadGateway).fault_on_page(3, Fault::Unavailable).start().await;
    let client = client(&mock);
    let mut statuses = Vec::new();
    for page in [1, 1, 2, 3, 1] {
        let request = client.list_customer_loyalty_points().customer_id("7").page(page);
        let answer = request.send().await;
        statuses.push(answer.map_or_else(|error| error.status(), |answer| Some(answer.status())));
    }
    let statuses: Vec<_> = statuses.into_iter().flatten().map(|status| status.as_u16()).collect();
    assert_eq!(statuses, [200, 502, 200, 503, 200]);
}
