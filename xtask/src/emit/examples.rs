//! The tests of the crate: every documented example decodes into its type, and encodes to the same value.

use std::fmt::Write as _;

use serde_json::Value;

use super::files::{BANNER, Tree};
use super::package::Package;
use super::package_name::library;
use super::rust_types;
use crate::model::Example;

/// Returns the file of the tests, and a file for each example that is too long for it.
pub fn files(examples: &[Example], package: &Package) -> Tree {
    let mut tree = Tree::new();
    let mut tests = String::new();
    for example in examples {
        tests += &test(example, &mut tree);
    }
    if !examples.is_empty() {
        let round_trips = round_trips(examples.iter().any(|example| example.has_other_integers));
        let code = format!("{}{round_trips}{tests}", head(&tests, &library(&package.name)));
        tree.insert("tests/examples.rs".to_owned(), code.into_bytes());
    }
    tree
}

fn head(tests: &str, library: &str) -> String {
    let mut out = format!(
        "// {BANNER}. Do not edit.\n\n\
         //! Every documented example decodes into its type, and encodes to the same value.\n\n"
    );
    if tests.contains("BTreeMap<") {
        out += "use std::collections::BTreeMap;\n\n";
    }
    if tests.contains("types::") {
        let _ = writeln!(out, "use {library}::types;");
    }
    out
}

/// Returns the functions that all tests call. An integer that is written as `5.0` needs the decoder of the client.
fn round_trips(has_other_integers: bool) -> String {
    let decoder = if has_other_integers { "salla_runtime::codegen::decode_json" } else { DECODER };
    ROUND_TRIPS.replacen(DECODER, decoder, 1)
}

const DECODER: &str = "serde_json::from_str";

/// The functions that all tests call.
const ROUND_TRIPS: &str = r#"use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Decodes an example, and compares the encoded value with the expected one. Values at the pointers in `lossy` may be
/// encoded in another form.
fn round_trips<T: DeserializeOwned + Serialize>(example: &str, expected: &str, lossy: &[&str]) {
    let decoded: T = serde_json::from_str(example).expect("the example decodes into its type");
    let found = serde_json::to_value(&decoded).expect("the type encodes");
    let expected = serde_json::from_str(expected).expect("the example is JSON");
    if let Some(difference) = difference("", &expected, &found, lossy) {
        panic!("the encoded value differs {difference}");
    }
}

/// Returns the first difference between two values, with its JSON pointer.
fn difference(at: &str, expected: &Value, found: &Value, lossy: &[&str]) -> Option<String> {
    if lossy.contains(&at) {
        return None;
    }
    let below = |key: &str| format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"));
    match (expected, found) {
        (Value::Object(expected), Value::Object(found)) => {
            let missing = expected.keys().map(|key| (key, expected.get(key), found.get(key)));
            let added = found.keys().filter(|key| !expected.contains_key(*key)).map(|key| (key, None, found.get(key)));
            missing.chain(added).find_map(|(key, expected, found)| match (expected, found) {
                (Some(expected), Some(found)) => difference(&below(key), expected, found, lossy),
                _ if lossy.contains(&below(key).as_str()) => None,
                (Some(expected), None) => Some(format!("at `{}`: {expected} is missing", below(key))),
                (None, found) => found.map(|found| format!("at `{}`: {found} is not expected", below(key))),
            })
        }
        (Value::Array(expected), Value::Array(found)) if expected.len() == found.len() => {
            let mut pairs = expected.iter().zip(found).enumerate();
            pairs.find_map(|(index, (expected, found))| {
                difference(&below(&index.to_string()), expected, found, lossy)
            })
        }
        _ if expected == found => None,
        _ => Some(format!("at `{at}`: expected {expected}, found {found}")),
    }
}
"#;

fn test(example: &Example, tree: &mut Tree) -> String {
    let name = &example.name;
    let value = literal(&example.value, name, tree);
    let expected = if example.encoded == example.value {
        value.clone()
    } else {
        literal(&example.encoded, &format!("{name}.expected"), tree)
    };
    let lossy: Vec<_> = example.lossy.iter().map(|pointer| format!("{pointer:?}")).collect();
    format!(
        "\n#[test]\nfn {name}() {{\n    round_trips::<{}>(\n        {value},\n        {expected},\n        &[{}],\n    );\n}}\n",
        rust_types::in_tests(&example.of),
        lossy.join(", "),
    )
}

/// Returns a Rust expression for the JSON of a value: a literal if it is short, or the contents of a file.
fn literal(value: &Value, name: &str, tree: &mut Tree) -> String {
    const LONGEST: usize = 80;
    let text = value.to_string();
    let is_short = text.chars().count() <= LONGEST && text.chars().all(is_plain) && !text.contains("\"#");
    if is_short {
        return if text.contains(['"', '\\']) { format!("r#\"{text}\"#") } else { format!("\"{text}\"") };
    }
    let path = format!("examples/{name}.json");
    tree.insert(format!("tests/{path}"), format!("{value:#}\n").into_bytes());
    format!("include_str!({path:?})")
}

/// Returns whether a character can be in a literal. rustc refuses those that change the direction of text.
pub fn is_plain(c: char) -> bool {
    !c.is_control() && !matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::document::Pointer;
    use crate::model::{Form, TypeUse};

    #[test]
    fn short_examples_are_in_the_test_and_long_ones_in_a_file() {
        let mut tree = Tree::new();
        let example = |name: &str, value: Value, encoded: Value| Example {
            name: name.to_owned(),
            function: None,
            at: Pointer::root(),
            of: TypeUse::of(Form::Named("A".to_owned())),
            value,
            encoded,
            has_other_integers: false,
            lossy: vec!["/a\"b".to_owned()],
        };
        let short = test(&example("short", json!({"a": 1, "b": []}), json!({"a": 1})), &mut tree);
        assert!(
            short.contains("round_trips::<types::A>(\n        r#\"{\"a\":1,\"b\":[]}\"#,\n        r#\"{\"a\":1}\"#,\n"),
            "{short}"
        );
        assert!(short.contains("&[\"/a\\\"b\"]"), "{short}");
        let long = json!("a\u{202e}b");
        let long = test(&example("long", long.clone(), long), &mut tree);
        assert!(long.contains("include_str!(\"examples/long.json\")"), "{long}");
        assert_eq!(tree.keys().collect::<Vec<_>>(), ["tests/examples/long.json"]);
    }
}
