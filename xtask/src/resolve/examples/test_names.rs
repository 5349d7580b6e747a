//! The names of the tests of examples, which name their files too.

use std::collections::HashSet;

use crate::document::Pointer;
use crate::resolve::names::numbered;

/// The names that are taken.
#[derive(Default)]
pub struct TestNames(HashSet<String>);

impl TestNames {
    /// Returns the name of the test of the example at this place.
    pub fn name(&mut self, at: &Pointer) -> String {
        numbered(words_of(at).trim_end_matches('_'), "_", |name| self.0.insert(name.to_owned()))
    }
}

/// Returns the name that a pointer makes: its significant segments, the method before the path.
fn words_of(at: &Pointer) -> String {
    const COMMON: &[&str] = &[
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
    let words: Vec<_> = words.iter().filter(|word| !COMMON.contains(&word.as_str())).map(|word| snake(word)).collect();
    let words: Vec<_> = words.iter().filter(|word| !word.is_empty()).map(String::as_str).collect();
    let name: String = words.join("_").chars().take(LONGEST).collect();
    let name = name.trim_matches('_');
    // No keyword has an underscore in it.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_are_named_after_the_place_of_the_example() {
        for (at, expected) in [
            ("/paths/~1orders~1{id}/get/responses/200/content/application~1json/example", "get_orders_id_200_example"),
            ("/components/schemas/OrderItem/properties/{field-name}/example", "order_item_field_name_example"),
            ("/components/examples/ملاحظة/value", "example_"),
            ("/components/schemas/Type/example", "type_example"),
        ] {
            assert_eq!(TestNames::default().name(&Pointer::from_text(at)), expected.trim_end_matches('_'));
        }
        let (mut names, at) = (TestNames::default(), Pointer::from_text("/a/b"));
        assert_eq!([names.name(&at), names.name(&at)], ["a_b", "a_b_2"]);
    }
}
