//! Decides all that Rust forces a client to decide, and gives the typed model of it.
//!
//! Takes a valid document, and gives a [`model::Api`](crate::model::Api) and the list of [`decisions`], each with its
//! reason and its place in the document. The document is read into a draft; each module then makes one kind of
//! decision for the whole draft. This room reports no findings, and does not know progenitor or how code is written.

mod answers;
mod api;
pub mod decisions;
mod directions;
mod draft;
mod examples;
mod forms;
mod headers;
mod integers;
mod license;
mod links;
mod literal;
mod names;
mod operation_names;
mod pages;
mod parameters;
mod read;
mod schema;
mod schemas;
mod security;
mod servers;
mod shape;
#[cfg(test)]
mod testing;
mod text;
mod types;

use std::collections::BTreeSet;

use serde_json::Value;

use self::decisions::Decisions;
use self::draft::Draft;
use self::read::Reader;
use crate::document::fields::Fields as _;
use crate::document::{Document, Pointer};
use crate::model::Api;
use crate::openapi::examples::Policy;

/// The options of `resolve`.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// The policy for examples that contradict their schemas.
    pub examples: Policy,
    /// Whether the decisions are listed.
    pub with_decisions: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { examples: Policy::Error, with_decisions: true }
    }
}

/// The result of `resolve`.
#[derive(Debug)]
pub struct Resolved {
    /// The model of the client.
    pub api: Api,
    /// The decisions, if the options ask for them.
    pub decisions: Vec<decisions::Decision>,
}

/// Resolves a document without errors.
#[must_use]
pub fn resolve(document: &Document, options: &Options) -> Resolved {
    let mut decisions = Decisions::new(options.with_decisions);
    let reader = Reader::new(&document.root);
    let components = reader.components(&mut decisions);
    let operations = reader.operations(&mut decisions);
    let payloads = reader.payloads(&mut decisions);
    let mut draft = Draft { components, operations, payloads };
    decide(&mut draft, *options, &mut decisions);
    let examples = examples::collect(&draft);
    name_members(&mut draft, &mut decisions);
    let mut api = api::assemble(&document.root, &draft, examples, &mut decisions);
    headers::complete(&mut api, &draft);
    group_operations(document, &mut api);
    links::complete(&mut api, &document.root);
    Resolved { api, decisions: decisions.into_list() }
}

/// Groups the operations by their first tags, if there are several documents or several such tags.
fn group_operations(document: &Document, api: &mut Api) {
    let tags: Vec<_> = api.operations.iter().map(|operation| first_tag(&document.root, &operation.at)).collect();
    let is_merged = api.operations.iter().any(|operation| document.source.document(&operation.at).is_some());
    let differing: BTreeSet<&String> = tags.iter().flatten().collect();
    if is_merged || differing.len() > 1 {
        for (operation, tag) in api.operations.iter_mut().zip(tags) {
            operation.group = tag;
        }
    }
}

/// Returns the first tag of an operation, unless it is blank.
fn first_tag(root: &Value, operation: &Pointer) -> Option<String> {
    let tag = operation.lookup(root)?.field("tags")?.as_array()?.first()?.as_str()?;
    Some(tag.trim()).filter(|tag| !tag.is_empty()).map(str::to_owned)
}

/// Decides about everything but the names of members. Each step relies on those before it.
fn decide(draft: &mut Draft, options: Options, decisions: &mut Decisions) {
    directions::mark(draft);
    schemas::tags::turn_bases_into_choices(draft, decisions);
    schemas::tags::assign(draft);
    schemas::names::name_schemas(draft, decisions);
    schemas::references::unwrap(draft, decisions);
    schemas::rust_types::drop_foreign_types(draft, decisions);
    schemas::rust_types::take_decoded_alternative(draft);
    schemas::rust_types::inline(draft);
    schemas::objects::loosen(draft, decisions);
    schemas::enumerations::loosen(draft, decisions);
    schemas::inline::name_inline_schemas(draft, decisions);
    schemas::compositions::merge(draft, decisions);
    directions::loosen(draft, decisions);
    schemas::alternatives::settle(draft, decisions);
    forms::spread(draft, decisions);
    parameters::omit_null(draft);
    parameters::name(draft);
    headers::name(draft);
    schemas::null::lift(draft);
    integers::widen(draft, decisions);
    if options.examples == Policy::Widen {
        examples::widen(draft, decisions);
    }
    schemas::scalars::document_bounds(draft, decisions);
    schemas::scalars::keep_numbers(draft);
    // Merged and widened schemas may have inline schemas again.
    schemas::inline::name_inline_schemas(draft, decisions);
    schemas::openness::open(draft, decisions);
    examples::distinguish_null(draft, decisions);
    examples::drop_lossy_constants(draft);
}

/// Names the members of types: variants and fields. Examples are compared with the names in JSON before.
fn name_members(draft: &mut Draft, decisions: &mut Decisions) {
    schemas::alternatives::name_variants(draft);
    schemas::enumerations::name_variants(draft, decisions);
    schemas::names::name_properties(draft, decisions);
}
