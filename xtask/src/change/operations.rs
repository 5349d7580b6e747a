//! Changes of operations: their requests, their answers and their pages.

use super::changes::{Changes, Owner, Place};
use super::rules::{Kind, Wire};
use super::values::Values;
use super::{security, servers};
use crate::emit::spelled;
use crate::model::{
    Answer, Api, Body, Form, Framing, Item, Location, Operation, Pagination, Parameter, RequestBody, Security, Status,
    Successes, Types,
};

/// Compares the operations. Two are the same if they have the same method and path, or else the same name.
pub fn compare(changes: &mut Changes, old: &Api, new: &Api) {
    for was in &old.operations {
        match counterpart(was, new) {
            Some(is) => {
                let security = [&old.security, &new.security];
                Pair { was, is, security, old: &old.types, new: &new.types }.compare(changes);
                server(changes, (old, was), (new, is));
            }
            None => changes.add(
                Kind::OperationRemoved,
                Place::old(&was.at, Owner::Operation(&was.name)),
                format!("Client::{}", was.name),
            ),
        }
    }
    for is in new.operations.iter().filter(|is| counterpart(is, old).is_none()) {
        let place = Place::new(&is.at, Owner::Operation(&is.name));
        changes.add(Kind::OperationAdded, place, format!("Client::{}", is.name));
    }
}

/// Compares the servers of an operation.
fn server(changes: &mut Changes, (old, was): (&Api, &Operation), (new, is): (&Api, &Operation)) {
    if let Some(values) = servers::of_operations((&old.servers, was), (&new.servers, is)) {
        let place = Place::new(&is.at, Owner::Operation(&is.name));
        changes.add_values(Kind::OperationServerChanged, place, "", values);
    }
}

/// Returns the operation of another version that is the same.
fn counterpart<'a>(of: &Operation, others: &'a Api) -> Option<&'a Operation> {
    let is_same_request = |other: &&Operation| other.method == of.method && other.path == of.path;
    let by_request = others.operations.iter().find(is_same_request);
    by_request.or_else(|| others.operations.iter().find(|other| other.name == of.name))
}

/// Returns the getter of a header, in words.
fn getter(of: &Parameter) -> String {
    let kind = if of.required { spelled(&of.of) } else { format!("Option<{}>", spelled(&of.of)) };
    format!("{} -> {kind}", of.name)
}

/// An operation in both versions.
struct Pair<'a> {
    was: &'a Operation,
    is: &'a Operation,
    security: [&'a Security; 2],
    old: &'a Types,
    new: &'a Types,
}

impl<'a> Pair<'a> {
    fn compare(&self, changes: &mut Changes) {
        self.names(changes);
        self.scopes(changes);
        self.credentials(changes);
        self.parameters(changes);
        self.body(changes);
        self.pages(changes);
        self.successes(changes);
        self.headers(changes);
        self.failures(changes);
    }

    fn owner(&self) -> Owner<'a> {
        Owner::Operation(&self.is.name)
    }

    /// Returns the place of the operation in the new version.
    fn here(&self) -> Place<'a> {
        Place::new(&self.is.at, self.owner())
    }

    /// Returns the path in Rust of a member of the operation's builder.
    fn member(&self, name: &str) -> String {
        format!("{}::{name}", self.is.builder)
    }

    /// Compares the headers of successes by their names in the answer.
    fn headers(&self, changes: &mut Changes) {
        let list = |of: &'a Operation| of.headers.iter().flat_map(|headers| &headers.list);
        let find = |of: &'a Operation, name: &str| list(of).find(|one| one.wire_name.eq_ignore_ascii_case(name));
        for was in list(self.was) {
            match find(self.is, &was.wire_name) {
                None => changes.add(Kind::HeaderRemoved, Place::old(&was.at, self.owner()), &was.wire_name),
                Some(is) if getter(was) != getter(is) => {
                    let place = Place::new(&is.at, self.owner());
                    changes.add_values(Kind::HeaderTypeChanged, place, &is.wire_name, [was, is].map(getter));
                }
                Some(_) => {}
            }
        }
        for is in list(self.is).filter(|is| find(self.was, &is.wire_name).is_none()) {
            changes.add(Kind::HeaderAdded, Place::new(&is.at, self.owner()), &is.wire_name);
        }
    }

    fn names(&self, changes: &mut Changes) {
        let Self { was, is, .. } = *self;
        let item = || format!("Client::{}", is.name);
        if was.name != is.name {
            changes.add_values(Kind::OperationRenamed, self.here(), item(), [was.name.clone(), is.name.clone()]);
        }
        if (was.method, &was.path, &was.fixed_query) != (is.method, &is.path, &is.fixed_query) {
            changes.add_values(Kind::OperationMoved, self.here(), item(), [was.request_line(), is.request_line()]);
        }
        match (was.deprecated, is.deprecated) {
            (false, true) => changes.add(Kind::OperationDeprecated, self.here(), item()),
            (true, false) => changes.add(Kind::OperationRestored, self.here(), item()),
            _ => {}
        }
        if was.accept != is.accept {
            let values = [&was.accept, &is.accept].map(|of| of.clone().unwrap_or_default());
            changes.add_values(Kind::MediaTypeChanged, self.here(), "", values);
        }
    }

    fn scopes(&self, changes: &mut Changes) {
        let item = |scope: &String| format!("{} = {scope:?}", self.member("SCOPES"));
        for scope in self.is.scopes.iter().filter(|scope| !self.was.scopes.contains(scope)) {
            changes.add(Kind::ScopeAdded, self.here(), item(scope));
        }
        if self.is.scopes.is_empty() && !self.was.scopes.is_empty() {
            changes.add(Kind::ScopesRemoved, self.here(), self.member("SCOPES"));
            return;
        }
        for scope in self.was.scopes.iter().filter(|scope| !self.is.scopes.contains(scope)) {
            changes.add(Kind::ScopeRemoved, self.here(), item(scope));
        }
    }

    fn credentials(&self, changes: &mut Changes) {
        let [old, new] = self.security;
        if let Some((kind, values)) = security::of_operations((old, self.was), (new, self.is)) {
            changes.add_values(kind, self.here(), "", values);
        }
    }

    fn parameters(&self, changes: &mut Changes) {
        for was in &self.was.parameters {
            match matching(was, &self.is.parameters) {
                Some(is) => self.parameter(changes, was, is),
                None => {
                    let place = Place::old(&was.at, self.owner());
                    changes.add(Kind::ParameterRemoved, place, self.member(&was.name));
                }
            }
        }
        for is in self.is.parameters.iter().filter(|is| matching(is, &self.was.parameters).is_none()) {
            let kind = match (is.required, &is.constant) {
                (true, None) => Kind::RequiredParameterAdded,
                (true, Some(_)) => Kind::ConstantParameterAdded,
                (false, _) => Kind::OptionalParameterAdded,
            };
            changes.add(kind, Place::new(&is.at, self.owner()), self.member(&is.name));
        }
    }

    fn parameter(&self, changes: &mut Changes, was: &'a Parameter, is: &'a Parameter) {
        let (place, item) = (Place::new(&is.at, self.owner()), self.member(&is.name));
        if was.name != is.name {
            changes.add_values(Kind::ParameterRenamed, place, &item, [was.name.clone(), is.name.clone()]);
        }
        if was.of != is.of || is_file(was) != is_file(is) {
            let wire = Values::new(self.old, self.new).wire(&was.of.form, &is.of.form);
            changes.add_values_with(Kind::ParameterTypeChanged, place, &item, [&was.of, &is.of].map(spelled), wire);
        } else if (&was.wire_name, &was.location, was.encoding, &was.part)
            != (&is.wire_name, &is.location, is.encoding, &is.part)
        {
            changes.add_values(Kind::ParameterMoved, place, &item, [was, is].map(written));
        }
        for (kind, holds) in [
            (Kind::ParameterRequired, !was.required && is.required),
            (Kind::ParameterOptional, was.required && !is.required),
            (Kind::EmptyValueAllowed, was.empty_setter.is_none() && is.empty_setter.is_some()),
            (Kind::EmptyValueRefused, was.empty_setter.is_some() && is.empty_setter.is_none()),
            (Kind::ParameterDeprecated, !was.deprecated && is.deprecated),
            (Kind::ParameterRestored, was.deprecated && !is.deprecated),
        ] {
            if holds {
                changes.add(kind, place, &item);
            }
        }
        if was.required && is.required {
            let kinds = [Kind::ParameterSetByBuilder, Kind::ParameterNotSetByBuilder, Kind::ParameterConstantChanged];
            changes.add_constants(kinds, place, &item, [&was.constant, &is.constant]);
        }
    }

    fn body(&self, changes: &mut Changes) {
        let item = || self.member("body");
        match (&self.was.body, &self.is.body) {
            (Some(was), Some(is)) => self.bodies(changes, was, is),
            (Some(was), None) => changes.add(Kind::BodyRemoved, Place::old(&was.at, self.owner()), item()),
            (None, Some(is)) => {
                let kind = if is.required { Kind::RequiredBodyAdded } else { Kind::OptionalBodyAdded };
                changes.add(kind, Place::new(&is.at, self.owner()), item());
            }
            (None, None) => {}
        }
    }

    fn bodies(&self, changes: &mut Changes, was: &'a RequestBody, is: &'a RequestBody) {
        let (place, item) = (Place::new(&is.at, self.owner()), self.member("body"));
        match (was.required, is.required) {
            (false, true) => changes.add(Kind::BodyRequired, place, &item),
            (true, false) => changes.add(Kind::BodyOptional, place, &item),
            _ => {}
        }
        if was.type_name != is.type_name {
            let values = [&was.type_name, &is.type_name].map(|name| format!("types::{name}"));
            let wire = self.wire_of_types(&was.type_name, &is.type_name);
            changes.add_values_with(Kind::BodyTypeChanged, place, &item, values, wire);
        }
        if was.media_type != is.media_type {
            changes.add_values(Kind::MediaTypeChanged, place, "", [was, is].map(|body| body.media_type.clone()));
        }
    }

    /// Returns the effect of one type in the place of another.
    fn wire_of_types(&self, old: &str, new: &str) -> Wire {
        let [old, new] = [old, new].map(|name| Form::Named(name.to_owned()));
        Values::new(self.old, self.new).wire(&old, &new)
    }

    /// Returns the effect of one body in the place of another.
    fn wire_of_bodies(&self, old: Option<&Body>, new: Option<&Body>) -> Wire {
        match (old, new) {
            (Some(Body::Json(old)), Some(Body::Json(new))) => self.wire_of_types(old, new),
            (Some(Body::Stream(was, Item::Json(old))), Some(Body::Stream(is, Item::Json(new)))) if was == is => {
                self.wire_of_types(old, new)
            }
            _ => Wire::Broken,
        }
    }

    fn pages(&self, changes: &mut Changes) {
        let place = self.here();
        match (&self.was.pagination, &self.is.pagination) {
            (None, Some(_)) => changes.add(Kind::PagesAdded, place, self.member("stream")),
            (Some(_), None) => changes.add(Kind::PagesRemoved, place, self.member("stream")),
            (Some(was), Some(is)) if facts(was) != facts(is) => {
                let values = [was, is].map(|pages| format!("pages of {}", spelled(&pages.item)));
                changes.add_values(Kind::PagesChanged, place, self.member("stream"), values);
            }
            _ => {}
        }
    }

    fn successes(&self, changes: &mut Changes) {
        let (was, is) = (&self.was.successes, &self.is.successes);
        let types = [self.was, self.is].map(sent);
        if types[0] != types[1] {
            let wire = self.wire_of_bodies(self.was.success(), self.is.success());
            changes.add_values_with(Kind::SuccessTypeChanged, self.here(), self.member("send"), types, wire);
        }
        let kinds = [Kind::SuccessAdded, Kind::SuccessRemoved, Kind::SuccessTypeChanged];
        self.answers(changes, kinds, [&was.answers, &is.answers], is.name.as_deref());
    }

    fn failures(&self, changes: &mut Changes) {
        let (was, is) = (&self.was.failures, &self.is.failures);
        let kinds = [Kind::FailureAdded, Kind::FailureRemoved, Kind::FailureTypeChanged];
        self.answers(changes, kinds, [&was.answers, &is.answers], Some(&is.name));
    }

    /// Compares answers by their status. `name` is the enumeration that holds them, if there is one.
    fn answers(
        &self,
        changes: &mut Changes,
        [added, removed, replaced]: [Kind; 3],
        [old, new]: [&'a [Answer]; 2],
        name: Option<&str>,
    ) {
        let item = |answer: &Answer| match name {
            Some(name) => format!("{name}::{}", answer.variant),
            None => self.member("send"),
        };
        for was in old {
            match with_status(new, was.status) {
                None => changes.add(removed, Place::old(&was.at, self.owner()), item(was)),
                Some(is) if name.is_some() => self.answer(changes, replaced, [was, is], item(is)),
                Some(_) => {}
            }
        }
        for is in new.iter().filter(|is| with_status(old, is.status).is_none()) {
            changes.add(added, Place::new(&is.at, self.owner()), item(is));
        }
    }

    /// Compares an answer that is a variant.
    fn answer(&self, changes: &mut Changes, replaced: Kind, [was, is]: [&'a Answer; 2], item: String) {
        let place = Place::new(&is.at, self.owner());
        if was.body != is.body {
            let wire = self.wire_of_bodies(Some(&was.body), Some(&is.body));
            changes.add_values_with(replaced, place, item.clone(), [was, is].map(|answer| body(&answer.body)), wire);
        }
        if was.variant != is.variant {
            changes.add_values(Kind::AnswerRenamed, place, item, [was, is].map(|answer| answer.variant.clone()));
        }
    }
}

/// Returns the parameter of another version that is the same: by its place in the request, or else by its setter.
fn matching<'a>(of: &Parameter, others: &'a [Parameter]) -> Option<&'a Parameter> {
    let is_same = |other: &&Parameter| other.wire_name == of.wire_name && other.location == of.location;
    others.iter().find(is_same).or_else(|| others.iter().find(|other| other.name == of.name))
}

/// Returns whether a setter takes a file.
fn is_file(parameter: &Parameter) -> bool {
    parameter.location == Location::File
}

/// Describes how a request has a parameter.
fn written(parameter: &Parameter) -> String {
    let Parameter { wire_name, location, encoding, part, .. } = parameter;
    let exploded = if encoding.explode { ", exploded" } else { "" };
    let content_type = part.content_type.iter().map(|name| format!(", of {name}"));
    let headers = part.headers.iter().map(|(name, value)| format!(", with {name}: {value}"));
    let part: String = content_type.chain(headers).collect();
    let reserved = if encoding.allow_reserved { ", with reserved characters" } else { "" };
    format!("{wire_name} in {location:?} as {:?}{exploded}{reserved}{part}", encoding.style).to_lowercase()
}

/// Returns all that decides about the streams of pages, apart from words.
fn facts(pages: &Pagination) -> impl PartialEq + '_ {
    let Pagination { page, page_is_deprecated: _, page_type, item, items, total_pages, total, current_page } = pages;
    (page, page_type, item, items, total_pages, (total, current_page))
}

fn with_status(answers: &[Answer], status: Status) -> Option<&Answer> {
    answers.iter().find(|answer| answer.status == status)
}

/// Returns the type that `send` returns.
fn sent(operation: &Operation) -> String {
    match (operation.success(), &operation.successes) {
        (Some(of), _) => body(of),
        (None, Successes { name, .. }) => name.clone().unwrap_or_default(),
    }
}

fn body(of: &Body) -> String {
    match of {
        Body::Nothing => "()".to_owned(),
        Body::Json(name) => format!("types::{name}"),
        Body::Text => "String".to_owned(),
        Body::Bytes => "Bytes".to_owned(),
        Body::Stream(framing, item) => {
            let item = match item {
                Item::Json(name) => format!("types::{name}"),
                Item::Text => "String".to_owned(),
            };
            match framing {
                Framing::Lines => format!("ItemStream<{item}>"),
                Framing::Events => format!("ItemStream<Event<{item}>>"),
            }
        }
    }
}
