//! The document's words as rustdoc.

use proc_macro2::{Ident, Span};
use syn::{AttrStyle, Attribute, Expr, ExprLit, Lit, LitStr, Meta, MetaNameValue, Token, token};

/// The widest line of documentation, in characters.
const WIDTH: usize = 100;

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
    text.lines().map(|line| if line.is_empty() { String::new() } else { format!(" {line}") }).collect()
}

/// A text of the document as Markdown that rustdoc takes without a warning, wrapped.
///
/// Descriptions are CommonMark (OpenAPI 3.0.3, "Rich Text Formatting"), which may hold what means something else
/// in rustdoc: brackets are links to items, code without a language is a test.
#[must_use]
pub fn markdown(text: &str) -> String {
    let mut out: Vec<String> = Vec::new();
    let mut fenced = false;
    for line in text.trim().lines() {
        let line = line.trim_end();
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
            out.push(if fenced { "```text".to_owned() } else { "```".to_owned() });
        } else if fenced {
            out.push(line.to_owned());
        } else if line.trim().is_empty() {
            if out.last().is_some_and(|last| !last.is_empty()) {
                out.push(String::new());
            }
        } else {
            wrap(&inline(line.trim_start()), &mut out);
        }
    }
    if fenced {
        out.push("```".to_owned());
    }
    out.join("\n")
}

fn wrap(line: &str, out: &mut Vec<String>) {
    // Tables and headings end with their line.
    if line.starts_with('|') || line.starts_with('#') {
        out.push(line.to_owned());
        return;
    }
    let indent = if line.starts_with("- ") || line.starts_with("* ") { "  " } else { "" };
    let mut current = String::new();
    for word in line.split(' ').filter(|word| !word.is_empty()) {
        // A word that would begin a list or a heading at the start of a line stays where it is.
        let may_break =
            !word.starts_with(['-', '+', '*', '#', '>', '|']) && !word.starts_with(|c: char| c.is_ascii_digit());
        if !current.trim().is_empty() && may_break && current.chars().count() + 1 + word.chars().count() > WIDTH {
            out.push(std::mem::replace(&mut current, indent.to_owned()));
        }
        if !current.trim().is_empty() {
            current.push(' ');
        }
        current.push_str(word);
    }
    out.push(current);
}

/// Escapes what rustdoc would take for a link, a tag or a bare URL; code spans stay as they are.
fn inline(line: &str) -> String {
    let mut out = String::new();
    for (index, part) in line.split('`').enumerate() {
        if index > 0 {
            out.push('`');
        }
        if index % 2 == 1 {
            out.push_str(part);
        } else {
            escape(part, &mut out);
        }
    }
    // An open code span would swallow the rest of the documentation.
    if line.matches('`').count() % 2 == 1 {
        out.push('`');
    }
    out
}

fn escape(text: &str, out: &mut String) {
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let link = markdown_link(rest);
        let taken = if let Some(length) = link {
            out.push_str(&rest[..length]);
            length
        } else if let Some(length) = autolink(rest) {
            out.push_str(&rest[..length]);
            length
        } else if rest.starts_with("https://") || rest.starts_with("http://") {
            let length = rest.find(|c: char| c.is_whitespace() || "<>()[]`".contains(c)).unwrap_or(rest.len());
            let url = rest[..length].trim_end_matches(['.', ',', ';', ':', '!', '?']);
            out.push('<');
            out.push_str(url);
            out.push('>');
            url.len()
        } else {
            if matches!(first, '[' | ']' | '<') {
                out.push('\\');
            }
            out.push(first);
            first.len_utf8()
        };
        rest = &rest[taken..];
    }
}

/// The length of `[text](url)` at the start of the text.
fn markdown_link(text: &str) -> Option<usize> {
    let inside = text.strip_prefix('[')?;
    let close = inside.find(']')?;
    let target = inside[close + 1..].strip_prefix('(')?;
    let end = target.find(')')?;
    let is_url = target.starts_with("http://") || target.starts_with("https://");
    (is_url && !inside[..close].contains('[')).then_some(1 + close + 1 + 1 + end + 1)
}

/// The length of `<https://…>` at the start of the text.
fn autolink(text: &str) -> Option<usize> {
    let inside = text.strip_prefix('<')?;
    let close = inside.find('>')?;
    let is_url = inside.starts_with("http://") || inside.starts_with("https://");
    (is_url && !inside[..close].contains(char::is_whitespace)).then_some(close + 2)
}

/// A text as code in Markdown.
pub fn code(text: &str) -> String {
    let text = text.replace(['\n', '\r'], " ");
    if text.trim().is_empty() {
        "(blank)".to_owned()
    } else if text.contains('`') {
        format!("`` {text} ``")
    } else {
        format!("`{text}`")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_rustdoc_would_misread_is_escaped() {
        for (text, expected) in [
            ("an [array] of <b>", "an \\[array\\] of \\<b>"),
            ("see https://docs.example.com.", "see <https://docs.example.com>."),
            ("see <https://a.b/c> and [d](https://e.f)", "see <https://a.b/c> and [d](https://e.f)"),
            ("`[kept]` and `open", "`[kept]` and `open`"),
            ("    indented code", "indented code"),
            ("```\nlet x\n", "```text\nlet x\n```"),
            ("a\n\n\n\nb", "a\n\nb"),
        ] {
            assert_eq!(markdown(text), expected, "{text}");
        }
    }

    #[test]
    fn long_lines_are_wrapped_and_no_word_becomes_a_list() {
        let text = format!("{} - {}", "word ".repeat(20).trim(), "tail ".repeat(10).trim());
        let wrapped = markdown(&text);
        assert!(wrapped.lines().count() > 1);
        assert!(wrapped.lines().all(|line| !line.starts_with('-')), "{wrapped}");
        assert_eq!(wrapped.replace('\n', " "), text);
    }
}
