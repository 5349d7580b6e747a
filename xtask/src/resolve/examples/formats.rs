//! Texts whose examples are of another format than their schemas.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::codec::Codec;
use crate::document::Pointer;
use crate::openapi::instance::Validator;
use crate::resolve::decisions::{Decisions, Rule};
use crate::resolve::draft::Draft;
use crate::resolve::schema::{Kind, Schema};
use crate::resolve::shape::Shape;

/// Reports the texts whose examples are of another format. No format has a type of its own, so that such a text decodes.
pub fn report_formats<'d>(
    draft: &'d Draft,
    examples: impl Iterator<Item = (&'d Schema, &'d Value)>,
    decisions: &mut Decisions,
) {
    let mut formats = Formats { codec: Codec::of(draft), contradicted: BTreeSet::new() };
    examples.for_each(|(schema, value)| formats.visit(schema, value));
    for (at, format) in formats.contradicted {
        let what = format_args!("it stays text: what is shown is not of the format `{format}`");
        decisions.add(Rule::WidenToExamples, at, what);
    }
}

struct Formats<'d> {
    codec: Codec<'d>,
    /// The places of texts with examples of another format, each with the format of its schema.
    contradicted: BTreeSet<(&'d Pointer, &'d str)>,
}

impl<'d> Formats<'d> {
    fn visit(&mut self, schema: &'d Schema, value: &Value) {
        let schema = self.codec.resolved(schema);
        if matches!(schema.shape(), Shape::Scalar(Kind::Text))
            && let Some(format) = &schema.format
            && value.is_string()
            && !is_of_format(value, format)
        {
            self.contradicted.insert((&schema.at, format));
        }
        self.codec.parts(schema, value).for_each(|part| self.visit(part.schema, part.value));
    }
}

fn is_of_format(value: &Value, format: &str) -> bool {
    let (root, schema) = (Pointer::root(), json!({"format": format}));
    Validator::new(&Value::Null).validate(value, &root, &schema, &root).is_empty()
}

#[cfg(test)]
mod tests {
    use super::super::testing::draft;
    use super::super::widen;
    use super::*;

    #[test]
    fn a_date_with_examples_of_another_format_is_reported_once() {
        let mut draft = draft(&json!({"A": {
            "type": "object",
            "properties": {"at": {"type": "array", "items": {"type": "string", "format": "date-time"}}},
            "example": {"at": ["2024-12-17 17:42:14", "2024-12-18 17:42:14", "2024-12-17T17:42:14Z"]},
        }}));
        let mut decisions = Decisions::new(true);
        widen(&mut draft, &mut decisions);
        let place = "/components/schemas/A/properties/at/items";
        assert_eq!(
            decisions.list(),
            [format!("{place} it stays text: what is shown is not of the format `date-time`")]
        );
    }
}
