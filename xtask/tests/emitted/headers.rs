//! A crate that reads the documented headers of its answers.

use headers::mock::{Mock, MockResponse};
use headers::types::{Kind, ListCratesXStateHeader};
use headers::{AddCrate, AddCrateHeaders, Client, ListCrates, ListCratesHeaders2};

async fn answered(headers: &[(&str, &str)]) -> headers::Response<headers::types::ListCratesResponse> {
    let mock = Mock::new();
    let response = headers.iter().fold(MockResponse::new(200).json(&["a"]), |response, (name, value)| {
        response.header(name, value)
    });
    mock.respond::<ListCrates>(response);
    let client: Client = mock.client().unwrap();
    client.list_crates().send().await.unwrap()
}

#[tokio::test]
async fn each_documented_header_has_its_type() {
    let response = answered(&[
        ("x-total", "12"),
        ("x-weight", "2.5"),
        ("x-sealed", "true"),
        ("x-state", "half full"),
        ("x-kind", "steel"),
        ("x-count", "7"),
        ("x-place", "B"),
        ("type", "a, b"),
        ("x-size", "18446744073709551615"),
        ("x-sizes", "1,18446744073709551615"),
        ("x-kinds", "steel, rope"),
        ("x-states", "full"),
        ("x-lists", "a,b"),
        ("x-json", "[\"a\"]"),
        ("set-cookie", "a=b; expires=Wed, 21 Oct 2026 07:28:00 GMT"),
    ])
    .await;
    let headers = ListCratesHeaders2::from(&response);
    assert_eq!(headers.x_total(), Ok(12));
    assert_eq!(headers.x_weight().unwrap().unwrap(), 2.5);
    assert_eq!(headers.x_sealed(), Ok(Some(true)));
    assert_eq!(headers.x_state(), Ok(Some(ListCratesXStateHeader::from("half full"))));
    assert_eq!(headers.x_kind(), Ok(Some(Kind::Steel)));
    assert_eq!(headers.x_count(), Ok(Some(7)));
    assert_eq!(headers.x_place().unwrap().as_deref(), Some("B"));
    assert_eq!(headers.type_(), Ok(Some(vec!["a".to_owned(), "b".to_owned()])));
    assert_eq!((headers.x_size(), headers.x_sizes()), (Ok(Some(u64::MAX)), Ok(vec![1, u64::MAX])));
    assert_eq!(headers.x_kinds(), Ok(Some(vec![Kind::Steel, Kind::from("rope")])));
    let states = headers.x_states().unwrap().unwrap();
    assert_eq!(states.iter().map(ToString::to_string).collect::<Vec<_>>(), ["full"]);
    assert_eq!(headers.x_lists().unwrap().as_deref(), Some("a,b"));
    assert_eq!(headers.x_json().unwrap().as_deref(), Some("[\"a\"]"));
    assert!(headers.set_cookie().unwrap().unwrap().ends_with("GMT"));
}

#[tokio::test]
async fn a_missing_header_is_an_error_only_if_it_is_required_and_a_wrong_one_is_an_error_of_its_own() {
    let response = answered(&[("x-sealed", "perhaps"), ("x-weight", "1")]).await;
    let headers = ListCratesHeaders2::from(&response);
    assert!(headers.x_total().unwrap_err().is_missing());
    assert_eq!(headers.x_kind(), Ok(None));
    assert_eq!(headers.x_sealed().unwrap_err().to_string(), "unexpected value of the header `X-Sealed`");
    assert!(headers.x_weight().is_ok() && headers.x_sizes().unwrap_err().is_missing());
}

#[tokio::test]
async fn a_header_of_one_of_several_successes_is_optional() {
    let mock = Mock::new();
    mock.respond::<AddCrate>(MockResponse::new(202).header("retry-after", "3"));
    let client: Client = mock.client().unwrap();
    let response = client.add_crate().send().await.unwrap();
    let headers = AddCrateHeaders::from(&response);
    assert_eq!((headers.location(), headers.retry_after()), (Ok(None), Ok(Some(3))));
}
