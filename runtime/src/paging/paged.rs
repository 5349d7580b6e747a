//! The interface for generated code: a [`Paged`] request, and the [`Extent`] of its list.

use std::error::Error as StdError;
use std::fmt;
use std::future::Future;

use serde::Serialize;

use crate::call_error::CallError;
use crate::operation::Operation;
use crate::response::Response;

/// The largest number of pages of a list. A larger number is treated as an error of the server.
pub const MAX_PAGES: i64 = 1_000_000;

/// A request of a list in pages. Generated code implements it.
pub trait Paged: Clone + Send + Sync + Unpin + 'static {
    /// The body of one page.
    type Page: Send + Unpin + 'static;
    /// An item of the list.
    type Item: Serialize + Send + Unpin + 'static;
    /// The errors that the API documents for the request.
    type Api: StdError + Send + Sync + 'static;

    /// Returns the operation of the request.
    fn operation(&self) -> &'static Operation;

    /// Returns the page number of the request, if it is set. The list is read from that page on.
    fn start(&self) -> Option<i64>;

    /// Sends the request for a page. Numbers begin with 1.
    fn fetch(&self, number: i64) -> impl Future<Output = Result<Response<Self::Page>, CallError<Self::Api>>> + Send;

    /// Returns the counts that the page holds.
    fn extent(page: &Self::Page) -> Extent;

    /// Returns the items of the page.
    fn items(page: &Self::Page) -> &[Self::Item];

    /// Returns the items of the page by value.
    fn into_items(page: Self::Page) -> Vec<Self::Item>;
}

/// The response to a request for a page.
pub(crate) type Fetched<P> = Result<Response<<P as Paged>::Page>, CallError<<P as Paged>::Api>>;

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

impl Extent {
    /// Checks that a list can have these counts.
    pub(crate) fn check(self) -> Result<(), String> {
        if self.pages > MAX_PAGES {
            return Err(format!("the list reports {} pages, but at most {MAX_PAGES} are read", self.pages));
        }
        if self.pages < 0 || self.items.is_some_and(|items| items < 0) {
            return Err(format!("the list cannot have {self}"));
        }
        Ok(())
    }

    /// Reports whether both lists have the same number of pages and of items.
    pub(crate) fn is_same_list(self, other: Self) -> bool {
        (self.pages, self.items) == (other.pages, other.items)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_may_have_the_most_pages_that_are_read_and_no_more() {
        let of = |pages| Extent { pages, ..Extent::default() }.check();
        assert!(of(MAX_PAGES).is_ok() && of(0).is_ok());
        assert!(of(MAX_PAGES + 1).is_err() && of(-1).is_err());
    }
}
