//! Gives the variants of choices the names of the model.
//!
//! typify names variants after their types, or numbers them. The `title` of an alternative changes its name, but typify
//! removes the words with which all titles begin, so the names are replaced in its tokens.

use std::collections::HashMap;

use proc_macro2::{Group, Ident, TokenStream, TokenTree};

use super::modules::{into_stream, is_body, is_punct, is_word};
use crate::model::{Definition, Types};

/// typify's names of variants, and the model's, by the name of the choice.
#[derive(Default)]
pub struct Variants(HashMap<String, HashMap<String, String>>);

impl Variants {
    /// Renames the variants in an item of the type `owner`: in its enumeration, and in its implementations after that.
    pub fn rename(&mut self, owner: &str, item: &mut [TokenTree], types: &Types) {
        let is_enumeration = item.iter().any(|token| is_word(token, "enum"));
        let Some(body) = item.last_mut().filter(|token| is_body(token)) else { return };
        if is_enumeration {
            let Some(Definition::Choice(alternatives)) = types.get(owner).map(|of| &of.definition) else { return };
            let mut names = HashMap::new();
            let mut alternatives = alternatives.iter();
            change(body, |tokens| {
                let renamed = tokens.into_iter().map(|token| match token {
                    TokenTree::Ident(old) => match alternatives.next() {
                        Some(new) => {
                            names.insert(old.to_string(), new.name.clone());
                            TokenTree::Ident(Ident::new(&new.name, old.span()))
                        }
                        None => TokenTree::Ident(old),
                    },
                    other => other,
                });
                renamed.collect()
            });
            names.retain(|old, new| old != new);
            if !names.is_empty() {
                self.0.insert(owner.to_owned(), names);
            }
        } else if let Some(names) = self.0.get(owner) {
            change(body, |tokens| renamed(tokens, names));
        }
    }
}

/// Changes the tokens in a group.
fn change(body: &mut TokenTree, f: impl FnOnce(TokenStream) -> TokenStream) {
    if let TokenTree::Group(group) = body {
        let delimiter = group.delimiter();
        let stream = std::mem::replace(group, Group::new(delimiter, TokenStream::new()));
        *group = Group::new(delimiter, f(into_stream(stream)));
    }
}

/// Replaces `Self::Old` by `Self::New`.
fn renamed(tokens: TokenStream, names: &HashMap<String, String>) -> TokenStream {
    let mut out: Vec<TokenTree> = Vec::new();
    for token in tokens {
        let after_self = matches!(&out[..], [.., word, a, b]
            if is_word(word, "Self") && is_punct(Some(a), ':') && is_punct(Some(b), ':'));
        out.push(match token {
            TokenTree::Group(group) => {
                let delimiter = group.delimiter();
                TokenTree::Group(Group::new(delimiter, renamed(into_stream(group), names)))
            }
            TokenTree::Ident(ident) if after_self => match names.get(&ident.to_string()) {
                Some(name) => TokenTree::Ident(Ident::new(name, ident.span())),
                None => TokenTree::Ident(ident),
            },
            other => other,
        });
    }
    out.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{choice, enumeration, named, received};
    use super::*;
    use crate::model::Form;

    fn renamed_items(owner: &str, items: &[&str]) -> Vec<String> {
        let types = vec![
            received("A", choice([("OrderList", named("B")), ("OrderMap", Form::Text)])),
            received("B", enumeration(&["X", "Y"])),
        ];
        let types: Types = types.into_iter().collect();
        let mut variants = Variants::default();
        let renamed = items.iter().map(|item| {
            let mut tokens: Vec<TokenTree> = item.parse::<TokenStream>().unwrap().into_iter().collect();
            variants.rename(owner, &mut tokens, &types);
            tokens.into_iter().collect::<TokenStream>().to_string().replace(' ', "")
        });
        renamed.collect()
    }

    #[test]
    fn a_choice_and_its_implementations_have_the_names_of_the_model() {
        let items = [
            "#[serde(untagged)] pub enum A { #[a(Variant0)] Variant0(Variant0), Variant1(String), }",
            "impl Display for A { fn f(&self) { match self { Self::Variant0(x) => f(x), Self::Other => Variant1 } } }",
        ];
        let expected = [
            "#[serde(untagged)] pub enum A { #[a(Variant0)] OrderList(Variant0), OrderMap(String), }",
            "impl Display for A { fn f(&self) { match self { Self::OrderList(x) => f(x), Self::Other => Variant1 } } }",
        ];
        let expected = expected.map(|item| item.parse::<TokenStream>().unwrap().to_string().replace(' ', ""));
        assert_eq!(renamed_items("A", &items), expected);
    }

    #[test]
    fn an_enumeration_stays_as_it_is() {
        assert_eq!(renamed_items("B", &["enum B { Y, X }", "impl B { Self::Y }"]), ["enumB{Y,X}", "implB{Self::Y}"]);
    }
}
