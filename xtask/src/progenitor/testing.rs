//! Small models for the tests of this room.

use crate::model::testing;
pub use crate::model::testing::{rust, sent};
use crate::model::{
    Absence, Api, Definition, Field, Form, ListedValue, Method, Operation, Parameter, RequestBody, Type, TypeUse,
};

/// Returns a model of these operations and types.
pub fn api(operations: Vec<Operation>, types: Vec<Type>) -> Api {
    Api { operations, types: types.into_iter().collect(), ..testing::api() }
}

/// Returns an operation without a body.
pub fn operation(name: &str, parameters: Vec<Parameter>) -> Operation {
    Operation { method: Method::Post, path: format!("/{name}"), parameters, ..testing::operation(name) }
}

/// Returns a body of this type.
pub fn body(type_name: &str, required: bool) -> RequestBody {
    testing::body(type_name, required, "application/json")
}

/// Returns a parameter of the query.
pub fn parameter(name: &str, form: Form, required: bool) -> Parameter {
    Parameter { required, ..testing::parameter(name, TypeUse::of(form)) }
}

/// Returns a type that requests do not send.
pub fn received(name: &str, definition: Definition) -> Type {
    Type { is_sent: false, ..sent(name, definition) }
}

/// Returns the definition of a struct with these fields only.
pub fn fields(fields: Vec<Field>) -> Definition {
    Definition::Struct { fields, extra: None }
}

/// Returns a required field.
pub fn field(name: &str, form: Form) -> Field {
    Field { required: true, ..testing::field(name, TypeUse::of(form)) }
}

/// Returns a field that may be absent.
pub fn optional(name: &str, form: Form) -> Field {
    Field { required: false, ..field(name, form) }
}

/// Returns a field for which null and absence are two values.
pub fn distinct(name: &str, form: Form) -> Field {
    Field { absence: Absence::Distinct, of: nullable(form.clone()), ..optional(name, form) }
}

/// Returns an enumeration of texts, by the names of their variants.
pub fn enumeration(names: &[&str]) -> Definition {
    let value = |name: &&str| ListedValue { name: (*name).to_owned(), text: name.to_lowercase() };
    Definition::Enumeration { values: names.iter().map(value).collect(), is_open: false }
}

/// Returns an enumeration that takes any text, and lists these.
pub fn open_enumeration(names: &[&str]) -> Definition {
    match enumeration(names) {
        Definition::Enumeration { values, .. } => Definition::Enumeration { values, is_open: true },
        other => other,
    }
}

/// Returns a choice of alternatives with these names.
pub fn choice<const N: usize>(alternatives: [(&str, Form); N]) -> Definition {
    Definition::Choice(alternatives.map(|(name, of)| testing::alternative(name, of)).into())
}

/// Returns a type of the crate.
pub fn named(name: &str) -> Form {
    Form::Named(name.to_owned())
}

/// Returns a list of values of this form.
pub fn list(form: Form) -> Form {
    Form::List(Box::new(TypeUse::of(form)))
}

/// Returns a map to values of this form.
pub fn map(form: Form) -> Form {
    Form::Map(Box::new(TypeUse::of(form)))
}

/// Returns a type of whose values null is one.
pub fn nullable(form: Form) -> TypeUse {
    TypeUse { form, nullable: true }
}
