//! Functions that build a client and send a request to a fake server.

use std::error::Error as StdError;
use std::fmt::Debug;
use std::time::Duration;

use salla_loyalty_points::types::LoyaltyPointsPage;
use salla_loyalty_points::{
    CallError, Client, ClientBuilder, ListCustomerLoyaltyPointsError, Pacing, Response, RetryPolicy,
};
use salla_loyalty_points_tests::fake::{FakeApi, FakeApiBuilder, Fault};

/// The token of every client. No output may contain it.
pub const TOKEN: &str = "ory_at_marked-TOKEN";

/// A part of the token. No output may contain it either.
pub const TOKEN_PART: &str = "marked-TOKEN";

pub const CUSTOMER: &str = "1257881496";

/// A timeout that a normal response on this machine does not exceed.
pub const SHORT_TIMEOUT: Duration = Duration::from_millis(300);

pub type Failure = CallError<ListCustomerLoyaltyPointsError>;
pub type Outcome = Result<Response<LoyaltyPointsPage>, Failure>;

pub fn builder(base_url: &str) -> ClientBuilder<Client> {
    // Most tests are about one request and its response.
    Client::builder().token(TOKEN).base_url(base_url).retry(RetryPolicy::none()).pacing(Pacing::none())
}

pub fn client(fake: &FakeApi) -> Client {
    builder(&fake.base_url()).build().unwrap()
}

/// Starts a fake server, and returns it with a client.
pub async fn serve(fake: FakeApiBuilder) -> (FakeApi, Client) {
    let fake = fake.start().await;
    let client = client(&fake);
    (fake, client)
}

/// Starts a fake server, and returns it with a client with [`quick_retries`].
pub async fn serve_retrying(fake: FakeApiBuilder) -> (FakeApi, Client) {
    let fake = fake.start().await;
    let client = builder(&fake.base_url()).retry(quick_retries()).build().unwrap();
    (fake, client)
}

/// Returns a policy with the default number of attempts, and delays of a millisecond.
pub fn quick_retries() -> RetryPolicy {
    const DELAY: Duration = Duration::from_millis(1);
    RetryPolicy::new().base_delay(DELAY).max_delay(DELAY)
}

pub async fn fetch(client: &Client) -> Outcome {
    let request = client.list_customer_loyalty_points();
    request.customer_id(CUSTOMER).send().await
}

/// Returns the outcome of a request to a server with this fault.
pub async fn outcome(fault: impl Into<Fault>) -> Outcome {
    let fake = FakeApi::builder().fault(fault.into()).start().await;
    fetch(&client(&fake)).await
}

pub async fn failure(fault: impl Into<Fault>) -> Failure {
    outcome(fault).await.expect_err("the fault causes an error")
}

/// Returns the error of a request with [`SHORT_TIMEOUT`] to a server with this fault.
pub async fn failure_with_short_timeout(fault: Fault) -> Failure {
    let fake = FakeApi::builder().fault(fault).start().await;
    let client = builder(&fake.base_url()).timeout(SHORT_TIMEOUT).build().unwrap();
    fetch(&client).await.expect_err("the fault causes an error")
}

/// Returns all forms in which `error` and its causes can be printed.
pub fn all_output(error: &(dyn StdError + 'static)) -> String {
    std::iter::successors(Some(error), |&error| error.source())
        .map(|error| format!("{error} {error:#} {error:?} {error:#?}\n"))
        .collect::<Vec<_>>()
        .concat()
}

pub fn debug(value: &impl Debug) -> String {
    format!("{value:?} {value:#?}\n")
}
