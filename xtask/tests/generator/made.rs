//! The documents that are made for benchmarks and tests: each has the requested number of operations, is the same every
//! time, and is accepted by the generator.

use ::progenitor::{GenerationSettings, Generator, InterfaceStyle};
use openapiv3::OpenAPI;
use serde_json::Value;
use xtask::cli::pipeline;
use xtask::document::Source;
use xtask::openapi::examples::Policy;
use xtask::{emit, progenitor, resolve, source};

use crate::documents::{Dice, Flavour, document};

#[test]
fn a_made_document_has_the_requested_operations_and_is_accepted() {
    for flavour in [Flavour::Plain, Flavour::Wild] {
        for (operations, seed) in [(1, 0), (2, 1), (7, 2), (60, 3)] {
            let text = document(flavour, operations, seed).to_string();
            let mut parsed = source::parse(Source::new("api.yaml", text)).expect("it can be read");
            let report = pipeline::check(&mut parsed, false, Policy::Warn);
            assert!(!report.has_errors(), "{flavour:?} {operations} {seed}: {:#?}", report.findings);
            let api = resolve::resolve(&parsed, &resolve::Options::default()).api;
            assert_eq!(api.operations.len(), operations);
            let types = progenitor::types(&api).expect("progenitor accepts it");
            let mut sources =
                emit::sources(types, || progenitor::type_builders(&api), progenitor::builders(&api), &api, "client");
            assert!(sources.all(|source| source.is_ok()), "the items have a known shape");
        }
    }
}

#[test]
fn progenitor_accepts_a_plain_document_as_it_is() {
    let document: OpenAPI = serde_json::from_value(document(Flavour::Plain, 60, 1)).expect("openapiv3 reads it");
    let mut settings = GenerationSettings::default();
    settings.with_interface(InterfaceStyle::Builder);
    Generator::new(&settings).generate_tokens(&document).expect("it is plain");
}

#[test]
fn the_seed_decides_the_made_document() {
    let made = |seed| document(Flavour::Wild, 20, seed);
    assert_eq!(made(7), made(7));
    assert_ne!(made(7), made(8));
}

#[test]
fn a_longer_made_document_begins_like_a_shorter_one() {
    let paths = |operations| match document(Flavour::Plain, operations, 1)["paths"].take() {
        Value::Object(paths) => paths,
        other => panic!("paths are an object: {other}"),
    };
    let (short, long) = (paths(10), paths(20));
    assert!(short.iter().all(|(path, item)| long.get(path) == Some(item)));
}

#[test]
fn dice_fall_on_every_side() {
    let mut dice = Dice::new(0);
    let sides: std::collections::BTreeSet<_> = (0..200).map(|_| dice.below(6)).collect();
    assert_eq!(sides.len(), 6);
    assert_eq!(dice.below(0), 0);
}
