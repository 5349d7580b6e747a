//! The fingerprint of a document. It changes with every change of the document's values, also with a bound, a server or
//! an example, which may leave the emitted code as it is.

use serde_json::{Map, Value, json};
use xxhash_rust::xxh3::xxh3_128;

/// Returns the fingerprint of a document: 128 bits of XXH3 over its values, as 32 hexadecimal digits.
///
/// Comments, layout, quoting and the order of keys do not affect it; everything else does.
#[must_use]
pub fn fingerprint(root: &Value) -> String {
    let mut bytes = Vec::new();
    write(root, &mut bytes);
    format!("{:032x}", xxh3_128(&bytes))
}

/// Returns the fingerprint of a crate that is made from several files, given their fingerprints. That of one file is its
/// own. The order of the documents counts, and that of the files that they refer to does not.
#[must_use]
pub fn of_all(documents: &[String], mut files: Vec<String>) -> String {
    match (documents, files.is_empty()) {
        ([only], true) => only.clone(),
        _ => {
            files.sort_unstable();
            fingerprint(&json!([documents, files]))
        }
    }
}

/// Writes the kind of a value and then the value. Each text and collection begins with its length, so different
/// documents have different bytes.
pub fn write(of: &Value, bytes: &mut Vec<u8>) {
    match of {
        Value::Null => bytes.push(b'n'),
        Value::Bool(flag) => bytes.push(if *flag { b't' } else { b'f' }),
        Value::Number(number) => text(b'#', &number.to_string(), bytes),
        Value::String(content) => text(b's', content, bytes),
        Value::Array(items) => {
            length(b'a', items.len(), bytes);
            for item in items {
                write(item, bytes);
            }
        }
        Value::Object(fields) => object(fields, bytes),
    }
}

fn object(fields: &Map<String, Value>, bytes: &mut Vec<u8>) {
    length(b'o', fields.len(), bytes);
    let mut sorted: Vec<_> = fields.iter().collect();
    sorted.sort_unstable_by_key(|(key, _)| *key);
    for (key, field) in sorted {
        text(b'k', key, bytes);
        write(field, bytes);
    }
}

fn text(kind: u8, content: &str, bytes: &mut Vec<u8>) {
    length(kind, content.len(), bytes);
    bytes.extend_from_slice(content.as_bytes());
}

fn length(kind: u8, length: usize, bytes: &mut Vec<u8>) {
    bytes.push(kind);
    bytes.extend_from_slice(&(length as u64).to_le_bytes());
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{fingerprint, of_all};

    #[test]
    fn every_file_counts_and_the_order_of_referenced_files_does_not() {
        let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let of = |documents: &[&str], files: &[&str]| of_all(&texts(documents), texts(files));
        assert_eq!(of(&["a"], &[]), "a");
        assert_eq!(of(&["a"], &["b", "c"]), of(&["a"], &["c", "b"]));
        let all =
            [of(&["a"], &["b"]), of(&["a", "b"], &[]), of(&["b", "a"], &[]), of(&["a"], &["c"]), of(&["b"], &["a"])];
        assert!(all.iter().enumerate().all(|(index, one)| !all[..index].contains(one)), "{all:?}");
    }

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
