//! The command `upstream`: what a page of the publisher says that the contract neither says nor records.

use std::env;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use serde_json::json;

use super::arguments::Arguments;
use super::paths::{displayed, ref_root};
use super::places::{object, place, refuse};
use super::status::{DIFFERS, FAILURE, INVALID_DOCUMENT};
use crate::diagnostics::{Diagnostic, Reporter, counted, print};
use crate::document::{Document, Source};
use crate::emit::workspace::Layout;
use crate::source::files::{Base, Files};
use crate::upstream::{Comparison, Difference, Stale, compare};
use crate::validate::version;
use crate::{bundle, normalize, source};

/// Compares the page that the arguments name with the contract, and returns the exit status.
///
/// # Errors
///
/// A current directory that does not exist.
pub fn run(arguments: &Arguments) -> Result<u8> {
    let here = env::current_dir().context("cannot find the current directory")?;
    let reporter = Reporter::new(arguments.format);
    let contract = arguments.specs.first().cloned().unwrap_or_else(|| Layout::find(&here).spec);
    let page = arguments.documents.first().map(PathBuf::from).context("missing page")?;
    let ref_root = arguments.ref_root.as_ref().map(|folder| ref_root(&here.join(folder))).transpose()?;
    let mut files = Files::new(ref_root);
    let mut read = |path: &Path| read(path, &here, &mut files, &reporter);
    let (page, contract) = match (read(&page), read(&contract)) {
        (Ok(page), Ok(contract)) => (page, contract),
        (Err(status), _) | (_, Err(status)) => return Ok(status),
    };
    let report = Report { page: &page.source, contract: &contract.source, found: compare(&page.root, &contract.root) };
    print(&if reporter.is_json() { report.json() } else { report.text() });
    Ok(if report.is_empty() { 0 } else { DIFFERS })
}

/// Reads a document in standard form. It may break rules of OpenAPI: it is compared, and nothing is generated from it.
/// The error is the exit status for a document that was refused.
fn read(path: &Path, here: &Path, files: &mut Files, reporter: &Reporter) -> Result<Document, u8> {
    let name = displayed(path, here);
    let refuse = |source: &Source, findings: Vec<Diagnostic>, status| {
        refuse(reporter, source, findings, "differences");
        status
    };
    let document = source::load(path, &name);
    let mut document = document.map_err(|error| refuse(&error.source, error.findings, FAILURE))?;
    let wrong: Vec<_> = version::check(&document).into_iter().filter(Diagnostic::is_error).collect();
    if !wrong.is_empty() {
        return Err(refuse(&document.source, wrong, INVALID_DOCUMENT));
    }
    bundle::embed(&mut document, Base::of(path).as_ref(), files);
    normalize::normalize(&mut document);
    Ok(document)
}

/// The result of a comparison, and its documents.
struct Report<'a> {
    page: &'a Source,
    contract: &'a Source,
    found: Comparison,
}

impl Report<'_> {
    fn is_empty(&self) -> bool {
        self.found.differences.is_empty() && self.found.stale.is_empty()
    }

    fn text(&self) -> String {
        let mut out = String::new();
        for difference in &self.found.differences {
            let Difference { aspect, word, subject, message, page_at, contract_at, .. } = difference;
            let _ = write!(
                out,
                "difference[{}]: {subject}: {message}\n  --> {}\n  --> {}\n   = help: {}\n\n",
                aspect.as_str(),
                place(self.page, page_at),
                place(self.contract, contract_at),
                help(word)
            );
        }
        for stale in &self.found.stale {
            let name = stale.word.as_deref().unwrap_or("deviation");
            let _ = write!(
                out,
                "stale[{name}]: {}\n  --> {}\n   = help: {}\n\n",
                outdated(stale),
                place(self.contract, &stale.at),
                remedy(stale)
            );
        }
        out + &self.summary() + "\n"
    }

    fn summary(&self) -> String {
        let covered = format!("{} covered by an `x-deviation`", self.found.covered);
        let (page, contract) = (&self.page.name, &self.contract.name);
        if self.is_empty() {
            return format!("{page} says nothing that {contract} does not say or record: {covered}");
        }
        let differences = counted(self.found.differences.len(), "difference");
        let stale = counted(self.found.stale.len(), "stale deviation");
        format!("{page} and {contract}: {differences}, {stale}, {covered}")
    }

    fn json(&self) -> String {
        let mut out = String::new();
        for difference in &self.found.differences {
            let line = json!({
                "kind": "difference",
                "aspect": difference.aspect.as_str(),
                "subject": difference.subject,
                "message": difference.message,
                "page": object(self.page, &difference.page_at),
                "contract": object(self.contract, &difference.contract_at),
                "help": help(&difference.word),
            });
            let _ = writeln!(out, "{line}");
        }
        for stale in &self.found.stale {
            let line = json!({
                "kind": "stale",
                "aspect": stale.word,
                "message": outdated(stale),
                "contract": object(self.contract, &stale.at),
                "help": remedy(stale),
            });
            let _ = writeln!(out, "{line}");
        }
        let summary = json!({
            "kind": "summary",
            "differences": self.found.differences.len(),
            "stale": self.found.stale.len(),
            "covered": self.found.covered,
            "page": self.page.name,
            "contract": self.contract.name,
        });
        let _ = writeln!(out, "{summary}");
        out
    }
}

/// Returns what to do about a difference.
fn help(word: &str) -> String {
    format!("follow the page, or record there why not: an `x-deviation` with `{word}` in its `differs`")
}

/// Describes a stale deviation.
fn outdated(stale: &Stale) -> String {
    match stale.word {
        Some(_) => "the page and the contract do not differ as the deviation says".to_owned(),
        None => "the deviation names no difference between the page and the contract".to_owned(),
    }
}

fn remedy(stale: &Stale) -> String {
    match &stale.word {
        Some(word) => format!("remove `{word}` from its `differs`, or the deviation if nothing is left"),
        None => "list the differences under `differs`, or make it a comment".to_owned(),
    }
}
