//! The update of loyalty points: it changes the histories of its customers, its failures are typed, and it is never sent
//! twice.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use salla_loyalty_points::salla_runtime::{AccessToken, BoxFuture, TokenError, TokenSource};
use salla_loyalty_points::types::{LoyaltyPointsEntry, LoyaltyPointsUpdate, PointsChange};
use salla_loyalty_points::{
    Client, ListCustomerLoyaltyPoints, UpdateCustomerLoyaltyPoints, UpdateCustomerLoyaltyPointsError,
};
use salla_loyalty_points_tests::documented;
use salla_loyalty_points_tests::fake::{CannedResponse, ClosedPort, FakeApi, Fault, RetryAfter};
use serde_json::{Value, json};

use crate::support::{SHORT_TIMEOUT, TOKEN, builder, client, quick_retries, serve, serve_retrying};

/// Returns an update of these customers.
fn update(client: &Client, change: PointsChange, points: i64, customers: &[i64]) -> UpdateCustomerLoyaltyPoints {
    let customers = customers.to_vec();
    client
        .update_customer_loyalty_points()
        .body_map(|update| update.points(points).type_(change).reason("a gift").channel_send([]).customers(customers))
}

fn documented_update() -> LoyaltyPointsUpdate {
    serde_json::from_value(documented::update_request()).expect("the documented request decodes")
}

async fn history(client: &Client, customer: &str) -> Vec<LoyaltyPointsEntry> {
    client.list_customer_loyalty_points().customer_id(customer).stream().collect_all().await.unwrap()
}

/// Returns the points of a history whose server has no other entries.
async fn points(client: &Client, customer: &str) -> Vec<i64> {
    history(client, customer).await.iter().map(|entry| entry.points).collect()
}

#[tokio::test]
async fn points_are_added_and_deducted_in_the_histories_of_the_customers() {
    let (_fake, client) = serve(FakeApi::builder().entries(0)).await;
    let answer = update(&client, PointsChange::Plus, 900, &[1, 2]).send().await.unwrap();
    assert_eq!((answer.status().as_u16(), answer.data.code), (201, Some(201)));
    update(&client, PointsChange::Minus, 50, &[2]).send().await.unwrap();
    assert_eq!(points(&client, "1").await, [900]);
    assert_eq!(points(&client, "2").await, [-50, 900]);
    assert_eq!(points(&client, "3").await, [0; 0]);
    assert_eq!(history(&client, "1").await[0].notes.as_deref(), Some("a gift"));
}

#[tokio::test]
async fn an_update_of_all_customers_is_in_every_history() {
    let (_fake, client) = serve(FakeApi::builder().entries(2)).await;
    let request = update(&client, PointsChange::Plus, 7, &[]).body_map(|update| update.select_all(true));
    request.send().await.unwrap();
    for customer in ["1", "2"] {
        assert_eq!(points(&client, customer).await, [7, 900, 901]);
    }
}

#[tokio::test]
async fn both_forms_of_a_201_decode() {
    let message_alone = json!({"status": 201, "success": true, "data": {"message": "تم"}});
    for (payload, code) in [(documented::update_payload(201), Some(201)), (message_alone, None)] {
        let fake = FakeApi::builder().fault(CannedResponse::json(201, &payload).into()).start().await;
        let answer = update(&client(&fake), PointsChange::Plus, 1, &[1]).send().await.unwrap();
        assert_eq!((answer.data.code, &payload["data"]["message"]), (code, &json!(answer.data.message)));
    }
}

/// Returns the name of the variant of a failure, and its body.
async fn refusal(fake: &FakeApi, update: LoyaltyPointsUpdate) -> (&'static str, Value) {
    let error = client(fake).update_customer_loyalty_points().body(update).send().await.unwrap_err();
    let (variant, body) = match error.api() {
        Some(UpdateCustomerLoyaltyPointsError::BadRequest(body)) => ("BadRequest", serde_json::to_value(body)),
        Some(UpdateCustomerLoyaltyPointsError::Unauthorized(body)) => ("Unauthorized", serde_json::to_value(body)),
        Some(UpdateCustomerLoyaltyPointsError::ValidationFailed(body)) => {
            ("ValidationFailed", serde_json::to_value(body))
        }
        Some(UpdateCustomerLoyaltyPointsError::RateLimited(body)) => ("RateLimited", serde_json::to_value(body)),
        other => panic!("{other:?}"),
    };
    (variant, body.unwrap())
}

#[tokio::test]
async fn each_documented_failure_is_the_variant_of_its_status() {
    let fake = FakeApi::builder().token(TOKEN).start().await;
    let mut reset = documented_update();
    reset.reset_points = Some(true);
    assert_eq!(refusal(&fake, reset).await, ("BadRequest", documented::update_payload(400)));
    let mut nothing = documented_update();
    nothing.points = 0;
    let mut expected = documented::update_payload(422);
    expected["error"]["fields"] = json!({"points": ["حقل points غير صالح"]});
    assert_eq!(refusal(&fake, nothing).await, ("ValidationFailed", expected));
    fake.inject(Fault::RateLimited(RetryAfter::Missing));
    assert_eq!(refusal(&fake, documented_update()).await.0, "RateLimited");
    fake.clear_faults();
    fake.set_token("another");
    assert_eq!(refusal(&fake, documented_update()).await, ("Unauthorized", documented::payload(401)));
}

#[tokio::test]
async fn a_token_needs_the_scopes_that_the_operation_states() {
    assert_eq!(ListCustomerLoyaltyPoints::SCOPES, documented::required_scopes("get"));
    assert_eq!(UpdateCustomerLoyaltyPoints::SCOPES, documented::required_scopes("post"));

    let readable = FakeApi::builder().scopes(ListCustomerLoyaltyPoints::SCOPES.iter().copied()).start().await;
    history(&client(&readable), "1").await;
    let refused = refusal(&readable, documented_update()).await;
    assert_eq!(refused, ("Unauthorized", documented::update_payload(401)));

    let writable = FakeApi::builder().scopes(UpdateCustomerLoyaltyPoints::SCOPES.iter().copied()).start().await;
    update(&client(&writable), PointsChange::Plus, 1, &[1]).send().await.unwrap();
    let error = client(&writable).list_customer_loyalty_points().customer_id("1").send().await.unwrap_err();
    assert!(error.to_string().contains("scopes: customers.read"), "{error}");
}

#[tokio::test]
async fn an_update_that_may_have_arrived_is_sent_once() {
    for fault in [
        Fault::ClosedBeforeHeaders,
        Fault::ResetBeforeHeaders,
        Fault::ResetInHeaders,
        Fault::ResetInBody,
        Fault::TruncatedBody,
        Fault::NoResponse,
        Fault::BadGateway,
        Fault::Unavailable,
        Fault::RateLimited(RetryAfter::Seconds(0)),
    ] {
        let (fake, client) = serve_retrying(FakeApi::builder().entries(0).fault(fault.clone())).await;
        let request = update(&client, PointsChange::Plus, 5, &[1]).timeout(SHORT_TIMEOUT);
        let error = request.send().await.expect_err("the response is lost");
        assert_eq!((fake.request_count(), error.attempts()), (1, 1), "{fault:?}: {error}");
    }
}

#[tokio::test]
async fn an_update_whose_response_is_lost_has_changed_the_points_once() {
    let (_fake, client) = serve_retrying(FakeApi::builder().entries(0).fault_on(0, Fault::ResetInBody)).await;
    update(&client, PointsChange::Plus, 5, &[1]).send().await.unwrap_err();
    assert_eq!(points(&client, "1").await, [5]);
}

#[tokio::test]
async fn an_update_whose_connection_was_never_made_is_repeated() {
    let port = ClosedPort::reserve();
    let client = builder(&port.base_url()).retry(quick_retries()).build().unwrap();
    let error = update(&client, PointsChange::Plus, 5, &[1]).send().await.unwrap_err();
    assert!(error.is_connect() && error.attempts() == 4, "{error:?}");
}

/// A source of tokens that starts the server before the second attempt.
struct StartsServer {
    port: Mutex<Option<ClosedPort>>,
    attempts: AtomicU32,
    fake: OnceLock<FakeApi>,
}

impl TokenSource for StartsServer {
    fn token(&self) -> BoxFuture<'_, Result<AccessToken, TokenError>> {
        if self.attempts.fetch_add(1, Ordering::Relaxed) == 1 {
            let port = self.port.lock().unwrap().take().expect("the server starts once");
            let _ = self.fake.set(FakeApi::builder().entries(0).start_on(port));
        }
        Box::pin(async { Ok(AccessToken::parse(TOKEN).expect("the token is valid")) })
    }

    fn renew<'a>(&'a self, _: &'a AccessToken) -> BoxFuture<'a, Result<Option<AccessToken>, TokenError>> {
        Box::pin(async { Ok(None) })
    }
}

#[tokio::test]
async fn an_update_arrives_once_when_the_server_starts_between_two_attempts() {
    let port = ClosedPort::reserve();
    let url = port.base_url();
    let (port, attempts, fake) = (Mutex::new(Some(port)), AtomicU32::new(0), OnceLock::new());
    let source = Arc::new(StartsServer { port, attempts, fake });
    let client = builder(&url).token_source(source.clone()).retry(quick_retries()).build().unwrap();
    update(&client, PointsChange::Plus, 5, &[1]).send().await.unwrap();
    assert_eq!(source.fake.get().map(FakeApi::request_count), Some(1));
    assert_eq!(points(&client, "1").await, [5]);
}
