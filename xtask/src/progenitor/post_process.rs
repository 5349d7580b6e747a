//! Simplifies progenitor's tokens before they are parsed.
//!
//! Working on tokens costs a fraction of walking a syntax tree. Nothing here needs the document: full paths become
//! short ones, messages say what a caller can do, and unused builders are removed.

use std::sync::LazyLock;

use proc_macro2::{Delimiter, Group, Ident, Literal, TokenStream, TokenTree};

use crate::RUNTIME;
use crate::progenitor::input::TYPES;

/// Names that the prelude of Rust 2024 brings.
const PRELUDE: &[&str] = &[
    "std::convert::From",
    "std::convert::TryFrom",
    "std::convert::TryInto",
    "std::default::Default",
    "std::option::Option",
    "std::result::Result",
    "std::string::String",
    "std::vec::Vec",
];

/// A name that the file of the types imports.
const MAP: &str = "std::collections::BTreeMap";

/// The library of the runtime, as code names it.
static LIBRARY: LazyLock<String> = LazyLock::new(|| RUNTIME.replace('-', "_"));

/// Returns the simplified tokens of the modules that the passes read. `types::builder` is most of the output: of it stays what
/// builds a type that `is_sent`.
#[must_use]
pub fn simplify(tokens: TokenStream, is_sent: &dyn Fn(&str) -> bool) -> TokenStream {
    let sent = |name: &str, body| if name == "builder" { sent_builders(body, is_sent) } else { body };
    modules(tokens, &|name, body| match name {
        "types" => level(modules(body, &sent)),
        "builder" => level(body),
        _ => body,
    })
}

/// The tokens with the body of each module replaced.
fn modules(tokens: TokenStream, replaced: &dyn Fn(&str, TokenStream) -> TokenStream) -> TokenStream {
    let mut out: Vec<TokenTree> = Vec::new();
    for token in tokens {
        let token = match (token, &out[..]) {
            (TokenTree::Group(body), [.., keyword, TokenTree::Ident(name)]) if is_word(keyword, "mod") => {
                let name = name.to_string();
                with_stream(body, |stream| replaced(&name, stream))
            }
            (token, _) => token,
        };
        out.push(token);
    }
    out.into_iter().collect()
}

/// The same group around other tokens. The stream is the group's only one by then, so that nothing is copied to take
/// it apart.
fn with_stream(group: Group, change: impl FnOnce(TokenStream) -> TokenStream) -> TokenTree {
    let (delimiter, stream) = (group.delimiter(), group.stream());
    drop(group);
    TokenTree::Group(Group::new(delimiter, change(stream)))
}

/// An item of this module ends in braces, and before them stands the type that it belongs to.
fn sent_builders(tokens: TokenStream, is_sent: &dyn Fn(&str) -> bool) -> TokenStream {
    let (mut out, mut item): (Vec<TokenTree>, Vec<TokenTree>) = (Vec::new(), Vec::new());
    for token in tokens {
        let is_end = is_body(&token);
        let owner = item.last().filter(|_| is_end).and_then(word);
        item.push(token);
        if owner.is_some_and(|name| !is_sent(&name)) {
            item.clear();
        } else if is_end {
            out.append(&mut item);
        }
    }
    out.append(&mut item);
    out.into_iter().collect()
}

/// One level of nesting.
fn level(tokens: TokenStream) -> TokenStream {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut out = Vec::with_capacity(tokens.len());
    let mut tokens = tokens.into_iter();
    let mut in_send = false;
    while let Some(token) = tokens.as_slice().first() {
        in_send |= is_word(token, "send") && out.last().is_some_and(|before| is_word(before, "fn"));
        if in_send && is_body(token) {
            out.push(TokenTree::Group(Group::new(Delimiter::Brace, TokenStream::new())));
            (in_send, _) = (false, tokens.next());
        } else if let Some(path) = Path::at(tokens.as_slice(), &out) {
            path.shorten(tokens.as_slice(), &mut out);
            tokens.nth(path.length - 1);
        } else if is_client_twice(tokens.as_slice()) {
            out.extend(tokens.next());
            tokens.nth(1);
        } else if is_schema_doc(tokens.as_slice()) {
            tokens.nth(1);
        } else {
            out.extend(tokens.next().map(single));
        }
    }
    out.into_iter().collect()
}

fn is_body(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace)
}

/// typify's `#[doc]` with the JSON of a schema, which the document's words replace.
fn is_schema_doc(tokens: &[TokenTree]) -> bool {
    let [TokenTree::Punct(hash), TokenTree::Group(attribute), ..] = tokens else { return false };
    if hash.as_char() != '#' || attribute.delimiter() != Delimiter::Bracket {
        return false;
    }
    let mut inside = attribute.stream().into_iter();
    inside.next().is_some_and(|name| is_word(&name, "doc"))
        && inside.any(|token| matches!(token, TokenTree::Literal(text) if text.to_string().contains("<details>")))
}

fn single(token: TokenTree) -> TokenTree {
    match token {
        TokenTree::Group(group) => with_stream(group, level),
        // A keyword since Rust 2024, which typify does not know.
        TokenTree::Ident(ident) if ident == "gen" => TokenTree::Ident(Ident::new_raw("gen", ident.span())),
        TokenTree::Literal(literal) => TokenTree::Literal(phrase(&literal).unwrap_or(literal)),
        other => other,
    }
}

fn word(token: &TokenTree) -> Option<String> {
    match token {
        TokenTree::Ident(ident) => Some(ident.to_string()),
        _ => None,
    }
}

fn is_word(token: &TokenTree, text: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == text)
}

fn is_colon(token: Option<&TokenTree>) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == ':')
}

/// `client: client`, which is written `client`.
fn is_client_twice(tokens: &[TokenTree]) -> bool {
    matches!(tokens, [name, colon, value, ..]
        if is_word(name, "client") && is_colon(Some(colon)) && is_word(value, "client"))
}

/// A path that is written out in full: `::std::option::Option`, `::salla_runtime::Id`, `std::convert::TryInto`.
struct Path {
    /// Its names, joined.
    text: String,
    /// How many tokens it takes.
    length: usize,
}

impl Path {
    /// The path that the tokens begin with; `before` are those that stand before them.
    fn at(tokens: &[TokenTree], before: &[TokenTree]) -> Option<Self> {
        let is_leading = is_colon(tokens.first()) && is_colon(tokens.get(1));
        let mut length = if is_leading { 3 } else { 1 };
        let first = tokens.get(length - 1)?;
        let begins = is_leading && !matches!(before.last(), Some(TokenTree::Ident(_)));
        if !(is_word(first, "std") || is_word(first, &LIBRARY) || begins && is_word(first, TYPES)) {
            return None;
        }
        let follows = matches!(before, [.., a, b] if is_colon(Some(a)) && is_colon(Some(b)));
        if follows && !is_leading {
            return None;
        }
        let mut text = word(first)?;
        while is_colon(tokens.get(length)) && is_colon(tokens.get(length + 1)) {
            let Some(next) = tokens.get(length + 2).and_then(word) else { break };
            text = format!("{text}::{next}");
            length += 3;
        }
        Some(Self { text, length })
    }

    /// The last tokens of the path: those that are needed to name it.
    fn shorten(&self, tokens: &[TokenTree], out: &mut Vec<TokenTree>) {
        let names = self.text.matches("::").count() + 1;
        let kept = match dropped_names(&self.text) {
            Some(dropped) => names - dropped,
            // A library is named without the colons before it; `::std` keeps them where nothing shortens it.
            None if !self.text.starts_with("std::") => names,
            None => return out.extend_from_slice(&tokens[..self.length]),
        };
        out.extend_from_slice(&tokens[self.length - (3 * kept - 2)..self.length]);
    }
}

/// How many names at the beginning of a path are not needed.
fn dropped_names(path: &str) -> Option<usize> {
    let is_prefix =
        |long: &&&str| path.strip_prefix(**long).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"));
    let long = PRELUDE.iter().chain([&MAP]).find(is_prefix)?;
    Some(long.matches("::").count())
}

/// A string that progenitor or typify wrote, as it should read; nothing for all others.
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
    // A path in an attribute of serde.
    let path = text.replace(' ', "");
    let path = path.strip_prefix("::").filter(|path| path.starts_with("std::"))?;
    let dropped = dropped_names(path)?;
    Some(Literal::string(&path.split("::").skip(dropped).collect::<Vec<_>>().join("::")))
}

/// Returns a type as it is read: the last name of each of its paths, parameters included.
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

/// All names that stand in the tokens, at any depth.
#[must_use]
pub fn names(tokens: TokenStream) -> std::collections::BTreeSet<String> {
    let mut names = std::collections::BTreeSet::new();
    let mut open = vec![tokens];
    while let Some(tokens) = open.pop() {
        for token in tokens {
            match token {
                TokenTree::Group(group) => {
                    open.push(group.stream());
                    // The stream is held once only then, and need not be copied to be taken apart.
                    drop(group);
                }
                TokenTree::Ident(ident) => {
                    names.insert(ident.to_string());
                }
                _ => {}
            }
        }
    }
    names
}

/// Whether the name stands in the tokens, at any depth.
#[must_use]
pub fn mentions(tokens: TokenStream, name: &str) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Group(group) => {
            let inside = group.stream();
            // As in `names`.
            drop(group);
            mentions(inside, name)
        }
        token => is_word(&token, name),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn simplified(text: &str) -> String {
        level(text.parse().unwrap()).to_string().replace(' ', "")
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
            ("#[serde(skip = \":: std :: option :: Option::is_none\")]", "#[serde(skip = \"Option::is_none\")]"),
        ] {
            assert_eq!(simplified(long), plain(short));
        }
    }

    #[test]
    fn messages_say_what_a_caller_can_do() {
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

    #[test]
    fn only_builders_of_types_that_are_not_sent_are_left_out() {
        let kept = "mod types { struct A; mod builder { #[a] pub struct B {} impl From<super::B> for B {} } }";
        let gone = kept.replace('B', "C");
        let of_operations = "mod builder { struct C {} }";
        let text = format!("{kept} {gone} {of_operations}");
        let expected = format!("{kept} mod types {{ struct A; mod builder {{ }} }} {of_operations}");
        let simplified = simplify(text.parse().unwrap(), &|name| name == "B").to_string().replace(' ', "");
        assert_eq!(simplified, plain(&expected));
    }

    #[test]
    fn what_nobody_reads_stays_as_it_is() {
        let text = "mod other { ::std::vec::Vec } mod types { ::std::vec::Vec }";
        let simplified = simplify(text.parse().unwrap(), &|_| true).to_string().replace(' ', "");
        assert_eq!(simplified, plain("mod other { ::std::vec::Vec } mod types { Vec }"));
    }

    #[test]
    fn what_the_passes_write_anew_is_not_parsed() {
        let text =
            "#[doc = \"<details>{}</details>\"] #[doc = \"kept\"] struct A; fn send(self) -> A { x } fn a() { y }";
        assert_eq!(simplified(text), plain("#[doc = \"kept\"] struct A; fn send(self) -> A { } fn a() { y }"));
    }

    #[test]
    fn names_are_found_at_any_depth() {
        let tokens = || "a { b(c[d]) }".parse().unwrap();
        assert!(names(tokens()).contains("d") && mentions(tokens(), "d"));
        assert!(!mentions(tokens(), "e"));
    }
}
