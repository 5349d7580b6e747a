//! Formats findings, drift and the outcome as JSON, one object a line, for editors and other programs.

use serde_json::{Value, json};

use super::diagnostic::{Diagnostic, Mark, Place};
use super::drift::Drift;
use super::summary::Summary;
use crate::document::Source;
use crate::document::positions::{Position, Span};

/// Returns a finding: `"kind": "finding"`.
pub(super) fn finding(source: &Source, at: Option<&Mark<'_>>, finding: &Diagnostic) -> Value {
    let related = finding.related.iter().map(|(place, what)| {
        let at = Mark::of(source, place);
        json!({
            "message": what,
            "file": place.file(source).name,
            "pointer": written(source, place),
            "span": at.map(|at| span(at.span)),
        })
    });
    json!({
        "kind": "finding",
        "severity": finding.severity.as_str(),
        "code": finding.code.as_str(),
        "message": finding.message,
        "file": finding.place.file(source).name,
        "pointer": written(source, &finding.place),
        "span": at.map(|at| span(at.span)),
        "related": related.collect::<Vec<_>>(),
        "why": finding.why(),
        "help": finding.remedy(),
    })
}

/// Returns the pointer to a place in the document as it was written.
fn written(source: &Source, place: &Place) -> Option<String> {
    place.pointer().map(|pointer| source.written(pointer).as_str().to_owned())
}

fn span(Span { start, end }: Span) -> Value {
    let position = |Position { line, column }| json!({"line": line, "column": column});
    json!({"start": position(start), "end": position(end)})
}

/// Returns an entry that differs: `"kind": "drift"`. The outcome in the summary is `generated` if it was fixed. An entry
/// that was not generated is never fixed.
pub(super) fn drift(drift: &Drift, folder: &str) -> Value {
    let mut line =
        json!({"kind": "drift", "path": format!("{folder}/{}", drift.path), "change": drift.change.as_str()});
    if !drift.change.is_fixable() {
        line["generated"] = false.into();
    }
    line
}

/// Returns an event of a watched document: `"kind": "watch"`.
pub(super) fn event(message: &str) -> Value {
    json!({"kind": "watch", "message": message})
}

/// Returns the last line: `"kind": "summary"`.
pub(super) fn summary(summary: &Summary<'_>) -> Value {
    let mut line = json!({
        "kind": "summary",
        "outcome": summary.outcome.as_str(),
        "spec": summary.spec,
        "out": summary.out,
        "errors": summary.tally.errors,
        "warnings": summary.tally.warnings,
    });
    if let Some(counts) = &summary.counts {
        line["operations"] = counts.operations.into();
        line["schemas"] = counts.schemas.into();
        line["examples"] = counts.examples.into();
        line["files"] = counts.files.into();
        line["drift"] = summary.drift.into();
        if let Some((tested, left_out)) = counts.tested {
            line["tested"] = tested.into();
            line["left_out"] = left_out.into();
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::Change;
    use crate::diagnostics::diagnostic::placed;
    use crate::diagnostics::{Code, Counts, Outcome, Place, Tally};
    use crate::document::Pointer;

    #[test]
    fn a_finding_has_everything_that_the_text_has() {
        let source = Source::new("api.yaml", "a: 1\nقاف: [س, 2]\n");
        let pointer = Pointer::root().key("قاف").index(0);
        let findings = [Diagnostic::warning(Code::RefSibling, Place::Value(pointer), "m", "h")
            .with_related(Place::Key(Pointer::root().key("a")), "compare")];
        let [(at, first)] = &placed(&source, &findings)[..] else { panic!() };
        assert_eq!(
            finding(&source, at.as_ref(), first),
            json!({
                "kind": "finding",
                "severity": "warning",
                "code": "ref-sibling",
                "message": "m",
                "file": "api.yaml",
                "pointer": "/قاف/0",
                "span": {"start": {"line": 2, "column": 7}, "end": {"line": 2, "column": 8}},
                "related": [{
                    "message": "compare",
                    "file": "api.yaml",
                    "pointer": "/a",
                    "span": {"start": {"line": 1, "column": 1}, "end": {"line": 1, "column": 2}},
                }],
                "why": Code::RefSibling.why(),
                "help": "h",
            })
        );
    }

    #[test]
    fn a_missing_place_or_remedy_is_null() {
        let note = Diagnostic::note(Code::Decision("name_schemas"), Place::File, "m", "because");
        let line = finding(&Source::new("a", ""), None, &note);
        assert_eq!((&line["pointer"], &line["span"], &line["help"]), (&Value::Null, &Value::Null, &Value::Null));
        assert_eq!((&line["code"], &line["why"]), (&json!("name_schemas"), &json!("because")));
    }

    #[test]
    fn drift_and_the_summary_have_their_own_kinds() {
        let extra = Drift { path: "src/a.rs".to_owned(), change: Change::Extra };
        assert_eq!(drift(&extra, "out"), json!({"kind": "drift", "path": "out/src/a.rs", "change": "extra"}));
        let foreign = Drift { change: Change::Foreign, ..extra };
        assert_eq!(
            drift(&foreign, "out"),
            json!({"kind": "drift", "path": "out/src/a.rs", "change": "extra", "generated": false})
        );
        let counts = Counts { operations: 1, schemas: 2, examples: 3, files: 4, tested: None };
        let mut all = Summary {
            outcome: Outcome::Drifted,
            spec: "api.yaml",
            out: "out",
            counts: Some(counts),
            drift: 5,
            tally: Tally { errors: 0, warnings: 6 },
            message: String::new(),
        };
        assert_eq!(
            summary(&all),
            json!({
                "kind": "summary", "outcome": "drifted", "spec": "api.yaml", "out": "out", "errors": 0, "warnings": 6,
                "operations": 1, "schemas": 2, "examples": 3, "files": 4, "drift": 5,
            })
        );
        all.counts = Some(Counts { tested: Some((6, 7)), ..counts });
        assert_eq!((&summary(&all)["tested"], &summary(&all)["left_out"]), (&json!(6), &json!(7)));
        assert_eq!(event("watching a"), json!({"kind": "watch", "message": "watching a"}));
        (all.outcome, all.counts, all.tally) = (Outcome::Wrong, None, Tally { errors: 3, warnings: 1 });
        assert_eq!(
            summary(&all),
            json!({
                "kind": "summary", "outcome": "wrong", "spec": "api.yaml", "out": "out", "errors": 3, "warnings": 1,
            })
        );
    }
}
