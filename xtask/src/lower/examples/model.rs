//! What the generated types do with a value, foretold from the lowered schemas: whether they decode it, and what they
//! encode.

use serde_json::{Map, Value};

use super::super::crumb;
use super::super::schemas::{is_struct, target};

/// The types that the components become.
#[derive(Clone, Copy)]
pub struct Model<'r> {
    components: Option<&'r Map<String, Value>>,
}

/// A schema in the form that decides about its type.
#[derive(Clone, Copy, Debug)]
pub enum Form<'s> {
    /// A type of Rust that exists already, by its path.
    Rust(&'s str),
    /// The first of these that fits.
    Choice(&'s [Value]),
    /// One of these texts.
    Words(&'s [Value]),
    /// `string`, `boolean`, `integer` or `number`.
    Scalar(&'s str),
    /// A list of such items.
    List(Option<&'s Value>),
    /// An object with fields.
    Struct(&'s Map<String, Value>),
    /// An object of such values.
    Map(Option<&'s Value>),
    /// Any value.
    Any,
}

impl<'r> Model<'r> {
    /// The model of the document with this root.
    #[must_use]
    pub fn of(root: &'r Value) -> Self {
        Self { components: root["components"]["schemas"].as_object() }
    }

    /// What a schema refers to, or itself.
    #[must_use]
    pub fn resolved(self, schema: &'r Value) -> &'r Value {
        target(schema).and_then(|name| self.components?.get(name)).unwrap_or(schema)
    }

    /// The form of a schema, or of what it refers to.
    #[must_use]
    pub fn form(self, schema: &'r Value) -> Form<'r> {
        let schema = self.resolved(schema);
        if let Some(rust_type) = schema.get(crumb::RUST_TYPE) {
            return Form::Rust(rust_type["path"].as_str().unwrap_or_default());
        }
        if let Some(alternatives) = schema.get("oneOf").and_then(Value::as_array) {
            return Form::Choice(alternatives);
        }
        if let Some(listed) = schema.get("enum").and_then(Value::as_array) {
            return Form::Words(listed);
        }
        match schema.get("type").and_then(Value::as_str) {
            Some(kind @ ("string" | "boolean" | "integer" | "number")) => Form::Scalar(kind),
            Some("array") => Form::List(schema.get("items")),
            Some("object") if is_struct(schema) => schema.as_object().map_or(Form::Any, Form::Struct),
            Some("object") => Form::Map(extra(schema)),
            _ => Form::Any,
        }
    }

    /// Whether a value of this schema decodes. Unknown properties are no hindrance.
    #[must_use]
    pub fn decodes(self, schema: &'r Value, value: &Value) -> bool {
        if is_read_by_function(schema) || is_vacant(schema, value) {
            return true;
        }
        if value.is_null() && crumb::is_set(schema, crumb::NULLABLE) {
            return true;
        }
        match (self.form(schema), value) {
            // What was only shown as null so far is described once there is more.
            (Form::Any, _) => value.is_null() || !crumb::is_set(schema, crumb::ONLY_NULL),
            (Form::Rust(path), value) => takes(path, value),
            (Form::Choice(alternatives), value) => self.taken_by(alternatives, value).is_some(),
            (Form::Words(words), Value::String(_)) => words.contains(value),
            (Form::Scalar(kind), value) => is_of(kind, value),
            (Form::List(items), Value::Array(values)) => {
                values.iter().all(|value| items.is_none_or(|items| self.decodes(items, value)))
            }
            (Form::Map(of), Value::Object(fields)) => {
                fields.values().all(|value| of.is_none_or(|of| self.decodes(of, value)))
            }
            (Form::Struct(object), Value::Object(fields)) => self.decodes_fields(object, fields),
            // serde reads a list as the fields in their order: an empty one is an object without any.
            (Form::Struct(object), Value::Array(items)) => {
                items.is_empty() && !object.contains_key("additionalProperties") && no_field_is_needed(object)
            }
            _ => false,
        }
    }

    fn decodes_fields(self, object: &'r Map<String, Value>, fields: &Map<String, Value>) -> bool {
        let has_all = properties(object).all(|(name, property)| match fields.get(name) {
            Some(Value::Null) if !is_required(object, name) => true,
            Some(value) => self.decodes(property, value),
            None => !is_needed(object, name, property),
        });
        let extra = object.get("additionalProperties").filter(|extra| extra.is_object());
        has_all
            && extra.is_none_or(|extra| {
                fields
                    .iter()
                    .filter(|(name, _)| !has_property(object, name))
                    .all(|(_, value)| self.decodes(extra, value))
            })
    }

    /// The first of the alternatives that decodes the value: the one that serde takes.
    #[must_use]
    pub fn taken_by(self, alternatives: &'r [Value], value: &Value) -> Option<usize> {
        alternatives.iter().position(|alternative| self.decodes(alternative, value))
    }

    /// Whether a value of this schema comes back as it was.
    #[must_use]
    pub fn keeps(self, schema: &'r Value, value: &Value) -> bool {
        if is_read_by_function(schema) || is_vacant(schema, value) {
            return true;
        }
        if value.is_null() && crumb::is_set(schema, crumb::NULLABLE) {
            return true;
        }
        match (self.form(schema), value) {
            (Form::Choice(alternatives), value) => {
                self.taken_by(alternatives, value).is_some_and(|index| self.keeps(&alternatives[index], value))
            }
            (Form::List(Some(items)), Value::Array(values)) => values.iter().all(|value| self.keeps(items, value)),
            (Form::Map(Some(of)), Value::Object(fields)) => fields.values().all(|value| self.keeps(of, value)),
            (Form::Struct(object), Value::Object(fields)) => self.keeps_fields(object, fields),
            (Form::Struct(_), Value::Array(_)) => false,
            _ => self.decodes(schema, value),
        }
    }

    /// A field that may be absent and may be null is kept apart from both later on.
    fn keeps_fields(self, object: &'r Map<String, Value>, fields: &Map<String, Value>) -> bool {
        let keeps_known = properties(object).all(|(name, property)| match fields.get(name) {
            Some(value) if is_required(object, name) => self.keeps(property, value),
            Some(Value::Null) => crumb::is_set(property, crumb::NULLABLE) || is_read_by_function(property),
            Some(value) => self.keeps(property, value),
            None => !is_required(object, name),
        });
        let extra = object.get("additionalProperties").filter(|extra| extra.is_object());
        keeps_known
            && fields
                .iter()
                .filter(|(name, _)| !has_property(object, name))
                .all(|(_, value)| extra.is_some_and(|extra| self.keeps(extra, value)))
    }

    /// Calls `f` for every object of fields in a value that a type decodes, with its schema.
    pub fn objects(self, schema: &'r Value, value: &Value, f: &mut dyn FnMut(&'r Value, &Map<String, Value>)) {
        if is_read_by_function(schema) {
            return;
        }
        match (self.form(schema), value) {
            (Form::Choice(alternatives), value) => {
                if let Some(index) = self.taken_by(alternatives, value) {
                    self.objects(&alternatives[index], value, f);
                }
            }
            (Form::List(Some(items)), Value::Array(values)) => {
                for value in values {
                    self.objects(items, value, f);
                }
            }
            (Form::Map(Some(of)), Value::Object(fields)) => {
                for value in fields.values() {
                    self.objects(of, value, f);
                }
            }
            (Form::Struct(object), Value::Object(fields)) => {
                f(self.resolved(schema), fields);
                let extra = object.get("additionalProperties").filter(|extra| extra.is_object());
                for (name, value) in fields {
                    if let Some(inner) = property(object, name).or(extra) {
                        self.objects(inner, value, f);
                    }
                }
            }
            _ => {}
        }
    }

    /// What a type that keeps a value encodes: the value, without what was taken for nothing.
    #[must_use]
    pub fn encoded(self, schema: &'r Value, value: &Value) -> Value {
        match (self.form(schema), value) {
            _ if is_read_by_function(schema) => value.clone(),
            (Form::Choice(alternatives), value) => match self.taken_by(alternatives, value) {
                Some(index) => self.encoded(&alternatives[index], value),
                None => value.clone(),
            },
            (Form::List(Some(items)), Value::Array(values)) => {
                values.iter().map(|value| self.encoded(items, value)).collect()
            }
            (Form::Map(Some(of)), Value::Object(fields)) => {
                fields.iter().map(|(name, value)| (name.clone(), self.encoded(of, value))).collect()
            }
            (Form::Struct(object), Value::Object(fields)) => {
                let extra = object.get("additionalProperties");
                let encoded = |(name, value): (&String, &Value)| match property(object, name).or(extra) {
                    Some(inner) if is_vacant(inner, value) => None,
                    Some(inner) => Some((name.clone(), self.encoded(inner, value))),
                    None => Some((name.clone(), value.clone())),
                };
                fields.iter().filter_map(encoded).collect()
            }
            _ => value.clone(),
        }
    }

    /// The pointers to what a function of the document's decodes in spellings that are not kept.
    pub fn respelled(self, schema: &'r Value, value: &Value, at: &str, out: &mut Vec<String>) {
        let below = |key: &str| format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"));
        if is_read_by_function(schema) {
            out.push(at.to_owned());
            return;
        }
        match (self.form(schema), value) {
            (Form::Choice(alternatives), value) => {
                if let Some(index) = self.taken_by(alternatives, value) {
                    self.respelled(&alternatives[index], value, at, out);
                }
            }
            (Form::List(Some(items)), Value::Array(values)) => {
                for (index, value) in values.iter().enumerate() {
                    self.respelled(items, value, &format!("{at}/{index}"), out);
                }
            }
            (Form::Map(Some(of)), Value::Object(fields)) => {
                fields.iter().for_each(|(name, value)| self.respelled(of, value, &below(name), out));
            }
            (Form::Struct(object), Value::Object(fields)) => {
                for (name, value) in fields {
                    if let Some(inner) = property(object, name).or(object.get("additionalProperties")) {
                        self.respelled(inner, value, &below(name), out);
                    }
                }
                // Where nothing is shown, what stands for nothing may be written.
                let absent = properties(object)
                    .filter(|(name, schema)| !fields.contains_key(*name) && is_read_by_function(schema));
                out.extend(absent.map(|(name, _)| below(name)));
            }
            _ => {}
        }
    }
}

/// Whether a function that the document names decodes the place: what it takes, the document cannot tell.
pub fn is_read_by_function(schema: &Value) -> bool {
    schema.get(crumb::DECODE).is_some()
}

/// Whether the value stands for nothing at this place.
pub fn is_vacant(schema: &Value, value: &Value) -> bool {
    crumb::is_set(schema, crumb::VACANT) && is_empty(value)
}

/// `{}` or `[]`.
pub fn is_empty(value: &Value) -> bool {
    value.as_object().is_some_and(Map::is_empty) || value.as_array().is_some_and(Vec::is_empty)
}

/// Whether an object lists the property as required.
pub fn is_required(object: &Map<String, Value>, name: &str) -> bool {
    object.get("required").and_then(Value::as_array).is_some_and(|names| names.iter().any(|other| other == name))
}

/// Whether an object without the property does not decode: a required one that may be null is an `Option`.
fn is_needed(object: &Map<String, Value>, name: &str, property: &Value) -> bool {
    is_required(object, name) && !crumb::is_set(property, crumb::NULLABLE)
}

fn no_field_is_needed(object: &Map<String, Value>) -> bool {
    properties(object).all(|(name, property)| !is_needed(object, name, property))
}

fn properties(object: &Map<String, Value>) -> impl Iterator<Item = (&str, &Value)> {
    let properties = object.get("properties").and_then(Value::as_object);
    properties.into_iter().flatten().map(|(name, property)| (name.as_str(), property))
}

fn property<'o>(object: &'o Map<String, Value>, name: &str) -> Option<&'o Value> {
    object.get("properties")?.get(name)
}

fn has_property(object: &Map<String, Value>, name: &str) -> bool {
    property(object, name).is_some()
}

fn extra(schema: &Value) -> Option<&Value> {
    schema.get("additionalProperties").filter(|extra| extra.is_object())
}

fn is_of(kind: &str, value: &Value) -> bool {
    match kind {
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64(),
        _ => value.is_number(),
    }
}

/// Whether a type of the runtime takes the value; what other types take is not known.
fn takes(path: &str, value: &Value) -> bool {
    match path.rsplit("::").next() {
        Some("Number") => value.is_number(),
        Some("Id") => value.is_i64() || value.is_u64() || value.is_string(),
        Some("DateTime") => value.is_string() || value.is_object(),
        _ => true,
    }
}
