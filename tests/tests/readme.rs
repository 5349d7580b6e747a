//! The programs of the README: each is complete, and needs only the dependencies that the README lists. The documentation
//! tests of this package compile them.

use std::collections::BTreeSet;
use std::path::Path;

/// Returns the README.
fn readme() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md");
    std::fs::read_to_string(path).expect("the repository has a README").replace("\r\n", "\n")
}

/// Returns the code blocks of a language, without the words behind its name.
fn blocks<'a>(text: &'a str, language: &str) -> Vec<&'a str> {
    let mut blocks = Vec::new();
    let mut parts = text.split("```");
    while let (Some(_), Some(block)) = (parts.next(), parts.next()) {
        let (info, code) = block.split_once('\n').unwrap_or((block, ""));
        if info.split(',').next() == Some(language) {
            blocks.push(code);
        }
    }
    blocks
}

#[test]
fn each_program_is_complete_and_has_no_hidden_lines() {
    let readme = readme();
    let programs = blocks(&readme, "rust");
    assert!(programs.len() >= 8, "{} programs", programs.len());
    for program in programs {
        assert!(program.contains("fn main() -> Result<"), "expected a function `main`:\n{program}");
        let is_hidden = |line: &str| line.trim_start() == "#" || line.trim_start().starts_with("# ");
        assert!(!program.lines().any(is_hidden), "rustdoc hides a line that other readers see:\n{program}");
    }
}

#[test]
fn each_program_uses_only_the_listed_dependencies() {
    let readme = readme();
    let manifests = blocks(&readme, "toml");
    let [manifest] = &manifests[..] else { panic!("expected one list of dependencies, found {}", manifests.len()) };
    let keys = manifest.lines().filter_map(|line| line.split_once(" = "));
    let listed: BTreeSet<String> = keys.map(|(name, _)| name.replace('-', "_")).collect();
    for program in blocks(&readme, "rust") {
        let imports = program.lines().filter_map(|line| line.trim_start().strip_prefix("use "));
        let attributes = program.lines().filter_map(|line| line.trim_start().strip_prefix("#["));
        for path in imports.chain(attributes).filter(|path| path.contains("::")) {
            let name = path.split("::").next().unwrap_or_default();
            assert!(name == "std" || listed.contains(name), "`{name}` is not listed:\n{program}");
        }
    }
}
