//! Regular expressions of ECMA 262, which `pattern` is written in, for an engine that never backtracks.

use regex::Regex;

/// Returns whether the text matches the pattern. A pattern that cannot be compiled matches everything.
#[must_use]
pub fn matches(pattern: &str, text: &str) -> bool {
    Regex::new(&translated(pattern)).ok().is_none_or(|regex| regex.is_match(text))
}

/// Returns the pattern in the syntax of the `regex` crate. There, `\d` and `\w` match all of Unicode, while those of
/// ECMA match ASCII only, and a class has more operators.
#[must_use]
pub fn translated(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len());
    let (mut characters, mut in_class) = (pattern.chars(), false);
    while let Some(c) = characters.next() {
        match c {
            '\\' => escape(characters.next(), in_class, &mut out),
            '[' | '&' | '~' if in_class => out.extend(['\\', c]),
            _ => {
                in_class = c == '[' || (in_class && c != ']');
                out.push(c);
            }
        }
    }
    out
}

fn escape(escaped: Option<char>, in_class: bool, out: &mut String) {
    match escaped {
        Some('d') if in_class => out.push_str("0-9"),
        Some('d') => out.push_str("[0-9]"),
        Some('D') => out.push_str("[^0-9]"),
        Some('w') if in_class => out.push_str("A-Za-z0-9_"),
        Some('w') => out.push_str("[A-Za-z0-9_]"),
        Some('W') => out.push_str("[^A-Za-z0-9_]"),
        Some(other) => out.extend(['\\', other]),
        None => out.push('\\'),
    }
}

#[cfg(test)]
mod tests {
    use regex::Regex;

    use super::translated;

    #[test]
    fn digits_and_words_are_ascii_as_in_ecma_262() {
        for (pattern, text, fits) in [
            (r"^\d+$", "123", true),
            (r"^\d+$", "٣", false),
            (r"^[\d-]+$", "1-2", true),
            (r"^\w+$", "ق", false),
            ("^حقل", "حقل order", true),
            (r"^[[a]+$", "[a", true),
            (r"^a\/b$", "a/b", true),
            (r"^\u0041$", "A", true),
        ] {
            let regex = Regex::new(&translated(pattern)).unwrap_or_else(|error| panic!("{pattern}: {error}"));
            assert_eq!(regex.is_match(text), fits, "{pattern} {text}");
        }
    }
}
