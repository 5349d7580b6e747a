//! Makes listed values a type if they are texts, and documents them if they are not.

use serde_json::Value;

use crate::model::UNKNOWN;
use crate::resolve::decisions::{Decisions, Rule};
use crate::resolve::draft::Draft;
use crate::resolve::integers;
use crate::resolve::names::{Names, type_name};
use crate::resolve::schema::{Kind, Schema};

/// Leaves only lists of texts.
///
/// The values of a schema of texts that are written without quotes are read as texts. Other values have no names: they
/// keep their types, which become alternatives if there are several, and the list moves to the documentation.
pub fn loosen(draft: &mut Draft, decisions: &mut Decisions) {
    draft.schemas_mut(&mut |_, schema| {
        if let Some(values) = schema.values.take() {
            loosen_values(schema, values, decisions);
        }
    });
}

fn loosen_values(schema: &mut Schema, values: Vec<Value>, decisions: &mut Decisions) {
    let is_known = !values.iter().all(Value::is_null);
    let are_texts = values.iter().all(|value| value.is_string() || value.is_null());
    let are_scalars = values.iter().all(|value| !value.is_array() && !value.is_object());
    if is_known && are_texts && matches!(schema.kind, None | Some(Kind::Text)) {
        // Without a type, the list alone decides about null.
        schema.nullable |= schema.kind.is_none() && values.iter().any(Value::is_null);
        schema.kind = Some(Kind::Text);
        schema.values = Some(values);
    } else if is_known && are_scalars && schema.kind == Some(Kind::Text) {
        let what = "listed values of a text that are written without quotes are read as texts";
        decisions.add(Rule::LoosenEnumerations, &schema.at, what);
        schema.values = Some(distinct(values.into_iter().map(as_text)));
    } else {
        let what = "listed values that are no texts become words of the documentation";
        decisions.add(Rule::LoosenEnumerations, &schema.at, what);
        document_values(schema, &values);
    }
}

fn document_values(schema: &mut Schema, values: &[Value]) {
    let words: Vec<_> = values.iter().filter(|value| !value.is_null()).map(|value| format!("`{value}`")).collect();
    if !words.is_empty() {
        schema.place.bounds = Some(format!("one of {}", words.join(", ")));
    }
    schema.nullable |= words.len() < values.len();
    if let [only] = values {
        schema.place.constant = Some(only.clone()).filter(|only| !only.is_string());
    }
    if schema.kind == Some(Kind::Integer) && values.iter().any(|value| value.is_u64() && !value.is_i64()) {
        schema.format = Some(integers::UNSIGNED.to_owned());
    }
    if schema.kind.is_some() {
        return;
    }
    match &kinds_of(values)[..] {
        [] => {}
        [only] => schema.kind = Some(*only),
        several => schema.one_of = Some(several.iter().map(|kind| Schema::of_kind(&schema.at, *kind)).collect()),
    }
}

fn as_text(value: Value) -> Value {
    match value {
        Value::Bool(_) | Value::Number(_) => value.to_string().into(),
        other => other,
    }
}

fn distinct(values: impl Iterator<Item = Value>) -> Vec<Value> {
    let mut kept = Vec::new();
    for value in values {
        if !kept.contains(&value) {
            kept.push(value);
        }
    }
    kept
}

/// Returns the types of the values, each once.
fn kinds_of(values: &[Value]) -> Vec<Kind> {
    let mut kinds = Vec::new();
    for value in values {
        let kind = match value {
            Value::Bool(_) => Kind::Boolean,
            Value::Number(number) if number.is_i64() => Kind::Integer,
            Value::Number(_) => Kind::Number,
            Value::String(_) => Kind::Text,
            Value::Null | Value::Array(_) | Value::Object(_) => continue,
        };
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    kinds
}

/// Gives each listed text the name of a variant, and keeps the texts.
///
/// typify finds no name for `>`, and one name for `Percentage` and `percentage`.
pub fn name_variants(draft: &mut Draft, decisions: &mut Decisions) {
    draft.schemas_mut(&mut |_, schema| {
        let texts: Vec<String> = schema.values.iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect();
        if texts.is_empty() {
            return;
        }
        let mut names = Names::default();
        if schema.is_open {
            // The name stays, whichever texts are listed later.
            names.take(UNKNOWN);
        }
        let mut variants: Vec<Value> = Vec::with_capacity(texts.len());
        for text in &texts {
            let name = variant_name(text, &mut names);
            if name != type_name(text) {
                let what = format_args!("`{text}` becomes the variant `{name}`");
                decisions.add(Rule::NameListedValues, &schema.at, what);
            }
            variants.push(name.into());
        }
        schema.values = Some(variants);
        schema.texts = texts;
    });
}

/// Returns the name of a variant: the words of the text. Its signs become words if it has no others, begins with a
/// sign that has a meaning, or its name is taken.
fn variant_name(text: &str, names: &mut Names) -> String {
    if text.is_empty() {
        return names.unique("Empty");
    }
    let has_words = text.chars().any(char::is_alphanumeric);
    let plain = type_name(text);
    if has_words && !text.starts_with(['-', '+', '!', '<', '>', '=']) && names.take(&plain) {
        return plain;
    }
    let spelled: String = text.chars().map(spelled).collect();
    names.unique(&type_name(&spelled))
}

/// Returns a sign as a word.
fn spelled(c: char) -> String {
    let word = match c {
        '>' => "greater",
        '<' => "less",
        '=' => "equal",
        '!' => "not",
        '+' => "plus",
        '-' => "minus",
        '*' => "star",
        '/' => "slash",
        '\\' => "backslash",
        '%' => "percent",
        '&' => "and",
        '|' => "or",
        '^' => "caret",
        '~' => "tilde",
        '$' => "dollar",
        '#' => "hash",
        '@' => "at",
        '.' => "dot",
        ',' => "comma",
        ':' => "colon",
        ';' => "semicolon",
        '?' => "question",
        '_' => "underscore",
        ' ' => "space",
        '(' => "open",
        ')' => "close",
        other => return other.to_string(),
    };
    format!(" {word} ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::resolve::testing::resolved;

    #[test]
    fn each_text_is_a_variant_of_its_own() {
        let texts =
            [">", "<", "=", ">=", "", "Percentage", "percentage", "-name", "name", "1", "نسبة", "Self", "a b", "a-b"];
        let (schemas, _) = resolved(&json!({"A": {"type": "string", "enum": texts}}), name_variants);
        assert_eq!(
            schemas["A"]["enum"],
            json!([
                "Greater",
                "Less",
                "Equal",
                "GreaterEqual",
                "Empty",
                "Percentage",
                "Percentage2",
                "MinusName",
                "Name",
                "N1",
                "نسبة",
                "Self_",
                "Ab",
                "AMinusB"
            ])
        );
        assert_eq!(schemas["A"]["texts"], json!(texts));
    }

    #[test]
    fn numbers_are_documented_and_mixed_values_become_a_choice() {
        let (schemas, _) = resolved(
            &json!({
                "Number": {"type": "number", "enum": [1, 2, null]},
                "Unquoted": {"type": "string", "enum": [1, true, "a", "1"]},
                "Mixed": {"enum": [1, "a", null]},
                "Text": {"enum": ["a"]},
                "TextOrNull": {"enum": ["a", null]},
            }),
            loosen,
        );
        assert_eq!(
            schemas,
            json!({
                "Number": {"type": "number", "nullable": true, "bounds": "one of `1`, `2`"},
                "Unquoted": {"type": "string", "enum": ["1", "true", "a"]},
                "Mixed": {"nullable": true, "bounds": "one of `1`, `\"a\"`", "oneOf": [{"type": "integer"}, {"type": "string"}]},
                "Text": {"type": "string", "enum": ["a"]},
                "TextOrNull": {"type": "string", "nullable": true, "enum": ["a", null]},
            })
        );
    }
}
