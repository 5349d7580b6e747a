//! The mock itself, where its settings change what the client sees: tests that rely on it can rely on this.

use std::time::Duration;

use salla_loyalty_points_tests::mock::{Fault, Lie, Mock, RateLimit};
use tokio::time::Instant;

use crate::support::{CUSTOMER, TOKEN, ask, client};

#[tokio::test]
async fn it_answers_as_the_documented_page_is_numbered() {
    let mock = Mock::start().await;
    let pagination = ask(&client(&mock)).await.unwrap().into_inner().pagination;
    assert_eq!((pagination.count, pagination.total, pagination.per_page), (30, 39, 30));
    assert_eq!((pagination.current_page, pagination.total_pages), (1, 2));
    let points = format!("{}/customers/loyalty/points", mock.base_url());
    let next = format!("{points}?customer_id={CUSTOMER}&page=2");
    assert_eq!(pagination.links.next, Some(next));
}

#[tokio::test]
async fn a_customer_can_have_a_number_of_entries_of_their_own() {
    let mock = Mock::builder().entries(2).customer("rich", 5).start().await;
    let client = client(&mock);
    for (customer, total) in [("rich", 5), ("other", 2)] {
        let request = client.list_customer_loyalty_points().customer_id(customer);
        assert_eq!(request.send().await.unwrap().pagination.total, total);
    }
    mock.set_entries(3);
    assert_eq!(ask(&client).await.unwrap().pagination.total, 3);
}

#[tokio::test]
async fn no_page_is_larger_than_the_server_allows() {
    let mock = Mock::builder().entries(100).max_per_page(50).start().await;
    let client = client(&mock);
    for (asked, answered) in [(10, 10), (50, 50), (60, 50)] {
        let request = client.list_customer_loyalty_points().customer_id("7");
        let answer = request.per_page(asked).send().await.unwrap();
        assert_eq!((answer.pagination.per_page, answer.data.len()), (answered, asked.min(50)));
    }
}

#[tokio::test]
async fn a_token_can_expire_while_it_runs() {
    let mock = Mock::builder().token(TOKEN).start().await;
    let client = client(&mock);
    ask(&client).await.unwrap();
    mock.set_token("the next one");
    let error = ask(&client).await.unwrap_err();
    assert_eq!(error.status().unwrap().as_u16(), 401);
}

#[tokio::test(start_paused = true)]
async fn latency_goes_by_the_clock_of_the_test() {
    let latency = Duration::from_secs(9);
    let mock = Mock::builder().latency(latency).start().await;
    let start = Instant::now();
    ask(&client(&mock)).await.unwrap();
    assert!(start.elapsed() >= latency);
}

#[tokio::test(start_paused = true)]
async fn the_rate_limit_goes_by_the_clock_of_the_test() {
    let window = Duration::from_secs(600);
    let limit = RateLimit::new(1, window);
    let mock = Mock::builder().rate_limit(limit).start().await;
    let client = client(&mock);
    ask(&client).await.unwrap();
    assert!(ask(&client).await.is_err());
    tokio::time::advance(window).await;
    ask(&client).await.unwrap();
    assert_eq!(mock.refused_count(), 1);
}

#[tokio::test]
async fn the_first_requests_can_meet_a_fault() {
    let mock = Mock::builder().fault_first(2, Fault::Unavailable).start().await;
    let client = client(&mock);
    for healthy in [false, false, true] {
        assert_eq!(ask(&client).await.is_ok(), healthy);
    }
    assert!(mock.requests().is_sorted_by_key(|request| request.at));
}

#[tokio::test]
async fn a_server_that_ignores_page_answers_the_first_for_all() {
    let mock = Mock::builder().fault(Lie::Instead(1).into()).start().await;
    let client = client(&mock);
    for page in 1..=3 {
        let request = client.list_customer_loyalty_points().customer_id("7");
        let answer = request.page(page).send().await.unwrap();
        assert_eq!((answer.pagination.current_page, answer.data[0].points), (1, 900));
    }
}

#[tokio::test]
async fn long_runs_count_their_requests_without_keeping_them() {
    let mock = Mock::builder().unrecorded().start().await;
    ask(&client(&mock)).await.unwrap();
    assert_eq!((mock.request_count(), mock.requests().len()), (1, 0));
    assert_eq!(mock.most_at_once(), 1);
}
