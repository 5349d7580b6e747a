//! Walks a document along the [shapes](crate::openapi::shapes) of OpenAPI, and collects its objects and references.
//! Values of a wrong kind are skipped, since normalization has reported them.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::document::fields::Fields as _;
use crate::document::{Document, Pointer};
use crate::openapi::shapes::{DOCUMENT, Kind, Shape};

/// The objects and references of a document.
#[derive(Debug, Default)]
pub struct Inventory<'d> {
    /// Every object that has a shape, in the order of the document.
    pub objects: Vec<Met<'d>>,
    /// Every `$ref`.
    pub references: Vec<Reference<'d>>,
    /// Targets of references into extensions that have not been walked yet.
    in_extensions: Vec<(Pointer, &'static Shape)>,
}

/// An object of a known shape.
#[derive(Debug)]
pub struct Met<'d> {
    /// Its shape.
    pub shape: &'static Shape,
    /// Its place.
    pub at: Pointer,
    /// Its fields.
    pub fields: &'d Map<String, Value>,
}

impl Met<'_> {
    /// Returns whether the object is of this shape.
    #[must_use]
    pub fn is(&self, shape: &'static Shape) -> bool {
        std::ptr::eq(self.shape, shape)
    }
}

/// A `$ref` in the place of an object of a shape.
#[derive(Debug)]
pub struct Reference<'d> {
    /// The shape that its target must have.
    pub shape: &'static Shape,
    /// The place of the object with the `$ref`.
    pub at: Pointer,
    /// Its text.
    pub target: &'d str,
}

/// Walks the whole document.
#[must_use]
pub fn walk(document: &Document) -> Inventory<'_> {
    walk_values(&document.root)
}

/// Walks the values of a whole document.
#[must_use]
pub fn walk_values(root: &Value) -> Inventory<'_> {
    let mut inventory = Inventory::default();
    inventory.value(Kind::Object(&DOCUMENT), &Pointer::root(), root);
    let mut seen = BTreeSet::new();
    while let Some((pointer, shape)) = inventory.in_extensions.pop() {
        if let Some(value) = pointer.lookup(root).filter(|_| seen.insert(pointer.clone())) {
            inventory.value(Kind::ObjectOrRef(shape), &pointer, value);
        }
    }
    inventory
}

/// Returns the target of a `$ref` if it is in an extension, with its shape. Extensions are walked only for such
/// targets.
#[must_use]
pub fn into_extension(shape: &'static Shape, fields: &Map<String, Value>) -> Option<(Pointer, &'static Shape)> {
    let pointer = Pointer::from_reference(fields.field("$ref")?.as_str()?)?;
    let is_in_extension = pointer.segments().any(|segment| is_extension(&segment));
    is_in_extension.then_some((pointer, shape))
}

impl<'d> Inventory<'d> {
    fn value(&mut self, kind: Kind, at: &Pointer, value: &'d Value) {
        match (kind, value) {
            (Kind::FlagOr(kind), Value::Object(_)) => self.value(*kind, at, value),
            (Kind::List(kind), Value::Array(items)) if kind.has_objects() => {
                for (index, item) in items.iter().enumerate() {
                    self.value(*kind, &at.index(index), item);
                }
            }
            (Kind::Map(kind), Value::Object(entries)) if kind.has_objects() => {
                for (key, value) in entries {
                    self.value(*kind, &at.key(key), value);
                }
            }
            (Kind::ObjectOrRef(shape), Value::Object(fields)) if fields.has("$ref") => {
                if let Some(target) = fields["$ref"].as_str() {
                    self.in_extensions.extend(into_extension(shape, fields));
                    self.references.push(Reference { shape, at: at.clone(), target });
                }
            }
            (Kind::Object(shape) | Kind::ObjectOrRef(shape), Value::Object(fields)) => {
                self.object(shape, at, fields);
            }
            _ => {}
        }
    }

    fn object(&mut self, shape: &'static Shape, at: &Pointer, fields: &'d Map<String, Value>) {
        self.objects.push(Met { shape, at: at.clone(), fields });
        // A path item is the only object with a field `$ref`; elsewhere, a `$ref` replaces the object.
        if shape.field("$ref").is_some() {
            self.in_extensions.extend(into_extension(shape, fields));
        }
        for (key, value) in fields.iter().filter(|(key, _)| !is_extension(key)) {
            let kind = shape.field(key).map(|field| field.kind).or_else(|| Some(shape.others.as_ref()?.1));
            if let Some(kind) = kind.filter(Kind::has_objects) {
                self.value(kind, &at.key(key), value);
            }
        }
    }
}

/// Returns whether a key is an extension.
#[must_use]
pub fn is_extension(key: &str) -> bool {
    key.starts_with("x-")
}

/// Returns the kind of a value, with its article.
#[must_use]
pub fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(number) if number.is_f64() => "a number",
        Value::Number(_) => "an integer",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}
