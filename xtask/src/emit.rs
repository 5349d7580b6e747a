//! Writes the files of the crate.
//!
//! Takes the model and the items of progenitor, and gives the bytes of each file by its path. It does not know the
//! document or progenitor, and writes to no folder.

mod answers;
mod builders;
mod calls;
mod client;
mod constants;
mod constraints;
mod credentials;
mod docs;
mod empty_setters;
mod example_values;
mod examples;
mod expressions;
pub mod files;
mod guide;
mod headers;
mod library;
mod links;
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
mod servers;
mod syntax;
#[cfg(test)]
mod testing;
mod types;
pub mod workspace;
mod wrapper;

use std::collections::btree_map::Entry;
use std::iter;

use syn::{File, Item};

use crate::diagnostics::Diagnostic;
use crate::emit::files::Tree;
use crate::emit::package::Package;
use crate::model::Api;
use crate::progenitor::Builder;

pub use markdown::{cell, code, in_cell, markdown};
pub use rust_types::in_tests as spelled;

/// A source file, or a further part of it: its path below `src`, and its syntax tree.
pub type Source = (String, File);

/// Returns the source files, each of which is made when it is needed: a syntax tree takes much more memory than its text.
/// `type_builders` makes the module `builder` when the types are printed. `package` is the name of the package.
///
/// # Errors
///
/// A diagnostic if a builder cannot be made, or has an unknown shape.
pub fn sources<'a>(
    mut types: Vec<Item>,
    type_builders: impl FnOnce() -> Result<Option<Item>, Diagnostic>,
    builders: impl Iterator<Item = Result<Builder<'a>, Diagnostic>>,
    api: &'a Api,
    package: &'a str,
) -> impl Iterator<Item = Result<Source, Diagnostic>> {
    let named = |name: &str, file: File| Ok((name.to_owned(), file));
    let error = types::take_error(&mut types, &api.types);
    let types = iter::once_with(move || named("types.rs", types::file(types, &api.types)));
    let modules_of_types = move || named("types.rs", types::modules(type_builders()?, error, &api.types));
    let types = types.chain(iter::once_with(modules_of_types));
    let writer = builders::Writer::new(&api.security);
    let operations = builders.map(move |made| {
        let Builder { operation, items } = made?;
        let file = writer.file(items, operation, &api.types)?;
        Ok((format!("operations/{}.rs", operation.module), file))
    });
    let client = iter::once_with(move || named("client.rs", client::file(api, package)));
    let modules = [named("operations.rs", library::operations(api)), named("lib.rs", library::root(api))];
    let credentials = credentials::file(&api.security).map(|file| named("credentials.rs", file));
    let servers = servers::file(&api.servers).map(|file| named("servers.rs", file));
    types.chain(operations).chain(client).chain(credentials).chain(servers).chain(modules)
}

/// Returns the syntax tree of the types, without builders.
#[must_use]
pub fn types(items: Vec<Item>, api: &Api) -> File {
    types::file(items, &api.types)
}

/// Returns the files with the examples: as values for callers' tests, and as tests of the crate.
#[must_use]
pub fn examples(api: &Api, package: &Package) -> Tree {
    let mut tree = Tree::new();
    if let Some(text) = example_values::file(&api.examples) {
        tree.insert("src/examples.rs".to_owned(), text.into_bytes());
    }
    if package.emit_tests {
        tree.extend(examples::files(&api.examples, package));
    }
    tree
}

/// Returns the other files of the crate. They do not need the values of the examples.
///
/// # Errors
///
/// The first of those of the source files.
pub fn print(
    sources: impl Iterator<Item = Result<Source, Diagnostic>>,
    api: &Api,
    package: &Package,
) -> Result<Tree, Diagnostic> {
    let mut tree = Tree::new();
    for source in sources {
        let (path, file) = source?;
        match tree.entry(format!("src/{path}")) {
            Entry::Vacant(new) => _ = new.insert(print::source(file).into_bytes()),
            Entry::Occupied(mut begun) => begun.get_mut().extend(print::items(file.items).into_bytes()),
        }
    }
    tree.insert("Cargo.toml".to_owned(), manifest::manifest(api, package).into_bytes());
    tree.insert("README.md".to_owned(), readme::readme(api, package).into_bytes());
    Ok(tree)
}
