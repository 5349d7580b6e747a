//! Open enumerations: an enumeration with the listed texts and a variant for all others.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::{Item, parse_quote};

use crate::emit::markdown::code;
use crate::emit::syntax::ident;
use crate::emit::{constraints, docs};
use crate::model::{Definition, ListedValue, Type, UNKNOWN};

/// Returns the items of an open enumeration; none of any other type.
pub fn items(of: &Type) -> Vec<Item> {
    let Definition::Enumeration { values, is_open: true } = &of.definition else { return Vec::new() };
    let name = ident(&of.name);
    let listed = Listed::new(values);
    let mut items = vec![enumeration(of, &name, values), methods(&name, &listed)];
    items.extend(conversions(&name, &listed));
    items.extend(serde(&name));
    items
}

/// The variants of the listed texts.
struct Listed<'v> {
    names: Vec<Ident>,
    texts: Vec<&'v str>,
    unknown: Ident,
}

impl<'v> Listed<'v> {
    fn new(values: &'v [ListedValue]) -> Self {
        let (names, texts) = values.iter().map(|value| (ident(&value.name), value.text.as_str())).unzip();
        Self { names, texts, unknown: ident(UNKNOWN) }
    }
}

fn enumeration(of: &Type, name: &Ident, values: &[ListedValue]) -> Item {
    let description = docs::attributes(&constraints::of_type(of));
    let variants = values.iter().map(|value| -> TokenStream {
        let (name, description) = (ident(&value.name), docs::attributes(&code(&value.text)));
        quote!(#(#description)* #name,)
    });
    let unknown = ident(UNKNOWN);
    parse_quote! {
        #(#description)*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum #name {
            #(#variants)*
            /// A value that is not listed here. Conversions from text create it.
            #unknown(salla_runtime::UnknownValue),
        }
    }
}

fn methods(name: &Ident, listed: &Listed<'_>) -> Item {
    let Listed { names, texts, unknown } = listed;
    parse_quote! {
        impl #name {
            /// Returns the text of the value.
            pub fn as_str(&self) -> &str {
                match self {
                    #(Self::#names => #texts,)*
                    Self::#unknown(value) => value.as_str(),
                }
            }
        }
    }
}

fn conversions(name: &Ident, listed: &Listed<'_>) -> [Item; 4] {
    let Listed { names, texts, unknown } = listed;
    [
        parse_quote! {
            impl ::std::fmt::Display for #name {
                fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                    self.as_str().fmt(f)
                }
            }
        },
        parse_quote! {
            impl From<&str> for #name {
                fn from(text: &str) -> Self {
                    match text {
                        #(#texts => Self::#names,)*
                        other => Self::#unknown(salla_runtime::codegen::unknown_value(other)),
                    }
                }
            }
        },
        parse_quote! {
            impl From<String> for #name {
                fn from(text: String) -> Self {
                    text.as_str().into()
                }
            }
        },
        parse_quote! {
            impl ::std::str::FromStr for #name {
                type Err = ::std::convert::Infallible;

                fn from_str(text: &str) -> Result<Self, Self::Err> {
                    Ok(text.into())
                }
            }
        },
    ]
}

fn serde(name: &Ident) -> [Item; 2] {
    [
        parse_quote! {
            impl<'de> Deserialize<'de> for #name {
                fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    salla_runtime::codegen::enumeration(deserializer)
                }
            }
        },
        parse_quote! {
            impl Serialize for #name {
                fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    serializer.serialize_str(self.as_str())
                }
            }
        },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emit::testing::{structure, text};

    fn made(is_open: bool) -> String {
        let value = |name: &str, text: &str| ListedValue { name: name.to_owned(), text: text.to_owned() };
        let values = vec![value("Up", "up"), value("Unknown2", "unknown")];
        let definition = Definition::Enumeration { values, is_open };
        items(&Type { definition, ..structure("A", Vec::new()) }).iter().map(text).collect()
    }

    #[test]
    fn an_open_enumeration_has_its_texts_and_a_variant_for_others() {
        let found = made(true);
        for expected in [
            "#[non_exhaustive]pubenumA{",
            "Unknown(salla_runtime::UnknownValue),}",
            "Self::Up=>\"up\",Self::Unknown2=>\"unknown\",Self::Unknown(value)=>value.as_str(),",
            "\"up\"=>Self::Up,\"unknown\"=>Self::Unknown2,other=>",
            "implFrom<String>forA",
            "typeErr=::std::convert::Infallible;",
            "impl<'de>Deserialize<'de>forA",
            "implSerializeforA",
        ] {
            assert!(found.contains(expected), "no {expected} in {found}");
        }
    }

    #[test]
    fn a_closed_enumeration_is_that_of_typify() {
        assert!(made(false).is_empty());
    }
}
