//! Mutants of documents: the generator writes a crate or reports an error with its place. It never panics, and all code
//! that it emits is Rust.
//!
//! The stages run in this process, thousands of times. The number of a case determines it, so that it can be run again:
//!
//! | variable | meaning |
//! |---|---|
//! | `MUTANTS` | the number of cases |
//! | `MUTANT_SECONDS` | the duration of the run, instead of a number of cases |
//! | `MUTANT_FIRST` | the number of the first case |
//!
//! A document that fails is reduced to the smallest one with the same failure before it is reported. The current case is
//! kept in cargo's folder for temporary files, since a case may end the process.

mod documents;
mod mutations;
#[path = "support/soundness.rs"]
mod soundness;
mod support;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use documents::{Dice, Flavour};
use serde_json::Value;
use support::{Fixture, workspace};
use xtask::emit::files::Tree;
use xtask::output::tree;
use xtask::source;

/// The number of cases that a debug build runs in a few seconds.
const CASES: u64 = 120;

/// The number of cases for which the program is started.
const PROGRAM_CASES: u64 = 60;

/// The size of the program's stack.
const STACK_BYTES: usize = 256 << 20;

/// The limit of a case. It is longer than any document here takes on a busy machine.
const LONGEST: Duration = Duration::from_secs(20);

#[test]
fn mutants_are_generated_or_refused_and_never_stop_the_generator() {
    keep_panics();
    let run = Run::new();
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            let worker = thread::Builder::new().stack_size(STACK_BYTES);
            worker.spawn_scoped(scope, || run.work()).expect("a thread starts");
        }
    });
    // Panics after this point are those of the test itself.
    drop(panic::take_hook());
    run.report();
}

#[test]
fn the_program_changes_the_folder_only_if_it_reports_that_it_wrote_it() {
    let (bases, fixture) = (bases(), Fixture::new());
    let read = || tree::read(&fixture.path().join("out"), &Tree::new()).expect("it was written").files;
    let generate = |bytes: &[u8]| {
        fixture.write("api.yaml", bytes);
        fixture.run(&["generate", "--spec", "api.yaml", "--out", "out"])
    };
    generate(&yaml(&bases[0])).exits(0, "the first document is valid");
    for number in 0..PROGRAM_CASES {
        let before = read();
        let code = generate(&Mutant::of(number, &bases).bytes).code;
        let after = read();
        assert!(matches!(code, Some(0 | 2)), "MUTANT_FIRST={number}: {code:?}");
        assert!(code == Some(0) || before == after, "MUTANT_FIRST={number}: {code:?}, and the folder has changed");
        let beside = fs::read_dir(fixture.path()).expect("it is there").count();
        assert_eq!(beside, 2, "MUTANT_FIRST={number}: something was left beside the folder");
    }
}

/// The cases of one run, and their outcomes.
struct Run {
    bases: Vec<Value>,
    next: AtomicU64,
    end: u64,
    deadline: Option<Instant>,
    counts: Mutex<BTreeMap<String, u64>>,
    flaws: Mutex<BTreeMap<String, (u64, Value)>>,
}

impl Run {
    fn new() -> Self {
        let number = |name: &str| env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
        let first = number("MUTANT_FIRST").unwrap_or(0);
        let deadline = number("MUTANT_SECONDS").map(|seconds| Instant::now() + Duration::from_secs(seconds));
        let cases = number("MUTANTS").unwrap_or(if deadline.is_some() { u64::MAX / 2 } else { CASES });
        Self {
            bases: bases(),
            next: AtomicU64::new(first),
            end: first.saturating_add(cases),
            deadline,
            counts: Mutex::default(),
            flaws: Mutex::default(),
        }
    }

    fn work(&self) {
        while self.deadline.is_none_or(|deadline| Instant::now() < deadline) {
            let number = self.next.fetch_add(1, Ordering::Relaxed);
            if number >= self.end {
                return;
            }
            self.case(number);
        }
    }

    fn case(&self, number: u64) {
        let mutant = Mutant::of(number, &self.bases);
        fs::write(last_case(), &mutant.bytes).expect("cargo made the folder");
        let outcome = Outcome::of(&mutant.bytes);
        let what = match &outcome {
            Outcome::Generated => "generated".to_owned(),
            Outcome::Refused => "refused".to_owned(),
            Outcome::Flawed(flaw) => format!("flawed: {}", kind_of_flaw(flaw)),
        };
        *self.counts.lock().expect("no worker panics").entry(what).or_default() += 1;
        if let Outcome::Flawed(flaw) = outcome {
            self.keep(number, &flaw, mutant);
        }
    }

    /// Keeps the first case of each flaw, reduced to a small document.
    fn keep(&self, number: u64, flaw: &str, mutant: Mutant) {
        let is_new = {
            let mut flaws = self.flaws.lock().expect("no worker panics");
            let is_new = !flaws.contains_key(&kind_of_flaw(flaw));
            flaws.entry(kind_of_flaw(flaw)).or_insert((number, Value::Null));
            is_new
        };
        if let Some(values) = mutant.values.filter(|_| is_new) {
            let smallest = reduced(values, &kind_of_flaw(flaw));
            self.flaws.lock().expect("no worker panics").insert(kind_of_flaw(flaw), (number, smallest));
        }
    }

    /// Prints the outcomes and fails if there is a flaw.
    fn report(self) {
        let counts = self.counts.into_inner().expect("no worker panics");
        println!("{} cases: {counts:#?}", counts.values().sum::<u64>());
        let flaws = self.flaws.into_inner().expect("no worker panics");
        let described: Vec<_> = flaws
            .iter()
            .map(|(flaw, (number, smallest))| format!("{flaw}\n  MUTANT_FIRST={number} MUTANTS=1\n  {smallest}\n"))
            .collect();
        assert!(flaws.is_empty(), "{} flaws:\n{}", flaws.len(), described.concat());
    }
}

/// Returns the file that the current case is written to; each worker has its own.
fn last_case() -> PathBuf {
    let name: String = format!("{:?}", thread::current().id()).chars().filter(char::is_ascii_digit).collect();
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("mutant-{name}.yaml"))
}

/// Returns the documents to mutate: the contract, those of the corpus, and made documents of both flavours.
fn bases() -> Vec<Value> {
    let corpus = fs::read_dir(workspace().join("xtask/tests/corpus")).into_iter().flatten().flatten();
    let mut paths: Vec<_> = corpus.map(|entry| entry.path()).filter(|path| path.is_file()).collect();
    paths.sort();
    paths.push(workspace().join("spec/loyalty-points.yaml"));
    let read = paths.iter().filter_map(|path| Some(source::load(path, "base").ok()?.root));
    let made = (0..12).flat_map(|seed| {
        let operations = 1 + usize::try_from(seed).unwrap_or_default() % 6;
        [Flavour::Plain, Flavour::Wild].map(|flavour| documents::document(flavour, operations, seed))
    });
    read.chain(made).collect()
}

/// A mutated document.
struct Mutant {
    bytes: Vec<u8>,
    /// Its values, unless the bytes were mutated.
    values: Option<Value>,
}

impl Mutant {
    fn of(number: u64, bases: &[Value]) -> Self {
        let mut dice = Dice::new(number);
        let mut values = dice.pick(bases).clone();
        let other = dice.pick(bases);
        let most = dice.below(5);
        // Most mutants have one or two changes. With five, hardly any mutant is still an OpenAPI document.
        for _ in 0..=dice.below(1 + most) {
            mutations::mutate(&mut values, other, &mut dice);
        }
        let is_yaml = dice.chance(4);
        let mut bytes = if is_yaml { yaml(&values) } else { values.to_string().into_bytes() };
        if !dice.chance(10) {
            return Self { bytes, values: Some(values) };
        }
        for _ in 0..=dice.below(3) {
            mutations::mutate_bytes(&mut bytes, &mut dice);
        }
        Self { bytes, values: None }
    }
}

fn yaml(values: &Value) -> Vec<u8> {
    serde_yaml::to_string(values).expect("JSON can be written as YAML").into_bytes()
}

/// The outcome of a document.
enum Outcome {
    Generated,
    Refused,
    /// A bug of the generator.
    Flawed(String),
}

impl Outcome {
    fn of(bytes: &[u8]) -> Self {
        let started = Instant::now();
        let outcome = panic::catch_unwind(AssertUnwindSafe(|| soundness::outcome(bytes, "api.yaml")));
        match outcome {
            _ if started.elapsed() > LONGEST => Self::Flawed("it takes too long".to_owned()),
            Err(_) => Self::Flawed(format!("panic: {}", PANIC.with(RefCell::take))),
            Ok(Err(flaw)) => Self::Flawed(flaw),
            Ok(Ok(true)) => Self::Generated,
            Ok(Ok(false)) => Self::Refused,
        }
    }
}

/// Returns the kind of a flaw: the flaw without its quoted texts and numbers, which differ from case to case.
fn kind_of_flaw(flaw: &str) -> String {
    let (mut out, mut quoted) = (String::new(), false);
    for c in flaw.lines().next().unwrap_or_default().chars() {
        match c {
            '`' | '"' => {
                quoted = !quoted;
                out.push('`');
            }
            _ if quoted => {}
            c if c.is_ascii_digit() && out.ends_with('0') => {}
            c if c.is_ascii_digit() => out.push('0'),
            c => out.push(c),
        }
    }
    out.chars().take(200).collect()
}

/// Returns the smallest document with the same flaw.
fn reduced(mut document: Value, flaw: &str) -> Value {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        let mut is_smaller = false;
        // The places of large values are last in the list, and are tried first.
        for at in mutations::places(&document).into_iter().rev() {
            let mut without = document.clone();
            if mutations::remove(&mut without, &at).is_some()
                && matches!(Outcome::of(without.to_string().as_bytes()), Outcome::Flawed(other) if kind_of_flaw(&other) == flaw)
            {
                (document, is_smaller) = (without, true);
            }
        }
        if !is_smaller || Instant::now() > deadline {
            return document;
        }
    }
}

thread_local! {
    static PANIC: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Keeps the messages of panics for the code that catches the panics, instead of printing them.
fn keep_panics() {
    panic::set_hook(Box::new(|info| PANIC.with(|kept| *kept.borrow_mut() = info.to_string().replace('\n', " "))));
}
