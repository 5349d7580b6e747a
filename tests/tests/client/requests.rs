//! The requests that the client sends: the declared parameters and headers, to the configured address only.

use salla_loyalty_points::salla_runtime::Method;
use salla_loyalty_points::{Client, ErrorKind, Id};
use salla_loyalty_points_tests::fake::{FakeApi, Fault, PageFault, ReceivedRequest};

use crate::support::{CUSTOMER, TOKEN, builder, client, fetch};

const PATH: &str = "/admin/v2/customers/loyalty/points";

/// Returns the only request that the server received.
fn only_request(fake: &FakeApi) -> ReceivedRequest {
    let mut requests = fake.requests();
    assert_eq!(requests.len(), 1);
    requests.remove(0)
}

#[tokio::test]
async fn a_request_has_the_declared_parts_only() {
    let fake = FakeApi::start().await;
    fetch(&client(&fake)).await.unwrap();
    let request = only_request(&fake);
    assert_eq!((request.method.as_str(), request.path.as_str()), ("GET", PATH));
    assert_eq!(request.query.as_deref(), Some("customer_id=1257881496"));

    let mut names: Vec<_> = request.headers.keys().map(ToString::to_string).collect();
    names.sort_unstable();
    assert_eq!(names, ["accept", "authorization", "host", "user-agent"]);
    assert_eq!(request.headers.len(), names.len(), "each header once");
    assert_eq!(request.header("authorization").unwrap(), format!("Bearer {TOKEN}"));
    assert_eq!(request.header("accept"), Some("application/json"));
    assert!(request.header("user-agent").unwrap().starts_with("salla-"));
    let host = fake.base_url();
    let host = host.strip_prefix("http://").unwrap().strip_suffix("/admin/v2").unwrap();
    assert_eq!(request.header("host"), Some(host));
}

#[tokio::test]
async fn the_user_agent_ends_with_the_name_of_the_app() {
    let fake = FakeApi::start().await;
    let client = builder(&fake.base_url()).user_agent("my-app/1.0").build().unwrap();
    fetch(&client).await.unwrap();
    assert!(only_request(&fake).header("user-agent").unwrap().ends_with(" my-app/1.0"));
}

#[tokio::test]
async fn a_customer_id_is_a_number_a_text_or_an_id() {
    let fake = FakeApi::start().await;
    let client = client(&fake);
    let history = || client.list_customer_loyalty_points();
    let id = Id::from(1_257_881_496);
    history().customer_id(1_257_881_496).send().await.unwrap();
    history().customer_id(5_000_000_000_000).send().await.unwrap();
    history().customer_id("1257881496").send().await.unwrap();
    history().customer_id(&id).send().await.unwrap();
    history().customer_id(id).send().await.unwrap();
    let sent: Vec<_> = fake.requests().iter().filter_map(|request| request.param("customer_id")).collect();
    assert_eq!(sent, ["1257881496", "5000000000000", "1257881496", "1257881496", "1257881496"]);
}

#[tokio::test]
async fn any_customer_id_is_sent_unchanged() {
    let fake = FakeApi::start().await;
    let client = client(&fake);
    let customers = ["عميل مميز", "a&page=9#b=c?d/e%2f+g h;i", "\u{1f600}\u{0}\r\n", "%", " ", "'\"<>\\"];
    for customer in customers {
        client.list_customer_loyalty_points().customer_id(customer).send().await.unwrap();
    }
    for (request, customer) in fake.requests().iter().zip(customers) {
        assert_eq!(request.param("customer_id").as_deref(), Some(customer));
        assert_eq!((request.path.as_str(), request.param("page")), (PATH, None));
        let query = request.query.as_deref().unwrap();
        assert!(query.bytes().all(|byte| byte.is_ascii_graphic()), "{query}");
    }
    assert_eq!(fake.request_count(), customers.len());
}

#[tokio::test]
async fn extra_headers_and_parameters_are_sent_with_the_declared_ones() {
    let fake = FakeApi::start().await;
    let request = || client(&fake).list_customer_loyalty_points().customer_id("7");
    request().extra_header("X-Note", "a b").extra_query("with", "a&b").extra_query("size", 5).send().await.unwrap();
    let sent = only_request(&fake);
    assert_eq!((sent.header("x-note"), sent.header("authorization").is_some()), (Some("a b"), true));
    assert_eq!(sent.query.as_deref(), Some("customer_id=7&with=a%26b&size=5"));
    let error = request().extra_header("Authorization", "Bearer other").send().await.unwrap_err();
    assert!(error.is_invalid_request() && fake.request_count() == 1, "{error}");
}

#[tokio::test]
async fn the_transport_of_a_client_sends_requests_to_other_endpoints() {
    let fake = FakeApi::start().await;
    let request = client(&fake).transport().request(Method::GET, "/customers/{id}").path_param("id", 7);
    let error = request.send().await.unwrap().error_for_status().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnexpectedStatus);
    let sent = only_request(&fake);
    assert_eq!((sent.path.as_str(), sent.header("authorization").is_some()), ("/admin/v2/customers/7", true));
}

#[tokio::test]
async fn page_and_page_size_are_sent_when_they_are_set() {
    let fake = FakeApi::start().await;
    let client = client(&fake);
    let request = || client.list_customer_loyalty_points().customer_id("7");
    request().send().await.unwrap();
    request().page(2).send().await.unwrap();
    request().per_page(60).send().await.unwrap();
    request().per_page(5_u8).page(1_usize).send().await.unwrap();
    let queries: Vec<_> = fake.requests().into_iter().filter_map(|request| request.query).collect();
    let expected =
        ["customer_id=7", "customer_id=7&page=2", "customer_id=7&per_page=60", "customer_id=7&page=1&per_page=5"];
    assert_eq!(queries, expected);
}

#[tokio::test]
async fn without_a_customer_no_request_is_sent() {
    let fake = FakeApi::start().await;
    let error = client(&fake).list_customer_loyalty_points().send().await.unwrap_err();
    assert!(error.is_invalid_request() && error.status().is_none() && error.api().is_none());
    let line = "GET /customers/loyalty/points: invalid request: customer_id: is required and was not set";
    assert_eq!(error.to_string(), line);
    assert_eq!(fake.request_count(), 0);
}

#[tokio::test]
async fn a_number_out_of_range_is_an_error_that_names_the_parameter() {
    let fake = FakeApi::start().await;
    let client = client(&fake);
    let request = || client.list_customer_loyalty_points().customer_id("7");
    for (request, name) in [(request().page(u64::MAX), "page: "), (request().per_page(u64::MAX), "per_page: ")] {
        let error = request.send().await.unwrap_err();
        assert!(error.is_invalid_request() && error.to_string().contains(name), "{error}");
    }
    assert_eq!(fake.request_count(), 0);
}

#[tokio::test]
async fn a_trailing_slash_of_the_base_url_makes_no_difference() {
    let fake = FakeApi::start().await;
    for end in ["", "/"] {
        let client = builder(&format!("{}{end}", fake.base_url())).build().unwrap();
        fetch(&client).await.unwrap();
    }
    assert!(fake.requests().iter().all(|request| request.path == PATH));
}

#[test]
fn the_default_base_url_is_production_over_https() {
    assert_eq!(Client::BASE_URL, "https://api.salla.dev/admin/v2");
    assert!(Client::new(TOKEN).is_ok());
}

#[test]
fn an_unsafe_or_incomplete_base_url_is_refused() {
    for base_url in [
        "",
        "api.salla.dev/admin/v2",
        "/admin/v2",
        "http://api.salla.dev/admin/v2",
        "http://127.0.0.1.example.com",
        "ftp://127.0.0.1",
        "https://user@api.salla.dev",
        "https://api.salla.dev?a=b",
        "https://api.salla.dev#a",
    ] {
        let error = builder(base_url).build().unwrap_err();
        assert!(error.is_configuration() && error.to_string().contains("base_url"), "{base_url}: {error}");
    }
}

#[test]
fn a_token_that_cannot_be_sent_is_refused() {
    for token in ["", "a\nb", "a b", "Bearer a", "رمز"] {
        let error = Client::new(token).unwrap_err();
        assert!(error.is_configuration() && error.to_string().contains("token"), "{token:?}: {error}");
    }
}

#[tokio::test]
async fn a_redirect_to_another_host_is_not_followed() {
    let elsewhere = FakeApi::start().await;
    let location = format!("{}/customers/loyalty/points?customer_id={CUSTOMER}", elsewhere.base_url());
    for status in [301, 302, 303, 307, 308] {
        let location = location.clone();
        let fake = FakeApi::builder().fault(Fault::Redirect { status, location: location.clone() });
        let fake = fake.start().await;
        let error = fetch(&client(&fake)).await.unwrap_err();
        assert_eq!(error.status().unwrap().as_u16(), status);
        assert_eq!(error.headers().unwrap()["location"], location);
        assert!(error.api().is_none());
        assert_eq!(fake.request_count(), 1);
    }
    assert_eq!(elsewhere.request_count(), 0);
}

#[tokio::test]
async fn a_redirect_loop_is_not_followed() {
    let fake = FakeApi::builder().fault(Fault::RedirectLoop).start().await;
    let error = fetch(&client(&fake)).await.unwrap_err();
    assert_eq!(error.status().unwrap().as_u16(), 302);
    assert_eq!(fake.request_count(), 1);
}

#[tokio::test]
async fn a_next_link_to_another_host_is_not_followed() {
    let elsewhere = FakeApi::start().await;
    let next = format!("{}/customers/loyalty/points?page=2", elsewhere.base_url());
    let fake = FakeApi::builder().fault(PageFault::Next(next.clone()).into()).start().await;
    let response = fetch(&client(&fake)).await.unwrap();
    assert_eq!(response.pagination.links.next, Some(next));
    assert_eq!(elsewhere.request_count(), 0);
}

#[tokio::test]
async fn clones_and_tasks_share_one_client() {
    let fake = FakeApi::start().await;
    let client = client(&fake);
    let tasks: Vec<_> = (0..8)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { fetch(&client).await.map(|page| page.data.len()) })
        })
        .collect();
    for task in tasks {
        assert_eq!(task.await.unwrap().unwrap(), 30);
    }
    assert_eq!(fake.request_count(), 8);
}
