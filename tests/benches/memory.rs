//! How much memory it takes to stream a million entries: the most that this process has held so far, after ten thousand,
//! a hundred thousand and a million of them. The mock is a process of its own, so that only the client is measured.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use futures_util::TryStreamExt as _;
use salla_loyalty_points::Client;

const ENTRIES: u64 = 1_000_000;
const MARKS: [u64; 4] = [1, 10_000, 100_000, ENTRIES];

/// The mock as a program. It stops when this is dropped.
struct MockApi {
    program: Child,
    base_url: String,
}

impl MockApi {
    fn start() -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mock-api"));
        command.args(["--entries", &ENTRIES.to_string(), "--per-page", "60"]).stdout(Stdio::piped());
        let mut program = command.spawn().expect("the mock starts");
        let stdout = program.stdout.take().expect("its output is piped");
        let mut lines = BufReader::new(stdout).lines().map_while(Result::ok);
        let base_url = lines.find_map(|line| line.strip_prefix("export SALLA_BASE_URL=").map(str::to_owned));
        Self { program, base_url: base_url.expect("the mock says where it is") }
    }
}

impl Drop for MockApi {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

/// The most memory that this process has held, as Linux tells it.
fn peak() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.map_or_else(|| "not known here".to_owned(), |size| size.trim().to_owned())
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    // `cargo test --benches` only wants to know that it is there.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    for concurrency in [2, 8] {
        stream(concurrency).await;
    }
}

async fn stream(concurrency: usize) {
    let mock = MockApi::start();
    let client = Client::builder().token("any").base_url(&mock.base_url).build().expect("a client");
    let history = client.list_customer_loyalty_points().customer_id("1257881496").stream();
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
