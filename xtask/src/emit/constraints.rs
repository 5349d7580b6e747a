//! The constraints of values in words, for the documentation.

use super::links;
use super::markdown::{code, markdown};
use crate::model::{Alternative, Constant, Constraints, Size, Type};

/// The note at a deprecated type, and at a deprecated variant of a choice. The attribute would make the crate warn about
/// itself, since it names them in many places.
const DEPRECATED: &str = "\n\nDeprecated.";

/// Returns the sentences about a value; an empty text if there are none.
pub fn sentences(of: &Constraints) -> String {
    let mut sentences = rules(of, None);
    sentences.extend(parts(of, ""));
    sentences.extend(of.default.as_deref().map(|default| format!("The default is {}.", value(default))));
    markdown(&sentences.join(" "))
}

/// Adds the sentences about a value to its documentation, as a paragraph.
pub fn add(text: &mut String, of: &Constraints) {
    let sentences = sentences(of);
    if !sentences.is_empty() {
        text.push_str("\n\n");
        text.push_str(&sentences);
    }
    links::add_see_also(text, of.see_also.as_deref());
}

/// Adds the bounds of a value to its documentation, and the sentences about it.
pub fn add_with_bounds(text: &mut String, bounds: Option<&str>, of: &Constraints) {
    if let Some(bounds) = bounds {
        *text += &format!("\n\nDocumented bounds: {}.", markdown(bounds));
    }
    add(text, of);
}

/// Returns the documentation of a type: its description, or its name, and the facts about its values.
pub fn of_type(of: &Type) -> String {
    let mut text = of.description.as_deref().map_or_else(|| code(&of.name), markdown);
    add_with_bounds(&mut text, of.bounds.as_deref(), &of.constraints);
    if of.deprecated {
        text += DEPRECATED;
    }
    text
}

/// Returns the documentation of a variant of a choice: its description, or its name.
pub fn of_alternative(of: &Alternative) -> String {
    let mut text = of.description.as_deref().map_or_else(|| code(&of.name), markdown);
    if of.deprecated {
        text += DEPRECATED;
    }
    text
}

/// Returns a constant as code.
pub fn constant(of: &Constant) -> String {
    value(&of.text())
}

/// Returns a value as code. An empty text has its quotes.
fn value(text: &str) -> String {
    if text.trim().is_empty() { code(&format!("{text:?}")) } else { code(text) }
}

/// Returns the sentences about the parts of a value. `whole` names the value, if it is itself a part.
fn parts(of: &Constraints, whole: &str) -> Vec<String> {
    let nouns = [(&of.each, "item", "an item"), (&of.values, "value", "a value")];
    let found = nouns.into_iter().filter_map(|(part, noun, one)| Some((part.as_deref()?, noun, one)));
    found
        .flat_map(|(part, noun, one)| {
            let subject = format!("{noun}{whole}");
            let bounds = part.bounds.iter().map(|bounds| format!("Documented bounds of each {subject}: {bounds}."));
            let rules = rules(&part.constraints, Some(&format!("Each {subject}")));
            let inner = parts(&part.constraints, &format!(" of {one}{whole}"));
            bounds.chain(rules).chain(inner).collect::<Vec<_>>()
        })
        .collect()
}

/// Returns the sentences about the rules for a value, or for the parts that the subject names.
fn rules(of: &Constraints, subject: Option<&str>) -> Vec<String> {
    let sentence = |alone: &str, verb: &str, rest: &str| match subject {
        None if alone.is_empty() => format!("{}.", capitalized(rest)),
        None => format!("{alone} {rest}."),
        Some(subject) => format!("{subject} {verb} {rest}."),
    };
    let pattern = of.pattern.as_deref().map(|pattern| {
        let rest = format!("the pattern {}", value(pattern));
        sentence("Matches", "matches", &rest)
    });
    let items = size(of.items, "item", "items").map(|size| sentence("", "has", &size));
    let different = of.unique_items.then(|| match subject {
        None => "All items are different.".to_owned(),
        Some(subject) => format!("{subject} has different items."),
    });
    let properties = size(of.properties, "property", "properties").map(|size| sentence("", "has", &size));
    pattern.into_iter().chain(items).chain(different).chain(properties).collect()
}

/// Returns a number of parts in words; none where any number is right.
fn size(of: Size, one: &str, many: &str) -> Option<String> {
    let noun = |number: u64| if number == 1 { one } else { many };
    Some(match (of.least.filter(|least| *least > 0), of.most) {
        (None, None) => return None,
        (None, Some(0)) => format!("no {many}"),
        (Some(least), Some(most)) if least == most => format!("exactly {least} {}", noun(least)),
        (Some(least), Some(most)) => format!("{least} to {most} {}", noun(most)),
        (Some(least), None) => format!("at least {least} {}", noun(least)),
        (None, Some(most)) => format!("at most {most} {}", noun(most)),
    })
}

fn capitalized(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Part;

    fn sized(least: Option<u64>, most: Option<u64>) -> Constraints {
        Constraints { items: Size { least, most }, ..Constraints::default() }
    }

    #[test]
    fn a_size_is_a_sentence() {
        for (least, most, expected) in [
            (Some(1), None, "At least 1 item."),
            (Some(0), None, ""),
            (None, Some(3), "At most 3 items."),
            (Some(0), Some(1), "At most 1 item."),
            (Some(2), Some(3), "2 to 3 items."),
            (Some(1), Some(1), "Exactly 1 item."),
            (None, Some(0), "No items."),
        ] {
            assert_eq!(sentences(&sized(least, most)), expected);
        }
        let of = Constraints { properties: Size { least: Some(1), most: None }, ..Constraints::default() };
        assert_eq!(sentences(&of), "At least 1 property.");
    }

    #[test]
    fn a_pattern_and_a_default_are_code_whatever_they_hold() {
        let of = |pattern: &str, default: &str| Constraints {
            pattern: Some(pattern.to_owned()),
            default: Some(default.to_owned()),
            unique_items: true,
            ..Constraints::default()
        };
        let (first, second) = (r"^[a-z]*_<b>\d$", "نقطة");
        let expected = format!("Matches the pattern `{first}`. All items are different. The default is `{second}`.");
        assert_eq!(sentences(&of(first, second)).replace('\n', " "), expected);
        assert_eq!(
            sentences(&of("`", "")).replace('\n', " "),
            "Matches the pattern `` ` ``. All items are different. The default is `\"\"`."
        );
    }

    #[test]
    fn the_items_of_a_list_have_sentences_of_their_own() {
        let facts = Constraints { pattern: Some("a".to_owned()), unique_items: true, ..sized(Some(1), None) };
        let each = Part { constraints: facts, ..Part::default() };
        let of = Constraints { each: Some(Box::new(each)), ..sized(None, Some(2)) };
        let expected = "At most 2 items. Each item matches the pattern `a`. Each item has at least 1 item. Each item has different items.";
        assert_eq!(sentences(&of).replace('\n', " "), expected);
    }

    #[test]
    fn the_bounds_of_parts_are_documented_at_every_depth() {
        let text = Part { bounds: Some("at most 9 characters".to_owned()), ..Part::default() };
        let list =
            Part { bounds: None, constraints: Constraints { each: Some(Box::new(text)), ..sized(Some(1), None) } };
        let of = Constraints { values: Some(Box::new(list)), ..Constraints::default() };
        let expected =
            "Each value has at least 1 item. Documented bounds of each item of a value: at most 9 characters.";
        assert_eq!(sentences(&of).replace('\n', " "), expected);
    }
}
