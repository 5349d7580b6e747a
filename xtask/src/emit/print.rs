//! From syntax trees to the bytes of a crate's files: prettyplease for the code, and the manifest and the README.

mod examples;
mod package;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Component, Path, PathBuf};

use syn::{File, Item};

pub use self::package::Package;
use crate::RUNTIME;
use crate::emit::files::{BANNER, Tree};
use crate::emit::package_name::library;
use crate::emit::passes::{Sources, code, example_call, markdown};
use crate::emit::workspace;
use crate::lower::notes::Notes;

/// The libraries that the crate depends on only if its code uses them.
const OPTIONAL: &[&str] = &["serde_json", "regress"];

/// The files of the crate.
#[must_use]
pub fn print(sources: Sources, notes: &Notes, package: &Package) -> Tree {
    let mut tree = Tree::new();
    let mut libraries = BTreeSet::new();
    for (path, file) in sources {
        let source = rust(file);
        libraries.extend(OPTIONAL.iter().filter(|library| source.contains(&format!("::{library}::"))));
        tree.insert(format!("src/{path}"), source.into_bytes());
    }
    tree.insert("Cargo.toml".to_owned(), manifest(notes, package, &libraries).into_bytes());
    if package.emit_tests {
        tree.extend(examples::files(notes, package));
    }
    tree.insert("README.md".to_owned(), readme(notes, package).into_bytes());
    tree
}

/// The items of a file one by one, so that a blank line stands between them, which prettyplease leaves out; and the
/// attributes, which it would put on one line.
fn rust(file: File) -> String {
    let mut out = format!("// {BANNER}. Do not edit.\n\n");
    for attribute in file.attrs {
        let line = prettyplease::unparse(&File { attrs: vec![attribute], ..file_of(Vec::new()) });
        out += line.trim_end();
        out.push('\n');
    }
    let mut last = None;
    for item in file.items {
        let kind = Kind::of(&item);
        if kind == Kind::Long || last != Some(kind) {
            out.push('\n');
        }
        last = Some(kind);
        out += &spaced(&prettyplease::unparse(&file_of(vec![item])));
    }
    out
}

/// Lines that go together stand together.
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

/// A blank line between the functions of an implementation.
fn spaced(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 20);
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        out += line;
        out.push('\n');
        if line == "    }" && lines.peek().is_some_and(|next| next.starts_with("    ") && !next.starts_with("     ")) {
            out.push('\n');
        }
    }
    out
}

/// Returns the manifest. It inherits nothing from a workspace, so the crate builds in any folder.
fn manifest(notes: &Notes, package: &Package, libraries: &BTreeSet<&str>) -> String {
    let mut out = format!("# {BANNER}. Do not edit.\n\n[package]\n");
    for (key, value) in [
        ("name", Some(package.name.as_str())),
        ("version", Some(&*semantic_version(&notes.info.version))),
        ("description", Some(&*notes.info.sentence())),
        ("edition", Some(workspace::package("edition"))),
        ("rust-version", Some(workspace::package("rust-version"))),
        ("license", notes.info.license.as_deref()),
        ("readme", Some("README.md")),
    ] {
        if let Some(value) = value {
            let _ = writeln!(out, "{key} = {}", toml_text(value));
        }
    }
    let _ = write!(
        out,
        "\n# What the crate was generated from: changes with every change of the document.\n\
         [package.metadata.openapi]\nversion = {}\nfingerprint = {}\n",
        toml_text(&notes.info.version),
        toml_text(&package.fingerprint),
    );
    let _ = write!(
        out,
        "\n[features]\ndefault = [\"rustls\"]\n\
         # TLS by rustls, or by the operating system.\n\
         rustls = [\"{RUNTIME}/rustls\"]\nnative-tls = [\"{RUNTIME}/native-tls\"]\n\
         # Access tokens that refresh themselves.\noauth = [\"{RUNTIME}/oauth\"]\n\
         # Responses without a network, for tests.\nmock = [\"{RUNTIME}/mock\"]\n\
         \n[package.metadata.docs.rs]\nall-features = true\n"
    );
    let _ = write!(
        out,
        "\n[dependencies]\n{RUNTIME} = {{ path = {}, version = {}, default-features = false }}\n\
         serde = {{ version = {}, features = [\"derive\"] }}\n",
        toml_text(&package.runtime),
        toml_text(workspace::version(RUNTIME)),
        toml_text(workspace::version("serde")),
    );
    for dependency in OPTIONAL.iter().filter(|library| libraries.contains(*library)) {
        let _ = writeln!(out, "{dependency} = {}", toml_text(workspace::version(dependency)));
    }
    if package.is_alone {
        out += "\n# The folder is inside of a workspace that the crate is no member of, which cargo takes for a slip.\n\
                [workspace]\n";
    }
    if package.emit_tests && !notes.examples.is_empty() && !libraries.contains("serde_json") {
        let _ = write!(out, "\n[dev-dependencies]\nserde_json = {}\n", toml_text(workspace::version("serde_json")));
    }
    out
}

/// The document's version as cargo writes versions, with what is missing behind it; the first of versions where it is
/// something else.
fn semantic_version(version: &str) -> String {
    let version = version.trim();
    let plain = version.strip_prefix(['v', 'V']).unwrap_or(version);
    let (numbers, more) = plain.split_at(plain.find(['-', '+']).unwrap_or(plain.len()));
    let mut parts: Vec<_> = numbers.split('.').collect();
    let is_date = parts.len() < 3 && more.get(1..).is_some_and(|more| more.starts_with(|c: char| c.is_ascii_digit()));
    if is_date || parts.len() > 3 || !parts.iter().all(|part| is_number(part)) || !is_suffix(more) {
        return "0.1.0".to_owned();
    }
    parts.resize(3, "0");
    parts.join(".") + more
}

fn is_number(text: &str) -> bool {
    text.parse::<u64>().is_ok_and(|number| number.to_string() == text)
}

/// Whether a text is what may stand behind the numbers of a version: a pre-release, a build, or both.
fn is_suffix(text: &str) -> bool {
    let (before, build) = text.split_once('+').map_or((text, None), |(before, build)| (before, Some(build)));
    let has_words = |text: &str| {
        let is_word_character = |c: char| c.is_ascii_alphanumeric() || c == '-';
        text.split('.').all(|word| !word.is_empty() && word.chars().all(is_word_character))
    };
    let has_numbers =
        |text: &str| text.split('.').all(|word| is_number(word) || word.contains(|c: char| !c.is_ascii_digit()));
    let before = before.strip_prefix('-');
    before.is_none_or(|before| has_words(before) && has_numbers(before)) && build.is_none_or(has_words)
}

fn toml_text(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn readme(notes: &Notes, package: &Package) -> String {
    let library = library(&package.name);
    let title = one_line(&markdown(&notes.info.title));
    let title = if title.is_empty() { &package.name } else { &title };
    let described = notes.info.description.as_ref().map(|description| markdown(description));
    let described = described.filter(|text| !text.is_empty()).unwrap_or_else(|| markdown(&notes.info.sentence()));
    let mut out = format!("<!-- {BANNER}. Do not edit. -->\n\n# {title}\n\n{described}\n\n");
    if let Some(call) = notes.operations.iter().find_map(example_call) {
        let _ = write!(
            out,
            "```rust,no_run\nuse {library}::Client;\n\n\
             # async fn example() -> Result<(), Box<dyn std::error::Error>> {{\n\
             let client = Client::from_env()?; // token and base URL from the environment\n\
             let answer = {call}.send().await?;\nprintln!(\"{{:?}}\", *answer);\n# Ok(())\n# }}\n```\n\n"
        );
    }
    if !notes.operations.is_empty() {
        out += "| operation | request | what it does |\n|---|---|---|\n";
    }
    for operation in &notes.operations {
        let _ = writeln!(
            out,
            "| `{name}` | {} | {} |",
            code(&format!("{} {}", operation.method.to_uppercase(), operation.path)).replace('|', "\\|"),
            operation.summary.as_deref().map(|text| one_line(&markdown(text)).replace('|', "\\|")).unwrap_or_default(),
            name = operation.name,
        );
    }
    out += "\nWhat can fail, and what stays reachable when it does, is described at `Error`. \
            TLS is a feature: `rustls` (the default) or `native-tls`. The feature `oauth` adds access tokens that refresh \
            themselves, the feature `mock` responses without a network for tests.\n";
    out
}

/// The path from one folder to another, both absolute and without `..`: relative, so that the checkout may stand
/// anywhere.
#[must_use]
pub fn relative(from: &Path, to: &Path) -> String {
    let (from, to): (Vec<_>, Vec<_>) = (from.components().collect(), to.components().collect());
    let shared = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let up = std::iter::repeat_n(Component::ParentDir, from.len() - shared);
    let path: PathBuf = up.chain(to[shared..].iter().copied()).collect();
    let path = path.to_string_lossy();
    // Elsewhere it is a character like any other.
    if cfg!(windows) { path.replace('\\', "/") } else { path.into_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_runtime_is_found_from_wherever_the_crate_is() {
        assert_eq!(relative(Path::new("/a/generated"), Path::new("/a/runtime")), "../runtime");
        assert_eq!(relative(Path::new("/tmp/x/y"), Path::new("/a/runtime")), "../../../a/runtime");
        #[cfg(unix)]
        assert_eq!(relative(Path::new("/a b/x"), Path::new("/a b/نقاط \"\\'/runtime")), "../نقاط \"\\'/runtime");
    }

    #[test]
    fn whatever_the_documents_version_is_the_crates_is_one_that_cargo_reads() {
        for (version, expected) in [
            ("1.2.3", "1.2.3"),
            ("1.0", "1.0.0"),
            ("v2", "2.0.0"),
            (" 1.2.3-beta+5 ", "1.2.3-beta+5"),
            ("1-rc.1", "1.0.0-rc.1"),
            ("1.0.0-2024", "1.0.0-2024"),
            ("2.0.0+05", "2.0.0+05"),
            ("2024-01-01", "0.1.0"),
            ("1.0.0-01", "0.1.0"),
            ("1.0.0-", "0.1.0"),
            ("1.0.0-a..b", "0.1.0"),
            ("1.0.0+a+b", "0.1.0"),
            ("1.2.3.4", "0.1.0"),
            ("1..2", "0.1.0"),
            ("99999999999999999999.0.0", "0.1.0"),
            ("v", "0.1.0"),
            ("٣", "0.1.0"),
            ("", "0.1.0"),
            ("1.0.0-β", "0.1.0"),
            ("01.0.0", "0.1.0"),
        ] {
            assert_eq!(semantic_version(version), expected);
        }
    }

    #[test]
    fn text_is_quoted_for_the_manifest() {
        assert_eq!(toml_text("a \"b\"\\\n"), r#""a \"b\"\\\u000A""#);
    }

    #[test]
    fn functions_of_an_implementation_stand_apart() {
        let file = syn::parse_quote!(impl A { fn b() { if x { y(); } } });
        assert!(
            rust(file).ends_with("impl A {\n    fn b() {\n        if x {\n            y();\n        }\n    }\n}\n")
        );
        let file = syn::parse_quote!(use a::b; use c::d; impl A { fn b() { x(); } fn c() {} });
        assert!(
            rust(file)
                .ends_with("use a::b;\nuse c::d;\n\nimpl A {\n    fn b() {\n        x();\n    }\n\n    fn c() {}\n}\n")
        );
    }
}
