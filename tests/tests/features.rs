//! A feature of a valid document that the client does not support is reported, and the default server is never a
//! fallback.
//! Everything runs the built xtask.

mod support;

use std::fs;

use salla_loyalty_points_tests::documented;
use support::{Run, run};
use tempfile::TempDir;

/// The folder with the document, and the run that generates from it.
fn generate(text: &str, options: &[&str]) -> (TempDir, Run) {
    let folder = tempfile::tempdir().expect("there is a folder for temporary files");
    fs::write(folder.path().join("api.yaml"), text).unwrap();
    let arguments = [&["generate", "--spec", "api.yaml", "--out", "out"], options].concat();
    let run = run(folder.path(), &arguments);
    (folder, run)
}

fn client(folder: &TempDir) -> String {
    fs::read_to_string(folder.path().join("out/src/client.rs")).unwrap()
}

fn contract() -> String {
    fs::read_to_string(documented::contract_path()).expect("the contract can be read")
}

#[test]
fn the_contract_says_nothing_that_the_client_does_not_do() {
    let (_folder, run) = generate(&contract(), &["--strict"]);
    let run = run.exits(0, "the contract is valid");
    assert_eq!(run.stderr, "");
}

#[test]
fn a_broken_first_server_never_makes_another_server_the_default() {
    const FIRST: &str = "https://api.salla.dev/admin/v2\n";
    let contract = contract();
    assert!(contract.contains("url: https://echo.apifox.com/anything"));
    for (url, reason) in [
        (
            "'https://{host}/admin/v2'\n",
            "the document's first server `https://{host}/admin/v2` has no value for `{host}`",
        ),
        ("/admin/v2\n", "the document's first server `/admin/v2` is relative to the place of the document"),
        (
            "http://api.salla.dev/admin/v2\n",
            "the document's first server `http://api.salla.dev/admin/v2` has the scheme `http`, which does not protect \
             the token",
        ),
        ("not a url\n", "the document's first server `not a url` is not a URL that requests can go to"),
    ] {
        let (folder, run) = generate(&contract.replacen(FIRST, url, 1), &[]);
        run.exits(0, url);
        let client = client(&folder);
        assert!(!client.contains("BASE_URL") && !client.contains("echo.apifox.com"), "{url}: {client}");
        let flat = client.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(flat.contains(&format!("ClientBuilder::without_base_url( \"{reason}\", )")), "{url}: {client}");
    }
    let (folder, _) = generate(&contract, &[]);
    assert!(client(&folder).contains("pub const BASE_URL: &'static str = \"https://api.salla.dev/admin/v2\";"));
}

#[test]
fn a_feature_is_a_warning_under_strict_too() {
    let text = "openapi: 3.0.3\ninfo: {title: t, version: '1'}\nservers: [{url: /v1}]\npaths:\n  /a:\n    get: \
                {operationId: a, security: [], responses: {'204': {description: d}}}\n";
    for options in [&[][..], &["--strict"]] {
        let (_folder, run) = generate(text, options);
        let run = run.exits(0, "the document is valid");
        let warnings = run.stderr.lines().filter(|line| line.starts_with("warning[unsupported-feature]: ")).count();
        assert_eq!(warnings, 2, "{run:#?}");
        assert!(!run.stderr.contains("error"), "{run:#?}");
    }
}
