//! Tagged choices: an enumeration of the alternatives, which decodes by the tag. An open one keeps objects with unknown
//! tags.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::{Item, Path, parse_quote};

use crate::emit::markdown::code;
use crate::emit::syntax::ident;
use crate::emit::{constraints, docs};
use crate::model::{Definition, Form, TagHolder, TaggedAlternative, TaggedChoice, Type, UNKNOWN};

/// Returns the items of a tagged choice; none of any other type.
pub fn items(of: &Type) -> Vec<Item> {
    let Definition::Tagged(choice) = &of.definition else { return Vec::new() };
    let name = ident(&of.name);
    let variants: Vec<_> = choice.alternatives.iter().filter_map(Variant::of).collect();
    let mut items = vec![enumeration(of, &name, choice, &variants)];
    items.extend(conversions(&name, &variants));
    items.push(deserialize(&name, choice, &variants));
    items.push(serialize(&name, choice, &variants));
    items
}

/// A variant of the enumeration.
struct Variant<'m> {
    name: Ident,
    of: Ident,
    model: &'m TaggedAlternative,
}

impl<'m> Variant<'m> {
    /// The variant of an alternative, whose type is one of the crate.
    fn of(model: &'m TaggedAlternative) -> Option<Self> {
        let Form::Named(of) = &model.alternative.of else { return None };
        Some(Self { name: ident(&model.alternative.name), of: ident(of), model })
    }
}

fn enumeration(of: &Type, name: &Ident, choice: &TaggedChoice, variants: &[Variant<'_>]) -> Item {
    let description = docs::attributes(&constraints::of_type(of));
    let unknown = choice.is_open.then(|| unknown_variant(&choice.tag));
    let variants = variants.iter().map(|variant| -> TokenStream {
        let Variant { name, of, model } = variant;
        let description = docs::attributes(&constraints::of_alternative(&model.alternative));
        quote!(#(#description)* #name(#of),)
    });
    parse_quote! {
        #(#description)*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum #name {
            #(#variants)*
            #unknown
        }
    }
}

fn unknown_variant(tag: &str) -> TokenStream {
    let text = format!("An object with another {}. Decoding creates it.", code(tag));
    let (unknown, description) = (ident(UNKNOWN), docs::attributes(&text));
    quote!(#(#description)* #unknown(salla_runtime::UnknownAlternative),)
}

/// Returns the conversions from the types of the alternatives. A type of two alternatives has none: the variant would be
/// ambiguous.
fn conversions(name: &Ident, variants: &[Variant<'_>]) -> Vec<Item> {
    let is_alone = |variant: &&Variant<'_>| variants.iter().filter(|other| other.of == variant.of).count() == 1;
    let conversion = |variant: &Variant<'_>| -> Item {
        let Variant { name: variant, of, .. } = variant;
        parse_quote! {
            impl From<#of> for #name {
                fn from(value: #of) -> Self {
                    Self::#variant(value)
                }
            }
        }
    };
    variants.iter().filter(is_alone).map(conversion).collect()
}

fn deserialize(name: &Ident, choice: &TaggedChoice, variants: &[Variant<'_>]) -> Item {
    let (tag, unknown) = (&choice.tag, ident(UNKNOWN));
    let other =
        if choice.is_open { quote!(Ok(Self::#unknown(tagged.unknown()))) } else { quote!(Err(tagged.refused())) };
    let arms = variants.iter().map(|variant| {
        let Variant { name, model, .. } = variant;
        let texts = &model.texts;
        let value = match model.holder {
            TagHolder::Variant => quote!(tagged.without_tag()),
            TagHolder::Type | TagHolder::OptionalField => quote!(tagged),
        };
        quote!(Some(#(#texts)|*) => #value.decode().map(Self::#name),)
    });
    let reader = helper("Tagged");
    parse_quote! {
        impl<'de> Deserialize<'de> for #name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let tagged = #reader::deserialize(#tag, deserializer)?;
                match tagged.tag() {
                    #(#arms)*
                    _ => #other,
                }
            }
        }
    }
}

fn serialize(name: &Ident, choice: &TaggedChoice, variants: &[Variant<'_>]) -> Item {
    let (tag, unknown) = (&choice.tag, ident(UNKNOWN));
    let unknown = choice.is_open.then(|| quote!(Self::#unknown(value) => value.serialize(serializer),));
    let with_tag = helper("with_tag");
    let arms = variants.iter().map(|variant| {
        let Variant { name, model, .. } = variant;
        let encoded = match (model.holder, model.texts.first()) {
            (TagHolder::OptionalField | TagHolder::Variant, Some(text)) => {
                quote!(#with_tag(value, #tag, #text, serializer))
            }
            _ => quote!(value.serialize(serializer)),
        };
        quote!(Self::#name(value) => #encoded,)
    });
    parse_quote! {
        impl Serialize for #name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self {
                    #(#arms)*
                    #unknown
                }
            }
        }
    }
}

/// Returns the path of a function or a type of the runtime that only generated code uses.
fn helper(name: &str) -> Path {
    let name = ident(name);
    parse_quote!(salla_runtime::codegen::#name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emit::testing::{alternative, structure, text};

    fn made(is_open: bool) -> String {
        let tagged = |name: &str, of: &str, texts: &[&str], holder: TagHolder| TaggedAlternative {
            alternative: alternative(name, Form::Named(of.to_owned())),
            texts: texts.iter().map(|text| (*text).to_owned()).collect(),
            holder,
        };
        let alternatives = vec![
            tagged("Cat", "Cat", &["cat", "kitten"], TagHolder::Type),
            tagged("Dog", "Dog", &["dog", "puppy"], TagHolder::OptionalField),
            tagged("Up", "Step", &["up"], TagHolder::Variant),
            tagged("Down", "Step", &["down"], TagHolder::Variant),
        ];
        let definition = Definition::Tagged(TaggedChoice { tag: "kind".to_owned(), alternatives, is_open });
        items(&Type { definition, ..structure("A", Vec::new()) }).iter().map(text).collect()
    }

    #[test]
    fn a_tagged_choice_has_its_alternatives_and_a_variant_for_others() {
        let found = made(true);
        for expected in [
            "#[non_exhaustive]pubenumA{",
            "Unknown(salla_runtime::UnknownAlternative),}",
            "lettagged=salla_runtime::codegen::Tagged::deserialize(\"kind\",deserializer)?;",
            "Some(\"cat\"|\"kitten\")=>tagged.decode().map(Self::Cat),",
            "Some(\"down\")=>tagged.without_tag().decode().map(Self::Down),",
            "_=>Ok(Self::Unknown(tagged.unknown())),",
            "Self::Cat(value)=>value.serialize(serializer),",
            "Self::Dog(value)=>salla_runtime::codegen::with_tag(value,\"kind\",\"dog\",serializer),",
            "Self::Down(value)=>salla_runtime::codegen::with_tag(value,\"kind\",\"down\",serializer),",
            "Self::Unknown(value)=>value.serialize(serializer),",
        ] {
            assert!(found.contains(expected), "no {expected} in {found}");
        }
    }

    #[test]
    fn a_closed_choice_refuses_other_tags() {
        let found = made(false);
        assert!(!found.contains("Unknown") && found.contains("_=>Err(tagged.refused()),"), "{found}");
    }

    #[test]
    fn a_type_of_one_alternative_converts_into_the_choice() {
        let found = made(true);
        assert!(found.contains("implFrom<Cat>forA") && found.contains("implFrom<Dog>forA"), "{found}");
        assert!(!found.contains("From<Step>"), "{found}");
    }

    #[test]
    fn a_type_without_a_tag_is_that_of_typify() {
        assert!(items(&structure("A", Vec::new())).is_empty());
    }
}
