//! Names the schemas that are written inside others.

use crate::model::Status;
use crate::resolve::decisions::{Decisions, Rule};
use crate::resolve::draft::{Content, Draft, Operation};
use crate::resolve::names::{Names, type_name};
use crate::resolve::schema::{Additional, Components, Schema};

/// Makes a component of each schema that needs a type and is written inside another, with a name made from its place.
///
/// progenitor would invent a name, which may be that of another schema, and would write two types with it.
pub fn name_inline_schemas(draft: &mut Draft, decisions: &mut Decisions) {
    let mut names = Names::of_types();
    draft.components.keys().for_each(|name| drop(names.unique(name)));
    let mut inline = InlineSchemas { names, named: Components::new(), decisions };
    for (name, schema) in &mut draft.components {
        inline.inside(schema, name);
    }
    for operation in &mut draft.operations {
        inline.operation(operation);
    }
    for payload in &mut draft.payloads {
        inline.body(&mut payload.schema, &payload.words);
    }
    draft.components.extend(inline.named);
}

struct InlineSchemas<'d> {
    names: Names,
    /// The new components.
    named: Components,
    decisions: &'d mut Decisions,
}

impl InlineSchemas<'_> {
    fn operation(&mut self, operation: &mut Operation) {
        let id = &operation.name;
        for parameter in &mut operation.parameters {
            // A parameter has no name of a setter at first.
            let name = if parameter.name.is_empty() { &parameter.wire_name } else { &parameter.name };
            self.nested(&mut parameter.schema, &format!("{id}_{name}"));
        }
        for header in &mut operation.headers {
            self.nested(&mut header.schema, &format!("{id}_{}_header", header.wire_name));
        }
        if let Some(body) = &mut operation.body {
            self.body(&mut body.schema, &format!("{id}_body"));
        }
        for response in &mut operation.responses {
            if let Content::Json { schema, .. } = &mut response.content {
                self.body(schema, &format!("{id}_{}", status_words(response.status)));
            }
        }
    }

    /// Names a body. It gets a name whatever its type is, so that its type is always found by a name.
    fn body(&mut self, schema: &mut Schema, words: &str) {
        let name = type_name(words);
        self.inside(schema, &name);
        if schema.reference.is_none() {
            self.name(schema, &name);
        }
    }

    /// Names the schemas inside of a schema of this name.
    fn inside(&mut self, schema: &mut Schema, name: &str) {
        for (property, inner) in schema.properties.iter_mut().flatten() {
            self.nested(inner, &format!("{name}_{property}"));
        }
        if let Some(items) = &mut schema.items {
            self.nested(items, &format!("{name}_item"));
        }
        if let Some(Additional::Schema(extra)) = &mut schema.additional {
            self.nested(extra, &format!("{name}_value"));
        }
        for alternatives in [&mut schema.one_of, &mut schema.any_of].into_iter().flatten() {
            for (index, inner) in alternatives.iter_mut().enumerate() {
                let title = inner.title.clone().unwrap_or_else(|| (index + 1).to_string());
                self.nested(inner, &format!("{name}_{title}"));
            }
        }
        // The parts of `allOf` are merged into one type, and need none of their own.
        schema.all_of.iter_mut().flatten().for_each(|part| self.inside(part, name));
    }

    fn nested(&mut self, schema: &mut Schema, words: &str) {
        let needs_type = needs_type(schema);
        if !needs_type && is_leaf(schema) {
            return;
        }
        let name = type_name(words);
        self.inside(schema, &name);
        if needs_type {
            // The constraints are documented where the value is, and not at its type as well.
            let constraints = std::mem::take(&mut schema.place.constraints);
            self.name(schema, &name);
            schema.place.constraints = constraints;
        }
    }

    /// Makes the schema a component, and leaves a reference.
    fn name(&mut self, schema: &mut Schema, name: &str) {
        let name = self.names.unique(name);
        let what = format_args!("it gets a name of its own: `{name}`");
        self.decisions.add(Rule::PullOutInlineSchemas, &schema.at, what);
        let mut reference = Schema::reference(&schema.at, name.as_str());
        // The examples are values at the place of the reference, where null may be one of them.
        reference.place.examples = schema.place.examples.take();
        reference.place.fill(&schema.place);
        self.named.insert(name, std::mem::replace(schema, reference));
    }
}

/// Returns whether there is no schema inside.
fn is_leaf(schema: &Schema) -> bool {
    schema.properties.is_none()
        && schema.items.is_none()
        && schema.additional.is_none()
        && [&schema.one_of, &schema.any_of, &schema.all_of].into_iter().all(Option::is_none)
}

fn needs_type(schema: &Schema) -> bool {
    let has_several =
        || [&schema.one_of, &schema.any_of, &schema.all_of].into_iter().flatten().any(|parts| parts.len() > 1);
    let is_extended = || schema.all_of.is_some() && schema.additional.is_some();
    schema.reference.is_none()
        && schema.rust_type.is_none()
        && (schema.is_struct() || schema.values.is_some() || has_several() || is_extended())
}

fn status_words(status: Status) -> String {
    if status.is_success() { "response".to_owned() } else { format!("{status}_response") }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::resolve::testing::{reference_to, resolved};

    #[test]
    fn inline_types_are_named_after_their_place_and_avoid_taken_names() {
        let (schemas, decided) = resolved(
            &json!({
                "Order": {"properties": {"status": {"description": "s", "properties": {"x": {"type": "string"}}}}},
                "OrderStatus": {"type": "string"},
            }),
            name_inline_schemas,
        );
        assert_eq!(
            schemas["Order"]["properties"]["status"],
            json!({"$ref": "#/components/schemas/OrderStatus2", "description": "s"})
        );
        assert_eq!(schemas["OrderStatus2"]["properties"]["x"], json!({"type": "string"}));
        assert_eq!(decided, ["/components/schemas/Order/properties/status it gets a name of its own: `OrderStatus2`"]);
    }

    #[test]
    fn an_alternative_is_named_after_its_title_or_its_number() {
        let text = |title: &str| json!({"title": title, "type": "string", "enum": ["a"]});
        let untitled = json!({"type": "string", "enum": ["b"]});
        let (schemas, _) =
            resolved(&json!({"A": {"oneOf": [text("first one"), untitled, {"type": "integer"}]}}), name_inline_schemas);
        assert_eq!(schemas["A"]["oneOf"], json!([reference_to("AFirstOne"), reference_to("A2"), {"type": "integer"}]));
    }

    #[test]
    fn an_example_stays_at_the_place_that_it_is_a_value_of() {
        let (schemas, _) = resolved(
            &json!({"A": {"items": {"type": "string", "enum": ["a"], "nullable": true, "example": null}}}),
            name_inline_schemas,
        );
        assert_eq!(schemas["A"]["items"]["examples"], json!([null]));
        assert_eq!(schemas["AItem"].get("examples"), None);
    }
}
