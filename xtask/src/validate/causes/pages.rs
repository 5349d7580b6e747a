//! The objects of a document that the pointers of `x-pagination` go through.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::document::Pointer;
use crate::document::fields::Fields as _;
use crate::openapi::scope::{Part, Scope};

/// Returns the places of the objects that a pointer of `x-pagination` goes through.
pub(super) fn read_for_pages(root: &Value, key: &Pointer) -> BTreeSet<Pointer> {
    let mut read = Read { root, places: BTreeSet::new() };
    // The finding is about a key, or about the extension itself.
    for operation in [key.parent(), key.parent().and_then(|extension| extension.parent())].into_iter().flatten() {
        let pointer = key.lookup(root).and_then(Value::as_str).unwrap_or_default();
        read.operation(&operation, pointer);
    }
    read.places
}

struct Read<'v> {
    root: &'v Value,
    places: BTreeSet<Pointer>,
}

impl<'v> Read<'v> {
    /// Reads the responses and the parameters of an operation.
    fn operation(&mut self, at: &Pointer, pointer: &str) {
        let segments: Vec<_> = pointer.split('/').skip(1).collect();
        // Responses that are a level too high are in the path item.
        self.places.extend([Some(at.clone()), at.parent()].into_iter().flatten());
        let parameters = [at.parent(), Some(at.clone())].into_iter().flatten().map(|at| at.key("parameters"));
        for parameters in parameters {
            for (parameter, at) in self.items(&parameters) {
                self.holders(parameter, &at, &[]);
            }
        }
        let responses = at.key("responses");
        self.places.insert(responses.clone());
        for (response, at) in self.items(&responses) {
            for part in self.parts(response, &at) {
                let content = part.at.key("content");
                self.places.insert(content.clone());
                for (media_type, at) in self.items(&content) {
                    self.holders(media_type, &at, &segments);
                }
            }
        }
    }

    /// Returns the values in an object or a list, each with its place.
    fn items(&self, at: &Pointer) -> Vec<(&'v Value, Pointer)> {
        match at.lookup(self.root) {
            Some(Value::Object(fields)) => fields.iter().map(|(key, value)| (value, at.key(key))).collect(),
            Some(Value::Array(items)) => items.iter().enumerate().map(|(i, value)| (value, at.index(i))).collect(),
            _ => Vec::new(),
        }
    }

    /// Reads the schemas of a parameter or a media type.
    fn holders(&mut self, holder: &'v Value, at: &Pointer, segments: &[&str]) {
        for part in self.parts(holder, at) {
            if let Some(schema) = part.fields.field("schema") {
                self.schema(&[(schema, part.at.key("schema"))], segments);
            }
        }
    }

    /// Follows the segments of a pointer through schemas.
    fn schema(&mut self, schemas: &[(&'v Value, Pointer)], segments: &[&str]) {
        let mut scope = Scope::default();
        for (schema, at) in schemas {
            scope.add(self.root, schema, at);
        }
        self.places.extend(scope.parts.iter().map(|part| part.at.clone()));
        if let Some((name, rest)) = segments.split_first() {
            self.schema(&scope.property(name).collect::<Vec<_>>(), rest);
        }
    }

    /// Returns the object at this place and those that its `$ref` leads to.
    fn parts(&mut self, value: &'v Value, at: &Pointer) -> Vec<Part<'v>> {
        let parts = Scope::of(self.root, value, at).parts;
        self.places.extend(parts.iter().map(|part| part.at.clone()));
        parts
    }
}
