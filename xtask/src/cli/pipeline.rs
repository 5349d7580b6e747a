//! The pipeline: turns the bytes of a document into the files of its crate.
//!
//! Each stage takes the results of earlier stages. The pipeline ends early if the document has errors, or if the
//! generator has a gap.

use super::job::Job;
use super::{report, untested};
use crate::change::{Side, Surface};
use crate::diagnostics::{Counts, Diagnostic};
use crate::document::{Document, Source, fingerprint};
use crate::emit::files::Tree;
use crate::model::Api;
use crate::openapi::examples::Policy;
use crate::resolve::Resolved;
use crate::validate::{Report, version};
use crate::{emit, normalize, resolve, source, validate};

/// The result of the pipeline.
#[derive(Debug)]
pub struct Built {
    /// The files of the crate.
    pub tree: Tree,
    /// The numbers for the summary.
    pub counts: Counts,
    /// The report of the decisions, if the job asks for one.
    pub report: Option<String>,
}

/// A document from which nothing is generated, and the reasons.
#[derive(Debug)]
pub struct Refusal {
    /// The document.
    pub source: Source,
    /// The findings, at least one of which is an error.
    pub findings: Vec<Diagnostic>,
}

/// Builds the crate of a document.
///
/// # Errors
///
/// The findings of a document that has errors, or the gap of the generator.
pub fn build(job: &Job, bytes: Vec<u8>) -> Result<Built, Box<Refusal>> {
    let mut document = source::decode(bytes, &job.spec_name)
        .map_err(|error| Refusal { source: error.source, findings: error.findings })?;
    // The fingerprint is that of the document as it was written.
    let fingerprint = fingerprint::fingerprint(&document.root);
    let report = check(&mut document, job.is_strict, job.examples);
    if report.has_errors() {
        return Err(Box::new(Refusal { source: document.source, findings: report.findings }));
    }
    job.reporter.findings(&document.source, report.findings);
    let Resolved { api, decisions } = resolve::resolve(&document, &job.options());
    // progenitor needs much memory, and nothing after these lines reads the document or the decisions.
    let Document { mut source, root } = document;
    drop(root);
    if job.is_verbose {
        job.reporter.findings(&source, report::notes(&decisions));
    }
    let left_out = untested::places(&api, &report.example_places);
    if job.emit_tests {
        job.reporter.findings(&source, untested::findings(&left_out));
    }
    let decisions = job.report.is_some().then(|| report::report(&source, &decisions));
    source.forget_positions();
    let tree = generate(job, &api, fingerprint).map_err(|gap| Refusal { source, findings: vec![gap] })?;
    let counts = Counts {
        operations: api.operations.len(),
        schemas: api.types.len(),
        examples: report.examples,
        files: tree.len(),
        tested: job.emit_tests.then_some((api.examples.len(), left_out.len())),
    };
    Ok(Built { tree, counts, report: decisions })
}

/// A document and its model, for a comparison.
#[derive(Debug)]
pub struct Modelled {
    /// The document.
    pub document: Document,
    /// Its model.
    pub api: Api,
    /// The types of its crate.
    pub surface: Surface,
}

impl Modelled {
    /// Returns it as a side of a comparison.
    #[must_use]
    pub fn side(&self) -> Side<'_> {
        Side { root: &self.document.root, api: &self.api, surface: &self.surface }
    }
}

/// Makes the model of a document. Findings other than errors are not reported.
///
/// # Errors
///
/// The findings of a document that has errors, or the gap of the generator.
pub fn model(bytes: Vec<u8>, name: &str, examples: Policy) -> Result<Modelled, Box<Refusal>> {
    let mut document =
        source::decode(bytes, name).map_err(|error| Refusal { source: error.source, findings: error.findings })?;
    let report = check(&mut document, false, examples);
    if report.has_errors() {
        let findings = report.findings.into_iter().filter(Diagnostic::is_error).collect();
        return Err(Box::new(Refusal { source: document.source, findings }));
    }
    let api = resolve::resolve(&document, &resolve::Options { examples, with_decisions: false }).api;
    match surface(&api) {
        Ok(surface) => Ok(Modelled { document, api, surface }),
        Err(gap) => Err(Box::new(Refusal { source: document.source, findings: vec![gap] })),
    }
}

/// Returns the types of the crate of a model.
fn surface(api: &Api) -> Result<Surface, Diagnostic> {
    let items = crate::progenitor::types(api)?;
    Ok(Surface::of(&emit::types(items, api)))
}

/// Normalizes and validates a document. If it is not an OpenAPI document, or has a version that the generator does not
/// read, that is the only finding.
pub fn check(document: &mut Document, is_strict: bool, examples: Policy) -> Report {
    let mut findings = Vec::from_iter(version::check(document));
    if findings.iter().any(Diagnostic::is_error) {
        return Report { findings, examples: 0, example_places: Vec::new() };
    }
    findings.extend(normalize::normalize(document));
    validate::validate(document, findings, is_strict, examples)
}

/// Generates the crate of a model.
fn generate(job: &Job, api: &Api, fingerprint: String) -> Result<Tree, Diagnostic> {
    let package = job.package(api, fingerprint);
    let (types, builders) = (crate::progenitor::types(api)?, crate::progenitor::builders(api));
    let sources = emit::sources(types, builders, api, &package.name);
    emit::print(sources, api, &package)
}
