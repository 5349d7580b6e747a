//! Compares the operations of a page with those of a contract: parameters, bodies, statuses and credentials.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::difference::Difference;
use super::places::{Placed, target};
use super::schemas::{Here, Page, Schemas, Subject};
use crate::document::Pointer;
use crate::openapi::deviation::Aspect;
use crate::openapi::examples;
use crate::openapi::method::Method;
use crate::openapi::template::without_names;

/// What a comparison found.
pub struct Found {
    /// The differences.
    pub differences: Vec<Difference>,
    /// The places of the contract that were compared.
    pub compared: BTreeSet<Pointer>,
}

/// Compares the operations of the page, by method and path. The names of parameters in a path do not matter.
pub fn compare(page: &Value, contract: &Value) -> Found {
    let mut schemas = Schemas::new(page, contract);
    let known = operations(contract);
    for (request, of_page) in operations(page) {
        match known.get(&request) {
            Some(of_contract) => Pair::new(&of_page, of_contract).compare(&mut schemas),
            None => {
                let (at, covered_at) = (Pointer::root().key("paths"), BTreeSet::from([Pointer::root()]));
                let subject = Subject { part: &of_page.name, path: "" };
                let here = Here { subject, page_at: &of_page.at, contract_at: &at, covered_at: &covered_at };
                schemas.add(Aspect::New, here, "the page has the operation, and the contract does not".to_owned());
            }
        }
    }
    Found { differences: schemas.found, compared: schemas.compared }
}

/// An operation of a document.
struct Operation<'d> {
    root: &'d Value,
    /// Its method and path.
    name: String,
    at: Pointer,
    value: &'d Value,
    /// The parameters of its path.
    shared: Vec<Placed<'d>>,
}

/// Returns the operations of a document by their methods and paths, without the names of parameters.
fn operations(root: &Value) -> BTreeMap<String, Operation<'_>> {
    let mut found = BTreeMap::new();
    let at = Pointer::root().key("paths");
    for (path, item) in root.get("paths").and_then(Value::as_object).into_iter().flatten() {
        let Some(((at, item), _)) = target(root, (at.key(path), item)) else { continue };
        for method in Method::ALL {
            let Some(value) = item.get(method.key()) else { continue };
            let name = format!("{} {path}", method.as_str());
            let operation = Operation {
                root,
                name: name.clone(),
                at: at.key(method.key()),
                value,
                shared: listed(&at.key("parameters"), item.get("parameters")),
            };
            let request = without_names(&name).unwrap_or(name);
            found.insert(request.trim_end_matches('/').to_owned(), operation);
        }
    }
    found
}

fn listed<'d>(at: &Pointer, list: Option<&'d Value>) -> Vec<Placed<'d>> {
    let items = list.and_then(Value::as_array).into_iter().flatten();
    items.enumerate().map(|(index, item)| (at.index(index), item)).collect()
}

/// A part of an operation with a name of its own: the value behind its references, and all places on the way.
struct Part<'d> {
    value: Placed<'d>,
    places: BTreeSet<Pointer>,
}

impl<'d> Operation<'d> {
    fn part(&self, placed: Placed<'d>) -> Option<Part<'d>> {
        target(self.root, placed).map(|(value, places)| Part { value, places })
    }

    /// Returns the parameters by their places in the request. Those of the operation replace those of the path.
    fn parameters(&self) -> BTreeMap<(String, String), Part<'d>> {
        let own = listed(&self.at.key("parameters"), self.value.get("parameters"));
        let parts = self.shared.iter().cloned().chain(own).filter_map(|placed| self.part(placed));
        let named = parts.filter_map(|part| {
            let word = |key: &str| Some(part.value.1.get(key)?.as_str()?.to_owned());
            let (location, name) = (word("in")?, word("name")?);
            // The names of headers do not have case.
            let name = if location == "header" { name.to_lowercase() } else { name };
            Some(((location, name), part))
        });
        named.collect()
    }

    fn responses(&self) -> BTreeMap<String, Part<'d>> {
        let at = self.at.key("responses");
        let written = self.value.get("responses").and_then(Value::as_object).into_iter().flatten();
        let written = written.filter(|(status, _)| !status.starts_with("x-"));
        written.filter_map(|(status, value)| Some((status.clone(), self.part((at.key(status), value))?))).collect()
    }

    fn body(&self) -> Option<Part<'d>> {
        self.value.get("requestBody").and_then(|body| self.part((self.at.key("requestBody"), body)))
    }

    /// Returns the alternatives of credentials, each by what its schemes are. Their names do not matter.
    fn credentials(&self) -> BTreeSet<BTreeSet<String>> {
        let security = self.value.get("security").or_else(|| self.root.get("security"));
        let alternatives = security.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object);
        alternatives.map(|schemes| schemes.keys().map(|name| self.scheme(name)).collect()).collect()
    }

    fn scheme(&self, name: &str) -> String {
        let at = Pointer::root().keys(["components", "securitySchemes", name]);
        let scheme = at.lookup(self.root).and_then(|scheme| target(self.root, (at.clone(), scheme)));
        let word = |key: &str| {
            let ((_, scheme), _) = scheme.as_ref()?;
            scheme.get(key)?.as_str().map(str::to_lowercase)
        };
        let words = ["type", "scheme", "in", "name"].into_iter().filter_map(word);
        let words: Vec<_> = words.collect();
        if words.is_empty() { name.to_owned() } else { words.join(" ") }
    }
}

/// An operation of the page and the same one of the contract.
struct Pair<'p, 'd> {
    page: &'p Operation<'d>,
    contract: &'p Operation<'d>,
}

impl<'p, 'd> Pair<'p, 'd> {
    fn new(page: &'p Operation<'d>, contract: &'p Operation<'d>) -> Self {
        Self { page, contract }
    }

    fn compare(&self, schemas: &mut Schemas<'d>) {
        schemas.compared.insert(self.contract.at.clone());
        self.credentials(schemas);
        self.parameters(schemas);
        self.bodies(schemas);
        self.responses(schemas);
    }

    /// Adds a difference about a part that only one of the two has.
    fn add_missing(&self, schemas: &mut Schemas<'d>, part: &str, aspect: Aspect, lone: &Part<'d>) {
        let subject = Subject { part, path: "" };
        let own = BTreeSet::from([self.contract.at.clone()]);
        if aspect == Aspect::New {
            let at = &lone.value.0;
            let here = Here { subject, page_at: at, contract_at: &self.contract.at, covered_at: &own };
            schemas.add(aspect, here, "the page has it, and the contract does not".to_owned());
        } else {
            schemas.compared.extend(lone.places.iter().cloned());
            let at = lone.places.first().unwrap_or(&self.contract.at);
            let here = Here { subject, page_at: &self.page.at, contract_at: at, covered_at: &lone.places };
            schemas.add(aspect, here, "the contract has it, and the page does not".to_owned());
        }
    }

    fn credentials(&self, schemas: &mut Schemas<'d>) {
        let (of_page, of_contract) = (self.page.credentials(), self.contract.credentials());
        if of_page != of_contract {
            let words = |credentials: BTreeSet<BTreeSet<String>>| {
                let words = credentials.into_iter().map(|all| all.into_iter().collect::<Vec<_>>().join(" and "));
                let words: Vec<_> = words.map(|all| if all.is_empty() { "nothing".to_owned() } else { all }).collect();
                if words.is_empty() { "no credentials".to_owned() } else { words.join(", or ") }
            };
            let covered_at = BTreeSet::from([self.contract.at.clone(), Pointer::root()]);
            let part = format!("the credentials of {}", self.contract.name);
            let here = Here {
                subject: Subject { part: &part, path: "" },
                page_at: &self.page.at,
                contract_at: &self.contract.at,
                covered_at: &covered_at,
            };
            let message = format!("the page asks for {}, and the contract for {}", words(of_page), words(of_contract));
            schemas.add(Aspect::Security, here, message);
        }
    }

    fn parameters(&self, schemas: &mut Schemas<'d>) {
        let (of_page, of_contract) = (self.page.parameters(), self.contract.parameters());
        let name = |(location, name): &(String, String)| {
            format!("the {location} parameter `{name}` of {}", self.contract.name)
        };
        // The names of path parameters do not matter: they are compared in their order.
        let is_path = |(location, _): &&(String, String)| location == "path";
        let paths = of_page.keys().filter(is_path).zip(of_contract.keys().filter(is_path));
        let paths: BTreeMap<_, _> = paths.map(|(page, contract)| (contract, page)).collect();
        for (key, contract) in &of_contract {
            match of_page.get(*paths.get(key).unwrap_or(&key)) {
                Some(page) => self.parameter(schemas, &name(key), page, contract),
                None => self.add_missing(schemas, &name(key), Aspect::Absent, contract),
            }
        }
        let is_new =
            |key: &&(String, String)| !of_contract.contains_key(*key) && !paths.values().any(|known| known == key);
        for key in of_page.keys().filter(is_new) {
            self.add_missing(schemas, &name(key), Aspect::New, &of_page[key]);
        }
    }

    fn parameter(&self, schemas: &mut Schemas<'d>, part: &str, page: &Part<'d>, contract: &Part<'d>) {
        presence(schemas, part, page, contract);
        let (of_page, of_contract) = (page_content(self.page.root, page), content(contract));
        schemas.compare(Subject { part, path: "" }, &of_page, &of_contract, &contract.places);
    }

    fn bodies(&self, schemas: &mut Schemas<'d>) {
        let part = format!("the request of {}", self.contract.name);
        match (self.page.body(), self.contract.body()) {
            (Some(page), Some(contract)) => self.parameter(schemas, &part, &page, &contract),
            (Some(page), None) => self.add_missing(schemas, &part, Aspect::New, &page),
            (None, Some(contract)) => self.add_missing(schemas, &part, Aspect::Absent, &contract),
            (None, None) => {}
        }
    }

    fn responses(&self, schemas: &mut Schemas<'d>) {
        let (of_page, of_contract) = (self.page.responses(), self.contract.responses());
        let name = |status: &str| format!("the response {status} of {}", self.contract.name);
        for (status, contract) in &of_contract {
            let part = name(status);
            match of_page.get(status) {
                None => self.add_missing(schemas, &part, Aspect::Absent, contract),
                Some(page) => {
                    schemas.compared.extend(contract.places.iter().cloned());
                    let (of_page, of_contract) = (page_content(self.page.root, page), content(contract));
                    schemas.compare(Subject { part: &part, path: "" }, &of_page, &of_contract, &contract.places);
                }
            }
        }
        for (status, page) in of_page.iter().filter(|(status, _)| !of_contract.contains_key(*status)) {
            self.add_missing(schemas, &name(status), Aspect::New, page);
        }
    }
}

/// Compares whether a parameter or a body is required.
fn presence(schemas: &mut Schemas<'_>, part: &str, page: &Part<'_>, contract: &Part<'_>) {
    let is_required = |part: &Part<'_>| part.value.1.get("required") == Some(&Value::Bool(true));
    schemas.compared.extend(contract.places.iter().cloned());
    if is_required(page) != is_required(contract) {
        let here = Here {
            subject: Subject { part, path: "" },
            page_at: &page.value.0,
            contract_at: &contract.value.0,
            covered_at: &contract.places,
        };
        schemas.required_by(here, is_required(page));
    }
}

/// Returns what has the schema of a part: its first media type with JSON, or any, or the part itself.
fn holder<'d>(part: &Part<'d>) -> Placed<'d> {
    let (at, value) = &part.value;
    let Some(content) = value.get("content").and_then(Value::as_object) else { return (at.clone(), value) };
    let json = content.iter().find(|(name, _)| examples::is_held(name));
    match json.or_else(|| content.iter().next()) {
        Some((name, media)) => (at.keys(["content", name]), media),
        None => (at.clone(), value),
    }
}

/// Returns the schema and the examples of a parameter, a body or a response of the page.
fn page_content<'d>(root: &'d Value, part: &Part<'d>) -> Page<'d> {
    let (at, value) = holder(part);
    let Some(fields) = value.as_object() else { return Page::default() };
    Page { schemas: content(part), samples: samples(root, fields, &at) }
}

/// Returns the schema of a part.
fn content<'d>(part: &Part<'d>) -> Vec<Placed<'d>> {
    let (at, value) = holder(part);
    value.get("schema").map(|schema| (at.key("schema"), schema)).into_iter().collect()
}

/// Returns the examples of a parameter or a media type.
fn samples<'d>(root: &'d Value, fields: &'d Map<String, Value>, at: &Pointer) -> Vec<Placed<'d>> {
    let of_holder = examples::of_holder(root, fields, at);
    // Examples that are written as text are not compared.
    of_holder.into_iter().filter_map(|example| example.at.lookup(root).map(|value| (example.at, value))).collect()
}
