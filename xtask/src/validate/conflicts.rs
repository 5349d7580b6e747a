//! Fields of one object that exclude each other.

use serde_json::Value;

use crate::diagnostics::{Code, Diagnostic, Place};
use crate::document::fields::Fields as _;
use crate::openapi::shapes::{LICENSE, SCHEMA, Shape};
use crate::openapi::walk::Met;

/// Two fields of an object of which the specification allows one.
struct Conflict {
    shape: &'static Shape,
    fields: [&'static str; 2],
}

/// OpenAPI 3.1.1, "License Object"; OpenAPI 3.0.3, "Schema Object".
static CONFLICTS: &[Conflict] = &[
    Conflict { shape: &LICENSE, fields: ["identifier", "url"] },
    Conflict { shape: &SCHEMA, fields: ["readOnly", "writeOnly"] },
];

/// Returns the findings about fields that exclude each other.
#[must_use]
pub fn check(objects: &[Met<'_>]) -> Vec<Diagnostic> {
    let of =
        |met: &Met<'_>, conflict: &Conflict| met.is(conflict.shape) && conflict.fields.iter().all(|key| has(met, key));
    objects
        .iter()
        .flat_map(|met| {
            CONFLICTS.iter().filter(move |conflict| of(met, conflict)).map(move |it| finding(met, it.fields))
        })
        .collect()
}

/// Returns whether the object has the field. A flag that is `false` counts as absent.
fn has(met: &Met<'_>, key: &str) -> bool {
    met.fields.field(key).is_some_and(|value| *value != Value::Bool(false))
}

fn finding(met: &Met<'_>, [first, second]: [&str; 2]) -> Diagnostic {
    Diagnostic::nonconforming(
        Code::ConflictingFields,
        Place::Key(met.at.key(second)),
        format!("`{first}` and `{second}` exclude each other"),
        "remove one of the two",
    )
    .with_related(Place::Key(met.at.key(first)), "the other field")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Source;
    use crate::openapi::walk::walk;

    #[test]
    fn one_of_two_fields_that_exclude_each_other_is_accepted() {
        for (license, schema, expected) in [
            ("{name: n, identifier: MIT}", "{readOnly: true, writeOnly: false}", 0),
            ("{name: n, identifier: MIT, url: u}", "{readOnly: true, writeOnly: true}", 2),
        ] {
            let text =
                format!("openapi: 3.1.0\ninfo: {{license: {license}}}\ncomponents: {{schemas: {{A: {schema}}}}}\n");
            let document = crate::source::parse(Source::new("api.yaml", text)).unwrap();
            assert_eq!(check(&walk(&document).objects).len(), expected);
        }
    }
}
