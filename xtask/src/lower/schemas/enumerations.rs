//! Enumerations: listed values as a type, where they are texts, and as words, where they are not.

use serde_json::{Value, json};

use super::super::changes::Changes;
use super::super::crumb;
use super::super::visit::schemas;
use crate::lower::rust_name::{Names, type_name};

/// Listed values that are no texts have no names: they stay numbers, and the list becomes words. Texts and numbers
/// mixed become a choice between the two. A schema of texts whose list was written without quotes means the texts.
pub fn loosen_enumerations(root: &mut Value, changes: &mut Changes) {
    schemas(root, &mut |_, at, schema| {
        let Some(listed) = schema.get("enum").and_then(Value::as_array) else { return };
        let kind = schema.get("type").and_then(Value::as_str);
        let is_text = |value: &Value| value.is_string() || value.is_null();
        if listed.iter().all(is_text) && !listed.iter().all(Value::is_null) && matches!(kind, None | Some("string")) {
            schema["type"] = "string".into();
            return;
        }
        let are_scalars = listed.iter().all(|value| !value.is_array() && !value.is_object());
        if kind == Some("string") && are_scalars && listed.iter().any(|value| !value.is_null()) {
            let texts: Vec<Value> = listed.iter().map(as_text).collect();
            changes.report(at, "listed values of a text that are written without quotes are read as texts");
            schema["enum"] = dedup(texts).into();
            return;
        }
        let words: Vec<_> = listed.iter().filter(|value| !value.is_null()).map(|value| format!("`{value}`")).collect();
        let has_null = listed.iter().any(Value::is_null);
        changes.report(at, "listed values that are no texts become words of the documentation");
        let types = if kind.is_none() { types_of(schema["enum"].as_array().into_iter().flatten()) } else { Vec::new() };
        if has_null {
            schema["nullable"] = true.into();
        }
        schema[crumb::BOUNDS] = format!("one of {}", words.join(", ")).into();
        if let Some(fields) = schema.as_object_mut() {
            fields.shift_remove("enum");
        }
        match &types[..] {
            [] => {}
            [only] => schema["type"] = (*only).into(),
            several => schema["oneOf"] = several.iter().map(|kind| json!({"type": kind})).collect(),
        }
    });
}

fn as_text(value: &Value) -> Value {
    match value {
        Value::Bool(flag) => flag.to_string().into(),
        Value::Number(number) => number.to_string().into(),
        other => other.clone(),
    }
}

fn dedup(values: Vec<Value>) -> Vec<Value> {
    let mut kept: Vec<Value> = Vec::with_capacity(values.len());
    for value in values {
        if !kept.contains(&value) {
            kept.push(value);
        }
    }
    kept
}

fn types_of<'v>(values: impl Iterator<Item = &'v Value>) -> Vec<&'static str> {
    let mut types = Vec::new();
    for value in values {
        let kind = match value {
            Value::Bool(_) => "boolean",
            Value::Number(number) if number.is_i64() => "integer",
            Value::Number(_) => "number",
            Value::String(_) => "string",
            Value::Null | Value::Array(_) | Value::Object(_) => continue,
        };
        if !types.contains(&kind) {
            types.push(kind);
        }
    }
    types
}

/// Each listed text gets a variant of its own: typify finds no name for `>`, and one name for `Percentage` and
/// `percentage`. It is shown the names; the texts stay beside.
pub fn name_listed_values(root: &mut Value, changes: &mut Changes) {
    schemas(root, &mut |_, at, schema| {
        let Some(listed) = schema.get("enum").and_then(Value::as_array) else { return };
        let texts: Vec<String> = listed.iter().filter_map(Value::as_str).map(str::to_owned).collect();
        if texts.is_empty() {
            return;
        }
        let mut names = Names::default();
        let mut variants = Vec::with_capacity(texts.len());
        for text in &texts {
            let name = variant_name(text, &mut names);
            if name != type_name(text) {
                changes.report(at, format_args!("`{text}` becomes the variant `{name}`"));
            }
            variants.push(name);
        }
        schema["enum"] = variants.iter().map(|name| Value::from(name.as_str())).collect();
        schema[crumb::VALUES] = texts.into();
    });
}

/// The name of a variant: the words of the text, or with its signs as words where that is nothing or taken.
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

/// A sign as a word.
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
    use super::super::tests::lowered;
    use super::*;

    #[test]
    fn each_text_is_a_variant_of_its_own() {
        let texts =
            [">", "<", "=", ">=", "", "Percentage", "percentage", "-name", "name", "1", "نسبة", "Self", "a b", "a-b"];
        let (schemas, _) = lowered(&[name_listed_values], &json!({"A": {"type": "string", "enum": texts}}));
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
        assert_eq!(schemas["A"][crumb::VALUES], json!(texts));
    }

    #[test]
    fn numbers_become_words_and_mixtures_a_choice() {
        let (schemas, _) = lowered(
            &[loosen_enumerations],
            &json!({
                "Number": {"type": "number", "enum": [1, 2, null]},
                "Unquoted": {"type": "string", "enum": [1, true, "a", "1"]},
                "Mixed": {"enum": [1, "a", null]},
                "Text": {"enum": ["a"]},
            }),
        );
        assert_eq!(
            schemas,
            json!({
                "Number": {"type": "number", "nullable": true, crumb::BOUNDS: "one of `1`, `2`"},
                "Unquoted": {"type": "string", "enum": ["1", "true", "a"]},
                "Mixed": {"nullable": true, crumb::BOUNDS: "one of `1`, `\"a\"`", "oneOf": [{"type": "integer"}, {"type": "string"}]},
                "Text": {"type": "string", "enum": ["a"]},
            })
        );
    }
}
