//! The variants of enumerations and choices.

use proc_macro2::Ident;
use quote::quote;
use syn::{ImplItem, ItemEnum, ItemImpl, parse_quote};

use crate::emit::markdown::code;
use crate::emit::syntax::{ident, list};
use crate::emit::{constraints, docs};
use crate::model::{Definition, ListedValue, Type};

/// Describes the variants, and gives those of an enumeration their texts.
pub fn rewrite(item: &mut ItemEnum, of: Option<&Type>) {
    for (index, variant) in item.variants.iter_mut().enumerate() {
        let (name, documentation, text) = match of.map(|of| &of.definition) {
            Some(Definition::Enumeration { values, .. }) => {
                let value = values.get(index);
                (value.map(|value| &value.name), None, value.map(|value| value.text.as_str()))
            }
            Some(Definition::Choice(alternatives)) => {
                let alternative = alternatives.get(index);
                (alternative.map(|alternative| &alternative.name), alternative.map(constraints::of_alternative), None)
            }
            _ => (None, None, None),
        };
        if let Some(name) = name {
            variant.ident = ident(name);
        }
        let shown = || text.map_or_else(|| code(&variant.ident.to_string()), code);
        docs::set(&mut variant.attrs, &documentation.unwrap_or_else(shown));
        if let Some(text) = text {
            // typify has an attribute for the name that it was given.
            variant.attrs.retain(|attribute| !attribute.path().is_ident("serde"));
            if variant.ident != text {
                variant.attrs.push(list("serde", quote!(rename = #text)));
            }
        }
    }
}

/// Replaces the names of the variants by their texts in the conversions of an enumeration.
pub fn convert(item: &mut ItemImpl, values: &[ListedValue]) {
    let of_trait = item.trait_.as_ref().and_then(|(path, ..)| path.segments.last()).map(|last| last.ident.to_string());
    match of_trait.as_deref() {
        Some("Display") => item.items = displayed(values),
        Some("FromStr") => item.items = parsed(values),
        _ => {}
    }
}

fn displayed(values: &[ListedValue]) -> Vec<ImplItem> {
    let (names, texts) = names_and_texts(values);
    vec![parse_quote! {
        fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
            f.write_str(match self { #(Self::#names => #texts,)* })
        }
    }]
}

fn parsed(values: &[ListedValue]) -> Vec<ImplItem> {
    let (names, texts) = names_and_texts(values);
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

fn names_and_texts(values: &[ListedValue]) -> (Vec<Ident>, Vec<&str>) {
    values.iter().map(|value| (ident(&value.name), value.text.as_str())).unzip()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emit::testing::{alternative, structure, text};
    use crate::model::{Alternative, Form};

    fn of(definition: Definition) -> Type {
        Type { definition, ..structure("A", Vec::new()) }
    }

    fn values() -> Vec<ListedValue> {
        let value = |name: &str, text: &str| ListedValue { name: name.to_owned(), text: text.to_owned() };
        vec![value("Up", "up"), value("Down", "Down")]
    }

    #[test]
    fn the_variants_of_an_enumeration_have_their_texts() {
        let mut item = parse_quote!(
            enum A {
                #[serde(rename = "x")]
                Up,
                Down,
            }
        );
        rewrite(&mut item, Some(&of(Definition::Enumeration { values: values(), is_open: false })));
        let found = text(&item);
        assert!(found.contains("\"`up`\"]#[serde(rename=\"up\")]Up"), "{found}");
        assert!(found.ends_with("\"`Down`\"]Down,}"), "{found}");
    }

    #[test]
    fn the_variants_of_a_choice_are_described() {
        let described = |name: &str, description: Option<&str>| Alternative {
            description: description.map(str::to_owned),
            ..alternative(name, Form::Text)
        };
        let choice = Definition::Choice(vec![described("Text", Some("a text")), described("Whole", None)]);
        let mut item = parse_quote!(
            enum A {
                Text(String),
                Whole(i64),
            }
        );
        rewrite(&mut item, Some(&of(choice)));
        let found = text(&item);
        assert!(found.contains("\"atext\"]Text(String)") && found.contains("\"`Whole`\"]Whole(i64)"), "{found}");
    }

    #[test]
    fn the_conversions_of_an_enumeration_know_the_texts() {
        let mut display = parse_quote!(impl ::std::fmt::Display for A {});
        convert(&mut display, &values());
        assert!(text(&display).contains("{Self::Up=>\"up\",Self::Down=>\"Down\",}"));
        let mut parse = parse_quote!(impl ::std::str::FromStr for A {});
        convert(&mut parse, &values());
        assert!(text(&parse).contains("\"up\"=>Ok(Self::Up),\"Down\"=>Ok(Self::Down),_=>"));
    }
}
