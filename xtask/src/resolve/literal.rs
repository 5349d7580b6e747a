//! Documented examples of parameters, as Rust code that the parameter's setter takes.
//!
//! A document often writes an example in another kind than its schema says, such as `"289032373"` for an integer. The
//! code has to compile nevertheless, so it is written as the type of the setter, which the schema decides.

use serde_json::Value;

use super::integers;
use super::schema::{Components, Kind, Schema};

/// The value of an integer, a number or a boolean whose example is no such value.
const INTEGER: &str = "1";
const BOOLEAN: &str = "true";

/// Returns the example of a value of this schema as Rust code; nothing where that takes more than a short expression.
///
/// Text is read as the kind of value that the schema describes. An example that cannot be read so is replaced by a
/// value of the right kind.
#[must_use]
pub fn literal(components: &Components, schema: &Schema, example: &Value) -> Option<String> {
    // Only the wrapped type itself converts to a type that wraps it.
    let is_wrapped = schema.reference.is_some();
    let resolved = match &schema.reference {
        Some(name) => components.get(name)?,
        None => schema,
    };
    if resolved.values.is_some() {
        return listed_text(&resolved.texts, example);
    }
    if let Some(rust_type) = &resolved.rust_type {
        return if is_wrapped { None } else { of_runtime_type(rust_type.name(), example) };
    }
    match resolved.kind? {
        Kind::Text if is_wrapped => scalar_text(example).map(|text| format!("{text:?}.to_owned()")),
        Kind::Text => scalar_text(example).map(|text| format!("{text:?}")),
        Kind::Integer => Some(integer(example, is_wrapped)),
        Kind::Unsigned => Some(unsigned(example, is_wrapped)),
        Kind::Boolean => Some(boolean(example)),
        Kind::List => list(resolved.items.as_deref()?, example),
        Kind::Number | Kind::Object => None,
    }
}

/// The example if it is one of the listed texts, or else the first of them.
fn listed_text(texts: &[String], example: &Value) -> Option<String> {
    let text = scalar_text(example);
    let found = texts.iter().find(|listed| Some(*listed) == text.as_ref()).or_else(|| texts.first())?;
    Some(format!("{found:?}"))
}

/// A value of a type of the runtime: of those that convert from a number or from text.
fn of_runtime_type(name: &str, example: &Value) -> Option<String> {
    match name {
        "Number" => Some(number(example)),
        "Bytes" | "DateTime" | "Id" => scalar_text(example).map(|text| format!("{text:?}")),
        _ => None,
    }
}

/// The text of a value that is neither an object nor a list.
fn scalar_text(example: &Value) -> Option<String> {
    match example {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(example.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

fn integer(example: &Value, is_wrapped: bool) -> String {
    let whole = integers::whole(example).and_then(|whole| whole.as_i64());
    let whole = whole.or_else(|| example.as_str()?.trim().parse().ok());
    match whole {
        Some(whole) if is_wrapped || i32::try_from(whole).is_err() => format!("{whole}_i64"),
        Some(whole) => whole.to_string(),
        None if is_wrapped => format!("{INTEGER}_i64"),
        None => INTEGER.to_owned(),
    }
}

fn unsigned(example: &Value, is_wrapped: bool) -> String {
    let whole = integers::whole(example).and_then(|whole| whole.as_u64());
    let whole = whole.or_else(|| example.as_str()?.trim().parse().ok());
    match whole {
        Some(whole) if is_wrapped || i32::try_from(whole).is_err() => format!("{whole}_u64"),
        Some(whole) => whole.to_string(),
        None if is_wrapped => format!("{INTEGER}_u64"),
        None => INTEGER.to_owned(),
    }
}

/// A number as an integer where it is one, or else as a floating-point number.
fn number(example: &Value) -> String {
    let text = scalar_text(example).unwrap_or_default();
    let text = text.trim();
    if text.parse::<i64>().is_ok() {
        return integer(&text.into(), false);
    }
    match text.parse::<f64>() {
        Ok(float) if float.is_finite() => format!("{float:?}"),
        _ => INTEGER.to_owned(),
    }
}

fn boolean(example: &Value) -> String {
    let flag = example.as_bool().or_else(|| example.as_str()?.trim().parse().ok());
    flag.map_or_else(|| BOOLEAN.to_owned(), |flag| flag.to_string())
}

/// A list of scalars. Text is a list as a query or a path writes it: with commas between the items.
fn list(items: &Schema, example: &Value) -> Option<String> {
    let listed: Vec<Value> = match example {
        Value::Array(listed) => listed.clone(),
        Value::String(text) => text.split(',').map(|item| item.trim().into()).collect(),
        Value::Number(_) | Value::Bool(_) => vec![example.clone()],
        Value::Null | Value::Object(_) => return None,
    };
    let items = listed.iter().map(|item| list_item(items, item)).collect::<Option<Vec<_>>>()?;
    (!items.is_empty()).then(|| format!("vec![{}]", items.join(", ")))
}

/// An item of a list, which has to be of the type itself: a list does not convert item by item.
fn list_item(schema: &Schema, example: &Value) -> Option<String> {
    if schema.reference.is_some() || schema.values.is_some() || schema.rust_type.is_some() {
        return None;
    }
    match schema.kind? {
        Kind::Text => scalar_text(example).map(|text| format!("{text:?}.to_owned()")),
        Kind::Integer => Some(integer(example, true)),
        Kind::Unsigned => Some(unsigned(example, true)),
        Kind::Boolean => Some(boolean(example)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::resolve::decisions::Decisions;
    use crate::resolve::read::Reader;

    /// Returns the expression for an example of a value of this schema.
    fn of(schema: &Value, example: &Value) -> Option<String> {
        let schemas = json!({"Id": {"type": "integer"}, "Price": of_type("Number"), "Title": {"type": "string"},
            "Example": schema});
        let root = json!({"components": {"schemas": schemas}});
        let mut components = Reader::new(&root).components(&mut Decisions::new(false));
        let mut schema = components.swap_remove("Example")?;
        if schema.values.is_some() {
            schema.texts = ["a b", "@c"].map(str::to_owned).into();
        }
        literal(&components, &schema, example)
    }

    fn of_type(name: &str) -> Value {
        json!({"x-rust-type": {"path": format!("salla_runtime::{name}")}})
    }

    #[test]
    fn an_example_has_the_type_of_its_schema() {
        let wrapped = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
        for (schema, example, expected) in [
            (json!({"type": "integer"}), json!("289032373"), "289032373"),
            (json!({"type": "integer"}), json!(7), "7"),
            (json!({"type": "integer"}), json!(3_000_000_000_u64), "3000000000_i64"),
            (json!({"type": "integer"}), json!("abc"), "1"),
            (json!({"type": "integer"}), json!(1.5), "1"),
            (wrapped("Id"), json!("7"), "7_i64"),
            (wrapped("Id"), json!([]), "1_i64"),
            (wrapped("Title"), json!(1984), "\"1984\".to_owned()"),
            (json!({"type": "boolean"}), json!("false"), "false"),
            (json!({"type": "boolean"}), json!(0), "true"),
            (json!({"type": "string"}), json!(7), "\"7\""),
            (of_type("Number"), json!("2.5"), "2.5"),
            (of_type("Number"), json!(30), "30"),
            (of_type("Number"), json!(1.0e-7), "1e-7"),
            (of_type("Number"), json!("cheap"), "1"),
            (of_type("Number"), json!("inf"), "1"),
            (of_type("Id"), json!(7), "\"7\""),
            (of_type("DateTime"), json!("2024-05-01"), "\"2024-05-01\""),
        ] {
            assert_eq!(of(&schema, &example).as_deref(), Some(expected), "{schema} {example}");
        }
    }

    #[test]
    fn an_enumeration_has_one_of_its_texts() {
        let schema = json!({"type": "string", "enum": ["Ab", "C"]});
        assert_eq!(of(&schema, &json!("@c")).as_deref(), Some("\"@c\""));
        assert_eq!(of(&schema, &json!("C")).as_deref(), Some("\"a b\""), "the first, where the example is none");
    }

    #[test]
    fn a_list_is_written_item_by_item() {
        let list = |kind: &str| json!({"type": "array", "items": {"type": kind}});
        assert_eq!(of(&list("integer"), &json!("1, 2")).as_deref(), Some("vec![1_i64, 2_i64]"));
        assert_eq!(of(&list("string"), &json!(["a"])).as_deref(), Some("vec![\"a\".to_owned()]"));
        assert_eq!(of(&list("boolean"), &json!(true)).as_deref(), Some("vec![true]"));
    }

    #[test]
    fn an_example_that_needs_more_than_a_short_expression_is_omitted() {
        for (schema, example) in [
            (json!({"type": "object"}), json!({})),
            (json!({"type": "string"}), json!({})),
            (json!({"type": "array", "items": {"type": "string"}}), json!([])),
            (json!({"type": "array", "items": {"$ref": "#/components/schemas/Id"}}), json!([1])),
            (of_type("File"), json!("a.png")),
            (json!({"$ref": "#/components/schemas/Price"}), json!(1)),
            (json!({}), json!(1)),
        ] {
            assert_eq!(of(&schema, &example), None, "{schema} {example}");
        }
    }
}
