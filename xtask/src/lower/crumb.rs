//! What a lowering leaves behind for the passes: keys that no document has, beside what they are about.
//!
//! progenitor ignores them, as it does every extension.

use serde_json::Value;

pub use crate::openapi::extensions::{DECODE, RUST_TYPE};

/// Where a value stood in the document as it was written, before it was moved.
pub const ORIGIN: &str = "x-lowered-origin";
/// The name of a parameter or a property on the wire.
pub const WIRE_NAME: &str = "x-lowered-wire-name";
/// Whether a schema admitted null.
pub const NULLABLE: &str = "x-lowered-nullable";
/// The bounds that a schema set, in words.
pub const BOUNDS: &str = "x-lowered-bounds";
/// The texts of an enumeration, in the order of the names that it lists.
pub const VALUES: &str = "x-lowered-values";
/// The names of the variants of a choice, in their order.
pub const VARIANTS: &str = "x-lowered-variants";
/// The name of the component that a response or a parameter was.
pub const COMPONENT: &str = "x-lowered-component";
/// The name of the module of an operation.
pub const MODULE: &str = "x-lowered-module";
/// The media type of a body that is sent or read as something else than JSON.
pub const MEDIA_TYPE: &str = "x-lowered-media-type";
/// How the body of a response is read where that is not as JSON: `text` or `bytes`.
pub const FORMAT: &str = "x-lowered-format";
/// The examples that a schema is held against, each with the place where it is shown.
pub const EXAMPLES: &str = "x-lowered-examples";
/// Whether `{}` and `[]` stand for nothing at this place.
pub const VACANT: &str = "x-lowered-vacant";
/// Whether a schema is known of null only, since nothing else was shown.
pub const ONLY_NULL: &str = "x-lowered-only-null";
/// What a field that may be null and may be absent is when it is nothing.
pub const ABSENCE: &str = "x-lowered-absence";

/// What stays beside a `$ref`, where OpenAPI gives it no effect and the passes read it.
pub const BESIDE_REFERENCE: &[&str] =
    &["description", "deprecated", NULLABLE, BOUNDS, DECODE, EXAMPLES, VACANT, ABSENCE];

/// Moves the keys that may stand beside a `$ref` from one schema to another that does not have them.
pub fn carry(from: &Value, to: &mut Value) {
    for key in BESIDE_REFERENCE {
        if let (Some(value), None) = (from.get(key), to.get(key)) {
            to[key] = value.clone();
        }
    }
}

/// The `form` of a schema with what the schema itself says beside its reference.
#[must_use]
pub fn overriding(schema: &Value, form: &Value) -> Value {
    let mut out = form.clone();
    for key in BESIDE_REFERENCE {
        if let Some(value) = schema.get(key) {
            out[key] = value.clone();
        }
    }
    out
}

/// Whether a crumb that is a flag is there and set.
#[must_use]
pub fn is_set(value: &Value, key: &str) -> bool {
    value.get(key) == Some(&Value::Bool(true))
}
