//! The versions of OpenAPI that the generator reads: 3.0 and 3.1.

use serde_json::Value;

/// A version of OpenAPI that the generator reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// OpenAPI 3.0.
    V3_0,
    /// OpenAPI 3.1; later versions are read like it.
    V3_1,
}

impl Version {
    /// Returns the version of a document; 3.0 if it does not name a later one.
    #[must_use]
    pub fn of(root: &Value) -> Self {
        match root["openapi"].as_str() {
            Some(version) if is_3_1_or_later(version) => Self::V3_1,
            _ => Self::V3_0,
        }
    }

    /// Returns the version as text.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::V3_0 => "3.0",
            Self::V3_1 => "3.1",
        }
    }
}

/// Returns whether a version is 3.1 or a later 3.x.
#[must_use]
pub fn is_3_1_or_later(version: &str) -> bool {
    let minor = version.strip_prefix("3.").and_then(|rest| rest.split('.').next());
    minor.and_then(|minor| minor.parse::<u32>().ok()).is_some_and(|minor| minor > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_minor_versions_are_read_like_3_1() {
        assert!(is_3_1_or_later("3.1.0") && is_3_1_or_later("3.2.0") && is_3_1_or_later("3.10.0"));
        assert!(!is_3_1_or_later("3.0.3") && !is_3_1_or_later("4.1.0") && !is_3_1_or_later("3.x"));
    }
}
