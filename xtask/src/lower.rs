//! Lowers a valid [`Document`] to forms that progenitor accepts.
//!
//! Takes the document, and gives the lowered values, notes of the facts that these values no longer hold, and the list
//! of changes. Each lowering is a named function with its reason in the list `LOWERINGS`. It reports its [`changes`],
//! and leaves facts that it takes out of the document as a [`crumb`], which [`notes`] collects at the end. This room
//! does not know progenitor's library, and reports no errors.

pub(crate) mod bodies;
pub mod changes;
pub mod crumb;
pub(crate) mod examples;
pub(crate) mod forms;
pub mod license;
mod literal;
pub mod notes;
mod operations;
pub mod parameters;
pub mod rust_name;
mod schemas;
pub(crate) mod visit;

use serde_json::Value;

use crate::document::Document;
use changes::{Change, Changes};
use notes::Notes;

use crate::openapi::examples::Policy;

/// The result of the lowering.
#[derive(Debug)]
pub struct Lowered {
    /// The lowered document, in forms that progenitor accepts and with names that it leaves as they are.
    pub document: Value,
    /// The facts that the lowered document no longer holds.
    pub notes: Notes,
    /// The changes, if the options ask for them.
    pub changes: Vec<Change>,
}

/// The options of the lowering.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// The policy for examples that contradict their schemas.
    pub examples: Policy,
    /// Whether the notes list the examples, for the tests of the crate.
    pub with_examples: bool,
    /// Whether the changes are listed. A change costs as much as its pointer.
    pub with_changes: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { examples: Policy::Error, with_examples: true, with_changes: true }
    }
}

/// A step of the lowering.
struct Lowering {
    name: &'static str,
    /// Why it is needed, in one sentence without a full stop.
    reason: &'static str,
    apply: fn(&mut Value, &mut Changes),
}

/// All lowerings, in the order in which they are applied.
const LOWERINGS: &[Lowering] = &[
    Lowering {
        name: "set_examples_aside",
        reason: "examples move with their schemas, and progenitor reads none",
        apply: examples::set_examples_aside,
    },
    Lowering {
        name: "name_referenced_parts",
        reason: "typify knows components only, and a `$ref` may lead to any part of a document",
        apply: schemas::name_referenced_parts,
    },
    Lowering {
        name: "inline_path_items",
        reason: "progenitor reads no path item that is a reference",
        apply: operations::inline_path_items,
    },
    Lowering {
        name: "inline_shared_parts",
        reason: "progenitor looks shared parts up by what stands behind the last slash, and panics where that is escaped",
        apply: operations::inline_shared_parts,
    },
    Lowering {
        name: "drop_unspoken_parts",
        reason: "links and callbacks say nothing that a type could hold, and headers stay reachable as they came",
        apply: operations::drop_unspoken_parts,
    },
    Lowering {
        name: "name_operations",
        reason: "an operation needs a name that no other has, for its method, its module and its types",
        apply: operations::name_operations,
    },
    Lowering {
        name: "merge_path_parameters",
        reason: "one list tells all parameters of an operation, in the order of the document",
        apply: parameters::merge_path_parameters,
    },
    Lowering {
        name: "drop_repeated_parameters",
        reason: "a request has one value for a parameter",
        apply: parameters::drop_repeated_parameters,
    },
    Lowering {
        name: "drop_nameless_parameters",
        reason: "a request says of every value what it is",
        apply: parameters::drop_nameless_parameters,
    },
    Lowering {
        name: "drop_ignored_headers",
        reason: "the client sets these headers itself, by the body and by its token",
        apply: parameters::drop_ignored_headers,
    },
    Lowering {
        name: "drop_parameters_without_place",
        reason: "there is nowhere in the path to put the value",
        apply: parameters::drop_parameters_without_place,
    },
    Lowering {
        name: "describe_path_parameters",
        reason: "without a value for the name in braces there is no URL",
        apply: parameters::describe_path_parameters,
    },
    Lowering {
        name: "require_path_parameters",
        reason: "a path has no place for nothing",
        apply: parameters::require_path_parameters,
    },
    Lowering {
        name: "settle_parameter_schemas",
        reason: "a parameter needs a schema, which is the type of its setter",
        apply: parameters::settle_parameter_schemas,
    },
    Lowering {
        name: "settle_styles",
        reason: "a style that the place does not have says nothing of how to write the value",
        apply: parameters::settle_styles,
    },
    Lowering {
        name: "choose_request_types",
        reason: "a method sends its body in one media type",
        apply: bodies::choose_request_types,
    },
    Lowering {
        name: "choose_response_types",
        reason: "a method returns one type for a status",
        apply: bodies::choose_response_types,
    },
    Lowering {
        name: "name_schemas",
        reason: "each schema needs a name that is a Rust type's and that no other has, also in another case",
        apply: schemas::name_schemas,
    },
    Lowering {
        name: "unwrap_references",
        reason: "typify would make types that only hold others",
        apply: schemas::unwrap_references,
    },
    Lowering {
        name: "drop_foreign_types",
        reason: "a type of a crate that the client does not depend on is for another generator",
        apply: schemas::drop_foreign_types,
    },
    Lowering {
        name: "take_decoded_alternative",
        reason: "the function that decodes the value gives it the type of the first alternative",
        apply: schemas::take_decoded_alternative,
    },
    Lowering {
        name: "inline_rust_types",
        reason: "typify would wrap a Rust type that exists already in another",
        apply: schemas::inline_rust_types,
    },
    Lowering {
        name: "drop_exclusions",
        reason: "no type can say what it excludes: the server checks it",
        apply: schemas::drop_exclusions,
    },
    Lowering {
        name: "loosen_objects",
        reason: "servers add properties before documents do, and a client should not fail then",
        apply: schemas::loosen_objects,
    },
    Lowering {
        name: "loosen_enumerations",
        reason: "a variant is named by its text, and other values have none",
        apply: schemas::loosen_enumerations,
    },
    Lowering {
        name: "pull_out_inline_schemas",
        reason: "a schema that needs a type gets a name from where it stands; progenitor would give two the same",
        apply: schemas::pull_out_inline_schemas,
    },
    Lowering {
        name: "merge_compositions",
        reason: "typify merges `allOf` in its own way, and panics on some",
        apply: schemas::merge_compositions,
    },
    Lowering {
        name: "settle_alternatives",
        reason: "the first alternative that fits has to be the one that was meant",
        apply: schemas::settle_alternatives,
    },
    Lowering {
        name: "spread_forms",
        reason: "a form is no value that is encoded as a whole: each of its names gets a setter",
        apply: forms::spread_forms,
    },
    Lowering {
        name: "leave_out_null_parameters",
        reason: "null is no value of a parameter, which is left out instead",
        apply: parameters::leave_out_null_parameters,
    },
    Lowering {
        name: "name_parameters",
        reason: "a parameter becomes a setter, and two setters cannot have one name",
        apply: parameters::name_parameters,
    },
    Lowering {
        name: "lift_null",
        reason: "a field is an `Option` of its type, and no type is an `Option` inside",
        apply: schemas::lift_null,
    },
    Lowering {
        name: WIDEN,
        reason: "what a publisher shows is often truer than what its schema says",
        apply: examples::widen_to_examples,
    },
    Lowering {
        name: "drop_unreadable_pages",
        reason: "a stream of pages ends where the types say that it does",
        apply: operations::drop_unreadable_pages,
    },
    Lowering {
        name: "loosen_scalars",
        reason: "an answer that breaks a bound would not decode, and the server checks what is sent",
        apply: schemas::loosen_scalars,
    },
    Lowering { name: "keep_numbers", reason: "a float would write `30` as `30.0`", apply: schemas::keep_numbers },
    // What was merged may hold choices that need names.
    Lowering {
        name: "pull_out_inline_schemas",
        reason: "a schema that needs a type gets a name from where it stands; progenitor would give two the same",
        apply: schemas::pull_out_inline_schemas,
    },
    Lowering {
        name: "tell_null_from_absence",
        reason: "a field that may be null and may be absent is written in the way that is shown",
        apply: examples::tell_null_from_absence,
    },
    Lowering {
        name: COLLECT,
        reason: "the tests of the crate know each example and its type",
        apply: examples::collect_examples,
    },
    Lowering {
        name: "name_alternatives",
        reason: "typify would number the variants of a choice",
        apply: schemas::name_alternatives,
    },
    Lowering {
        name: "name_listed_values",
        reason: "each listed text needs a variant of its own, and typify finds no name for some of them",
        apply: schemas::name_listed_values,
    },
    Lowering {
        name: "name_properties",
        reason: "typify gives `perPage` and `per_page` one field, and fails",
        apply: schemas::name_properties,
    },
];

/// The lowerings that depend on the options.
const WIDEN: &str = "widen_to_examples";
const COLLECT: &str = "collect_examples";

impl Options {
    fn ask_for(self, lowering: &str) -> bool {
        match lowering {
            WIDEN => self.examples == Policy::Widen,
            COLLECT => self.with_examples,
            _ => true,
        }
    }
}

/// Returns why the lowering of this name is needed.
#[must_use]
pub fn reason(name: &str) -> &'static str {
    LOWERINGS.iter().find(|lowering| lowering.name == name).map_or("", |lowering| lowering.reason)
}

/// Lowers a document without errors.
#[must_use]
pub fn lower(document: &Document, options: &Options) -> Lowered {
    let mut root = document.root.clone();
    let mut changes = if options.with_changes { Changes::default() } else { Changes::unheard() };
    for lowering in LOWERINGS.iter().filter(|lowering| options.ask_for(lowering.name)) {
        changes.begin(lowering.name);
        (lowering.apply)(&mut root, &mut changes);
    }
    let notes = notes::collect(&root);
    Lowered { document: root, notes, changes: changes.into_list() }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_lowering_says_why_and_none_is_listed_twice_but_on_purpose() {
        const TWICE: &[&str] = &["pull_out_inline_schemas"];
        let mut seen = BTreeSet::new();
        for lowering in LOWERINGS {
            assert!(seen.insert(lowering.name) || TWICE.contains(&lowering.name), "{} is there twice", lowering.name);
            let reason = lowering.reason;
            assert!(reason.split(' ').count() > 3 && !reason.ends_with('.'), "{}: {reason:?}", lowering.name);
            assert_eq!(reason, super::reason(lowering.name), "{} has two reasons", lowering.name);
        }
    }
}
