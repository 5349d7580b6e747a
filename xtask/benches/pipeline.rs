//! How long the generator takes: each stage on its own, the whole program from start to end, and progenitor alone
//! on the same (lowered) document beside them.

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use criterion::{Criterion, criterion_group, criterion_main};
use xtask::document::Document;
use xtask::print::Package;
use xtask::workspace::Layout;
use xtask::{check, fingerprint, generate, load, lower, passes, print, tidy, tree};

fn layout() -> Layout {
    Layout::find(Path::new(env!("CARGO_MANIFEST_DIR")))
}

fn document() -> Document {
    load::load(&layout().spec, "spec").expect("the contract can be read")
}

fn package() -> Package {
    Package { name: "client".to_owned(), fingerprint: String::new(), runtime: "../runtime".to_owned(), is_alone: false }
}

fn stages(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("stage");
    let (spec, document) = (layout().spec, document());
    let lowered = || lower::lower(&document).expect("the contract can be lowered");
    let generated = || generate::generate(&lowered().document).expect("progenitor takes it");
    let tidied = || tidy::tidy(generated(), &|_| false);
    let sources = || passes::apply(tidied(), &lowered().notes, "client").expect("the passes know it");
    group.bench_function("load", |b| b.iter(|| load::load(black_box(&spec), "spec")));
    group.bench_function("check", |b| {
        b.iter(|| check::check(black_box(&mut load::load(&spec, "spec").expect("it can be read")), true))
    });
    group.bench_function("fingerprint", |b| b.iter(|| fingerprint::fingerprint(black_box(&document.root))));
    group.bench_function("lower", |b| b.iter(lowered));
    let ready = lowered();
    group.bench_function("progenitor", |b| b.iter(|| generate::generate(black_box(&ready.document))));
    let raw = generated();
    group.bench_function("tidy", |b| b.iter(|| tidy::tidy(raw.clone(), &|_| false)));
    let tokens = tidied();
    group.bench_function("passes", |b| b.iter(|| passes::apply(tokens.clone(), &ready.notes, "client")));
    let files = sources();
    group.bench_function("print", |b| b.iter(|| print::print(files.clone(), &ready.notes, &package())));
    let out = layout().out;
    group.bench_function("read", |b| b.iter(|| tree::read(black_box(&out))));
    group.finish();
}

/// The built program, from its start to its end, on a crate that is up to date.
fn program(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("program");
    let out = fresh_folder();
    let run = |command: &str| {
        let status = Command::new(env!("CARGO_BIN_EXE_xtask"))
            .args([command, "--out"])
            .arg(&out)
            .stdout(Stdio::null())
            .status()
            .expect("the program runs");
        assert!(status.success());
    };
    run("generate");
    for command in ["generate", "check"] {
        group.bench_function(command, |b| b.iter(|| run(command)));
    }
    group.finish();
    std::fs::remove_dir_all(out).expect("the folder was made here");
}

fn fresh_folder() -> PathBuf {
    std::env::temp_dir().join(format!("xtask-bench-{}", std::process::id()))
}

criterion_group!(benches, stages, program);
criterion_main!(benches);
