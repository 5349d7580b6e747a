//! Extracts a short error message from a failed response: the text of Salla's `error` object, or a description of a
//! body that is not JSON.

use serde_json::Value;

use crate::answer::Answer;

/// Returns the error message in `answer`. It is text of the server and may hold line breaks and secrets.
pub(crate) fn from_answer(answer: &Answer) -> Option<String> {
    if let Some(kind) = describe_non_json(answer) {
        return Some(kind.to_owned());
    }
    let body: Value = serde_json::from_slice(&answer.body).ok()?;
    from_json(&body)
}

/// Returns the error message in a body that is documented as text: the message of an error object, or else the text
/// itself. Markup is not used as a message.
pub(crate) fn from_text(text: &str) -> Option<String> {
    let text = text.trim();
    let message = serde_json::from_str(text).ok().and_then(|body| from_json(&body));
    message.or_else(|| (!text.is_empty() && !text.starts_with('<')).then(|| text.to_owned()))
}

/// Describes a body that is certainly not JSON.
pub(crate) fn describe_non_json(answer: &Answer) -> Option<&'static str> {
    let body = answer.body.trim_ascii_start();
    if body.is_empty() {
        return Some("empty body");
    }
    let html_type =
        answer.headers.get(http::header::CONTENT_TYPE).is_some_and(|value| value.as_bytes().starts_with(b"text/html"));
    (body.starts_with(b"<") || html_type && !body.starts_with(b"{")).then_some("HTML instead of JSON")
}

/// Reads `{"error": {"code": …, "message": …, "fields": …}}`, or OAuth's `{"error": "…", "error_description": "…"}`.
fn from_json(body: &Value) -> Option<String> {
    let error = body.get("error")?;
    let (code, message) = match error {
        Value::String(_) => (Some(error), body.get("error_description")),
        _ => (error.get("code"), error.get("message")),
    };
    let parts: Vec<_> = [code, message].into_iter().flatten().filter_map(scalar_text).collect();
    let mut text = parts.join(": ");
    if let Some(field) = first_field(error) {
        text = format!("{text}; {field}");
    }
    (!text.is_empty()).then_some(text)
}

/// Returns the first refused field with its first message.
fn first_field(error: &Value) -> Option<String> {
    let (name, messages) = error.get("fields")?.as_object()?.iter().next()?;
    let message = messages.get(0).unwrap_or(messages).as_str()?;
    Some(format!("{name}: {message}"))
}

/// Returns the text of a number, or of a string that is not empty.
fn scalar_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
