//! Runs a document through all stages, and looks for flaws: a gap, an error without a place, code that is not Rust.
//!
//! The mutants and the fuzz targets share it.

use std::collections::BTreeSet;
use std::path::Path;

use syn::Item;
use xtask::cli::pipeline;
use xtask::diagnostics::{Diagnostic, Place, render};
use xtask::document::{Source, fingerprint};
use xtask::emit::package::Package;
use xtask::openapi::examples::Policy;
use xtask::{emit, resolve, source};

/// Runs all stages on a document with this file name. Returns whether they generated a crate.
///
/// # Errors
///
/// The flaw that was found.
pub fn outcome(bytes: &[u8], name: &str) -> Result<bool, String> {
    let mut document = match source::decode(bytes.to_vec(), name) {
        Ok(document) => document,
        Err(error) => return refused(&error.source, &error.findings),
    };
    let fingerprint = fingerprint::fingerprint(&document.root);
    // Each of the two policies for examples has about half of the cases.
    let policy = if bytes.len().is_multiple_of(2) { Policy::Widen } else { Policy::Warn };
    let report = pipeline::check(&mut document, false, policy);
    if report.has_errors() {
        return refused(&document.source, &report.findings);
    }
    let rendered = render(&document.source, &report.findings, false);
    let gap = |finding: Diagnostic| format!("gap: {}", finding.message);
    let options = resolve::Options { examples: policy, with_decisions: true };
    let api = resolve::resolve(&document, &options).api;
    let types = xtask::progenitor::types(&api).map_err(gap)?;
    let sources = emit::sources(
        types,
        || xtask::progenitor::type_builders(&api),
        xtask::progenitor::builders(&api),
        &api,
        "client",
    );
    let package = Package {
        name: "client".to_owned(),
        fingerprint,
        runtime: "../runtime".to_owned(),
        is_alone: false,
        emit_tests: true,
    };
    let mut tree = emit::examples(&api, &package);
    tree.extend(emit::print(sources, &api, &package).map_err(gap)?);
    for (path, bytes) in tree {
        if Path::new(&path).extension().is_some_and(|extension| extension == "rs") {
            is_sound(&path, &String::from_utf8_lossy(&bytes))?;
        }
    }
    if rendered.lines().any(|line| line.starts_with("error")) {
        return Err(format!("a crate is generated in spite of an error: {rendered}"));
    }
    Ok(true)
}

/// Checks that a refused document has an error, and that each error has a place, or is about the whole file. Returns
/// `false`, because no crate was generated.
fn refused(source: &Source, findings: &[Diagnostic]) -> Result<bool, String> {
    let rendered = render(source, findings, false);
    let errors: Vec<_> = findings.iter().filter(|finding| finding.is_error()).collect();
    if errors.is_empty() {
        return Err("refused without an error".to_owned());
    }
    let is_about_the_file = |message: &str| {
        [
            "the document is empty",
            "an OpenAPI document is an object",
            "this is not an OpenAPI document",
            "the page has no fenced block with an OpenAPI document",
            "cannot be read",
        ]
        .iter()
        .any(|known| message.contains(known))
    };
    if let Some(lost) = errors.iter().find(|error| error.place == Place::File && !is_about_the_file(&error.message)) {
        return Err(format!("no place: {}", lost.message));
    }
    let placed = rendered.lines().filter(|line| line.contains(&format!("--> {}", source.name))).count();
    if placed < findings.len() {
        return Err(format!("not every finding begins with its file: {rendered}"));
    }
    Ok(false)
}

/// Checks that a file is Rust, and has no duplicate item or field.
fn is_sound(path: &str, text: &str) -> Result<(), String> {
    let file = syn::parse_file(text).map_err(|error| format!("{path} is not Rust: {error}"))?;
    let mut names = BTreeSet::new();
    for item in &file.items {
        let name = match item {
            Item::Struct(item) => {
                let mut fields = BTreeSet::new();
                if !item.fields.iter().filter_map(|field| field.ident.as_ref()).all(|field| fields.insert(field)) {
                    return Err(format!("{path} has a type with a field twice"));
                }
                item.ident.to_string()
            }
            Item::Enum(item) => {
                let mut variants = BTreeSet::new();
                if !item.variants.iter().all(|variant| variants.insert(&variant.ident)) {
                    return Err(format!("{path} has a type with a variant twice"));
                }
                item.ident.to_string()
            }
            Item::Mod(item) => item.ident.to_string(),
            _ => continue,
        };
        if !names.insert(name) {
            return Err(format!("{path} has a duplicate item"));
        }
    }
    Ok(())
}
