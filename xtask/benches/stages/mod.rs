//! The stages of the generator as benchmarks: each stage on the results of the stages before it.

use std::hint::black_box;

use criterion::measurement::WallTime;
use criterion::{BatchSize, BenchmarkGroup, BenchmarkId};
use mimalloc::MiMalloc;
use xtask::cli::pipeline;
use xtask::diagnostics::Diagnostic;
use xtask::document::fingerprint;
use xtask::document::{Document, Source};
use xtask::emit;
use xtask::emit::Source as SourceFile;
use xtask::emit::files::Tree;
use xtask::emit::package::Package;
use xtask::model::Api;
use xtask::openapi::examples::Policy;
use xtask::output::tree;
use xtask::output::tree::Disk;
use xtask::progenitor;
use xtask::progenitor::Builder;
use xtask::resolve;
use xtask::source;

/// The allocator of the program.
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
    group.bench_function(id("resolve"), |b| b.iter_with_large_drop(|| resolved(&document)));
    let api = resolved(&document);
    group.bench_function(id("progenitor"), |b| b.iter_with_large_drop(|| generated(&api)));
    let items = || generated(&api);
    group.bench_function(id("emit"), |b| {
        b.iter_batched(items, |items| sources(items, &api).collect::<Vec<_>>(), BatchSize::PerIteration);
    });
    let files = || sources(items(), &api).collect::<Vec<_>>();
    group.bench_function(id("print"), |b| {
        b.iter_batched(files, |files| printed(files.into_iter(), &api), BatchSize::PerIteration);
    });
    let wanted = whole(text);
    let disk = Disk { files: wanted.clone(), ..Disk::default() };
    group.bench_function(id("compare"), |b| b.iter(|| tree::compare(black_box(&wanted), &disk)));
    group.bench_function(id("whole"), |b| b.iter_with_large_drop(|| whole(text)));
}

/// Returns the files of the crate of a document.
pub fn whole(text: &str) -> Tree {
    let document = checked(text);
    black_box(fingerprint::fingerprint(&document.root));
    let api = resolved(&document);
    let types = progenitor::types(&api).expect("progenitor takes it");
    let type_builders = || progenitor::type_builders(&api);
    printed(emit::sources(types, type_builders, progenitor::builders(&api), &api, "client"), &api)
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

/// Resolves a document as the program does, unless the arguments ask for the decisions.
fn resolved(document: &Document) -> Api {
    let options = resolve::Options { with_decisions: false, ..resolve::Options::default() };
    resolve::resolve(document, &options).api
}

type Items<'a> = (Vec<syn::Item>, Option<syn::Item>, Vec<Builder<'a>>);

fn generated(api: &Api) -> Items<'_> {
    let builders = progenitor::builders(api).collect::<Result<_, _>>().expect("progenitor takes it");
    let type_builders = progenitor::type_builders(api).expect("progenitor takes it");
    (progenitor::types(api).expect("progenitor takes it"), type_builders, builders)
}

fn sources<'a>(items: Items<'a>, api: &'a Api) -> impl Iterator<Item = Result<SourceFile, Diagnostic>> {
    let (types, type_builders, builders) = items;
    emit::sources(types, || Ok(type_builders), builders.into_iter().map(Ok), api, "client")
}

fn printed(sources: impl Iterator<Item = Result<SourceFile, Diagnostic>>, api: &Api) -> Tree {
    let package = Package {
        name: "client".to_owned(),
        fingerprint: String::new(),
        runtime: "../runtime".to_owned(),
        is_alone: false,
        emit_tests: false,
    };
    let mut tree = emit::examples(api, &package);
    tree.extend(emit::print(sources, api, &package).expect("the items have a known shape"));
    tree
}
