//! The types of the crate, and the types of the values at a place.

use indexmap::IndexMap;

use super::constraints::{Constant, Constraints};
use crate::document::Pointer;

/// The types of the crate by their names, in the order of the document.
#[derive(Debug, Default)]
pub struct Types(IndexMap<String, Type>);

impl Types {
    /// Returns the type of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Type> {
        self.0.get(name)
    }

    /// Returns the position of a type among all types.
    #[must_use]
    pub fn position(&self, name: &str) -> Option<usize> {
        self.0.get_index_of(name)
    }

    /// Returns whether a request sends the type of this name.
    #[must_use]
    pub fn is_sent(&self, name: &str) -> bool {
        self.get(name).is_some_and(|of| of.is_sent)
    }

    /// Returns the types in their order.
    pub fn iter(&self) -> impl Iterator<Item = &Type> {
        self.0.values()
    }

    /// Returns whether the type of this name is an open enumeration.
    #[must_use]
    pub fn is_open(&self, name: &str) -> bool {
        self.get(name).is_some_and(Type::is_open)
    }

    /// Returns the number of types.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns whether there is no type.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<Type> for Types {
    fn from_iter<I: IntoIterator<Item = Type>>(types: I) -> Self {
        Self(types.into_iter().map(|of| (of.name.clone(), of)).collect())
    }
}

/// A type of the crate.
#[derive(Debug)]
pub struct Type {
    /// Where the document has it.
    pub at: Pointer,
    /// Its name in Rust.
    pub name: String,
    /// Its description.
    pub description: Option<String>,
    /// The bounds of its values, in words.
    pub bounds: Option<String>,
    /// The other facts about its values.
    pub constraints: Constraints,
    /// Whether it should no longer be used.
    pub deprecated: bool,
    /// Its definition.
    pub definition: Definition,
    /// Whether a request sends it, alone or as a part of another type. Such a type gets a builder.
    pub is_sent: bool,
}

impl Type {
    /// Returns whether it is an open enumeration.
    #[must_use]
    pub fn is_open(&self) -> bool {
        matches!(self.definition, Definition::Enumeration { is_open: true, .. })
    }

    /// Returns whether typify cannot make it, so that it only refers to it: an open enumeration or a tagged choice.
    #[must_use]
    pub fn is_only_referred_to(&self) -> bool {
        self.is_open() || matches!(self.definition, Definition::Tagged(_))
    }

    /// Returns the alternatives of a choice, tagged or not; none of any other type.
    #[must_use]
    pub fn alternatives(&self) -> Vec<&Alternative> {
        match &self.definition {
            Definition::Choice(alternatives) => alternatives.iter().collect(),
            Definition::Tagged(choice) => choice.alternatives.iter().map(|one| &one.alternative).collect(),
            _ => Vec::new(),
        }
    }

    /// Returns whether it is an enumeration or a choice that has a variant for what is not described.
    #[must_use]
    pub fn has_unknown(&self) -> bool {
        self.is_open() || matches!(&self.definition, Definition::Tagged(choice) if choice.is_open)
    }

    /// Returns the fields of a struct; none of any other type.
    #[must_use]
    pub fn fields(&self) -> &[Field] {
        match &self.definition {
            Definition::Struct { fields, .. } => fields,
            _ => &[],
        }
    }
}

/// The name of the variant of an open enumeration that holds a text that is not listed, and of that of a tagged choice
/// that holds an object with an unknown tag.
pub const UNKNOWN: &str = "Unknown";

/// The definition of a type.
#[derive(Debug)]
pub enum Definition {
    /// An object with fields.
    Struct {
        /// The fields, in the order of the document.
        fields: Vec<Field>,
        /// The type of the properties that are not described, if they are kept.
        extra: Option<TypeUse>,
    },
    /// One of some texts.
    Enumeration {
        /// The listed texts.
        values: Vec<ListedValue>,
        /// Whether other texts are values too: those of the variant [`UNKNOWN`].
        is_open: bool,
    },
    /// The first of some types that decodes the value.
    Choice(Vec<Alternative>),
    /// One of some objects, chosen by the value of a property.
    Tagged(TaggedChoice),
    /// A type of its own around a value.
    Wrapper(Form),
}

/// A choice between objects by the value of a property, the tag.
#[derive(Debug)]
pub struct TaggedChoice {
    /// The name of the property in JSON.
    pub tag: String,
    /// The alternatives.
    pub alternatives: Vec<TaggedAlternative>,
    /// Whether objects with other tags are values too: those of the variant [`UNKNOWN`].
    pub is_open: bool,
}

/// An alternative of a tagged choice.
#[derive(Debug)]
pub struct TaggedAlternative {
    /// The variant and its type.
    pub alternative: Alternative,
    /// The values of the tag that belong to it. There is at least one.
    pub texts: Vec<String>,
    /// Where a value keeps its tag.
    pub holder: TagHolder,
}

/// Where a value of an alternative keeps its tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TagHolder {
    /// In its type, which always encodes it.
    Type,
    /// In an optional field of its type. The first text is encoded where the field has no value.
    OptionalField,
    /// In the variant alone: its type neither decodes nor encodes it.
    Variant,
}

/// A field of a struct.
#[derive(Debug)]
pub struct Field {
    /// Where the document has it.
    pub at: Pointer,
    /// Its name in Rust.
    pub name: String,
    /// Its name in JSON.
    pub wire_name: String,
    /// Its type. It is nullable if the document has null as one of its values.
    pub of: TypeUse,
    /// Whether a value without the field is invalid.
    pub required: bool,
    /// How a field without a value is written.
    pub absence: Absence,
    /// The directions in which it travels, among those of its type.
    pub access: Access,
    /// The path of the function that decodes it; none where serde does.
    pub decode: Option<String>,
    /// Whether the document names that function, which decides about the type then.
    pub is_custom: bool,
    /// Its description.
    pub description: Option<String>,
    /// The bounds of its values, in words.
    pub bounds: Option<String>,
    /// The other facts about its values.
    pub constraints: Constraints,
    /// Its only value, if it is required and has no other. A builder sets it.
    pub constant: Option<Constant>,
    /// Whether it should no longer be used.
    pub deprecated: bool,
}

impl Field {
    /// Returns whether a value that is sent, or else one that is received, is invalid without the field.
    #[must_use]
    pub fn is_demanded(&self) -> bool {
        self.required || self.access == Access::WriteOnly { required: true }
    }
}

/// The directions in which a field travels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Access {
    /// In requests and in answers.
    #[default]
    Both,
    /// In answers only.
    ReadOnly,
    /// In requests only.
    WriteOnly {
        /// Whether a request without it is invalid.
        required: bool,
    },
}

/// How a field without a value is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Absence {
    /// As null if null is one of its values, or else not at all.
    #[default]
    ByType,
    /// Not at all, although null is one of its values.
    Omitted,
    /// Null and an absent field are two values.
    Distinct,
}

impl Absence {
    /// Returns this, or the other if the type decides here.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        if self == Self::ByType { other } else { self }
    }
}

/// A text of an enumeration.
#[derive(Debug)]
pub struct ListedValue {
    /// The name of its variant.
    pub name: String,
    /// The text in JSON.
    pub text: String,
}

/// An alternative of a choice.
#[derive(Debug)]
pub struct Alternative {
    /// Where the document has it.
    pub at: Pointer,
    /// The name of its variant.
    pub name: String,
    /// Its type.
    pub of: Form,
    /// Its description.
    pub description: Option<String>,
    /// Whether it should no longer be used.
    pub deprecated: bool,
}

/// The type of the values at a place.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TypeUse {
    /// The form of the values other than null.
    pub form: Form,
    /// Whether null is one of the values.
    pub nullable: bool,
}

impl TypeUse {
    /// A type of whose values null is none.
    #[must_use]
    pub fn of(form: Form) -> Self {
        Self { form, nullable: false }
    }
}

/// The form of a value.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Form {
    /// A type of the crate.
    Named(String),
    /// A Rust type that exists already.
    Rust(RustType),
    /// A text.
    Text,
    /// A boolean.
    Boolean,
    /// An integer of 64 bits.
    Integer,
    /// An integer of 64 bits without a sign.
    Unsigned,
    /// A list.
    List(Box<TypeUse>),
    /// An object with any keys.
    Map(Box<TypeUse>),
    /// Any value.
    Any,
}

impl Form {
    /// Returns whether it is the runtime's type of this name.
    #[must_use]
    pub fn is_of_runtime(&self, name: &str) -> bool {
        matches!(self, Self::Rust(of) if of.is_of_runtime(name))
    }
}

/// A Rust type that exists already.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RustType {
    /// Its path, such as `salla_runtime::Id`.
    pub path: String,
}

impl RustType {
    /// Returns whether it is the runtime's type of this name.
    #[must_use]
    pub fn is_of_runtime(&self, name: &str) -> bool {
        self.path.rsplit_once("::") == Some((crate::RUNTIME_LIBRARY, name))
    }
}
