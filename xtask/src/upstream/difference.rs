//! A difference between a page and a contract.

use std::collections::BTreeSet;

use crate::document::Pointer;
use crate::openapi::deviation::Aspect;

/// A difference between a page and a contract.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Difference {
    /// The aspect.
    pub aspect: Aspect,
    /// The word for it in `differs`: the aspect, and for a type the kinds of values that the page has.
    pub word: String,
    /// What differs: the request or the response, and the value in it.
    pub subject: String,
    /// What the two say.
    pub message: String,
    /// The place in the page: the nearest, if the page does not have it.
    pub page_at: Pointer,
    /// The place in the contract: the nearest, if the contract does not have it.
    pub contract_at: Pointer,
    /// The places of the contract at which a deviation may cover it.
    pub covered_at: BTreeSet<Pointer>,
}
