//! The public items of the runtime that a document may name in an extension. A test holds the lists to its sources.

use crate::RUNTIME;
use crate::diagnostics::nearest::nearest;
use crate::diagnostics::{Code, Diagnostic, Place};
use crate::document::Pointer;

/// The types that decode and encode JSON, for `x-rust-type`.
pub const TYPES: &[&str] = &["DateTime", "Id", "Number"];

/// The functions that decode a field, for `x-rust-decode`.
pub const DECODERS: &[&str] = &[
    "php::date_time",
    "php::empty_as_none",
    "php::identifier",
    "php::integer",
    "php::messages",
    "php::nullable",
    "php::nullable_empty_as_none",
    "php::object",
];

/// Returns the finding about a path that is not an item of the runtime, since the generated crate would not compile.
pub(super) fn unknown_item(code: Code, what: &str, known: &[&str], path: &str, at: Pointer) -> Option<Diagnostic> {
    let (library, item) = path.split_once("::")?;
    if known.contains(&item) {
        return None;
    }
    let help = match nearest(item, known.iter().copied()) {
        Some(near) => format!("did you mean `{library}::{near}`?"),
        None => format!("write one of {}", listed(library, known)),
    };
    Some(Diagnostic::error(code, Place::Value(at), format!("{RUNTIME} has no {what} `{path}`"), help))
}

fn listed(library: &str, items: &[&str]) -> String {
    let paths: Vec<_> = items.iter().map(|item| format!("`{library}::{item}`")).collect();
    paths.join(", ")
}

/// Returns whether a text is a path that begins with the library.
pub(super) fn is_path(text: &str, library: &str) -> bool {
    let mut segments = text.split("::");
    segments.next() == Some(library)
        && text.contains("::")
        && segments.all(|segment| syn::parse_str::<syn::Ident>(segment).is_ok())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    use syn::{File, Item, Type, UseTree, Visibility};

    use super::{DECODERS, TYPES};

    fn source(path: &str) -> File {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../runtime/src").join(path);
        syn::parse_file(&fs::read_to_string(path).unwrap()).unwrap()
    }

    fn sources(folder: &str) -> Vec<File> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../runtime/src").join(folder);
        let names = fs::read_dir(path).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.map(|name| source(&format!("{folder}/{name}"))).collect()
    }

    fn exported(file: &File) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        for item in &file.items {
            if let Item::Use(item) = item
                && matches!(item.vis, Visibility::Public(_))
            {
                collect(&item.tree, &mut names);
            }
        }
        names
    }

    fn collect(tree: &UseTree, names: &mut BTreeSet<String>) {
        match tree {
            UseTree::Path(path) => collect(&path.tree, names),
            UseTree::Group(group) => group.items.iter().for_each(|tree| collect(tree, names)),
            UseTree::Name(name) => _ = names.insert(name.ident.to_string()),
            _ => {}
        }
    }

    fn deserialized_type(item: &Item) -> Option<String> {
        let Item::Impl(item) = item else { return None };
        let (path, _) = item.trait_.as_ref()?;
        let Type::Path(of) = &*item.self_ty else { return None };
        (path.segments.last()?.ident == "Deserialize").then(|| of.path.segments.last().unwrap().ident.to_string())
    }

    fn decoder(item: &Item) -> Option<String> {
        let Item::Fn(item) = item else { return None };
        let is_decoder = item.sig.generics.params.len() == 3 && item.sig.inputs.len() == 1;
        is_decoder.then(|| item.sig.ident.to_string())
    }

    #[test]
    fn the_types_are_those_that_the_runtime_exports_and_deserializes() {
        let exported = exported(&source("lib.rs"));
        let found: BTreeSet<_> = ["values", "php"]
            .into_iter()
            .flat_map(sources)
            .flat_map(|file| file.items.iter().filter_map(deserialized_type).collect::<Vec<_>>())
            .filter(|name| exported.contains(name))
            .collect();
        assert_eq!(found.iter().collect::<Vec<_>>(), TYPES);
    }

    #[test]
    fn the_decoders_are_those_that_the_runtime_exports() {
        let exported = exported(&source("php/mod.rs"));
        let found: BTreeSet<_> = sources("php")
            .iter()
            .flat_map(|file| file.items.iter().filter_map(decoder))
            .filter(|name| exported.contains(name))
            .map(|name| format!("php::{name}"))
            .collect();
        assert_eq!(found.iter().collect::<Vec<_>>(), DECODERS);
    }
}
