//! Places of a document in the outputs, and the documents that a comparison refuses.

use serde_json::{Map, Value, json};

use crate::diagnostics::{Diagnostic, Reporter, print};
use crate::document::{Pointer, Source};

/// Returns the file, the line and the column of a place.
#[must_use]
pub fn place(source: &Source, at: &Pointer) -> String {
    let file = &source.file(at).name;
    match source.key_span(at) {
        Some(span) => format!("{file}:{}:{}", span.start.line, span.start.column),
        None => file.clone(),
    }
}

/// Returns the file, the pointer and the position of a place as JSON.
#[must_use]
pub fn object(source: &Source, at: &Pointer) -> Map<String, Value> {
    let position = source.key_span(at).map(|span| json!({"line": span.start.line, "column": span.start.column}));
    let pointer = source.written(at).as_str().to_owned();
    let members = [("file", json!(source.file(at).name)), ("pointer", json!(pointer)), ("position", json!(position))];
    members.map(|(key, value)| (key.to_owned(), value)).into_iter().collect()
}

/// Reports that a document is not compared, and why. `result` is the key of the summary that has no value then.
pub fn refuse(reporter: &Reporter, source: &Source, findings: Vec<Diagnostic>, result: &str) {
    reporter.findings(source, findings);
    let tally = reporter.tally();
    if reporter.is_json() {
        print(&format!("{}\n", json!({"kind": "summary", result: null, "errors": tally.errors})));
    } else {
        eprintln!("error: {} has {tally}: nothing was compared", source.name);
    }
}
