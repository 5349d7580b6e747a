//! Two documents, through the comparison of `cargo xtask diff`.

use xtask::change;
use xtask::cli::pipeline::{self, Modelled};
use xtask::openapi::examples::Policy;

use crate::document;

/// The line between the two documents.
const BETWEEN: &[u8] = b"\n=====\n";

/// Runs one case: two documents with the line `=====` between them. Without that line, a document is compared with a
/// small one that is always the same.
///
/// # Panics
///
/// If a document differs from itself, or if a document that generates a crate cannot be compared.
pub fn run(input: &[u8]) {
    if input.len() > 2 * document::LONGEST {
        return;
    }
    let at = input.windows(BETWEEN.len()).position(|window| window == BETWEEN);
    let (old, new) = at.map_or((input, None), |at| (&input[..at], Some(&input[at + BETWEEN.len()..])));
    let Some(old) = model(old) else { return };
    match new {
        Some(new) => model(new).into_iter().for_each(|new| compare(&old, &new)),
        None => BASE.with(|base| compare(&old, base)),
    }
}

thread_local! {
    static BASE: Modelled = model(include_bytes!("../../../xtask/tests/changes/base.yaml")).expect("it is valid");
}

fn model(bytes: &[u8]) -> Option<Modelled> {
    pipeline::model(bytes.to_vec(), "api.yaml", Policy::Warn).ok()
}

fn compare(old: &Modelled, new: &Modelled) {
    for side in [old, new] {
        let same = change::compare(&side.side(), &side.side());
        assert!(same.is_empty(), "a document differs from itself: {:?}", same[0]);
    }
    for (old, new) in [(old, new), (new, old)] {
        let _ = change::verdict(&change::compare(&old.side(), &new.side()));
    }
}
