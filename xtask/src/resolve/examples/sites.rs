//! The examples of a draft, each with the schema that it is a value of.

use serde_json::Value;

use super::address::{Address, Holder, Step};
use crate::resolve::draft::{Content, Draft, Operation};
use crate::resolve::schema::{Example, Kind, Schema};
use crate::resolve::shape::Shape;

/// An example, and the schema that it is a value of.
#[derive(Clone, Debug)]
pub struct Site<'d> {
    /// The address of the schema.
    pub address: Address,
    /// The schema.
    pub schema: &'d Schema,
    /// The example.
    pub example: &'d Example,
    /// Whether it is an example of a parameter.
    pub is_parameter: bool,
}

/// Returns all examples: first those of the operations and the payloads, then those of the components.
#[must_use]
pub fn of(draft: &Draft) -> Vec<Site<'_>> {
    let mut finder = Finder { found: Vec::new() };
    for (index, operation) in draft.operations.iter().enumerate() {
        finder.operation(index, operation);
    }
    for (index, payload) in draft.payloads.iter().enumerate() {
        finder.holder(&Holder::Payload(index), &payload.schema, &payload.examples);
    }
    for (name, schema) in &draft.components {
        finder.schema(&mut Vec::new(), &Holder::Component(name.clone()), schema);
    }
    finder.found
}

struct Finder<'d> {
    found: Vec<Site<'d>>,
}

impl<'d> Finder<'d> {
    fn operation(&mut self, index: usize, operation: &'d Operation) {
        for (position, parameter) in operation.parameters.iter().enumerate() {
            self.holder(&Holder::Parameter(index, position), &parameter.schema, &parameter.examples);
        }
        for (position, response) in operation.responses.iter().enumerate() {
            if let Content::Json { schema, examples, .. } = &response.content {
                self.holder(&Holder::Response(index, position), schema, examples);
            }
        }
        if let Some(body) = &operation.body {
            self.holder(&Holder::Body(index), &body.schema, &body.examples);
        }
    }

    /// Finds the examples of a parameter or a body, and those of its schema.
    fn holder(&mut self, holder: &Holder, schema: &'d Schema, examples: &'d [Example]) {
        let is_parameter = matches!(holder, Holder::Parameter(..));
        self.found.extend(examples.iter().map(|example| Site {
            address: Address::of(holder.clone()),
            schema,
            example,
            is_parameter,
        }));
        self.schema(&mut Vec::new(), holder, schema);
    }

    /// Finds the examples of a schema and of those inside. The steps grow and shrink: few schemas have examples.
    fn schema(&mut self, steps: &mut Vec<Step>, holder: &Holder, schema: &'d Schema) {
        for example in schema.place.examples.iter().flatten() {
            let address = steps.iter().cloned().fold(Address::of(holder.clone()), |address, step| address.step(step));
            self.found.push(Site { address, schema, example, is_parameter: false });
        }
        for (step, inner) in children(schema) {
            steps.push(step);
            self.schema(steps, holder, inner);
            steps.pop();
        }
    }
}

/// Returns the schemas directly inside of another that has no compositions left.
fn children(schema: &Schema) -> impl Iterator<Item = (Step, &Schema)> {
    let properties = schema.properties.iter().flatten().map(|(name, inner)| (Step::Property(name.clone()), inner));
    let alternatives = schema.one_of.iter().flatten().enumerate();
    properties
        .chain(alternatives.map(|(index, inner)| (Step::Alternative(index), inner)))
        .chain(schema.items.as_deref().map(|inner| (Step::Items, inner)))
        .chain(schema.extra().map(|inner| (Step::Extra, inner)))
}

/// Returns the example of a parameter as a value of this shape: all parameters are text in a request, and a number is
/// its digits there.
#[must_use]
pub fn parameter_value(shape: Shape<'_>, example: &Value) -> Value {
    match (shape, example) {
        (Shape::Scalar(Kind::Text) | Shape::Values(_), Value::Number(_) | Value::Bool(_)) => example.to_string().into(),
        (Shape::Scalar(Kind::Integer | Kind::Unsigned | Kind::Number | Kind::Boolean), Value::String(text)) => {
            serde_json::from_str(text).ok().filter(is_number_or_flag).unwrap_or_else(|| example.clone())
        }
        _ => example.clone(),
    }
}

fn is_number_or_flag(value: &Value) -> bool {
    value.is_number() || value.is_boolean()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::{draft, example, operation, parameter, response};
    use super::*;

    #[test]
    fn each_example_is_found_with_its_schema() {
        let mut draft = draft(&json!({
            "A": {"properties": {"example": {"type": "string", "example": "e"}}, "examples": [{}, {"example": "x"}]},
        }));
        let mut get = operation();
        get.parameters.push(parameter("string", json!(7)));
        get.responses.push(response(
            Schema::of_kind(&crate::document::Pointer::root(), Kind::Object),
            vec![example("/r", json!({"a": 1}))],
        ));
        draft.operations.push(get);
        let found: Vec<_> = of(&draft)
            .into_iter()
            .map(|site| (site.address, format!("{} {}", site.example.at, site.example.value), site.is_parameter))
            .collect();
        let a = Address::of_component("A");
        assert_eq!(
            found,
            [
                (Address::of(Holder::Parameter(0, 0)), "/p/example 7".to_owned(), true),
                (Address::of(Holder::Response(0, 0)), "/r {\"a\":1}".to_owned(), false),
                (a.clone(), "/components/schemas/A/examples/0 {}".to_owned(), false),
                (a.clone(), "/components/schemas/A/examples/1 {\"example\":\"x\"}".to_owned(), false),
                (a.property("example"), "/components/schemas/A/properties/example/example \"e\"".to_owned(), false),
            ]
        );
    }

    #[test]
    fn an_example_of_a_parameter_is_read_by_the_type_of_the_parameter() {
        let of = |kind, example: Value| parameter_value(Shape::Scalar(kind), &example);
        assert_eq!(of(Kind::Text, json!(7)), json!("7"));
        assert_eq!(of(Kind::Integer, json!("7")), json!(7));
        assert_eq!(of(Kind::Integer, json!("a")), json!("a"));
        assert_eq!(of(Kind::Integer, json!(7)), json!(7));
    }
}
