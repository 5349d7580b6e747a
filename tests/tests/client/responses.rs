//! Complete responses: the status chooses the type, and an error keeps the whole response.

use std::error::Error as _;
use std::time::Duration;

use salla_loyalty_points::ListCustomerLoyaltyPointsError as ApiError;
use salla_loyalty_points::types::{ErrorBody, ErrorCode};
use salla_loyalty_points_tests::documented::payload;
use salla_loyalty_points_tests::fake::{CannedResponse, FakeApi, Fault, RateLimit, RetryAfter, entry};
use serde_json::{Value, json};

use crate::support::{Failure, builder, client, failure, fetch, outcome, serve};

fn envelope(status: u16) -> Value {
    let mut body = payload(401);
    body["status"] = status.into();
    body
}

#[tokio::test]
async fn each_value_of_the_documented_page_is_decoded() {
    let response = outcome(CannedResponse::json(200, &payload(200))).await.unwrap();
    assert_eq!((response.status, response.success, response.data.len()), (200, true, 2));

    let [first, second] = &response.data[..] else { unreachable!("there are two") };
    assert_eq!(first.name, "مخصصة");
    assert_eq!(first.points, 900);
    assert_eq!(first.used_points, 0);
    assert_eq!(first.status, "مؤكدة");
    assert_eq!(first.created_at.to_string(), "2024-12-17 17:42:14.000000 Asia/Riyadh");
    assert_eq!(first.expiry_date.as_ref().unwrap().to_string(), "2029-02-17 17:42:14");
    assert_eq!(first.order_id.as_ref().unwrap().as_i64(), Some(98_787_845_454));
    assert_eq!(first.used_at, None);
    assert_eq!(first.notes.as_deref(), Some("reason text"));
    assert_eq!(first.reference_id.as_ref().unwrap().as_i64(), Some(3_215_487));

    assert_eq!(second.name, "مخصصة");
    assert_eq!(second.points, 900);
    assert_eq!(second.used_points, 0);
    assert_eq!(second.status, "مؤكدة");
    assert_eq!(second.created_at.to_string(), "2024-12-17 17:15:47.000000 Asia/Riyadh");
    assert_eq!(second.expiry_date.as_ref().unwrap().to_string(), "2029-02-17 17:15:47");
    assert_eq!(second.order_id, None);
    assert_eq!(second.used_at, None);
    assert_eq!(second.notes.as_deref(), Some("sample note"));
    assert_eq!(second.reference_id, None);

    let pagination = &response.pagination;
    assert_eq!((pagination.count, pagination.total, pagination.per_page), (30, 39, 30));
    assert_eq!((pagination.current_page, pagination.total_pages), (1, 2));
    let next = "http://api.salla.dev/admin/v2/customers/loyalty/points?customer_id=1227534533&page=2";
    assert_eq!(pagination.links.next.as_deref(), Some(next));
    assert_eq!(pagination.links.previous, None);
}

#[tokio::test]
async fn the_documented_page_encodes_to_the_same_json() {
    let response = outcome(CannedResponse::json(200, &payload(200))).await.unwrap();
    assert_eq!(serde_json::to_value(&*response).unwrap(), payload(200));
}

#[tokio::test]
async fn a_date_with_a_zone_is_an_instant_and_one_without_is_not() {
    let response = outcome(CannedResponse::json(200, &payload(200))).await.unwrap();
    let created = response.data[0].created_at.to_zoned().unwrap();
    assert_eq!(created.to_string(), "2024-12-17T17:42:14+03:00[Asia/Riyadh]");
    let expires = response.data[0].expiry_date.as_ref().unwrap();
    assert!(expires.to_zoned().is_err());
    let expires = expires.to_zoned_in("Asia/Riyadh").unwrap();
    assert_eq!(expires.to_string(), "2029-02-17T17:42:14+03:00[Asia/Riyadh]");
}

#[tokio::test]
async fn status_headers_and_raw_body_of_a_success_are_available() {
    let response = CannedResponse::json(200, &payload(200)).header("x-request-id", "7");
    let response = outcome(response).await.unwrap();
    assert_eq!(response.status().as_u16(), 200);
    assert_eq!(response.headers()["x-request-id"], "7");
    let raw: Value = serde_json::from_slice(response.body()).unwrap();
    assert_eq!(raw, payload(200));
}

#[tokio::test]
async fn every_page_has_its_own_entries() {
    let (_fake, client) = serve(FakeApi::builder().entries(65)).await;
    for (page, entries) in [(1, 0..30), (2, 30..60), (3, 60..65), (4, 65..65)] {
        let request = client.list_customer_loyalty_points().customer_id("7");
        let response = request.page(page).send().await.unwrap();
        let data = serde_json::to_value(&response.data).unwrap();
        assert_eq!(data, entries.map(entry).collect::<Value>(), "page {page}");
    }
}

#[tokio::test]
async fn an_empty_array_of_links_decodes_as_no_links() {
    let fake = FakeApi::builder().entries(1).start().await;
    let response = fetch(&client(&fake)).await.unwrap();
    let raw: Value = serde_json::from_slice(response.body()).unwrap();
    assert_eq!(raw["pagination"]["links"], json!([]));
    assert_eq!(response.pagination.links, salla_loyalty_points::types::PaginationLinks::default());
}

#[tokio::test]
async fn an_invalid_token_gives_the_documented_401() {
    let fake = FakeApi::builder().token("another").start().await;
    let error = fetch(&client(&fake)).await.unwrap_err();
    let Some(ApiError::Unauthorized(body)) = error.api() else { panic!("{error}") };
    assert_eq!((body.status, body.success), (401, false));
    assert_eq!(body.error.code, ErrorCode::Name("Invalid-token".to_owned()));
    assert_eq!(body.error.message, "please provide a valid API Key");
    assert_eq!(serde_json::to_value(body).unwrap(), payload(401));
    let line = "GET /customers/loyalty/points: 401 Unauthorized (Invalid-token: please provide a valid API Key)";
    assert_eq!(error.to_string(), line);
}

#[tokio::test]
async fn an_empty_customer_gives_the_documented_422() {
    let fake = FakeApi::start().await;
    let client = client(&fake);
    let error = client.list_customer_loyalty_points().customer_id("").send().await.unwrap_err();
    let Some(ApiError::ValidationFailed(body)) = error.api() else { panic!("{error}") };
    assert_eq!((body.status, body.success), (422, false));
    assert_eq!(body.error.code, ErrorCode::Name("error".to_owned()));
    assert_eq!(body.error.message, "alert.invalid_fields");
    assert_eq!(body.error.fields["customer_id"], ["حقل customer id مطلوب."]);
    assert_eq!(serde_json::to_value(body).unwrap(), payload(422));
}

fn other_failure(error: &Failure) -> &ErrorBody {
    match error.api() {
        Some(ApiError::OtherFailure(body)) => body,
        _ => panic!("{error}"),
    }
}

#[tokio::test]
async fn an_undocumented_failure_status_gives_other_failure() {
    let error = failure(Fault::Unavailable).await;
    assert_eq!(error.status().unwrap().as_u16(), 503);
    let body = other_failure(&error);
    assert_eq!((body.status, &body.error.code), (503, &ErrorCode::Number(503)));
    assert_eq!(body.error.message, "Service Unavailable");
}

#[tokio::test]
async fn an_unknown_path_gives_other_failure() {
    let fake = FakeApi::start().await;
    let wrong = builder(&fake.base_url().replace("/v2", "/v1")).build().unwrap();
    let error = fetch(&wrong).await.unwrap_err();
    assert_eq!(other_failure(&error).status, 404);
}

fn retry_after(error: &Failure) -> Option<&str> {
    assert!(matches!(error.api(), Some(ApiError::RateLimited(body)) if body.status == 429), "{error}");
    error.headers().unwrap().get("retry-after")?.to_str().ok()
}

#[tokio::test]
async fn retry_after_of_a_429_is_available_in_every_form() {
    let limited = async |after| failure(Fault::RateLimited(after)).await;
    assert_eq!(retry_after(&limited(RetryAfter::Missing).await), None);
    assert_eq!(retry_after(&limited(RetryAfter::Seconds(2)).await), Some("2"));
    assert_eq!(retry_after(&limited(RetryAfter::Seconds(86_400)).await), Some("86400"));
    let error = limited(RetryAfter::Date(Duration::from_secs(60))).await;
    let date = retry_after(&error).unwrap();
    assert!(date.ends_with(" GMT") && date != error.headers().unwrap()["date"], "{date}");
}

#[tokio::test]
async fn rate_limit_headers_count_down_and_then_a_429_follows() {
    let limit = RateLimit::new(2, Duration::from_secs(3600));
    let (fake, client) = serve(FakeApi::builder().rate_limit(limit)).await;
    for remaining in ["1", "0"] {
        let response = fetch(&client).await.unwrap();
        assert_eq!(response.headers()["x-ratelimit-limit"], "2");
        assert_eq!(response.headers()["x-ratelimit-remaining"], remaining);
        assert!(response.headers().contains_key("x-ratelimit-reset"));
    }
    let error = fetch(&client).await.unwrap_err();
    assert!(retry_after(&error).unwrap().parse::<u64>().unwrap() > 3000);
    assert_eq!(error.headers().unwrap()["x-ratelimit-remaining"], "0");
    assert_eq!((fake.request_count(), fake.rate_limited_count()), (3, 1));
}

/// Returns a name for the variant of the documented failure, or for the kind of the error.
fn kind(error: &Failure) -> &'static str {
    match error.api() {
        Some(ApiError::Unauthorized(_)) => "401",
        Some(ApiError::ValidationFailed(_)) => "422",
        Some(ApiError::RateLimited(_)) => "429",
        Some(ApiError::OtherFailure(_)) => "other",
        Some(_) => "unknown",
        None if error.is_undecodable() => "undecodable",
        None if error.is_unexpected_status() => "unexpected status",
        None if error.is_reported_failure() => "reported failure",
        None if error.is_api() => "without a typed body",
        None => "no response",
    }
}

#[tokio::test]
async fn the_status_chooses_the_variant_and_the_body_does_not() {
    for (status, variant) in [(401, "401"), (422, "422"), (429, "429"), (400, "other"), (500, "other")] {
        for body in [payload(401), payload(422), envelope(429)] {
            let error = failure(CannedResponse::json(status, &body)).await;
            assert_eq!(kind(&error), variant, "{body}");
            assert_eq!(error.status().unwrap().as_u16(), status);
        }
        for body in [json!({}), json!([]), json!(null), payload(200)] {
            let error = failure(CannedResponse::json(status, &body)).await;
            assert_eq!(kind(&error), "without a typed body", "{status} {body}");
            assert_eq!(error.status().unwrap().as_u16(), status);
        }
    }
}

#[tokio::test]
async fn a_documented_failure_has_the_message_of_a_body_that_does_not_fit() {
    let error = failure(CannedResponse::json(403, &json!({"message": "no access"}))).await;
    assert_eq!(kind(&error), "without a typed body");
    assert!(error.to_string().ends_with(": 403 Forbidden (no access)"), "{error}");
}

#[tokio::test]
async fn an_error_payload_with_status_200_is_an_error() {
    for body in [json!({}), json!(null)] {
        let error = failure(CannedResponse::json(200, &body)).await;
        assert_eq!(kind(&error), "undecodable", "{body}");
    }
    for body in [payload(401), payload(422)] {
        let error = failure(CannedResponse::json(200, &body)).await;
        assert_eq!(kind(&error), "reported failure", "{body}");
    }
    assert_eq!(kind(&failure(Fault::FailureWithStatus200).await), "reported failure");
}

#[tokio::test]
async fn a_page_with_success_false_is_an_error() {
    let mut body = payload(200);
    body["success"] = json!(false);
    let error = failure(CannedResponse::json(200, &body)).await;
    assert_eq!(kind(&error), "reported failure");
    assert_eq!(serde_json::from_slice::<Value>(error.body().unwrap()).unwrap(), body);
}

#[tokio::test]
async fn an_undocumented_success_status_is_an_error() {
    for status in [201, 204, 206] {
        let body = if status == 204 { String::new() } else { payload(200).to_string() };
        let error = failure(CannedResponse::new(status, body)).await;
        assert_eq!((kind(&error), error.status().unwrap().as_u16()), ("unexpected status", status));
    }
}

/// Checks that an error about a success that does not decode holds the whole response, and prints the reason.
fn assert_undecodable(error: &Failure, status: u16, body: &[u8], reason: &str) {
    assert!(error.is_undecodable(), "{error}");
    assert_whole_response(error, status, body, reason);
}

/// Checks that an error about a documented failure whose body does not decode holds the whole response, and prints the
/// reason.
fn assert_without_typed_body(error: &Failure, status: u16, body: &[u8], reason: &str) {
    assert!(error.is_api() && !error.is_undecodable(), "{error}");
    assert_whole_response(error, status, body, reason);
}

fn assert_whole_response(error: &Failure, status: u16, body: &[u8], reason: &str) {
    assert!(error.api().is_none(), "{error}");
    assert_eq!(error.status().unwrap().as_u16(), status);
    assert!(error.headers().unwrap().contains_key("date"));
    assert_eq!(&error.body().unwrap()[..], body);
    assert!(error.to_string().contains(reason), "{error}");
    assert!(error.source().unwrap().to_string().contains(reason));
}

#[tokio::test]
async fn an_error_holds_the_html_of_a_gateway() {
    let error = failure(Fault::BadGateway).await;
    let body = b"<html><body><h1>502 Bad Gateway</h1></body></html>";
    assert_without_typed_body(&error, 502, body, "HTML instead of JSON");
    assert_eq!(error.headers().unwrap()["content-type"], "text/html; charset=utf-8");
    assert!(!error.to_string().contains("<h1>"));
}

#[tokio::test]
async fn a_401_without_a_body_is_a_documented_failure() {
    assert_without_typed_body(&failure(Fault::EmptyUnauthorized).await, 401, b"", "empty body");
}

#[tokio::test]
async fn an_error_holds_the_body_of_an_oauth_error() {
    let error = failure(Fault::OAuthError).await;
    let body: Value = serde_json::from_slice(error.body().unwrap()).unwrap();
    assert_eq!((kind(&error), &body["error"]), ("without a typed body", &json!("invalid_grant")));
}

#[tokio::test]
async fn an_error_holds_truncated_json() {
    let body = payload(200).to_string();
    let half = &body.as_bytes()[..body.find("points").unwrap()];
    let error = failure(CannedResponse::new(200, half.to_vec())).await;
    assert_undecodable(&error, 200, half, "EOF while parsing");
}

#[tokio::test]
async fn an_error_names_the_path_of_a_wrong_type() {
    for (pointer, path) in [
        ("/data/1/points", "data[1].points"),
        ("/data/0/created_at/date", "data[0].created_at"),
        ("/pagination/totalPages", "pagination.totalPages"),
        ("/success", "success"),
    ] {
        let mut body = payload(200);
        *body.pointer_mut(pointer).unwrap() = json!({"secret": 1});
        let error = failure(CannedResponse::json(200, &body)).await;
        assert_undecodable(&error, 200, body.to_string().as_bytes(), path);
        assert!(!error.to_string().contains("secret"), "{error}");
    }
}

#[tokio::test]
async fn an_error_names_the_path_of_invalid_utf8() {
    let error = failure(Fault::InvalidUtf8).await;
    assert!(error.is_undecodable() && error.to_string().contains("data[0].name"), "{error}");
    assert!(std::str::from_utf8(error.body().unwrap()).is_err());
}
