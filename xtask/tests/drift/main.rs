//! The crate in `generated/` is the one that the contract gives. `check` reports every difference, `generate` fixes it,
//! and neither an interruption nor a foreign file in the folder leads to a loss.

#[path = "../support/mod.rs"]
mod support;

mod checkout;
mod folders;
mod foreign;
mod interrupted;
mod reported;
mod reproducible;
