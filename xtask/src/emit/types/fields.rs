//! The fields of a struct.

use std::collections::HashMap;

use proc_macro2::{TokenStream, TokenTree};
use quote::quote;
use syn::{Attribute, Fields, ItemStruct, Meta};

use crate::emit::markdown::{code, markdown};
use crate::emit::syntax::{list, type_ident, word};
use crate::emit::{constraints, docs};
use crate::model::{Absence, Access, Field};
use crate::runtime_path;

/// Sorts the fields as in the document, and describes them. Fields that typify adds go last.
pub fn rewrite(item: &mut ItemStruct, fields: &[Field]) {
    let Fields::Named(named) = &mut item.fields else { return };
    let known: HashMap<&str, usize> =
        fields.iter().enumerate().map(|(index, known)| (known.name.as_str(), index)).collect();
    let name = |field: &syn::Field| field.ident.as_ref().map(ToString::to_string).unwrap_or_default();
    let found = std::mem::take(&mut named.named).into_iter();
    let mut found: Vec<_> = found.map(|field| (known.get(name(&field).as_str()).copied(), field)).collect();
    found.sort_by_key(|(position, _)| position.unwrap_or(usize::MAX));
    for (position, field) in &mut found {
        match position.and_then(|index| fields.get(index)) {
            Some(known) => describe(field, known),
            None => {
                let text = code(&name(field));
                docs::set(&mut field.attrs, &text);
            }
        }
    }
    named.named = found.into_iter().map(|(_, field)| field).collect();
}

fn describe(field: &mut syn::Field, known: &Field) {
    let mut text = known.description.as_deref().map_or_else(|| code(&known.wire_name), markdown);
    constraints::add_with_bounds(&mut text, known.bounds.as_deref(), &known.constraints);
    match known.access {
        Access::Both => {}
        Access::ReadOnly => text += "\n\nRead-only: the API sets it, and a request is sent without it.",
        Access::WriteOnly { .. } => text += "\n\nWrite-only: a request has it, and an answer comes without it.",
    }
    if known.absence == Absence::Distinct {
        text += "\n\n`None` leaves it out, and `Some(None)` is null.";
    }
    docs::set(&mut field.attrs, &text);
    if known.deprecated {
        field.attrs.push(word(&["deprecated"]));
    }
    let metas = serde_metas(field, known);
    field.attrs.retain(|attribute| !attribute.path().is_ident("serde"));
    if !metas.is_empty() {
        field.attrs.push(list("serde", quote!(#(#metas),*)));
    }
}

/// Returns serde's attributes of a field. An absent field and null decode alike. A field without a value is written as
/// null only if the document has null there.
fn serde_metas(field: &syn::Field, known: &Field) -> Vec<TokenStream> {
    let is_option = type_ident(&field.ty).is_some_and(|name| name == "Option");
    let replaced: &[&str] =
        if is_option { &["rename", "default", "skip_serializing_if", "deserialize_with"] } else { &["rename"] };
    let mut metas: Vec<TokenStream> = Vec::new();
    let wire_name = &known.wire_name;
    if field.ident.as_ref().is_some_and(|ident| ident != wire_name) {
        metas.push(quote!(rename = #wire_name));
    }
    let kept = field.attrs.iter().flat_map(metas_of).filter(|(key, _)| !replaced.contains(&key.as_str()));
    metas.extend(kept.map(|(_, meta)| meta));
    if is_option {
        metas.push(quote!(default));
        if let Some(condition) = omission(known) {
            metas.push(quote!(skip_serializing_if = #condition));
        }
    }
    if let Some(decode) = &known.decode {
        metas.push(quote!(deserialize_with = #decode));
    }
    metas
}

/// Returns the path of the function that decides whether an optional field is left out; none if it never is.
fn omission(known: &Field) -> Option<String> {
    let is_null_written = known.of.nullable && known.absence == Absence::ByType;
    match (known.access == Access::ReadOnly, is_null_written) {
        (true, true) => Some(runtime_path("codegen::is_sending")),
        (true, false) => Some(runtime_path("codegen::is_none_or_sending")),
        (false, false) => Some("Option::is_none".to_owned()),
        (false, true) => None,
    }
}

/// Returns the parts of an attribute of serde, each with its key. Commas separate them.
fn metas_of(attribute: &Attribute) -> Vec<(String, TokenStream)> {
    let Meta::List(meta) = &attribute.meta else { return Vec::new() };
    if !attribute.path().is_ident("serde") {
        return Vec::new();
    }
    let tokens: Vec<TokenTree> = meta.tokens.clone().into_iter().collect();
    let is_comma = |token: &TokenTree| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ',');
    let parts = tokens.split(is_comma).filter_map(|part| {
        let key = part.first()?.to_string();
        Some((key, part.iter().cloned().collect()))
    });
    parts.collect()
}

#[cfg(test)]
mod tests {
    use syn::parse_quote;

    use super::*;
    use crate::emit::testing::{field, text};
    use crate::model::{Form, TypeUse};

    fn known(nullable: bool, absence: Absence) -> Field {
        let of = TypeUse { form: Form::Text, nullable };
        Field { absence, ..field("a", of) }
    }

    fn rewritten(mut item: ItemStruct, fields: &[Field]) -> String {
        rewrite(&mut item, fields);
        text(&item)
    }

    #[test]
    fn an_optional_field_is_written_as_null_only_where_the_document_has_null() {
        let skip = "#[serde(default,skip_serializing_if=\"Option::is_none\")]";
        for (nullable, absence, expected) in [
            (false, Absence::ByType, skip),
            (true, Absence::ByType, "#[serde(default)]"),
            (true, Absence::Omitted, skip),
            (true, Absence::Distinct, skip),
        ] {
            let item = parse_quote!(
                struct A {
                    #[serde(rename = "x", default)]
                    a: Option<String>,
                }
            );
            let found = rewritten(item, &[known(nullable, absence)]);
            assert!(found.contains(&format!("]{expected}a:")), "{found}");
        }
    }

    #[test]
    fn a_read_only_field_is_left_out_of_requests_and_says_so() {
        let path = "salla_runtime::codegen::";
        for (nullable, condition) in [(false, "is_none_or_sending"), (true, "is_sending")] {
            let item = parse_quote!(
                struct A {
                    a: Option<String>,
                }
            );
            let read_only = Field { access: Access::ReadOnly, ..known(nullable, Absence::ByType) };
            let found = rewritten(item, &[read_only]);
            let expected = format!("#[serde(default,skip_serializing_if=\"{path}{condition}\")]a:");
            assert!(found.contains(&expected) && found.contains("Read-only:"), "{found}");
        }
    }

    #[test]
    fn a_field_keeps_what_typify_says_of_an_empty_list_and_gets_its_name_and_decoder() {
        let mut field = known(false, Absence::ByType);
        (field.wire_name, field.decode) = ("A".to_owned(), Some("r::f".to_owned()));
        let item = parse_quote!(
            struct A {
                #[serde(default, skip_serializing_if = "Vec::is_empty")]
                a: Vec<i64>,
            }
        );
        let found = rewritten(item, &[field]);
        let expected =
            "#[serde(rename=\"A\",default,skip_serializing_if=\"Vec::is_empty\",deserialize_with=\"r::f\")]a:";
        assert!(found.contains(expected), "{found}");
    }

    #[test]
    fn fields_are_in_the_order_of_the_document_and_those_of_typify_follow() {
        let item = parse_quote!(
            struct A {
                #[serde(flatten)]
                extra: X,
                a: i64,
                b: i64,
            }
        );
        let text = || TypeUse::of(Form::Text);
        let found = rewritten(item, &[field("b", text()), field("a", text())]);
        let positions = ["b:i64", "a:i64", "#[serde(flatten)]extra:X"].map(|part| found.find(part));
        assert!(positions.iter().all(Option::is_some) && positions.is_sorted(), "{found}");
    }

    #[test]
    fn a_field_is_described_with_its_bounds() {
        let mut field = known(false, Absence::ByType);
        (field.bounds, field.deprecated) = (Some("at least 1".to_owned()), true);
        let found = rewritten(
            parse_quote!(
                struct A {
                    a: i64,
                }
            ),
            &[field],
        );
        assert!(found.contains("Documentedbounds:atleast1.") && found.contains("#[deprecated]"), "{found}");
    }
}
