//! The token is in nothing that can be printed, even when the server repeats it.

use salla_loyalty_points::Client;
use salla_loyalty_points_tests::documented::payload;
use salla_loyalty_points_tests::mock::{Answer, ClosedPort, Fault, Mock, RetryAfter};
use serde_json::{Value, json};

use crate::support::{CUSTOMER, MARK, SHORT, TOKEN, ask, builder, client, debug, failure, impatient_failure, shown};

fn assert_hidden(printed: &str) {
    assert!(!printed.is_empty());
    assert!(!printed.contains(MARK), "{printed}");
}

#[tokio::test]
async fn clients_builders_and_requests_do_not_show_it() {
    let mock = Mock::start().await;
    let client = client(&mock);
    let request = client.list_customer_loyalty_points().customer_id(CUSTOMER);
    let printed = debug(&builder(&mock.base_url())) + &debug(&client) + &debug(&request);
    assert!(printed.contains("127.0.0.1"), "it shows what can be shown");
    assert_hidden(&printed);
}

#[test]
fn settings_that_are_refused_are_not_repeated() {
    for builder in [
        builder(TOKEN),
        builder(&format!("https://{TOKEN}@api.salla.dev")),
        builder(&format!("https://api.salla.dev?token={TOKEN}")),
        Client::builder().token(format!("Bearer {TOKEN}")),
        Client::builder().token(format!("{TOKEN}\n")),
        Client::builder().token(TOKEN).user_agent(&format!("{TOKEN}\n")),
    ] {
        let printed = debug(&builder);
        assert_hidden(&(printed + &shown(&builder.build().unwrap_err())));
    }
}

#[tokio::test]
async fn no_failure_shows_it() {
    for fault in [
        Fault::HangUp,
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
        Fault::NotSuccess,
        Fault::OAuthError,
        Fault::GzipBomb(1),
        Fault::Echo,
    ] {
        assert_hidden(&shown(&failure(fault).await));
    }
    for fault in [Fault::Silence, Fault::StalledBody, Fault::SlowHeaders(SHORT / 10)] {
        assert_hidden(&shown(&impatient_failure(fault).await));
    }
    let refused = builder(&ClosedPort::take().base_url()).build().unwrap();
    assert_hidden(&shown(&ask(&refused).await.unwrap_err()));
}

#[tokio::test]
async fn an_echo_is_kept_and_not_shown() {
    let error = failure(Fault::Echo).await;
    assert!(error.is_undecodable());
    let echo: Value = serde_json::from_slice(error.body().unwrap()).unwrap();
    assert_eq!(echo["headers"]["authorization"], format!("Bearer {TOKEN}"));
    assert_hidden(&shown(&error));
}

/// Answers that have the token wherever an error might take a text from.
fn repeating() -> [Value; 5] {
    let mut page = payload(200);
    page["data"][0]["created_at"] = TOKEN.into();
    let mut envelope = payload(422);
    envelope["error"] = json!({"code": TOKEN, "message": TOKEN, "fields": {TOKEN: [TOKEN]}});
    [page, envelope, json!({"error": TOKEN, "error_description": TOKEN}), json!({"status": TOKEN}), json!(TOKEN)]
}

#[tokio::test]
async fn a_server_that_repeats_it_in_any_place_does_not_make_an_error_show_it() {
    for status in [200, 204, 302, 401, 422, 429, 500] {
        for body in repeating() {
            let answer = Answer::json(status, &body).header("x-echo", TOKEN).header("location", TOKEN);
            assert_hidden(&shown(&failure(answer).await));
        }
    }
}

#[tokio::test]
async fn a_success_whose_headers_repeat_it_does_not_show_it() {
    let answer = Answer::json(200, &payload(200)).header("x-echo", TOKEN);
    let answer = crate::support::outcome(answer).await.unwrap();
    assert_eq!(answer.headers()["x-echo"], TOKEN, "it is kept");
    assert_hidden(&debug(&answer));
}
