//! The examples for which `--emit-tests` makes no test: each is a warning with its place and the reason.

use std::collections::HashSet;

use crate::diagnostics::{Code, Diagnostic, Place};
use crate::document::Pointer;
use crate::model::{Api, LeftOut};

/// Returns the examples of a document without a test. `all` are the places of its examples.
#[must_use]
pub fn places(api: &Api, all: &[Pointer]) -> Vec<LeftOut> {
    let mut known: HashSet<&Pointer> = api.examples.iter().map(|example| &example.at).collect();
    let mut found = Vec::new();
    for LeftOut { at, reason } in &api.left_out {
        if known.insert(at) {
            found.push(LeftOut { at: at.clone(), reason });
        }
    }
    for at in all {
        if known.insert(at) {
            found.push(LeftOut { at: at.clone(), reason: "the crate has no type that decodes it from JSON" });
        }
    }
    found
}

/// Returns the warnings about examples without a test.
#[must_use]
pub fn findings(left_out: &[LeftOut]) -> Vec<Diagnostic> {
    let finding = |LeftOut { at, reason }: &LeftOut| {
        let message = format!("the example has no test: {reason}");
        let help = "nothing has to be done: the crate is complete without the test";
        Diagnostic::warning(Code::UntestedExample, Place::Key(at.clone()), message, help)
    };
    left_out.iter().map(finding).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::document::{Document, Source};
    use crate::resolve::{Options, resolve};

    #[test]
    fn each_example_without_a_test_is_reported_with_its_place_and_reason() {
        let root = json!({"openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "paths": {}, "components": {"schemas": {
            "A": {"type": "object", "properties": {"b": {"type": "integer", "example": 1.5}}, "example": {"b": 2.0}},
        }}});
        let document = Document { source: Source::new("a.yaml", ""), root };
        let api = resolve(&document, &Options::default()).api;
        let at = |path: &str| Pointer::from_text(path);
        let (own, other) = (at("/components/schemas/A/properties/b/example"), at("/components/headers/C/example"));
        let all = [at("/components/schemas/A/example"), own.clone(), other.clone()];
        let found = findings(&places(&api, &all));
        let expected =
            [(own, "its type does not decode it"), (other, "the crate has no type that decodes it from JSON")];
        for (finding, (at, reason)) in found.iter().zip(&expected) {
            assert_eq!(finding.code, Code::UntestedExample);
            assert_eq!(finding.place, Place::Key(at.clone()));
            assert_eq!(&*finding.message, format!("the example has no test: {reason}"));
        }
        assert_eq!(found.len(), expected.len());
    }
}
