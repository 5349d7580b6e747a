//! Compares two versions of an API: what changed, and what that means to those who depend on the crate.
//!
//! Takes two models, each with its document and the surface of its types in Rust, and gives the list of [`Change`]s.
//! Each one follows a [`Rule`] of one table. This room reads no files, and does not know how a change is printed.

mod apis;
mod changes;
mod operations;
mod reach;
pub mod rules;
mod security;
mod servers;
mod side;
mod surface;
mod types;
mod values;
pub mod versions;
mod words;

use self::changes::Changes;
pub use self::changes::{Change, Version};
use self::reach::Reach;
pub use self::rules::{Level, RULES, Rule, Wire};
pub use self::side::Side;
pub use self::surface::Surface;

/// Returns the changes from one version to another: first those of the API, then those of the operations and the types,
/// in the order of the documents.
#[must_use]
pub fn compare(old: &Side<'_>, new: &Side<'_>) -> Vec<Change> {
    let mut changes = Changes::new(Reach::of(old.api), Reach::of(new.api));
    apis::compare(&mut changes, old.api, new.api);
    security::compare(&mut changes, old.api, new.api);
    servers::compare(&mut changes, old.api, new.api);
    operations::compare(&mut changes, old.api, new.api);
    types::compare(&mut changes, old, new);
    words::compare(&mut changes, old, new);
    changes.into_list()
}

/// Returns the highest level of some changes.
#[must_use]
pub fn verdict(changes: &[Change]) -> Level {
    changes.iter().map(|change| change.rule.level).max().unwrap_or(Level::None)
}
