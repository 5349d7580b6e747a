//! The surface of the types: what code that uses the crate can name of them.
//!
//! It is read from the items, because typify decides about some of it: about `Default`, and about conversions.

use std::collections::{BTreeMap, BTreeSet};

use quote::ToTokens;
use syn::{Attribute, Fields, File, GenericArgument, ImplItem, Item, ItemImpl, Path, PathArguments, Type};

/// The surface of the types by their names.
#[derive(Debug, Default)]
pub struct Surface(BTreeMap<String, TypeSurface>);

/// The surface of a type.
#[derive(Debug, Default)]
pub struct TypeSurface {
    /// The traits that it has, its conversions, and its own functions.
    pub traits: BTreeSet<String>,
    /// The types of its fields, or of what its variants hold.
    pub members: BTreeMap<String, String>,
}

impl Surface {
    /// Reads the surface of the types in a file.
    #[must_use]
    pub fn of(file: &File) -> Self {
        let mut surface = Self::default();
        for item in &file.items {
            surface.add_type(item);
        }
        for item in &file.items {
            if let Item::Impl(item) = item {
                surface.add_implementation(item);
            }
        }
        surface
    }

    /// Returns the surface of the type of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&TypeSurface> {
        self.0.get(name)
    }

    /// Returns the type of a field, or of what a variant holds.
    #[must_use]
    pub fn member(&self, of: &str, member: &str) -> Option<&str> {
        self.0.get(of)?.members.get(member).map(String::as_str)
    }

    fn add_type(&mut self, item: &Item) {
        let (name, attributes, members) = match item {
            Item::Struct(item) => (&item.ident, &item.attrs, fields(&item.fields)),
            Item::Enum(item) => {
                let variants = item.variants.iter();
                let members = variants.map(|variant| (variant.ident.to_string(), text(&variant.fields))).collect();
                (&item.ident, &item.attrs, members)
            }
            _ => return,
        };
        self.0.insert(name.to_string(), TypeSurface { traits: derives(attributes), members });
    }

    fn add_implementation(&mut self, item: &ItemImpl) {
        let own = name(&item.self_ty).and_then(|name| self.0.get_mut(&name));
        match (&item.trait_, own) {
            (None, Some(own)) => own.traits.extend(functions(item)),
            (Some((path, _)), Some(own)) => _ = own.traits.insert(header(path)),
            // `impl From<Order> for String` is a trait of `Order`.
            (Some((path, _)), None) => {
                if let Some(of) = argument(path).and_then(name).and_then(|name| self.0.get_mut(&name)) {
                    of.traits.insert(format!("{} for {}", header(path), text(&item.self_ty)));
                }
            }
            (None, None) => {}
        }
    }
}

fn fields(fields: &Fields) -> BTreeMap<String, String> {
    let numbered = fields.iter().enumerate();
    let named = numbered.map(|(index, field)| {
        let name = field.ident.as_ref().map_or_else(|| index.to_string(), ToString::to_string);
        (name, text(&field.ty))
    });
    named.collect()
}

/// Returns the traits that a type derives.
fn derives(attributes: &[Attribute]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("derive")) {
        // The attribute was written by this program, so that it parses.
        let _ = attribute.parse_nested_meta(|meta| {
            found.insert(header(&meta.path));
            Ok(())
        });
    }
    found
}

/// Returns the functions of an implementation without a trait.
fn functions(item: &ItemImpl) -> impl Iterator<Item = String> {
    item.items.iter().filter_map(|item| match item {
        ImplItem::Fn(function) => Some(format!("fn {}", function.sig.ident)),
        _ => None,
    })
}

/// Returns the name of a trait with its arguments, without its lifetimes.
fn header(path: &Path) -> String {
    let name = path.segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default();
    match argument(path) {
        Some(of) => format!("{name}<{}>", text(of)),
        None => name,
    }
}

/// Returns the first type among the arguments of a trait.
fn argument(path: &Path) -> Option<&Type> {
    let PathArguments::AngleBracketed(arguments) = &path.segments.last()?.arguments else { return None };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::Type(of) => Some(of),
        _ => None,
    })
}

/// Returns the name of a type of the crate, or of a reference to one.
fn name(of: &Type) -> Option<String> {
    match of {
        Type::Path(path) => path.path.get_ident().map(ToString::to_string),
        Type::Reference(of) => name(&of.elem),
        _ => None,
    }
}

/// Returns tokens as code is usually written.
fn text(tokens: &impl ToTokens) -> String {
    let spaced = tokens.to_token_stream().to_string();
    let mut out = String::with_capacity(spaced.len());
    for word in spaced.split(' ') {
        let is_apart = out.ends_with(|c: char| c.is_alphanumeric() || c == '_')
            && word.starts_with(|c: char| c.is_alphanumeric() || c == '_');
        if is_apart || out.ends_with(',') {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_surface_has_what_code_can_name() {
        let file = syn::parse_file(
            "#[derive(Clone, ::serde::Deserialize)] pub struct A { pub a: ::std::option::Option < i64 >, pub r#type: \
             std::collections::BTreeMap<String, B> } pub enum B { C, D(i64) } impl A { pub fn builder() {} } impl<'de> \
             ::serde::Serialize<'de> for B {} impl From<&str> for B {} impl From<B> for String {} impl From<&B> for B {} \
             mod builder { pub struct A; }",
        )
        .expect("it is Rust");
        let surface = Surface::of(&file);
        let found = |name: &str| {
            let TypeSurface { traits, members } = surface.get(name).expect("it is there");
            let members: Vec<_> = members.iter().map(|(name, of)| format!("{name}: {of}")).collect();
            (traits.iter().map(String::as_str).collect::<Vec<_>>().join("; "), members.join("; "))
        };
        assert_eq!(
            found("A"),
            (
                "Clone; Deserialize; fn builder".to_owned(),
                "a: ::std::option::Option<i64>; r#type: std::collections::BTreeMap<String, B>".to_owned()
            )
        );
        assert_eq!(
            found("B"),
            ("From<&B>; From<&str>; From<B> for String; Serialize".to_owned(), "C: ; D: (i64)".to_owned())
        );
    }
}
