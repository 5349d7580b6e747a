//! Takes progenitor's tokens apart: into modules, and these into items.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

use super::findings::unknown_shape;
use crate::diagnostics::Diagnostic;

/// Returns the tokens of the module of this name.
///
/// # Errors
///
/// A diagnostic when there is no such module.
pub fn module(tokens: TokenStream, name: &str) -> Result<TokenStream, Diagnostic> {
    let mut before: [Option<TokenTree>; 2] = [None, None];
    for token in tokens {
        match (&before, token) {
            ([Some(keyword), Some(word)], TokenTree::Group(body)) if is_word(keyword, "mod") && is_word(word, name) => {
                return Ok(into_stream(body));
            }
            (_, token) => {
                before.rotate_left(1);
                before[1] = Some(token);
            }
        }
    }
    Err(unknown_shape(&format!("there is no module `{name}`")))
}

/// Splits the tokens of a module into those of its items. An item ends in braces or in a semicolon; imports have braces
/// inside.
pub fn items(tokens: TokenStream) -> impl Iterator<Item = Vec<TokenTree>> {
    let mut tokens = tokens.into_iter();
    std::iter::from_fn(move || {
        let mut item = Vec::new();
        for token in tokens.by_ref() {
            let is_end = is_punct(Some(&token), ';') || is_body(&token) && !is_import(&item);
            item.push(token);
            if is_end {
                break;
            }
        }
        (!item.is_empty()).then_some(item)
    })
}

/// Returns whether an item is a `use`.
pub fn is_import(item: &[TokenTree]) -> bool {
    item.iter().any(|token| is_word(token, "use"))
}

/// Returns whether an item is the module of this name.
pub fn is_module(item: &[TokenTree], name: &str) -> bool {
    matches!(item, [.., keyword, of, _] if is_word(keyword, "mod") && is_word(of, name))
}

/// Returns the stream of a group. It is the only one by then, so that it can be taken apart without being copied.
pub fn into_stream(group: Group) -> TokenStream {
    let stream = group.stream();
    drop(group);
    stream
}

pub fn is_body(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace)
}

pub fn is_word(token: &TokenTree, text: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == text)
}

pub fn is_punct(token: Option<&TokenTree>, c: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == c)
}

/// Returns the text of an identifier.
pub fn word(token: &TokenTree) -> Option<String> {
    match token {
        TokenTree::Ident(ident) => Some(ident.to_string()),
        _ => None,
    }
}
