//! Lists the examples that the types of the crate decode, for the tests of the crate.

use std::borrow::Cow;
use std::collections::HashSet;

use serde_json::Value;

use super::codec::{Codec, is_empty_as_none};
use super::function_names::FunctionNames;
use super::sites::{self, Site, parameter_value};
use super::test_names::TestNames;
use crate::document::Pointer;
use crate::model::{Example, Form, LeftOut, TypeUse};
use crate::resolve::draft::Draft;
use crate::resolve::shape::Shape;
use crate::resolve::types::type_use;

/// Returns each example with its type and the value that the type encodes, and the examples that have no test.
///
/// The types are settled by then, and the properties still have their names in JSON. An example that several places
/// share is listed once for each type.
#[must_use]
pub fn collect(draft: &Draft) -> (Vec<Example>, Vec<LeftOut>) {
    let codec = Codec::of(draft);
    let (mut examples, mut left_out, mut seen) = (Vec::new(), Vec::new(), HashSet::new());
    let (mut names, mut functions) = (TestNames::default(), FunctionNames::of(draft));
    for site in sites::of(draft) {
        let (value, of) = (value(codec, &site), type_of(&site));
        if !seen.insert((&site.example.at, of.clone())) {
            continue;
        }
        match decoded(codec, &site, &value) {
            Ok(decoded) => {
                let function = matches!(of.form, Form::Named(_)).then(|| functions.name(&site)).flatten();
                let name = names.name(&site.example.at);
                examples.push(Example { name, function, ..example(codec, &site, of, &value, &decoded) });
            }
            Err(reason) => left_out.push(LeftOut { at: site.example.at.clone(), reason }),
        }
    }
    (examples, left_out)
}

/// Returns the value that the type takes for an example: the example itself, or with its whole numbers as integers if
/// only that decodes, as the client does. The error is the reason why there can be no test.
fn decoded<'v>(codec: Codec<'_>, site: &Site<'_>, value: &'v Value) -> Result<Cow<'v, Value>, &'static str> {
    let schema = site.schema;
    // Neither of these values has a type of its own.
    if schema.has_custom_decoding() {
        return Err("a function decodes it, as a field of its object");
    }
    if is_empty_as_none(schema, value) {
        return Err("it stands for no value, in a field of its object");
    }
    if let Some(value) = codec.taken(schema, value) {
        return Ok(value);
    }
    let is_text_of_more = matches!(codec.shape(schema), Shape::List(_) | Shape::Map(_) | Shape::Struct(_));
    Err(if site.is_parameter && value.is_string() && is_text_of_more {
        "it is the text in the request, and no value of the parameter"
    } else if codec.decodes(schema, value) {
        "its type does not encode all that it decodes"
    } else {
        "its type does not decode it"
    })
}

/// Returns an example that has no names yet.
fn example(codec: Codec<'_>, site: &Site<'_>, of: TypeUse, value: &Value, decoded: &Value) -> Example {
    let mut lossy = Vec::new();
    codec.lossy(site.schema, decoded, &Pointer::root(), &mut lossy);
    Example {
        name: String::new(),
        function: None,
        at: site.example.at.clone(),
        of,
        encoded: codec.encoded(site.schema, decoded),
        value: value.clone(),
        has_other_integers: decoded != value,
        lossy,
    }
}

/// Returns the value of an example. That of a parameter may be written as the text in the request.
fn value(codec: Codec<'_>, site: &Site<'_>) -> Value {
    let example = &site.example.value;
    if site.is_parameter { parameter_value(codec.shape(site.schema), example) } else { example.clone() }
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
        let (examples, left_out) = collect(&draft);
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
        assert_eq!(left_out.iter().map(|one| one.reason).collect::<Vec<_>>(), ["its type does not decode it"]);
    }

    #[test]
    fn an_example_of_one_place_is_listed_once_for_each_type() {
        let mut draft = draft(&json!({}));
        let mut get = operation();
        get.parameters =
            vec![parameter("string", json!("a")), parameter("string", json!("a")), parameter("integer", json!(1))];
        draft.operations.push(get);
        let (examples, left_out) = collect(&draft);
        let types: Vec<_> = examples.into_iter().map(|example| example.of.form).collect();
        assert_eq!((types, left_out.len()), (vec![Form::Text, Form::Integer], 0));
    }

    #[test]
    fn any_value_that_may_be_null_is_any_value() {
        let any_or_null = TypeUse { form: Form::Any, nullable: true };
        let list = TypeUse { form: Form::List(Box::new(any_or_null)), nullable: true };
        let expected = TypeUse { form: Form::List(Box::new(TypeUse::of(Form::Any))), nullable: true };
        assert_eq!(without_redundant_null(list), expected);
    }
}
