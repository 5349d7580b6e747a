//! Parses progenitor's tokens into items.
//!
//! Parsing costs more than all else here, so that nothing is parsed that nobody reads, such as the implementations of
//! enumerations that are written anew.

use std::collections::BTreeMap;

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use syn::{Item, ItemMod};

use super::modules::{self, into_stream, is_body, is_word, word};
use super::open::{self, Scope};
use super::post_process::simplify;
use super::shapes::{self, Shapes};
use super::tokens::flatten;
use super::variants::Variants;
use crate::diagnostics::Diagnostic;
use crate::model::{Definition, Types};

/// Parses the types in progenitor's tokens.
///
/// # Errors
///
/// A diagnostic when the tokens are not of the known shape.
pub fn types(tokens: TokenStream, types: &Types, shapes: &mut Shapes) -> Result<Vec<Item>, Diagnostic> {
    let mut variants = Variants::default();
    let items = modules::items(modules::module(tokens, "types")?).map(|mut tokens| {
        let owner = owner(&tokens).unwrap_or_default();
        variants.rename(&owner, &mut tokens, types);
        empty_if_written_anew(&mut tokens, &owner, types);
        item(tokens, Scope::Types, shapes)
    });
    items.collect()
}

/// Parses the module of the builders of the types in progenitor's tokens, if there is one.
///
/// # Errors
///
/// A diagnostic when the tokens are not of the known shape.
pub fn type_builders(tokens: TokenStream, shapes: &mut Shapes) -> Result<Option<Item>, Diagnostic> {
    let mut items = modules::items(modules::module(tokens, "types")?);
    let module = items.find(|tokens| modules::is_module(tokens, "builder"));
    module.map(|tokens| builder_module(tokens, shapes)).transpose()
}

/// Returns the type that an item belongs to, which is the last name before its body.
fn owner(item: &[TokenTree]) -> Option<String> {
    match item {
        [.., name, body] if is_body(body) => word(name),
        _ => None,
    }
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

/// Parses the module of the builders of types.
fn builder_module(mut tokens: Vec<TokenTree>, shapes: &mut Shapes) -> Result<Item, Diagnostic> {
    let body = match tokens.pop() {
        Some(TokenTree::Group(body)) => into_stream(body),
        _ => TokenStream::new(),
    };
    tokens.push(TokenTree::Group(Group::new(Delimiter::Brace, TokenStream::new())));
    let mut module: ItemMod = shapes::parse(&flatten(tokens))?;
    let items = modules::items(body).map(|tokens| item(tokens, Scope::Builders, shapes));
    let items = items.collect::<Result<Vec<_>, _>>()?;
    if let Some((_, content)) = &mut module.content {
        *content = items;
    }
    Ok(Item::Mod(module))
}

/// Parses the builders of the operations in progenitor's tokens, with their implementations, by their names.
///
/// # Errors
///
/// A diagnostic when the tokens are not of the known shape.
pub fn operations(tokens: TokenStream, shapes: &mut Shapes) -> Result<BTreeMap<String, Vec<Item>>, Diagnostic> {
    let mut found: BTreeMap<String, Vec<Item>> = BTreeMap::new();
    for tokens in modules::items(modules::module(tokens, "builder")?).filter(|item| !modules::is_import(item)) {
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

    fn model() -> Types {
        let types = [sent("Sent", fields(Vec::new())), received("Listed", enumeration(&["X"]))];
        types.into_iter().collect()
    }

    fn written(items: &[Item]) -> String {
        items.iter().map(|item| item.to_token_stream().to_string()).collect::<Vec<_>>().join(" ").replace(' ', "")
    }

    fn plain(tokens: &TokenStream) -> String {
        tokens.to_string().replace(' ', "")
    }

    #[test]
    fn output_of_another_shape_is_a_finding() {
        let shapes = &mut Shapes::default();
        for (finding, expected) in [
            (types(quote!(), &model(), shapes).err(), "there is no module `types`"),
            (type_builders(quote!(), shapes).err(), "there is no module `types`"),
            (operations(quote!(), shapes).err(), "there is no module `builder`"),
            (types(quote!(pub mod types { pub struct }), &model(), shapes).err(), "it is not Rust: "),
        ] {
            let finding = finding.unwrap();
            assert_eq!(finding.code, Code::UnknownShape);
            assert!(finding.message.contains(expected), "{}", finding.message);
        }
    }

    #[test]
    fn the_builders_of_types_are_found_among_the_types() {
        let builders = quote! { pub mod builder { #[a] pub struct A {} impl From<super::A> for A {} } };
        let tokens = quote! { mod types { struct A; impl A { pub fn other() {} } #builders mod error {} } };
        let parsed = type_builders(tokens, &mut Shapes::default()).ok().unwrap();
        assert_eq!(written(parsed.as_slice()), plain(&builders));
        let parsed = type_builders(quote! { mod types { struct A; } }, &mut Shapes::default()).ok().unwrap();
        assert!(parsed.is_none());
    }

    #[test]
    fn implementations_that_are_written_anew_come_empty() {
        let tokens = quote! { mod types {
            impl ::std::fmt::Display for Listed { fn f() {} }
            impl ::std::fmt::Display for Sent { fn f() {} }
            impl ::std::convert::TryFrom<&str> for Listed { fn f() {} }
        } };
        let parsed = types(tokens, &model(), &mut Shapes::default()).ok().unwrap();
        let expected = quote! {
            impl ::std::fmt::Display for Listed {}
            impl ::std::fmt::Display for Sent { fn f() {} }
            impl TryFrom<&str> for Listed { fn f() {} }
        };
        assert_eq!(written(&parsed), plain(&expected));
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
        let builders = operations(tokens, &mut Shapes::default()).ok().unwrap();
        assert_eq!(builders.keys().collect::<Vec<_>>(), ["B"]);
        assert_eq!(builders["B"].len(), 2);
        assert_eq!(plain(&builders["B"][1].to_token_stream()), "impl<'a>B<'a>{fna(){}fnb(){}}");
    }
}
