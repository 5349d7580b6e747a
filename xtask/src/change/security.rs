//! Changes of security: of the schemes, and of the credentials that each operation accepts.

use std::collections::BTreeSet;

use super::changes::{Changes, Owner, Place};
use super::rules::Kind;
use crate::document::Pointer;
use crate::model::{Api, Credential, KeyPlace, Operation, Scheme, Security};

/// Compares the credentials that a client takes, and the schemes that they belong to.
pub fn compare(changes: &mut Changes, old: &Api, new: &Api) {
    let [was, is] = [old, new].map(|api| taken(&api.security));
    if was != is {
        let at = Pointer::root().key("security");
        let values = [was, is].map(str::to_owned);
        changes.add_values(Kind::CredentialsReplaced, Place::new(&at, Owner::Api), "Client::new", values);
        return;
    }
    let (was, is) = (old.security.schemes(), new.security.schemes());
    for scheme in was {
        match named(is, &scheme.name) {
            Some(other) => schemes(changes, scheme, other),
            None => changes.add(Kind::SchemeRemoved, Place::old(&scheme.at, Owner::Api), item(scheme)),
        }
    }
    for scheme in is.iter().filter(|scheme| named(was, &scheme.name).is_none()) {
        changes.add(Kind::SchemeAdded, Place::new(&scheme.at, Owner::Api), item(scheme));
    }
}

/// Returns what the constructor of a client takes, in words.
fn taken(security: &Security) -> &'static str {
    match security {
        Security::Token => "a token",
        Security::Schemes { schemes, .. } if schemes.is_empty() => "no credentials",
        Security::Schemes { .. } => "Credentials",
    }
}

fn named<'a>(schemes: &'a [Scheme], name: &str) -> Option<&'a Scheme> {
    schemes.iter().find(|scheme| scheme.name == name)
}

fn item(scheme: &Scheme) -> String {
    format!("Credentials::{}", scheme.setter)
}

/// Compares a scheme of both versions.
fn schemes(changes: &mut Changes, was: &Scheme, is: &Scheme) {
    let is_same_setter =
        was.setter == is.setter && std::mem::discriminant(&was.credential) == std::mem::discriminant(&is.credential);
    let kind = match (is_same_setter, was.credential == is.credential) {
        (true, true) => return,
        (true, false) => Kind::SchemeMoved,
        (false, _) => Kind::SchemeReplaced,
    };
    let values = [was, is].map(|scheme| sent(&scheme.credential));
    changes.add_values(kind, Place::new(&is.at, Owner::Api), item(is), values);
}

/// Describes the credentials that a request carries.
fn sent(credential: &Credential) -> String {
    let key = |place: &str, name: &str| format!("{name} in the {place}");
    match credential {
        Credential::Basic => "user and password".to_owned(),
        Credential::Key(KeyPlace::Header, name) => key("header", name),
        Credential::Key(KeyPlace::Query, name) => key("query", name),
        Credential::Key(KeyPlace::Cookie, name) => key("cookie", name),
        _ => "token".to_owned(),
    }
}

/// Credentials that a request needs together, by their descriptions. Schemes with the same description are one, so that a
/// scheme with another name is no change of an operation.
type Set = BTreeSet<String>;

/// Compares the alternatives of an operation. Returns the kind of the change and both descriptions, if there is one.
pub fn of_operations(old: (&Security, &Operation), new: (&Security, &Operation)) -> Option<(Kind, [String; 2])> {
    let [was, is] = [old, new].map(|(security, operation)| accepted(security, operation));
    if was == is {
        return None;
    }
    let is_accepted = |set: &Set| is.iter().any(|other| other.is_subset(set));
    let kind = if was.iter().all(is_accepted) { Kind::SecurityLoosened } else { Kind::SecurityChanged };
    Some((kind, [words(&was), words(&is)]))
}

/// Returns the alternatives of an operation.
fn accepted(security: &Security, operation: &Operation) -> Vec<Set> {
    let Security::Schemes { schemes, .. } = security else { return vec![Set::from([sent(&Credential::Token)])] };
    let one = |index: &usize| schemes.get(*index).map(|scheme| sent(&scheme.credential));
    let sets: Vec<Set> = operation.security.iter().map(|set| set.iter().filter_map(one).collect()).collect();
    if sets.is_empty() { vec![Set::new()] } else { sets }
}

fn words(sets: &[Set]) -> String {
    let set = |set: &Set| match set.len() {
        0 => "nothing".to_owned(),
        _ => set.iter().map(String::as_str).collect::<Vec<_>>().join(" and "),
    };
    sets.iter().map(set).collect::<Vec<_>>().join(", or ")
}
