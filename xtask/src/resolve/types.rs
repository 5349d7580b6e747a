//! The type of the values that a schema describes.

use super::schema::{Kind, Schema};
use super::shape::Shape;
use crate::model::{Form, RustType, TypeUse};
use crate::runtime_path;

/// Returns the type of the values at the place of a schema.
#[must_use]
pub fn type_use(schema: &Schema) -> TypeUse {
    TypeUse { form: form(schema), nullable: schema.place.nullable }
}

/// Returns the form of the values of a schema.
#[must_use]
pub fn form(schema: &Schema) -> Form {
    if let Some(name) = &schema.reference {
        return Form::Named(name.clone());
    }
    match schema.shape() {
        Shape::Rust(rust_type) => Form::Rust(RustType { path: rust_type.path.clone() }),
        Shape::Choice([only]) => form(only),
        Shape::Values(_) | Shape::Scalar(Kind::Text) => Form::Text,
        Shape::Scalar(Kind::Boolean) => Form::Boolean,
        Shape::Scalar(Kind::Integer) => Form::Integer,
        Shape::Scalar(Kind::Unsigned) => Form::Unsigned,
        Shape::Scalar(Kind::Number) => Form::Rust(number()),
        Shape::List(items) => Form::List(Box::new(part(items))),
        Shape::Map(values) => Form::Map(Box::new(part(values))),
        Shape::Choice(_)
        | Shape::Tagged(_)
        | Shape::Struct(_)
        | Shape::Any
        | Shape::Scalar(Kind::List | Kind::Object) => Form::Any,
    }
}

/// Returns the type of the items of a list or the values of a map.
fn part(schema: Option<&Schema>) -> TypeUse {
    schema.map_or_else(|| TypeUse::of(Form::Any), type_use)
}

/// Returns the runtime's type of a number, which keeps how it is written.
fn number() -> RustType {
    RustType { path: runtime_path("Number") }
}

#[cfg(test)]
mod tests {
    use super::super::schema::{Additional, RustType as Existing};
    use super::*;
    use crate::document::Pointer;

    fn of_kind(kind: Kind) -> Schema {
        Schema::of_kind(&Pointer::root(), kind)
    }

    #[test]
    fn each_shape_has_its_form() {
        let existing = Existing { library: "r".to_owned(), path: "r::Id".to_owned() };
        let any = || Box::new(TypeUse::of(Form::Any));
        for (schema, expected) in vec![
            (Schema::reference(&Pointer::root(), "A"), Form::Named("A".to_owned())),
            (
                Schema { rust_type: Some(existing), ..Schema::default() },
                Form::Rust(RustType { path: "r::Id".to_owned() }),
            ),
            (of_kind(Kind::Text), Form::Text),
            (Schema { values: Some(vec!["a".into()]), ..of_kind(Kind::Text) }, Form::Text),
            (of_kind(Kind::Boolean), Form::Boolean),
            (of_kind(Kind::Integer), Form::Integer),
            (of_kind(Kind::Unsigned), Form::Unsigned),
            (of_kind(Kind::List), Form::List(any())),
            (of_kind(Kind::Object), Form::Map(any())),
            (Schema::default(), Form::Any),
            (Schema { one_of: Some(vec![of_kind(Kind::Text)]), ..Schema::default() }, Form::Text),
            (
                Schema { one_of: Some(vec![of_kind(Kind::Text), of_kind(Kind::Integer)]), ..Schema::default() },
                Form::Any,
            ),
        ] {
            assert_eq!(type_use(&schema), TypeUse::of(expected), "{schema:?}");
        }
    }

    #[test]
    fn a_number_is_the_type_of_the_runtime() {
        let of = type_use(&of_kind(Kind::Number));
        assert!(matches!(of.form, Form::Rust(rust_type) if rust_type.is_of_runtime("Number")));
    }

    #[test]
    fn null_belongs_to_each_place() {
        let mut inner = of_kind(Kind::Integer);
        inner.place.nullable = true;
        let map = Schema { additional: Some(Additional::Schema(Box::new(inner))), ..of_kind(Kind::Object) };
        let values = TypeUse { form: Form::Integer, nullable: true };
        assert_eq!(type_use(&map), TypeUse::of(Form::Map(Box::new(values))));
    }
}
