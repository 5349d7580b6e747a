//! From a tree to a folder: all of it, or nothing.
//!
//! The new folder is built beside the old one, with the unchanged files linked over so that they keep their times,
//! and the two change places in one step of the file system. Whatever stops the program, the folder is the old
//! one or the new one.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use crate::tree::{BANNER, Change, Disk, Drift, Tree, same};

/// Holds off other generators while one compares and writes.
#[derive(Debug)]
pub struct Lock {
    #[cfg(unix)]
    _parent: File,
}

impl Lock {
    /// Waits until no other generator is at work in the folder's parent, which is made if it is missing, and clears
    /// what one that was stopped left there.
    ///
    /// # Errors
    ///
    /// What the file system says, with what was being done.
    pub fn take(folder: &Path) -> io::Result<Self> {
        let parent = folder.parent().unwrap_or(Path::new("."));
        during("create", parent, fs::create_dir_all(parent))?;
        let lock = during("lock", parent, Self::of(parent))?;
        let staging = staging(folder);
        during("clear", &staging, remove(&staging))?;
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

/// Makes the folder hold the tree and nothing else. What it held was read under the lock.
///
/// # Errors
///
/// What the file system says, with what was being done; and a refusal where the folder is not one that was
/// generated. The folder is unchanged then.
pub fn write(_: &Lock, folder: &Path, wanted: &Tree, disk: &Disk, drift: &[Drift]) -> io::Result<()> {
    if drift.is_empty() {
        return Ok(());
    }
    refuse_foreign(folder, disk)?;
    let staging = staging(folder);
    let staged = stage(&staging, folder, wanted, disk).and_then(|()| take_place(&staging, folder));
    // What is left there now is the old folder, or what there is of the new one.
    let cleared = remove(&staging);
    staged?;
    cleared.map_err(|error| {
        let (folder, staging) = (folder.display(), staging.display());
        io::Error::new(
            error.kind(),
            format!("{folder} is written, but {staging}, what it was, cannot be removed: {error}"),
        )
    })
}

/// A folder that was not generated is somebody's work: it is not replaced.
fn refuse_foreign(folder: &Path, disk: &Disk) -> io::Result<()> {
    let is_empty = disk.files.is_empty() && disk.others.is_empty();
    if is_empty || is_generated(disk) {
        return Ok(());
    }
    Err(io::Error::other(format!(
        "{} holds files and is no crate that was generated: it would be replaced as a whole. Name an empty or a new \
         folder with `--out DIR`, or empty this one",
        folder.display()
    )))
}

/// A generated crate has a manifest with the banner. One that lost its manifest has nothing but `src` beside files
/// of its own.
fn is_generated(disk: &Disk) -> bool {
    let has_banner = |bytes: &Vec<u8>| String::from_utf8_lossy(&bytes[..bytes.len().min(512)]).contains(BANNER);
    match disk.files.get("Cargo.toml") {
        Some(manifest) => has_banner(manifest),
        None => {
            let is_at_home = |path: &String| path.starts_with("src/") || !path.contains('/');
            disk.files.keys().all(is_at_home) && disk.files.values().any(has_banner)
        }
    }
}

/// The folder's neighbour in which the new one is built; a rename does not leave a file system.
fn staging(folder: &Path) -> PathBuf {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    folder.with_file_name(format!(".{name}.new"))
}

fn stage(staging: &Path, folder: &Path, wanted: &Tree, disk: &Disk) -> io::Result<()> {
    during("create", staging, fs::create_dir(staging))?;
    for (path, bytes) in wanted {
        let target = staging.join(path);
        let parent = target.parent().unwrap_or(staging);
        during("create", parent, fs::create_dir_all(parent))?;
        let is_unchanged = disk.files.get(path).is_some_and(|found| same(bytes, found));
        let linked = is_unchanged && fs::hard_link(folder.join(path), &target).is_ok();
        if !linked {
            during("write", &target, fs::write(&target, bytes))?;
        }
    }
    Ok(())
}

/// Puts the new folder in the place of the old one, and the old one in the place of the new.
fn take_place(staging: &Path, folder: &Path) -> io::Result<()> {
    let done = if folder.exists() { exchange(staging, folder) } else { fs::rename(staging, folder) };
    during("replace", folder, done)
}

#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
fn exchange(staging: &Path, folder: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    match renameat_with(CWD, staging, CWD, folder, RenameFlags::EXCHANGE) {
        // Not every file system can.
        Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS | rustix::io::Errno::NOTSUP) => {
            exchange_in_steps(staging, folder)
        }
        result => result.map_err(io::Error::from),
    }
}

#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
fn exchange(staging: &Path, folder: &Path) -> io::Result<()> {
    exchange_in_steps(staging, folder)
}

/// Where two folders cannot change places in one step: the old one steps aside, and back if the new one does not
/// come. A crash in between leaves the old folder beside, under the name that ends in `.old`.
fn exchange_in_steps(staging: &Path, folder: &Path) -> io::Result<()> {
    let aside = staging.with_extension("old");
    remove(&aside)?;
    fs::rename(folder, &aside)?;
    if let Err(error) = fs::rename(staging, folder) {
        fs::rename(&aside, folder)?;
        return Err(error);
    }
    fs::rename(&aside, staging)
}

fn remove(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        result => result,
    }
}

fn during<T>(what: &str, path: &Path, result: io::Result<T>) -> io::Result<T> {
    result.map_err(|error| {
        io::Error::new(error.kind(), format!("cannot {what} {}: {error}. Nothing was changed", path.display()))
    })
}

/// Writes one file: all of it, or nothing.
///
/// # Errors
///
/// What the file system says, with what was being done.
pub fn file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let staging = staging(path);
    let written = during("write", &staging, fs::write(&staging, bytes))
        .and_then(|()| during("replace", path, fs::rename(&staging, path)));
    if written.is_err() {
        // What went wrong first is what matters.
        let _ = fs::remove_file(&staging);
    }
    written
}

/// The line that tells of a change that was made.
#[must_use]
pub fn told(drift: &Drift, folder: &str) -> String {
    let what = match drift.change {
        Change::Missing => "created",
        Change::Stale => "updated",
        Change::Extra => "removed",
    };
    format!("{what} {folder}/{}", drift.path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::{compare, read};

    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("xtask-write-{}-{name}", std::process::id()));
            remove(&path).unwrap();
            fs::create_dir(&path).unwrap();
            Self(path)
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            remove(&self.0).unwrap();
        }
    }

    fn tree(files: &[(&str, &str)]) -> Tree {
        files.iter().map(|(path, text)| ((*path).to_owned(), format!("// {BANNER}\n{text}").into_bytes())).collect()
    }

    fn put(folder: &Path, wanted: &Tree) -> io::Result<usize> {
        let lock = Lock::take(folder)?;
        let disk = read(folder)?;
        let drift = compare(wanted, &disk);
        write(&lock, folder, wanted, &disk, &drift).map(|()| drift.len())
    }

    #[test]
    fn changed_missing_and_extra_files_are_mended_and_the_others_keep_their_times() {
        let temp = Folder::new("mend");
        let out = temp.0.join("deep/out");
        assert_eq!(put(&out, &tree(&[("a", "1"), ("src/b", "2"), ("src/c", "3")])).unwrap(), 3);
        let modified = |path: &str| fs::metadata(out.join(path)).unwrap().modified().unwrap();
        let before = modified("a");
        fs::write(out.join("src/extra"), "x").unwrap();
        fs::create_dir(out.join("empty")).unwrap();
        fs::remove_file(out.join("src/c")).unwrap();
        let wanted = tree(&[("a", "1"), ("src/b", "changed"), ("src/c", "3")]);
        assert_eq!(put(&out, &wanted).unwrap(), 4);
        assert_eq!(read(&out).unwrap().files, wanted);
        assert_eq!(modified("a"), before);
        assert_eq!(put(&out, &wanted).unwrap(), 0);
        assert_eq!(fs::read_dir(out.parent().unwrap()).unwrap().count(), 1, "nothing is left beside");
    }

    #[test]
    fn a_folder_of_somebody_else_is_not_replaced() {
        let temp = Folder::new("foreign");
        fs::write(temp.0.join("precious.txt"), "x").unwrap();
        let error = put(&temp.0, &tree(&[("a", "1")])).unwrap_err();
        assert!(error.to_string().contains("no crate that was generated"), "{error}");
        assert_eq!(read(&temp.0).unwrap().files.len(), 1);
    }

    #[test]
    fn a_folder_with_a_generated_crate_somewhere_below_is_not_replaced() {
        let temp = Folder::new("around");
        put(&temp.0.join("generated"), &tree(&[("Cargo.toml", "1")])).unwrap();
        assert!(put(&temp.0, &tree(&[("Cargo.toml", "1")])).is_err());
    }

    #[test]
    fn a_crate_without_its_manifest_is_mended() {
        let temp = Folder::new("half");
        let (out, wanted) = (temp.0.join("out"), tree(&[("Cargo.toml", "1"), ("src/lib.rs", "2")]));
        put(&out, &wanted).unwrap();
        fs::remove_file(out.join("Cargo.toml")).unwrap();
        assert_eq!(put(&out, &wanted).unwrap(), 1);
    }

    #[test]
    fn what_a_crash_left_beside_is_cleared_even_where_nothing_is_to_be_written() {
        let temp = Folder::new("crash");
        let out = temp.0.join("out");
        put(&out, &tree(&[("a", "1")])).unwrap();
        fs::create_dir_all(staging(&out).join("src")).unwrap();
        fs::write(staging(&out).join("src/half"), "x").unwrap();
        put(&out, &tree(&[("a", "1")])).unwrap();
        assert_eq!(fs::read_dir(&temp.0).unwrap().count(), 1);
    }

    #[test]
    fn a_failure_leaves_the_old_folder() {
        let temp = Folder::new("failure");
        let out = temp.0.join("out");
        let old = tree(&[("a", "1")]);
        put(&out, &old).unwrap();
        // A file and a folder of the same name cannot both be written.
        let error = put(&out, &tree(&[("a", "2"), ("b", "1"), ("b/c", "1")])).unwrap_err();
        assert!(error.to_string().contains("Nothing was changed"), "{error}");
        assert_eq!(read(&out).unwrap().files, old);
        assert_eq!(fs::read_dir(&temp.0).unwrap().count(), 1, "nothing is left beside");
    }

    #[test]
    fn a_file_is_written_as_a_whole_or_not_at_all() {
        let temp = Folder::new("file");
        let path = temp.0.join("report.md");
        for text in ["a longer text", "short"] {
            file(&path, text.as_bytes()).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
        fs::create_dir(temp.0.join("folder")).unwrap();
        assert!(file(&temp.0.join("folder"), b"x").unwrap_err().to_string().contains("Nothing was changed"));
        assert_eq!(fs::read_dir(&temp.0).unwrap().count(), 2, "nothing is left beside");
    }

    #[test]
    fn folders_change_places_also_in_steps() {
        let temp = Folder::new("steps");
        let (new, old) = (temp.0.join(".out.new"), temp.0.join("out"));
        for folder in [&new, &old] {
            fs::create_dir(folder).unwrap();
        }
        fs::write(new.join("new"), "").unwrap();
        exchange_in_steps(&new, &old).unwrap();
        assert!(old.join("new").exists() && !new.join("new").exists());
    }
}
