//! A list in memory, and a server of it that does as it is told: how long each page takes, and what is wrong with it.
//! It keeps account of what was asked for, and of how many pages there are at a time, under way or held.

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::http;
use salla_runtime::codegen::{Extent, Method, Operation, Paged};
use salla_runtime::{Error, Items, Pages, Response};

static OPERATION: Operation = Operation::new("list", Method::GET, "/list");

/// No list here takes more requests. Whoever asks for more has lost itself in a loop.
const MAX_REQUESTS: usize = 20_000;

pub type Failure = Error<()>;

/// What the list holds: its entries are the numbers from 0.
#[derive(Clone, Debug)]
pub struct Script {
    pub entries: i64,
    pub per_page: i64,
    /// The page that the request asks for.
    pub start: Option<i64>,
    /// Whether a page says which one it is.
    pub numbered: bool,
    /// How long each page takes, in turn.
    pub latencies: Vec<Duration>,
    pub fault: Option<Fault>,
}

/// Something that is wrong with one page, or with every page.
#[derive(Clone, Copy, Debug)]
pub struct Fault {
    pub on: Option<i64>,
    pub kind: Kind,
}

#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// It is another page, and says so.
    Instead(i64),
    /// It has the entries of another page.
    Disguised(i64),
    /// It claims that there are this many pages.
    TotalPages(i64),
    /// It claims that there are this many entries.
    Total(i64),
    /// It lacks this many of its last entries.
    Short(usize),
    /// It has this many entries that the list does not have.
    Extra(u64),
    /// There is no such page: the request fails.
    Fails,
}

impl Script {
    /// A list without faults.
    pub fn of(entries: i64, per_page: i64) -> Self {
        Self { entries, per_page, start: None, numbered: true, latencies: vec![Duration::ZERO], fault: None }
    }

    pub fn start(mut self, page: i64) -> Self {
        self.start = Some(page);
        self
    }

    /// Each page takes so many milliseconds, in turn.
    pub fn millis(mut self, latencies: impl IntoIterator<Item = u64>) -> Self {
        self.latencies = latencies.into_iter().map(Duration::from_millis).collect();
        self
    }

    pub fn fault(mut self, page: i64, kind: Kind) -> Self {
        self.fault = Some(Fault { on: Some(page), kind });
        self
    }

    pub fn serve(self) -> List {
        List(Arc::new(Server { script: self, asked: Mutex::default(), held: Arc::default(), most_held: 0.into() }))
    }

    pub fn pages(&self) -> i64 {
        ((self.entries + self.per_page - 1) / self.per_page).max(1)
    }

    /// What is to be read: all entries from the first page that was asked for.
    pub fn truth(&self) -> Vec<u64> {
        self.range(self.start.unwrap_or(1), self.pages()).collect()
    }

    /// The entries of these pages.
    fn range(&self, from: i64, to: i64) -> Range<u64> {
        let at = |page: i64| page.saturating_mul(self.per_page).clamp(0, self.entries).cast_unsigned();
        at(from.saturating_sub(1))..at(to)
    }

    fn latency(&self, page: i64) -> Duration {
        let turn = usize::try_from(page).unwrap_or_default() % self.latencies.len();
        self.latencies[turn]
    }

    /// Page `number`, or what comes in its place.
    fn page(&self, number: i64, held: Held) -> Option<Page> {
        // PHP takes what is no page number for the first page.
        let number = number.max(1);
        let kind = self.fault.filter(|fault| fault.on.is_none_or(|on| on == number)).map(|fault| fault.kind);
        let (said, from) = match kind {
            Some(Kind::Instead(page)) => (page, page),
            Some(Kind::Disguised(page)) => (number, page),
            _ => (number, number),
        };
        let mut entries: Vec<u64> = self.range(from, from).collect();
        let number = self.numbered.then_some(said);
        let mut extent = Extent { number, pages: self.pages(), items: Some(self.entries) };
        match kind {
            Some(Kind::TotalPages(pages)) => extent.pages = pages,
            Some(Kind::Total(entries)) => extent.items = Some(entries),
            Some(Kind::Short(missing)) => entries.truncate(entries.len().saturating_sub(missing)),
            Some(Kind::Extra(more)) => entries.extend(u64::MAX - more..u64::MAX),
            Some(Kind::Fails) => return None,
            Some(Kind::Instead(_) | Kind::Disguised(_)) | None => {}
        }
        Some(Page { extent, entries, held })
    }
}

/// A request of a scripted list.
#[derive(Clone)]
pub struct List(Arc<Server>);

struct Server {
    script: Script,
    asked: Mutex<Vec<i64>>,
    held: Arc<AtomicUsize>,
    most_held: AtomicUsize,
}

impl List {
    pub fn pages(&self) -> Pages<Self> {
        Pages::new(self.clone())
    }

    pub fn items(&self) -> Items<Self> {
        self.pages().items()
    }

    /// The pages that were asked for, in that order.
    pub fn asked(&self) -> Vec<i64> {
        self.0.asked.lock().unwrap().clone()
    }

    /// How many pages there are, under way or held.
    pub fn held(&self) -> usize {
        self.0.held.load(Ordering::Relaxed)
    }

    /// The most pages that there were at a time.
    pub fn most_held(&self) -> usize {
        self.0.most_held.load(Ordering::Relaxed)
    }

    /// A request has begun.
    fn begin(&self, page: i64) -> Held {
        let mut asked = self.0.asked.lock().unwrap();
        asked.push(page);
        assert!(asked.len() <= MAX_REQUESTS, "there is no end to it");
        let held = self.0.held.fetch_add(1, Ordering::Relaxed) + 1;
        self.0.most_held.fetch_max(held, Ordering::Relaxed);
        Held(Arc::clone(&self.0.held))
    }
}

/// Counts a page from the beginning of its request until it is dropped, or made into its entries.
struct Held(Arc<AtomicUsize>);

impl Drop for Held {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

pub struct Page {
    extent: Extent,
    pub entries: Vec<u64>,
    held: Held,
}

impl Paged for List {
    type Page = Page;
    type Item = u64;
    type Api = ();

    fn operation(&self) -> &'static Operation {
        &OPERATION
    }

    fn start(&self) -> Option<i64> {
        self.0.script.start
    }

    async fn fetch(&self, number: i64) -> Result<Response<Page>, Failure> {
        let held = self.begin(number);
        let latency = self.0.script.latency(number);
        // A sleep takes a while even if it is over: pages that are there at once are to be so.
        if !latency.is_zero() {
            tokio::time::sleep(latency).await;
        }
        match self.0.script.page(number, held) {
            Some(page) => Ok(http::Response::new(page).into()),
            None => Err(Error::invalid_request(&OPERATION, "page", "the script says so")),
        }
    }

    fn extent(page: &Page) -> Extent {
        page.extent
    }

    fn items(page: &Page) -> &[u64] {
        &page.entries
    }

    fn into_items(page: Page) -> Vec<u64> {
        drop(page.held);
        page.entries
    }
}
