//! Makes the types and the builders with progenitor.
//!
//! Takes the model of a client, and gives the items of its types and builders by their names. Only this room knows
//! progenitor, typify and openapiv3. It does not know the document, and every name that it gives is one of the model's.
//!
//! progenitor panics on some input that it does not know. The checks and the decisions before it prevent that; a panic is
//! caught here and reported as a gap of the generator.

mod boxes;
mod findings;
mod gaps;
mod input;
mod items;
mod modules;
mod open;
mod parse;
pub mod post_process;
mod shapes;
#[cfg(test)]
mod testing;
mod tokens;
mod variants;

use std::any::Any;
use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

use openapiv3::OpenAPI;
use proc_macro2::TokenStream;
use progenitor::{CrateVers, GenerationSettings, Generator, InterfaceStyle};

use self::findings::gap;
pub use self::findings::unknown_shape;
pub use self::items::Items;
use crate::RUNTIME;
use crate::diagnostics::Diagnostic;
use crate::model::{Api, Types};

/// Makes the types and the builders of a client.
///
/// # Errors
///
/// A diagnostic with progenitor's own words when it refuses its input or panics, and one when its output is not of the
/// known shape, or does not have the names of the model.
pub fn generate(api: &Api) -> Result<Items, Diagnostic> {
    let tokens = tokens(&input::document(api), &api.types)?;
    let items = parse::items(tokens, &api.types)?;
    gaps::check(&items, api)?;
    Ok(items)
}

fn tokens(document: &OpenAPI, types: &Types) -> Result<TokenStream, Diagnostic> {
    let mut settings = GenerationSettings::default();
    settings
        .with_interface(InterfaceStyle::Builder)
        .with_crate(RUNTIME, CrateVers::Any, None)
        .with_crate(input::TYPES, CrateVers::Any, None)
        .with_crate(boxes::STD, CrateVers::Any, None)
        // Sorted and hashable, so that types which hold a map can be both.
        .with_map_type("::std::collections::BTreeMap");
    open::replace(&mut settings, types);
    quietly(|| Generator::new(&settings).generate_tokens(document))
        .map_err(|panic| refused(&panic_message(panic.as_ref())))?
        .map_err(|error| refused(&error.to_string()))
}

fn refused(reason: &str) -> Diagnostic {
    gap(&format!("progenitor cannot take it: {reason}"))
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

/// Runs `f`, and catches its panics without printing them. Panics of other threads are printed as usual.
fn quietly<T>(f: impl FnOnce() -> T) -> Result<T, Box<dyn Any + Send>> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !QUIET.get() {
                usual(info);
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
    use crate::diagnostics::Code;

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
        let finding = tokens(&serde_json::from_value(document).unwrap(), &Types::default()).err().unwrap();
        assert_eq!(finding.code, Code::GeneratorGap);
        assert!(finding.message.contains("response_types.len() <= 1"), "{}", finding.message);
    }
}
