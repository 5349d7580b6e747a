//! The types: progenitor's, with the document's order and words, and without what nobody calls.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::punctuated::Punctuated;
use syn::{
    Attribute, Expr, ExprLit, Field, Fields, File, ImplItem, Item, ItemEnum, ItemImpl, ItemMod, ItemStruct, Lit, Meta,
    Token, Type, parse_quote,
};

use super::{derives, docs, syntax};
use crate::lower::notes::{FieldNote, Notes, TypeNote, VariantNote};
use crate::progenitor::post_process;

/// The file `types.rs`.
pub fn file(items: Vec<Item>, notes: &Notes, hashable: &BTreeSet<String>) -> File {
    let mut items: Vec<_> = items.into_iter().map(with_options_outside).filter_map(|item| kept(item, notes)).collect();
    drop_unused_error(&mut items);
    rename_in_conversions(&mut items, notes);
    for item in &mut *items {
        rewrite(item, notes, hashable);
    }
    in_order(&mut items, notes);
    let mut imports: Vec<Item> = Vec::new();
    if have_field_of(&items, "BTreeMap") {
        imports.push(parse_quote!(
            use std::collections::BTreeMap;
        ));
    }
    if items.iter().any(|item| matches!(item, Item::Struct(_) | Item::Enum(_))) {
        imports.push(parse_quote!(
            use serde::{Deserialize, Serialize};
        ));
    }
    imports.append(&mut items);
    syntax::source("The types that the API sends and receives.", imports)
}

/// Whether the type of a field has the name in it. A module inside has imports of its own.
fn have_field_of(items: &[Item], name: &str) -> bool {
    let has = |field: &Field| post_process::mentions(field.ty.to_token_stream(), name);
    items.iter().any(|item| match item {
        Item::Struct(item) => item.fields.iter().any(has),
        Item::Enum(item) => item.variants.iter().flat_map(|variant| &variant.fields).any(has),
        _ => false,
    })
}

/// Whether a conversion can fail, and names the error of that.
fn can_fail(items: &[Item]) -> bool {
    items.iter().any(|item| match item {
        Item::Impl(of) if of.trait_.is_some() => post_process::mentions(item.to_token_stream(), "ConversionError"),
        Item::Mod(module) => module.content.as_ref().is_some_and(|(_, items)| can_fail(items)),
        _ => false,
    })
}

/// Builders of types that are only received have nobody to call them.
fn kept(item: Item, notes: &Notes) -> Option<Item> {
    match item {
        Item::Impl(item) if is_builder_impl(&item) => {
            let is_sent = type_ident(&item.self_ty).is_some_and(|name| notes.is_sent(&name));
            is_sent.then_some(Item::Impl(item))
        }
        Item::Mod(mut module) if module.ident == "builder" => {
            let (_, items) = module.content.as_mut()?;
            items.retain(|item| belongs_to(item).is_some_and(|name| notes.is_sent(&name)));
            if items.is_empty() {
                return None;
            }
            module.attrs = docs::attributes("Builders of the types that requests send.");
            items.iter_mut().for_each(describe_builder);
            for item in &mut *items {
                expect_deprecated(item, notes);
                begin_without_extra(item, notes);
            }
            // A module does not see what the one around it imports.
            if have_field_of(items, "BTreeMap") {
                items.insert(
                    0,
                    parse_quote!(
                        use std::collections::BTreeMap;
                    ),
                );
            }
            Some(Item::Mod(module))
        }
        item => Some(item),
    }
}

fn describe_builder(item: &mut Item) {
    match item {
        Item::Struct(item) => {
            let name = item.ident.to_string();
            set_docs(&mut item.attrs, &format!("A builder of [`{name}`](super::{name})."));
        }
        Item::Impl(item) if item.trait_.is_none() => {
            for function in &mut item.items {
                if let syn::ImplItem::Fn(function) = function {
                    let name = function.sig.ident.to_string();
                    set_docs(&mut function.attrs, &format!("Sets `{}`.", name.trim_start_matches("r#")));
                }
            }
        }
        _ => {}
    }
}

/// A builder sets every field, also those that should no longer be used.
fn expect_deprecated(item: &mut Item, notes: &Notes) {
    let Item::Impl(item) = item else { return };
    let note = type_ident(&item.self_ty).and_then(|name| notes.types.get(&name));
    let is_conversion = item.trait_.as_ref().is_some_and(|(path, ..)| {
        path.segments.last().is_some_and(|last| matches!(last.ident.to_string().as_str(), "From" | "TryFrom"))
    });
    if is_conversion && note.is_some_and(|note| note.fields.iter().any(|field| field.deprecated)) {
        item.attrs.push(parse_quote!(#[expect(deprecated)]));
    }
}

/// A value of no more properties than the described ones needs no map of the others: the builder begins without any.
fn begin_without_extra(item: &mut Item, notes: &Notes) {
    let Item::Impl(item) = item else { return };
    let note = type_ident(&item.self_ty).and_then(|name| notes.types.get(&name));
    let is_described = note.is_none_or(|note| note.fields.iter().any(|field| field.name == EXTRA));
    let is_default = item.trait_.as_ref().is_some_and(|(path, ..)| path.is_ident("Default"));
    let Some(ImplItem::Fn(function)) = item.items.first_mut().filter(|_| is_default && !is_described) else { return };
    let Some(syn::Stmt::Expr(Expr::Struct(begun), _)) = function.block.stmts.last_mut() else { return };
    for field in &mut begun.fields {
        if matches!(&field.member, syn::Member::Named(name) if name == EXTRA) {
            field.expr = parse_quote!(Ok(Default::default()));
        }
    }
}

/// typify's name of the properties that are not described.
const EXTRA: &str = "extra";

/// typify boxes a field that may be null as `Box<Option<T>>` where types are in a circle. Absence is that of the
/// `Option`, which has to be outside.
fn with_options_outside(item: Item) -> Item {
    if !matches!(item, Item::Struct(_) | Item::Mod(_)) {
        return item;
    }
    let tokens = item.to_token_stream();
    if !post_process::mentions(tokens.clone(), "Box") {
        return item;
    }
    syn::parse2(options_outside(tokens)).unwrap_or(item)
}

fn options_outside(tokens: TokenStream) -> TokenStream {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let text = |at: usize| tokens.get(at).map(ToString::to_string).unwrap_or_default();
    let (mut out, mut at): (Vec<TokenTree>, usize) = (Vec::new(), 0);
    while let Some(token) = tokens.get(at) {
        if [0, 1, 2, 3].map(|ahead| text(at + ahead)) == ["Box", "<", "Option", "<"] {
            let path = out.iter().rposition(|token| !matches!(token.to_string().as_str(), ":" | "std" | "boxed"));
            let path = out.split_off(path.map_or(0, |before| before + 1));
            // Before a path may stand the colon of its field.
            let own = path.len() - path.len().min(BOXED);
            out.extend_from_slice(&path[..own]);
            out.extend_from_slice(&tokens[at + 2..at + 4]);
            out.extend_from_slice(&path[own..]);
            out.extend_from_slice(&tokens[at..at + 2]);
            at += 4;
            continue;
        }
        out.push(match token {
            TokenTree::Group(group) => TokenTree::Group(Group::new(group.delimiter(), options_outside(group.stream()))),
            other => other.clone(),
        });
        at += 1;
    }
    out.into_iter().collect()
}

/// The tokens of `::std::boxed::`.
const BOXED: usize = 8;

fn is_builder_impl(item: &ItemImpl) -> bool {
    item.trait_.is_none() && matches!(&item.items[..], [syn::ImplItem::Fn(function)] if function.sig.ident == "builder")
}

/// The type that an item of the module `builder` builds.
fn belongs_to(item: &Item) -> Option<String> {
    match item {
        Item::Struct(item) => Some(item.ident.to_string()),
        Item::Impl(item) => type_ident(&item.self_ty),
        _ => None,
    }
}

/// The last name of a type's path.
pub fn type_ident(of: &Type) -> Option<String> {
    match of {
        Type::Path(path) => path.path.segments.last().map(|segment| segment.ident.to_string()),
        _ => None,
    }
}

/// The error of conversions stays only where a type converts.
fn drop_unused_error(items: &mut Vec<Item>) {
    let is_error = |item: &Item| matches!(item, Item::Mod(module) if module.ident == "error");
    let (errors, mut others): (Vec<_>, Vec<_>) = std::mem::take(items).into_iter().partition(is_error);
    if can_fail(&others) {
        others.extend(errors);
    }
    *items = others;
    for item in items {
        if let Item::Mod(ItemMod { ident, attrs, .. }) = item
            && ident == "error"
        {
            *attrs = docs::attributes("Why a value does not convert.");
        }
    }
}

fn rewrite(item: &mut Item, notes: &Notes, hashable: &BTreeSet<String>) {
    match item {
        Item::Struct(item) => {
            let note = notes.types.get(&item.ident.to_string());
            describe(&mut item.attrs, note, &item.ident.to_string());
            derives::rewrite(&mut item.attrs, &item.ident, hashable);
            if let Some(note) = note {
                fields(item, note);
            }
        }
        Item::Enum(item) => {
            let note = notes.types.get(&item.ident.to_string());
            describe(&mut item.attrs, note, &item.ident.to_string());
            derives::rewrite(&mut item.attrs, &item.ident, hashable);
            variants(item, note);
        }
        Item::Impl(item) => {
            implementation(item, notes);
            item.attrs.retain(|attribute| !attribute.path().is_ident("doc"));
            for function in &mut item.items {
                if let syn::ImplItem::Fn(function) = function
                    && function.sig.ident == "builder"
                {
                    function.attrs = docs::attributes("A builder with no field set.");
                }
            }
        }
        _ => {}
    }
}

fn describe(attributes: &mut Vec<Attribute>, note: Option<&TypeNote>, name: &str) {
    let text = note.and_then(|note| note.description.as_deref()).map(docs::markdown);
    set_docs(attributes, &text.unwrap_or_else(|| format!("`{name}`")));
}

fn set_docs(attributes: &mut Vec<Attribute>, text: &str) {
    attributes.retain(|attribute| !attribute.path().is_ident("doc"));
    attributes.splice(0..0, docs::attributes(text));
}

/// Variants get their own names, and their words.
fn variants(item: &mut ItemEnum, note: Option<&TypeNote>) {
    for (index, variant) in item.variants.iter_mut().enumerate() {
        let known = note.and_then(|note| note.variants.get(index));
        let described = known.and_then(|known| known.description.as_deref()).map(docs::markdown);
        let text = known.and_then(|known| known.text.as_deref());
        if let Some(known) = known {
            variant.ident = Ident::new(&known.name, variant.ident.span());
        }
        let shown = text.map_or_else(|| docs::code(&variant.ident.to_string()), docs::code);
        set_docs(&mut variant.attrs, &described.unwrap_or(shown));
        if text.is_some() {
            // typify's own would be a second one.
            variant.attrs.retain(|attribute| !attribute.path().is_ident("serde"));
        }
        if let Some(text) = text.filter(|text| variant.ident != text) {
            variant.attrs.push(parse_quote!(#[serde(rename = #text)]));
        }
    }
}

/// The conversions that typify wrote for an enumeration know the names that it was shown: they get the texts, and
/// those of a choice the names of its variants.
fn implementation(item: &mut ItemImpl, notes: &Notes) {
    let Some(note) = implemented_for(item).and_then(|name| notes.types.get(&name)) else { return };
    let is_enumeration = note.variants.iter().any(|variant| variant.text.is_some());
    let of_trait = item.trait_.as_ref().and_then(|(path, ..)| path.segments.last()).map(|last| last.ident.to_string());
    match of_trait.as_deref() {
        Some("Display") if is_enumeration => item.items = displayed(&note.variants),
        Some("FromStr") if is_enumeration => item.items = parsed(&note.variants),
        _ => {}
    }
}

fn displayed(variants: &[VariantNote]) -> Vec<ImplItem> {
    let (names, texts) = names_and_texts(variants);
    vec![parse_quote! {
        fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
            f.write_str(match self { #(Self::#names => #texts,)* })
        }
    }]
}

fn parsed(variants: &[VariantNote]) -> Vec<ImplItem> {
    let (names, texts) = names_and_texts(variants);
    vec![
        parse_quote!(
            type Err = self::error::ConversionError;
        ),
        parse_quote! {
            fn from_str(value: &str) -> Result<Self, self::error::ConversionError> {
                match value {
                    #(#texts => Ok(Self::#names),)*
                    _ => Err("invalid value".into()),
                }
            }
        },
    ]
}

fn names_and_texts(variants: &[VariantNote]) -> (Vec<Ident>, Vec<&str>) {
    let name = |variant: &VariantNote| Ident::new(&variant.name, Span::call_site());
    variants.iter().map(|variant| (name(variant), variant.text.as_deref().unwrap_or_default())).unzip()
}

/// typify's names of the variants of choices, and the document's.
fn variant_names(items: &[Item], notes: &Notes) -> HashMap<String, HashMap<String, String>> {
    let choices = items.iter().filter_map(|item| match item {
        Item::Enum(item) => Some((item, notes.types.get(&item.ident.to_string())?)),
        _ => None,
    });
    choices
        .map(|(item, note)| {
            let olds = item.variants.iter().map(|variant| variant.ident.to_string());
            (item.ident.to_string(), olds.zip(note.variants.iter().map(|variant| variant.name.clone())).collect())
        })
        .collect()
}

/// The tokens with `Self::Old` as `Self::New`.
fn renamed(tokens: TokenStream, names: &HashMap<String, String>) -> TokenStream {
    let mut out: Vec<TokenTree> = Vec::new();
    for token in tokens {
        let after_self = matches!(&out[..], [.., TokenTree::Ident(word), TokenTree::Punct(a), TokenTree::Punct(b)]
            if word == "Self" && a.as_char() == ':' && b.as_char() == ':');
        out.push(match token {
            TokenTree::Group(group) => TokenTree::Group(Group::new(group.delimiter(), renamed(group.stream(), names))),
            TokenTree::Ident(ident) if after_self => match names.get(&ident.to_string()) {
                Some(name) => TokenTree::Ident(Ident::new(name, ident.span())),
                None => TokenTree::Ident(ident),
            },
            other => other,
        });
    }
    out.into_iter().collect()
}

/// The conversions of choices call the variants by the document's names.
fn rename_in_conversions(items: &mut [Item], notes: &Notes) {
    let names = variant_names(items, notes);
    for item in items {
        let Item::Impl(of) = item else { continue };
        let Some(names) = implemented_for(of).and_then(|name| names.get(&name)) else { continue };
        if names.iter().any(|(old, new)| old != new)
            && let Ok(renamed) = syn::parse2(renamed(of.to_token_stream(), names))
        {
            *of = renamed;
        }
    }
}

fn fields(item: &mut ItemStruct, note: &TypeNote) {
    let Fields::Named(named) = &mut item.fields else { return };
    let known: BTreeMap<_, _> =
        note.fields.iter().enumerate().map(|(index, known)| (known.name.as_str(), index)).collect();
    let name = |field: &Field| field.ident.as_ref().map(ToString::to_string).unwrap_or_default();
    let fields = std::mem::take(&mut named.named).into_iter();
    let mut fields: Vec<_> = fields.map(|field| (known.get(name(&field).as_str()).copied(), field)).collect();
    // Fields of the document come first in its order; typify's own (`extra`) follow.
    fields.sort_by_key(|(position, _)| position.unwrap_or(usize::MAX));
    for (position, field) in &mut fields {
        let known = position.and_then(|index| note.fields.get(index));
        describe_field(field, known);
        serde_attribute(field, known);
    }
    named.named = fields.into_iter().map(|(_, field)| field).collect();
}

/// The name of a field in JSON.
pub fn wire_name(field: &Field) -> String {
    let ident = field.ident.as_ref().map(ToString::to_string).unwrap_or_default();
    serde_value(&field.attrs, "rename").unwrap_or(ident)
}

fn describe_field(field: &mut Field, note: Option<&FieldNote>) {
    let name = note.map_or_else(|| wire_name(field), |note| note.wire_name.clone());
    let mut text = note.and_then(|note| note.description.as_deref()).map_or_else(|| docs::code(&name), docs::markdown);
    if let Some(bounds) = note.and_then(|note| note.bounds.as_deref()) {
        text += &format!("\n\nDocumented as {}.", docs::markdown(bounds));
    }
    set_docs(&mut field.attrs, &text);
    if note.is_some_and(|note| note.deprecated) {
        field.attrs.push(parse_quote!(#[deprecated]));
    }
}

/// serde's attributes of a field: absent and null decode alike, null is written where the document has null, and
/// nothing is written where it has nothing.
fn serde_attribute(field: &mut Field, note: Option<&FieldNote>) {
    let is_option = type_ident(&field.ty).is_some_and(|name| name == "Option");
    let mut metas = serde_metas(&field.attrs);
    if let Some(note) = note {
        metas.retain(|meta| !meta.path().is_ident("rename"));
        let wire = &note.wire_name;
        if field.ident.as_ref().is_some_and(|ident| ident != wire) {
            metas.insert(0, parse_quote!(rename = #wire));
        }
    }
    if is_option {
        metas.retain(|meta| {
            !["default", "skip_serializing_if", "deserialize_with"].iter().any(|key| meta.path().is_ident(key))
        });
        metas.push(parse_quote!(default));
        if !note.is_some_and(|note| note.nullable && !note.is_skipped) {
            metas.push(parse_quote!(skip_serializing_if = "Option::is_none"));
        }
    }
    if let Some(decode) = note.and_then(|note| note.decode.as_deref()) {
        metas.push(parse_quote!(deserialize_with = #decode));
    }
    field.attrs.retain(|attribute| !attribute.path().is_ident("serde"));
    if !metas.is_empty() {
        field.attrs.push(parse_quote!(#[serde(#(#metas),*)]));
    }
}

fn serde_metas(attributes: &[Attribute]) -> Vec<Meta> {
    attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("serde"))
        .filter_map(|attribute| attribute.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated).ok())
        .flatten()
        .collect()
}

fn serde_value(attributes: &[Attribute], key: &str) -> Option<String> {
    serde_metas(attributes).iter().find(|meta| meta.path().is_ident(key)).and_then(|meta| match meta {
        Meta::NameValue(pair) => match &pair.value {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
            _ => None,
        },
        _ => None,
    })
}

/// Types in the order of the document, each followed by its implementations; modules last.
fn in_order(items: &mut [Item], notes: &Notes) {
    let ranks: BTreeMap<_, _> = notes.type_order.iter().enumerate().map(|(rank, name)| (name.as_str(), rank)).collect();
    let rank = |name: &str| ranks.get(name).copied().unwrap_or(usize::MAX - 1);
    items.sort_by_cached_key(|item| match item {
        Item::Struct(item) => (rank(&item.ident.to_string()), 0),
        Item::Enum(item) => (rank(&item.ident.to_string()), 0),
        Item::Impl(item) => (implemented_for(item).map_or(usize::MAX - 1, |name| rank(&name)), 1),
        _ => (usize::MAX, 2),
    });
}

/// The generated type that an implementation is about: `impl From<Foo> for String` is about `Foo`.
fn implemented_for(item: &ItemImpl) -> Option<String> {
    let name = type_ident(&item.self_ty)?;
    let is_foreign = matches!(&*item.self_ty, Type::Path(path) if path.path.segments.len() > 1) || name == "String";
    let argument = item.trait_.as_ref().and_then(|(path, ..)| match &path.segments.last()?.arguments {
        syn::PathArguments::AngleBracketed(arguments) => match arguments.args.first()? {
            syn::GenericArgument::Type(of) => type_ident(of),
            _ => None,
        },
        _ => None,
    });
    if is_foreign { argument.or(Some(name)) } else { Some(name) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::document::Source;
    use crate::emit::passes;
    use crate::lower;
    use crate::progenitor::post_process;
    use crate::source;

    #[test]
    fn the_builders_import_the_map_that_they_set() {
        let with = |property: serde_json::Value| {
            let schema = json!({"type": "object", "properties": {"a": property}});
            let body = json!({"content": {"application/json": {"schema": schema}}});
            let operation =
                json!({"operationId": "a", "requestBody": body, "responses": {"204": {"description": "d"}}});
            let info = json!({"title": "t", "version": "1"});
            let root = json!({"openapi": "3.0.3", "info": info, "paths": {"/a": {"post": operation}}});
            let document = source::parse(Source::new("api.yaml", root.to_string())).unwrap();
            let lowered = lower::lower(&document, &lower::Options::default());
            let tokens = post_process::simplify(crate::progenitor::generate(lowered.document).unwrap(), &|_| true);
            let sources = passes::apply(tokens, &lowered.notes, "client").unwrap();
            let text = prettyplease::unparse(&sources["types.rs"]);
            let (_, builders) = text.split_once("pub mod builder {").unwrap();
            builders.contains("use std::collections::BTreeMap;")
        };
        assert!(with(json!({"type": "object", "additionalProperties": {"type": "integer"}})));
        assert!(!with(json!({"type": "string"})));
    }
}
