//! The accept loop, the middleware for every request, and the documented operations.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use axum::body::Bytes;
use axum::extract::{Extension, Request, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
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

use super::fault::{self, Fault, PageFault};
use super::limits::{Clock, Counter, http_date};
use super::messages::Messages;
use super::page::{self, List, ListQuery};
use super::update::{self, Log, Update};
use super::wire::{Ending, RawResponse, SentPart, Wire};
use super::{API_PATH, ReceivedRequest, Settings};
use crate::documented;

const POINTS_PATH: &str = "/customers/loyalty/points";

/// A fault, and the requests to which it applies.
#[derive(Debug)]
pub(super) struct Rule {
    pub(super) when: When,
    pub(super) fault: Fault,
}

/// The requests to which a fault applies.
#[derive(Clone, Copy, Debug)]
pub(super) enum When {
    /// Every request.
    Always,
    /// The request with this number.
    Request(usize),
    /// The requests before the one with this number.
    Before(usize),
    /// The requests for this page of a list.
    Page(u64),
}

impl When {
    /// Reports whether the fault applies to a request. `page` is the page that it asks for, if it is for a list.
    fn matches(self, number: usize, page: Option<u64>) -> bool {
        match self {
            Self::Always => true,
            Self::Request(which) => which == number,
            Self::Before(end) => number < end,
            Self::Page(which) => page == Some(which),
        }
    }
}

/// The state that all connections share.
pub(super) struct Server {
    settings: Settings,
    points_url: String,
    clock: Clock,
    entries: AtomicU64,
    token: Mutex<Option<String>>,
    updates: Mutex<Log>,
    rules: Mutex<Vec<Rule>>,
    counter: Mutex<Counter>,
    received: Mutex<Vec<ReceivedRequest>>,
    request_count: AtomicUsize,
    rate_limited_count: AtomicUsize,
    in_flight: AtomicUsize,
    peak_in_flight: AtomicUsize,
}

/// Locks a mutex. A poisoned lock belongs to a test that has failed already.
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
            updates: Mutex::default(),
            rules: rules.into(),
            counter: Counter::new(settings.rate_limit).into(),
            received: Mutex::default(),
            request_count: 0.into(),
            rate_limited_count: 0.into(),
            in_flight: 0.into(),
            peak_in_flight: 0.into(),
            settings,
        }
    }

    pub(super) fn received(&self) -> Vec<ReceivedRequest> {
        lock(&self.received).clone()
    }

    pub(super) fn request_count(&self) -> usize {
        self.request_count.load(Ordering::Relaxed)
    }

    pub(super) fn rate_limited_count(&self) -> usize {
        self.rate_limited_count.load(Ordering::Relaxed)
    }

    pub(super) fn peak_concurrency(&self) -> usize {
        self.peak_in_flight.load(Ordering::Relaxed)
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

    /// Records the request. Returns its number in the order of arrival, counted from 0.
    fn record(&self, request: &Request) -> usize {
        let mut received = lock(&self.received);
        if self.settings.recorded {
            received.push(ReceivedRequest {
                method: request.method().clone(),
                path: request.uri().path().to_owned(),
                query: request.uri().query().map(str::to_owned),
                headers: request.headers().clone(),
                at: Instant::now(),
            });
        }
        self.request_count.fetch_add(1, Ordering::Relaxed)
    }

    /// Returns the fault that applies to a request, if there is one.
    fn fault_for(&self, number: usize, request: &Request) -> Option<Fault> {
        let is_list = request.method() == Method::GET;
        let page = is_list.then(|| ListQuery::parse(request.uri().query().unwrap_or_default()).page);
        let rules = lock(&self.rules);
        let rule = rules.iter().find(|rule| rule.when.matches(number, page));
        rule.map(|rule| rule.fault.clone())
    }

    /// Reports whether a request has an accepted token.
    fn is_authorized(&self, headers: &HeaderMap) -> bool {
        let header = headers.get(header::AUTHORIZATION);
        let token = header.and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
        match (token, &*lock(&self.token)) {
            (None | Some(""), _) => false,
            (Some(_), None) => true,
            (Some(token), Some(accepted)) => token == accepted,
        }
    }

    /// Returns the 401 for a request without an accepted token, or whose token lacks the scope of its operation.
    fn refusal(&self, headers: &HeaderMap, method: &str) -> Option<Response> {
        let body = if self.is_authorized(headers) {
            let granted = self.settings.scopes.as_ref()?;
            let required = documented::required_scopes(method);
            if required.iter().all(|scope| granted.contains(scope)) {
                return None;
            }
            page::lacks_scope(&required)
        } else {
            page::unauthorized()
        };
        Some((StatusCode::UNAUTHORIZED, Json(body)).into_response())
    }

    /// Returns the page that `query` asks for, with a fault if there is one.
    fn page(&self, query: &ListQuery, fault: Option<&PageFault>) -> Value {
        let own = self.settings.customers.get(&query.customer_id);
        let list = List {
            added: lock(&self.updates).of(&query.customer_id),
            entries: own.map_or_else(|| self.entries.load(Ordering::Relaxed), |entries| *entries),
            per_page: self.settings.per_page,
            max_per_page: self.settings.max_per_page,
            url: &self.points_url,
        };
        list.respond(query, fault)
    }
}

/// Counts a request as in progress until this is dropped.
struct InFlight<'a>(&'a Server);

impl<'a> InFlight<'a> {
    fn begin(server: &'a Server) -> Self {
        let in_flight = server.in_flight.fetch_add(1, Ordering::Relaxed) + 1;
        server.peak_in_flight.fetch_max(in_flight, Ordering::Relaxed);
        Self(server)
    }
}

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.0.in_flight.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Accepts and serves connections. Dropping the future closes all of them.
pub(super) async fn serve(listener: TcpListener, server: Arc<Server>) {
    let router = router(server);
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => drop(connections.spawn(connection(stream, router.clone()))),
                // Out of file descriptors: the end of a connection frees one.
                Err(_) => drop(connections.join_next().await),
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn connection(stream: TcpStream, router: Router) {
    // Sends small writes at once. A socket that cannot do that is slower, but works.
    let _ = stream.set_nodelay(true);
    let wire = Wire::new(stream);
    let service = TowerToHyperService::new(router.layer(Extension(wire.clone())));
    // An error means that the client or a fault interrupted the connection.
    let _ = http1::Builder::new().serve_connection(TokioIo::new(wire), service).await;
}

fn router(server: Arc<Server>) -> Router {
    let not_found = || async { fault::failure(StatusCode::NOT_FOUND, "Not Found") };
    let not_allowed = || async { fault::failure(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed") };
    Router::new()
        .route(&format!("{API_PATH}{POINTS_PATH}"), get(list_points).post(update_points))
        .method_not_allowed_fallback(not_allowed)
        .fallback(not_found)
        .layer(middleware::from_fn_with_state(Arc::clone(&server), intercept))
        .with_state(server)
}

/// Serves the history of a customer.
async fn list_points(
    State(server): State<Arc<Server>>,
    fault: Option<Extension<PageFault>>,
    headers: HeaderMap,
    uri: Uri,
) -> Response {
    if let Some(refusal) = server.refusal(&headers, "get") {
        return refusal;
    }
    let text = uri.query().unwrap_or_default();
    let mut messages = Messages::default();
    messages.check_query(text);
    if !messages.is_empty() {
        return (StatusCode::UNPROCESSABLE_ENTITY, Json(messages.into_body())).into_response();
    }
    let query = ListQuery::parse(text);
    if query.customer_id.is_empty() {
        let body = Json(page::validation_failed());
        return (StatusCode::UNPROCESSABLE_ENTITY, body).into_response();
    }
    Json(server.page(&query, fault.as_deref())).into_response()
}

/// Serves the update of loyalty points.
async fn update_points(State(server): State<Arc<Server>>, headers: HeaderMap, body: Bytes) -> Response {
    if let Some(refusal) = server.refusal(&headers, "post") {
        return refusal;
    }
    match Update::parse(&body) {
        Ok(update) => {
            lock(&server.updates).add(update, server.clock.now());
            (StatusCode::CREATED, Json(update::updated())).into_response()
        }
        Err((status, body)) => fault::CannedResponse::json(status, &body).into_response(),
    }
}

/// Records a request, waits for the latency, and responds: with the fault that applies, or normally.
async fn intercept(
    State(server): State<Arc<Server>>,
    Extension(wire): Extension<Wire>,
    request: Request,
    next: Next,
) -> Response {
    let _in_flight = InFlight::begin(&server);
    let number = server.record(&request);
    if !server.settings.latency.is_zero() {
        tokio::time::sleep(server.settings.latency).await;
    }
    let fault = server.fault_for(number, &request);
    let exchange = Exchange { server: Arc::clone(&server), wire, request, next };
    let mut response = match fault {
        Some(fault) => fault.respond(exchange).await,
        None => exchange.normal().await,
    };
    let date = http_date(server.clock.now());
    response.headers_mut().insert(header::DATE, date);
    response
}

/// One request, and everything that is needed to respond to it, normally or with a fault.
pub(super) struct Exchange {
    server: Arc<Server>,
    wire: Wire,
    request: Request,
    next: Next,
}

impl Exchange {
    /// Returns the normal response, or a 429 if the rate limit is exceeded.
    pub(super) async fn normal(self) -> Response {
        let admission = lock(&self.server.counter).admit();
        let mut response = if admission.retry_after.is_some() {
            self.server.rate_limited_count.fetch_add(1, Ordering::Relaxed);
            fault::failure(StatusCode::TOO_MANY_REQUESTS, "Too Many Requests")
        } else {
            self.next.run(self.request).await
        };
        response.headers_mut().extend(admission.headers(self.server.clock.now()));
        response
    }

    /// Returns the headers and the body of the normal response.
    pub(super) async fn normal_headers_and_body(self) -> (HeaderMap, Bytes) {
        let (_, headers, body) = self.normal_parts().await;
        (headers, body)
    }

    async fn normal_parts(self) -> (StatusCode, HeaderMap, Bytes) {
        let (parts, body) = self.normal().await.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await;
        let mut headers = parts.headers;
        headers.remove(header::CONTENT_LENGTH);
        (parts.status, headers, body.expect("a normal body is in memory"))
    }

    /// Returns the normal response with a fault in its page.
    pub(super) async fn with_page_fault(mut self, fault: PageFault) -> Response {
        self.request.extensions_mut().insert(fault);
        self.normal().await
    }

    /// Sends part of the normal response, and ends the connection.
    pub(super) async fn interrupt(self, part: SentPart, ending: Ending) -> Response {
        let wire = self.wire.clone();
        let (status, headers, body) = self.normal_parts().await;
        let length = body.len();
        let response = RawResponse::new(status, &headers, body, length);
        wire.send_part(&response, part, ending).await;
        placeholder_response()
    }

    /// Sends the normal response, its head byte by byte.
    pub(super) async fn send_head_slowly(self, interval: Duration) -> Response {
        let wire = self.wire.clone();
        let (status, headers, body) = self.normal_parts().await;
        let length = body.len();
        let response = RawResponse::new(status, &headers, body, length);
        wire.send_head_slowly(&response, interval).await;
        placeholder_response()
    }

    /// Sends the normal response with a `Content-Length` of half its length.
    pub(super) async fn with_short_content_length(self) -> Response {
        let wire = self.wire.clone();
        let (status, headers, body) = self.normal_parts().await;
        let length = body.len() / 2;
        let response = RawResponse::new(status, &headers, body, length);
        wire.send_whole(&response).await;
        placeholder_response()
    }

    /// Returns the request as JSON, as an echo service sends it.
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

    /// Returns the path and the query of the request.
    pub(super) fn target(&self) -> String {
        self.request.uri().to_string()
    }

    /// Returns the time of the fake server's clock.
    pub(super) fn now(&self) -> SystemTime {
        self.server.clock.now()
    }
}

/// Returns a response that is never sent: hyper needs one, but can no longer write to the connection.
fn placeholder_response() -> Response {
    Response::default()
}
