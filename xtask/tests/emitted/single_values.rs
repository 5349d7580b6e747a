//! A crate that sends what has only one value without being told, and a server that sees it.

mod server;

use serde_json::{Value, json};
use server::{DONE, Server};
use single_values::types::{Telegram, TelegramLossy};
use single_values::{Client, RetryPolicy};

async fn client() -> (Client, Server) {
    let server = Server::start(vec![DONE.replace("200 OK", "204 No Content").replace("4\r\n\r\ndone", "0\r\n\r\n")]).await;
    let client = Client::builder().base_url(server.url("/")).token("test").retry(RetryPolicy::none()).build().unwrap();
    (client, server)
}

#[tokio::test]
async fn a_parameter_with_one_value_is_sent_if_it_is_required() {
    let (client, server) = client().await;
    client.list().send().await.unwrap();
    let request = server.requests().remove(0);
    let line = "GET /v2/telegrams?format=18446744073709551615&with=text,date&at%5Bcity%5D=Graz HTTP/1.1\r\n";
    assert!(request.starts_with(line), "{request}");
    for header in ["x-api: 2024-05-01", "x-draft: false", "x-scale: 1.5", "cookie: body=3"] {
        assert!(request.lines().any(|line| line == header), "{header}: {request}");
    }
}

#[tokio::test]
async fn a_parameter_with_one_value_can_be_set() {
    let (client, server) = client().await;
    client.list().format(1_u64).with(["a".to_owned()]).x_draft(true).version("v3").send().await.unwrap();
    let request = server.requests().remove(0);
    assert!(request.starts_with("GET /v3/telegrams?format=1&with=a&"), "{request}");
    assert!(request.lines().any(|line| line == "x-draft: true"), "{request}");
}

#[tokio::test]
async fn a_field_of_a_form_with_one_value_is_sent() {
    let (client, server) = client().await;
    client.form().text("hi").send().await.unwrap();
    assert!(server.requests()[0].ends_with("\r\n\r\nkind=form&text=hi"), "{:?}", server.requests());
}

#[tokio::test]
async fn a_property_with_one_value_of_any_type_is_sent() {
    let (client, server) = client().await;
    let unset = Telegram::try_from(Telegram::builder().text("hi")).unwrap_err().to_string();
    assert!(unset.contains("lossy"), "its type has no place for `b`: {unset}");
    let lossy = TelegramLossy::try_from(TelegramLossy::builder().a(1)).unwrap();
    client.send_one().body_map(|body| body.text("hi").lossy(lossy)).send().await.unwrap();
    let request = server.requests().remove(0);
    let body: Value = serde_json::from_str(request.split("\r\n\r\n").nth(1).unwrap()).unwrap();
    let expected = json!({
        "text": "hi", "parts": [1, "two", null], "place": {"city": "Graz"}, "lossy": {"a": 1}, "size": u64::MAX,
        "none": null, "whole": 5, "any": {"a": {"b": [1]}},
    });
    assert_eq!(body, expected);
}
