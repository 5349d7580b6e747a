//! Compares the time of a call by the client with that of the same request by `reqwest` alone. Both decode the response
//! of a fake server on this machine into the same types. The pages have one entry, where an overhead has the largest
//! share, and as many as the documented page.
//!
//! The calls alternate, so that other programs on the machine delay both alike. The client and the fake server share one
//! thread: the scheduling of two threads would hide the overhead.

mod support;

use std::hint::black_box;
use std::time::{Duration, Instant};

use salla_loyalty_points_tests::fake::FakeApi;
use tokio::runtime;

/// The number of calls by each. The first tenth is not counted.
const CALLS: usize = 20_000;

fn main() {
    if !support::is_bench() {
        return;
    }
    let runtime = runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    for entries in [1, 30] {
        let fake = runtime.block_on(FakeApi::builder().entries(entries).unrecorded().start());
        let url = support::url(&fake.base_url());
        let (client, reqwest) = (support::client(&fake.base_url()), support::bare_client());
        let (mut by_client, mut by_reqwest) = (Vec::with_capacity(CALLS), Vec::with_capacity(CALLS));
        for _ in 0..CALLS {
            by_reqwest.push(time(|| runtime.block_on(support::bare(&reqwest, &url))));
            by_client.push(time(|| runtime.block_on(support::by_client(&client))));
        }
        let (quick_client, client) = quartile_and_median(&mut by_client[CALLS / 10..]);
        let (quick_reqwest, reqwest) = quartile_and_median(&mut by_reqwest[CALLS / 10..]);
        println!("pages of {entries:>2}, median: {client:.1} µs by the client, {reqwest:.1} µs by reqwest");
        println!("pages of {entries:>2}, lower quartile: {quick_client:.1} µs and {quick_reqwest:.1} µs");
    }
}

fn time<T>(call: impl FnOnce() -> T) -> Duration {
    let start = Instant::now();
    black_box(call());
    start.elapsed()
}

/// Returns the lower quartile and the median in microseconds.
fn quartile_and_median(times: &mut [Duration]) -> (f64, f64) {
    times.sort_unstable();
    let micros = |index: usize| times[index].as_secs_f64() * 1e6;
    (micros(times.len() / 4), micros(times.len() / 2))
}
