//! The crate's root, and the module that gathers the operations.

use quote::{format_ident, quote};
use syn::{File, parse_quote};

use super::answers::Answers;
use super::docs;
use crate::lower::notes::Notes;
use crate::lower::rust_name::builder_name;

/// The file `lib.rs`. Generated modules are laid out by prettyplease, which is not rustfmt.
pub fn root(notes: &Notes) -> File {
    let has_types = (!notes.types.is_empty()).then(|| {
        quote! {
            #[rustfmt::skip]
            pub mod types;
        }
    });
    let exports = (!notes.operations.is_empty()).then(|| {
        quote!(
            pub use operations::*;
        )
    });
    let is_paged = notes.operations.iter().any(|operation| operation.pagination.is_some());
    let paging = is_paged.then(|| {
        quote!(
            pub use salla_runtime::{Items, Pages};
        )
    });
    parse_quote! {
        #![doc = include_str!("../README.md")]
        #![forbid(unsafe_code)]
        #![warn(missing_docs)]
        #[rustfmt::skip]
        mod client;
        #[rustfmt::skip]
        pub mod operations;
        #has_types
        pub use client::Client;
        #exports
        #[cfg(feature = "mock")]
        pub use salla_runtime::mock;
        #[cfg(feature = "oauth")]
        pub use salla_runtime::oauth;
        pub use salla_runtime::{self, ClientBuilder, Pacing, Quota, RetryPolicy};
        pub use salla_runtime::{DateTime, Error, Id, RawResponse, Response};
        #paging
    }
}

/// The file `operations.rs`.
pub fn operations(notes: &Notes) -> File {
    let doc = docs::inner_attributes("The operations: a builder for the requests of each, and its errors.");
    let modules = notes.operations.iter().map(|operation| format_ident!("{}", operation.module));
    // An operation may be called as a library is.
    let exports = notes.operations.iter().map(|operation| {
        let (module, builder) =
            (format_ident!("{}", operation.module), format_ident!("{}", builder_name(&operation.name)));
        let answers = Answers::new(operation);
        let types = answers.successes.into_iter().chain(answers.error);
        quote!(pub use self::#module::{#builder #(, #types)*};)
    });
    parse_quote! {
        #(#doc)*
        #(#[rustfmt::skip] mod #modules;)*
        #(#exports)*
    }
}
