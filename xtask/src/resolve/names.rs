//! Converts the names of a document to names of Rust, and gives each item a name of its own.
//!
//! The model uses only names that progenitor does not change, so that its items can be found by their names. The
//! conversion here is therefore that of progenitor.

use std::collections::BTreeSet;

use heck::{ToPascalCase as _, ToSnakeCase as _};

/// Returns the name of a type: `OrderLine`.
#[must_use]
pub fn type_name(text: &str) -> String {
    let words = words(text);
    let name = if is_pascal(&words) { words } else { converted(&words, str::to_pascal_case) };
    identifier(name, "Unnamed")
}

/// Returns the name of an operation's builder. progenitor converts the name of the operation once.
#[must_use]
pub fn builder_name(operation: &str) -> String {
    identifier(operation.to_pascal_case(), "Unnamed")
}

/// Returns the name of a type that belongs to the builder of an operation, such as its errors.
#[must_use]
pub fn builder_companion(operation: &str, suffix: &str) -> String {
    format!("{}{suffix}", builder_name(operation).trim_end_matches('_'))
}

/// Returns the name of a function, a field or a parameter: `order_id`.
#[must_use]
pub fn value_name(text: &str) -> String {
    identifier(converted(&words(text), str::to_snake_case), "unnamed")
}

/// Returns whether a name that would be an identifier is a keyword.
#[must_use]
pub fn is_keyword(name: &str) -> bool {
    const LONGEST_KEYWORD: usize = "continue".len();
    // A parser is slow, and most names are too long.
    let can_be_one = name.len() <= LONGEST_KEYWORD || !name.is_ascii();
    // `gen` is a keyword since Rust 2024, which syn's parser does not know.
    name == "gen" || (can_be_one && syn::parse_str::<syn::Ident>(name).is_err())
}

/// Converts a name until the conversion changes nothing. progenitor and typify convert once more, and `AB` would become
/// `Ab`.
fn converted(name: &str, convert: fn(&str) -> String) -> String {
    let mut name = convert(name);
    for _ in 0..4 {
        if is_settled(&name) {
            break;
        }
        let next = convert(&name);
        if next == name {
            break;
        }
        name = next;
    }
    name
}

/// Returns whether a converted name is known not to change again: if each of its words has a small letter after its first
/// character. The conversion takes much longer than finding that out.
fn is_settled(name: &str) -> bool {
    let is_snake = || name.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'_');
    is_pascal(name) || is_snake()
}

/// Returns whether a text consists of words that each begin with a capital letter, which a small one follows.
fn is_pascal(text: &str) -> bool {
    let is_capital = |c: Option<&u8>| c.is_some_and(u8::is_ascii_uppercase);
    let is_small = |c: Option<&u8>| c.is_some_and(u8::is_ascii_lowercase);
    let bytes = text.as_bytes();
    let has_words = bytes.iter().zip(1..).all(|(c, next)| !c.is_ascii_uppercase() || is_small(bytes.get(next)));
    has_words && is_capital(bytes.first()) && bytes.iter().all(u8::is_ascii_alphanumeric)
}

/// Returns the text with a hyphen for each character that no identifier has.
fn words(text: &str) -> String {
    text.chars().filter(|c| *c != '\'').map(|c| if is_identifier_character(c) { c } else { '-' }).collect()
}

/// Returns whether an identifier may have the character. Rust does not accept every digit of Unicode: `²` is none.
fn is_identifier_character(c: char) -> bool {
    c == '_'
        || c.is_ascii_alphanumeric()
        || (c.is_alphanumeric() && syn::parse_str::<syn::Ident>(&format!("a{c}")).is_ok())
}

/// Returns the name as an identifier: not empty, with a letter in front, and no keyword.
fn identifier(name: String, fallback: &str) -> String {
    let name = match name.chars().next() {
        None => fallback.to_owned(),
        Some(first) if first.is_ascii_alphabetic() => name,
        Some(first) if first.is_alphabetic() && syn::parse_str::<syn::Ident>(&format!("{first}a")).is_ok() => name,
        Some('_') => name,
        // `_1` would be the name of a module and of a type.
        Some(_) if fallback.starts_with('U') => format!("N{name}"),
        Some(_) => format!("n{name}"),
    };
    if is_keyword(&name) { format!("{name}_") } else { name }
}

/// The names that are taken, so that none is given twice.
#[derive(Debug, Default)]
pub struct Names {
    taken: BTreeSet<String>,
}

/// The names that generated types use themselves: those of the prelude, of derives and of imports. A type with such a
/// name would hide them.
const TYPES_IN_USE: &[&str] = &[
    "AsMut",
    "AsRef",
    "BTreeMap",
    "Box",
    "Clone",
    "Copy",
    "Debug",
    "Default",
    "Deserialize",
    "Display",
    "DoubleEndedIterator",
    "Drop",
    "Eq",
    "Err",
    "ExactSizeIterator",
    "Extend",
    "Fn",
    "FnMut",
    "FnOnce",
    "From",
    "FromIterator",
    "Hash",
    "Into",
    "IntoIterator",
    "Iterator",
    "None",
    "Ok",
    "Option",
    "Ord",
    "PartialEq",
    "PartialOrd",
    "Result",
    "Self",
    "Send",
    "Serialize",
    "Sized",
    "Some",
    "String",
    "Sync",
    "ToOwned",
    "ToString",
    "TryFrom",
    "TryInto",
    "Unpin",
    "Vec",
];

/// The names that the modules of operations and the root of the crate use as well.
const BUILDERS_IN_USE: &[&str] = &[
    "Bytes",
    "CallError",
    "Changes",
    "Client",
    "ClientBuilder",
    "DateTime",
    "Duration",
    "Error",
    "ErrorKind",
    "Extent",
    "File",
    "Future",
    "Id",
    "Infallible",
    "ItemError",
    "Items",
    "LenientItems",
    "Method",
    "Operation",
    "Overrides",
    "Pacing",
    "Paged",
    "Pages",
    "Quota",
    "RawResponse",
    "Request",
    "Response",
    "RetryPolicy",
    "Style",
    "Transport",
];

/// Names that a builder has for itself: its fields, its methods, and what its `send` calls things.
const SETTERS_IN_USE: &[&str] = &[
    "body",
    "body_map",
    "client",
    "clone",
    "extra_header",
    "extra_query",
    "new",
    "overrides",
    "pages",
    "request",
    "response",
    "retry",
    "send",
    "stream",
    "timeout",
];

impl Names {
    /// Returns names of types. Those that generated code uses itself are taken.
    #[must_use]
    pub fn of_types() -> Self {
        Self { taken: TYPES_IN_USE.iter().map(|name| (*name).to_owned()).collect() }
    }

    /// Returns names of builders. Those that their modules and the root of the crate use are taken as well.
    #[must_use]
    pub fn of_builders() -> Self {
        let names = TYPES_IN_USE.iter().chain(BUILDERS_IN_USE);
        Self { taken: names.map(|name| (*name).to_owned()).collect() }
    }

    /// Returns names of setters of credentials. Those of the methods that their type has for itself are taken.
    #[must_use]
    pub fn of_credentials() -> Self {
        let methods = ["clone", "default", "from", "into", "new", "to_owned", "try_from", "try_into"];
        Self { taken: methods.map(str::to_owned).into() }
    }

    /// Returns names of setters. Those that a builder has for itself, and those that `send` uses, are taken.
    #[must_use]
    pub fn of_setters() -> Self {
        Self { taken: SETTERS_IN_USE.iter().map(|name| (*name).to_owned()).collect() }
    }

    /// Returns whether the name is taken.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.taken.contains(name)
    }

    /// Takes the name, and returns whether it was free.
    pub fn take(&mut self, name: &str) -> bool {
        self.taken.insert(name.to_owned())
    }

    /// Takes the name, with a number behind it if it is not free, and returns it: `name`, `name2`, `name3`.
    pub fn unique(&mut self, name: &str) -> String {
        numbered(name, "", |candidate| self.take(candidate))
    }
}

/// Returns the first name that `take` accepts: the name itself, or the name with a number from 2 on behind it.
///
/// The separator stands between the name and the number. The number of a type's name replaces its last underscore:
/// `Self_2` would not be the name of a type, and typify would change it.
pub fn numbered(name: &str, separator: &str, mut take: impl FnMut(&str) -> bool) -> String {
    let is_type = name.starts_with(char::is_uppercase);
    let stem = if is_type { name.trim_end_matches('_') } else { name };
    let mut candidate = name.to_owned();
    let mut number = 2;
    while !take(&candidate) {
        candidate = format!("{stem}{separator}{number}");
        number += 1;
    }
    candidate
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_settled_name_does_not_change_again() {
        let letters = ['A', 'b', '1', '_'];
        let mut names = vec![String::new()];
        for _ in 0..5 {
            let longer: Vec<_> =
                names.iter().flat_map(|name| letters.iter().map(move |letter| format!("{name}{letter}"))).collect();
            for convert in [str::to_pascal_case, str::to_snake_case] {
                for name in longer.iter().map(|name| convert(name)).filter(|name| is_settled(name)) {
                    assert_eq!(convert(&name), name);
                }
            }
            for name in longer.iter().filter(|name| is_pascal(name)) {
                assert_eq!(name.to_pascal_case(), *name, "a name in this case needs no conversion");
            }
            names.extend(longer);
        }
        assert!(is_settled("OrderLine2") && is_settled("order_line2") && !is_settled("OrderA"));
    }

    #[test]
    fn names_become_identifiers() {
        for (text, type_, value) in [
            ("list_order_lines", "ListOrderLines", "list_order_lines"),
            ("Object Not Found(404)", "ObjectNotFound404", "object_not_found_404"),
            ("perPage", "PerPage", "per_page"),
            ("type", "Type", "type_"),
            ("Self", "Self_", "self_"),
            ("1", "N1", "n1"),
            ("a_b", "Ab", "a_b"),
            ("gen", "Gen", "gen_"),
            ("@", "Unnamed", "unnamed"),
            ("m²", "M", "m"),
            ("قائمة الطلبات", "قائمةالطلبات", "قائمة_الطلبات"),
        ] {
            assert_eq!((type_name(text).as_str(), value_name(text).as_str()), (type_, value), "{text}");
        }
    }

    #[test]
    fn a_type_that_belongs_to_a_builder_is_named_after_it() {
        assert_eq!(builder_companion("list_orders", "Error"), "ListOrdersError");
        assert_eq!((builder_name("self_"), builder_companion("self_", "Error")), ("Self_".into(), "SelfError".into()));
    }

    #[test]
    fn no_name_is_given_twice() {
        let mut names = Names::default();
        let given: Vec<_> = ["A", "A", "A2", "A"].into_iter().map(|name| names.unique(name)).collect();
        assert_eq!(given, ["A", "A2", "A22", "A3"]);
        let given: Vec<_> = ["Self_", "Self_", "type_", "type_"].into_iter().map(|name| names.unique(name)).collect();
        assert_eq!(given, ["Self_", "Self2", "type_", "type_2"]);
    }

    #[test]
    fn no_setter_has_the_name_of_a_method_that_every_builder_has() {
        for name in ["extra_header", "extra_query", "retry", "send", "timeout"] {
            assert_eq!(Names::of_setters().unique(name), format!("{name}2"));
        }
    }

    #[test]
    fn a_number_follows_the_separator() {
        let mut taken = BTreeSet::new();
        let mut unique = |name: &str| numbered(name, "_", |candidate| taken.insert(candidate.to_owned()));
        assert_eq!(["list", "list", "list"].map(&mut unique), ["list", "list_2", "list_3"]);
    }
}
