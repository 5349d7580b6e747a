//! The workspace of the crates that these tests generate: one for each document of the corpus, and the crates of the other
//! tests. One run of cargo builds them all.
//!
//! The workspace is in cargo's folder for temporary files, so that an unchanged document is not compiled again. It uses the
//! dependencies that were built for the tests of this repository.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use serde_json::Value;

use crate::corpus::{self, CONSUMED, CONSUMER};
use crate::support::{run, workspace};
use crate::{several, survives};

/// The name of the crate that uses other crates.
const CONSUMER_NAME: &str = "consumer";

/// The output of the generator for a document, and the numbers of its examples and tests.
pub struct Made {
    pub output: Vec<Value>,
    pub examples: u64,
    pub tests: usize,
}

impl Made {
    /// Returns the rules of its decisions.
    pub fn rules(&self) -> impl Iterator<Item = &str> {
        let notes = self.output.iter().filter(|line| line["severity"] == "note");
        notes.filter_map(|note| note["code"].as_str())
    }

    /// Returns the summary of the run.
    pub fn summary(&self) -> &Value {
        self.output.last().expect("the summary is the last line")
    }
}

/// The generated crates with tests, by their names.
pub struct Crates {
    pub made: BTreeMap<String, Made>,
}

/// Returns the folder of the workspace that the crates are members of.
pub fn folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_TARGET_TMPDIR"), "/emitted"))
}

/// Returns the name of the crate of a document.
pub fn name(document: &Path) -> String {
    document.file_stem().expect("a file has a name").to_string_lossy().into_owned()
}

/// Returns the crates, which are generated once for all tests.
pub fn crates() -> &'static Crates {
    static CRATES: OnceLock<Crates> = OnceLock::new();
    CRATES.get_or_init(|| {
        let documents =
            fs::read_dir(corpus::folder()).expect("the corpus is there").flatten().map(|entry| entry.path());
        let names: BTreeSet<String> = documents.map(|path| name(&path)).collect();
        prepare(&names);
        let spec = |name: &str| corpus::folder().join(format!("{name}.yaml"));
        let mut made: BTreeMap<_, _> =
            names.into_iter().map(|name| (name.clone(), generate(&spec(&name), &name))).collect();
        made.insert(several::NAME.to_owned(), several::generate());
        survives::generate();
        Crates { made }
    })
}

/// Writes the workspace before its crates, since the generator looks for one around them. Removes crates whose documents
/// are gone. Writes no file that has not changed, so that cargo does not build it again.
fn prepare(names: &BTreeSet<String>) {
    let others = [CONSUMER_NAME, several::NAME].into_iter().chain(survives::MEMBERS.iter().copied());
    let members: BTreeSet<&str> = names.iter().map(String::as_str).chain(others).collect();
    fs::create_dir_all(folder()).expect("cargo made the folder around it");
    for entry in fs::read_dir(folder()).expect("it is there").flatten() {
        let is_crate = entry.path().join("Cargo.toml").is_file();
        if is_crate && !members.contains(entry.file_name().to_string_lossy().as_ref()) {
            fs::remove_dir_all(entry.path()).expect("an old crate can be removed");
        }
    }
    let manifest = format!(
        "[workspace]\nresolver = \"3\"\nmembers = {members:?}\n\n[profile.dev]\ndebug = false\nincremental = false\n"
    );
    write_if_changed(&folder().join("Cargo.toml"), &manifest.replace('{', "[").replace('}', "]"));
    write_consumer();
    let lock = workspace().join("Cargo.lock");
    fs::copy(lock, folder().join("Cargo.lock")).expect("the versions of the workspace can be copied");
}

/// Writes the crate that uses other crates, as a user of them would. Its dependencies have the features that the tests of
/// this repository enable, so that they need not be built again.
fn write_consumer() {
    let folder = folder().join(CONSUMER_NAME);
    fs::create_dir_all(folder.join("tests/server")).expect("the folder around it was made");
    fs::create_dir_all(folder.join("src")).expect("the folder around it was made");
    let consumed = CONSUMED.iter().map(|name| format!("{name} = {{ path = \"../{name}\" }}\n"));
    let consumed: String = consumed.collect();
    let manifest = format!(
        "[package]\nname = {CONSUMER_NAME:?}\nedition = \"2024\"\n\n[features]\nmock = []\noauth = []\n\n\
         [dev-dependencies]\n{consumed}\
         hyper = {{ version = \"1\", features = [\"server\"] }}\n\
         hyper-util = {{ version = \"0.1\", features = [\"service\"] }}\n\
         serde = \"1\"\nserde_json = \"1\"\n\
         tokio = {{ version = \"1\", features = [\"io-util\", \"macros\", \"net\", \"process\", \"rt-multi-thread\", \"signal\", \"test-util\"] }}\n"
    );
    write_if_changed(&folder.join("Cargo.toml"), &manifest);
    write_if_changed(&folder.join("src/lib.rs"), "//! A user of the crates of the corpus.\n");
    for (name, text) in CONSUMER {
        write_if_changed(&folder.join(format!("tests/{name}.rs")), text);
    }
    write_if_changed(&folder.join("tests/server/mod.rs"), include_str!("server.rs"));
}

/// Writes a file of the workspace, unless it has this text already.
pub fn write_if_changed(path: &Path, text: &str) {
    if fs::read_to_string(path).ok().as_deref() != Some(text) {
        fs::write(path, text).expect("a file of the workspace can be written");
    }
}

/// Generates a crate with tests from a document or a folder of documents. The generator reports no error.
pub fn generate(spec: &Path, name: &str) -> Made {
    let out = folder().join(name);
    let [spec, out] = [spec, &out].map(|path| path.to_str().expect("its name is of Unicode"));
    let options = ["--examples", "widen", "--emit-tests", "--message-format", "json", "--verbose"];
    let arguments = [&["generate", "--spec", spec, "--out", out, "--name", name], &options[..]].concat();
    let run = run(&workspace(), &arguments).exits(0, name);
    let output: Vec<Value> =
        run.stdout.lines().map(|line| serde_json::from_str(line).expect("each line is an object")).collect();
    assert!(output.iter().all(|line| line["severity"] != "error"), "{name}: {output:#?}");
    let examples = output.last().and_then(|summary| summary["examples"].as_u64()).expect("the summary counts them");
    let tests = fs::read_to_string(folder().join(name).join("tests/examples.rs")).unwrap_or_default();
    Made { output, examples, tests: tests.matches("#[test]").count() }
}

/// Runs the tests of all crates once, and returns the output. The crates compile without a warning of rustc.
pub fn tested() -> &'static str {
    static TESTED: OnceLock<String> = OnceLock::new();
    TESTED.get_or_init(|| {
        let text = cargo(&["test", "--test", "*", "--no-fail-fast"], &[]);
        assert!(!text.lines().any(|line| line.starts_with("warning")), "{text}");
        text
    })
}

/// Runs cargo on the crates and returns its output. Fails if cargo fails. Everything that cargo needs was fetched for
/// this repository. All runs have the same features, so that dependencies are built once, and none of these features needs
/// a library of the system. Cargo before 1.91 ignores the folder of what was built, and builds the dependencies again.
pub fn cargo(command: &[&str], rest: &[&str]) -> String {
    crates();
    let built = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("it is in the target folder");
    let output = Command::new(env!("CARGO"))
        .args(command)
        .args(["--workspace", "--offline", "--quiet", "--features", "mock,oauth", "--target-dir", "target"])
        .args(rest)
        .env("CARGO_BUILD_BUILD_DIR", built)
        .env("RUSTDOCFLAGS", "--deny warnings")
        .current_dir(folder())
        .stdin(Stdio::null())
        .output()
        .expect("cargo starts");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let printed = format!("{}{}", text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "cargo {command:?}: {printed}");
    printed
}
