//! Runs progenitor.
//!
//! Takes a lowered document, and gives progenitor's tokens. Only this room knows progenitor, typify and openapiv3. It
//! does not know the original document.
//!
//! progenitor panics on some input that it does not know. The checks and the lowerings are there to prevent that; a
//! panic is caught here and reported as a gap of the generator.

mod boxes;
pub mod input;
pub mod post_process;

use std::any::Any;
use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

use openapiv3::OpenAPI;
use proc_macro2::TokenStream;
use progenitor::{CrateVers, GenerationSettings, Generator, InterfaceStyle};
use serde_json::Value;

use crate::RUNTIME;
use crate::diagnostics::{Code, Diagnostic, Place};
use crate::progenitor::input::TYPES;

/// Runs progenitor on a lowered document, and returns its tokens.
///
/// # Errors
///
/// A diagnostic with progenitor's own words when it refuses the document or panics, and one with openapiv3's when it
/// cannot read the document, which means that a check is missing.
pub fn generate(lowered: Value) -> Result<TokenStream, Diagnostic> {
    let document = input::document(&lowered);
    // The lowered document is large, and progenitor runs without it.
    drop(lowered);
    let document = serde_json::from_value(document).map_err(|error| unreadable(&error))?;
    tokens(&document)
}

fn tokens(document: &OpenAPI) -> Result<TokenStream, Diagnostic> {
    let mut settings = GenerationSettings::default();
    settings
        .with_interface(InterfaceStyle::Builder)
        .with_crate(RUNTIME, CrateVers::Any, None)
        .with_crate(TYPES, CrateVers::Any, None)
        .with_crate(boxes::STD, CrateVers::Any, None)
        // Sorted and hashable, so that types which hold a map can be both.
        .with_map_type("::std::collections::BTreeMap");
    quietly(|| Generator::new(&settings).generate_tokens(document))
        .map_err(|panic| refused(&panic_message(panic.as_ref())))?
        .map_err(|error| refused(&error.to_string()))
}

fn unreadable(error: &serde_json::Error) -> Diagnostic {
    gap(&format!("cannot be read after lowering: {error}"))
}

fn refused(reason: &str) -> Diagnostic {
    gap(&format!("progenitor cannot take it: {reason}"))
}

fn gap(reason: &str) -> Diagnostic {
    Diagnostic::error(
        Code::GeneratorGap,
        Place::File,
        format!("the document passes the checks, and {reason}"),
        "this is a gap in the generator: please report it with the document",
    )
}

fn panic_message(panic: &(dyn Any + Send)) -> String {
    let owned = panic.downcast_ref::<String>().cloned();
    owned
        .or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()))
        .unwrap_or_else(|| "it panicked".to_owned())
}

thread_local! {
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// Runs `f` with its panics caught, and kept off the terminal; those of other threads are shown as ever.
fn quietly<T>(f: impl FnOnce() -> T) -> Result<T, Box<dyn Any + Send>> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let shown = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !QUIET.get() {
                shown(info);
            }
        }));
    });
    QUIET.set(true);
    let result = panic::catch_unwind(AssertUnwindSafe(f));
    QUIET.set(false);
    result
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_panic_of_progenitor_is_a_finding() {
        let document = json!({
            "openapi": "3.0.3",
            "info": {"title": "t", "version": "1"},
            "paths": {"/a": {"get": {"operationId": "a", "responses": {
                "200": {"description": "d"},
                "401": {"description": "d", "content": {"application/json": {"schema": {"type": "string"}}}},
                "422": {"description": "d", "content": {"application/json": {"schema": {"type": "integer"}}}},
            }}}},
        });
        let finding = tokens(&serde_json::from_value(document).unwrap()).err().unwrap();
        assert_eq!(finding.code, Code::GeneratorGap);
        assert!(finding.message.contains("response_types.len() <= 1"), "{}", finding.message);
    }
}
