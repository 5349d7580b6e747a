//! The description of the emitted package.

use std::path::{Component, Path, PathBuf};

/// The name of the emitted package, and facts for its manifest.
#[derive(Clone, Debug)]
pub struct Package {
    /// The name of the package.
    pub name: String,
    /// The fingerprint of the document.
    pub fingerprint: String,
    /// The path from the package's folder to the runtime's.
    pub runtime: String,
    /// Whether the package has to say that it belongs to no workspace.
    pub is_alone: bool,
    /// Whether the crate has tests of the documented examples.
    pub emit_tests: bool,
}

/// Returns the relative path from one folder to another. Both paths are absolute and without `..`. With a relative path,
/// the checkout can be anywhere.
#[must_use]
pub fn relative(from: &Path, to: &Path) -> String {
    let (from, to): (Vec<_>, Vec<_>) = (from.components().collect(), to.components().collect());
    let shared = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let up = std::iter::repeat_n(Component::ParentDir, from.len() - shared);
    let path: PathBuf = up.chain(to[shared..].iter().copied()).collect();
    let path = path.to_string_lossy();
    // A backslash is an ordinary character on other systems.
    if cfg!(windows) { path.replace('\\', "/") } else { path.into_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_to_the_runtime_is_relative_to_the_crate() {
        assert_eq!(relative(Path::new("/a/generated"), Path::new("/a/runtime")), "../runtime");
        assert_eq!(relative(Path::new("/tmp/x/y"), Path::new("/a/runtime")), "../../../a/runtime");
        #[cfg(unix)]
        assert_eq!(relative(Path::new("/a b/x"), Path::new("/a b/نقاط \"\\'/runtime")), "../نقاط \"\\'/runtime");
    }
}
