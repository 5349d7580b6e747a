//! Classifies responses by the errors that Salla documents: a refused token, a missing scope, a failure behind a status
//! of success. An unclear response is classified as none of these.

use std::sync::LazyLock;

use http::{StatusCode, header};
use memchr::memmem::{self, Finder};

use crate::answer::Answer;
use crate::envelope::Envelope;

/// Reports whether the API refused the token as invalid or expired. That is a 401 whose `error.code` is
/// `Invalid-token`, whose message mentions an invalid or expired token (`The access token is invalid`), or that has
/// OAuth's `invalid_token` in its body or in `WWW-Authenticate` (RFC 6750 section 3.1).
///
/// A 401 for a missing scope, an unknown user or a disabled account is not one of them, and neither is a 401 without a
/// body: the API would refuse another token too.
pub(crate) fn refuses_token(answer: &Answer) -> bool {
    answer.status == StatusCode::UNAUTHORIZED
        && !lacks_scope(answer)
        && (has_challenge(answer, "invalid_token") || has_error(answer, is_about_bad_token))
}

/// Reports whether the API refused the request because the token lacks a scope. That is a 401 or 403 with the message
/// `The access token should have access to one of those scopes: …` or with OAuth's `insufficient_scope`.
pub(crate) fn lacks_scope(answer: &Answer) -> bool {
    matches!(answer.status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN)
        && (has_challenge(answer, "insufficient_scope") || has_error(answer, is_about_scopes))
}

fn is_about_bad_token(text: &str) -> bool {
    matches!(text, "invalid-token" | "invalid_token")
        || text.contains("token") && (text.contains("invalid") || text.contains("expired"))
}

fn is_about_scopes(text: &str) -> bool {
    text == "insufficient_scope" || text.contains("one of those scopes")
}

/// Reports whether the `WWW-Authenticate` header names `error`.
fn has_challenge(answer: &Answer, error: &str) -> bool {
    let challenges = answer.headers.get_all(header::WWW_AUTHENTICATE);
    challenges.iter().any(|value| memmem::find(value.as_bytes(), error.as_bytes()).is_some())
}

/// Reports whether the code or the message of the error in the body matches. `matches` gets it in lower case.
fn has_error(answer: &Answer, matches: fn(&str) -> bool) -> bool {
    let Some(Envelope { error, error_description, message, .. }) = Envelope::read_error(&answer.body) else {
        return false;
    };
    let texts = [error.text, error.code, error.message, error_description, message];
    texts.into_iter().flatten().any(|text| matches(&text.to_ascii_lowercase()))
}

/// The key whose value reports a failure, without its quotes. A search for a quote would stop at every text of the JSON.
const KEY: &[u8] = b"success";

/// Finds the key. Every body is searched, so the searcher is made once.
static KEY_FINDER: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(KEY));

/// Finds the escapes of ASCII letters and control characters.
static ESCAPE_FINDER: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(br"\u00"));

/// Reports whether the envelope in the body has `"success": false`, in any form that PHP may write. It searches the
/// bytes first, and reads the body only if it may report a failure.
pub(crate) fn reports_failure(body: &[u8]) -> bool {
    may_report_failure(body) && Envelope::read(body).is_some_and(|envelope| envelope.is_failure)
}

/// Reports whether the body has the key, at any depth, with a value that begins with neither `true` nor `1`, or may have
/// it with escaped letters. A body that has the key in the envelope is not searched for those.
fn may_report_failure(body: &[u8]) -> bool {
    let mut values = values(body);
    let first = values.next();
    let may_fail = |value: &[u8]| !value.starts_with(b"true") && !value.starts_with(b"1");
    first.into_iter().chain(values).any(may_fail)
        || !first.is_some_and(|value| is_in_envelope(body, value)) && may_escape_key(body)
}

/// Returns the rest of the body from each value of the key, at any depth.
fn values(body: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = body;
    // `Finder::find_iter` would copy the searcher.
    let starts = std::iter::from_fn(move || {
        let start = KEY_FINDER.find(rest)?;
        let (before, after) = (body.len() - rest.len() + start, start + KEY.len());
        rest = &rest[after..];
        Some(before)
    });
    starts.filter_map(|start| value_after(body, start))
}

/// Returns the bytes that begin with the value of the key at `start`, if it is a key.
fn value_after(body: &[u8], start: usize) -> Option<&[u8]> {
    let (before, after) = body.split_at_checked(start)?;
    let after = after.strip_prefix(KEY)?.strip_prefix(b"\"").filter(|_| before.ends_with(b"\""))?;
    after.trim_ascii_start().strip_prefix(b":").map(<[u8]>::trim_ascii_start)
}

/// Reports whether a value of the key is in the envelope itself, before all lists and objects, as in every body of Salla.
fn is_in_envelope(body: &[u8], value: &[u8]) -> bool {
    let before = &body[..body.len() - value.len()];
    before.iter().filter(|byte| matches!(byte, b'{' | b'[')).nth(1).is_none()
}

/// Reports whether the body has an escaped letter of `success`, such as `\u0073`. Honest bodies do not escape ASCII
/// letters, but they escape others: PHP writes Arabic as `\u06…`.
fn may_escape_key(body: &[u8]) -> bool {
    const LETTERS: [&[u8]; 4] = [b"73", b"75", b"63", b"65"];
    let mut escapes = ESCAPE_FINDER.find_iter(body);
    escapes.any(|start| body.get(start + 4..start + 6).is_some_and(|digits| LETTERS.contains(&digits)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::{HeaderMap, HeaderValue};
    use serde_json::json;

    fn answer(status: u16, body: &str) -> Answer {
        let status = StatusCode::from_u16(status).unwrap();
        Answer { status, headers: HeaderMap::new(), body: body.to_owned().into() }
    }

    fn error_answer(code: &str, message: &str) -> Answer {
        answer(401, &json!({"status": 401, "error": {"code": code, "message": message}}).to_string())
    }

    #[test]
    fn only_a_bad_token_is_refused() {
        for (answer, bad) in [
            (error_answer("Invalid-token", "please provide a valid API Key"), true),
            (error_answer("Unauthorized", "The access token is invalid"), true),
            (error_answer("Unauthorized", "The access token expired"), true),
            (answer(401, r#"{"error":"invalid_token","error_description":"gone"}"#), true),
            (error_answer("Unauthorized", "The access token should have access to one of those scopes: x.read"), false),
            (error_answer("Unauthorized", "The user is unknown"), false),
            (error_answer("Unauthorized", "The coupon is invalid"), false),
            (error_answer("Unauthorized", "The token belongs to another store"), false),
            (error_answer("Unauthorized", "الحساب غير مفعل"), false),
            (answer(401, r#"{"message":"The access token is invalid"}"#), true),
            (answer(401, ""), false),
            (answer(401, "<html>invalid token</html>"), false),
            (answer(403, r#"{"error":"invalid_token"}"#), false),
            (answer(200, r#"{"error":"invalid_token"}"#), false),
        ] {
            assert_eq!(refuses_token(&answer), bad, "{:?}", answer.body);
        }
    }

    #[test]
    fn a_missing_scope_is_recognized_by_its_message() {
        let scopes = "The access token should have access to one of those scopes: products.read_write";
        assert!(lacks_scope(&error_answer("Unauthorized", scopes)));
        assert!(lacks_scope(&answer(403, r#"{"error":{"code":"error","message":"… ONE of those scopes: x"}}"#)));
        assert!(!lacks_scope(&answer(422, r#"{"error":{"message":"one of those scopes"}}"#)));
        assert!(!lacks_scope(&error_answer("Unauthorized", "The access token is invalid")));
    }

    #[test]
    fn the_challenge_in_the_header_counts_too() {
        let challenged = |error: &'static str| {
            let headers = HeaderMap::from_iter([(header::WWW_AUTHENTICATE, HeaderValue::from_static(error))]);
            Answer { headers, ..answer(401, "") }
        };
        let (bad, scope) = (r#"Bearer error="invalid_token""#, r#"Bearer error="insufficient_scope""#);
        assert!(refuses_token(&challenged(bad)) && !lacks_scope(&challenged(bad)));
        assert!(lacks_scope(&challenged(scope)) && !refuses_token(&challenged(scope)));
        assert!(!refuses_token(&challenged("Bearer")));
    }

    #[test]
    fn only_success_at_the_top_of_the_envelope_counts() {
        for (body, failed) in [
            (r#"{"status":200,"success":false,"data":[]}"#, true),
            ("{ \"data\": [],\n\"success\" :\t\r\n false }", true),
            (r#"{"success":0}"#, true),
            (r#"{"success":"false"}"#, true),
            (r#"{"data":{"success":true},"success":false}"#, true),
            (r#"{"status":200,"success":true,"data":[{"success":false}]}"#, false),
            (r#"{"data":"\"success\":false","success":true}"#, false),
            (r#"{"data":["success", false]}"#, false),
            (r#"{"\u0073uccess": false}"#, true),
            (r#"{"su\u0063c\u0065ss":0}"#, true),
            ("\u{feff}{\"success\":false}", true),
            (r#"{"\u0073uccess": true}"#, false),
            (r#"{"data":"\u0075","success":true}"#, false),
            (r#"{"status":"success","\u0073uccess":false}"#, true),
            (r#"{"data":[{"success":true}],"\u0073uccess":false}"#, true),
            (r#"{"success":null}"#, false),
            (r#"{"message":"success","success":false}"#, true),
            (r#"{"no success":false,"success_rate":false,"unsuccess":false}"#, false),
            (r#"{"success":1}"#, false),
            (r#"{"success":false"#, false),
            (r#"["success"]"#, false),
            ("", false),
        ] {
            assert_eq!(reports_failure(body.as_bytes()), failed, "{body}");
        }
    }
}
