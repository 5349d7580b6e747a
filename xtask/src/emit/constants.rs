//! The values with which builders begin what has only one value, so that a caller need not set it.

use proc_macro2::Literal;
use quote::quote;
use syn::{Expr, parse_quote};

use super::syntax::{ident, path};
use crate::model::{Constant, Form};

/// Returns the value with which a builder begins a field or a parameter that has only this value. `types` is the name of
/// the module of the types.
pub fn beginning(constant: &Constant, of: &Form, types: &str) -> Expr {
    let wrapper = match of {
        Form::Named(name) => Some(path(&[types, name])),
        _ => None,
    };
    let value: Expr = match constant {
        Constant::Variant(variant, _) => {
            let variant = ident(variant);
            return parse_quote!(Ok(#wrapper::#variant));
        }
        Constant::Number(text) => {
            let parsed: Expr = parse_quote!(#text.parse::<salla_runtime::Number>());
            let map = wrapper.map(|name| quote!(.map(#name)));
            return parse_quote!(#parsed #map.map_err(|error| error.to_string()));
        }
        Constant::Json(text) => {
            return parse_quote!(salla_runtime::codegen::decode_json(#text).map_err(|error| error.to_string()));
        }
        Constant::Boolean(flag) => parse_quote!(#flag),
        Constant::Integer(number) => {
            let number = Literal::i64_unsuffixed(*number);
            parse_quote!(#number)
        }
        Constant::Unsigned(number) => {
            let number = Literal::u64_unsuffixed(*number);
            parse_quote!(#number)
        }
    };
    match wrapper {
        Some(name) => parse_quote!(Ok(#name(#value))),
        None => parse_quote!(Ok(#value)),
    }
}
