//! The one way to build a client, and to ask a mock something.

use std::error::Error as StdError;
use std::fmt::Debug;
use std::time::Duration;

use salla_loyalty_points::types::LoyaltyPointsPage;
use salla_loyalty_points::{
    Client, ClientBuilder, Error, ListCustomerLoyaltyPointsError, Pacing, Response, RetryPolicy,
};
use salla_loyalty_points_tests::mock::{Fault, Mock};

/// The token of every client, which no output may hold.
pub const TOKEN: &str = "ory_at_marked-TOKEN";

/// What gives the token away, even if only a part of it is shown.
pub const MARK: &str = "marked-TOKEN";

pub const CUSTOMER: &str = "1257881496";

/// Long enough for any answer on this machine, and short enough to wait for.
pub const SHORT: Duration = Duration::from_millis(300);

pub type Failure = Error<ListCustomerLoyaltyPointsError>;
pub type Outcome = Result<Response<LoyaltyPointsPage>, Failure>;

pub fn builder(base_url: &str) -> ClientBuilder<Client> {
    // These tests are about one request and its answer.
    Client::builder().token(TOKEN).base_url(base_url).retry(RetryPolicy::none()).pacing(Pacing::none())
}

pub fn client(mock: &Mock) -> Client {
    builder(&mock.base_url()).build().unwrap()
}

pub async fn ask(client: &Client) -> Outcome {
    let request = client.list_customer_loyalty_points();
    request.customer_id(CUSTOMER).send().await
}

/// What a client makes of a mock with this fault.
pub async fn outcome(fault: impl Into<Fault>) -> Outcome {
    let mock = Mock::builder().fault(fault.into()).start().await;
    ask(&client(&mock)).await
}

pub async fn failure(fault: impl Into<Fault>) -> Failure {
    outcome(fault).await.expect_err("the fault is a failure")
}

/// What a client that waits for a [`SHORT`] time only makes of a mock with this fault.
pub async fn impatient_failure(fault: Fault) -> Failure {
    let mock = Mock::builder().fault(fault).start().await;
    let client = builder(&mock.base_url()).timeout(SHORT).build().unwrap();
    ask(&client).await.expect_err("the fault is a failure")
}

/// Everything that `error` shows to those who print it, or what caused it.
pub fn shown(error: &(dyn StdError + 'static)) -> String {
    std::iter::successors(Some(error), |&error| error.source())
        .map(|error| format!("{error} {error:#} {error:?} {error:#?}\n"))
        .collect::<Vec<_>>()
        .concat()
}

pub fn debug(value: &impl Debug) -> String {
    format!("{value:?} {value:#?}\n")
}
