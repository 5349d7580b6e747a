//! Decides whether a value of one object can be taken for a value of another.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::resolve::schema::{Kind, Schema};

/// The features of an object by which a value is recognized.
pub(super) struct Features {
    /// All its properties, with what is known of their values.
    properties: BTreeMap<String, Values>,
    /// The required properties.
    required: BTreeSet<String>,
}

/// What is known of the values of a property.
#[derive(Clone, PartialEq, Eq)]
enum Values {
    /// They are among these texts.
    Texts(BTreeSet<String>),
    /// They are of this type.
    Kind(Kind),
    /// Nothing.
    Any,
}

impl Features {
    /// Returns the features of an object. `resolved` follows a reference.
    pub(super) fn of<'s>(object: &'s Schema, resolved: impl Fn(&'s Schema) -> &'s Schema) -> Self {
        let properties = object.properties.iter().flatten();
        Self {
            properties: properties.map(|(name, schema)| (name.clone(), Values::of(resolved(schema)))).collect(),
            required: object.required.iter().flatten().cloned().collect(),
        }
    }

    /// Returns the number of required properties.
    pub(super) fn required(&self) -> usize {
        self.required.len()
    }

    /// Returns whether no value of `other` can be taken for a value of this object: it lacks a property that this one
    /// requires, or has another value there.
    pub(super) fn exclude(&self, other: &Self) -> bool {
        self.required.iter().any(|name| match (self.properties.get(name), other.properties.get(name)) {
            (Some(_), None) => true,
            (Some(own), Some(others)) => own.exclude(others),
            (None, _) => false,
        })
    }
}

impl Values {
    fn of(schema: &Schema) -> Self {
        let texts = schema.values.as_ref().and_then(|values| texts(values));
        match (texts, schema.kind) {
            (Some(texts), _) => Self::Texts(texts),
            (None, Some(kind)) => Self::Kind(kind),
            (None, None) if schema.is_struct() => Self::Kind(Kind::Object),
            (None, None) => Self::Any,
        }
    }

    fn exclude(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Texts(own), Self::Texts(others)) => own.is_disjoint(others),
            (Self::Texts(_), Self::Kind(kind)) | (Self::Kind(kind), Self::Texts(_)) => *kind != Kind::Text,
            (Self::Kind(Kind::Number), Self::Kind(Kind::Integer)) => false,
            (Self::Kind(own), Self::Kind(others)) => own != others,
            _ => false,
        }
    }
}

/// Returns the values if all of them are texts.
pub(super) fn texts(values: &[Value]) -> Option<BTreeSet<String>> {
    values.iter().map(|value| value.as_str().map(str::to_owned)).collect()
}
