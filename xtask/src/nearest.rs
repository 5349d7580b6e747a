//! The name that a misspelt word was probably meant to be.

/// Returns the name that is most similar to `word`, if one is similar enough to be a slip away.
#[must_use]
pub fn nearest<'n>(word: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    names
        .into_iter()
        .map(|name| (strsim::normalized_levenshtein(word, name), name))
        .filter(|(ratio, name)| *ratio > 0.5 && *name != word)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| name)
}

/// Returns the end of a message that proposes the name most similar to `word`; empty where none is similar enough.
#[must_use]
pub fn did_you_mean<'n>(word: &str, names: impl IntoIterator<Item = &'n str>) -> String {
    nearest(word, names).map(|name| format!("; did you mean `{name}`?")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_similar_name_is_proposed_and_a_different_one_is_not() {
        let names = ["properties", "required", "require"];
        assert_eq!(nearest("requird", names), Some("required"));
        assert_eq!(nearest("colour", names), None);
        assert_eq!(did_you_mean("requird", names), "; did you mean `required`?");
        assert_eq!(did_you_mean("colour", names), "");
    }

    #[test]
    fn a_name_is_not_proposed_for_itself() {
        assert_eq!(nearest("id", ["id"]), None);
    }
}
