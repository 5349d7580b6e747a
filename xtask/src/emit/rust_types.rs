//! The types of the model in Rust.

use proc_macro2::TokenStream;
use syn::ItemUse;

use super::syntax::{import_one, type_at};
use crate::model::{Api, Definition, Form, Operation, Type, TypeUse, Types};

/// The names of the types of JSON values.
#[derive(Clone, Copy)]
struct Spelling {
    /// Any value.
    value: &'static str,
    /// An object of any values.
    object: &'static str,
}

/// The names that typify uses.
const IN_CRATE: Spelling =
    Spelling { value: "::serde_json::Value", object: "::serde_json::Map<String, ::serde_json::Value>" };

/// The names that the tests of the crate use.
const IN_TESTS: Spelling = Spelling { value: "serde_json::Value", object: "BTreeMap<String, serde_json::Value>" };

/// Returns a type as a module of an operation names it.
pub fn in_crate(of: &TypeUse) -> syn::Type {
    match &of.form {
        Form::Named(name) if !of.nullable => type_at(&["types", name]),
        // A name that is no Rust is a fault of an earlier stage, and does not compile.
        _ => syn::parse_str(&spelled(of, IN_CRATE)).unwrap_or_else(|_| syn::Type::Verbatim(TokenStream::new())),
    }
}

/// Returns a type as the tests of the crate name it.
#[must_use]
pub fn in_tests(of: &TypeUse) -> String {
    spelled(of, IN_TESTS)
}

fn spelled(of: &TypeUse, names: Spelling) -> String {
    let plain = match &of.form {
        Form::Named(name) => format!("types::{name}"),
        Form::Rust(of) => of.path.clone(),
        Form::Text => "String".to_owned(),
        Form::Boolean => "bool".to_owned(),
        Form::Integer => "i64".to_owned(),
        Form::Unsigned => "u64".to_owned(),
        Form::List(items) => format!("Vec<{}>", spelled(items, names)),
        Form::Map(values) if values.form == Form::Any => names.object.to_owned(),
        Form::Map(values) => format!("BTreeMap<String, {}>", spelled(values, names)),
        // Null is one of the values already.
        Form::Any => return names.value.to_owned(),
    };
    if of.nullable { format!("Option<{plain}>") } else { plain }
}

/// Returns the import of `BTreeMap`.
pub fn map_import() -> ItemUse {
    import_one(&["std", "collections"], "BTreeMap")
}

/// Returns whether a type needs the import of `BTreeMap`.
pub fn has_map(of: &TypeUse) -> bool {
    has(&of.form, &|form| matches!(form, Form::Map(values) if values.form != Form::Any))
}

/// Returns whether a type names another type of the crate.
pub fn has_named(of: &TypeUse) -> bool {
    has(&of.form, &|form| matches!(form, Form::Named(_)))
}

/// Returns whether a type of the crate needs the import of `BTreeMap`.
pub fn defines_map(of: &Type) -> bool {
    let is_map = |form: &Form| matches!(form, Form::Map(values) if values.form != Form::Any);
    let extra = match &of.definition {
        Definition::Struct { extra, .. } => extra.as_ref(),
        _ => None,
    };
    extra.is_some_and(|values| values.form != Form::Any) || forms(of).any(|form| has(form, &is_map))
}

/// Returns whether the crate names the types of JSON values.
pub fn uses_json(api: &Api) -> bool {
    let is_any = |form: &Form| *form == Form::Any;
    let of_parameters = |operation: &Operation| operation.parameters.iter().any(|of| has(&of.of.form, &is_any));
    let of_types = |types: &Types| types.iter().any(|of| forms(of).any(|form| has(form, &is_any)));
    of_types(&api.types) || api.operations.iter().any(of_parameters)
}

/// Returns the forms in the definition of a type.
fn forms(of: &Type) -> impl Iterator<Item = &Form> {
    // The alternatives of a tagged choice are types of the crate.
    let (fields, extra, alternatives, wrapped): (&[_], _, &[_], _) = match &of.definition {
        Definition::Struct { fields, extra } => (fields, extra.as_ref(), &[], None),
        Definition::Choice(alternatives) => (&[], None, alternatives, None),
        Definition::Wrapper(form) => (&[], None, &[], Some(form)),
        Definition::Enumeration { .. } | Definition::Tagged(_) => (&[], None, &[], None),
    };
    let fields = fields.iter().map(|field| &field.of.form);
    let alternatives = alternatives.iter().map(|alternative| &alternative.of);
    fields.chain(extra.map(|of| &of.form)).chain(alternatives).chain(wrapped)
}

/// Returns whether a form, or one inside of it, is of this kind.
fn has(form: &Form, is_it: &dyn Fn(&Form) -> bool) -> bool {
    let inside = match form {
        Form::List(inner) | Form::Map(inner) => has(&inner.form, is_it),
        _ => false,
    };
    is_it(form) || inside
}

#[cfg(test)]
mod tests {
    use super::super::testing::{field, rust, structure, text as written};
    use super::*;

    fn list(of: TypeUse) -> TypeUse {
        TypeUse::of(Form::List(Box::new(of)))
    }

    fn map(of: TypeUse) -> TypeUse {
        TypeUse::of(Form::Map(Box::new(of)))
    }

    fn nullable(of: TypeUse) -> TypeUse {
        TypeUse { nullable: true, ..of }
    }

    #[test]
    fn each_form_has_its_spelling() {
        let plain = TypeUse::of;
        for (of, in_crate, in_tests) in [
            (plain(Form::Named("A".to_owned())), "types::A", "types::A"),
            (plain(rust("salla_runtime::Id")), "salla_runtime::Id", "salla_runtime::Id"),
            (plain(Form::Text), "String", "String"),
            (nullable(plain(Form::Boolean)), "Option<bool>", "Option<bool>"),
            (list(nullable(plain(Form::Integer))), "Vec<Option<i64>>", "Vec<Option<i64>>"),
            (map(list(plain(Form::Text))), "BTreeMap<String, Vec<String>>", "BTreeMap<String, Vec<String>>"),
            (nullable(plain(Form::Any)), "::serde_json::Value", "serde_json::Value"),
            (list(plain(Form::Any)), "Vec<::serde_json::Value>", "Vec<serde_json::Value>"),
            (map(plain(Form::Any)), IN_CRATE.object, IN_TESTS.object),
        ] {
            assert_eq!(spelled(&of, IN_CRATE), in_crate);
            assert_eq!(super::in_tests(&of), in_tests);
            assert_eq!(written(&super::in_crate(&of)), in_crate.replace(' ', ""));
        }
    }

    #[test]
    fn maps_and_types_are_found_at_any_depth() {
        let text = || TypeUse::of(Form::Text);
        assert!(has_map(&list(map(text()))) && !has_map(&list(text())));
        assert!(!has_map(&map(TypeUse::of(Form::Any))), "an object of any values is a map of serde_json");
        assert!(has_named(&map(list(TypeUse::of(Form::Named("A".to_owned()))))) && !has_named(&map(text())));
    }

    #[test]
    fn a_definition_with_a_map_needs_the_import() {
        let with = |extra: Option<TypeUse>, of: TypeUse| {
            let mut of = structure("A", vec![field("a", of)]);
            if let Definition::Struct { extra: kept, .. } = &mut of.definition {
                *kept = extra;
            }
            defines_map(&of)
        };
        let text = || TypeUse::of(Form::Text);
        assert!(with(None, map(text())));
        assert!(with(Some(text()), text()));
        assert!(!with(Some(TypeUse::of(Form::Any)), text()));
        assert!(!with(None, text()));
    }

    #[test]
    fn any_value_in_a_type_or_a_parameter_uses_json() {
        let any = || list(TypeUse::of(Form::Any));
        let mut api = super::super::testing::api();
        assert!(!uses_json(&api));
        api.operations.push(super::super::testing::operation("a"));
        api.operations[0].parameters.push(super::super::testing::parameter("b", any()));
        assert!(uses_json(&api));
        api.operations.clear();
        api.types = [structure("A", vec![field("a", any())])].into_iter().collect();
        assert!(uses_json(&api));
    }
}
