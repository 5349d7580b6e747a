//! The result types of this module's functions: a value, or an option of it.

/// `V` itself, or `Option<V>`.
pub trait MaybeAbsent<V>: Sized {
    /// Converts a decoded value. Returns `None` if there is no value and the type needs one.
    fn from_decoded(value: Option<V>) -> Option<Self>;
}

impl<V> MaybeAbsent<V> for V {
    fn from_decoded(value: Option<V>) -> Option<Self> {
        value
    }
}

impl<V> MaybeAbsent<V> for Option<V> {
    fn from_decoded(value: Option<V>) -> Option<Self> {
        Some(value)
    }
}
