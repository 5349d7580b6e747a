//! From progenitor's tokens to the syntax trees of the crate's files, with what the notes say.
//!
//! progenitor's types stay, with the document's order and words; its builders stay, and what they do when they are
//! sent is written anew against the runtime, as are the client, the errors and the crate's root.

mod answers;
mod client;
mod derives;
mod docs;
mod library;
mod markdown;
mod operations;
mod paging;
mod sending;
mod syntax;
mod types;

use std::collections::BTreeMap;

use proc_macro2::{TokenStream, TokenTree};
use syn::{File, Item};

use self::syntax::{structs, unknown_shape};
use crate::diagnostics::Diagnostic;
use crate::lower::notes::Notes;
use crate::lower::rust_name::builder_name;

pub use docs::{code, markdown};
pub use operations::example_call;

/// The syntax trees of the crate's files, by their path below `src`.
pub type Sources = BTreeMap<String, File>;

/// Rewrites what progenitor made of the document that the notes are about.
///
/// # Errors
///
/// A diagnostic when progenitor's output is not of the shape that the passes know.
pub fn apply(tokens: TokenStream, notes: &Notes, package: &str) -> Result<Sources, Diagnostic> {
    let Parts { types, builders } = Parts::of(tokens)?;
    let hashable = derives::hashable(&types);
    let types = types::file(types, notes, &hashable);
    let (mut builders, structs) = (by_type(builders), structs(&types.items));
    let (mut sources, overrides) = (Sources::new(), operations::override_setters());
    for operation in &notes.operations {
        let builder = builders.remove(&builder_name(&operation.name)).unwrap_or_default();
        let file = operations::file(builder, operation, &structs, &hashable, &overrides)?;
        sources.insert(format!("operations/{}.rs", operation.module), file);
    }
    sources.insert("types.rs".to_owned(), types);
    sources.insert("operations.rs".to_owned(), library::operations(notes));
    sources.insert("client.rs".to_owned(), client::file(notes, package));
    sources.insert("lib.rs".to_owned(), library::root(notes));
    Ok(sources)
}

/// The builder of each operation, with its implementations.
fn by_type(items: Vec<Item>) -> BTreeMap<String, Vec<Item>> {
    let mut found: BTreeMap<String, Vec<Item>> = BTreeMap::new();
    for item in items {
        let name = match &item {
            Item::Struct(item) => Some(item.ident.to_string()),
            Item::Impl(item) => types::type_ident(&item.self_ty),
            _ => None,
        };
        if let Some(name) = name {
            found.entry(name).or_default().push(item);
        }
    }
    found
}

/// What is kept of progenitor's file.
struct Parts {
    types: Vec<Item>,
    builders: Vec<Item>,
}

impl Parts {
    /// The rest of progenitor's file (its client, its hooks) is written anew, and not even parsed.
    fn of(tokens: TokenStream) -> Result<Self, Diagnostic> {
        let (mut types, mut builders) = (None, None);
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        for window in tokens.windows(3) {
            if let [TokenTree::Ident(keyword), TokenTree::Ident(name), TokenTree::Group(body)] = window
                && keyword == "mod"
            {
                match name.to_string().as_str() {
                    "types" => types = Some(items(body.stream())?),
                    "builder" => builders = Some(items(body.stream())?),
                    _ => {}
                }
            }
        }
        match (types, builders) {
            (Some(types), Some(builders)) => Ok(Self { types, builders }),
            _ => Err(unknown_shape("there is no module `types` or `builder`")),
        }
    }
}

fn items(tokens: TokenStream) -> Result<Vec<Item>, Diagnostic> {
    let file: File = syn::parse2(tokens).map_err(|error| unknown_shape(&format!("it is not Rust: {error}")))?;
    Ok(file.items)
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::*;
    use crate::diagnostics::Code;

    #[test]
    fn output_of_another_shape_is_a_finding() {
        for (tokens, expected) in [
            (quote!(), "there is no module `types` or `builder`"),
            (
                quote!(
                    pub mod types {}
                ),
                "there is no module `types` or `builder`",
            ),
            (quote!(pub mod types { pub struct } pub mod builder {}), "it is not Rust: "),
        ] {
            let finding = Parts::of(tokens).err().unwrap();
            assert_eq!(finding.code, Code::UnknownShape);
            assert!(finding.message.contains(expected), "{}", finding.message);
        }
    }
}
