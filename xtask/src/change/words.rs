//! Changes of words, examples and bounds. They change no type, so they are found in the documents themselves.

use std::collections::{BTreeMap, BTreeSet};
use std::iter;

use serde_json::{Map, Value};

use super::changes::{Changes, Owner, Place};
use super::rules::Kind;
use super::side::Side;
use crate::document::Pointer;

/// The keywords that are words for a reader.
const WORDS: &[&str] = &[
    "title",
    "summary",
    "description",
    "termsOfService",
    "contact",
    "license",
    "tags",
    "externalDocs",
    "links",
    "bearerFormat",
];

/// The keywords of examples.
const EXAMPLES: &[&str] = &["example", "examples"];

/// The keywords of bounds that the client does not check.
const BOUNDS: &[&str] = &[
    "default",
    "pattern",
    "multipleOf",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "uniqueItems",
    "minProperties",
    "maxProperties",
];

/// Compares the words, examples and bounds of what both documents have.
pub fn compare(changes: &mut Changes, old: &Side<'_>, new: &Side<'_>) {
    let mut found = Vec::new();
    walk(&mut found, &Pointer::root(), old.root, new.root);
    if found.is_empty() {
        return;
    }
    let (of_old, of_new) = (Parts::of(old), Parts::of(new));
    for (kind, at, is_gone) in &found {
        let owners = if *is_gone { of_old.owners(at) } else { of_new.owners(at) };
        let owner = if owners.is_empty() { Owner::Api } else { Owner::Several(&owners) };
        changes.add(*kind, if *is_gone { Place::old(at, owner) } else { Place::new(at, owner) }, "");
    }
}

/// Collects the places that differ: the kind, the pointer, and whether only the old document has it.
fn walk(found: &mut Vec<(Kind, Pointer, bool)>, at: &Pointer, old: &Value, new: &Value) {
    match (old, new) {
        (Value::Object(old), Value::Object(new)) => objects(found, at, old, new),
        (Value::Array(old), Value::Array(new)) => {
            for (index, is) in new.iter().enumerate() {
                if let Some(was) = same_item(is, index, old) {
                    walk(found, &at.index(index), was, is);
                }
            }
        }
        _ => {}
    }
}

fn objects(found: &mut Vec<(Kind, Pointer, bool)>, at: &Pointer, old: &Map<String, Value>, new: &Map<String, Value>) {
    let are_names = holds_names(at);
    for (key, is) in new {
        let kind = if are_names { None } else { keyword(key) };
        match (kind, old.get(key)) {
            (Some(kind), was) if was != Some(is) => found.push((kind, at.key(key), false)),
            (None, Some(was)) if !key.starts_with("x-") => walk(found, &at.key(key), was, is),
            _ => {}
        }
    }
    let lost = old.keys().filter(|key| !new.contains_key(*key));
    let lost = lost.filter_map(|key| keyword(key).filter(|_| !are_names).map(|kind| (kind, at.key(key), true)));
    found.extend(lost);
}

/// Returns whether the keys of an object are names that the document gives, as those of properties.
fn holds_names(at: &Pointer) -> bool {
    let segments: BTreeSet<_> = at.segments().collect();
    let last = at.last().unwrap_or_default();
    let is_below_components = segments.len() == 2 && segments.contains("components");
    is_below_components || ["properties", "patternProperties", "responses", "headers", "content"].contains(&&*last)
}

/// Returns the kind of change that a keyword stands for.
fn keyword(key: &str) -> Option<Kind> {
    let lists = [(WORDS, Kind::WordsChanged), (EXAMPLES, Kind::ExamplesChanged), (BOUNDS, Kind::BoundsChanged)];
    lists.into_iter().find(|(list, _)| list.contains(&key)).map(|(_, kind)| kind)
}

/// Returns the item of another version that is the same: the parameter of the same name and place, or else the item with
/// the same index.
fn same_item<'v>(of: &Value, index: usize, others: &'v [Value]) -> Option<&'v Value> {
    if of.get("in").is_none() {
        return others.get(index);
    }
    others.iter().find(|other| other.get("in") == of.get("in") && other.get("name") == of.get("name"))
}

/// The places of the parts of an API, and the references between them.
struct Parts<'a> {
    /// Those of operations, of their parts, and of types. Several operations may share one.
    owners: Vec<(&'a Pointer, Owner<'a>)>,
    /// The places of references by what they refer to.
    references: BTreeMap<Pointer, Vec<Pointer>>,
}

impl<'a> Parts<'a> {
    fn of(side: &Side<'a>) -> Self {
        let operations = side.api.operations.iter().flat_map(|of| {
            let parameters = of.parameters.iter().map(|parameter| &parameter.at);
            let answers = of.answers().map(|answer| &answer.at);
            let body = of.body.iter().map(|body| &body.at);
            let places = iter::once(&of.at).chain(parameters).chain(answers).chain(body);
            places.map(|at| (at, Owner::Operation(&of.name)))
        });
        let types = side.api.types.iter().map(|of| (&of.at, Owner::Type(&of.name)));
        let mut references = BTreeMap::new();
        collect_references(&mut references, &Pointer::root(), side.root);
        Self { owners: operations.chain(types).collect(), references }
    }

    /// Returns what has a place: the parts whose own place is the nearest around it, or else the parts that refer to the
    /// component around it.
    fn owners(&self, at: &Pointer) -> Vec<Owner<'a>> {
        let mut found = Vec::new();
        let (mut open, mut seen) = (vec![at.clone()], BTreeSet::new());
        while let Some(at) = open.pop() {
            let around: Vec<_> = self.owners.iter().filter(|(outer, _)| is_around(outer, &at)).collect();
            if let Some(nearest) = around.iter().map(|(outer, _)| outer.as_str().len()).max() {
                let nearest = around.iter().filter(|(outer, _)| outer.as_str().len() == nearest);
                found.extend(nearest.map(|(_, owner)| *owner));
            } else if seen.insert(at.clone()) {
                let referring = self.references.iter().filter(|(target, _)| is_around(target, &at));
                open.extend(referring.flat_map(|(_, places)| places).cloned());
            }
        }
        found
    }
}

fn collect_references(found: &mut BTreeMap<Pointer, Vec<Pointer>>, at: &Pointer, value: &Value) {
    match value {
        Value::Object(members) => {
            let target = members.get("$ref").and_then(Value::as_str).and_then(Pointer::from_reference);
            if let Some(target) = target {
                found.entry(target).or_default().push(at.clone());
            }
            for (key, value) in members {
                collect_references(found, &at.key(key), value);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                collect_references(found, &at.index(index), item);
            }
        }
        _ => {}
    }
}

/// Returns whether a place is another one, or inside of it.
fn is_around(outer: &Pointer, at: &Pointer) -> bool {
    at.as_str().strip_prefix(outer.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
