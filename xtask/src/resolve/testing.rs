//! Support for the tests of this room: reads a draft from components, and writes schemas back as JSON.
//!
//! The JSON has the words of the document. Facts without such a word have the keys of `write_facts`.

use serde_json::{Map, Value, json};

use super::decisions::Decisions;
use super::draft::Draft;
use super::read::Reader;
use super::schema::{Additional, Components, Example, Kind, Limits, Place, RustType, Schema};
use crate::model::{Absence, Access};

/// Returns a draft of these components, without operations.
pub fn draft_of(schemas: &Value, decisions: &mut Decisions) -> Draft {
    let root = json!({"paths": {}, "components": {"schemas": schemas}});
    Draft { components: Reader::new(&root).components(decisions), ..Draft::default() }
}

/// Returns the components after `pass`, and each decision as its place and its text.
pub fn resolved(schemas: &Value, pass: impl FnOnce(&mut Draft, &mut Decisions)) -> (Value, Vec<String>) {
    let mut decisions = Decisions::new(true);
    let mut draft = draft_of(schemas, &mut decisions);
    pass(&mut draft, &mut decisions);
    (written(&draft.components), decisions.list())
}

/// Returns the `$ref` to a component.
pub fn reference_to(name: &str) -> Value {
    json!({"$ref": reference_text(name)})
}

/// Writes components as JSON.
pub fn written(components: &Components) -> Value {
    components.iter().map(|(name, schema)| (name.clone(), schema_json(schema))).collect::<Map<_, _>>().into()
}

/// Writes a schema as JSON.
pub fn schema_json(schema: &Schema) -> Value {
    let mut out = Fields::default();
    write_words(&mut out, schema);
    write_limits(&mut out, &schema.limits);
    write_parts(&mut out, schema);
    write_place(&mut out, &schema.place);
    write_facts(&mut out, schema);
    out.0.into()
}

/// The fields that are written: only those that are there.
#[derive(Default)]
struct Fields(Map<String, Value>);

impl Fields {
    fn put(&mut self, key: &str, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            self.0.insert(key.to_owned(), value.into());
        }
    }

    fn flag(&mut self, key: &str, is_set: bool) {
        self.put(key, is_set.then_some(true));
    }
}

fn reference_text(name: &str) -> String {
    format!("#/components/schemas/{name}")
}

fn write_words(out: &mut Fields, schema: &Schema) {
    out.put("$ref", schema.reference.as_deref().map(reference_text));
    out.put("title", schema.title.clone());
    out.put("type", schema.kind.map(Kind::as_str));
    out.put("format", schema.format.clone());
    out.flag("nullable", schema.nullable);
    out.put("enum", schema.values.clone());
    out.put("required", schema.required.clone());
    out.put("x-rust-type", schema.rust_type.as_ref().map(rust_type_json));
    out.put("example", schema.example.clone());
}

fn rust_type_json(rust_type: &RustType) -> Value {
    json!({"crate": rust_type.library, "path": rust_type.path})
}

fn write_limits(out: &mut Fields, limits: &Limits) {
    out.put("minimum", limits.minimum.clone());
    out.put("maximum", limits.maximum.clone());
    out.flag("exclusiveMinimum", limits.excludes_minimum);
    out.flag("exclusiveMaximum", limits.excludes_maximum);
    out.put("multipleOf", limits.multiple_of.clone());
    out.put("minLength", limits.min_length.clone());
    out.put("maxLength", limits.max_length.clone());
}

fn write_parts(out: &mut Fields, schema: &Schema) {
    let list =
        |parts: &Option<Vec<Schema>>| parts.as_ref().map(|parts| parts.iter().map(schema_json).collect::<Value>());
    out.put("properties", schema.properties.as_ref().map(written));
    out.put("patternProperties", list(&schema.patterns));
    out.put("items", schema.items.as_deref().map(schema_json));
    out.put("allOf", list(&schema.all_of));
    out.put("oneOf", list(&schema.one_of));
    out.put("anyOf", list(&schema.any_of));
    let additional = schema.additional.as_ref().map(|additional| match additional {
        Additional::Allowed(flag) => Value::from(*flag),
        Additional::Schema(schema) => schema_json(schema),
    });
    out.put("additionalProperties", additional);
}

/// Writes the facts about the place of a schema.
fn write_place(out: &mut Fields, place: &Place) {
    out.put("description", place.description.clone());
    out.put("deprecated", place.deprecated);
    out.put("x-rust-decode", place.decode.clone());
    out.flag("nullable here", place.nullable);
    out.put("bounds", place.bounds.clone());
    let values = |examples: &Vec<Example>| examples.iter().map(|example| example.value.clone()).collect::<Value>();
    out.put("examples", place.examples.as_ref().map(values));
    out.flag("empty as none", place.empty_as_none);
    out.flag("readOnly", place.access == Access::ReadOnly);
    out.put(
        "absence",
        match place.absence {
            Absence::ByType => None,
            Absence::Omitted => Some("omitted"),
            Absence::Distinct => Some("distinct"),
        },
    );
}

/// Writes the facts that were found out.
fn write_facts(out: &mut Fields, schema: &Schema) {
    let texts = |texts: &[String]| (!texts.is_empty()).then(|| texts.to_vec());
    out.put("variants", texts(&schema.variants));
    out.put("texts", texts(&schema.texts));
    out.flag("open", schema.is_open);
    out.put("wire name", schema.wire_name.clone());
    out.flag("only null", schema.only_null);
    out.put("tag", schema.tag.clone());
    out.put("tags", texts(&schema.place.tags.texts));
}
