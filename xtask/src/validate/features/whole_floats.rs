//! Integers that are written with a fraction of zero, such as `5.0`. They are valid, and the client does not decode them.

use std::collections::BTreeSet;

use serde_json::Value;

use super::survey::{Fields, Schema, Survey, elements, is_of_type};
use crate::document::Pointer;
use crate::document::fields::Fields as _;
use crate::openapi::examples::{Example, Spelling, of_holder, of_schema};
use crate::openapi::media_type::Format;

/// Returns the places of these integers in schemas, and in the examples of schemas, parameters and JSON bodies.
pub(super) fn whole_floats(survey: &Survey<'_>) -> Vec<Pointer> {
    let mut search = Search { survey, places: BTreeSet::new() };
    for schema in &survey.schemas {
        search.places.extend(listed(schema));
        search.examples(schema.value, &of_schema(survey.root, schema.value, &schema.at));
    }
    for parameter in &survey.parameters {
        search.holder(parameter.fields, &parameter.at);
    }
    for body in survey.bodies.iter().filter(|body| body.chosen.2 == Format::Json) {
        if let Some(media) = body.chosen.1.as_object() {
            search.holder(media, &body.chosen_at());
        }
    }
    search.places.into_iter().collect()
}

/// Returns the place of a keyword of an integer schema that has such an integer.
fn listed(schema: &Schema<'_>) -> Option<Pointer> {
    let has_it = |key: &str| {
        let value = schema.fields.field(key);
        value.is_some_and(is_whole_float) || elements(value).any(is_whole_float)
    };
    let is_integer = is_of_type(schema.fields, "integer");
    let key = ["const", "default", "enum"].into_iter().find(|key| is_integer && has_it(key))?;
    Some(schema.at.key(key))
}

fn is_whole_float(value: &Value) -> bool {
    value.is_f64() && value.as_f64().is_some_and(|number| number.fract() == 0.0)
}

/// Returns whether a value is such an integer or contains one. Few examples do, and only those are compared with their
/// schemas.
fn has_whole_float(value: &Value) -> bool {
    match value {
        Value::Object(fields) => fields.values().any(has_whole_float),
        Value::Array(items) => items.iter().any(has_whole_float),
        _ => is_whole_float(value),
    }
}

struct Search<'s, 'd> {
    survey: &'s Survey<'d>,
    places: BTreeSet<Pointer>,
}

impl<'d> Search<'_, 'd> {
    /// Searches the examples of a parameter or a media type.
    fn holder(&mut self, fields: &'d Fields, at: &Pointer) {
        if let Some(schema) = fields.field("schema") {
            self.examples(schema, &of_holder(self.survey.root, fields, at));
        }
    }

    /// Searches examples of a schema.
    fn examples(&mut self, schema: &'d Value, examples: &[Example<'d>]) {
        for Example { value, at, spelling } in examples.iter().filter(|example| has_whole_float(&example.value)) {
            let mut found = BTreeSet::new();
            self.value(schema, value, at, &mut found);
            match spelling {
                // The document has no places inside of a string.
                Spelling::JsonText => self.places.extend(found.first().map(|_| at.clone())),
                _ => self.places.extend(found),
            }
        }
    }

    /// Adds the places of these integers in a value of a schema.
    fn value(&self, schema: &'d Value, value: &Value, at: &Pointer, places: &mut BTreeSet<Pointer>) {
        match value {
            Value::Object(fields) => self.object(schema, fields, at, places),
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    for schema in self.keyword(schema, "items") {
                        self.value(schema, item, &at.index(index), places);
                    }
                }
            }
            _ if is_whole_float(value) && self.survey.has_type(schema, "integer") => {
                places.insert(at.clone());
            }
            _ => {}
        }
    }

    fn object(&self, schema: &'d Value, fields: &Fields, at: &Pointer, places: &mut BTreeSet<Pointer>) {
        let properties = self.survey.flat(&(), schema).properties;
        let additional = self.keyword(schema, "additionalProperties");
        for (name, value) in fields.iter().filter(|(_, value)| has_whole_float(value)) {
            let described = properties.iter().filter(|(property, ..)| property == name).map(|(.., schema)| *schema);
            let mut schemas: Vec<_> = described.collect();
            if schemas.is_empty() {
                schemas.clone_from(&additional);
            }
            for schema in schemas {
                self.value(schema, value, &at.key(name), places);
            }
        }
    }

    /// Returns the values of a keyword in a schema, in the target of its `$ref`, and in the parts of its `allOf`.
    fn keyword(&self, schema: &'d Value, keyword: &str) -> Vec<&'d Value> {
        let mut found = Vec::new();
        self.survey.flatten(&(), schema, &mut |(), fields| found.extend(fields.field(keyword)));
        found
    }
}
