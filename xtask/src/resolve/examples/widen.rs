//! Widens schemas that contradict the document's own examples, so that their types decode these as well.

mod alternatives;

use std::fmt;

use serde_json::{Map, Value};

use super::address::{Address, Role, Step};
use super::choice::is_alike;
use super::codec::{Codec, is_empty};
use super::formats::report_formats;
use super::infer::infer;
use super::sites::{self, parameter_value};
use crate::resolve::decisions::{Decisions, Rule};
use crate::resolve::draft::Draft;
use crate::resolve::schema::{Kind, Schema};
use crate::resolve::shape::Shape;

/// Widens each schema to all examples of its values, wherever they stand.
///
/// An example is often truer than its schema. A schema that is widened may decode another example in another way, so
/// this goes on until nothing changes.
pub fn widen(draft: &mut Draft, decisions: &mut Decisions) {
    const MOST_ROUNDS: usize = 8;
    let targets = targets(draft);
    for round in 0..MOST_ROUNDS {
        let mut widening = Widening { draft, decisions, has_changed: false, is_last: round + 1 == MOST_ROUNDS };
        for target in &targets {
            widening.target(target);
        }
        if !widening.has_changed {
            break;
        }
    }
    let examples = targets.iter().filter_map(|target| Some((target.address.get(draft)?, &target.value)));
    report_formats(draft, examples, decisions);
}

/// An example, and the address of its schema.
struct Target {
    address: Address,
    value: Value,
    is_parameter: bool,
}

fn targets(draft: &Draft) -> Vec<Target> {
    let sites = sites::of(draft).into_iter();
    sites
        .map(|site| Target {
            value: site.example.value.clone(),
            address: site.address,
            is_parameter: site.is_parameter,
        })
        .collect()
}

struct Widening<'w> {
    draft: &'w mut Draft,
    decisions: &'w mut Decisions,
    has_changed: bool,
    /// Whether this is the last round, in which a schema that still changes becomes one of any value.
    is_last: bool,
}

impl Widening<'_> {
    fn target(&mut self, target: &Target) {
        if target.is_parameter {
            self.admit_parameter(&target.address, &target.value);
        } else {
            self.admit(&target.address, &target.value);
        }
    }

    fn codec(&self) -> Codec<'_> {
        Codec::of(self.draft)
    }

    /// Returns the shape of the schema at an address, or of the component that it refers to.
    fn shape(&self, address: &Address) -> Shape<'_> {
        address.get(self.draft).map_or(Shape::Any, |schema| self.codec().shape(schema))
    }

    fn round_trips(&self, address: &Address, value: &Value) -> bool {
        address.get(self.draft).is_none_or(|schema| self.codec().taken(schema, value).is_some())
    }

    fn change(&mut self, address: &Address, change: impl FnOnce(&mut Schema)) {
        self.has_changed = true;
        if let Some(schema) = address.get_mut(self.draft) {
            change(schema);
        }
    }

    fn report(&mut self, address: &Address, what: impl fmt::Display) {
        if let Some(schema) = address.get(self.draft) {
            self.decisions.add(Rule::WidenToExamples, &schema.at, what);
        }
    }

    /// Widens the schema of a parameter. It stays one type, since its setter takes one: a parameter is text in a
    /// request, and a scalar gets the type that can be written as the example.
    fn admit_parameter(&mut self, address: &Address, example: &Value) {
        let shape = self.shape(address);
        let value = parameter_value(shape, example);
        let is_scalar = matches!(shape, Shape::Scalar(_) | Shape::Values(_));
        if !is_scalar || self.round_trips(address, &value) || !(value.is_string() || value.is_number()) {
            return;
        }
        let is_fraction = matches!(shape, Shape::Scalar(Kind::Integer | Kind::Unsigned)) && value.is_number();
        let kind = if is_fraction { Kind::Number } else { Kind::Text };
        self.report(address, format_args!("it becomes a {}: shown as {}", kind.as_str(), described(&value)));
        self.change(address, |schema| {
            schema.reference = None;
            schema.values = None;
            schema.kind = Some(kind);
        });
    }

    /// Widens a schema until its type round-trips the value.
    fn admit(&mut self, address: &Address, value: &Value) {
        let Some(schema) = address.get(self.draft) else { return };
        if schema.has_custom_decoding() || self.round_trips_in_place(address, schema, value) {
            return;
        }
        if value.is_null() {
            return self.admit_null(address);
        }
        if schema.only_null {
            return self.describe(address, value);
        }
        match &schema.reference {
            Some(name) => self.admit_in_component(address, &Address::of_component(name), value),
            None => self.admit_here(address, value),
        }
    }

    /// Widens a component to a value of its kind. A value of another kind widens the place that refers to it: one type
    /// stays one type.
    fn admit_in_component(&mut self, address: &Address, component: &Address, value: &Value) {
        let shape = self.shape(component);
        if matches!(shape, Shape::Choice(_) | Shape::Tagged(_)) || is_alike(shape, value) {
            self.admit(component, value);
        } else {
            self.admit_other(address, value);
        }
    }

    /// Widens a schema that is no reference.
    fn admit_here(&mut self, address: &Address, value: &Value) {
        match (self.shape(address), value) {
            (Shape::Choice(_), _) => self.admit_in_choice(address, value),
            (Shape::Tagged(choice), Value::Object(_)) => {
                let index = choice.chosen(value);
                self.admit_tagged(address, index, value);
            }
            (Shape::Values(_), Value::String(text)) => self.list(address, text),
            (Shape::Scalar(Kind::Integer | Kind::Unsigned), Value::Number(_)) => {
                self.report(address, format_args!("it becomes a number: shown as {}", described(value)));
                self.change(address, |schema| schema.kind = Some(Kind::Number));
            }
            (Shape::List(Some(_)), Value::Array(items)) => {
                let inner = address.step(Step::Items);
                for item in items {
                    self.admit(&inner, item);
                }
            }
            (Shape::Map(Some(_)), Value::Object(fields)) => {
                let inner = address.step(Step::Extra);
                for value in fields.values() {
                    self.admit(&inner, value);
                }
            }
            (Shape::Struct(_), Value::Object(fields)) => self.admit_fields(address, fields),
            _ => self.admit_other(address, value),
        }
    }

    /// Returns whether the value round-trips at this place. A property that is not required decodes null, and omits it.
    fn round_trips_in_place(&self, address: &Address, schema: &Schema, value: &Value) -> bool {
        let is_omitted = address.role() == Role::Property
            && value.is_null()
            && !schema.place.nullable
            && !self.is_required_property(address);
        !is_omitted && self.codec().taken(schema, value).is_some()
    }

    fn is_required_property(&self, address: &Address) -> bool {
        let Some((object, name)) = address.as_property() else { return false };
        object.get(self.draft).is_some_and(|object| object.requires(name))
    }

    fn admit_null(&mut self, address: &Address) {
        match address.role() {
            Role::Property | Role::Inner => {
                self.report(address, "it may be null: shown as null");
                self.change(address, |schema| schema.place.nullable = true);
            }
            // Null belongs to the place that uses a type, and no place uses this one: the type itself has to take it.
            Role::Component | Role::Body => self.choose(address, &Value::Null, true),
        }
    }

    /// Replaces a schema of which only null is known.
    fn describe(&mut self, address: &Address, value: &Value) {
        self.change(address, |schema| {
            *schema = infer(value, &schema.at);
            schema.place.nullable = true;
        });
    }

    fn list(&mut self, address: &Address, text: &str) {
        self.report(address, format_args!("`{text}` is one of its values: shown, and not listed"));
        self.change(address, |schema| {
            if let Some(values) = &mut schema.values {
                values.push(text.into());
            }
        });
    }

    fn admit_fields(&mut self, address: &Address, fields: &Map<String, Value>) {
        self.drop_missing(address, fields);
        for (name, value) in fields {
            let Some(object) = address.get(self.draft) else { return };
            if object.property(name).is_some() {
                self.admit(&address.property(name), value);
            } else if object.extra().is_some() {
                self.admit(&address.step(Step::Extra), value);
            } else {
                self.add_property(address, name, value);
            }
        }
    }

    fn add_property(&mut self, address: &Address, name: &str, value: &Value) {
        self.report(address, format_args!("it has the property `{name}`: shown, and not described"));
        self.change(address, |object| {
            let inferred = infer(value, &object.at.keys(["properties", name]));
            let property = Schema { only_null: value.is_null(), ..inferred };
            object.properties.get_or_insert_default().insert(name.to_owned(), property);
        });
    }

    /// Makes the required properties that the example does not have optional.
    fn drop_missing(&mut self, address: &Address, fields: &Map<String, Value>) {
        let Some(object) = address.get(self.draft) else { return };
        let required = object.required.iter().flatten();
        let missing: Vec<String> =
            required.filter(|name| !fields.contains_key(*name) && object.property(name).is_some()).cloned().collect();
        for name in missing {
            self.make_optional(&address.property(&name), "it is not required: missing in what is shown");
        }
    }

    fn make_optional(&mut self, property: &Address, why: &str) {
        if !self.is_required_property(property) {
            return;
        }
        self.report(property, why);
        if let Some((object, name)) = property.as_property() {
            self.change(&object, |object| {
                object.required.iter_mut().for_each(|required| required.retain(|other| other != name));
            });
        }
    }

    /// Widens a schema to a value of another type.
    fn admit_other(&mut self, address: &Address, value: &Value) {
        if !is_empty(value) || address.role() != Role::Property {
            // It is unknown which other values a Rust type that exists already refuses.
            let is_rust_type = matches!(self.shape(address), Shape::Rust(_));
            return self.choose(address, value, is_rust_type || self.is_last);
        }
        let what = format!(
            "{} means that there is no value: an example has it, and its schema has another type",
            described(value)
        );
        self.make_optional(address, &what);
        self.report(address, what);
        self.change(address, |schema| schema.place.empty_as_none = true);
    }
}

/// Returns a value as a decision names it: short, and on one line.
fn described(value: &Value) -> String {
    const LONGEST: usize = 40;
    match value {
        Value::Array(items) if !items.is_empty() => "a list".to_owned(),
        Value::Object(fields) if !fields.is_empty() => "an object".to_owned(),
        value => {
            let text = value.to_string();
            if text.chars().count() <= LONGEST { format!("`{text}`") } else { "a long text".to_owned() }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::{draft, operation, parameter, remove_examples, schema};
    use super::*;

    /// Widens these components, and returns them without their examples, and the decisions.
    fn widened(schemas: &Value) -> (Draft, Vec<String>) {
        let mut draft = draft(schemas);
        let mut decisions = Decisions::new(true);
        widen(&mut draft, &mut decisions);
        remove_examples(&mut draft);
        (draft, decisions.list())
    }

    fn property_of_a(draft: &Draft, name: &str) -> Schema {
        draft.components["A"].property(name).expect("`A` has the property").clone()
    }

    /// Widens the property `p` of an object to an example, and returns it and the decisions.
    fn widened_property(schema: &Value, value: &Value) -> (Schema, Vec<String>) {
        let object = json!({"type": "object", "required": ["p"], "properties": {"p": schema}, "example": {"p": value}});
        let (draft, decisions) = widened(&json!({
            "A": object,
            "Struct": {"type": "object", "properties": {"x": {"type": "string"}}},
            "Strict": {"type": "object", "required": ["x"], "properties": {"x": {"type": "string"}}},
            "Words": {"type": "string", "enum": ["a"]},
        }));
        (property_of_a(&draft, "p"), decisions)
    }

    #[test]
    fn an_example_that_round_trips_changes_nothing() {
        for (before, value) in [
            (json!({"type": "number"}), json!(1)),
            (json!({"type": "string", "format": "date-time"}), json!("2024-12-17T17:42:14Z")),
            (json!({}), json!(null)),
            (json!({"type": "object"}), json!({"a": [1]})),
            (json!({"type": "array", "items": {}}), json!([])),
            (json!({"$ref": "#/components/schemas/Words", "nullable": true}), json!(null)),
            (json!({"oneOf": [{"$ref": "#/components/schemas/Strict"}, {"type": "object"}]}), json!({"y": 1})),
        ] {
            assert_eq!(widened_property(&before, &value), (schema(&before), vec![]), "{before} {value}");
        }
    }

    #[test]
    fn a_scalar_takes_the_type_of_the_example_as_well() {
        for (before, value, expected) in [
            (json!({"type": "string"}), json!(1), json!({"oneOf": [{"type": "integer"}, {"type": "string"}]})),
            (json!({"type": "boolean"}), json!("yes"), json!({"oneOf": [{"type": "boolean"}, {"type": "string"}]})),
            (json!({"type": "integer"}), json!(1.5), json!({"type": "number"})),
            (json!({"type": "integer"}), json!(u64::MAX), json!({"type": "number"})),
            (json!({"type": "integer"}), json!(null), json!({"type": "integer", "nullable": true})),
            (
                json!({"$ref": "#/components/schemas/Words"}),
                json!(1),
                json!({"oneOf": [{"$ref": "#/components/schemas/Words"}, {"type": "integer"}]}),
            ),
            (
                json!({"type": "string", "description": "d", "nullable": true}),
                json!(["a"]),
                json!({"description": "d", "nullable": true, "oneOf": [
                    {"type": "string"}, {"type": "array", "items": {"type": "string"}},
                ]}),
            ),
        ] {
            let (widened, decisions) = widened_property(&before, &value);
            assert_eq!(widened, schema(&expected), "{before} {value}");
            assert!(decisions[0].starts_with("/components/schemas/A/properties/p it "), "{decisions:?}");
        }
    }

    #[test]
    fn an_empty_list_or_object_of_another_type_is_empty_as_none() {
        for (before, value) in [
            (json!({"type": "string"}), json!({})),
            (json!({"$ref": "#/components/schemas/Struct"}), json!([])),
            (json!({"type": "array", "items": {}}), json!({})),
        ] {
            let object =
                json!({"type": "object", "required": ["p"], "properties": {"p": before}, "example": {"p": value}});
            let (draft, _) = widened(&json!({
                "A": object,
                "Struct": {"type": "object", "properties": {"x": {"type": "string"}}},
            }));
            let mut expected = schema(&before);
            expected.place.empty_as_none = true;
            assert_eq!(property_of_a(&draft, "p"), expected);
            assert_eq!(draft.components["A"].required, Some(vec![]));
        }
        let items = json!({"type": "array", "items": {"type": "string"}, "example": ["a", []]});
        let (draft, _) = widened(&json!({"A": items}));
        assert_eq!(
            draft.components["A"].items.as_deref(),
            Some(&schema(&json!({"oneOf": [{"type": "string"}, {"type": "array", "items": {}}]}))),
            "an item cannot be absent"
        );
    }

    #[test]
    fn an_object_has_the_properties_of_its_examples_and_requires_those_of_all() {
        let (draft, decisions) = widened(&json!({"A": {
            "type": "object",
            "required": ["a", "b"],
            "properties": {"a": {"type": "string"}, "b": {"type": "string"}},
            "examples": [
                {"a": "x", "{name}": null, "list": [{"c": 1}, {"c": 2.5, "d": {}}]},
                {"a": "y", "{name}": "z"},
            ],
        }}));
        let expected = schema(&json!({"type": "object", "required": ["a"], "properties": {
            "a": {"type": "string"},
            "b": {"type": "string"},
            "{name}": {"type": "string", "nullable": true},
            "list": {"type": "array", "items": {"type": "object", "properties": {
                "c": {"type": "number"},
                "d": {"type": "object"},
            }}},
        }}));
        assert_eq!(draft.components["A"], expected);
        assert_eq!(
            decisions,
            [
                "/components/schemas/A/properties/b it is not required: missing in what is shown",
                "/components/schemas/A it has the property `{name}`: shown, and not described",
                "/components/schemas/A it has the property `list`: shown, and not described",
            ]
        );
    }

    #[test]
    fn the_items_of_a_list_and_the_values_of_a_map_are_widened() {
        let (draft, _) = widened(&json!({
            "A": {"type": "object", "additionalProperties": {"$ref": "#/components/schemas/B"}, "example": {"x": "n", "y": null}},
            "B": {"type": "string", "enum": ["m"]},
        }));
        assert_eq!(draft.components["B"].values, Some(vec![json!("m"), json!("n")]));
        let expected = schema(&json!({"$ref": "#/components/schemas/B", "nullable": true}));
        assert_eq!(draft.components["A"].extra(), Some(&expected));
    }

    #[test]
    fn a_component_is_widened_by_every_example_and_stays_one_type() {
        let (draft, _) = widened(&json!({
            "A": {"type": "object", "properties": {"b": {"$ref": "#/components/schemas/B"}}, "example": {"b": {"x": 1}}},
            "B": {"type": "object", "properties": {"x": {"type": "string"}}, "example": {"x": true}},
        }));
        let x = schema(&json!({"oneOf": [{"type": "integer"}, {"type": "boolean"}, {"type": "string"}]}));
        assert_eq!(draft.components["B"].property("x"), Some(&x));
    }

    #[test]
    fn a_parameter_stays_one_type_that_can_be_written_as_the_example() {
        let of = |kind: &str, example: Value| {
            let mut get = operation();
            get.parameters.push(parameter(kind, example));
            let mut draft = Draft { operations: vec![get], ..Draft::default() };
            widen(&mut draft, &mut Decisions::new(false));
            draft.operations[0].parameters[0].schema.kind.unwrap().as_str()
        };
        assert_eq!(of("string", json!(7)), "string");
        assert_eq!(of("integer", json!("7")), "integer");
        assert_eq!(of("integer", json!("{{id}}")), "string");
        assert_eq!(of("integer", json!(1.5)), "number");
    }
}
