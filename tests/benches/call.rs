//! Compares the time of a call by the client with that of the same request by `reqwest` alone. Both decode the response
//! of a fake server on this machine into the same types. The pages have one entry, where an overhead has the largest
//! share, and as many as the documented page.
//!
//! The client and the fake server share one thread: the scheduling of two threads would hide the overhead.

use std::hint::black_box;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use salla_loyalty_points::Client;
use salla_loyalty_points::types::LoyaltyPointsPage;
use salla_loyalty_points_tests::fake::FakeApi;
use salla_runtime::reqwest::{self, redirect::Policy};
use tokio::runtime;

const CUSTOMER: &str = "1257881496";

/// Returns a client of `reqwest` with the minimal settings of a careful user: no redirects, no proxy, a timeout.
fn bare_client() -> reqwest::Client {
    // This build enables TLS in `reqwest` without a provider of cryptography.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = reqwest::Client::builder().no_proxy().redirect(Policy::none()).http1_only();
    let builder = builder.timeout(Duration::from_secs(30)).user_agent("bare-client/1.0");
    builder.build().expect("an HTTP client")
}

async fn bare(client: &reqwest::Client, url: &str) -> LoyaltyPointsPage {
    let request = client.get(url).bearer_auth("any");
    let response = request.header("accept", "application/json").send().await.expect("a response");
    let response = response.error_for_status().expect("a page");
    let body = response.bytes().await.expect("a whole page");
    serde_json::from_slice(&body).expect("the page decodes")
}

async fn by_client(client: &Client) -> LoyaltyPointsPage {
    let page = client.list_customer_loyalty_points().customer_id(CUSTOMER).send().await;
    page.expect("a page").into_inner()
}

fn call(criterion: &mut Criterion) {
    let runtime = runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let mut group = criterion.benchmark_group("call");
    for entries in [1, 30] {
        let fake = runtime.block_on(FakeApi::builder().entries(entries).unrecorded().start());
        let url = format!("{}/customers/loyalty/points?customer_id={CUSTOMER}", fake.base_url());
        let reqwest = bare_client();
        let client = Client::builder().token("any").base_url(fake.base_url()).build().expect("a client");
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
