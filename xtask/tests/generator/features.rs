//! A feature of a valid document that the client does not support is reported, and the default server is never a
//! fallback.

use crate::fixture::contract;
use crate::support::Fixture;

/// Returns the module of the client in the crate.
fn client(fixture: &Fixture) -> String {
    fixture.read("out/src/client.rs")
}

#[test]
fn every_feature_of_the_contract_is_supported() {
    let run = Fixture::with(contract()).generate(&["--strict"]).exits(0, "the contract is valid");
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
        let fixture = Fixture::with(contract.replacen(FIRST, url, 1));
        fixture.generate(&[]).exits(0, url);
        let client = client(&fixture);
        assert!(!client.contains("BASE_URL") && !client.contains("echo.apifox.com"), "{url}: {client}");
        let flat = client.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(flat.contains(&format!("ClientBuilder::without_base_url( \"{reason}\", )")), "{url}: {client}");
    }
    let fixture = Fixture::with(&contract);
    fixture.generate(&[]);
    assert!(client(&fixture).contains("pub const BASE_URL: &'static str = \"https://api.salla.dev/admin/v2\";"));
}

#[test]
fn an_unsupported_feature_is_a_warning_under_strict_too() {
    let text = "openapi: 3.0.3\ninfo: {title: t, version: '1'}\nservers: [{url: /v1}]\npaths:\n  /a:\n    get: \
                {operationId: a, security: [{s: []}], responses: {'204': {description: d}}}\ncomponents:\n  \
                securitySchemes: {s: {type: http, scheme: digest}}\n";
    for options in [&[][..], &["--strict"]] {
        let run = Fixture::with(text).generate(options).exits(0, "the document is valid");
        let warnings = run.stderr.lines().filter(|line| line.starts_with("warning[unsupported-feature]: ")).count();
        assert_eq!(warnings, 2, "{run:#?}");
        assert!(!run.stderr.contains("error"), "{run:#?}");
    }
}
