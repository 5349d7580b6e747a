//! The client: a transport, and one method an operation.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};
use syn::{File, parse_quote};

use super::docs;
use super::operations::example_call;
use crate::emit::package_name::library;
use crate::lower::notes::{Notes, OperationNote, ServerNote};
use crate::lower::rust_name::builder_name;
use crate::openapi::servers::NoBaseUrl;

/// The file `client.rs`.
pub fn file(notes: &Notes, package: &str) -> File {
    let builders = notes.operations.iter().map(builder);
    let methods = notes.operations.iter().map(|operation| method(operation, package));
    let module_doc = docs::inner_attributes("The client: where every request begins.");
    let doc = docs::attributes(&client_docs(notes));
    let (constants, constructors) = match &notes.info.server {
        Ok(server) => (base_url(server), constructors(None)),
        Err(reason) => (TokenStream::new(), constructors(Some(reason))),
    };
    let has_operations = !notes.operations.is_empty();
    let imports = has_operations.then(|| {
        quote!(
            use crate::operations::{#(#builders),*};
        )
    });
    // A client that sends nothing reads its transport nowhere.
    let unused = (!has_operations).then(|| quote!(#[allow(dead_code)]));
    parse_quote! {
        #(#module_doc)*
        use salla_runtime::{ClientBuilder, Error, Transport};
        #imports

        #(#doc)*
        #[derive(Clone, Debug)]
        pub struct Client {
            #unused
            pub(crate) transport: Transport,
        }

        impl Client {
            #constants
            #constructors
            #(#methods)*
        }

        impl From<Transport> for Client {
            fn from(transport: Transport) -> Self {
                Self { transport }
            }
        }
    }
}

fn builder(operation: &OperationNote) -> Ident {
    Ident::new(&builder_name(&operation.name), Span::call_site())
}

fn client_docs(notes: &Notes) -> String {
    let sentence = docs::markdown(&notes.info.sentence());
    format!(
        "{sentence}\n\nIt is cheap to clone: clones share one connection pool and one configuration.\n\
         Its `Debug` never shows the token."
    )
}

fn base_url(server: &ServerNote) -> TokenStream {
    let (url, described) = (&server.url, server.description.as_deref());
    let text = format!(
        "The base URL that is used unless another is set. {}",
        described.map(docs::markdown).unwrap_or_default()
    );
    let doc = docs::attributes(text.trim());
    quote! {
        #(#doc)*
        pub const BASE_URL: &'static str = #url;
    }
}

/// The constructors. Without a default base URL, the caller gives one; `lacking` says why.
fn constructors(lacking: Option<&NoBaseUrl>) -> TokenStream {
    let (new_text, parameter, setter) = if lacking.is_none() {
        (
            "A client with this access token and the defaults of [`ClientBuilder`].\n\n\
             # Errors\n\nA configuration error when the token cannot be sent, or TLS cannot be set up.",
            None,
            None,
        )
    } else {
        (
            "A client of the API at this base URL, with this access token and the defaults of [`ClientBuilder`].\n\n\
             # Errors\n\nA configuration error when the base URL is none, the token cannot be sent, or TLS cannot be \
             set up.",
            Some(quote!(base_url: impl AsRef<str>,)),
            Some(quote!(.base_url(base_url))),
        )
    };
    let reason = lacking.map(ToString::to_string);
    let start = match &reason {
        Some(reason) => quote!(without_base_url(#reason)),
        None => quote!(new(Self::BASE_URL)),
    };
    let new_doc = docs::attributes(new_text);
    let env_doc = docs::attributes(
        "A client configured by the environment: see [`ClientBuilder::env`].\n\n\
         # Errors\n\nA configuration error that names the variable which is missing or wrong.",
    );
    let builder_doc = docs::attributes(&match &reason {
        None => "A builder with which everything can be configured.".to_owned(),
        Some(reason) => format!(
            "A builder with which everything can be configured. It needs a base URL: {}.",
            docs::markdown(reason)
        ),
    });
    quote! {
        #(#new_doc)*
        pub fn new(#parameter token: impl Into<String>) -> Result<Self, Error> {
            Self::builder() #setter .token(token).build()
        }

        #(#env_doc)*
        pub fn from_env() -> Result<Self, Error> {
            Self::builder().env().build()
        }

        #(#builder_doc)*
        pub fn builder() -> ClientBuilder<Self> {
            ClientBuilder::#start
        }
    }
}

fn method(operation: &OperationNote, package: &str) -> TokenStream {
    let name = format_ident!("{}", operation.name);
    let builder = builder(operation);
    let doc = docs::attributes(&method_docs(operation, package));
    let deprecated = operation.deprecated.then(|| quote!(#[deprecated]));
    quote! {
        #(#doc)*
        #deprecated
        pub fn #name(&self) -> #builder {
            #builder::new(self.clone())
        }
    }
}

fn method_docs(operation: &OperationNote, package: &str) -> String {
    let call = docs::code(&format!("{} {}", operation.method.to_uppercase(), operation.path));
    let summary = operation.summary.as_deref().map_or(call.clone(), docs::markdown);
    let mut text = format!("{summary}\n\n");
    if let Some(description) = &operation.description {
        text += &format!("{}\n\n", docs::markdown(description));
    }
    text += &format!("{call}\n");
    if let Some(example) = example_call(operation) {
        let library = library(package);
        text += &format!(
            "\n# Example\n\n```no_run\n# async fn example(client: {library}::Client) -> Result<(), Box<dyn std::error::Error>> {{\n\
             let answer = {example}.send().await?;\nprintln!(\"{{:?}}\", *answer);\n# Ok(())\n# }}\n```"
        );
    }
    text.trim_end().to_owned()
}
