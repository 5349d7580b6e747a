//! Compares a contract with a page of the publisher: what the page says that the contract neither says nor records as an
//! `x-deviation`.
//!
//! Takes the values of two documents in standard form, and gives the [`Difference`]s and the stale deviations. It compares
//! what is sent and received, operation by operation: not words, not names of schemas or operations, not tags. It does not
//! know Rust.

mod deviations;
mod difference;
mod operations;
mod places;
mod schemas;
mod shape;

use serde_json::Value;

pub use self::deviations::{Comparison, Stale};
pub use self::difference::Difference;

/// Compares the operations of a page with those of a contract.
#[must_use]
pub fn compare(page: &Value, contract: &Value) -> Comparison {
    let found = operations::compare(page, contract);
    deviations::apply(contract, found)
}
