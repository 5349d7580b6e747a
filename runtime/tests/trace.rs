//! Spans and events: they have OpenTelemetry's names, every attempt has a span, and none holds a token or personal
//! data.

mod support;

use std::collections::BTreeMap;
use std::fmt::{Debug, Write as _};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use salla_runtime::codegen::{CredentialSet, Method, Operation, Request, Scheme, Security};
use salla_runtime::{RetryPolicy, Transport};
use support::{Server, TOKEN, answer};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

static OPERATION: Operation = Operation::new("list_points", Method::GET, "/customers/{id}/points");
const QUICK: RetryPolicy = RetryPolicy::new().base_delay(Duration::from_millis(1));

/// A client with a key in the query.
static KEYS: Security = Security { schemes: &[Scheme::query("key", "T_KEY", "key")], default: &[&[0]] };

type Fields = BTreeMap<&'static str, String>;

/// A subscriber that records every span and event of any level.
#[derive(Clone, Default)]
struct Collector(Arc<Mutex<Seen>>);

#[derive(Default)]
struct Seen {
    spans: Vec<(&'static str, Fields)>,
    events: Vec<Fields>,
}

struct Into<'a>(&'a mut Fields);

impl Visit for Into<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name(), format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name(), value.to_owned());
    }
}

impl Collector {
    fn spans(&self, name: &str) -> Vec<Fields> {
        let seen = self.0.lock().unwrap();
        seen.spans.iter().filter(|(span, _)| *span == name).map(|(_, fields)| fields.clone()).collect()
    }

    fn everything(&self) -> String {
        let seen = self.0.lock().unwrap();
        format!("{:?} {:?}", seen.spans, seen.events)
    }
}

impl Subscriber for Collector {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        let mut seen = self.0.lock().unwrap();
        let mut fields = Fields::new();
        attributes.record(&mut Into(&mut fields));
        seen.spans.push((attributes.metadata().name(), fields));
        Id::from_u64(seen.spans.len() as u64)
    }

    fn record(&self, span: &Id, values: &Record<'_>) {
        let index = usize::try_from(span.into_u64()).unwrap() - 1;
        values.record(&mut Into(&mut self.0.lock().unwrap().spans[index].1));
    }

    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields::new();
        event.record(&mut Into(&mut fields));
        self.0.lock().unwrap().events.push(fields);
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

/// A logger that records all messages, including those of dependencies.
struct Log(Mutex<String>);

static LOG: Log = Log(Mutex::new(String::new()));

impl log::Log for Log {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        writeln!(self.0.lock().unwrap(), "{} {}", record.target(), record.args()).unwrap();
    }

    fn flush(&self) {}
}

fn request() -> Request {
    Request::new(&OPERATION).path_param("id", "1257881496").query("name", "secret-query").json("secret-body")
}

/// Makes a call and returns its spans and events.
async fn trace_call(transport: &Transport) -> Collector {
    let collector = Collector::default();
    let _guard = tracing::subscriber::set_default(collector.clone());
    // Formats the error of a response that reports a failure, as a user would.
    let outcome = transport.call(request()).await;
    let error = outcome.map_or_else(|error| error, |response| response.unexpected::<std::fmt::Error>().into());
    tracing::trace!(%error, ?error, source = std::error::Error::source(&error));
    collector
}

fn field<'a>(fields: &'a Fields, name: &str) -> &'a str {
    fields.get(name).map_or("", String::as_str)
}

#[tokio::test]
async fn every_call_and_every_attempt_has_a_span_with_the_names_of_opentelemetry() {
    let server = Server::start([answer("503 Service Unavailable", ""), answer("200 OK", "{}")]).await;
    let seen = trace_call(&server.builder().retry(QUICK).build().unwrap()).await;
    let port = server.base_url.split([':', '/']).nth(4).unwrap();
    let (calls, attempts) = (seen.spans("call"), seen.spans("attempt"));
    assert_eq!((calls.len(), attempts.len()), (1, 2));
    for span in calls.iter().chain(&attempts) {
        for (name, value) in [
            ("http.request.method", "GET"),
            ("url.template", "/customers/{id}/points"),
            ("server.address", "127.0.0.1"),
            ("server.port", port),
        ] {
            assert_eq!(field(span, name), value, "{span:?}");
        }
    }
    let of = |span: &Fields, names: [&str; 6]| names.map(|name| field(span, name).to_owned());
    let names = [
        "otel.name",
        "otel.kind",
        "http.response.status_code",
        "error.type",
        "otel.status_code",
        "http.request.resend_count",
    ];
    assert_eq!(of(&calls[0], names), ["list_points", "internal", "200", "", "", ""]);
    let name = "GET /customers/{id}/points";
    assert_eq!(of(&attempts[0], names), [name, "client", "503", "503", "ERROR", ""]);
    assert_eq!(of(&attempts[1], names), [name, "client", "200", "", "", "1"]);
}

#[tokio::test]
async fn a_failure_has_an_error_type() {
    for (answer, error_type) in [("", "interrupted"), (support::HANG, "timeout")] {
        let server = Server::start([answer]).await;
        let seen = trace_call(&server.builder().timeout(Duration::from_millis(300)).build().unwrap()).await;
        assert_eq!(field(&seen.spans("call")[0], "error.type"), error_type);
        assert_eq!(field(&seen.spans("attempt")[0], "error.type"), error_type);
    }
}

/// What needs a mock.
#[cfg(feature = "mock")]
mod mocked {
    use futures_util::future::{self, BoxFuture};
    use salla_runtime::mock::{Mock, MockResponse, Mocked};
    use salla_runtime::{AccessToken, Pacing, Quota, TokenError, TokenSource};

    use super::*;

    /// A source whose first token the API refuses.
    struct Renewed;

    impl TokenSource for Renewed {
        fn token(&self) -> BoxFuture<'_, Result<AccessToken, TokenError>> {
            Box::pin(future::ready(Ok(AccessToken::parse("first").unwrap())))
        }

        fn renew<'a>(&'a self, _: &'a AccessToken) -> BoxFuture<'a, Result<Option<AccessToken>, TokenError>> {
            Box::pin(future::ready(Ok(Some(AccessToken::parse("second").unwrap()))))
        }
    }

    struct ListPoints;

    impl Mocked for ListPoints {
        type Success = ();
        const STATUS: u16 = 200;

        fn operation() -> &'static Operation {
            &OPERATION
        }
    }

    #[tokio::test(start_paused = true)]
    async fn waits_and_a_renewed_token_are_events() {
        let mock = Mock::new();
        let refusal = MockResponse::new(401).json(&BTreeMap::from([("error", "invalid_token")]));
        mock.respond::<ListPoints>(refusal).respond::<ListPoints>(MockResponse::new(503).header("retry-after", "3"));
        mock.respond::<ListPoints>(MockResponse::new(200));
        let limited = Pacing::none().quota(Quota::new(2, Duration::from_secs(7)));
        let builder = mock.builder().token_source(Renewed).retry(QUICK).pacing(limited);
        let seen = trace_call(&builder.build().unwrap()).await;
        let events = seen.0.lock().unwrap().events.clone();
        let event = |message: &str| events.iter().find(|event| field(event, "message") == message).unwrap();
        event("the token was renewed, and the request is sent again");
        let retry = event("the request is retried");
        assert_eq!((field(retry, "failed"), field(retry, "wait_ms")), ("1", "3000"));
        assert_eq!(field(event("the request is delayed by a rate limit"), "wait_ms"), "4000");
    }
}

/// Covers every way in which a call can end, with a server that echoes the request.
#[tokio::test]
async fn neither_credentials_nor_personal_data_are_traced_or_logged_at_any_level() {
    log::set_logger(&LOG).unwrap();
    log::set_max_level(log::LevelFilter::Trace);
    let statuses = ["200 OK", "302 Found", "401 Unauthorized", "429 X", "500 X", "503 Service Unavailable"];
    let mut traced = String::new();
    let keys = CredentialSet::new(&KEYS).set(0, "marked-KEY");
    let answers = statuses.into_iter().chain(["", support::HANG, "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n"]);
    for (status, with_key) in answers.flat_map(|answer| [(answer, false), (answer, true)]) {
        let server = Server::start_with(4, move |request| {
            let echo = || answer(&format!("{status}\r\nx-echo: {TOKEN} marked-KEY"), request);
            if statuses.contains(&status) { echo() } else { status.to_owned() }
        })
        .await;
        let builder = server.builder().retry(QUICK).timeout(Duration::from_millis(200));
        let builder = if with_key { builder.credentials(keys.clone()) } else { builder };
        traced += &trace_call(&builder.build().unwrap()).await.everything();
    }
    let logged = LOG.0.lock().unwrap().clone();
    assert!(
        traced.contains("the request is retried") && logged.contains("reqwest"),
        "spans and log have been recorded"
    );
    for secret in ["marked-TOKEN", "marked-KEY", "secret-query", "secret-body", "1257881496"] {
        assert!(!traced.contains(secret) && !logged.contains(secret), "{secret} is in {traced} {logged}");
    }
}
