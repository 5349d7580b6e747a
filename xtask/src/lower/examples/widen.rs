//! Schemas that contradict the document's own examples become ones that admit what is shown as well.

use std::cmp::Reverse;

use serde_json::{Map, Value, json};

use super::super::changes::{Changes, Trail, original_place};
use super::super::crumb;
use super::super::schemas::target;
use super::choice::{choice_of, in_order, is_alike, merge_all, shared};
use super::formats::report_formats;
use super::infer::infer;
use super::model::{Form, Model, is_empty, is_read_by_function, is_required};
use super::sites::{self, Site};
use crate::document::Pointer;

/// What a publisher shows is often truer than what the schema says. A schema is widened by all examples that it is
/// held against, wherever they stand. Widening one place can move what another example was taken for, so the
/// examples are held until nothing changes.
pub fn widen_to_examples(root: &mut Value, changes: &mut Changes) {
    const MOST_ROUNDS: usize = 8;
    let sites = sites::of(root);
    for round in 0..MOST_ROUNDS {
        let mut widening = Widening { root, changes, has_changed: false, is_last: round + 1 == MOST_ROUNDS };
        for site in &sites {
            widening.site(site);
        }
        if !widening.has_changed {
            break;
        }
    }
    report_formats(root, &sites, changes);
}

/// A schema as it is used somewhere.
#[derive(Clone)]
struct Place {
    /// Where it is in the document as it is lowered.
    path: Pointer,
    part: Part,
}

/// What it is there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    /// A component.
    Component,
    /// The body of a request or a response.
    Body,
    /// A property.
    Property,
    /// An item, a value of a map, an alternative.
    Inner,
}

impl Place {
    fn inner(&self, key: &str) -> Self {
        Self { path: self.path.key(key), part: Part::Inner }
    }

    fn property(&self, name: &str) -> Self {
        Self { path: self.path.keys(["properties", name]), part: Part::Property }
    }

    fn alternative(&self, index: usize) -> Self {
        Self { path: self.path.key("oneOf").index(index), part: Part::Inner }
    }
}

struct Widening<'w> {
    root: &'w mut Value,
    changes: &'w mut Changes,
    has_changed: bool,
    /// Where examples pull a schema to and fro, the last round admits anything.
    is_last: bool,
}

impl Widening<'_> {
    fn site(&mut self, site: &Site) {
        let part = match site {
            Site { is_parameter: true, .. } => return self.parameter(site),
            Site { path, .. } if is_component(path) => Part::Component,
            Site { path, .. } if path.as_str().starts_with("/paths") && path.last().as_deref() == Some("schema") => {
                Part::Body
            }
            Site { path, .. } if path.parent().and_then(|up| up.last()).as_deref() == Some("properties") => {
                Part::Property
            }
            _ => Part::Inner,
        };
        self.admit(&Place { path: site.path.clone(), part }, &site.value);
    }

    fn model(&self) -> Model<'_> {
        Model::of(self.root)
    }

    fn schema(&self, place: &Place) -> &Value {
        place.path.lookup(self.root).unwrap_or(&Value::Null)
    }

    fn change(&mut self, place: &Place, change: impl FnOnce(&mut Value)) {
        self.has_changed = true;
        if let Some(schema) = self.root.pointer_mut(place.path.as_str()) {
            change(schema);
        }
    }

    fn report(&mut self, place: &Place, what: impl std::fmt::Display) {
        self.changes.report(&Trail::from(original_place(self.root, &place.path)), what);
    }

    /// A parameter is text on the wire: one that is shown as another scalar than the declared one becomes the type
    /// that can be written so, and stays one type, since its setter takes one.
    fn parameter(&mut self, site: &Site) {
        let place = Place { path: site.path.clone(), part: Part::Inner };
        let form = self.model().form(self.schema(&place));
        let value = site.as_parameter(form);
        let is_scalar = matches!(form, Form::Scalar(_) | Form::Words(_));
        if !is_scalar || self.model().keeps(self.schema(&place), &value) || !(value.is_string() || value.is_number()) {
            return;
        }
        let is_fraction = matches!(form, Form::Scalar("integer")) && value.is_number();
        let kind = if is_fraction { "number" } else { "string" };
        self.report(&place, format_args!("it becomes a {kind}: shown as {}", shown(&value)));
        self.change(&place, |schema| {
            if let Some(fields) = schema.as_object_mut() {
                for key in ["$ref", "enum"] {
                    fields.shift_remove(key);
                }
            }
            schema["type"] = kind.into();
        });
    }

    /// Widens a place until it keeps the value.
    fn admit(&mut self, place: &Place, value: &Value) {
        let schema = self.schema(place);
        if is_read_by_function(schema) || self.keeps_at(place, value) {
            return;
        }
        if value.is_null() {
            self.admit_null(place);
            return;
        }
        if crumb::is_set(schema, crumb::ONLY_NULL) {
            self.describe(place, value);
            return;
        }
        if let Some(name) = target(schema).map(str::to_owned) {
            let component =
                Place { path: Pointer::root().keys(["components", "schemas", &name]), part: Part::Component };
            // One type stays one type; what is of another is the matter of the use.
            let form = self.model().form(self.schema(&component));
            let is_of_component = matches!(form, Form::Choice(_)) || is_alike(form, value);
            return if is_of_component { self.admit(&component, value) } else { self.admit_other(place, value) };
        }
        match (self.model().form(schema), value) {
            (Form::Choice(_), _) => self.admit_in_choice(place, value),
            (Form::Words(_), Value::String(text)) => self.list(place, text),
            (Form::Scalar("integer"), Value::Number(_)) => {
                self.report(place, format_args!("it becomes a number: shown as {}", shown(value)));
                self.change(place, |schema| schema["type"] = "number".into());
            }
            (Form::List(Some(_)), Value::Array(items)) => {
                let inner = place.inner("items");
                for item in items {
                    self.admit(&inner, item);
                }
            }
            (Form::Map(Some(_)), Value::Object(fields)) => {
                let inner = place.inner("additionalProperties");
                for value in fields.values() {
                    self.admit(&inner, value);
                }
            }
            (Form::Struct(_), Value::Object(fields)) => self.admit_fields(place, fields),
            _ => self.admit_other(place, value),
        }
    }

    /// Whether the place keeps the value. A property that is not required takes null and drops it, and a body that
    /// may be null has no type that says so.
    fn keeps_at(&self, place: &Place, value: &Value) -> bool {
        let schema = self.schema(place);
        let is_dropped = place.part == Part::Property
            && value.is_null()
            && !crumb::is_set(schema, crumb::NULLABLE)
            && !self.is_required_property(place);
        !is_dropped && self.model().keeps(schema, value)
    }

    fn is_required_property(&self, place: &Place) -> bool {
        let (object, name) = (object_of(&place.path), place.path.last().unwrap_or_default());
        let object = object.and_then(|path| path.lookup(self.root)?.as_object());
        object.is_some_and(|object| is_required(object, &name))
    }

    fn admit_null(&mut self, place: &Place) {
        match place.part {
            Part::Property | Part::Inner => {
                self.report(place, "it may be null: shown as null");
                self.change(place, |schema| schema[crumb::NULLABLE] = true.into());
            }
            // Null is a property of a use, and here the type itself is the use.
            Part::Component | Part::Body => self.choose(place, json!({}), &Value::Null),
        }
    }

    /// What was only shown as null so far is described by what is shown now.
    fn describe(&mut self, place: &Place, value: &Value) {
        let mut inferred = infer(value);
        inferred[crumb::NULLABLE] = true.into();
        self.change(place, |schema| *schema = inferred);
    }

    fn list(&mut self, place: &Place, text: &str) {
        self.report(place, format_args!("`{text}` is one of its values: shown, and not listed"));
        self.change(place, |schema| {
            if let Some(listed) = schema["enum"].as_array_mut() {
                listed.push(text.into());
            }
        });
    }

    fn admit_fields(&mut self, place: &Place, fields: &Map<String, Value>) {
        self.drop_missing(place, fields);
        for (name, value) in fields {
            let schema = self.schema(place);
            let property = place.property(name);
            if property.path.lookup(self.root).is_some() {
                self.admit(&property, value);
            } else if schema.get("additionalProperties").is_some_and(Value::is_object) {
                self.admit(&place.inner("additionalProperties"), value);
            } else {
                self.report(place, format_args!("it has the property `{name}`: shown, and not described"));
                let mut inferred = infer(value);
                if value.is_null() {
                    inferred[crumb::ONLY_NULL] = true.into();
                }
                self.change(place, |schema| schema["properties"][name] = inferred);
            }
        }
    }

    /// A required property that is missing is not required.
    fn drop_missing(&mut self, place: &Place, fields: &Map<String, Value>) {
        let required = self.schema(place).get("required").and_then(Value::as_array).into_iter().flatten();
        let properties = self.schema(place).get("properties");
        let is_known = |name: &str| properties.is_some_and(|properties| properties.get(name).is_some());
        let missing: Vec<String> = required
            .filter_map(Value::as_str)
            .filter(|name| !fields.contains_key(*name) && is_known(name))
            .map(str::to_owned)
            .collect();
        for name in missing {
            self.not_required(&place.property(&name), "it is not required: missing in what is shown");
        }
    }

    fn not_required(&mut self, property: &Place, why: &str) {
        let name = property.path.last().unwrap_or_default();
        if !self.is_required_property(property) {
            return;
        }
        self.report(property, why);
        self.has_changed = true;
        let required =
            object_of(&property.path).and_then(|path| self.root.pointer_mut(path.as_str())?.get_mut("required"));
        if let Some(required) = required.and_then(Value::as_array_mut) {
            required.retain(|other| *other != name.as_str());
        }
    }

    /// A value of another type than the declared one.
    fn admit_other(&mut self, place: &Place, value: &Value) {
        if is_empty(value) && place.part == Part::Property {
            let what = format!("{} stands for nothing: shown where there is another type", shown(value));
            self.not_required(place, &what);
            self.report(place, what);
            self.change(place, |schema| schema[crumb::VACANT] = true.into());
            return;
        }
        let form = self.model().form(self.schema(place));
        // What else a type that is not generated refuses is not known.
        let other = if matches!(form, Form::Rust(_)) || self.is_last { json!({}) } else { infer(value) };
        self.choose(place, other, value);
    }

    /// The place becomes a choice between what is declared and another schema.
    fn choose(&mut self, place: &Place, other: Value, value: &Value) {
        let what = format!("it is of another type as well: shown as {}", shown(value));
        self.report(place, what);
        let declared = self.schema(place).clone();
        let mut whole = Map::new();
        let mut one = Map::new();
        for (key, value) in declared.as_object().into_iter().flatten() {
            let is_of_place = crumb::BESIDE_REFERENCE.contains(&key.as_str())
                || matches!(key.as_str(), "title" | crumb::ORIGIN | crumb::VACANT);
            if is_of_place { &mut whole } else { &mut one }.insert(key.clone(), value.clone());
        }
        let alternatives = match one.get("oneOf").and_then(Value::as_array) {
            Some(known) => known.clone(),
            None => vec![Value::Object(one)],
        };
        let alternatives = in_order(self.model(), alternatives.into_iter().chain([other]));
        whole.insert("oneOf".to_owned(), alternatives.into());
        self.change(place, |schema| *schema = Value::Object(whole));
    }

    fn admit_in_choice(&mut self, place: &Place, value: &Value) {
        let Form::Choice(alternatives) = self.model().form(self.schema(place)) else { return };
        let alternatives = alternatives.to_vec();
        let model = self.model();
        let taken = model.taken_by(&alternatives, value);
        let alike = || {
            let forms = alternatives.iter().map(|alternative| model.form(alternative)).enumerate();
            let alike = forms.filter(|(_, form)| is_alike(*form, value));
            alike.max_by_key(|(index, form)| (shared(*form, value), Reverse(*index))).map(|(index, _)| index)
        };
        match taken.or_else(alike) {
            Some(index) if !self.is_last => self.admit(&place.alternative(index), value),
            _ => self.choose(place, if self.is_last { json!({}) } else { infer(value) }, value),
        }
        if self.model().keeps(self.schema(place), value) {
            return;
        }
        let Form::Choice(alternatives) = self.model().form(self.schema(place)) else { return };
        let alternatives = alternatives.to_vec();
        let ordered = in_order(self.model(), alternatives.clone());
        if ordered != alternatives {
            self.change(place, |schema| schema["oneOf"] = ordered.into());
        }
        if !self.model().keeps(self.schema(place), value) {
            self.merge_objects(place, value);
        }
    }

    /// Objects that can no longer be told apart become one with the properties of all; what is not shown in all of
    /// them is not required. If that is of no use, the place takes any value.
    fn merge_objects(&mut self, place: &Place, value: &Value) {
        let Form::Choice(alternatives) = self.model().form(self.schema(place)) else { return };
        let model = self.model();
        let (objects, mut others): (Vec<Value>, Vec<Value>) =
            alternatives.iter().cloned().partition(|alternative| matches!(model.form(alternative), Form::Struct(_)));
        if objects.len() < 2 || !value.is_object() {
            self.report(place, format_args!("it takes any value: no order of its alternatives keeps {}", shown(value)));
            self.change(place, |schema| choice_of(schema, vec![json!({})]));
            return;
        }
        let merged = merge_all(&objects.iter().map(|object| model.resolved(object)).collect::<Vec<_>>());
        others.push(merged);
        let others = in_order(self.model(), others);
        self.report(place, "its alternatives cannot be told apart: one type has the properties of all of them");
        self.change(place, |schema| choice_of(schema, others));
        self.admit(place, value);
    }
}

fn is_component(path: &Pointer) -> bool {
    path.as_str().starts_with("/components/schemas/") && path.segments().count() == 3
}

/// The object that a property is of.
fn object_of(property: &Pointer) -> Option<Pointer> {
    property.parent()?.parent()
}

/// The value in a report: short, and on one line.
fn shown(value: &Value) -> String {
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
    use super::super::super::schemas::lowered;
    use super::super::sites::set_examples_aside;
    use super::*;

    /// The component `A` of these, widened to what it shows, and the report.
    fn widened(schemas: &Value) -> (Value, Vec<String>) {
        let (mut widened, report) = lowered(&[set_examples_aside, widen_to_examples], schemas);
        without_examples(&mut widened);
        (widened, report)
    }

    fn without_examples(value: &mut Value) {
        if let Some(fields) = value.as_object_mut() {
            fields.shift_remove(crumb::EXAMPLES);
            fields.shift_remove("example");
            fields.shift_remove("examples");
            fields.values_mut().for_each(without_examples);
        }
    }

    /// What the property `p` of an object becomes when this is shown of it.
    fn property(schema: &Value, value: &Value) -> (Value, Vec<String>) {
        let object = json!({"type": "object", "required": ["p"], "properties": {"p": schema}, "example": {"p": value}});
        let (schemas, report) = widened(&json!({
            "A": object,
            "Struct": {"type": "object", "properties": {"x": {"type": "string"}}},
            "Strict": {"type": "object", "required": ["x"], "properties": {"x": {"type": "string"}}},
            "Words": {"type": "string", "enum": ["a"]},
        }));
        (schemas["A"]["properties"]["p"].clone(), report)
    }

    #[test]
    fn what_fits_changes_nothing() {
        for (schema, value) in [
            (json!({"type": "number"}), json!(1)),
            (json!({"type": "string", "format": "date-time"}), json!("2024-12-17T17:42:14Z")),
            (json!({}), json!(null)),
            (json!({"type": "object"}), json!({"a": [1]})),
            (json!({"type": "array", "items": {}}), json!([])),
            (json!({"$ref": "#/components/schemas/Words", crumb::NULLABLE: true}), json!(null)),
            (json!({"oneOf": [{"$ref": "#/components/schemas/Strict"}, {"type": "object"}]}), json!({"y": 1})),
        ] {
            assert_eq!(property(&schema, &value), (schema.clone(), vec![]), "{schema} {value}");
        }
    }

    #[test]
    fn a_scalar_takes_what_is_shown_as_well() {
        for (schema, value, expected) in [
            (json!({"type": "string"}), json!(1), json!({"oneOf": [{"type": "integer"}, {"type": "string"}]})),
            (json!({"type": "boolean"}), json!("yes"), json!({"oneOf": [{"type": "boolean"}, {"type": "string"}]})),
            (json!({"type": "integer"}), json!(1.5), json!({"type": "number"})),
            (json!({"type": "integer"}), json!(u64::MAX), json!({"type": "number"})),
            (json!({"type": "integer"}), json!(null), json!({"type": "integer", crumb::NULLABLE: true})),
            (
                json!({"$ref": "#/components/schemas/Words"}),
                json!(1),
                json!({"oneOf": [{"$ref": "#/components/schemas/Words"}, {"type": "integer"}]}),
            ),
            (
                json!({"type": "string", "description": "d", crumb::NULLABLE: true}),
                json!(["a"]),
                json!({"description": "d", crumb::NULLABLE: true, "oneOf": [
                    {"type": "string"}, {"type": "array", "items": {"type": "string"}},
                ]}),
            ),
        ] {
            let (widened, report) = property(&schema, &value);
            assert_eq!(widened, expected, "{schema} {value}");
            assert!(report[0].starts_with("/components/schemas/A/properties/p it "), "{report:?}");
        }
    }

    #[test]
    fn an_empty_array_for_another_type_is_nothing() {
        for (schema, value) in [
            (json!({"type": "string"}), json!({})),
            (json!({"$ref": "#/components/schemas/Struct"}), json!([])),
            (json!({"type": "array", "items": {}}), json!({})),
        ] {
            let object =
                json!({"type": "object", "required": ["p"], "properties": {"p": schema}, "example": {"p": value}});
            let (schemas, _) = widened(&json!({
                "A": object,
                "Struct": {"type": "object", "properties": {"x": {"type": "string"}}},
            }));
            let mut expected = schema.clone();
            expected[crumb::VACANT] = true.into();
            assert_eq!(schemas["A"]["properties"]["p"], expected);
            assert_eq!(schemas["A"]["required"], json!([]));
        }
        let items = json!({"type": "array", "items": {"type": "string"}, "example": ["a", []]});
        let (schemas, _) = widened(&json!({"A": items}));
        assert_eq!(
            schemas["A"]["items"],
            json!({"oneOf": [{"type": "string"}, {"type": "array", "items": {}}]}),
            "an item cannot be absent"
        );
    }

    #[test]
    fn an_object_has_what_is_shown_and_requires_what_is_always_shown() {
        let (schemas, report) = widened(&json!({"A": {
            "type": "object",
            "required": ["a", "b"],
            "properties": {"a": {"type": "string"}, "b": {"type": "string"}},
            "examples": [
                {"a": "x", "{name}": null, "list": [{"c": 1}, {"c": 2.5, "d": {}}]},
                {"a": "y", "{name}": "z"},
            ],
        }}));
        assert_eq!(
            schemas["A"],
            json!({"type": "object", "required": ["a"], "properties": {
                "a": {"type": "string"},
                "b": {"type": "string"},
                "{name}": {"type": "string", crumb::NULLABLE: true},
                "list": {"type": "array", "items": {"type": "object", "properties": {
                    "c": {"type": "number"},
                    "d": {"type": "object"},
                }}},
            }})
        );
        assert_eq!(
            report,
            [
                "/components/schemas/A/properties/b it is not required: missing in what is shown",
                "/components/schemas/A it has the property `{name}`: shown, and not described",
                "/components/schemas/A it has the property `list`: shown, and not described",
            ]
        );
    }

    #[test]
    fn a_map_and_a_list_widen_what_is_in_them() {
        let (schemas, _) = widened(&json!({
            "A": {"type": "object", "additionalProperties": {"$ref": "#/components/schemas/B"}, "example": {"x": "n", "y": null}},
            "B": {"type": "string", "enum": ["m"]},
        }));
        assert_eq!(schemas["B"]["enum"], json!(["m", "n"]));
        assert_eq!(
            schemas["A"]["additionalProperties"],
            json!({"$ref": "#/components/schemas/B", crumb::NULLABLE: true})
        );
    }

    #[test]
    fn a_choice_keeps_what_is_shown() {
        let choice = |alternatives: Value| json!({"oneOf": alternatives});
        let strict = json!({"$ref": "#/components/schemas/Strict"});
        // The closest alternative is widened, and others are left alone.
        let (schemas, _) = widened(&json!({
            "A": {"oneOf": [strict, {"type": "string"}], "example": {"x": "a", "y": 1}},
            "Strict": {"type": "object", "required": ["x"], "properties": {"x": {"type": "string"}}},
        }));
        assert_eq!(schemas["A"], choice(json!([strict, {"type": "string"}])));
        assert_eq!(schemas["Strict"]["properties"]["y"], json!({"type": "integer"}));
        // Nothing is like it.
        let (schemas, _) =
            widened(&json!({"A": {"oneOf": [{"type": "string"}, {"type": "integer"}], "example": true}}));
        assert_eq!(schemas["A"], choice(json!([{"type": "integer"}, {"type": "boolean"}, {"type": "string"}])));
    }

    #[test]
    fn objects_that_are_no_longer_told_apart_become_one() {
        let (schemas, _) = widened(&json!({
            "A": {"oneOf": [{"$ref": "#/components/schemas/B"}, {"$ref": "#/components/schemas/C"}]},
            "B": {"type": "object", "required": ["b"], "properties": {"b": {"type": "string"}}, "example": {}},
            "C": {"type": "object", "required": ["c"], "properties": {"c": {"type": "string"}}},
            "D": {"type": "array", "items": {"$ref": "#/components/schemas/A"}, "example": [{"c": "x"}]},
        }));
        // `B` takes every object since it requires nothing, and would drop what is `C`'s.
        let model_root = json!({"components": {"schemas": schemas}});
        assert!(Model::of(&model_root).keeps(&schemas["D"], &json!([{"c": "x"}])), "{schemas:#}");
    }

    #[test]
    fn a_component_is_widened_by_every_example_and_is_one_type() {
        let (schemas, _) = widened(&json!({
            "A": {"type": "object", "properties": {"b": {"$ref": "#/components/schemas/B"}}, "example": {"b": {"x": 1}}},
            "B": {"type": "object", "properties": {"x": {"type": "string"}}, "example": {"x": true}},
        }));
        let x = json!({"oneOf": [{"type": "integer"}, {"type": "boolean"}, {"type": "string"}]});
        assert_eq!(schemas["B"]["properties"]["x"], x);
    }

    #[test]
    fn a_parameter_stays_one_type_that_can_be_written_so() {
        let of = |kind: &str, example: Value| {
            let mut root = json!({"paths": {"/a": {"get": {"parameters": [
                {"name": "p", "in": "query", "schema": {"type": kind}, "example": example},
            ]}}}});
            let mut changes = Changes::default();
            set_examples_aside(&mut root, &mut changes);
            widen_to_examples(&mut root, &mut changes);
            root["paths"]["/a"]["get"]["parameters"][0]["schema"]["type"].as_str().unwrap().to_owned()
        };
        assert_eq!(of("string", json!(7)), "string");
        assert_eq!(of("integer", json!("7")), "integer");
        assert_eq!(of("integer", json!("{{id}}")), "string");
        assert_eq!(of("integer", json!(1.5)), "number");
    }
}
