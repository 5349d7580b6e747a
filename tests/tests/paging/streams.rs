//! The requests of a stream of pages and their order, the pages that it holds, and its end.

use std::time::Duration;

use futures_util::{FutureExt as _, Stream as _, TryStreamExt as _};
use salla_runtime::MAX_PAGES;
use tokio::time::Instant;

use crate::scripted::{Failure, Kind, List, Script};

const PAGES: i64 = 20;

/// Returns a list of twenty pages with three entries each.
fn twenty_pages() -> Script {
    Script::new(PAGES * 3, 3)
}

async fn all(list: &List) -> Result<Vec<u64>, Failure> {
    list.items().try_collect().await
}

#[tokio::test(start_paused = true)]
async fn nothing_is_sent_before_the_stream_is_polled() {
    let list = twenty_pages().serve();
    let items = list.items().concurrency(9);
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!((items.total(), items.size_hint()), (None, (0, None)));
    drop(items);
    assert_eq!(list.requested_pages(), [0_i64; 0]);
}

#[tokio::test(start_paused = true)]
async fn one_page_is_fetched_ahead() {
    for latency in [0, 50] {
        let list = twenty_pages().millis([latency]).serve();
        let mut pages = list.pages();
        for page in 1..=3 {
            pages.try_next().await.unwrap().unwrap();
            tokio::time::sleep(Duration::from_secs(1)).await;
            assert_eq!(list.requested_pages(), (1..=page + 1).collect::<Vec<_>>(), "latency {latency}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_stream_keeps_its_full_number_of_pages_requested_or_received() {
    for (concurrency, latency, reading) in
        [(1, 50, 1000), (2, 50, 1000), (3, 0, 0), (8, 50, 1000), (8, 50, 0), (8, 0, 1000), (9, 30, 20), (30, 50, 60)]
    {
        let list = twenty_pages().millis([latency, latency / 2]).serve();
        let mut pages = list.pages().concurrency(concurrency);
        let mut read = 0;
        while let Some(page) = pages.try_next().await.unwrap() {
            read += 1;
            let expected = (read + concurrency - 1).min(20);
            assert_eq!(list.requested_pages().len(), expected, "{concurrency} pages, {latency} ms, page {read}");
            tokio::time::sleep(Duration::from_millis(reading)).await;
            drop(page);
        }
        assert_eq!((read, list.peak_live_pages()), (20, concurrency.min(20)));
    }
}

#[tokio::test(start_paused = true)]
async fn concurrent_pages_take_as_long_as_one_page() {
    for (concurrency, rounds) in [(1, 100), (2, 1 + 50), (8, 1 + 13), (99, 2), (1000, 2)] {
        let list = Script::new(100, 1).millis([50]).serve();
        let start = Instant::now();
        let entries: Vec<u64> = list.items().concurrency(concurrency).try_collect().await.unwrap();
        assert_eq!(entries.len(), 100);
        assert_eq!(start.elapsed().as_millis() / 50, rounds, "{concurrency} pages at a time");
    }
}

#[tokio::test(start_paused = true)]
async fn entries_are_in_order_when_later_pages_arrive_first() {
    let script = twenty_pages().millis((0..20).map(|page| 1000 - 45 * page));
    let list = script.clone().serve();
    let entries: Vec<u64> = list.items().concurrency(7).try_collect().await.unwrap();
    assert_eq!(entries, script.expected_entries());
    assert_eq!(list.peak_live_pages(), 7);
}

#[tokio::test(start_paused = true)]
async fn zero_pages_at_a_time_count_as_one() {
    let list = twenty_pages().millis([50]).serve();
    let entries: Vec<u64> = list.items().concurrency(0).try_collect().await.unwrap();
    assert_eq!((entries.len(), list.peak_live_pages()), (60, 1));
}

#[tokio::test(start_paused = true)]
async fn a_dropped_stream_cancels_its_requests() {
    let list = twenty_pages().millis([50, 10]).serve();
    let mut items = list.items().concurrency(8);
    for _ in 0..4 {
        items.try_next().await.unwrap().unwrap();
    }
    assert_eq!(list.live_pages(), 7);
    drop(items);
    tokio::task::yield_now().await;
    assert_eq!(list.live_pages(), 0);
    let requested = list.requested_pages();
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(list.requested_pages(), requested);
}

#[tokio::test(start_paused = true)]
async fn dropping_the_future_of_the_next_entry_loses_no_entry() {
    let script = twenty_pages().millis([3, 2]);
    let list = script.clone().serve();
    let mut items = list.items().concurrency(3);
    let (mut entries, mut dropped) = (Vec::new(), 0);
    while entries.len() < 60 {
        match items.next().now_or_never() {
            Some(entry) => entries.push(entry.unwrap().unwrap()),
            None => {
                dropped += 1;
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        }
    }
    assert!(items.next().await.is_none() && dropped > 10);
    assert_eq!(entries, script.expected_entries());
    assert_eq!(list.requested_pages().len(), 20);
}

#[tokio::test(start_paused = true)]
async fn a_list_is_read_from_the_requested_page() {
    for (start, first, requests) in [(3, Some(6), 18), (20, Some(57), 1), (21, None, 1), (i64::MAX, None, 1)] {
        let list = twenty_pages().start(start).serve();
        let entries = all(&list).await.unwrap();
        assert_eq!(entries.first().copied(), first, "from page {start}");
        assert_eq!(entries.last().copied(), first.map(|_| 59));
        assert_eq!(list.requested_pages().len(), requests);
    }
}

#[tokio::test(start_paused = true)]
async fn an_invalid_page_number_is_an_error() {
    for start in [0, -1, i64::MIN] {
        let error = all(&twenty_pages().start(start).serve()).await.unwrap_err();
        assert!(error.is_inconsistent(), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_empty_list_and_a_list_of_one_page_take_one_request() {
    for entries in [0, 1, 2, 3] {
        let list = Script::new(entries, 3).serve();
        let read = all(&list).await.unwrap();
        assert_eq!((read.len(), list.requested_pages()), (usize::try_from(entries).unwrap(), vec![1]));
    }
}

#[tokio::test(start_paused = true)]
async fn ten_thousand_pages_are_read_to_the_end() {
    for concurrency in [1, 8] {
        let script = Script::new(29_999, 3).millis([5, 9, 2]);
        let list = script.clone().serve();
        let entries: Vec<u64> = list.items().concurrency(concurrency).try_collect().await.unwrap();
        assert_eq!((list.requested_pages().len(), list.peak_live_pages()), (10_000, concurrency));
        assert_eq!(entries, script.expected_entries());
    }
}

#[tokio::test(start_paused = true)]
async fn the_total_is_known_from_the_first_page_on() {
    let list = twenty_pages().serve();
    let (mut pages, mut items) = (list.pages(), list.items());
    assert_eq!((pages.total(), items.total()), (None, None));
    pages.try_next().await.unwrap();
    items.try_next().await.unwrap();
    assert_eq!((pages.total(), items.total()), (Some(60), Some(60)));
    assert_eq!(items.size_hint(), (2, None), "the remaining entries of the current page");
}

#[tokio::test(start_paused = true)]
async fn an_error_follows_the_entries_before_it_and_ends_the_stream() {
    // The failure of the page arrives long before the pages ahead of it.
    let list = twenty_pages().millis([50]).fault(5, Kind::Fails).serve();
    let mut items = list.items().concurrency(8);
    for entry in 0..12 {
        assert_eq!(items.try_next().await.unwrap(), Some(entry));
    }
    assert!(items.try_next().await.unwrap_err().is_invalid_request());
    tokio::task::yield_now().await;
    assert_eq!(list.live_pages(), 0, "the other requests are cancelled");
    let requested = list.requested_pages();
    for _ in 0..3 {
        assert!(items.next().await.is_none());
    }
    assert_eq!(list.requested_pages(), requested);
}

#[tokio::test(start_paused = true)]
async fn an_error_describes_the_inconsistency() {
    for (page, kind, message) in [
        (4, Kind::OtherPage(1), "expected page 4, received page 1"),
        (4, Kind::EntriesOfPage(3), "page 4 repeats an earlier page"),
        (4, Kind::EntriesOfPage(1), "page 4 repeats an earlier page"),
        (4, Kind::EntriesOfPage(9), "page 9 repeats an earlier page"),
        (4, Kind::TotalPages(21), "had 60 items in 20 pages, and at page 4 it has 60 items in 21 pages"),
        (4, Kind::Total(61), "had 60 items in 20 pages, and at page 4 it has 61 items in 20 pages"),
        (4, Kind::MissingEntries(1), "the list reports 60 items, but 59 were received"),
        (4, Kind::MissingEntries(3), "page 4 of 20 is empty"),
        (20, Kind::MissingEntries(3), "the list reports 60 items, but 57 were received"),
        (4, Kind::ExtraEntries(1), "the list reports 60 items, but more were received"),
        (1, Kind::TotalPages(MAX_PAGES + 1), "1000001 pages, but at most 1000000 are read"),
        (1, Kind::TotalPages(-1), "cannot have 60 items in -1 pages"),
        (1, Kind::TotalPages(0), "the list reports 60 items, but 3 were received"),
    ] {
        let error = all(&twenty_pages().fault(page, kind).serve()).await.unwrap_err();
        assert!(error.is_inconsistent(), "{kind:?}");
        let printed = error.to_string();
        assert!(
            printed.starts_with("GET /list: 200 OK, but the pages are inconsistent: ") && printed.contains(message),
            "{kind:?}: {printed}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn missing_entries_are_detected_when_a_list_is_read_from_a_later_page() {
    for (start, page, kind) in [
        (3, 3, Kind::MissingEntries(1)),
        (3, 9, Kind::MissingEntries(2)),
        (3, 20, Kind::MissingEntries(1)),
        (19, 20, Kind::ExtraEntries(1)),
    ] {
        let script = twenty_pages().start(start).fault(page, kind);
        let error = all(&script.serve()).await.unwrap_err();
        assert!(error.to_string().contains(&format!("received from page {start} on")), "{error}");
    }
}
