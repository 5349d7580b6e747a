//! A text in Markdown: as the description in a document, and as a page that has a document in it.

use std::sync::OnceLock;

use pulldown_cmark::{Event, Parser};
use serde_json::Value;
use xtask::document::Document;
use xtask::openapi::deviation::Aspect;
use xtask::validate::version;
use xtask::{emit, normalize, source, upstream};

use crate::document;

/// The contract, with which pages are compared.
const CONTRACT: &str = include_str!("../../../spec/loyalty-points.yaml");

/// Runs one case: a text.
///
/// # Panics
///
/// If the documentation that is emitted for the text cannot be in a file of Rust, or if the page has a flaw that
/// [`document::run`] looks for.
pub fn run(input: &[u8]) {
    if input.len() > document::LONGEST {
        return;
    }
    if let Ok(text) = std::str::from_utf8(input) {
        check_documentation(text);
    }
    document::generate(input, "page.md");
    compare(input);
}

/// Checks that the emitted documentation is the documentation of an item, and has no HTML.
fn check_documentation(text: &str) {
    let documentation = emit::markdown(text);
    let comment = format!("/// {}", documentation.replace('\n', "\n/// "));
    let parsed = syn::parse_str::<syn::ItemStruct>(&format!("{comment}\nstruct Documented;"));
    assert!(parsed.is_ok(), "this is not documentation: {documentation:?}");
    let html = Parser::new(&documentation).find(|event| matches!(event, Event::Html(_)));
    assert!(html.is_none(), "this has HTML: {documentation:?}");
}

/// Compares the page with the contract, and the contract with the page.
fn compare(input: &[u8]) {
    static CONTRACT_ROOT: OnceLock<Value> = OnceLock::new();
    let contract = CONTRACT_ROOT.get_or_init(|| normalized(CONTRACT.as_bytes(), "contract.yaml").expect("it is valid"));
    if let Some(page) = normalized(input, "page.md") {
        let _ = upstream::compare(&page, contract);
        let _ = upstream::compare(contract, &page);
        let same = upstream::compare(&page, &page).differences;
        // An example may contradict its own schema.
        let other = same.iter().find(|difference| difference.aspect != Aspect::Example);
        assert!(other.is_none(), "the page differs from itself: {other:?}");
    }
}

/// Returns the values of a document in standard form, as the command `upstream` reads it.
fn normalized(bytes: &[u8], name: &str) -> Option<Value> {
    let mut document: Document = source::decode(bytes.to_vec(), name).ok()?;
    if version::check(&document).is_some_and(|finding| finding.is_error()) {
        return None;
    }
    normalize::normalize(&mut document);
    Some(document.root)
}
