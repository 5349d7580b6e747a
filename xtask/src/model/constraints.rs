//! The facts about a value that its type does not express.

use super::links::SeeAlso;

/// The facts about a value that its type does not express, other than the bounds of numbers and texts. The client
/// documents them, and does not check them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Constraints {
    /// The regular expression that a text matches.
    pub pattern: Option<String>,
    /// The number of items of a list.
    pub items: Size,
    /// Whether all items of a list are different.
    pub unique_items: bool,
    /// The number of properties of an object.
    pub properties: Size,
    /// The value that the server uses where there is none: a text as it is, or the JSON of another value.
    pub default: Option<String>,
    /// The constraints of each item of a list.
    pub each: Option<Box<Part>>,
    /// The constraints of each value of a map.
    pub values: Option<Box<Part>>,
    /// The link to further documentation about the value.
    pub see_also: Option<Box<SeeAlso>>,
}

/// The facts about the parts of a value that have no documentation of their own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// The bounds of numbers and texts, in words.
    pub bounds: Option<String>,
    /// The other facts.
    pub constraints: Constraints,
}

/// The number of the parts of a value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Size {
    /// The smallest number. Zero is none.
    pub least: Option<u64>,
    /// The greatest number.
    pub most: Option<u64>,
}

impl Constraints {
    /// Returns these constraints, and those of `other` where none is known.
    #[must_use]
    pub fn or(self, other: &Self) -> Self {
        Self {
            pattern: self.pattern.or_else(|| other.pattern.clone()),
            items: self.items.or(other.items),
            unique_items: self.unique_items || other.unique_items,
            properties: self.properties.or(other.properties),
            default: self.default.or_else(|| other.default.clone()),
            each: self.each.or_else(|| other.each.clone()),
            values: self.values.or_else(|| other.values.clone()),
            see_also: self.see_also.or_else(|| other.see_also.clone()),
        }
    }
}

impl Size {
    fn or(self, other: Self) -> Self {
        Self { least: self.least.or(other.least), most: self.most.or(other.most) }
    }
}

impl Constant {
    /// Returns a text as it is, and the JSON of another value.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Variant(_, text) | Self::Number(text) | Self::Json(text) => text.clone(),
            Self::Boolean(flag) => flag.to_string(),
            Self::Integer(number) => number.to_string(),
            Self::Unsigned(number) => number.to_string(),
        }
    }
}

/// The only value of a field or a parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Constant {
    /// The variant of this name of an enumeration, with its text.
    Variant(String, String),
    /// A boolean.
    Boolean(bool),
    /// An integer.
    Integer(i64),
    /// An integer without a sign.
    Unsigned(u64),
    /// A number, as JSON.
    Number(String),
    /// A list, an object or null, as JSON.
    Json(String),
}
