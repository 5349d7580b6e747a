//! Two documents, through the comparison of `cargo xtask diff`.

use xtask::change;
use xtask::cli::pipeline;
use xtask::openapi::examples::Policy;

use crate::document;

/// The line between the two documents.
const BETWEEN: &[u8] = b"\n=====\n";

/// Runs one case: two documents with the line `=====` between them. Without that line, a document is compared with the
/// contract.
///
/// # Panics
///
/// If a document differs from itself, or if a document that generates a crate cannot be compared.
pub fn run(input: &[u8]) {
    if input.len() > 2 * document::LONGEST {
        return;
    }
    let at = input.windows(BETWEEN.len()).position(|window| window == BETWEEN);
    let (old, new) = match at {
        Some(at) => (&input[..at], &input[at + BETWEEN.len()..]),
        None => (input, CONTRACT.as_bytes()),
    };
    let model = |bytes: &[u8]| pipeline::model(bytes.to_vec(), "api.yaml", Policy::Warn).ok();
    let (Some(old), Some(new)) = (model(old), model(new)) else { return };
    for side in [&old, &new] {
        let same = change::compare(&side.side(), &side.side());
        assert!(same.is_empty(), "a document differs from itself: {:?}", same[0]);
    }
    let _ = change::verdict(&change::compare(&old.side(), &new.side()));
    let _ = change::verdict(&change::compare(&new.side(), &old.side()));
}

/// A small document for cases with only one.
const CONTRACT: &str = include_str!("../../../xtask/tests/changes/base.yaml");
