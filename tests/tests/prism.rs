//! The client against Prism, which serves the contract: a server that is not ours decides whether a request follows it.
//!
//! `tests/independent` starts Prism and runs these tests.

use std::env;

use salla_loyalty_points::salla_runtime::Method;
use salla_loyalty_points::types::{LoyaltyPointsUpdate, NotificationChannel, PointsChange};
use salla_loyalty_points::{
    Client, ListCustomerLoyaltyPointsError, RawResponse, RetryPolicy, UpdateCustomerLoyaltyPointsError,
};
use salla_loyalty_points_tests::documented;
use serde_json::json;

fn client() -> Client {
    let base_url = env::var("PRISM_URL").expect("`tests/independent` sets PRISM_URL");
    Client::builder().base_url(base_url).token("any").retry(RetryPolicy::none()).build().unwrap()
}

fn update(points: i64) -> LoyaltyPointsUpdate {
    LoyaltyPointsUpdate::builder()
        .points(points)
        .type_(PointsChange::Minus)
        .reason("هدية")
        .channel_send([NotificationChannel::Sms])
        .customers([748_394_059])
        .try_into()
        .unwrap()
}

#[tokio::test]
#[ignore = "needs Prism: run tests/independent"]
async fn each_parameter_is_accepted_and_the_documented_page_decodes() {
    let request = client().list_customer_loyalty_points().customer_id("1257881496").page(2).per_page(60);
    let page = request.send().await.unwrap().into_inner();
    assert_eq!(serde_json::to_value(page).unwrap(), documented::payload(200));
}

#[tokio::test]
#[ignore = "needs Prism: run tests/independent"]
async fn each_documented_failure_of_the_history_is_its_variant() {
    for status in [401, 422] {
        let request = client().list_customer_loyalty_points().customer_id("1257881496");
        let error = request.extra_header("Prefer", &format!("code={status}")).send().await.unwrap_err();
        let (variant, body) = match error.api() {
            Some(ListCustomerLoyaltyPointsError::Unauthorized(body)) => (401, serde_json::to_value(body)),
            Some(ListCustomerLoyaltyPointsError::ValidationFailed(body)) => (422, serde_json::to_value(body)),
            other => panic!("{status}: {other:?}"),
        };
        assert_eq!((variant, body.unwrap()), (status, documented::payload(status)));
    }
}

#[tokio::test]
#[ignore = "needs Prism: run tests/independent"]
async fn an_update_is_accepted_and_its_bounds_are_checked() {
    let send = |points| client().update_customer_loyalty_points().body(update(points)).send();
    let updated = send(900).await.unwrap().into_inner();
    assert_eq!(serde_json::to_value(updated).unwrap(), documented::update_payload(201));
    let error = send(1_000_000).await.unwrap_err();
    assert!(matches!(error.api(), Some(UpdateCustomerLoyaltyPointsError::ValidationFailed(_))), "{error}");
}

#[tokio::test]
#[ignore = "needs Prism: run tests/independent"]
async fn each_documented_failure_of_the_update_is_its_variant() {
    for status in [400, 401, 422] {
        let request = client().update_customer_loyalty_points().body(update(1));
        let error = request.extra_header("Prefer", &format!("code={status}")).send().await.unwrap_err();
        let (variant, body) = match error.api() {
            Some(UpdateCustomerLoyaltyPointsError::BadRequest(body)) => (400, serde_json::to_value(body)),
            Some(UpdateCustomerLoyaltyPointsError::Unauthorized(body)) => (401, serde_json::to_value(body)),
            Some(UpdateCustomerLoyaltyPointsError::ValidationFailed(body)) => (422, serde_json::to_value(body)),
            other => panic!("{status}: {other:?}"),
        };
        // Prism answers a shared response with its first example, which is that of the history.
        let expected = if status == 400 { documented::update_payload(400) } else { documented::payload(status) };
        assert_eq!((variant, body.unwrap()), (status, expected));
    }
}

#[tokio::test]
#[ignore = "needs Prism: run tests/independent"]
async fn a_raw_request_that_the_contract_forbids_is_refused() {
    let response = client().transport().request(Method::DELETE, "/customers/loyalty/points").send().await;
    assert!(response.and_then(RawResponse::error_for_status).is_err());
    let request = client().transport().request(Method::POST, "/customers/loyalty/points").json(&json!({}));
    assert_eq!(request.send().await.unwrap().status().as_u16(), 422);
}
