//! Lists the examples that the types of the crate decode, for the tests of the crate.

use std::collections::HashSet;

use serde_json::Value;

use super::codec::{Codec, is_empty_as_none};
use super::function_names::FunctionNames;
use super::sites::{self, Site, parameter_value};
use super::test_names::TestNames;
use crate::document::Pointer;
use crate::model::{Example, Form, TypeUse};
use crate::resolve::draft::Draft;
use crate::resolve::schema::Kind;
use crate::resolve::shape::Shape;
use crate::resolve::types::type_use;

/// Returns each example with its type and the value that the type encodes, and the number of examples that contradict
/// their schemas.
///
/// The types are settled by then, and the properties still have their names in JSON. An example that several places
/// share is listed once for each type.
#[must_use]
pub fn collect(draft: &Draft) -> (Vec<Example>, usize) {
    let codec = Codec::of(draft);
    let (mut examples, mut skipped, mut seen) = (Vec::new(), 0_usize, HashSet::new());
    let (mut names, mut functions) = (TestNames::default(), FunctionNames::of(draft));
    for site in sites::of(draft) {
        // Neither a value that a function decodes nor one that is empty as none has a type of its own.
        if site.schema.has_custom_decoding() || is_empty_as_none(site.schema, &site.example.value) {
            continue;
        }
        let Some(value) = value(codec, &site) else { continue };
        let of = type_of(&site);
        if !seen.insert((&site.example.at, of.clone())) {
            continue;
        }
        if codec.round_trips(site.schema, &value) {
            let function = matches!(of.form, Form::Named(_)).then(|| functions.name(&site)).flatten();
            let name = names.name(&site.example.at);
            examples.push(Example { name, function, ..example(codec, &site, of, value) });
        } else {
            skipped += 1;
        }
    }
    (examples, skipped)
}

/// Returns an example that has no names yet.
fn example(codec: Codec<'_>, site: &Site<'_>, of: TypeUse, value: Value) -> Example {
    let mut lossy = Vec::new();
    codec.lossy(site.schema, &value, &Pointer::root(), &mut lossy);
    Example {
        name: String::new(),
        function: None,
        at: site.example.at.clone(),
        of,
        encoded: codec.encoded(site.schema, &value),
        value,
        lossy,
    }
}

/// Returns the value that the type decodes.
///
/// A parameter that is a list or an object is written in a style, and its example may be the text in the request. An
/// example of the other sort is skipped. A number has a type of the runtime, as a Rust type that the document names.
fn value(codec: Codec<'_>, site: &Site<'_>) -> Option<Value> {
    let example = &site.example.value;
    if !site.is_parameter {
        return Some(example.clone());
    }
    let shape = codec.shape(site.schema);
    let is_scalar = match shape {
        Shape::Scalar(kind) => kind != Kind::Number,
        Shape::Values(_) => true,
        _ => false,
    };
    let is_container = example.is_array() || example.is_object();
    (is_container != is_scalar).then(|| parameter_value(shape, example))
}

/// Returns the type that decodes a value at the site.
fn type_of(site: &Site<'_>) -> TypeUse {
    match site.address.as_component() {
        Some(name) => TypeUse::of(Form::Named(name.to_owned())),
        None => without_redundant_null(type_use(site.schema)),
    }
}

/// Returns the type without the null of any value, which is one of its values already.
fn without_redundant_null(of: TypeUse) -> TypeUse {
    let inner = |of: Box<TypeUse>| Box::new(without_redundant_null(*of));
    let form = match of.form {
        Form::List(items) => Form::List(inner(items)),
        Form::Map(values) => Form::Map(inner(values)),
        other => other,
    };
    TypeUse { nullable: of.nullable && form != Form::Any, form }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::{draft, operation, parameter};
    use super::*;

    #[test]
    fn each_example_has_its_type_and_its_encoded_value() {
        let mut draft = draft(&json!({"A": {
            "type": "object",
            "properties": {
                "a": {"type": "string"},
                "b": {"type": "array", "items": {"type": "integer", "nullable": true}, "example": [1, null]},
                "c": {"type": "object", "additionalProperties": {"type": "boolean"}, "example": {"x": 1}},
                "d": {"type": "integer", "x-rust-decode": "r::integer"},
            },
            "example": {"a": [], "b": [2], "d": "3"},
        }}));
        draft.components["A"].properties.as_mut().unwrap()["a"].place.empty_as_none = true;
        let (examples, skipped) = collect(&draft);
        let found: Vec<_> = examples.iter().map(|example| (&example.of, &example.value, &example.encoded)).collect();
        let integers = TypeUse { form: Form::Integer, nullable: true };
        let list = json!([1, null]);
        assert_eq!(
            found,
            [
                (
                    &TypeUse::of(Form::Named("A".to_owned())),
                    &json!({"a": [], "b": [2], "d": "3"}),
                    &json!({"b": [2], "d": "3"})
                ),
                (&TypeUse::of(Form::List(Box::new(integers))), &list, &list),
            ]
        );
        assert_eq!(examples.iter().map(|example| example.lossy.join(" ")).collect::<Vec<_>>(), ["/d", ""]);
        assert_eq!(skipped, 1);
    }

    #[test]
    fn an_example_of_one_place_is_listed_once_for_each_type() {
        let mut draft = draft(&json!({}));
        let mut get = operation();
        get.parameters =
            vec![parameter("string", json!("a")), parameter("string", json!("a")), parameter("integer", json!(1))];
        draft.operations.push(get);
        let (examples, skipped) = collect(&draft);
        let types: Vec<_> = examples.into_iter().map(|example| example.of.form).collect();
        assert_eq!((types, skipped), (vec![Form::Text, Form::Integer], 0));
    }

    #[test]
    fn any_value_that_may_be_null_is_any_value() {
        let any_or_null = TypeUse { form: Form::Any, nullable: true };
        let list = TypeUse { form: Form::List(Box::new(any_or_null)), nullable: true };
        let expected = TypeUse { form: Form::List(Box::new(TypeUse::of(Form::Any))), nullable: true };
        assert_eq!(without_redundant_null(list), expected);
    }
}
