//! A crate whose operations have several servers, and servers that see every byte of its requests.

mod server;

use server::{DONE, Server};
use servers_of_operations::mock::Mock;
use servers_of_operations::{Client, ClientBuilder, Credentials, Error, RetryPolicy, ServerVariables};
use servers_of_operations::{RemoveFile, Upload, operations};

/// The servers of the document.
const FILES: &str = "https://files.example/v1";
const UPLOADS: &str = "{scheme}://{region}.uploads.example:{port}/{new}";

/// Returns a server for nine requests.
async fn patient() -> Server {
    Server::start(vec![DONE.to_owned(); 9]).await
}

/// Returns the requests since the last call: the request line, and the headers with credentials. Every request names the
/// server as its host.
fn requests_of(server: &Server) -> Vec<String> {
    let all = server.take_requests();
    let host = format!("host: {}", server.address);
    assert!(all.iter().all(|request| request.lines().any(|line| line == host)), "{all:?}");
    let is_shown = |line: &&str| {
        line.ends_with(" HTTP/1.1") || ["authorization", "x-key", "cookie"].iter().any(|name| line.starts_with(name))
    };
    let shown = |request: &String| request.lines().filter(is_shown).collect::<Vec<_>>().join("; ");
    all.iter().map(shown).collect()
}

fn builder() -> ClientBuilder<Client> {
    let credentials = Credentials::new().token("marked-token").key("marked-key").query_key("marked-query");
    Client::builder().credentials(credentials).retry(RetryPolicy::none())
}

fn with(variables: ServerVariables) -> Result<Client, String> {
    builder().server_variables(variables).build().map_err(|error| error.to_string())
}

#[tokio::test]
async fn each_operation_goes_to_its_own_server_with_its_own_credentials() {
    let (base, files, uploads) = (patient().await, patient().await, patient().await);
    let client = builder().base_url(base.url("/v1")).server(FILES, files.url("/f")).server(UPLOADS, uploads.url("/"));
    let client = client.build().unwrap();
    for _ in 0..2 {
        client.stock().send().await.unwrap();
        client.replace_stock().send().await.unwrap();
        client.read_file().name("a b").send().await.unwrap();
        client.remove_file().name("c").send().await.unwrap();
        client.upload().send().await.unwrap();
        let token = "authorization: Bearer marked-token";
        assert_eq!(requests_of(&base), [
            format!("GET /v1/stock HTTP/1.1; {token}"),
            format!("DELETE /admin/files/c HTTP/1.1; {token}")
        ]);
        assert_eq!(requests_of(&files), [
            format!("PUT /f/stock HTTP/1.1; {token}"),
            "GET /f/files/a%20b HTTP/1.1; x-key: marked-key".to_owned()
        ]);
        assert_eq!(requests_of(&uploads), ["POST /uploads HTTP/1.1"]);
    }
}

#[tokio::test]
async fn the_pages_of_a_list_and_redirects_stay_at_the_server_of_the_operation() {
    let (base, foreign) = (patient().await, patient().await);
    let page = |number: i64| {
        let body = format!("{{\"data\":[{number}],\"pages\":2,\"next\":\"{}\"}}", foreign.url("/pages?page=2"));
        format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}", body.len())
    };
    let redirect = format!("HTTP/1.1 307 Moved\r\nlocation: {}\r\ncontent-length: 0\r\n\r\n", base.url("/v1/stock"));
    let files = Server::start(vec![page(1), page(2), redirect]).await;
    let client = builder().base_url(base.url("/v1")).server(FILES, files.url("/f")).build().unwrap();
    assert_eq!(client.list().stream().collect_all().await.unwrap(), [1, 2]);
    assert_eq!(client.replace_stock().send().await.unwrap_err().status().unwrap().as_u16(), 307);
    let mut found = requests_of(&files);
    found[..2].sort();
    assert_eq!(found[..2], [1, 2].map(|page| format!("GET /f/pages?page={page}&key=marked-query HTTP/1.1")));
    assert_eq!((requests_of(&base).len(), requests_of(&foreign).len()), (0, 0));
}

#[tokio::test]
async fn a_server_without_tls_gets_nothing() {
    let client = builder().build().unwrap();
    let error = Error::from(client.plain().send().await.unwrap_err());
    let message = "GET /plain: configuration: its server `http://plain.example` needs `https`";
    assert!(error.to_string().starts_with(message) && error.attempts() == 0, "{error}");
    let plain = patient().await;
    let client = builder().server("http://plain.example", plain.url("")).build().unwrap();
    client.plain().send().await.unwrap();
    assert_eq!(requests_of(&plain), ["GET /plain HTTP/1.1; authorization: Bearer marked-token"]);
    let refused = builder().server(FILES, "http://files.example").build().unwrap_err().to_string();
    assert!(refused.starts_with("configuration: server needs `https`"), "{refused}");
    let unknown = builder().server("https://marked.example", plain.url("")).build().unwrap_err().to_string();
    assert!(unknown.contains("expected `https://files.example/v1` or `/admin` or") && !unknown.contains("marked"));
}

#[test]
fn variables_have_their_defaults_or_the_values_of_the_caller() {
    let base_url = |client: Result<Client, String>| client.unwrap().transport().base_url().to_owned();
    assert_eq!(Client::BASE_URL, "https://eu.depot.example/v1");
    assert_eq!(base_url(with(ServerVariables::new())), "https://eu.depot.example/v1");
    assert_eq!(base_url(with(ServerVariables::new().base("v2/x"))), "https://eu.depot.example/v2/x");
    assert_eq!(base_url(with(ServerVariables::new().region("us").region("eu"))), "https://eu.depot.example/v1");
    let client = builder().server_variables(ServerVariables::new().region("us")).base_url("http://localhost:1/x");
    assert_eq!(base_url(client.build().map_err(|error| error.to_string())), "http://localhost:1/x");
}

#[test]
fn a_value_that_is_not_listed_or_changes_the_host_is_an_error() {
    let refused = |variables: ServerVariables| with(variables).unwrap_err().replace("configuration: ", "");
    let depot = "is not a value that the server `https://{region}.depot.example/{base}` can have: expected";
    assert_eq!(refused(ServerVariables::new().region("marked")), format!("region {depot} `eu` or `us`"));
    for value in ["../marked", "a?marked", "a#marked", "a\\marked", "//marked.example"] {
        assert_eq!(refused(ServerVariables::new().base(value)), format!("base {depot} part of a path"));
    }
    let uploads = format!("is not a value that the server `{UPLOADS}` can have: expected");
    for value in ["80/marked", "1@marked.example", "", "marked"] {
        assert_eq!(refused(ServerVariables::new().port(value)), format!("port {uploads} the digits of a port"));
    }
    assert_eq!(refused(ServerVariables::new().new_2("x")), format!("new_2 {uploads} `` or `beta`"));
    let insecure = refused(ServerVariables::new().scheme("http"));
    assert!(insecure.starts_with("scheme makes the URL of the server") && insecure.contains("needs `https`"), "{insecure}");
    assert!(!format!("{:?}", ServerVariables::new().base("marked")).contains("marked"));
}

#[tokio::test]
async fn a_mock_answers_for_all_servers() {
    let mock = Mock::new();
    mock.answer::<Upload>(&"up".to_owned()).answer::<RemoveFile>(&"gone".to_owned());
    mock.answer::<operations::Plain>(&"plain".to_owned());
    let variables = ServerVariables::new().region("us");
    let client: Client = mock.builder().server_variables(variables).server(FILES, "https://a.example").build().unwrap();
    assert_eq!(client.upload().send().await.unwrap().into_inner(), "up");
    assert_eq!(client.remove_file().name("x").send().await.unwrap().into_inner(), "gone");
    assert_eq!(client.plain().send().await.unwrap().into_inner(), "plain");
    let paths: Vec<_> = mock.requests().iter().map(|request| request.path.clone()).collect();
    assert_eq!(paths, ["/uploads", "/files/x", "/plain"]);
}
