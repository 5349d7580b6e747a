//! The traits that types derive: those that a user expects of plain data, as far as their fields allow.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::TokenStream;
use quote::ToTokens as _;
use syn::{Attribute, Fields, Ident, Item, Path, Token, parse_quote, punctuated::Punctuated};

use crate::progenitor::post_process;

/// The order in which derives are written.
const ORDER: &[&str] =
    &["Clone", "Copy", "Debug", "Default", "PartialEq", "Eq", "PartialOrd", "Ord", "Hash", "Deserialize", "Serialize"];

/// The names of the types that can be `Eq` and `Hash`: those that hold no floating-point number, directly or
/// through another type. Types of the runtime are both.
#[must_use]
pub fn hashable(types: &[Item]) -> BTreeSet<String> {
    let mentions: BTreeMap<String, BTreeSet<String>> = types.iter().filter_map(mentioned).collect();
    let mut hashable: BTreeSet<String> = mentions.keys().cloned().collect();
    loop {
        let lost: Vec<_> = hashable
            .iter()
            .filter(|name| {
                mentions[*name].iter().any(|other| {
                    matches!(other.as_str(), "f32" | "f64")
                        || (mentions.contains_key(other) && !hashable.contains(other))
                })
            })
            .cloned()
            .collect();
        if lost.is_empty() {
            return hashable;
        }
        for name in lost {
            hashable.remove(&name);
        }
    }
}

/// The name of a type, and the names that its fields mention.
fn mentioned(item: &Item) -> Option<(String, BTreeSet<String>)> {
    match item {
        Item::Struct(item) => Some((item.ident.to_string(), post_process::names(types(&item.fields)))),
        Item::Enum(item) => {
            let fields = item.variants.iter().map(|variant| types(&variant.fields));
            Some((item.ident.to_string(), post_process::names(fields.collect())))
        }
        _ => None,
    }
}

fn types(fields: &Fields) -> TokenStream {
    fields.iter().map(|field| field.ty.to_token_stream()).collect()
}

/// The derive attribute of a type: what it derived before, and what plain data can.
pub fn rewrite(attributes: &mut Vec<Attribute>, ident: &Ident, hashable: &BTreeSet<String>) {
    let mut names: BTreeSet<String> = ["Clone", "Debug", "PartialEq"].map(str::to_owned).into();
    if hashable.contains(&ident.to_string()) {
        names.extend(["Eq", "Hash"].map(str::to_owned));
    }
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("derive")) {
        let paths = attribute.parse_args_with(Punctuated::<Path, Token![,]>::parse_terminated);
        let last = |path: &Path| path.segments.last().map(|segment| segment.ident.to_string());
        names.extend(paths.iter().flatten().filter_map(last));
    }
    attributes.retain(|attribute| !attribute.path().is_ident("derive"));
    let known = ORDER.iter().filter(|name| names.contains(**name)).map(|name| syn::Ident::new(name, ident.span()));
    let derive: Attribute = parse_quote!(#[derive(#(#known),*)]);
    let at = attributes.iter().take_while(|attribute| attribute.path().is_ident("doc")).count();
    attributes.insert(at, derive);
}
