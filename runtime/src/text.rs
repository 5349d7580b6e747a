//! Prepares text of a server for one line of an error: without line breaks and tokens, and with a limited length.

use crate::authentication::Authentication;

/// The longest piece of server text that an error quotes, in characters.
pub(crate) const MAX_CHARS: usize = 200;

/// Returns `text` on one line, without `secrets`, shortened to [`MAX_CHARS`]. They are removed first, so that no part
/// of them remains at the end.
pub(crate) fn presentable(text: &str, secrets: Option<&Authentication>) -> String {
    let line = one_line(limited(text));
    shorten(&secrets.map_or_else(|| line.clone(), |secrets| secrets.redact(&line)))
}

/// The byte order mark in UTF-8.
pub(crate) const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Returns `body` without the byte order mark that some PHP files put before their output. A parser may ignore it
/// (RFC 8259 section 8.1).
pub(crate) fn without_bom(body: &[u8]) -> &[u8] {
    body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(body)
}

/// The longest part of a server's text that is processed, in bytes. It is longer than any token.
const MAX_BYTES: usize = 16 * 1024;

/// Returns the beginning of a very long `text`. It ends before a word that would be cut, so that no part of a token
/// remains at the end.
pub(crate) fn limited(text: &str) -> &str {
    if text.len() <= MAX_BYTES {
        return text;
    }
    let end = (0..=MAX_BYTES).rev().find(|end| text.is_char_boundary(*end)).unwrap_or_default();
    let start = &text[..end];
    start.rfind(char::is_whitespace).map_or(start, |end| &start[..end])
}

/// Replaces runs of white space and control characters by one space each.
fn one_line(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

/// Shortens `text` to [`MAX_CHARS`].
fn shorten(text: &str) -> String {
    match text.char_indices().nth(MAX_CHARS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::token::AccessToken;

    #[test]
    fn text_becomes_one_short_line_without_the_token() {
        let token = Authentication::from(AccessToken::parse("secret").unwrap());
        let present = |text: &str| presentable(text, Some(&token));
        assert_eq!(present(" a\r\n\u{0}\u{2028}b\u{1b}[31m secret"), "a b [31m [token]");
        let long = present(&"x".repeat(MAX_CHARS - 3)) + "secret";
        assert_eq!(present(&long), format!("{}[to…", "x".repeat(MAX_CHARS - 3)), "redacted before it is shortened");
    }

    #[test]
    fn a_very_long_text_ends_with_a_whole_word() {
        let token = Authentication::from(AccessToken::parse("secret").unwrap());
        let text = " ".repeat(MAX_BYTES - 3) + "secret";
        assert_eq!(presentable(&text, Some(&token)), "");
        assert_eq!(limited(&"ش".repeat(MAX_BYTES)).len(), MAX_BYTES);
        assert_eq!(limited(&("x".to_owned() + &"ش".repeat(MAX_BYTES))).len(), MAX_BYTES - 1);
    }

    #[test]
    fn only_a_byte_order_mark_is_removed() {
        assert_eq!(without_bom("\u{feff}{}".as_bytes()), b"{}");
        assert_eq!(without_bom(b" {}"), b" {}");
    }
}
