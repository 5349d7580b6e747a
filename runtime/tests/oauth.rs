//! Refreshing tokens, against small token endpoints on this machine: the requests, their number and order, and the
//! state after a failure.

use std::collections::VecDeque;
use std::error::Error as StdError;
use std::fmt::Debug;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use salla_runtime::oauth::{MIN_AGE, RETRY_PAUSE, RefreshingToken, RefreshingTokenBuilder, SAVE_TIMEOUT, Tokens};
use salla_runtime::{AccessToken, BoxFuture, TokenError, TokenSource};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;

const CLIENT_ID: &str = "marked-id";
const SECRET: &str = "marked&=+/%SECRET";
const ACCESS: [&str; 4] = ["ory_at_marked-0", "ory_at_marked-1", "ory_at_marked-2", "ory_at_marked-3"];
const REFRESH: [&str; 4] = ["ory_rt_marked+0", "ory_rt_marked+1", "ory_rt_marked+2", "ory_rt_marked+3"];
/// The start of each test, in Unix seconds.
const NOW: u64 = 1_734_446_534;
/// The lifetime of the access tokens in seconds.
const LIFETIME: u64 = 14 * 24 * 3600;
const MARGIN: u64 = 5 * 60;
const PAUSE: u64 = RETRY_PAUSE.as_secs();

/// The reply of the token endpoint to a request.
enum Reply {
    /// Replies with the text.
    Text(String),
    /// Replies with the text after a signal.
    Delayed(String, oneshot::Receiver<()>),
    /// Closes the connection.
    Close,
    /// Keeps the connection open without a reply.
    Nothing,
}

/// A token endpoint with a list of replies.
struct Server {
    url: String,
    requests: mpsc::UnboundedReceiver<String>,
}

impl Server {
    async fn start<R: Into<Reply>>(replies: impl IntoIterator<Item = R>) -> Self {
        Self::start_on(TcpListener::bind("127.0.0.1:0").await.unwrap(), replies)
    }

    fn start_on<R: Into<Reply>>(listener: TcpListener, replies: impl IntoIterator<Item = R>) -> Self {
        let url = format!("http://{}/oauth2/token", listener.local_addr().unwrap());
        let mut replies: VecDeque<Reply> = replies.into_iter().map(Into::into).collect();
        let (sender, requests) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                let request = read_request(&mut stream).await;
                if sender.send(request).is_err() {
                    return;
                }
                let reply = replies.pop_front().unwrap_or_else(|| answer(500, "unexpected request").into());
                tokio::spawn(reply.send(stream));
            }
        });
        Self { url, requests }
    }

    /// Returns the number of requests since the last call.
    fn new_requests(&mut self) -> usize {
        std::iter::from_fn(|| self.requests.try_recv().ok()).count()
    }
}

impl Reply {
    async fn send(self, mut stream: TcpStream) {
        let text = match self {
            Reply::Text(text) => text,
            Reply::Delayed(text, go) => {
                let _ = go.await;
                text
            }
            Reply::Close => return,
            Reply::Nothing => return std::future::pending().await,
        };
        let _ = stream.write_all(text.as_bytes()).await;
    }
}

impl From<String> for Reply {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

async fn read_request(stream: &mut TcpStream) -> String {
    let mut request = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&request);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            if body.len() >= length.map_or(0, |length| length.parse().unwrap()) {
                return text.into_owned();
            }
        }
        assert_ne!(stream.read_buf(&mut request).await.unwrap(), 0, "the request is incomplete");
    }
}

fn answer(status: u16, body: &str) -> String {
    format!("HTTP/1.1 {status} Status\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}

/// Returns the response with the pair of tokens `number`, with Salla's fields.
fn grant(number: usize) -> String {
    let (access, refresh, expires) = (ACCESS[number], REFRESH[number], NOW + LIFETIME);
    answer(
        200,
        &format!(
            r#"{{"access_token":"{access}","refresh_token":"{refresh}","expires":{expires},"token_type":"bearer","scope":"offline_access"}}"#
        ),
    )
}

fn access(number: usize) -> AccessToken {
    AccessToken::parse(ACCESS[number]).unwrap()
}

/// Returns tokens with an expired access token.
fn expired() -> Tokens {
    Tokens::new(REFRESH[0]).with_access_token(access(0), Some(NOW - 1))
}

/// Returns tokens with an access token that expires in `seconds`.
fn expiring_in(seconds: u64) -> Tokens {
    Tokens::new(REFRESH[0]).with_access_token(access(0), Some(NOW + seconds))
}

/// A row of the app's store: access token, refresh token, expiry.
type Row = (String, String, Option<u64>);

/// The app: the store in which it saves tokens, and its clock.
#[derive(Clone, Default)]
struct App {
    rows: Arc<Mutex<Vec<Row>>>,
    broken: Arc<AtomicBool>,
    elapsed: Arc<AtomicU64>,
}

impl App {
    fn builder(&self, url: &str, tokens: Tokens) -> RefreshingTokenBuilder {
        let app = self.clone();
        let save = move |tokens| std::future::ready(app.save(&tokens));
        let elapsed = Arc::clone(&self.elapsed);
        RefreshingToken::builder(CLIENT_ID, SECRET, tokens, save)
            .token_url(url)
            .clock(move || NOW + elapsed.load(Ordering::SeqCst))
    }

    fn source(&self, server: &Server, tokens: Tokens) -> RefreshingToken {
        self.source_at(&server.url, tokens)
    }

    fn source_at(&self, url: &str, tokens: Tokens) -> RefreshingToken {
        self.builder(url, tokens).build().unwrap()
    }

    fn save(&self, tokens: &Tokens) -> Result<(), String> {
        if self.broken.load(Ordering::SeqCst) {
            return Err("disk full".to_owned());
        }
        let access_token = tokens.access_token().unwrap().expose_secret().to_owned();
        self.rows.lock().unwrap().push((access_token, tokens.refresh_token().to_owned(), tokens.expires_at()));
        Ok(())
    }

    fn rows(&self) -> Vec<Row> {
        self.rows.lock().unwrap().clone()
    }

    /// Sets the clock to `seconds` after the start of the test.
    fn at(&self, seconds: u64) {
        self.elapsed.store(seconds, Ordering::SeqCst);
    }
}

fn row(number: usize) -> Row {
    (ACCESS[number].to_owned(), REFRESH[number].to_owned(), Some(NOW + LIFETIME))
}

/// Returns all forms in which `error` and its causes can be printed.
fn all_output(error: &(dyn StdError + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |error| StdError::source(*error));
    causes.fold(String::new(), |shown, error| shown + &debug(&error) + &error.to_string())
}

fn debug(value: &impl Debug) -> String {
    format!("{value:?} {value:#?}")
}

fn poll<T>(future: &mut (impl Future<Output = T> + Unpin)) -> Poll<T> {
    Pin::new(future).poll(&mut Context::from_waker(Waker::noop()))
}

/// Returns the error of a source whose only refresh gets `reply`.
async fn failure(reply: impl Into<Reply>) -> TokenError {
    let server = Server::start([reply]).await;
    App::default().source(&server, expired()).token().await.unwrap_err()
}

#[tokio::test]
async fn the_request_is_exactly_the_form_of_rfc_6749() {
    let mut server = Server::start([grant(1)]).await;
    let source = App::default().source(&server, expired());
    assert_eq!(source.token().await.unwrap(), access(1));
    let request = server.requests.recv().await.unwrap();
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    let expected = "grant_type=refresh_token&refresh_token=ory_rt_marked%2B0&client_id=marked-id\
                    &client_secret=marked%26%3D%2B%2F%25SECRET";
    assert_eq!(body, expected);
    let host = server.url.trim_start_matches("http://").split('/').next().unwrap();
    let expected = [
        "POST /oauth2/token HTTP/1.1",
        "accept: application/json",
        "content-type: application/x-www-form-urlencoded",
        &format!("user-agent: salla-runtime/{}", env!("CARGO_PKG_VERSION")),
        "connection: close",
        &format!("host: {host}"),
        &format!("content-length: {}", body.len()),
    ];
    assert_eq!(head.split("\r\n").collect::<Vec<_>>(), expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_thousand_tasks_share_one_refresh() {
    let mut server = Server::start([grant(1), grant(2)]).await;
    let app = App::default();
    let source = app.source(&server, expired());
    let mut tasks = JoinSet::new();
    for task in 0..1000 {
        let source = source.clone();
        tasks.spawn(async move {
            // Half of the tasks ask for another token, since the API refused theirs.
            if task % 2 == 0 { source.token().await.map(Some) } else { source.renew(&access(0)).await }
        });
    }
    let tokens = tasks.join_all().await;
    assert!(tokens.into_iter().all(|token| token.unwrap() == Some(access(1))));
    assert_eq!((server.new_requests(), app.rows()), (1, vec![row(1)]));
}

#[tokio::test]
async fn no_caller_gets_a_token_before_it_is_saved() {
    let server = Server::start([grant(1)]).await;
    let log = Arc::new(Mutex::new(Vec::new()));
    let (began, mut saving) = mpsc::unbounded_channel();
    let save_log = Arc::clone(&log);
    let save = move |_: Tokens| {
        let (began, log) = (began.clone(), Arc::clone(&save_log));
        async move {
            let (go, gone) = oneshot::channel();
            began.send(go).unwrap();
            gone.await.unwrap();
            log.lock().unwrap().push("saved");
            Ok::<(), String>(())
        }
    };
    let source = RefreshingToken::builder(CLIENT_ID, SECRET, Tokens::new(REFRESH[0]), save);
    let source = source.token_url(&server.url).build().unwrap();
    let mut tasks = JoinSet::new();
    for _ in 0..10 {
        let (source, log) = (source.clone(), Arc::clone(&log));
        tasks.spawn(async move {
            source.token().await.unwrap();
            log.lock().unwrap().push("given");
        });
    }
    let go = saving.recv().await.unwrap();
    // A caller that arrives now waits as well.
    let old = access(0);
    let mut late = source.renew(&old);
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert!(poll(&mut late).is_pending());
    assert!(log.lock().unwrap().is_empty());
    go.send(()).unwrap();
    assert_eq!(late.await.unwrap(), Some(access(1)));
    tasks.join_all().await;
    assert_eq!(log.lock().unwrap()[..2], ["saved", "given"]);
}

#[tokio::test]
async fn unsaved_tokens_are_saved_later_without_another_refresh() {
    let mut server = Server::start([grant(1), grant(2)]).await;
    let app = App::default();
    // The old token is valid but not used, since the server may have revoked it.
    let source = app.source(&server, expiring_in(MARGIN));
    app.broken.store(true, Ordering::SeqCst);
    for _ in 0..3 {
        let error = source.token().await.unwrap_err();
        assert!(error.is_unsaved() && error.is_temporary() && !error.must_reauthorize() && !error.is_refused());
        assert_eq!(error.source().unwrap().to_string(), "disk full");
        assert!(error.to_string().contains("kept in memory"), "{error}");
        assert!(source.renew(&access(0)).await.unwrap_err().is_unsaved());
    }
    app.broken.store(false, Ordering::SeqCst);
    assert_eq!(source.token().await.unwrap(), access(1));
    assert_eq!((server.new_requests(), app.rows()), (1, vec![row(1)]));
}

#[tokio::test]
async fn a_panic_while_saving_loses_no_tokens() {
    let mut server = Server::start([grant(1)]).await;
    let calls = AtomicU64::new(0);
    let save = move |_: Tokens| {
        assert_ne!(calls.fetch_add(1, Ordering::SeqCst), 0, "an intended panic");
        async { Ok::<(), String>(()) }
    };
    let source = RefreshingToken::builder(CLIENT_ID, SECRET, expired(), save).token_url(&server.url).build().unwrap();
    assert!(source.token().await.unwrap_err().is_unsaved());
    assert_eq!(source.token().await.unwrap(), access(1));
    assert_eq!(server.new_requests(), 1);
}

#[tokio::test]
async fn a_restarted_process_continues_with_the_saved_tokens() {
    let mut server = Server::start([grant(1), grant(2)]).await;
    let app = App::default();
    app.source(&server, expired()).token().await.unwrap();
    let (access_token, refresh_token, expires_at) = app.rows().pop().unwrap();
    let saved = Tokens::new(refresh_token).with_access_token(AccessToken::parse(&access_token).unwrap(), expires_at);
    let source = app.source(&server, saved);
    assert_eq!(source.token().await.unwrap(), access(1));
    assert_eq!(server.new_requests(), 1, "the saved token is still valid");
    app.at(LIFETIME);
    assert_eq!(source.token().await.unwrap(), access(2));
    assert!(server.requests.recv().await.unwrap().contains("refresh_token=ory_rt_marked%2B1&"));
}

#[tokio::test]
async fn a_dropped_caller_does_not_cancel_the_refresh() {
    let (go, gone) = oneshot::channel();
    let mut server = Server::start([Reply::Delayed(grant(1), gone), Reply::Text(grant(2))]).await;
    let app = App::default();
    let source = app.source(&server, expired());
    let mut caller = source.token();
    assert!(poll(&mut caller).is_pending());
    server.requests.recv().await.unwrap();
    drop(caller);
    go.send(()).unwrap();
    assert_eq!(source.token().await.unwrap(), access(1));
    assert_eq!((server.new_requests(), app.rows()), (0, vec![row(1)]));
}

#[test]
fn a_runtime_that_shuts_down_during_a_refresh_causes_an_error() {
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let outer = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let mut server = outer.block_on(Server::start([Reply::Nothing, Reply::Text(grant(1))]));
    let source = App::default().source(&server, expired());
    let inner = runtime();
    inner.block_on(async {
        assert!(poll(&mut source.token()).is_pending());
        server.requests.recv().await.unwrap();
    });
    drop(inner);
    runtime().block_on(async {
        let error = source.token().await.unwrap_err();
        assert!(error.is_outcome_unknown() && error.to_string().contains("shut down"), "{error}");
        assert_eq!(server.new_requests(), 0);
        source.try_again();
        assert_eq!(source.token().await.unwrap(), access(1));
    });
}

#[test]
fn without_a_runtime_a_refresh_fails() {
    let source = RefreshingToken::builder(CLIENT_ID, SECRET, expired(), |_| async { Ok::<(), String>(()) });
    let source = source.token_url("http://localhost:1/").build().unwrap();
    let Poll::Ready(Err(error)) = poll(&mut source.token()) else { panic!("expected an error") };
    assert!(error.to_string().contains("tokio runtime"), "{error}");
}

#[tokio::test]
async fn a_refresh_token_that_may_have_been_used_is_not_sent_again() {
    let html = answer(200, "<html>marked</html>");
    for (reply, reason) in [
        (Reply::Close, "the connection was interrupted"),
        (Reply::Text(String::new()), "the connection was interrupted"),
        (Reply::Text("HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{".to_owned()), "the connection was interrupted"),
        (Reply::Text(html), "200 OK (HTML instead of JSON)"),
        (Reply::Text(answer(200, "")), "200 OK (empty body)"),
        (Reply::Text(answer(200, "{}")), "200 OK (the body has no access token)"),
        (Reply::Text(answer(200, r#"{"access_token":"marked x"}"#)), "200 OK (its access token is invalid)"),
        (Reply::Text(answer(200, &" ".repeat((1 << 20) + 1))), "200 OK, but the body is too large"),
        (Reply::Text(answer(500, r#"{"error":"server_error"}"#)), "500 Internal Server Error (server_error)"),
        (Reply::Text(answer(500, r#"{"error":"invalid_grant"}"#)), "500 Internal Server Error (invalid_grant)"),
        (Reply::Text(answer(502, "<html>marked</html>")), "502 Bad Gateway (HTML instead of JSON)"),
        (Reply::Text(answer(504, "marked")), "504 Gateway Timeout"),
    ] {
        let mut server = Server::start([reply, grant(1).into()]).await;
        let app = App::default();
        let source = app.source(&server, expired());
        for _ in 0..3 {
            let error = source.token().await.unwrap_err();
            assert!(error.is_outcome_unknown() && error.must_reauthorize() && !error.is_temporary(), "{error:?}");
            assert!(error.to_string().contains(&format!("the response was lost: {reason};")), "{reason}: {error}");
            assert!(!all_output(&error).contains("marked"), "{error:?}");
        }
        assert!(source.renew(&access(0)).await.is_err());
        assert_eq!((server.new_requests(), app.rows()), (1, vec![]), "{reason}");
        // The app can decide to send it again.
        source.try_again();
        assert_eq!(source.token().await.unwrap(), access(1));
    }
}

#[tokio::test]
async fn a_timeout_is_a_lost_response() {
    let mut server = Server::start([Reply::Nothing]).await;
    let source = App::default().source(&server, expired());
    let caller = tokio::spawn({
        let source = source.clone();
        async move { source.token().await }
    });
    server.requests.recv().await.unwrap();
    // The paused clock advances to the timeout when all tasks are idle.
    tokio::time::pause();
    let error = caller.await.unwrap().unwrap_err();
    assert!(error.is_outcome_unknown() && error.to_string().contains("the response was lost: timed out"), "{error}");
    assert!(source.token().await.unwrap_err().is_outcome_unknown());
    assert_eq!(server.new_requests(), 0);
}

#[tokio::test]
async fn a_failed_connection_loses_no_tokens() {
    // A port that is bound without a listener.
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = socket.local_addr().unwrap();
    let app = App::default();
    let source = app.source_at(&format!("http://{address}/oauth2/token"), expired());
    for attempt in 0..2 {
        app.at(attempt * PAUSE);
        let error = source.token().await.unwrap_err();
        assert!(error.is_temporary() && !error.must_reauthorize() && !error.is_refused(), "{error:?}");
        assert!(error.to_string().contains("no connection") && error.source().is_some(), "{error}");
    }
    let _server = Server::start_on(socket.listen(1).unwrap(), [grant(1)]);
    app.at(2 * PAUSE);
    assert_eq!(source.token().await.unwrap(), access(1));
}

#[tokio::test]
async fn a_refresh_is_repeated_after_the_server_was_busy() {
    let replies = [
        answer(503, "<html>"),
        answer(429, r#"{"error":"slow_down"}"#),
        answer(408, ""),
        // The status alone determines the error.
        "HTTP/1.1 503 Busy\r\ncontent-length: 99\r\n\r\n".to_owned(),
        grant(1),
    ];
    let mut server = Server::start(replies).await;
    let app = App::default();
    let source = app.source(&server, expired());
    for (attempt, reason) in
        (0..).zip(["503 Service Unavailable (HTML", "429 Too Many Requests (slow_down)", "408", "503"])
    {
        app.at(attempt * PAUSE);
        let error = source.token().await.unwrap_err();
        assert!(error.is_temporary() && !error.must_reauthorize() && !error.is_refused(), "{error:?}");
        assert!(error.to_string().contains("is busy") && error.to_string().contains(reason), "{error}");
    }
    app.at(4 * PAUSE);
    assert_eq!(source.token().await.unwrap(), access(1));
    while let Ok(request) = server.requests.try_recv() {
        assert!(request.contains("refresh_token=ory_rt_marked%2B0&"));
    }
}

#[tokio::test]
async fn a_refused_refresh_token_needs_a_new_authorization_and_is_not_sent_again() {
    let body = r#"{"error":"invalid_grant","error_description":"The refresh token was already used."}"#;
    for (status, body) in [(400, body), (401, r#"{"error":"token_inactive"}"#), (200, body)] {
        let mut server = Server::start([answer(status, body), grant(2)]).await;
        let app = App::default();
        let source = app.source(&server, expired());
        for _ in 0..3 {
            let error = source.token().await.unwrap_err();
            assert!(error.is_refused() && error.must_reauthorize() && !error.is_outcome_unknown(), "{error:?}");
            assert!(error.to_string().contains("the merchant has to authorize the app again"), "{error}");
            source.try_again();
        }
        assert_eq!(server.new_requests(), 1);
        // After a new authorization, its tokens are saved and refreshed like all others.
        app.broken.store(true, Ordering::SeqCst);
        source.replace(Tokens::new(REFRESH[1]).with_access_token(access(1), Some(NOW + LIFETIME))).await;
        assert!(source.token().await.unwrap_err().is_unsaved());
        app.broken.store(false, Ordering::SeqCst);
        assert_eq!(source.token().await.unwrap(), access(1));
        assert_eq!(app.rows(), [row(1)]);
        app.at(LIFETIME - MARGIN);
        assert_eq!(source.token().await.unwrap(), access(2));
        assert!(server.requests.recv().await.unwrap().contains("refresh_token=ory_rt_marked%2B1&"));
    }
}

#[tokio::test]
async fn refused_settings_can_be_corrected() {
    for (reply, reason) in [
        (answer(401, r#"{"error":"invalid_client","error_description":""}"#), "401 Unauthorized (invalid_client)"),
        (answer(403, "<html>marked</html>"), "403 Forbidden (HTML instead of JSON)"),
        (answer(404, ""), "404 Not Found (empty body)"),
        ("HTTP/1.1 307 To\r\nlocation: /elsewhere\r\ncontent-length: 0\r\n\r\n".to_owned(), "307 Temporary"),
    ] {
        let mut server = Server::start([reply, grant(1)]).await;
        let source = App::default().source(&server, expired());
        let error = source.token().await.unwrap_err();
        assert!(error.is_refused() && !error.must_reauthorize() && !error.is_temporary(), "{error:?}");
        assert!(error.to_string().contains(reason) && error.to_string().contains("check the client id"), "{error}");
        assert!(!all_output(&error).contains("marked"), "{error:?}");
        assert_eq!(server.new_requests(), 1, "redirects are not followed");
        source.try_again();
        assert_eq!(source.token().await.unwrap(), access(1));
    }
}

#[tokio::test]
async fn tokens_are_refreshed_within_the_margin_before_expiry() {
    for (left, refreshed) in [(MARGIN + 1, false), (MARGIN, true), (1, true), (0, true)] {
        let mut server = Server::start([grant(1)]).await;
        let source = App::default().source(&server, expiring_in(left));
        assert_eq!(source.token().await.unwrap(), access(usize::from(refreshed)), "{left}");
        assert_eq!(server.new_requests(), usize::from(refreshed), "{left}");
    }
    let server = Server::start([grant(1)]).await;
    let source = App::default().builder(&server.url, expiring_in(61)).margin(Duration::from_secs(60)).build().unwrap();
    assert_eq!(source.token().await.unwrap(), access(0), "the margin can be set");
    let unknown = Tokens::new(REFRESH[0]).with_access_token(access(0), None);
    let source = App::default().source(&server, unknown);
    assert_eq!(
        source.token().await.unwrap(),
        access(0),
        "without an expiry, a token is refreshed when the API refuses it"
    );
    assert_eq!(source.renew(&access(0)).await.unwrap(), Some(access(1)));
}

#[tokio::test]
async fn short_lived_tokens_and_wrong_clocks_cause_no_loop() {
    let short = answer(200, &format!(r#"{{"access_token":"{}","expires_in":60}}"#, ACCESS[1]));
    let past = answer(200, &format!(r#"{{"access_token":"{}","expires":{}}}"#, ACCESS[2], NOW - 1));
    let mut server = Server::start([short, past]).await;
    let app = App::default();
    let source = app.source(&server, expired());
    for (second, number) in [(0, 1), (29, 1), (30, 2), (30, 2), (LIFETIME, 2)] {
        app.at(second);
        assert_eq!(source.token().await.unwrap(), access(number), "at {second}");
    }
    assert_eq!(server.new_requests(), 2);
}

#[tokio::test]
async fn a_failed_refresh_is_not_an_error_while_the_token_is_valid() {
    let mut server = Server::start([answer(503, ""), answer(503, ""), answer(502, "")]).await;
    let app = App::default();
    let source = app.source(&server, expiring_in(MARGIN));
    let pause = RETRY_PAUSE.as_secs();
    for (second, requests) in [(0, 1), (0, 0), (pause - 1, 0), (pause, 1), (2 * pause, 1), (MARGIN - 1, 0)] {
        app.at(second);
        assert_eq!(source.token().await.unwrap(), access(0), "at {second}");
        assert_eq!(server.new_requests(), requests, "at {second}");
    }
    app.at(MARGIN);
    assert!(source.token().await.unwrap_err().is_outcome_unknown(), "the last reply determines the error");
    assert_eq!(server.new_requests(), 0);
}

#[tokio::test]
async fn a_refused_token_is_refreshed_unless_it_is_recent() {
    let mut server = Server::start([grant(1), grant(2)]).await;
    let app = App::default();
    let source = app.source(&server, expiring_in(LIFETIME));
    assert_eq!(source.renew(&access(0)).await.unwrap(), Some(access(1)));
    assert_eq!(source.renew(&access(0)).await.unwrap(), Some(access(1)), "another caller renewed it");
    assert_eq!(server.new_requests(), 1);
    app.at(MIN_AGE.as_secs() - 1);
    assert_eq!(source.renew(&access(1)).await.unwrap(), None, "the API would refuse another token too");
    assert_eq!((source.token().await.unwrap(), server.new_requests()), (access(1), 0));
    app.at(MIN_AGE.as_secs());
    assert_eq!(source.renew(&access(1)).await.unwrap(), Some(access(2)));
    assert_eq!(server.new_requests(), 1);
}

#[tokio::test]
async fn a_refused_token_is_not_returned_again_after_a_failed_refresh() {
    let mut server = Server::start([answer(503, ""), grant(1)]).await;
    let app = App::default();
    let source = app.source(&server, expiring_in(LIFETIME));
    assert!(source.renew(&access(0)).await.unwrap_err().is_temporary());
    assert!(source.token().await.unwrap_err().is_temporary());
    app.at(PAUSE);
    assert_eq!(source.token().await.unwrap(), access(1));
    assert_eq!(server.new_requests(), 2);
}

#[tokio::test]
async fn a_refused_token_is_refreshed_again_after_the_pause_of_a_failed_refresh() {
    let (go, gone) = oneshot::channel();
    let mut server = Server::start([Reply::Delayed(answer(503, ""), gone), Reply::Text(grant(1))]).await;
    let app = App::default();
    let source = app.source(&server, expiring_in(MARGIN));
    let old = access(0);
    let (mut caller, mut refused) = (source.token(), source.renew(&old));
    assert!(poll(&mut caller).is_pending() && poll(&mut refused).is_pending());
    go.send(()).unwrap();
    assert_eq!(caller.await.unwrap(), access(0));
    assert!(refused.await.unwrap_err().is_temporary());
    assert_eq!(server.new_requests(), 1);
    app.at(PAUSE);
    assert_eq!(source.renew(&old).await.unwrap(), Some(access(1)));
}

#[tokio::test]
async fn fifty_callers_without_a_token_make_one_request_per_pause() {
    let busy = "HTTP/1.1 429 Busy\r\nretry-after: 7\r\ncontent-length: 0\r\n\r\n".to_owned();
    let at_once = "HTTP/1.1 429 Busy\r\nretry-after: 0\r\ncontent-length: 0\r\n\r\n".to_owned();
    for (reply, pause) in [
        (Reply::Text(busy), 7),
        (Reply::Text(at_once), 1),
        (Reply::Text(answer(503, "")), PAUSE),
        (Reply::Text(answer(401, r#"{"error":"invalid_client"}"#)), PAUSE),
    ] {
        let mut server = Server::start([reply, grant(1).into()]).await;
        let app = App::default();
        let source = app.source(&server, expired());
        for elapsed in [0, pause - 1] {
            app.at(elapsed);
            for _ in 0..25 {
                let error = source.token().await.unwrap_err();
                assert_eq!(error.retry_after(), Some(Duration::from_secs(pause - elapsed)), "{error}");
                assert!(source.renew(&access(0)).await.is_err());
            }
        }
        assert_eq!(server.new_requests(), 1, "{pause}");
        app.at(pause);
        assert_eq!(source.token().await.unwrap(), access(1));
    }
}

#[tokio::test]
async fn a_clock_that_is_set_back_ends_the_pause() {
    let server = Server::start([answer(503, ""), grant(1)]).await;
    let app = App::default();
    app.at(LIFETIME);
    let source = app.source(&server, expired());
    assert!(source.token().await.is_err());
    app.at(0);
    assert_eq!(source.token().await.unwrap(), access(1));
}

#[tokio::test]
async fn a_refresh_that_hangs_delays_no_caller_while_the_token_is_valid() {
    let (go, gone) = oneshot::channel();
    let mut server = Server::start([Reply::Delayed(grant(1), gone)]).await;
    let app = App::default();
    let source = app.source(&server, expiring_in(MARGIN));
    let mut first = source.token();
    assert!(poll(&mut first).is_pending());
    server.requests.recv().await.unwrap();
    tokio::time::pause();
    let begun = tokio::time::Instant::now();
    assert_eq!(first.await.unwrap(), access(0));
    assert_eq!(source.token().await.unwrap(), access(0));
    assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
    tokio::time::resume();
    // A caller whose token was refused or has expired waits for the refresh.
    let old = access(0);
    let mut refused = source.renew(&old);
    assert!(poll(&mut refused).is_pending());
    app.at(MARGIN);
    let mut late = source.token();
    assert!(poll(&mut late).is_pending());
    go.send(()).unwrap();
    assert_eq!((late.await.unwrap(), refused.await.unwrap()), (access(1), Some(access(1))));
    assert_eq!(server.new_requests(), 0);
}

#[tokio::test]
async fn replaced_tokens_without_an_access_token_are_refreshed_before_they_are_saved() {
    let mut server = Server::start([grant(1)]).await;
    let app = App::default();
    let source = app.source(&server, expiring_in(LIFETIME));
    source.replace(Tokens::new(REFRESH[3])).await;
    assert_eq!(source.token().await.unwrap(), access(1));
    assert_eq!(app.rows(), [row(1)]);
    assert!(server.requests.recv().await.unwrap().contains("refresh_token=ory_rt_marked%2B3&"));
}

#[tokio::test]
async fn replaced_tokens_that_have_expired_are_saved_and_refreshed() {
    let server = Server::start([grant(1)]).await;
    let app = App::default();
    let source = app.source(&server, expiring_in(LIFETIME));
    source.replace(Tokens::new(REFRESH[3]).with_access_token(access(3), Some(NOW - 1))).await;
    assert_eq!(source.token().await.unwrap(), access(1));
    assert_eq!(app.rows(), [(ACCESS[3].to_owned(), REFRESH[3].to_owned(), Some(NOW - 1)), row(1)]);
}

#[tokio::test]
async fn a_save_that_never_ends_does_not_block_replace() {
    let server = Server::start([grant(1)]).await;
    let (began, mut saves) = mpsc::unbounded_channel();
    let save = move |tokens: Tokens| {
        let is_first = tokens.refresh_token() == REFRESH[1];
        began.send(tokens).unwrap();
        async move { if is_first { std::future::pending().await } else { Ok::<(), String>(()) } }
    };
    let source = RefreshingToken::builder(CLIENT_ID, SECRET, expired(), save);
    let source = source.token_url(&server.url).clock(|| NOW).build().unwrap();
    let mut caller = source.token();
    assert!(poll(&mut caller).is_pending());
    assert_eq!(saves.recv().await.unwrap().refresh_token(), REFRESH[1]);
    let new = Tokens::new(REFRESH[3]).with_access_token(access(3), Some(NOW + LIFETIME));
    let mut replacing: BoxFuture<'_, ()> = Box::pin(source.replace(new));
    assert!(poll(&mut replacing).is_ready());
    // The new tokens are saved after the first save has ended: the two cannot overtake each other.
    assert!(poll(&mut caller).is_pending() && saves.try_recv().is_err());
    tokio::time::pause();
    let start = tokio::time::Instant::now();
    assert_eq!(caller.await.unwrap(), access(3));
    assert!((SAVE_TIMEOUT..SAVE_TIMEOUT * 2).contains(&start.elapsed()), "{:?}", start.elapsed());
    assert_eq!(saves.recv().await.unwrap().refresh_token(), REFRESH[3]);
}

#[tokio::test]
async fn a_save_that_takes_too_long_is_repeated() {
    let server = Server::start([grant(1)]).await;
    let calls = AtomicU64::new(0);
    let (began, mut saves) = mpsc::unbounded_channel();
    let save = move |_: Tokens| {
        let is_first = calls.fetch_add(1, Ordering::SeqCst) == 0;
        began.send(()).unwrap();
        async move { if is_first { std::future::pending().await } else { Ok::<(), String>(()) } }
    };
    let source = RefreshingToken::builder(CLIENT_ID, SECRET, expired(), save);
    let source = source.token_url(&server.url).clock(|| NOW).build().unwrap();
    let mut caller = source.token();
    assert!(poll(&mut caller).is_pending());
    saves.recv().await.unwrap();
    tokio::time::pause();
    let error = caller.await.unwrap_err();
    assert!(error.is_unsaved() && error.to_string().contains("in time"), "{error}");
    assert_eq!(source.token().await.unwrap(), access(1));
}

#[tokio::test]
async fn a_byte_order_mark_before_the_tokens_loses_nothing() {
    let body = format!("\u{feff}{}", grant(1).split_once("\r\n\r\n").unwrap().1);
    let server = Server::start([answer(200, &body)]).await;
    assert_eq!(App::default().source(&server, expired()).token().await.unwrap(), access(1));
    let error = failure(answer(400, "\u{feff}{\"error\":\"invalid_grant\"}")).await;
    assert!(error.must_reauthorize() && error.is_refused(), "{error}");
}

#[tokio::test]
async fn tokens_replaced_during_a_refresh_are_not_overwritten() {
    let (go, gone) = oneshot::channel();
    let mut server = Server::start([Reply::Delayed(grant(1), gone)]).await;
    let app = App::default();
    let source = app.source(&server, expired());
    let mut caller = source.token();
    assert!(poll(&mut caller).is_pending());
    let new = Tokens::new(REFRESH[3]).with_access_token(access(3), Some(NOW + LIFETIME));
    let mut replacing: BoxFuture<'_, ()> = Box::pin(source.replace(new));
    assert!(poll(&mut replacing).is_pending());
    go.send(()).unwrap();
    replacing.await;
    assert_eq!(source.token().await.unwrap(), access(3));
    assert_eq!((server.new_requests(), app.rows()), (1, vec![row(1), row(3)]));
}

#[tokio::test]
async fn the_expiry_is_read_in_every_form() {
    let at = NOW + LIFETIME;
    for (fields, expected) in [
        (format!(r#""expires":{at}"#), Some(at)),
        (format!(r#""expires":"{at}""#), Some(at)),
        (format!(r#""expires_in":{LIFETIME}"#), Some(at)),
        (format!(r#""expires_in":"{LIFETIME}""#), Some(at)),
        (format!(r#""expires":{at},"expires_in":1"#), Some(at)),
        (format!(r#""expires":null,"expires_in":{LIFETIME}"#), Some(at)),
        (format!(r#""expires":{NOW},"expires_in":{LIFETIME}"#), Some(at)),
        (r#""expires":"soon","expires_in":-1"#.to_owned(), None),
        (r#""expires":{},"expires_in":[]"#.to_owned(), None),
        (r#""token_type":"bearer""#.to_owned(), None),
    ] {
        let server = Server::start([answer(200, &format!(r#"{{"access_token":"{}",{fields}}}"#, ACCESS[1]))]).await;
        let app = App::default();
        assert_eq!(app.source(&server, expired()).token().await.unwrap(), access(1), "{fields}");
        assert_eq!(app.rows()[0].2, expected, "{fields}");
    }
}

#[tokio::test]
async fn a_refresh_token_stays_valid_if_the_response_has_none() {
    for field in ["", r#","refresh_token":null"#, r#","refresh_token":"""#] {
        let server = Server::start([answer(200, &format!(r#"{{"access_token":"{}"{field}}}"#, ACCESS[1]))]).await;
        let app = App::default();
        app.source(&server, expired()).token().await.unwrap();
        assert_eq!(app.rows()[0].1, REFRESH[0], "{field}");
    }
}

#[tokio::test]
async fn no_output_contains_a_secret() {
    let echo = format!("{SECRET} marked%26%3D%2B%2F%25SECRET {} ory_rt_marked%2B0 {}", REFRESH[0], ACCESS[0]);
    for status in [200, 400, 401, 429, 500, 503] {
        for body in [
            format!(r#"{{"error":"{echo}","error_description":"{echo}"}}"#),
            format!(r#"{{"error":"invalid_grant","error_description":"{echo}"}}"#),
            format!(r#"{{"access_token":{{"{echo}":1}}}}"#),
            format!("<html>{echo}"),
            echo.clone(),
        ] {
            let error = failure(answer(status, &body)).await;
            assert!(!all_output(&error).contains("marked"), "{status}: {error:?}");
        }
    }
    let error = failure(answer(400, &format!(r#"{{"error":"x","error_description":"{}\n"}}"#, "م".repeat(9999)))).await;
    assert!(error.to_string().chars().count() < 400 && !error.to_string().contains('\n'));
    let server = Server::start([grant(1)]).await;
    let app = App::default();
    let builder = app.builder(&server.url, expired());
    let mut all = debug(&builder) + &debug(&expired()) + &debug(&access(0));
    let source = builder.build().unwrap();
    all += &debug(&source);
    source.token().await.unwrap();
    all += &debug(&source);
    assert!(!all.contains("marked"), "{all}");
    for shown in ["RefreshingTokenBuilder {", "Tokens {", "has_access_token: true", "RefreshingToken {", "Endpoint {"] {
        assert!(all.contains(shown), "{shown} is not in {all}");
    }
}

#[tokio::test]
async fn an_error_names_an_invalid_setting_without_its_value() {
    let build = |id: &str, secret: &str, refresh: &str, url: &str| {
        let source = RefreshingToken::builder(id, secret, Tokens::new(refresh), |_| async { Ok::<(), String>(()) });
        source.token_url(url).build()
    };
    for (id, secret, refresh, url, reason) in [
        ("", "x", "x", "https://x.example", "client_id is empty"),
        ("x", "marked\n", "x", "https://x.example", "client_secret contains a line break"),
        (
            "x",
            "x",
            "Bearer marked",
            "https://x.example",
            "refresh_token begins with the word `Bearer`; pass only the token",
        ),
        ("x", "x", "x", "http://marked.example", "token_url needs `https`; plain `http` is allowed"),
        ("x", "x", "x", "marked", "token_url is not an absolute URL"),
    ] {
        let error = build(id, secret, refresh, url).unwrap_err();
        assert!(error.is_configuration(), "{error}");
        assert!(error.to_string().starts_with(&format!("configuration: {reason}")), "{error}");
        assert!(!all_output(&error).contains("marked"));
    }
    let source = RefreshingToken::builder("x", "x", Tokens::new("x"), |_| async { Ok::<(), String>(()) });
    let error = source.timeout(Duration::ZERO).build().unwrap_err();
    assert_eq!(error.to_string(), "configuration: timeout is zero");
    #[cfg(any(feature = "rustls", feature = "native-tls"))]
    build("x", "x", "x", "https://accounts.salla.sa/oauth2/token").unwrap();
}

#[tokio::test]
async fn a_fixed_token_is_a_source_with_one_token() {
    let source: Arc<dyn TokenSource> = Arc::new(access(0));
    let shared = Arc::new(Arc::clone(&source));
    assert_eq!((source.token().await.unwrap(), shared.token().await.unwrap()), (access(0), access(0)));
    assert_eq!((source.renew(&access(0)).await.unwrap(), shared.renew(&access(1)).await.unwrap()), (None, None));
}

#[test]
fn errors_of_other_sources_keep_their_message_and_cause() {
    let error = TokenError::new("no vault").with_source(std::fmt::Error);
    assert_eq!((error.to_string(), error.source().is_some()), ("no vault".to_owned(), true));
    assert!(!error.is_temporary() && !error.is_refused() && !error.must_reauthorize() && !error.is_unsaved());
    assert!(TokenError::temporary("vault is sealed").with_source("seal").is_temporary());
}
