//! Compares the schemas and the examples of one body or parameter, value by value.

use std::collections::BTreeSet;

use serde_json::Value;

use super::difference::Difference;
use super::places::Placed;
use super::shape::{Property, Shape, kind_of};
use crate::document::Pointer;
use crate::openapi::deviation::Aspect;

/// A comparison of the values of a page with those of a contract.
pub struct Schemas<'d> {
    /// The page.
    pub page: &'d Value,
    /// The contract.
    pub contract: &'d Value,
    /// The differences.
    pub found: Vec<Difference>,
    /// The places of the contract that were compared.
    pub compared: BTreeSet<Pointer>,
    /// The pairs of schemas that were compared in this part, by their first places.
    seen: BTreeSet<(Option<Pointer>, Pointer)>,
}

/// What is compared: a value, as a reader names it.
#[derive(Clone, Copy)]
pub struct Subject<'s> {
    /// The request or the response that has the value.
    pub part: &'s str,
    /// The path to the value in it; empty for the whole.
    pub path: &'s str,
}

impl Subject<'_> {
    /// Names the value.
    pub fn name(&self) -> String {
        if self.path.is_empty() { self.part.to_owned() } else { format!("`{}` in {}", self.path, self.part) }
    }
}

/// What is compared, and its places.
#[derive(Clone, Copy)]
pub struct Here<'h> {
    /// What is compared.
    pub subject: Subject<'h>,
    /// Its place in the page.
    pub page_at: &'h Pointer,
    /// Its place in the contract.
    pub contract_at: &'h Pointer,
    /// The places of the contract at which a deviation may cover a difference.
    pub covered_at: &'h BTreeSet<Pointer>,
}

/// What a page has at one place: the schemas, and the values in its examples.
#[derive(Clone, Debug, Default)]
pub struct Page<'d> {
    /// The schemas. None where the page does not describe the value.
    pub schemas: Vec<Placed<'d>>,
    /// The values.
    pub samples: Vec<Placed<'d>>,
}

impl<'d> Page<'d> {
    /// Returns the place of the first schema, or else of the first value.
    fn at(&self) -> Option<&Pointer> {
        self.schemas.iter().chain(&self.samples).map(|(at, _)| at).next()
    }

    /// Returns the values of a property.
    fn members(&self, name: &str) -> Vec<Placed<'d>> {
        let member = |(at, sample): &Placed<'d>| sample.get(name).map(|value| (at.key(name), value));
        self.samples.iter().filter_map(member).collect()
    }

    /// Returns the items of its lists.
    fn items(&self) -> Vec<Placed<'d>> {
        let lists = self.samples.iter().filter_map(|(at, sample)| Some((at, sample.as_array()?)));
        lists.flat_map(|(at, items)| items.iter().enumerate().map(|(index, item)| (at.index(index), item))).collect()
    }

    /// Returns the values of the properties of its objects that have none of these names.
    fn others(&self, names: &Shape<'_>) -> Vec<Placed<'d>> {
        let objects = self.samples.iter().filter_map(|(at, sample)| Some((at, sample.as_object()?)));
        let members = objects.flat_map(|(at, members)| members.iter().map(|(key, value)| (at.key(key), key, value)));
        members
            .filter(|(_, key, _)| !names.properties.contains_key(key.as_str()))
            .map(|(at, _, value)| (at, value))
            .collect()
    }
}

impl<'d> Schemas<'d> {
    /// Creates an empty comparison.
    pub fn new(page: &'d Value, contract: &'d Value) -> Self {
        Self { page, contract, found: Vec::new(), compared: BTreeSet::new(), seen: BTreeSet::new() }
    }

    /// Compares what a page has with the schemas of the contract. A pair of schemas is compared once in each part: the first
    /// path to it stands for all, except where an example has values at others. A deviation at one of `holders` may cover a
    /// difference too.
    pub fn compare(
        &mut self,
        subject: Subject<'_>,
        page: &Page<'d>,
        contract: &[Placed<'d>],
        holders: &BTreeSet<Pointer>,
    ) {
        let (Some(page_at), Some(contract_at)) = (page.at(), first(contract)) else { return };
        if subject.path.is_empty() {
            self.seen.clear();
        }
        let is_new = self.seen.insert((first(&page.schemas), contract_at.clone()));
        if !is_new && page.samples.is_empty() {
            return;
        }
        let described = Shape::of(self.page, &page.schemas);
        let shape = Shape::of(self.contract, contract);
        let covered_at: BTreeSet<_> = shape.places.union(holders).cloned().collect();
        let here = Here { subject, page_at, contract_at: &contract_at, covered_at: &covered_at };
        if !page.schemas.is_empty() {
            self.compared.extend(covered_at.iter().cloned());
            self.kinds(here, &described, &shape);
        }
        self.samples(here, page, &described, &shape);
        self.properties(here, page, &described, &shape);
        self.parts(here, page, &described, &shape);
    }

    fn kinds(&mut self, here: Here<'_>, page: &Shape<'_>, contract: &Shape<'_>) {
        if page.all_kinds() != contract.all_kinds() {
            let message = format!("the page has {}, and the contract has {}", words(page), words(contract));
            self.add_with(Aspect::Type, format!("type {}", words(page)), here, message);
        }
        if page.nullable != contract.nullable && page.kinds.is_some() && contract.kinds.is_some() {
            let (with, without) = if page.nullable { ("page", "contract") } else { ("contract", "page") };
            self.add(Aspect::Nullable, here, format!("the {with} has null as a value, and the {without} does not"));
        }
        if page.values != contract.values {
            let values = |shape: &Shape<'_>| match &shape.values {
                Some(values) => values.iter().cloned().collect::<Vec<_>>().join(", "),
                None => "no values".to_owned(),
            };
            let message = format!("the page lists {}, and the contract lists {}", values(page), values(contract));
            self.add(Aspect::Values, here, message);
        }
    }

    /// Compares the values of examples with the contract: their kinds, and the properties that they do not have. A kind
    /// that the page describes too is another difference already.
    fn samples(&mut self, here: Here<'_>, page: &Page<'d>, described: &Shape<'d>, contract: &Shape<'d>) {
        let mut seen = BTreeSet::new();
        for (at, sample) in &page.samples {
            let kind = kind_of(sample);
            let is_described = !page.schemas.is_empty() && described.takes(kind);
            if !contract.takes(kind) && !is_described && seen.insert(kind) {
                let message = format!("an example of the page has {kind}, and the contract has {}", words(contract));
                self.add(Aspect::Example, Here { page_at: at, ..here }, message);
            }
            let Some(members) = sample.as_object() else { continue };
            for (name, property) in contract.properties.iter().filter(|(_, property)| property.required) {
                let is_described = described.properties.get(name).is_some_and(|property| !property.required);
                if !members.contains_key(*name) && !is_described && seen.insert(name) {
                    self.missing(Here { page_at: at, ..here }, name, property);
                }
            }
        }
    }

    /// Reports an example without a property that the contract requires.
    fn missing(&mut self, here: Here<'_>, name: &str, property: &Property<'d>) {
        let (path, shape) = (joined(here.subject.path, name), Shape::of(self.contract, &property.schemas));
        let here = Here { subject: Subject { path: &path, ..here.subject }, covered_at: &shape.places, ..here };
        let message = "an example of the page does not have it, and the contract requires it".to_owned();
        self.add(Aspect::Example, here, message);
    }

    fn properties(&mut self, here: Here<'_>, page: &Page<'d>, described: &Shape<'d>, contract: &Shape<'d>) {
        for (name, of_contract) in &contract.properties {
            let path = joined(here.subject.path, name);
            let subject = Subject { path: &path, ..here.subject };
            let of_page = described.properties.get(name);
            let schemas = of_page.map(|property| property.schemas.clone()).unwrap_or_default();
            let inner = Page { schemas, samples: page.members(name) };
            match of_page {
                Some(of_page) => self.required(subject, here, of_page, of_contract),
                None if page.schemas.is_empty()
                    || !described.takes("object")
                    || (described.properties.is_empty() && !inner.samples.is_empty()) => {}
                None => self.absent(subject, here, of_contract),
            }
            self.compare(subject, &inner, &of_contract.schemas, &BTreeSet::new());
        }
        self.new_properties(here, page, described, contract);
    }

    /// Reports a property of the contract that the page does not describe.
    fn absent(&mut self, subject: Subject<'_>, outer: Here<'_>, contract: &Property<'d>) {
        let at = first(&contract.schemas).unwrap_or_else(|| outer.contract_at.clone());
        let covered_at = Shape::of(self.contract, &contract.schemas).places;
        // The schemas behind it are shared, and may be compared elsewhere.
        self.compared.insert(at.clone());
        let here = Here { subject, contract_at: &at, covered_at: &covered_at, ..outer };
        self.add(Aspect::Absent, here, "the contract has it, and the page does not describe it".to_owned());
    }

    /// Reports the properties that the page describes, or shows, and the contract does not have.
    fn new_properties(&mut self, here: Here<'_>, page: &Page<'d>, described: &Shape<'d>, contract: &Shape<'d>) {
        let is_known = |name: &str| contract.properties.contains_key(name);
        for (name, property) in described.properties.iter().filter(|(name, _)| !is_known(name)) {
            let path = joined(here.subject.path, name);
            let page_at = first(&property.schemas).unwrap_or_else(|| here.page_at.clone());
            let here = Here { subject: Subject { path: &path, ..here.subject }, page_at: &page_at, ..here };
            self.add(Aspect::New, here, "the page describes it, and the contract does not".to_owned());
        }
        if !contract.further.is_empty() || !contract.takes("object") || contract.kinds.is_none() {
            return;
        }
        let mut seen = BTreeSet::new();
        for (at, _) in page.others(contract) {
            let name = at.last().unwrap_or_default();
            if !described.properties.contains_key(name.as_str()) && seen.insert(name.clone()) {
                let path = joined(here.subject.path, &name);
                let here = Here { subject: Subject { path: &path, ..here.subject }, page_at: &at, ..here };
                self.add(Aspect::Example, here, "an example of the page has it, and the contract does not".to_owned());
            }
        }
    }

    fn required(&mut self, subject: Subject<'_>, outer: Here<'_>, page: &Property<'d>, contract: &Property<'d>) {
        if page.required != contract.required {
            let covered_at = Shape::of(self.contract, &contract.schemas).places;
            let page_at = first(&page.schemas).unwrap_or_else(|| outer.page_at.clone());
            let contract_at = first(&contract.schemas).unwrap_or_else(|| outer.contract_at.clone());
            let here = Here { subject, page_at: &page_at, contract_at: &contract_at, covered_at: &covered_at };
            self.required_by(here, page.required);
        }
    }

    /// Reports that one of the two requires a part.
    pub fn required_by(&mut self, here: Here<'_>, page: bool) {
        let (with, without) = if page { ("page", "contract") } else { ("contract", "page") };
        self.add(Aspect::Required, here, format!("the {with} requires it, and the {without} does not"));
    }

    /// Compares the items of lists and the further properties of objects, which have no name of their own: a deviation
    /// about the list or the object may be about them.
    fn parts(&mut self, here: Here<'_>, page: &Page<'d>, described: &Shape<'d>, contract: &Shape<'d>) {
        let items = Page { schemas: described.items.clone(), samples: page.items() };
        let further = Page { schemas: described.further.clone(), samples: page.others(contract) };
        for (suffix, of_page, of_contract) in [("[]", items, &contract.items), (".*", further, &contract.further)] {
            let path = format!("{}{suffix}", here.subject.path);
            let subject = Subject { path: path.trim_start_matches('.'), ..here.subject };
            self.compare(subject, &of_page, of_contract, here.covered_at);
        }
    }

    /// Adds a difference.
    pub fn add(&mut self, aspect: Aspect, here: Here<'_>, message: String) {
        self.add_with(aspect, aspect.as_str().to_owned(), here, message);
    }

    /// Adds a difference with this word for it.
    fn add_with(&mut self, aspect: Aspect, word: String, here: Here<'_>, message: String) {
        self.found.push(Difference {
            aspect,
            word,
            subject: here.subject.name(),
            message,
            page_at: here.page_at.clone(),
            contract_at: here.contract_at.clone(),
            covered_at: here.covered_at.clone(),
        });
    }
}

/// Returns the kinds of a shape in words.
fn words(shape: &Shape<'_>) -> String {
    match &shape.kinds {
        None => "any kind of value".to_owned(),
        Some(kinds) if kinds.is_empty() => "null".to_owned(),
        Some(kinds) => kinds.iter().copied().collect::<Vec<_>>().join(" or "),
    }
}

/// Returns the place of the first of some schemas.
pub fn first(schemas: &[Placed<'_>]) -> Option<Pointer> {
    schemas.first().map(|(at, _)| at.clone())
}

/// Returns the path to a property.
fn joined(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}
