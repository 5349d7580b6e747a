//! A list in memory. A [`Script`] sets the latency and the fault of each page. The list records the requested pages,
//! and the number of pages that exist at the same time, requested or received.

use std::convert::Infallible;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::http;
use salla_runtime::codegen::{Extent, Method, Operation, Paged};
use salla_runtime::{CallError, Error, Items, Pages, Response};

static OPERATION: Operation = Operation::new("list", Method::GET, "/list");

/// The limit of requests to one list. More requests mean an endless loop.
const MAX_REQUESTS: usize = 20_000;

pub type Failure = CallError<Infallible>;

/// The description of a list. Its entries are the numbers from 0.
#[derive(Clone, Debug)]
pub struct Script {
    pub entries: i64,
    pub per_page: i64,
    /// The first page to read, if the request sets one.
    pub start: Option<i64>,
    /// Whether each page has its number.
    pub numbered: bool,
    /// The latencies of the pages, in turn.
    pub latencies: Vec<Duration>,
    pub fault: Option<Fault>,
}

/// A fault of one page, or of every page.
#[derive(Clone, Copy, Debug)]
pub struct Fault {
    pub on: Option<i64>,
    pub kind: Kind,
}

#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// The server sends another page, with its own number.
    OtherPage(i64),
    /// The page has the entries of another page.
    EntriesOfPage(i64),
    /// The page reports this number of pages.
    TotalPages(i64),
    /// The page reports this number of entries.
    Total(i64),
    /// This many entries are missing at the end of the page.
    MissingEntries(usize),
    /// The page has this many entries that are not in the list.
    ExtraEntries(u64),
    /// The request fails.
    Fails,
}

impl Script {
    /// Creates a list without latency and faults.
    pub fn new(entries: i64, per_page: i64) -> Self {
        Self { entries, per_page, start: None, numbered: true, latencies: vec![Duration::ZERO], fault: None }
    }

    pub fn start(mut self, page: i64) -> Self {
        self.start = Some(page);
        self
    }

    /// Sets the latencies of the pages in milliseconds, in turn.
    pub fn millis(mut self, latencies: impl IntoIterator<Item = u64>) -> Self {
        self.latencies = latencies.into_iter().map(Duration::from_millis).collect();
        self
    }

    pub fn fault(mut self, page: i64, kind: Kind) -> Self {
        self.fault = Some(Fault { on: Some(page), kind });
        self
    }

    pub fn serve(self) -> List {
        List(Arc::new(Server {
            script: self,
            requested: Mutex::default(),
            live: Arc::default(),
            peak_live_pages: 0.into(),
        }))
    }

    pub fn pages(&self) -> i64 {
        ((self.entries + self.per_page - 1) / self.per_page).max(1)
    }

    /// Returns the entries that a correct reader gets: all from the first requested page on.
    pub fn expected_entries(&self) -> Vec<u64> {
        self.range(self.start.unwrap_or(1), self.pages()).collect()
    }

    /// Returns the entries of these pages.
    fn range(&self, from: i64, to: i64) -> Range<u64> {
        let at = |page: i64| page.saturating_mul(self.per_page).clamp(0, self.entries).cast_unsigned();
        at(from.saturating_sub(1))..at(to)
    }

    fn latency(&self, page: i64) -> Duration {
        let turn = usize::try_from(page).unwrap_or_default() % self.latencies.len();
        self.latencies[turn]
    }

    /// Returns page `number` with the fault that applies to it, or `None` if the request fails.
    fn page(&self, number: i64, live: Live) -> Option<Page> {
        // PHP uses the first page if the number is invalid.
        let number = number.max(1);
        let kind = self.fault.filter(|fault| fault.on.is_none_or(|on| on == number)).map(|fault| fault.kind);
        let (own_number, from) = match kind {
            Some(Kind::OtherPage(page)) => (page, page),
            Some(Kind::EntriesOfPage(page)) => (number, page),
            _ => (number, number),
        };
        let mut entries: Vec<u64> = self.range(from, from).collect();
        let number = self.numbered.then_some(own_number);
        let mut extent = Extent { number, pages: self.pages(), items: Some(self.entries) };
        match kind {
            Some(Kind::TotalPages(pages)) => extent.pages = pages,
            Some(Kind::Total(entries)) => extent.items = Some(entries),
            Some(Kind::MissingEntries(missing)) => entries.truncate(entries.len().saturating_sub(missing)),
            Some(Kind::ExtraEntries(more)) => entries.extend(u64::MAX - more..u64::MAX),
            Some(Kind::Fails) => return None,
            Some(Kind::OtherPage(_) | Kind::EntriesOfPage(_)) | None => {}
        }
        Some(Page { extent, entries, live })
    }
}

/// A request of a scripted list.
#[derive(Clone)]
pub struct List(Arc<Server>);

struct Server {
    script: Script,
    requested: Mutex<Vec<i64>>,
    live: Arc<AtomicUsize>,
    peak_live_pages: AtomicUsize,
}

impl List {
    pub fn pages(&self) -> Pages<Self> {
        Pages::new(self.clone())
    }

    pub fn items(&self) -> Items<Self> {
        self.pages().items()
    }

    /// Returns the requested pages in the order of the requests.
    pub fn requested_pages(&self) -> Vec<i64> {
        self.0.requested.lock().unwrap().clone()
    }

    /// Returns the number of pages that are requested or received and not dropped yet.
    pub fn live_pages(&self) -> usize {
        self.0.live.load(Ordering::Relaxed)
    }

    /// Returns the largest number of live pages at a time.
    pub fn peak_live_pages(&self) -> usize {
        self.0.peak_live_pages.load(Ordering::Relaxed)
    }

    /// Records a request, and counts its page.
    fn begin(&self, page: i64) -> Live {
        let mut requested = self.0.requested.lock().unwrap();
        requested.push(page);
        assert!(requested.len() <= MAX_REQUESTS, "the stream does not end");
        let live = self.0.live.fetch_add(1, Ordering::Relaxed) + 1;
        self.0.peak_live_pages.fetch_max(live, Ordering::Relaxed);
        Live(Arc::clone(&self.0.live))
    }
}

/// Counts a page from its request until the page is dropped or converted into its entries.
struct Live(Arc<AtomicUsize>);

impl Drop for Live {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

pub struct Page {
    extent: Extent,
    pub entries: Vec<u64>,
    live: Live,
}

impl Paged for List {
    type Page = Page;
    type Item = u64;
    type Api = Infallible;

    fn operation(&self) -> &'static Operation {
        &OPERATION
    }

    fn start(&self) -> Option<i64> {
        self.0.script.start
    }

    async fn fetch(&self, number: i64) -> Result<Response<Page>, Failure> {
        let live = self.begin(number);
        let latency = self.0.script.latency(number);
        // Even a sleep of zero yields to the runtime. A page without latency must be ready at once.
        if !latency.is_zero() {
            tokio::time::sleep(latency).await;
        }
        match self.0.script.page(number, live) {
            Some(page) => Ok(http::Response::new(page).into()),
            None => Err(Error::invalid_request(&OPERATION, "page", "the script makes it fail").into()),
        }
    }

    fn extent(page: &Page) -> Extent {
        page.extent
    }

    fn items(page: &Page) -> &[u64] {
        &page.entries
    }

    fn into_items(page: Page) -> Vec<u64> {
        drop(page.live);
        page.entries
    }
}
