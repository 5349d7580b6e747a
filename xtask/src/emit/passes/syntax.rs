//! Syntax trees that several passes read or write.

use std::collections::BTreeMap;

use syn::{File, Item, ItemStruct};

use super::docs;
use crate::diagnostics::{Code, Diagnostic, Place};

/// The types with fields, by their names.
pub type Structs<'t> = BTreeMap<String, &'t ItemStruct>;

pub fn structs(types: &[Item]) -> Structs<'_> {
    let structs = types.iter().filter_map(|item| match item {
        Item::Struct(item) => Some((item.ident.to_string(), item)),
        _ => None,
    });
    structs.collect()
}

/// A source file with these words and items.
pub fn source(text: &str, items: Vec<Item>) -> File {
    File { shebang: None, frontmatter: None, attrs: docs::inner_attributes(text), items }
}

/// progenitor's output changes with its version: this says what was looked for.
pub fn unknown_shape(what: &str) -> Diagnostic {
    Diagnostic::error(
        Code::UnknownShape,
        Place::File,
        format!("progenitor's output is not of the shape that the passes know: {what}"),
        "the passes were written for the version of progenitor in `Cargo.lock`: adapt them to the new one",
    )
}
