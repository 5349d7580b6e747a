//! Runs every committed case of every fuzz target.

use std::fs;
use std::path::Path;

use salla_loyalty_points_fuzz::{answer, changes, document, markdown};

/// The most bytes that all cases of a target have, so that the corpus stays small.
const MOST_BYTES: usize = 400 << 10;

fn replay(target: &str, run: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target);
    let mut bytes = 0;
    for entry in fs::read_dir(&folder).expect("the target has a corpus") {
        let path = entry.expect("it can be read").path();
        let case = fs::read(&path).expect("it can be read");
        bytes += case.len();
        println!("{}", path.display());
        run(&case);
    }
    assert!(bytes > 0, "{target} has no case");
    assert!(bytes <= MOST_BYTES, "the corpus of {target} has {bytes} bytes: keep the smallest cases");
}

#[test]
fn a_document_is_generated_or_refused() {
    replay("document", document::run);
}

#[test]
fn an_answer_is_decoded_or_a_typed_error() {
    replay("answer", answer::run);
}

#[test]
fn a_page_is_generated_or_refused_and_compared() {
    replay("markdown", markdown::run);
}

#[test]
fn two_documents_are_compared() {
    replay("changes", changes::run);
}
