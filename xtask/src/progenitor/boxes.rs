//! Finds the fields that need a box because they would contain themselves.
//!
//! typify boxes the fields that close a circle, but which ones depends on the order of the types, and it does not look into
//! the parameters of a Rust type. Here a field is boxed if its type contains the type that has the field. A list and a map
//! hold their items elsewhere and close no circle.

use std::collections::HashMap;

use crate::model::{Definition, Field, Form, Types};

/// The crate of `Box`, as a Rust type has to name it.
pub const STD: &str = "std";

/// The types that contain each other, by circles.
pub struct Circles<'t>(HashMap<&'t str, usize>);

impl<'t> Circles<'t> {
    /// Finds the circles of these types.
    #[must_use]
    pub fn of(types: &'t Types) -> Self {
        let order = finished(types);
        let mut holders: HashMap<&str, Vec<&str>> = HashMap::new();
        for of in types.iter() {
            contents(&of.definition).for_each(|held| holders.entry(held).or_default().push(&of.name));
        }
        let mut circles = HashMap::new();
        // Those that reach a type backwards, of the types that are left, form a circle with it (Kosaraju's algorithm).
        for (number, name) in order.into_iter().rev().enumerate() {
            let mut open = vec![name];
            while let Some(name) = open.pop() {
                if !circles.contains_key(name) {
                    circles.insert(name, number);
                    open.extend(holders.get(name).into_iter().flatten());
                }
            }
        }
        Self(circles)
    }

    /// Returns whether a field of the type `owner` contains that type.
    #[must_use]
    pub fn are_closed_by(&self, owner: &str, field: &Field) -> bool {
        let target = named(&field.of.form).and_then(|name| self.0.get(name));
        target.is_some() && target == self.0.get(owner)
    }
}

/// Returns the names of the types, each after all that it contains.
fn finished(types: &Types) -> Vec<&str> {
    let (mut order, mut seen) = (Vec::with_capacity(types.len()), HashMap::new());
    for of in types.iter() {
        let mut open = vec![&*of.name];
        while let Some(&name) = open.last() {
            match seen.get(name) {
                None => {
                    seen.insert(name, false);
                    let held = types.get(name).into_iter().flat_map(|of| contents(&of.definition));
                    open.extend(held.filter(|held| !seen.contains_key(held)));
                }
                Some(is_finished) => {
                    open.pop();
                    if !is_finished {
                        seen.insert(name, true);
                        order.push(name);
                    }
                }
            }
        }
    }
    order
}

/// Returns the types that a value of this definition contains directly.
fn contents(definition: &Definition) -> impl Iterator<Item = &str> {
    let fields = match definition {
        Definition::Struct { fields, .. } => &fields[..],
        _ => &[],
    };
    let alternatives = match definition {
        Definition::Choice(alternatives) => &alternatives[..],
        _ => &[],
    };
    let tagged = match definition {
        Definition::Tagged(choice) => &choice.alternatives[..],
        _ => &[],
    };
    let wrapped = match definition {
        Definition::Wrapper(form) => Some(form),
        _ => None,
    };
    let forms = fields.iter().map(|field| &field.of.form).chain(alternatives.iter().map(|other| &other.of));
    forms.chain(tagged.iter().map(|other| &other.alternative.of)).chain(wrapped).filter_map(named)
}

fn named(form: &Form) -> Option<&str> {
    match form {
        Form::Named(name) => Some(name),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::testing::{choice, distinct, enumeration, fields, list, named, optional, received};
    use super::*;
    use crate::model::Type;

    fn boxed(types: Vec<Type>) -> BTreeSet<String> {
        let types: Types = types.into_iter().collect();
        let all = types.iter().flat_map(|of| of.fields().iter().map(|field| (&of.name, field)));
        let circles = Circles::of(&types);
        let boxed = all.filter(|(owner, field)| circles.are_closed_by(owner, field));
        boxed.map(|(owner, field)| format!("{owner}.{}", field.name)).collect()
    }

    #[test]
    fn a_field_that_contains_its_own_type_is_boxed_and_no_other() {
        let of_a = vec![
            distinct("itself", named("A")),
            distinct("other", named("B")),
            distinct("end", named("C")),
            distinct("list", named("D")),
            distinct("items", list(named("A"))),
        ];
        let types = vec![
            received("A", fields(of_a)),
            received("B", choice([("Text", Form::Text), ("A", named("A"))])),
            received("C", enumeration(&["X"])),
            received("D", Definition::Wrapper(list(named("A")))),
        ];
        assert_eq!(boxed(types), BTreeSet::from(["A.itself", "A.other"].map(str::to_owned)));
    }

    #[test]
    fn the_order_of_the_types_does_not_matter() {
        let a = || received("A", fields(vec![distinct("b", named("B"))]));
        let b = || received("B", fields(vec![optional("c", named("C"))]));
        let c = || received("C", Definition::Wrapper(named("A")));
        let first = boxed(vec![a(), b(), c()]);
        assert_eq!(first, boxed(vec![c(), b(), a()]));
        assert_eq!(first, BTreeSet::from(["A.b", "B.c"].map(str::to_owned)));
    }
}
