//! A fingerprint of what a document says, so that no change of it goes unseen, even one that changes no line of
//! code: a bound, a server, an example.

use serde_json::{Map, Value};
use xxhash_rust::xxh3::Xxh3;

/// The fingerprint of a document: 128 bits of XXH3 over its values, as 32 hexadecimal digits.
///
/// Comments, layout, quoting and the order of keys do not count; everything else does.
#[must_use]
pub fn fingerprint(root: &Value) -> String {
    let mut hash = Xxh3::new();
    value(root, &mut hash);
    format!("{:032x}", hash.digest128())
}

/// Every value is preceded by its kind, and every text and collection by its length: no two documents are one
/// sequence of bytes.
fn value(of: &Value, hash: &mut Xxh3) {
    match of {
        Value::Null => hash.update(b"n"),
        Value::Bool(flag) => hash.update(if *flag { b"t" } else { b"f" }),
        Value::Number(number) => text(b"#", &number.to_string(), hash),
        Value::String(content) => text(b"s", content, hash),
        Value::Array(items) => {
            length(b"a", items.len(), hash);
            for item in items {
                value(item, hash);
            }
        }
        Value::Object(fields) => object(fields, hash),
    }
}

fn object(fields: &Map<String, Value>, hash: &mut Xxh3) {
    length(b"o", fields.len(), hash);
    let mut sorted: Vec<_> = fields.iter().collect();
    sorted.sort_by_key(|(key, _)| *key);
    for (key, field) in sorted {
        text(b"k", key, hash);
        value(field, hash);
    }
}

fn text(kind: &[u8], content: &str, hash: &mut Xxh3) {
    length(kind, content.len(), hash);
    hash.update(content.as_bytes());
}

fn length(kind: &[u8], length: usize, hash: &mut Xxh3) {
    hash.update(kind);
    hash.update(&(length as u64).to_le_bytes());
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::fingerprint;

    #[test]
    fn order_does_not_count_and_everything_else_does() {
        let base = json!({"a": 1, "b": ["x", null, true]});
        assert_eq!(fingerprint(&base), fingerprint(&json!({"b": ["x", null, true], "a": 1})));
        for other in [
            json!({"a": 2, "b": ["x", null, true]}),
            json!({"a": "1", "b": ["x", null, true]}),
            json!({"a": 1, "b": ["x", true, null]}),
            json!({"a": 1, "b": ["x", null, true], "c": null}),
            json!({"a": 1, "b": [["x"], null, true]}),
            json!({"a": 1.0, "b": ["x", null, true]}),
        ] {
            assert_ne!(fingerprint(&base), fingerprint(&other), "{other}");
        }
    }
}
