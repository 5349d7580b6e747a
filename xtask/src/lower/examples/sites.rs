//! Where the document shows something, and of which schema that is a value.

use serde_json::{Value, json};

use super::super::changes::Changes;
use super::super::crumb;
use super::model::Form;
use crate::document::Pointer;
use crate::openapi::examples::{self, Example, Spelling};
use crate::openapi::shapes::{MEDIA_TYPE, PARAMETER, SCHEMA};
use crate::openapi::walk::{Met, walk_values};

/// The lowerings that follow move schemas about; what is shown of each goes with it as a crumb, read as it was meant.
pub fn set_examples_aside(root: &mut Value, _: &mut Changes) {
    let mut found: Vec<(Pointer, Value)> = Vec::new();
    for met in walk_values(root).objects {
        let examples = of_object(root, &met);
        let listed: Vec<Value> = examples
            .into_iter()
            .filter(|example| example.spelling != Spelling::NoJson)
            .map(|example| json!({"at": example.at.as_str(), "value": example.value}))
            .collect();
        if !listed.is_empty() {
            found.push((met.at, listed.into()));
        }
    }
    for (at, examples) in found {
        if let Some(holder) = root.pointer_mut(at.as_str()) {
            holder[crumb::EXAMPLES] = examples;
        }
    }
}

fn of_object<'d>(root: &'d Value, met: &Met<'d>) -> Vec<Example<'d>> {
    let is_held_body = met.is(&MEDIA_TYPE) && met.at.last().is_some_and(|name| examples::is_held(&name));
    if is_held_body || met.is(&PARAMETER) {
        return examples::of_holder(root, met.fields, &met.at);
    }
    match met.at.lookup(root) {
        Some(schema) if met.is(&SCHEMA) => examples::of_schema(root, schema, &met.at),
        _ => Vec::new(),
    }
}

/// A value that is shown, and the schema that it is of.
#[derive(Clone, Debug, PartialEq)]
pub struct Site {
    /// Where the schema is in the document as it is lowered.
    pub path: Pointer,
    /// What is shown.
    pub value: Value,
    /// Where it is shown in the document as it was written.
    pub at: Pointer,
    /// Whether it is shown of a parameter.
    pub is_parameter: bool,
}

impl Site {
    /// What is shown as a value of a parameter of this form: on the wire all of them are text, and a number is its
    /// digits.
    #[must_use]
    pub fn as_parameter(&self, form: Form<'_>) -> Value {
        match (form, &self.value) {
            (Form::Scalar("string") | Form::Words(_), Value::Number(_) | Value::Bool(_)) => {
                self.value.to_string().into()
            }
            (Form::Scalar("integer" | "number" | "boolean"), Value::String(text)) => {
                serde_json::from_str(text).ok().filter(is_scalar).unwrap_or_else(|| self.value.clone())
            }
            _ => self.value.clone(),
        }
    }
}

fn is_scalar(value: &Value) -> bool {
    value.is_number() || value.is_boolean()
}

/// All that is shown, in the order of the lowered document.
#[must_use]
pub fn of(root: &Value) -> Vec<Site> {
    let mut sites = Vec::new();
    for path in [Pointer::root().key("paths"), Pointer::root().keys(["components", "schemas"])] {
        if let Some(part) = path.lookup(root) {
            below(part, &mut path.as_str().to_owned(), &mut sites);
        }
    }
    sites
}

/// Parts of a document that have no types of their own.
const WITHOUT_TYPES: &[&str] = &["headers", "callbacks", "links", "example", "examples", crumb::EXAMPLES];

/// The path is one text that grows and shrinks: a pointer for every value would be most of the work.
fn below(value: &Value, path: &mut String, sites: &mut Vec<Site>) {
    let length = path.len();
    match value {
        Value::Object(fields) => {
            if let Some(examples) = fields.get(crumb::EXAMPLES).and_then(Value::as_array) {
                let is_parameter = fields.get("in").is_some_and(Value::is_string) && fields.contains_key("schema");
                let is_holder = fields.contains_key("schema") && path.starts_with("/paths");
                let path = Pointer::from_text(path.as_str());
                let path = if is_holder { path.key("schema") } else { path };
                sites.extend(examples.iter().map(|example| Site {
                    path: path.clone(),
                    value: example["value"].clone(),
                    at: Pointer::from_text(example["at"].as_str().unwrap_or_default()),
                    is_parameter,
                }));
            }
            // Under `properties` every key is a name.
            let are_names = path.ends_with("/properties");
            for (key, inner) in fields {
                if are_names || !WITHOUT_TYPES.contains(&key.as_str()) {
                    step(path, key);
                    below(inner, path, sites);
                    path.truncate(length);
                }
            }
        }
        Value::Array(items) => {
            for (index, inner) in items.iter().enumerate() {
                step(path, &index.to_string());
                below(inner, path, sites);
                path.truncate(length);
            }
        }
        _ => {}
    }
}

/// As [`Pointer::key`] writes it.
fn step(path: &mut String, key: &str) {
    path.push('/');
    for c in key.chars() {
        match c {
            '~' => path.push_str("~0"),
            '/' => path.push_str("~1"),
            c => path.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_is_found_with_its_schema() {
        let mut root = json!({
            "paths": {"/a": {"get": {
                "parameters": [{"name": "p", "in": "query", "schema": {"type": "string"}, "example": 7}],
                "responses": {"200": {"content": {
                    "application/json": {"schema": {"type": "object"}, "examples": {"e": {"value": {"a": 1}}}},
                    "application/xml": {"schema": {"type": "object"}, "example": "<a/>"},
                }}},
            }}},
            "components": {"schemas": {
                "A": {"properties": {"example": {"type": "string", "example": "e"}}, "examples": [{}, {"example": "x"}]},
            }},
        });
        set_examples_aside(&mut root, &mut Changes::default());
        let found: Vec<_> =
            of(&root).into_iter().map(|site| format!("{} {} {}", site.path, site.at, site.value)).collect();
        assert_eq!(
            found,
            [
                "/paths/~1a/get/parameters/0/schema /paths/~1a/get/parameters/0/example 7",
                "/paths/~1a/get/responses/200/content/application~1json/schema \
                 /paths/~1a/get/responses/200/content/application~1json/examples/e/value {\"a\":1}",
                "/components/schemas/A /components/schemas/A/examples/0 {}",
                "/components/schemas/A /components/schemas/A/examples/1 {\"example\":\"x\"}",
                "/components/schemas/A/properties/example /components/schemas/A/properties/example/example \"e\"",
            ]
        );
    }

    #[test]
    fn a_parameter_is_text_whatever_it_is_shown_as() {
        let site = |value: Value| Site { path: Pointer::root(), value, at: Pointer::root(), is_parameter: true };
        assert_eq!(site(json!(7)).as_parameter(Form::Scalar("string")), json!("7"));
        assert_eq!(site(json!("7")).as_parameter(Form::Scalar("integer")), json!(7));
        assert_eq!(site(json!("a")).as_parameter(Form::Scalar("integer")), json!("a"));
        assert_eq!(site(json!(7)).as_parameter(Form::Scalar("integer")), json!(7));
    }
}
