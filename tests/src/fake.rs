//! A fake server of the API: it serves the documented operations on a free port of this machine, and can inject faults. A
//! test or an example starts it in one line, points a client at [`FakeApi::base_url`], and checks
//! [`FakeApi::requests`]. It stops when it is dropped. The program `fake-api` runs the same server.
//!
//! An update changes the histories that the server sends from then on. The entry of an update is the first of the
//! history. The other entries are created on request.
//!
//! It is not the `mock` of the client crate: that one replaces the network, this one is a server with a real socket.
//!
//! # Design
//!
//! axum routes the requests. hyper reads and writes the connections and keeps them open between requests, as production
//! does. A middleware in front of the route records each request and looks for a fault. A fault that HTTP can express
//! is an ordinary response. For any other fault, the handler uses a second handle on its own connection: it writes raw
//! bytes without hyper, and then closes, resets or stalls the connection. So one accept loop serves both kinds, a fault
//! can affect any request of a connection, and an interrupted response is always the beginning of the normal one.
//!
//! All waits and dates use tokio's clock, so tests can pause the fake server's clock too.

mod fault;
mod limits;
mod messages;
mod page;
mod server;
mod update;
mod wire;

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::http::{HeaderMap, Method};
use tokio::net::{TcpListener, TcpSocket};
use tokio::task::JoinHandle;
use tokio::time::Instant;

pub use fault::{CannedResponse, Fault, PageFault, RetryAfter};
pub use limits::RateLimit;
pub use page::entry;
use server::{Rule, Server, When};

/// The path of the API's base URL, the same as in production.
const API_PATH: &str = "/admin/v2";

/// A running fake server. Dropping it stops it and closes its connections.
pub struct FakeApi {
    server: Arc<Server>,
    address: SocketAddr,
    task: JoinHandle<()>,
}

/// A request that the fake server received.
#[derive(Clone, Debug)]
pub struct ReceivedRequest {
    /// The method.
    pub method: Method,
    /// The percent-encoded path, such as `/admin/v2/customers/loyalty/points`.
    pub path: String,
    /// The percent-encoded query, if there was one.
    pub query: Option<String>,
    /// The headers.
    pub headers: HeaderMap,
    /// The time of its arrival, by tokio's clock.
    pub at: Instant,
}

impl ReceivedRequest {
    /// Returns the decoded value of a query parameter. Of several values, PHP uses the last one, and so does this.
    #[must_use]
    pub fn param(&self, name: &str) -> Option<String> {
        page::param(self.query.as_deref().unwrap_or_default(), name)
    }

    /// Returns the value of a header, if it is present and plain ASCII.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

impl FakeApi {
    /// Starts a fake server with the defaults of [`FakeApiBuilder`].
    ///
    /// # Panics
    ///
    /// When no port is free.
    pub async fn start() -> Self {
        Self::builder().start().await
    }

    /// Returns a builder for a fake server with other settings.
    pub fn builder() -> FakeApiBuilder {
        FakeApiBuilder::default()
    }

    /// Returns the base URL for the client, such as `http://127.0.0.1:40123/admin/v2`.
    #[must_use]
    pub fn base_url(&self) -> String {
        base_url(self.address)
    }

    /// Returns the requests received so far, in order of arrival.
    #[must_use]
    pub fn requests(&self) -> Vec<ReceivedRequest> {
        self.server.received()
    }

    /// Returns the number of requests received so far, whether or not they are recorded.
    #[must_use]
    pub fn request_count(&self) -> usize {
        self.server.request_count()
    }

    /// Returns the number of requests that got a 429 because they exceeded the [`RateLimit`].
    #[must_use]
    pub fn rate_limited_count(&self) -> usize {
        self.server.rate_limited_count()
    }

    /// Returns the largest number of requests that were in progress at the same time.
    #[must_use]
    pub fn peak_concurrency(&self) -> usize {
        self.server.peak_concurrency()
    }

    /// Sets the number of entries of each customer for whom [`FakeApiBuilder::customer`] set no number.
    pub fn set_entries(&self, entries: u64) {
        self.server.set_entries(entries);
    }

    /// Sets the only token that the server accepts from now on.
    pub fn set_token(&self, token: impl Into<String>) {
        self.server.set_token(token.into());
    }

    /// Applies this fault to every request from now on, in place of all other faults.
    pub fn inject(&self, fault: Fault) {
        let when = When::Always;
        self.server.set_rules(vec![Rule { when, fault }]);
    }

    /// Removes all faults.
    pub fn clear_faults(&self) {
        self.server.set_rules(Vec::new());
    }

    /// Stops the server. When this returns, nothing listens on its port, and its connections are closing.
    pub async fn stop(mut self) {
        self.task.abort();
        // The result is "cancelled", as intended.
        let _ = (&mut self.task).await;
    }
}

impl Drop for FakeApi {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn base_url(address: SocketAddr) -> String {
    format!("http://{address}{API_PATH}")
}

/// The settings of a [`FakeApi`]. By default, every customer has 39 entries, in pages of 30, as in the documented
/// response. Any token is accepted. There is no latency and no fault, and the rate limit is out of reach.
#[derive(Debug)]
#[must_use = "a builder does nothing before `start`"]
pub struct FakeApiBuilder {
    settings: Settings,
    rules: Vec<Rule>,
    port: u16,
}

/// The settings of the server at its start. [`FakeApi::set_entries`] and [`FakeApi::set_token`] can change two of them.
#[derive(Debug)]
struct Settings {
    entries: u64,
    customers: BTreeMap<String, u64>,
    per_page: u64,
    max_per_page: u64,
    latency: Duration,
    rate_limit: RateLimit,
    token: Option<String>,
    scopes: Option<BTreeSet<String>>,
    recorded: bool,
}

impl Default for FakeApiBuilder {
    fn default() -> Self {
        let settings = Settings {
            entries: page::documented_number("/pagination/total"),
            customers: BTreeMap::new(),
            per_page: page::documented_number("/pagination/perPage"),
            max_per_page: page::MAX_PER_PAGE,
            latency: Duration::ZERO,
            rate_limit: RateLimit::none(),
            token: None,
            scopes: None,
            recorded: true,
        };
        Self { settings, rules: Vec::new(), port: 0 }
    }
}

impl FakeApiBuilder {
    /// Sets the number of entries of each customer. Entries are created on request, so a million cost nothing.
    pub fn entries(mut self, entries: u64) -> Self {
        self.settings.entries = entries;
        self
    }

    /// Sets the number of entries of one customer.
    pub fn customer(mut self, id: impl Into<String>, entries: u64) -> Self {
        self.settings.customers.insert(id.into(), entries);
        self
    }

    /// Sets the page size for requests without `per_page`. It is at least 1.
    pub fn per_page(mut self, per_page: u64) -> Self {
        self.settings.per_page = per_page.max(1);
        self
    }

    /// Sets the largest page size, whatever a request asks for. It is at least 1; the default is 60.
    pub fn max_per_page(mut self, max: u64) -> Self {
        self.settings.max_per_page = max.max(1);
        self
    }

    /// Sets the delay before each response.
    pub fn latency(mut self, latency: Duration) -> Self {
        self.settings.latency = latency;
        self
    }

    /// Sets the rate limit. A request counts against it if its fault damages a normal response, but not if its fault
    /// replaces the response.
    pub fn rate_limit(mut self, limit: RateLimit) -> Self {
        self.settings.rate_limit = limit;
        self
    }

    /// Sets the only token that the server accepts.
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.settings.token = Some(token.into());
        self
    }

    /// Sets the scopes of every token. By default, a token has all scopes.
    pub fn scopes<S: Into<String>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        self.settings.scopes = Some(scopes.into_iter().map(Into::into).collect());
        self
    }

    /// Counts requests without recording them, for long runs in which the records would use much memory.
    pub fn unrecorded(mut self) -> Self {
        self.settings.recorded = false;
        self
    }

    /// Sets the port to listen on. The default is any free port.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Applies this fault to every request. If several faults match a request, the one that was added first applies.
    pub fn fault(self, fault: Fault) -> Self {
        self.rule(When::Always, fault)
    }

    /// Applies this fault to the request with this number. The first request has number 0.
    pub fn fault_on(self, number: usize, fault: Fault) -> Self {
        self.rule(When::Request(number), fault)
    }

    /// Applies this fault to the first `count` requests.
    pub fn fault_first(self, count: usize, fault: Fault) -> Self {
        self.rule(When::Before(count), fault)
    }

    /// Applies these faults to the first requests, one to each. Later requests get normal responses.
    pub fn faults(self, faults: impl IntoIterator<Item = Fault>) -> Self {
        let numbered = faults.into_iter().enumerate();
        numbered.fold(self, |builder, (number, fault)| builder.fault_on(number, fault))
    }

    /// Applies this fault to every request for this page of a list. Pages are numbered from 1.
    pub fn fault_on_page(self, page: u64, fault: Fault) -> Self {
        self.rule(When::Page(page), fault)
    }

    fn rule(mut self, when: When, fault: Fault) -> Self {
        self.rules.push(Rule { when, fault });
        self
    }

    /// Starts the server.
    ///
    /// # Panics
    ///
    /// When the port is not free.
    pub async fn start(self) -> FakeApi {
        self.try_start().await.expect("the fake server needs a free port")
    }

    /// Starts the server.
    ///
    /// # Errors
    ///
    /// When the port is not free.
    pub async fn try_start(self) -> io::Result<FakeApi> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, self.port)).await?;
        self.serve(listener)
    }

    /// Starts the server on a port that refused connections until now.
    ///
    /// # Panics
    ///
    /// When the system cannot listen on the port.
    #[must_use]
    pub fn start_on(self, port: ClosedPort) -> FakeApi {
        const BACKLOG: u32 = 128;
        port.socket.listen(BACKLOG).and_then(|listener| self.serve(listener)).expect("the port is reserved")
    }

    fn serve(self, listener: TcpListener) -> io::Result<FakeApi> {
        let address = listener.local_addr()?;
        let server = Arc::new(Server::new(self.settings, self.rules, base_url(address)));
        let task = tokio::spawn(server::serve(listener, Arc::clone(&server)));
        Ok(FakeApi { server, address, task })
    }
}

/// A port of this machine on which nothing listens: it refuses connections. It is reserved until this is dropped.
#[derive(Debug)]
pub struct ClosedPort {
    address: SocketAddr,
    /// Bound, so that no other program gets the port, but not listening.
    socket: TcpSocket,
}

impl ClosedPort {
    /// Reserves a free port.
    ///
    /// # Panics
    ///
    /// When no port is free.
    #[must_use]
    pub fn reserve() -> Self {
        let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.bind(any).expect("a free port");
        let address = socket.local_addr().expect("a bound socket has an address");
        Self { address, socket }
    }

    /// Returns a base URL with this port.
    #[must_use]
    pub fn base_url(&self) -> String {
        base_url(self.address)
    }
}
