//! What an answer that reports a failure says, in a few words: Salla's `error` object, or what came instead of it.

use serde_json::Value;

use crate::response::Answer;

/// What `answer` says, for the brackets behind its status. It is the server's text: not yet fit to be shown.
pub(crate) fn of(answer: &Answer) -> Option<String> {
    if let Some(odd) = not_json(answer) {
        return Some(odd.to_owned());
    }
    let body: Value = serde_json::from_slice(&answer.body).ok()?;
    said(&body)
}

/// What `text` says, which is documented as a failure's body: an error object nonetheless, or the text itself. Markup
/// says it to a browser.
pub(crate) fn of_text(text: &str) -> Option<String> {
    let text = text.trim();
    let object = serde_json::from_str(text).ok().and_then(|body| said(&body));
    object.or_else(|| (!text.is_empty() && !text.starts_with('<')).then(|| text.to_owned()))
}

/// What the body is, when it is plainly not JSON.
pub(crate) fn not_json(answer: &Answer) -> Option<&'static str> {
    let body = answer.body.trim_ascii_start();
    if body.is_empty() {
        return Some("empty body");
    }
    let html_type =
        answer.headers.get(http::header::CONTENT_TYPE).is_some_and(|value| value.as_bytes().starts_with(b"text/html"));
    (body.starts_with(b"<") || html_type && !body.starts_with(b"{")).then_some("HTML instead of JSON")
}

/// `{"error": {"code": …, "message": …, "fields": …}}`, or OAuth's `{"error": "…", "error_description": "…"}`.
fn said(body: &Value) -> Option<String> {
    let error = body.get("error")?;
    let (code, message) = match error {
        Value::String(_) => (Some(error), body.get("error_description")),
        _ => (error.get("code"), error.get("message")),
    };
    let parts: Vec<_> = [code, message].into_iter().flatten().filter_map(word).collect();
    let mut text = parts.join(": ");
    if let Some(field) = first_field(error) {
        text = format!("{text}; {field}");
    }
    (!text.is_empty()).then_some(text)
}

/// The first field that was refused, and why.
fn first_field(error: &Value) -> Option<String> {
    let (name, messages) = error.get("fields")?.as_object()?.iter().next()?;
    let message = messages.get(0).unwrap_or(messages).as_str()?;
    Some(format!("{name}: {message}"))
}

fn word(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
