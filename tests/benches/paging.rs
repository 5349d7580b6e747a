//! Measures the time to read a history of a hundred pages from a server with a latency of 50 ms: one page at a time,
//! and eight at a time. The first page reveals the number of the others, so eight at a time take 1 + ⌈99 ÷ 8⌉ = 14
//! rounds, or 700 ms.

use std::hint::black_box;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, SamplingMode, criterion_group, criterion_main};
use futures_util::TryStreamExt as _;
use salla_loyalty_points::Client;
use salla_loyalty_points::types::LoyaltyPointsEntry;
use salla_loyalty_points_tests::fake::FakeApi;
use tokio::runtime::Runtime;

const PAGES: u64 = 100;
const PER_PAGE: u64 = 30;
const LATENCY: Duration = Duration::from_millis(50);

async fn history(client: &Client, concurrency: usize) -> Vec<LoyaltyPointsEntry> {
    let history = client.list_customer_loyalty_points().customer_id("1257881496").stream();
    history.concurrency(concurrency).try_collect().await.expect("the whole history")
}

fn paging(criterion: &mut Criterion) {
    let runtime = Runtime::new().expect("a runtime");
    let fake = FakeApi::builder().entries(PAGES * PER_PAGE).per_page(PER_PAGE).latency(LATENCY).unrecorded();
    let fake = runtime.block_on(fake.start());
    let client = Client::builder().token("any").base_url(fake.base_url()).build().expect("a client");
    let mut group = criterion.benchmark_group("paging");
    group.sampling_mode(SamplingMode::Flat).sample_size(10).warm_up_time(Duration::from_millis(1));
    for concurrency in [8, 1] {
        group.bench_function(BenchmarkId::new("concurrency", concurrency), |bencher| {
            bencher.iter(|| {
                let entries = runtime.block_on(history(&client, concurrency));
                assert_eq!(entries.len() as u64, PAGES * PER_PAGE);
                black_box(entries)
            });
        });
    }
    group.finish();
}

criterion_group!(benches, paging);
criterion_main!(benches);
