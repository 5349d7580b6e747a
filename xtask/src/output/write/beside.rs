//! The generator's folder beside that of the crate, where a new crate is built, and where the files that it replaces
//! are removed.
//!
//! It has a list of the generator's files, old and new, which is the first file written and the last one removed. So
//! after an interruption, the next run knows which files of the folder it may remove. Any other entry appeared in the
//! crate while its folder was exchanged, and is moved back.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use super::ops::{self, during};
use crate::emit::files::{BANNER, Tree};
use crate::output::tree::{Disk, same};

const LIST: &str = "generated-files.txt";
const NEW: &str = "new";
const OLD: &str = "old";

/// The folder beside `folder`. They have one parent, because a rename does not leave a file system.
#[derive(Debug)]
pub(super) struct Beside<'a> {
    folder: &'a Path,
    path: PathBuf,
}

impl<'a> Beside<'a> {
    pub(super) fn of(folder: &'a Path) -> Self {
        let name = folder.file_name().unwrap_or_default().to_string_lossy();
        Self { folder, path: folder.with_file_name(format!(".{name}.new")) }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Returns where the new crate is built.
    pub(super) fn new_crate(&self) -> PathBuf {
        self.path.join(NEW)
    }

    /// Returns where entries of the old crate go on a file system that cannot exchange two entries.
    pub(super) fn old_crate(&self) -> PathBuf {
        self.path.join(OLD)
    }

    /// Builds the whole crate. Unchanged files are linked, so that they keep their times.
    pub(super) fn build(&self, wanted: &Tree, disk: &Disk) -> io::Result<()> {
        during("create", &self.path, ops::create_folder(&self.path))?;
        let list = self.path.join(LIST);
        during("write", &list, ops::create(&list, list_of(wanted, disk).as_bytes()))?;
        let root = self.new_crate();
        during("create", &root, ops::create_folder(&root))?;
        for (path, bytes) in wanted {
            let target = root.join(path);
            let parent = target.parent().unwrap_or(&root);
            during("create", parent, ops::create_folders(parent))?;
            let is_unchanged = disk.files.get(path).is_some_and(|found| same(bytes, found));
            if !(is_unchanged && ops::link(&self.folder.join(path), &target).is_ok()) {
                during("write", &target, ops::create(&target, bytes))?;
            }
        }
        Ok(())
    }

    /// Removes the folder with the generator's files in it, and moves other entries back to the crate.
    pub(super) fn clear(&self) -> io::Result<()> {
        if fs::symlink_metadata(&self.path).is_err_and(|error| error.kind() == ErrorKind::NotFound) {
            return Ok(());
        }
        if let Some(listed) = self.listed()? {
            for part in [NEW, OLD] {
                self.clear_folder(&self.path.join(part), Path::new(""), &listed)?;
            }
            ops::remove_file(&self.path.join(LIST))?;
        }
        match ops::remove_folder(&self.path) {
            Err(error) if matches!(error.kind(), ErrorKind::DirectoryNotEmpty | ErrorKind::NotADirectory) => {
                Err(io::Error::other("it was not generated: move or remove it, then generate again"))
            }
            result => result,
        }
    }

    /// Reads the list. Returns `None` if there is none.
    fn listed(&self) -> io::Result<Option<BTreeSet<PathBuf>>> {
        // A link may lead to a folder that is not the generator's.
        if !fs::symlink_metadata(&self.path)?.is_dir() {
            return Ok(None);
        }
        match fs::read_to_string(self.path.join(LIST)) {
            Ok(text) if text.starts_with(&head()) => Ok(Some(text.lines().skip(1).map(PathBuf::from).collect())),
            // An incomplete list is the only file in the folder, because writing it was interrupted.
            Ok(text) if head().starts_with(&text) => Ok(Some(BTreeSet::new())),
            Ok(_) => Ok(None),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Clears a folder, whose path in the crate is `below`.
    fn clear_folder(&self, folder: &Path, below: &Path, listed: &BTreeSet<PathBuf>) -> io::Result<()> {
        let entries = match fs::read_dir(folder) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            entries => entries?,
        };
        for entry in entries {
            let entry = entry?;
            let (path, kind) = (below.join(entry.file_name()), entry.file_type()?);
            if kind.is_dir() && (holds_listed(&path, listed) || is_empty(&entry.path())?) {
                self.clear_folder(&entry.path(), &path, listed)?;
            } else if kind.is_file() && listed.contains(&path) {
                ops::remove_file(&entry.path())?;
            } else {
                self.move_back(&entry.path(), &path)?;
            }
        }
        ops::remove_folder(folder)
    }

    fn move_back(&self, from: &Path, path: &Path) -> io::Result<()> {
        let to = self.folder.join(path);
        if fs::symlink_metadata(&to).is_ok() {
            return Err(io::Error::other(format!(
                "{} was not generated, and its place in the crate is taken: move or remove it, then generate again",
                from.display()
            )));
        }
        ops::create_folders(to.parent().unwrap_or(self.folder))?;
        ops::rename(from, &to)
    }
}

fn head() -> String {
    format!("# {BANNER}\n")
}

fn list_of(wanted: &Tree, disk: &Disk) -> String {
    let paths: BTreeSet<&String> = wanted.keys().chain(disk.files.keys()).collect();
    paths.into_iter().fold(head(), |list, path| list + path + "\n")
}

fn holds_listed(folder: &Path, listed: &BTreeSet<PathBuf>) -> bool {
    listed.range(folder.to_owned()..).find(|path| *path != folder).is_some_and(|path| path.starts_with(folder))
}

fn is_empty(folder: &Path) -> io::Result<bool> {
    Ok(fs::read_dir(folder)?.next().is_none())
}
