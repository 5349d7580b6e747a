//! The name of the emitted package: that of the arguments, or one that is made from the document.
//!
//! cargo accepts the name, and the library does not hide a name that generated code uses. The name never depends on the
//! folder of the document or of the crate.

use heck::ToKebabCase as _;

use crate::RUNTIME;
use crate::model::Api;

/// The longest name that a registry takes.
const LONGEST: usize = 64;

/// Names that have another meaning for cargo or rustc, or that are devices of Windows.
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

/// The dependencies of the emitted crate.
const DEPENDENCIES: &[&str] = &[RUNTIME, "serde", "serde_json"];

/// Checks the name of the arguments.
///
/// # Errors
///
/// The reason why the package cannot have the name, as the end of a sentence.
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

/// Returns whether a name of ASCII letters, digits and `_` is a keyword.
fn is_keyword(name: &str) -> bool {
    // `gen` is a keyword since Rust 2024, which the parser of syn does not know.
    name == "gen" || syn::parse_str::<syn::Ident>(name).is_err()
}

/// Returns the name of the library of a package.
#[must_use]
pub fn library(name: &str) -> String {
    name.replace('-', "_")
}

/// Returns a name that is made from the title, from the only operation, or from the host of the server, or else
/// `api-client`.
#[must_use]
pub fn of(api: &Api) -> String {
    let from_operation = || match api.operations.as_slice() {
        [operation] => usable(&operation.name),
        _ => None,
    };
    let from_host = || usable(&reversed(api.info.host.as_deref()?));
    usable(&api.info.title).or_else(from_operation).or_else(from_host).unwrap_or_else(|| "api-client".to_owned())
}

/// Returns a text as the name of a package; none if it has no letters of ASCII.
fn usable(text: &str) -> Option<String> {
    let ascii: String = text.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { ' ' }).collect();
    let name = cut(ascii.to_kebab_case());
    let of_client = format!("{name}-client");
    [name, of_client].into_iter().filter(|name| !name.starts_with('-')).find(|name| check(name).is_ok())
}

/// Cuts a name to the longest one that is allowed, between words if the first one is not too long.
fn cut(mut name: String) -> String {
    if name.len() > LONGEST {
        let end = name[..=LONGEST].rfind('-').unwrap_or(LONGEST);
        name.truncate(end);
    }
    name
}

/// Returns the labels of a host from the right, without the last one and `www`: `api.example.dev` is `example api`.
fn reversed(host: &str) -> String {
    let labels: Vec<&str> = host.split('.').filter(|label| !label.eq_ignore_ascii_case("www")).collect();
    let named = if labels.len() > 1 { &labels[..labels.len() - 1] } else { &labels[..] };
    named.iter().rev().copied().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::super::testing::{api, operation};
    use super::*;

    fn named(title: &str, host: Option<&str>, operations: &[&str]) -> String {
        let mut api = api();
        (api.info.title, api.info.host) = (title.to_owned(), host.map(str::to_owned));
        api.operations.extend(operations.iter().map(|name| operation(name)));
        of(&api)
    }

    #[test]
    fn the_document_names_the_package_by_title_operation_or_host() {
        let (one, two) = (&["get_webhooks"][..], &["a", "b"][..]);
        for (title, host, operations, expected) in [
            ("Order Lines", Some("api.shop.dev"), one, "order-lines"),
            ("API 2.0", None, one, "api-2-0"),
            ("قائمة الطلبات", Some("api.shop.dev"), one, "get-webhooks"),
            ("", Some("api.shop.dev"), two, "shop-api"),
            ("3 wishes", Some("www.Example.com"), two, "example"),
            ("", Some("localhost"), two, "localhost"),
            ("", Some("127.0.0.1"), two, "api-client"),
            ("", None, &["نقاط"], "api-client"),
            ("Test", None, one, "test-client"),
            ("Serde", None, one, "serde-client"),
            ("serde_json", None, one, "serde-json-client"),
            ("Crate", None, one, "crate-client"),
            ("CON", None, one, "con-client"),
        ] {
            assert_eq!(named(title, host, operations), expected, "{title:?} {host:?}");
        }
    }

    #[test]
    fn a_long_title_is_cut_between_words() {
        let name = named(&"points of a customer ".repeat(9), None, &[]);
        assert_eq!(name, "points-of-a-customer-points-of-a-customer-points-of-a-customer");
        assert_eq!(named(&"x".repeat(99), None, &[]), "x".repeat(LONGEST));
        let exact = format!("{} {} tail", "a".repeat(30), "b".repeat(33));
        assert_eq!(named(&exact, None, &[]).len(), LONGEST, "a word that just fits stays");
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
