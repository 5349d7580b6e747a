//! A schema while its type is decided: the words of JSON Schema that have a meaning for a type, as typed fields.

use indexmap::IndexMap;
use serde_json::Value;

use crate::document::Pointer;
use crate::model::{Absence, Access, Constraints};

/// The components by their names, in the order of the document.
pub type Components = IndexMap<String, Schema>;

/// The properties of an object by their names.
pub type Properties = IndexMap<String, Schema>;

/// A schema.
///
/// Two schemas are equal if they describe the same values in the same words, wherever they stand.
#[derive(Clone, Debug, Default)]
pub struct Schema {
    /// Where the document has it.
    pub at: Pointer,
    /// The facts about the place where it is used. They may stand beside a reference.
    pub place: Place,
    /// The component that it refers to.
    pub reference: Option<String>,
    /// Its title.
    pub title: Option<String>,
    /// The type of its values.
    pub kind: Option<Kind>,
    /// The format of its values.
    pub format: Option<String>,
    /// The limits of its numbers and texts.
    pub limits: Limits,
    /// Whether the document says that null is one of its values.
    pub nullable: bool,
    /// Its listed values: texts once `enumerations::apply` has run.
    pub values: Option<Vec<Value>>,
    /// Its properties.
    pub properties: Option<Properties>,
    /// The names of the required properties.
    pub required: Option<Vec<String>>,
    /// The properties that are not described.
    pub additional: Option<Additional>,
    /// The schemas of properties by the pattern of their names.
    pub patterns: Option<Vec<Schema>>,
    /// The items of a list.
    pub items: Option<Box<Schema>>,
    /// The schemas that all describe the value.
    pub all_of: Option<Vec<Schema>>,
    /// The schemas of which exactly one describes the value.
    pub one_of: Option<Vec<Schema>>,
    /// The schemas of which at least one describes the value.
    pub any_of: Option<Vec<Schema>>,
    /// The property that decides the alternative of a value, until the alternatives are settled.
    pub discriminator: Option<Discriminator>,
    /// The name in JSON of the property whose value decides the alternative, by the `place.tags` of each. None where the
    /// first alternative is taken that decodes the value.
    pub tag: Option<String>,
    /// The Rust type that it stands for.
    pub rust_type: Option<RustType>,
    /// Its `contentMediaType`: its texts are encoded bytes then, or it is bytes.
    pub content_media_type: Option<String>,
    /// Its first example as it is written.
    pub example: Option<Value>,
    /// Whether nothing but null is known of it, since its examples show nothing else.
    pub only_null: bool,
    /// The names of the variants of its alternatives, in their order.
    pub variants: Vec<String>,
    /// The texts of its listed values, once `values` holds the names of their variants.
    pub texts: Vec<String>,
    /// Whether an enumeration accepts other texts than the listed ones, or a tagged choice objects with other tags.
    pub is_open: bool,
    /// The name of the property in JSON, once properties have the names of fields.
    pub wire_name: Option<String>,
}

/// The facts about the place of a schema. They belong to the use, not to the type.
///
/// Two places are equal if they describe the same values: constraints, which are only documented, do not count.
#[derive(Clone, Debug, Default)]
pub struct Place {
    /// Its description.
    pub description: Option<String>,
    /// Whether it should no longer be used.
    pub deprecated: Option<bool>,
    /// Whether null is one of the values at this place.
    pub nullable: bool,
    /// The bounds of the values, in words.
    pub bounds: Option<String>,
    /// The other facts that the type does not express.
    pub constraints: Constraints,
    /// The only value, unless it is a text: the only text of an enumeration is in its schema.
    pub constant: Option<Value>,
    /// The path of the function that decodes the value.
    pub decode: Option<String>,
    /// The documented examples.
    pub examples: Option<Vec<Example>>,
    /// Whether `{}` and `[]` mean that there is no value.
    pub empty_as_none: bool,
    /// How a property without a value is written.
    pub absence: Absence,
    /// The directions in which a property travels.
    pub access: Access,
    /// The tags of an alternative of a choice.
    pub tags: Tags,
}

/// The tags of an alternative: the values of a property by which a choice knows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tags {
    /// The texts that the document maps to it, and all of its texts once the choice is settled.
    pub texts: Vec<String>,
    /// The name in the document, which is its tag if the document has no other.
    pub name: Option<String>,
}

/// A `discriminator`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Discriminator {
    /// The name of the property.
    pub property: String,
    /// The values of the property, each with the component that it is mapped to.
    pub mapping: Vec<(String, String)>,
}

/// A documented example.
#[derive(Clone, Debug, PartialEq)]
pub struct Example {
    /// Where the document has it.
    pub at: Pointer,
    /// Its value.
    pub value: Value,
}

/// A `type` of JSON Schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// `string`
    Text,
    /// `boolean`
    Boolean,
    /// `integer`
    Integer,
    /// `integer`, some of whose values are greater than an `i64`
    Unsigned,
    /// `number`
    Number,
    /// `array`
    List,
    /// `object`
    Object,
}

impl Kind {
    /// Parses the word of a schema.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "string" => Self::Text,
            "boolean" => Self::Boolean,
            "integer" => Self::Integer,
            "number" => Self::Number,
            "array" => Self::List,
            "object" => Self::Object,
            _ => return None,
        })
    }

    /// Returns the word of a schema.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "string",
            Self::Boolean => "boolean",
            Self::Integer => "integer",
            Self::Unsigned => "unsigned",
            Self::Number => "number",
            Self::List => "array",
            Self::Object => "object",
        }
    }

    /// Returns whether its values are neither lists nor objects.
    #[must_use]
    pub fn is_scalar(self) -> bool {
        !matches!(self, Self::List | Self::Object)
    }
}

/// The properties of an object that are not described by name.
#[derive(Clone, Debug, PartialEq)]
pub enum Additional {
    /// `true` or `false`.
    Allowed(bool),
    /// Their schema.
    Schema(Box<Schema>),
}

/// The limits of numbers and texts, as the document has them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Limits {
    /// `minimum`, and whether it is excluded.
    pub minimum: Option<Value>,
    /// `maximum`.
    pub maximum: Option<Value>,
    /// `exclusiveMinimum: true` of OpenAPI 3.0.
    pub excludes_minimum: bool,
    /// `exclusiveMaximum: true` of OpenAPI 3.0.
    pub excludes_maximum: bool,
    /// `multipleOf`.
    pub multiple_of: Option<Value>,
    /// `minLength`.
    pub min_length: Option<Value>,
    /// `maxLength`.
    pub max_length: Option<Value>,
}

/// A Rust type that exists already (`x-rust-type`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RustType {
    /// Its crate.
    pub library: String,
    /// Its path.
    pub path: String,
}

impl RustType {
    /// Returns whether it is of another crate than the runtime.
    #[must_use]
    pub fn is_foreign(&self) -> bool {
        !self.library.is_empty() && self.library != crate::RUNTIME
    }

    /// Returns whether it is the runtime's type of numbers.
    #[must_use]
    pub fn is_number(&self) -> bool {
        self.library == crate::RUNTIME && self.name() == "Number"
    }

    /// Returns the runtime's type of this name.
    #[must_use]
    pub fn of_runtime(name: &str) -> Self {
        Self { library: crate::RUNTIME.to_owned(), path: crate::runtime_path(name) }
    }

    /// Returns the last name of the path.
    #[must_use]
    pub fn name(&self) -> &str {
        self.path.rsplit("::").next().unwrap_or(&self.path)
    }
}

impl PartialEq for Schema {
    fn eq(&self, other: &Self) -> bool {
        self.place == other.place
            && self.reference == other.reference
            && self.title == other.title
            && self.kind == other.kind
            && self.format == other.format
            && self.limits == other.limits
            && self.nullable == other.nullable
            && self.values == other.values
            && self.properties == other.properties
            && self.required == other.required
            && self.additional == other.additional
            && self.patterns == other.patterns
            && self.items == other.items
            && self.all_of == other.all_of
            && self.one_of == other.one_of
            && self.any_of == other.any_of
            && self.discriminator == other.discriminator
            && self.tag == other.tag
            && self.rust_type == other.rust_type
            && self.example == other.example
            && self.only_null == other.only_null
    }
}

impl Schema {
    /// A schema of any value, at this place of the document.
    #[must_use]
    pub fn any(at: &Pointer) -> Self {
        Self { at: at.clone(), ..Self::default() }
    }

    /// A schema of values of this type.
    #[must_use]
    pub fn of_kind(at: &Pointer, kind: Kind) -> Self {
        Self { kind: Some(kind), ..Self::any(at) }
    }

    /// A reference to a component.
    #[must_use]
    pub fn reference(at: &Pointer, name: impl Into<String>) -> Self {
        Self { reference: Some(name.into()), ..Self::any(at) }
    }

    /// Returns whether it describes an object whose properties are known.
    #[must_use]
    pub fn is_struct(&self) -> bool {
        self.properties.as_ref().is_some_and(|properties| !properties.is_empty())
    }

    /// Returns whether the property is required.
    #[must_use]
    pub fn requires(&self, name: &str) -> bool {
        self.required.iter().flatten().any(|required| required == name)
    }

    /// Returns the property of this name.
    #[must_use]
    pub fn property(&self, name: &str) -> Option<&Self> {
        self.properties.as_ref()?.get(name)
    }

    /// Returns the schema of the properties that are not described.
    #[must_use]
    pub fn extra(&self) -> Option<&Self> {
        match &self.additional {
            Some(Additional::Schema(schema)) => Some(schema),
            _ => None,
        }
    }

    /// Returns the schema as it is used at the place of another, whose facts come first.
    #[must_use]
    pub fn at_place_of(self, other: &Self) -> Self {
        let place = other.place.clone().or(&self.place);
        Self { at: other.at.clone(), place, ..self }
    }

    /// Returns the number of its words that describe the parts of a value, its listed values or its alternatives.
    #[must_use]
    pub fn structural_words(&self) -> usize {
        let words = [
            self.properties.is_some(),
            self.required.is_some(),
            self.additional.is_some(),
            self.patterns.is_some(),
            self.items.is_some(),
            self.values.is_some(),
            self.all_of.is_some(),
            self.one_of.is_some(),
            self.any_of.is_some(),
        ];
        words.into_iter().filter(|is_there| *is_there).count()
    }

    /// Returns whether a function that the document names decodes the value.
    #[must_use]
    pub fn has_custom_decoding(&self) -> bool {
        self.place.decode.is_some()
    }

    /// Returns the schemas directly inside, in the order in which they are visited.
    pub fn children(&self) -> impl Iterator<Item = &Self> {
        let lists = [&self.all_of, &self.one_of, &self.any_of].into_iter().flatten().flatten();
        let patterns = self.patterns.iter().flatten();
        let properties = self.properties.iter().flat_map(IndexMap::values);
        properties.chain(lists).chain(patterns).chain(self.items.as_deref()).chain(self.extra())
    }

    /// Calls `f` for the schemas directly inside, each with its role.
    pub fn children_mut(&mut self, f: &mut dyn FnMut(Role, &mut Self)) {
        let required = self.required.as_deref().unwrap_or_default();
        for (name, property) in self.properties.iter_mut().flatten() {
            f(Role::Property { required: required.contains(name) }, property);
        }
        let lists = [&mut self.all_of, &mut self.one_of, &mut self.any_of].into_iter().flatten().flatten();
        lists.for_each(|part| f(Role::Part, part));
        self.patterns.iter_mut().flatten().for_each(|part| f(Role::Part, part));
        self.items.iter_mut().for_each(|items| f(Role::Part, items));
        if let Some(Additional::Schema(extra)) = &mut self.additional {
            f(Role::Part, extra);
        }
    }

    /// Calls `f` for this schema and all schemas inside, the inner ones first.
    pub fn visit_mut(&mut self, role: Role, f: &mut dyn FnMut(Role, &mut Self)) {
        self.children_mut(&mut |role, child| child.visit_mut(role, f));
        f(role, self);
    }
}

impl PartialEq for Place {
    fn eq(&self, other: &Self) -> bool {
        self.description == other.description
            && self.deprecated == other.deprecated
            && self.nullable == other.nullable
            && self.bounds == other.bounds
            && self.decode == other.decode
            && self.examples == other.examples
            && self.empty_as_none == other.empty_as_none
            && self.absence == other.absence
            && self.tags == other.tags
    }
}

impl Place {
    /// Adds the facts of another place that are not known here.
    pub fn fill(&mut self, other: &Self) {
        *self = std::mem::take(self).or(other);
    }

    /// Returns these facts, and those of `other` where none is known.
    #[must_use]
    pub fn or(self, other: &Self) -> Self {
        Self {
            description: self.description.or_else(|| other.description.clone()),
            deprecated: self.deprecated.or(other.deprecated),
            nullable: self.nullable || other.nullable,
            bounds: self.bounds.or_else(|| other.bounds.clone()),
            constraints: self.constraints.or(&other.constraints),
            constant: self.constant.or_else(|| other.constant.clone()),
            decode: self.decode.or_else(|| other.decode.clone()),
            examples: self.examples.or_else(|| other.examples.clone()),
            empty_as_none: self.empty_as_none || other.empty_as_none,
            absence: self.absence.or(other.absence),
            access: if self.access == Access::Both { other.access } else { self.access },
            tags: if self.tags == Tags::default() { other.tags.clone() } else { self.tags },
        }
    }
}

/// The role of a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// A component.
    Component,
    /// The schema of a body or a parameter.
    Holder,
    /// A property.
    Property {
        /// Whether its object requires it.
        required: bool,
    },
    /// A part of another schema.
    Part,
}
