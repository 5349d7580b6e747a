//! The command `diff`: the changes from one document to another.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, io};

use anyhow::{Context as _, Result, anyhow, bail};

use super::arguments::Arguments;
use super::changes::Comparison;
use super::inputs::{self, Text};
use super::paths::{real, ref_root};
use super::pipeline::{self, Modelled, Refusal};
use super::places::refuse;
use super::status::{DIFFERS, FAILURE, INVALID_DOCUMENT};
use crate::change::{Level, versions};
use crate::diagnostics::{Reporter, print};
use crate::emit::workspace::Layout;
use crate::openapi::examples::Policy;
use crate::output::write;
use crate::source::LoadError;
use crate::source::files::Files;

/// Compares the two documents that the arguments name, and returns the exit status.
///
/// # Errors
///
/// An argument that names no document, and every failure to write the report.
pub fn run(arguments: &Arguments) -> Result<u8> {
    let here = env::current_dir().context("cannot find the current directory")?;
    let layout = Layout::find(&here);
    let reporter = Reporter::new(arguments.format);
    let old = arguments.documents.first().context("missing document")?;
    let old = Input::old(old, &layout, &here)?;
    let new = Input::File(arguments.documents.get(1).map_or_else(|| layout.spec.clone(), PathBuf::from));
    let report = arguments.report.as_deref().map(|path| report_path(&here.join(path), &[&old, &new])).transpose()?;
    let examples = arguments.examples.unwrap_or(Policy::Warn);
    let ref_root = arguments.ref_root.as_ref().map(|folder| ref_root(&here.join(folder))).transpose()?;
    let model = |input| read(input, &here, &mut Files::new(ref_root.clone()), examples);
    let (old, new) = match model(old).and_then(|old| Ok((old, model(new)?))) {
        Ok(sides) => sides,
        Err(refused) => return refused.report(&reporter),
    };
    let comparison = Comparison::new(old.side(), new.side(), [&old.document.source, &new.document.source]);
    if let Some(path) = report {
        write::file(&path, comparison.markdown().as_bytes())?;
    }
    print(&if reporter.is_json() { comparison.json() } else { comparison.text() });
    if arguments.require_version {
        let versions = [&old, &new].map(|side| side.api.info.version.as_str());
        return Ok(check_version(versions, comparison.verdict()));
    }
    Ok(if comparison.verdict() == Level::Major { DIFFERS } else { 0 })
}

/// Reports a version that was not raised by the step that the changes need, and returns the exit status.
fn check_version([old, new]: [&str; 2], needed: Level) -> u8 {
    let Some(step) = versions::step(old, new) else {
        eprintln!("error: `info.version` has no step from `{old}` to `{new}`: both must be made of three numbers");
        return DIFFERS;
    };
    if step >= needed {
        return 0;
    }
    eprintln!(
        "error: the changes need a {needed} step of `info.version`, and the step from `{old}` to `{new}` is {step}: \
         raise it (before 1.0.0, the second number is the major one, and the third is the minor one)"
    );
    DIFFERS
}

/// A document to read.
enum Input {
    /// A file.
    File(PathBuf),
    /// The text of a file at a revision, and its name.
    Text(Vec<u8>, String),
}

impl Input {
    /// Finds the old document: a file, or else the workspace's own document at a git revision.
    fn old(argument: &OsStr, layout: &Layout, here: &Path) -> Result<Self> {
        if here.join(argument).exists() {
            return Ok(Self::File(argument.into()));
        }
        let own = layout.spec.strip_prefix(&layout.root).unwrap_or(&layout.spec);
        let own = own.display().to_string().replace('\\', "/");
        let revision = argument.to_str().with_context(|| format!("{} does not exist", argument.display()))?;
        let text = at_revision(revision, &own, &layout.root)
            .with_context(|| format!("`{revision}` is neither a document nor a git revision that has {own}"))?;
        Ok(Self::Text(text, format!("{revision}:{own}")))
    }
}

/// Reads a file of the workspace at a git revision.
fn at_revision(revision: &str, path: &str, root: &Path) -> Result<Vec<u8>> {
    let object = format!("{revision}:./{path}");
    let arguments = ["show", "--no-textconv", "--end-of-options", &object];
    let output =
        Command::new("git").arg("-C").arg(root).args(arguments).output().map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => anyhow!("git is not installed, and revisions need it"),
            _ => anyhow!("cannot run git: {error}"),
        })?;
    if !output.status.success() {
        let words = String::from_utf8_lossy(&output.stderr);
        bail!("git says: {}", words.lines().next().unwrap_or("nothing").trim_start_matches("fatal: "));
    }
    Ok(output.stdout)
}

/// A document that cannot be compared.
enum Refused {
    /// It cannot be read.
    Unreadable(Vec<LoadError>),
    /// Its folder cannot be read.
    Folder(anyhow::Error),
    /// It has errors.
    Wrong(Box<Refusal>),
}

impl Refused {
    /// Reports why, and returns the exit status.
    fn report(self, reporter: &Reporter) -> Result<u8> {
        let (errors, status) = match self {
            Self::Folder(error) => return Err(error),
            Self::Unreadable(errors) => (errors, FAILURE),
            Self::Wrong(refusal) => {
                let Refusal { source, findings, others } = *refusal;
                (std::iter::once(LoadError { source, findings }).chain(others).collect(), INVALID_DOCUMENT)
            }
        };
        let mut errors = errors.into_iter().peekable();
        while let Some(LoadError { source, findings }) = errors.next() {
            match errors.peek() {
                Some(_) => reporter.findings(&source, findings),
                None => refuse(reporter, &source, findings, "verdict"),
            }
        }
        Ok(status)
    }
}

fn read(input: Input, here: &Path, files: &mut Files, examples: Policy) -> Result<Modelled, Refused> {
    let (texts, name) = match input {
        Input::File(path) => {
            let named = [path];
            let inputs = inputs::inputs(&named, here).map_err(Refused::Folder)?;
            (inputs::read(&inputs).map_err(Refused::Unreadable)?, inputs::name(&named, &inputs, here))
        }
        Input::Text(bytes, name) => (vec![Text { name: name.clone(), path: None, bytes, is_in_folder: false }], name),
    };
    pipeline::model_of(texts, files, &name, examples).map_err(Refused::Wrong)
}

/// Returns the path of the report. It must not be one of the documents.
fn report_path(path: &Path, inputs: &[&Input]) -> Result<PathBuf> {
    let path = real(path)?;
    let is_input = |input: &&Input| matches!(input, Input::File(file) if real(file).is_ok_and(|file| file == path));
    if path.is_dir() || inputs.iter().any(is_input) {
        bail!("cannot write the report to {}: it is a folder or a document", path.display());
    }
    Ok(path)
}
