//! The tests of the crate: every documented example decodes into its type, and comes back as it was shown.

use std::collections::HashSet;
use std::fmt::Write as _;

use serde_json::Value;

use super::package::Package;
use crate::document::Pointer;
use crate::emit::files::{BANNER, Tree};
use crate::lower::notes::{ExampleNote, Notes};

/// The file of the tests, and a file for each example that is too long to stand in it.
#[must_use]
pub fn files(notes: &Notes, package: &Package) -> Tree {
    let mut tree = Tree::new();
    let mut names = HashSet::new();
    let mut tests = String::new();
    for example in &notes.examples {
        let name = unique(&name_of(&example.at), &mut names);
        tests += &test(example, &name, &mut tree);
    }
    if !notes.examples.is_empty() {
        let code = format!("{}{HOLDS}{tests}", head(&tests, &package.name.replace('-', "_")));
        tree.insert("tests/examples.rs".to_owned(), code.into_bytes());
    }
    tree
}

fn head(tests: &str, library: &str) -> String {
    let mut out = format!(
        "// {BANNER}. Do not edit.\n\n\
         //! Every documented example decodes into its type, and comes back as it was shown.\n\n"
    );
    if tests.contains("BTreeMap<") {
        out += "use std::collections::BTreeMap;\n\n";
    }
    if tests.contains("types::") {
        let _ = writeln!(out, "use {library}::types;");
    }
    out
}

/// What all tests call.
const HOLDS: &str = r#"use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Decodes what is shown, and compares what comes back with what is expected, but for the places that a function
/// decodes, which may take them in another spelling.
fn holds<T: DeserializeOwned + Serialize>(shown: &str, expected: &str, respelled: &[&str]) {
    let decoded: T = serde_json::from_str(shown).expect("the example decodes into its type");
    let found = serde_json::to_value(&decoded).expect("the type encodes");
    let expected = serde_json::from_str(expected).expect("the example is JSON");
    if let Some(difference) = difference("", &expected, &found, respelled) {
        panic!("what comes back differs {difference}");
    }
}

/// The first place where two values part, as a JSON pointer, and how.
fn difference(at: &str, expected: &Value, found: &Value, respelled: &[&str]) -> Option<String> {
    if respelled.contains(&at) {
        return None;
    }
    let below = |key: &str| format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"));
    match (expected, found) {
        (Value::Object(expected), Value::Object(found)) => {
            let missing = expected.keys().map(|key| (key, expected.get(key), found.get(key)));
            let added = found.keys().filter(|key| !expected.contains_key(*key)).map(|key| (key, None, found.get(key)));
            missing.chain(added).find_map(|(key, expected, found)| match (expected, found) {
                (Some(expected), Some(found)) => difference(&below(key), expected, found, respelled),
                _ if respelled.contains(&below(key).as_str()) => None,
                (Some(expected), None) => Some(format!("at `{}`: {expected} is missing", below(key))),
                (None, found) => found.map(|found| format!("at `{}`: {found} is not shown", below(key))),
            })
        }
        (Value::Array(expected), Value::Array(found)) if expected.len() == found.len() => {
            let mut pairs = expected.iter().zip(found).enumerate();
            pairs.find_map(|(index, (expected, found))| {
                difference(&below(&index.to_string()), expected, found, respelled)
            })
        }
        _ if expected == found => None,
        _ => Some(format!("at `{at}`: {expected} is shown, and {found} came back")),
    }
}
"#;

fn test(example: &ExampleNote, name: &str, tree: &mut Tree) -> String {
    let shown = literal(&example.value, name, tree);
    let expected = if example.expected == example.value {
        shown.clone()
    } else {
        literal(&example.expected, &format!("{name}.expected"), tree)
    };
    let respelled: Vec<_> = example.respelled.iter().map(|pointer| format!("{pointer:?}")).collect();
    format!(
        "\n#[test]\nfn {name}() {{\n    holds::<{}>(\n        {shown},\n        {expected},\n        &[{}],\n    );\n}}\n",
        example.rust_type,
        respelled.join(", "),
    )
}

/// The JSON of a value, as an expression of Rust: in the code if it is short, else in a file.
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

/// Characters that change the direction of text are refused in code.
fn is_plain(c: char) -> bool {
    !c.is_control() && !matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The words of a pointer that say something, the method before the path.
fn name_of(at: &Pointer) -> String {
    const SILENT: &[&str] = &[
        "paths",
        "components",
        "schemas",
        "responses",
        "content",
        "application/json",
        "schema",
        "properties",
        "value",
        "examples",
    ];
    const LONGEST: usize = 80;
    let mut words: Vec<String> = at.segments().collect();
    if words.first().is_some_and(|first| first == "paths") && words.len() > 2 {
        words.swap(1, 2);
    }
    let words: Vec<_> = words.iter().filter(|word| !SILENT.contains(&word.as_str())).map(|word| snake(word)).collect();
    let words: Vec<_> = words.iter().filter(|word| !word.is_empty()).map(String::as_str).collect();
    let name: String = words.join("_").chars().take(LONGEST).collect();
    let name = name.trim_matches('_');
    // No keyword is longer than eight letters, and none has a low line in it.
    if name.starts_with(|c: char| c.is_ascii_lowercase()) && name.contains('_') {
        name.to_owned()
    } else {
        format!("example_{name}")
    }
}

fn snake(word: &str) -> String {
    let mut out = String::new();
    let mut was_lower = false;
    for c in word.chars() {
        if c.is_ascii_alphanumeric() {
            if c.is_ascii_uppercase() && was_lower {
                out.push('_');
            }
            out.push(c.to_ascii_lowercase());
        } else if !out.ends_with('_') && !out.is_empty() {
            out.push('_');
        }
        was_lower = c.is_ascii_lowercase() || c.is_ascii_digit();
    }
    out.trim_matches('_').to_owned()
}

fn unique(name: &str, names: &mut HashSet<String>) -> String {
    let numbered = (2..).map(|number: usize| format!("{}_{number}", name.trim_end_matches('_')));
    let free =
        std::iter::once(name.trim_end_matches('_').to_owned()).chain(numbered).find(|name| !names.contains(name));
    let free = free.unwrap_or_default();
    names.insert(free.clone());
    free
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn tests_are_named_after_where_the_example_is_shown() {
        for (at, expected) in [
            ("/paths/~1orders~1{id}/get/responses/200/content/application~1json/example", "get_orders_id_200_example"),
            ("/components/schemas/OrderItem/properties/{field-name}/example", "order_item_field_name_example"),
            ("/components/examples/ملاحظة/value", "example_"),
            ("/components/schemas/Type/example", "type_example"),
        ] {
            let name = name_of(&Pointer::from_text(at));
            assert_eq!(unique(&name, &mut HashSet::new()), expected.trim_end_matches('_'));
        }
        let mut names = HashSet::new();
        assert_eq!([unique("a_b", &mut names), unique("a_b", &mut names)], ["a_b", "a_b_2"]);
    }

    #[test]
    fn short_examples_stand_in_the_test_and_long_ones_beside_it() {
        let mut tree = Tree::new();
        let note = |value: Value, expected: Value| ExampleNote {
            at: Pointer::root(),
            rust_type: "types::A".to_owned(),
            value,
            expected,
            respelled: vec!["/a\"b".to_owned()],
        };
        let short = test(&note(json!({"a": 1, "b": []}), json!({"a": 1})), "short", &mut tree);
        assert!(
            short.contains("holds::<types::A>(\n        r#\"{\"a\":1,\"b\":[]}\"#,\n        r#\"{\"a\":1}\"#,\n"),
            "{short}"
        );
        assert!(short.contains("&[\"/a\\\"b\"]"), "{short}");
        let long = json!("a\u{202e}b");
        let long = test(&note(long.clone(), long), "long", &mut tree);
        assert!(long.contains("include_str!(\"examples/long.json\")"), "{long}");
        assert_eq!(tree.keys().collect::<Vec<_>>(), ["tests/examples/long.json"]);
    }
}
