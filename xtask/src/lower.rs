//! From a checked [`Document`] to one that progenitor accepts, and notes of what it can no longer tell.
//!
//! Each lowering is a named function with its reason, in a module of its own, and has its place in the list
//! [`LOWERINGS`]; it reports its [`changes`], and what it takes out of the document it leaves behind as a [`crumb`],
//! which [`notes`] collects at the end.

mod bodies;
pub mod changes;
pub mod crumb;
mod forms;
pub mod notes;
mod operations;
pub mod parameters;
mod schemas;
pub mod servers;
pub mod view;
mod visit;

use openapiv3::OpenAPI;
use serde_json::Value;

use crate::diagnostics::{Code, Diagnostic, Place};
use crate::document::Document;
use changes::{Change, Changes};
use notes::Notes;

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

/// A step of the lowering.
type Lowering = fn(&mut Value, &mut Changes);

/// All lowerings, in the order in which they are applied.
const LOWERINGS: &[(&str, Lowering)] = &[
    ("name_referenced_parts", schemas::name_referenced_parts),
    ("inline_path_items", operations::inline_path_items),
    ("inline_shared_parts", operations::inline_shared_parts),
    ("drop_unspoken_parts", operations::drop_unspoken_parts),
    ("name_operations", operations::name_operations),
    ("merge_path_parameters", parameters::merge_path_parameters),
    ("drop_repeated_parameters", parameters::drop_repeated_parameters),
    ("drop_ignored_headers", parameters::drop_ignored_headers),
    ("drop_parameters_without_place", parameters::drop_parameters_without_place),
    ("describe_path_parameters", parameters::describe_path_parameters),
    ("require_path_parameters", parameters::require_path_parameters),
    ("settle_parameter_schemas", parameters::settle_parameter_schemas),
    ("settle_styles", parameters::settle_styles),
    ("choose_request_types", bodies::choose_request_types),
    ("choose_response_types", bodies::choose_response_types),
    ("name_schemas", schemas::name_schemas),
    ("unwrap_references", schemas::unwrap_references),
    ("drop_foreign_types", schemas::drop_foreign_types),
    ("take_decoded_alternative", schemas::take_decoded_alternative),
    ("inline_rust_types", schemas::inline_rust_types),
    ("drop_exclusions", schemas::drop_exclusions),
    ("loosen_objects", schemas::loosen_objects),
    ("loosen_enumerations", schemas::loosen_enumerations),
    ("pull_out_inline_schemas", schemas::pull_out_inline_schemas),
    ("merge_compositions", schemas::merge_compositions),
    ("settle_alternatives", schemas::settle_alternatives),
    ("spread_forms", forms::spread_forms),
    ("leave_out_null_parameters", parameters::leave_out_null_parameters),
    ("name_parameters", parameters::name_parameters),
    ("lift_null", schemas::lift_null),
    ("loosen_scalars", schemas::loosen_scalars),
    ("keep_numbers", schemas::keep_numbers),
    // What was merged may hold choices that need names.
    ("pull_out_inline_schemas", schemas::pull_out_inline_schemas),
    ("name_alternatives", schemas::name_alternatives),
    ("name_listed_values", schemas::name_listed_values),
    ("name_properties", schemas::name_properties),
];

/// Lowers a document that the check found no error in.
///
/// # Errors
///
/// A diagnostic when the result is not what openapiv3 reads as a document, which means that the check let
/// something through.
pub fn lower(document: &Document) -> Result<Lowered, Diagnostic> {
    let mut root = document.root.clone();
    let mut changes = Changes::default();
    for (name, lowering) in LOWERINGS {
        changes.begin(name);
        lowering(&mut root, &mut changes);
    }
    let notes = notes::collect(&root);
    let document = serde_json::from_value(view::narrow(&root)).map_err(|error| {
        Diagnostic::error(
            Code::GeneratorGap,
            Place::File,
            format!("the document passes the checks, and cannot be read after lowering: {error}"),
            "this is a gap in the generator: please report it with the document",
        )
    })?;
    Ok(Lowered { document, notes, changes: changes.into_list() })
}
