//! What holds for every list, every fault and every reader: all of the list in order, or an error.
//!
//! One thing is wrong with a list at a time: two lies that agree with each other are beyond any reader. So are lies
//! about pages that are not read, where a list is read from a later page: how many entries the pages before hold is
//! known only as far as the pages that are read tell it.

use std::time::Duration;

use futures_util::StreamExt as _;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use salla_runtime::{Items, MAX_PAGES};

use crate::scripted::{Failure, Fault, Kind, List, Script};

/// How a list is read.
#[derive(Clone, Debug)]
struct Reader {
    concurrency: usize,
    /// How long it looks at each entry.
    per_entry: Duration,
    /// How long it waits for an entry before it drops the future and asks again.
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
        .prop_map(|(concurrency, per_entry, patience)| Reader { concurrency, per_entry, patience })
}

fn healthy() -> impl Strategy<Value = Script> {
    let latencies = prop::collection::vec(millis(0..=50), 1..=9);
    (0..=60_i64, 1..=8_i64, latencies, any::<bool>()).prop_map(|(entries, per_page, latencies, numbered)| Script {
        numbered,
        latencies,
        ..Script::of(entries, per_page)
    })
}

fn kind() -> impl Strategy<Value = Kind> {
    prop_oneof![
        (1..=9_i64).prop_map(Kind::Instead),
        (1..=9_i64).prop_map(Kind::Disguised),
        prop_oneof![-1..=20_i64, Just(MAX_PAGES + 1), Just(i64::MAX)].prop_map(Kind::TotalPages),
        prop_oneof![-1..=80_i64, Just(i64::MAX)].prop_map(Kind::Total),
        (1..=8_usize).prop_map(Kind::Short),
        (1..=8_u64).prop_map(Kind::Extra),
        Just(Kind::Fails),
    ]
}

/// A list with a fault on one of its pages, or on all of them.
fn faulty() -> impl Strategy<Value = Script> {
    (healthy(), kind(), any::<Option<prop::sample::Index>>()).prop_map(|(script, kind, page)| {
        let on = page.map(|page| page_of(&script, page));
        Script { fault: Some(Fault { on, kind }), ..script }
    })
}

/// A list that is read from a later page, but not from its last, with or without a fault on one of the pages that are
/// read. A wrong number of pages is the one fault that such a reader cannot always tell.
fn from_a_later_page() -> impl Strategy<Value = Script> {
    let fault = kind().prop_filter("told by the pages that are read", |kind| {
        !matches!(kind, Kind::Disguised(_) | Kind::TotalPages(_))
    });
    let later = (healthy(), any::<prop::sample::Index>(), prop::option::of((fault, any::<prop::sample::Index>())));
    later.prop_filter_map("there are not enough pages", |(script, start, fault)| {
        let start = page_of(&script, start);
        let fault = fault.map(|(kind, page)| Fault { on: Some(page_of(&script, page).max(start)), kind });
        (start > 1 && start < script.pages()).then(|| Script { fault, numbered: true, ..script.start(start) })
    })
}

fn page_of(script: &Script, index: prop::sample::Index) -> i64 {
    1 + i64::try_from(index.index(usize::try_from(script.pages()).unwrap())).unwrap()
}

/// All that the stream gives, to a reader that now and then drops the future of the next entry.
async fn read(mut items: Items<List>, reader: &Reader) -> Result<Vec<u64>, Failure> {
    let mut entries = Vec::new();
    loop {
        let Ok(next) = tokio::time::timeout(reader.patience, items.next()).await else { continue };
        match next {
            Some(Ok(entry)) => entries.push(entry),
            Some(Err(error)) => {
                assert!(items.next().await.is_none(), "after an error the stream is over");
                return Err(error);
            }
            None => return Ok(entries),
        }
        if !reader.per_entry.is_zero() {
            tokio::time::sleep(reader.per_entry).await;
        }
    }
}

/// The entries or the error, once it is sure that no page was asked for twice, and that never too many were held.
fn outcome(script: &Script, reader: &Reader) -> Result<Vec<u64>, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    let list = script.clone().serve();
    let outcome = runtime.block_on(async {
        let reading = read(list.items().concurrency(reader.concurrency), reader);
        tokio::time::timeout(Duration::from_secs(3600), reading).await.expect("it ends")
    });
    let mut asked = list.asked();
    asked.sort_unstable();
    asked.dedup();
    assert_eq!(asked.len(), list.asked().len(), "each page is asked for once");
    assert!(list.most_held() <= reader.concurrency, "{} pages were held", list.most_held());
    assert_eq!(list.held(), 0, "nothing is left behind");
    outcome
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_healthy_list_is_read_whole_and_in_order(script in healthy(), reader in reader()) {
        prop_assert_eq!(outcome(&script, &reader).unwrap(), script.truth());
    }

    #[test]
    fn a_faulty_list_is_read_whole_and_in_order_or_ends_in_an_error(script in faulty(), reader in reader()) {
        if let Ok(entries) = outcome(&script, &reader) {
            prop_assert_eq!(entries, script.truth());
        }
    }

    #[test]
    fn a_list_from_a_later_page_on_is_read_to_its_end_or_ends_in_an_error(
        script in from_a_later_page(), reader in reader()
    ) {
        match outcome(&script, &reader) {
            Ok(entries) => prop_assert_eq!(entries, script.truth()),
            Err(error) => prop_assert!(script.fault.is_some(), "{}", error),
        }
    }
}
