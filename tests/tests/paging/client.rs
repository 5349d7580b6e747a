//! Streams of the generated client, over a real socket to the fake server.

use std::time::Duration;

use futures_util::TryStreamExt as _;
use salla_loyalty_points::{CallError, Client, Items, ListCustomerLoyaltyPoints, ListCustomerLoyaltyPointsError};
use salla_loyalty_points_tests::documented;
use salla_loyalty_points_tests::fake::{CannedResponse, FakeApi, Fault, PageFault, entry};

/// Returns the parameter `page` of each request.
fn requested_pages(fake: &FakeApi) -> Vec<Option<String>> {
    fake.requests().iter().map(|request| request.param("page")).collect()
}

fn request(fake: &FakeApi) -> ListCustomerLoyaltyPoints {
    let client = Client::builder().token("any").base_url(fake.base_url()).build().unwrap();
    client.list_customer_loyalty_points().customer_id("1257881496")
}

fn points(index: u64) -> i64 {
    entry(index)["points"].as_i64().unwrap()
}

/// Returns the points of all entries. They differ in every entry, so they identify the entries.
async fn read(items: Items<ListCustomerLoyaltyPoints>) -> Result<Vec<i64>, CallError<ListCustomerLoyaltyPointsError>> {
    items.map_ok(|entry| entry.points).try_collect().await
}

#[tokio::test]
async fn a_history_is_read_completely_and_in_order() {
    let fake = FakeApi::builder().entries(100).per_page(7).start().await;
    for concurrency in [0, 1, 2, 8, 100] {
        let read = read(request(&fake).stream().concurrency(concurrency)).await.unwrap();
        assert_eq!(read, (0..100).map(points).collect::<Vec<_>>());
    }
    assert_eq!(fake.request_count(), 5 * 15, "each page is requested once");
}

#[tokio::test]
async fn pages_have_their_pagination_status_and_headers() {
    let fake = FakeApi::builder().entries(15).per_page(7).start().await;
    let pages: Vec<_> = request(&fake).pages().try_collect().await.unwrap();
    let numbered: Vec<_> = pages.iter().map(|page| (page.pagination.current_page, page.data.len())).collect();
    assert_eq!(numbered, [(1, 7), (2, 7), (3, 1)]);
    assert!(pages.iter().all(|page| page.status() == 200 && page.headers().contains_key("x-ratelimit-limit")));
}

#[tokio::test]
async fn nothing_is_sent_before_the_stream_is_polled() {
    let fake = FakeApi::start().await;
    drop((request(&fake).stream().concurrency(8), request(&fake).pages()));
    assert_eq!(fake.request_count(), 0);
}

#[tokio::test]
async fn every_page_is_requested_with_the_same_parameters() {
    let fake = FakeApi::builder().entries(40).start().await;
    let read = read(request(&fake).per_page(10).page(3).stream()).await.unwrap();
    assert_eq!(read, (20..40).map(points).collect::<Vec<_>>());
    for request in fake.requests() {
        assert_eq!(request.param("per_page").as_deref(), Some("10"));
        assert_eq!(request.param("customer_id").as_deref(), Some("1257881496"));
    }
    assert_eq!(requested_pages(&fake), [Some("3".to_owned()), Some("4".to_owned())]);
}

#[tokio::test]
async fn links_to_another_host_are_not_followed() {
    let elsewhere = FakeApi::start().await;
    let next = format!("{}/customers/loyalty/points?page=2", elsewhere.base_url());
    let fake = FakeApi::builder().entries(100).fault(PageFault::Next(next).into()).start().await;
    assert_eq!(read(request(&fake).stream()).await.unwrap().len(), 100);
    assert_eq!((fake.request_count(), elsewhere.request_count()), (4, 0));
}

#[tokio::test]
async fn inconsistent_pages_end_the_stream_with_an_error() {
    let server = || FakeApi::builder().entries(100);
    for (fault, fake) in [
        ("ignores the page", server().fault(PageFault::OtherPage(1).into())),
        ("repeats a page", server().fault_on_page(2, PageFault::EntriesOfPage(1).into())),
        ("repeats a page later", server().fault_on_page(3, PageFault::EntriesOfPage(1).into())),
        ("changes the number of pages", server().fault_on_page(2, PageFault::TotalPages(5).into())),
        ("changes the number of entries", server().fault_on_page(3, PageFault::Total(101).into())),
        ("leaves entries out", server().fault_on_page(2, PageFault::MissingEntries(1).into())),
        ("leaves entries out at the end", server().fault_on_page(4, PageFault::MissingEntries(1).into())),
        ("has an empty page", server().fault_on_page(2, PageFault::NoEntries.into())),
        ("has an empty page at the end", server().fault_on_page(4, PageFault::NoEntries.into())),
        ("counts too few pages", server().fault(PageFault::TotalPages(3).into())),
        ("counts too many pages", server().fault(PageFault::TotalPages(6).into())),
        ("counts too few entries", server().fault(PageFault::Total(99).into())),
        ("counts too many entries", server().fault(PageFault::Total(101).into())),
    ] {
        let fake = fake.start().await;
        for concurrency in [1, 2, 8] {
            let error = read(request(&fake).stream().concurrency(concurrency)).await.expect_err(fault);
            assert!(error.is_inconsistent(), "{fault}: {error}");
        }
    }
}

#[tokio::test]
async fn a_page_that_fails_ends_the_stream_with_the_documented_error() {
    let refused = CannedResponse::json(422, &documented::payload(422));
    let fake = FakeApi::builder().entries(100).fault_on_page(3, refused.into()).start().await;
    let mut history = request(&fake).stream().concurrency(4);
    for index in 0..60 {
        assert_eq!(history.try_next().await.unwrap().unwrap().points, points(index));
    }
    let error = history.try_next().await.unwrap_err();
    assert!(matches!(error.api(), Some(ListCustomerLoyaltyPointsError::ValidationFailed(_))), "{error}");
    assert!(history.next().await.is_none());
}

#[tokio::test]
async fn a_parameter_that_cannot_be_sent_ends_the_stream_before_anything_is_sent() {
    let fake = FakeApi::start().await;
    let mut history = request(&fake).per_page(u64::MAX).stream();
    assert!(history.try_next().await.unwrap_err().is_invalid_request());
    assert!(history.next().await.is_none());
    assert_eq!(fake.request_count(), 0);
}

#[tokio::test]
async fn a_stream_can_be_dropped_and_the_history_read_again() {
    let fake = FakeApi::builder().entries(100).fault_on_page(2, Fault::NoResponse).start().await;
    let mut history = request(&fake).stream();
    history.try_next().await.unwrap().unwrap();
    drop(history);
    fake.clear_faults();
    assert_eq!(read(request(&fake).stream()).await.unwrap().len(), 100);
}

#[tokio::test]
async fn ten_thousand_pages_are_read_to_the_end() {
    let fake = FakeApi::builder().entries(10_000).per_page(1).unrecorded().start().await;
    let history = request(&fake).stream().concurrency(8);
    let read = tokio::time::timeout(Duration::from_secs(300), read(history)).await.expect("the stream ends").unwrap();
    assert_eq!(read, (0..10_000).map(points).collect::<Vec<_>>());
    assert_eq!(fake.request_count(), 10_000);
}
