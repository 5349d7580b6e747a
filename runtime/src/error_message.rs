//! Extracts a short error message from a failed response: the text of Salla's `error` object, or a description of a
//! body that is not JSON.

use crate::answer::Answer;
use crate::envelope::Envelope;
use crate::text::without_bom;

/// Returns the error message in `answer`. It is text of the server and may hold line breaks and secrets.
pub(crate) fn from_answer(answer: &Answer) -> Option<String> {
    if let Some(kind) = describe_non_json(answer) {
        return Some(kind.to_owned());
    }
    from_envelope(Envelope::read_error(&answer.body)?)
}

/// Returns the error message in a body that is documented as text: the message of an error object, or else the text
/// itself. Markup is not used as a message.
pub(crate) fn from_text(text: &str) -> Option<String> {
    let text = text.trim();
    let message = Envelope::read_error(text.as_bytes()).and_then(from_envelope);
    message.or_else(|| (!text.is_empty() && !text.starts_with('<')).then(|| text.to_owned()))
}

/// Describes a body that is certainly not JSON.
pub(crate) fn describe_non_json(answer: &Answer) -> Option<&'static str> {
    let body = without_bom(&answer.body).trim_ascii_start();
    if body.is_empty() {
        return Some("empty body");
    }
    let html_type =
        answer.headers.get(http::header::CONTENT_TYPE).is_some_and(|value| value.as_bytes().starts_with(b"text/html"));
    (body.starts_with(b"<") || html_type && !body.starts_with(b"{")).then_some("HTML instead of JSON")
}

/// Returns the text of `{"error": {"code": …, "message": …, "fields": …}}`, of OAuth's `{"error": "…",
/// "error_description": "…"}`, or of a bare `{"message": "…"}`.
fn from_envelope(envelope: Envelope) -> Option<String> {
    let Envelope { error, error_description, message, .. } = envelope;
    let (code, own_message) = match error.text {
        Some(text) => (Some(text), error_description),
        None => (error.code, error.message),
    };
    let parts: Vec<_> = [code, own_message.or(message)].into_iter().flatten().collect();
    let mut text = parts.join(": ");
    if let Some((name, message)) = error.field {
        text = format!("{text}; {name}: {message}");
    }
    (!text.is_empty()).then_some(text)
}
