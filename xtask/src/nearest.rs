//! The known name that an unknown one is probably a slip of.

/// How alike two names are at least, from 0 to 1, to be taken for a slip.
const LEAST_LIKENESS: f64 = 0.5;

/// Returns the name that is nearest to `word`, if one is near enough.
#[must_use]
pub fn nearest<'n>(word: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    names
        .into_iter()
        .map(|name| (strsim::normalized_damerau_levenshtein(word, name), name))
        .filter(|(likeness, _)| *likeness > LEAST_LIKENESS)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_found_and_no_name_is_better_than_a_wrong_one() {
        let names = ["required", "properties", "description"];
        assert_eq!(nearest("requird", names), Some("required"));
        assert_eq!(nearest("descripton", names), Some("description"));
        assert_eq!(nearest("x", names), None);
    }
}
