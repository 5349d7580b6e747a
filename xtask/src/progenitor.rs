//! Makes the types and the builders with progenitor.
//!
//! Takes the model of a client, and gives the items of its types, and those of the builder of each operation. Only this
//! room knows progenitor, typify and openapiv3. It does not know the document, and every name that it gives is one of the
//! model's.
//!
//! progenitor's tokens take much memory, so it runs several times: for the types, for the builders of those that requests
//! send, and for the operations in batches.
//!
//! progenitor panics on some input that it does not know. The checks and the decisions before it prevent that; a panic is
//! caught here and reported as a gap of the generator.

mod boxes;
mod findings;
mod gaps;
mod input;
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
use syn::Item;

use self::boxes::Circles;
use self::findings::gap;
pub use self::findings::unknown_shape;
use self::shapes::Shapes;
use crate::RUNTIME;
use crate::diagnostics::Diagnostic;
use crate::model::{Api, Operation, Types};

/// The number of operations in a batch.
const BATCH: usize = 50;

/// The builder of an operation.
pub struct Builder<'a> {
    /// The operation.
    pub operation: &'a Operation,
    /// The structure, and its implementations.
    pub items: Vec<Item>,
}

/// Makes the types of a client: structures, enumerations, their implementations, and the module `error`.
///
/// # Errors
///
/// A diagnostic with progenitor's own words when it refuses its input or panics, and one when its output is not of the
/// known shape, or does not have the names of the model.
pub fn types(api: &Api) -> Result<Vec<Item>, Diagnostic> {
    let types = &api.types;
    let document = input::types(types.iter(), &Circles::of(types));
    // The other interface has builders too, also of types that no request sends.
    let items = parse::types(tokens(document, InterfaceStyle::Positional, types)?, types, &mut Shapes::default())?;
    gaps::check_types(&items, types)?;
    Ok(items)
}

/// Makes the module `builder`, with the builders of the types that requests send; none if there is no such type.
///
/// # Errors
///
/// Those of [`types`].
pub fn type_builders(api: &Api) -> Result<Option<Item>, Diagnostic> {
    let types = &api.types;
    if !types.iter().any(|of| of.is_sent) {
        return Ok(None);
    }
    let document = input::types(types.iter().filter(|of| of.is_sent), &Circles::of(types));
    parse::type_builders(tokens(document, InterfaceStyle::Builder, types)?, &mut Shapes::default())
}

/// Makes the builders of the operations of a client, in their order, and each batch when it is needed.
///
/// # Errors
///
/// Those of [`types`].
pub fn builders(api: &Api) -> impl Iterator<Item = Result<Builder<'_>, Diagnostic>> {
    let mut shapes = Shapes::default();
    api.operations.chunks(BATCH).flat_map(move |operations| match batch(operations, &api.types, &mut shapes) {
        Ok(builders) => builders.into_iter().map(Ok).collect(),
        Err(gap) => vec![Err(gap)],
    })
}

fn batch<'a>(operations: &'a [Operation], types: &Types, shapes: &mut Shapes) -> Result<Vec<Builder<'a>>, Diagnostic> {
    let tokens = tokens(input::operations(operations, types), InterfaceStyle::Builder, types)?;
    let mut found = parse::operations(tokens, shapes)?;
    gaps::check_builders(&found, operations)?;
    let builder =
        |operation: &'a Operation| Builder { operation, items: found.remove(&operation.builder).unwrap_or_default() };
    Ok(operations.iter().map(builder).collect())
}

/// Returns progenitor's tokens for a document, which is dropped before they are parsed.
fn tokens(document: OpenAPI, interface: InterfaceStyle, types: &Types) -> Result<TokenStream, Diagnostic> {
    let mut settings = GenerationSettings::default();
    settings
        .with_interface(interface)
        .with_crate(RUNTIME, CrateVers::Any, None)
        .with_crate(input::TYPES, CrateVers::Any, None)
        .with_crate(boxes::STD, CrateVers::Any, None)
        // Sorted and hashable, so that types which hold a map can be both.
        .with_map_type("::std::collections::BTreeMap");
    let names = document.components.iter().flat_map(|components| components.schemas.keys());
    open::replace(&mut settings, names.filter_map(|name| types.get(name)));
    quietly(move || Generator::new(&settings).generate_tokens(&document))
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
        let document = serde_json::from_value(document).unwrap();
        let finding = tokens(document, InterfaceStyle::Builder, &Types::default()).err().unwrap();
        assert_eq!(finding.code, Code::GeneratorGap);
        assert!(finding.message.contains("response_types.len() <= 1"), "{}", finding.message);
    }
}
