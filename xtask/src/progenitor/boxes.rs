//! Finds the fields that need a box because they would contain themselves.
//!
//! typify boxes the fields that close a circle, but it does not look into the parameters of a Rust type. A field that
//! distinguishes null from absence is `Nullable<T>`, so its circles are found here. A list and a map hold their items
//! elsewhere and close no circle. Whether a field is boxed does not depend on the order of the types.

use std::collections::BTreeSet;

use crate::model::{Definition, Field, Form, Types};

/// The crate of `Box`, as a Rust type has to name it.
pub const STD: &str = "std";

/// Returns whether a field of the type `owner` leads back to that type.
#[must_use]
pub fn closes_circle(types: &Types, owner: &str, field: &Field) -> bool {
    named(&field.of.form).is_some_and(|name| contains(types, name, owner))
}

/// Returns whether a value of the type `outer` contains one of `inner`, without a list or a map in between.
fn contains(types: &Types, outer: &str, inner: &str) -> bool {
    let (mut seen, mut open) = (BTreeSet::new(), vec![outer]);
    while let Some(name) = open.pop() {
        if name == inner {
            return true;
        }
        if seen.insert(name)
            && let Some(of) = types.get(name)
        {
            held(&of.definition, &mut open);
        }
    }
    false
}

/// Collects the types that a value of this definition contains directly.
fn held<'t>(definition: &'t Definition, names: &mut Vec<&'t str>) {
    match definition {
        Definition::Struct { fields, .. } => names.extend(fields.iter().filter_map(|field| named(&field.of.form))),
        Definition::Choice(alternatives) => names.extend(alternatives.iter().filter_map(|other| named(&other.of))),
        Definition::Wrapper(form) => names.extend(named(form)),
        Definition::Enumeration { .. } => {}
    }
}

fn named(form: &Form) -> Option<&str> {
    match form {
        Form::Named(name) => Some(name),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{choice, distinct, enumeration, fields, list, named, optional, received};
    use super::*;
    use crate::model::Type;

    fn boxed(types: Vec<Type>) -> BTreeSet<String> {
        let types: Types = types.into_iter().collect();
        let all = types.iter().flat_map(|of| of.fields().iter().map(|field| (&of.name, field)));
        let boxed = all.filter(|(owner, field)| closes_circle(&types, owner, field));
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
        assert!(first.contains("A.b"));
    }
}
