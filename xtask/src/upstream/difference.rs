//! A difference between a page and a contract.

use std::collections::BTreeSet;

use crate::document::Pointer;

/// The aspect in which a page and a contract differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Aspect {
    /// The contract has what the page does not have.
    Absent,
    /// The page has what the contract does not have.
    New,
    /// The kinds of values differ, null aside.
    Type,
    /// Null is a value of one of the two only.
    Nullable,
    /// One of the two requires it.
    Required,
    /// The listed values differ.
    Values,
    /// The credentials differ.
    Security,
    /// The contract does not describe an example of the page.
    Example,
}

impl Aspect {
    /// Returns the aspect as a word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        crate::openapi::extensions::ASPECTS[self as usize]
    }
}

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
