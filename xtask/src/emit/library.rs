//! The root of the crate, and the module of the operations.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{File, Item, ItemMod, parse_quote};

use super::answers::type_names;
use super::example_values::has_values;
use super::syntax::{ident, import, public, word};
use super::{docs, guide};
use crate::model::Api;

/// Returns the file `lib.rs`. rustfmt skips the modules, because prettyplease lays them out.
pub fn root(api: &Api) -> File {
    let has_types = (!api.types.is_empty()).then(|| {
        quote! {
            #[rustfmt::skip]
            pub mod types;
        }
    });
    let has_examples = has_values(&api.examples).then(|| {
        quote! {
            #[cfg(feature = "mock")]
            #[rustfmt::skip]
            pub mod examples;
        }
    });
    let exports = (!api.operations.is_empty()).then(|| -> TokenStream {
        quote!(
            pub use operations::*;
        )
    });
    let has_credentials = !api.security.schemes().is_empty();
    let credentials = has_credentials.then(|| private_module("credentials"));
    let credentials_export = has_credentials.then(|| export("credentials", "Credentials"));
    let servers = (!api.servers.is_empty()).then(|| private_module("servers"));
    let variables_export = (!api.servers.variables().is_empty()).then(|| export("servers", "ServerVariables"));
    let is_paged = api.operations.iter().any(|operation| operation.pagination.is_some());
    let paging = is_paged.then(|| -> TokenStream {
        quote!(
            pub use salla_runtime::{Changes, ItemError, Items, LenientItems, Pages};
        )
    });
    let has_headers = api.operations.iter().any(|operation| operation.headers.is_some());
    let headers = has_headers.then(|| -> TokenStream {
        quote!(
            pub use salla_runtime::HeaderError;
        )
    });
    let mut root: File = parse_quote! {
        #![doc = include_str!("../README.md")]
        #![forbid(unsafe_code)]
        #![warn(missing_docs)]
        #[rustfmt::skip]
        mod client;
        #credentials
        #has_examples
        #[rustfmt::skip]
        pub mod operations;
        #servers
        #has_types
        pub use client::Client;
        #credentials_export
        #variables_export
        #exports
        #[cfg(feature = "mock")]
        pub use salla_runtime::mock;
        #[cfg(feature = "oauth")]
        pub use salla_runtime::oauth;
        pub use salla_runtime::{self, ClientBuilder, Pacing, Quota, RetryPolicy};
        pub use salla_runtime::{CallError, Error, ErrorKind};
        #paging
        #headers
        pub use salla_runtime::{DateTime, Id, RawResponse, Response};
    };
    // Documentation takes long to parse.
    root.attrs.splice(1..1, guide::attributes(api));
    root
}

/// Returns a module that callers do not see.
fn private_module(name: &str) -> TokenStream {
    let name = ident(name);
    quote! {
        #[rustfmt::skip]
        mod #name;
    }
}

/// Returns the export of a type. `self` is needed because the package may have the name of the module.
fn export(module: &str, name: &str) -> TokenStream {
    let [module, name] = [module, name].map(ident);
    quote!(
        pub use self::#module::#name;
    )
}

/// Returns the file `operations.rs`.
pub fn operations(api: &Api) -> File {
    let module = ItemMod {
        attrs: vec![word(&["rustfmt", "skip"])],
        ..parse_quote!(
            mod module;
        )
    };
    let modules =
        api.operations.iter().map(|operation| Item::Mod(ItemMod { ident: ident(&operation.module), ..module.clone() }));
    // `self` is needed because an operation may have the name of a library.
    let exports = api.operations.iter().map(|operation| {
        let names = std::iter::once(operation.builder.as_str()).chain(type_names(operation));
        let names = names.chain(operation.headers.iter().map(|headers| headers.name.as_str()));
        Item::Use(import(public(), &["self", &operation.module], names))
    });
    docs::file("The builder and the errors of each operation.", modules.chain(exports).collect())
}

#[cfg(test)]
mod tests {
    use super::super::testing::{api, text, with_answers};
    use super::*;
    use crate::model::Body;

    #[test]
    fn the_operations_and_their_enumerations_are_exported() {
        let mut api = api();
        api.operations.push(with_answers(&[("200", Body::Text), ("404", Body::Nothing)]));
        let found = text(&operations(&api));
        assert!(found.ends_with("#[rustfmt::skip]moda;pubuseself::a::{A,AError};"), "{found}");
        assert!(text(&root(&api)).contains("pubuseoperations::*;"));
        assert!(!text(&root(&api)).contains("Pages"));
    }

    #[test]
    fn a_crate_without_operations_and_types_exports_none() {
        let found = text(&root(&api()));
        assert!(!found.contains("operations::*") && !found.contains("modtypes"), "{found}");
    }
}
