//! Paths: without links, and as messages name them.

use std::path::{Path, PathBuf};
use std::{env, io};

use anyhow::{Context as _, Result, anyhow};

pub use crate::source::displayed;

/// Returns the path without links and dots. Its last parts need not exist.
///
/// # Errors
///
/// A path with a folder that cannot be read.
pub fn real(path: &Path) -> Result<PathBuf> {
    match path.canonicalize() {
        Ok(path) => Ok(path),
        Err(error) if error.kind() == io::ErrorKind::NotFound => match (path.parent(), path.file_name()) {
            (Some(parent), Some(name)) => Ok(real(parent)?.join(name)),
            _ => Err(error).with_context(|| format!("cannot find {}", path.display())),
        },
        Err(error) => Err(error).with_context(|| format!("cannot find {}", path.display())),
    }
}

/// Returns a path as messages name it: relative to the current folder if it is in it.
#[must_use]
pub fn named(path: &Path) -> String {
    env::current_dir().map_or_else(|_| path.display().to_string(), |here| displayed(path, &here))
}

/// Returns the folder of `--ref-root` without links.
///
/// # Errors
///
/// A path that is not a folder.
pub fn ref_root(folder: &Path) -> Result<PathBuf> {
    let found = folder.canonicalize().with_context(|| format!("cannot find {}", folder.display()))?;
    if found.is_dir() { Ok(found) } else { Err(anyhow!("{} is not a folder", folder.display())) }
}
