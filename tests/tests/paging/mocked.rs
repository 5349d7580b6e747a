//! Streams over mocked responses: their order, entries that cannot be decoded, and the responses that errors hold.

use std::time::Duration;

use futures_util::Stream as _;
use salla_loyalty_points::mock::Mock;
use salla_loyalty_points::{Client, Items, ListCustomerLoyaltyPoints as History, RetryPolicy};
use salla_loyalty_points_tests::documented::payload;
use serde_json::{Value, json};

/// Returns a page with one entry for each number of points.
fn page(number: i64, pages: i64, total: usize, points: impl IntoIterator<Item = Value>) -> Value {
    let mut page = payload(200);
    let entry = page["data"][0].clone();
    let with_points = |points: Value| {
        let mut entry = entry.clone();
        entry["points"] = points;
        entry
    };
    page["data"] = points.into_iter().map(with_points).collect();
    for (key, value) in [("currentPage", json!(number)), ("totalPages", json!(pages)), ("total", json!(total))] {
        page["pagination"][key] = value;
    }
    page
}

fn history(mock: &Mock) -> Items<History> {
    mock.client::<Client>().unwrap().list_customer_loyalty_points().customer_id("1").stream()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mocked_pages_are_answered_in_their_order() {
    for concurrency in [1, 2, 8] {
        let mock = Mock::new();
        for number in 1..=20 {
            mock.refuse::<History>(200, &page(number, 20, 40, [json!(number), json!(-number)]));
        }
        let entries = history(&mock).concurrency(concurrency).collect_all().await.unwrap();
        let points: Vec<_> = entries.iter().map(|entry| entry.points).collect();
        assert_eq!(points, (1..=20).flat_map(|number| [number, -number]).collect::<Vec<_>>());
    }
}

#[tokio::test(start_paused = true)]
async fn an_inconsistent_page_holds_its_response_and_its_attempts() {
    let mock = Mock::new();
    mock.refuse::<History>(200, &page(1, 2, 4, [json!(1), json!(2)]));
    mock.refuse::<History>(503, &json!({}));
    mock.refuse::<History>(200, &page(2, 2, 5, [json!(3), json!(4)]));
    let client: Client = mock.builder().retry(RetryPolicy::new().base_delay(Duration::from_millis(1))).build().unwrap();
    let error = client.list_customer_loyalty_points().customer_id("1").stream().collect_all().await.unwrap_err();
    assert!(error.is_inconsistent() && error.attempts() == 2, "{error:?}");
    assert_eq!(error.status().unwrap().as_u16(), 200);
    assert_eq!(error.headers().unwrap()["content-type"], "application/json");
    let body: Value = serde_json::from_slice(error.body().unwrap()).unwrap();
    assert_eq!(body["pagination"]["total"], 5);
}

#[tokio::test]
async fn a_lenient_stream_yields_broken_entries_in_their_places() {
    let mock = Mock::new();
    mock.refuse::<History>(200, &page(1, 2, 5, [json!("many"), json!(1), json!({}), json!(2)]));
    mock.refuse::<History>(200, &page(2, 2, 5, [json!(3)]));
    let strict = history(&mock).concurrency(1).collect_all().await.unwrap_err();
    assert!(strict.is_undecodable() && strict.to_string().contains("data[0].points"), "{strict}");
    let mock = Mock::new();
    mock.refuse::<History>(200, &page(1, 2, 5, [json!("many"), json!(1), json!({}), json!(2)]));
    mock.refuse::<History>(200, &page(2, 2, 5, [json!(3)]));
    let mut read = Vec::new();
    let mut entries = history(&mock).lenient();
    while let Some(entry) = entries.try_next().await.unwrap() {
        read.push(entry.map(|entry| entry.points).map_err(|broken| (broken.page(), broken.index())));
    }
    assert_eq!(read, [Err((1, 0)), Ok(1), Err((1, 2)), Ok(2), Ok(3)]);
    assert_eq!((entries.total(), entries.next_page(), entries.changes()), (Some(5), 3, None));
}

#[tokio::test]
async fn a_broken_entry_has_its_json_its_place_and_its_reason() {
    let mock = Mock::new();
    mock.refuse::<History>(200, &page(1, 1, 2, [json!(1), json!("secret")]));
    let entries = history(&mock).lenient().collect_all().await.unwrap();
    let broken = entries[1].as_ref().unwrap_err();
    let json: Value = serde_json::from_slice(broken.json()).unwrap();
    assert_eq!((json["points"].as_str(), broken.decode_error().path()), (Some("secret"), "points"));
    assert!(broken.to_string().starts_with("page 1, item 1: points: "), "{broken}");
    assert!(!format!("{broken:?} {broken}").contains("secret"), "{broken:?}");
}

#[tokio::test]
async fn a_lenient_stream_ends_if_anything_else_is_broken() {
    let mut without_total = page(1, 1, 1, [json!("many")]);
    without_total["pagination"]["total"] = json!("many");
    let mut no_list = page(1, 1, 1, []);
    no_list["data"] = json!("none");
    let mut failure = page(1, 1, 1, [json!("many")]);
    failure["success"] = json!(false);
    let hostile = page(1, 1, 2000, std::iter::repeat_n(json!("many"), 2000));
    for body in [without_total, no_list, failure, hostile, json!({}), json!([]), json!("text")] {
        let mock = Mock::new();
        mock.refuse::<History>(200, &body);
        let error = history(&mock).lenient().collect_all().await.unwrap_err();
        assert!(error.is_undecodable() || error.is_reported_failure(), "{error}");
    }
}

#[tokio::test]
async fn a_lenient_stream_counts_broken_entries() {
    let mock = Mock::new();
    mock.refuse::<History>(200, &page(1, 1, 3, [json!(1), json!("many")]));
    let mut entries = history(&mock).lenient();
    let error = entries.try_next().await.unwrap_err();
    assert!(error.is_inconsistent() && error.to_string().contains("3 items, but 2 were received"), "{error}");
}

#[tokio::test]
async fn a_lenient_stream_knows_its_page_and_the_rest_of_it() {
    let mock = Mock::new();
    mock.refuse::<History>(200, &page(1, 2, 5, [json!("many"), json!(1), json!({}), json!(2)]));
    mock.refuse::<History>(200, &page(2, 2, 5, [json!(3)]));
    let mut entries = history(&mock).lenient();
    let mut seen = vec![(entries.next_page(), entries.size_hint())];
    while entries.try_next().await.unwrap().is_some() {
        seen.push((entries.next_page(), entries.size_hint()));
    }
    let expected = [(1, 0), (1, 3), (1, 2), (1, 1), (2, 0), (3, 0)];
    assert_eq!(seen, expected.map(|(page, rest)| (page, (rest, None))));
}

#[tokio::test]
async fn a_lenient_stream_reports_the_changes_that_it_tolerates() {
    let mock = Mock::new();
    mock.refuse::<History>(200, &page(1, 2, 3, [json!(1), json!("many")]));
    mock.refuse::<History>(200, &page(2, 2, 4, [json!(2), json!(3)]));
    let mut entries = history(&mock).tolerate_changes().lenient();
    assert_eq!(entries.changes(), None);
    assert_eq!(entries.collect_all().await.unwrap().len(), 4);
    let changes = entries.changes().unwrap();
    let counts = (changes.page, changes.items_before, changes.items_after, changes.items_read);
    assert_eq!(counts, (2, Some(3), Some(4), 4));
}

#[tokio::test]
async fn debug_shows_the_progress_and_no_entry() {
    let mock = Mock::new();
    mock.refuse::<History>(200, &page(1, 2, 4, [json!(4321), json!(4322), json!("many")]));
    let begun =
        "Pages { next: 2, extent: Some(Extent { number: Some(1), pages: 2, items: Some(4) }), concurrency: 1, .. }";
    let mut lenient = history(&mock).concurrency(1).lenient();
    let new = "LenientItems { pages: Pages { next: 1, extent: None, concurrency: 1, .. }, current: 0, .. }";
    assert_eq!(format!("{lenient:?}"), new);
    lenient.try_next().await.unwrap();
    assert_eq!(format!("{lenient:?}"), format!("LenientItems {{ pages: {begun}, current: 2, .. }}"));

    let mock = Mock::new();
    mock.refuse::<History>(200, &page(1, 2, 4, [json!(4321), json!(4322), json!(4323)]));
    let mut items = history(&mock).concurrency(1);
    items.try_next().await.unwrap();
    assert_eq!(format!("{items:?}"), format!("Items {{ pages: {begun}, current: 2 }}"));
    let request = mock.client::<Client>().unwrap().list_customer_loyalty_points().customer_id("1");
    let mut pages = request.pages().concurrency(1);
    pages.try_next().await.unwrap();
    assert_eq!(format!("{pages:?}"), begun);
}
