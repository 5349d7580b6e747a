//! Interrupted, slow and oversized responses: each gives the right error, and the error holds the part that was
//! received.

use std::time::Duration;

use salla_loyalty_points::salla_runtime::DEFAULT_MAX_BODY_BYTES;
use salla_loyalty_points_tests::fake::{ClosedPort, FakeApi, Fault};

use crate::support::{
    Failure, SHORT_TIMEOUT, builder, client, failure, failure_with_short_timeout, fetch, outcome, serve,
};

fn assert_interrupted(error: &Failure) {
    assert!(error.is_interrupted() && !error.is_timeout() && !error.is_connect(), "{error:?}");
    assert!(error.api().is_none() && !error.is_undecodable());
}

fn assert_timeout(error: &Failure) {
    assert!(error.is_timeout() && error.is_interrupted() && !error.is_connect(), "{error:?}");
    assert!(error.to_string().ends_with("timed out"), "{error}");
}

/// Checks that the error holds a status, headers and a part of the body.
fn assert_partial_response(error: &Failure) {
    assert_eq!(error.status().map(|status| status.as_u16()), Some(200), "{error:?}");
    assert_eq!(error.headers().unwrap()["content-type"], "application/json");
    let body = error.body().unwrap();
    assert!(body.starts_with(b"{") && !body.ends_with(b"}"));
    assert!(error.to_string().contains("200 OK, but the body is incomplete: "), "{error}");
}

/// Checks that the error holds no part of a response.
fn assert_no_response(error: &Failure) {
    assert!(error.status().is_none() && error.headers().is_none() && error.body().is_none());
    assert!(error.to_string().contains("no response: "), "{error}");
}

#[tokio::test]
async fn a_refused_connection_is_a_connect_error() {
    let port = ClosedPort::reserve();
    let error = fetch(&builder(&port.base_url()).build().unwrap()).await.unwrap_err();
    assert!(error.is_connect() && !error.is_timeout() && !error.is_interrupted());
    assert!(error.status().is_none());
    assert!(error.to_string().contains("cannot connect: "), "{error}");
}

#[tokio::test]
async fn a_stopped_server_is_a_connect_error() {
    let fake = FakeApi::start().await;
    let client = client(&fake);
    fetch(&client).await.unwrap();
    fake.stop().await;
    let error = fetch(&client).await.unwrap_err();
    assert!(error.is_connect(), "{error:?}");
}

#[tokio::test]
async fn a_dropped_server_closes_its_connections() {
    let (fake, client) = serve(FakeApi::builder().fault(Fault::NoResponse)).await;
    let request = tokio::spawn(async move { fetch(&client).await });
    while fake.request_count() == 0 {
        tokio::task::yield_now().await;
    }
    drop(fake);
    assert_interrupted(&request.await.unwrap().unwrap_err());
}

#[cfg(unix)]
#[tokio::test]
async fn a_reset_connection_is_reported_as_a_reset() {
    for fault in [Fault::ResetBeforeHeaders, Fault::ResetInHeaders, Fault::ResetInBody] {
        let error = failure(fault).await;
        assert!(error.to_string().contains("reset by peer"), "{error}");
    }
    for fault in [Fault::ClosedBeforeHeaders, Fault::TruncatedBody] {
        let error = failure(fault).await;
        assert!(!error.to_string().contains("reset by peer"), "{error}");
    }
}

#[tokio::test]
async fn a_connection_that_ends_before_the_body_gives_no_response() {
    for fault in [Fault::ClosedBeforeHeaders, Fault::ResetBeforeHeaders, Fault::ResetInHeaders] {
        let error = failure(fault).await;
        assert_interrupted(&error);
        assert_no_response(&error);
    }
}

#[tokio::test]
async fn a_connection_that_ends_in_the_body_gives_a_partial_response() {
    for fault in [Fault::ResetInBody, Fault::TruncatedBody] {
        let error = failure(fault).await;
        assert_interrupted(&error);
        assert_partial_response(&error);
    }
}

#[tokio::test]
async fn late_headers_are_a_timeout() {
    let slow_headers = Fault::SlowHeaders(SHORT_TIMEOUT / 10);
    for fault in [Fault::NoResponse, Fault::StalledHeaders, slow_headers] {
        let error = failure_with_short_timeout(fault).await;
        assert_timeout(&error);
        assert_no_response(&error);
    }
}

#[tokio::test]
async fn a_late_body_is_a_timeout_with_a_partial_response() {
    let error = failure_with_short_timeout(Fault::StalledBody).await;
    assert_timeout(&error);
    assert_partial_response(&error);
}

#[tokio::test]
async fn slow_headers_within_the_timeout_are_a_response() {
    let response = outcome(Fault::SlowHeaders(Duration::ZERO)).await.unwrap();
    assert_eq!(response.data.len(), 30);
}

#[tokio::test]
async fn a_response_after_the_timeout_is_a_timeout() {
    let fake = FakeApi::builder().latency(Duration::from_secs(600)).start().await;
    let client = builder(&fake.base_url()).timeout(SHORT_TIMEOUT).build().unwrap();
    assert_timeout(&fetch(&client).await.unwrap_err());
    assert_eq!(fake.request_count(), 1);
}

#[tokio::test]
async fn a_content_length_that_is_too_short_truncates_the_json() {
    let error = failure(Fault::ShortContentLength).await;
    assert!(error.is_undecodable() && !error.is_interrupted(), "{error:?}");
    assert_eq!(error.status().unwrap().as_u16(), 200);
    let announced: usize = error.headers().unwrap()["content-length"].to_str().unwrap().parse().unwrap();
    assert_eq!(error.body().unwrap().len(), announced);
}

#[tokio::test]
async fn a_huge_body_is_read_up_to_the_limit() {
    let error = failure(Fault::HugeBody(200_000_000)).await;
    assert!(error.is_body_too_large() && error.status().unwrap().as_u16() == 200, "{error:?}");
    assert!(error.body().unwrap().len() <= DEFAULT_MAX_BODY_BYTES);
}

#[tokio::test]
async fn a_long_body_within_the_limit_is_a_response() {
    let response = outcome(Fault::HugeBody(1_000_000)).await.unwrap();
    assert_eq!((response.data.len(), response.body().len() > 1_000_000), (30, true));
}

#[tokio::test]
async fn a_gzip_bomb_is_not_decompressed() {
    let error = failure(Fault::GzipBomb(1024)).await;
    assert!(error.is_undecodable(), "{error:?}");
    assert_eq!(error.headers().unwrap()["content-encoding"], "gzip");
    let body = error.body().unwrap();
    assert!(body.starts_with(&[0x1f, 0x8b]) && body.len() < 4 << 20, "{} bytes", body.len());
}

#[tokio::test]
async fn a_client_can_be_used_after_every_fault() {
    let faults = [
        Fault::ClosedBeforeHeaders,
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
    let (fake, client) = serve(FakeApi::builder().faults(faults)).await;
    for number in 0..count {
        assert!(fetch(&client).await.is_err(), "request {number}");
    }
    assert!(fetch(&client).await.is_ok());
    fake.inject(Fault::Unavailable);
    assert!(fetch(&client).await.is_err());
    fake.clear_faults();
    assert!(fetch(&client).await.is_ok());
}

#[tokio::test]
async fn a_fault_applies_to_the_matching_requests_only() {
    let (_fake, client) =
        serve(FakeApi::builder().fault_on(1, Fault::BadGateway).fault_on_page(3, Fault::Unavailable)).await;
    let mut statuses = Vec::new();
    for page in [1, 1, 2, 3, 1] {
        let request = client.list_customer_loyalty_points().customer_id("7").page(page);
        let outcome = request.send().await;
        statuses.push(outcome.map_or_else(|error| error.status(), |response| Some(response.status())));
    }
    let statuses: Vec<_> = statuses.into_iter().flatten().map(|status| status.as_u16()).collect();
    assert_eq!(statuses, [200, 502, 200, 503, 200]);
}
