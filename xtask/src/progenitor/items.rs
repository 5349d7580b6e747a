//! The items that progenitor and typify make.

use std::collections::BTreeMap;

use syn::Item;

/// The items that progenitor and typify make.
pub struct Items {
    /// The items of the types: structures, enumerations, their implementations, and the modules `builder` and `error`.
    pub types: Vec<Item>,
    /// The builder of each operation with its implementations, by the name of the builder.
    pub builders: BTreeMap<String, Vec<Item>>,
}
