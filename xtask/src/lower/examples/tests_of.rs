//! What the generated types have to decode, as the crate's own tests will say it.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::super::changes::Changes;
use super::super::crumb;
use super::super::schemas::target;
use super::model::{Form, Model, is_read_by_function, is_vacant};
use super::sites::{self, Site};

/// The key of the list of what is shown, at the root of the document.
pub const SHOWN: &str = "x-lowered-shown";
/// The key of the number of examples that contradict their schemas, at the root of the document.
pub const LEFT_OUT: &str = "x-lowered-left-out";

/// Each example with the type that decodes it and what it encodes, once the types are settled and before their fields
/// have other names than on the wire. An example that several places share is listed once for each type.
pub fn collect_examples(root: &mut Value, _: &mut Changes) {
    let (mut listed, mut left_out, mut seen) = (Vec::new(), 0_usize, HashSet::new());
    let model = Model::of(root);
    for site in sites::of(root) {
        let Some(schema) = site.path.lookup(root) else { continue };
        // What a function reads, and what stands for nothing, has no type of its own.
        if is_read_by_function(schema) || is_vacant(schema, &site.value) {
            continue;
        }
        let Some(value) = value(model, schema, &site) else { continue };
        let rust_type = type_at(model, schema, &site);
        if !seen.insert((site.at.clone(), rust_type.clone())) {
            continue;
        }
        if !model.keeps(schema, &value) {
            left_out += 1;
            continue;
        }
        let mut respelled = Vec::new();
        model.respelled(schema, &value, "", &mut respelled);
        listed.push(json!({
            "at": site.at.as_str(),
            "type": rust_type,
            "expected": model.encoded(schema, &value),
            "value": value,
            "respelled": respelled,
        }));
    }
    root[SHOWN] = listed.into();
    root[LEFT_OUT] = left_out.into();
}

/// The value that a type decodes. A list or an object in a parameter is written in a style, and shows no JSON.
fn value(model: Model<'_>, schema: &Value, site: &Site) -> Option<Value> {
    if !site.is_parameter {
        return Some(site.value.clone());
    }
    let form = model.form(schema);
    let is_plain = matches!(form, Form::Scalar(_) | Form::Words(_)) || site.value.is_array() || site.value.is_object();
    is_plain.then(|| site.as_parameter(form))
}

/// The type of Rust that decodes a value at the site.
fn type_at(model: Model<'_>, schema: &Value, site: &Site) -> String {
    let is_component = site.path.segments().count() == 3 && site.path.as_str().starts_with("/components/schemas/");
    match site.path.last() {
        Some(name) if is_component => format!("types::{name}"),
        _ => rust_type(model, schema),
    }
}

fn rust_type<'r>(model: Model<'r>, schema: &'r Value) -> String {
    let plain = match target(schema) {
        Some(name) => format!("types::{name}"),
        None => match model.form(schema) {
            Form::Rust(path) => path.to_owned(),
            Form::Scalar("boolean") => "bool".to_owned(),
            Form::Scalar("integer") => "i64".to_owned(),
            Form::Scalar("string") | Form::Words(_) => "String".to_owned(),
            Form::List(items) => format!("Vec<{}>", items.map_or_else(any, |items| rust_type(model, items))),
            Form::Map(of) => format!("BTreeMap<String, {}>", of.map_or_else(any, |of| rust_type(model, of))),
            _ => any(),
        },
    };
    let is_nullable = crumb::is_set(schema, crumb::NULLABLE) && plain != any();
    if is_nullable { format!("Option<{plain}>") } else { plain }
}

fn any() -> String {
    "serde_json::Value".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_example_has_its_type_and_what_comes_back() {
        let shown = |value: Value| json!([{"at": "/x", "value": value}]);
        let mut root = json!({"paths": {}, "components": {"schemas": {"A": {
            "type": "object",
            "properties": {
                "a": {"type": "string", crumb::VACANT: true},
                "b": {"type": "array", "items": {"type": "integer", crumb::NULLABLE: true}, crumb::EXAMPLES: shown(json!([1, null]))},
                "c": {"type": "object", "additionalProperties": {"type": "boolean"}, crumb::EXAMPLES: shown(json!({"x": 1}))},
                "d": {"type": "integer", crumb::DECODE: "r::integer"},
            },
            crumb::EXAMPLES: shown(json!({"a": [], "b": [2], "d": "3"})),
        }}}});
        collect_examples(&mut root, &mut Changes::default());
        assert_eq!(
            root[SHOWN],
            json!([
                {"at": "/x", "type": "types::A", "value": {"a": [], "b": [2], "d": "3"}, "expected": {"b": [2], "d": "3"}, "respelled": ["/d"]},
                {"at": "/x", "type": "Vec<Option<i64>>", "value": [1, null], "expected": [1, null], "respelled": []},
            ])
        );
        assert_eq!(root[LEFT_OUT], 1);
    }
}
