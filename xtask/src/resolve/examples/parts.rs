//! The walk through a value and the schema that describes it.

use serde_json::{Map, Value};

use crate::document::Pointer;
use crate::resolve::schema::Schema;

/// The values directly inside of a value, and the schemas that describe them.
#[derive(Clone, Copy, Debug)]
pub enum Parts<'d, 'v> {
    /// The value itself, with the alternative that decodes it.
    Alternative(&'d Schema, &'v Value),
    /// The items of a list.
    Items(&'d Schema, &'v [Value]),
    /// The values of a map.
    Entries(&'d Schema, &'v Map<String, Value>),
    /// The fields of an object whose properties are known.
    Fields(&'d Schema, &'v Map<String, Value>),
    /// None that a schema describes. The value may be of another type than its schema.
    None,
}

/// A value inside of another.
#[derive(Clone, Copy, Debug)]
pub struct Part<'d, 'v> {
    /// Its key.
    pub key: Key<'v>,
    /// The schema that describes it.
    pub schema: &'d Schema,
    /// The value.
    pub value: &'v Value,
}

/// The key of a part.
#[derive(Clone, Copy, Debug)]
pub enum Key<'v> {
    /// None: the part is the whole value.
    Whole,
    /// An index of a list.
    Index(usize),
    /// A name in an object.
    Name(&'v str),
}

impl Key<'_> {
    /// Returns the pointer to the part of a value at this place.
    #[must_use]
    pub fn below(self, at: &Pointer) -> Pointer {
        match self {
            Self::Whole => at.clone(),
            Self::Index(index) => at.index(index),
            Self::Name(name) => at.key(name),
        }
    }
}

impl<'d, 'v> Parts<'d, 'v> {
    /// Returns whether `f` is true of all parts. It is called until it is not.
    pub fn all(self, mut f: impl FnMut(Part<'d, 'v>) -> bool) -> bool {
        match self {
            Self::Alternative(schema, value) => f(Part { key: Key::Whole, schema, value }),
            Self::Items(schema, values) => {
                let mut items = values.iter().enumerate();
                items.all(|(index, value)| f(Part { key: Key::Index(index), schema, value }))
            }
            Self::Entries(schema, fields) => {
                fields.iter().all(|(name, value)| f(Part { key: Key::Name(name), schema, value }))
            }
            Self::Fields(object, fields) => fields.iter().all(|(name, value)| {
                property_or_extra(object, name).is_none_or(|schema| f(Part { key: Key::Name(name), schema, value }))
            }),
            Self::None => true,
        }
    }

    /// Calls `f` for each part.
    pub fn for_each(self, mut f: impl FnMut(Part<'d, 'v>)) {
        self.all(|part| {
            f(part);
            true
        });
    }
}

/// Returns the schema of a field of an object.
#[must_use]
pub fn property_or_extra<'d>(object: &'d Schema, name: &str) -> Option<&'d Schema> {
    object.property(name).or_else(|| object.extra())
}
