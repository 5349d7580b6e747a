//! A document, through the whole pipeline.
//!
//! It becomes a crate whose sources parse, or it is refused with an error at a place. The generator has no gap.

use std::path::Path;

use xtask::cli::pipeline;
use xtask::diagnostics::{Code, Diagnostic, render};
use xtask::document::{Document, Source, fingerprint};
use xtask::emit::package::Package;
use xtask::openapi::examples::Policy;
use xtask::{emit, progenitor, resolve, source};

/// The longest document. A longer one only costs time.
pub const LONGEST: usize = 16 << 10;

/// Runs one case: the bytes of a document in YAML or JSON.
///
/// # Panics
///
/// If the generator has a gap, refuses the document without an error, or emits a file that is not Rust.
pub fn run(input: &[u8]) {
    if input.len() <= LONGEST {
        generate(input, "api.yaml");
    }
}

/// Generates the crate of a document with this file name.
///
/// # Panics
///
/// As [`run`].
pub fn generate(input: &[u8], name: &str) {
    let mut document = match source::decode(input.to_vec(), name) {
        Ok(document) => document,
        Err(error) => return check_refusal(&error.source, &error.findings),
    };
    let fingerprint = fingerprint::fingerprint(&document.root);
    // Each of the two policies for examples has about half of the cases.
    let examples = if input.len().is_multiple_of(2) { Policy::Widen } else { Policy::Warn };
    let report = pipeline::check(&mut document, false, examples);
    if report.has_errors() {
        return check_refusal(&document.source, &report.findings);
    }
    let _ = render(&document.source, &report.findings, false);
    check_sources(&document, examples, fingerprint);
}

fn check_sources(document: &Document, examples: Policy, fingerprint: String) {
    let api = resolve::resolve(document, &resolve::Options { examples, with_decisions: true }).api;
    let types = progenitor::types(&api).unwrap_or_else(|gap| panic!("a gap: {}", gap.message));
    let package = Package {
        name: "client".to_owned(),
        fingerprint,
        runtime: "../runtime".to_owned(),
        is_alone: false,
        emit_tests: true,
    };
    let sources = emit::sources(types, progenitor::builders(&api), &api, "client");
    let tree = emit::print(sources, &api, &package).unwrap_or_else(|gap| panic!("a gap: {}", gap.message));
    for (path, bytes) in &tree {
        if Path::new(path).extension().is_some_and(|extension| extension == "rs") {
            let parsed = syn::parse_file(&String::from_utf8_lossy(bytes));
            assert!(parsed.is_ok(), "{path} is not Rust: {:?}", parsed.err());
        }
    }
}

/// Checks that a refused document has an error, which can be printed and is not a gap of the generator.
fn check_refusal(source: &Source, findings: &[Diagnostic]) {
    assert!(findings.iter().any(Diagnostic::is_error), "it is refused without an error");
    let gap = findings.iter().find(|finding| finding.code == Code::GeneratorGap);
    assert!(gap.is_none(), "a gap: {:?}", gap.map(|gap| &gap.message));
    let _ = render(source, findings, false);
}
