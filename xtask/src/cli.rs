//! The command line: the arguments, the pipeline that they ask for, and the exit status.
//!
//! Takes the arguments of the program and gives its exit status. It knows every room, and none of them knows it.

pub mod arguments;
pub mod changes;
pub mod diff;
pub mod inputs;
pub mod job;
pub mod paths;
pub mod pipeline;
pub mod places;
pub mod report;
mod status;
pub mod untested;
pub mod upstream;
pub mod watch;

use std::ffi::OsString;
use std::path::Path;
use std::time::Instant;

use anyhow::Result;

use self::arguments::{Arguments, Command};
use self::job::Job;
use self::pipeline::Built;
use self::status::{DIFFERS, FAILURE, INVALID_DOCUMENT};
use crate::diagnostics::{Drift, Outcome, counted, print};
use crate::output::{tree, write};
use crate::source::LoadError;
use crate::source::files::Files;

/// Returns the exit status of an outcome, and prints its error.
#[must_use]
pub fn status(outcome: Result<u8>) -> u8 {
    outcome.unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        FAILURE
    })
}

/// Runs the command that the arguments name, and returns the exit status.
///
/// # Errors
///
/// Wrong arguments, and every failure to read or write a file.
pub fn run(arguments: Vec<OsString>) -> Result<u8> {
    let started = Instant::now();
    let arguments = arguments::parse(arguments)?;
    if arguments.command == Command::Help {
        print(arguments::HELP);
        return Ok(0);
    }
    match arguments.command {
        Command::Diff => return diff::run(&arguments),
        Command::Upstream => return upstream::run(&arguments),
        _ => {}
    }
    if !arguments.watch {
        return run_once(&arguments, started, &mut Files::default());
    }
    let job = Job::new(&arguments)?;
    let report = |event: watch::Event, path: Option<&Path>| {
        let name = path.map_or_else(|| job.spec_name.clone(), paths::named);
        job.reporter.event(&event.message(&name));
    };
    let named = || Job::new(&arguments).map(|job| job.inputs.into_iter().map(|input| input.path).collect());
    watch::watch(
        || named().ok(),
        report,
        || {
            let mut files = Files::default();
            _ = status(run_once(&arguments, Instant::now(), &mut files));
            files.paths().map(Path::to_owned).collect()
        },
    )
}

/// Runs the command once. Each run resolves the paths anew, because links and folders may change during a watch. The
/// files that the documents refer to are added to `files`.
fn run_once(arguments: &Arguments, started: Instant, files: &mut Files) -> Result<u8> {
    let job = Job::new(arguments)?;
    *files = Files::new(job.ref_root.clone());
    let texts = match inputs::read(&job.inputs) {
        Ok(texts) => texts,
        Err(errors) => {
            refuse(&job, errors, Outcome::Unreadable);
            return Ok(FAILURE);
        }
    };
    let built = match pipeline::build(&job, texts, files) {
        Ok(built) => built,
        Err(refusal) => {
            let pipeline::Refusal { source, findings, others } = *refusal;
            let errors = std::iter::once(LoadError { source, findings }).chain(others).collect();
            refuse(&job, errors, Outcome::Wrong);
            return Ok(INVALID_DOCUMENT);
        }
    };
    if let Some((path, text)) = job.report.as_ref().zip(built.report.as_ref()) {
        write::file(path, text.as_bytes())?;
    }
    match arguments.command {
        Command::Check => compare(&job, &built),
        _ => write_crate(&job, &built, started),
    }
}

/// Reports that no crate is generated from the documents, and why.
fn refuse(job: &Job, errors: Vec<LoadError>, outcome: Outcome) {
    let only = <&[LoadError; 1]>::try_from(&*errors).ok().map(|[only]| only.source.name.clone());
    let name = only.unwrap_or_else(|| job.spec_name.clone());
    for error in errors {
        job.reporter.findings(&error.source, error.findings);
    }
    let why = match outcome {
        Outcome::Unreadable => " cannot be read".to_owned(),
        _ if name == job.spec_name && job.inputs.len() > 1 => format!(": {}", job.reporter.tally()),
        _ => format!(" has {}", job.reporter.tally()),
    };
    job.reporter.summary(&job.summary(outcome, None, 0, format!("{name}{why}: nothing was generated")));
}

/// Writes the crate into its folder.
fn write_crate(job: &Job, built: &Built, started: Instant) -> Result<u8> {
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
    let message = format!("{}: {}, {files}{warnings}, {changed} ({elapsed} ms)", job.out_name, built.counts);
    job.reporter.summary(&job.summary(Outcome::Generated, Some(built.counts), count, message));
    Ok(0)
}

/// Reports where the folder differs from the crate that was built.
fn compare(job: &Job, built: &Built) -> Result<u8> {
    let disk = tree::read(&job.out, &built.tree)?;
    let drift = tree::compare(&built.tree, &disk);
    if drift.is_empty() {
        let files = counted(built.counts.files, "file");
        let warnings = job.warnings();
        let message =
            format!("{} is up to date with {}: {}, {files}{warnings}", job.out_name, job.spec_name, built.counts);
        job.reporter.summary(&job.summary(Outcome::Clean, Some(built.counts), 0, message));
        return Ok(0);
    }
    let report = || tree::report(&drift, &built.tree, &disk, &job.out_name);
    job.reporter.drift(&drift, &job.out_name, report, &job.remedy);
    let files = counted(drift.len(), "file");
    let fix = fix(&drift, &job.remedy);
    let message = format!("{} has drifted from {} in {files}; to fix it: {fix}", job.out_name, job.spec_name);
    job.reporter.summary(&job.summary(Outcome::Drifted, Some(built.counts), drift.len(), message));
    Ok(DIFFERS)
}

/// Returns the steps that fix the drift.
fn fix(drift: &[Drift], remedy: &str) -> String {
    let by_hand = drift.iter().filter(|drift| !drift.change.is_fixable()).count();
    match by_hand {
        0 => remedy.to_owned(),
        1 => format!("move or remove the file that was not generated, then {remedy}"),
        _ => format!("move or remove the {by_hand} files that were not generated, then {remedy}"),
    }
}
