//! Pagination by page number: [`Pages`] is a stream of pages, [`Items`] a stream of items, and [`LenientItems`] one that
//! goes on after an item that cannot be decoded.
//!
//! All are lazy and keep the order of the API. They compare the counts in the pages with the received items, and so
//! detect repeated pages, missing items and changes of the counts. They cannot detect a change that leaves all counts
//! equal, such as an item that was added while another one was removed.

mod fetch;
mod lenient;
mod paged;
mod progress;

use std::collections::VecDeque;
use std::fmt;
use std::future::{self, Future};
use std::iter::Peekable;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use futures_util::FutureExt as _;
use serde::de::DeserializeOwned;

use self::fetch::Fetch;
pub use self::lenient::ItemError;
use self::lenient::{Repaired, repair};
use self::paged::Fetched;
pub use self::paged::{Extent, MAX_PAGES, Paged};
pub use self::progress::Changes;
use self::progress::Progress;
use crate::call_error::CallError;
use crate::error::Error;
use crate::response::Response;

/// Default of [`Pages::concurrency`]: 2 pages, the current one and one that is fetched ahead.
pub const DEFAULT_CONCURRENCY: usize = 2;

/// The pages of a list, in order, as a [`Stream`].
///
/// No request is sent before the stream is polled. Pages that are fetched ahead arrive while the current one is read,
/// however long that takes. Dropping the stream cancels the requests in flight. The stream ends after an error.
///
/// The list may change while it is read. The stream ends with an [inconsistency](Error::is_inconsistent) if the number
/// of items or pages changes, a page repeats an earlier one, or more or fewer items arrive than the list reports. It
/// cannot detect an item that was added while another one was removed, or a page that was repeated if all of its items
/// are alike and continue such a row. See [`tolerate_changes`](Self::tolerate_changes) for lists that change often.
#[must_use = "nothing is sent before the stream is polled"]
pub struct Pages<P: Paged> {
    request: P,
    concurrency: usize,
    /// The requests for the next pages, in order.
    in_flight: VecDeque<Fetch<P>>,
    progress: Progress,
    /// Repairs a page with items that cannot be decoded, if the stream is lenient.
    repair: Option<Repair<P>>,
    ended: bool,
}

/// A page and its items that cannot be decoded, or the error that ends the stream.
type Page<P> = Result<Repaired<P>, CallError<<P as Paged>::Api>>;

type Repair<P> = fn(&Error, i64) -> Option<Repaired<P>>;

impl<P: Paged> Pages<P> {
    /// Creates the stream of the pages, from the page of the request or from the first one.
    pub fn new(request: P) -> Self {
        let progress = Progress::new(request.start().unwrap_or(1));
        let in_flight = VecDeque::new();
        Self { request, concurrency: DEFAULT_CONCURRENCY, in_flight, progress, repair: None, ended: false }
    }

    /// Sets the number of pages that are in memory or requested at a time, including the current one. With 1, no page
    /// is fetched ahead. With more, pages are fetched concurrently, and yielded in order. 0 counts as 1.
    pub fn concurrency(mut self, pages: usize) -> Self {
        self.concurrency = pages.max(1);
        self
    }

    /// Reads the list from page `number` on, for example from the [`next_page`](Self::next_page) of a stream that
    /// failed. Pages are numbered from 1. A stream that has begun starts again.
    pub fn from_page(mut self, number: i64) -> Self {
        self.progress = self.progress.restarted(number);
        self.in_flight = VecDeque::new();
        self.ended = false;
        self
    }

    /// Reads the list to its end even if it changes while it is read. [`changes`](Self::changes) reports what changed.
    ///
    /// Items may then be missing or occur twice. A page with the wrong number or impossible counts is still an error,
    /// and so is a page that repeats an earlier one while the counts stay the same.
    pub fn tolerate_changes(mut self) -> Self {
        self.progress.tolerate_changes();
        self
    }

    /// Returns the changes of the list so far, if it [tolerates](Self::tolerate_changes) them and there were any. They
    /// are complete when the stream has ended.
    #[must_use]
    pub fn changes(&self) -> Option<&Changes> {
        self.progress.changes()
    }

    /// Returns the number of the page that the stream yields next. After an error, it is the page that failed.
    #[must_use]
    pub fn next_page(&self) -> i64 {
        self.progress.next()
    }

    /// Converts the stream of pages into a stream of their items.
    pub fn items(self) -> Items<P> {
        Items { pages: self, current: Vec::new().into_iter() }
    }

    /// Returns the number of items in the whole list, for example for a progress bar. It is known after the first page.
    #[must_use]
    pub fn total(&self) -> Option<u64> {
        self.progress.extent().and_then(|extent| u64::try_from(extent.items?).ok())
    }

    /// Requests pages until `at_most` are in memory or requested.
    fn request_pages(&mut self, at_most: usize, context: &mut Context<'_>) {
        while self.in_flight.len() < at_most {
            let Some(number) = self.progress.take_request() else {
                return;
            };
            self.in_flight.push_back(Fetch::start(&self.request, number, context));
        }
    }

    /// Returns the next page, and its items that cannot be decoded.
    fn poll_page(&mut self, context: &mut Context<'_>) -> Poll<Option<Page<P>>> {
        if self.ended {
            return Poll::Ready(None);
        }
        self.request_pages(self.concurrency, context);
        let Some(fetch) = self.in_flight.front_mut() else {
            self.end();
            return Poll::Ready(None);
        };
        let fetched = ready!(fetch.poll_unpin(context));
        self.in_flight.pop_front();
        let checked = self.repaired(fetched).and_then(|page| self.checked(page));
        if checked.is_err() || self.progress.is_complete() {
            self.end();
        } else {
            self.request_pages(self.concurrency - 1, context);
        }
        Poll::Ready(Some(checked))
    }

    fn repaired(&self, fetched: Fetched<P>) -> Page<P> {
        let error = match fetched {
            Ok(page) => return Ok((page, Vec::new())),
            Err(error) => error,
        };
        let repaired = self.repair.and_then(|repair| repair(&error, self.progress.next()));
        repaired.ok_or(error)
    }

    fn checked(&mut self, (page, broken): Repaired<P>) -> Page<P> {
        let json = broken.iter().map(|item| &item.json()[..]);
        match self.progress.accept(P::extent(&page), P::items(&page), json) {
            Ok(()) => Ok((page, broken)),
            Err(reason) => {
                let (operation, (answer, attempts)) = (self.request.operation().clone(), page.into_answer());
                Err(Error::inconsistent(operation, &reason, answer).with_attempts(attempts).into())
            }
        }
    }

    fn end(&mut self) {
        self.ended = true;
        self.in_flight = VecDeque::new();
        self.progress.end();
    }
}

impl<P: Paged> Stream for Pages<P> {
    type Item = Result<Response<P::Page>, CallError<P::Api>>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let page = ready!(self.get_mut().poll_page(context));
        Poll::Ready(page.map(|page| page.map(|(page, _)| page)))
    }
}

impl<P: Paged> fmt::Debug for Pages<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages")
            .field("next", &self.progress.next())
            .field("extent", &self.progress.extent())
            .field("concurrency", &self.concurrency)
            .finish_non_exhaustive()
    }
}

/// The items of a list, in order, as a [`Stream`].
///
/// No request is sent before the stream is polled, and dropping it cancels the requests in flight. The stream ends
/// after an error. [`Pages`] describes the changes of a list that it detects.
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

    /// Reads the list from page `number` on: see [`Pages::from_page`].
    pub fn from_page(self, number: i64) -> Self {
        self.pages.from_page(number).items()
    }

    /// Reads the list to its end even if it changes while it is read: see [`Pages::tolerate_changes`].
    pub fn tolerate_changes(mut self) -> Self {
        self.pages = self.pages.tolerate_changes();
        self
    }

    /// Returns the changes of the list so far: see [`Pages::changes`].
    #[must_use]
    pub fn changes(&self) -> Option<&Changes> {
        self.pages.changes()
    }

    /// Returns the number of the page of the next item, to [resume](Self::from_page) the list later. Items of that page
    /// may have been yielded already. After an error, it is the page that failed, without yielded items.
    #[must_use]
    pub fn next_page(&self) -> i64 {
        self.pages.next_page() - i64::from(self.current.len() > 0)
    }

    /// Returns the number of items in the whole list, for example for a progress bar. It is known after the first item.
    #[must_use]
    pub fn total(&self) -> Option<u64> {
        self.pages.total()
    }

    /// Goes on after items that cannot be decoded: each is yielded as an [`ItemError`], at its place in the list.
    ///
    /// Without this, a page with such an item is an [undecodable body](Error::is_undecodable), which ends the stream.
    /// That is still so if another part of the page cannot be decoded, or more than 1000 of its items.
    pub fn lenient(mut self) -> LenientItems<P>
    where
        P: Paged<Page: DeserializeOwned, Item: DeserializeOwned>,
    {
        self.pages.repair = Some(repair::<P>);
        LenientItems { pages: self.pages, current: self.current, broken: Vec::new().into_iter().peekable(), index: 0 }
    }
}

impl<P: Paged> Stream for Items<P> {
    type Item = Result<P::Item, CallError<P::Api>>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        loop {
            if let Some(item) = this.current.next() {
                return Poll::Ready(Some(Ok(item)));
            }
            match ready!(this.pages.poll_page(context)) {
                Some(Ok((page, _))) => this.current = P::into_items(page.into_inner()).into_iter(),
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

/// The items of a list, in order, as a [`Stream`] that yields an [`ItemError`] in the place of an item that cannot be
/// decoded: see [`Items::lenient`]. The stream ends after a [`CallError`] only.
#[must_use = "nothing is sent before the stream is polled"]
pub struct LenientItems<P: Paged> {
    pages: Pages<P>,
    /// The remaining items of the current page that could be decoded.
    current: std::vec::IntoIter<P::Item>,
    /// The remaining items of the current page that could not be decoded.
    broken: Peekable<std::vec::IntoIter<ItemError>>,
    /// The position of the next item on its page.
    index: usize,
}

impl<P: Paged> LenientItems<P> {
    /// Returns the changes of the list so far: see [`Pages::changes`].
    #[must_use]
    pub fn changes(&self) -> Option<&Changes> {
        self.pages.changes()
    }

    /// Returns the number of the page of the next item: see [`Items::next_page`].
    #[must_use]
    pub fn next_page(&self) -> i64 {
        self.pages.next_page() - i64::from(self.current.len() + self.broken.len() > 0)
    }

    /// Returns the number of items in the whole list: see [`Items::total`].
    #[must_use]
    pub fn total(&self) -> Option<u64> {
        self.pages.total()
    }

    /// Returns the next item of the current page.
    fn next_of_page(&mut self) -> Option<Result<P::Item, ItemError>> {
        let index = self.index;
        self.index += 1;
        let broken = self.broken.next_if(|item| item.index() == index);
        broken.map(Err).or_else(|| self.current.next().map(Ok))
    }
}

impl<P: Paged> Stream for LenientItems<P> {
    type Item = Result<Result<P::Item, ItemError>, CallError<P::Api>>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        loop {
            if let Some(item) = this.next_of_page() {
                return Poll::Ready(Some(Ok(item)));
            }
            match ready!(this.pages.poll_page(context)) {
                Some(Ok((page, broken))) => {
                    this.current = P::into_items(page.into_inner()).into_iter();
                    (this.broken, this.index) = (broken.into_iter().peekable(), 0);
                }
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.current.len() + self.broken.len(), None)
    }
}

impl<P: Paged> fmt::Debug for LenientItems<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let current = self.current.len() + self.broken.len();
        f.debug_struct("LenientItems").field("pages", &self.pages).field("current", &current).finish_non_exhaustive()
    }
}

/// Adds methods to a stream that work without the traits of `futures`.
macro_rules! inherent_methods {
    ($stream:ident, $item:ty, $what:literal) => {
        impl<P: Paged> $stream<P> {
            #[doc = concat!("Returns the next ", $what, ", or `None` at the end.")]
            #[expect(clippy::should_implement_trait, reason = "the next item of a stream, as in `futures`")]
            pub fn next(
                &mut self,
            ) -> impl Future<Output = Option<Result<$item, CallError<P::Api>>>> + Send + Unpin + '_ {
                future::poll_fn(|context| Pin::new(&mut *self).poll_next(context))
            }

            #[doc = concat!("Returns the next ", $what, ", or `None` at the end.")]
            ///
            /// # Errors
            ///
            /// The error that ends the stream.
            pub fn try_next(
                &mut self,
            ) -> impl Future<Output = Result<Option<$item>, CallError<P::Api>>> + Send + Unpin + '_ {
                future::poll_fn(|context| Pin::new(&mut *self).poll_next(context).map(Option::transpose))
            }

            #[doc = concat!("Reads the rest of the list into memory, one ", $what, " after another.")]
            ///
            /// # Errors
            ///
            /// The error that ends the stream.
            pub async fn collect_all(&mut self) -> Result<Vec<$item>, CallError<P::Api>> {
                let mut all = Vec::new();
                while let Some(next) = self.try_next().await? {
                    all.push(next);
                }
                Ok(all)
            }
        }
    };
}

inherent_methods!(Pages, Response<P::Page>, "page");
inherent_methods!(Items, P::Item, "item");
inherent_methods!(LenientItems, Result<P::Item, ItemError>, "item");
