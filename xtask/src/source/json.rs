//! Explains why a text is not JSON. It reads the text again by the grammar (RFC 8259), and reports which token was
//! expected where.
//!
//! The errors of `serde_json` have a place and a few words. They do not name the open bracket, or the comment that JSON
//! does not allow.

use super::text::{Fault, code};
use crate::document::positions::Position;

/// Returns the first syntax error of a text; `None` if it is JSON.
pub(super) fn fault(text: &str) -> Option<Fault> {
    let mut reader = Reader { tokens: Tokens::of(text), open: Vec::new(), comma: None };
    let mut expected = Expected::Value;
    loop {
        let (at, token) = match reader.tokens.next() {
            Ok(found) => found,
            Err(fault) => return Some(fault),
        };
        if expected == Expected::End && token == Token::End {
            return None;
        }
        expected = match reader.step(expected, at, &token) {
            Some(next) => next,
            None => return Some(reader.fault(expected, at, &token)),
        };
    }
}

/// The tokens that the grammar allows at a place.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Expected {
    Value,
    /// Behind `[`.
    FirstItem,
    Key,
    /// Behind `{`.
    FirstKey,
    Colon,
    /// Behind a value in a list or an object.
    Separator,
    /// Behind the outermost value.
    End,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    /// One of `{}[]:,`.
    Mark(char),
    /// Text in double quotes.
    Text(String),
    /// Everything else up to a mark or a space: a number, `true`, or an unknown word.
    Word(String),
    Comment(&'static str),
    End,
}

struct Reader<'t> {
    tokens: Tokens<'t>,
    /// The open brackets, each with its position.
    open: Vec<(char, Position)>,
    /// The last token if it was a comma.
    comma: Option<Position>,
}

impl Reader<'_> {
    /// Returns what is expected after a token; `None` if the token itself is not expected.
    fn step(&mut self, expected: Expected, at: Position, token: &Token) -> Option<Expected> {
        use Expected::{Colon, FirstItem, FirstKey, Key, Separator, Value};
        let comma = self.comma.take();
        match (expected, token) {
            (Value | FirstItem, Token::Mark(bracket @ ('{' | '['))) => {
                self.open.push((*bracket, at));
                return Some(if *bracket == '{' { FirstKey } else { FirstItem });
            }
            (Value | FirstItem, Token::Text(_)) => {}
            (Value | FirstItem, Token::Word(word)) if is_value(word) => {}
            (Key | FirstKey, Token::Text(_)) => return Some(Colon),
            (Colon, Token::Mark(':')) => return Some(Value),
            (Separator, Token::Mark(',')) => {
                self.comma = Some(at);
                return Some(if self.is_in_object() { Key } else { Value });
            }
            (Separator | FirstKey | FirstItem, Token::Mark(bracket @ ('}' | ']')))
                if (*bracket == '}') == self.is_in_object() =>
            {
                self.open.pop();
            }
            _ => {
                self.comma = comma;
                return None;
            }
        }
        Some(if self.open.is_empty() { Expected::End } else { Separator })
    }

    fn is_in_object(&self) -> bool {
        matches!(self.open.last(), Some(('{', _)))
    }

    fn closing(&self) -> char {
        if self.is_in_object() { '}' } else { ']' }
    }

    /// Returns the name of the expected tokens, for a message.
    fn words(&self, expected: Expected) -> String {
        match expected {
            Expected::Value => "a value".to_owned(),
            Expected::FirstItem => "a value or `]`".to_owned(),
            Expected::Key => "a key in double quotes".to_owned(),
            Expected::FirstKey => "a key in double quotes or `}`".to_owned(),
            Expected::Colon => "`:`".to_owned(),
            Expected::Separator => format!("`,` or `{}`", self.closing()),
            Expected::End => "the end of the file".to_owned(),
        }
    }

    /// Returns the error about an unexpected token.
    fn fault(&self, expected: Expected, at: Position, token: &Token) -> Fault {
        let message = format!("expected {}, found {}", self.words(expected), found(token));
        match (token, self.open.last(), self.comma) {
            (Token::End, Some((bracket, opened)), _) => Fault::new(
                *opened,
                format!("unclosed `{bracket}`: {message}"),
                format!("add the missing `{}`", self.closing()),
            ),
            (Token::Mark('}' | ']'), _, Some(comma)) => {
                Fault::new(comma, format!("trailing comma: {message}"), "remove the comma")
            }
            (Token::Mark('}' | ']'), Some((bracket, opened)), _) => {
                let help = format!("close the `{bracket}` with `{}` first", self.closing());
                Fault::new(at, message, help).with_related(*opened, format!("the `{bracket}` is opened here"))
            }
            _ => Fault::new(at, message, help(expected, token)),
        }
    }
}

/// Returns the name of a token, for a message.
fn found(token: &Token) -> String {
    match token {
        Token::Mark(mark) => format!("`{mark}`"),
        Token::Text(text) => code(&format!("\"{text}\"")),
        Token::Word(word) => code(word),
        Token::Comment(_) => "a comment".to_owned(),
        Token::End => "the end of the file".to_owned(),
    }
}

/// Returns how to fix an unexpected token.
fn help(expected: Expected, token: &Token) -> String {
    match (expected, token) {
        (_, Token::Comment(_)) => "remove the comment: JSON has none".to_owned(),
        (_, Token::Word(word)) if word.starts_with('\'') => "write texts and keys in double quotes".to_owned(),
        (Expected::Separator, Token::Text(_) | Token::Word(_) | Token::Mark('{' | '[')) => {
            "add a comma behind the value before it".to_owned()
        }
        (Expected::Key | Expected::FirstKey, Token::Word(word)) => {
            format!("write the key as {}", code(&format!("\"{word}\"")))
        }
        (Expected::Value | Expected::FirstItem, Token::Word(word)) => match word.to_lowercase().as_str() {
            lower @ ("true" | "false" | "null") => format!("write `{lower}`"),
            "none" | "nil" | "undefined" => "write `null`".to_owned(),
            _ => "write text in double quotes, and a number with decimal digits only".to_owned(),
        },
        (_, Token::Mark(',')) => "remove the comma, or write what is missing before it".to_owned(),
        (Expected::Colon, _) => "write `:` between the key and its value".to_owned(),
        (Expected::End, _) => "remove the text after the document".to_owned(),
        _ => "write what is missing here".to_owned(),
    }
}

/// Returns whether a word is a number, or one of the three words that JSON has.
fn is_value(word: &str) -> bool {
    serde_json::from_str::<serde_json::Value>(word).is_ok()
}

struct Tokens<'t> {
    rest: &'t str,
    at: Position,
}

impl<'t> Tokens<'t> {
    fn of(text: &'t str) -> Self {
        Self { rest: text, at: Position { line: 1, column: 1 } }
    }

    /// Moves behind the next character.
    fn bump(&mut self) -> Option<char> {
        let mut chars = self.rest.chars();
        let c = chars.next()?;
        self.rest = chars.as_str();
        self.at = match c {
            '\n' => Position { line: self.at.line + 1, column: 1 },
            _ => Position { column: self.at.column + 1, ..self.at },
        };
        Some(c)
    }

    fn next(&mut self) -> Result<(Position, Token), Fault> {
        while self.rest.starts_with([' ', '\t', '\r', '\n']) {
            self.bump();
        }
        let at = self.at;
        if let Some(mark) = ["//", "/*", "#"].into_iter().find(|mark| self.rest.starts_with(mark)) {
            return Ok((at, Token::Comment(mark)));
        }
        let token = match self.bump() {
            None => Token::End,
            Some('"') => self.text(at)?,
            Some(mark @ ('{' | '}' | '[' | ']' | ':' | ',')) => Token::Mark(mark),
            Some(first) => self.word(first),
        };
        Ok((at, token))
    }

    fn word(&mut self, first: char) -> Token {
        let mut word = String::from(first);
        while let Some(c) = self.rest.chars().next().filter(|c| !c.is_whitespace() && !"{}[]:,\"".contains(*c)) {
            word.push(c);
            self.bump();
        }
        Token::Word(word)
    }

    /// Reads the string whose opening quote is at this position.
    fn text(&mut self, opened: Position) -> Result<Token, Fault> {
        let mut text = String::new();
        loop {
            let at = self.at;
            match self.bump() {
                Some('"') => return Ok(Token::Text(text)),
                Some('\\') => self.escape(at)?,
                None | Some('\n' | '\r') => {
                    let found = if self.rest.is_empty() { "the end of the file" } else { "the end of the line" };
                    let message = format!("unclosed `\"`: expected a closing `\"`, found {found}");
                    return Err(Fault::new(opened, message, "close the quote; write a line break in text as `\\n`"));
                }
                Some('\t') => {
                    return Err(Fault::new(at, "expected `\\t`, found a tab in text", "write a tab in text as `\\t`"));
                }
                Some(c) => text.push(c),
            }
        }
    }

    fn escape(&mut self, at: Position) -> Result<(), Fault> {
        let fault = |found: String| {
            let message = format!("expected an escape, found {}", code(&found));
            Err(Fault::new(at, message, "write a backslash in text as `\\\\`"))
        };
        match self.bump() {
            Some('"' | '\\' | '/' | 'b' | 'f' | 'n' | 'r' | 't') => Ok(()),
            Some('u') => {
                let digits: String = self.rest.chars().take(4).take_while(char::is_ascii_hexdigit).collect();
                if digits.len() < 4 { fault(format!("\\u{digits}")) } else { Ok(()) }
            }
            other => fault(other.map_or_else(|| "\\".to_owned(), |c| format!("\\{c}"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::{Code, Place};

    fn fault_text(text: &str) -> String {
        let finding = fault(text).unwrap_or_else(|| panic!("{text}")).finding(Code::InvalidJson);
        let Place::At(Position { line, column }) = finding.place else { panic!("{text}") };
        format!("{line}:{column} {} ({})", finding.message.trim_start_matches("invalid JSON: "), finding.help)
    }

    #[test]
    fn valid_json_has_no_fault() {
        for text in ["{}", " [1, -2.5e3, \"a\\u00e9\\n\", true, null, {\"a\": []}]\n", "\"x\""] {
            assert!(fault(text).is_none(), "{text}");
        }
    }

    #[test]
    fn each_fault_has_what_was_expected_and_a_remedy() {
        for (text, expected) in [
            ("{\"a\": 1,}", "1:8 trailing comma: expected a key in double quotes, found `}` (remove the comma)"),
            ("[1, 2,\n]", "1:6 trailing comma: expected a value, found `]` (remove the comma)"),
            (
                "{\"a\": 1,, \"b\": 2}",
                "1:9 expected a key in double quotes, found `,` (remove the comma, or write what is missing before it)",
            ),
            (
                "{\"a\": 1, // x\n}",
                "1:10 expected a key in double quotes, found a comment (remove the comment: JSON has none)",
            ),
            ("{\"a\": 1 /* x */}", "1:9 expected `,` or `}`, found a comment (remove the comment: JSON has none)"),
            (
                "{'a': 1}",
                "1:2 expected a key in double quotes or `}`, found `'a'` (write texts and keys in double quotes)",
            ),
            ("{\"a\": 'x'}", "1:7 expected a value, found `'x'` (write texts and keys in double quotes)"),
            (
                "{\"ق\": 1\n \"b\": 2}",
                "2:2 expected `,` or `}`, found `\"b\"` (add a comma behind the value before it)",
            ),
            ("[1 2]", "1:4 expected `,` or `]`, found `2` (add a comma behind the value before it)"),
            ("{a: 1}", "1:2 expected a key in double quotes or `}`, found `a` (write the key as `\"a\"`)"),
            ("{\"a\" 1}", "1:6 expected `:`, found `1` (write `:` between the key and its value)"),
            ("{\"a\": True}", "1:7 expected a value, found `True` (write `true`)"),
            ("{\"a\": None}", "1:7 expected a value, found `None` (write `null`)"),
            (
                "{\"a\": 01}",
                "1:7 expected a value, found `01` (write text in double quotes, and a number with decimal digits only)",
            ),
            ("{\"a\": [1, 2}", "1:12 expected `,` or `]`, found `}` (close the `[` with `]` first)"),
            (
                "{\"a\": {\n \"b\": 1",
                "1:7 unclosed `{`: expected `,` or `}`, found the end of the file (add the missing `}`)",
            ),
            (
                "{\"a\": \"x",
                "1:7 unclosed `\"`: expected a closing `\"`, found the end of the file (close the quote; write a line break in text as `\\n`)",
            ),
            (
                "{\"a\": \"x,\n \"b\": 1}",
                "1:7 unclosed `\"`: expected a closing `\"`, found the end of the line (close the quote; write a line break in text as `\\n`)",
            ),
            ("{\"a\": \"C:\\data\"}", "1:10 expected an escape, found `\\d` (write a backslash in text as `\\\\`)"),
            ("{} x", "1:4 expected the end of the file, found `x` (remove the text after the document)"),
            ("", "1:1 expected a value, found the end of the file (write what is missing here)"),
        ] {
            assert_eq!(fault_text(text), expected, "{text}");
        }
    }
}
