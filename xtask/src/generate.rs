//! From a lowered document to tokens: runs progenitor.
//!
//! progenitor panics on some of what it does not know. The check and the lowering are there to find that first; what
//! they miss is caught here, and told as a gap of the generator.

use std::any::Any;
use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

use openapiv3::OpenAPI;
use proc_macro2::TokenStream;
use progenitor::{CrateVers, GenerationSettings, Generator, InterfaceStyle};

use crate::RUNTIME;
use crate::diagnostics::{Code, Diagnostic, Place};
use crate::lower::view::TYPES;

/// What progenitor makes of a document.
///
/// # Errors
///
/// A diagnostic with progenitor's own words when it refuses the document or panics.
pub fn generate(document: &OpenAPI) -> Result<TokenStream, Diagnostic> {
    let mut settings = GenerationSettings::default();
    settings
        .with_interface(InterfaceStyle::Builder)
        .with_crate(RUNTIME, CrateVers::Any, None)
        .with_crate(TYPES, CrateVers::Any, None)
        // Sorted and hashable, so that types which hold a map can be both.
        .with_map_type("::std::collections::BTreeMap");
    quietly(|| Generator::new(&settings).generate_tokens(document))
        .map_err(|panic| gap(&panic_message(panic.as_ref())))?
        .map_err(|error| gap(&error.to_string()))
}

fn gap(reason: &str) -> Diagnostic {
    Diagnostic::error(
        Code::GeneratorGap,
        Place::File,
        format!("the document passes the checks, and progenitor cannot take it: {reason}"),
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
        let finding = generate(&serde_json::from_value(document).unwrap()).err().unwrap();
        assert_eq!(finding.code, Code::GeneratorGap);
        assert!(finding.message.contains("response_types.len() <= 1"), "{}", finding.message);
    }
}
