//! Predicts which values the types of the crate decode, and what they encode.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::parts::{Parts, property_or_extra};
use crate::document::Pointer;
use crate::resolve::draft::Draft;
use crate::resolve::integers;
use crate::resolve::schema::{Components, Kind, RustType, Schema};
use crate::resolve::shape::Shape;

/// The decoding and encoding of the types that the schemas of a draft become.
#[derive(Clone, Copy)]
pub struct Codec<'d> {
    components: &'d Components,
}

impl<'d> Codec<'d> {
    /// The codec of the types of this draft.
    #[must_use]
    pub fn of(draft: &'d Draft) -> Self {
        Self { components: &draft.components }
    }

    /// Returns the component that a schema refers to, or the schema itself.
    #[must_use]
    pub fn resolved(self, schema: &'d Schema) -> &'d Schema {
        schema.reference.as_ref().and_then(|name| self.components.get(name)).unwrap_or(schema)
    }

    /// Returns the shape of a schema, or of the component that it refers to.
    #[must_use]
    pub fn shape(self, schema: &'d Schema) -> Shape<'d> {
        self.resolved(schema).shape()
    }

    /// Returns the parts of a value that serde decodes by this schema.
    #[must_use]
    pub fn parts<'v>(self, schema: &'d Schema, value: &'v Value) -> Parts<'d, 'v> {
        match (self.shape(schema), value) {
            (Shape::Choice(alternatives), value) => match self.chosen(alternatives, value) {
                Some(index) => Parts::Alternative(&alternatives[index], value),
                None => Parts::None,
            },
            (Shape::Tagged(choice), value) => match choice.chosen(value) {
                Some(index) => Parts::Alternative(&choice.alternatives[index], value),
                None => Parts::None,
            },
            (Shape::List(Some(items)), Value::Array(values)) => Parts::Items(items, values),
            (Shape::Map(Some(values)), Value::Object(fields)) => Parts::Entries(values, fields),
            (Shape::Struct(object), Value::Object(fields)) => Parts::Fields(object, fields),
            _ => Parts::None,
        }
    }

    /// Returns the index of the first alternative that decodes the value: serde takes it.
    #[must_use]
    pub fn chosen(self, alternatives: &'d [Schema], value: &Value) -> Option<usize> {
        alternatives.iter().position(|alternative| self.decodes(alternative, value))
    }

    /// Returns the alternative of a tagged choice to which the tag of a value belongs, and the value that its type
    /// decodes: without the tag, if the type does not have the property.
    #[must_use]
    pub fn tagged<'v>(self, schema: &'d Schema, value: &'v Value) -> Option<(&'d Schema, Cow<'v, Value>)> {
        let Shape::Tagged(choice) = self.shape(schema) else { return None };
        let alternative = choice.alternatives.get(choice.chosen(value)?)?;
        let object = self.resolved(alternative);
        let holds_tag = object.tag.is_some() || object.property(choice.tag).is_some();
        let mut value = Cow::Borrowed(value);
        if !holds_tag && let Some(fields) = value.to_mut().as_object_mut() {
            fields.remove(choice.tag);
        }
        Some((alternative, value))
    }

    /// Returns whether a value of this schema decodes. Unknown properties are ignored.
    #[must_use]
    pub fn decodes(self, schema: &'d Schema, value: &Value) -> bool {
        if is_decoded_by_place(schema, value) {
            return true;
        }
        if let Some((alternative, value)) = self.tagged(schema, value) {
            return self.decodes(alternative, &value);
        }
        match self.parts(schema, value) {
            Parts::Alternative(..) => true,
            Parts::Fields(object, fields) => self.decodes_fields(object, fields),
            Parts::None => self.decodes_without_parts(schema, value),
            parts => parts.all(|part| self.decodes(part.schema, part.value)),
        }
    }

    fn decodes_fields(self, object: &'d Schema, fields: &Map<String, Value>) -> bool {
        let is_complete = properties(object)
            .all(|(name, property)| fields.contains_key(name) || !fails_without(object, name, property));
        is_complete
            && fields.iter().all(|(name, value)| match object.property(name) {
                Some(_) if value.is_null() && !object.requires(name) => true,
                Some(property) => self.decodes(property, value),
                None => object.extra().is_none_or(|extra| self.decodes(extra, value)),
            })
    }

    /// Returns whether a value decodes that has no parts with schemas.
    fn decodes_without_parts(self, schema: &'d Schema, value: &Value) -> bool {
        match (self.shape(schema), value) {
            // Once an example has another value than null, that value describes the schema.
            (Shape::Any, _) => value.is_null() || !schema.only_null,
            (Shape::Rust(rust_type), value) => takes(rust_type, value),
            (Shape::Values(values), Value::String(_)) => self.resolved(schema).is_open || values.contains(value),
            (Shape::Scalar(kind), value) => is_of(kind, value),
            (Shape::List(_), Value::Array(_)) | (Shape::Map(_), Value::Object(_)) => true,
            // An object with an unknown tag is kept as it is.
            (Shape::Tagged(choice), Value::Object(_)) => choice.is_open,
            // serde reads a list as the fields in their order: an empty one is an object without any.
            (Shape::Struct(object), Value::Array(items)) => {
                items.is_empty()
                    && object.additional.is_none()
                    && properties(object).all(|(name, property)| !fails_without(object, name, property))
            }
            _ => false,
        }
    }

    /// Returns whether a value of this schema decodes and encodes to the same value.
    #[must_use]
    pub fn round_trips(self, schema: &'d Schema, value: &Value) -> bool {
        if is_decoded_by_place(schema, value) {
            return true;
        }
        if let Some((alternative, value)) = self.tagged(schema, value) {
            return self.round_trips(alternative, &value);
        }
        match self.parts(schema, value) {
            Parts::Fields(object, fields) => self.round_trips_fields(object, fields),
            // An object that was read from a list is written as an object.
            Parts::None if matches!(self.shape(schema), Shape::Struct(_)) => false,
            Parts::None => self.decodes_without_parts(schema, value),
            parts => parts.all(|part| self.round_trips(part.schema, part.value)),
        }
    }

    /// Returns the value that the type takes for a value that round-trips: the value itself, or the value with its whole
    /// numbers as integers if only that round-trips. A body that does not decode is decoded once more in that form.
    #[must_use]
    pub fn taken<'v>(self, schema: &'d Schema, value: &'v Value) -> Option<Cow<'v, Value>> {
        if self.decodes(schema, value) {
            return self.round_trips(schema, value).then_some(Cow::Borrowed(value));
        }
        integers::rewritten(value).filter(|value| self.round_trips(schema, value)).map(Cow::Owned)
    }

    /// A property that may be null and absent counts as one that distinguishes the two, as `distinguish_null` decides.
    fn round_trips_fields(self, object: &'d Schema, fields: &Map<String, Value>) -> bool {
        let is_complete = properties(object).all(|(name, _)| fields.contains_key(name) || !object.requires(name));
        is_complete
            && fields.iter().all(|(name, value)| match object.property(name) {
                Some(property) if value.is_null() && !object.requires(name) => {
                    property.place.nullable || property.has_custom_decoding()
                }
                Some(property) => self.round_trips(property, value),
                None => object.extra().is_some_and(|extra| self.round_trips(extra, value)),
            })
    }

    /// Calls `f` for every object of fields in a value that decodes, with its schema.
    pub fn objects(self, schema: &'d Schema, value: &Value, f: &mut dyn FnMut(&'d Schema, &Map<String, Value>)) {
        if schema.has_custom_decoding() {
            return;
        }
        if let Some((alternative, value)) = self.tagged(schema, value) {
            return self.objects(alternative, &value, f);
        }
        let parts = self.parts(schema, value);
        if let Parts::Fields(object, fields) = parts {
            f(object, fields);
        }
        parts.for_each(|part| self.objects(part.schema, part.value, f));
    }

    /// Returns the value that a type encodes after it decoded this one: the same without what is empty as none.
    #[must_use]
    pub fn encoded(self, schema: &'d Schema, value: &Value) -> Value {
        if schema.has_custom_decoding() {
            return value.clone();
        }
        if let Some((alternative, rest)) = self.tagged(schema, value) {
            return with_fields_of(value, self.encoded(alternative, &rest), &rest);
        }
        match self.parts(schema, value) {
            Parts::Alternative(alternative, value) => self.encoded(alternative, value),
            Parts::Items(items, values) => values.iter().map(|value| self.encoded(items, value)).collect(),
            Parts::Entries(of, fields) => {
                fields.iter().map(|(name, value)| (name.clone(), self.encoded(of, value))).collect()
            }
            Parts::Fields(object, fields) => {
                let encoded = |(name, value)| Some((String::clone(name), self.encoded_field(object, name, value)?));
                fields.iter().filter_map(encoded).collect()
            }
            Parts::None => value.clone(),
        }
    }

    fn encoded_field(self, object: &'d Schema, name: &str, value: &Value) -> Option<Value> {
        match property_or_extra(object, name) {
            Some(schema) if is_empty_as_none(schema, value) => None,
            Some(schema) => Some(self.encoded(schema, value)),
            None => Some(value.clone()),
        }
    }

    /// Adds the pointers to the parts of a value that may be encoded in another form, since a function of the document
    /// decodes them.
    pub fn lossy(self, schema: &'d Schema, value: &Value, at: &Pointer, out: &mut Vec<String>) {
        if schema.has_custom_decoding() {
            out.push(at.as_str().to_owned());
            return;
        }
        if let Some((alternative, value)) = self.tagged(schema, value) {
            return self.lossy(alternative, &value, at, out);
        }
        let parts = self.parts(schema, value);
        parts.for_each(|part| self.lossy(part.schema, part.value, &part.key.below(at), out));
        if let Parts::Fields(object, fields) = parts {
            // Such a field may be written although the example does not have it.
            let absent = properties(object)
                .filter(|(name, property)| property.has_custom_decoding() && !fields.contains_key(*name));
            out.extend(absent.map(|(name, _)| at.key(name).as_str().to_owned()));
        }
    }
}

/// Adds the fields of a value that are not among the rest, which is the tag.
fn with_fields_of(value: &Value, mut encoded: Value, rest: &Value) -> Value {
    if let (Some(fields), Some(encoded)) = (value.as_object(), encoded.as_object_mut()) {
        let tag = fields.iter().filter(|(name, _)| rest.get(name.as_str()).is_none());
        encoded.extend(tag.map(|(name, value)| (name.clone(), value.clone())));
    }
    encoded
}

/// Returns whether the place decodes the value, of whatever type its schema is. The document does not describe which
/// values its functions decode.
fn is_decoded_by_place(schema: &Schema, value: &Value) -> bool {
    schema.has_custom_decoding() || is_empty_as_none(schema, value) || (value.is_null() && schema.place.nullable)
}

/// Returns whether the value means that there is none at this place.
#[must_use]
pub fn is_empty_as_none(schema: &Schema, value: &Value) -> bool {
    schema.place.empty_as_none && is_empty(value)
}

/// Returns whether the value is `{}` or `[]`.
#[must_use]
pub fn is_empty(value: &Value) -> bool {
    value.as_object().is_some_and(Map::is_empty) || value.as_array().is_some_and(Vec::is_empty)
}

/// Returns whether an object without the property does not decode: a required one that may be null is an `Option`.
fn fails_without(object: &Schema, name: &str, property: &Schema) -> bool {
    object.requires(name) && !property.place.nullable
}

fn properties(object: &Schema) -> impl Iterator<Item = (&str, &Schema)> {
    object.properties.iter().flatten().map(|(name, property)| (name.as_str(), property))
}

fn is_of(kind: Kind, value: &Value) -> bool {
    match kind {
        Kind::Text => value.is_string(),
        Kind::Boolean => value.is_boolean(),
        Kind::Integer => value.is_i64(),
        Kind::Unsigned => value.is_u64(),
        Kind::Number => value.is_number(),
        Kind::List | Kind::Object => false,
    }
}

/// Returns whether a type of the runtime takes the value. Other types are assumed to take any.
fn takes(rust_type: &RustType, value: &Value) -> bool {
    match rust_type.name() {
        "Number" => value.is_number(),
        "Id" => value.is_i64() || value.is_u64() || value.is_string(),
        "DateTime" => value.is_string() || value.is_object(),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::resolve::decisions::Decisions;
    use crate::resolve::examples::testing;
    use crate::resolve::schemas::{alternatives, tags};

    /// Returns a draft with the choice `E` between `A`, whose type has the tag, and `B`, whose type does not.
    fn draft() -> Draft {
        let reference = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
        let mut draft = testing::draft(&json!({
            "E": {"oneOf": [reference("A"), reference("B")], "discriminator": {"propertyName": "t"}},
            "A": {"type": "object", "required": ["t", "x"], "properties": {
                "t": {"type": "string"}, "x": {"type": "integer", "x-rust-decode": "r::f"}}},
            "B": {"type": "object", "properties": {"y": {"type": "integer"}}, "additionalProperties": {"type": "integer"}},
        }));
        tags::assign(&mut draft);
        alternatives::settle(&mut draft, &mut Decisions::new(false));
        draft
    }

    #[test]
    fn the_tag_decides_which_alternative_decodes_a_value() {
        let draft = draft();
        let (codec, choice) = (Codec::of(&draft), &draft.components["E"]);
        for (value, decodes, round_trips) in [
            (json!({"t": "A", "x": 1}), true, true),
            (json!({"t": "A"}), false, false),
            (json!({"t": "B", "y": 1, "z": 2}), true, true),
            (json!({"t": "B", "z": "a"}), false, false),
            (json!({"t": "C", "z": "a"}), true, true),
            (json!({}), true, true),
            (json!("A"), false, false),
        ] {
            let found = (codec.decodes(choice, &value), codec.round_trips(choice, &value));
            assert_eq!(found, (decodes, round_trips), "{value}");
        }
    }

    #[test]
    fn a_tag_that_the_type_does_not_have_is_encoded() {
        let draft = draft();
        let (codec, choice) = (Codec::of(&draft), &draft.components["E"]);
        for value in [json!({"t": "B", "y": 1}), json!({"t": "A", "x": 1}), json!({"t": "C"})] {
            assert_eq!(codec.encoded(choice, &value), value);
        }
        let mut lossy = Vec::new();
        codec.lossy(choice, &json!({"t": "A", "x": 1}), &Pointer::root(), &mut lossy);
        assert_eq!(lossy, ["/x"]);
    }
}
