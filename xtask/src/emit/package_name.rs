//! The name of the emitted package: the one that was asked for, or one that the document gives.
//!
//! Whatever it is, cargo takes it, and the library that it names stands in the way of nothing that generated code
//! uses. It never depends on where the document or the crate lies.

use heck::ToKebabCase as _;

use crate::RUNTIME;
use crate::lower::notes::Notes;
use crate::lower::rust_name::is_keyword;

/// The longest name that a registry takes.
const LONGEST: usize = 64;

/// Names that mean something else to cargo or rustc, or that Windows has for its devices.
const RESERVED: &[&str] = &[
    "alloc",
    "core",
    "proc_macro",
    "std",
    "test",
    "aux",
    "com1",
    "com2",
    "com3",
    "com4",
    "com5",
    "com6",
    "com7",
    "com8",
    "com9",
    "con",
    "lpt1",
    "lpt2",
    "lpt3",
    "lpt4",
    "lpt5",
    "lpt6",
    "lpt7",
    "lpt8",
    "lpt9",
    "nul",
    "prn",
];

/// What the emitted crate depends on.
const DEPENDENCIES: &[&str] = &[RUNTIME, "serde", "serde_json", "regress"];

/// Checks a name that was asked for.
///
/// # Errors
///
/// Why the package cannot have it, as the end of a sentence.
pub fn check(name: &str) -> Result<(), String> {
    let Some(first) = name.chars().next() else { return Err("it is empty".to_owned()) };
    let is_allowed = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    if let Some(other) = name.chars().find(|c| !is_allowed(c)) {
        return Err(format!("it may have letters of ASCII, digits, `-` and `_`, and has {other:?}"));
    }
    if !first.is_ascii_alphabetic() {
        return Err("it has to begin with a letter".to_owned());
    }
    if name.len() > LONGEST {
        return Err(format!("it has {} characters, and may have {LONGEST}", name.len()));
    }
    let library = library(name);
    if is_keyword(&library) {
        return Err(format!("`{library}` is a keyword of Rust"));
    }
    if RESERVED.contains(&library.to_ascii_lowercase().as_str()) {
        return Err(format!("`{name}` is reserved"));
    }
    if DEPENDENCIES.iter().any(|dependency| self::library(dependency) == library) {
        return Err(format!("the crate depends on one of the name `{library}`"));
    }
    Ok(())
}

/// The name of a package's library, as code writes it.
#[must_use]
pub fn library(name: &str) -> String {
    name.replace('-', "_")
}

/// The name that the document gives: its title; else its operation, if it has only one; else the host of its server;
/// else `api-client`.
#[must_use]
pub fn of(notes: &Notes) -> String {
    let from_operation = || match notes.operations.as_slice() {
        [operation] => usable(&operation.name),
        _ => None,
    };
    let from_host = || usable(&reversed(notes.info.host.as_deref()?));
    usable(&notes.info.title).or_else(from_operation).or_else(from_host).unwrap_or_else(|| "api-client".to_owned())
}

/// The text as a name of a package; nothing where it has no letters of ASCII to make one of.
fn usable(text: &str) -> Option<String> {
    let ascii: String = text.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { ' ' }).collect();
    let name = cut(ascii.to_kebab_case());
    let of_client = format!("{name}-client");
    [name, of_client].into_iter().filter(|name| !name.starts_with('-')).find(|name| check(name).is_ok())
}

/// Not longer than a name may be, and without half words unless the first word is too long.
fn cut(mut name: String) -> String {
    if name.len() > LONGEST {
        let end = name[..=LONGEST].rfind('-').unwrap_or(LONGEST);
        name.truncate(end);
    }
    name
}

/// `api.example.dev` as `example api`: the labels from the right, without the last, which says nothing, and `www`.
fn reversed(host: &str) -> String {
    let labels: Vec<&str> = host.split('.').filter(|label| !label.eq_ignore_ascii_case("www")).collect();
    let named = if labels.len() > 1 { &labels[..labels.len() - 1] } else { &labels[..] };
    named.iter().rev().copied().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::lower::notes;

    fn named(title: &str, server: &str, operations: &[&str]) -> String {
        let paths: Value = operations
            .iter()
            .map(|id| (format!("/{id}"), json!({"get": {"operationId": id, "responses": {}}})))
            .collect::<serde_json::Map<_, _>>()
            .into();
        of(&notes::collect(&json!({"info": {"title": title}, "servers": [{"url": server}], "paths": paths})))
    }

    #[test]
    fn the_document_names_the_package_by_title_operation_or_host() {
        let (one, two) = (&["get_webhooks"][..], &["a", "b"][..]);
        for (title, server, operations, expected) in [
            ("Order Lines", "https://api.shop.dev/v2", one, "order-lines"),
            ("API 2.0", "", one, "api-2-0"),
            ("قائمة الطلبات", "https://api.shop.dev/v2", one, "get-webhooks"),
            ("", "https://api.shop.dev/v2", two, "shop-api"),
            ("3 wishes", "https://www.Example.com:8080/v2", two, "example"),
            ("", "http://localhost:3000", two, "localhost"),
            ("", "https://127.0.0.1", two, "api-client"),
            ("", "/v2", two, "api-client"),
            ("", "", &["نقاط"], "api-client"),
            ("Test", "", one, "test-client"),
            ("Serde", "", one, "serde-client"),
            ("serde_json", "", one, "serde-json-client"),
            ("Crate", "", one, "crate-client"),
            ("CON", "", one, "con-client"),
        ] {
            assert_eq!(named(title, server, operations), expected, "{title:?} {server:?}");
        }
    }

    #[test]
    fn a_long_title_is_cut_between_words() {
        let name = named(&"points of a customer ".repeat(9), "", &[]);
        assert_eq!(name, "points-of-a-customer-points-of-a-customer-points-of-a-customer");
        assert_eq!(named(&"x".repeat(99), "", &[]), "x".repeat(LONGEST));
        let exact = format!("{} {} tail", "a".repeat(30), "b".repeat(33));
        assert_eq!(named(&exact, "", &[]).len(), LONGEST, "a word that just fits stays");
    }

    #[test]
    fn a_name_that_cargo_or_the_crate_cannot_have_is_refused_with_the_reason() {
        for (name, expected) in [
            ("", "empty"),
            ("-a", "begin with a letter"),
            ("1a", "begin with a letter"),
            ("نقاط", "letters of ASCII"),
            ("a b", "has ' '"),
            ("a/b", "has '/'"),
            ("gen", "a keyword"),
            ("self", "a keyword"),
            ("crate", "a keyword"),
            ("async", "a keyword"),
            ("yield", "a keyword"),
            ("test", "reserved"),
            ("proc-macro", "reserved"),
            ("Nul", "reserved"),
            ("salla-runtime", "depends on"),
            ("salla_runtime", "depends on"),
            ("serde-json", "depends on"),
        ] {
            let reason = check(name).unwrap_err();
            assert!(reason.contains(expected), "{name}: {reason}");
        }
        assert!(check(&"x".repeat(65)).is_err());
        for name in ["a", "order-lines", "Orders_2", "generator", "serde-client"] {
            assert_eq!(check(name), Ok(()), "{name}");
        }
    }
}
