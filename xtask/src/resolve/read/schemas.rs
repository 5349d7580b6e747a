//! Reads a schema.

use serde_json::{Map, Value};

use super::Reader;
use crate::document::Pointer;
use crate::model::{Access, Constraints, Size};
use crate::openapi::examples::{self, Spelling};
use crate::openapi::extensions::{DECODE, RUST_TYPE};
use crate::resolve::decisions::{Decisions, Rule};
use crate::resolve::links::see_also;
use crate::resolve::schema::{Additional, Discriminator, Example, Kind, Limits, Place, Properties, RustType, Schema};

impl Reader<'_> {
    /// Reads a schema where it is written.
    pub(super) fn schema_itself(&self, value: &Value, at: &Pointer, decisions: &mut Decisions) -> Schema {
        // `true` is the schema of any value.
        let Some(fields) = value.as_object() else { return Schema::any(at) };
        let mut read = Fields { reader: self, written: fields, at, decisions };
        let mut schema = read.scalar_words();
        schema.place.examples = self.examples_of(value, at);
        read.parts(&mut schema);
        read.drop_exclusions();
        schema
    }

    fn examples_of(&self, schema: &Value, at: &Pointer) -> Option<Vec<Example>> {
        let found = kept(examples::of_schema(self.root, schema, at));
        (!found.is_empty()).then_some(found)
    }

    /// Reads the examples of a media type or a parameter.
    pub(super) fn examples_of_holder(&self, holder: &Map<String, Value>, at: &Pointer) -> Vec<Example> {
        kept(examples::of_holder(self.root, holder, at))
    }
}

/// Returns the examples that are values.
fn kept(examples: Vec<examples::Example<'_>>) -> Vec<Example> {
    let values = examples.into_iter().filter(|example| example.spelling != Spelling::NoJson);
    values.map(|example| Example { at: example.at, value: example.value.into_owned() }).collect()
}

/// Returns a field. A schema has few fields and is asked for many, so that a search is faster than hashing each name.
fn get<'f>(fields: &'f Map<String, Value>, key: &str) -> Option<&'f Value> {
    fields.iter().find(|(name, _)| *name == key).map(|(_, value)| value)
}

/// Returns a text field.
pub(super) fn text(fields: &Map<String, Value>, key: &str) -> Option<String> {
    get(fields, key).and_then(Value::as_str).map(str::to_owned)
}

/// Returns whether a flag is set.
pub(super) fn is_set(fields: &Map<String, Value>, key: &str) -> bool {
    get(fields, key) == Some(&Value::Bool(true))
}

/// The fields of a schema while it is read.
struct Fields<'f, 'd> {
    reader: &'f Reader<'d>,
    written: &'f Map<String, Value>,
    at: &'f Pointer,
    decisions: &'f mut Decisions,
}

impl Fields<'_, '_> {
    /// Reads the words that hold no schemas.
    fn scalar_words(&self) -> Schema {
        let fields = self.written;
        Schema {
            at: self.at.clone(),
            place: Place {
                description: text(fields, "description"),
                deprecated: get(fields, "deprecated").and_then(Value::as_bool),
                decode: text(fields, DECODE),
                constraints: constraints(fields),
                access: access(fields),
                ..Place::default()
            },
            reference: self.reference(),
            title: text(fields, "title"),
            kind: get(fields, "type").and_then(Value::as_str).and_then(Kind::parse),
            format: text(fields, "format"),
            limits: limits(fields),
            nullable: is_set(fields, "nullable"),
            values: get(fields, "enum").and_then(Value::as_array).cloned(),
            required: get(fields, "required").and_then(Value::as_array).map(|names| texts(names)),
            discriminator: self.discriminator(),
            rust_type: get(fields, RUST_TYPE).map(rust_type),
            content_media_type: text(fields, "contentMediaType"),
            example: get(fields, "example").cloned(),
            ..Schema::default()
        }
    }

    /// Returns the component that a `$ref` leads to.
    fn reference(&self) -> Option<String> {
        self.target(get(self.written, "$ref")?.as_str()?)
    }

    /// Returns the component that the text of a reference leads to.
    fn target(&self, reference: &str) -> Option<String> {
        let pointer = Pointer::from_reference(reference)?;
        self.reader.parts.get(&pointer).cloned().or_else(|| pointer.last())
    }

    /// Reads the discriminator. The values of its mapping are references, or names of components.
    fn discriminator(&self) -> Option<Discriminator> {
        let written = get(self.written, "discriminator")?.as_object()?;
        let mapping = get(written, "mapping").and_then(Value::as_object).into_iter().flatten();
        let mapped = mapping.filter_map(|(tag, target)| Some((tag, target.as_str()?)));
        Some(Discriminator {
            property: text(written, "propertyName")?,
            mapping: mapped
                .map(|(tag, target)| (tag.clone(), self.target(target).unwrap_or_else(|| target.to_owned())))
                .collect(),
        })
    }

    /// Reads the words that hold schemas.
    fn parts(&mut self, schema: &mut Schema) {
        schema.properties = self.properties();
        schema.additional = self.additional();
        schema.patterns = self.patterns();
        schema.items = get(self.written, "items").map(|items| Box::new(self.below(&self.at.key("items"), items)));
        schema.all_of = self.list("allOf");
        schema.one_of = self.list("oneOf");
        schema.any_of = self.list("anyOf");
    }

    fn below(&mut self, at: &Pointer, value: &Value) -> Schema {
        self.reader.schema(value, at, self.decisions)
    }

    fn properties(&mut self) -> Option<Properties> {
        let properties = get(self.written, "properties")?.as_object()?;
        let at = self.at.key("properties");
        Some(properties.iter().map(|(name, value)| (name.clone(), self.below(&at.key(name), value))).collect())
    }

    fn patterns(&mut self) -> Option<Vec<Schema>> {
        let patterns = get(self.written, "patternProperties")?.as_object()?;
        let at = self.at.key("patternProperties");
        Some(patterns.iter().map(|(pattern, value)| self.below(&at.key(pattern), value)).collect())
    }

    fn additional(&mut self) -> Option<Additional> {
        let Some(additional) = get(self.written, "additionalProperties") else {
            return self.describes_more().then_some(Additional::Allowed(true));
        };
        match additional {
            Value::Bool(flag) => Some(Additional::Allowed(*flag)),
            schema => Some(Additional::Schema(Box::new(self.below(&self.at.key("additionalProperties"), schema)))),
        }
    }

    /// Returns whether properties are described elsewhere than under `properties`: by a condition, or as those that no
    /// part of a composition describes.
    fn describes_more(&self) -> bool {
        let has_properties = |schema: &Value| {
            let words = ["properties", "$ref", "allOf", "oneOf", "anyOf"];
            schema.as_object().is_some_and(|fields| words.iter().any(|word| get(fields, word).is_some()))
        };
        let conditional = ["then", "else"].into_iter().filter_map(|key| get(self.written, key));
        let dependent = get(self.written, "dependentSchemas").and_then(Value::as_object);
        let is_schema = |value: &Value| value.as_object().is_some_and(|fields| !fields.is_empty());
        get(self.written, "unevaluatedProperties").is_some_and(is_schema)
            || (get(self.written, "if").is_some() && conditional.into_iter().any(has_properties))
            || dependent.into_iter().flat_map(Map::values).any(has_properties)
    }

    fn list(&mut self, key: &str) -> Option<Vec<Schema>> {
        let parts = get(self.written, key)?.as_array()?;
        let at = self.at.key(key);
        Some(parts.iter().enumerate().map(|(index, part)| self.below(&at.index(index), part)).collect())
    }

    /// Reports what a schema excludes: the server checks it.
    fn drop_exclusions(&mut self) {
        if get(self.written, "not").is_some() {
            self.decisions.add(Rule::DropExclusions, self.at, "`not` has no word in Rust");
        }
    }
}

fn texts(values: &[Value]) -> Vec<String> {
    values.iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn access(fields: &Map<String, Value>) -> Access {
    if is_set(fields, "readOnly") {
        Access::ReadOnly
    } else if is_set(fields, "writeOnly") {
        Access::WriteOnly { required: false }
    } else {
        Access::Both
    }
}

fn limits(fields: &Map<String, Value>) -> Limits {
    let of = |key: &str| get(fields, key).cloned();
    Limits {
        minimum: of("minimum"),
        maximum: of("maximum"),
        excludes_minimum: is_set(fields, "exclusiveMinimum"),
        excludes_maximum: is_set(fields, "exclusiveMaximum"),
        multiple_of: of("multipleOf"),
        min_length: of("minLength"),
        max_length: of("maxLength"),
    }
}

fn constraints(fields: &Map<String, Value>) -> Constraints {
    let count = |key: &str| get(fields, key).and_then(Value::as_u64);
    let default = get(fields, "default").filter(|value| !value.is_null());
    Constraints {
        pattern: text(fields, "pattern"),
        items: Size { least: count("minItems"), most: count("maxItems") },
        unique_items: is_set(fields, "uniqueItems"),
        properties: Size { least: count("minProperties"), most: count("maxProperties") },
        default: default.map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned)),
        each: None,
        values: None,
        see_also: get(fields, "externalDocs").and_then(see_also).map(Box::new),
    }
}

fn rust_type(extension: &Value) -> RustType {
    let of = |key: &str| extension.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    RustType { library: of("crate"), path: of("path") }
}
