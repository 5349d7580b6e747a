//! A crate that calls an API with several security schemes, and a server that sees every byte of its requests.

mod server;

use std::sync::{Arc, Mutex};

use security::mock::Mock;
use security::salla_runtime::{AccessToken, BoxFuture, TokenError, TokenSource};
use security::{Client, Credentials, Error, Optional, RetryPolicy, Without};
use server::{DONE, Server};

fn client_of(server: &Server, credentials: Credentials) -> Client {
    let builder = Client::builder().base_url(server.url("/v1")).retry(RetryPolicy::none());
    builder.credentials(credentials).build().unwrap()
}

/// Returns the requests so far, each without the headers that do not depend on credentials.
fn requests_of(server: &Server) -> Vec<Vec<String>> {
    let host = format!("host: {}", server.address);
    let known = |line: &str| {
        line.starts_with("user-agent: salla-runtime/")
            || ["accept: text/plain", "accept: application/json", "content-length: 0", ""].contains(&line)
            || line == host
    };
    let lines =
        |request: &String| request.split("\r\n").filter(|line| !known(line)).map(str::to_owned).collect::<Vec<_>>();
    server.requests().iter().map(lines).collect()
}

/// Returns credentials of all schemes.
fn every() -> Credentials {
    Credentials::new()
        .key("marked key")
        .query_key("marked/query&=")
        .session("marked;session")
        .bare("Token marked-bare")
        .basic_auth("user", "marked-word")
        .bearer_auth("marked-bearer")
        .oauth("marked-oauth")
        .connect("marked-connect")
}

/// Calls an operation with these credentials, and returns the lines of the request, or the error.
macro_rules! sent {
    ($credentials:expr, $($call:tt)*) => {{
        let server = Server::start(vec![DONE.to_owned()]).await;
        let outcome = client_of(&server, $credentials).$($call)*.send().await;
        match outcome.map(drop).map_err(Error::from) {
            Ok(()) => Ok(requests_of(&server).remove(0)),
            Err(error) => {
                assert!(server.requests().is_empty() && error.is_configuration() && error.attempts() == 0);
                Err(error.to_string())
            }
        }
    }};
}

#[tokio::test]
async fn each_operation_sends_the_credentials_of_its_schemes_and_no_others() {
    for (found, expected) in [
        (sent!(every(), by_default()), &["GET /v1/default HTTP/1.1", "x-key: marked key"][..]),
        (sent!(every(), without()), &["GET /v1/none HTTP/1.1"]),
        (sent!(every(), by_query().page(2)), &["GET /v1/query?page=2&api+key=marked%2Fquery%26%3D HTTP/1.1"]),
        (
            sent!(every(), by_cookie().theme("dark")),
            &["GET /v1/cookie HTTP/1.1", "cookie: theme=dark; session=marked%3Bsession"],
        ),
        (sent!(every(), by_cookie()), &["GET /v1/cookie HTTP/1.1", "cookie: session=marked%3Bsession"]),
        (sent!(every(), by_password()), &["POST /v1/basic HTTP/1.1", "authorization: Basic dXNlcjptYXJrZWQtd29yZA=="]),
        (sent!(every(), by_token()), &["GET /v1/bearer HTTP/1.1", "authorization: Bearer marked-bearer"]),
        (sent!(every(), by_oauth()), &["GET /v1/oauth HTTP/1.1", "authorization: Bearer marked-oauth"]),
        (sent!(every(), by_connect()), &["GET /v1/connect HTTP/1.1", "authorization: Bearer marked-connect"]),
        (sent!(every(), by_bare()), &["GET /v1/bare HTTP/1.1", "authorization: Token marked-bare"]),
        (
            sent!(every(), by_all()),
            &[
                "GET /v1/all?api+key=marked%2Fquery%26%3D HTTP/1.1",
                "x-key: marked key",
                "cookie: session=marked%3Bsession",
                "authorization: Basic dXNlcjptYXJrZWQtd29yZA==",
            ],
        ),
        (sent!(every(), by_certificate()), &["GET /v1/certificate HTTP/1.1", "x-key: marked key"]),
    ] {
        assert_eq!(found.unwrap(), expected);
    }
}

#[tokio::test]
async fn the_first_alternative_with_credentials_is_sent() {
    let cookie = || Credentials::new().session("s");
    for (credentials, expected) in [
        (
            every(),
            &["GET /v1/either HTTP/1.1", "authorization: Bearer marked-oauth", "cookie: session=marked%3Bsession"][..],
        ),
        (cookie().query_key("q").basic_auth("u", ""), &["GET /v1/either HTTP/1.1", "authorization: Basic dTo="]),
        (cookie().query_key("q"), &["GET /v1/either?api+key=q HTTP/1.1"]),
    ] {
        let mut found = sent!(credentials, by_either()).unwrap();
        found[1..].sort();
        assert_eq!(found, expected);
    }
    assert_eq!(
        sent!(cookie().key("k"), by_either()).unwrap_err(),
        "GET /either: configuration: credentials are missing from the `Credentials`: set `session` and `oauth`, or \
         `basic_auth`, or `query_key`"
    );
}

#[tokio::test]
async fn optional_credentials_are_sent_if_they_are_there() {
    assert_eq!(sent!(Credentials::new(), optional()).unwrap(), ["GET /v1/optional HTTP/1.1"]);
    assert_eq!(sent!(every(), optional()).unwrap(), ["GET /v1/optional HTTP/1.1", "x-key: marked key"]);
}

#[tokio::test]
async fn nothing_is_sent_without_the_credentials() {
    let message = "GET /default: configuration: credentials are missing from the `Credentials`: set `key`";
    assert_eq!(sent!(Credentials::new().query_key("q"), by_default()).unwrap_err(), message);
    assert!(sent!(Credentials::new().key("k"), by_all()).is_err());
    assert!(sent!(Credentials::new(), without()).is_ok());
}

#[tokio::test]
async fn a_key_that_is_a_parameter_of_the_call_takes_precedence() {
    for credentials in [Credentials::new(), every()] {
        let found = sent!(credentials, by_parameter().api_key("own")).unwrap();
        assert_eq!(found, ["GET /v1/parameter?api+key=own HTTP/1.1"]);
    }
    let found = sent!(every(), by_parameter()).unwrap();
    assert_eq!(found, ["GET /v1/parameter?api+key=marked%2Fquery%26%3D HTTP/1.1"]);
}

#[tokio::test]
async fn every_page_has_the_key_and_no_other_origin_gets_it() {
    let foreign = Server::start(vec![DONE.to_owned(); 3]).await;
    let elsewhere = foreign.url("/v1");
    let page = |number: i64| {
        let body = format!("{{\"data\":[{number}],\"pages\":2,\"next\":\"{elsewhere}?page=2\"}}");
        format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nlink: <{elsewhere}>; rel=next\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        )
    };
    let redirect =
        format!("HTTP/1.1 307 Temporary Redirect\r\nlocation: {elsewhere}/x\r\ncontent-length: 0\r\n\r\n");
    let server = Server::start(vec![page(1), page(2), redirect]).await;
    let client = client_of(&server, every());
    assert_eq!(client.list().stream().collect_all().await.unwrap(), [1, 2]);
    let error = client.by_all().send().await.unwrap_err();
    assert_eq!((error.status().unwrap().as_u16(), foreign.requests().len()), (307, 0));
    let mut pages: Vec<_> = requests_of(&server).into_iter().take(2).map(|lines| lines.join(" ")).collect();
    pages.sort();
    let key = "api+key=marked%2Fquery%26%3D";
    assert_eq!(pages, [1, 2].map(|page| format!("GET /v1/pages?page={page}&{key} HTTP/1.1")));
}

#[tokio::test]
async fn no_secret_is_printed() {
    let echo = "marked key, marked/query&=, marked%2Fquery%26%3D, marked;session, marked%3Bsession, user:marked-word, \
                dXNlcjptYXJrZWQtd29yZA==";
    let body = format!("{{\"error\":{{\"message\":\"{echo}\"}}}}");
    let refusal = format!(
        "HTTP/1.1 403 Forbidden\r\nx-echo: {echo}\r\nlocation: /all?api+key=marked%2Fquery%26%3D\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let server = Server::start(vec![refusal, "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nd".to_owned()]).await;
    let client = client_of(&server, every());
    let mut printed = format!("{:?} {client:?} {:?}", every(), client.by_all());
    // The server refuses the first call, breaks off the second one, and is gone for the third one.
    for _ in 0..3 {
        let error = client.by_all().send().await.unwrap_err();
        let sources = std::iter::successors(std::error::Error::source(&error), |error| error.source());
        printed += &sources
            .fold(format!("{error} {error:?} {:?}", error.headers()), |all, error| format!("{all} {error} {error:?}"));
    }
    assert!(printed.contains("[secret], [secret]") && printed.contains("query_key"), "{printed}");
    for secret in ["marked", "dXNlcj"] {
        assert!(!printed.contains(secret), "{printed}");
    }
}

/// A source of tokens that counts how often it renews them.
#[derive(Clone, Default)]
struct Counted(Arc<Mutex<u32>>);

impl TokenSource for Counted {
    fn token(&self) -> BoxFuture<'_, Result<AccessToken, TokenError>> {
        let token = AccessToken::parse(&format!("token-{}", self.0.lock().unwrap()));
        Box::pin(async { Ok(token.unwrap()) })
    }

    fn renew<'a>(&'a self, _: &'a AccessToken) -> BoxFuture<'a, Result<Option<AccessToken>, TokenError>> {
        *self.0.lock().unwrap() += 1;
        Box::pin(async { self.token().await.map(Some) })
    }
}

#[tokio::test]
async fn only_a_refused_token_is_renewed() {
    let body = "{\"error\":{\"message\":\"the token is invalid\"}}";
    let refusal = format!("HTTP/1.1 401 Unauthorized\r\ncontent-length: {}\r\n\r\n{body}", body.len());
    let server = Server::start(vec![refusal.clone(), DONE.to_owned(), refusal]).await;
    let source = Counted::default();
    let client = client_of(&server, every().oauth_source(source.clone()));
    client.by_oauth().send().await.unwrap();
    assert_eq!(client.by_default().send().await.unwrap_err().status().unwrap().as_u16(), 401);
    assert_eq!((server.requests().len(), *source.0.lock().unwrap()), (3, 1));
    assert_eq!(requests_of(&server)[1][1], "authorization: Bearer token-1");
}

#[tokio::test]
async fn a_mock_needs_no_credentials() {
    let mock = Mock::new();
    mock.answer::<Optional>(&"done".to_owned()).answer::<Without>(&"done".to_owned());
    let client: Client = mock.client().unwrap();
    assert_eq!(client.optional().send().await.unwrap().into_inner(), "done");
    let client: Client = mock.builder().credentials(every()).build().unwrap();
    assert_eq!(client.optional().send().await.unwrap().into_inner(), "done");
    assert!(!format!("{:?}", mock.requests()).contains("marked"));
}

/// A process has one environment, so the test runs itself in another one.
#[tokio::test]
async fn each_scheme_has_variables_in_the_environment() {
    const NAME: &str = "each_scheme_has_variables_in_the_environment";
    if std::env::var_os("SALLA_BASE_URL").is_some() {
        let client = Client::from_env().unwrap();
        client.by_all().send().await.unwrap();
        let error = client.by_token().send().await.unwrap_err().to_string();
        assert!(
            error.ends_with("credentials are missing from the environment: set `SALLA_BEARER_AUTH_TOKEN`"),
            "{error}"
        );
        return;
    }
    let server = Server::start(vec![DONE.to_owned()]).await;
    let mut child = std::process::Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", NAME]).env("SALLA_BASE_URL", server.url("/v1")).env_remove("SALLA_ACCESS_TOKEN");
    for (name, value) in [
        ("SALLA_KEY", "k"),
        ("SALLA_QUERY_KEY", "q"),
        ("SALLA_SESSION_KEY", "s"),
        ("SALLA_BASIC_AUTH_USER", "u"),
        ("SALLA_BASIC_AUTH_PASSWORD", "p"),
    ] {
        child.env(name, value);
    }
    let output = tokio::task::spawn_blocking(move || child.output()).await.unwrap().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    let expected = ["GET /v1/all?api+key=q HTTP/1.1", "x-key: k", "cookie: session=s", "authorization: Basic dTpw"];
    assert_eq!(requests_of(&server), [expected]);
}
