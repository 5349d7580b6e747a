//! The progress of reading a list. It accepts the pages one after another, and compares their counts and their items.

use std::collections::HashSet;
use std::fmt;
use std::hash::{DefaultHasher, Hasher as _};

use serde::Serialize;

use super::paged::Extent;

/// The changes of a list while it was read: see [`Pages::tolerate_changes`](crate::Pages::tolerate_changes).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Changes {
    /// The number of the page at which a change was found first.
    pub page: i64,
    /// The number of items that the list reported on its first page, if the API sends it.
    pub items_before: Option<i64>,
    /// The number of items that the list reported last, if the API sends it.
    pub items_after: Option<i64>,
    /// The number of pages that the list reported on its first page.
    pub pages_before: i64,
    /// The number of pages that the list reported last.
    pub pages_after: i64,
    /// The number of items that were read.
    pub items_read: i64,
    /// The number of pages that were read although they equal an earlier page.
    pub repeated_pages: u64,
}

impl fmt::Display for Changes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let before = Extent { number: None, pages: self.pages_before, items: self.items_before };
        let after = Extent { number: None, pages: self.pages_after, items: self.items_after };
        write!(f, "the list had {before}, later {after}, and {} items were read", self.items_read)
    }
}

/// The progress of reading a list.
pub(super) struct Progress {
    /// The first page to read.
    first: i64,
    /// The page to yield next.
    next: i64,
    /// The page to request next.
    next_request: i64,
    /// The counts of the first page.
    reported: Option<Extent>,
    /// The counts of the last page so far.
    latest: Option<Extent>,
    /// The number of yielded items.
    yielded: i64,
    /// The sizes of the pages before the last one, as far as they were read.
    sizes: Sizes,
    seen: Seen,
    is_tolerant: bool,
    changes: Option<Changes>,
}

impl Progress {
    /// Creates the progress of a list that is read from page `first` on. The page after it always has a number.
    pub(super) fn new(first: i64) -> Self {
        let first = first.min(i64::MAX - 1);
        Self {
            first,
            next: first,
            next_request: first,
            reported: None,
            latest: None,
            yielded: 0,
            sizes: Sizes::default(),
            seen: Seen::default(),
            is_tolerant: false,
            changes: None,
        }
    }

    /// Returns the progress of the same list from page `first` on.
    pub(super) fn restarted(&self, first: i64) -> Self {
        Self { is_tolerant: self.is_tolerant, ..Self::new(first) }
    }

    pub(super) fn tolerate_changes(&mut self) {
        self.is_tolerant = true;
    }

    pub(super) fn changes(&self) -> Option<&Changes> {
        self.changes.as_ref()
    }

    /// Returns the counts that the list reported last.
    pub(super) fn extent(&self) -> Option<Extent> {
        self.latest
    }

    /// Returns the page to yield next. After an error it is the page that failed.
    pub(super) fn next(&self) -> i64 {
        self.next
    }

    /// Returns the page to request next, if there is one. Only the first one is known before its response arrives.
    pub(super) fn take_request(&mut self) -> Option<i64> {
        let last = self.latest.map_or(self.first, |extent| extent.pages);
        let number = self.next_request;
        (number <= last).then(|| {
            self.next_request += 1;
            number
        })
    }

    pub(super) fn is_complete(&self) -> bool {
        self.latest.is_some_and(|extent| self.next > extent.pages)
    }

    /// Frees the memory that only the next pages would need.
    pub(super) fn end(&mut self) {
        self.seen = Seen::default();
    }

    /// Accepts the next page, or returns the reason why it is inconsistent. `broken` holds the JSON of its items that
    /// cannot be decoded.
    pub(super) fn accept<'a, I: Serialize>(
        &mut self,
        extent: Extent,
        items: &[I],
        broken: impl ExactSizeIterator<Item = &'a [u8]>,
    ) -> Result<(), String> {
        let number = self.next;
        let size = i64::try_from(items.len() + broken.len()).unwrap_or(i64::MAX);
        let known = *self.reported.get_or_insert(extent);
        let accepted = self.check_counts(known, extent, size == 0).and_then(|()| {
            let is_repeated = self.seen.add(items, broken);
            self.check_repeat(known, extent, is_repeated)?;
            self.count(extent, size);
            if self.is_tolerant {
                self.record_missing(known, extent);
                return Ok(());
            }
            self.check_total(extent.items, extent.pages)
        });
        if accepted.is_err() {
            self.next = number;
        }
        accepted
    }

    /// Compares the counts of a page with those of the first page.
    fn check_counts(&mut self, known: Extent, extent: Extent, is_empty: bool) -> Result<(), String> {
        let number = self.next;
        let counts = if self.is_tolerant { extent } else { known };
        counts.check()?;
        match extent.number {
            Some(received) if received != number => Err(format!("expected page {number}, received page {received}")),
            _ if self.is_tolerant => {
                if self.changes.is_some() || !known.is_same_list(extent) {
                    self.record(known, extent);
                }
                Ok(())
            }
            _ if !known.is_same_list(extent) => {
                Err(format!("the list changed while it was read: it had {known}, and at page {number} it has {extent}"))
            }
            _ if is_empty && number < known.pages => Err(format!("page {number} of {} is empty", known.pages)),
            _ if !is_empty && number > known.pages.max(1) => Err(format!("page {number} of {} has items", known.pages)),
            _ => Ok(()),
        }
    }

    /// Accepts a repeated page only if the list has changed: all of its items may have moved by a page.
    fn check_repeat(&mut self, known: Extent, extent: Extent, is_repeated: bool) -> Result<(), String> {
        if !is_repeated {
            return Ok(());
        }
        if self.changes.is_none() {
            return Err(format!("page {} repeats an earlier page", self.next));
        }
        self.record(known, extent).repeated_pages += 1;
        Ok(())
    }

    fn count(&mut self, extent: Extent, size: i64) {
        if self.next < extent.pages {
            self.sizes.add(size);
        }
        self.yielded = self.yielded.saturating_add(size);
        self.next += 1;
        self.latest = Some(extent);
        if let Some(changes) = &mut self.changes {
            changes.items_read = self.yielded;
        }
    }

    /// Records that the list changed from `known` to `extent`.
    fn record(&mut self, known: Extent, extent: Extent) -> &mut Changes {
        let changes = self.changes.get_or_insert(Changes {
            page: self.next,
            items_before: known.items,
            items_after: None,
            pages_before: known.pages,
            pages_after: 0,
            items_read: self.yielded,
            repeated_pages: 0,
        });
        (changes.items_after, changes.pages_after) = (extent.items, extent.pages);
        changes
    }

    /// Records a change if the whole list was read, but not as many items as it reports.
    fn record_missing(&mut self, known: Extent, extent: Extent) {
        let is_different = extent.items.is_some_and(|items| items != self.yielded);
        if self.changes.is_none() && self.first <= 1 && self.is_complete() && is_different {
            self.record(known, extent).page = self.next - 1;
        }
    }

    /// Compares the number of yielded items with the number that the list reports.
    fn check_total(&self, items: Option<i64>, pages: i64) -> Result<(), String> {
        let Some(items) = items else {
            return Ok(());
        };
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

/// The fingerprints of the pages so far, 8 bytes each, to find repeated pages.
#[derive(Default)]
struct Seen {
    pages: HashSet<u64>,
    /// The fingerprint of the last item so far.
    last: Option<u64>,
    /// The memory for the JSON of one item.
    buffer: Vec<u8>,
}

impl Seen {
    /// Adds a page. Reports whether it repeats an earlier one.
    ///
    /// Equal items are neighbours in an ordered list. So a page whose items are all alike, and like the last item before
    /// it, continues that row of items.
    fn add<'a, I: Serialize>(&mut self, items: &[I], broken: impl Iterator<Item = &'a [u8]>) -> bool {
        let Some(page) = self.fingerprint(items, broken) else {
            return false;
        };
        let before = self.last.replace(page.last);
        let is_repeated = !self.pages.insert(page.whole);
        is_repeated && !(page.is_uniform && before == Some(page.last))
    }

    /// Returns the fingerprint of a page, or `None` if it is empty or an item has none.
    fn fingerprint<'a, I: Serialize>(
        &mut self,
        items: &[I],
        broken: impl Iterator<Item = &'a [u8]>,
    ) -> Option<Fingerprint> {
        let mut whole = DefaultHasher::new();
        let (mut first, mut last, mut is_uniform) = (None, None, true);
        let mut add = |item: u64| {
            whole.write_u64(item);
            is_uniform &= *first.get_or_insert(item) == item;
            last = Some(item);
        };
        for item in items {
            self.buffer.clear();
            serde_json::to_writer(&mut self.buffer, item).ok()?;
            add(hash(&self.buffer));
        }
        broken.for_each(|json| add(hash(json)));
        Some(Fingerprint { whole: whole.finish(), last: last?, is_uniform })
    }
}

/// The fingerprint of a page.
struct Fingerprint {
    whole: u64,
    last: u64,
    is_uniform: bool,
}

fn hash(json: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(json);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_of_one_size_fit_before_the_first_page_that_was_read() {
        for (items, pages, received, fits) in [(60, 2, 30, true), (61, 2, 30, false), (60, 2, 31, false)] {
            assert_eq!(Sizes::default().fits(items, pages, received), fits, "{items} items on {pages} pages");
        }
    }
}
