//! What the generator takes from the workspace that it is part of: where things are, and which versions are used.
//!
//! The versions are read from the workspace's manifest when the generator is built, so that there is one list of
//! them and the emitted manifest cannot fall behind.

use std::path::{Path, PathBuf};

/// The manifest of the workspace, as the generator was built with it.
const MANIFEST: &str = include_str!("../../Cargo.toml");
const METADATA: &str = "[workspace.metadata.xtask]";

/// Where the document is and where the crate goes, unless the arguments say otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// The folder of the workspace.
    pub root: PathBuf,
    /// The document.
    pub spec: PathBuf,
    /// The crate.
    pub out: PathBuf,
}

impl Layout {
    /// The layout of the workspace around `from`, or of the one that the generator was built in.
    #[must_use]
    pub fn find(from: &Path) -> Self {
        let is_root = |folder: &&Path| {
            std::fs::read_to_string(folder.join("Cargo.toml")).is_ok_and(|manifest| manifest.contains(METADATA))
        };
        let built_in = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."));
        let root = from.ancestors().find(is_root).unwrap_or(built_in).to_owned();
        let setting = |key: &str| value(METADATA, key).unwrap_or_default();
        Self { spec: root.join(setting("spec")), out: root.join(setting("out")), root }
    }
}

/// Whether a package in this folder, which may be known by several paths, would be taken for a slip: cargo looks for the
/// nearest workspace above, and refuses a package that it does not have as a member.
#[must_use]
pub fn is_foreign(folders: &[&Path]) -> bool {
    let around = folders.first().into_iter().flat_map(|folder| folder.ancestors().skip(1));
    around.map(|root| membership(root, folders)).find(|found| *found != Membership::Elsewhere)
        == Some(Membership::Foreign)
}

/// What the manifest in a folder says of the package below it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Membership {
    /// Its workspace has the package as a member.
    Member,
    /// It is a workspace's, and the package is not part of that.
    Foreign,
    /// There is no workspace, or it excludes the package: another one further up may have it.
    Elsewhere,
}

fn membership(root: &Path, folders: &[&Path]) -> Membership {
    let text = match std::fs::read_to_string(root.join("Cargo.toml")) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Membership::Elsewhere,
        Err(_) => return Membership::Foreign,
    };
    // Cargo stops at a manifest that it cannot read, unless the package is alone.
    let Ok(manifest) = toml::de::DeTable::parse(&text) else { return Membership::Foreign };
    let Some(workspace) = manifest.get_ref().get("workspace") else { return Membership::Elsewhere };
    let list = |key: &str| {
        let items = workspace.get_ref().get(key).and_then(|list| list.get_ref().as_array());
        items.into_iter().flatten().filter_map(|item| item.get_ref().as_str()).map(cleaned).collect::<Vec<_>>()
    };
    let paths: Vec<String> = folders.iter().filter_map(|folder| below(root, folder)).collect();
    let (members, excluded) = (list("members"), list("exclude"));
    let is_any = |test: &dyn Fn(&str) -> bool| paths.iter().any(|path| test(path));
    let is_named = is_any(&|path| members.iter().any(|member| Path::new(path).starts_with(member)));
    if !is_named && is_any(&|path| excluded.iter().any(|excluded| Path::new(path).starts_with(excluded))) {
        Membership::Elsewhere
    } else if is_any(&|path| members.iter().any(|member| member == path || is_match(member, path))) {
        Membership::Member
    } else {
        Membership::Foreign
    }
}

/// The path of a folder below another, as a manifest writes it.
fn below(root: &Path, folder: &Path) -> Option<String> {
    let parts =
        folder.strip_prefix(root).ok()?.components().map(|part| part.as_os_str().to_string_lossy().into_owned());
    Some(parts.collect::<Vec<_>>().join("/"))
}

/// A path of a manifest without what changes nothing: `./a/` is `a`.
fn cleaned(path: &str) -> String {
    path.split('/').filter(|part| !matches!(*part, "" | ".")).collect::<Vec<_>>().join("/")
}

fn is_match(pattern: &str, path: &str) -> bool {
    let options = glob::MatchOptions { require_literal_separator: true, ..glob::MatchOptions::new() };
    glob::Pattern::new(pattern).is_ok_and(|pattern| pattern.matches_with(path, options))
}

/// A key of `[workspace.package]`.
#[must_use]
pub fn package(key: &str) -> &'static str {
    value("[workspace.package]", key).unwrap_or_default()
}

/// The version of a dependency of the workspace.
#[must_use]
pub fn version(dependency: &str) -> &'static str {
    let value = raw_value("[workspace.dependencies]", dependency).unwrap_or_default();
    let after = value.split_once("version = ").map_or(value, |(_, after)| after);
    after.split('"').nth(1).unwrap_or_default()
}

fn value(section: &str, key: &str) -> Option<&'static str> {
    raw_value(section, key)?.split('"').nth(1)
}

/// What stands behind `key =` in a section. The manifest is the project's own, with one key a line.
fn raw_value(section: &str, key: &str) -> Option<&'static str> {
    let body = MANIFEST.split_once(&format!("\n{section}"))?.1;
    body.lines()
        .skip(1)
        .take_while(|line| !line.starts_with('['))
        .find_map(|line| line.strip_prefix(key)?.trim_start().strip_prefix('=').map(str::trim))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_that_cargo_would_miss_in_the_workspace_around_it_is_foreign() {
        let temp = std::env::temp_dir().join(format!("xtask-workspace-{}", std::process::id()));
        let inner = temp.join("inner");
        std::fs::create_dir_all(&inner).unwrap();
        for (outer, manifest, crates, expected) in [
            ("", "", "inner/out", false),
            ("", "[package]\nname = 'a'", "inner/out", false),
            ("", "[workspace]", "inner/out", true),
            ("", "[workspace]\nmembers = ['out']", "inner/out", false),
            ("", "[workspace]\nmembers = ['./out/']", "inner/out", false),
            ("", "[workspace]\nmembers = ['crates/*']", "inner/crates/out", false),
            ("", "[workspace]\nmembers = ['crates/*']", "inner/crates/deep/out", true),
            ("", "[workspace]\nmembers = ['crates/**']", "inner/crates/deep/out", false),
            ("", "[workspace]\nmembers = ['crates/o?t']", "inner/crates/out", false),
            ("", "[workspace]\nmembers = ['*']", "inner/نقاط \"'", false),
            ("", "[workspace]\nmembers = ['*']\nexclude = ['out']", "inner/out", false),
            ("", "[workspace]\nmembers = ['out']\nexclude = ['out']", "inner/out", false),
            ("", "[workspace]\nexclude = ['other']", "inner/out", true),
            ("", "[workspace", "inner/out", true),
            ("[workspace]", "[package]\nname = 'a'", "inner/out", true),
            ("[workspace]", "[workspace]\nmembers = ['out']", "inner/out", false),
            ("[workspace]", "[workspace]\nexclude = ['out']", "inner/out", true),
            ("workspace = { members = [\"inner/out\"] }", "", "inner/out", false),
        ] {
            for (folder, text) in [(&temp, outer), (&inner, manifest)] {
                std::fs::write(folder.join("Cargo.toml"), text).unwrap();
            }
            assert_eq!(is_foreign(&[&temp.join(crates)]), expected, "{outer} {manifest} {crates}");
        }
        std::fs::write(inner.join("Cargo.toml"), "[workspace]\nmembers = ['link']").unwrap();
        assert!(!is_foreign(&[&inner.join("elsewhere"), &inner.join("link")]), "a member by one of its paths");
        std::fs::remove_dir_all(temp).unwrap();
    }

    #[test]
    fn versions_and_paths_come_from_the_manifest() {
        for dependency in [crate::RUNTIME, "serde", "serde_json", "regress"] {
            assert!(version(dependency).starts_with(|c: char| c.is_ascii_digit()), "{dependency}");
        }
        assert_eq!(package("edition"), "2024");
        let layout = Layout::find(Path::new("/nowhere"));
        assert!(layout.spec.is_file() && layout.out.starts_with(&layout.root), "{layout:?}");
    }
}
