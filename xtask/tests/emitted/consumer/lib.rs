//! A consumer of the client crate of this repository's document. It is compiled without a change against later versions
//! of the document: see `survives.rs`.

#![deny(warnings)]
#![allow(dead_code)]

use client::types::{LoyaltyPointsEntry, LoyaltyPointsUpdate, NotificationChannel, PointsChange};
use client::{
    Client, ListCustomerLoyaltyPoints, ListCustomerLoyaltyPointsError, UpdateCustomerLoyaltyPoints,
    UpdateCustomerLoyaltyPointsError,
};

type Failure = Box<dyn std::error::Error>;

/// Reads a list, page by page and entry by entry.
async fn list(client: &Client) -> Result<i64, Failure> {
    let page = client.list_customer_loyalty_points().customer_id("1").page(2).per_page(10).send().await?;
    let mut sum = page.data.iter().map(|entry| entry.points).sum::<i64>() + page.pagination.total;
    let mut pages = client.list_customer_loyalty_points().customer_id("1").pages();
    while let Some(page) = pages.try_next().await? {
        sum += page.pagination.current_page;
    }
    let mut entries = client.list_customer_loyalty_points().customer_id("1").stream();
    while let Some(entry) = entries.try_next().await? {
        sum += describe(&entry).len() as i64;
    }
    Ok(sum)
}

fn describe(entry: &LoyaltyPointsEntry) -> String {
    let LoyaltyPointsEntry { name, points, used_points, status, notes, .. } = entry;
    format!("{name} {points} {used_points} {status} {notes:?} {:?} {:?}", entry.order_id, entry.expiry_date)
}

/// Sends an update that is built field by field.
async fn update(client: &Client) -> Result<String, Failure> {
    let update = client.update_customer_loyalty_points().body_map(|update| {
        update
            .points(5)
            .type_(PointsChange::Plus)
            .reason("a gift")
            .channel_send([NotificationChannel::Email])
            .customers([1])
            .select_all(false)
    });
    Ok(update.send().await?.into_inner().data.message)
}

fn is_for_all(update: &LoyaltyPointsUpdate) -> bool {
    update.select_all == Some(true)
}

/// Matches the documented failures of both operations.
async fn failures(client: &Client) -> Vec<String> {
    let mut found = Vec::new();
    if let Err(error) = client.list_customer_loyalty_points().customer_id("1").send().await {
        found.push(match error.api() {
            Some(ListCustomerLoyaltyPointsError::Unauthorized(body)) => body.error.message.clone(),
            Some(ListCustomerLoyaltyPointsError::ValidationFailed(body)) => body.error.message.clone(),
            Some(ListCustomerLoyaltyPointsError::RateLimited(body)) => body.error.message.clone(),
            Some(ListCustomerLoyaltyPointsError::OtherFailure(body)) => body.error.message.clone(),
            Some(other) => format!("{other:?}"),
            None => error.to_string(),
        });
    }
    if let Err(error) = client.update_customer_loyalty_points().send().await {
        found.push(match error.api() {
            Some(UpdateCustomerLoyaltyPointsError::BadRequest(body)) => format!("{:?}", body.data),
            Some(UpdateCustomerLoyaltyPointsError::Unauthorized(body)) => body.error.message.clone(),
            Some(UpdateCustomerLoyaltyPointsError::ValidationFailed(body)) => body.error.message.clone(),
            Some(UpdateCustomerLoyaltyPointsError::RateLimited(body)) => body.error.message.clone(),
            Some(UpdateCustomerLoyaltyPointsError::OtherFailure(body)) => body.error.message.clone(),
            Some(other) => format!("{other:?}"),
            None => error.to_string(),
        });
    }
    found
}

/// Builds a client and calls both operations with one type of error.
async fn one_error() -> Result<usize, client::Error> {
    let client = Client::from_env()?;
    let page = client.list_customer_loyalty_points().customer_id("1").send().await?;
    let updated = client.update_customer_loyalty_points().send().await?;
    Ok(page.data.len() + updated.data.message.len())
}

/// Matches the values of the enumerations. The last arms are for values that are not known yet: rustc warns about them if
/// an enumeration is closed.
fn texts(change: &PointsChange, channel: &NotificationChannel) -> [String; 2] {
    let change = match change {
        PointsChange::Plus => "added".to_owned(),
        PointsChange::Minus => "deducted".to_owned(),
        other => other.to_string(),
    };
    let channel = match channel {
        NotificationChannel::Email => "by mail".to_owned(),
        NotificationChannel::Sms | NotificationChannel::Mobile => "by telephone".to_owned(),
        other => other.to_string(),
    };
    [change, channel]
}

fn scopes() -> Vec<&'static str> {
    [ListCustomerLoyaltyPoints::SCOPES, UpdateCustomerLoyaltyPoints::SCOPES].concat()
}

/// Answers both operations without a network.
fn mock(page: &client::types::LoyaltyPointsPage, updated: &client::types::LoyaltyPointsUpdated) -> client::mock::Mock {
    let mock = client::mock::Mock::new();
    mock.answer::<ListCustomerLoyaltyPoints>(page).answer::<UpdateCustomerLoyaltyPoints>(updated);
    mock
}
