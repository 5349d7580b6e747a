//! The fields at the top of several documents: what describes the API, its servers, its security and its tags.

use std::cmp::Ordering;
use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::meaning::{Classes, security_of};
use super::operations::Defaults;
use crate::document::Pointer;
use crate::document::fields::Fields as _;
use crate::openapi::shapes::{DOCUMENT, Kind, OPERATION};
use crate::openapi::version::is_3_1_or_later;
use crate::openapi::walk::is_extension;

/// The fields at the top of a merged document.
#[derive(Debug, Default)]
pub struct Top {
    /// The fields before `paths`.
    pub fields: Map<String, Value>,
    /// The extensions.
    pub extensions: Map<String, Value>,
    /// What is moved into the operations of each document.
    pub defaults: Vec<Defaults>,
    /// For each value that has a place of its own: the place, the document, and where it was written there.
    pub places: Vec<(Pointer, usize, Pointer)>,
}

/// Merges the fields at the top of documents.
#[must_use]
pub fn merge(roots: &[Value], classes: &Classes) -> Top {
    let mut top = Top { defaults: roots.iter().map(|_| Defaults::default()).collect(), ..Top::default() };
    top.fields.insert("openapi".to_owned(), version(roots));
    top.fields.insert("info".to_owned(), info(roots));
    top.servers(roots, classes);
    top.security(roots, classes);
    top.tags(roots);
    top.rest(roots);
    top
}

/// Returns the version of OpenAPI: that of the first document, or of the first of the latest version if they differ.
fn version(roots: &[Value]) -> Value {
    let is_newer = |root: &&Value| root["openapi"].as_str().is_some_and(is_3_1_or_later);
    let found = roots.iter().find(is_newer).or(roots.first());
    found.map_or(Value::Null, |root| root["openapi"].clone())
}

/// Returns the description of the API: the fields that no two documents disagree about, and the highest version. A title
/// that differs is left out.
fn info(roots: &[Value]) -> Value {
    let mut info = Map::new();
    let mut disputed = Vec::new();
    for (key, value) in roots.iter().filter_map(|root| root["info"].as_object()).flatten() {
        if info.get(key).is_some_and(|known| known != value) {
            disputed.push(key.clone());
        }
        info.entry(key.clone()).or_insert_with(|| value.clone());
    }
    info.retain(|key, _| !disputed.contains(key));
    let versions = roots.iter().filter_map(|root| root["info"]["version"].as_str());
    if let Some(version) = versions.max_by(|one, other| compare_versions(one, other)) {
        info.insert("version".to_owned(), version.into());
    }
    info.entry("title").or_insert_with(|| "".into());
    info.into()
}

/// Compares versions by their numbers, and then as text.
fn compare_versions(one: &str, other: &str) -> Ordering {
    let numbers = |version: &str| -> Vec<u64> {
        version.split(|c: char| !c.is_ascii_digit()).map(|part| part.parse().unwrap_or(0)).collect()
    };
    numbers(one).cmp(&numbers(other)).then_with(|| one.cmp(other))
}

/// Returns the number of the first document of those that agree with most others.
fn most_common(count: usize, are_same: impl Fn(usize, usize) -> bool) -> usize {
    let mut groups: Vec<(usize, usize)> = Vec::new();
    for document in 0..count {
        match groups.iter_mut().find(|(first, _)| are_same(*first, document)) {
            Some((_, members)) => *members += 1,
            None => groups.push((document, 1)),
        }
    }
    // The first of several groups of the same size.
    groups.iter().rev().max_by_key(|(_, members)| *members).map_or(0, |(first, _)| *first)
}

impl Top {
    fn servers(&mut self, roots: &[Value], classes: &Classes) {
        let Some(kind) = DOCUMENT.field("servers").map(|field| field.kind) else { return };
        let of = |root: &Value| match root.field("servers") {
            Some(Value::Array(servers)) if !servers.is_empty() => Value::Array(servers.clone()),
            // Without servers, the server of the document is that of the API (3.0.3, "OpenAPI Object").
            _ => json!([{"url": "/"}]),
        };
        let servers: Vec<_> = roots.iter().map(of).collect();
        let are_same = |one: usize, other: usize| match (servers.get(one), servers.get(other)) {
            (Some(first), Some(second)) => first == second || classes.are_same(kind, (one, first), (other, second)),
            _ => false,
        };
        let common = most_common(roots.len(), are_same);
        for (document, servers) in servers.iter().enumerate().filter(|(document, _)| !are_same(common, *document)) {
            if let Some(defaults) = self.defaults.get_mut(document) {
                defaults.servers = Some(servers.clone());
            }
        }
        self.keep("servers", common, roots);
    }

    fn security(&mut self, roots: &[Value], classes: &Classes) {
        let requirements: Vec<_> = roots.iter().map(security_of).collect();
        let are_same = |one: usize, other: usize| match (requirements.get(one), requirements.get(other)) {
            (Some(first), Some(second)) => classes.are_same(Kind::Object(&OPERATION), (one, first), (other, second)),
            _ => false,
        };
        let common = most_common(roots.len(), are_same);
        for (document, root) in roots.iter().enumerate().filter(|(document, _)| !are_same(common, *document)) {
            if let Some(defaults) = self.defaults.get_mut(document) {
                defaults.security = Some(root.field("security").cloned().unwrap_or_else(|| json!([])));
            }
        }
        self.keep("security", common, roots);
    }

    /// Takes a field of a document, if it has it.
    fn keep(&mut self, key: &str, document: usize, roots: &[Value]) {
        if let Some(value) = roots.get(document).and_then(|root| root.field(key)) {
            self.fields.insert(key.to_owned(), value.clone());
            let at = Pointer::root().key(key);
            self.places.push((at.clone(), document, at));
        }
    }

    /// Collects the tags of all documents, the first of each name.
    fn tags(&mut self, roots: &[Value]) {
        let (mut tags, mut known) = (Vec::new(), HashMap::new());
        let at = Pointer::root().key("tags");
        for (document, root) in roots.iter().enumerate() {
            for (index, tag) in root["tags"].as_array().into_iter().flatten().enumerate() {
                let name = tag.field("name").and_then(Value::as_str).map(str::to_owned);
                // A name that one document has twice is reported.
                if known.get(&name).is_none_or(|owner| *owner == document) {
                    known.insert(name, document);
                    self.places.push((at.index(tags.len()), document, at.index(index)));
                    tags.push(tag.clone());
                }
            }
        }
        if !tags.is_empty() {
            self.fields.insert("tags".to_owned(), tags.into());
        }
    }

    /// Takes the other fields, each from the first document that has it.
    fn rest(&mut self, roots: &[Value]) {
        const MERGED: [&str; 7] = ["openapi", "info", "servers", "security", "tags", "paths", "components"];
        for (document, root) in roots.iter().enumerate() {
            for (key, value) in root.as_object().into_iter().flatten() {
                if MERGED.contains(&key.as_str()) || key == "webhooks" {
                    continue;
                }
                let fields = if is_extension(key) { &mut self.extensions } else { &mut self.fields };
                if !fields.has(key) {
                    fields.insert(key.clone(), value.clone());
                    let at = Pointer::root().key(key);
                    self.places.push((at.clone(), document, at));
                }
            }
        }
        self.webhooks(roots);
    }

    /// Collects the webhooks of all documents, the first of each name.
    fn webhooks(&mut self, roots: &[Value]) {
        let mut webhooks = Map::new();
        for (document, root) in roots.iter().enumerate() {
            for (name, item) in root["webhooks"].as_object().into_iter().flatten() {
                if !webhooks.has(name) {
                    webhooks.insert(name.clone(), item.clone());
                    let at = Pointer::root().keys(["webhooks", name]);
                    self.places.push((at.clone(), document, at));
                }
            }
        }
        if !webhooks.is_empty() {
            self.fields.insert("webhooks".to_owned(), webhooks.into());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_info_has_what_no_documents_disagree_about_and_the_highest_version() {
        let roots = [
            json!({"info": {"title": "A", "version": "1.9.0", "license": {"name": "MIT"}}}),
            json!({"info": {"title": "B", "version": "1.10.0"}}),
        ];
        assert_eq!(info(&roots), json!({"title": "", "version": "1.10.0", "license": {"name": "MIT"}}));
        assert_eq!(info(&roots[..1]), roots[0]["info"]);
    }

    #[test]
    fn the_first_of_equally_many_documents_decides() {
        let values = ["a", "b", "b", "a", "c"];
        assert_eq!(most_common(values.len(), |one, other| values[one] == values[other]), 0);
        assert_eq!(most_common(3, |one, other| values[one] == values[other]), 1);
    }
}
