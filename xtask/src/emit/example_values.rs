//! The module with the documented examples as values, for the tests of callers.
//!
//! It is written as text: the examples are long literals, which are neither parsed nor laid out.

use std::fmt::Write as _;

use serde_json::Value;

use super::examples::is_plain;
use super::files::BANNER;
use super::rust_types;
use crate::model::Example;

/// Returns whether an example is a value of a type of the crate.
pub fn has_values(examples: &[Example]) -> bool {
    examples.iter().any(|example| example.function.is_some())
}

/// Returns the file `examples.rs`; none without examples.
pub fn file(examples: &[Example]) -> Option<String> {
    let mut out = format!(
        "// {BANNER}. Do not edit.\n\n\
         //! The documented examples as values, for tests (feature `mock`).\n\
         //!\n\
         //! A test changes the fields of a value that matter to it. [`Mock::answer`](crate::mock::Mock::answer) and\n\
         //! [`Mock::refuse`](crate::mock::Mock::refuse) respond with it.\n\
         //!\n\
         //! Functions come and go with the documented examples, in minor releases too.\n\n\
         use crate::types;\n"
    );
    for example in examples {
        if let Some(name) = &example.function {
            function(&mut out, name, example);
        }
    }
    has_values(examples).then_some(out)
}

fn function(out: &mut String, name: &str, example: &Example) {
    let (of, value) = (rust_types::in_tests(&example.of), literal(&example.value));
    let _ = write!(
        out,
        "\n/// Returns a documented example.\npub fn {name}() -> {of} {{\n    \
         salla_runtime::codegen::example({value})\n}}\n"
    );
}

/// Returns a Rust expression for the JSON of a value.
fn literal(value: &Value) -> String {
    let text = format!("{value:#}");
    let is_raw = text.chars().all(|c| c == '\n' || is_plain(c)) && !text.contains("\"#");
    if is_raw { format!("r#\"{text}\"#") } else { format!("{:?}", value.to_string()) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::document::Pointer;
    use crate::model::{Form, TypeUse};

    fn example(function: Option<&str>, value: Value) -> Example {
        Example {
            name: "n".to_owned(),
            function: function.map(str::to_owned),
            at: Pointer::root(),
            of: TypeUse::of(Form::Named("A".to_owned())),
            encoded: value.clone(),
            value,
            has_other_integers: false,
            lossy: Vec::new(),
        }
    }

    #[test]
    fn each_value_of_a_type_has_its_function() {
        assert_eq!(file(&[example(None, json!(1))]), None);
        let text = file(&[example(Some("a_200"), json!({"b": "\u{0627}"})), example(None, json!(1))]).unwrap();
        let function = "pub fn a_200() -> types::A {\n    salla_runtime::codegen::example(r#\"{\n  \"b\": \"\u{0627}\"\n}\"#)\n}\n";
        assert!(text.ends_with(function), "{text}");
    }

    #[test]
    fn text_that_ends_a_raw_literal_or_changes_its_direction_is_escaped() {
        for text in ["\"#", "\u{202e}"] {
            let found = literal(&json!(text));
            assert!(found.starts_with("\"\\\"") && found.is_ascii(), "{found}");
        }
    }
}
