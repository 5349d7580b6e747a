//! The headers of the successes of operations: the names and the types of their getters.

use super::api::parameter;
use super::draft::{self, Draft};
use super::names::{Names, builder_companion, value_name};
use super::schema::{Kind, Schema};
use super::shape::Shape;
use super::types::form;
use crate::model::{Api, Form, Headers, Operation, Parameter, RustType, Style, TypeUse};
use crate::runtime_path;

/// Names the getters of headers.
pub fn name(draft: &mut Draft) {
    for operation in &mut draft.operations {
        let mut names = Names::default();
        for header in &mut operation.headers {
            header.name = names.unique(&value_name(&header.wire_name));
        }
    }
}

/// Names the types with the headers. The names of all other types of operations are taken.
fn name_types(operations: &mut [Operation]) {
    let mut names = Names::of_builders();
    for operation in &*operations {
        let success = operation.successes.name.as_deref();
        for name in [operation.builder.as_str(), &operation.failures.name].into_iter().chain(success) {
            names.take(name);
        }
    }
    for operation in operations {
        let name = builder_companion(&operation.name, "Headers");
        operation.headers.iter_mut().for_each(|headers| headers.name = names.unique(&name));
    }
}

/// Adds the headers to the operations of the model.
pub fn complete(api: &mut Api, draft: &Draft) {
    for (operation, read) in api.operations.iter_mut().zip(&draft.operations) {
        let is_alone = operation.successes.answers.len() == 1;
        let list: Vec<_> = read.headers.iter().map(|header| header_of(draft, header, is_alone)).collect();
        operation.headers = (!list.is_empty()).then(|| Headers { name: String::new(), list });
    }
    name_types(&mut api.operations);
}

/// Returns a header. It is required if every success has it: one of several may lack it.
fn header_of(draft: &Draft, header: &draft::Parameter, is_alone: bool) -> Parameter {
    let required = header.required && is_alone;
    let of = TypeUse::of(header_form(draft, header));
    Parameter { of, required, ..parameter(&draft.components, header) }
}

/// Returns the form of the value of a header: that of a scalar or an enumeration, a list of these, or else its text.
fn header_form(draft: &Draft, header: &draft::Parameter) -> Form {
    match draft.resolved(&header.schema).shape() {
        Shape::List(Some(items)) if header.encoding.style == Style::Simple => {
            scalar_form(draft, items).map_or(Form::Text, |form| Form::List(Box::new(TypeUse::of(form))))
        }
        _ => scalar_form(draft, &header.schema).unwrap_or(Form::Text),
    }
}

/// Returns the form of a scalar or an enumeration; none if the schema is not one.
fn scalar_form(draft: &Draft, schema: &Schema) -> Option<Form> {
    let of = draft.resolved(schema);
    let is_parsed = |of: &super::schema::RustType| ["DateTime", "Id", "Number"].contains(&of.name());
    Some(match of.shape() {
        Shape::Values(_) => form(schema),
        Shape::Scalar(Kind::Integer) => Form::Integer,
        Shape::Scalar(Kind::Unsigned) => Form::Unsigned,
        Shape::Scalar(Kind::Text) => Form::Text,
        Shape::Scalar(Kind::Boolean) => Form::Boolean,
        Shape::Scalar(Kind::Number) => Form::Rust(RustType { path: runtime_path("Number") }),
        Shape::Rust(of) if !of.is_foreign() && is_parsed(of) => Form::Rust(RustType { path: of.path.clone() }),
        _ => return None,
    })
}
