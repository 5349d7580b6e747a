//! Texts that are shown in another format than they are declared to have.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::super::changes::{Changes, Trail, original_place};
use super::super::schemas::target;
use super::model::{Form, Model};
use super::sites::Site;
use crate::document::Pointer;
use crate::openapi::instance::Validator;

/// No format has a type of its own, so that a date that is shown in a way of the publisher's decodes: it stays text,
/// and who looks for a date there is told.
pub fn report_formats(root: &Value, sites: &[Site], changes: &mut Changes) {
    let mut texts = Texts { root, other: BTreeSet::new() };
    for site in sites {
        texts.look(&site.path, &site.value);
    }
    for (path, format) in texts.other {
        let what = format!("it stays text: what is shown is not of the format `{format}`");
        changes.report(&Trail::from(original_place(root, &path)), what);
    }
}

struct Texts<'r> {
    root: &'r Value,
    /// The places, and the format that each is declared to have.
    other: BTreeSet<(Pointer, String)>,
}

impl Texts<'_> {
    fn look(&mut self, path: &Pointer, value: &Value) {
        let Some(schema) = path.lookup(self.root) else { return };
        if let Some(name) = target(schema) {
            return self.look(&Pointer::root().keys(["components", "schemas", name]), value);
        }
        let model = Model::of(self.root);
        match (model.form(schema), value) {
            (Form::Scalar("string"), Value::String(_)) => self.text(path, schema, value),
            (Form::List(_), Value::Array(items)) => {
                for item in items {
                    self.look(&path.key("items"), item);
                }
            }
            (Form::Map(_), Value::Object(fields)) => {
                for value in fields.values() {
                    self.look(&path.key("additionalProperties"), value);
                }
            }
            (Form::Struct(_), Value::Object(fields)) => {
                for (name, value) in fields {
                    self.look(&path.keys(["properties", name]), value);
                }
            }
            (Form::Choice(alternatives), value) => {
                if let Some(index) = model.taken_by(alternatives, value) {
                    self.look(&path.key("oneOf").index(index), value);
                }
            }
            _ => {}
        }
    }

    fn text(&mut self, path: &Pointer, schema: &Value, value: &Value) {
        let Some(format) = schema.get("format").and_then(Value::as_str) else { return };
        let declared = json!({"format": format});
        if !Validator::new(self.root).validate(value, &Pointer::root(), &declared, &Pointer::root()).is_empty() {
            self.other.insert((path.clone(), format.to_owned()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::schemas::lowered;
    use super::super::{set_examples_aside, widen_to_examples};
    use super::*;

    #[test]
    fn a_date_that_is_shown_otherwise_is_reported_once_for_its_place() {
        let (_, report) = lowered(
            &[set_examples_aside, widen_to_examples],
            &json!({"A": {
                "type": "object",
                "properties": {"at": {"type": "array", "items": {"type": "string", "format": "date-time"}}},
                "example": {"at": ["2024-12-17 17:42:14", "2024-12-18 17:42:14", "2024-12-17T17:42:14Z"]},
            }}),
        );
        let place = "/components/schemas/A/properties/at/items";
        assert_eq!(report, [format!("{place} it stays text: what is shown is not of the format `date-time`")]);
    }
}
