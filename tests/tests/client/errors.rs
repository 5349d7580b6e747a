//! The errors of the client: one type for all operations, and the typed failures of each.

use std::error::Error as StdError;

use salla_loyalty_points::{
    CallError, Client, Error, ErrorKind, ListCustomerLoyaltyPointsError, UpdateCustomerLoyaltyPointsError,
};
use salla_loyalty_points_tests::documented::payload;
use salla_loyalty_points_tests::fake::{CannedResponse, FakeApi, Fault};

use crate::support::{CUSTOMER, TOKEN, builder, failure};

fn documented(status: u16) -> CannedResponse {
    CannedResponse::json(status, &payload(status))
}

/// Builds a client and calls several operations, with one type of error.
async fn spend_all(base_url: &str, token: &str) -> Result<usize, Error> {
    let client: Client = builder(base_url).token(token).build()?;
    let page = client.list_customer_loyalty_points().customer_id(CUSTOMER).send().await?;
    let all = client.list_customer_loyalty_points().customer_id(CUSTOMER).stream().collect_all().await?;
    client.update_customer_loyalty_points().send().await?;
    Ok(page.data.len() + all.len())
}

#[tokio::test]
async fn one_function_builds_a_client_and_calls_operations_with_one_error() {
    let fake = FakeApi::start().await;
    let error = spend_all(&fake.base_url(), "").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    let error = spend_all(&fake.base_url(), TOKEN).await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::InvalidRequest, 0), "{error}");
    assert!(error.to_string().starts_with("POST /customers/loyalty/points: invalid request: body: "), "{error}");

    let refusing = FakeApi::builder().fault(Fault::from(documented(401))).start().await;
    let error = spend_all(&refusing.base_url(), TOKEN).await.unwrap_err();
    assert!(error.kind() == ErrorKind::Api && error.is_unauthorized() && error.headers().is_some());
    assert!(matches!(error.downcast_ref(), Some(ListCustomerLoyaltyPointsError::Unauthorized(_))), "{error}");
    assert!(error.downcast_ref::<UpdateCustomerLoyaltyPointsError>().is_none());
}

#[tokio::test]
async fn the_error_of_an_operation_is_an_error_and_shows_no_body() {
    fn text(error: &(impl StdError + Send + Sync + 'static)) -> String {
        error.to_string()
    }
    let error = failure(documented(422)).await;
    let line = text(&error);
    let api = error.into_api().unwrap();
    assert_eq!((text(&api).as_str(), line.contains("422 Unprocessable Entity")), ("422 Unprocessable Entity", true));
    let boxed: Box<dyn StdError + Send + Sync> = Box::new(failure(documented(401)).await);
    assert!(boxed.downcast_ref::<CallError<ListCustomerLoyaltyPointsError>>().is_some_and(|error| error.is_api()));
}
