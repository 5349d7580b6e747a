//! The report of the decisions: as notes beside the lines of the document (`--verbose`), and as a Markdown file
//! (`--report`).

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::places::place;
use crate::diagnostics::{Code, Diagnostic, Place};
use crate::document::Source;
use crate::emit::{cell, in_cell, markdown};
use crate::resolve::decisions::{Decision, Rule};

/// Returns the decisions as notes.
#[must_use]
pub fn notes(decisions: &[Decision]) -> Vec<Diagnostic> {
    let note = |decision: &Decision| {
        let place = Place::Key(decision.at.clone());
        Diagnostic::note(Code::Decision(decision.rule.name()), place, decision.what.as_str(), decision.rule.reason())
    };
    decisions.iter().map(note).collect()
}

/// Returns the decisions as Markdown: the reason of each rule, the number of its decisions, and their places.
#[must_use]
pub fn report(source: &Source, decisions: &[Decision]) -> String {
    let mut by_rule: BTreeMap<&str, (Rule, Vec<&Decision>)> = BTreeMap::new();
    for decision in decisions {
        by_rule.entry(decision.rule.name()).or_insert_with(|| (decision.rule, Vec::new())).1.push(decision);
    }
    let mut out = format!(
        "# The decisions that the generator made about {}\n\n\
         The document itself is not changed. The decisions are choices that Rust, or progenitor, which generates the \
         types, forces on the client.\n\n",
        cell(&source.name)
    );
    if decisions.is_empty() {
        out += "There are none.\n";
        return out;
    }
    out += "| rule | decisions | why |\n|---|---|---|\n";
    for (name, (rule, decisions)) in &by_rule {
        let _ = writeln!(out, "| [`{name}`](#{name}) | {} | {} |", decisions.len(), rule.reason());
    }
    for (name, (_, decisions)) in by_rule {
        section(&mut out, source, name, decisions);
    }
    out
}

/// Writes the decisions that follow one rule, in the order of the document.
fn section(out: &mut String, source: &Source, name: &str, mut decisions: Vec<&Decision>) {
    let _ = write!(out, "\n## {name}\n\n| place | pointer | what |\n|---|---|---|\n");
    decisions.sort_by_cached_key(|decision| source.order(&decision.at));
    for decision in decisions {
        let place = cell(&place(source, &decision.at));
        let _ = writeln!(out, "| {place} | {} | {} |", cell(decision.at.as_str()), sentence(&decision.what));
    }
}

/// Returns a sentence in a table. Names of the document are code in it already.
fn sentence(text: &str) -> String {
    in_cell(&markdown(text).replace('\n', " "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Pointer;

    fn decision(rule: Rule, key: &str, what: &str) -> Decision {
        Decision { rule, at: Pointer::root().key(key), what: what.to_owned() }
    }

    #[test]
    fn the_report_groups_by_rule_and_names_every_place_in_the_order_of_the_document() {
        let source = Source::new("api.yaml", "a: 1\nb|c: 2\nd: 3\n");
        let decisions = [
            decision(Rule::SettleStyles, "d", "third"),
            decision(Rule::SettleStyles, "b|c", "`x|y` <b>"),
            decision(Rule::DropExclusions, "a", "first"),
        ];
        let report = report(&source, &decisions);
        let why = Rule::SettleStyles.reason();
        assert!(
            !why.is_empty() && report.contains(&format!("| [`settle_styles`](#settle_styles) | 2 | {why} |\n")),
            "{report}"
        );
        let tail = "## drop_exclusions\n\n| place | pointer | what |\n|---|---|---|\n| `api.yaml:1:1` | `/a` | first |\n\n\
                    ## settle_styles\n\n| place | pointer | what |\n|---|---|---|\n\
                    | `api.yaml:2:1` | `/b\\|c` | `x\\|y` \\<b> |\n| `api.yaml:3:1` | `/d` | third |\n";
        assert!(report.ends_with(tail), "{report}");
        assert!(self::report(&source, &[]).ends_with("\n\nThere are none.\n"));
    }

    #[test]
    fn a_note_has_the_decision_and_its_reason_and_no_remedy() {
        let notes = notes(&[decision(Rule::SettleStyles, "a", "what")]);
        assert_eq!((&*notes[0].message, notes[0].why()), ("what", Rule::SettleStyles.reason()));
        assert_eq!((notes[0].code, notes[0].remedy()), (Code::Decision("settle_styles"), None));
    }
}
