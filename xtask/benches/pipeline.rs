//! Measures the time of the generator for the contract: each stage, progenitor, and the whole program.

mod stages;

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use criterion::{Criterion, criterion_group, criterion_main};
use xtask::emit::workspace::Layout;
use xtask::output::tree;

fn layout() -> Layout {
    Layout::find(Path::new(env!("CARGO_MANIFEST_DIR")))
}

fn contract(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("stage");
    let (spec, out) = (layout().spec, layout().out);
    let text = std::fs::read_to_string(spec).expect("the contract can be read");
    stages::all(&mut group, &text, 1);
    let wanted = stages::whole(&text);
    group.bench_function("read", |b| b.iter(|| tree::read(black_box(&out), &wanted)));
    group.finish();
}

/// Measures the built program on a crate that is up to date.
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

criterion_group!(benches, contract, program);
criterion_main!(benches);
