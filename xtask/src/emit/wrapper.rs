//! Types of the crate around a set of the runtime, such as `Credentials`: the parts that all of them have.

use syn::{Item, parse_quote};

use super::syntax::ident;

/// A type around a set of the runtime.
pub struct Wrapper {
    /// Its name.
    pub name: &'static str,
    /// The type of the set.
    pub set: &'static str,
    /// The constant that an empty set is created with.
    pub table: &'static str,
    /// The noun for a value of it.
    pub noun: &'static str,
}

impl Wrapper {
    /// Returns the implementations that create an empty set, and that give the set to the runtime.
    pub fn conversions(&self) -> [Item; 2] {
        let [name, set, table, noun] = [self.name, self.set, self.table, self.noun].map(ident);
        [
            parse_quote! {
                impl Default for #name {
                    fn default() -> Self {
                        Self(#set::new(&#table))
                    }
                }
            },
            parse_quote! {
                impl From<#name> for #set {
                    fn from(#noun: #name) -> Self {
                        #noun.0
                    }
                }
            },
        ]
    }
}
