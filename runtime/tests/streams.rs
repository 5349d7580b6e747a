//! Answers that are streams of items.

mod support;

use std::time::Duration;

use futures_util::{FutureExt as _, TryStreamExt as _};
use salla_runtime::codegen::{Framing, Operation, Request, Streamed};
use salla_runtime::{CallError, ClientBuilder, Error, Event, ItemStream, Method, Response, RetryPolicy, Transport};
use support::{HANG, Server, TOKEN, all_output, answer, redirecting_client};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

static ORDERS: Operation = Operation::new("orders", Method::GET, "/orders");

const LINES: Streamed = Streamed(&[(200, 200, Framing::Lines), (206, 207, Framing::Lines)]);
const EVENTS: Streamed = Streamed(&[(200, 200, Framing::Events)]);

/// The error of an operation without documented failures.
type Failed = CallError<std::fmt::Error>;

/// Returns an answer with this media type, whose body may lack its end.
fn typed(media_type: &str, missing: usize, body: &str) -> String {
    let length = body.len() + missing;
    format!("HTTP/1.1 200 OK\r\ncontent-type: {media_type}\r\ncontent-length: {length}\r\n\r\n{body}")
}

async fn lines(transport: &Transport, timeout: Duration) -> Result<Response<ItemStream<u8>>, Error> {
    let request = Request::new(&ORDERS).timeout(timeout);
    let (response, body) = transport.open(request, LINES).await?;
    let items: Result<_, Failed> = response.json_lines(body);
    Ok(items?)
}

async fn events(answer: String) -> Result<Response<ItemStream<Event<String>>>, Error> {
    let server = Server::start([answer]).await;
    let (response, body) = server.transport().open(Request::new(&ORDERS), EVENTS).await?;
    let items: Result<_, Failed> = response.text_events(body);
    Ok(items?)
}

/// Starts a server. Returns it, and a builder of its clients.
async fn listen() -> (TcpListener, ClientBuilder<Transport>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    (listener, ClientBuilder::new("https://api.example").token(TOKEN).base_url(base_url))
}

/// Sends this answer to one request. Returns the connection, which is still open.
async fn begin_answer(listener: &TcpListener, answer: &str) -> TcpStream {
    let (mut server, _) = listener.accept().await.unwrap();
    support::read_request(&mut server).await;
    server.write_all(answer.as_bytes()).await.unwrap();
    server
}

/// Returns the numbers of a server that sends this answer, and keeps the connection open.
async fn kept_open(answer: String, max_body_bytes: usize) -> (ItemStream<Event<u8>>, TcpStream) {
    let (listener, builder) = listen().await;
    let transport = builder.max_body_bytes(max_body_bytes).build().unwrap();
    let opened = transport.open(Request::new(&ORDERS), EVENTS);
    let (opened, server) = tokio::join!(opened, begin_answer(&listener, &answer));
    let (response, body) = opened.unwrap();
    let items: Result<_, Failed> = response.json_events(body);
    (items.unwrap().into_inner(), server)
}

const LONG: Duration = Duration::from_secs(60);
const SHORT: Duration = Duration::from_millis(50);

#[tokio::test]
async fn an_item_longer_than_a_body_may_be_ends_the_stream_and_all_items_may_be_longer() {
    let server = Server::start([typed("application/x-ndjson", 0, "1\n2\n3\n4\n12345\n5\n")]).await;
    let transport: Transport = server.builder().max_body_bytes(4).build().unwrap();
    let mut items = lines(&transport, LONG).await.unwrap().into_inner();
    for expected in 1..=4 {
        assert_eq!(items.try_next().await.unwrap(), Some(expected));
    }
    let error = items.try_next().await.unwrap_err();
    assert!(error.is_body_too_large() && error.status().is_some_and(|status| status == 200), "{error}");
    assert!(items.next().await.is_none());
}

#[tokio::test]
async fn a_broken_answer_is_an_interruption_and_no_answer_a_timeout() {
    let server = Server::start([typed("application/x-ndjson", 9, "1\n2"), HANG.to_owned()]).await;
    let transport = server.transport();
    let mut items = lines(&transport, LONG).await.unwrap().into_inner();
    assert_eq!(items.try_next().await.unwrap(), Some(1));
    let error = items.try_next().await.unwrap_err();
    assert!(error.is_interrupted() && !error.is_timeout() && error.body().unwrap() == "2", "{error}");
    assert_eq!(error.attempts(), 1);
    let error = lines(&transport, SHORT).await.unwrap_err();
    assert!(error.is_timeout() && error.status().is_none(), "{error}");
}

#[tokio::test]
async fn a_stream_may_last_longer_than_the_timeouts_but_not_be_silent_as_long() {
    let (listener, builder) = listen().await;
    let transport = builder.attempt_timeout(SHORT).build().unwrap();
    let answer = typed("application/x-ndjson", 9, "1\n2\n");
    let (items, server) = tokio::join!(lines(&transport, 4 * SHORT), begin_answer(&listener, &answer));
    let mut items = items.unwrap().into_inner();
    assert_eq!(items.try_next().await.unwrap(), Some(1));
    // The timeout of an attempt ends while nothing arrives, and that of the call ends the wait.
    let start = std::time::Instant::now();
    assert_eq!(items.try_next().await.unwrap(), Some(2));
    let error = items.try_next().await.unwrap_err();
    assert!(error.is_timeout() && error.is_interrupted(), "{error}");
    assert!(start.elapsed() >= 4 * SHORT, "{:?}", start.elapsed());
    drop(server);
}

#[tokio::test]
async fn a_request_is_repeated_until_its_response_begins() {
    let broken = || "HTTP/1.1 503 Busy\r\ncontent-length: 0\r\n\r\n".to_owned();
    let server = Server::start([broken(), typed("application/x-ndjson", 0, "1")]).await;
    let retry = RetryPolicy::new().base_delay(Duration::from_millis(1));
    let transport: Transport = server.builder().retry(retry).build().unwrap();
    let mut items = lines(&transport, LONG).await.unwrap().into_inner();
    assert_eq!((items.try_next().await.unwrap(), items.try_next().await.unwrap()), (Some(1), None));
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn another_answer_than_a_stream_is_complete() {
    for status in ["202 Accepted", "404 Not Found"] {
        let server = Server::start([answer(status, "whole")]).await;
        let (response, _) = server.transport().open(Request::new(&ORDERS), LINES).await.unwrap();
        assert_eq!(response.body(), "whole", "{status}");
    }
}

#[tokio::test]
async fn a_failure_behind_a_status_of_success_is_no_item() {
    let failed = "{\n  \"success\": false,\n  \"error\": {\"message\": \"no\"}\n}";
    let server = Server::start([typed("application/json", 0, failed)]).await;
    let error = lines(&server.transport(), LONG).await.unwrap_err();
    assert!(error.is_reported_failure() && error.to_string().ends_with("reports a failure (no)"), "{error}");
    let error = events(typed("application/json", 0, failed)).await.unwrap_err();
    assert!(error.is_reported_failure(), "{error}");
}

#[tokio::test]
async fn lines_may_be_called_json_and_a_page_is_no_stream_of_lines() {
    let server = Server::start([typed("application/json", 0, "1\n2"), typed("text/html", 0, "<p>\nLog in</p>")]).await;
    let mut items = lines(&server.transport(), LONG).await.unwrap().into_inner();
    assert_eq!((items.try_next().await.unwrap(), items.try_next().await.unwrap()), (Some(1), Some(2)));
    let error = lines(&server.transport(), LONG).await.unwrap_err();
    assert!(
        error.is_undecodable() && error.to_string().ends_with("expected lines of JSON, found text/html"),
        "{error}"
    );
}

#[tokio::test]
async fn each_status_has_the_framing_of_its_answer() {
    let both = Streamed(&[(200, 200, Framing::Lines), (202, 202, Framing::Events)]);
    let accepted = typed("text/event-stream", 0, "event: a\ndata: hi\n\n").replace("200 OK", "202 Accepted");
    let server = Server::start([accepted]).await;
    let (response, body) = server.transport().open(Request::new(&ORDERS), both).await.unwrap();
    let items: Result<Response<ItemStream<Event<String>>>, Failed> = response.text_events(body);
    let event = items.unwrap().into_inner().try_next().await.unwrap().unwrap();
    assert_eq!((event.event.as_deref(), event.data.as_str()), (Some("a"), "hi"));
}

#[tokio::test]
async fn the_headers_of_a_late_body_that_is_no_stream_count() {
    let (listener, builder) = listen().await;
    let transport = builder.retry(RetryPolicy::none()).build().unwrap();
    let answer = "HTTP/1.1 429 Busy\r\nretry-after: 60\r\ncontent-length: 9\r\n\r\n1";
    let (items, server) = tokio::join!(lines(&transport, SHORT), begin_answer(&listener, answer));
    let error = items.unwrap_err();
    assert!(error.is_timeout() && error.status().is_some_and(|status| status == 429), "{error}");
    assert_eq!(error.retry_after(), Some(Duration::from_secs(60)));
    drop(server);
}

#[tokio::test]
async fn a_body_of_another_type_is_no_empty_stream_of_events() {
    let error = events(typed("text/html", 0, "<p>Log in</p>")).await.unwrap_err();
    assert!(error.is_undecodable() && error.body().unwrap() == "<p>Log in</p>", "{error}");
    assert!(error.to_string().ends_with("expected a stream of events, found text/html"), "{error}");
    let mut untyped = events(answer("200 OK", "data: a\n\n")).await.unwrap().into_inner();
    assert_eq!(untyped.try_next().await.unwrap().unwrap().data, "a");
}

#[tokio::test]
async fn an_item_and_the_token_are_in_no_output() {
    let body = format!("\"{TOKEN}\"\n");
    let server = Server::start([typed("application/x-ndjson", 0, &body)]).await;
    let response = lines(&server.transport(), LONG).await.unwrap();
    assert!(!support::debug(&response).contains("marked"));
    let mut items = response.into_inner();
    let error = items.try_next().await.unwrap_err();
    let shown = all_output(&error) + &support::debug(&items);
    assert!(error.is_undecodable() && !shown.contains("marked"), "{shown}");
}

#[tokio::test]
async fn the_data_of_events_of_text_is_not_decoded() {
    let answer = typed("text/event-stream", 0, "data: {\"a\": \"é\"}\n\ndata: [DONE]\n\n");
    let mut items = events(answer).await.unwrap().into_inner();
    for text in ["{\"a\": \"é\"}", "[DONE]"] {
        assert_eq!(items.try_next().await.unwrap(), Some(Event::new(text.to_owned())));
    }
    assert_eq!(items.try_next().await.unwrap(), None);
}

#[tokio::test]
async fn the_data_done_ends_events_of_json_and_closes_the_connection() {
    let body = "data: 1\n\nevent: end\ndata: [DONE]\n\ndata: 2\n\n";
    let (mut items, mut server) = kept_open(typed("text/event-stream", 9, body), 100).await;
    assert_eq!(items.try_next().await.unwrap(), Some(Event::new(1)));
    assert_eq!(items.try_next().await.unwrap(), None);
    assert!(items.next().now_or_never().unwrap().is_none(), "no event follows the end");
    assert!(matches!(server.read(&mut [0]).await, Ok(0) | Err(_)), "the client closed the connection");
    drop(items);
}

#[tokio::test]
async fn an_event_that_is_too_long_closes_the_connection() {
    let (mut items, mut server) = kept_open(typed("text/event-stream", 9, "data: 12345"), 4).await;
    let error = items.try_next().await.unwrap_err();
    assert!(error.is_body_too_large() && error.body().unwrap() == "data: 12345", "{error}");
    assert!(items.next().now_or_never().unwrap().is_none(), "the stream does not wait for more");
    assert!(matches!(server.read(&mut [0]).await, Ok(0) | Err(_)), "the client closed the connection");
    drop(items);
}

#[tokio::test]
async fn an_error_holds_the_bytes_that_are_no_item_and_the_headers() {
    let server =
        Server::start([typed("application/x-ndjson", 9, "1\n\"half"), typed("text/plain", 0, "1\n123456")]).await;
    let interrupted = server.transport();
    let limited: Transport = server.builder().max_body_bytes(4).build().unwrap();
    for (transport, media_type, rest) in
        [(interrupted, "application/x-ndjson", "\"half"), (limited, "text/plain", "123456")]
    {
        let mut items = lines(&transport, LONG).await.unwrap().into_inner();
        assert_eq!(items.try_next().await.unwrap(), Some(1));
        let error = items.try_next().await.unwrap_err();
        assert_eq!((error.body().unwrap(), error.status().unwrap().as_u16()), (&rest.into(), 200), "{error}");
        assert_eq!(error.headers().unwrap()["content-type"], media_type);
    }
}

#[tokio::test]
async fn a_stream_works_with_the_traits_of_futures() {
    let server = Server::start([typed("application/x-ndjson", 0, "1\n2\n3"), typed("text/plain", 0, "1\nx\n3")]).await;
    let items = lines(&server.transport(), LONG).await.unwrap().into_inner();
    assert_eq!(items.try_collect::<Vec<_>>().await.unwrap(), [1, 2, 3]);
    let items = lines(&server.transport(), LONG).await.unwrap().into_inner();
    assert!(items.try_collect::<Vec<_>>().await.unwrap_err().is_undecodable());
}

#[tokio::test]
async fn debug_says_whether_a_stream_has_ended() {
    let server = Server::start([typed("application/x-ndjson", 0, "1")]).await;
    let mut items = lines(&server.transport(), LONG).await.unwrap().into_inner();
    assert_eq!(format!("{items:?}"), "ItemStream { ended: false, .. }");
    while items.try_next().await.unwrap().is_some() {}
    assert_eq!(format!("{items:?}"), "ItemStream { ended: true, .. }");
}

#[tokio::test]
async fn a_media_type_has_any_case_and_parameters() {
    let mut items = events(typed("Text/Event-Stream ; charset=utf-8", 0, "data: a\n\n")).await.unwrap().into_inner();
    assert_eq!(items.try_next().await.unwrap(), Some(Event::new("a".to_owned())));
    let error = events(typed("Text/HTML;charset=utf-8", 0, "data: a\n\n")).await.unwrap_err();
    assert!(error.to_string().ends_with("found text/html"), "{error}");
}

#[tokio::test]
async fn a_whole_answer_that_is_no_stream_may_be_as_long_as_a_body_and_no_longer() {
    let server = Server::start([typed("application/json", 0, "1\n2"), typed("application/json", 0, "1\n2\n")]).await;
    let transport: Transport = server.builder().max_body_bytes(3).build().unwrap();
    let mut items = lines(&transport, LONG).await.unwrap().into_inner();
    assert_eq!((items.try_next().await.unwrap(), items.try_next().await.unwrap()), (Some(1), Some(2)));
    assert!(lines(&transport, LONG).await.unwrap_err().is_body_too_large());
}

#[tokio::test]
async fn a_stream_may_follow_a_redirect_within_its_origin_only() {
    let found = |location: &str| format!("HTTP/1.1 302 Found\r\nlocation: {location}\r\ncontent-length: 0\r\n\r\n");
    let stream = || typed("application/x-ndjson", 0, "1\n2\n");
    let elsewhere = Server::start([stream()]).await;
    let server = Server::start([found(&elsewhere.base_url), found("/moved"), stream()]).await;
    let transport: Transport = server.builder().http_client(redirecting_client()).build().unwrap();
    let error = lines(&transport, LONG).await.unwrap_err();
    assert!(error.is_redirected() && error.body().unwrap() == "1\n2\n", "{error}");
    assert!(!elsewhere.requests()[0].contains(TOKEN));
    let mut items = lines(&transport, LONG).await.unwrap().into_inner();
    assert_eq!(items.try_next().await.unwrap(), Some(1));
    assert!(server.requests()[2].starts_with("GET /moved "));
}
