//! Open enumerations and tagged choices, which typify cannot make.
//!
//! typify is told that they exist: its types refer to them, and convert as far as they do. It writes their paths as they
//! were given, in all modules alike, so the paths are changed to what the module of an item needs.

use proc_macro2::{Ident, Spacing, TokenTree};
use progenitor::{GenerationSettings, TypeImpl};

use super::input::TYPES;
use super::tokens::Token;
use crate::model::Type;

/// Where the code of an item is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// In the module of the types.
    Types,
    /// In the module of the builders of types, inside of that of the types.
    Builders,
    /// In the module of an operation.
    Operations,
}

/// Replaces the open enumerations and the tagged choices by types that exist already.
pub fn replace<'t>(settings: &mut GenerationSettings, types: impl Iterator<Item = &'t Type>) {
    const OF_TEXTS: &[TypeImpl] = &[TypeImpl::FromStr, TypeImpl::FromStringIrrefutable, TypeImpl::Display];
    for of in types.filter(|of| of.is_only_referred_to()) {
        let conversions = if of.is_open() { OF_TEXTS } else { &[] };
        settings.with_replacement(&of.name, format!("{TYPES}::{}", of.name), conversions.iter().copied());
    }
}

/// Changes the paths of these types in an item of this scope.
pub fn localize(tokens: Vec<Token>, scope: Scope) -> Vec<Token> {
    if scope == Scope::Operations {
        return tokens;
    }
    let mut out = Vec::with_capacity(tokens.len());
    let mut tokens = tokens.into_iter();
    while !tokens.as_slice().is_empty() {
        if is_path(tokens.as_slice()) {
            let module = tokens.next();
            if scope == Scope::Builders {
                out.extend(module.map(super_module));
            } else {
                tokens.nth(1);
            }
        } else {
            out.extend(tokens.next());
        }
    }
    out
}

/// Returns whether the tokens begin with `types::`. A field of that name has a single colon behind it.
fn is_path(tokens: &[Token]) -> bool {
    let is_joint =
        |token: &Token| matches!(token, Token::One(TokenTree::Punct(punct)) if punct.spacing() == Spacing::Joint);
    matches!(tokens, [name, first, second, ..]
        if name.is_word(TYPES) && first.is_punct(':') && is_joint(first) && second.is_punct(':'))
}

/// Returns `super` in the place of a module's name.
fn super_module(name: Token) -> Token {
    match name {
        Token::One(TokenTree::Ident(name)) => Token::One(TokenTree::Ident(Ident::new("super", name.span()))),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use quote::{ToTokens, quote};

    use super::super::testing::{
        api, body, choice, field, fields, list, named, open_enumeration, operation, optional, parameter, received, sent,
    };
    use super::super::tokens::{flatten, nest};
    use super::super::{builders, type_builders, types};
    use super::*;
    use crate::model::{Api, Definition, Form, Operation};

    fn localized(scope: Scope) -> String {
        let code = quote!(
            struct A {
                types: ::std::option::Option<types::B>,
                other: Vec<types::B>,
            }
        );
        nest(localize(flatten(code), scope)).to_string().replace(' ', "")
    }

    #[test]
    fn a_path_leads_to_the_type_from_each_module() {
        assert_eq!(localized(Scope::Types), "structA{types:::std::option::Option<B>,other:Vec<B>,}");
        assert_eq!(localized(Scope::Builders), "structA{types:::std::option::Option<super::B>,other:Vec<super::B>,}");
        assert!(localized(Scope::Operations).contains("Option<types::B>"));
    }

    fn model() -> Api {
        let types = vec![
            sent("Kind", open_enumeration(&["X", "Y"])),
            sent("Body", fields(vec![field("types", named("Kind")), optional("kinds", list(named("Kind")))])),
            received("Either", choice([("Flag", Form::Boolean), ("Kind", named("Kind"))])),
            received("Wrapped", Definition::Wrapper(named("Kind"))),
        ];
        let send = Operation {
            body: Some(body("Body", true)),
            ..operation(
                "send",
                vec![parameter("kind", named("Kind"), true), parameter("kinds", list(named("Kind")), true)],
            )
        };
        api(vec![send], types)
    }

    fn types_text() -> String {
        let made = types(&model()).and_then(|types| Ok((types, type_builders(&model())?)));
        let (types, builders) = made.unwrap_or_else(|gap| panic!("{}", gap.message));
        text(&types) + &text(builders.as_slice())
    }

    fn text(items: &[syn::Item]) -> String {
        items.iter().map(|item| item.to_token_stream().to_string()).collect::<String>().replace(' ', "")
    }

    #[test]
    fn typify_refers_to_an_open_enumeration_and_does_not_make_it() {
        let types = types_text();
        assert!(!types.contains("enumKind"), "{types}");
        for expected in [
            "types:Kind,",
            "kinds:Option<Vec<Kind>>",
            "Result<super::Kind,String>",
            "Kind(Kind)",
            "impl::std::fmt::DisplayforEither",
            "impl::std::str::FromStrforWrapped",
        ] {
            assert!(types.contains(expected), "no {expected} in {types}");
        }
        let model = model();
        let made: Vec<_> = builders(&model).map(|made| made.ok().unwrap()).collect();
        let [send] = &made[..] else { panic!("there is one operation") };
        let builder = text(&send.items);
        assert!(
            builder.contains("V:TryInto<types::Kind>") && builder.contains("TryInto<Vec<types::Kind>>"),
            "{builder}"
        );
    }

    #[test]
    fn a_choice_with_an_open_enumeration_has_no_conversion_from_text_that_fails() {
        let types = types_text();
        assert!(!types.contains("FromStrforEither"), "{types}");
    }
}
