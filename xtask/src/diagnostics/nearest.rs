//! Finds the known name that a misspelt word was probably meant to be.

/// Returns the name that `word` is probably a misspelling of: the same name in another case, or a name with few edits.
#[must_use]
pub fn nearest<'n>(word: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let limit = word.chars().count().max(3) / 3;
    let lower = word.to_lowercase();
    names
        .into_iter()
        .filter(|name| *name != word)
        .map(|name| (strsim::osa_distance(&lower, &name.to_lowercase()), name))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// Returns the end of a message that suggests the nearest name. It is empty if no name is near enough.
#[must_use]
pub fn did_you_mean<'n>(word: &str, names: impl IntoIterator<Item = &'n str>) -> String {
    nearest(word, names).map(|name| format!("; did you mean `{name}`?")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_few_edits_is_found_and_no_other() {
        for (word, expected) in [
            ("nmae", Some("name")),
            ("Name", Some("name")),
            ("order_ids", Some("order_id")),
            ("di", Some("id")),
            ("price", None),
            ("name", None),
        ] {
            assert_eq!(nearest(word, ["id", "name", "order_id"]), expected, "{word}");
        }
    }

    #[test]
    fn the_end_of_a_message_proposes_the_name() {
        assert_eq!(did_you_mean("requird", ["properties", "required"]), "; did you mean `required`?");
        assert_eq!(did_you_mean("colour", ["properties", "required"]), "");
    }
}
