//! Requests and responses on the wire, against small servers on this machine.

mod support;

use std::collections::BTreeMap;
use std::error::Error as StdError;
use std::fmt;
use std::io::ErrorKind;
use std::time::Duration;

use salla_runtime::codegen::{self, Method, Operation, Request, Servers, Style};
use salla_runtime::{CallError, ClientBuilder, Error, Response, RetryPolicy, Transport, reqwest};
use serde_json::{Value, json};
use support::{
    ClosedPort, HANG, Server, TOKEN, all_output, answer, custom_client, debug, read_request, redirecting_client,
};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpListener;

const OPERATION: Operation = Operation::new("list_points", Method::GET, "/customers/{id}/points");
const OK_EMPTY_OBJECT: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";

fn request() -> Request {
    Request::new(&OPERATION).path_param("id", "a/b").query("customer_id", "1257881496").query("name", "مؤكدة")
}

/// The documented failure of the operation.
#[derive(Debug)]
struct Documented(Value);

impl fmt::Display for Documented {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a documented failure")
    }
}

impl StdError for Documented {}

/// Sends a request as a generated operation does: 200 decodes, 401 and 422 are documented, other statuses are not.
async fn send(transport: &Transport) -> Result<Response<Value>, CallError<Documented>> {
    let response = transport.call(request()).await?;
    match response.status().as_u16() {
        200 => response.decode(),
        401 | 422 => Err(response.api_error(Documented)),
        _ => Err(response.unexpected()),
    }
}

fn builder_without_retries(base_url: String) -> ClientBuilder<Transport> {
    ClientBuilder::new("").token(TOKEN).base_url(base_url).retry(RetryPolicy::none())
}

async fn failure(answer: impl Into<String>) -> CallError<Documented> {
    let server = Server::start([answer.into()]).await;
    send(&server.transport()).await.unwrap_err()
}

#[tokio::test]
async fn the_request_has_exactly_the_expected_line_and_headers() {
    let server = Server::start([OK_EMPTY_OBJECT]).await;
    let transport = server.builder().user_agent("my-app/1.0").build().unwrap();
    let response = tokio::spawn(async move { send(&transport).await }).await.unwrap().unwrap();
    assert_eq!((response.status().as_u16(), response.headers().len(), &response.body()[..]), (200, 1, &b"{}"[..]));
    assert_eq!((response.is_object(), response.into_inner()), (true, json!({})));
    let host = server.base_url.trim_start_matches("http://").split('/').next().unwrap();
    let expected = [
        "GET /admin/v2/customers/a%2Fb/points?customer_id=1257881496&name=%D9%85%D8%A4%D9%83%D8%AF%D8%A9 HTTP/1.1",
        "accept: application/json",
        &format!("user-agent: salla-runtime/{} my-app/1.0", env!("CARGO_PKG_VERSION")),
        &format!("authorization: Bearer {TOKEN}"),
        &format!("host: {host}"),
    ];
    assert_eq!(server.requests()[0].trim_end().split("\r\n").collect::<Vec<_>>(), expected);
}

#[tokio::test]
async fn a_body_is_sent_with_its_type() {
    let server = Server::start([OK_EMPTY_OBJECT]).await;
    let operation = Operation::new("add", Method::POST, "/points");
    server.transport().call(Request::new(&operation).json("x")).await.unwrap();
    let request = server.requests().remove(0);
    assert!(request.starts_with("POST /admin/v2/points HTTP/1.1\r\n"));
    assert!(
        request.contains("\r\ncontent-type: application/json\r\n") && request.contains("\r\ncontent-length: 3\r\n")
    );
}

#[tokio::test]
async fn accept_and_cookies_are_sent() {
    let server = Server::start([OK_EMPTY_OBJECT]).await;
    let operation = Operation::new("export", Method::GET, "/points");
    let request = Request::new(&operation).accept("text/csv").cookie("store", &7).query_as(Style::Form, "id", &[1, 2]);
    server.transport().call(request).await.unwrap();
    let request = server.requests().remove(0);
    assert!(request.starts_with("GET /admin/v2/points?id=1,2 HTTP/1.1\r\n"), "{request}");
    assert!(request.contains("\r\naccept: text/csv\r\n") && request.contains("\r\ncookie: store=7\r\n"), "{request}");
}

#[tokio::test]
async fn a_documented_error_is_decoded() {
    let body = json!({"error": {"code": "Invalid-token", "message": "please provide a valid API Key"}}).to_string();
    let answer = format!("HTTP/1.1 401 Unauthorized\r\nx-id: 7\r\ncontent-length: {}\r\n\r\n{body}", body.len());
    let error = failure(answer).await;
    let line = "GET /customers/{id}/points: 401 Unauthorized (Invalid-token: please provide a valid API Key)";
    assert_eq!(error.to_string(), line);
    assert_eq!(error.api().unwrap().0["error"]["code"], "Invalid-token");
    assert_eq!((error.status().unwrap().as_u16(), &error.headers().unwrap()["x-id"]), (401, &"7".parse().unwrap()));
    assert_eq!(error.body().unwrap(), body.as_bytes());
    assert_eq!(error.into_api().unwrap().0["error"]["code"], "Invalid-token");
}

#[tokio::test]
async fn an_error_holds_a_response_that_does_not_decode() {
    for (status, body, reason) in [
        ("200 OK", "", "empty body"),
        ("200 OK", "<html>", "HTML instead of JSON"),
        ("200 OK", "{", "EOF while parsing an object at line 1 column 1"),
    ] {
        let answer = format!("HTTP/1.1 {status}\r\nx-id: 7\r\ncontent-length: {}\r\n\r\n{body}", body.len());
        let error = failure(answer).await;
        assert!(error.is_undecodable() && error.api().is_none());
        let line = format!("GET /customers/{{id}}/points: {status}, but the body cannot be decoded: {reason}");
        assert_eq!(error.to_string(), line);
        assert_eq!((error.body().unwrap(), error.headers().unwrap().len()), (&body.as_bytes().into(), 2));
        assert_eq!(error.source().unwrap().to_string(), reason);
    }
}

#[tokio::test]
async fn a_documented_failure_is_decided_by_its_status_and_not_by_its_body() {
    #[derive(serde::Deserialize)]
    struct Body {
        error: BTreeMap<String, String>,
    }
    for (status, body, displayed) in [
        ("429 Too Many Requests", "{}", ""),
        ("403 Forbidden", r#"{"message":"no access"}"#, " (no access)"),
        ("502 Bad Gateway", "<html>", " (HTML instead of JSON)"),
        ("503 Service Unavailable", "", " (empty body)"),
        ("422 Unprocessable Entity", "{", ""),
        ("400 Bad Request", r#"{"error":"invalid_request","error_description":"x"}"#, " (invalid_request: x)"),
        ("400 Bad Request", r#"{"error":{"code":7,"message":"closed"}}"#, " (7: closed)"),
        ("409 Conflict", "\u{feff}{\"error\":{\"message\":[]},\"message\":\"busy\"}", " (busy)"),
        ("500 Internal Server Error", "[[", ""),
    ] {
        let server = Server::start([answer(status, body)]).await;
        let response = server.transport().call(request()).await.unwrap();
        let error = response.api_error(|body: Body| Documented(json!(body.error)));
        assert!(error.is_api() && error.api().is_none() && !error.is_undecodable(), "{status}: {error:?}");
        assert_eq!(error.to_string(), format!("GET /customers/{{id}}/points: {status}{displayed}"));
        assert!(status.starts_with(error.status().unwrap().as_str()) && error.body().unwrap() == body);
        assert!(error.source().unwrap().is::<salla_runtime::DecodeError>());
    }
}

#[tokio::test]
async fn a_redirect_is_a_response_and_is_not_followed() {
    let elsewhere = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let location = format!("http://{}/", elsewhere.local_addr().unwrap());
    for status in ["301 Moved Permanently", "302 Found", "307 Temporary Redirect", "308 Permanent Redirect"] {
        let error = failure(format!("HTTP/1.1 {status}\r\nlocation: {location}\r\ncontent-length: 0\r\n\r\n")).await;
        assert!(error.is_unexpected_status());
        assert_eq!(error.to_string(), format!("GET /customers/{{id}}/points: {status} (empty body)"));
        assert_eq!(error.headers().unwrap()["location"], location);
    }
    assert_no_connection(elsewhere);
}

fn assert_no_connection(listener: TcpListener) {
    let listener = listener.into_std().unwrap();
    assert_eq!(listener.accept().unwrap_err().kind(), ErrorKind::WouldBlock);
}

#[tokio::test]
async fn the_error_of_an_interrupted_body_holds_the_received_part() {
    for answer in [
        "HTTP/1.1 200 OK\r\nx-id: 7\r\ncontent-length: 9\r\n\r\n{\"a\"",
        "HTTP/1.1 200 OK\r\nx-id: 7\r\ntransfer-encoding: chunked\r\n\r\n4\r\n{\"a\"\r\n",
    ] {
        let error = failure(answer).await;
        assert!(error.is_interrupted() && !error.is_timeout(), "{error}");
        assert!(error.to_string().contains("200 OK, but the body is incomplete: "), "{error}");
        assert_eq!((error.status().unwrap().as_u16(), &error.body().unwrap()[..]), (200, &b"{\"a\""[..]));
        assert_eq!(error.headers().unwrap()["x-id"], "7");
        assert!(error.source().is_some());
    }
}

#[tokio::test]
async fn a_body_over_the_limit_is_not_read_completely() {
    let body = "x".repeat(2000);
    for head in ["content-length: 2000\r\n", ""] {
        let server = Server::start([format!("HTTP/1.1 200 OK\r\nx-id: 7\r\n{head}\r\n{body}")]).await;
        let transport = server.builder().max_body_bytes(1999).build().unwrap();
        let error = send(&transport).await.unwrap_err();
        assert!(error.is_body_too_large());
        let line = "GET /customers/{id}/points: 200 OK, but the body is too large: more than 1999 bytes";
        assert_eq!(error.to_string(), line);
        assert!(error.body().unwrap().len() < 2000 && error.headers().unwrap()["x-id"] == "7");
    }
}

#[tokio::test]
async fn the_limit_is_that_of_all_chunks_together() {
    let chunks = "6\r\n[1,2,3\r\n6\r\n,4,5,6\r\n1\r\n]\r\n0\r\n\r\n";
    for (limit, is_too_large) in [(13, false), (12, true), (10, true)] {
        let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
        let server = Server::start([format!("{head}{chunks}")]).await;
        let outcome = send(&server.builder().max_body_bytes(limit).build().unwrap()).await;
        assert_eq!(outcome.err().is_some_and(|error| error.is_body_too_large()), is_too_large, "{limit}");
    }
}

#[tokio::test]
async fn a_body_of_exactly_the_limit_is_read() {
    for head in ["content-length: 2\r\n", ""] {
        let server = Server::start([format!("HTTP/1.1 200 OK\r\n{head}\r\n[]")]).await;
        let transport = server.builder().max_body_bytes(2).build().unwrap();
        assert_eq!(send(&transport).await.unwrap().into_inner(), json!([]));
    }
}

#[tokio::test]
async fn a_wrong_content_length_reserves_no_memory() {
    let server = Server::start(["HTTP/1.1 200 OK\r\ncontent-length: 9223372036854775807\r\n\r\n{}"]).await;
    let error = send(&server.builder().max_body_bytes(usize::MAX).build().unwrap()).await.unwrap_err();
    assert!(error.is_interrupted() && error.body().unwrap() == "{}");
}

#[tokio::test]
async fn a_closed_port_is_a_connect_error() {
    let nobody = ClosedPort::new();
    let transport: Transport = builder_without_retries(nobody.base_url()).build().unwrap();
    let error = send(&transport).await.unwrap_err();
    assert!(error.is_connect() && !error.is_timeout() && error.status().is_none() && error.body().is_none());
    assert!(error.to_string().starts_with("GET /customers/{id}/points: cannot connect: "), "{error}");
    assert!(error.source().unwrap().source().is_some(), "the error has its causes");
    assert!(!all_output(&error).contains("1257881496"), "the query is personal data");
}

#[tokio::test]
async fn a_closed_connection_is_an_interrupted_error() {
    let error = failure("").await;
    assert!(error.is_interrupted() && error.status().is_none());
    assert!(error.to_string().starts_with("GET /customers/{id}/points: no response: "), "{error}");
}

#[tokio::test]
async fn timeouts_before_and_during_the_response_are_interrupted_errors() {
    const SHORT: Duration = Duration::from_millis(100);
    let silent = Server::start([HANG]).await;
    let error = send(&silent.builder().attempt_timeout(SHORT).build().unwrap()).await.unwrap_err();
    assert!(error.is_timeout() && error.is_interrupted() && error.status().is_none());
    assert_eq!(error.to_string(), "GET /customers/{id}/points: no response: timed out");

    let slow = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("http://{}", slow.local_addr().unwrap());
    let server = tokio::spawn(async move {
        let (mut stream, _) = slow.accept().await.unwrap();
        read_request(&mut stream).await;
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{").await.unwrap();
        stream
    });
    let error = send(&builder_without_retries(base_url).timeout(SHORT).build().unwrap()).await.unwrap_err();
    assert!(error.is_timeout() && error.is_interrupted(), "{error:?}");
    assert_eq!((error.status().unwrap().as_u16(), &error.body().unwrap()[..]), (200, &b"{"[..]));
    assert!(error.to_string().ends_with("200 OK, but the body is incomplete: timed out"), "{error}");
    drop(server.await.unwrap());
}

#[tokio::test]
async fn an_invalid_request_is_not_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    let transport: Transport = builder_without_retries(base_url).build().unwrap();
    let error = transport.call(Request::new(&OPERATION).path_param("id", "..")).await.unwrap_err();
    assert!(error.is_invalid_request());
    let line = "GET /customers/{id}/points: invalid request: id: a path parameter cannot be `.` or `..`";
    assert_eq!(error.to_string(), line);
    let error = Error::invalid_request(&OPERATION, "customer_id", format!("{TOKEN}\nis too short"));
    assert!(error.is_invalid_request() && error.to_string().ends_with("TOKEN is too short"));
    assert_no_connection(listener);
}

#[tokio::test]
async fn no_output_contains_a_token_that_the_server_echoes() {
    for status in ["200 OK", "302 Found", "401 Unauthorized", "422 Unprocessable Entity", "500 Internal Server Error"] {
        for wrap in [
            |echo: &str| json!({"error": {"code": echo, "message": echo, "fields": {echo: [echo]}}}).to_string(),
            |echo: &str| json!({ echo: 1 }).to_string(),
            |echo: &str| json!({"points": echo}).to_string(),
            |echo: &str| json!(echo).to_string(),
            |echo: &str| format!("<pre>{echo}</pre>"),
            |echo: &str| echo.to_owned(),
        ] {
            let server = Server::start_with(1, move |request| {
                let body = wrap(request);
                format!("HTTP/1.1 {status}\r\nx-echo: {TOKEN}\r\ncontent-length: {}\r\n\r\n{body}", body.len())
            })
            .await;
            let transport = server.transport();
            let response = transport.call(request()).await.unwrap();
            let mut printed = debug(&response);
            let error: CallError<Documented> = match status {
                "200 OK" => response.decode::<BTreeMap<String, bool>, _>().unwrap_err(),
                "401 Unauthorized" => response.api_error(Documented),
                "422 Unprocessable Entity" => response.api_error(|_: u8| Documented(Value::Null)),
                _ => response.unexpected(),
            };
            printed += &all_output(&error);
            assert!(!printed.contains("marked-TOKEN"), "{status}: {printed}");
            assert!(error.to_string().chars().count() < 700 && !error.to_string().contains('\n'));
        }
    }
}

#[tokio::test]
async fn client_and_builder_hide_the_token() {
    let server = Server::start([""]).await;
    for printed in [debug(&server.builder()), debug(&server.transport())] {
        assert!(printed.contains("127.0.0.1") && !printed.contains("marked-TOKEN"), "{printed}");
    }
    let misplaced = ClientBuilder::<Transport>::new("").token(format!("Bearer {TOKEN}")).base_url(TOKEN);
    let printed = debug(&misplaced) + &all_output(&misplaced.build().unwrap_err());
    assert!(!printed.contains("marked-TOKEN"), "{printed}");
}

#[tokio::test]
async fn the_language_of_a_request_overrides_that_of_the_client() {
    let server = Server::start([OK_EMPTY_OBJECT, OK_EMPTY_OBJECT]).await;
    let transport = server.builder().language("en, ar;q=0.5").build().unwrap();
    transport.call(request()).await.unwrap();
    transport.call(request().header("accept-language", "ar")).await.unwrap();
    let requests = server.requests();
    assert!(requests[0].contains("\r\naccept-language: en, ar;q=0.5\r\n"), "{}", requests[0]);
    assert!(requests[1].contains("\r\naccept-language: ar\r\n"), "{}", requests[1]);
}

#[tokio::test]
async fn a_success_that_reports_a_failure_is_an_error() {
    for body in [
        r#"{"status":200,"success":false,"error":{"code":"error","message":"alert.closed"}}"#,
        r#"{"status":200,"data":[],"success" : false}"#,
    ] {
        let error = failure(answer("200 OK", body)).await;
        assert!(error.is_reported_failure() && error.is_api() && error.api().is_none() && !error.is_retryable());
        assert_eq!((error.status().unwrap().as_u16(), &error.body().unwrap()[..]), (200, body.as_bytes()));
    }
    let error = failure(answer("200 OK", r#"{"success":false,"error":{"code":"error","message":"closed"}}"#)).await;
    assert!(error.to_string().ends_with(": 200 OK, but it reports a failure (error: closed)"), "{error}");
}

#[tokio::test]
async fn a_bare_oauth_error_is_an_api_error() {
    #[derive(serde::Deserialize)]
    struct Body {
        error: BTreeMap<String, String>,
    }
    let body = r#"{"error":"invalid_request","error_description":"no token"}"#;
    let server = Server::start([answer("401 Unauthorized", body)]).await;
    let response = server.transport().call(request()).await.unwrap();
    let error = response.api_error(|body: Body| Documented(json!(body.error)));
    assert!(error.is_api() && error.is_unauthorized() && error.api().is_none() && !error.is_undecodable());
    assert!(error.to_string().ends_with(": 401 Unauthorized (invalid_request: no token)"), "{error}");
}

#[tokio::test]
async fn each_failure_of_the_api_has_a_predicate() {
    let scopes = json!({"error": {"message": "The access token should have access to one of those scopes: x"}});
    let error = failure(answer("401 Unauthorized", &scopes.to_string())).await;
    assert!(error.is_unauthorized() && error.is_missing_scope() && error.is_api() && !error.is_validation());
    let error = failure(answer("422 Unprocessable Entity", "{}")).await;
    assert!(error.is_validation() && !error.is_unauthorized() && !error.is_missing_scope() && !error.is_retryable());
    let error = failure("HTTP/1.1 429 Too Many Requests\r\nretry-after: 7\r\ncontent-length: 0\r\n\r\n").await;
    assert!(error.is_rate_limited() && error.is_retryable() && error.retry_after() == Some(Duration::from_secs(7)));
}

#[tokio::test]
async fn a_custom_client_that_follows_a_redirect_sends_no_token_and_returns_an_error() {
    let elsewhere = Server::start([answer("200 OK", r#"{"data":[]}"#)]).await;
    let location = format!("HTTP/1.1 302 Found\r\nlocation: {}\r\ncontent-length: 0\r\n\r\n", elsewhere.base_url);
    let server = Server::start([location]).await;
    let error = send(&server.builder().http_client(redirecting_client()).build().unwrap()).await.unwrap_err();
    assert!(error.is_redirected() && !error.is_retryable() && error.attempts() == 1);
    let line = "GET /customers/{id}/points: 200 OK, but from another origin than the request";
    assert_eq!((error.to_string().as_str(), &error.body().unwrap()[..]), (line, &br#"{"data":[]}"#[..]));
    assert!(server.requests()[0].contains(TOKEN) && !elsewhere.requests()[0].contains(TOKEN));
}

#[tokio::test]
async fn a_redirect_from_the_server_of_an_operation_to_the_base_url_is_an_error() {
    const OWN: Operation = Operation::new("own", Method::GET, "/own").served_by(0);
    static API: Servers = Servers { base: None, own: &[codegen::Server::new("https://own.example", &[])] };
    let base = Server::start([answer("200 OK", "{}")]).await;
    let location = format!("HTTP/1.1 302 Found\r\nlocation: {}\r\ncontent-length: 0\r\n\r\n", base.base_url);
    let own = Server::start([location]).await;
    let builder = base.builder().served_by(&API).server("https://own.example/", &own.base_url);
    let transport = builder.http_client(redirecting_client()).build().unwrap();
    let error = transport.call(Request::new(&OWN)).await.unwrap_err();
    assert!(error.is_redirected() && own.requests()[0].contains(TOKEN), "{error}");
    assert!(!base.requests()[0].contains(TOKEN));
}

#[tokio::test]
async fn each_request_goes_to_the_path_of_its_operation() {
    const ORDERS: Operation = Operation::new("orders", Method::GET, "/orders");
    const POINTS: Operation = Operation::new("points", Method::GET, "/points");
    let operations = [&ORDERS, &ORDERS, &POINTS, &OPERATION, &POINTS, &ORDERS];
    let server = Server::start([OK_EMPTY_OBJECT; 6]).await;
    let transport = server.transport();
    for (number, operation) in operations.iter().enumerate() {
        let request = Request::new(operation).query("number", &number);
        let has_id = operation.path().contains("{id}");
        let request = if has_id { request.path_param("id", "7") } else { request };
        transport.call(request).await.unwrap();
    }
    let paths = ["orders", "orders", "points", "customers/7/points", "points", "orders"];
    for ((number, path), request) in paths.iter().enumerate().zip(server.requests()) {
        assert!(request.starts_with(&format!("GET /admin/v2/{path}?number={number} ")), "{request}");
    }
}

#[tokio::test]
async fn a_custom_client_sends_every_attempt_through_its_proxy() {
    let proxy = Server::start([answer("503 Service Unavailable", ""), answer("200 OK", "{}")]).await;
    // Nothing listens at the base URL, so only the proxy can answer.
    let api = ClosedPort::new();
    let policy = RetryPolicy::new().base_delay(Duration::from_millis(1));
    let http = custom_client(reqwest::Client::builder().proxy(reqwest::Proxy::all(&proxy.base_url).unwrap()));
    let transport = proxy.builder().base_url(api.base_url()).retry(policy).http_client(http).build().unwrap();
    assert_eq!(send(&transport).await.unwrap().status().as_u16(), 200);
    let requests = proxy.requests();
    assert_eq!(requests.len(), 2);
    for request in requests {
        assert!(request.starts_with(&format!("GET {}/customers/", api.base_url())), "{request}");
        assert!(request.contains(&format!("authorization: Bearer {TOKEN}")), "{request}");
    }
}

#[tokio::test]
async fn a_proxy_that_cannot_be_reached_is_a_connect_error() {
    let proxy = reqwest::Proxy::all(ClosedPort::new().base_url()).unwrap();
    let server = Server::start([OK_EMPTY_OBJECT]).await;
    let http = custom_client(reqwest::Client::builder().proxy(proxy));
    let error = send(&server.builder().http_client(http).build().unwrap()).await.unwrap_err();
    assert!(error.is_connect() && error.is_retryable() && error.attempts() == 1, "{error:?}");
    assert!(server.requests().is_empty());
}

/// Returns a process that runs a test of this program with a proxy in the environment.
fn child_with_proxy(test: &str, base_url: &str, proxy_url: &str) -> std::process::Command {
    let mut child = std::process::Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", "--ignored", test]).env("SALLA_ACCESS_TOKEN", TOKEN).env("SALLA_BASE_URL", base_url);
    child.env_remove("NO_PROXY").env_remove("no_proxy");
    for name in ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
        child.env(name, proxy_url);
    }
    child
}

/// A client reads the proxies from the environment when it is built, so this test starts another process of itself.
#[tokio::test]
async fn a_request_to_this_machine_uses_no_proxy_and_the_environment_is_read() {
    let proxy = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let proxy_url = format!("http://{}", proxy.local_addr().unwrap());
    let server = Server::start([OK_EMPTY_OBJECT]).await;
    let mut child = child_with_proxy("in_another_environment", &server.base_url, &proxy_url);
    let output = tokio::task::spawn_blocking(move || child.output()).await.unwrap().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    assert!(server.requests()[0].contains(TOKEN));
    assert_no_connection(proxy);
}

#[tokio::test]
#[ignore = "another test runs it, with proxies in the environment"]
async fn in_another_environment() {
    let transport: Transport = ClientBuilder::new("").env().build().unwrap();
    send(&transport).await.unwrap();
}

#[cfg(any(feature = "rustls", feature = "native-tls"))]
#[tokio::test]
async fn a_request_over_https_asks_the_proxy_of_the_environment_for_a_tunnel() {
    let proxy = Server::start([answer("403 Forbidden", "")]).await;
    let mut child = child_with_proxy("behind_a_proxy", "https://api.example", &proxy.base_url);
    let output = tokio::task::spawn_blocking(move || child.output()).await.unwrap().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    let requests = proxy.requests();
    assert!(requests[0].starts_with("CONNECT api.example:443 "), "{requests:?}");
    assert!(!requests[0].contains(TOKEN), "{requests:?}");
}

#[tokio::test]
#[ignore = "another test runs it, with a proxy in the environment that refuses the tunnel"]
async fn behind_a_proxy() {
    let transport: Transport = ClientBuilder::new("").env().retry(RetryPolicy::none()).build().unwrap();
    assert!(send(&transport).await.unwrap_err().is_connect());
}
