//! From syntax trees to the bytes of a crate's files: prettyplease for the code, and the manifest and the README.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Component, Path, PathBuf};

use syn::{File, Item};

use crate::RUNTIME;
use crate::lower::notes::Notes;
use crate::passes::{Sources, example_call, markdown};
use crate::tree::{BANNER, Tree};
use crate::workspace;

/// What the emitted crate is called, and what it is made from.
#[derive(Clone, Debug)]
pub struct Package {
    /// The name of the package.
    pub name: String,
    /// The fingerprint of the document.
    pub fingerprint: String,
    /// The path from the package's folder to the runtime's.
    pub runtime: String,
}

/// The libraries that the crate depends on only where its code names them.
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

/// The manifest stands alone: it inherits nothing, so that the crate builds wherever it is put.
fn manifest(notes: &Notes, package: &Package, libraries: &BTreeSet<&str>) -> String {
    let mut out = format!("# {BANNER}. Do not edit.\n\n[package]\n");
    let description = format!("A client of {}.", one_line(&notes.info.title));
    for (key, value) in [
        ("name", package.name.as_str()),
        ("version", semantic_version(&notes.info.version)),
        ("description", &description),
        ("edition", workspace::package("edition")),
        ("rust-version", workspace::package("rust-version")),
        ("license", workspace::package("license")),
        ("readme", "README.md"),
    ] {
        let _ = writeln!(out, "{key} = {}", toml_text(value));
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
         # Answers without a network, for tests.\nmock = [\"{RUNTIME}/mock\"]\n"
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
    out
}

/// The document's version where cargo can read it as one, else the first of versions.
fn semantic_version(version: &str) -> &str {
    let parts: Vec<_> = version.split('.').collect();
    let is_number = |part: &&str| part.parse::<u64>().is_ok_and(|number| number.to_string() == **part);
    if parts.len() == 3 && parts.iter().all(is_number) { version } else { "0.1.0" }
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
    let library = package.name.replace('-', "_");
    let mut out = format!("<!-- {BANNER}. Do not edit. -->\n\n# {}\n\n", one_line(&markdown(&notes.info.title)));
    if let Some(description) = &notes.info.description {
        let _ = write!(out, "{}\n\n", markdown(description));
    }
    if let Some(call) = notes.operations.iter().find_map(example_call) {
        let _ = write!(
            out,
            "```rust,no_run\nuse {library}::Client;\n\n\
             # async fn example() -> Result<(), Box<dyn std::error::Error>> {{\n\
             let client = Client::from_env()?; // token and base URL from the environment\n\
             let answer = {call}.send().await?;\nprintln!(\"{{:?}}\", *answer);\n# Ok(())\n# }}\n```\n\n"
        );
    }
    out += "| operation | request | what it does |\n|---|---|---|\n";
    for operation in &notes.operations {
        let _ = writeln!(
            out,
            "| `{name}` | `{} {}` | {} |",
            operation.method.to_uppercase(),
            operation.path,
            operation.summary.as_deref().map(|text| one_line(&markdown(text)).replace('|', "\\|")).unwrap_or_default(),
            name = operation.name,
        );
    }
    out += "\nWhat can fail, and what stays reachable when it does, is described at `Error`. \
            TLS is a feature: `rustls` (the default) or `native-tls`.\n";
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
    path.to_string_lossy().replace('\\', "/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_runtime_is_found_from_wherever_the_crate_is() {
        assert_eq!(relative(Path::new("/a/generated"), Path::new("/a/runtime")), "../runtime");
        assert_eq!(relative(Path::new("/tmp/x/y"), Path::new("/a/runtime")), "../../../a/runtime");
    }

    #[test]
    fn a_version_that_cargo_cannot_read_is_replaced() {
        for (version, expected) in
            [("1.2.3", "1.2.3"), ("2.0", "0.1.0"), ("", "0.1.0"), ("1.0.0-β", "0.1.0"), ("01.0.0", "0.1.0")]
        {
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
