//! The accept loop, the layer that every request passes, and the documented endpoint behind it.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use axum::body::Bytes;
use axum::extract::{Extension, Request, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Json, Router, middleware};
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::fault::{self, Fault, Lie};
use super::limits::{Bucket, Clock, http_date};
use super::page::{self, Ask, List};
use super::wire::{Ending, Extent, Reply, Wire};
use super::{API_PATH, Received, Settings};

const POINTS_PATH: &str = "/customers/loyalty/points";

/// A fault, and which requests meet it.
#[derive(Debug)]
pub(super) struct Rule {
    pub(super) when: When,
    pub(super) fault: Fault,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum When {
    Always,
    /// The request with this number.
    Request(usize),
    /// The requests before the one with this number.
    Before(usize),
    /// The requests for this page.
    Page(u64),
}

impl When {
    fn holds(self, number: usize, page: u64) -> bool {
        match self {
            Self::Always => true,
            Self::Request(which) => which == number,
            Self::Before(end) => number < end,
            Self::Page(which) => which == page,
        }
    }
}

/// What all connections share.
pub(super) struct Server {
    settings: Settings,
    points_url: String,
    clock: Clock,
    entries: AtomicU64,
    token: Mutex<Option<String>>,
    rules: Mutex<Vec<Rule>>,
    bucket: Mutex<Bucket>,
    received: Mutex<Vec<Received>>,
    arrived: AtomicUsize,
    refused: AtomicUsize,
    busy: AtomicUsize,
    most_busy: AtomicUsize,
}

/// The value behind a lock. A test that failed while it held the lock has said so already.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Server {
    pub(super) fn new(mut settings: Settings, rules: Vec<Rule>, base_url: String) -> Self {
        Self {
            points_url: base_url + POINTS_PATH,
            clock: Clock::start(),
            entries: settings.entries.into(),
            token: settings.token.take().into(),
            rules: rules.into(),
            bucket: Bucket::new(settings.rate_limit).into(),
            received: Mutex::default(),
            arrived: 0.into(),
            refused: 0.into(),
            busy: 0.into(),
            most_busy: 0.into(),
            settings,
        }
    }

    pub(super) fn received(&self) -> Vec<Received> {
        lock(&self.received).clone()
    }

    pub(super) fn request_count(&self) -> usize {
        self.arrived.load(Ordering::Relaxed)
    }

    pub(super) fn refused_count(&self) -> usize {
        self.refused.load(Ordering::Relaxed)
    }

    pub(super) fn most_at_once(&self) -> usize {
        self.most_busy.load(Ordering::Relaxed)
    }

    pub(super) fn set_entries(&self, entries: u64) {
        self.entries.store(entries, Ordering::Relaxed);
    }

    pub(super) fn set_token(&self, token: String) {
        *lock(&self.token) = Some(token);
    }

    pub(super) fn set_rules(&self, rules: Vec<Rule>) {
        *lock(&self.rules) = rules;
    }

    /// Writes the request down. Its number is its place in the order of arrival.
    fn record(&self, request: &Request) -> usize {
        let mut received = lock(&self.received);
        if self.settings.recorded {
            received.push(Received {
                method: request.method().clone(),
                path: request.uri().path().to_owned(),
                query: request.uri().query().map(str::to_owned),
                headers: request.headers().clone(),
                at: Instant::now(),
            });
        }
        self.arrived.fetch_add(1, Ordering::Relaxed)
    }

    fn fault_for(&self, number: usize, uri: &Uri) -> Option<Fault> {
        let page = Ask::parse(uri.query().unwrap_or_default()).page;
        let rules = lock(&self.rules);
        let rule = rules.iter().find(|rule| rule.when.holds(number, page));
        rule.map(|rule| rule.fault.clone())
    }

    fn is_admitted(&self, headers: &HeaderMap) -> bool {
        let header = headers.get(header::AUTHORIZATION);
        let given = header.and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
        match (given, &*lock(&self.token)) {
            (None | Some(""), _) => false,
            (Some(_), None) => true,
            (Some(given), Some(good)) => given == good,
        }
    }

    fn answer(&self, ask: &Ask, lie: Option<&Lie>) -> Value {
        let own = self.settings.customers.get(&ask.customer_id);
        let list = List {
            entries: own.map_or_else(|| self.entries.load(Ordering::Relaxed), |entries| *entries),
            per_page: self.settings.per_page,
            max_per_page: self.settings.max_per_page,
            url: &self.points_url,
        };
        list.answer(ask, lie)
    }
}

/// Counts a request as busy as long as it is held.
struct Busy<'a>(&'a Server);

impl<'a> Busy<'a> {
    fn enter(server: &'a Server) -> Self {
        let busy = server.busy.fetch_add(1, Ordering::Relaxed) + 1;
        server.most_busy.fetch_max(busy, Ordering::Relaxed);
        Self(server)
    }
}

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        self.0.busy.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Accepts connections until it is dropped, and drops them with itself.
pub(super) async fn serve(listener: TcpListener, server: Arc<Server>) {
    let router = router(server);
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => drop(connections.spawn(connection(stream, router.clone()))),
                // Out of file descriptors: room comes when a connection ends.
                Err(_) => drop(connections.join_next().await),
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn connection(stream: TcpStream, router: Router) {
    // Small writes go out at once; a socket that cannot do so is slower, not wrong.
    let _ = stream.set_nodelay(true);
    let wire = Wire::new(stream);
    let service = TowerToHyperService::new(router.layer(Extension(wire.clone())));
    // A connection that ends in an error was broken by the client, or by a fault.
    let _ = http1::Builder::new().serve_connection(TokioIo::new(wire), service).await;
}

fn router(server: Arc<Server>) -> Router {
    let missing = || async { fault::failure(StatusCode::NOT_FOUND, "Not Found") };
    let not_allowed = || async { fault::failure(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed") };
    Router::new()
        .route(&format!("{API_PATH}{POINTS_PATH}"), get(list_points))
        .method_not_allowed_fallback(not_allowed)
        .fallback(missing)
        .layer(middleware::from_fn_with_state(Arc::clone(&server), pass))
        .with_state(server)
}

/// The documented endpoint.
async fn list_points(
    State(server): State<Arc<Server>>,
    lie: Option<Extension<Lie>>,
    headers: HeaderMap,
    uri: Uri,
) -> Response {
    if !server.is_admitted(&headers) {
        return (StatusCode::UNAUTHORIZED, Json(page::unauthorized())).into_response();
    }
    let ask = Ask::parse(uri.query().unwrap_or_default());
    if ask.customer_id.is_empty() {
        let body = Json(page::validation_failed());
        return (StatusCode::UNPROCESSABLE_ENTITY, body).into_response();
    }
    Json(server.answer(&ask, lie.as_deref())).into_response()
}

/// What every request passes: it is recorded, takes its time, and meets its fault if there is one for it.
async fn pass(
    State(server): State<Arc<Server>>,
    Extension(wire): Extension<Wire>,
    request: Request,
    next: Next,
) -> Response {
    let _busy = Busy::enter(&server);
    let number = server.record(&request);
    if !server.settings.latency.is_zero() {
        tokio::time::sleep(server.settings.latency).await;
    }
    let fault = server.fault_for(number, request.uri());
    let exchange = Exchange { server: Arc::clone(&server), wire, request, next };
    let mut response = match fault {
        Some(fault) => fault.answer(exchange).await,
        None => exchange.healthy().await,
    };
    let date = http_date(server.clock.now());
    response.headers_mut().insert(header::DATE, date);
    response
}

/// One request, and all that it takes to answer it, well or badly.
pub(super) struct Exchange {
    server: Arc<Server>,
    wire: Wire,
    request: Request,
    next: Next,
}

impl Exchange {
    /// The answer of a healthy server, under its rate limit.
    pub(super) async fn healthy(self) -> Response {
        let verdict = lock(&self.server.bucket).take();
        let mut response = if verdict.refused_for.is_some() {
            self.server.refused.fetch_add(1, Ordering::Relaxed);
            fault::failure(StatusCode::TOO_MANY_REQUESTS, "Too Many Requests")
        } else {
            self.next.run(self.request).await
        };
        response.headers_mut().extend(verdict.headers(self.server.clock.now()));
        response
    }

    /// The headers and the body of a healthy answer.
    pub(super) async fn healthy_bytes(self) -> (HeaderMap, Bytes) {
        let (_, headers, body) = self.healthy_parts().await;
        (headers, body)
    }

    async fn healthy_parts(self) -> (StatusCode, HeaderMap, Bytes) {
        let (parts, body) = self.healthy().await.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await;
        let mut headers = parts.headers;
        headers.remove(header::CONTENT_LENGTH);
        (parts.status, headers, body.expect("a healthy body is in memory"))
    }

    /// A healthy answer that lies about paging.
    pub(super) async fn lying(mut self, lie: Lie) -> Response {
        self.request.extensions_mut().insert(lie);
        self.healthy().await
    }

    /// Part of a healthy answer, and the end of the connection.
    pub(super) async fn break_off(self, extent: Extent, ending: Ending) -> Response {
        let wire = self.wire.clone();
        let (status, headers, body) = self.healthy_parts().await;
        let length = body.len();
        let reply = Reply::new(status, &headers, body, length);
        wire.send_part(&reply, extent, ending).await;
        past_hyper()
    }

    /// A healthy answer, its head byte by byte.
    pub(super) async fn trickle(self, every: Duration) -> Response {
        let wire = self.wire.clone();
        let (status, headers, body) = self.healthy_parts().await;
        let length = body.len();
        let reply = Reply::new(status, &headers, body, length);
        wire.trickle(&reply, every).await;
        past_hyper()
    }

    /// A healthy answer that says it is half as long as it is.
    pub(super) async fn understate(self) -> Response {
        let wire = self.wire.clone();
        let (status, headers, body) = self.healthy_parts().await;
        let length = body.len() / 2;
        let reply = Reply::new(status, &headers, body, length);
        wire.send_whole(&reply).await;
        past_hyper()
    }

    /// The request as an echo service answers it.
    pub(super) fn echo(&self) -> Value {
        let headers: BTreeMap<_, _> = self
            .request
            .headers()
            .iter()
            .map(|(name, value)| (name.as_str(), String::from_utf8_lossy(value.as_bytes())))
            .collect();
        json!({
            "method": self.request.method().as_str(),
            "url": self.target(),
            "headers": headers,
        })
    }

    /// Path and query, as they were asked for.
    pub(super) fn target(&self) -> String {
        self.request.uri().to_string()
    }

    /// The time by the mock's clock.
    pub(super) fn now(&self) -> SystemTime {
        self.server.clock.now()
    }
}

/// What hyper is given once the connection is cut: it cannot send it.
fn past_hyper() -> Response {
    Response::default()
}
