//! Tokens in one list, with the delimiters of groups among them.
//!
//! A list is searched, split and compared without opening groups, each of which would copy its tokens.

use std::fmt::Write as _;

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

use super::modules::into_stream;

/// A token, or the delimiter of a group.
#[derive(Clone)]
pub enum Token {
    /// The beginning of a group.
    Open(Delimiter),
    /// The end of a group.
    Close(Delimiter),
    /// A token that is no group.
    One(TokenTree),
}

impl Token {
    /// Returns whether the token is this identifier.
    pub fn is_word(&self, text: &str) -> bool {
        matches!(self, Self::One(TokenTree::Ident(ident)) if ident == text)
    }

    /// Returns whether the token is any identifier.
    pub fn is_ident(&self) -> bool {
        matches!(self, Self::One(TokenTree::Ident(_)))
    }

    /// Returns whether the token is this character.
    pub fn is_punct(&self, c: char) -> bool {
        matches!(self, Self::One(TokenTree::Punct(punct)) if punct.as_char() == c)
    }
}

/// Writes tokens as one list.
pub fn flatten(tokens: impl IntoIterator<Item = TokenTree>) -> Vec<Token> {
    let mut out = Vec::new();
    add(tokens, &mut out);
    out
}

fn add(tokens: impl IntoIterator<Item = TokenTree>, out: &mut Vec<Token>) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => {
                let delimiter = group.delimiter();
                out.push(Token::Open(delimiter));
                add(into_stream(group), out);
                out.push(Token::Close(delimiter));
            }
            token => out.push(Token::One(token)),
        }
    }
}

/// Returns the tokens of a list with their groups.
pub fn nest(tokens: impl IntoIterator<Item = Token>) -> TokenStream {
    let mut open = vec![Vec::new()];
    for token in tokens {
        let token = match token {
            Token::One(token) => token,
            Token::Open(_) => {
                open.push(Vec::new());
                continue;
            }
            Token::Close(delimiter) => {
                let inside: Vec<TokenTree> = open.pop().unwrap_or_default();
                TokenTree::Group(Group::new(delimiter, inside.into_iter().collect()))
            }
        };
        if let Some(around) = open.last_mut() {
            around.push(token);
        }
    }
    open.into_iter().flatten().collect()
}

/// Writes tokens as a text, which is the same for the same tokens only. `hole` writes those that it knows in another way.
pub fn text<'t>(tokens: &'t [Token], mut hole: impl FnMut(&'t TokenTree, &mut String) -> bool) -> String {
    let mut text = String::with_capacity(tokens.len() * 6);
    for token in tokens {
        match token {
            Token::Open(delimiter) => text.push(delimiters(*delimiter).0),
            Token::Close(delimiter) => text.push(delimiters(*delimiter).1),
            Token::One(TokenTree::Punct(punct)) => text.push(punct.as_char()),
            Token::One(token) => {
                text.push(' ');
                if !hole(token, &mut text) {
                    // A text takes everything that is written.
                    let _ = write!(text, "{token}");
                }
            }
        }
    }
    text
}

fn delimiters(delimiter: Delimiter) -> (char, char) {
    match delimiter {
        Delimiter::Parenthesis => ('(', ')'),
        Delimiter::Brace => ('{', '}'),
        Delimiter::Bracket => ('[', ']'),
        Delimiter::None => ('\u{1}', '\u{2}'),
    }
}

/// Splits tokens after each one that `ends` a part and that is in no group.
pub fn split(tokens: &[Token], mut ends: impl FnMut(&Token) -> bool) -> Vec<&[Token]> {
    let (mut parts, mut start, mut depth) = (Vec::new(), 0, 0_usize);
    for (at, token) in tokens.iter().enumerate() {
        match token {
            Token::Open(_) => depth += 1,
            Token::Close(_) => depth = depth.saturating_sub(1),
            Token::One(_) => {}
        }
        if depth == 0 && ends(token) {
            parts.push(&tokens[start..=at]);
            start = at + 1;
        }
    }
    if start < tokens.len() {
        parts.push(&tokens[start..]);
    }
    parts
}

/// Returns the position of the delimiter that closes the group at `open`.
pub fn close_of(tokens: &[Token], open: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        match token {
            Token::Open(_) => depth += 1,
            Token::Close(_) => depth = depth.checked_sub(1)?,
            Token::One(_) => {}
        }
        if depth == 0 {
            return Some(at);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(text: &str) -> Vec<Token> {
        flatten(text.parse::<TokenStream>().unwrap())
    }

    #[test]
    fn a_list_has_all_tokens_of_its_groups() {
        let code = "fn a<'t>(b: [u8; 2]) -> C { d(\"e\", || 'f') }";
        assert_eq!(nest(list(code)).to_string(), code.parse::<TokenStream>().unwrap().to_string());
    }

    #[test]
    fn the_text_of_two_lists_differs_where_they_do() {
        let text = |code: &str| text(&list(code), |_, _| false);
        assert_eq!(text("a  ( b , 'c' )"), text("a(b,'c')"));
        for other in ["a b", "ab", "a(b)", "a[b]", "a{b}", "a, b", "a \"b\""] {
            assert_ne!(text("a  c b"), text(other));
        }
        assert_ne!(text("a b"), text("ab"));
        assert_ne!(text("(a)"), text("[a]"));
    }

    #[test]
    fn a_list_is_split_outside_of_groups_only() {
        let tokens = list("a(x, y), b, {c, d}");
        assert_eq!(split(&tokens, |token| token.is_punct(',')).len(), 3);
        assert_eq!(close_of(&tokens, 1), Some(5));
    }
}
