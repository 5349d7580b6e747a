//! A crate whose queries and forms have reserved characters and empty values, and a server that sees every byte of them.

mod server;

use queries::types::{FindKind, Place};
use queries::{Client, RetryPolicy};
use server::{DONE, Server};

async fn client(answers: usize) -> (Client, Server) {
    let server = Server::start(vec![DONE.replace("200 OK", "204 No Content").replace("4\r\n\r\ndone", "0\r\n\r\n"); answers]).await;
    let client = Client::builder().base_url(server.url("/")).token("test").retry(RetryPolicy::none()).build().unwrap();
    (client, server)
}

/// Returns the paths and the queries of the requests so far.
fn targets(server: &Server) -> Vec<String> {
    let line = |request: &String| request.split(' ').nth(1).unwrap().to_owned();
    server.requests().iter().map(line).collect()
}

#[tokio::test]
async fn reserved_characters_reach_the_server_where_they_do_not_break_the_query() {
    let (client, server) = client(2).await;
    let place = Place::builder().city("a/b&c".to_owned()).try_into().unwrap();
    let find = client.find().path("/a?b=c:d@!$()*,;#[]&+ %2F 5%").tags(["x/y".to_owned(), "z,".to_owned()]).at::<Place>(place);
    find.kind(FindKind::Cd).count(u64::MAX).plain("/").deep(true).send().await.unwrap();
    client.find().path("it's").deep(false).send().await.unwrap();
    assert_eq!(targets(&server), [
        "/files?path=/a?b=c:d@!$()*,;%23%5B%5D%26%2B%20%2F%205%25&tags=x/y,z%2C&at%5Bcity%5D=a/b%26c&kind=c:d\
         &count=18446744073709551615&plain=%2F&deep=true",
        // A URL of `http` has `%27` for it, by the standard of WHATWG.
        "/files?path=it%27s&deep=false",
    ]);
}

#[tokio::test]
async fn a_parameter_of_any_type_can_be_empty_and_the_last_setter_counts() {
    let (client, server) = client(3).await;
    #[expect(deprecated)]
    let find = client.find().path("").word("").deep_empty().count_empty().type_empty();
    find.send().await.unwrap();
    client.find().path("").deep_empty().deep(true).count(1).count_empty().send().await.unwrap();
    client.find().path("").count_empty().count(1).deep_empty().send().await.unwrap();
    assert_eq!(targets(&server), [
        "/files?path=&count=&deep=&type=&word=",
        "/files?path=&count=&deep=true",
        "/files?path=&count=1&deep=",
    ]);
    let error = client.find().path("").count_empty().send().await.unwrap_err().to_string();
    assert!(error.contains("deep"), "a value is required, if an empty one: {error}");
}

#[tokio::test]
async fn a_form_has_reserved_characters_where_its_encoding_allows_them() {
    let (client, server) = client(1).await;
    let place: Place = Place::builder().city("c/d".to_owned()).try_into().unwrap();
    client.save().url("https://a.example/?b=c&d").plain("/").at(place).send().await.unwrap();
    let request = server.requests().remove(0);
    assert_eq!(request.split("\r\n\r\n").nth(1), Some("url=https://a.example/?b=c%26d&plain=%2F&at%5Bcity%5D=c/d"));
}
