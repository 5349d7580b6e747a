//! Names the components of several documents: those of the same name and the same meaning once, the others each by its
//! document.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::{Map, Value, json};

use super::embed::sections;
use super::labels::component_name;
use super::links::{Link, visit};
use super::meaning::{Class, Classes, Component};
use crate::document::Pointer;
use crate::document::fields::Fields as _;
use crate::openapi::shapes::{DOCUMENT, Kind, PATH_ITEM};
use crate::openapi::trail::Trail;
use crate::openapi::walk::{into_extension, is_extension};

/// The names of the components of several documents.
#[derive(Debug, Default)]
pub struct Naming {
    /// The new places of the components whose names change, by document and old place.
    renamed: Vec<HashMap<Pointer, Pointer>>,
    /// The components of the merged document, each with the document that it is taken from and its old name there, in
    /// the order of the documents.
    pub kept: Vec<Kept>,
    /// The names that stand for several meanings.
    pub conflicts: Vec<Conflict>,
}

/// A component of the merged document.
#[derive(Debug)]
pub struct Kept {
    /// The document that it is taken from.
    pub document: usize,
    /// The section of the component, and its name in its document.
    pub component: Component,
    /// Its name in the merged document.
    pub name: String,
}

/// A name that several documents give to different components.
#[derive(Debug)]
pub struct Conflict {
    /// The section and the name.
    pub component: Component,
    /// For each meaning the first document that has it, and the new name.
    pub names: Vec<(usize, String)>,
}

impl Naming {
    /// Decides the names. `labels` has a name for each document.
    #[must_use]
    pub fn of(roots: &[Value], classes: &Classes, labels: &[String]) -> Self {
        let mut naming = Self { renamed: vec![HashMap::new(); roots.len()], ..Self::default() };
        let (order, uses) = uses(roots);
        let mut taken: HashSet<Component> = uses.keys().cloned().collect();
        naming.name_extensions(roots, labels);
        for component in order {
            let groups = groups(classes, &component, uses.get(&component).map_or(&[], Vec::as_slice));
            naming.name(component, &groups, labels, &mut taken);
        }
        naming
    }

    /// Names one component of several documents, which are grouped by its meaning.
    fn name(&mut self, component: Component, groups: &[Group], labels: &[String], taken: &mut HashSet<Component>) {
        let all: usize = groups.iter().map(|group| group.documents.len()).sum();
        let mut names = Vec::new();
        for group in groups {
            let Some(first) = group.documents.first().copied() else { continue };
            // The meaning that most documents agree on keeps the name.
            let name = if 2 * group.documents.len() > all {
                component.1.clone()
            } else {
                unique(&component, labels.get(first).map_or("", String::as_str), taken)
            };
            if name != component.1 {
                let place = |name: &str| Pointer::root().keys(["components", &component.0, name]);
                for document in &group.documents {
                    if let Some(renamed) = self.renamed.get_mut(*document) {
                        renamed.insert(place(&component.1), place(&name));
                    }
                }
            }
            self.kept.push(Kept { document: first, component: component.clone(), name: name.clone() });
            names.push((first, name));
        }
        // Components that only refer to different ones differ because of those, which are reported.
        if groups.iter().any(|group| Some(group.class.own) != groups.first().map(|first| first.class.own)) {
            self.conflicts.push(Conflict { component, names });
        }
    }

    /// Names the extensions at the top of documents, and of their components. References may lead into them, so each that
    /// differs from the first of its name has a name of its own.
    fn name_extensions(&mut self, roots: &[Value], labels: &[String]) {
        for above in [Pointer::root(), Pointer::root().key("components")] {
            let mut first: HashMap<&String, &Value> = HashMap::new();
            for (document, root) in roots.iter().enumerate() {
                let fields = above.lookup(root).and_then(Value::as_object).into_iter().flatten();
                for (key, value) in fields.filter(|(key, _)| is_extension(key)) {
                    let known = *first.entry(key).or_insert(value);
                    // What an extension refers to may differ as well.
                    if (known != value || !std::ptr::eq(known, value) && has_reference(value))
                        && let (Some(renamed), Some(label)) = (self.renamed.get_mut(document), labels.get(document))
                    {
                        renamed.insert(above.key(key), above.key(&format!("{key}-{label}")));
                    }
                }
            }
        }
    }

    /// Returns the new place of a component of a document, if it has another one.
    fn moved(&self, document: usize, pointer: &Pointer) -> Option<Pointer> {
        let renamed = self.renamed.get(document).filter(|renamed| !renamed.is_empty())?;
        pointer.nearest(|above| renamed.get(above)).map(|(moved, below)| moved.join(&below))
    }

    /// Rewrites the references of a document to the components whose names change.
    pub fn rewrite(&self, document: usize, root: &mut Value) {
        if self.renamed.get(document).is_none_or(HashMap::is_empty) {
            return;
        }
        self.keep_tags(document, root);
        let mut in_extensions = vec![(Pointer::root(), Kind::Object(&DOCUMENT))];
        let mut seen = HashSet::new();
        while let Some((pointer, kind)) = in_extensions.pop() {
            if seen.insert(pointer.clone())
                && let Some(value) = root.pointer_mut(pointer.as_str())
            {
                in_extensions.extend(self.rewrite_links(document, kind, value));
            }
        }
        self.rename_extensions(document, root);
    }

    /// Rewrites the links in a value. Returns the extensions that they lead to.
    fn rewrite_links(&self, document: usize, kind: Kind, value: &mut Value) -> Vec<(Pointer, Kind)> {
        let mut in_extensions = Vec::new();
        visit(kind, &Trail::root(), value, &mut |link, _| match link {
            Link::Reference(..) | Link::PathItem(_) => {
                let (shape, fields) = match link {
                    Link::Reference(shape, fields) => (shape, fields),
                    Link::PathItem(fields) => (&PATH_ITEM, fields),
                    Link::Mapping(_) | Link::Requirement(_) => return,
                };
                let target = into_extension(shape, fields);
                in_extensions.extend(target.map(|(pointer, shape)| (pointer, Kind::ObjectOrRef(shape))));
                let target = fields.field("$ref").and_then(Value::as_str).and_then(Pointer::from_reference);
                if let Some(moved) = target.and_then(|target| self.moved(document, &target)) {
                    fields["$ref"] = moved.to_reference().into();
                }
            }
            Link::Mapping(target) => {
                let place = Pointer::from_reference(target)
                    .unwrap_or_else(|| Pointer::root().keys(["components", "schemas", target]));
                if let Some(moved) = self.moved(document, &place) {
                    *target = moved.to_reference();
                }
            }
            Link::Requirement(requirement) => self.rename_schemes(document, requirement),
        });
        in_extensions
    }

    fn rename_extensions(&self, document: usize, root: &mut Value) {
        for (old, new) in self.renamed.get(document).into_iter().flatten() {
            let names = old.last().zip(new.last()).filter(|(name, _)| is_extension(name));
            let above = old.parent().filter(|above| above.as_str().is_empty() || above.as_str() == "/components");
            if let Some((name, renamed)) = names
                && let Some(fields) = above.and_then(|above| root.pointer_mut(above.as_str()))
                && let Some(fields) = fields.as_object_mut()
                && let Some(value) = fields.shift_remove(&name)
            {
                fields.insert(renamed, value);
            }
        }
    }

    fn rename_schemes(&self, document: usize, requirement: &mut Map<String, Value>) {
        let renamed = |name: &str| {
            let place = Pointer::root().keys(["components", "securitySchemes", name]);
            self.moved(document, &place).and_then(|moved| moved.last())
        };
        if requirement.keys().any(|name| renamed(name).is_some()) {
            let old = std::mem::take(requirement);
            requirement.extend(old.into_iter().map(|(name, scopes)| (renamed(&name).unwrap_or(name), scopes)));
        }
    }

    /// Adds the renamed schemas to the mappings of discriminators. Without a mapping, the tag of a schema is its name,
    /// and the tag does not change.
    fn keep_tags(&self, document: usize, root: &mut Value) {
        let Some(renamed) = self.renamed.get(document) else { return };
        let schemas = Pointer::root().keys(["components", "schemas"]);
        let names = renamed.keys().filter(|place| place.parent().as_ref() == Some(&schemas)).filter_map(Pointer::last);
        let names: Vec<String> = names.collect();
        let bases = bases(root, &names);
        let schemas = root.pointer_mut(schemas.as_str()).and_then(Value::as_object_mut).into_iter().flatten();
        for (own, schema) in schemas {
            let extends = |name: &&String| *name == own || bases.get(*name).is_some_and(|bases| bases.contains(own));
            let extending: Vec<_> = names.iter().filter(extends).collect();
            let has_alternatives = ["oneOf", "anyOf"].iter().any(|list| schema.has(list));
            if let Some(discriminator) = schema.get_mut("discriminator").filter(|_| !has_alternatives) {
                add_to_mapping(discriminator, &extending);
            }
        }
        add_alternatives(root, &names);
    }
}

/// Returns whether a value has a reference anywhere.
fn has_reference(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().any(has_reference),
        Value::Object(fields) => fields.has("$ref") || fields.values().any(has_reference),
        _ => false,
    }
}

/// Returns the schemas that each of these extends by `allOf`, also through others.
fn bases(root: &Value, names: &[String]) -> HashMap<String, Vec<String>> {
    let mut found = HashMap::new();
    for name in names {
        let mut bases: Vec<String> = Vec::new();
        let mut open = vec![name.clone()];
        while let Some(next) = open.pop() {
            for part in root["components"]["schemas"][&next]["allOf"].as_array().into_iter().flatten() {
                let target = part.field("$ref").and_then(Value::as_str).and_then(schema_name);
                if let Some(base) = target.filter(|base| !bases.contains(base)) {
                    bases.push(base.clone());
                    open.push(base);
                }
            }
        }
        found.insert(name.clone(), bases);
    }
    found
}

/// Returns the name of the schema that a reference leads to.
fn schema_name(reference: &str) -> Option<String> {
    let pointer = Pointer::from_reference(reference)?;
    let is_schema = pointer.parent()?.as_str() == "/components/schemas";
    pointer.last().filter(|_| is_schema)
}

/// Adds a tag to each discriminator of alternatives for each of these schemas that is one of them.
fn add_alternatives(value: &mut Value, names: &[String]) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| add_alternatives(item, names)),
        Value::Object(fields) => {
            fields.values_mut().for_each(|value| add_alternatives(value, names));
            let lists = ["oneOf", "anyOf"].iter().filter_map(|list| fields.field(list)?.as_array()).flatten();
            let alternatives: HashSet<_> =
                lists.filter_map(|part| schema_name(part.field("$ref")?.as_str()?)).collect();
            let told: Vec<_> = names.iter().filter(|name| alternatives.contains(*name)).collect();
            if let Some(discriminator) = fields.get_mut("discriminator") {
                add_to_mapping(discriminator, &told);
            }
        }
        _ => {}
    }
}

/// Adds the schemas to the mapping of a discriminator that does not have them.
fn add_to_mapping(discriminator: &mut Value, names: &[&String]) {
    for name in names {
        let reference = Pointer::root().keys(["components", "schemas", name]).to_reference();
        let Some(fields) = discriminator.as_object_mut() else { return };
        let Some(mapping) = fields.entry("mapping").or_insert_with(|| json!({})).as_object_mut() else { return };
        let is_mapped = mapping.values().any(|target| {
            target.as_str().is_some_and(|target| target == **name || schema_name(target).as_ref() == Some(*name))
        });
        if !is_mapped && !mapping.has(name) {
            mapping.insert((*name).clone(), reference.into());
        }
    }
}

/// The documents with the same meaning of a component.
struct Group {
    class: Class,
    documents: Vec<usize>,
}

/// Returns all components in the order in which they first occur, and the documents that have each.
fn uses(roots: &[Value]) -> (Vec<Component>, BTreeMap<Component, Vec<usize>>) {
    let (mut order, mut uses) = (Vec::new(), BTreeMap::<Component, Vec<usize>>::new());
    for (document, root) in roots.iter().enumerate() {
        for section in sections() {
            for (name, _) in root["components"][section].as_object().into_iter().flatten() {
                let component = (section.to_owned(), name.clone());
                let documents = uses.entry(component.clone()).or_default();
                if documents.is_empty() {
                    order.push(component);
                }
                documents.push(document);
            }
        }
    }
    (order, uses)
}

/// Groups the documents by the meaning that they give to a component.
fn groups(classes: &Classes, component: &Component, documents: &[usize]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut known: HashMap<usize, usize> = HashMap::new();
    for document in documents {
        let Some(class) = classes.get(*document, component) else { continue };
        let index = *known.entry(class.whole).or_insert(groups.len());
        match groups.get_mut(index) {
            Some(group) => group.documents.push(*document),
            None => groups.push(Group { class, documents: vec![*document] }),
        }
    }
    groups
}

/// Returns a name for a component of a document that no component of its section has.
fn unique((section, name): &Component, label: &str, taken: &mut HashSet<Component>) -> String {
    let first = component_name(&format!("{label}_{name}"));
    let numbered = (2..).map(|number| format!("{first}{number}"));
    let mut names = std::iter::once(first.clone()).chain(numbered);
    let name = names.find(|name| !taken.contains(&(section.clone(), name.clone()))).unwrap_or_default();
    taken.insert((section.clone(), name.clone()));
    name
}
