//! Prints source files by prettyplease.

use syn::{File, Item};

use super::files::BANNER;

/// Returns the text of a source file. The items are printed one by one, because prettyplease leaves no blank lines
/// between them, and so are the attributes, which it would put on one line.
pub fn source(file: File) -> String {
    let mut out = format!("// {BANNER}. Do not edit.\n\n");
    for attribute in file.attrs {
        let line = prettyplease::unparse(&File { attrs: vec![attribute], ..file_of(Vec::new()) });
        out += line.trim_end();
        out.push('\n');
    }
    out += &items(file.items);
    out
}

/// Returns the text of items, which begins with a blank line, unless the first one is an import or a declared module.
pub fn items(all: Vec<Item>) -> String {
    let (mut out, mut last) = (String::new(), None);
    for item in all {
        let kind = Kind::of(&item);
        if kind == Kind::Long || last != Some(kind) {
            out.push('\n');
        }
        last = Some(kind);
        out += &spaced(&prettyplease::unparse(&file_of(vec![item])));
    }
    out
}

/// The kinds of items. No blank line is between two imports or two modules.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Import,
    Module,
    Long,
}

impl Kind {
    fn of(item: &Item) -> Self {
        match item {
            Item::Use(_) => Self::Import,
            Item::Mod(module) if module.content.is_none() => Self::Module,
            _ => Self::Long,
        }
    }
}

fn file_of(items: Vec<Item>) -> File {
    File { shebang: None, frontmatter: None, attrs: Vec::new(), items }
}

/// Returns the text with blank lines between the members of implementations and modules, as rustfmt leaves them.
fn spaced(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 20);
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        out += line;
        out.push('\n');
        if lines.peek().is_some_and(|next| ends_member(line, next)) {
            out.push('\n');
        }
    }
    out
}

/// Returns whether a member ends with a line, and another one begins with the next line.
fn ends_member(line: &str, next: &str) -> bool {
    const MEMBERS: &[&str] = &["///", "#[", "pub ", "pub(", "fn ", "async ", "impl", "type ", "const "];
    let (line_indent, line) = indented(line);
    let (next_indent, next) = indented(next);
    if line_indent == 0 || line_indent != next_indent || !MEMBERS.iter().any(|word| next.starts_with(word)) {
        return false;
    }
    let is_declaration = |line: &str| {
        let line = line.strip_prefix("pub ").unwrap_or(line);
        line.starts_with("type ") || line.starts_with("const ")
    };
    line == "}" || (is_declaration(line) && line.ends_with(';') && !is_declaration(next))
}

/// Returns the number of spaces in front of a line, and the rest of it.
fn indented(line: &str) -> (usize, &str) {
    let rest = line.trim_start_matches(' ');
    (line.len() - rest.len(), rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blank_line_is_between_the_functions_of_an_implementation() {
        let file = syn::parse_quote!(impl A { fn b() { if x { y(); } } });
        assert!(
            source(file).ends_with("impl A {\n    fn b() {\n        if x {\n            y();\n        }\n    }\n}\n")
        );
        let file = syn::parse_quote!(
            mod m {
                impl A {
                    type B = C;
                    const D: E = 1;
                    fn b() {
                        x();
                    }
                    pub fn c() {}
                }
            }
        );
        let body = "        type B = C;\n        const D: E = 1;\n\n        fn b() {\n            x();\n        }\n\n        pub fn c() {}\n";
        assert!(source(file).ends_with(&format!("mod m {{\n    impl A {{\n{body}    }}\n}}\n")));
        let file = syn::parse_quote!(use a::b; use c::d; impl A { fn b() { x(); } fn c() {} });
        assert!(
            source(file)
                .ends_with("use a::b;\nuse c::d;\n\nimpl A {\n    fn b() {\n        x();\n    }\n\n    fn c() {}\n}\n")
        );
    }
}
