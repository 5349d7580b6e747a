//! The file of the types: those of progenitor, in the order and with the descriptions of the document.

mod builder;
mod derives;
mod enumerations;
mod fields;
mod tagged;
mod variants;

use syn::{
    Attribute, Fields, File, GenericArgument, Ident, ImplItem, Item, ItemImpl, ItemStruct, PathArguments, Type,
    Visibility,
};

use super::syntax::{import, type_ident, word};
use super::{constraints, docs, rust_types};
use crate::model::{self, Definition, Types};

/// Takes the module `error` from the items. It is dropped if no conversion fails with its error.
pub fn take_error(items: &mut Vec<Item>, types: &Types) -> Option<Item> {
    let is_used = can_fail(items) || types.iter().any(builder::has_builder);
    let index = items.iter().position(|item| matches!(item, Item::Mod(module) if module.ident == "error"))?;
    let mut error = items.remove(index);
    if let Item::Mod(module) = &mut error {
        module.attrs = docs::attributes("The error of conversions between types.");
    }
    is_used.then_some(error)
}

/// Returns the file of the types, without its modules.
pub fn file(mut items: Vec<Item>, types: &Types) -> File {
    for item in &mut items {
        rewrite(item, types);
    }
    // The function that returns the builder is in front of the other implementations.
    let functions = types.iter().filter(|of| builder::has_builder(of)).map(builder::function);
    let mut items: Vec<_> = functions.chain(items).collect();
    items.extend(types.iter().flat_map(enumerations::items));
    items.extend(types.iter().flat_map(tagged::items));
    in_order(&mut items, types);
    docs::file("The types of requests and responses.", imports(types).into_iter().chain(items).collect())
}

fn imports(types: &Types) -> Vec<Item> {
    let map = types.iter().any(rust_types::defines_map).then(rust_types::map_import);
    let serde = (!types.is_empty()).then(|| import(Visibility::Inherited, &["serde"], ["Deserialize", "Serialize"]));
    map.into_iter().chain(serde).map(Item::Use).collect()
}

/// Returns the modules at the end of the file: that of the builders, and that of the error.
pub fn modules(builders: Option<Item>, error: Option<Item>, types: &Types) -> File {
    let builders = match builders {
        Some(Item::Mod(module)) => builder::module(module, types).map(Item::Mod),
        _ => None,
    };
    File { shebang: None, frontmatter: None, attrs: Vec::new(), items: builders.into_iter().chain(error).collect() }
}

/// Returns whether a conversion fails with the error of conversions.
fn can_fail(items: &[Item]) -> bool {
    let is_error = |item: &ImplItem| match item {
        ImplItem::Type(of) => type_ident(&of.ty).is_some_and(|name| name == "ConversionError"),
        _ => false,
    };
    items.iter().any(|item| match item {
        Item::Impl(of) if of.trait_.is_some() => of.items.iter().any(is_error),
        _ => false,
    })
}

/// Rewrites an item with the facts of the model.
fn rewrite(item: &mut Item, types: &Types) {
    match item {
        Item::Struct(item) => {
            let of = types.get(&item.ident.to_string());
            describe(&mut item.attrs, of, &item.ident);
            derives::rewrite(&mut item.attrs);
            if let Some(of) = of {
                open_struct(item);
                fields::rewrite(item, of.fields());
            }
        }
        Item::Enum(item) => {
            let of = types.get(&item.ident.to_string());
            describe(&mut item.attrs, of, &item.ident);
            derives::rewrite(&mut item.attrs);
            item.attrs.push(non_exhaustive());
            variants::rewrite(item, of);
        }
        Item::Impl(item) => implementation(item, types),
        _ => {}
    }
}

/// Lets a struct get more fields. A caller makes one with its builder.
fn open_struct(item: &mut ItemStruct) {
    if matches!(item.fields, Fields::Named(_)) {
        item.attrs.push(non_exhaustive());
    }
}

fn non_exhaustive() -> Attribute {
    word(&["non_exhaustive"])
}

fn describe(attributes: &mut Vec<Attribute>, of: Option<&model::Type>, name: &Ident) {
    let text = of.map_or_else(|| format!("`{name}`"), constraints::of_type);
    docs::set(attributes, &text);
}

fn implementation(item: &mut ItemImpl, types: &Types) {
    let of = implemented_for(item).and_then(|name| types.get(&name.to_string()));
    if let Some(Definition::Enumeration { values, .. }) = of.map(|of| &of.definition) {
        variants::convert(item, values);
    }
    item.attrs.retain(|attribute| !attribute.path().is_ident("doc"));
}

/// Sorts the types as in the document, each followed by its implementations.
fn in_order(items: &mut [Item], types: &Types) {
    let rank = |name: &Ident| types.position(&name.to_string()).unwrap_or(usize::MAX - 1);
    items.sort_by_cached_key(|item| match item {
        Item::Struct(item) => (rank(&item.ident), 0),
        Item::Enum(item) => (rank(&item.ident), 0),
        Item::Impl(item) => (implemented_for(item).map_or(usize::MAX - 1, rank), 1),
        _ => (usize::MAX, 2),
    });
}

/// Returns the generated type that an implementation is about: `impl From<Foo> for String` is about `Foo`.
fn implemented_for(item: &ItemImpl) -> Option<&Ident> {
    let name = type_ident(&item.self_ty)?;
    let is_foreign = matches!(&*item.self_ty, Type::Path(path) if path.path.segments.len() > 1) || name == "String";
    let argument = item.trait_.as_ref().and_then(|(path, ..)| match &path.segments.last()?.arguments {
        PathArguments::AngleBracketed(arguments) => match arguments.args.first()? {
            GenericArgument::Type(of) => type_ident(of),
            _ => None,
        },
        _ => None,
    });
    if is_foreign { argument.or(Some(name)) } else { Some(name) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emit::testing::{field, structure, text};
    use crate::model::{Form, TypeUse};

    fn items(text: &str) -> Vec<Item> {
        syn::parse_file(text).expect("it is Rust").items
    }

    fn types(names: &[&str]) -> Types {
        names.iter().map(|name| structure(name, Vec::new())).collect()
    }

    /// Returns a type that no request sends.
    fn received() -> Types {
        let received = crate::model::Type { is_sent: false, ..structure("A", Vec::new()) };
        [received].into_iter().collect()
    }

    #[test]
    fn types_are_in_the_order_of_the_document_with_their_implementations() {
        let made = items(
            "impl From<B> for String {} struct A; struct B; impl From<i64> for A {} impl ::std::fmt::Display for B {}",
        );
        let found = text(&file(made, &types(&["B", "A"])));
        let positions = ["structB", "implFrom<B>", "Display", "structA;", "fnbuilder()->builder::A", "implFrom<i64>"]
            .map(|part| found.find(part).unwrap_or_else(|| panic!("no {part} in {found}")));
        assert!(positions.is_sorted(), "{found}");
    }

    #[test]
    fn the_error_of_conversions_is_there_if_a_conversion_has_it() {
        for (conversion, expected) in
            [("type Error = self::error::ConversionError;", true), ("type Error = ::std::convert::Infallible;", false)]
        {
            let mut made = items(&format!("struct A; mod error {{}} impl TryFrom<i64> for A {{ {conversion} }}"));
            assert_eq!(take_error(&mut made, &received()).is_some(), expected);
            assert_eq!(made.len(), 2, "the items without the module");
        }
        // A builder fails with it too.
        assert!(take_error(&mut items("mod error {}"), &types(&["A"])).is_some());
        assert!(take_error(&mut Vec::new(), &types(&["A"])).is_none());
    }

    #[test]
    fn only_types_that_are_sent_have_a_builder() {
        let module = || items("mod builder { struct A; }").pop();
        let found = |types: &Types| text(&file(items("struct A;"), types)) + &text(&modules(module(), None, types));
        assert!(!found(&received()).contains("builder"));
        let sent = found(&types(&["A"]));
        assert!(
            sent.contains("pubfnbuilder()->builder::A{Default::default()}") && sent.contains("modbuilder"),
            "{sent}"
        );
    }

    #[test]
    fn more_fields_and_variants_break_no_caller() {
        let found = text(&file(items("struct A { a: i64 } struct B(i64); enum C { D }"), &types(&["A", "B", "C"])));
        assert_eq!(found.matches("#[non_exhaustive]").count(), 2, "{found}");
        for open in ["#[non_exhaustive]structA", "#[non_exhaustive]enumC"] {
            assert!(found.contains(open), "{found}");
        }
    }

    #[test]
    fn the_types_and_their_builders_import_the_map_that_they_name() {
        let with = |of: Form| {
            let types = [structure("A", vec![field("a", TypeUse::of(of))])].into_iter().collect();
            let module = items("mod builder { struct A; }").pop();
            let found = text(&file(items("struct A;"), &types)) + &text(&modules(module, None, &types));
            found.matches("usestd::collections::BTreeMap;").count()
        };
        assert_eq!(with(Form::Map(Box::new(TypeUse::of(Form::Integer)))), 2);
        assert_eq!(with(Form::Text), 0);
    }
}
