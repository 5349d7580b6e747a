//! The headers of the parts of a multipart form (OpenAPI 3.0.3, "Encoding Object", `headers`).

use serde_json::Value;

use super::parameter_name::is_token;
use super::references::resolve;

/// A header of a part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartHeader {
    /// Its name.
    pub name: String,
    /// Its value, if the document allows or presumes only one.
    pub value: Option<String>,
}

/// Returns the headers of an encoding, from its field `headers`. OpenAPI ignores `Content-Type` among them.
#[must_use]
pub fn headers(root: &Value, written: Option<&Value>) -> Vec<PartHeader> {
    let named = written.and_then(Value::as_object).into_iter().flatten();
    let named = named.filter(|(name, _)| !name.eq_ignore_ascii_case("content-type"));
    named.map(|(name, header)| PartHeader { name: name.clone(), value: fixed(root, name, header) }).collect()
}

/// Returns the value of a header: the only one of its schema, or else the default.
fn fixed(root: &Value, name: &str, header: &Value) -> Option<String> {
    let header = resolve(root, header)?;
    let schema = resolve(root, header.get("schema")?)?;
    let listed = schema.get("enum").and_then(Value::as_array).filter(|values| values.len() == 1);
    let value = schema.get("const").or_else(|| listed?.first()).or_else(|| schema.get("default"))?;
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(_) | Value::Bool(_) => value.to_string(),
        _ => return None,
    };
    let can_be_sent = is_token(name) && !name.eq_ignore_ascii_case("content-disposition") && is_visible(&text);
    can_be_sent.then_some(text)
}

/// Returns whether a text has only visible ASCII characters, and spaces inside.
fn is_visible(text: &str) -> bool {
    text.trim() == text && text.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_header_has_a_value_if_its_schema_has_only_one_or_a_default() {
        let root = json!({"components": {
            "headers": {"H": {"schema": {"$ref": "#/components/schemas/S"}}},
            "schemas": {"S": {"type": "string", "enum": ["only"]}},
        }});
        let of = |schema: Value| json!({"schema": schema});
        for (name, header, expected) in [
            ("A", of(json!({"const": 7})), Some("7")),
            ("A", json!({"$ref": "#/components/headers/H"}), Some("only")),
            ("A", of(json!({"type": "string", "default": "d", "enum": ["c", "d"]})), Some("d")),
            ("A", of(json!({"enum": ["c", "d"]})), None),
            ("A", of(json!({"type": "string", "example": "e"})), None),
            ("A", of(json!({"const": ["a"]})), None),
            ("A", of(json!({"const": "a\r\nb"})), None),
            ("A b", of(json!({"const": "a"})), None),
            ("Content-Disposition", of(json!({"const": "a"})), None),
        ] {
            let found = headers(&root, Some(&json!({name: header})));
            let expected = PartHeader { name: name.to_owned(), value: expected.map(str::to_owned) };
            assert_eq!(found, [expected], "{header}");
        }
        assert_eq!(headers(&root, Some(&json!({"content-type": of(json!({"const": "a"}))}))), []);
    }
}
