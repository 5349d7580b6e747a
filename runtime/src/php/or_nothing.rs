//! What the functions of this module decode into: a value, or an option of it.

/// `V` itself, or `Option<V>`.
pub trait OrNothing<V>: Sized {
    /// Takes what was found. `None` if something was needed, and nothing was found.
    fn accept(found: Option<V>) -> Option<Self>;
}

impl<V> OrNothing<V> for V {
    fn accept(found: Option<V>) -> Option<Self> {
        found
    }
}

impl<V> OrNothing<V> for Option<V> {
    fn accept(found: Option<V>) -> Option<Self> {
        Some(found)
    }
}
