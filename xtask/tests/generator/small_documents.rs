//! Small documents in YAML.

/// The beginning of a small document.
pub const HEAD: &str = "openapi: 3.0.3\ninfo: {title: t, version: '1'}\n";

/// The responses that an operation must have.
pub const OK: &str = "responses: {'200': {description: d}}";

/// Returns a document with one operation that has these fields too.
pub fn operation(fields: &str) -> String {
    operation_with("a", "/a", fields, OK)
}

/// Returns a document with one operation, which has this id, path, further fields and responses.
pub fn operation_with(id: &str, path: &str, fields: &str, responses: &str) -> String {
    let fields = if fields.is_empty() { String::new() } else { format!("      {fields}\n") };
    format!("{HEAD}paths:\n  {path}:\n    get:\n      operationId: {id}\n{fields}      {responses}\n")
}

/// Returns a document with one operation whose answer has this schema, on line 12.
pub fn body(schema: &str) -> String {
    let content = "content:\n            application/json:\n              schema: ";
    operation_with(
        "a",
        "/a",
        "",
        &format!("responses:\n        '200':\n          description: d\n          {content}{schema}"),
    )
}

/// Returns the same document with an example, on line 13.
pub fn example(schema: &str, value: &str) -> String {
    body(&format!("{schema}\n              example: {value}"))
}

/// Returns a text in quotes, as YAML and JSON write it.
pub fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap()
}
