//! The document's words as rustdoc.

use proc_macro2::{Ident, Span};
use syn::{AttrStyle, Attribute, Expr, ExprLit, Lit, LitStr, Meta, MetaNameValue, Token, token};

use super::markdown::visible;
pub use super::markdown::{code, markdown};

/// Documentation with this text: one attribute a line, which prettyplease prints as `///`.
pub fn attributes(text: &str) -> Vec<Attribute> {
    lines(text).iter().map(|line| attribute(line, AttrStyle::Outer)).collect()
}

/// The same for the inside of a module or a crate.
pub fn inner_attributes(text: &str) -> Vec<Attribute> {
    lines(text).iter().map(|line| attribute(line, AttrStyle::Inner(Token![!](Span::call_site())))).collect()
}

/// Built and not parsed: there are hundreds of them in a crate.
fn attribute(line: &str, style: AttrStyle) -> Attribute {
    let value = Expr::Lit(ExprLit { attrs: Vec::new(), lit: Lit::Str(LitStr::new(line, Span::call_site())) });
    Attribute {
        pound_token: Token![#](Span::call_site()),
        style,
        bracket_token: token::Bracket::default(),
        meta: Meta::NameValue(MetaNameValue {
            path: Ident::new("doc", Span::call_site()).into(),
            eq_token: Token![=](Span::call_site()),
            value,
        }),
    }
}

fn lines(text: &str) -> Vec<String> {
    let lines: Vec<_> = visible(text).lines().map(|line| format!(" {line}").trim_end().to_owned()).collect();
    // Nothing that is public is without documentation.
    if lines.iter().all(String::is_empty) { vec![" (blank)".to_owned()] } else { lines }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_does_not_get_into_comments() {
        assert_eq!(lines("a\r\nb\u{202e}c\rd"), [" a", " bc d"]);
        assert_eq!(lines("\u{2066}"), [" (blank)"], "what is public is documented");
    }
}
