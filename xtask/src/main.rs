//! `cargo xtask`: from the OpenAPI document to the client crate, and the check that the one is what comes of the
//! other.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;
use std::{env, io, thread};

use anyhow::{Context as _, Result, anyhow};
use mimalloc::MiMalloc;
use xtask::cli::arguments::{self, Arguments, Command};
use xtask::cli::{report, watch};
use xtask::diagnostics::{Counts, Diagnostic, Outcome, Reporter, Summary, counted, say};
use xtask::document::fingerprint;
use xtask::emit::print::Package;
use xtask::emit::workspace::Layout;
use xtask::emit::{package_name, passes, print, workspace};
use xtask::lower::notes::Notes;
use xtask::openapi::examples::Policy;
use xtask::output::tree::{Drift, Tree};
use xtask::output::{tree, write};
use xtask::progenitor::post_process;
use xtask::source::Unusable;
use xtask::{lower, source, validate};

/// Half of the time goes into allocations: values, tokens and syntax trees are small and many.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

const DRIFT: u8 = 1;
const WRONG_DOCUMENT: u8 = 2;
const FAILURE: u8 = 3;

/// A document may be nested deeper than the stack of a main thread lets recursion go.
const STACK_BYTES: usize = 256 << 20;

fn main() -> ExitCode {
    let arguments: Vec<OsString> = env::args_os().skip(1).collect();
    let worker = thread::Builder::new().stack_size(STACK_BYTES).spawn(move || run(arguments));
    let outcome = match worker.map(thread::JoinHandle::join) {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(_)) => Err(anyhow!("the generator stopped for the reason above: please report it with the document")),
        Err(error) => Err(error).context("no thread could be started"),
    };
    status(outcome).into()
}

/// The exit status that an outcome stands for. What went wrong is told here.
fn status(outcome: Result<u8>) -> u8 {
    outcome.unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        FAILURE
    })
}

fn run(arguments: Vec<OsString>) -> Result<u8> {
    let started = Instant::now();
    let arguments = arguments::parse(arguments)?;
    if arguments.command == Command::Help {
        say(arguments::HELP);
        return Ok(0);
    }
    if !arguments.watch {
        return run_once(&arguments, started);
    }
    let job = Job::new(&arguments)?;
    let report = |event: watch::Event| job.reporter.news(&event.message(&job.spec_name));
    watch::watch(&job.spec, report, || _ = status(run_once(&arguments, Instant::now())))
}

/// One run, from the arguments: while a document is watched, links and folders may become others.
fn run_once(arguments: &Arguments, started: Instant) -> Result<u8> {
    let job = Job::new(arguments)?;
    let bytes = match source::read(&job.spec, &job.spec_name) {
        Ok(bytes) => bytes,
        Err(unreadable) => {
            job.refuse(*unreadable, Outcome::Unreadable);
            return Ok(FAILURE);
        }
    };
    let built = match build(&job, bytes) {
        Ok(built) => built,
        Err(wrong) => {
            job.refuse(*wrong, Outcome::Wrong);
            return Ok(WRONG_DOCUMENT);
        }
    };
    if let Some((path, text)) = job.report.as_ref().zip(built.report.as_ref()) {
        write::file(path, text.as_bytes())?;
    }
    match arguments.command {
        Command::Check => compare(&job, &built),
        _ => bring_about(&job, &built, started),
    }
}

/// The pipeline: each stage takes what the one before it gives.
fn build(job: &Job, bytes: Vec<u8>) -> Result<Built, Box<Unusable>> {
    let mut document = source::decode(bytes, &job.spec_name)?;
    let fingerprint = fingerprint::fingerprint(&document.root);
    let report = validate::check(&mut document, job.is_strict, job.examples);
    if report.has_errors() {
        return Err(Box::new(Unusable { source: document.source, findings: report.findings }));
    }
    job.reporter.findings(&document.source, report.findings);
    let finished = || -> Result<_, Diagnostic> {
        let lowered = lower::lower(&document, &job.lowering())?;
        if job.is_verbose {
            job.reporter.findings(&document.source, report::notes(&lowered.changes));
        }
        let package = job.package(&lowered.notes, fingerprint);
        let generated = xtask::progenitor::generate(&lowered.document)?;
        let tidied = post_process::tidy(generated, &|name| lowered.notes.is_sent(name));
        let sources = passes::apply(tidied, &lowered.notes, &package.name)?;
        let tree = print::print(sources, &lowered.notes, &package);
        let counts = Counts {
            operations: lowered.notes.operations.len(),
            schemas: lowered.notes.types.len(),
            examples: report.examples,
            files: tree.len(),
            tested: job.emit_tests.then_some((lowered.notes.examples.len(), lowered.notes.left_out)),
        };
        let report = job.report.is_some().then(|| report::report(&document.source, &lowered.changes));
        Ok(Built { tree, counts, report })
    };
    finished().map_err(|finding| Box::new(Unusable { source: document.source, findings: vec![finding] }))
}

/// Makes the folder hold the crate that was built.
fn bring_about(job: &Job, built: &Built, started: Instant) -> Result<u8> {
    let lock = write::Lock::take(&job.out)?;
    let disk = tree::read(&job.out, &built.tree)?;
    let drift = tree::compare(&built.tree, &disk);
    write::write(&lock, &job.out, &built.tree, &disk, &drift)?;
    job.reporter.written(&drift, &job.out_name);
    let count = drift.iter().filter(|drift| drift.change.is_fixable()).count();
    let changed = if count == 0 { "nothing to change".to_owned() } else { format!("{count} changed") };
    let files = counted(built.counts.files, "file");
    let elapsed = started.elapsed().as_millis();
    let warnings = job.warnings();
    let told = format!("{}: {}, {files}{warnings}, {changed} ({elapsed} ms)", job.out_name, built.counts);
    job.reporter.summary(&job.summary(Outcome::Generated, Some(built.counts), count, told));
    Ok(0)
}

/// Reports where the folder differs from the crate that was built.
fn compare(job: &Job, built: &Built) -> Result<u8> {
    let disk = tree::read(&job.out, &built.tree)?;
    let drift = tree::compare(&built.tree, &disk);
    if drift.is_empty() {
        let files = counted(built.counts.files, "file");
        let warnings = job.warnings();
        let told = format!("{} is what {} says: {}, {files}{warnings}", job.out_name, job.spec_name, built.counts);
        job.reporter.summary(&job.summary(Outcome::Clean, Some(built.counts), 0, told));
        return Ok(0);
    }
    let report = || tree::report(&drift, &built.tree, &disk, &job.out_name);
    job.reporter.drift(&drift, &job.out_name, report, &job.remedy);
    let files = counted(drift.len(), "file");
    let fix = fix(&drift, &job.remedy);
    let told = format!("{} has drifted from {} in {files}; to fix it: {fix}", job.out_name, job.spec_name);
    job.reporter.summary(&job.summary(Outcome::Drifted, Some(built.counts), drift.len(), told));
    Ok(DRIFT)
}

/// Returns what makes the folder hold the crate again.
fn fix(drift: &[Drift], remedy: &str) -> String {
    let by_hand = drift.iter().filter(|drift| !drift.change.is_fixable()).count();
    match by_hand {
        0 => remedy.to_owned(),
        1 => format!("move or remove the file that was not generated, then {remedy}"),
        _ => format!("move or remove the {by_hand} files that were not generated, then {remedy}"),
    }
}

/// What was built from a document.
struct Built {
    tree: Tree,
    counts: Counts,
    /// What was lowered, if that is to be written.
    report: Option<String>,
}

/// What the arguments ask for, with the paths found.
#[expect(clippy::struct_excessive_bools, reason = "most are options of the command line that have no value")]
struct Job {
    spec: PathBuf,
    spec_name: String,
    out: PathBuf,
    out_name: String,
    runtime: PathBuf,
    remedy: String,
    is_strict: bool,
    is_alone: bool,
    name: Option<String>,
    is_verbose: bool,
    report: Option<PathBuf>,
    reporter: Reporter,
    examples: Policy,
    emit_tests: bool,
}

impl Job {
    fn new(arguments: &Arguments) -> Result<Self> {
        let here = env::current_dir().context("the current directory cannot be found")?;
        let layout = Layout::find(&here);
        let is_own = is_own(arguments, &layout, &here);
        if let (Some(spec), None, false) = (&arguments.spec, &arguments.out, is_own) {
            return Err(missing_out(spec, &layout, &here));
        }
        let is_strict = arguments.strict || is_own;
        let spec = arguments.spec.clone().unwrap_or_else(|| layout.spec.clone());
        let named_out = here.join(arguments.out.as_ref().unwrap_or(&layout.out));
        let out = real(&named_out)?;
        refuse_folder(&out, &layout, &spec)?;
        let report = arguments.report.as_ref().map(|path| report_path(&here.join(path), &out, &spec)).transpose()?;
        Ok(Self {
            is_alone: workspace::is_foreign(&[&out, &with_links(&named_out)?]),
            name: arguments.name.clone(),
            is_verbose: arguments.verbose,
            report,
            spec_name: shown(&spec, &here),
            spec,
            out_name: shown(&out, &real(&here)?),
            out,
            runtime: real(&layout.root.join("runtime"))?,
            remedy: remedy(arguments),
            is_strict,
            reporter: Reporter::new(arguments.format),
            examples: arguments.examples.unwrap_or(if is_strict { Policy::Error } else { Policy::Warn }),
            emit_tests: arguments.emit_tests,
        })
    }

    /// Reports why nothing can be made of the document.
    fn refuse(&self, unusable: Unusable, outcome: Outcome) {
        let name = unusable.source.name.clone();
        self.reporter.findings(&unusable.source, unusable.findings);
        let why = match outcome {
            Outcome::Unreadable => "cannot be read".to_owned(),
            _ => format!("has {}", self.reporter.tally()),
        };
        self.reporter.summary(&self.summary(outcome, None, 0, format!("{name} {why}: nothing was generated")));
    }

    fn summary(&self, outcome: Outcome, counts: Option<Counts>, drift: usize, told: String) -> Summary<'_> {
        let tally = self.reporter.tally();
        Summary { outcome, spec: &self.spec_name, out: &self.out_name, counts, drift, tally, told }
    }

    /// The number of warnings, to follow the other numbers; nothing where there is none.
    fn warnings(&self) -> String {
        match self.reporter.tally().warnings {
            0 => String::new(),
            number => format!(", {}", counted(number, "warning")),
        }
    }

    fn lowering(&self) -> lower::Options {
        lower::Options {
            examples: self.examples,
            with_examples: self.emit_tests,
            with_changes: self.is_verbose || self.report.is_some(),
        }
    }

    fn package(&self, notes: &Notes, fingerprint: String) -> Package {
        Package {
            name: self.name.clone().unwrap_or_else(|| package_name::of(notes)),
            is_alone: self.is_alone,
            fingerprint,
            runtime: print::relative(&self.out, &self.runtime),
            emit_tests: self.emit_tests,
        }
    }
}

/// Returns whether the document is the workspace's own, whichever path names it. That document is always held to the
/// specification.
fn is_own(arguments: &Arguments, layout: &Layout, here: &Path) -> bool {
    match &arguments.spec {
        None => true,
        Some(spec) => match (real(&here.join(spec)), real(&layout.spec)) {
            (Ok(spec), Ok(own)) => spec == own,
            _ => false,
        },
    }
}

/// Returns the error for another document without a folder: the workspace's crate would be replaced by another one.
fn missing_out(spec: &Path, layout: &Layout, here: &Path) -> anyhow::Error {
    let (out, own) = (shown(&layout.out, here), shown(&layout.spec, here));
    anyhow!(
        "missing option `--out DIR`: {out} is the crate of {own}, and `--spec {}` is another document",
        spec.display()
    )
}

/// Returns the command that generates the crate with these arguments.
fn remedy(arguments: &Arguments) -> String {
    let mut command = "cargo xtask generate".to_owned();
    if arguments.strict {
        command += " --strict";
    }
    if let Some(policy) = arguments.examples {
        command += &format!(" --examples {}", policy.as_str());
    }
    if arguments.emit_tests {
        command += " --emit-tests";
    }
    for (option, path) in [("--spec", &arguments.spec), ("--out", &arguments.out)] {
        if let Some(path) = path {
            command += &format!(" {option} {}", quoted(&path.display().to_string()));
        }
    }
    if let Some(name) = &arguments.name {
        command += &format!(" --name {name}");
    }
    command
}

/// Refuses a folder that cannot be that of a crate.
fn refuse_folder(out: &Path, layout: &Layout, spec: &Path) -> Result<()> {
    let holds = |path: &Path| real(path).is_ok_and(|path| path.starts_with(out));
    if out.file_name().is_none() {
        return Err(anyhow!("{} cannot be the folder of a crate", out.display()));
    }
    if holds(&layout.root) || holds(spec) {
        return Err(anyhow!("{} cannot be the folder of a crate: what the crate is made from is in it", out.display()));
    }
    Ok(())
}

/// The path without links and dots, also where its last parts do not exist yet.
fn real(path: &Path) -> Result<PathBuf> {
    match path.canonicalize() {
        Ok(path) => Ok(path),
        Err(error) if error.kind() == io::ErrorKind::NotFound => match (path.parent(), path.file_name()) {
            (Some(parent), Some(name)) => Ok(real(parent)?.join(name)),
            _ => Err(error).with_context(|| format!("{} cannot be found", path.display())),
        },
        Err(error) => Err(error).with_context(|| format!("{} cannot be found", path.display())),
    }
}

/// The path of a folder as it was named, but for what stands above it: the folder itself may be a link.
fn with_links(path: &Path) -> Result<PathBuf> {
    match (path.parent(), path.file_name()) {
        (Some(parent), Some(name)) => Ok(real(parent)?.join(name)),
        _ => real(path),
    }
}

/// Where the report goes: not into the crate, all of whose files are made from the document, nor over the document.
fn report_path(path: &Path, out: &Path, spec: &Path) -> Result<PathBuf> {
    let path = real(path)?;
    if path.starts_with(out) {
        return Err(anyhow!(
            "{} is in the folder of the crate, which holds nothing else: write the report elsewhere",
            path.display()
        ));
    }
    if path.is_dir() || real(spec).is_ok_and(|spec| spec == path) {
        return Err(anyhow!("{} cannot be the file of the report: give it a name of its own", path.display()));
    }
    Ok(path)
}

/// A path as it can be copied into a shell.
fn quoted(path: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "/._-+:@%,=\\".contains(c);
    if !path.is_empty() && path.chars().all(is_plain) {
        path.to_owned()
    } else {
        format!("'{}'", path.replace('\'', "'\\''"))
    }
}

/// The path as a reader in this folder would write it.
fn shown(path: &Path, here: &Path) -> String {
    path.strip_prefix(here).unwrap_or(path).display().to_string().replace('\\', "/")
}
