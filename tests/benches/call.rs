//! What a call costs beside what it would cost without the client: the same request to the mock on this machine,
//! decoded into the same types, by the client and by `reqwest` alone. With one entry on the page, where an overhead
//! shows most, and with as many as the documented page has.
//!
//! Client and mock share one thread: which of two threads wakes the other first would show more than any overhead.

use std::hint::black_box;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use salla_loyalty_points::Client;
use salla_loyalty_points::types::LoyaltyPointsPage;
use salla_loyalty_points_tests::mock::Mock;
use salla_runtime::reqwest::{self, redirect::Policy};
use tokio::runtime;

const CUSTOMER: &str = "1257881496";

/// `reqwest` with the least that anyone sets who has a token to lose and no time to lose, and the same request.
fn bare_client() -> reqwest::Client {
    // Another part of this program's build has switched TLS on without choosing its cryptography.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = reqwest::Client::builder().no_proxy().redirect(Policy::none()).http1_only();
    let builder = builder.timeout(Duration::from_secs(30)).user_agent("bare-client/1.0");
    builder.build().expect("an HTTP client")
}

async fn bare(client: &reqwest::Client, url: &str) -> LoyaltyPointsPage {
    let request = client.get(url).bearer_auth("any");
    let response = request.header("accept", "application/json").send().await.expect("an answer");
    let response = response.error_for_status().expect("a page");
    let body = response.bytes().await.expect("a whole page");
    serde_json::from_slice(&body).expect("it decodes")
}

async fn by_client(client: &Client) -> LoyaltyPointsPage {
    let answer = client.list_customer_loyalty_points().customer_id(CUSTOMER).send().await;
    answer.expect("a page").into_inner()
}

fn call(criterion: &mut Criterion) {
    let runtime = runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let mut group = criterion.benchmark_group("call");
    for entries in [1, 30] {
        let mock = runtime.block_on(Mock::builder().entries(entries).unrecorded().start());
        let url = format!("{}/customers/loyalty/points?customer_id={CUSTOMER}", mock.base_url());
        let reqwest = bare_client();
        let client = Client::builder().token("any").base_url(mock.base_url()).build().expect("a client");
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
    // On a machine that does other things too, more samples tell more.
    config = Criterion::default().sample_size(200).measurement_time(Duration::from_secs(10));
    targets = call
}
criterion_main!(benches);
