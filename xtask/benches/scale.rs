//! Measures how the time grows with the document: every stage at 1, 10, 100 and 1,000 operations, and progenitor alone
//! on the same text in the same run, to its tokens and to formatted code.
//!
//! Prints a table of how much code the two emit. The whole generator is compared with `alone/code`, which is what
//! cargo-progenitor does, because tokens are not code yet.

#[path = "../tests/documents/mod.rs"]
mod documents;
mod stages;

use std::time::Duration;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, BenchmarkId, Criterion, SamplingMode, criterion_group};
use documents::Flavour;
use openapiv3::OpenAPI;
use proc_macro2::TokenStream;
use progenitor::{GenerationSettings, Generator, InterfaceStyle};
use syn::{File, Item};
use xtask::emit::files::Tree;

const SIZES: [usize; 4] = [1, 10, 100, 1000];

const SEED: u64 = 1;

/// Returns a document that progenitor accepts without changes.
fn plain(operations: usize) -> String {
    let document = documents::document(Flavour::Plain, operations, SEED);
    serde_yaml::to_string(&document).expect("JSON can be written as YAML")
}

/// Calls progenitor as its users do, with the text of a document.
fn tokens_alone(text: &str) -> TokenStream {
    let document: OpenAPI = serde_yaml::from_str(text).expect("openapiv3 reads it");
    let mut settings = GenerationSettings::default();
    settings.with_interface(InterfaceStyle::Builder);
    Generator::new(&settings).generate_tokens(&document).expect("progenitor takes it")
}

fn code_alone(text: &str) -> String {
    prettyplease::unparse(&syn::parse2(tokens_alone(text)).expect("it is Rust"))
}

fn scale(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("scale");
    group.sample_size(10).warm_up_time(Duration::from_millis(100)).measurement_time(Duration::from_millis(500));
    group.sampling_mode(SamplingMode::Flat);
    for size in SIZES {
        let text = plain(size);
        stages::all(&mut group, &text, size);
        alone(&mut group, &text, size);
    }
    group.finish();
}

fn alone(group: &mut BenchmarkGroup<'_, WallTime>, text: &str, size: usize) {
    group.bench_function(BenchmarkId::new("alone/tokens", size), |b| b.iter_with_large_drop(|| tokens_alone(text)));
    group.bench_function(BenchmarkId::new("alone/code", size), |b| b.iter_with_large_drop(|| code_alone(text)));
}

/// Prints the bytes and lines for each operation: of the whole crate, of progenitor's file, and of that file without
/// its builders of types and operations.
fn emitted() {
    println!("\n| operations | crate | progenitor | progenitor without builders |\n|---|---|---|---|");
    for size in SIZES {
        let text = plain(size);
        let code = code_alone(&text);
        let bare = prettyplease::unparse(&without_builders(syn::parse_str(&code).expect("it is Rust")));
        let cells = [code_of(&stages::whole(&text)), code, bare]
            .map(|code| format!("{} bytes, {} lines", code.len() / size, code.lines().count() / size));
        println!("| {size} | {} |", cells.join(" | "));
    }
}

fn code_of(tree: &Tree) -> String {
    let files = tree.iter().filter(|(path, _)| path.starts_with("src/"));
    files.map(|(_, bytes)| String::from_utf8_lossy(bytes)).collect()
}

fn without_builders(mut file: File) -> File {
    drop_builders(&mut file.items);
    file
}

fn drop_builders(items: &mut Vec<Item>) {
    items.retain(|item| !matches!(item, Item::Mod(module) if module.ident == "builder"));
    for item in items {
        if let Item::Mod(module) = item
            && let Some((_, items)) = &mut module.content
        {
            drop_builders(items);
        }
    }
}

criterion_group!(benches, scale);

fn main() {
    benches();
    emitted();
    Criterion::default().configure_from_args().final_summary();
}
