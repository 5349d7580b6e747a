//! Writes the files of the crate.
//!
//! Takes the model and the items of progenitor, and gives the bytes of each file by its path. It does not know the
//! document or progenitor, and writes to no folder.

mod answers;
mod builders;
mod calls;
mod client;
mod docs;
mod example_values;
mod examples;
mod expressions;
pub mod files;
mod guide;
mod library;
mod manifest;
mod markdown;
pub mod package;
pub mod package_name;
mod paging;
mod print;
mod readme;
mod rust_types;
mod scopes;
mod sending;
mod syntax;
#[cfg(test)]
mod testing;
mod types;
pub mod workspace;

use crate::diagnostics::Diagnostic;
use crate::emit::files::{Sources, Tree};
use crate::emit::package::Package;
use crate::model::Api;
use crate::progenitor::Items;

pub use markdown::{code, markdown};
pub use rust_types::in_tests as spelled;

/// Returns the syntax trees of the source files. `package` is the name of the package.
///
/// # Errors
///
/// A diagnostic if an item is missing or has an unknown shape.
pub fn sources(items: Items, api: &Api, package: &str) -> Result<Sources, Diagnostic> {
    let Items { types, mut builders } = items;
    let mut sources = Sources::new();
    let writer = builders::Writer::new();
    for operation in &api.operations {
        let file = writer.file(builders.remove(&operation.builder).unwrap_or_default(), operation, &api.types)?;
        sources.insert(format!("operations/{}.rs", operation.module), file);
    }
    sources.insert("types.rs".to_owned(), types::file(types, &api.types));
    sources.insert("operations.rs".to_owned(), library::operations(api));
    sources.insert("client.rs".to_owned(), client::file(api, package));
    sources.insert("lib.rs".to_owned(), library::root(api));
    Ok(sources)
}

/// Returns the syntax tree of the types alone.
#[must_use]
pub fn types(items: Items, api: &Api) -> syn::File {
    types::file(items.types, &api.types)
}

/// Returns the files of the crate.
#[must_use]
pub fn print(sources: Sources, api: &Api, package: &Package) -> Tree {
    let mut tree = Tree::new();
    for (path, file) in sources {
        tree.insert(format!("src/{path}"), print::source(file).into_bytes());
    }
    if let Some(text) = example_values::file(&api.examples) {
        tree.insert("src/examples.rs".to_owned(), text.into_bytes());
    }
    tree.insert("Cargo.toml".to_owned(), manifest::manifest(api, package).into_bytes());
    if package.emit_tests {
        tree.extend(examples::files(&api.examples, package));
    }
    tree.insert("README.md".to_owned(), readme::readme(api, package).into_bytes());
    tree
}
