//! Fields of objects by their names.

use serde_json::{Map, Value};

/// The largest number of fields that are compared with a name one by one. Hashing the name costs as much as about
/// twenty comparisons, so it is done for larger objects only.
const SMALL: usize = 20;

/// An object, or a value that may be one, with fields that are found by name.
pub trait Fields {
    /// Returns the field of this name.
    fn field(&self, name: &str) -> Option<&Value>;

    /// Returns whether there is a field of this name.
    fn has(&self, name: &str) -> bool {
        self.field(name).is_some()
    }
}

impl Fields for Map<String, Value> {
    // The validation of a document spends a tenth of its time here.
    #[inline]
    fn field(&self, name: &str) -> Option<&Value> {
        if self.len() > SMALL {
            return self.get(name);
        }
        self.iter().find(|(key, _)| *key == name).map(|(_, value)| value)
    }
}

impl Fields for Value {
    fn field(&self, name: &str) -> Option<&Value> {
        self.as_object()?.field(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_found_in_objects_of_any_size() {
        for size in [0, 1, SMALL, SMALL + 1] {
            let object: Map<_, _> = (0..size).map(|number| (number.to_string(), number.into())).collect();
            for number in 0..size {
                assert_eq!(object.field(&number.to_string()), Some(&number.into()));
            }
            assert!(!object.has(&size.to_string()));
        }
        assert!(!Value::Null.has("a"));
    }
}
