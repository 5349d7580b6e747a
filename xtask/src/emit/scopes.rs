//! The scopes of an operation.

use syn::{ImplItem, ImplItemConst, parse_quote};

use super::docs;
use crate::model::Operation;

/// Returns the constant of the builder with the scopes that the operation requires. Returns none if the document states
/// no scopes.
pub fn constant(operation: &Operation) -> Option<ImplItem> {
    if operation.scopes.is_empty() {
        return None;
    }
    let scopes = &operation.scopes;
    let mut constant: ImplItemConst = parse_quote! {
        pub const SCOPES: &'static [&'static str] = &[#(#scopes),*];
    };
    constant.attrs = docs::attributes("The scopes that the access token needs for this operation.");
    Some(ImplItem::Const(constant))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{operation, text};
    use super::*;

    #[test]
    fn an_operation_states_its_scopes_in_their_order() {
        let scopes = vec!["b.read".to_owned(), "a.\"write\"".to_owned()];
        let constant = constant(&Operation { scopes, ..operation("list") }).unwrap();
        let expected = r#"pubconstSCOPES:&'static[&'staticstr]=&["b.read","a.\"write\""];"#;
        assert!(text(&constant).ends_with(expected), "{}", text(&constant));
    }

    #[test]
    fn an_operation_without_scopes_has_no_constant() {
        assert!(constant(&operation("list")).is_none());
    }
}
