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
    fn versions_and_paths_come_from_the_manifest() {
        for dependency in [crate::RUNTIME, "serde", "serde_json", "regress"] {
            assert!(version(dependency).starts_with(|c: char| c.is_ascii_digit()), "{dependency}");
        }
        assert_eq!(package("edition"), "2024");
        let layout = Layout::find(Path::new("/nowhere"));
        assert!(layout.spec.is_file() && layout.out.starts_with(&layout.root), "{layout:?}");
    }
}
