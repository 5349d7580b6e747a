//! Formats findings and drift as annotations of GitHub: commands to its runner, which displays them beside the line in
//! the diff.

use super::diagnostic::{Diagnostic, Mark, Severity};
use super::drift::{Change, Drift};
use crate::document::Source;

/// Returns the command that annotates the place of a finding.
pub(super) fn finding(source: &Source, at: Option<&Mark<'_>>, finding: &Diagnostic) -> String {
    let level = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    };
    let mut properties = format!("file={}", property(&finding.place.file(source).name));
    if let Some(Mark { span, .. }) = at {
        let (start, end) = (span.start, span.end);
        properties += &format!(",line={},endLine={}", start.line, end.line);
        properties += &format!(",col={},endColumn={}", start.column, end.column);
    }
    let mut message = format!("{}\nnote: {}", finding.message, finding.why());
    if let Some(remedy) = finding.remedy() {
        message += &format!("\nhelp: {remedy}");
    }
    format!("::{level} {properties},title={}::{}", property(finding.code.as_str()), data(&message))
}

/// Returns the command that annotates a file that differs.
pub(super) fn drift(drift: &Drift, folder: &str, remedy: &str) -> String {
    let what = match drift.change {
        Change::Missing => "is missing",
        Change::Stale => "differs from the generated file",
        Change::Extra => "is no longer generated",
        Change::Foreign => "was not generated",
        Change::Taken => "is needed by the crate, and was not generated",
    };
    let help = match drift.change {
        Change::Foreign => "move or remove it".to_owned(),
        Change::Taken => format!("move or remove it, then {remedy}"),
        _ => remedy.to_owned(),
    };
    let path = format!("{folder}/{}", drift.path);
    let message = format!("{path} {what}\nhelp: {help}");
    format!("::error file={},title=drift::{}", property(&path), data(&message))
}

/// Escapes a text behind `::` for the runner.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Escapes the value of a property, which ends at a comma or a colon.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::diagnostic::placed;
    use crate::diagnostics::{Code, Place};
    use crate::document::Pointer;

    #[test]
    fn a_finding_annotates_its_place_and_nothing_in_it_ends_the_command() {
        let source = Source::new("a,b:c.yaml", "a: 100\n");
        let findings =
            [Diagnostic::warning(Code::RefSibling, Place::Value(Pointer::root().key("a")), "100% ::\r\n", "h")];
        let [(at, first)] = &placed(&source, &findings)[..] else { panic!() };
        assert_eq!(
            finding(&source, at.as_ref(), first),
            format!(
                "::warning file=a%2Cb%3Ac.yaml,line=1,endLine=1,col=4,endColumn=7,title=ref-sibling::\
                 100%25 ::%0D%0A%0Anote: {}%0Ahelp: h",
                Code::RefSibling.why()
            )
        );
    }

    #[test]
    fn a_note_is_a_notice_and_a_file_needs_no_line() {
        let note = Diagnostic::note(Code::Decision("name_schemas"), Place::File, "m", "because");
        let line = finding(&Source::new("a", ""), None, &note);
        assert_eq!(line, "::notice file=a,title=name_schemas::m%0Anote: because");
    }

    #[test]
    fn drift_annotates_the_file() {
        let stale = Drift { path: "src/lib.rs".to_owned(), change: Change::Stale };
        assert_eq!(
            drift(&stale, "generated", "cargo xtask generate"),
            "::error file=generated/src/lib.rs,title=drift::generated/src/lib.rs differs from the generated file%0A\
             help: cargo xtask generate"
        );
        let taken = Drift { path: "src/lib.rs".to_owned(), change: Change::Taken };
        let line = super::drift(&taken, "generated", "cargo xtask generate");
        assert!(line.ends_with("%0Ahelp: move or remove it, then cargo xtask generate"), "{line}");
    }
}
