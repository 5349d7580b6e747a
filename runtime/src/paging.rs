//! Pagination by page number: [`Pages`] is a stream of pages, [`Items`] a stream of items.
//!
//! Both are lazy and keep the order of the API. They yield the whole list or end with an error: they compare the counts
//! in the pages with the received items, and so detect repeated pages, missing items and changes of the list.

use std::collections::{HashSet, VecDeque};
use std::fmt;
use std::future::Future;
use std::hash::{DefaultHasher, Hasher as _};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use futures_util::StreamExt as _;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesOrdered;
use serde::Serialize;

use crate::error::{Error, Failure};
use crate::operation::Operation;
use crate::response::Response;

/// Default of [`Pages::concurrency`]: 2 pages, the current one and one that is fetched ahead.
pub const DEFAULT_CONCURRENCY: usize = 2;

/// The largest number of pages of a list. A larger number is treated as an error of the server.
pub const MAX_PAGES: i64 = 1_000_000;

/// A request of a list in pages. Generated code implements it.
pub trait Paged: Clone + Send + Sync + Unpin + 'static {
    /// The body of one page.
    type Page: Send + Unpin + 'static;
    /// An item of the list.
    type Item: Serialize + Send + Unpin + 'static;
    /// The errors that the API documents for the request.
    type Api: Send + Unpin + 'static;

    /// Returns the operation of the request.
    fn operation(&self) -> &'static Operation;

    /// Returns the page number of the request, if it is set. The list is read from that page on.
    fn start(&self) -> Option<i64>;

    /// Sends the request for a page. Numbers begin with 1.
    fn fetch(&self, number: i64) -> impl Future<Output = Result<Response<Self::Page>, Error<Self::Api>>> + Send;

    /// Returns the counts that the page holds.
    fn extent(page: &Self::Page) -> Extent;

    /// Returns the items of the page.
    fn items(page: &Self::Page) -> &[Self::Item];

    /// Returns the items of the page by value.
    fn into_items(page: Self::Page) -> Vec<Self::Item>;
}

/// The counts that a page holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extent {
    /// The number of the page, if the API sends it.
    pub number: Option<i64>,
    /// The number of pages.
    pub pages: i64,
    /// The number of items on all pages, if the API sends it.
    pub items: Option<i64>,
}

type Fetched<P> = Result<Response<<P as Paged>::Page>, Error<<P as Paged>::Api>>;

/// The pages of a list, in order, as a [`Stream`].
///
/// No request is sent before the stream is polled, and dropping it cancels the requests in flight. The stream ends
/// after an error.
#[must_use = "nothing is sent before the stream is polled"]
pub struct Pages<P: Paged> {
    request: P,
    concurrency: usize,
    in_flight: FuturesOrdered<BoxFuture<'static, Fetched<P>>>,
    /// The pages that were received and not yielded yet.
    ahead: VecDeque<Fetched<P>>,
    progress: Progress,
}

/// The progress of reading a list.
struct Progress {
    /// The first page to read.
    first: i64,
    /// The page to yield next.
    next: i64,
    /// The page to request next.
    next_request: i64,
    /// The counts of the first page.
    extent: Option<Extent>,
    /// The number of yielded items.
    yielded: i64,
    /// The sizes of the pages before the last one, as far as they were read.
    sizes: Sizes,
    /// The fingerprints of the yielded pages: 8 bytes each.
    fingerprints: HashSet<u64>,
    ended: bool,
}

impl<P: Paged> Pages<P> {
    /// Creates the stream of the pages, from the page of the request or from the first one.
    pub fn new(request: P) -> Self {
        let progress = Progress::new(request.start().unwrap_or(1));
        let (in_flight, ahead) = (FuturesOrdered::new(), VecDeque::new());
        Self { request, concurrency: DEFAULT_CONCURRENCY, in_flight, ahead, progress }
    }

    /// Sets the number of pages that are in memory or requested at a time, including the current one. With 1, no page
    /// is fetched ahead. With more, pages are fetched concurrently, and yielded in order. 0 counts as 1.
    pub fn concurrency(mut self, pages: usize) -> Self {
        self.concurrency = pages.max(1);
        self
    }

    /// Converts the stream of pages into a stream of their items.
    pub fn items(self) -> Items<P> {
        Items { pages: self, current: Vec::new().into_iter() }
    }

    /// Returns the number of items in the whole list, for example for a progress bar. It is known after the first page.
    #[must_use]
    pub fn total(&self) -> Option<u64> {
        self.progress.extent.and_then(|extent| u64::try_from(extent.items?).ok())
    }

    /// Requests pages until `at_most` are in memory or requested.
    fn request_pages(&mut self, at_most: usize) {
        let last = self.progress.last_to_request();
        while self.progress.next_request <= last && self.in_flight.len() + self.ahead.len() < at_most {
            let (request, number) = (self.request.clone(), self.progress.next_request);
            self.in_flight.push_back(Box::pin(async move { request.fetch(number).await }));
            self.progress.next_request += 1;
        }
    }

    fn poll_fetched(&mut self, context: &mut Context<'_>) -> Poll<Option<Fetched<P>>> {
        match self.ahead.pop_front() {
            Some(fetched) => Poll::Ready(Some(fetched)),
            None => self.in_flight.poll_next_unpin(context),
        }
    }

    /// Starts the requests for the next pages while the current one is read. A future only makes progress when it is
    /// polled, so this polls until no further page is ready.
    fn fetch_ahead(&mut self, context: &mut Context<'_>) {
        self.request_pages(self.concurrency - 1);
        while let Poll::Ready(Some(fetched)) = self.in_flight.poll_next_unpin(context) {
            self.ahead.push_back(fetched);
        }
    }

    fn end(&mut self) {
        self.progress.ended = true;
        self.in_flight = FuturesOrdered::new();
        self.ahead = VecDeque::new();
        self.progress.fingerprints = HashSet::new();
    }
}

impl<P: Paged> Stream for Pages<P> {
    type Item = Fetched<P>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        if this.progress.ended {
            return Poll::Ready(None);
        }
        this.request_pages(this.concurrency);
        let Some(fetched) = ready!(this.poll_fetched(context)) else {
            this.end();
            return Poll::Ready(None);
        };
        let checked = fetched.and_then(|page| {
            let extent = P::extent(&page);
            match this.progress.accept(extent, P::items(&page)) {
                Ok(()) => Ok(page),
                Err(reason) => Err(Failure::inconsistent(this.request.operation().clone(), &reason).into()),
            }
        });
        if checked.is_err() || this.progress.is_complete() {
            this.end();
        } else {
            this.fetch_ahead(context);
        }
        Poll::Ready(Some(checked))
    }
}

impl Progress {
    /// Creates the progress of a list that is read from page `first` on. The page after it always has a number.
    fn new(first: i64) -> Self {
        let first = first.min(i64::MAX - 1);
        let (sizes, fingerprints) = (Sizes::default(), HashSet::new());
        Self { first, next: first, next_request: first, extent: None, yielded: 0, sizes, fingerprints, ended: false }
    }

    /// Accepts the next page, or returns the reason why it is inconsistent.
    fn accept<I: Serialize>(&mut self, extent: Extent, items: &[I]) -> Result<(), String> {
        let known = *self.extent.get_or_insert(extent);
        self.check_counts(known, extent, items.is_empty())?;
        if fingerprint(items).is_some_and(|page| !self.fingerprints.insert(page)) {
            return Err(format!("page {} repeats an earlier page", self.next));
        }
        let size = i64::try_from(items.len()).unwrap_or(i64::MAX);
        if self.next < known.pages {
            self.sizes.add(size);
        }
        self.yielded = self.yielded.saturating_add(size);
        self.next += 1;
        known.items.map_or(Ok(()), |items| self.check_total(items, known.pages))
    }

    /// Compares the counts of a page with those of the first page.
    fn check_counts(&self, known: Extent, extent: Extent, is_empty: bool) -> Result<(), String> {
        let number = self.next;
        known.check()?;
        match extent.number {
            Some(received) if received != number => Err(format!("expected page {number}, received page {received}")),
            _ if (known.pages, known.items) != (extent.pages, extent.items) => {
                Err(format!("the list changed while it was read: it had {known}, and at page {number} it has {extent}"))
            }
            _ if is_empty && number < known.pages => Err(format!("page {number} of {} is empty", known.pages)),
            _ if !is_empty && number > known.pages.max(1) => Err(format!("page {number} of {} has items", known.pages)),
            _ => Ok(()),
        }
    }

    /// Compares the number of yielded items with the number that the list reports.
    fn check_total(&self, items: i64, pages: i64) -> Result<(), String> {
        let (received, first) = (self.yielded, self.first);
        if received > items {
            return Err(format!("the list reports {items} items, but more were received"));
        }
        // A page after the last one is empty, as expected.
        if !self.is_complete() || first > pages.max(1) {
            return Ok(());
        }
        if first <= 1 && received != items {
            return Err(format!("the list reports {items} items, but {received} were received"));
        }
        if first > 1 && !self.sizes.fits(items - received, first - 1, received) {
            return Err(format!(
                "the list reports {items} items in {pages} pages, but {received} were received from page {first} on"
            ));
        }
        Ok(())
    }

    fn is_complete(&self) -> bool {
        self.extent.is_some_and(|extent| self.next > extent.pages)
    }

    /// Returns the last page that may be requested: only the first one until the number of pages is known.
    fn last_to_request(&self) -> i64 {
        self.extent.map_or(self.first, |extent| extent.pages)
    }
}

/// The smallest and the largest number of items of a page before the last one.
#[derive(Clone, Copy, Default)]
struct Sizes(Option<(i64, i64)>);

impl Sizes {
    fn add(&mut self, size: i64) {
        let (least, most) = self.0.unwrap_or((size, size));
        self.0 = Some((least.min(size), most.max(size)));
    }

    /// Reports whether the `pages` pages before the first one that was read can hold `items` items. `received` items
    /// were read after them. All pages except the last one have the same size. If only the last page was read, any size
    /// is possible that is not smaller than that page.
    fn fits(self, items: i64, pages: i64, received: i64) -> bool {
        match self.0 {
            Some((least, most)) => least == most && least.checked_mul(pages) == Some(items),
            None => items % pages == 0 && received <= items / pages,
        }
    }
}

/// Returns a hash of the number of items, the first item and the last item. `None` for an empty page.
fn fingerprint<I: Serialize>(items: &[I]) -> Option<u64> {
    let mut hasher = DefaultHasher::new();
    hasher.write_usize(items.len());
    for item in [items.first()?, items.last()?] {
        hasher.write(&serde_json::to_vec(item).ok()?);
    }
    Some(hasher.finish())
}

impl Extent {
    fn check(self) -> Result<(), String> {
        if self.pages > MAX_PAGES {
            return Err(format!("the list reports {} pages, but at most {MAX_PAGES} are read", self.pages));
        }
        if self.pages < 0 || self.items.is_some_and(|items| items < 0) {
            return Err(format!("the list cannot have {self}"));
        }
        Ok(())
    }
}

impl fmt::Display for Extent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.items {
            Some(items) => write!(f, "{items} items in {} pages", self.pages),
            None => write!(f, "{} pages", self.pages),
        }
    }
}

impl<P: Paged> fmt::Debug for Pages<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages")
            .field("next", &self.progress.next)
            .field("extent", &self.progress.extent)
            .field("concurrency", &self.concurrency)
            .finish_non_exhaustive()
    }
}

/// The items of a list, in order, as a [`Stream`].
///
/// No request is sent before the stream is polled, and dropping it cancels the requests in flight. The stream ends
/// after an error.
#[must_use = "nothing is sent before the stream is polled"]
pub struct Items<P: Paged> {
    pages: Pages<P>,
    current: std::vec::IntoIter<P::Item>,
}

impl<P: Paged> Items<P> {
    /// Sets the number of pages that are in memory or requested at a time: see [`Pages::concurrency`].
    pub fn concurrency(mut self, pages: usize) -> Self {
        self.pages = self.pages.concurrency(pages);
        self
    }

    /// Returns the number of items in the whole list, for example for a progress bar. It is known after the first item.
    #[must_use]
    pub fn total(&self) -> Option<u64> {
        self.pages.total()
    }
}

impl<P: Paged> Stream for Items<P> {
    type Item = Result<P::Item, Error<P::Api>>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        loop {
            if let Some(item) = this.current.next() {
                return Poll::Ready(Some(Ok(item)));
            }
            match ready!(Pin::new(&mut this.pages).poll_next(context)) {
                Some(Ok(page)) => this.current = P::into_items(page.into_inner()).into_iter(),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.current.len(), None)
    }
}

impl<P: Paged> fmt::Debug for Items<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items").field("pages", &self.pages).field("current", &self.current.len()).finish()
    }
}
