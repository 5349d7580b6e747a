//! The job: what the arguments ask for, with every path resolved and checked.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow};

use super::arguments::Arguments;
use super::inputs::{self, Input};
use super::paths::{displayed, real, ref_root};
use crate::diagnostics::{Counts, Outcome, Reporter, Summary, counted};
use crate::emit::package::{self, Package};
use crate::emit::package_name;
use crate::emit::workspace::{self, Layout};
use crate::model::Api;
use crate::openapi::examples::Policy;
use crate::resolve;

/// The work that the arguments ask for, with every path resolved.
#[expect(clippy::struct_excessive_bools, reason = "most are options of the command line that have no value")]
pub struct Job {
    /// The documents.
    pub inputs: Vec<Input>,
    /// The path of the document, as messages name it, or the paths of several.
    pub spec_name: String,
    /// The folder that references to files may lead to, besides those of the documents.
    pub ref_root: Option<PathBuf>,
    /// The folder of the crate.
    pub out: PathBuf,
    /// The folder of the crate, as messages name it.
    pub out_name: String,
    /// The folder of the runtime.
    pub runtime: PathBuf,
    /// The command that generates the crate.
    pub remedy: String,
    /// Whether every nonconforming value is an error.
    pub is_strict: bool,
    /// Whether the crate is its own workspace.
    pub is_alone: bool,
    /// The name of the package, if the arguments give one.
    pub name: Option<String>,
    /// Whether the decisions are printed.
    pub is_verbose: bool,
    /// The file that the decisions are written to.
    pub report: Option<PathBuf>,
    /// Prints findings and results.
    pub reporter: Reporter,
    /// The policy for examples that contradict their schemas.
    pub examples: Policy,
    /// Whether the crate has tests of the documented examples.
    pub emit_tests: bool,
}

impl Job {
    /// Resolves the paths of the arguments.
    ///
    /// # Errors
    ///
    /// The first argument that has an invalid value, and why.
    pub fn new(arguments: &Arguments) -> Result<Self> {
        let here = env::current_dir().context("cannot find the current directory")?;
        let layout = Layout::find(&here);
        let has_own = has_own(arguments, &layout, &here);
        let is_own = has_own && arguments.specs.len() < 2;
        if let (false, None, false) = (arguments.specs.is_empty(), &arguments.out, is_own) {
            return Err(missing_out(&arguments.specs, &layout, &here));
        }
        let is_strict = arguments.strict || has_own;
        let named = if arguments.specs.is_empty() { vec![layout.spec.clone()] } else { arguments.specs.clone() };
        let inputs = inputs::inputs(&named, &here)?;
        let specs: Vec<_> = inputs.iter().map(|input| &input.path).chain(&named).collect();
        let named_out = here.join(arguments.out.as_ref().unwrap_or(&layout.out));
        let out = real(&named_out)?;
        refuse_folder(&out, &layout, &specs)?;
        let report = arguments.report.as_ref().map(|path| report_path(&here.join(path), &out, &specs)).transpose()?;
        Ok(Self {
            is_alone: workspace::is_foreign(&[&out, &with_links(&named_out)?]),
            name: arguments.name.clone(),
            is_verbose: arguments.verbose,
            report,
            spec_name: inputs::name(&named, &inputs, &here),
            ref_root: arguments.ref_root.as_ref().map(|folder| ref_root(&here.join(folder))).transpose()?,
            inputs,
            out_name: displayed(&out, &real(&here)?),
            out,
            runtime: real(&layout.root.join("runtime"))?,
            remedy: remedy(arguments),
            is_strict,
            reporter: Reporter::new(arguments.format),
            examples: arguments.examples.unwrap_or(if is_strict { Policy::Error } else { Policy::Warn }),
            emit_tests: arguments.emit_tests,
        })
    }

    /// Returns the summary of a run, with its last line.
    #[must_use]
    pub fn summary(&self, outcome: Outcome, counts: Option<Counts>, drift: usize, message: String) -> Summary<'_> {
        let tally = self.reporter.tally();
        Summary { outcome, spec: &self.spec_name, out: &self.out_name, counts, drift, tally, message }
    }

    /// Returns the number of warnings as a continuation of other numbers, empty if there is none.
    #[must_use]
    pub fn warnings(&self) -> String {
        match self.reporter.tally().warnings {
            0 => String::new(),
            number => format!(", {}", counted(number, "warning")),
        }
    }

    /// Returns the options of `resolve`.
    #[must_use]
    pub fn options(&self) -> resolve::Options {
        resolve::Options { examples: self.examples, with_decisions: self.is_verbose || self.report.is_some() }
    }

    /// Returns the description of the package.
    #[must_use]
    pub fn package(&self, api: &Api, fingerprint: String) -> Package {
        Package {
            name: self.name.clone().unwrap_or_else(|| package_name::of(api)),
            is_alone: self.is_alone,
            fingerprint,
            runtime: package::relative(&self.out, &self.runtime),
            emit_tests: self.emit_tests,
        }
    }
}

/// Returns whether the workspace's own document is one of the documents, by any path. It is always checked under
/// `--strict`.
fn has_own(arguments: &Arguments, layout: &Layout, here: &Path) -> bool {
    let is_own = |spec: &PathBuf| match (real(&here.join(spec)), real(&layout.spec)) {
        (Ok(spec), Ok(own)) => spec == own,
        _ => false,
    };
    arguments.specs.is_empty() || arguments.specs.iter().any(is_own)
}

/// Returns the error for other documents without `--out`, which would replace the workspace's crate.
fn missing_out(specs: &[PathBuf], layout: &Layout, here: &Path) -> anyhow::Error {
    let (out, own) = (displayed(&layout.out, here), displayed(&layout.spec, here));
    let named: Vec<_> = specs.iter().map(|spec| format!("--spec {}", spec.display())).collect();
    let are = if specs.len() == 1 { "is another document" } else { "are other documents" };
    anyhow!("missing option `--out DIR`: {out} is the crate of {own}, and `{}` {are}", named.join(" "))
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
    let specs = arguments.specs.iter().map(|spec| ("--spec", spec));
    let folders = [("--ref-root", &arguments.ref_root), ("--out", &arguments.out)];
    let folders = folders.into_iter().filter_map(|(option, path)| Some((option, path.as_ref()?)));
    for (option, path) in specs.chain(folders) {
        command += &format!(" {option} {}", quoted(&path.display().to_string()));
    }
    if let Some(name) = &arguments.name {
        command += &format!(" --name {name}");
    }
    command
}

/// Returns an error if the folder cannot be the folder of a crate.
fn refuse_folder(out: &Path, layout: &Layout, specs: &[&PathBuf]) -> Result<()> {
    let holds = |path: &Path| real(path).is_ok_and(|path| path.starts_with(out));
    if out.file_name().is_none() {
        return Err(anyhow!("{} cannot be the folder of a crate", out.display()));
    }
    if holds(&layout.root) || specs.iter().any(|spec| holds(spec)) {
        return Err(anyhow!(
            "{} cannot be the folder of a crate: it contains the workspace or the document",
            out.display()
        ));
    }
    Ok(())
}

/// Returns the path of a folder, with the links above it resolved. The folder itself may be a link.
fn with_links(path: &Path) -> Result<PathBuf> {
    match (path.parent(), path.file_name()) {
        (Some(parent), Some(name)) => Ok(real(parent)?.join(name)),
        _ => real(path),
    }
}

/// Returns the path of the report. It must not be the document, or in the folder of the crate.
fn report_path(path: &Path, out: &Path, specs: &[&PathBuf]) -> Result<PathBuf> {
    let path = real(path)?;
    if path.starts_with(out) {
        return Err(anyhow!("cannot write the report to {}: it is in the folder of the crate", path.display()));
    }
    if path.is_dir() || specs.iter().any(|spec| real(spec).is_ok_and(|spec| spec == path)) {
        return Err(anyhow!("cannot write the report to {}: it is a folder or the document", path.display()));
    }
    Ok(path)
}

/// Returns a path in the form that a shell reads.
fn quoted(path: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "/._-+:@%,=\\".contains(c);
    if !path.is_empty() && path.chars().all(is_plain) {
        path.to_owned()
    } else {
        format!("'{}'", path.replace('\'', "'\\''"))
    }
}
