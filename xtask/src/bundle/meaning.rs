//! Compares parts of several documents by their meaning: descriptions, titles, examples, and extensions of other tools
//! do not count. References are compared by their names and by what they lead to.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Map, Value};

use super::embed::{kind_of, sections};
use crate::document::Pointer;
use crate::document::fields::Fields as _;
use crate::document::fingerprint;
use crate::openapi::extensions::{DECODE, PAGINATION, RUST_TYPE, SCOPES};
use crate::openapi::shapes::{DISCRIMINATOR, Kind, OPERATION, SCHEMA, Shape};
use crate::openapi::walk::is_extension;

/// The extensions with a meaning for the client.
const WITH_MEANING: [&str; 4] = [DECODE, PAGINATION, RUST_TYPE, SCOPES];

/// Fields with texts for readers, and examples.
const WITHOUT_MEANING: [&str; 6] = ["description", "summary", "externalDocs", "example", "examples", "$comment"];

/// A component: its section and its name.
pub type Component = (String, String);

/// The meaning of a value, apart from the components that it refers to.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Meaning {
    bytes: Vec<u8>,
    /// The components that it refers to, in order.
    uses: Vec<Component>,
}

/// The components of several documents. Two of the same name have the same class if they have the same meaning.
#[derive(Debug, Default)]
pub struct Classes {
    classes: HashMap<(usize, Component), Class>,
}

/// The class of a component.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Class {
    /// Equal if the whole meaning is.
    pub whole: usize,
    /// Equal if the meaning is, apart from the components that it refers to.
    pub own: usize,
}

impl Classes {
    /// Compares the components of documents with each other.
    #[must_use]
    pub fn of(roots: &[Value]) -> Self {
        let mut components = Vec::new();
        let mut meanings = Vec::new();
        for (document, root) in roots.iter().enumerate() {
            for section in sections() {
                let Some(kind) = kind_of(section) else { continue };
                for (name, value) in root["components"][section].as_object().into_iter().flatten() {
                    components.push((document, (section.to_owned(), name.clone())));
                    meanings.push(Meaning::of(kind, value, document));
                }
            }
        }
        let indices: HashMap<_, _> = components.iter().enumerate().map(|(index, one)| (one.clone(), index)).collect();
        let uses: Vec<Vec<Option<usize>>> = components
            .iter()
            .zip(&meanings)
            .map(|((document, _), meaning)| {
                meaning.uses.iter().map(|used| indices.get(&(*document, used.clone())).copied()).collect()
            })
            .collect();
        let own = numbered(components.iter().zip(&meanings).map(|((_, name), meaning)| (name, &meaning.bytes)));
        let whole = refined(own.clone(), &uses);
        let classes = components.into_iter().zip(whole.into_iter().zip(own));
        Self { classes: classes.map(|(component, (whole, own))| (component, Class { whole, own })).collect() }
    }

    /// Returns the class of a component of a document.
    #[must_use]
    pub fn get(&self, document: usize, component: &Component) -> Option<Class> {
        self.classes.get(&(document, component.clone())).copied()
    }

    /// Returns whether two values, each with the number of its document, have the same meaning.
    #[must_use]
    pub fn are_same(&self, kind: Kind, one: (usize, &Value), other: (usize, &Value)) -> bool {
        let of = |(document, value): (usize, &Value)| {
            let meaning = Meaning::of(kind, value, document);
            let uses: Vec<_> = meaning.uses.iter().map(|used| self.get(document, used)).collect();
            (meaning, uses)
        };
        of(one) == of(other)
    }
}

/// Numbers values so that equal ones have the same number.
fn numbered<T: Ord>(values: impl Iterator<Item = T>) -> Vec<usize> {
    let mut known = BTreeMap::new();
    values
        .map(|value| {
            let next = known.len();
            *known.entry(value).or_insert(next)
        })
        .collect()
}

/// Divides classes until the members of each refer to members of the same classes. Components that refer to each other
/// in a circle stay together unless something in the circle differs. Only users of what was moved to another class are
/// looked at again, so that a long chain costs no more than its length.
fn refined(classes: Vec<usize>, uses: &[Vec<Option<usize>>]) -> Vec<usize> {
    let mut referring: Vec<Vec<usize>> = vec![Vec::new(); classes.len()];
    for (user, used) in uses.iter().enumerate() {
        for index in used.iter().flatten() {
            if let Some(known) = referring.get_mut(*index) {
                known.push(user);
            }
        }
    }
    let mut partition = Partition::of(classes);
    let mut open: Vec<usize> = (0..uses.len()).collect();
    while !open.is_empty() {
        let moved = partition.divide(&open, uses);
        open = moved.iter().filter_map(|index| referring.get(*index)).flatten().copied().collect();
        open.sort_unstable();
        open.dedup();
    }
    partition.classes
}

/// The classes that an element refers to.
type Signature = Vec<Option<usize>>;

/// The classes of elements. The elements of a class that are not open have the same signature.
struct Partition {
    classes: Vec<usize>,
    sizes: Vec<usize>,
    signatures: Vec<Signature>,
}

impl Partition {
    fn of(classes: Vec<usize>) -> Self {
        let count = classes.iter().max().map_or(0, |last| last + 1);
        let mut sizes = vec![0; count];
        for class in &classes {
            if let Some(size) = sizes.get_mut(*class) {
                *size += 1;
            }
        }
        Self { classes, sizes, signatures: vec![Signature::new(); count] }
    }

    /// Moves the open elements whose signature is not that of their class to new classes. Returns those that were moved.
    fn divide(&mut self, open: &[usize], uses: &[Vec<Option<usize>>]) -> Vec<usize> {
        let class_of = |index: &Option<usize>| index.and_then(|index| self.classes.get(index).copied());
        let signatures: Vec<Signature> =
            open.iter().map(|index| uses.get(*index).into_iter().flatten().map(class_of).collect()).collect();
        let mut members: BTreeMap<usize, Vec<(usize, Signature)>> = BTreeMap::new();
        for (index, signature) in open.iter().copied().zip(signatures) {
            members.entry(self.classes.get(index).copied().unwrap_or_default()).or_default().push((index, signature));
        }
        members.into_iter().flat_map(|(class, members)| self.divide_class(class, members)).collect()
    }

    fn divide_class(&mut self, class: usize, members: Vec<(usize, Signature)>) -> Vec<usize> {
        let (Some(size), Some(signature)) = (self.sizes.get(class), self.signatures.get_mut(class)) else {
            return Vec::new();
        };
        if *size == members.len()
            && let Some((_, first)) = members.first()
        {
            signature.clone_from(first);
        }
        let stays = signature.clone();
        let mut made: BTreeMap<Signature, usize> = BTreeMap::new();
        let mut moved = Vec::new();
        for (index, signature) in members.into_iter().filter(|(_, signature)| *signature != stays) {
            let new = *made.entry(signature.clone()).or_insert_with(|| {
                self.sizes.push(0);
                self.signatures.push(signature);
                self.sizes.len() - 1
            });
            for (class, change) in [(class, -1), (new, 1)] {
                if let Some(size) = self.sizes.get_mut(class) {
                    *size = size.saturating_add_signed(change);
                }
            }
            if let Some(class) = self.classes.get_mut(index) {
                *class = new;
            }
            moved.push(index);
        }
        moved
    }
}

impl Meaning {
    /// Returns the meaning of a value of this kind. References into other parts of a document than its components have a
    /// meaning in that document only.
    fn of(kind: Kind, value: &Value, document: usize) -> Self {
        let mut reader = Reader { meaning: Self::default(), document };
        reader.value(kind, value);
        reader.meaning
    }
}

struct Reader {
    meaning: Meaning,
    document: usize,
}

impl Reader {
    fn value(&mut self, kind: Kind, value: &Value) {
        match (kind, value) {
            (Kind::FlagOr(kind), value @ Value::Object(_)) => self.value(*kind, value),
            (Kind::List(kind), Value::Array(items)) => {
                self.length('a', items.len());
                for item in items {
                    self.value(*kind, item);
                }
            }
            (Kind::Map(kind), Value::Object(entries)) => {
                let entries: BTreeMap<_, _> = entries.iter().collect();
                self.length('m', entries.len());
                for (key, value) in entries {
                    self.text(key);
                    self.value(*kind, value);
                }
            }
            (Kind::Object(shape) | Kind::ObjectOrRef(shape), Value::Object(fields)) => {
                match fields.field("$ref").and_then(Value::as_str) {
                    Some(target) => self.reference(target),
                    None => self.object(shape, fields),
                }
            }
            (Kind::Number | Kind::Count, Value::Number(number)) => {
                self.text(&number.as_f64().map_or_else(|| number.to_string(), |number| number.to_string()));
            }
            (_, value) => fingerprint::write(value, &mut self.meaning.bytes),
        }
    }

    fn object(&mut self, shape: &'static Shape, fields: &Map<String, Value>) {
        let fields: BTreeMap<_, _> = fields.iter().filter(|(key, value)| has_meaning(shape, key, value)).collect();
        // A description beside a reference needs an `allOf` in OpenAPI 3.0.
        if let (Some(Value::Array(parts)), 1) = (fields.get(&"allOf".to_owned()), fields.len())
            && let [only] = &parts[..]
        {
            return self.value(Kind::ObjectOrRef(&SCHEMA), only);
        }
        self.length('o', fields.len());
        for (key, value) in fields {
            self.text(key);
            let kind = shape.field(key).map(|field| field.kind).or_else(|| Some(shape.others.as_ref()?.1));
            match (key.as_str(), value) {
                ("required" | "enum", Value::Array(items)) if std::ptr::eq(shape, &raw const SCHEMA) => self.set(items),
                ("mapping", Value::Object(mapping)) if std::ptr::eq(shape, &raw const DISCRIMINATOR) => {
                    self.mapping(mapping);
                }
                ("security", value) if std::ptr::eq(shape, &raw const OPERATION) => self.security(value),
                _ => self.value(kind.unwrap_or(Kind::Any), value),
            }
        }
    }

    /// Reads a list whose order has no meaning.
    fn set(&mut self, items: &[Value]) {
        let mut written: Vec<_> = items
            .iter()
            .map(|item| {
                let mut bytes = Vec::new();
                fingerprint::write(item, &mut bytes);
                bytes
            })
            .collect();
        written.sort_unstable();
        self.length('a', written.len());
        self.meaning.bytes.extend(written.concat());
    }

    fn mapping(&mut self, mapping: &Map<String, Value>) {
        let mapping: BTreeMap<_, _> = mapping.iter().collect();
        self.length('m', mapping.len());
        for (key, target) in mapping {
            self.text(key);
            let target = target.as_str().unwrap_or_default();
            match Pointer::from_reference(target) {
                Some(_) => self.reference(target),
                None => self.component("schemas", target),
            }
        }
    }

    /// Reads security requirements, whose keys are names of security schemes.
    fn security(&mut self, requirements: &Value) {
        let requirements = requirements.as_array().map_or(&[][..], Vec::as_slice);
        self.length('a', requirements.len());
        for requirement in requirements.iter().filter_map(Value::as_object) {
            let requirement: BTreeMap<_, _> = requirement.iter().collect();
            self.length('m', requirement.len());
            for (scheme, scopes) in requirement {
                self.component("securitySchemes", scheme);
                fingerprint::write(scopes, &mut self.meaning.bytes);
            }
        }
    }

    fn reference(&mut self, target: &str) {
        let segments: Vec<_> = Pointer::from_reference(target).iter().flat_map(Pointer::segments).collect();
        match &segments[..] {
            [first, section, name, rest @ ..] if first == "components" => {
                self.component(section, name);
                self.text(&rest.join("/"));
            }
            _ => {
                self.length('d', self.document);
                self.text(target);
            }
        }
    }

    fn component(&mut self, section: &str, name: &str) {
        self.length('r', 0);
        self.text(section);
        self.text(name);
        self.meaning.uses.push((section.to_owned(), name.to_owned()));
    }

    fn text(&mut self, text: &str) {
        self.length('t', text.len());
        self.meaning.bytes.extend_from_slice(text.as_bytes());
    }

    fn length(&mut self, kind: char, length: usize) {
        self.meaning.bytes.extend(kind.to_string().bytes());
        self.meaning.bytes.extend_from_slice(&(length as u64).to_le_bytes());
    }
}

/// Returns the security requirements of a document or an operation as a value whose meaning can be compared.
#[must_use]
pub fn security_of(value: &Value) -> Value {
    let requirements = value.get("security").cloned().unwrap_or_default();
    let is_empty = requirements.as_array().is_none_or(Vec::is_empty);
    if is_empty {
        Value::Object(Map::new())
    } else {
        Value::Object(Map::from_iter([("security".to_owned(), requirements)]))
    }
}

/// Returns whether a field of an object has a meaning for a client.
fn has_meaning(shape: &'static Shape, key: &str, value: &Value) -> bool {
    if is_extension(key) {
        return WITH_MEANING.contains(&key);
    }
    let Some(field) = shape.field(key) else { return true };
    let is_title = key == "title" && std::ptr::eq(shape, &raw const SCHEMA);
    let is_tags = key == "tags" && std::ptr::eq(shape, &raw const OPERATION);
    let is_default = match (field.kind, value) {
        (Kind::Flag, Value::Bool(flag)) => !flag && key != "explode",
        (_, Value::Array(items)) => items.is_empty() && ["required", "parameters"].contains(&key),
        (_, Value::Object(fields)) => fields.is_empty() && ["headers", "links"].contains(&key),
        _ => false,
    };
    !is_title && !is_tags && !is_default && !WITHOUT_MEANING.contains(&key)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn are_same(one: &Value, other: &Value) -> bool {
        let root = |schemas: &Value| json!({"components": {"schemas": schemas}});
        let classes = Classes::of(&[root(one), root(other)]);
        let component = ("schemas".to_owned(), "A".to_owned());
        classes.get(0, &component).unwrap().whole == classes.get(1, &component).unwrap().whole
    }

    #[test]
    fn texts_examples_order_and_defaults_have_no_meaning() {
        let one = json!({"A": {
            "type": "object", "title": "A", "required": ["a", "b"], "x-other": 1, "example": {"a": 1},
            "properties": {"a": {"type": "integer", "minimum": 1, "nullable": false}, "b": {"enum": ["x", "y"]}},
        }});
        let other = json!({"A": {
            "properties": {"b": {"enum": ["y", "x"]}, "a": {"type": "integer", "minimum": 1.0, "description": "d"}},
            "type": "object", "required": ["b", "a"],
        }});
        assert!(are_same(&one, &other));
        let reference = json!({"$ref": "#/components/schemas/B"});
        let described = json!({"description": "d", "allOf": [reference]});
        assert!(are_same(&json!({"A": reference, "B": {}}), &json!({"A": described, "B": {}})));
    }

    #[test]
    fn types_and_names_of_properties_have_a_meaning() {
        let one = json!({"A": {"properties": {"description": {"type": "string"}}}});
        for other in [
            json!({"A": {"properties": {}}}),
            json!({"A": {"properties": {"description": {"type": "integer"}}}}),
            json!({"A": {"properties": {"description": {"type": "string", "nullable": true}}}}),
            json!({"A": {"properties": {"description": {"type": "string", "x-rust-type": "a::B"}}}}),
            json!({"A": {"properties": {"description": {"type": "string"}}, "required": ["description"]}}),
        ] {
            assert!(!are_same(&one, &other), "{other}");
        }
    }

    #[test]
    fn a_long_chain_is_divided_in_the_time_of_its_length() {
        const LENGTH: usize = 20_000;
        let chain = |end: &str| {
            let link = |number: usize| {
                (number.to_string(), json!({"items": {"$ref": format!("#/components/schemas/{}", number + 1)}}))
            };
            let mut schemas: Map<String, Value> = (0..LENGTH).map(link).collect();
            schemas.insert(LENGTH.to_string(), json!({"type": end}));
            json!({"components": {"schemas": schemas}})
        };
        let classes = Classes::of(&[chain("string"), chain("integer"), chain("string")]);
        let class = |document: usize, number: usize| {
            classes.get(document, &("schemas".to_owned(), number.to_string())).unwrap().whole
        };
        for number in [0, 1, LENGTH / 2, LENGTH] {
            assert_eq!(class(0, number), class(2, number));
            assert_ne!(class(0, number), class(1, number));
        }
    }

    #[test]
    fn recursive_schemas_are_the_same_unless_a_part_of_the_circle_differs() {
        let with = |kind: &str| {
            json!({
                "A": {"properties": {"b": {"$ref": "#/components/schemas/B"}}},
                "B": {"properties": {"a": {"$ref": "#/components/schemas/A"}, "c": {"type": kind}}},
            })
        };
        assert!(are_same(&with("string"), &with("string")));
        assert!(!are_same(&with("string"), &with("integer")));
    }
}
