//! The workspace around the generator and around the emitted crate, as their manifests describe it.
//!
//! The generator takes its default paths and the versions of dependencies from the manifest of its own workspace. So
//! there is one list of versions, and the emitted manifest follows it. The manifests of other workspaces decide whether
//! the emitted crate belongs to one of them.

use std::borrow::Cow;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The text of the manifest of the workspace that the generator was built in.
const BUILT_IN_TEXT: &str = include_str!("../../../Cargo.toml");

/// That manifest.
static BUILT_IN: LazyLock<Manifest<'static>> = LazyLock::new(|| {
    let table = DeTable::parse(BUILT_IN_TEXT).expect("cargo read the manifest to build this program");
    Manifest(table.into_inner())
});

/// The keys of the generator's own table.
const SETTINGS: [&str; 3] = ["workspace", "metadata", "xtask"];

/// A manifest of cargo.
#[derive(Clone)]
struct Manifest<'t>(DeTable<'t>);

impl<'t> Manifest<'t> {
    /// Reads the text of the manifest in a folder.
    fn read(folder: &Path) -> io::Result<String> {
        fs::read_to_string(folder.join("Cargo.toml"))
    }

    /// Parses a text, unless it is that of the built-in manifest. Returns `None` if it is not TOML.
    fn parse(text: &'t str) -> Option<Cow<'t, Self>> {
        if text == BUILT_IN_TEXT {
            return Some(Cow::Borrowed(&BUILT_IN));
        }
        DeTable::parse(text).ok().map(|table| Cow::Owned(Self(table.into_inner())))
    }

    /// Returns the value at a path of keys.
    fn get(&self, path: &[&str]) -> Option<&DeValue<'t>> {
        let (first, rest) = path.split_first()?;
        let value = self.0.get(*first).map(Spanned::get_ref)?;
        rest.iter().try_fold(value, |value, key| value.get(*key).map(Spanned::get_ref))
    }

    /// Returns the text at a path of keys.
    fn text(&self, path: &[&str]) -> Option<&str> {
        self.get(path)?.as_str()
    }

    /// Returns the texts of the list at a path of keys.
    fn texts(&self, path: &[&str]) -> impl Iterator<Item = &str> {
        let items = self.get(path).and_then(DeValue::as_array);
        items.into_iter().flatten().filter_map(|item| item.get_ref().as_str())
    }

    /// Returns one of the generator's settings.
    fn setting(&self, key: &str) -> Option<&str> {
        self.get(&SETTINGS)?.get(key)?.get_ref().as_str()
    }
}

/// The default paths of the document and of the crate.
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
    /// Finds the workspace with a generator around `from`. If there is none, returns the layout of the workspace that
    /// the generator was built in.
    #[must_use]
    pub fn find(from: &Path) -> Self {
        let built_in = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."));
        from.ancestors().find_map(Self::read).unwrap_or_else(|| Self::new(built_in, &BUILT_IN))
    }

    /// Reads the layout from the manifest in a folder. Returns `None` if that has no settings of the generator.
    fn read(root: &Path) -> Option<Self> {
        let text = Manifest::read(root).ok()?;
        let manifest = Manifest::parse(&text)?;
        manifest.get(&SETTINGS)?;
        Some(Self::new(root, &manifest))
    }

    fn new(root: &Path, manifest: &Manifest<'_>) -> Self {
        let path = |key| root.join(manifest.setting(key).or_else(|| BUILT_IN.setting(key)).unwrap_or_default());
        Self { root: root.to_owned(), spec: path("spec"), out: path("out") }
    }
}

/// Returns whether cargo would refuse a package in this folder: it looks for the nearest workspace above, and that one
/// does not have the package as a member. The folder may be known by several paths.
#[must_use]
pub fn is_foreign(folders: &[&Path]) -> bool {
    let around = folders.first().into_iter().flat_map(|folder| folder.ancestors().skip(1));
    let nearest = around.map(|root| membership(root, folders)).find(|found| *found != Membership::Elsewhere);
    nearest == Some(Membership::Foreign)
}

/// The relation of a package to the manifest in a folder above it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Membership {
    /// The package is a member of the workspace.
    Member,
    /// The package is not part of the workspace.
    Foreign,
    /// There is no workspace, or it excludes the package. Another workspace further up may have the package.
    Elsewhere,
}

fn membership(root: &Path, folders: &[&Path]) -> Membership {
    let text = match Manifest::read(root) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Membership::Elsewhere,
        Err(_) => return Membership::Foreign,
    };
    // Cargo stops at a manifest that it cannot read, unless the package is a workspace of its own.
    let Some(manifest) = Manifest::parse(&text) else { return Membership::Foreign };
    if manifest.get(&["workspace"]).is_none() {
        return Membership::Elsewhere;
    }
    let list = |key| manifest.texts(&["workspace", key]).map(cleaned).collect::<Vec<_>>();
    let (members, excluded) = (list("members"), list("exclude"));
    let paths: Vec<String> = folders.iter().filter_map(|folder| below(root, folder)).collect();
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

/// Returns the path from one folder to another below it, as a manifest writes it.
fn below(root: &Path, folder: &Path) -> Option<String> {
    let parts =
        folder.strip_prefix(root).ok()?.components().map(|part| part.as_os_str().to_string_lossy().into_owned());
    Some(parts.collect::<Vec<_>>().join("/"))
}

/// Returns a path of a manifest without parts that have no effect: `./a/` is `a`.
fn cleaned(path: &str) -> String {
    path.split('/').filter(|part| !matches!(*part, "" | ".")).collect::<Vec<_>>().join("/")
}

fn is_match(pattern: &str, path: &str) -> bool {
    let options = glob::MatchOptions { require_literal_separator: true, ..glob::MatchOptions::new() };
    glob::Pattern::new(pattern).is_ok_and(|pattern| pattern.matches_with(path, options))
}

/// Returns a key of `[workspace.package]`.
#[must_use]
pub fn package(key: &str) -> &'static str {
    BUILT_IN.text(&["workspace", "package", key]).unwrap_or_default()
}

/// Returns the version of a dependency of the workspace.
#[must_use]
pub fn version(dependency: &str) -> &'static str {
    let path = ["workspace", "dependencies", dependency, "version"];
    BUILT_IN.text(&path).or_else(|| BUILT_IN.text(&path[..3])).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_that_is_no_member_of_the_workspace_around_it_is_foreign() {
        let temp = std::env::temp_dir().join(format!("xtask-workspace-{}", std::process::id()));
        let inner = temp.join("inner");
        fs::create_dir_all(&inner).unwrap();
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
                fs::write(folder.join("Cargo.toml"), text).unwrap();
            }
            assert_eq!(is_foreign(&[&temp.join(crates)]), expected, "{outer} {manifest} {crates}");
        }
        fs::write(inner.join("Cargo.toml"), "[workspace]\nmembers = ['link']").unwrap();
        assert!(!is_foreign(&[&inner.join("elsewhere"), &inner.join("link")]), "a member by one of its paths");
        fs::remove_dir_all(temp).unwrap();
    }

    #[test]
    fn versions_and_default_paths_come_from_the_manifest_of_this_workspace() {
        for dependency in [crate::RUNTIME, "serde", "serde_json", "regress"] {
            assert!(version(dependency).starts_with(|c: char| c.is_ascii_digit()), "{dependency}");
        }
        assert_eq!(package("edition"), "2024");
        let built_in = Layout::find(Path::new("/nowhere"));
        assert!(built_in.spec.is_file() && built_in.out.starts_with(&built_in.root), "{built_in:?}");
    }

    #[test]
    fn the_paths_are_those_of_the_nearest_workspace_with_a_generator() {
        let root = std::env::temp_dir().join(format!("xtask-layout-{}", std::process::id()));
        let inner = root.join("inner/src");
        fs::create_dir_all(&inner).unwrap();
        fs::write(root.join("inner/Cargo.toml"), "[workspace]\n# [workspace.metadata.xtask]").unwrap();
        for (settings, spec, out) in [
            ("[workspace.metadata.xtask]\nout = 'b'\nspec = \"a\\u002Eyaml\"", "a.yaml", "b"),
            ("[workspace]\nmetadata = { xtask = { spec = 'a/b.json' } }", "a/b.json", "generated"),
        ] {
            fs::write(root.join("Cargo.toml"), settings).unwrap();
            let expected = Layout { root: root.clone(), spec: root.join(spec), out: root.join(out) };
            assert_eq!(Layout::find(&inner), expected);
        }
        fs::remove_dir_all(root).unwrap();
    }
}
