//! Measures the memory of streaming a million entries: the peak of this process after one, ten thousand, a hundred
//! thousand and a million entries. The fake server is another process, so only the client's memory is measured.

mod support;

use std::time::Instant;

use support::FakeProcess;

const ENTRIES: u64 = 1_000_000;
const MARKS: [u64; 4] = [1, 10_000, 100_000, ENTRIES];

/// Returns the peak memory of this process, as Linux reports it.
fn peak() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.map_or_else(|| "unknown on this system".to_owned(), |size| size.trim().to_owned())
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    if !support::is_bench() {
        return;
    }
    for concurrency in [2, 8] {
        stream(concurrency).await;
    }
}

async fn stream(concurrency: usize) {
    let fake = FakeProcess::start(ENTRIES);
    let history = support::client(&fake.base_url).list_customer_loyalty_points();
    let history = history.customer_id(support::CUSTOMER).stream();
    let mut history = history.concurrency(concurrency);
    let (start, mut entries, mut points) = (Instant::now(), 0, 0);
    while let Some(entry) = history.try_next().await.expect("the whole history") {
        entries += 1;
        points += entry.points;
        if MARKS.contains(&entries) {
            let seconds = start.elapsed().as_secs_f64();
            println!("{concurrency} pages at a time, {entries:>7} entries: peak {}, {seconds:.2} s", peak());
        }
    }
    assert_eq!(entries, ENTRIES);
    assert!(points > 0);
}
