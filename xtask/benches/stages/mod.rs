//! The stages of the generator as benchmarks: each on its own, on what the ones before it made of a text.

use std::hint::black_box;

use criterion::measurement::WallTime;
use criterion::{BatchSize, BenchmarkGroup, BenchmarkId};
use mimalloc::MiMalloc;
use proc_macro2::TokenStream;
use serde_json::Value;
use xtask::cli::pipeline;
use xtask::document::fingerprint;
use xtask::document::{Document, Source};
use xtask::emit::files::Tree;
use xtask::emit::passes;
use xtask::emit::passes::Sources;
use xtask::emit::print;
use xtask::emit::print::Package;
use xtask::lower;
use xtask::lower::Lowered;
use xtask::lower::notes::Notes;
use xtask::openapi::examples::Policy;
use xtask::output::tree;
use xtask::output::tree::Disk;
use xtask::progenitor::post_process;
use xtask::source;

/// That of the program; what is measured beside it has it too.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// Adds a benchmark for each stage, and one for all of them, on this text of a document.
pub fn all(group: &mut BenchmarkGroup<'_, WallTime>, text: &str, size: usize) {
    let id = |stage: &str| BenchmarkId::new(stage, size);
    group.bench_function(id("load"), |b| b.iter_with_large_drop(|| read(text)));
    let unchecked = || read(text);
    group.bench_function(id("check"), |b| {
        b.iter_batched(
            unchecked,
            |mut document| pipeline::check(&mut document, false, Policy::Warn),
            BatchSize::PerIteration,
        );
    });
    let document = checked(text);
    group.bench_function(id("fingerprint"), |b| b.iter(|| fingerprint::fingerprint(black_box(&document.root))));
    group.bench_function(id("lower"), |b| b.iter_with_large_drop(|| lowered(&document)));
    let ready = lowered(&document);
    let input = || ready.document.clone();
    group.bench_function(id("progenitor"), |b| b.iter_batched(input, generated, BatchSize::PerIteration));
    let raw = || generated(input());
    group.bench_function(id("post_process"), |b| {
        b.iter_batched(raw, |raw| simplified(raw, &ready.notes), BatchSize::PerIteration);
    });
    let tokens = || simplified(raw(), &ready.notes);
    group.bench_function(id("passes"), |b| {
        b.iter_batched(tokens, |tokens| sources(tokens, &ready.notes), BatchSize::PerIteration);
    });
    let files = || sources(tokens(), &ready.notes);
    group.bench_function(id("print"), |b| {
        b.iter_batched(files, |files| printed(files, &ready.notes), BatchSize::PerIteration);
    });
    let wanted = whole(text);
    let disk = Disk { files: wanted.clone(), ..Disk::default() };
    group.bench_function(id("compare"), |b| b.iter(|| tree::compare(black_box(&wanted), &disk)));
    group.bench_function(id("whole"), |b| b.iter_with_large_drop(|| whole(text)));
}

/// From the text to the files of the crate.
pub fn whole(text: &str) -> Tree {
    let document = checked(text);
    black_box(fingerprint::fingerprint(&document.root));
    let Lowered { document, notes, .. } = lowered(&document);
    let tokens = simplified(generated(document), &notes);
    printed(sources(tokens, &notes), &notes)
}

fn read(text: &str) -> Document {
    source::parse(Source::new("api.yaml", text)).expect("the document can be read")
}

fn checked(text: &str) -> Document {
    let mut document = read(text);
    let report = pipeline::check(&mut document, false, Policy::Warn);
    assert!(!report.has_errors(), "the document is sound: {:?}", report.findings);
    document
}

/// As the program does it, unless it is asked for tests or for the changes.
fn lowered(document: &Document) -> Lowered {
    let options = lower::Options { with_examples: false, with_changes: false, ..lower::Options::default() };
    lower::lower(document, &options)
}

fn generated(document: Value) -> TokenStream {
    xtask::progenitor::generate(document).expect("progenitor takes it")
}

fn simplified(tokens: TokenStream, notes: &Notes) -> TokenStream {
    post_process::simplify(tokens, &|name| notes.is_sent(name))
}

fn sources(tokens: TokenStream, notes: &Notes) -> Sources {
    passes::apply(tokens, notes, "client").expect("the passes know it")
}

fn printed(sources: Sources, notes: &Notes) -> Tree {
    let package = Package {
        name: "client".to_owned(),
        fingerprint: String::new(),
        runtime: "../runtime".to_owned(),
        is_alone: false,
        emit_tests: false,
    };
    print::print(sources, notes, &package)
}
