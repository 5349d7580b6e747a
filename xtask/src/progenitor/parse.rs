//! Parses progenitor's tokens into items.
//!
//! Parsing costs more than all else here, so that nothing is parsed that nobody reads: neither builders of types that
//! are not sent, nor the implementations of enumerations that are written anew.

use std::collections::BTreeMap;

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use syn::{Item, ItemMod};

use super::items::Items;
use super::modules::{self, Modules, into_stream, is_body, is_word, word};
use super::open::{self, Scope};
use super::post_process::simplify;
use super::shapes::{self, Shapes};
use super::tokens::flatten;
use super::variants::Variants;
use crate::diagnostics::Diagnostic;
use crate::model::{Definition, Types};

/// Parses the items of progenitor's tokens.
///
/// # Errors
///
/// A diagnostic when the tokens are not of the known shape.
pub fn items(tokens: TokenStream, types: &Types) -> Result<Items, Diagnostic> {
    let modules = Modules::of(tokens)?;
    let mut shapes = Shapes::default();
    let types = type_items(modules.types, types, &mut shapes)?;
    Ok(Items { types, builders: builders(modules.builders, &mut shapes)? })
}

fn type_items(tokens: TokenStream, types: &Types, shapes: &mut Shapes) -> Result<Vec<Item>, Diagnostic> {
    let mut variants = Variants::default();
    let mut items = Vec::new();
    for mut tokens in modules::items(tokens) {
        if modules::is_module(&tokens, "builder") {
            items.push(sent_builders(tokens, types, shapes)?);
        } else {
            let owner = owner(&tokens).unwrap_or_default();
            if is_builder_function(&tokens) && !types.is_sent(&owner) {
                continue;
            }
            variants.rename(&owner, &mut tokens, types);
            empty_if_written_anew(&mut tokens, &owner, types);
            items.push(item(tokens, Scope::Types, shapes)?);
        }
    }
    Ok(items)
}

/// Returns the type that an item belongs to, which is the last name before its body.
fn owner(item: &[TokenTree]) -> Option<String> {
    match item {
        [.., name, body] if is_body(body) => word(name),
        _ => None,
    }
}

/// Returns whether an item implements the function that returns a type's builder, and no more.
fn is_builder_function(item: &[TokenTree]) -> bool {
    let [keyword, _, TokenTree::Group(body)] = item else { return false };
    let mut inside = body.stream().into_iter();
    is_word(keyword, "impl") && inside.nth(2).is_some_and(|name| is_word(&name, "builder"))
}

/// Removes the body of an implementation of an enumeration that is written anew, with the texts of the model.
fn empty_if_written_anew(item: &mut [TokenTree], owner: &str, types: &Types) {
    let is_enumeration = matches!(types.get(owner).map(|of| &of.definition), Some(Definition::Enumeration { .. }));
    let is_rewritten = matches!(item, [keyword, .., of_trait, word, _, _] if is_word(keyword, "impl") && is_word(word, "for")
            && (is_word(of_trait, "Display") || is_word(of_trait, "FromStr")));
    if let Some(body) = item.last_mut().filter(|_| is_enumeration && is_rewritten) {
        *body = TokenTree::Group(Group::new(Delimiter::Brace, TokenStream::new()));
    }
}

/// Parses the module of the builders of types. It keeps those of types that requests send.
fn sent_builders(mut tokens: Vec<TokenTree>, types: &Types, shapes: &mut Shapes) -> Result<Item, Diagnostic> {
    let body = match tokens.pop() {
        Some(TokenTree::Group(body)) => into_stream(body),
        _ => TokenStream::new(),
    };
    tokens.push(TokenTree::Group(Group::new(Delimiter::Brace, TokenStream::new())));
    let mut module: ItemMod = shapes::parse(&flatten(tokens))?;
    let sent = modules::items(body).filter(|item| owner(item).is_some_and(|name| types.is_sent(&name)));
    let items = sent.map(|tokens| item(tokens, Scope::Builders, shapes)).collect::<Result<Vec<_>, _>>()?;
    if let Some((_, content)) = &mut module.content {
        *content = items;
    }
    Ok(Item::Mod(module))
}

/// Parses the builders of the operations, by their names.
fn builders(tokens: TokenStream, shapes: &mut Shapes) -> Result<BTreeMap<String, Vec<Item>>, Diagnostic> {
    let mut found: BTreeMap<String, Vec<Item>> = BTreeMap::new();
    for tokens in modules::items(tokens).filter(|item| !modules::is_import(item)) {
        let is_implementation = tokens.first().is_some_and(|first| is_word(first, "impl"));
        let tokens = if is_implementation { without_send(tokens) } else { tokens };
        let item = item(tokens, Scope::Operations, shapes)?;
        if let Some(name) = type_of(&item) {
            found.entry(name).or_default().push(item);
        }
    }
    Ok(found)
}

/// Returns the name of the type that an item defines or implements.
fn type_of(item: &Item) -> Option<String> {
    match item {
        Item::Struct(item) => Some(item.ident.to_string()),
        Item::Impl(item) => match &*item.self_ty {
            syn::Type::Path(of) => of.path.segments.last().map(|last| last.ident.to_string()),
            _ => None,
        },
        _ => None,
    }
}

/// Parses an item.
fn item(tokens: Vec<TokenTree>, scope: Scope, shapes: &mut Shapes) -> Result<Item, Diagnostic> {
    shapes.item(&simplify(open::localize(flatten(tokens), scope)))
}

/// Removes the function that sends a request, which is written anew.
fn without_send(mut item: Vec<TokenTree>) -> Vec<TokenTree> {
    let Some(TokenTree::Group(body)) = item.pop() else { return item };
    let (mut out, mut function): (Vec<TokenTree>, Vec<TokenTree>) = (Vec::new(), Vec::new());
    let mut is_send = false;
    for token in into_stream(body) {
        is_send |= is_word(&token, "send") && function.last().is_some_and(|before| is_word(before, "fn"));
        let closes = is_body(&token);
        function.push(token);
        if closes && is_send {
            function.clear();
        } else if closes {
            out.append(&mut function);
        }
        is_send &= !closes;
    }
    out.append(&mut function);
    item.push(TokenTree::Group(Group::new(Delimiter::Brace, out.into_iter().collect())));
    item
}

#[cfg(test)]
mod tests {
    use quote::{ToTokens, quote};

    use super::super::testing::{enumeration, fields, received, sent};
    use super::*;
    use crate::diagnostics::Code;

    fn types() -> Types {
        let types = [
            sent("Sent", fields(Vec::new())),
            received("Received", fields(Vec::new())),
            received("Listed", enumeration(&["X"])),
        ];
        types.into_iter().collect()
    }

    fn parsed_types(tokens: &TokenStream) -> String {
        let tokens = quote! { mod types { #tokens } mod builder {} };
        let items = items(tokens, &types()).ok().unwrap().types;
        items.iter().map(|item| item.to_token_stream().to_string()).collect::<Vec<_>>().join(" ").replace(' ', "")
    }

    fn plain(tokens: &TokenStream) -> String {
        tokens.to_string().replace(' ', "")
    }

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
            let finding = items(tokens, &types()).err().unwrap();
            assert_eq!(finding.code, Code::UnknownShape);
            assert!(finding.message.contains(expected), "{}", finding.message);
        }
    }

    #[test]
    fn types_that_are_not_sent_have_no_builders() {
        let of = |name: TokenStream| {
            let function = quote! { impl #name { pub fn builder() -> builder::#name { Default::default() } } };
            let builder = quote! { #[a] pub struct #name {} impl From<super::#name> for #name {} };
            (function, builder)
        };
        let ((function, builder), (unsent_function, unsent_builder)) = (of(quote!(Sent)), of(quote!(Received)));
        let parsed = parsed_types(&quote! {
            struct A;
            #function
            #unsent_function
            pub mod builder { #builder #unsent_builder }
        });
        assert_eq!(parsed, plain(&quote! { struct A; #function pub mod builder { #builder } }));
    }

    #[test]
    fn implementations_that_are_written_anew_come_empty() {
        let parsed = parsed_types(&quote! {
            impl ::std::fmt::Display for Listed { fn f() {} }
            impl ::std::fmt::Display for Sent { fn f() {} }
            impl ::std::convert::TryFrom<&str> for Listed { fn f() {} }
        });
        let expected = quote! {
            impl ::std::fmt::Display for Listed {}
            impl ::std::fmt::Display for Sent { fn f() {} }
            impl TryFrom<&str> for Listed { fn f() {} }
        };
        assert_eq!(parsed, plain(&expected));
    }

    #[test]
    fn builders_are_found_by_their_names() {
        let tokens = quote! {
            mod other { struct } mod types {}
            mod builder { #[allow(unused)] use a::{b, c}; struct B<'a> { client: &'a C } impl<'a> B<'a> {
                fn a() {}
                #[doc = "d"] pub async fn send(self) -> Result<A, B> { self.c.call() }
                fn b() {}
            } }
        };
        let builders = items(tokens, &types()).ok().unwrap().builders;
        assert_eq!(builders.keys().collect::<Vec<_>>(), ["B"]);
        assert_eq!(builders["B"].len(), 2);
        assert_eq!(plain(&builders["B"][1].to_token_stream()), "impl<'a>B<'a>{fna(){}fnb(){}}");
    }
}
