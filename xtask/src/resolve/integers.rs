//! Integers of other sizes than `i64`, and integers that an example writes with a fraction of zero or an exponent.

use std::collections::HashSet;

use serde_json::{Map, Number, Value};

use super::decisions::{Decisions, Rule};
use super::draft::Draft;
use super::pages;
use super::schema::{Kind, Schema};
use crate::document::Pointer;

/// Gives each integer that may be greater than an `i64` a type that holds it: `u64`, or the runtime's number where that
/// does not hold all of its values.
///
/// The numbers of pages and items stay `i64`, which no list exceeds: the streams count in it.
pub fn widen(draft: &mut Draft, decisions: &mut Decisions) {
    let counts: HashSet<Pointer> = pages::counts(draft);
    draft.schemas_mut(&mut |_, schema| {
        if schema.kind != Some(Kind::Integer) || schema.has_custom_decoding() || counts.contains(&schema.at) {
            return;
        }
        match size(schema) {
            Size::Signed => {}
            Size::Unsigned => {
                decisions.add(
                    Rule::WidenIntegers,
                    &schema.at,
                    "it is a `u64`: its values may be greater than an `i64`",
                );
                schema.kind = Some(Kind::Unsigned);
            }
            Size::Larger => {
                decisions.add(
                    Rule::WidenIntegers,
                    &schema.at,
                    "it is a `Number`: its values fit into no integer of 64 bits",
                );
                schema.kind = Some(Kind::Number);
            }
        }
    });
}

/// The format of an integer of 64 bits without a sign.
pub const UNSIGNED: &str = "uint64";

/// The size of the integers of a schema.
enum Size {
    Signed,
    Unsigned,
    Larger,
}

fn size(schema: &Schema) -> Size {
    let (minimum, maximum) = (schema.limits.minimum.as_ref(), schema.limits.maximum.as_ref());
    let is_unsigned = schema.format.as_deref() == Some(UNSIGNED);
    let is_above = maximum.is_some_and(|value| is_beyond(value, 1.0));
    let is_below = minimum.is_some_and(|value| is_beyond(value, -1.0));
    let is_negative = minimum.and_then(Value::as_f64).is_some_and(|value| value < 0.0);
    let is_larger = maximum.is_some_and(|maximum| whole(maximum).is_none_or(|value| !value.is_u64()));
    match (is_unsigned || is_above, is_negative) {
        _ if is_below => Size::Larger,
        (false, _) => Size::Signed,
        (true, true) => Size::Larger,
        (true, false) if is_above && is_larger => Size::Larger,
        (true, false) => Size::Unsigned,
    }
}

/// Returns whether a bound is not an `i64`, on this side of zero.
fn is_beyond(bound: &Value, sign: f64) -> bool {
    bound.is_number()
        && whole(bound).is_none_or(|value| !value.is_i64())
        && bound.as_f64().is_some_and(|value| value * sign > LIMIT)
}

/// 2 to the power of 62: an integer beyond it that is not an `i64` is on the side of its sign.
const LIMIT: f64 = 4_611_686_018_427_387_904.0;

/// Returns a whole number of up to 64 bits as an integer, however it is written.
#[must_use]
pub fn whole(value: &Value) -> Option<Value> {
    const ABOVE_SIGNED: f64 = 9_223_372_036_854_775_808.0;
    const ABOVE_UNSIGNED: f64 = 18_446_744_073_709_551_616.0;
    let Value::Number(number) = value else { return None };
    if !number.is_f64() {
        return Some(value.clone());
    }
    let float = number.as_f64().filter(|float| float.fract() == 0.0)?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is whole and in range")]
    let number = match float {
        _ if (-ABOVE_SIGNED..ABOVE_SIGNED).contains(&float) => Number::from(float as i64),
        _ if (ABOVE_SIGNED..ABOVE_UNSIGNED).contains(&float) => Number::from(float as u64),
        _ => return None,
    };
    Some(Value::Number(number))
}

/// Returns a value whose whole numbers are all written as integers; none if they are already.
///
/// The client decodes a body in this form if it does not decode as it was written.
#[must_use]
pub fn rewritten(value: &Value) -> Option<Value> {
    has_fraction_of_zero(value).then(|| rewrite(value))
}

fn has_fraction_of_zero(value: &Value) -> bool {
    match value {
        Value::Object(fields) => fields.values().any(has_fraction_of_zero),
        Value::Array(items) => items.iter().any(has_fraction_of_zero),
        _ => value.is_f64() && whole(value).is_some(),
    }
}

fn rewrite(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let fields = fields.iter().map(|(name, value)| (name.clone(), rewrite(value)));
            Value::Object(fields.collect::<Map<_, _>>())
        }
        Value::Array(items) => items.iter().map(rewrite).collect(),
        _ => whole(value).unwrap_or_else(|| value.clone()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::resolve::testing::resolved;

    #[test]
    fn an_integer_gets_a_type_that_holds_its_values() {
        let integer = |more: Value| {
            let mut schema = json!({"type": "integer"});
            schema.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            schema
        };
        for (more, expected) in [
            (json!({}), "integer"),
            (json!({"maximum": i64::MAX}), "integer"),
            (json!({"minimum": -5, "maximum": 1e9}), "integer"),
            (json!({"format": "uint64"}), "unsigned"),
            (json!({"format": "uint32"}), "integer"),
            (json!({"minimum": 0, "maximum": u64::MAX}), "unsigned"),
            (json!({"maximum": 1e19}), "unsigned"),
            (json!({"format": "uint64", "minimum": -1}), "number"),
            (json!({"maximum": 1e30}), "number"),
            (json!({"minimum": -1e30}), "number"),
        ] {
            let (schemas, decided) = resolved(&json!({"A": integer(more.clone())}), widen);
            assert_eq!(schemas["A"]["type"], expected, "{more}");
            assert_eq!(decided.len(), usize::from(expected != "integer"), "{more}");
        }
    }

    #[test]
    fn whole_numbers_are_rewritten_at_any_depth() {
        let value = json!({"a": [5.0, 5.5, "5.0"], "b": {"c": 1e19, "d": -1e30}});
        let expected = json!({"a": [5, 5.5, "5.0"], "b": {"c": 10_000_000_000_000_000_000_u64, "d": -1e30}});
        assert_eq!(rewritten(&value), Some(expected.clone()));
        assert_eq!(rewritten(&expected), None);
    }
}
