//! Changes of types.

use std::collections::BTreeSet;

use super::changes::{Changes, Owner, Place};
use super::rules::{Direction, Kind, Wire};
use super::side::Side;
use super::values::Values;
use crate::document::Pointer;
use crate::emit::spelled;
use crate::model::{Access, Alternative, Definition, Field, Form, ListedValue, Type, TypeUse};

/// Compares the types by their names.
pub fn compare(changes: &mut Changes, old: &Side<'_>, new: &Side<'_>) {
    for was in old.api.types.iter() {
        match new.api.types.get(&was.name) {
            Some(is) => Pair { was, is, old, new }.compare(changes),
            None => {
                let place = Place::old(&was.at, Owner::Type(&was.name));
                changes.add(Kind::TypeRemoved, place, format!("types::{}", was.name));
            }
        }
    }
    for is in new.api.types.iter().filter(|is| old.api.types.get(&is.name).is_none()) {
        changes.add(Kind::TypeAdded, Place::new(&is.at, Owner::Type(&is.name)), format!("types::{}", is.name));
    }
}

/// A type in both versions.
struct Pair<'a> {
    was: &'a Type,
    is: &'a Type,
    old: &'a Side<'a>,
    new: &'a Side<'a>,
}

impl<'a> Pair<'a> {
    fn compare(&self, changes: &mut Changes) {
        match (self.was.deprecated, self.is.deprecated) {
            (false, true) => changes.add(Kind::TypeDeprecated, self.here(), self.item()),
            (true, false) => changes.add(Kind::TypeRestored, self.here(), self.item()),
            _ => {}
        }
        match (&self.was.definition, &self.is.definition) {
            (Definition::Struct { fields: was, extra: old }, Definition::Struct { fields: is, extra: new }) => {
                self.fields(changes, was, is);
                self.further_fields(changes, old.as_ref(), new.as_ref());
            }
            (Definition::Enumeration { values: was, .. }, Definition::Enumeration { values: is, .. }) => {
                self.listed_values(changes, was, is);
                self.openness(changes);
            }
            (Definition::Choice(_) | Definition::Tagged(_), Definition::Choice(_) | Definition::Tagged(_)) => {
                self.alternatives(changes, &self.was.alternatives(), &self.is.alternatives());
                self.tags(changes);
                self.openness(changes);
            }
            (Definition::Wrapper(was), Definition::Wrapper(is)) if was == is => {}
            (was, is) => {
                let wire = self.wire_of_definitions(was, is);
                let values = [was, is].map(described);
                changes.add_values_with(Kind::TypeReplaced, self.here(), self.item(), values, wire);
                return;
            }
        }
        self.traits(changes);
    }

    fn owner(&self) -> Owner<'a> {
        Owner::Type(&self.is.name)
    }

    /// Returns the place of the type in the new version.
    fn here(&self) -> Place<'a> {
        self.at(&self.is.at)
    }

    /// Returns a place in the new version.
    fn at(&self, at: &'a Pointer) -> Place<'a> {
        Place::new(at, self.owner())
    }

    fn item(&self) -> String {
        format!("types::{}", self.is.name)
    }

    fn member(&self, name: &str) -> String {
        format!("types::{}::{name}", self.is.name)
    }

    /// Returns the effect of one form in the place of another.
    fn wire(&self, was: &'a Form, is: &'a Form) -> Wire {
        Values::new(&self.old.api.types, &self.new.api.types).wire(was, is)
    }

    fn wire_of_definitions(&self, was: &'a Definition, is: &'a Definition) -> Wire {
        match (was, is) {
            (Definition::Wrapper(was), Definition::Wrapper(is)) => self.wire(was, is),
            _ => Wire::Broken,
        }
    }

    fn traits(&self, changes: &mut Changes) {
        let of = |side: &Side<'_>| {
            side.surface.get(&self.is.name).map_or_else(BTreeSet::new, |surface| surface.traits.clone())
        };
        let (was, is) = (of(self.old), of(self.new));
        for lost in was.difference(&is) {
            changes.add(Kind::TraitRemoved, self.here(), format!("{}: {lost}", self.item()));
        }
        for gained in is.difference(&was) {
            changes.add(Kind::TraitAdded, self.here(), format!("{}: {gained}", self.item()));
        }
    }

    fn fields(&self, changes: &mut Changes, was: &'a [Field], is: &'a [Field]) {
        let find = |fields: &'a [Field], name: &str| fields.iter().find(|field| field.wire_name == name);
        for old in was {
            match find(is, &old.wire_name) {
                Some(new) => self.field(changes, old, new),
                None => {
                    let kind = if old.is_demanded() { Kind::RequiredFieldRemoved } else { Kind::OptionalFieldRemoved };
                    changes.add(kind, Place::old(&old.at, self.owner()), self.member(&old.name));
                }
            }
        }
        for new in is.iter().filter(|new| find(was, &new.wire_name).is_none()) {
            let kind = match (new.is_demanded(), &new.constant) {
                (true, None) => Kind::RequiredFieldAdded,
                (true, Some(_)) => Kind::ConstantFieldAdded,
                (false, _) => Kind::OptionalFieldAdded,
            };
            changes.add(kind, self.at(&new.at), self.member(&new.name));
        }
    }

    fn field(&self, changes: &mut Changes, was: &'a Field, is: &'a Field) {
        let (place, item) = (self.at(&is.at), self.member(&is.name));
        let stays_sent = self.was.is_sent && self.is.is_sent;
        let is_left_out = |field: &Field| field.access == Access::ReadOnly;
        if was.name != is.name {
            changes.add_values(Kind::FieldRenamed, place, &item, [was.name.clone(), is.name.clone()]);
        }
        for (kind, holds) in [
            (Kind::FieldRequired, !was.is_demanded() && is.is_demanded()),
            (Kind::FieldOptional, was.is_demanded() && !is.is_demanded()),
            (Kind::FieldLeftOut, stays_sent && !is_left_out(was) && is_left_out(is)),
            (Kind::FieldSent, stays_sent && is_left_out(was) && !is_left_out(is)),
            (Kind::FieldDeprecated, !was.deprecated && is.deprecated),
            (Kind::FieldRestored, was.deprecated && !is.deprecated),
        ] {
            if holds {
                changes.add(kind, place, &item);
            }
        }
        if was.required && is.required {
            let kinds = [Kind::FieldSetByBuilder, Kind::FieldNotSetByBuilder, Kind::FieldConstantChanged];
            changes.add_constants(kinds, place, &item, [&was.constant, &is.constant]);
        }
        self.type_of_field(changes, was, is, (place, item));
    }

    /// Compares the types of a field, which are those of Rust. That a field is required or optional now is a change of
    /// its own.
    fn type_of_field(&self, changes: &mut Changes, was: &'a Field, is: &'a Field, (place, item): (Place<'a>, String)) {
        let old = self.old.surface.member(&self.was.name, &was.name).unwrap_or_default().to_owned();
        let new = self.new.surface.member(&self.is.name, &is.name).unwrap_or_default().to_owned();
        if was.of != is.of || (old != new && was.is_demanded() == is.is_demanded()) {
            let wire = self.wire_of_uses(&changes.directions(self.owner()), &was.of, &is.of);
            let kind = if old == new { Kind::FieldDecodingChanged } else { Kind::FieldTypeChanged };
            changes.add_values_with(kind, place, item, [old, new], wire);
        } else if was.decode != is.decode && was.required == is.required {
            let values = [&was.decode, &is.decode].map(|path| path.clone().unwrap_or_else(|| "serde".to_owned()));
            changes.add_values(Kind::FieldDecodingChanged, place, item, values);
        }
    }

    /// Returns the effect of the values at a place of the new version on what was built for those of the old one.
    fn wire_of_uses(&self, directions: &BTreeSet<Direction>, was: &'a TypeUse, is: &'a TypeUse) -> Wire {
        let accepts_null = match (was.nullable, is.nullable) {
            (false, true) => !directions.contains(&Direction::Answer),
            (true, false) => !directions.contains(&Direction::Request),
            _ => true,
        };
        if accepts_null { self.wire(&was.form, &is.form) } else { Wire::Broken }
    }

    fn further_fields(&self, changes: &mut Changes, was: Option<&'a TypeUse>, is: Option<&'a TypeUse>) {
        let kind = match (was, is) {
            (None, Some(_)) => Kind::FurtherFieldsKept,
            (Some(was), is) if is != Some(was) => Kind::FurtherFieldsDropped,
            _ => return,
        };
        let values = [was, is].map(|of| of.map_or_else(|| "none".to_owned(), spelled));
        changes.add_values(kind, self.here(), self.member("extra"), values);
    }

    fn listed_values(&self, changes: &mut Changes, was: &'a [ListedValue], is: &'a [ListedValue]) {
        let find = |values: &'a [ListedValue], text: &str| values.iter().find(|value| value.text == text);
        for old in was {
            match find(is, &old.text) {
                None => {
                    let place = Place::old(&self.was.at, self.owner());
                    changes.add(Kind::ValueRemoved, place, self.member(&old.name));
                }
                Some(new) if old.name != new.name => {
                    let names = [old.name.clone(), new.name.clone()];
                    changes.add_values(Kind::ValueRenamed, self.here(), self.member(&new.name), names);
                }
                Some(_) => {}
            }
        }
        for new in is.iter().filter(|new| find(was, &new.text).is_none()) {
            changes.add(Kind::ValueAdded, self.here(), self.member(&new.name));
        }
    }

    fn openness(&self, changes: &mut Changes) {
        match (self.was.has_unknown(), self.is.has_unknown()) {
            (false, true) => changes.add(Kind::EnumerationOpened, self.here(), self.item()),
            (true, false) => changes.add(Kind::EnumerationClosed, self.here(), self.item()),
            _ => {}
        }
    }

    /// Compares the alternatives of a choice: by their names, or else by their types.
    fn alternatives(&self, changes: &mut Changes, was: &[&'a Alternative], is: &[&'a Alternative]) {
        let find = |others: &[&'a Alternative], of: &Alternative| {
            let by_name = others.iter().find(|other| other.name == of.name);
            by_name.or_else(|| others.iter().find(|other| other.of == of.of)).copied()
        };
        for old in was {
            match find(is, old) {
                Some(new) => self.alternative(changes, old, new),
                None => {
                    let place = Place::old(&old.at, self.owner());
                    changes.add(Kind::AlternativeRemoved, place, self.member(&old.name));
                }
            }
        }
        for new in is.iter().filter(|new| find(was, new).is_none()) {
            let kind = if self.was.has_unknown() { Kind::TaggedAlternativeAdded } else { Kind::AlternativeAdded };
            changes.add(kind, self.at(&new.at), self.member(&new.name));
        }
    }

    /// Compares the tags of the alternatives that both versions have.
    fn tags(&self, changes: &mut Changes) {
        let (Definition::Tagged(was), Definition::Tagged(is)) = (&self.was.definition, &self.is.definition) else {
            return;
        };
        if was.tag != is.tag {
            changes.add_values(Kind::TagMoved, self.here(), self.item(), [was.tag.clone(), is.tag.clone()]);
        }
        for new in &is.alternatives {
            let old = was.alternatives.iter().find(|old| old.alternative.name == new.alternative.name);
            if let Some(old) = old.filter(|old| old.texts != new.texts) {
                let item = self.member(&new.alternative.name);
                changes.add_values(
                    Kind::TagsChanged,
                    self.here(),
                    item,
                    [&old.texts, &new.texts].map(|of| of.join(", ")),
                );
            }
        }
    }

    fn alternative(&self, changes: &mut Changes, was: &'a Alternative, is: &'a Alternative) {
        let (place, item) = (self.at(&is.at), self.member(&is.name));
        if was.name != is.name {
            changes.add_values(Kind::AlternativeRenamed, place, &item, [was.name.clone(), is.name.clone()]);
        }
        if was.of != is.of {
            let values = [&was.of, &is.of].map(|form| spelled(&TypeUse::of(form.clone())));
            let wire = self.wire(&was.of, &is.of);
            changes.add_values_with(Kind::AlternativeTypeChanged, place, item, values, wire);
        }
    }
}

/// Returns what a type is, in words.
fn described(definition: &Definition) -> String {
    match definition {
        Definition::Struct { .. } => "a struct".to_owned(),
        Definition::Enumeration { .. } => "an enumeration".to_owned(),
        Definition::Choice(_) | Definition::Tagged(_) => "a choice".to_owned(),
        Definition::Wrapper(form) => format!("a wrapper of {}", spelled(&TypeUse::of(form.clone()))),
    }
}
