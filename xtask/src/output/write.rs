//! Writes a tree to the folder of a crate.
//!
//! The new crate is built in a folder beside the old one, and then moved into its place. These rules always hold, also
//! after an interruption:
//!
//! - No foreign entry is changed, moved or removed. (An entry that appears while the folder is replaced is moved to the
//!   new folder, by the next run at the latest.)
//! - If the folder holds generated files only, it is the old crate or the new one: the two are exchanged in one step of
//!   the file system.
//! - If it holds foreign entries too, such as `target/`, each part without a foreign entry (`src/`, `Cargo.toml`) is
//!   replaced in one step. An interruption between two steps leaves some parts old and some new. Each of them is the
//!   generator's, and the next run completes the crate.
//!
//! Not every file system can exchange two folders. There, the old folder is moved aside first, and an interruption
//! before the next step leaves its place empty until the next run.

mod beside;
mod ops;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io;
use std::path::Path;

use self::beside::Beside;
use crate::diagnostics::{Change, Drift};
use crate::emit::files::Tree;
use crate::output::tree::{Disk, Other, has_banner, has_foreign_below};

/// A lock that keeps other generators from the folder.
#[derive(Debug)]
pub struct Lock {
    #[cfg(unix)]
    _parent: File,
}

impl Lock {
    /// Waits until no other generator works in the folder's parent, which is created if it is missing. Removes the
    /// files that an interrupted run left there.
    ///
    /// # Errors
    ///
    /// The error of the file system, with the action that failed.
    pub fn take(folder: &Path) -> io::Result<Self> {
        let parent = folder.parent().unwrap_or(Path::new("."));
        ops::during("create", parent, fs::create_dir_all(parent))?;
        let lock = ops::during("lock", parent, Self::of(parent))?;
        let beside = Beside::of(folder);
        ops::during("clear", beside.path(), beside.clear())?;
        Ok(lock)
    }

    #[cfg(unix)]
    fn of(parent: &Path) -> io::Result<Self> {
        let folder = File::open(parent)?;
        rustix::fs::flock(&folder, rustix::fs::FlockOperation::LockExclusive)?;
        Ok(Self { _parent: folder })
    }

    #[cfg(not(unix))]
    fn of(_: &Path) -> io::Result<Self> {
        Ok(Self {})
    }
}

/// Updates the folder so that it has the files of the tree, and no other generated file. `disk` was read under the
/// lock, and `drift` is the difference of the two.
///
/// # Errors
///
/// The error of the file system, with the action that failed. Also an error if the folder has foreign files and no
/// generated one, or if the crate needs the path of a foreign entry.
pub fn write(_: &Lock, folder: &Path, wanted: &Tree, disk: &Disk, drift: &[Drift]) -> io::Result<()> {
    refuse_foreign(folder, disk)?;
    refuse_taken(folder, disk, drift)?;
    let changes: BTreeMap<&str, Change> =
        drift.iter().filter(|drift| drift.change.is_fixable()).map(|drift| (&*drift.path, drift.change)).collect();
    if changes.is_empty() {
        return Ok(());
    }
    let beside = Beside::of(folder);
    let placed = beside.build(wanted, disk).and_then(|()| {
        let mut placing = Placing { folder, beside: &beside, wanted, disk, changes, placed: BTreeSet::new() };
        placing.run()
    });
    let cleared = beside.clear();
    placed?;
    cleared.map_err(|error| {
        let (folder, beside) = (folder.display(), beside.path().display());
        io::Error::new(error.kind(), format!("{folder} is written, but {beside} cannot be removed: {error}"))
    })
}

/// Returns an error if a folder has files, but no generated file, so it is not the folder of a crate.
fn refuse_foreign(folder: &Path, disk: &Disk) -> io::Result<()> {
    let has_foreign = disk.others.values().any(|other| *other != Other::Exempt);
    if !has_foreign || disk.files.values().any(|bytes| has_banner(bytes)) {
        return Ok(());
    }
    Err(io::Error::other(format!(
        "{} has files, but is not a generated crate: name an empty or a new folder with `--out DIR`, or empty \
         this one",
        folder.display()
    )))
}

/// Returns an error if a foreign entry is at a path of the crate.
fn refuse_taken(folder: &Path, disk: &Disk, drift: &[Drift]) -> io::Result<()> {
    let taken: Vec<_> = drift.iter().filter(|drift| drift.change == Change::Taken).collect();
    if taken.is_empty() {
        return Ok(());
    }
    let mut message = "the crate needs a path that something else has taken. Nothing was changed\n".to_owned();
    for Drift { path, .. } in taken {
        let what = disk.others.get(path).unwrap_or(&Other::Folder).describe();
        let _ = writeln!(message, "  {}: {what}", folder.join(path).display());
    }
    message += "help: move or remove it, then generate again";
    Err(io::Error::other(message))
}

/// The steps that put a new crate in place.
struct Placing<'a> {
    folder: &'a Path,
    beside: &'a Beside<'a>,
    wanted: &'a Tree,
    disk: &'a Disk,
    /// The changes to make, by path.
    changes: BTreeMap<&'a str, Change>,
    /// The paths of the files and folders that are in place.
    placed: BTreeSet<String>,
}

impl Placing<'_> {
    fn run(&mut self) -> io::Result<()> {
        if !has_foreign_below(self.disk, "") {
            return self.place("");
        }
        // A file without a banner is the generator's only while another file includes it. So it is removed before
        // that file, and written after it.
        self.remove_extra(|bytes| !has_banner(bytes))?;
        self.place_children("")?;
        self.remove_extra(has_banner)
    }

    /// Places the changed files of a folder, then its folders.
    fn place_children(&mut self, folder: &str) -> io::Result<()> {
        let children = children(self.wanted, folder);
        let (files, folders): (Vec<_>, Vec<_>) =
            children.into_iter().partition(|child| self.wanted.contains_key(child));
        for file in files {
            if self.changes.contains_key(&*file) {
                self.place(&file)?;
            }
        }
        for folder in folders {
            if !self.has_change_below(&folder) {
                continue;
            }
            if self.folder.join(&folder).is_dir() && has_foreign_below(self.disk, &folder) {
                self.place_children(&folder)?;
            } else {
                self.place(&folder)?;
            }
        }
        Ok(())
    }

    fn has_change_below(&self, folder: &str) -> bool {
        let prefix = format!("{folder}/");
        self.changes.range(&*prefix..).next().is_some_and(|(path, _)| path.starts_with(&prefix))
    }

    /// Puts a new file or folder in the place of the old one, in which everything is the generator's.
    fn place(&mut self, path: &str) -> io::Result<()> {
        let (new, target) = (at(&self.beside.new_crate(), path), at(self.folder, path));
        let both_files = new.is_file() && target.is_file();
        let result = if both_files || fs::symlink_metadata(&target).is_err() {
            ops::rename(&new, &target)
        } else {
            exchange(&new, &target, &at(&self.beside.old_crate(), path))
        };
        self.during("replace", &target, result)?;
        self.placed.insert(path.to_owned());
        Ok(())
    }

    /// Removes the files that are no longer part of the crate, and the folders that are empty then.
    fn remove_extra(&mut self, is_meant: impl Fn(&[u8]) -> bool) -> io::Result<()> {
        let extra = self.changes.iter().filter(|(_, change)| **change == Change::Extra).map(|(path, _)| *path);
        let extra: Vec<_> = extra
            .filter(|path| self.disk.files.get(*path).is_some_and(|bytes| is_meant(bytes)))
            .filter(|path| !self.is_replaced(path))
            .collect();
        for path in extra {
            let file = self.folder.join(path);
            self.during("remove", &file, ops::remove_file(&file))?;
            self.placed.insert(path.to_owned());
            let above = file.ancestors().skip(1).take_while(|above| *above != self.folder);
            // This ends at the first folder that is not empty.
            for folder in above {
                if ops::remove_folder(folder).is_err() {
                    break;
                }
            }
        }
        Ok(())
    }

    /// Returns whether a file was removed already, together with the folder or the file that was replaced.
    fn is_replaced(&self, path: &str) -> bool {
        Path::new(path).ancestors().any(|part| part.to_str().is_some_and(|part| self.placed.contains(part)))
    }

    /// Adds the action and the path to an error. The crate may be written in part then.
    fn during<T>(&self, action: &str, path: &Path, result: io::Result<T>) -> io::Result<T> {
        if self.placed.is_empty() {
            return ops::during(action, path, result);
        }
        result.map_err(|error| {
            let path = path.display();
            let message = format!("cannot {action} {path}: {error}. The crate is written in part: generate it again");
            io::Error::new(error.kind(), message)
        })
    }
}

/// Returns the path below a folder; the folder itself if it is empty.
fn at(folder: &Path, path: &str) -> std::path::PathBuf {
    if path.is_empty() { folder.to_owned() } else { folder.join(path) }
}

/// Returns the paths of the files and folders in a folder of the tree. That of the tree itself is empty.
fn children(tree: &Tree, folder: &str) -> BTreeSet<String> {
    let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
    let below = tree.keys().filter_map(|path| path.strip_prefix(&prefix));
    below.filter_map(|rest| rest.split('/').next()).map(|name| format!("{prefix}{name}")).collect()
}

/// Exchanges two entries. If the file system cannot do that in one step, `old` is where the entry at `target` goes.
fn exchange(new: &Path, target: &Path, old: &Path) -> io::Result<()> {
    if ops::exchange(new, target)? {
        return Ok(());
    }
    ops::create_folders(old.parent().unwrap_or(old))?;
    ops::rename(target, old)?;
    ops::rename(new, target).inspect_err(|_| _ = ops::rename(old, target))
}

/// Writes one file: all of it, or nothing. A file at the path is replaced.
///
/// # Errors
///
/// The error of the file system, with the action that failed.
pub fn file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let new = path.with_file_name(format!(".{name}.{}.new", std::process::id()));
    ops::during("write", &new, ops::create(&new, bytes))
        .and_then(|()| ops::during("replace", path, ops::rename(&new, path)))
        .inspect_err(|_| _ = ops::remove_file(&new))
}

#[cfg(test)]
mod tests;
