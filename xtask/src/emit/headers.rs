//! The documented headers of the successes of an operation, as a type with a getter for each.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Item, parse_quote};

use super::markdown::{code, markdown};
use super::syntax::ident;
use super::{constraints, docs, rust_types};
use crate::model::{Form, Headers, Operation, Parameter};

/// Returns the type with the headers of an operation; nothing if none are documented.
pub fn items(operation: &Operation) -> Vec<Item> {
    let Some(headers) = &operation.headers else { return Vec::new() };
    let name = ident(&headers.name);
    let text = format!(
        "The documented headers of a success of [`Client::{}`](crate::Client::{}). `From` takes a reference to the \
         response.",
        operation.name, operation.name
    );
    let description = docs::attributes(&text);
    vec![
        parse_quote! {
            #(#description)*
            #[derive(Clone, Copy, Debug)]
            pub struct #name<'r>(&'r salla_runtime::HeaderMap);
        },
        parse_quote! {
            impl<'r, T> From<&'r Response<T>> for #name<'r> {
                fn from(response: &'r Response<T>) -> Self {
                    Self(response.headers())
                }
            }
        },
        getters(headers),
    ]
}

fn getters(headers: &Headers) -> Item {
    let name = ident(&headers.name);
    let getters = headers.list.iter().map(getter);
    parse_quote! {
        impl #name<'_> {
            #(#getters)*
        }
    }
}

fn getter(header: &Parameter) -> TokenStream {
    let (name, wire_name) = (ident(&header.name), &header.wire_name);
    let of = rust_types::in_crate(&header.of);
    let documentation = docs::attributes(&documentation(header));
    let deprecated = header.deprecated.then(|| quote!(#[deprecated]));
    let is_list = matches!(header.of.form, Form::List(_));
    let function = ident(match (header.required, is_list) {
        (true, false) => "required_header",
        (true, true) => "required_header_list",
        (false, false) => "header",
        (false, true) => "header_list",
    });
    let of = if header.required { quote!(#of) } else { quote!(Option<#of>) };
    quote! {
        #(#documentation)*
        #deprecated
        pub fn #name(&self) -> Result<#of, salla_runtime::HeaderError> {
            salla_runtime::codegen::#function(self.0, #wire_name)
        }
    }
}

fn documentation(header: &Parameter) -> String {
    let name = code(&header.wire_name);
    let mut text = format!("Returns the header {name}.");
    if let Some(description) = &header.description {
        text += &format!("\n\n{}", markdown(description));
    }
    constraints::add_with_bounds(&mut text, header.bounds.as_deref(), &header.constraints);
    let missing = if header.required { "The response does not have the header, or its" } else { "Its" };
    text + &format!("\n\n# Errors\n\n{missing} value has another type.")
}
