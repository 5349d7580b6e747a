//! The pipeline: turns the bytes of documents into the files of a crate.
//!
//! Each stage takes the results of earlier stages. The pipeline ends early if the document has errors, or if the
//! generator has a gap.

use std::path::PathBuf;

use super::inputs::Text;
use super::job::Job;
use super::{report, untested};
use crate::bundle::Input;
use crate::change::{Side, Surface};
use crate::diagnostics::{Code, Counts, Diagnostic, Place};
use crate::document::{Document, Source, fingerprint};
use crate::emit::files::Tree;
use crate::model::Api;
use crate::openapi::examples::Policy;
use crate::resolve::Resolved;
use crate::source::LoadError;
use crate::source::files::{Base, Files};
use crate::validate::{Report, version};
use crate::{bundle, emit, normalize, resolve, source, validate};

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
    /// The same of other documents.
    pub others: Vec<LoadError>,
}

impl Refusal {
    fn new(source: Source, findings: Vec<Diagnostic>) -> Box<Self> {
        Box::new(Self { source, findings, others: Vec::new() })
    }
}

/// Builds the crate of one or several documents. The files that they refer to are added to `files`.
///
/// # Errors
///
/// The findings of a document that has errors, or the gap of the generator.
pub fn build(job: &Job, texts: Vec<Text>, files: &mut Files) -> Result<Built, Box<Refusal>> {
    let Bundle { mut document, report, fingerprint } =
        bundle(texts, files, &job.spec_name, job.is_strict, job.examples)?;
    if report.has_errors() {
        return Err(Refusal::new(document.source, report.findings));
    }
    job.reporter.findings(&document.source, report.findings);
    if !(job.is_verbose || job.emit_tests || job.report.is_some()) {
        // The positions take as much memory as the model, and no finding follows.
        document.source.forget_positions();
    }
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
    let counts = Counts {
        operations: api.operations.len(),
        schemas: api.types.len(),
        examples: report.examples,
        files: 0,
        tested: job.emit_tests.then_some((api.examples.len(), left_out.len())),
    };
    drop((left_out, report.example_places));
    let tree = generate(job, api, fingerprint).map_err(|gap| Refusal::new(source, vec![gap]))?;
    let counts = Counts { files: tree.len(), ..counts };
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

/// Makes the model of a document that is not a file. Findings other than errors are not reported.
///
/// # Errors
///
/// The findings of a document that has errors, or the gap of the generator.
pub fn model(bytes: Vec<u8>, name: &str, examples: Policy) -> Result<Modelled, Box<Refusal>> {
    let text = Text { name: name.to_owned(), path: None, bytes, is_in_folder: false };
    model_of(vec![text], &mut Files::default(), name, examples)
}

/// Makes the model of one or several documents. Findings other than errors are not reported.
///
/// # Errors
///
/// The findings of a document that has errors, or the gap of the generator.
pub fn model_of(texts: Vec<Text>, files: &mut Files, name: &str, examples: Policy) -> Result<Modelled, Box<Refusal>> {
    let Bundle { document, report, .. } = bundle(texts, files, name, false, examples)?;
    if report.has_errors() {
        let findings = report.findings.into_iter().filter(Diagnostic::is_error).collect();
        return Err(Refusal::new(document.source, findings));
    }
    let api = resolve::resolve(&document, &resolve::Options { examples, with_decisions: false }).api;
    match surface(&api) {
        Ok(surface) => Ok(Modelled { document, api, surface }),
        Err(gap) => Err(Refusal::new(document.source, vec![gap])),
    }
}

/// One document that was made of all files, and the findings about it.
struct Bundle {
    document: Document,
    report: Report,
    fingerprint: String,
}

/// Reads the documents and the files that they refer to, and checks all of it as one document.
fn bundle(
    texts: Vec<Text>,
    files: &mut Files,
    name: &str,
    is_strict: bool,
    examples: Policy,
) -> Result<Bundle, Box<Refusal>> {
    let mut documents = decode(texts, name)?;
    // The fingerprint is that of the files as they were written.
    let fingerprints: Vec<_> = documents.iter().map(|(_, document)| fingerprint::fingerprint(&document.root)).collect();
    for (path, document) in &mut documents {
        bundle::embed(document, path.as_deref().and_then(Base::of).as_ref(), files);
    }
    let of_files = files.all().iter().map(|file| fingerprint::fingerprint(&file.root)).collect();
    let fingerprint = fingerprint::of_all(&fingerprints, of_files);
    if documents.len() > 1 {
        let (document, findings) = merge(documents, name)?;
        let report = validate::validate(&document, findings, is_strict, examples);
        return Ok(Bundle { document, report, fingerprint });
    }
    let Some((_, mut document)) = documents.pop() else { return Err(no_document(name)) };
    let report = check(&mut document, is_strict, examples);
    Ok(Bundle { document, report, fingerprint })
}

/// Reads the values of the documents.
fn decode(texts: Vec<Text>, name: &str) -> Result<Vec<(Option<PathBuf>, Document)>, Box<Refusal>> {
    let (mut documents, mut errors) = (Vec::new(), Vec::new());
    for Text { name, path, bytes, is_in_folder } in texts {
        if is_in_folder && !source::may_have_document(&bytes, &name) {
            continue;
        }
        match source::decode(bytes, &name) {
            Ok(document) if is_in_folder && !version::is_api(&document.root) => {}
            Ok(document) => documents.push((path, document)),
            Err(error) => errors.push(*error),
        }
    }
    refuse(errors)?;
    if documents.is_empty() { Err(no_document(name)) } else { Ok(documents) }
}

/// Refuses documents that have errors, if there are any.
fn refuse(errors: Vec<LoadError>) -> Result<(), Box<Refusal>> {
    let mut errors = errors.into_iter();
    match errors.next() {
        None => Ok(()),
        Some(LoadError { source, findings }) => Err(Box::new(Refusal { source, findings, others: errors.collect() })),
    }
}

fn no_document(name: &str) -> Box<Refusal> {
    let finding = Diagnostic::error(
        Code::NotOpenapi,
        Place::File,
        "no file of this folder is an OpenAPI document",
        "name a folder with a file that has `openapi` as a key, in YAML, JSON or a Markdown page",
    );
    Refusal::new(Source::new(name, ""), vec![finding])
}

/// Makes one document of several, each of which is normalized by the rules of its own version.
fn merge(documents: Vec<(Option<PathBuf>, Document)>, name: &str) -> Result<(Document, Vec<Diagnostic>), Box<Refusal>> {
    let (mut inputs, mut errors) = (Vec::new(), Vec::new());
    for (path, mut document) in documents {
        let mut findings = Vec::from_iter(version::check(&document));
        if findings.iter().any(Diagnostic::is_error) {
            errors.push(LoadError { source: document.source, findings });
            continue;
        }
        findings.extend(normalize::normalize(&mut document));
        let path = path.map(|path| std::path::absolute(&path).unwrap_or(path)).unwrap_or_default();
        inputs.push(Input { path, document, findings });
    }
    refuse(errors)?;
    Ok(bundle::merge(inputs, name))
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
fn generate(job: &Job, mut api: Api, fingerprint: String) -> Result<Tree, Diagnostic> {
    let package = job.package(&api, fingerprint);
    let mut tree = emit::examples(&api, &package);
    api.forget_values();
    let types = crate::progenitor::types(&api)?;
    let type_builders = || crate::progenitor::type_builders(&api);
    let sources = emit::sources(types, type_builders, crate::progenitor::builders(&api), &api, &package.name);
    tree.extend(emit::print(sources, &api, &package)?);
    Ok(tree)
}
