//! No printed text contains the token, even if the server repeats it.

use salla_loyalty_points::Client;
use salla_loyalty_points_tests::documented::payload;
use salla_loyalty_points_tests::fake::{CannedResponse, ClosedPort, FakeApi, Fault, RetryAfter};
use serde_json::{Value, json};

use crate::support::{
    CUSTOMER, SHORT_TIMEOUT, TOKEN, TOKEN_PART, all_output, builder, client, debug, failure,
    failure_with_short_timeout, fetch,
};

fn assert_hidden(printed: &str) {
    assert!(!printed.is_empty());
    assert!(!printed.contains(TOKEN_PART), "{printed}");
}

#[tokio::test]
async fn clients_builders_and_requests_hide_the_token() {
    let fake = FakeApi::start().await;
    let client = client(&fake);
    let request = client.list_customer_loyalty_points().customer_id(CUSTOMER);
    let printed = debug(&builder(&fake.base_url())) + &debug(&client) + &debug(&request);
    assert!(printed.contains("127.0.0.1"), "it shows the base URL");
    assert_hidden(&printed);
}

#[test]
fn errors_about_settings_do_not_repeat_the_setting() {
    for builder in [
        builder(TOKEN),
        builder(&format!("https://{TOKEN}@api.salla.dev")),
        builder(&format!("https://api.salla.dev?token={TOKEN}")),
        Client::builder().token(format!("Bearer {TOKEN}")),
        Client::builder().token(format!("{TOKEN}\n")),
        Client::builder().token(TOKEN).user_agent(&format!("{TOKEN}\n")),
    ] {
        let printed = debug(&builder);
        assert_hidden(&(printed + &all_output(&builder.build().unwrap_err())));
    }
}

#[tokio::test]
async fn no_error_shows_the_token() {
    for fault in [
        Fault::ClosedBeforeHeaders,
        Fault::ResetBeforeHeaders,
        Fault::ResetInHeaders,
        Fault::ResetInBody,
        Fault::TruncatedBody,
        Fault::ShortContentLength,
        Fault::InvalidUtf8,
        Fault::BadGateway,
        Fault::EmptyUnauthorized,
        Fault::RateLimited(RetryAfter::Missing),
        Fault::Unavailable,
        Fault::RedirectLoop,
        Fault::FailureWithStatus200,
        Fault::OAuthError,
        Fault::GzipBomb(1),
        Fault::Echo,
    ] {
        assert_hidden(&all_output(&failure(fault).await));
    }
    for fault in [Fault::NoResponse, Fault::StalledBody, Fault::SlowHeaders(SHORT_TIMEOUT / 10)] {
        assert_hidden(&all_output(&failure_with_short_timeout(fault).await));
    }
    let refused = builder(&ClosedPort::reserve().base_url()).build().unwrap();
    assert_hidden(&all_output(&fetch(&refused).await.unwrap_err()));
}

#[tokio::test]
async fn an_error_holds_an_echoed_token_and_does_not_show_it() {
    let error = failure(Fault::Echo).await;
    assert!(error.is_undecodable());
    let echo: Value = serde_json::from_slice(error.body().unwrap()).unwrap();
    assert_eq!(echo["headers"]["authorization"], format!("Bearer {TOKEN}"));
    assert_hidden(&all_output(&error));
}

/// Returns bodies with the token in each place from which an error may quote.
fn bodies_with_token() -> [Value; 5] {
    let mut page = payload(200);
    page["data"][0]["created_at"] = TOKEN.into();
    let mut envelope = payload(422);
    envelope["error"] = json!({"code": TOKEN, "message": TOKEN, "fields": {TOKEN: [TOKEN]}});
    [page, envelope, json!({"error": TOKEN, "error_description": TOKEN}), json!({"status": TOKEN}), json!(TOKEN)]
}

#[tokio::test]
async fn no_error_shows_a_token_that_the_server_repeats() {
    for status in [200, 204, 302, 401, 422, 429, 500] {
        for body in bodies_with_token() {
            let response = CannedResponse::json(status, &body).header("x-echo", TOKEN).header("location", TOKEN);
            assert_hidden(&all_output(&failure(response).await));
        }
    }
}

#[tokio::test]
async fn a_response_hides_a_token_in_its_headers() {
    let response = CannedResponse::json(200, &payload(200)).header("x-echo", TOKEN);
    let response = crate::support::outcome(response).await.unwrap();
    assert_eq!(response.headers()["x-echo"], TOKEN);
    assert_hidden(&debug(&response));
}
