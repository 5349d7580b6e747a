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
        let (client, bare_client, url) =
            (support::client(&fake.base_url), support::bare_client(), support::url(&fake.base_url));
        let by_client = || {
            let client = client.clone();
            async move { support::by_client(&client).await.data.len() }
        };
        let by_reqwest = || {
            let (client, url) = (bare_client.clone(), url.clone());
            async move { support::bare(&client, &url).await.data.len() }
        };
        let (mut client_rates, mut bare_rates) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            bare_rates.push(rate(by_reqwest).await);
            client_rates.push(rate(by_client).await);
        }
        let (client, bare) = (median(client_rates), median(bare_rates));
        let ratio = client / bare;
        println!("pages of {entries}: {client:.0} requests/s by the client, {bare:.0} by reqwest, ratio {ratio:.2}");
    }
}

/// Returns the number of requests per second, of [`CONCURRENT`] requests that begin at the same time.
async fn rate<F: Future<Output = usize> + Send + 'static>(send: impl Fn() -> F) -> f64 {
    let start = Instant::now();
    let requests: Vec<_> = (0..CONCURRENT).map(|_| tokio::spawn(send())).collect();
    for request in requests {
        assert!(request.await.expect("the request succeeds") > 0);
    }
    f64::from(CONCURRENT) / start.elapsed().as_secs_f64()
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates[rates.len() / 2]
}
