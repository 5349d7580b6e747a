//! References to components, and the form of a schema.

use serde_json::Value;

/// Returns whether a schema is of an object whose properties are known.
pub fn is_struct(schema: &Value) -> bool {
    schema.get("properties").and_then(Value::as_object).is_some_and(|properties| !properties.is_empty())
}

/// Returns the `$ref` to a component.
pub fn reference_to(name: &str) -> String {
    format!("{SCHEMAS}{name}")
}

const SCHEMAS: &str = "#/components/schemas/";

/// Returns the component that a schema refers to. All components have their names by then.
pub fn target(schema: &Value) -> Option<&str> {
    schema.get("$ref").and_then(Value::as_str).and_then(|reference| reference.strip_prefix(SCHEMAS))
}
