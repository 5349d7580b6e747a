//! Compares the names that progenitor and typify give with those of the model.
//!
//! Both convert names in their own way, and a name that the model does not have would be one that nothing describes. It is
//! a gap of the generator.

use std::collections::BTreeSet;

use syn::{Fields, Item, ItemEnum, ItemStruct};

use super::findings::gap;
use super::items::Items;
use crate::diagnostics::Diagnostic;
use crate::model::{Api, Definition, Operation};

/// typify's name of the field with the properties that are not described.
const EXTRA: &str = "extra";

/// Compares the names of all items with those of the model.
///
/// # Errors
///
/// A diagnostic that names the items that only one of the two has.
pub fn check(items: &Items, api: &Api) -> Result<(), Diagnostic> {
    let mut names = Names::default();
    names.types(&items.types, api);
    names.builders(items, api);
    names.result()
}

/// The names that only the model or only the items have.
#[derive(Default)]
struct Names {
    unknown: Vec<String>,
    missing: Vec<String>,
}

impl Names {
    fn types(&mut self, items: &[Item], api: &Api) {
        let mut seen = BTreeSet::new();
        for item in items {
            let (name, found) = match item {
                Item::Struct(item) => (item.ident.to_string(), fields(item)),
                Item::Enum(item) => (item.ident.to_string(), variants(item)),
                _ => continue,
            };
            match api.types.get(&name) {
                Some(of) => self.compare(&name, &found, members(&of.definition)),
                None => self.unknown.push(name.clone()),
            }
            seen.insert(name);
        }
        let made = api.types.iter().filter(|of| !of.is_only_referred_to());
        let missing = made.map(|of| &of.name).filter(|name| !seen.contains(*name));
        self.missing.extend(missing.cloned());
    }

    fn builders(&mut self, items: &Items, api: &Api) {
        let known: BTreeSet<&String> = api.operations.iter().map(|operation| &operation.builder).collect();
        self.unknown.extend(items.builders.keys().filter(|name| !known.contains(name)).cloned());
        for operation in &api.operations {
            let mut structs = items.builders.get(&operation.builder).into_iter().flatten();
            let found = structs.find_map(|item| match item {
                Item::Struct(item) => Some(fields(item)),
                _ => None,
            });
            match found {
                Some(found) => self.compare(&operation.builder, &found, setters(operation)),
                None => self.missing.push(operation.builder.clone()),
            }
        }
    }

    /// Compares the fields or variants of an item with those of the model.
    fn compare(&mut self, owner: &str, found: &[String], expected: Vec<&str>) {
        let (found_set, expected_set): (BTreeSet<&str>, BTreeSet<&str>) =
            (found.iter().map(String::as_str).collect(), expected.into_iter().collect());
        let full = |name: &&str| format!("{owner}::{name}");
        let unknown = found_set.difference(&expected_set).filter(|name| **name != EXTRA);
        self.unknown.extend(unknown.map(full));
        self.missing.extend(expected_set.difference(&found_set).map(full));
    }

    fn result(self) -> Result<(), Diagnostic> {
        let parts = [("unknown names", self.unknown), ("missing names", self.missing)];
        let parts = parts.into_iter().filter(|(_, names)| !names.is_empty());
        let parts: Vec<_> = parts.map(|(words, names)| format!("{words} `{}`", names.join("`, `"))).collect();
        if parts.is_empty() {
            return Ok(());
        }
        Err(gap(&format!("progenitor's output has other names than the model: {}", parts.join("; "))))
    }
}

fn fields(item: &ItemStruct) -> Vec<String> {
    match &item.fields {
        Fields::Named(fields) => {
            fields.named.iter().filter_map(|field| Some(field.ident.as_ref()?.to_string())).collect()
        }
        _ => Vec::new(),
    }
}

fn variants(item: &ItemEnum) -> Vec<String> {
    item.variants.iter().map(|variant| variant.ident.to_string()).collect()
}

/// Returns the names of the fields or variants of a type.
fn members(definition: &Definition) -> Vec<&str> {
    match definition {
        Definition::Struct { fields, .. } => fields.iter().map(|field| field.name.as_str()).collect(),
        Definition::Enumeration { values, .. } => values.iter().map(|value| value.name.as_str()).collect(),
        Definition::Choice(alternatives) => alternatives.iter().map(|other| other.name.as_str()).collect(),
        // typify makes no members of these.
        Definition::Tagged(_) | Definition::Wrapper(_) => Vec::new(),
    }
}

/// Returns the names of the fields of an operation's builder.
fn setters(operation: &Operation) -> Vec<&str> {
    let named = operation
        .parameters
        .iter()
        .map(|parameter| if parameter.location.is_body() { "body" } else { parameter.name.as_str() });
    let body = operation.body.as_ref().map(|_| "body");
    named.chain(body).chain(["client"]).collect()
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::super::testing::{api, choice, enumeration, field, fields, named, operation, parameter, received};
    use super::*;
    use crate::diagnostics::Code;
    use crate::model::Form;

    fn model() -> Api {
        let types = vec![
            received("A", fields(vec![field("a", named("B"))])),
            received("B", enumeration(&["X", "Y"])),
            received("C", choice([("Text", Form::Text), ("B", named("B"))])),
            received("D", Definition::Wrapper(Form::Text)),
        ];
        api(vec![operation("send", vec![parameter("p", Form::Text, true)])], types)
    }

    fn checked(types: proc_macro2::TokenStream, builder: proc_macro2::TokenStream) -> Option<Diagnostic> {
        let types: syn::File = syn::parse2(types).unwrap();
        let builder: syn::File = syn::parse2(builder).unwrap();
        let items = Items { types: types.items, builders: [("Send".to_owned(), builder.items)].into() };
        check(&items, &model()).err()
    }

    #[test]
    fn the_names_of_the_model_and_the_extra_properties_are_known() {
        let types = quote! {
            struct A { a: B, extra: E }
            enum B { X, Y }
            enum C { Text(String), B(B) }
            struct D(String);
        };
        assert!(
            checked(
                types,
                quote!(
                    struct Send {
                        client: C,
                        p: P,
                    }
                )
            )
            .is_none()
        );
    }

    #[test]
    fn names_that_only_one_of_the_two_has_are_a_gap() {
        let types = quote! {
            struct A { b: B }
            enum B { X }
            enum C { Text(String), B(B), Variant2(bool) }
            struct E(String);
        };
        let gap = checked(
            types,
            quote!(
                struct Send {
                    client: C,
                    q: P,
                }
            ),
        )
        .unwrap();
        assert_eq!(gap.code, Code::GeneratorGap);
        for expected in
            ["unknown names `A::b`, `C::Variant2`, `E`, `Send::q`", "missing names `A::a`, `B::Y`, `D`, `Send::p`"]
        {
            assert!(gap.message.contains(expected), "{}", gap.message);
        }
    }

    #[test]
    fn a_builder_without_an_operation_is_a_gap_and_so_is_the_reverse() {
        let builder: syn::Item = syn::parse2(quote!(
            struct Other {
                client: C,
            }
        ))
        .unwrap();
        let items = Items { types: Vec::new(), builders: [("Other".to_owned(), vec![builder])].into() };
        let gap = check(&items, &api(vec![operation("send", Vec::new())], Vec::new())).unwrap_err();
        assert!(gap.message.contains("unknown names `Other`; missing names `Send`"), "{}", gap.message);
    }
}
