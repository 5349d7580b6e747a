//! The text of the contract with lines that were removed, copied, moved and rewritten.
//!
//! The target `mutated` changes the values of many documents instead, and runs the stages in its own process.

use crate::documents::Dice;
use crate::fixture::contract;
use crate::support::Fixture;

#[test]
fn a_mutant_of_the_contract_is_generated_or_refused_and_never_stops_the_generator() {
    let contract = contract();
    let mut dice = Dice::new(1);
    for number in 0..150 {
        let mutant = mutated(&contract, &mut dice);
        let fixture = Fixture::with(&mutant);
        let run = fixture.check(&[]);
        let described = || format!("mutant {number}: {run:#?}\n{}", String::from_utf8_lossy(&mutant));
        assert!(matches!(run.code, Some(1 | 2)), "{}", described());
        assert!(
            run.code == Some(1) || run.messages().iter().all(|line| line.starts_with("api.yaml")),
            "{}",
            described()
        );
        fixture.assert_untouched("a mutant");
    }
}

fn mutated(contract: &str, dice: &mut Dice) -> Vec<u8> {
    let mut lines: Vec<String> = contract.lines().map(str::to_owned).collect();
    for _ in 0..=dice.below(3) {
        mutate(&mut lines, dice);
    }
    let mut bytes = lines.join("\n").into_bytes();
    match dice.below(8) {
        0 => bytes.truncate(dice.below(bytes.len())),
        1 => {
            let at = dice.below(bytes.len());
            bytes[at] ^= 1 << dice.below(8);
        }
        _ => {}
    }
    bytes
}

fn mutate(lines: &mut Vec<String>, dice: &mut Dice) {
    const SCALARS: &[&str] = &[
        "null",
        "true",
        "-1",
        "3.5",
        "99999999999999999999",
        "''",
        "[]",
        "{}",
        "[[]]",
        "{a: b}",
        "'#/components/schemas/Date'",
        "{$ref: '#/components/schemas/Pagination'}",
        "*a",
        "&a b",
        "!x y",
        "\"\\u0000\"",
        "object",
        "array",
        "ق",
        "|",
        "2024-01-01",
    ];
    let (at, other) = (dice.below(lines.len()), dice.below(lines.len()));
    match dice.below(6) {
        0 => drop(lines.remove(at)),
        1 => lines.insert(other, lines[at].clone()),
        2 => lines.swap(at, other),
        3 => lines[at] = format!("  {}", lines[at]),
        4 => lines[at] = lines[at].strip_prefix("  ").unwrap_or(&lines[at]).to_owned(),
        _ => {
            let key = lines[at].split_once(": ").map_or(lines[at].as_str(), |(key, _)| key).trim_end_matches(':');
            lines[at] = format!("{key}: {}", SCALARS[dice.below(SCALARS.len())]);
        }
    }
}
