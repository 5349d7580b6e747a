//! Follows the references of a document to other files. Each part of a file that a reference leads to becomes a
//! component of the document, and the reference becomes a local one. A path item is copied to the place of its `$ref`.
//!
//! A reference that cannot be followed stays, with the reason; `validate` reports it.

use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::labels::component_name;
use super::links::{Link, visit};
use crate::document::fields::Fields as _;
use crate::document::parts::{Parts, Unfollowed};
use crate::document::{Document, Pointer, Source};
use crate::openapi::shapes::{DOCUMENT, Kind, PATH_ITEM, Shape};
use crate::openapi::trail::Trail;
use crate::openapi::walk::into_extension;
use crate::source::files::{Base, Files, Found};

/// The number of references that are followed in a chain; a longer chain is a circle.
const MOST_HOPS: usize = 64;

/// Makes the parts of other files that a document refers to a part of the document. Without a base, no file is read.
pub fn embed(document: &mut Document, base: Option<&Base>, files: &mut Files) {
    if !refers_to_files(&document.root) {
        return;
    }
    let mut embedder = Embedder {
        base,
        files,
        parts: Parts::default(),
        numbers: HashMap::new(),
        taken: HashSet::new(),
        last_numbers: HashMap::new(),
        known: HashMap::new(),
        waiting: VecDeque::new(),
        items: Vec::new(),
        in_extensions: Vec::new(),
    };
    embedder.document(&mut document.root);
    document.source.set_parts(embedder.parts);
}

/// Returns whether a value has a reference that does not begin with `#`.
fn refers_to_files(value: &Value) -> bool {
    let is_file = |value: &Value| value.as_str().is_some_and(|target| !target.starts_with('#'));
    match value {
        Value::Array(items) => items.iter().any(refers_to_files),
        Value::Object(fields) => fields.iter().any(|(key, value)| match (key.as_str(), value) {
            ("$ref", Value::String(target)) => !target.starts_with('#'),
            ("mapping", Value::Object(targets)) => {
                targets.values().any(|target| is_file(target) && is_path(target)) || refers_to_files(value)
            }
            (_, value) => refers_to_files(value),
        }),
        _ => false,
    }
}

/// Returns whether the value of a mapping may name a file; a name of a schema has no extension and no slash.
fn is_path(target: &Value) -> bool {
    target.as_str().is_some_and(|target| target.contains(['.', '/']))
}

/// A place in the document with a value that was written in another file, or in the document itself.
#[derive(Clone)]
struct Origin {
    /// The number of the file in `Files`.
    file: Option<usize>,
    /// The place of the value in the file.
    written: Pointer,
    /// The place of the value in the document.
    now: Pointer,
}

/// The end of a chain of references.
enum End {
    /// A place in the document.
    Here(Pointer),
    /// A place in a file.
    File(usize, Pointer),
}

/// A part of a file that becomes a component.
struct Part {
    file: usize,
    written: Pointer,
    shape: &'static Shape,
    section: &'static str,
    name: String,
}

struct Embedder<'f> {
    base: Option<&'f Base>,
    files: &'f mut Files,
    parts: Parts<Source>,
    /// The numbers of the files in `parts`, by their numbers in `files`.
    numbers: HashMap<usize, usize>,
    /// The names of components.
    taken: HashSet<(&'static str, String)>,
    /// The numbers behind the last names that were made of these.
    last_numbers: HashMap<(&'static str, String), usize>,
    /// The names of the parts that are components.
    known: HashMap<(usize, Pointer, &'static str), String>,
    /// The parts that have not been copied yet.
    waiting: VecDeque<Part>,
    /// The path items that are being copied.
    items: Vec<(usize, Pointer)>,
    /// Targets of references into extensions that have not been visited yet.
    in_extensions: Vec<(Pointer, &'static Shape)>,
}

impl Embedder<'_> {
    fn document(&mut self, root: &mut Value) {
        self.take_names(root);
        self.adopt_components(root);
        let origin = Origin { file: None, written: Pointer::root(), now: Pointer::root() };
        self.visit(Kind::Object(&DOCUMENT), &origin, root);
        let mut seen = BTreeSet::new();
        while let Some((pointer, shape)) = self.in_extensions.pop() {
            if seen.insert(pointer.clone())
                && let Some(value) = root.pointer_mut(pointer.as_str())
            {
                let origin = Origin { file: None, written: pointer.clone(), now: pointer };
                self.visit(Kind::ObjectOrRef(shape), &origin, value);
            }
        }
        while let Some(part) = self.waiting.pop_front() {
            self.copy(part, root);
        }
    }

    fn take_names(&mut self, root: &Value) {
        for section in sections() {
            let names = root["components"][section].as_object().into_iter().flatten();
            self.taken.extend(names.map(|(name, _)| (section, name.clone())));
        }
    }

    /// Finds the components that are only a reference to a file. Such a component is what it refers to, so that the
    /// type has its name. If several refer to the same part, it has the name that it has in its file, or else the first.
    fn adopt_components(&mut self, root: &Value) {
        for is_same_name in [true, false] {
            for section in sections() {
                for (name, value) in root["components"][section].as_object().into_iter().flatten() {
                    let Some(target) = only_reference(value).filter(|target| !target.starts_with('#')) else {
                        continue;
                    };
                    let Ok(Some(End::File(file, written))) = self.end(None, target) else { continue };
                    let Some(shape) = shape_of(section) else { continue };
                    if (self.name_in_file(file, &written) == *name) == is_same_name {
                        let part = Part { file, written, shape, section, name: name.clone() };
                        self.add(part);
                    }
                }
            }
        }
    }

    /// Adds a part that becomes a component, unless it is one. Returns its name.
    fn add(&mut self, part: Part) -> String {
        let key = (part.file, part.written.clone(), part.section);
        if let Some(name) = self.known.get(&key) {
            return name.clone();
        }
        let name = part.name.clone();
        self.known.insert(key, name.clone());
        self.waiting.push_back(part);
        name
    }

    /// Copies a part into the components of the document.
    fn copy(&mut self, part: Part, root: &mut Value) {
        let now = Pointer::root().keys(["components", part.section, &part.name]);
        let value = match self.values(part.file, &part.written) {
            Some(mut value) => {
                let number = self.number(part.file);
                self.parts.add(now.clone(), number, part.written.clone());
                let origin = Origin { file: Some(part.file), written: part.written, now };
                self.visit(Kind::ObjectOrRef(part.shape), &origin, &mut value);
                value
            }
            None => {
                let why = self.missing(part.file, &part.written);
                self.parts.add_unfollowed((None, now.key("$ref")), why);
                let name = self.files.get(part.file).map_or("", |file| &file.source.name);
                json!({"$ref": format!("{name}{}", part.written.to_reference())})
            }
        };
        let components = object_in(root, "components");
        if let Some(section) = components.and_then(|components| object_in(components, part.section)) {
            section[&part.name] = value;
        }
    }

    /// Returns a copy of a value of a file; `None` if too many values were copied before.
    fn values(&mut self, file: usize, at: &Pointer) -> Option<Value> {
        if self.files.is_exhausted() {
            return None;
        }
        let value = at.lookup(&self.files.get(file)?.root)?.clone();
        self.files.take_values(size(&value)).then_some(value)
    }

    /// Visits the links in a value.
    fn visit(&mut self, kind: Kind, origin: &Origin, value: &mut Value) {
        visit(kind, &Trail::root(), value, &mut |link, at| match link {
            Link::Reference(shape, fields) => self.reference(shape, fields, origin, &at.pointer()),
            Link::PathItem(fields) => self.path_item(fields, origin, &at.pointer()),
            Link::Mapping(target) => self.mapping(target, origin),
            Link::Requirement(_) => {}
        });
    }

    /// Follows the `$ref` of an object.
    fn reference(&mut self, shape: &'static Shape, fields: &mut Map<String, Value>, origin: &Origin, at: &Pointer) {
        if origin.file.is_none() {
            self.in_extensions.extend(into_extension(shape, fields));
        }
        let Some(target) = fields.field("$ref").and_then(Value::as_str).map(str::to_owned) else { return };
        match self.local(shape, origin.file, &target) {
            Ok(None) => {}
            Ok(Some(local)) => fields["$ref"] = local.into(),
            Err(why) => fields["$ref"] = self.unfollowed(origin, at, target, why).into(),
        }
    }

    /// Follows a reference, and returns the local one that replaces it; `None` if it is local already.
    fn local(
        &mut self,
        shape: &'static Shape,
        from: Option<usize>,
        target: &str,
    ) -> Result<Option<String>, Unfollowed> {
        let Some(section) = shape.section else { return Ok(None) };
        match self.end(from, target)? {
            None => Ok(None),
            Some(End::Here(pointer)) => Ok(Some(pointer.to_reference())),
            Some(End::File(file, written)) => {
                let known = self.known.get(&(file, written.clone(), section)).cloned();
                let name = known.unwrap_or_else(|| {
                    let name = self.unique_name(section, file, &written);
                    self.add(Part { file, written, shape, section, name })
                });
                Ok(Some(Pointer::root().keys(["components", section, &name]).to_reference()))
            }
        }
    }

    /// Records why a reference stays. Returns its text, with the file that it is in if it is local there.
    fn unfollowed(&mut self, origin: &Origin, at: &Pointer, target: String, why: Unfollowed) -> String {
        let number = origin.file.map(|file| self.number(file));
        self.parts.add_unfollowed((number, origin.written.join(at).key("$ref")), why);
        match origin.file.and_then(|file| self.files.get(file)) {
            Some(file) if target.starts_with('#') => format!("{}{target}", file.source.name),
            _ => target,
        }
    }

    /// Copies the path item that a `$ref` leads to into its place. The fields beside the `$ref` stay.
    fn path_item(&mut self, fields: &mut Map<String, Value>, origin: &Origin, at: &Pointer) {
        let Some(target) = fields.field("$ref").and_then(Value::as_str).map(str::to_owned) else { return };
        let why = match self.target(origin.file, &target) {
            Ok(None) => return,
            Ok(Some(End::Here(pointer))) => {
                fields["$ref"] = pointer.to_reference().into();
                return;
            }
            Ok(Some(End::File(file, written))) => {
                let origin = Origin { file: Some(file), written, now: origin.now.join(at) };
                match self.copy_item(fields, &origin) {
                    Ok(()) => return,
                    Err(why) => why,
                }
            }
            Err(why) => why,
        };
        fields["$ref"] = self.unfollowed(origin, at, target, why).into();
    }

    fn copy_item(&mut self, fields: &mut Map<String, Value>, origin: &Origin) -> Result<(), Unfollowed> {
        let Some(file) = origin.file else { return Ok(()) };
        let item = (file, origin.written.clone());
        if self.items.contains(&item) || self.items.len() >= MOST_HOPS {
            return Err(circular());
        }
        let mut value = self.values(file, &origin.written).ok_or_else(|| self.missing(file, &origin.written))?;
        self.items.push(item);
        let number = self.number(file);
        fields.shift_remove("$ref");
        let is_alone = fields.is_empty();
        if is_alone {
            self.parts.add(origin.now.clone(), number, origin.written.clone());
        }
        self.visit(Kind::Object(&PATH_ITEM), origin, &mut value);
        self.items.pop();
        let Value::Object(copied) = value else { return Err(self.missing(file, &origin.written)) };
        for (key, value) in copied {
            if !fields.has(&key) {
                if !is_alone {
                    self.parts.add(origin.now.key(&key), number, origin.written.key(&key));
                }
                fields.insert(key, value);
            }
        }
        Ok(())
    }

    /// Follows the value of a discriminator's mapping. One that leads nowhere stays.
    fn mapping(&mut self, target: &mut String, origin: &Origin) {
        let Some(schema) = shape_of("schemas") else { return };
        let is_name = !target.contains(['.', '/', '#']);
        let text = match (is_name, origin.file) {
            (true, None) => return,
            (true, Some(_)) => Pointer::root().keys(["components", "schemas", target]).to_reference(),
            (false, _) => target.clone(),
        };
        if let Ok(Some(local)) = self.local(schema, origin.file, &text) {
            *target = local;
        }
    }

    /// Follows a reference through all files that only refer to another. `None` means a place in the document itself
    /// that the reference already names.
    fn end(&mut self, from: Option<usize>, target: &str) -> Result<Option<End>, Unfollowed> {
        let (mut from, mut target) = (from, target.to_owned());
        for hop in 0..MOST_HOPS {
            let found = self.target(from, &target).map_err(|why| self.in_file(from, hop, why))?;
            let Some(End::File(file, written)) = found else { return Ok(found) };
            let next = self.files.get(file).and_then(|found| only_reference(written.lookup(&found.root)?));
            match next {
                Some(next) => (from, target) = (Some(file), next.to_owned()),
                None => return Ok(Some(End::File(file, written))),
            }
        }
        Err(circular())
    }

    /// Names the file of a reference that is not the first of a chain.
    fn in_file(&self, file: Option<usize>, hop: usize, why: Unfollowed) -> Unfollowed {
        match file.and_then(|file| self.files.get(file)).filter(|_| hop > 0) {
            Some(file) => Unfollowed { message: format!("in {}: {}", file.source.name, why.message), ..why },
            None => why,
        }
    }

    /// Returns the place that a reference names. `None` means a place in the document that the reference already names.
    fn target(&mut self, from: Option<usize>, target: &str) -> Result<Option<End>, Unfollowed> {
        let (path, fragment) = target.split_once('#').unwrap_or((target, ""));
        let file = match (from, path.is_empty()) {
            (None, true) => return Ok(None),
            (Some(file), true) => Found::File(file),
            (from, false) => {
                let base = self.base.ok_or_else(no_base)?;
                self.files.open(base, from, path)?
            }
        };
        let pointer = Pointer::from_reference(&format!("#{fragment}")).ok_or_else(|| Unfollowed {
            message: format!("`#{fragment}` is not a JSON pointer, and anchors are not followed"),
            help: "write the pointer to what has the anchor, such as `FILE#/components/schemas/NAME`".to_owned(),
            is_in_file: true,
        })?;
        let Found::File(file) = file else { return Ok(Some(End::Here(pointer))) };
        let is_there = self.files.get(file).is_some_and(|found| pointer.lookup(&found.root).is_some());
        if is_there { Ok(Some(End::File(file, pointer))) } else { Err(self.missing(file, &pointer)) }
    }

    /// Returns the reason for a place that a file does not have, or that cannot be copied.
    fn missing(&self, file: usize, pointer: &Pointer) -> Unfollowed {
        let Some(found) = self.files.get(file) else { return circular() };
        let name = &found.source.name;
        match pointer.lookup(&found.root) {
            None => Unfollowed {
                message: format!("{name} has nothing at `{}`", pointer.to_reference()),
                help: format!("write the pointer to a value of {name}"),
                is_in_file: true,
            },
            Some(value) if value.is_object() => Unfollowed {
                message: "the references lead to too many values".to_owned(),
                help: "refer to a part once, as a component, and to that component elsewhere".to_owned(),
                is_in_file: true,
            },
            Some(_) => Unfollowed {
                message: format!("{name} has no object at `{}`", pointer.to_reference()),
                help: format!("write the pointer to an object of {name}"),
                is_in_file: true,
            },
        }
    }

    /// Returns the number of a file in the parts of the document.
    fn number(&mut self, file: usize) -> usize {
        if let Some(number) = self.numbers.get(&file) {
            return *number;
        }
        let source = self.files.get(file).map(|found| Arc::clone(&found.source));
        let number = self.parts.add_file(source.unwrap_or_else(|| Arc::new(Source::new("", ""))));
        self.numbers.insert(file, number);
        number
    }

    /// Returns the name of a part in its file: its last key, or the name of the file for a whole file.
    fn name_in_file(&self, file: usize, written: &Pointer) -> String {
        written.last().unwrap_or_else(|| self.stem(file))
    }

    fn stem(&self, file: usize) -> String {
        let stem = self.files.get(file).and_then(|found| found.path.file_stem());
        stem.map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
    }

    /// Returns a name for a component that no other component has.
    fn unique_name(&mut self, section: &'static str, file: usize, written: &Pointer) -> String {
        let own = component_name(&self.name_in_file(file, written));
        let with_file = component_name(&format!("{}_{own}", self.stem(file)));
        let number = self.last_numbers.entry((section, with_file.clone())).or_insert(1);
        let mut name = own;
        if self.taken.contains(&(section, name.clone())) {
            name.clone_from(&with_file);
        }
        while self.taken.contains(&(section, name.clone())) {
            *number += 1;
            name = format!("{with_file}{number}");
        }
        self.taken.insert((section, name.clone()));
        name
    }
}

fn circular() -> Unfollowed {
    Unfollowed {
        message: "it leads back to itself".to_owned(),
        help: "break the circle: write what it stands for in one of the files".to_owned(),
        is_in_file: true,
    }
}

fn no_base() -> Unfollowed {
    Unfollowed {
        message: "a document that is not a file refers to no other file".to_owned(),
        help: "compare files of two folders, such as those of `git worktree add DIR REVISION`".to_owned(),
        is_in_file: false,
    }
}

/// Returns the text of a `$ref` that is the only field of an object.
fn only_reference(value: &Value) -> Option<&str> {
    let fields = value.as_object().filter(|fields| fields.len() == 1)?;
    fields.field("$ref")?.as_str()
}

/// Returns the sections of `components` that have a shape.
pub(super) fn sections() -> impl Iterator<Item = &'static str> {
    let components = DOCUMENT.field("components").and_then(|field| field.kind.shape());
    components.into_iter().flat_map(|shape| shape.fields).map(|field| field.name)
}

/// Returns the kind of the entries of a section of `components`.
pub(super) fn kind_of(section: &str) -> Option<Kind> {
    match DOCUMENT.field("components")?.kind.shape()?.field(section)?.kind {
        Kind::Map(kind) => Some(*kind),
        _ => None,
    }
}

/// Returns the shape of the entries of a section of `components` that references lead to.
fn shape_of(section: &str) -> Option<&'static Shape> {
    kind_of(section)?.shape().filter(|shape| shape.section.is_some())
}

/// Returns the object under a key. It is made if there is none; a value that is no object stays, and is reported later.
fn object_in<'v>(value: &'v mut Value, key: &str) -> Option<&'v mut Value> {
    let fields = value.as_object_mut()?;
    let entry = fields.entry(key).or_insert_with(|| json!({}));
    if entry.is_null() || entry.as_array().is_some_and(Vec::is_empty) {
        *entry = json!({});
    }
    Some(entry).filter(|entry| entry.is_object())
}

/// Returns the number of values in a value.
fn size(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(size).sum(),
        Value::Object(fields) => fields.values().map(size).sum::<usize>(),
        _ => 0,
    }
}
