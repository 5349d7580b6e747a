//! The operations of several documents: what a document says for all of its operations is moved into them where the
//! documents differ, and the path items of one path become one.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::meaning::Classes;
use crate::diagnostics::{Code, Diagnostic, Place};
use crate::document::Pointer;
use crate::document::fields::Fields as _;
use crate::openapi::method::Method;
use crate::openapi::references;
use crate::openapi::shapes::{Kind, OPERATION, PATH_ITEM};

/// A field of a path item, and the place where it was written in its document.
#[derive(Debug)]
struct Part {
    value: Value,
    written: Pointer,
    /// The places of values inside of it that were written elsewhere in the document: their places below the part, and
    /// where they were written.
    inside: Vec<(Pointer, Pointer)>,
}

/// The path item of one document.
#[derive(Debug)]
struct Item {
    document: usize,
    parts: Vec<(String, Part)>,
}

impl Item {
    /// Reads the path item at `path`, with what its `$ref` leads to.
    fn of(document: usize, root: &Value, path: &str) -> Option<Self> {
        let at = Pointer::root().keys(["paths", path]);
        let value = at.lookup(root)?;
        let mut parts: Vec<(String, Part)> = Vec::new();
        let mut add = |at: &Pointer, value: &Value, skipped: &[&str]| {
            for (key, value) in value.as_object().into_iter().flatten() {
                if !skipped.contains(&key.as_str()) && !parts.iter().any(|(known, _)| known == key) {
                    let part = Part { value: value.clone(), written: at.key(key), inside: Vec::new() };
                    parts.push((key.clone(), part));
                }
            }
        };
        match references::targets(root, value).last().filter(|(_, target)| target.is_object() && !target.has("$ref")) {
            Some((place, target)) => {
                add(&at, value, &["$ref"]);
                add(&place, target, &[]);
            }
            None => add(&at, value, &[]),
        }
        Some(Self { document, parts })
    }

    fn part(&self, key: &str) -> Option<&Part> {
        self.parts.iter().find(|(known, _)| known == key).map(|(_, part)| part)
    }

    /// Returns the operations.
    fn operations(&mut self) -> impl Iterator<Item = &mut Part> {
        self.parts.iter_mut().filter(|(key, part)| is_method(key) && part.value.is_object()).map(|(_, part)| part)
    }

    /// Moves the servers of the item into its operations.
    fn move_servers(&mut self) {
        let Some(index) = self.parts.iter().position(|(key, _)| key == "servers") else { return };
        let (_, servers) = self.parts.remove(index);
        for operation in self.operations() {
            add_field(operation, "servers", &servers.value, &servers.written);
        }
    }

    /// Moves the parameters of the item into its operations. Those of an operation replace those of the item.
    fn move_parameters(&mut self, root: &Value) {
        let Some(index) = self.parts.iter().position(|(key, _)| key == "parameters") else { return };
        let (_, shared) = self.parts.remove(index);
        let shared_list = shared.value.as_array().map_or(&[][..], Vec::as_slice);
        for operation in self.operations() {
            let Some(fields) = operation.value.as_object_mut() else { continue };
            let own = fields.entry("parameters").or_insert_with(|| json!([]));
            let Some(own) = own.as_array_mut() else { continue };
            let known: Vec<_> = own.iter().map(|parameter| key_of(root, parameter)).collect();
            for (index, parameter) in shared_list.iter().enumerate() {
                if !known.contains(&key_of(root, parameter)) {
                    let now = Pointer::root().key("parameters").index(own.len());
                    operation.inside.push((now, shared.written.index(index)));
                    own.push(parameter.clone());
                }
            }
        }
    }
}

/// Returns the name and the place of a parameter.
fn key_of(root: &Value, parameter: &Value) -> Option<(String, String)> {
    let parameter = references::resolve(root, parameter)?;
    let text = |key: &str| parameter.field(key).and_then(Value::as_str).map(str::to_owned);
    Some((text("name")?, text("in")?))
}

/// Adds a field to an operation that does not have it.
fn add_field(operation: &mut Part, key: &str, value: &Value, written: &Pointer) {
    if let Some(fields) = operation.value.as_object_mut()
        && !fields.has(key)
    {
        fields.insert(key.to_owned(), value.clone());
        operation.inside.push((Pointer::root().key(key), written.clone()));
    }
}

fn is_method(key: &str) -> bool {
    Method::ALL.iter().any(|method| method.key() == key)
}

/// What a document says for all of its operations, where other documents say something else.
#[derive(Debug, Default)]
pub struct Defaults {
    /// The servers.
    pub servers: Option<Value>,
    /// The security requirements.
    pub security: Option<Value>,
}

/// The merged paths.
#[derive(Debug, Default)]
pub struct Paths {
    /// The path items.
    pub items: Map<String, Value>,
    /// For each value that has a place of its own: the place, the document, and where it was written there.
    pub places: Vec<(Pointer, usize, Pointer)>,
    /// The errors about operations that several documents describe differently.
    pub findings: Vec<Diagnostic>,
}

/// Merges the paths of documents. `defaults` has what is moved into the operations of each.
#[must_use]
pub fn merge(
    roots: &[Value],
    defaults: &[Defaults],
    classes: &Classes,
    address: fn(usize, &Pointer) -> Pointer,
) -> Paths {
    let mut order = Vec::new();
    let mut uses: HashMap<&str, Vec<usize>> = HashMap::new();
    for (document, root) in roots.iter().enumerate() {
        for path in root["paths"].as_object().into_iter().flat_map(Map::keys) {
            let documents = uses.entry(path).or_default();
            if documents.is_empty() {
                order.push(path);
            }
            documents.push(document);
        }
    }
    let mut merged = Paths::default();
    for path in order {
        let documents = uses.get(path.as_str()).map_or(&[][..], Vec::as_slice);
        let mut items: Vec<_> = documents
            .iter()
            .filter_map(|document| item(*document, roots.get(*document)?, path, defaults.get(*document)?))
            .collect();
        if items.iter().all(Option::is_none) && documents.len() == 1 {
            merged.keep(path, documents, roots);
            continue;
        }
        let mut read: Vec<Item> = documents
            .iter()
            .zip(&mut items)
            .filter_map(|(document, item)| item.take().or_else(|| Item::of(*document, roots.get(*document)?, path)))
            .collect();
        separate(&mut read, roots, classes);
        merged.join(path, read, classes, address);
    }
    merged
}

/// Reads a path item if something has to be moved into its operations.
#[expect(clippy::option_option, reason = "the outer one is for a document that does not exist")]
fn item(document: usize, root: &Value, path: &str, defaults: &Defaults) -> Option<Option<Item>> {
    if defaults.servers.is_none() && defaults.security.is_none() {
        return Some(None);
    }
    let mut item = Item::of(document, root, path)?;
    let has_servers = item.part("servers").is_some();
    for operation in item.operations() {
        if let Some(servers) = defaults.servers.as_ref().filter(|_| !has_servers) {
            add_field(operation, "servers", servers, &Pointer::root().key("servers"));
        }
        if let Some(security) = &defaults.security {
            add_field(operation, "security", security, &Pointer::root().key("security"));
        }
    }
    Some(Some(item))
}

/// Moves parameters and servers of path items into their operations, unless all items have the same.
fn separate(items: &mut [Item], roots: &[Value], classes: &Classes) {
    for key in ["parameters", "servers"] {
        let Some(kind) = PATH_ITEM.field(key).map(|field| field.kind) else { continue };
        let are_same = items.windows(2).all(|pair| match pair {
            [one, other] => match (one.part(key), other.part(key)) {
                (Some(first), Some(second)) => {
                    classes.are_same(kind, (one.document, &first.value), (other.document, &second.value))
                }
                (first, second) => first.is_none() && second.is_none(),
            },
            _ => true,
        });
        for item in items.iter_mut().filter(|_| !are_same) {
            match roots.get(item.document) {
                Some(root) if key == "parameters" => item.move_parameters(root),
                _ => item.move_servers(),
            }
        }
    }
}

impl Paths {
    /// Takes a path item as it is.
    fn keep(&mut self, path: &str, documents: &[usize], roots: &[Value]) {
        let at = Pointer::root().keys(["paths", path]);
        for document in documents {
            if let Some(item) = roots.get(*document).and_then(|root| at.lookup(root)) {
                self.items.insert(path.to_owned(), item.clone());
                self.places.push((at.clone(), *document, at.clone()));
            }
        }
    }

    /// Makes one path item of those of several documents.
    fn join(&mut self, path: &str, items: Vec<Item>, classes: &Classes, address: fn(usize, &Pointer) -> Pointer) {
        let at = Pointer::root().keys(["paths", path]);
        let mut merged = Map::new();
        let mut owners: HashMap<String, usize> = HashMap::new();
        for Item { document, parts } in items {
            if owners.is_empty() {
                self.places.push((at.clone(), document, at.clone()));
            }
            for (key, part) in parts {
                if let Some(known) = merged.get(&key) {
                    let owner = owners.get(&key).copied().unwrap_or_default();
                    let is_same =
                        || classes.are_same(Kind::Object(&OPERATION), (owner, known), (document, &part.value));
                    if is_method(&key) && !is_same() {
                        self.findings.push(doubled(path, &key, &address(document, &part.written), &at.key(&key)));
                    }
                    continue;
                }
                owners.insert(key.clone(), document);
                let now = at.key(&key);
                let inside = part.inside.into_iter().map(|(below, written)| (now.join(&below), document, written));
                self.places.extend(inside);
                self.places.push((now, document, part.written));
                merged.insert(key, part.value);
            }
        }
        self.items.insert(path.to_owned(), merged.into());
    }
}

/// Returns the error about an operation that two documents describe differently.
fn doubled(path: &str, method: &str, at: &Pointer, first: &Pointer) -> Diagnostic {
    let method = method.to_uppercase();
    Diagnostic::error(
        Code::DuplicateOperation,
        Place::Key(at.clone()),
        format!("two documents describe `{method} {path}`, and differ"),
        "keep one of the two, or make them the same; descriptions, titles, examples and `x-` keys may differ",
    )
    .with_related(Place::Key(first.clone()), "the other one")
}
