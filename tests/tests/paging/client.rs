//! The whole way: the operation's builder, the client, a socket, and the mock's idea of a list.

use std::time::Duration;

use futures_util::{StreamExt as _, TryStreamExt as _};
use salla_loyalty_points::{Client, Error, Items, ListCustomerLoyaltyPoints, ListCustomerLoyaltyPointsError};
use salla_loyalty_points_tests::documented;
use salla_loyalty_points_tests::mock::{Answer, Fault, Lie, Mock, entry};

/// The pages that the mock was asked for.
fn asked(mock: &Mock) -> Vec<Option<String>> {
    mock.requests().iter().map(|request| request.param("page")).collect()
}

fn request(mock: &Mock) -> ListCustomerLoyaltyPoints {
    let client = Client::builder().token("any").base_url(mock.base_url()).build().unwrap();
    client.list_customer_loyalty_points().customer_id("1257881496")
}

fn points(index: u64) -> i64 {
    entry(index)["points"].as_i64().unwrap()
}

/// The points of all entries: they go up by one from entry to entry, so they tell the entries apart.
async fn read(items: Items<ListCustomerLoyaltyPoints>) -> Result<Vec<i64>, Error<ListCustomerLoyaltyPointsError>> {
    items.map_ok(|entry| entry.points).try_collect().await
}

#[tokio::test]
async fn a_history_is_read_whole_and_in_order() {
    let mock = Mock::builder().entries(100).per_page(7).start().await;
    for concurrency in [0, 1, 2, 8, 100] {
        let read = read(request(&mock).stream().concurrency(concurrency)).await.unwrap();
        assert_eq!(read, (0..100).map(points).collect::<Vec<_>>());
    }
    assert_eq!(mock.request_count(), 5 * 15, "each page is asked for once");
}

#[tokio::test]
async fn pages_come_with_what_the_server_said_of_them() {
    let mock = Mock::builder().entries(15).per_page(7).start().await;
    let pages: Vec<_> = request(&mock).pages().try_collect().await.unwrap();
    let numbered: Vec<_> = pages.iter().map(|page| (page.pagination.current_page, page.data.len())).collect();
    assert_eq!(numbered, [(1, 7), (2, 7), (3, 1)]);
    assert!(pages.iter().all(|page| page.status() == 200 && page.headers().contains_key("x-ratelimit-limit")));
}

#[tokio::test]
async fn nothing_is_sent_before_the_stream_is_polled() {
    let mock = Mock::start().await;
    drop((request(&mock).stream().concurrency(8), request(&mock).pages()));
    assert_eq!(mock.request_count(), 0);
}

#[tokio::test]
async fn what_the_request_asks_for_is_asked_of_every_page() {
    let mock = Mock::builder().entries(40).start().await;
    let read = read(request(&mock).per_page(10).page(3).stream()).await.unwrap();
    assert_eq!(read, (20..40).map(points).collect::<Vec<_>>());
    for request in mock.requests() {
        assert_eq!(request.param("per_page").as_deref(), Some("10"));
        assert_eq!(request.param("customer_id").as_deref(), Some("1257881496"));
    }
    assert_eq!(asked(&mock), [Some("3".to_owned()), Some("4".to_owned())]);
}

#[tokio::test]
async fn links_to_another_host_are_not_followed() {
    let elsewhere = Mock::start().await;
    let next = format!("{}/customers/loyalty/points?page=2", elsewhere.base_url());
    let mock = Mock::builder().entries(100).fault(Lie::Next(next).into()).start().await;
    assert_eq!(read(request(&mock).stream()).await.unwrap().len(), 100);
    assert_eq!((mock.request_count(), elsewhere.request_count()), (4, 0));
}

#[tokio::test]
async fn a_server_that_contradicts_itself_ends_in_an_error() {
    let healthy = || Mock::builder().entries(100);
    for (lie, mock) in [
        ("ignores the page", healthy().fault(Lie::Instead(1).into())),
        ("repeats a page", healthy().fault_on_page(2, Lie::Disguised(1).into())),
        ("repeats a page later", healthy().fault_on_page(3, Lie::Disguised(1).into())),
        ("changes the number of pages", healthy().fault_on_page(2, Lie::TotalPages(5).into())),
        ("changes the number of entries", healthy().fault_on_page(3, Lie::Total(101).into())),
        ("leaves entries out", healthy().fault_on_page(2, Lie::Short(1).into())),
        ("leaves entries out at the end", healthy().fault_on_page(4, Lie::Short(1).into())),
        ("has an empty page", healthy().fault_on_page(2, Lie::Empty.into())),
        ("has an empty page at the end", healthy().fault_on_page(4, Lie::Empty.into())),
        ("counts too few pages", healthy().fault(Lie::TotalPages(3).into())),
        ("counts too many pages", healthy().fault(Lie::TotalPages(6).into())),
        ("counts too few entries", healthy().fault(Lie::Total(99).into())),
        ("counts too many entries", healthy().fault(Lie::Total(101).into())),
    ] {
        let mock = mock.start().await;
        for concurrency in [1, 2, 8] {
            let error = read(request(&mock).stream().concurrency(concurrency)).await.expect_err(lie);
            assert!(error.is_inconsistent(), "{lie}: {error}");
        }
    }
}

#[tokio::test]
async fn a_page_that_fails_ends_the_stream_with_the_documented_error() {
    let refused = Answer::json(422, &documented::payload(422));
    let mock = Mock::builder().entries(100).fault_on_page(3, refused.into()).start().await;
    let mut history = request(&mock).stream().concurrency(4);
    for index in 0..60 {
        assert_eq!(history.try_next().await.unwrap().unwrap().points, points(index));
    }
    let error = history.try_next().await.unwrap_err();
    assert!(matches!(error.api(), Some(ListCustomerLoyaltyPointsError::ValidationFailed(_))), "{error}");
    assert!(history.next().await.is_none());
}

#[tokio::test]
async fn a_parameter_that_cannot_be_sent_ends_the_stream_before_anything_is_sent() {
    let mock = Mock::start().await;
    let mut history = request(&mock).per_page(u64::MAX).stream();
    assert!(history.try_next().await.unwrap_err().is_invalid_request());
    assert!(history.next().await.is_none());
    assert_eq!(mock.request_count(), 0);
}

#[tokio::test]
async fn a_history_can_be_left_in_the_middle_and_read_again() {
    let mock = Mock::builder().entries(100).fault_on_page(2, Fault::Silence).start().await;
    let mut history = request(&mock).stream();
    history.try_next().await.unwrap().unwrap();
    drop(history);
    mock.heal();
    assert_eq!(read(request(&mock).stream()).await.unwrap().len(), 100);
}

#[tokio::test]
async fn ten_thousand_pages_are_read_to_the_end() {
    let mock = Mock::builder().entries(10_000).per_page(1).unrecorded().start().await;
    let history = request(&mock).stream().concurrency(8);
    let read = tokio::time::timeout(Duration::from_secs(300), read(history)).await.expect("it ends").unwrap();
    assert_eq!(read, (0..10_000).map(points).collect::<Vec<_>>());
    assert_eq!(mock.request_count(), 10_000);
}
