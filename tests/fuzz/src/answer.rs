//! An answer of the API, through the client.
//!
//! The first byte selects the operation, and the second the status. Lines with headers follow, an empty line, and the
//! body.

use bytes::Bytes;
use http::{HeaderName, HeaderValue};
use salla_loyalty_points::mock::{Mock, MockBody, MockResponse};
use salla_loyalty_points::types::{LoyaltyPointsPage, LoyaltyPointsUpdated, NotificationChannel, PointsChange};
use salla_loyalty_points::{
    CallError, Client, Error, ListCustomerLoyaltyPoints, RetryPolicy, UpdateCustomerLoyaltyPoints,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The token of the client. It appears in no error.
const TOKEN: &str = "mock-token-that-is-secret";

const STATUSES: [u16; 16] = [200, 201, 202, 204, 206, 301, 304, 400, 401, 403, 404, 422, 429, 500, 502, 503];

/// Runs one case.
///
/// # Panics
///
/// If the client panics, a decoded value is another one after it was encoded, an error has no outcome, or an error shows
/// the token.
pub fn run(input: &[u8]) {
    let [operation, status, rest @ ..] = input else { return };
    let response = response(STATUSES[usize::from(*status) % STATUSES.len()], rest);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.expect("a runtime for one thread").block_on(async {
        match operation % 3 {
            0 => list(response).await,
            1 => update(response).await,
            _ => stream(response).await,
        }
    });
}

fn response(status: u16, rest: &[u8]) -> MockResponse {
    let at = rest.windows(2).position(|window| window == b"\n\n");
    let (head, body) = at.map_or((&rest[..0], rest), |at| (&rest[..at], &rest[at + 2..]));
    let mut response =
        MockResponse::new(status).body(&MockBody::bytes("application/json", Bytes::copy_from_slice(body)));
    for line in String::from_utf8_lossy(head).lines() {
        if let Some((name, value)) = line.split_once(':')
            && HeaderName::try_from(name).is_ok()
            && HeaderValue::try_from(value.trim()).is_ok()
        {
            response = response.header(name, value.trim());
        }
    }
    response
}

fn client(mock: &Mock) -> Client {
    mock.builder().token(TOKEN).retry(RetryPolicy::new().max_attempts(2)).build().expect("a client with a mock")
}

async fn list(response: MockResponse) {
    let mock = Mock::new();
    mock.respond::<ListCustomerLoyaltyPoints>(response);
    match client(&mock).list_customer_loyalty_points().customer_id("1").send().await {
        Ok(page) => check_value::<LoyaltyPointsPage>(&page),
        Err(error) => check_call_error(&error),
    }
}

async fn update(response: MockResponse) {
    let mock = Mock::new();
    mock.respond::<UpdateCustomerLoyaltyPoints>(response);
    let update = client(&mock).update_customer_loyalty_points().body_map(|update| {
        update.points(1).type_(PointsChange::Plus).reason("r").channel_send([NotificationChannel::Sms]).customers([1])
    });
    match update.send().await {
        Ok(updated) => check_value::<LoyaltyPointsUpdated>(&updated),
        Err(error) => check_call_error(&error),
    }
}

async fn stream(response: MockResponse) {
    let mock = Mock::new();
    mock.respond::<ListCustomerLoyaltyPoints>(response);
    let mut entries = client(&mock).list_customer_loyalty_points().customer_id("1").stream().lenient();
    // The answer is the same for every page, so a list that goes on is inconsistent soon.
    for _ in 0..1_000 {
        match entries.next().await {
            Some(Ok(entry)) => drop(format!("{entry:?}")),
            Some(Err(error)) => hides_the_token(&format!("{error} {error:?}")),
            None => return,
        }
    }
}

/// Checks that a value that was decoded stays the same when it is encoded and decoded again.
fn check_value<T: DeserializeOwned + Serialize + PartialEq + std::fmt::Debug>(value: &T) {
    let encoded = serde_json::to_string(value).expect("a decoded value can be encoded");
    let again: T = serde_json::from_str(&encoded).unwrap_or_else(|error| panic!("{error}: {encoded}"));
    assert_eq!(&again, value, "{encoded}");
}

fn check_call_error<E: std::fmt::Debug>(error: &CallError<E>)
where
    CallError<E>: std::error::Error,
{
    let of_client: &Error = error;
    let _ = (error.kind(), error.retry_after(), error.headers(), error.body());
    assert!(error.status().is_some() || !error.is_api(), "a failure of the API has a status: {error:?}");
    hides_the_token(&format!("{error} {error:?} {of_client} {of_client:?}"));
}

fn hides_the_token(text: &str) {
    assert!(!text.contains(TOKEN), "the token is shown: {text}");
}
