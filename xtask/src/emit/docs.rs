//! Documentation as attributes.

use proc_macro2::Span;
use syn::{AttrStyle, Attribute, File, Item, Token};

use super::markdown::visible;
use super::syntax::name_value;

/// Returns documentation with this text: one attribute for each line, which prettyplease prints as `///`.
pub fn attributes(text: &str) -> Vec<Attribute> {
    lines(text).iter().map(|line| name_value(AttrStyle::Outer, "doc", line)).collect()
}

/// Returns documentation of the module or crate that it is in.
pub fn inner_attributes(text: &str) -> Vec<Attribute> {
    let style = AttrStyle::Inner(Token![!](Span::call_site()));
    lines(text).iter().map(|line| name_value(style, "doc", line)).collect()
}

/// Replaces the documentation among the attributes of an item.
pub fn set(attributes: &mut Vec<Attribute>, text: &str) {
    attributes.retain(|attribute| !attribute.path().is_ident("doc"));
    attributes.splice(0..0, self::attributes(text));
}

/// Returns a source file with this documentation and these items.
pub fn file(text: &str, items: Vec<Item>) -> File {
    File { shebang: None, frontmatter: None, attrs: inner_attributes(text), items }
}

fn lines(text: &str) -> Vec<String> {
    let text = visible(text);
    // Every public item has documentation.
    let text = if text.trim().is_empty() { "(blank)" } else { &text };
    text.lines()
        .map(str::trim_end)
        .map(|line| if line.is_empty() { String::new() } else { [" ", line].concat() })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invisible_characters_are_left_out_of_comments() {
        assert_eq!(lines("a\r\nb\u{202e}c\rd"), [" a", " bc d"]);
        assert_eq!(lines("\u{2066}"), [" (blank)"], "every public item has documentation");
    }
}
