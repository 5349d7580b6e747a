//! Lists with equal entries, lists that change while they are read, and streams that begin again at a later page.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::http;
use salla_runtime::codegen::{Extent, Method, Operation, Paged};
use salla_runtime::{Error, Items, Pages, Response};

use crate::scripted::{Failure, Kind, Script};

static OPERATION: Operation = Operation::new("given", Method::GET, "/given");

/// A list whose pages are given. Each page has its own counts: the number of entries and of pages.
#[derive(Clone)]
struct Given(Arc<Vec<Page>>);

#[derive(Clone)]
struct Page {
    extent: Extent,
    entries: Vec<u64>,
}

impl Given {
    fn new(pages: &[(i64, i64, &[u64])]) -> Self {
        let page = |(index, (items, pages, entries)): (usize, &(i64, i64, &[u64]))| Page {
            extent: Extent { number: i64::try_from(index + 1).ok(), pages: *pages, items: Some(*items) },
            entries: entries.to_vec(),
        };
        Self(Arc::new(pages.iter().enumerate().map(page).collect()))
    }

    /// Returns a list with these pages, whose counts are right.
    fn honest(pages: &[&[u64]]) -> Self {
        let items = pages.iter().map(|entries| entries.len()).sum::<usize>();
        let counts = (i64::try_from(items).unwrap(), i64::try_from(pages.len()).unwrap());
        Self::new(&pages.iter().map(|entries| (counts.0, counts.1, *entries)).collect::<Vec<_>>())
    }

    fn items(&self) -> Items<Self> {
        Pages::new(self.clone()).items()
    }
}

impl Paged for Given {
    type Page = Page;
    type Item = u64;
    type Api = Infallible;

    fn operation(&self) -> &'static Operation {
        &OPERATION
    }

    fn start(&self) -> Option<i64> {
        None
    }

    /// Sends the page after 50 ms. The request times out after 100 ms, even if its page has arrived by then.
    async fn fetch(&self, number: i64) -> Result<Response<Page>, Failure> {
        tokio::select! {
            biased;
            () = tokio::time::sleep(Duration::from_millis(100)) => {
                Err(Error::invalid_request(&OPERATION, "page", "timed out").into())
            }
            () = tokio::time::sleep(Duration::from_millis(50)) => {
                let page = usize::try_from(number - 1).ok().and_then(|index| self.0.get(index));
                Ok(http::Response::new(page.expect("the page exists").clone()).into())
            }
        }
    }

    fn extent(page: &Page) -> Extent {
        page.extent
    }

    fn items(page: &Page) -> &[u64] {
        &page.entries
    }

    fn into_items(page: Page) -> Vec<u64> {
        page.entries
    }
}

#[tokio::test(start_paused = true)]
async fn lists_with_equal_entries_are_read_completely() {
    let lists: [&[&[u64]]; 5] = [
        &[&[7, 7, 7], &[7, 7, 7], &[7, 7]],
        &[&[7], &[7], &[7]],
        &[&[1, 2, 9], &[1, 3, 9], &[1, 4, 9]],
        &[&[1, 7, 7], &[7, 7, 7], &[7, 7, 7], &[7, 8, 9]],
        &[&[1, 2], &[2, 1]],
    ];
    for pages in lists {
        assert_eq!(Given::honest(pages).items().collect_all().await.unwrap(), pages.concat());
    }
}

#[tokio::test(start_paused = true)]
async fn repeated_pages_are_detected_unless_all_of_their_entries_are_alike() {
    let lists: [&[&[u64]]; 3] = [&[&[1, 2], &[1, 2]], &[&[1, 2], &[3, 4], &[1, 2]], &[&[7], &[8], &[7]]];
    for pages in lists {
        let error = Given::honest(pages).items().collect_all().await.unwrap_err();
        assert!(error.is_inconsistent() && error.to_string().ends_with("repeats an earlier page"), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_slow_reader_does_not_use_up_the_timeout_of_its_pages() {
    for concurrency in [1, 2, 4] {
        let mut items = Given::honest(&[&[1, 2], &[3, 4], &[5, 6], &[7, 8]]).items().concurrency(concurrency);
        let mut read = Vec::new();
        // The reader stops waiting for a page, and comes back later.
        assert!(tokio::time::timeout(Duration::from_millis(1), items.next()).await.is_err());
        tokio::time::sleep(Duration::from_secs(60)).await;
        while let Some(entry) = items.try_next().await.unwrap() {
            read.push(entry);
            tokio::time::sleep(Duration::from_secs(60)).await;
        }
        assert_eq!(read, [1, 2, 3, 4, 5, 6, 7, 8]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_tolerates_changes_reads_to_the_end_and_reports_them() {
    let grown: &[(i64, i64, &[u64])] = &[(4, 2, &[1, 2]), (5, 3, &[2, 3]), (5, 3, &[4])];
    let shrunk: &[(i64, i64, &[u64])] = &[(5, 3, &[1, 2]), (3, 2, &[4]), (3, 2, &[])];
    let missing: &[(i64, i64, &[u64])] = &[(4, 2, &[1, 2]), (4, 2, &[4])];
    let moved: &[(i64, i64, &[u64])] = &[(4, 2, &[1, 2]), (6, 3, &[1, 2]), (6, 3, &[3, 4])];
    for (list, entries, page, reported) in [
        (grown, vec![1, 2, 2, 3, 4], 2, "the list had 4 items in 2 pages, later 5 items in 3 pages, and 5 items"),
        (shrunk, vec![1, 2, 4], 2, "the list had 5 items in 3 pages, later 3 items in 2 pages, and 3 items"),
        (missing, vec![1, 2, 4], 2, "the list had 4 items in 2 pages, later 4 items in 2 pages, and 3 items"),
        (moved, vec![1, 2, 1, 2, 3, 4], 2, "the list had 4 items in 2 pages, later 6 items in 3 pages, and 6 items"),
    ] {
        let given = Given::new(list);
        assert!(given.items().collect_all().await.unwrap_err().is_inconsistent(), "a change is an error by default");
        let mut items = given.items().tolerate_changes();
        assert_eq!(items.collect_all().await.unwrap(), entries);
        let changes = items.changes().unwrap();
        assert_eq!((changes.page, changes.to_string()), (page, format!("{reported} were read")));
        assert_eq!(changes.repeated_pages, u64::from(entries == [1, 2, 1, 2, 3, 4]));
    }
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_tolerates_changes_reports_none_if_there_are_none() {
    let mut items = Given::honest(&[&[1, 2], &[3]]).items().tolerate_changes();
    assert_eq!(items.collect_all().await.unwrap(), [1, 2, 3]);
    assert_eq!(items.changes(), None);
}

#[tokio::test(start_paused = true)]
async fn errors_of_the_server_are_not_tolerated() {
    let repeated: &[(i64, i64, &[u64])] = &[(4, 2, &[1, 2]), (4, 2, &[1, 2])];
    let impossible: &[(i64, i64, &[u64])] = &[(4, 2, &[1, 2]), (-1, 2, &[3, 4])];
    for list in [repeated, impossible] {
        let mut items = Given::new(list).items().tolerate_changes();
        assert!(items.collect_all().await.unwrap_err().is_inconsistent());
        assert_eq!(items.next_page(), 2, "the page that failed");
    }
    let other_page = Script::new(60, 3).fault(4, Kind::OtherPage(1)).serve();
    assert!(other_page.items().tolerate_changes().collect_all().await.unwrap_err().is_inconsistent());
}

#[tokio::test(start_paused = true)]
async fn a_stream_is_resumed_from_the_page_that_failed() {
    for concurrency in [1, 2, 8] {
        let mut failed = Script::new(60, 3).fault(5, Kind::Fails).serve().items().concurrency(concurrency);
        let mut read = Vec::new();
        while let Ok(entry) = failed.try_next().await {
            read.extend(entry);
        }
        assert_eq!(failed.next_page(), 5);
        let list = Script::new(60, 3).serve();
        read.extend(list.items().from_page(failed.next_page()).collect_all().await.unwrap());
        assert_eq!(read, (0..60).collect::<Vec<_>>());
        assert_eq!(list.requested_pages().len(), 16);
    }
}

#[tokio::test(start_paused = true)]
async fn the_next_page_is_the_page_of_the_next_entry() {
    let list = Script::new(7, 3).serve();
    let (mut items, mut pages) = (list.items(), Vec::new());
    loop {
        pages.push(items.next_page());
        if items.next().await.is_none() {
            break;
        }
    }
    assert_eq!(pages, [1, 1, 1, 2, 2, 2, 3, 4]);
    let again = list.items().from_page(3).collect_all().await.unwrap();
    assert_eq!(again, [6]);
    assert_eq!(items.from_page(1).collect_all().await.unwrap().len(), 7, "a stream that has ended starts again");
}
