//! The description of the emitted package.

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
