//! Compares the time of a call by the client with that of the same request by `reqwest` alone. Both decode the response
//! of a fake server on this machine into the same types. The pages have one entry, where an overhead has the largest
//! share, and as many as the documented page.
//!
//! The client and the fake server share one thread: the scheduling of two threads would hide the overhead.

mod support;

use std::hint::black_box;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use salla_loyalty_points_tests::fake::FakeApi;
use support::{bare, bare_client, by_client};
use tokio::runtime;

fn call(criterion: &mut Criterion) {
    let runtime = runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let mut group = criterion.benchmark_group("call");
    for entries in [1, 30] {
        let fake = runtime.block_on(FakeApi::builder().entries(entries).unrecorded().start());
        let url = support::url(&fake.base_url());
        let reqwest = bare_client();
        let client = support::client(&fake.base_url());
        group.bench_function(BenchmarkId::new("reqwest", entries), |bencher| {
            bencher.iter(|| black_box(runtime.block_on(bare(&reqwest, &url))));
        });
        group.bench_function(BenchmarkId::new("client", entries), |bencher| {
            bencher.iter(|| black_box(runtime.block_on(by_client(&client))));
        });
    }
    group.finish();
}

criterion_group! {
    name = benches;
    // More samples reduce the noise of other programs on the machine.
    config = Criterion::default().sample_size(200).measurement_time(Duration::from_secs(10));
    targets = call
}
criterion_main!(benches);
