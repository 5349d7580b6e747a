//! The setters that send parameters with an empty value (`allowEmptyValue`), which no value of most types is.

use quote::quote;
use syn::{Field, FieldValue, FieldsNamed, ImplItem, parse_quote};

use super::docs;
use super::markdown::code;
use super::syntax::{ident, word};
use crate::model::{Operation, Parameter};

/// Returns the parameters that may be empty, each with the name of the setter for that, which is also that of its field.
fn all(operation: &Operation) -> impl Iterator<Item = (&Parameter, &str)> {
    operation.parameters.iter().filter_map(|parameter| Some((parameter, parameter.empty_setter.as_deref()?)))
}

/// Returns the fields of the builder that record which parameters are empty.
pub fn fields(operation: &Operation) -> Vec<Field> {
    let fields = all(operation).map(|(_, name)| ident(name));
    let fields: FieldsNamed = parse_quote!({ #(#fields: bool),* });
    fields.named.into_iter().collect()
}

/// Returns the initial values of these fields.
pub fn values(operation: &Operation) -> impl Iterator<Item = FieldValue> {
    all(operation).map(|(_, name)| {
        let name = ident(name);
        parse_quote!(#name: false)
    })
}

/// Adds the setters behind those of the same parameters. The setter that was called last counts.
pub fn add(items: &mut Vec<ImplItem>, operation: &Operation) {
    for (parameter, name) in all(operation) {
        let is_setter =
            |item: &ImplItem| matches!(item, ImplItem::Fn(function) if function.sig.ident == parameter.name);
        let Some(at) = items.iter().position(is_setter) else { continue };
        let field = ident(name);
        if let Some(ImplItem::Fn(setter)) = items.get_mut(at) {
            setter.block.stmts.insert(0, parse_quote!(self.#field = false;));
        }
        items.insert(at + 1, setter(parameter, name));
    }
}

fn setter(parameter: &Parameter, name: &str) -> ImplItem {
    let wire_name = code(&format!("{}=", parameter.wire_name));
    let mut attributes = docs::attributes(&format!(
        "Sends {} with an empty value: {wire_name}. The setter that is called last counts.",
        code(&parameter.wire_name)
    ));
    attributes.extend(parameter.deprecated.then(|| word(&["deprecated"])));
    let name = ident(name);
    let set = quote!(self.#name = true;);
    parse_quote! {
        #(#attributes)*
        pub fn #name(mut self) -> Self {
            #set
            self
        }
    }
}
