//! One of the two versions of an API that are compared.

use serde_json::Value;

use super::surface::Surface;
use crate::model::Api;

/// A version of an API.
#[derive(Clone, Copy, Debug)]
pub struct Side<'a> {
    /// The values of its document.
    pub root: &'a Value,
    /// Its model.
    pub api: &'a Api,
    /// Its types in Rust.
    pub surface: &'a Surface,
}
