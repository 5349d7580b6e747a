//! The credentials of several security schemes on the wire, against small servers on this machine.

mod support;

use std::sync::{Arc, Mutex};

use salla_runtime::codegen::{CredentialSet, Method, Operation, Request, Scheme, Security};
use salla_runtime::{
    AccessToken, BoxFuture, ClientBuilder, Error, RawResponse, RetryPolicy, TokenError, TokenSource, Transport,
};
use support::{Server, all_output, answer, debug};

const HEADER: usize = 0;
const QUERY: usize = 1;
const COOKIE: usize = 2;
const BASIC: usize = 3;
const TOKEN: usize = 4;
const BARE: usize = 5;

static SECURITY: Security = Security {
    schemes: &[
        Scheme::header("header_key", "T_HEADER_KEY", "X-Key"),
        Scheme::query("query_key", "T_QUERY_KEY", "api key"),
        Scheme::cookie("cookie_key", "T_COOKIE_KEY", "session"),
        Scheme::basic("basic", ["T_BASIC_USER", "T_BASIC_PASSWORD"]),
        Scheme::token("oauth", "T_OAUTH_TOKEN"),
        Scheme::header("bare", "T_BARE_KEY", "Authorization"),
    ],
    default: &[&[TOKEN], &[HEADER, QUERY]],
};

const ALL: Operation = operation("all").secured(&[&[HEADER, QUERY, COOKIE, BASIC]]);
const OF_DEFAULT: Operation = operation("default");
const NONE: Operation = operation("none").secured(&[]);
const OPTIONAL: Operation = operation("optional").secured(&[&[], &[HEADER]]);
const OF_QUERY: Operation = operation("query").secured(&[&[QUERY]]);
const OF_BARE: Operation = operation("bare").secured(&[&[BARE]]);
const OF_TOKEN_AND_KEY: Operation = operation("token and key").secured(&[&[TOKEN, HEADER]]);

const fn operation(id: &'static str) -> Operation {
    Operation::new(id, Method::GET, "/points")
}

fn set() -> CredentialSet {
    CredentialSet::new(&SECURITY)
}

fn every() -> CredentialSet {
    let keys = set().set(HEADER, "marked-header").set(QUERY, "marked/query").set(COOKIE, "marked;cookie");
    keys.set_basic(BASIC, "user", "marked-word").set(TOKEN, "marked-token").set(BARE, "Token marked-bare")
}

fn builder(server: &Server) -> ClientBuilder<Transport> {
    ClientBuilder::new("").secured(&SECURITY).base_url(&server.base_url).retry(RetryPolicy::none())
}

/// Sends a request with these credentials, and returns its line and its headers of credentials.
async fn sent(credentials: CredentialSet, request: Request) -> Result<Vec<String>, Error> {
    let server = Server::start([answer("200 OK", "{}")]).await;
    let client = builder(&server).credentials(credentials).build()?;
    let outcome = client.call(request).await;
    let requests = server.requests();
    assert_eq!(requests.len(), usize::from(outcome.is_ok()), "an error comes before the request");
    outcome?;
    let lines = requests[0].trim_end().split("\r\n").enumerate();
    let own = ["x-key", "cookie", "authorization"];
    let is_own = |line: &str| own.iter().any(|name| line.split(':').next() == Some(name));
    Ok(lines.filter(|(index, line)| *index == 0 || is_own(line)).map(|(_, line)| line.to_owned()).collect())
}

#[tokio::test]
async fn each_credential_is_sent_in_its_place() {
    let request = Request::new(&ALL).query("page", &1).cookie("theme", "dark").header("x-note", "n");
    assert_eq!(
        sent(every(), request).await.unwrap(),
        [
            "GET /admin/v2/points?page=1&api+key=marked%2Fquery HTTP/1.1",
            "cookie: theme=dark; session=marked%3Bcookie",
            "x-key: marked-header",
            "authorization: Basic dXNlcjptYXJrZWQtd29yZA==",
        ]
    );
    let bare = sent(every(), Request::new(&OF_BARE)).await.unwrap();
    assert_eq!(bare, ["GET /admin/v2/points HTTP/1.1", "authorization: Token marked-bare"]);
}

#[tokio::test]
async fn the_first_alternative_whose_credentials_are_there_is_sent() {
    let token = ["GET /admin/v2/points HTTP/1.1", "authorization: Bearer marked-token"];
    assert_eq!(sent(every(), Request::new(&OF_DEFAULT)).await.unwrap(), token);
    let keys = set().set(HEADER, "h").set(QUERY, "q");
    let found = sent(keys, Request::new(&OF_DEFAULT)).await.unwrap();
    assert_eq!(found, ["GET /admin/v2/points?api+key=q HTTP/1.1", "x-key: h"]);
}

#[tokio::test]
async fn no_credentials_are_sent_where_none_are_needed() {
    assert_eq!(sent(every(), Request::new(&NONE)).await.unwrap(), ["GET /admin/v2/points HTTP/1.1"]);
    assert_eq!(sent(set(), Request::new(&NONE)).await.unwrap(), ["GET /admin/v2/points HTTP/1.1"]);
    let server = Server::start([answer("200 OK", "{}")]).await;
    server.transport().call(Request::new(&NONE)).await.unwrap();
    assert!(!server.requests()[0].contains("authorization"), "nor by a client with one token");
}

#[tokio::test]
async fn optional_credentials_are_sent_if_they_are_there() {
    assert_eq!(sent(set(), Request::new(&OPTIONAL)).await.unwrap(), ["GET /admin/v2/points HTTP/1.1"]);
    let found = sent(every(), Request::new(&OPTIONAL)).await.unwrap();
    assert_eq!(found, ["GET /admin/v2/points HTTP/1.1", "x-key: marked-header"]);
}

#[tokio::test]
async fn missing_credentials_are_an_error_before_anything_is_sent() {
    let error = sent(set().set(HEADER, "marked-h"), Request::new(&OF_DEFAULT)).await.unwrap_err();
    assert!(error.is_configuration() && !error.is_retryable() && error.attempts() == 0);
    assert_eq!(
        error.to_string(),
        "GET /points: configuration: credentials are missing from the `Credentials`: set `oauth`, or `header_key` and `query_key`"
    );
    let error = sent(every().set(HEADER, "marked\n"), Request::new(&NONE)).await.unwrap_err();
    assert_eq!(error.to_string(), "configuration: header_key contains a line break or another control character");
}

#[tokio::test]
async fn a_key_that_is_set_as_a_parameter_takes_precedence() {
    for request in [
        Request::new(&OF_QUERY).query("api key", "own"),
        Request::new(&OF_QUERY).overridden({
            let mut overrides = salla_runtime::codegen::Overrides::default();
            overrides.extra_query("api key", "own");
            overrides
        }),
    ] {
        for credentials in [set(), every()] {
            let found = sent(credentials, request.clone()).await.unwrap();
            assert_eq!(found, ["GET /admin/v2/points?api+key=own HTTP/1.1"]);
        }
    }
    let found = sent(every(), Request::new(&OPTIONAL).header("X-KEY", "own")).await.unwrap();
    assert_eq!(found, ["GET /admin/v2/points HTTP/1.1", "x-key: own"]);
}

#[tokio::test]
async fn credentials_stay_with_their_origin() {
    let foreign = Server::start([answer("200 OK", "{}")]).await;
    let target = format!("{}?x=1", foreign.base_url);
    let redirect = format!("HTTP/1.1 302 Found\r\nlocation: {target}\r\ncontent-length: 0\r\n\r\n");
    let server = Server::start([redirect]).await;
    let client = builder(&server).credentials(every()).build().unwrap();
    let response = client.call(Request::new(&ALL)).await.unwrap();
    assert_eq!((response.status().as_u16(), foreign.requests().len()), (302, 0));
}

#[tokio::test]
async fn raw_requests_carry_the_credentials_of_the_api() {
    let server = Server::start([answer("200 OK", "{}")]).await;
    let client = builder(&server).credentials(every()).build().unwrap();
    client.request(Method::GET, "/other").send().await.unwrap();
    assert!(server.requests()[0].contains("authorization: Bearer marked-token\r\n"));
}

#[tokio::test]
async fn nothing_that_is_printed_shows_a_credential() {
    let echo = "{\"error\":{\"code\":\"marked-header\",\"message\":\"?k=marked%2Fquery marked;cookie marked%3Bcookie \
                dXNlcjptYXJrZWQtd29yZA== user:marked-word marked-word marked/query\"}}";
    let echo = format!(
        "HTTP/1.1 400 Bad Request\r\nlocation: /?k=marked%2Fquery\r\nx-echo: Basic dXNlcjptYXJrZWQtd29yZA==\r\n\
         content-length: {}\r\n\r\n{echo}",
        echo.len()
    );
    let cut = "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{".to_owned();
    let server = Server::start([echo, cut]).await;
    let builder = builder(&server).credentials(every()).token("marked-other");
    let mut printed = debug(&builder) + &debug(&every());
    let client = builder.build().unwrap();
    printed += &debug(&client);
    let response = client.call(Request::new(&ALL)).await.unwrap();
    printed += &debug(&response);
    let error = response.error_for_status().unwrap_err();
    assert!(
        error.body().is_some_and(|body| body.starts_with(b"{\"error\":{\"code\":\"marked-header\"")),
        "it is there"
    );
    printed += &(all_output(&error) + &all_output(&client.call(Request::new(&ALL)).await.unwrap_err()));
    // The server stopped to listen.
    printed += &all_output(&client.call(Request::new(&ALL)).await.unwrap_err());
    assert!(printed.contains("[secret]") && printed.contains("header_key"), "{printed}");
    for secret in ["marked", "dXNlcj"] {
        assert!(!printed.contains(secret), "{printed}");
    }
}

#[test]
fn credentials_of_another_client_are_refused() {
    static OTHER: Security = Security { schemes: &[Scheme::token("oauth", "T_OAUTH_TOKEN")], default: &[&[0]] };
    let builder = ClientBuilder::<Transport>::new("http://localhost").secured(&OTHER).credentials(every());
    let error = builder.build().unwrap_err();
    assert_eq!(error.to_string(), "configuration: credentials are those of another client");
}

#[tokio::test]
async fn a_token_without_a_scheme_is_that_of_all_schemes_with_tokens() {
    let server = Server::start([answer("200 OK", "{}"), answer("200 OK", "{}")]).await;
    for credentials in [set(), set().set(TOKEN, "own")] {
        let client = builder(&server).token("shared").credentials(credentials).build().unwrap();
        client.call(Request::new(&OF_DEFAULT)).await.unwrap();
        let error = client.call(Request::new(&ALL)).await.unwrap_err();
        assert!(error.is_configuration());
    }
    let requests = server.requests();
    assert!(requests[0].contains("authorization: Bearer shared\r\n"));
    assert!(requests[1].contains("authorization: Bearer own\r\n"));
}

/// A source of tokens that counts them.
#[derive(Clone, Default)]
struct Counted(Arc<Mutex<u32>>);

impl Counted {
    fn current(&self) -> AccessToken {
        AccessToken::parse(&format!("token-{}", self.0.lock().unwrap())).unwrap()
    }
}

impl TokenSource for Counted {
    fn token(&self) -> BoxFuture<'_, Result<AccessToken, TokenError>> {
        Box::pin(async { Ok(self.current()) })
    }

    fn renew<'a>(&'a self, _: &'a AccessToken) -> BoxFuture<'a, Result<Option<AccessToken>, TokenError>> {
        *self.0.lock().unwrap() += 1;
        Box::pin(async { Ok(Some(self.current())) })
    }
}

const REFUSAL: &str = r#"{"error":{"code":"Invalid-token","message":"the token is invalid"}}"#;

async fn refused(operation: &Operation, credentials: CredentialSet) -> (Result<RawResponse, Error>, Vec<String>) {
    let server = Server::start([answer("401 Unauthorized", REFUSAL), answer("200 OK", "{}")]).await;
    let client = builder(&server).credentials(credentials).build().unwrap();
    let outcome = client.call(Request::new(operation)).await;
    (outcome, server.requests())
}

#[tokio::test]
async fn a_refused_token_is_renewed_and_the_key_beside_it_stays() {
    let source = Counted::default();
    let credentials = set().set_source(TOKEN, source.clone()).set(HEADER, "key");
    let (outcome, requests) = refused(&OF_TOKEN_AND_KEY, credentials).await;
    assert_eq!((outcome.unwrap().status().as_u16(), requests.len()), (200, 2));
    for (request, token) in requests.iter().zip(["token-0", "token-1"]) {
        assert!(request.contains(&format!("authorization: Bearer {token}\r\n")) && request.contains("x-key: key\r\n"));
    }
}

#[tokio::test]
async fn a_refused_key_is_not_sent_again() {
    let source = Counted::default();
    let credentials = every().set_source(TOKEN, source.clone());
    let (outcome, requests) = refused(&ALL, credentials).await;
    assert_eq!((outcome.unwrap().status().as_u16(), requests.len(), *source.0.lock().unwrap()), (401, 1, 0));
}

/// A process has one environment, so this test starts another process of itself.
#[test]
fn the_environment_has_the_variables_of_each_scheme() {
    let run = |variables: &[(&str, &str)]| {
        let mut child = std::process::Command::new(std::env::current_exe().unwrap());
        child.args(["--exact", "--ignored", "--nocapture", "in_another_environment"]);
        let output = child.envs(variables.iter().copied()).output().unwrap();
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        printed.lines().find_map(|line| line.split_once("found: ").map(|(_, found)| found.to_owned())).unwrap()
    };
    let all = [("T_HEADER_KEY", "h"), ("T_BASIC_USER", "u"), ("T_BASIC_PASSWORD", ""), ("T_OAUTH_TOKEN", "t")];
    assert_eq!(run(&all), r#"CredentialSet(["header_key", "basic", "oauth"])"#);
    assert_eq!(run(&all[..2]), "configuration: T_BASIC_PASSWORD is not set");
    assert_eq!(run(&[("T_HEADER_KEY", "")]), "configuration: T_HEADER_KEY is empty");
    assert_eq!(
        run(&[("T_HEADER_KEY", "h"), ("SALLA_ACCESS_TOKEN", "marked bad")]),
        "configuration: SALLA_ACCESS_TOKEN contains a space"
    );
    let missing = run(&[("T_COOKIE_KEY", "c"), ("T_SEND", "1")]);
    assert!(
        missing.ends_with(
            "credentials are missing from the environment: set `T_HEADER_KEY` and `T_QUERY_KEY` and `T_COOKIE_KEY` \
             and `T_BASIC_USER` and `T_BASIC_PASSWORD`"
        ),
        "{missing}"
    );
}

#[tokio::test]
#[ignore = "another test runs it, with other variables"]
async fn in_another_environment() {
    let builder = ClientBuilder::<Transport>::new("http://localhost:9").secured(&SECURITY).env();
    let printed = debug(&builder);
    let set = printed.split("CredentialSet").nth(1).and_then(|rest| rest.split_once(')')).map_or("", |(set, _)| set);
    let client = match builder.build() {
        Err(error) => return println!("\nfound: {error}"),
        Ok(client) => client,
    };
    if std::env::var_os("T_SEND").is_some() {
        return println!("\nfound: {}", client.call(Request::new(&ALL)).await.unwrap_err());
    }
    println!("\nfound: CredentialSet{set})");
}
