//! Types and functions of Rust that the document names in extensions.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::super::changes::Changes;
use super::super::crumb;
use super::super::visit::{Site, components, schemas};
use super::null::admits_null;
use super::{is_struct, reference_to};
use crate::check::rust_type::is_foreign;

/// A type of another crate than the runtime is for another generator: progenitor would name it, and the client would
/// not compile.
pub fn drop_foreign_types(root: &mut Value, changes: &mut Changes) {
    schemas(root, &mut |_, at, schema| {
        if schema.get(crumb::RUST_TYPE).is_some_and(is_foreign)
            && let Some(fields) = schema.as_object_mut()
        {
            fields.shift_remove(crumb::RUST_TYPE);
            changes.report(at, format_args!("`{}` names a type that the client does not have", crumb::RUST_TYPE));
        }
    });
}

/// A schema with `x-rust-decode` is its first alternative in Rust, and the function decodes the others into it.
/// The function decodes fields, so the schema goes to where it is used, unless it is a type of its own.
pub fn take_decoded_alternative(root: &mut Value, _: &mut Changes) {
    let mut used = BTreeMap::new();
    for (name, schema) in components(root).into_iter().flatten() {
        if schema.get(crumb::DECODE).is_some() {
            used.insert(reference_to(name), decoded(schema, name));
        }
    }
    schemas(root, &mut |site, _, schema| {
        if matches!(site, Site::Component(_)) {
            if let Some(fields) = schema.as_object_mut()
                && fields.shift_remove(crumb::DECODE).is_some()
                && !fields.contains_key(crumb::RUST_TYPE)
            {
                *schema = first_alternative(schema);
            }
        } else if let Some(form) = schema.get("$ref").and_then(Value::as_str).and_then(|target| used.get(target)) {
            *schema = crumb::overriding(schema, form);
        } else if schema.get(crumb::DECODE).is_some() && schema.get(crumb::RUST_TYPE).is_none() {
            *schema = crumb::overriding(schema, &first_alternative(schema));
        }
    });
    if let Some(components) = components(root) {
        components.retain(|name, _| used.get(&reference_to(name)).is_none_or(|form| form.get("$ref").is_some()));
    }
}

/// What a use of the component `name` becomes.
fn decoded(schema: &Value, name: &str) -> Value {
    let first = first_alternative(schema);
    let has_type = schema.get(crumb::RUST_TYPE).is_some() || is_struct(&first);
    let mut form = if has_type { json!({"$ref": reference_to(name)}) } else { first };
    if admits_null(schema) {
        form[crumb::NULLABLE] = true.into();
    }
    crumb::carry(schema, &mut form);
    form
}

fn first_alternative(schema: &Value) -> Value {
    let mut first = schema.get("oneOf").map_or_else(|| schema.clone(), |alternatives| alternatives[0].clone());
    // An alternative inside the first may have alternatives of its own: the function knows them as well.
    for key in ["additionalProperties", "items"] {
        if first.get(key).is_some_and(|inner| inner.get("oneOf").is_some()) {
            first[key] = first_alternative(&first[key]);
        }
    }
    first
}

/// A Rust type that exists already is named where it is used: typify wraps a component with `x-rust-type` in a
/// newtype unless the two happen to have the same name.
pub fn inline_rust_types(root: &mut Value, _: &mut Changes) {
    let mut types = BTreeMap::new();
    for (name, schema) in components(root).into_iter().flatten() {
        if let Some(rust_type) = schema.get(crumb::RUST_TYPE) {
            let mut form = json!({crumb::RUST_TYPE: rust_type});
            if admits_null(schema) {
                form[crumb::NULLABLE] = true.into();
            }
            crumb::carry(schema, &mut form);
            types.insert(reference_to(name), form);
        }
    }
    schemas(root, &mut |_, _, schema| {
        let target = schema.get("$ref").and_then(Value::as_str);
        let Some(form) = target.and_then(|target| types.get(target)) else { return };
        *schema = crumb::overriding(schema, form);
    });
    if let Some(components) = components(root) {
        components.retain(|name, _| !types.contains_key(&reference_to(name)));
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::lowered;
    use super::*;

    #[test]
    fn only_types_of_the_runtime_are_named() {
        let of = |name: &str| json!({"type": "string", "x-rust-type": {"crate": name, "path": "p"}});
        let (schemas, report) = lowered(&[drop_foreign_types], &json!({"A": of("other"), "B": of("salla-runtime")}));
        assert_eq!(schemas, json!({"A": {"type": "string"}, "B": of("salla-runtime")}));
        assert_eq!(report.len(), 1);
    }

    #[test]
    fn a_decoded_scalar_goes_to_where_it_is_used() {
        let (schemas, _) = lowered(
            &[take_decoded_alternative],
            &json!({
                "Integer": {"description": "n", "oneOf": [{"type": "integer"}, {"type": "string"}], "x-rust-decode": "r::i"},
                "A": {"properties": {"b": {"$ref": "#/components/schemas/Integer", "description": "d"}}},
            }),
        );
        assert_eq!(
            schemas,
            json!({"A": {"properties": {"b": {"type": "integer", "description": "d", "x-rust-decode": "r::i"}}}})
        );
    }
}
