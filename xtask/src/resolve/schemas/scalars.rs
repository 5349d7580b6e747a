//! Documents the bounds of scalars, and gives numbers a type that keeps them as they are written.

use crate::resolve::decisions::{Decisions, Rule};
use crate::resolve::draft::Draft;
use crate::resolve::schema::{Kind, Limits, RustType, Schema};

/// Moves the bounds of numbers and texts to the documentation.
///
/// In types they would turn an integer into `NonZeroU64`, which `page(2)` cannot be, and text into a checked newtype;
/// and an answer that breaks a bound would not decode.
pub fn document_bounds(draft: &mut Draft, decisions: &mut Decisions) {
    draft.schemas_mut(&mut |_, schema| {
        if let Some(kind @ (Kind::Integer | Kind::Unsigned | Kind::Number | Kind::Text)) = schema.kind {
            document_bounds_of(schema, kind, decisions);
        }
    });
}

fn document_bounds_of(schema: &mut Schema, kind: Kind, decisions: &mut Decisions) {
    let mut words = Vec::new();
    let bounds = bounds(&std::mem::take(&mut schema.limits));
    match schema.format.take().filter(|_| kind == Kind::Text) {
        Some(format) => {
            let what = format_args!("the format `{format}` becomes a word of the documentation");
            decisions.add(Rule::LoosenScalars, &schema.at, what);
            words.push(format!("`{format}`"));
        }
        None if !bounds.is_empty() => {
            decisions.add(Rule::LoosenScalars, &schema.at, "bounds become words of the documentation");
        }
        None => {}
    }
    words.extend(bounds);
    if !words.is_empty() {
        let all: Vec<_> = schema.place.bounds.take().into_iter().chain(words).collect();
        schema.place.bounds = Some(all.join(", "));
    }
}

/// Returns the limits in words.
fn bounds(limits: &Limits) -> Vec<String> {
    let least = if limits.excludes_minimum { "more than" } else { "at least" };
    let most = if limits.excludes_maximum { "less than" } else { "at most" };
    [
        (&limits.minimum, least, ""),
        (&limits.maximum, most, ""),
        (&limits.multiple_of, "a multiple of", ""),
        (&limits.min_length, "at least", " characters"),
        (&limits.max_length, "at most", " characters"),
    ]
    .into_iter()
    .filter_map(|(bound, before, after)| bound.as_ref().map(|bound| format!("{before} {bound}{after}")))
    .collect()
}

/// Gives each `number` the runtime's type that keeps a number as it is written.
///
/// Such a number is an integer in most payloads, and a float would write `30` as `30.0`.
pub fn keep_numbers(draft: &mut Draft) {
    draft.schemas_mut(&mut |_, schema| {
        if schema.kind == Some(Kind::Number) {
            schema.kind = None;
            schema.rust_type = Some(RustType::of_runtime("Number"));
        }
    });
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::resolve::testing::resolved;

    #[test]
    fn bounds_and_formats_are_documented() {
        let (schemas, decided) = resolved(
            &json!({
                "A": {"type": "integer", "minimum": 1, "maximum": 60, "format": "int32"},
                "B": {"type": "string", "format": "uuid", "minLength": 3},
                "C": {"type": "number", "minimum": 0, "exclusiveMinimum": true},
            }),
            document_bounds,
        );
        assert_eq!(
            schemas,
            json!({
                "A": {"type": "integer", "bounds": "at least 1, at most 60"},
                "B": {"type": "string", "bounds": "`uuid`, at least 3 characters"},
                "C": {"type": "number", "bounds": "more than 0"},
            })
        );
        assert_eq!(decided.len(), 3);
    }

    #[test]
    fn numbers_stay_as_they_are_written() {
        let schemas = json!({"A": {"type": "number"}, "B": {"type": "integer"}});
        let (schemas, _) = resolved(&schemas, |draft, _| keep_numbers(draft));
        assert_eq!(schemas["A"]["x-rust-type"]["path"], "salla_runtime::Number");
        assert_eq!(schemas["B"], json!({"type": "integer"}));
    }
}
