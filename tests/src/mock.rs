//! The mock of the API: the documented endpoint on a free port of this machine, with faults that can be switched on.
//! A test or an example starts it in one line, points a client at [`Mock::base_url`], and asserts on
//! [`Mock::requests`]. It runs as long as it is held, and as a program by the name of `mock-api`.
//!
//! # How it is built
//!
//! axum has the route, hyper the connections, kept open from one request to the next as production keeps them. In front
//! of the route a layer records the request and decides whether a fault comes in. A fault within HTTP is an answer like
//! any other. A fault below HTTP takes the socket over: the handler holds a handle on its own connection, writes raw
//! bytes past hyper, and then closes, resets or stalls the connection. So a single accept loop serves both, a
//! fault can hit any request of a connection, and what breaks off is always the answer that a healthy
//! server would have given.
//!
//! Every wait and every date goes by tokio's clock, so a paused clock holds for the mock, too.

mod fault;
mod limits;
mod page;
mod server;
mod wire;

use std::collections::BTreeMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::http::{HeaderMap, Method};
use tokio::net::{TcpListener, TcpSocket};
use tokio::task::JoinHandle;
use tokio::time::Instant;

pub use fault::{Answer, Fault, Lie, RetryAfter};
pub use limits::RateLimit;
pub use page::entry;
use server::{Rule, Server, When};

/// Where the API begins, in production as here.
const API_PATH: &str = "/admin/v2";

/// A running mock. It stops when it is dropped, connections included.
pub struct Mock {
    server: Arc<Server>,
    address: SocketAddr,
    task: JoinHandle<()>,
}

/// A request as the mock received it.
#[derive(Clone, Debug)]
pub struct Received {
    /// The method.
    pub method: Method,
    /// The path, still encoded, such as `/admin/v2/customers/loyalty/points`.
    pub path: String,
    /// The query, still encoded, if there was one.
    pub query: Option<String>,
    /// The headers.
    pub headers: HeaderMap,
    /// When it came, by tokio's clock.
    pub at: Instant,
}

impl Received {
    /// The decoded value of a query parameter; the last one if there are several, as PHP has it.
    #[must_use]
    pub fn param(&self, name: &str) -> Option<String> {
        page::param(self.query.as_deref().unwrap_or_default(), name)
    }

    /// The value of a header, if it is there and plain ASCII.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

impl Mock {
    /// A healthy mock with the defaults of [`MockBuilder`].
    ///
    /// # Panics
    ///
    /// When no port is free.
    pub async fn start() -> Self {
        Self::builder().start().await
    }

    /// A mock with other settings.
    pub fn builder() -> MockBuilder {
        MockBuilder::default()
    }

    /// The base URL for the client, such as `http://127.0.0.1:40123/admin/v2`.
    #[must_use]
    pub fn base_url(&self) -> String {
        base_url(self.address)
    }

    /// Everything that was received so far, in the order in which it came.
    #[must_use]
    pub fn requests(&self) -> Vec<Received> {
        self.server.received()
    }

    /// How many requests were received so far, also when they are not recorded.
    #[must_use]
    pub fn request_count(&self) -> usize {
        self.server.request_count()
    }

    /// How many requests were answered 429 because the [`RateLimit`] was used up.
    #[must_use]
    pub fn refused_count(&self) -> usize {
        self.server.refused_count()
    }

    /// The most requests that were being answered at the same time.
    #[must_use]
    pub fn most_at_once(&self) -> usize {
        self.server.most_at_once()
    }

    /// From now on every customer that has no number of their own has this many entries.
    pub fn set_entries(&self, entries: u64) {
        self.server.set_entries(entries);
    }

    /// From now on no other token is good.
    pub fn set_token(&self, token: impl Into<String>) {
        self.server.set_token(token.into());
    }

    /// From now on every request meets this fault, whatever was planned.
    pub fn inject(&self, fault: Fault) {
        let when = When::Always;
        self.server.set_rules(vec![Rule { when, fault }]);
    }

    /// From now on there are no faults.
    pub fn heal(&self) {
        self.server.set_rules(Vec::new());
    }

    /// Stops the mock. When this returns, nothing listens on its port any more, and its connections are being closed.
    pub async fn stop(mut self) {
        self.task.abort();
        // It ends in "cancelled", which is what was asked for.
        let _ = (&mut self.task).await;
    }
}

impl Drop for Mock {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn base_url(address: SocketAddr) -> String {
    format!("http://{address}{API_PATH}")
}

/// What a [`Mock`] is started with. As it comes: 39 entries for every customer, 30 on a page, as in the documented
/// answer; any token is good; no latency, no faults, and a rate limit that is not reached.
#[derive(Debug)]
#[must_use = "nothing runs before `start`"]
pub struct MockBuilder {
    settings: Settings,
    rules: Vec<Rule>,
    port: u16,
}

/// What stays the same while the mock runs, but for what its setters change.
#[derive(Debug)]
struct Settings {
    entries: u64,
    customers: BTreeMap<String, u64>,
    per_page: u64,
    max_per_page: u64,
    latency: Duration,
    rate_limit: RateLimit,
    token: Option<String>,
    recorded: bool,
}

impl Default for MockBuilder {
    fn default() -> Self {
        let settings = Settings {
            entries: page::documented_number("/pagination/total"),
            customers: BTreeMap::new(),
            per_page: page::documented_number("/pagination/perPage"),
            max_per_page: page::MAX_PER_PAGE,
            latency: Duration::ZERO,
            rate_limit: RateLimit::none(),
            token: None,
            recorded: true,
        };
        Self { settings, rules: Vec::new(), port: 0 }
    }
}

impl MockBuilder {
    /// How many entries a customer has. They are made when they are asked for, so a million cost nothing.
    pub fn entries(mut self, entries: u64) -> Self {
        self.settings.entries = entries;
        self
    }

    /// How many entries this one customer has.
    pub fn customer(mut self, id: impl Into<String>, entries: u64) -> Self {
        self.settings.customers.insert(id.into(), entries);
        self
    }

    /// How many entries a page holds when the request does not say. At least 1.
    pub fn per_page(mut self, per_page: u64) -> Self {
        self.settings.per_page = per_page.max(1);
        self
    }

    /// The most entries that a page holds, whatever the request says: 60 unless set. At least 1.
    pub fn max_per_page(mut self, max: u64) -> Self {
        self.settings.max_per_page = max.max(1);
        self
    }

    /// How long every answer takes to begin.
    pub fn latency(mut self, latency: Duration) -> Self {
        self.settings.latency = latency;
        self
    }

    /// How many requests are let through. A fault that spoils a healthy answer counts, too; one that comes in its place
    /// does not.
    pub fn rate_limit(mut self, limit: RateLimit) -> Self {
        self.settings.rate_limit = limit;
        self
    }

    /// The only token that is good.
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.settings.token = Some(token.into());
        self
    }

    /// Counts requests without keeping them, for runs that are so long that keeping them would show.
    pub fn unrecorded(mut self) -> Self {
        self.settings.recorded = false;
        self
    }

    /// The port to listen on, instead of a free one.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Every request meets this fault. Of several faults that fit a request, the one that was given first is met.
    pub fn fault(self, fault: Fault) -> Self {
        self.rule(When::Always, fault)
    }

    /// The request with this number meets this fault. The first request is number 0.
    pub fn fault_on(self, number: usize, fault: Fault) -> Self {
        self.rule(When::Request(number), fault)
    }

    /// The first `count` requests meet this fault.
    pub fn fault_first(self, count: usize, fault: Fault) -> Self {
        self.rule(When::Before(count), fault)
    }

    /// The first requests meet these faults, one each; those after them are healthy.
    pub fn faults(self, faults: impl IntoIterator<Item = Fault>) -> Self {
        let numbered = faults.into_iter().enumerate();
        numbered.fold(self, |builder, (number, fault)| builder.fault_on(number, fault))
    }

    /// Every request for this page meets this fault. Pages are counted from 1.
    pub fn fault_on_page(self, page: u64, fault: Fault) -> Self {
        self.rule(When::Page(page), fault)
    }

    fn rule(mut self, when: When, fault: Fault) -> Self {
        self.rules.push(Rule { when, fault });
        self
    }

    /// Starts the mock.
    ///
    /// # Panics
    ///
    /// When the port is not free.
    pub async fn start(self) -> Mock {
        self.try_start().await.expect("the mock needs a free port")
    }

    /// Starts the mock.
    ///
    /// # Errors
    ///
    /// When the port is not free.
    pub async fn try_start(self) -> io::Result<Mock> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, self.port)).await?;
        let address = listener.local_addr()?;
        let server = Arc::new(Server::new(self.settings, self.rules, base_url(address)));
        let task = tokio::spawn(server::serve(listener, Arc::clone(&server)));
        Ok(Mock { server, address, task })
    }
}

/// A port of this machine where nothing listens: whoever connects is refused. It stays that way as long as this is held.
#[derive(Debug)]
pub struct ClosedPort {
    address: SocketAddr,
    /// Bound, so that nobody else gets the port; and not listening.
    _socket: TcpSocket,
}

impl ClosedPort {
    /// Takes a free port.
    ///
    /// # Panics
    ///
    /// When no port is free.
    #[must_use]
    pub fn take() -> Self {
        let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.bind(any).expect("a free port");
        let address = socket.local_addr().expect("a bound socket has an address");
        Self { address, _socket: socket }
    }

    /// The base URL that cannot be connected to.
    #[must_use]
    pub fn base_url(&self) -> String {
        base_url(self.address)
    }
}
