//! The folder of the crate as a value: the files that belong in it, the entries found in it, and the differences.
//!
//! Every entry is either the generator's or foreign. A file is the generator's if it has the [`BANNER`] in its first
//! bytes. JSON has no comments, so a JSON file is the generator's if a file with the banner includes it. A file
//! that repeats the file that belongs in its place, or the beginning of it, is the generator's as well: an empty or a
//! truncated file holds nothing that could be lost. All other entries are foreign. The generator reports them, and
//! never changes or removes them.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fmt::Write as _;
use std::fs::{self, DirEntry, File};
use std::io::{self, Read as _};
use std::path::Path;

use crate::diagnostics::{Change, Drift};
use crate::emit::files::{BANNER, Tree};

/// The number of bytes of a file that are searched for the banner.
const HEAD_BYTES: u64 = 512;

/// The entries of a folder.
#[derive(Debug, Default)]
pub struct Disk {
    /// The generator's files.
    pub files: Tree,
    /// The foreign entries by their path; the path of a folder ends in `/`.
    pub others: BTreeMap<String, Other>,
}

/// A foreign entry of a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Other {
    /// A file, with its bytes if the crate needs its path.
    File(Option<Vec<u8>>),
    /// A symbolic link. It is not followed.
    Link,
    /// A folder that is empty or holds another package. It is not searched.
    Folder,
    /// A socket, a pipe or a device.
    Special,
    /// An entry that cargo or version control keeps in the folder of a crate. It is not read, and does not count as
    /// drift.
    Exempt,
}

impl Other {
    /// Describes the entry, with an article.
    #[must_use]
    pub fn describe(&self) -> &'static str {
        match self {
            Self::File(_) => "a file without the banner of generated files",
            Self::Link => "a symbolic link",
            Self::Folder => "a folder that was not generated",
            Self::Special | Self::Exempt => "not a regular file",
        }
    }
}

/// Reads the folder of a crate that should hold the files of `wanted`. A folder that does not exist is empty.
///
/// # Errors
///
/// The error of the file system, with the path.
pub fn read(folder: &Path, wanted: &Tree) -> io::Result<Disk> {
    let mut reader = Reader { wanted, disk: Disk::default() };
    match fs::symlink_metadata(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Ok(metadata) if !metadata.is_dir() => {
            return Err(io::Error::other(format!(
                "{} is not a folder: remove it, or name another with `--out DIR`",
                folder.display()
            )));
        }
        _ => {
            reader.folder(folder, "")?;
            claim_listed(folder, &mut reader.disk)?;
        }
    }
    Ok(reader.disk)
}

struct Reader<'a> {
    wanted: &'a Tree,
    disk: Disk,
}

impl Reader<'_> {
    /// Reads a folder. `prefix` is its path below the crate's folder, with a `/` at the end unless it is empty.
    fn folder(&mut self, folder: &Path, prefix: &str) -> io::Result<()> {
        let is_home = prefix.is_empty() || holds_any(self.wanted, prefix);
        if !is_home && folder.join("Cargo.toml").exists() {
            self.disk.others.insert(prefix.to_owned(), Other::Folder);
            return Ok(());
        }
        let mut is_empty = true;
        for entry in fs::read_dir(folder).map_err(|error| about(folder, &error))? {
            is_empty = false;
            let entry = entry.map_err(|error| about(folder, &error))?;
            self.entry(&entry, prefix).map_err(|error| about(&entry.path(), &error))?;
        }
        if is_empty && !is_home {
            self.disk.others.insert(prefix.to_owned(), Other::Folder);
        }
        Ok(())
    }

    fn entry(&mut self, entry: &DirEntry, prefix: &str) -> io::Result<()> {
        let (kind, file_name) = (entry.file_type()?, entry.file_name());
        let path = format!("{prefix}{}", file_name.to_string_lossy());
        if prefix.is_empty() && is_exempt(&file_name) {
            self.disk.others.insert(path, Other::Exempt);
        } else if kind.is_dir() && is_text(&file_name) {
            return self.folder(&entry.path(), &format!("{path}/"));
        } else if kind.is_dir() {
            self.disk.others.insert(format!("{path}/"), Other::Folder);
        } else if kind.is_file() && is_text(&file_name) {
            return self.file(&entry.path(), path);
        } else {
            let other = match () {
                () if kind.is_file() => Other::File(None),
                () if kind.is_symlink() => Other::Link,
                () => Other::Special,
            };
            self.disk.others.insert(path, other);
        }
        Ok(())
    }

    /// Reads a file, unless it is foreign and at a path that the crate does not need: it may have any size.
    fn file(&mut self, file: &Path, path: String) -> io::Result<()> {
        let wanted = self.wanted.get(&path);
        let mut file = match File::open(file) {
            Err(_) if wanted.is_none() => {
                self.disk.others.insert(path, Other::File(None));
                return Ok(());
            }
            file => file?,
        };
        let mut bytes = Vec::new();
        file.by_ref().take(HEAD_BYTES).read_to_end(&mut bytes)?;
        let has_banner = has_banner(&bytes);
        if has_banner || wanted.is_some() {
            file.read_to_end(&mut bytes)?;
        }
        let is_own = has_banner || wanted.is_some_and(|wanted| wanted.starts_with(&bytes) || same(wanted, &bytes));
        if is_own {
            self.disk.files.insert(path, bytes);
        } else {
            self.disk.others.insert(path, Other::File(wanted.map(|_| bytes)));
        }
        Ok(())
    }
}

/// Adds the path to an error of the file system.
fn about(path: &Path, error: &io::Error) -> io::Error {
    // The error of an entry deeper down has its path already.
    if error.get_ref().is_some() {
        return io::Error::new(error.kind(), error.to_string());
    }
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

/// Returns whether the first bytes of a file have the banner.
#[must_use]
pub fn has_banner(bytes: &[u8]) -> bool {
    let head = bytes.get(..usize::try_from(HEAD_BYTES).unwrap_or(usize::MAX)).unwrap_or(bytes);
    head.windows(BANNER.len()).any(|window| window == BANNER.as_bytes())
}

/// Returns whether the tree has a file below a folder, whose path ends in `/`.
fn holds_any(tree: &Tree, prefix: &str) -> bool {
    tree.range(prefix.to_owned()..).next().is_some_and(|(path, _)| path.starts_with(prefix))
}

/// Returns whether cargo or version control keeps an entry of this name in the folder of a crate.
fn is_exempt(name: &OsStr) -> bool {
    name == "target" || name == "Cargo.lock" || name.as_encoded_bytes().starts_with(b".git")
}

/// Returns whether a name can be part of a path in a [`Tree`]: it is Unicode and has no control characters.
fn is_text(name: &OsStr) -> bool {
    name.to_str().is_some_and(|name| !name.contains(char::is_control))
}

/// Moves the files that a generated file includes from the foreign entries to the generator's files.
fn claim_listed(folder: &Path, disk: &mut Disk) -> io::Result<()> {
    if !disk.others.keys().any(|path| has_extension(path, "json")) {
        return Ok(());
    }
    for path in listed(&disk.files) {
        let Some(Other::File(bytes)) = disk.others.get_mut(&path) else { continue };
        let bytes = match bytes.take() {
            Some(bytes) => bytes,
            None => fs::read(folder.join(&path)).map_err(|error| about(&folder.join(&path), &error))?,
        };
        disk.others.remove(&path);
        disk.files.insert(path, bytes);
    }
    Ok(())
}

/// Returns the paths of the JSON files that the Rust files of the tree include.
fn listed(files: &Tree) -> BTreeSet<String> {
    let sources = files.iter().filter(|(path, bytes)| has_extension(path, "rs") && has_banner(bytes));
    sources.flat_map(|(path, bytes)| included(path, bytes)).collect()
}

/// Returns the paths of the JSON files that a Rust file includes.
fn included(path: &str, bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes);
    let folder = path.rfind('/').map_or("", |slash| &path[..=slash]);
    let names = text.split("include_str!(\"").skip(1).filter_map(|rest| rest.split('"').next());
    let is_json =
        |name: &&str| has_extension(name, "json") && name.split('/').all(|part| !matches!(part, "" | "." | ".."));
    names.filter(is_json).map(|name| format!("{folder}{name}")).collect()
}

fn has_extension(path: &str, extension: &str) -> bool {
    Path::new(path).extension().is_some_and(|found| found == extension)
}

/// Returns the differences between the wanted files and the entries of the folder, by path. Each entry is in at most
/// one of them.
#[must_use]
pub fn compare(wanted: &Tree, disk: &Disk) -> Vec<Drift> {
    let mut drift = BTreeMap::new();
    for (path, bytes) in wanted {
        let change = match disk.files.get(path) {
            Some(found) if same(bytes, found) => continue,
            Some(_) => Change::Stale,
            None => match obstacle(path, disk) {
                Some(obstacle) => {
                    drift.insert(obstacle, Change::Taken);
                    continue;
                }
                None => Change::Missing,
            },
        };
        drift.insert(path.clone(), change);
    }
    let taken: Vec<String> =
        drift.iter().filter(|(_, change)| **change == Change::Taken).map(|(path, _)| format!("{path}/")).collect();
    let is_below_taken = |path: &str| taken.iter().any(|folder| path.starts_with(folder));
    for path in disk.files.keys().filter(|path| !wanted.contains_key(*path) && !is_below_taken(path)) {
        drift.insert(path.clone(), Change::Extra);
    }
    for (path, _) in disk.others.iter().filter(|(path, other)| **other != Other::Exempt && !is_below_taken(path)) {
        drift.entry(path.clone()).or_insert(Change::Foreign);
    }
    drift.into_iter().map(|(path, change)| Drift { path, change }).collect()
}

/// Returns the path of the foreign entry that prevents a file at `path`: an entry at the path itself or in place of one
/// of its folders, or a foreign entry in a folder at the path.
fn obstacle(path: &str, disk: &Disk) -> Option<String> {
    let ends = path.match_indices('/').map(|(slash, _)| slash).chain([path.len()]);
    let at_or_above = ends.map(|end| &path[..end]).find(|part| disk.others.contains_key(*part));
    at_or_above.or_else(|| has_foreign_below(disk, path).then_some(path)).map(str::to_owned)
}

/// Returns whether a folder is or holds a foreign entry. The path of the crate's own folder is empty.
#[must_use]
pub fn has_foreign_below(disk: &Disk, folder: &str) -> bool {
    if folder.is_empty() {
        return !disk.others.is_empty();
    }
    let prefix = format!("{folder}/");
    disk.others.range(prefix.clone()..).next().is_some_and(|(path, _)| path.starts_with(&prefix))
}

/// Returns whether a file is the wanted one. A checkout may have turned every line ending into CRLF; a file with
/// both line endings was edited.
#[must_use]
pub fn same(wanted: &[u8], found: &[u8]) -> bool {
    wanted == found || (found.len() > wanted.len() && found == with_crlf(wanted))
}

fn with_crlf(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() + bytes.len() / 20);
    for &byte in bytes {
        if byte == b'\n' {
            out.push(b'\r');
        }
        out.push(byte);
    }
    out
}

/// Returns the report of the drift: a line for each entry, then a unified diff for each entry that `generate` would
/// change.
#[must_use]
pub fn report(drift: &[Drift], wanted: &Tree, disk: &Disk, folder: &str) -> String {
    let mut out = String::new();
    for Drift { path, change } in drift {
        let _ = writeln!(out, "{}: {folder}/{path}", change.as_str());
    }
    for Drift { path, change } in drift {
        let should = wanted.get(path).map(Vec::as_slice).unwrap_or_default();
        let name = format!("{folder}/{path}");
        match (change, disk.others.get(path)) {
            (Change::Foreign, _) => {}
            (Change::Taken, Some(Other::File(Some(found)))) => out += &diff(found, should, &name),
            (Change::Taken, other) => {
                let _ = writeln!(out, "{name} is {}", other.unwrap_or(&Other::Folder).describe());
            }
            _ => out += &diff(disk.files.get(path).map(Vec::as_slice).unwrap_or_default(), should, &name),
        }
    }
    out
}

/// Returns the unified diff of two files.
fn diff(found: &[u8], wanted: &[u8], path: &str) -> String {
    let (Ok(found), Ok(wanted)) = (std::str::from_utf8(found), std::str::from_utf8(wanted)) else {
        return format!("{path} is not text\n");
    };
    let mut options = diffy::DiffOptions::new();
    let path = path.trim_start_matches('/');
    options.set_original_filename(format!("a/{path}")).set_modified_filename(format!("b/{path}"));
    let mut text = options.create_patch(found, wanted).to_string();
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(files: &[(&str, &str)]) -> Tree {
        files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect()
    }

    fn disk(files: &[(&str, &str)], others: &[(&str, Other)]) -> Disk {
        let others = others.iter().map(|(path, other)| ((*path).to_owned(), other.clone())).collect();
        Disk { files: tree(files), others }
    }

    fn changes(wanted: &[&str], disk: &Disk) -> Vec<String> {
        let wanted = tree(&wanted.iter().map(|path| (*path, "1\n")).collect::<Vec<_>>());
        compare(&wanted, disk).iter().map(|drift| format!("{} {}", drift.change.as_str(), drift.path)).collect()
    }

    #[test]
    fn missing_stale_and_extra_files_are_reported_with_a_diff() {
        let wanted = tree(&[("a", "1\n"), ("b", "2\n"), ("c", "3\n")]);
        let found = disk(&[("a", "1\n"), ("b", "x\n"), ("d", "4\n")], &[]);
        let drift = compare(&wanted, &found);
        assert_eq!(
            report(&drift, &wanted, &found, "out"),
            "stale: out/b\nmissing: out/c\nextra: out/d\n\
             --- a/out/b\n+++ b/out/b\n@@ -1 +1 @@\n-x\n+2\n\
             --- a/out/c\n+++ b/out/c\n@@ -0,0 +1 @@\n+3\n\
             --- a/out/d\n+++ b/out/d\n@@ -1 +0,0 @@\n-4\n"
        );
    }

    #[test]
    fn a_foreign_entry_is_reported_once_whatever_the_crate_needs_there() {
        for (what, others, expected) in [
            ("a link in place of a file", &[("src/a.rs", Other::Link)][..], &["taken src/a.rs"][..]),
            ("a link in place of a folder", &[("src", Other::Link)], &["taken src"]),
            (
                "a folder in place of a file",
                &[("src/a.rs/x", Other::File(None)), ("src/a.rs/y/", Other::Folder)],
                &["taken src/a.rs"],
            ),
            ("an empty folder in place of a file", &[("src/a.rs/", Other::Folder)], &["taken src/a.rs"]),
            ("another name", &[("src/a.rs.orig", Other::File(None))], &["extra src/a.rs.orig"]),
            ("build output", &[("target", Other::Exempt)], &[]),
        ] {
            let files: &[_] = if expected.iter().any(|line| line.starts_with("taken")) {
                &[]
            } else {
                &[("src/a.rs", "1\n"), ("src/b.rs", "1\n")]
            };
            let found = changes(&["src/a.rs", "src/b.rs"], &disk(files, others));
            let of_others: Vec<_> = found.iter().filter(|line| !line.starts_with("missing src/b.rs")).collect();
            assert_eq!(of_others, expected, "{what}: {found:?}");
        }
    }

    #[test]
    fn a_generated_file_in_the_place_of_a_folder_is_not_an_obstacle_nor_the_reverse() {
        assert_eq!(changes(&["a/b"], &disk(&[("a", "1\n")], &[])), ["extra a", "missing a/b"]);
        assert_eq!(changes(&["a"], &disk(&[("a/b", "1\n")], &[])), ["missing a", "extra a/b"]);
    }

    #[test]
    fn only_json_that_a_generated_file_includes_is_listed() {
        let with_banner = |text: &str| format!("// {BANNER}\n{text}");
        let list =
            with_banner("include_str!(\"examples/a.json\"), include_str!(\"../b.json\"), include_str!(\"c.md\")");
        let files = tree(&[("tests/examples.rs", &list), ("src/lib.rs", "include_str!(\"d.json\")")]);
        assert_eq!(listed(&files).into_iter().collect::<Vec<_>>(), ["tests/examples/a.json"]);
    }

    #[test]
    fn the_banner_counts_only_in_the_first_bytes() {
        assert!(has_banner(format!("\u{feff}// {BANNER}. Do not edit.\r\n").as_bytes()));
        assert!(!has_banner(format!("{}{BANNER}", " ".repeat(512)).as_bytes()));
        assert!(!has_banner(b""));
    }

    #[test]
    fn a_checkout_with_crlf_is_not_drift_and_a_single_carriage_return_is() {
        assert!(same(b"a\nb\n", b"a\r\nb\r\n"));
        assert!(!same(b"a\nb\n", b"a\r\nb\n"));
        assert!(!same(b"a\nb\n", b"a\nb"));
    }
}
