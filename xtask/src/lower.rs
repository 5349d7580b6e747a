//! From a checked [`Document`] to one that progenitor accepts, and notes of what it can no longer tell.
//!
//! Each lowering is a named function with its reason, in a module of its own, and has its place in the list
//! [`LOWERINGS`]; it reports its [`changes`], and what it takes out of the document it leaves behind as a [`crumb`],
//! which [`notes`] collects at the end.

pub mod changes;
pub mod crumb;
mod examples;
pub mod notes;
mod operations;
mod responses;
mod schemas;
mod view;
mod visit;

use openapiv3::OpenAPI;
use serde_json::Value;

use crate::diagnostics::{Code, Diagnostic, Place};
use crate::document::Document;
use changes::{Change, Changes};
use notes::Notes;

use crate::shown::Policy;

/// What progenitor is given, and what the passes have to know besides.
#[derive(Debug)]
pub struct Lowered {
    /// A document that progenitor accepts, and whose names it leaves as they are.
    pub document: OpenAPI,
    /// What the document can no longer tell.
    pub notes: Notes,
    /// What was changed, for who wants to know.
    pub changes: Vec<Change>,
}

/// What may be asked of the lowering.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// What it means that an example contradicts its schema.
    pub examples: Policy,
}

impl Default for Options {
    fn default() -> Self {
        Self { examples: Policy::Error }
    }
}

/// A step of the lowering.
type Lowering = fn(&mut Value, &mut Changes);

/// All lowerings, in the order in which they are applied.
const LOWERINGS: &[(&str, Lowering)] = &[
    ("set_examples_aside", examples::set_examples_aside),
    ("name_referenced_parts", schemas::name_referenced_parts),
    ("inline_shared_parts", operations::inline_shared_parts),
    ("merge_path_parameters", operations::merge_path_parameters),
    ("name_operations", operations::name_operations),
    ("name_parameters", operations::name_parameters),
    ("name_schemas", schemas::name_schemas),
    ("unwrap_references", schemas::unwrap_references),
    ("take_decoded_alternative", schemas::take_decoded_alternative),
    ("inline_rust_types", schemas::inline_rust_types),
    ("drop_exclusions", schemas::drop_exclusions),
    ("loosen_objects", schemas::loosen_objects),
    ("loosen_enumerations", schemas::loosen_enumerations),
    ("pull_out_inline_schemas", schemas::pull_out_inline_schemas),
    ("merge_compositions", schemas::merge_compositions),
    ("settle_alternatives", schemas::settle_alternatives),
    ("lift_null", schemas::lift_null),
    (WIDEN, examples::widen_to_examples),
    ("loosen_scalars", schemas::loosen_scalars),
    ("keep_numbers", schemas::keep_numbers),
    // What was merged may hold choices that need names.
    ("pull_out_inline_schemas", schemas::pull_out_inline_schemas),
    ("tell_null_from_absence", examples::tell_null_from_absence),
    ("collect_examples", examples::collect_examples),
    ("name_alternatives", schemas::name_alternatives),
    ("name_listed_values", schemas::name_listed_values),
    ("name_properties", schemas::name_properties),
    ("keep_success_only", responses::keep_success_only),
];

/// The lowering that is asked for.
const WIDEN: &str = "widen_to_examples";

impl Options {
    fn ask_for(self, lowering: &str) -> bool {
        lowering != WIDEN || self.examples == Policy::Widen
    }
}

/// Lowers a document that the check found no error in.
///
/// # Errors
///
/// A diagnostic when the result is not what openapiv3 reads as a document, which means that the check let
/// something through.
pub fn lower(document: &Document, options: &Options) -> Result<Lowered, Diagnostic> {
    let mut root = document.root.clone();
    let mut changes = Changes::default();
    for (name, lowering) in LOWERINGS.iter().filter(|(name, _)| options.ask_for(name)) {
        changes.begin(name);
        lowering(&mut root, &mut changes);
    }
    let notes = notes::collect(&root);
    for key in [examples::SHOWN, examples::LEFT_OUT] {
        root.as_object_mut().map(|fields| fields.shift_remove(key));
    }
    root["components"] = view::components(&root);
    root["openapi"] = "3.0.3".into();
    let document = serde_json::from_value(root).map_err(|error| {
        Diagnostic::error(
            Code::GeneratorGap,
            Place::File,
            format!("the document passes the checks, and cannot be read after lowering: {error}"),
            "this is a gap in the generator: please report it with the document",
        )
    })?;
    Ok(Lowered { document, notes, changes: changes.into_list() })
}
