//! The fake server itself: each setting has its effect on a client.

use std::time::Duration;

use salla_loyalty_points::ListCustomerLoyaltyPointsError;
use salla_loyalty_points_tests::fake::{FakeApi, Fault, PageFault, RateLimit};
use tokio::time::Instant;

use crate::support::{CUSTOMER, TOKEN, client, fetch, serve};

#[tokio::test]
async fn the_defaults_are_the_numbers_of_the_documented_page() {
    let fake = FakeApi::start().await;
    let pagination = fetch(&client(&fake)).await.unwrap().into_inner().pagination;
    assert_eq!((pagination.count, pagination.total, pagination.per_page), (30, 39, 30));
    assert_eq!((pagination.current_page, pagination.total_pages), (1, 2));
    let points = format!("{}/customers/loyalty/points", fake.base_url());
    let next = format!("{points}?customer_id={CUSTOMER}&page=2");
    assert_eq!(pagination.links.next, Some(next));
}

#[tokio::test]
async fn the_number_of_entries_can_be_set_for_each_customer() {
    let (fake, client) = serve(FakeApi::builder().entries(2).customer("rich", 5)).await;
    for (customer, total) in [("rich", 5), ("other", 2)] {
        let request = client.list_customer_loyalty_points().customer_id(customer);
        assert_eq!(request.send().await.unwrap().pagination.total, total);
    }
    fake.set_entries(3);
    assert_eq!(fetch(&client).await.unwrap().pagination.total, 3);
}

#[tokio::test]
async fn no_page_is_larger_than_the_maximum() {
    let (_fake, client) = serve(FakeApi::builder().entries(100).max_per_page(50)).await;
    for (requested, received) in [(10, 10), (50, 50), (60, 50)] {
        let request = client.list_customer_loyalty_points().customer_id("7");
        let response = request.per_page(requested).send().await.unwrap();
        assert_eq!((response.pagination.per_page, response.data.len()), (received, requested.min(50)));
    }
}

#[tokio::test]
async fn parameters_that_the_contract_does_not_allow_are_refused_by_name() {
    let (_fake, client) = serve(FakeApi::builder()).await;
    for (name, value) in [("page", "0"), ("page", "two"), ("per_page", "61"), ("per_page", "true")] {
        let request = client.list_customer_loyalty_points().customer_id("7").extra_query(name, value);
        let error = request.send().await.unwrap_err();
        let Some(ListCustomerLoyaltyPointsError::ValidationFailed(body)) = error.api() else { panic!("{error}") };
        assert_eq!(body.error.fields.keys().collect::<Vec<_>>(), [name], "{value}");
    }
}

#[tokio::test]
async fn the_accepted_token_can_change() {
    let (fake, client) = serve(FakeApi::builder().token(TOKEN)).await;
    fetch(&client).await.unwrap();
    fake.set_token("another");
    let error = fetch(&client).await.unwrap_err();
    assert_eq!(error.status().unwrap().as_u16(), 401);
}

#[tokio::test(start_paused = true)]
async fn latency_uses_the_clock_of_the_test() {
    let latency = Duration::from_secs(9);
    let fake = FakeApi::builder().latency(latency).start().await;
    let start = Instant::now();
    fetch(&client(&fake)).await.unwrap();
    assert!(start.elapsed() >= latency);
}

#[tokio::test(start_paused = true)]
async fn the_rate_limit_uses_the_clock_of_the_test() {
    let window = Duration::from_secs(600);
    let limit = RateLimit::new(1, window);
    let (fake, client) = serve(FakeApi::builder().rate_limit(limit)).await;
    fetch(&client).await.unwrap();
    assert!(fetch(&client).await.is_err());
    tokio::time::advance(window).await;
    fetch(&client).await.unwrap();
    assert_eq!(fake.rate_limited_count(), 1);
}

#[tokio::test]
async fn a_fault_can_apply_to_the_first_requests() {
    let (fake, client) = serve(FakeApi::builder().fault_first(2, Fault::Unavailable)).await;
    for succeeds in [false, false, true] {
        assert_eq!(fetch(&client).await.is_ok(), succeeds);
    }
    assert!(fake.requests().is_sorted_by_key(|request| request.at));
}

#[tokio::test]
async fn a_server_can_ignore_the_parameter_page() {
    let (_fake, client) = serve(FakeApi::builder().fault(PageFault::OtherPage(1).into())).await;
    for page in 1..=3 {
        let request = client.list_customer_loyalty_points().customer_id("7");
        let response = request.page(page).send().await.unwrap();
        assert_eq!((response.pagination.current_page, response.data[0].points), (1, 900));
    }
}

#[tokio::test]
async fn unrecorded_requests_are_counted() {
    let fake = FakeApi::builder().unrecorded().start().await;
    fetch(&client(&fake)).await.unwrap();
    assert_eq!((fake.request_count(), fake.requests().len()), (1, 0));
    assert_eq!(fake.peak_concurrency(), 1);
}
