//! Measures the throughput of 2,000 concurrent requests by the client and by `reqwest` alone, in turns. Every request
//! must succeed. The fake server is another process.

mod support;

use std::future::Future;
use std::time::Instant;

use support::FakeProcess;

const CONCURRENT: u32 = 2000;
const ROUNDS: usize = 15;

#[tokio::main]
async fn main() {
    if !support::is_bench() {
        return;
    }
    for entries in [1, 30] {
        let fake = FakeProcess::start(entries);
        let (client, bare_client) = (support::client(&fake.base_url), support::bare_client());
        let url = support::url(&fake.base_url);
        let by_client = || {
            let client = client.clone();
            async move { support::by_client(&client).await.data.len() }
        };
        let by_reqwest = || {
            let (client, url) = (bare_client.clone(), url.clone());
            async move { support::bare(&client, &url).await.data.len() }
        };
        let (mut client, mut reqwest) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            reqwest.push(measure(by_reqwest).await);
            client.push(measure(by_client).await);
        }
        print(entries, "reqwest", &reqwest);
        print(entries, "client", &client);
    }
}

/// The measurement of [`CONCURRENT`] requests that begin at the same time.
struct Measurement {
    requests_per_second: f64,
    /// The time of the processor that this process uses, without the server.
    cpu_micros_per_request: f64,
}

async fn measure<F: Future<Output = usize> + Send + 'static>(send: impl Fn() -> F) -> Measurement {
    let (start, cpu) = (Instant::now(), cpu_micros());
    let requests: Vec<_> = (0..CONCURRENT).map(|_| tokio::spawn(send())).collect();
    for request in requests {
        assert!(request.await.expect("the request succeeds") > 0);
    }
    Measurement {
        requests_per_second: f64::from(CONCURRENT) / start.elapsed().as_secs_f64(),
        cpu_micros_per_request: (cpu_micros() - cpu) / f64::from(CONCURRENT),
    }
}

/// Returns the time of the processor that the threads of this process used, as Linux reports it, or 0.
fn cpu_micros() -> f64 {
    let threads = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let nanos = threads.filter_map(|thread| {
        let text = std::fs::read_to_string(thread.path().join("schedstat")).ok()?;
        text.split(' ').next()?.parse::<f64>().ok()
    });
    nanos.sum::<f64>() / 1000.0
}

fn print(entries: u64, by: &str, measurements: &[Measurement]) {
    let rate = median(measurements.iter().map(|one| one.requests_per_second).collect());
    let cpu = median(measurements.iter().map(|one| one.cpu_micros_per_request).collect());
    println!("pages of {entries:>2}, {by:>7}: {rate:>5.0} requests/s, {cpu:.1} µs of CPU for each");
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates[rates.len() / 2]
}
