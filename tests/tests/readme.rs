//! The programs of the README and of the guide: each is complete, and needs only the dependencies that the README lists. The
//! documentation tests of this package compile them.

use std::collections::BTreeSet;
use std::path::Path;

/// The most lines of a README that a reader sees on three screens.
const THREE_SCREENS: usize = 150;

/// Returns a file of the repository.
fn read(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name);
    std::fs::read_to_string(path).expect("the repository has the file").replace("\r\n", "\n")
}

/// Returns the README and the guide.
fn pages() -> String {
    [read("README.md"), read("GUIDE.md")].concat()
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
    let pages = pages();
    let programs = blocks(&pages, "rust");
    assert!(programs.len() >= 8, "{} programs", programs.len());
    for program in programs {
        assert!(program.contains("fn main() -> Result<"), "expected a function `main`:\n{program}");
        let is_hidden = |line: &str| line.trim_start() == "#" || line.trim_start().starts_with("# ");
        assert!(!program.lines().any(is_hidden), "rustdoc hides a line that other readers see:\n{program}");
    }
}

#[test]
fn each_program_uses_only_the_listed_dependencies() {
    let pages = pages();
    let manifests = blocks(&pages, "toml");
    let [manifest] = &manifests[..] else { panic!("expected one list of dependencies, found {}", manifests.len()) };
    let keys = manifest.lines().filter_map(|line| line.split_once(" = "));
    let listed: BTreeSet<String> = keys.map(|(name, _)| name.replace('-', "_")).collect();
    for program in blocks(&pages, "rust") {
        let imports = program.lines().filter_map(|line| line.trim_start().strip_prefix("use "));
        let attributes = program.lines().filter_map(|line| line.trim_start().strip_prefix("#["));
        for path in imports.chain(attributes).filter(|path| path.contains("::")) {
            let name = path.split("::").next().unwrap_or_default();
            assert!(name == "std" || listed.contains(name), "`{name}` is not listed:\n{program}");
        }
    }
}

#[test]
fn the_readme_fits_on_three_screens() {
    let lines = read("README.md").lines().count();
    assert!(
        lines <= THREE_SCREENS,
        "{lines} lines: move what is not for a first reader to the page that it belongs to"
    );
}

/// The pages for readers, from the root of the repository.
const PAGES: &[&str] = &[
    "README.md",
    "GUIDE.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "CHANGELOG.md",
    "spec/README.md",
    "xtask/README.md",
    "xtask/tests/conformance/README.md",
    "generated/README.md",
    "runtime/README.md",
    "tests/README.md",
];

/// Returns the targets of the links of a page that lead to files of the repository.
fn links(page: &str) -> Vec<String> {
    let targets = page.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    targets.filter(|target| !target.contains("://") && !target.contains(' ')).map(str::to_owned).collect()
}

/// Returns the anchors of the headings of a page, as GitHub makes them.
fn anchors(page: &str) -> BTreeSet<String> {
    let headings = page.lines().filter(|line| line.starts_with('#')).map(|line| line.trim_start_matches('#').trim());
    headings
        .map(|heading| {
            let kept = heading
                .to_lowercase()
                .chars()
                .filter(|c| c.is_alphanumeric() || " -_".contains(*c))
                .collect::<String>();
            kept.replace(' ', "-")
        })
        .collect()
}

#[test]
fn each_link_leads_to_a_file_and_a_heading() {
    for page in PAGES {
        for link in links(&read(page)) {
            let (file, anchor) = link.split_once('#').unwrap_or((&link, ""));
            let target = match file {
                "" => Path::new(page).to_path_buf(),
                file => Path::new(page).parent().expect("a folder").join(file),
            };
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(&target);
            assert!(path.exists(), "{page}: {link} does not exist");
            let is_there = anchor.is_empty() || anchors(&read(&target.to_string_lossy())).contains(anchor);
            assert!(is_there, "{page}: {link} has no such heading");
        }
    }
}
