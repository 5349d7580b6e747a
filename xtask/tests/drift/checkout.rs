//! A checkout of the project in a folder of its own: its manifest, its contract and its crate.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, SystemTime};

use serde_yaml::Value;

use crate::support::{Fixture, Run, workspace, xtask};

pub struct Checkout(Fixture);

impl Checkout {
    /// Returns a checkout with the manifest and the contract, and no crate yet.
    pub fn new() -> Self {
        let checkout = Self(Fixture::new());
        checkout.0.write("Cargo.toml", fs::read(workspace().join("Cargo.toml")).unwrap());
        checkout.reset();
        checkout
    }

    /// Returns a checkout with its crate.
    pub fn generated() -> Self {
        let checkout = Self::new();
        checkout.generate("a new checkout");
        checkout
    }

    pub fn root(&self) -> &Path {
        self.0.path()
    }

    /// Runs the generator in the folder of the checkout.
    pub fn run(&self, arguments: &[&str]) -> Run {
        self.0.run(arguments)
    }

    pub fn out(&self) -> PathBuf {
        self.root().join("generated")
    }

    pub fn spec(&self) -> PathBuf {
        self.root().join("spec/loyalty-points.yaml")
    }

    pub fn tree(&self) -> Tree {
        tree_of(&self.out())
    }

    /// Writes the contract of the repository.
    pub fn reset(&self) {
        self.0.write("spec/loyalty-points.yaml", contract_text());
    }

    /// Changes the contract. The order of its fields is kept, and its comments are not.
    pub fn edit(&self, edit: impl Fn(&mut Value)) {
        let text = fs::read_to_string(self.spec()).unwrap();
        let before: Value = serde_yaml::from_str(&text).unwrap();
        let mut contract = before.clone();
        edit(&mut contract);
        let (before, after) = (serde_yaml::to_string(&before).unwrap(), serde_yaml::to_string(&contract).unwrap());
        assert_ne!(before, after, "the edit changes something");
        fs::write(self.spec(), after).unwrap();
    }

    /// Runs `generate`, and returns the lines about files.
    pub fn generate(&self, why: &str) -> Vec<String> {
        let run = self.run(&["generate"]).exits(0, why);
        assert!(!run.stderr.contains("error"), "{why}: {run:#?}");
        let mut lines: Vec<_> = run.stdout.lines().map(str::to_owned).collect();
        let summary = lines.pop().unwrap_or_default();
        assert!(summary.starts_with("generated: ") && summary.ends_with(" ms)"), "{why}: {run:#?}");
        lines
    }

    pub fn assert_clean(&self, why: &str) {
        let run = self.run(&["check"]).exits(0, why);
        assert_eq!((run.stdout.lines().count(), run.stderr.as_str()), (1, ""), "{why}");
    }

    pub fn assert_drift(&self, lines: &[&str], why: &str) -> Run {
        let run = self.run(&["check"]).exits(1, why);
        for line in lines {
            assert!(run.stdout.lines().any(|found| found == *line), "{why}: `{line}` is missing in {run:#?}");
        }
        assert!(run.stderr.contains("error: generated has drifted from spec/loyalty-points.yaml in "), "{run:#?}");
        assert!(run.stderr.ends_with(" cargo xtask generate\n"), "{why}: {run:#?}");
        run
    }

    /// Returns the entries in the folder of the checkout that the tests did not put there.
    pub fn beside(&self) -> Vec<String> {
        let known = ["Cargo.toml", "spec", "generated", "elsewhere", "elsewhere.rs", "documents"];
        let names = fs::read_dir(self.root()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.filter(|name| !known.contains(&name.as_str())).collect()
    }

    pub fn assert_nothing_beside(&self, why: &str) {
        assert_eq!(self.beside(), [""; 0], "{why}: something is left beside the folder");
    }

    /// Sets the time of all files of the crate to long ago.
    pub fn age(&self) {
        for path in self.files() {
            File::options().append(true).open(self.out().join(path)).unwrap().set_modified(long_ago()).unwrap();
        }
        assert_eq!(self.touched(), [""; 0]);
    }

    /// Returns the files that were written since [`age`](Self::age) was called.
    pub fn touched(&self) -> Vec<String> {
        let is_touched = |path: &String| fs::metadata(self.out().join(path)).unwrap().modified().unwrap() != long_ago();
        self.files().into_iter().filter(is_touched).collect()
    }

    /// Returns the paths of the files of the crate.
    pub fn files(&self) -> Vec<String> {
        self.tree().into_keys().filter(|path| self.out().join(path).is_file()).collect()
    }

    /// Generates the crates of two documents, which differ in every one of many files. The second crate is in place.
    pub fn two_documents(&self) -> [Tree; 2] {
        [0, 1].map(|which| {
            write(self.root(), &format!("documents/{which}.yaml"), &large_document(which));
            Run::of(&mut self.generate_command(which)).exits(0, "a large document");
            self.tree()
        })
    }

    pub fn generate_command(&self, which: usize) -> Command {
        xtask(self.root(), &["generate", "--spec", &format!("documents/{which}.yaml"), "--out", "generated"])
    }

    pub fn start_generate(&self, which: usize) -> Child {
        self.start(&["generate", "--spec", &format!("documents/{which}.yaml"), "--out", "generated"])
    }

    pub fn start(&self, arguments: &[&str]) -> Child {
        xtask(self.root(), arguments).stdout(Stdio::null()).spawn().unwrap()
    }
}

/// The paths and the contents of the files below a folder.
pub type Tree = BTreeMap<String, Vec<u8>>;

/// Returns the files below a folder. Empty folders, links and the like have an entry with a name of their kind.
pub fn tree_of(folder: &Path) -> Tree {
    let mut tree = Tree::new();
    collect(folder, "", &mut tree);
    tree
}

fn collect(folder: &Path, prefix: &str, tree: &mut Tree) {
    let entries: Vec<_> =
        fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())).collect();
    if entries.is_empty() {
        tree.insert(format!("{prefix} (empty)"), Vec::new());
    }
    for entry in entries {
        let entry = entry.unwrap();
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            collect(&entry.path(), &format!("{name}/"), tree);
        } else if kind.is_file() {
            tree.insert(name, fs::read(entry.path()).unwrap());
        } else {
            tree.insert(format!("{name} (other)"), Vec::new());
        }
    }
}

/// Asserts that two trees are the same to the last byte, and names the files that are not.
#[track_caller]
pub fn assert_same(found: &Tree, wanted: &Tree, why: &str) {
    let paths: BTreeSet<_> = found.keys().chain(wanted.keys()).collect();
    let different: Vec<_> = paths.into_iter().filter(|path| found.get(*path) != wanted.get(*path)).collect();
    assert!(different.is_empty(), "{why}: not as it should be: {different:?}");
}

pub fn committed() -> Tree {
    tree_of(&workspace().join("generated"))
}

pub fn contract_text() -> String {
    fs::read_to_string(workspace().join("spec/loyalty-points.yaml")).unwrap().replace("\r\n", "\n")
}

pub fn write(folder: &Path, path: &str, text: &str) {
    let path = if path.is_empty() { folder.to_owned() } else { folder.join(path) };
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// Returns a text below the banner of a generated file.
pub fn generated(text: &str) -> String {
    format!("// @generated by `cargo xtask generate`. Do not edit.\n{text}")
}

/// Sorts the lines by the paths that they are about.
pub fn sorted(lines: &[String]) -> Vec<String> {
    let mut lines = lines.to_vec();
    lines.sort_by(|a, b| a.split(' ').nth(1).cmp(&b.split(' ').nth(1)));
    lines
}

pub fn assert_diff(run: &Run, path: &str, why: &str) {
    let header = format!("--- a/generated/{path}\n+++ b/generated/{path}\n@@ -");
    assert!(run.stdout.contains(&header), "{why}: there is no unified diff in {run:#?}");
}

fn long_ago() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000)
}

/// Returns a document whose operations each have a file of their own, all of which change with `which`.
pub fn large_document(which: usize) -> String {
    let mut text = format!("openapi: 3.0.3\ninfo: {{title: Large, version: 0.{which}.0}}\npaths:\n");
    for number in 0..20 {
        text += &format!(
            "  /a{number}:\n    get:\n      operationId: get_a{number}\n      summary: Of document {which}.\n      \
             responses: {{'204': {{description: d}}}}\n"
        );
    }
    text
}

/// Returns the operation of the contract.
pub fn operation(contract: &mut Value) -> &mut Value {
    &mut contract["paths"]["/customers/loyalty/points"]["get"]
}
