//! The shape of a schema: the one thing among its words that decides about its type.

use serde_json::Value;

use super::schema::{Kind, RustType, Schema};

/// The shape of a schema that is not a reference.
#[derive(Clone, Copy, Debug)]
pub enum Shape<'s> {
    /// A Rust type that exists already.
    Rust(&'s RustType),
    /// The first of these schemas that decodes the value.
    Choice(&'s [Schema]),
    /// The alternative to which the tag of the value belongs, or an object with another tag if the choice is open.
    Tagged(Tagged<'s>),
    /// One of these texts.
    Values(&'s [Value]),
    /// A scalar of this type.
    Scalar(Kind),
    /// A list of such items.
    List(Option<&'s Schema>),
    /// An object whose properties are known: those of this schema.
    Struct(&'s Schema),
    /// An object of such values.
    Map(Option<&'s Schema>),
    /// Any value.
    Any,
}

/// A choice in which the value of a property, the tag, decides the alternative.
#[derive(Clone, Copy, Debug)]
pub struct Tagged<'s> {
    /// The name in JSON of the property that is the tag.
    pub tag: &'s str,
    /// The alternatives.
    pub alternatives: &'s [Schema],
    /// Whether objects with other tags are values too.
    pub is_open: bool,
}

impl Tagged<'_> {
    /// Returns the index of the alternative of a value; none if its tag is unknown.
    #[must_use]
    pub fn chosen(self, value: &Value) -> Option<usize> {
        let text = match value.get(self.tag)? {
            Value::String(text) => text.clone(),
            scalar @ (Value::Number(_) | Value::Bool(_)) => scalar.to_string(),
            _ => return None,
        };
        self.alternatives.iter().position(|alternative| alternative.place.tags.texts.contains(&text))
    }
}

impl Schema {
    /// Returns the shape of the schema. A reference has to be followed before.
    #[must_use]
    pub fn shape(&self) -> Shape<'_> {
        if let Some(rust_type) = &self.rust_type {
            return Shape::Rust(rust_type);
        }
        if let Some(alternatives) = &self.one_of {
            if let Some(tag) = &self.tag {
                return Shape::Tagged(Tagged { tag, alternatives, is_open: self.is_open });
            }
            return Shape::Choice(alternatives);
        }
        if let Some(values) = &self.values {
            return Shape::Values(values);
        }
        match self.kind {
            Some(Kind::List) => Shape::List(self.items.as_deref()),
            Some(Kind::Object) if self.is_struct() => Shape::Struct(self),
            Some(Kind::Object) => Shape::Map(self.extra()),
            Some(kind) => Shape::Scalar(kind),
            None => Shape::Any,
        }
    }
}
