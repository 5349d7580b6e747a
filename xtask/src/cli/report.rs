//! The report of the lowering: its changes as notes beside the document's lines (`--verbose`), and as a Markdown file
//! (`--report`).

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::diagnostics::{Code, Diagnostic, Place};
use crate::document::Source;
use crate::emit::passes::code;
use crate::lower::changes::Change;
use crate::lower::reason;

/// Returns the changes as notes.
#[must_use]
pub fn notes(changes: &[Change]) -> Vec<Diagnostic> {
    changes
        .iter()
        .map(|change| {
            let place = Place::Key(change.at.clone());
            Diagnostic::note(Code::Lowering(change.lowering), place, change.what.as_str(), reason(change.lowering))
        })
        .collect()
}

/// Returns the changes as Markdown: the reason of each lowering, the number of its changes, and their places.
#[must_use]
pub fn report(source: &Source, changes: &[Change]) -> String {
    let mut by_lowering: BTreeMap<&str, Vec<&Change>> = BTreeMap::new();
    for change in changes {
        by_lowering.entry(change.lowering).or_default().push(change);
    }
    let mut out = format!(
        "# What was changed in {} to generate from it\n\n\
         The document itself stays as it is. Its client does what the document says, in a form that progenitor, which \
         makes the types, can take.\n\n",
        cell(&source.name)
    );
    if changes.is_empty() {
        out += "Nothing.\n";
        return out;
    }
    out += "| lowering | changes | why |\n|---|---|---|\n";
    for (lowering, changes) in &by_lowering {
        let _ = writeln!(out, "| [`{lowering}`](#{lowering}) | {} | {} |", changes.len(), reason(lowering));
    }
    for (lowering, changes) in by_lowering {
        let _ = write!(out, "\n## {lowering}\n\n| place | pointer | what |\n|---|---|---|\n");
        let mut placed: Vec<_> =
            changes.iter().map(|change| (source.key_span(&change.at).map(|span| span.start), change)).collect();
        placed.sort_by_key(|(position, _)| *position);
        for (position, change) in placed {
            let at = position.map(|at| format!(":{}:{}", at.line, at.column)).unwrap_or_default();
            let place = cell(&format!("{}{at}", source.name));
            let _ = writeln!(out, "| {place} | {} | {} |", cell(change.at.as_str()), words(&change.what));
        }
    }
    out
}

/// A text as code in a table.
fn cell(text: &str) -> String {
    code(text).replace('|', "\\|")
}

/// A sentence in a table. Names of the document are code in it already.
fn words(text: &str) -> String {
    crate::emit::passes::markdown(text).replace('\n', " ").replace('|', "\\|")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Pointer;

    fn change(lowering: &'static str, key: &str, what: &str) -> Change {
        Change { lowering, at: Pointer::root().key(key), what: what.to_owned() }
    }

    #[test]
    fn the_report_groups_by_lowering_and_names_every_place_in_the_order_of_the_document() {
        let source = Source::new("api.yaml", "a: 1\nb|c: 2\nd: 3\n");
        let changes = [
            change("lift_null", "d", "third"),
            change("lift_null", "b|c", "`x|y` <b>"),
            change("drop_exclusions", "a", "first"),
        ];
        let report = report(&source, &changes);
        let why = reason("lift_null");
        assert!(
            !why.is_empty() && report.contains(&format!("| [`lift_null`](#lift_null) | 2 | {why} |\n")),
            "{report}"
        );
        let tail = "## drop_exclusions\n\n| place | pointer | what |\n|---|---|---|\n| `api.yaml:1:1` | `/a` | first |\n\n\
                    ## lift_null\n\n| place | pointer | what |\n|---|---|---|\n\
                    | `api.yaml:2:1` | `/b\\|c` | `x\\|y` \\<b> |\n| `api.yaml:3:1` | `/d` | third |\n";
        assert!(report.ends_with(tail), "{report}");
        assert!(self::report(&source, &[]).ends_with("\n\nNothing.\n"));
    }

    #[test]
    fn a_note_says_what_and_why_and_asks_for_nothing() {
        let notes = notes(&[change("lift_null", "a", "what")]);
        assert_eq!((&*notes[0].message, notes[0].why()), ("what", reason("lift_null")));
        assert_eq!((notes[0].code, notes[0].remedy()), (Code::Lowering("lift_null"), None));
    }
}
