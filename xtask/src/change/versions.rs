//! The step from one version of a document to another.

use super::rules::Level;

/// Returns the step by which a version was raised. `None` if one of the two is not made of three numbers.
///
/// As for cargo, the first number that is not 0 is the major one: the step from 0.1.0 to 0.2.0 is a major one, and that to
/// 0.1.1 a minor one. A version that was lowered has not been raised.
#[must_use]
pub fn step(old: &str, new: &str) -> Option<Level> {
    let (old, new) = (numbers(old)?, numbers(new)?);
    if new <= old {
        return Some(Level::None);
    }
    let raised = old.iter().zip(new).position(|(old, new)| new > *old)?;
    let before_the_first_release = old[0] == 0 && raised > 0;
    Some(match raised - usize::from(before_the_first_release) {
        0 => Level::Major,
        1 => Level::Minor,
        _ => Level::Patch,
    })
}

/// Returns the three numbers of a version, without what follows them behind `-` or `+`.
fn numbers(version: &str) -> Option<[u64; 3]> {
    let plain = version.trim_start_matches('v').split(['-', '+']).next()?;
    let numbers: Vec<u64> = plain.split('.').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    numbers.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_step_is_that_of_the_first_number_that_rises() {
        for (old, new, expected) in [
            ("1.2.3", "2.0.0", Some(Level::Major)),
            ("1.2.3", "1.3.0", Some(Level::Minor)),
            ("1.2.3", "1.2.4", Some(Level::Patch)),
            ("1.2.3", "1.2.3", Some(Level::None)),
            ("1.2.3", "1.1.9", Some(Level::None)),
            ("1.2.3", "0.9.0", Some(Level::None)),
            ("0.1.0", "0.2.0", Some(Level::Major)),
            ("0.1.0", "0.1.1", Some(Level::Minor)),
            ("0.9.0", "1.0.0", Some(Level::Major)),
            ("v1.0.0", "v1.0.1-rc.1+3", Some(Level::Patch)),
            ("1", "2", None),
            ("2024-01", "2024-02", None),
            ("1.0.0", "", None),
        ] {
            assert_eq!(step(old, new), expected, "{old} {new}");
        }
    }
}
