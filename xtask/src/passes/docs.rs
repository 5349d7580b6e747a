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

/// A name of the document as a span of code, whatever it holds.
#[must_use]
pub fn code(text: &str) -> String {
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    if longest == 0 && !text.trim().is_empty() {
        return format!("`{text}`");
    }
    let fence = "`".repeat(longest + 1);
    format!("{fence} {text} {fence}")
}

/// A text of the document as Markdown that rustdoc takes without a warning, wrapped.
///
/// Descriptions are CommonMark (OpenAPI 3.0.3, "Rich Text Formatting"), which may hold what means something else
/// in rustdoc: brackets are links to items, code without a language is a test.
#[must_use]
pub fn markdown(text: &str) -> String {
    let mut out: Vec<String> = Vec::new();
    let mut open: Option<Fence> = None;
    // What goes on with a list or a quotation says so, which CommonMark does not ask for and clippy does.
    let mut lead = String::new();
    for line in text.trim().lines() {
        let line = line.replace('\t', "    ");
        let line = line.trim_end();
        match (Fence::of(line), &open) {
            (Some(fence), Some(opened)) if fence.closes(opened) => {
                out.push(opened.marks());
                open = None;
            }
            (_, Some(_)) => out.push(line.to_owned()),
            (Some(fence), None) => {
                lead.clear();
                out.push(format!("{}text", fence.marks()));
                open = Some(fence);
            }
            (None, None) if line.trim().is_empty() => {
                lead.clear();
                if out.last().is_some_and(|last| !last.is_empty()) {
                    out.push(String::new());
                }
            }
            (None, None) => {
                let line = inline(line.trim_start());
                let own = lead_behind(&line);
                let continues = own.is_none() && !line.starts_with(['|', '#']);
                wrap(
                    &if continues { format!("{lead}{line}") } else { line },
                    own.as_deref().unwrap_or(&lead),
                    &mut out,
                );
                lead = own.unwrap_or(lead);
            }
        }
    }
    out.extend(open.map(|fence| fence.marks()));
    out.join("\n")
}

/// The line that opens or closes a block of code.
struct Fence {
    mark: char,
    length: usize,
    has_words: bool,
}

impl Fence {
    /// The fence that a line is, in a list or in a quotation as well: rustdoc would take what it encloses for a test.
    fn of(line: &str) -> Option<Self> {
        let is_marker = |c: char| c.is_whitespace() || c.is_ascii_digit() || ">-*+.)".contains(c);
        let line = line.trim_start_matches(is_marker);
        let mark = line.chars().next().filter(|c| ['`', '~'].contains(c))?;
        let rest = line.trim_start_matches(mark);
        let length = line.len() - rest.len();
        // What has a mark behind it is a span of code.
        let is_fence = length >= 3 && !(mark == '`' && rest.contains('`'));
        is_fence.then(|| Self { mark, length, has_words: !rest.trim().is_empty() })
    }

    fn closes(&self, opened: &Self) -> bool {
        self.mark == opened.mark && self.length >= opened.length && !self.has_words
    }

    fn marks(&self) -> String {
        self.mark.to_string().repeat(self.length)
    }
}

/// What the lines behind this one begin with, if it begins a list item or a quotation.
fn lead_behind(line: &str) -> Option<String> {
    let (marker, _) = line.split_once(' ')?;
    let digits = marker.trim_end_matches(['.', ')']);
    let is_number = digits.len() + 1 == marker.len() && digits.len() < 10 && digits.bytes().all(|c| c.is_ascii_digit());
    match marker {
        ">" => Some("> ".to_owned()),
        "-" | "*" | "+" => Some("  ".to_owned()),
        _ => (is_number && !digits.is_empty()).then(|| " ".repeat(marker.len() + 1)),
    }
}

/// Wraps a line; the lines that it is continued on begin with `lead`.
fn wrap(line: &str, lead: &str, out: &mut Vec<String>) {
    // Tables and headings end with their line.
    if line.starts_with('|') || line.starts_with('#') {
        out.push(line.to_owned());
        return;
    }
    let mut current: String = line.chars().take_while(|c| *c == ' ').collect();
    let mut is_empty = true;
    for word in line.split(' ').filter(|word| !word.is_empty()) {
        // A word that would begin a list or a heading at the start of a line stays where it is.
        let may_break =
            !word.starts_with(['-', '+', '*', '#', '>', '|']) && !word.starts_with(|c: char| c.is_ascii_digit());
        if !is_empty && may_break && current.chars().count() + 1 + word.chars().count() > WIDTH {
            out.push(std::mem::replace(&mut current, lead.to_owned()));
            is_empty = true;
        }
        if !is_empty {
            current.push(' ');
        }
        current.push_str(word);
        is_empty = false;
    }
    out.push(current);
}

/// Escapes what rustdoc would take for a link, a tag or a bare URL; code spans stay as they are, and what opens one
/// that does not close is escaped: it would swallow the rest of the documentation.
fn inline(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some(start) = rest.find('`') {
        let (before, from) = rest.split_at(start);
        let is_escaped = before.chars().rev().take_while(|c| *c == '\\').count() % 2 == 1;
        let length = if is_escaped { 1 } else { from.len() - from.trim_start_matches('`').len() };
        let (marks, behind) = from.split_at(length);
        escape(before, &mut out);
        rest = behind;
        match closing(behind, length).filter(|_| !is_escaped) {
            Some(end) => {
                out.push_str(marks);
                out.push_str(&behind[..end + length]);
                rest = &behind[end + length..];
            }
            None if is_escaped => out.push('`'),
            None => out.push_str(&"\\`".repeat(length)),
        }
    }
    escape(rest, &mut out);
    out
}

/// Where a code span closes that so many marks have opened.
fn closing(text: &str, length: usize) -> Option<usize> {
    let mut at = 0;
    while let Some(start) = text[at..].find('`') {
        let from = &text[at + start..];
        let marks = from.len() - from.trim_start_matches('`').len();
        if marks == length {
            return Some(at + start);
        }
        at += start + marks;
    }
    None
}

fn escape(text: &str, out: &mut String) {
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let taken = if let Some((text, link, length)) = markdown_link(rest) {
            out.push('[');
            escape(text, out);
            out.push_str(link);
            length
        } else if let Some(length) = autolink(rest) {
            out.push_str(&rest[..length]);
            length
        } else if rest.starts_with("https://") || rest.starts_with("http://") {
            let length = rest.find(|c: char| c.is_whitespace() || "<>()[]`\"".contains(c)).unwrap_or(rest.len());
            let url = rest[..length].trim_end_matches(['.', ',', ';', ':', '!', '?', '*', '_', '\'', '\\']);
            out.push('<');
            out.push_str(url);
            out.push('>');
            url.len()
        } else if first == '\\' && rest[1..].starts_with(|c: char| c.is_ascii_punctuation()) {
            // What is escaped stays escaped, and a sign that is escaped escapes nothing.
            out.push_str(&rest[..2]);
            2
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

/// The text of a link at the start of the text, all behind its text, and the length of the whole.
fn markdown_link(text: &str) -> Option<(&str, &str, usize)> {
    let inside = text.strip_prefix('[')?;
    let close = inside.find(']')?;
    let target = inside[close + 1..].strip_prefix('(')?;
    let end = target.find(')')?;
    let is_url = (target.starts_with("http://") || target.starts_with("https://"))
        && !target[..end].contains(|c: char| c.is_whitespace() || "<>[]\\".contains(c));
    let length = close + 1 + 1 + end + 1;
    let is_plain = !inside[..close].contains(['[', '\\']) && !inside[..close].contains("http");
    (is_url && is_plain).then(|| (&inside[..close], &inside[close..length], 1 + length))
}

/// The length of `<https://…>` at the start of the text.
fn autolink(text: &str) -> Option<usize> {
    let inside = text.strip_prefix('<')?;
    let close = inside.find('>')?;
    let is_url = inside.starts_with("http://") || inside.starts_with("https://");
    (is_url && !inside[..close].contains(char::is_whitespace)).then_some(close + 2)
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
            ("`[kept]` and `open", "`[kept]` and \\`open"),
            ("``a`[b]`` and ```[c]", "``a`[b]`` and \\`\\`\\`\\[c\\]"),
            ("\\[a] \\\\[b] \\<c>", "\\[a\\] \\\\\\[b\\] \\<c>"),
            ("[<b>](https://e.f) and [x](y)", "[\\<b>](https://e.f) and \\[x\\](y)"),
            ("**https://a.b**", "**<https://a.b>**"),
            ("    indented code", "indented code"),
            ("```\nlet x\n", "```text\nlet x\n```"),
            ("~~~rust\nlet x\n```\n~~~\na", "~~~text\nlet x\n```\n~~~\na"),
            ("````\n```\nlet x\n````", "````text\n```\nlet x\n````"),
            ("- ```\n  let x\n  ```\n", "```text\n  let x\n```"),
            ("> ~~~\n> let x", "~~~text\n> let x\n~~~"),
            ("-\t\tlet x", "- let x"),
            ("- a\nb\n\nc", "- a\n  b\n\nc"),
            ("12. a\nb\n13. c", "12. a\n    b\n13. c"),
            ("> a\nb", "> a\n> b"),
            ("a\n\n\n\nb", "a\n\nb"),
        ] {
            assert_eq!(markdown(text), expected, "{text}");
        }
    }

    #[test]
    fn names_are_code_whatever_they_hold() {
        for (text, expected) in [("a", "`a`"), ("a`b", "`` a`b ``"), ("``", "``` `` ```"), ("a\nb", "`a b`")] {
            assert_eq!(code(text), expected);
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
