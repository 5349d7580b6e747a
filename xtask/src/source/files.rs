//! Reads the files that documents refer to: each once, and only files below the folder of the document that refers to
//! them, or below a folder that the user allows. Nothing is fetched from a network.

use std::collections::HashMap;
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use serde_json::Value;

use super::{LoadError, MAX_BYTES, decode, displayed, read};
use crate::diagnostics::Place;
use crate::document::Source;
use crate::document::parts::Unfollowed;

/// The most files that are read because of references.
const MOST_FILES: usize = 10_000;

/// The most values that are copied from files because of references. A small file can be referred to very often, and a
/// large one by its parts.
const MOST_VALUES: usize = 2 << 20;

/// A file that documents refer to.
#[derive(Debug)]
pub struct File {
    /// Its path, without links.
    pub path: PathBuf,
    /// Its text.
    pub source: Arc<Source>,
    /// Its values.
    pub root: Value,
}

/// A document that refers to files.
#[derive(Clone, Debug)]
pub struct Base {
    /// The path of the document, without links.
    pub path: PathBuf,
    /// Its folder, as the user names it. The paths of its references begin there.
    folder: PathBuf,
    /// Its folder, without links.
    real_folder: PathBuf,
}

impl Base {
    /// Returns the base of the document at a path; `None` if there is no such file.
    #[must_use]
    pub fn of(path: &Path) -> Option<Self> {
        let absolute = std::path::absolute(path).ok()?;
        let folder = absolute.parent()?.to_owned();
        Some(Self { path: path.canonicalize().ok()?, real_folder: folder.canonicalize().ok()?, folder })
    }
}

/// A file that a reference leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// The document that the search began with.
    Document,
    /// The file of this number.
    File(usize),
}

/// The files that documents refer to.
#[derive(Debug, Default)]
pub struct Files {
    read: Vec<File>,
    known: HashMap<PathBuf, Result<usize, Unfollowed>>,
    /// The folder besides those of the documents in which files may be, without links.
    allowed: Option<PathBuf>,
    bytes: u64,
    values: usize,
}

impl Files {
    /// Creates an empty collection. Files may also be below `allowed`, a path without links.
    #[must_use]
    pub fn new(allowed: Option<PathBuf>) -> Self {
        Self { allowed, ..Self::default() }
    }

    /// Returns the file of this number.
    #[must_use]
    pub fn get(&self, number: usize) -> Option<&File> {
        self.read.get(number)
    }

    /// Returns the files that were read.
    #[must_use]
    pub fn all(&self) -> &[File] {
        &self.read
    }

    /// Returns the paths of all files that references lead to, also of those that cannot be read.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        self.known.keys().map(PathBuf::as_path)
    }

    /// Returns whether no more values may be copied.
    #[must_use]
    pub fn is_exhausted(&self) -> bool {
        self.values > MOST_VALUES
    }

    /// Takes a number of values from those that may still be copied. Returns whether there were enough.
    pub fn take_values(&mut self, number: usize) -> bool {
        self.values = self.values.saturating_add(number);
        !self.is_exhausted()
    }

    /// Finds the file that a reference names by a relative path. The reference is in the file `from`, or in the
    /// document itself.
    ///
    /// # Errors
    ///
    /// The reason why the reference is not followed.
    pub fn open(&mut self, base: &Base, from: Option<usize>, path: &str) -> Result<Found, Unfollowed> {
        let folder = match from.and_then(|number| self.get(number)) {
            Some(file) => file.path.parent().unwrap_or(&base.folder).to_owned(),
            None => base.folder.clone(),
        };
        let relative = relative_path(path)?;
        let path = joined(&folder, &relative);
        let real = path.canonicalize().map_err(|error| self.unreadable(path.clone(), &relative, &error))?;
        if real == base.path {
            return Ok(Found::Document);
        }
        let is_allowed = |folder: &Path| real.starts_with(folder);
        if !is_allowed(&base.real_folder) && !self.allowed.as_deref().is_some_and(is_allowed) {
            return Err(unfollowed(
                format!("`{relative}` is outside of the folder of the document"),
                "move the file into that folder, or name a folder that has both with `--ref-root DIR`",
            ));
        }
        if let Some(known) = self.known.get(&real) {
            return known.clone().map(Found::File);
        }
        let found = self.load(&real, &name(base, &path), &relative);
        self.known.insert(real, found.clone());
        found.map(Found::File)
    }

    /// Records a path at which there is no file that can be read, and returns the reason.
    fn unreadable(&mut self, path: PathBuf, relative: &str, error: &io::Error) -> Unfollowed {
        let why = match error.kind() {
            io::ErrorKind::NotFound => unfollowed(
                format!("there is no file `{relative}`"),
                "write the path of a file, relative to the file with the reference",
            ),
            _ => unfollowed(format!("`{relative}` cannot be read: {error}"), "name a readable file"),
        };
        self.known.entry(path).or_insert_with(|| Err(why.clone()));
        why
    }

    /// Reads a file, and returns its number.
    fn load(&mut self, path: &Path, name: &str, relative: &str) -> Result<usize, Unfollowed> {
        let length = match path.metadata() {
            Ok(metadata) if metadata.is_file() => metadata.len(),
            Ok(_) => return Err(unfollowed(format!("`{relative}` is not a file"), "name a file with YAML or JSON")),
            Err(error) => {
                return Err(unfollowed(format!("`{relative}` cannot be read: {error}"), "name a readable file"));
            }
        };
        if self.read.len() >= MOST_FILES || self.bytes.saturating_add(length) > MAX_BYTES {
            return Err(unfollowed(
                format!("the references lead to more than {MOST_FILES} files or {} MiB", MAX_BYTES >> 20),
                "are these the right files? An OpenAPI document is far smaller",
            ));
        }
        self.bytes += length;
        let document = read(path, name).and_then(|bytes| decode(bytes, name));
        let document = document.map_err(|error| wrong_file(&error, relative))?;
        self.read.push(File { path: path.to_owned(), source: Arc::new(document.source), root: document.root });
        Ok(self.read.len() - 1)
    }
}

fn unfollowed(message: impl Into<String>, help: impl Into<String>) -> Unfollowed {
    Unfollowed { message: message.into(), help: help.into(), is_in_file: false }
}

/// Returns the reason for a file that is neither YAML nor JSON, with the place in it.
fn wrong_file(error: &LoadError, relative: &str) -> Unfollowed {
    let finding = error.findings.first();
    let place = match finding.map(|finding| &finding.place) {
        Some(Place::At(position)) => format!(" at line {}, column {}", position.line, position.column),
        _ => String::new(),
    };
    let message = finding.map_or("it cannot be read", |finding| &finding.message);
    unfollowed(format!("`{relative}` cannot be used{place}: {message}"), "name a file with YAML or JSON")
}

/// Returns the path in a reference, decoded.
fn relative_path(path: &str) -> Result<String, Unfollowed> {
    let has_scheme = path.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
    });
    if has_scheme || path.starts_with("//") {
        return Err(unfollowed(
            format!("`{path}` is a URL, and nothing is fetched"),
            "save the file beside the document, and write its relative path",
        ));
    }
    let path = crate::document::percent_decoded(path).filter(|path| !path.contains('\0'));
    let Some(path) = path else {
        return Err(unfollowed("the path is not UTF-8", "write the relative path of a file"));
    };
    if path.starts_with(['/', '\\']) || Path::new(&path).is_absolute() {
        return Err(unfollowed(
            format!("`{path}` is an absolute path"),
            "write the path of the file relative to the file with the reference",
        ));
    }
    Ok(path)
}

/// Returns a path in a folder. As in a URL, `..` removes the name before it, whatever is there (RFC 3986, section
/// 5.2.4).
fn joined(folder: &Path, relative: &str) -> PathBuf {
    let mut path = folder.to_owned();
    for component in Path::new(relative).components() {
        match component {
            Component::Normal(name) => path.push(name),
            Component::ParentDir => {
                path.pop();
            }
            Component::CurDir | Component::RootDir | Component::Prefix(_) => {}
        }
    }
    path
}

/// Returns the name of a file in messages: its path from the current folder, as that of the document.
fn name(base: &Base, path: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_else(|_| base.folder.clone());
    displayed(path, &here)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_relative_and_no_url() {
        for path in ["a.yaml", "b/../a.yaml", "./a%20b.yaml", "../a:b.yaml"] {
            assert!(relative_path(path).is_ok(), "{path}");
        }
        for (path, expected) in [
            ("https://example.com/a.yaml", "is a URL"),
            ("file:///etc/passwd", "is a URL"),
            ("//example.com/a.yaml", "is a URL"),
            ("/etc/passwd", "is an absolute path"),
            ("%2Fetc%2Fpasswd", "is an absolute path"),
            ("a%00.yaml", "is not UTF-8"),
            ("a%ff.yaml", "is not UTF-8"),
        ] {
            let message = relative_path(path).unwrap_err().message;
            assert!(message.contains(expected), "{path}: {message}");
        }
    }

    #[test]
    fn dots_are_removed_as_in_a_url() {
        let folder = Path::new("/specs/api");
        for (relative, expected) in [
            ("a.yaml", "/specs/api/a.yaml"),
            ("./a.yaml", "/specs/api/a.yaml"),
            ("none/../a.yaml", "/specs/api/a.yaml"),
            ("../b/a.yaml", "/specs/b/a.yaml"),
            ("../../../../a.yaml", "/a.yaml"),
        ] {
            assert_eq!(joined(folder, relative), Path::new(expected), "{relative}");
        }
    }
}
