//! Properties for every list, fault and reader: the stream yields the whole list in order, or ends with an error.
//!
//! Each list has one fault at most: no reader can detect two faults that agree with each other. Neither can a reader
//! that starts at a later page detect every fault of the earlier pages, which it does not request.

use std::time::Duration;

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use salla_runtime::{Items, MAX_PAGES};

use crate::scripted::{Failure, Fault, Kind, List, Script};

/// The behaviour of the code that reads a stream.
#[derive(Clone, Debug)]
struct Reader {
    concurrency: usize,
    /// The time that it spends on each entry.
    time_per_entry: Duration,
    /// The time after which it drops the future of the next entry and creates another.
    patience: Duration,
}

fn config() -> ProptestConfig {
    ProptestConfig { cases: 1024, rng_seed: RngSeed::Fixed(0x5a11a), failure_persistence: None, ..Default::default() }
}

fn millis(range: std::ops::RangeInclusive<u64>) -> impl Strategy<Value = Duration> {
    range.prop_map(Duration::from_millis)
}

fn reader() -> impl Strategy<Value = Reader> {
    (1..=9_usize, prop_oneof![Just(Duration::ZERO), millis(1..=40)], millis(1..=60))
        .prop_map(|(concurrency, time_per_entry, patience)| Reader { concurrency, time_per_entry, patience })
}

fn faultless() -> impl Strategy<Value = Script> {
    let latencies = prop::collection::vec(millis(0..=50), 1..=9);
    (0..=60_i64, 1..=8_i64, latencies, any::<bool>()).prop_map(|(entries, per_page, latencies, numbered)| Script {
        numbered,
        latencies,
        ..Script::new(entries, per_page)
    })
}

fn kind() -> impl Strategy<Value = Kind> {
    prop_oneof![
        (1..=9_i64).prop_map(Kind::OtherPage),
        (1..=9_i64).prop_map(Kind::EntriesOfPage),
        prop_oneof![-1..=20_i64, Just(MAX_PAGES + 1), Just(i64::MAX)].prop_map(Kind::TotalPages),
        prop_oneof![-1..=80_i64, Just(i64::MAX)].prop_map(Kind::Total),
        (1..=8_usize).prop_map(Kind::MissingEntries),
        (1..=8_u64).prop_map(Kind::ExtraEntries),
        Just(Kind::Fails),
    ]
}

/// Returns lists with a fault on one page or on all pages that can be detected.
fn faulty() -> impl Strategy<Value = Script> {
    let script = (faultless(), kind(), any::<Option<prop::sample::Index>>()).prop_map(|(script, kind, page)| {
        let on = page.map(|page| page_of(&script, page));
        Script { fault: Some(Fault { on, kind }), ..script }
    });
    script.prop_filter("the fault can be detected", |script| !has_equal_neighbours(script))
}

/// Reports whether pages with a single entry repeat the page beside them. Such a list may well have equal entries.
fn has_equal_neighbours(script: &Script) -> bool {
    let Some(Fault { on, kind: Kind::EntriesOfPage(page) | Kind::OtherPage(page) }) = script.fault else {
        return false;
    };
    script.per_page == 1 && on.is_none_or(|on| (on - page).abs() == 1)
}

/// Returns lists that are read from a later page, but not from the last one, with or without a fault on one of the
/// pages that are read. Faults that such a reader cannot always detect are left out.
fn from_a_later_page() -> impl Strategy<Value = Script> {
    let fault = kind()
        .prop_filter("the fault can be detected", |kind| !matches!(kind, Kind::EntriesOfPage(_) | Kind::TotalPages(_)));
    let later = (faultless(), any::<prop::sample::Index>(), prop::option::of((fault, any::<prop::sample::Index>())));
    later.prop_filter_map("there are not enough pages", |(script, start, fault)| {
        let start = page_of(&script, start);
        let fault = fault.map(|(kind, page)| Fault { on: Some(page_of(&script, page).max(start)), kind });
        (start > 1 && start < script.pages()).then(|| Script { fault, numbered: true, ..script.start(start) })
    })
}

fn page_of(script: &Script, index: prop::sample::Index) -> i64 {
    1 + i64::try_from(index.index(usize::try_from(script.pages()).unwrap())).unwrap()
}

/// Reads a stream to its end. Sometimes drops the future of the next entry.
async fn read(mut items: Items<List>, reader: &Reader) -> Result<Vec<u64>, Failure> {
    let mut entries = Vec::new();
    loop {
        let Ok(next) = tokio::time::timeout(reader.patience, items.next()).await else { continue };
        match next {
            Some(Ok(entry)) => entries.push(entry),
            Some(Err(error)) => {
                assert!(items.next().await.is_none(), "an error ends the stream");
                return Err(error);
            }
            None => return Ok(entries),
        }
        if !reader.time_per_entry.is_zero() {
            tokio::time::sleep(reader.time_per_entry).await;
        }
    }
}

/// Returns the entries or the error of a stream. Checks that no page was requested twice, and that the stream never had
/// too many pages at a time.
fn outcome(script: &Script, reader: &Reader) -> Result<Vec<u64>, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    let list = script.clone().serve();
    let outcome = runtime.block_on(async {
        let reading = read(list.items().concurrency(reader.concurrency), reader);
        let outcome = tokio::time::timeout(Duration::from_secs(3600), reading).await.expect("the stream ends");
        // Cancelled requests are dropped when their tasks run next.
        tokio::task::yield_now().await;
        outcome
    });
    let mut requested = list.requested_pages();
    requested.sort_unstable();
    requested.dedup();
    assert_eq!(requested.len(), list.requested_pages().len(), "each page is requested once");
    assert!(list.peak_live_pages() <= reader.concurrency, "{} pages at a time", list.peak_live_pages());
    assert_eq!(list.live_pages(), 0, "all pages are dropped");
    outcome
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_list_without_faults_is_read_completely_and_in_order(script in faultless(), reader in reader()) {
        prop_assert_eq!(outcome(&script, &reader).unwrap(), script.expected_entries());
    }

    #[test]
    fn a_list_with_a_fault_is_read_in_order_or_ends_with_an_error(script in faulty(), reader in reader()) {
        if let Ok(entries) = outcome(&script, &reader) {
            prop_assert_eq!(entries, script.expected_entries());
        }
    }

    #[test]
    fn a_list_is_read_from_a_later_page_to_its_end_or_ends_with_an_error(
        script in from_a_later_page(), reader in reader()
    ) {
        match outcome(&script, &reader) {
            Ok(entries) => prop_assert_eq!(entries, script.expected_entries()),
            Err(error) => prop_assert!(script.fault.is_some(), "{}", error),
        }
    }
}
