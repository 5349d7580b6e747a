//! The parts that the benchmarks share: the fake server as another process, and the same request by the client and by
//! `reqwest` alone.

#![allow(dead_code, reason = "each benchmark uses a part of it")]

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use salla_loyalty_points::Client;
use salla_loyalty_points::types::LoyaltyPointsPage;
use salla_runtime::reqwest::{self, redirect::Policy};

pub const CUSTOMER: &str = "1257881496";

/// A token of the usual length.
const TOKEN: &str = "ory_at_0000000000000000000000000000000000000000000.0000000000000000000000000000000000000000000";

/// Reports whether this is a run of `cargo bench`. `cargo test --benches` runs the programs without `--bench`.
pub fn is_bench() -> bool {
    std::env::args().any(|argument| argument == "--bench")
}

/// The fake server as a process. Dropping this stops it.
pub struct FakeProcess {
    program: Child,
    pub base_url: String,
}

impl FakeProcess {
    /// Starts a server whose customers have this many entries each.
    pub fn start(entries: u64) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_fake-api"));
        command.args(["--entries", &entries.to_string(), "--per-page", "60"]).stdout(Stdio::piped());
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

/// Returns a client of `reqwest` with the minimal settings of a careful user: no redirects, no proxy, a timeout.
pub fn bare_client() -> reqwest::Client {
    // This build enables TLS in `reqwest` without a provider of cryptography.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = reqwest::Client::builder().no_proxy().redirect(Policy::none()).http1_only();
    let builder = builder.timeout(Duration::from_secs(30)).user_agent("bare-client/1.0");
    builder.build().expect("an HTTP client")
}

/// Returns the URL of the request to the server with this base URL.
pub fn url(base_url: &str) -> String {
    format!("{base_url}/customers/loyalty/points?customer_id={CUSTOMER}")
}

/// Sends the request with `reqwest` alone, and decodes the response into the client's types.
pub async fn bare(client: &reqwest::Client, url: &str) -> LoyaltyPointsPage {
    let request = client.get(url).bearer_auth(TOKEN);
    let response = request.header("accept", "application/json").send().await.expect("a response");
    let response = response.error_for_status().expect("a page");
    let body = response.bytes().await.expect("a whole page");
    serde_json::from_slice(&body).expect("the page decodes")
}

pub fn client(base_url: &str) -> Client {
    Client::builder().token(TOKEN).base_url(base_url).build().expect("a client")
}

/// Sends the request with the client.
pub async fn by_client(client: &Client) -> LoyaltyPointsPage {
    let page = client.list_customer_loyalty_points().customer_id(CUSTOMER).send().await;
    page.expect("a page").into_inner()
}
