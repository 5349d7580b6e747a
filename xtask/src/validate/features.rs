//! Reports the features of a valid document that the client does not support: one warning for each feature, with the
//! first place, the number of places, and the consequence for a caller.
//!
//! The features are data: a name, a function that finds the places, and the texts. [`table`] lists them together with
//! everything that the client honours, and everything that has no meaning for a client.

mod feature;
mod requests;
mod schemas;
mod security;
mod survey;
pub mod table;

use serde_json::Value;

use self::feature::Feature;
use self::survey::Survey;
use crate::diagnostics::{Code, Diagnostic, Place};
use crate::document::{Document, Pointer};

/// Returns all features that are reported, in the order of the table.
fn features() -> impl Iterator<Item = &'static Feature> {
    security::FEATURES.iter().chain(requests::FEATURES).chain(schemas::FEATURES)
}

/// Returns the names of the features that are reported, in the order of the table.
pub fn names() -> impl Iterator<Item = &'static str> {
    features().map(|feature| feature.name)
}

/// Returns the findings about a document without errors.
#[must_use]
pub fn check(document: &Document) -> Vec<Diagnostic> {
    let survey = Survey::of(&document.root);
    features().filter_map(|feature| report(feature, &survey)).collect()
}

fn report(feature: &Feature, survey: &Survey<'_>) -> Option<Diagnostic> {
    let places = (feature.find)(survey);
    let first = places.iter().min_by_key(|place| position(survey.root, place))?;
    let place = Place::Key(first.clone());
    Some(Diagnostic::warning(Code::UnsupportedFeature, place, feature.message(places.len()), feature.help))
}

/// Returns the indices of the keys on the path to a place, which sort places in the order of the document.
fn position(root: &Value, place: &Pointer) -> Vec<usize> {
    let mut position = Vec::new();
    let mut value = root;
    for segment in place.segments() {
        let step = match value {
            Value::Object(fields) => fields.iter().enumerate().find(|(_, (key, _))| **key == segment),
            Value::Array(items) => {
                let index: usize = segment.parse().unwrap_or(usize::MAX);
                position.push(index);
                let Some(item) = items.get(index) else { break };
                value = item;
                continue;
            }
            _ => None,
        };
        let Some((index, (_, inner))) = step else { break };
        position.push(index);
        value = inner;
    }
    position
}

#[cfg(test)]
mod tests;
