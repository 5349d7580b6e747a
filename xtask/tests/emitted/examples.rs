//! Examples that contradict their schemas. A crate that was generated with `--examples widen --emit-tests` decodes all
//! examples of its document, and its own tests assert that.

use std::fs;

use crate::crates::crates;
use crate::support::Fixture;

/// A document whose examples contradict its schemas in every known way.
const CONTRADICTIONS: &str = include_str!("../corpus/contradictions.yaml");

#[test]
fn examples_that_contradict_their_schemas_have_tests_in_the_crate() {
    assert_eq!(crates().made["contradictions"].tests, 14);
    let fixture = Fixture::new();
    fixture.write("api.yaml", CONTRADICTIONS);
    let generate = ["generate", "--spec", "api.yaml", "--out", "crate", "--examples", "widen", "--emit-tests"];
    let generated = fixture.run(&generate).exits(0, "contradictions are not errors");
    assert!(generated.stdout.contains("14 tested, 0 left out"), "{generated:#?}");
    let library = fixture.path().join("crate");
    // `check` expects the same files, and its remedy has the same options.
    fs::remove_file(library.join("tests/examples.rs")).expect("the tests were written");
    let check = [&["check"], &generate[1..]].concat();
    let drifted = fixture.run(&check).exits(1, "a file is missing");
    assert!(drifted.stderr.contains("--examples widen --emit-tests"), "{drifted:#?}");
}

#[test]
fn a_contradiction_is_an_error_a_warning_or_no_finding() {
    let fixture = Fixture::new();
    fixture.write("api.yaml", CONTRADICTIONS);
    let generate =
        |options: &[&str]| fixture.run(&[&["generate", "--spec", "api.yaml", "--out", "crate"], options].concat());
    let message = "the example does not fit its schema";
    let strict = generate(&["--strict"]).exits(2, "nonconforming values are errors");
    assert!(strict.stderr.contains(&format!("error[example-mismatch]: {message}")), "{strict:#?}");
    generate(&["--examples", "error"]).exits(2, "where it is asked for");
    let warned = generate(&[]).exits(0, "by default");
    assert!(
        warned.stderr.contains(&format!("warning[example-mismatch]: {message}"))
            && warned.stderr.contains("the schema"),
        "{warned:#?}"
    );
    let widened = generate(&["--examples", "widen"]).exits(0, "the types accept the examples");
    assert!(!widened.stderr.contains(message), "{widened:#?}");
}
