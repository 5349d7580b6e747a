//! Measures the memory of streaming a million entries: the peak of this process after one, ten thousand, a hundred
//! thousand and a million entries. The fake server is another process, so only the client's memory is measured.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use salla_loyalty_points::Client;

const ENTRIES: u64 = 1_000_000;
const MARKS: [u64; 4] = [1, 10_000, 100_000, ENTRIES];

/// The fake server as a process. Dropping this stops it.
struct FakeProcess {
    program: Child,
    base_url: String,
}

impl FakeProcess {
    fn start() -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_fake-api"));
        command.args(["--entries", &ENTRIES.to_string(), "--per-page", "60"]).stdout(Stdio::piped());
        let mut program = command.spawn().expect("the fake server starts");
        let stdout = program.stdout.take().expect("its output is piped");
        let mut lines = BufReader::new(stdout).lines().map_while(Result::ok);
        let base_url = lines.find_map(|line| line.strip_prefix("export SALLA_BASE_URL=").map(str::to_owned));
        Self { program, base_url: base_url.expect("the fake server prints its address") }
    }
}

impl Drop for FakeProcess {
    fn drop(&mut self) {
        // An error means that it has ended already.
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

/// Returns the peak memory of this process, as Linux reports it.
fn peak() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.map_or_else(|| "unknown on this system".to_owned(), |size| size.trim().to_owned())
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    // `cargo test --benches` runs this without `--bench`: do nothing then.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    for concurrency in [2, 8] {
        stream(concurrency).await;
    }
}

async fn stream(concurrency: usize) {
    let fake = FakeProcess::start();
    let client = Client::builder().token("any").base_url(&fake.base_url).build().expect("a client");
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
