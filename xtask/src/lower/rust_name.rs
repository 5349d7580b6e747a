//! Names of OpenAPI as names of Rust.
//!
//! The lowered document uses only names that progenitor leaves as they are, so that the passes know what it will
//! call things; the conversion here is therefore the same as progenitor's.

use std::collections::BTreeSet;

use heck::{ToPascalCase as _, ToSnakeCase as _};

/// A name for a type: `OrderLine`.
#[must_use]
pub fn type_name(text: &str) -> String {
    identifier(settled(&words(text), str::to_pascal_case), "Unnamed")
}

/// The name of the builder that progenitor makes of an operation's name: it converts once.
#[must_use]
pub fn builder_name(operation: &str) -> String {
    identifier(operation.to_pascal_case(), "Unnamed")
}

/// The name of a type that goes with the builder of an operation, such as its errors.
#[must_use]
pub fn builder_companion(operation: &str, suffix: &str) -> String {
    format!("{}{suffix}", builder_name(operation).trim_end_matches('_'))
}

/// A name for a function, a field or a parameter: `order_id`.
#[must_use]
pub fn value_name(text: &str) -> String {
    identifier(settled(&words(text), str::to_snake_case), "unnamed")
}

/// Whether a name that is an identifier in all other respects is a keyword.
#[must_use]
pub fn is_keyword(name: &str) -> bool {
    // `gen` is a keyword since Rust 2024, which syn's parser does not know.
    name == "gen" || syn::parse_str::<syn::Ident>(name).is_err()
}

/// The conversion until it changes nothing: progenitor and typify convert once more, and `AB` would become `Ab`.
fn settled(name: &str, convert: fn(&str) -> String) -> String {
    let mut name = convert(name);
    for _ in 0..4 {
        name = convert(&name);
    }
    name
}

fn words(text: &str) -> String {
    text.chars().filter(|c| *c != '\'').map(|c| if is_identifier_character(c) { c } else { '-' }).collect()
}

/// Not every letter or digit of Unicode is one of Rust's: `²` is not.
fn is_identifier_character(c: char) -> bool {
    c == '_'
        || c.is_ascii_alphanumeric()
        || (c.is_alphanumeric() && syn::parse_str::<syn::Ident>(&format!("a{c}")).is_ok())
}

fn identifier(name: String, fallback: &str) -> String {
    let name = match name.chars().next() {
        None => fallback.to_owned(),
        Some(first) if first.is_alphabetic() && syn::parse_str::<syn::Ident>(&format!("{first}a")).is_ok() => name,
        Some('_') => name,
        // A module and a type of the name `_1` would be one.
        Some(_) if fallback.starts_with('U') => format!("N{name}"),
        Some(_) => format!("n{name}"),
    };
    if is_keyword(&name) { format!("{name}_") } else { name }
}

/// Names that were given away, so that none is given twice.
#[derive(Debug, Default)]
pub struct Names {
    taken: BTreeSet<String>,
}

/// Names that generated types use themselves: those of the prelude, without which its traits would be out of reach, of
/// derives and of imports.
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

/// Names that the modules of operations, and the root of the crate, use besides.
const BUILDERS_IN_USE: &[&str] = &[
    "Bytes",
    "Client",
    "ClientBuilder",
    "DateTime",
    "Duration",
    "Error",
    "Extent",
    "File",
    "Future",
    "Id",
    "Infallible",
    "Items",
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

impl Names {
    /// Names of types: those that generated code uses itself are taken.
    #[must_use]
    pub fn of_types() -> Self {
        Self { taken: TYPES_IN_USE.iter().map(|name| (*name).to_owned()).collect() }
    }

    /// Names of builders: those that their modules and the crate's root use themselves are taken too.
    #[must_use]
    pub fn of_builders() -> Self {
        let names = TYPES_IN_USE.iter().chain(BUILDERS_IN_USE);
        Self { taken: names.map(|name| (*name).to_owned()).collect() }
    }

    /// Whether the name was given away before.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.taken.contains(name)
    }

    /// Whether the name can be given; it is taken then.
    pub fn take(&mut self, name: &str) -> bool {
        self.taken.insert(name.to_owned())
    }

    /// The name, with a number behind it if it was taken before.
    pub fn unique(&mut self, name: &str) -> String {
        let mut candidate = name.to_owned();
        let mut number = 2;
        // `Self_2` would be no type's name, and typify would call it otherwise.
        let is_type = name.starts_with(char::is_uppercase);
        let stem = if is_type { name.trim_end_matches('_') } else { name };
        while !self.taken.insert(candidate.clone()) {
            candidate = format!("{stem}{number}");
            number += 1;
        }
        candidate
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn what_goes_with_a_builder_is_named_after_it() {
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
}
