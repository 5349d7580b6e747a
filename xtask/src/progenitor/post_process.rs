//! Simplifies progenitor's tokens before they are parsed.
//!
//! Working on tokens costs a fraction of walking a syntax tree. Nothing here needs the model: full paths become short
//! ones, and messages state what a caller can do.

use proc_macro2::{Ident, Literal, TokenTree};

use super::input::TYPES;
use super::tokens::Token;
use crate::RUNTIME_LIBRARY;

/// The names that are used without their paths: those in the prelude of Rust 2024, and the map that the emitted files
/// import. Each is in a module of `std`.
const SHORT: &[(&str, &str)] = &[
    ("convert", "From"),
    ("convert", "TryFrom"),
    ("convert", "TryInto"),
    ("default", "Default"),
    ("option", "Option"),
    ("result", "Result"),
    ("string", "String"),
    ("vec", "Vec"),
    ("collections", "BTreeMap"),
];

/// Simplifies tokens: shortens full paths, corrects messages and types, and drops what is written again.
#[must_use]
pub fn simplify(tokens: Vec<Token>) -> Vec<Token> {
    let mut out = Vec::with_capacity(tokens.len());
    let mut tokens = tokens.into_iter();
    while !tokens.as_slice().is_empty() {
        let ahead = tokens.as_slice();
        if is_box_of_option(ahead) {
            turn_around(ahead, &mut out);
            tokens.nth(BOX_OF_OPTION - 1);
        } else if let Some(path) = Path::at(ahead, &out) {
            tokens.by_ref().take(path.dropped).for_each(drop);
            out.extend(tokens.by_ref().take(path.length - path.dropped));
        } else if is_client_twice(ahead) {
            out.extend(tokens.next());
            tokens.nth(1);
        } else {
            out.extend(tokens.next().map(simplified_token));
        }
    }
    out
}

fn simplified_token(token: Token) -> Token {
    match token {
        // A keyword since Rust 2024, which typify does not know.
        Token::One(TokenTree::Ident(ident)) if ident == "gen" => {
            Token::One(TokenTree::Ident(Ident::new_raw("gen", ident.span())))
        }
        Token::One(TokenTree::Literal(literal)) => Token::One(TokenTree::Literal(phrase(&literal).unwrap_or(literal))),
        other => other,
    }
}

fn is_colons(tokens: &[Token], at: usize) -> bool {
    tokens.get(at).is_some_and(|token| token.is_punct(':'))
        && tokens.get(at + 1).is_some_and(|token| token.is_punct(':'))
}

/// Returns whether the tokens begin with `client: client`, for which `client` is enough.
fn is_client_twice(tokens: &[Token]) -> bool {
    matches!(tokens, [name, colon, value, ..]
        if name.is_word("client") && colon.is_punct(':') && value.is_word("client"))
}

/// The number of tokens of `::std::boxed::Box<`, and of `::std::option::Option<`.
const BOX_OF: usize = 10;

/// The number of tokens of `::std::boxed::Box<::std::option::Option<`.
const BOX_OF_OPTION: usize = 2 * BOX_OF;

/// Returns whether the tokens begin with `::std::boxed::Box<::std::option::Option<`.
///
/// typify boxes a field like that where types are in a circle and the field may be absent. Absence is that of the
/// `Option`, which has to be outside.
fn is_box_of_option(tokens: &[Token]) -> bool {
    let has = |at: usize, name: &str| tokens.get(at).is_some_and(|token| token.is_word(name));
    has(BOX_OF - 2, "Box")
        && is_colons(tokens, 0)
        && has(2, "std")
        && has(BOX_OF_OPTION - 2, "Option")
        && tokens.get(BOX_OF - 1).is_some_and(|token| token.is_punct('<'))
        && tokens.get(BOX_OF_OPTION - 1).is_some_and(|token| token.is_punct('<'))
}

/// Writes the beginning of an option of a box for that of a box of an option.
fn turn_around(tokens: &[Token], out: &mut Vec<Token>) {
    out.extend_from_slice(&tokens[BOX_OF_OPTION - 2..BOX_OF_OPTION]);
    out.extend_from_slice(&tokens[..BOX_OF]);
}

/// A path that is written out in full: `::std::option::Option`, `::salla_runtime::Id`, `std::convert::TryInto`.
struct Path {
    /// The number of its tokens.
    length: usize,
    /// The number of the tokens at its beginning that are not needed.
    dropped: usize,
}

impl Path {
    /// Returns the path that the tokens begin with; `before` are the tokens before them.
    fn at(tokens: &[Token], before: &[Token]) -> Option<Self> {
        let is_leading = is_colons(tokens, 0);
        let start = if is_leading { 2 } else { 0 };
        let first = tokens.get(start)?;
        let is_std = first.is_word("std");
        let begins = is_leading && !before.last().is_some_and(Token::is_ident);
        if !(is_std || first.is_word(RUNTIME_LIBRARY) || begins && first.is_word(TYPES)) {
            return None;
        }
        if !is_leading && is_colons(before, before.len().saturating_sub(2)) {
            return None;
        }
        let mut length = start + 1;
        while is_colons(tokens, length) && tokens.get(length + 2).is_some_and(Token::is_ident) {
            length += 3;
        }
        let is_short = is_std && is_short(&tokens[start..length]);
        let dropped = match () {
            () if is_short => start + 6,
            // `::std` keeps the colons before it.
            () if is_std => 0,
            () => start,
        };
        Some(Self { length, dropped })
    }
}

/// Returns whether a path that begins with `std` leads to a name that is used without its path.
fn is_short(path: &[Token]) -> bool {
    let [_, _, _, module, _, _, name, ..] = path else { return false };
    SHORT.iter().any(|(of, short)| name.is_word(short) && module.is_word(of))
}

/// Returns a better text for a message of progenitor or typify, and a shorter path in an attribute of serde.
fn phrase(literal: &Literal) -> Option<Literal> {
    let source = literal.to_string();
    let text = source.strip_prefix('"')?.strip_suffix('"')?;
    if text.ends_with(" was not initialized") {
        return Some(Literal::string("is required and was not set"));
    }
    if let Some(rest) = text.strip_prefix("conversion to `") {
        let target = short_type(rest.split('`').next().unwrap_or_default());
        let reason = if text.ends_with("{}") { ": {}" } else { "" };
        return Some(Literal::string(&format!("the value does not convert to `{target}`{reason}")));
    }
    let path = text.strip_prefix("::")?.replace(' ', "");
    let mut names = path.strip_prefix("std::")?.splitn(3, "::");
    let (module, name) = (names.next()?, names.next()?);
    let rest = names.next().map(|rest| format!("::{rest}")).unwrap_or_default();
    SHORT.contains(&(module, name)).then(|| Literal::string(&format!("{name}{rest}")))
}

/// Returns a type with the last name of each of its paths, those of its parameters included.
fn short_type(path: &str) -> String {
    let mut short = String::with_capacity(path.len());
    let mut name = String::new();
    for c in path.chars().filter(|c| !c.is_whitespace()) {
        match c {
            ':' => name.clear(),
            c if c.is_alphanumeric() || c == '_' => name.push(c),
            c => {
                short += &name;
                name.clear();
                short.push(c);
                if c == ',' {
                    short.push(' ');
                }
            }
        }
    }
    short + &name
}

#[cfg(test)]
mod tests {
    use super::super::tokens::{flatten, nest};
    use proc_macro2::TokenStream;

    use super::*;

    fn simplified(text: &str) -> String {
        nest(simplify(flatten(text.parse::<TokenStream>().unwrap()))).to_string().replace(' ', "")
    }

    fn plain(text: &str) -> String {
        text.parse::<TokenStream>().unwrap().to_string().replace(' ', "")
    }

    #[test]
    fn full_paths_become_short_ones() {
        for (long, short) in [
            ("a: ::std::option::Option<::std::vec::Vec<i64>>", "a: Option<Vec<i64>>"),
            ("::std::option::Option::is_none", "Option::is_none"),
            ("V: std::convert::TryInto<::std::string::String>", "V: TryInto<String>"),
            ("::std::collections::BTreeMap<K, V>", "BTreeMap<K, V>"),
            ("::salla_runtime::Id", "salla_runtime::Id"),
            ("V: TryInto<::types::A>", "V: TryInto<types::A>"),
            ("use super::types;", "use super::types;"),
            ("impl ::std::fmt::Display for A", "impl ::std::fmt::Display for A"),
            ("self::std::x", "self::std::x"),
            ("::std::option", "::std::option"),
            ("#[serde(skip = \":: std :: option :: Option::is_none\")]", "#[serde(skip = \"Option::is_none\")]"),
        ] {
            assert_eq!(simplified(long), plain(short));
        }
    }

    #[test]
    fn an_option_is_outside_of_its_box() {
        let boxed = "a: ::std::boxed::Box<::std::option::Option<A>>, b: ::std::boxed::Box<A>";
        assert_eq!(simplified(boxed), plain("a: Option<::std::boxed::Box<A>>, b: ::std::boxed::Box<A>"));
    }

    #[test]
    fn messages_state_what_a_caller_can_do() {
        for (before, after) in [
            ("\"order_id was not initialized\"", "\"is required and was not set\""),
            (
                "\"conversion to `:: std :: num :: NonZeroU64` for page failed: {}\"",
                "\"the value does not convert to `NonZeroU64`: {}\"",
            ),
            ("\"something else\"", "\"something else\""),
            ("Self { client: client, page: page }", "Self { client, page: page }"),
        ] {
            assert_eq!(simplified(before), plain(after));
        }
    }

    #[test]
    fn a_conversion_error_names_the_whole_type() {
        for (path, short) in [
            (":: std :: string :: String", "String"),
            (":: std :: vec :: Vec < :: std :: string :: String >", "Vec<String>"),
            ("types :: Place", "Place"),
            (":: std :: collections :: BTreeMap < String , Option < types :: A > >", "BTreeMap<String, Option<A>>"),
            ("[f64 ; 2usize]", "[f64;2usize]"),
        ] {
            let message = format!("\"conversion to `{path}` for stops failed\"").parse().unwrap();
            let phrase = phrase(&message).unwrap().to_string();
            assert_eq!(phrase, format!("\"the value does not convert to `{short}`\""));
        }
    }
}
