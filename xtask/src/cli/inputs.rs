//! The documents that the arguments name: files, and the files of folders.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};
use std::{fs, io};

use anyhow::{Context as _, Result};

use super::paths::displayed;
use crate::source::{self, LoadError};

/// The endings of the files of a folder that may be documents.
const ENDINGS: [&str; 4] = ["yaml", "yml", "json", "md"];

/// The most documents whose names are listed.
const MOST_NAMES: usize = 3;

/// A document that the arguments name.
#[derive(Clone, Debug)]
pub struct Input {
    /// The path of its file.
    pub path: PathBuf,
    /// The path, as messages name it.
    pub name: String,
    /// Whether the arguments name its folder. Files there that are no OpenAPI documents are skipped.
    pub is_in_folder: bool,
}

/// The text of one document.
#[derive(Debug)]
pub struct Text {
    /// What diagnostics call the document.
    pub name: String,
    /// The path of its file, if it has one. References to other files begin in its folder.
    pub path: Option<PathBuf>,
    /// The bytes of the file.
    pub bytes: Vec<u8>,
    /// Whether it is skipped if it is no OpenAPI document.
    pub is_in_folder: bool,
}

/// Returns the documents that the paths name, each once, in the order of their paths. The order of the arguments does not
/// count.
///
/// # Errors
///
/// A folder that cannot be read.
pub fn inputs(paths: &[PathBuf], here: &Path) -> Result<Vec<Input>> {
    let mut inputs = Vec::new();
    for path in paths {
        if here.join(path).is_dir() {
            let files = files_of(&here.join(path)).with_context(|| format!("cannot read {}", path.display()))?;
            inputs.extend(files.iter().map(|name| input(path.join(name), here, true)));
        } else {
            inputs.push(input(path.clone(), here, false));
        }
    }
    let place = |input: &Input| without_dots(&here.join(&input.path));
    // A file that is named itself is a document, even if its folder is named as well.
    inputs.sort_by_cached_key(|input| (place(input), input.is_in_folder, input.path.clone()));
    let mut known = BTreeSet::new();
    inputs.retain(|input| known.insert(here.join(&input.path).canonicalize().unwrap_or_else(|_| place(input))));
    Ok(inputs)
}

fn input(path: PathBuf, here: &Path, is_in_folder: bool) -> Input {
    Input { name: displayed(&path, here), path, is_in_folder }
}

/// Returns the names of the files of a folder that may be documents. Hidden files are those of editors.
fn files_of(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let ending = path.extension().and_then(|ending| ending.to_str()).map(str::to_ascii_lowercase);
        let name = path.file_name().map(PathBuf::from).unwrap_or_default();
        let is_hidden = name.to_string_lossy().starts_with('.');
        if path.is_file() && !is_hidden && ending.is_some_and(|ending| ENDINGS.contains(&&*ending)) {
            names.push(name);
        }
    }
    Ok(names)
}

/// Returns the path without `.` and `..`.
fn without_dots(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                out.pop();
            }
            other => out.push(other),
        }
    }
    out
}

/// Returns what messages call the documents together.
#[must_use]
pub fn name(paths: &[PathBuf], inputs: &[Input], here: &Path) -> String {
    match (paths, inputs) {
        ([path], _) => displayed(path, here),
        (_, [first, .., _]) if inputs.len() > MOST_NAMES => format!("{} and {} more", first.name, inputs.len() - 1),
        _ => inputs.iter().map(|input| &*input.name).collect::<Vec<_>>().join(", "),
    }
}

/// Reads the texts of the documents.
///
/// # Errors
///
/// The files that cannot be read.
pub fn read(inputs: &[Input]) -> Result<Vec<Text>, Vec<LoadError>> {
    let (mut texts, mut errors) = (Vec::new(), Vec::new());
    for Input { path, name, is_in_folder } in inputs {
        match source::read(path, name) {
            Ok(bytes) => {
                texts.push(Text { name: name.clone(), path: Some(path.clone()), bytes, is_in_folder: *is_in_folder });
            }
            Err(error) => errors.push(*error),
        }
    }
    if errors.is_empty() { Ok(texts) } else { Err(errors) }
}
