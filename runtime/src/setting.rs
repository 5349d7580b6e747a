//! Settings that are checked when they are set, and reported when the client is built.

use crate::error::Error;

/// A setting, or the reason why it is invalid.
pub(crate) type Checked<T> = Result<T, InvalidSetting>;

/// The name of an invalid setting, and the reason. It never holds the value, which may be a misplaced secret.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct InvalidSetting {
    pub(crate) setting: &'static str,
    pub(crate) reason: &'static str,
}

impl From<InvalidSetting> for Error {
    fn from(invalid: InvalidSetting) -> Self {
        Error::configuration(invalid.setting, invalid.reason)
    }
}
