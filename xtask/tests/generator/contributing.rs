//! The code blocks of CONTRIBUTING.md are in the generator.

use std::fs;
use std::path::Path;

use crate::support::workspace;

/// Returns the code blocks of a text that begin with the path of their file, each with that path.
fn samples(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let blocks = text.split("```rust,ignore\n// xtask/").skip(1);
    blocks.filter_map(|block| block.split_once("\n```")?.0.split_once('\n'))
}

#[test]
fn each_example_of_contributing_is_in_the_file_that_it_names() {
    let package = workspace().join("xtask");
    let read = |path: &Path| fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let text = read(&package.join("../CONTRIBUTING.md"));
    for (path, code) in samples(&text) {
        assert!(read(&package.join(path)).contains(code), "{path} does not contain:\n{code}");
    }
    for task in ["### Add a check\n", "### Add a decision\n", "### Add emitted code\n"] {
        let (_, section) = text.split_once(task).unwrap_or_else(|| panic!("there is no section {task}"));
        let section = section.split("\n### ").next().unwrap_or_default();
        assert!(samples(section).next().is_some(), "{task} has no example");
    }
}
