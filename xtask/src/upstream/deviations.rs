//! The deviations that a contract records: which differences each covers, and which of them are stale.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::difference::Difference;
use super::operations::Found;
use crate::document::Pointer;
use crate::openapi::extensions::DEVIATION;

/// The result of a comparison.
#[derive(Debug)]
pub struct Comparison {
    /// The differences that no deviation covers.
    pub differences: Vec<Difference>,
    /// The deviations that cover nothing, of those about a compared place.
    pub stale: Vec<Stale>,
    /// The number of differences that a deviation covers.
    pub covered: usize,
}

/// A difference that a deviation names, and that does not exist.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stale {
    /// The place of the deviation.
    pub at: Pointer,
    /// The word for the difference; none if the deviation names no difference.
    pub word: Option<String>,
}

/// Removes the differences that a deviation covers, and finds the deviations of compared places that cover nothing.
pub fn apply(contract: &Value, Found { differences, compared }: Found) -> Comparison {
    let recorded: BTreeMap<_, _> = compared.iter().filter_map(|at| Some((at, words(contract, at)?))).collect();
    let mut used: BTreeSet<(&Pointer, String)> = BTreeSet::new();
    let mut open = Vec::new();
    let mut covered = 0;
    for difference in distinct(differences) {
        let places = recorded.iter().filter(|(at, _)| difference.covered_at.contains(**at));
        let covering: Vec<_> = places.filter(|(_, words)| words.contains(&difference.word.as_str())).collect();
        if covering.is_empty() {
            open.push(difference);
        } else {
            covered += 1;
            used.extend(covering.into_iter().map(|(at, _)| (*at, difference.word.clone())));
        }
    }
    let stale = recorded.iter().flat_map(|(at, words)| stale(at, words, &used)).collect();
    Comparison { differences: open, stale, covered }
}

/// Returns each difference once: lists and shared schemas lead to the same one several times.
fn distinct(differences: Vec<Difference>) -> Vec<Difference> {
    let mut seen = BTreeSet::new();
    let mut kept = Vec::new();
    for difference in differences {
        if seen.insert((difference.aspect, difference.subject.clone(), difference.message.clone())) {
            kept.push(difference);
        }
    }
    kept
}

/// Returns the differences that the deviation at a place names; none if there is no deviation.
fn words<'c>(contract: &'c Value, at: &Pointer) -> Option<Vec<&'c str>> {
    let deviation = at.lookup(contract)?.get(DEVIATION)?;
    Some(deviation.get("differs").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect())
}

fn stale(at: &Pointer, words: &[&str], used: &BTreeSet<(&Pointer, String)>) -> Vec<Stale> {
    let place = |word: Option<&str>| Stale { at: at.key(DEVIATION), word: word.map(str::to_owned) };
    if words.is_empty() {
        return vec![place(None)];
    }
    let unused = words.iter().filter(|word| !used.contains(&(at, (**word).to_owned())));
    unused.map(|word| place(Some(word))).collect()
}
