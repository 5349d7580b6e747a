//! The traits that the types derive.

use proc_macro2::{TokenStream, TokenTree};
use quote::quote;
use syn::{Attribute, Meta};

use crate::emit::syntax::{ident, list};

/// The order in which derives are written.
const ORDER: &[&str] =
    &["Clone", "Copy", "Debug", "Default", "PartialEq", "Eq", "PartialOrd", "Ord", "Hash", "Deserialize", "Serialize"];

/// The traits that all types derive. No type holds a floating-point number, because numbers are types of the runtime.
const ALWAYS: &[&str] = &["Clone", "Debug", "PartialEq", "Eq", "Hash"];

/// Replaces the derives of a type by those that it has and those that all types have.
pub fn rewrite(attributes: &mut Vec<Attribute>) {
    let mut names = Vec::new();
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("derive")) {
        if let Meta::List(meta) = &attribute.meta {
            names.extend(last_names(meta.tokens.clone()));
        }
    }
    attributes.retain(|attribute| !attribute.path().is_ident("derive"));
    let has = |name: &str| ALWAYS.contains(&name) || names.iter().any(|found| found == name);
    let known = ORDER.iter().filter(|name| has(name)).map(|name| ident(name));
    let at = attributes.iter().take_while(|attribute| attribute.path().is_ident("doc")).count();
    attributes.insert(at, list("derive", quote!(#(#known),*)));
}

/// Returns the last name of each of the paths, which commas separate.
fn last_names(paths: TokenStream) -> Vec<String> {
    let mut names = Vec::new();
    let mut is_new = true;
    for token in paths {
        match token {
            TokenTree::Ident(name) => {
                if !is_new {
                    names.pop();
                }
                names.push(name.to_string());
                is_new = false;
            }
            TokenTree::Punct(punct) if punct.as_char() == ',' => is_new = true,
            _ => {}
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emit::testing::text;

    #[test]
    fn the_derives_of_progenitor_stay_and_plain_data_gets_its_own() {
        let mut attributes =
            vec![list("derive", quote!(::serde::Serialize, Copy, Debug, Unknown)), list("serde", quote!(transparent))];
        rewrite(&mut attributes);
        let found: Vec<_> = attributes.iter().map(text).collect();
        assert_eq!(
            found,
            ["#[derive(Clone,Copy,Debug,PartialEq,Eq,Hash,Serialize)]", "#[serde(transparent)]"],
            "the documentation is first, then the derives"
        );
    }
}
