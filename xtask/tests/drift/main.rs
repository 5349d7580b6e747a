//! The crate in `generated/` is the crate of the contract. `check` reports every difference, `generate` fixes it, and
//! neither an interruption nor a foreign file in the folder causes a loss.

#[path = "../support/mod.rs"]
mod support;

mod checkout;
mod folders;
mod foreign;
mod interrupted;
mod reported;
mod reproducible;
mod shown;
