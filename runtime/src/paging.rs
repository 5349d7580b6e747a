//! Reading a list that comes in pages, by page number: [`Pages`] one page at a time, [`Items`] one item at a time.
//!
//! Both are lazy, keep the order of the API, and end in all of the list or in an error. A server that repeats
//! itself, loses entries or changes the list under way is told by comparing what it counts with what it sends.

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
use crate::request::Operation;
use crate::response::Response;

/// How many pages are held at a time unless [`Pages::concurrency`] says otherwise: one that is read, and one that
/// is fetched ahead.
pub const DEFAULT_CONCURRENCY: usize = 2;

/// The most pages that a list may have. More is a server that has lost count.
pub const MAX_PAGES: i64 = 1_000_000;

/// A request of a list that comes in pages. Implemented by generated code.
pub trait Paged: Clone + Send + Sync + Unpin + 'static {
    /// The body of one page.
    type Page: Send + Unpin + 'static;
    /// What the list is made of.
    type Item: Serialize + Send + Unpin + 'static;
    /// The errors that the API documents for the request.
    type Api: Send + Unpin + 'static;

    /// The operation that the request is of.
    fn operation(&self) -> &'static Operation;

    /// The page that the request asks for, if it asks for one: the list is read from there.
    fn start(&self) -> Option<i64>;

    /// Sends the request for the page with this number, counted from 1.
    fn fetch(&self, number: i64) -> impl Future<Output = Result<Response<Self::Page>, Error<Self::Api>>> + Send;

    /// What the page says of itself and of the list.
    fn extent(page: &Self::Page) -> Extent;

    /// The items of the page.
    fn items(page: &Self::Page) -> &[Self::Item];

    /// The items of the page, by value.
    fn into_items(page: Self::Page) -> Vec<Self::Item>;
}

/// What a page says of itself and of the list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extent {
    /// The number of the page, if it says so.
    pub number: Option<i64>,
    /// How many pages there are.
    pub pages: i64,
    /// How many items all pages hold together, if it says so.
    pub items: Option<i64>,
}

type Fetched<P> = Result<Response<<P as Paged>::Page>, Error<<P as Paged>::Api>>;

/// The pages of a list, in order, as a [`Stream`].
///
/// Nothing is sent before the stream is polled, and dropping it cancels what is under way. After an error the
/// stream is over.
#[must_use = "nothing is sent before the stream is polled"]
pub struct Pages<P: Paged> {
    request: P,
    concurrency: usize,
    under_way: FuturesOrdered<BoxFuture<'static, Fetched<P>>>,
    ahead: VecDeque<Fetched<P>>,
    course: Course,
}

/// How far the list has been read, and what is known of it.
struct Course {
    /// The first page that was asked for.
    first: i64,
    /// The page that is to be handed out next.
    next: i64,
    /// The page that is to be asked for next.
    unasked: i64,
    /// What the first page said.
    extent: Option<Extent>,
    /// How many items were handed out.
    seen: i64,
    /// How many items the pages before the last one have, as far as they were read.
    sizes: Sizes,
    /// The fingerprints of the pages that were handed out: 8 bytes for each.
    handed_out: HashSet<u64>,
    over: bool,
}

impl<P: Paged> Pages<P> {
    /// The pages that the request leads to, from the one that it asks for, or from the first.
    pub fn new(request: P) -> Self {
        let course = Course::new(request.start().unwrap_or(1));
        let (under_way, ahead) = (FuturesOrdered::new(), VecDeque::new());
        Self { request, concurrency: DEFAULT_CONCURRENCY, under_way, ahead, course }
    }

    /// Holds up to `pages` pages at a time, the one that is read included: 1 fetches none ahead, more fetch the
    /// known remaining pages side by side. The order stays. 0 counts as 1.
    pub fn concurrency(mut self, pages: usize) -> Self {
        self.concurrency = pages.max(1);
        self
    }

    /// The items of the pages, one at a time.
    pub fn items(self) -> Items<P> {
        Items { pages: self, current: Vec::new().into_iter() }
    }

    /// How many items the whole list has, known from the first page on: for a progress bar.
    #[must_use]
    pub fn total(&self) -> Option<u64> {
        self.course.extent.and_then(|extent| u64::try_from(extent.items?).ok())
    }

    /// Asks for pages until `at_most` are held.
    fn ask(&mut self, at_most: usize) {
        let last = self.course.last_to_ask();
        while self.course.unasked <= last && self.under_way.len() + self.ahead.len() < at_most {
            let (request, number) = (self.request.clone(), self.course.unasked);
            self.under_way.push_back(Box::pin(async move { request.fetch(number).await }));
            self.course.unasked += 1;
        }
    }

    fn poll_fetched(&mut self, context: &mut Context<'_>) -> Poll<Option<Fetched<P>>> {
        match self.ahead.pop_front() {
            Some(fetched) => Poll::Ready(Some(fetched)),
            None => self.under_way.poll_next_unpin(context),
        }
    }

    /// While a page is read the next ones are under way. A future does nothing before it is polled, and only those
    /// that are there already are passed over: so this goes on until there are none of them.
    fn fetch_ahead(&mut self, context: &mut Context<'_>) {
        self.ask(self.concurrency - 1);
        while let Poll::Ready(Some(fetched)) = self.under_way.poll_next_unpin(context) {
            self.ahead.push_back(fetched);
        }
    }

    fn end(&mut self) {
        self.course.over = true;
        self.under_way = FuturesOrdered::new();
        self.ahead = VecDeque::new();
        self.course.handed_out = HashSet::new();
    }
}

impl<P: Paged> Stream for Pages<P> {
    type Item = Fetched<P>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        if this.course.over {
            return Poll::Ready(None);
        }
        this.ask(this.concurrency);
        let Some(fetched) = ready!(this.poll_fetched(context)) else {
            this.end();
            return Poll::Ready(None);
        };
        let checked = fetched.and_then(|page| {
            let extent = P::extent(&page);
            match this.course.accept(extent, P::items(&page)) {
                Ok(()) => Ok(page),
                Err(reason) => Err(Failure::inconsistent(this.request.operation().clone(), &reason).into()),
            }
        });
        if checked.is_err() || this.course.is_complete() {
            this.end();
        } else {
            this.fetch_ahead(context);
        }
        Poll::Ready(Some(checked))
    }
}

impl Course {
    /// A list that is read from this page on. There is always a number for the page after it.
    fn new(first: i64) -> Self {
        let first = first.min(i64::MAX - 1);
        let (sizes, handed_out) = (Sizes::default(), HashSet::new());
        Self { first, next: first, unasked: first, extent: None, seen: 0, sizes, handed_out, over: false }
    }

    /// Takes note of the page that comes next, or says why it cannot be it.
    fn accept<I: Serialize>(&mut self, extent: Extent, items: &[I]) -> Result<(), String> {
        let known = *self.extent.get_or_insert(extent);
        self.is_expected(known, extent, items.is_empty())?;
        if fingerprint(items).is_some_and(|page| !self.handed_out.insert(page)) {
            return Err(format!("page {} is an earlier page once more", self.next));
        }
        let size = i64::try_from(items.len()).unwrap_or(i64::MAX);
        if self.next < known.pages {
            self.sizes.add(size);
        }
        self.seen = self.seen.saturating_add(size);
        self.next += 1;
        known.items.map_or(Ok(()), |items| self.counts_agree(items, known.pages))
    }

    /// What a page says of itself and of the list is what had to be expected.
    fn is_expected(&self, known: Extent, extent: Extent, is_empty: bool) -> Result<(), String> {
        let number = self.next;
        known.is_sound()?;
        match extent.number {
            Some(answered) if answered != number => {
                Err(format!("page {number} was asked for, and page {answered} came"))
            }
            _ if (known.pages, known.items) != (extent.pages, extent.items) => {
                Err(format!("the list changed while it was read: it had {known}, and at page {number} it has {extent}"))
            }
            _ if is_empty && number < known.pages => Err(format!("page {number} of {} is empty", known.pages)),
            _ if !is_empty && number > known.pages.max(1) => Err(format!("page {number} of {} has items", known.pages)),
            _ => Ok(()),
        }
    }

    /// At the end, all that was counted has come.
    fn counts_agree(&self, items: i64, pages: i64) -> Result<(), String> {
        let (seen, first) = (self.seen, self.first);
        if seen > items {
            return Err(format!("the list has {items} items by its own count, and more came"));
        }
        // A page beyond the last one is empty, and so it should be.
        if !self.is_complete() || first > pages.max(1) {
            return Ok(());
        }
        if first <= 1 && seen != items {
            return Err(format!("the list has {items} items by its own count, and {seen} came"));
        }
        if first > 1 && !self.sizes.add_up(items - seen, first - 1, seen) {
            return Err(format!(
                "the list has {items} items in {pages} pages by its own count, and {seen} came from page {first} on"
            ));
        }
        Ok(())
    }

    fn is_complete(&self) -> bool {
        self.extent.is_some_and(|extent| self.next > extent.pages)
    }

    /// Only the first page is asked for while nothing is known.
    fn last_to_ask(&self) -> i64 {
        self.extent.map_or(self.first, |extent| extent.pages)
    }
}

/// The least and the most items that a page before the last one has.
#[derive(Clone, Copy, Default)]
struct Sizes(Option<(i64, i64)>);

impl Sizes {
    fn add(&mut self, size: i64) {
        let (least, most) = self.0.unwrap_or((size, size));
        self.0 = Some((least.min(size), most.max(size)));
    }

    /// Whether `items` fill `pages` pages that were not read, when `seen` were read after them. All pages but the last
    /// are of one size; when only the last was read, that is any size which the last does not exceed.
    fn add_up(self, items: i64, pages: i64, seen: i64) -> bool {
        match self.0 {
            Some((least, most)) => least == most && least.checked_mul(pages) == Some(items),
            None => items % pages == 0 && seen <= items / pages,
        }
    }
}

/// What tells a page from the others: how many items it has, and which are the first and the last of them. Nothing
/// for an empty page.
fn fingerprint<I: Serialize>(items: &[I]) -> Option<u64> {
    let mut hasher = DefaultHasher::new();
    hasher.write_usize(items.len());
    for item in [items.first()?, items.last()?] {
        hasher.write(&serde_json::to_vec(item).ok()?);
    }
    Some(hasher.finish())
}

impl Extent {
    fn is_sound(self) -> Result<(), String> {
        if self.pages > MAX_PAGES {
            return Err(format!("the list is said to have {} pages, and at most {MAX_PAGES} are read", self.pages));
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
            .field("next", &self.course.next)
            .field("extent", &self.course.extent)
            .field("concurrency", &self.concurrency)
            .finish_non_exhaustive()
    }
}

/// The items of a list, in order, as a [`Stream`].
///
/// Nothing is sent before the stream is polled, and dropping it cancels what is under way. After an error the
/// stream is over.
#[must_use = "nothing is sent before the stream is polled"]
pub struct Items<P: Paged> {
    pages: Pages<P>,
    current: std::vec::IntoIter<P::Item>,
}

impl<P: Paged> Items<P> {
    /// Holds up to `pages` pages at a time: see [`Pages::concurrency`].
    pub fn concurrency(mut self, pages: usize) -> Self {
        self.pages = self.pages.concurrency(pages);
        self
    }

    /// How many items the whole list has, known from the first item on: for a progress bar.
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
