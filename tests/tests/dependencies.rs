//! The two commands of the README build each dependency once.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

/// Returns the packages that cargo builds for these packages and kinds of dependencies, each with its features.
fn built(arguments: &[&str]) -> BTreeSet<String> {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "--locked", "--prefix", "none", "--no-dedupe", "--format", "{p} with {f}"])
        .args(arguments)
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."))
        .output()
        .expect("cargo starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8(output.stdout).expect("cargo prints UTF-8");
    lines.lines().map(|line| line.replace(" (*)", "")).collect()
}

#[test]
fn the_generator_and_the_tests_share_their_dependencies() {
    let generator = built(&["--package", "xtask", "--edges", "normal,build"]);
    let tests = built(&["--workspace", "--edges", "normal,build,dev"]);
    let apart: Vec<_> = generator.difference(&tests).filter(|line| !line.starts_with("xtask ")).collect();
    assert!(
        apart.is_empty(),
        "`cargo test --workspace` builds these with more features than `cargo xtask`; name the features in \
         xtask/Cargo.toml: {apart:#?}"
    );
}
