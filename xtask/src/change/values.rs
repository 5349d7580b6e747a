//! The values of types: the types in them, and whether two types have the same ones.

use std::collections::BTreeSet;

use super::rules::Wire;
use crate::model::{Definition, Field, Form, TaggedAlternative, Type, TypeUse, Types};

/// Returns the names of the types in a form.
pub fn names(form: &Form) -> impl Iterator<Item = &str> {
    let mut form = form;
    loop {
        match form {
            Form::List(part) | Form::Map(part) => form = &part.form,
            Form::Named(name) => return Some(name.as_str()).into_iter(),
            Form::Rust(_) | Form::Text | Form::Boolean | Form::Integer | Form::Unsigned | Form::Any => {
                return None.into_iter();
            }
        }
    }
}

/// Returns the names of the types in the definition of a type.
pub fn named(of: &Type) -> impl Iterator<Item = &str> {
    forms(&of.definition).into_iter().flat_map(names)
}

fn forms(definition: &Definition) -> Vec<&Form> {
    match definition {
        Definition::Struct { fields, extra } => {
            fields.iter().map(|field| &field.of.form).chain(extra.iter().map(|of| &of.form)).collect()
        }
        Definition::Enumeration { .. } => Vec::new(),
        Definition::Choice(alternatives) => alternatives.iter().map(|alternative| &alternative.of).collect(),
        Definition::Tagged(choice) => choice.alternatives.iter().map(|one| &one.alternative.of).collect(),
        Definition::Wrapper(form) => vec![form],
    }
}

/// Returns the form inside of types that only wrap another one.
fn unwrapped<'a>(types: &'a Types, mut form: &'a Form) -> &'a Form {
    // A wrapper may hold itself in a document that describes no value; the number of types bounds the way.
    for _ in 0..types.len() {
        let Form::Named(name) = form else { break };
        let Some(Definition::Wrapper(inner)) = types.get(name).map(|of| &of.definition) else { break };
        form = inner;
    }
    form
}

/// Compares the values of two versions' types. Types of the same name count as equal: what differs in them is a change
/// of its own.
#[derive(Debug)]
pub struct Values<'a> {
    old: &'a Types,
    new: &'a Types,
    /// The pairs of types that are being compared. A pair inside of itself does not differ there.
    open: BTreeSet<(&'a str, &'a str)>,
}

impl<'a> Values<'a> {
    /// Creates a comparison of two versions.
    pub fn new(old: &'a Types, new: &'a Types) -> Self {
        Self { old, new, open: BTreeSet::new() }
    }

    /// Returns the effect of one form in the place of another on programs that were built for it, null aside.
    pub fn wire(&mut self, old: &'a Form, new: &'a Form) -> Wire {
        if self.same(old, new) { Wire::Untouched } else { Wire::Broken }
    }

    /// Returns whether the values at two places are the same, null aside.
    fn same(&mut self, old: &'a Form, new: &'a Form) -> bool {
        match (old, new) {
            (Form::Named(old), Form::Named(new)) if old == new => true,
            (Form::List(old), Form::List(new)) | (Form::Map(old), Form::Map(new)) => self.same_use(old, new),
            (old, new) => match (unwrapped(self.old, old), unwrapped(self.new, new)) {
                (Form::Named(old), Form::Named(new)) => self.same_types(old, new),
                (Form::Named(_), _) | (_, Form::Named(_)) => false,
                (inner_old, inner_new) if (inner_old, inner_new) == (old, new) => old == new,
                (inner_old, inner_new) => self.same(inner_old, inner_new),
            },
        }
    }

    fn same_use(&mut self, old: &'a TypeUse, new: &'a TypeUse) -> bool {
        old.nullable == new.nullable && self.same(&old.form, &new.form)
    }

    fn same_types(&mut self, old: &'a str, new: &'a str) -> bool {
        if !self.open.insert((old, new)) {
            return true;
        }
        match (self.old.get(old), self.new.get(new)) {
            (Some(old), Some(new)) => self.same_definitions(&old.definition, &new.definition),
            _ => false,
        }
    }

    fn same_definitions(&mut self, old: &'a Definition, new: &'a Definition) -> bool {
        match (old, new) {
            (Definition::Struct { fields: old, extra: a }, Definition::Struct { fields: new, extra: b }) => {
                a.is_some() == b.is_some() && self.same_fields(old, new)
            }
            (Definition::Enumeration { values: old, .. }, Definition::Enumeration { values: new, .. }) => {
                old.iter().map(|value| &value.text).eq(new.iter().map(|value| &value.text))
            }
            (Definition::Choice(old), Definition::Choice(new)) => {
                old.len() == new.len() && old.iter().zip(new).all(|(old, new)| self.same(&old.of, &new.of))
            }
            (Definition::Tagged(old), Definition::Tagged(new)) => {
                let (a, b) = (&old.alternatives, &new.alternatives);
                let same = |(old, new): (&'a TaggedAlternative, &'a TaggedAlternative)| {
                    old.texts == new.texts && self.same(&old.alternative.of, &new.alternative.of)
                };
                old.tag == new.tag && a.len() == b.len() && a.iter().zip(b).all(same)
            }
            // Wrappers are unwrapped before.
            _ => false,
        }
    }

    fn same_fields(&mut self, old: &'a [Field], new: &'a [Field]) -> bool {
        old.len() == new.len()
            && old.iter().all(|old| {
                let new = new.iter().find(|new| new.wire_name == old.wire_name);
                new.is_some_and(|new| new.required == old.required && self.same_use(&old.of, &new.of))
            })
    }
}
