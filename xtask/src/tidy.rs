//! Progenitor's tokens as a person would have written them, before they are parsed.
//!
//! Working on tokens costs a fraction of walking a syntax tree, in the program and in its build. What is done here
//! needs no knowledge of the document: full paths become short ones, messages say what a caller can do, and the
//! builders that nobody will call are gone.

use proc_macro2::{Delimiter, Group, Ident, Literal, TokenStream, TokenTree};

use crate::RUNTIME;
use crate::lower::view::TYPES;

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

/// The tidied tokens; with the module `types::builder` only if `with_builders`, since it is most of the output.
#[must_use]
pub fn tidy(tokens: TokenStream, with_builders: bool) -> TokenStream {
    let dropped: &[&str] = if with_builders { &[] } else { &["types", "builder"] };
    level(tokens, dropped)
}

/// One level of nesting. `dropped` is the path to the module to leave out, from here.
fn level(tokens: TokenStream, dropped: &[&str]) -> TokenStream {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut out = Vec::with_capacity(tokens.len());
    let (mut index, mut in_send) = (0, false);
    while index < tokens.len() {
        in_send |= is_send(&tokens, index);
        if is_schema_doc(&tokens[index..]) {
            index += 2;
        } else if in_send && is_body(&tokens[index]) {
            out.push(TokenTree::Group(Group::new(Delimiter::Brace, TokenStream::new())));
            (index, in_send) = (index + 1, false);
        } else if let Some(path) = Path::at(&tokens, index) {
            path.shorten(&tokens[index..], &mut out);
            index += path.length;
        } else if is_client_twice(&tokens[index..]) {
            out.push(tokens[index].clone());
            index += 3;
        } else {
            out.push(single(&tokens, index, dropped));
            index += 1;
        }
    }
    out.into_iter().collect()
}

/// `fn send`, whose body the passes write anew.
fn is_send(tokens: &[TokenTree], index: usize) -> bool {
    index > 0 && is_word(&tokens[index], "send") && is_word(&tokens[index - 1], "fn")
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

fn single(tokens: &[TokenTree], index: usize, dropped: &[&str]) -> TokenTree {
    match &tokens[index] {
        TokenTree::Group(group) => {
            let module = index.checked_sub(1).and_then(|before| word(&tokens[before]));
            let stream = match dropped.split_first() {
                Some((name, rest)) if module.as_deref() == Some(*name) && group.delimiter() == Delimiter::Brace => {
                    if rest.is_empty() {
                        TokenStream::new()
                    } else {
                        level(group.stream(), rest)
                    }
                }
                _ => level(group.stream(), &[]),
            };
            TokenTree::Group(Group::new(group.delimiter(), stream))
        }
        // A keyword since Rust 2024, which typify does not know.
        TokenTree::Ident(ident) if ident == "gen" => TokenTree::Ident(Ident::new_raw("gen", ident.span())),
        TokenTree::Literal(literal) => TokenTree::Literal(phrase(literal).unwrap_or_else(|| literal.clone())),
        other => other.clone(),
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
    matches!(tokens, [name, colon, value, ..] if word(name).as_deref() == Some("client")
        && is_colon(Some(colon)) && word(value).as_deref() == Some("client"))
}

/// A path that is written out in full: `::std::option::Option`, `::salla_runtime::Id`, `std::convert::TryInto`.
struct Path {
    /// Its names, joined.
    text: String,
    /// How many tokens it takes.
    length: usize,
}

impl Path {
    fn at(tokens: &[TokenTree], start: usize) -> Option<Self> {
        let follows = start > 1 && is_colon(tokens.get(start - 1)) && is_colon(tokens.get(start - 2));
        let mut index = start;
        let leading = is_colon(tokens.get(index)) && is_colon(tokens.get(index + 1));
        if leading {
            index += 2;
        }
        let first = tokens.get(index).and_then(word)?;
        let begins = leading && start.checked_sub(1).is_none_or(|before| word(&tokens[before]).is_none());
        let is_named_in_full = first == "std" || first == RUNTIME.replace('-', "_") || (begins && first == TYPES);
        if follows && !leading || !is_named_in_full {
            return None;
        }
        let mut text = first;
        index += 1;
        while is_colon(tokens.get(index)) && is_colon(tokens.get(index + 1)) {
            let Some(next) = tokens.get(index + 2).and_then(word) else { break };
            text = format!("{text}::{next}");
            index += 3;
        }
        Some(Self { text, length: index - start })
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
        let target = rest.split('`').next().unwrap_or_default().replace(' ', "");
        let target = target.rsplit("::").next().unwrap_or(&target);
        let reason = if text.ends_with("{}") { ": {}" } else { "" };
        return Some(Literal::string(&format!("the value does not convert to `{target}`{reason}")));
    }
    // A path in an attribute of serde.
    let path = text.replace(' ', "");
    let path = path.strip_prefix("::").filter(|path| path.starts_with("std::"))?;
    let dropped = dropped_names(path)?;
    Some(Literal::string(&path.split("::").skip(dropped).collect::<Vec<_>>().join("::")))
}

/// All names that stand in the tokens, at any depth.
#[must_use]
pub fn names(tokens: TokenStream) -> std::collections::BTreeSet<String> {
    let mut names = std::collections::BTreeSet::new();
    let mut open = vec![tokens];
    while let Some(tokens) = open.pop() {
        for token in tokens {
            match token {
                TokenTree::Group(group) => open.push(group.stream()),
                TokenTree::Ident(ident) => {
                    names.insert(ident.to_string());
                }
                _ => {}
            }
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tidied(text: &str, with_builders: bool) -> String {
        tidy(text.parse().unwrap(), with_builders).to_string().replace(' ', "")
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
            assert_eq!(tidied(long, true), plain(short));
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
            assert_eq!(tidied(before, true), plain(after));
        }
    }

    #[test]
    fn only_the_builders_of_types_are_left_out() {
        let text = "mod types { struct A; mod builder { struct B; } } mod builder { struct C; }";
        assert_eq!(tidied(text, false), plain("mod types { struct A; mod builder { } } mod builder { struct C; }"));
        assert_eq!(tidied(text, true), plain(text));
    }

    #[test]
    fn what_the_passes_write_anew_is_not_parsed() {
        let text =
            "#[doc = \"<details>{}</details>\"] #[doc = \"kept\"] struct A; fn send(self) -> A { x } fn a() { y }";
        assert_eq!(tidied(text, true), plain("#[doc = \"kept\"] struct A; fn send(self) -> A { } fn a() { y }"));
    }

    #[test]
    fn names_are_found_at_any_depth() {
        assert!(names("a { b(c[d]) }".parse().unwrap()).contains("d"));
    }
}
