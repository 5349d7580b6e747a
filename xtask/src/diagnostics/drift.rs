//! The reported differences between the folder of a crate and the generated files.

/// The way in which an entry differs from the generated files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// The file does not exist.
    Missing,
    /// The file has other bytes than the generated one.
    Stale,
    /// The file was generated, and is no longer part of the crate.
    Extra,
    /// The entry is foreign, and the crate does not need its path.
    Foreign,
    /// The entry is foreign, and the crate needs its path.
    Taken,
}

impl Change {
    /// Returns the change as a word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Stale => "stale",
            Self::Extra | Self::Foreign => "extra",
            Self::Taken => "taken",
        }
    }

    /// Returns whether `generate` fixes the difference. Entries that were not generated are left to the user.
    #[must_use]
    pub fn is_fixable(self) -> bool {
        !matches!(self, Self::Foreign | Self::Taken)
    }
}

/// An entry that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drift {
    /// Its path below the folder.
    pub path: String,
    /// The difference.
    pub change: Change,
}

impl Drift {
    /// Returns the line that reports how the generator handled the difference.
    #[must_use]
    pub fn action(&self, folder: &str) -> String {
        let path = format!("{folder}/{}", self.path);
        match self.change {
            Change::Missing => format!("created {path}"),
            Change::Stale => format!("updated {path}"),
            Change::Extra => format!("removed {path}"),
            Change::Foreign | Change::Taken => format!("left {path}: it was not generated"),
        }
    }
}
