//! The feature `mock` of the client crate: typed responses without a network, for tests of code that uses the client.

use std::time::Duration;

use futures_util::TryStreamExt as _;
use salla_loyalty_points::mock::{Mock, MockResponse};
use salla_loyalty_points::types::LoyaltyPointsPage;
use salla_loyalty_points::{
    Client, ErrorKind, ListCustomerLoyaltyPoints as History, ListCustomerLoyaltyPointsError as ApiError, Pacing,
    RetryPolicy, examples,
};
use salla_loyalty_points_tests::documented::payload;
use serde_json::json;

fn page(number: i64, pages: i64, items: i64) -> LoyaltyPointsPage {
    let mut page = examples::list_customer_loyalty_points_200();
    page.pagination.current_page = number;
    page.pagination.total_pages = pages;
    page.pagination.total = items;
    for entry in &mut page.data {
        entry.points += number;
    }
    page
}

fn client(mock: &Mock) -> Client {
    mock.client().unwrap()
}

#[tokio::test]
async fn a_mocked_response_is_returned_and_the_request_is_recorded() {
    let mock = Mock::new();
    mock.answer::<History>(&page(1, 1, 2));
    let response = client(&mock).list_customer_loyalty_points().customer_id("قديم").page(1).send().await.unwrap();
    assert_eq!(*response, page(1, 1, 2));
    let requests = mock.requests();
    let [request] = &requests[..] else { panic!("{requests:?}") };
    assert_eq!((request.method.as_str(), request.path.as_str()), ("GET", "/customers/loyalty/points"));
    assert_eq!((request.param("customer_id"), request.param("page")), (Some("قديم"), Some("1")));
    assert_eq!(request.operation, "list_customer_loyalty_points");
    assert!(!request.headers.contains_key("authorization"));
}

#[tokio::test]
async fn a_documented_example_is_a_value_that_a_test_changes_and_answers_with() {
    assert_eq!(serde_json::to_value(examples::list_customer_loyalty_points_200()).unwrap(), payload(200));
    let mut page = examples::list_customer_loyalty_points_200();
    page.data.truncate(1);
    page.data[0].points = 7;
    page.data[0].order_id = Some("A-17".into());
    page.data[0].used_at = Some(salla_runtime::jiff::Zoned::now().into());
    let mut refusal = examples::unauthorized();
    refusal.error.message = "expired".to_owned();
    let mock = Mock::new();
    mock.answer::<History>(&page).refuse::<History>(401, &refusal);
    let call = async || client(&mock).list_customer_loyalty_points().customer_id(7).send().await;
    assert_eq!(*call().await.unwrap(), page);
    let error = call().await.unwrap_err();
    assert!(matches!(error.api(), Some(ApiError::Unauthorized(body)) if *body == refusal), "{error}");
}

#[tokio::test]
async fn a_mocked_failure_is_the_typed_error() {
    let mock = Mock::new();
    mock.refuse::<History>(422, &payload(422));
    let error = client(&mock).list_customer_loyalty_points().customer_id("").send().await.unwrap_err();
    assert!(
        matches!(error.api(), Some(ApiError::ValidationFailed(body)) if body.error.fields.contains_key("customer_id"))
    );
}

#[tokio::test]
async fn paging_and_retries_work_with_a_mock() {
    let mock = Mock::new();
    mock.answer::<History>(&page(1, 2, 4)).refuse::<History>(503, &json!({})).answer::<History>(&page(2, 2, 4));
    let policy = RetryPolicy::new().base_delay(std::time::Duration::from_millis(1));
    let client: Client = mock.builder().retry(policy).build().unwrap();
    let entries: Vec<_> = client.list_customer_loyalty_points().customer_id("1").stream().try_collect().await.unwrap();
    assert_eq!(entries.iter().map(|entry| entry.points).collect::<Vec<_>>(), [901, 901, 902, 902]);
    assert_eq!(mock.requests().len(), 3);
}

#[tokio::test]
#[should_panic(expected = "the mock has no response to `list_customer_loyalty_points`")]
async fn a_request_without_a_mocked_response_panics() {
    let _ = client(&Mock::new()).list_customer_loyalty_points().customer_id("1").send().await;
}

#[tokio::test(start_paused = true)]
async fn a_call_that_the_rate_limit_ends_between_its_attempts_has_its_last_response() {
    let mock = Mock::new();
    // The limit is used up while the first call waits for its second attempt.
    mock.respond::<History>(MockResponse::new(503).json(&json!({"error": {"message": "busy"}})));
    let used_up = MockResponse::new(403)
        .header("date", "Sun, 06 Nov 1994 08:49:37 GMT")
        .header("x-ratelimit-remaining", "0")
        .header("x-ratelimit-reset", "784112077");
    mock.respond::<History>(used_up);
    let client: Client = mock.builder().retry(RetryPolicy::new()).pacing(Pacing::observed()).build().unwrap();
    let send = || client.list_customer_loyalty_points().customer_id("1").timeout(Duration::from_secs(30)).send();
    let (ended, refused) = tokio::join!(send(), send());
    assert_eq!(refused.unwrap_err().status().unwrap().as_u16(), 403);
    let error = ended.unwrap_err();
    assert!(error.kind() == ErrorKind::RateLimited && error.attempts() == 1, "{error:?}");
    assert_eq!(error.status().unwrap().as_u16(), 503);
    assert_eq!(error.body().unwrap(), r#"{"error":{"message":"busy"}}"#);
    assert!((299..=300).contains(&error.retry_after().unwrap().as_secs()), "{error:?}");
}
