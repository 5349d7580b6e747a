//! The builders of the types that requests send.

use quote::quote;
use syn::{Expr, FieldValue, ImplItem, Item, ItemImpl, ItemMod, Member, Stmt, parse_quote};

use crate::emit::rust_types::{defines_map, map_import};
use crate::emit::syntax::{ident, list, type_ident};
use crate::emit::{constants, constraints, docs};
use crate::model::{Field, Type, Types};

/// typify's name of the properties that are not described.
const EXTRA: &str = "extra";

/// Returns the module with the builders of the types that requests send, if there are any.
pub fn module(mut module: ItemMod, types: &Types) -> Option<ItemMod> {
    let (_, items) = module.content.as_mut()?;
    items.retain(|item| built(item, types).is_some_and(|of| of.is_sent));
    if items.is_empty() {
        return None;
    }
    module.attrs = docs::attributes("Builders of the types that requests send.");
    for item in &mut *items {
        describe(item, built(item, types).map_or(&[], Type::fields));
        if let Some(of) = built(item, types)
            && let Item::Impl(item) = item
        {
            expect_deprecated(item, of);
            begin_without_extra(item, of);
            begin_with_constants(item, of);
            demand_write_only(item, of);
        }
    }
    // The imports of the file do not count in a module inside of it.
    if types.iter().any(|of| has_builder(of) && defines_map(of)) {
        items.insert(0, Item::Use(map_import()));
    }
    Some(module)
}

/// Returns whether a type has a builder: a structure that requests send.
pub fn has_builder(of: &Type) -> bool {
    of.is_sent && matches!(of.definition, crate::model::Definition::Struct { .. })
}

/// Returns the function that returns the builder of a type.
pub fn function(of: &Type) -> Item {
    let name = ident(&of.name);
    let docs = docs::attributes("Returns a builder without any fields set.");
    parse_quote! {
        impl #name {
            #(#docs)*
            pub fn builder() -> builder::#name {
                Default::default()
            }
        }
    }
}

/// Returns the type that an item of the module belongs to.
fn built<'t>(item: &Item, types: &'t Types) -> Option<&'t Type> {
    let name = match item {
        Item::Struct(item) => &item.ident,
        Item::Impl(item) => type_ident(&item.self_ty)?,
        _ => return None,
    };
    types.get(&name.to_string())
}

fn describe(item: &mut Item, fields: &[Field]) {
    match item {
        Item::Struct(item) => {
            let name = item.ident.to_string();
            docs::set(&mut item.attrs, &format!("A builder of [`{name}`](super::{name})."));
        }
        Item::Impl(item) if item.trait_.is_none() => {
            for function in &mut item.items {
                if let ImplItem::Fn(function) = function {
                    let name = function.sig.ident.to_string();
                    let field = fields.iter().find(|field| function.sig.ident == field.name);
                    docs::set(&mut function.attrs, &setter_docs(name.trim_start_matches("r#"), field));
                }
            }
        }
        _ => {}
    }
}

fn setter_docs(name: &str, field: Option<&Field>) -> String {
    match field.and_then(|field| field.constant.as_ref()) {
        Some(constant) => format!("Sets `{name}`. It is {} unless it is set.", constraints::constant(constant)),
        None => format!("Sets `{name}`."),
    }
}

/// Lets the conversions of a builder set deprecated fields: they set every field.
fn expect_deprecated(item: &mut ItemImpl, of: &Type) {
    let is_conversion = item
        .trait_
        .as_ref()
        .and_then(|(path, ..)| path.segments.last())
        .is_some_and(|last| last.ident == "From" || last.ident == "TryFrom");
    if is_conversion && of.fields().iter().any(|field| field.deprecated) {
        item.attrs.push(list("expect", quote!(deprecated)));
    }
}

/// Lets a builder begin without properties that are not described, so that they need not be set.
fn begin_without_extra(item: &mut ItemImpl, of: &Type) {
    let is_described = of.fields().iter().any(|field| field.name == EXTRA);
    if !is_described {
        begin_with(item, EXTRA, || parse_quote!(Ok(Default::default())));
    }
}

/// Lets a builder begin with the fields that have only one value, so that they need not be set.
fn begin_with_constants(item: &mut ItemImpl, of: &Type) {
    for field in of.fields() {
        if let Some(constant) = &field.constant {
            begin_with(item, &field.name, || constants::beginning(constant, &field.of.form, "super"));
        }
    }
}

/// Lets a builder demand the write-only fields that a request has to have. They are optional in the type, since answers
/// lack them.
fn demand_write_only(item: &mut ItemImpl, of: &Type) {
    for field in of.fields().iter().filter(|field| !field.required && field.is_demanded()) {
        let message = format!("no value supplied for {}", field.name.trim_start_matches("r#"));
        begin_with(item, &field.name, || parse_quote!(Err(#message.to_string())));
    }
}

/// Replaces the value with which a builder begins.
fn begin_with(item: &mut ItemImpl, name: &str, value: impl FnOnce() -> Expr) {
    let is_default = item.trait_.as_ref().is_some_and(|(path, ..)| path.is_ident("Default"));
    let Some(ImplItem::Fn(function)) = item.items.first_mut().filter(|_| is_default) else { return };
    let Some(Stmt::Expr(Expr::Struct(begun), _)) = function.block.stmts.last_mut() else { return };
    let is_it = |field: &&mut FieldValue| matches!(&field.member, Member::Named(member) if member == name);
    if let Some(field) = begun.fields.iter_mut().find(is_it) {
        field.expr = value();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emit::testing::{field, structure, text};
    use crate::model::{Constant, Form, TypeUse};

    fn made(text: &str, of: Type) -> String {
        let module: ItemMod = syn::parse_str(text).expect("it is a module");
        self::text(&super::module(module, &[of].into_iter().collect()).expect("a builder stays"))
    }

    fn with_field(name: &str, deprecated: bool) -> Type {
        let mut field = field(name, TypeUse::of(Form::Text));
        field.deprecated = deprecated;
        structure("A", vec![field])
    }

    #[test]
    fn the_conversions_of_a_builder_set_deprecated_fields() {
        let module = "mod builder { impl From<super::A> for A {} impl Default for A {} }";
        let found = made(module, with_field("a", true));
        assert_eq!(found.matches("#[expect(deprecated)]").count(), 1, "{found}");
        assert!(!made(module, with_field("a", false)).contains("expect"));
    }

    #[test]
    fn a_builder_begins_without_properties_that_are_not_described() {
        let module = "mod builder { impl Default for A { fn default() -> Self { Self { extra: Err(x) } } } }";
        assert!(made(module, with_field("a", false)).contains("extra:Ok(Default::default())"));
        assert!(made(module, with_field("extra", false)).contains("extra:Err(x)"), "a described field stays");
    }

    #[test]
    fn a_builder_begins_with_the_only_value_of_a_required_field() {
        let module = "mod builder { impl Default for A { fn default() -> Self { Self { a: Err(x), b: Err(x) } } } impl A { \
                      pub fn a() {} pub fn b() {} } }";
        for (constant, of, expected) in [
            (Constant::Integer(-1), Form::Integer, "a:Ok(-1)"),
            (Constant::Unsigned(u64::MAX), Form::Unsigned, "a:Ok(18446744073709551615)"),
            (
                Constant::Json("[1]".to_owned()),
                Form::Any,
                "a:salla_runtime::codegen::decode_json(\"[1]\").map_err(|error|error.to_string())",
            ),
            (Constant::Boolean(true), Form::Named("Flag".to_owned()), "a:Ok(super::Flag(true))"),
            (
                Constant::Variant("Cat".to_owned(), "cat".to_owned()),
                Form::Named("Kind".to_owned()),
                "a:Ok(super::Kind::Cat)",
            ),
        ] {
            let constant = Some(constant);
            let fields =
                vec![Field { constant, ..field("a", TypeUse::of(of)) }, field("b", TypeUse::of(Form::Integer))];
            let found = made(module, structure("A", fields));
            assert!(found.contains(expected) && found.contains("b:Err(x)"), "{found}");
            assert!(found.contains("unlessitisset.\"]") && found.contains("Sets`b`.\"]"), "{found}");
        }
    }

    #[test]
    fn builders_and_their_setters_are_described() {
        let found = made("mod builder { pub struct A {} impl A { pub fn r#gen() {} } }", with_field("a", false));
        assert!(found.contains("Abuilderof[`A`](super::A)") && found.contains("Sets`gen`."), "{found}");
    }
}
