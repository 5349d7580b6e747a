//! Reads a file into a [`Document`]: its text, and its values from YAML or JSON, or from a Markdown page with one of them.
//!
//! Takes a path or bytes. Gives the values, or the findings about a file that is neither YAML nor JSON. [`files`] reads
//! the files that documents refer to, and decides which may be read. This room does not know OpenAPI. No other room knows `serde_yaml`.

mod failure;
pub mod files;
mod json;
mod page;
mod plain;
mod text;
mod yaml;
mod yaml_layout;

use std::borrow::Cow;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use serde_json::{Map, Number, Value};

use self::plain::Plain;
use crate::diagnostics::{Code, Diagnostic, Place};
use crate::document::positions::{Position, Positions};
use crate::document::{Document, Pointer, Source};

/// The largest document that is read, in bytes. The largest published OpenAPI documents are about 10 MiB.
pub const MAX_BYTES: u64 = 64 << 20;

/// A file that cannot be read as a document, and the reasons.
#[derive(Debug)]
pub struct LoadError {
    /// The file, with its text if that could be read.
    pub source: Source,
    /// The reasons.
    pub findings: Vec<Diagnostic>,
}

/// Reads the document at `path`; `name` is what diagnostics call it.
///
/// # Errors
///
/// [`LoadError`] when the file cannot be read, is not UTF-8, or is neither YAML nor JSON.
pub fn load(path: &Path, name: &str) -> Result<Document, Box<LoadError>> {
    decode(read(path, name)?, name)
}

/// Returns the path relative to this folder if it is in it.
#[must_use]
pub fn displayed(path: &Path, here: &Path) -> String {
    path.strip_prefix(here).unwrap_or(path).display().to_string().replace('\\', "/")
}

/// Reads the bytes of the document at `path`; `name` is what diagnostics call it.
///
/// # Errors
///
/// [`LoadError`] when the file cannot be read, or is larger than [`MAX_BYTES`].
pub fn read(path: &Path, name: &str) -> Result<Vec<u8>, Box<LoadError>> {
    bytes(path).map_err(|finding| load_error(Source::new(name, ""), finding).into())
}

/// Returns whether a file may have a document. A Markdown page has none if it has no fenced block with one.
#[must_use]
pub fn may_have_document(bytes: &[u8], name: &str) -> bool {
    let is_page = Path::new(name).extension().is_some_and(|ending| ending.eq_ignore_ascii_case("md"));
    !is_page || page::may_have_document(&String::from_utf8_lossy(bytes))
}

/// Reads the values of a document's bytes.
///
/// # Errors
///
/// [`LoadError`] when they are not UTF-8, or neither YAML nor JSON, or a page that has not exactly one document.
pub fn decode(bytes: Vec<u8>, name: &str) -> Result<Document, Box<LoadError>> {
    let text = utf8(bytes).map_err(|finding| load_error(Source::new(name, ""), finding))?;
    match page::document(&text) {
        Ok(document) => parse(Source::new(name, document)),
        Err(finding) => Err(load_error(Source::new(name, text), finding).into()),
    }
}

/// Reads the values of a source.
///
/// # Errors
///
/// [`LoadError`] when the text is neither YAML nor JSON, or holds what an OpenAPI document cannot.
pub fn parse(source: Source) -> Result<Document, Box<LoadError>> {
    match values(&source.text) {
        Ok(Value::Null) => {
            let finding = Diagnostic::error(
                Code::EmptyDocument,
                Place::File,
                "the document is empty",
                "write an OpenAPI document there, or name another file with `--spec PATH`",
            );
            Err(load_error(source, finding).into())
        }
        Ok(root) => Ok(Document { source, root }),
        Err(finding) => Err(load_error(source, finding).into()),
    }
}

fn load_error(source: Source, finding: Diagnostic) -> LoadError {
    LoadError { source, findings: vec![finding] }
}

fn bytes(path: &Path) -> Result<Vec<u8>, Diagnostic> {
    let failed = |error: std::io::Error| {
        Diagnostic::error(
            Code::UnreadableDocument,
            Place::File,
            format!("the document cannot be read: {error}"),
            "name a readable file with `--spec PATH`",
        )
    };
    let file = File::open(path).map_err(failed)?;
    if file.metadata().map_err(failed)?.is_dir() {
        return Err(Diagnostic::error(
            Code::UnreadableDocument,
            Place::File,
            "this is a directory, not a document",
            "name the file in it with `--spec PATH`",
        ));
    }
    let mut bytes = Vec::new();
    file.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(Diagnostic::error(
            Code::DocumentTooLarge,
            Place::File,
            format!("the document is larger than {} MiB", MAX_BYTES >> 20),
            "is this the right file? An OpenAPI document is far smaller",
        ));
    }
    Ok(bytes)
}

fn utf8(bytes: Vec<u8>) -> Result<String, Diagnostic> {
    let bytes = match bytes.strip_prefix(b"\xEF\xBB\xBF") {
        Some(rest) => rest.to_vec(),
        None => bytes,
    };
    String::from_utf8(bytes).map_err(|error| {
        let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let byte = error.as_bytes()[valid.len()];
        let valid = String::from_utf8_lossy(valid);
        let line_start = valid.rfind('\n').map_or(0, |newline| newline + 1);
        let position =
            Position { line: valid.matches('\n').count() + 1, column: valid[line_start..].chars().count() + 1 };
        Diagnostic::error(
            Code::NotUtf8,
            Place::At(position),
            format!("the document is not UTF-8: found the byte 0x{byte:02X} here"),
            "save the file as UTF-8",
        )
    })
}

/// Reads the values of a text as YAML. If that fails, and the text looks like JSON, reads it as JSON: YAML has all of
/// JSON except for some escapes.
fn values(text: &str) -> Result<Value, Diagnostic> {
    too_deep(text)?;
    let yaml = match yaml_values(text) {
        Ok(value) => return Ok(value),
        Err(finding) => finding,
    };
    if !text.trim_start().starts_with('{') {
        return Err(yaml);
    }
    match serde_json::from_str(text) {
        // The JSON reader does not report a duplicate key.
        Ok(value) => match duplicate_key(text) {
            Some(finding) => Err(finding),
            None => Ok(value),
        },
        // A flow mapping of YAML begins like an object of JSON. It is taken for JSON if its first key has double
        // quotes.
        Err(error) if text.trim_start()[1..].trim_start().starts_with('"') => Err(json_finding(&error, text)),
        Err(_) => Err(yaml),
    }
}

/// Reports a text that is nested too deeply. The readers reject it as well, but in a time that grows with the square of
/// the depth. In block style, only the brackets of one line count, since text may contain any number of them.
fn too_deep(text: &str) -> Result<(), Diagnostic> {
    let is_flow = text.trim_start().starts_with(['{', '[']);
    let parts = text.split('\n').filter(|_| !is_flow).chain(is_flow.then_some(text));
    let Some((number, part, end)) = parts.enumerate().find_map(|(number, part)| Some((number, part, deep_end(part)?)))
    else {
        return Ok(());
    };
    let before = &part[..end];
    let (line, column) =
        (before.matches('\n').count(), before.rsplit('\n').next().map_or(0, |line| line.chars().count()));
    Err(Diagnostic::error(
        Code::NestedTooDeeply,
        Place::At(Position { line: number + line + 1, column }),
        "the document cannot be read as YAML: it is nested too deeply",
        "move inner schemas into `components` and use `$ref`s",
    ))
}

/// Returns the end of the first bracket that is nested too deeply. Brackets in quotes do not count.
fn deep_end(text: &str) -> Option<usize> {
    const DEEPEST: usize = 128;
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    // A shorter text cannot have so many brackets.
    text.bytes().enumerate().filter(|_| text.len() > DEEPEST).find_map(|(index, byte)| {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = quoted,
            b'"' => quoted = !quoted,
            b'[' | b'{' if !quoted => depth += 1,
            b']' | b'}' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
        (depth > DEEPEST).then_some(index + 1)
    })
}

/// Reports the first duplicate key of a text.
fn duplicate_key(text: &str) -> Option<Diagnostic> {
    let positions = Positions::of(text);
    let (key, position) = positions.duplicate()?;
    Some(Diagnostic::error(
        Code::DuplicateKey,
        Place::At(*position),
        format!("duplicate key `{key}`"),
        "keep one of the two: `200` and `\"200\"` are the same key",
    ))
}

/// Returns the position of the first character that YAML does not allow (YAML 1.2.2, section 5.1).
fn control_character(text: &str) -> Option<Position> {
    let is_refused = |c: char| matches!(c, '\0'..='\x08' | '\x0B' | '\x0C' | '\x0E'..='\x1F' | '\x7F');
    let (line, text) = text.split('\n').enumerate().find(|(_, line)| line.contains(is_refused))?;
    let column = text.chars().take_while(|c| !is_refused(*c)).count();
    Some(Position { line: line + 1, column: column + 1 })
}

fn yaml_values(text: &str) -> Result<Value, Diagnostic> {
    if let Ok(Plain(value)) = serde_yaml::from_str(text) {
        return Ok(value);
    }
    let mut value = yaml(text).map_err(|error| yaml_finding(&error, text))?;
    value.apply_merge().map_err(|error| merge_finding(&error, text))?;
    json_value(value, &Pointer::root()).map_err(|finding| match finding.code {
        Code::DuplicateKey => duplicate_key(text).unwrap_or(finding),
        _ => finding,
    })
}

/// Reads YAML. An integer of more than 64 bits, which documents have as bounds, is read as a floating-point number, as
/// the JSON reader does. The YAML reader itself rejects it.
fn yaml(text: &str) -> Result<serde_yaml::Value, serde_yaml::Error> {
    const MOST_INTEGERS: usize = 64;
    let mut text = Cow::Borrowed(text);
    for _ in 0..MOST_INTEGERS {
        match serde_yaml::from_str(&text) {
            Err(error) if is_too_large_an_integer(&error) => match as_float(&text, &error) {
                Some(changed) => text = Cow::Owned(changed),
                None => return Err(error),
            },
            other => return other,
        }
    }
    serde_yaml::from_str(&text)
}

fn is_too_large_an_integer(error: &serde_yaml::Error) -> bool {
    let message = error.to_string();
    message.contains("i128") || message.contains("u128")
}

/// Returns the text with `.0` behind the integer that the error is about.
fn as_float(text: &str, error: &serde_yaml::Error) -> Option<String> {
    let start = error.location()?.index();
    let rest = text.get(start..)?;
    let sign = rest.len() - rest.trim_start_matches(['-', '+']).len();
    let digits = rest[sign..].bytes().take_while(u8::is_ascii_digit).count();
    (digits > 0).then(|| format!("{}.0{}", &text[..start + sign + digits], &rest[sign + digits..]))
}

const DUPLICATE: &str = "duplicate key";

fn yaml_finding(error: &serde_yaml::Error, text: &str) -> Diagnostic {
    if let Some(position) = control_character(text) {
        return Diagnostic::error(
            Code::ControlCharacter,
            Place::At(position),
            "the document cannot be read as YAML: control characters are not allowed",
            "remove the character, or write it as an escape in double quotes",
        );
    }
    let place = error
        .location()
        .map_or(Place::File, |location| Place::At(Position { line: location.line(), column: location.column() }));
    let message = error.to_string();
    let (code, reason, help) = if message.contains("repetition limit") {
        (
            Code::AliasExpansion,
            "its aliases expand without limit".to_owned(),
            "write the repeated parts as components and `$ref`s",
        )
    } else if message.contains("recursion limit") {
        (
            Code::NestedTooDeeply,
            "it is nested too deeply".to_owned(),
            "move inner schemas into `components` and use `$ref`s",
        )
    } else if message.contains("more than one document") {
        return yaml::second_document(text);
    } else if let Some(finding) = message.contains("duplicate entry").then(|| duplicate_key(text)).flatten() {
        return finding;
    } else if is_too_large_an_integer(error) {
        (Code::BeyondJson, "an integer is too large".to_owned(), "write it as a floating-point number, such as 1.0e30")
    } else if error.location().is_some() {
        return yaml::fault(error, text).finding(Code::InvalidYaml);
    } else {
        (Code::InvalidYaml, message, "check the syntax")
    };
    Diagnostic::error(code, place, format!("the document cannot be read as YAML: {reason}"), help)
}

/// Returns the finding about a `<<` that cannot be merged. Its place is the first `<<` without a mapping.
fn merge_finding(error: &serde_yaml::Error, text: &str) -> Diagnostic {
    let place = yaml(text).ok().and_then(|value| bad_merge(&value, &Pointer::root())).map_or(Place::File, Place::Key);
    let message = format!("the document cannot be read as YAML: {error}");
    let help = "`<<` takes an alias of a mapping, or a list of such aliases";
    Diagnostic::error(Code::InvalidYaml, place, message, help)
}

/// Returns the place of the first `<<` without a mapping.
fn bad_merge(value: &serde_yaml::Value, at: &Pointer) -> Option<Pointer> {
    use serde_yaml::Value as Yaml;
    match value {
        Yaml::Sequence(items) => items.iter().enumerate().find_map(|(index, item)| bad_merge(item, &at.index(index))),
        Yaml::Mapping(mapping) => mapping.iter().find_map(|(key, value)| {
            let at = at.key(&json_key(key.clone(), at).ok()?);
            let is_merged = match value {
                Yaml::Sequence(items) => items.iter().all(Yaml::is_mapping),
                other => other.is_mapping(),
            };
            if key == "<<" && !is_merged { Some(at) } else { bad_merge(value, &at) }
        }),
        _ => None,
    }
}

fn json_finding(error: &serde_json::Error, text: &str) -> Diagnostic {
    if let Some(fault) = json::fault(text) {
        return fault.finding(Code::InvalidJson);
    }
    let message = error.to_string();
    Diagnostic::error(
        Code::InvalidJson,
        Place::At(Position { line: error.line().max(1), column: error.column().max(1) }),
        format!("invalid JSON: {}", message.split(" at line ").next().unwrap_or(&message)),
        "write JSON as in RFC 8259",
    )
}

/// Converts a YAML value to a JSON value. Keys become strings (`200:` is a status). Tags and infinities are errors.
fn json_value(value: serde_yaml::Value, at: &Pointer) -> Result<Value, Diagnostic> {
    use serde_yaml::Value as Yaml;
    Ok(match value {
        Yaml::Null => Value::Null,
        Yaml::Bool(flag) => Value::Bool(flag),
        Yaml::String(text) => Value::String(text),
        Yaml::Number(number) => Value::Number(json_number(&number, at)?),
        Yaml::Sequence(items) => items
            .into_iter()
            .enumerate()
            .map(|(index, item)| json_value(item, &at.index(index)))
            .collect::<Result<_, _>>()?,
        Yaml::Mapping(mapping) => {
            let mut object = Map::with_capacity(mapping.len());
            for (key, value) in mapping {
                let key = json_key(key, at)?;
                let value = json_value(value, &at.key(&key))?;
                if object.insert(key.clone(), value).is_some() {
                    // The caller, which has the text, reports `200` beside `"200"` at its place.
                    return Err(Diagnostic::error(Code::DuplicateKey, Place::Key(at.key(&key)), DUPLICATE, ""));
                }
            }
            Value::Object(object)
        }
        Yaml::Tagged(tagged) => {
            return Err(Diagnostic::error(
                Code::BeyondJson,
                Place::Value(at.clone()),
                format!("the YAML tag `{}` has no meaning in an OpenAPI document", tagged.tag),
                "remove the tag",
            ));
        }
    })
}

fn json_number(number: &serde_yaml::Number, at: &Pointer) -> Result<Number, Diagnostic> {
    let json = if let Some(value) = number.as_i64() {
        Some(value.into())
    } else if let Some(value) = number.as_u64() {
        Some(value.into())
    } else {
        number.as_f64().and_then(Number::from_f64)
    };
    json.ok_or_else(|| {
        Diagnostic::error(
            Code::BeyondJson,
            Place::Value(at.clone()),
            format!("`{number}` is not a number that JSON can hold"),
            "write a finite number, or quote it if it is text",
        )
    })
}

fn json_key(key: serde_yaml::Value, at: &Pointer) -> Result<String, Diagnostic> {
    match key {
        serde_yaml::Value::String(text) => Ok(text),
        serde_yaml::Value::Number(number) => Ok(number.to_string()),
        serde_yaml::Value::Bool(flag) => Ok(flag.to_string()),
        serde_yaml::Value::Null => Ok("null".to_owned()),
        other => {
            let found = if other.is_sequence() { "a list" } else { "a mapping" };
            Err(Diagnostic::error(
                Code::BeyondJson,
                Place::Value(at.clone()),
                format!("expected text as a key, found {found}"),
                "quote text that begins with a bracket, such as a template: `'{{ name }}'`",
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn finding(text: &str) -> Diagnostic {
        parse(Source::new("api.yaml", text)).unwrap_err().findings.remove(0)
    }

    #[test]
    fn unquoted_statuses_merge_keys_and_order_are_kept() {
        let text = "base: &b {x: 1}\nresponses:\n  200: {<<: *b, y: 2}\n  101: no\n";
        let root = parse(Source::new("api.yaml", text)).unwrap().root;
        assert_eq!(root["responses"], json!({"200": {"y": 2, "x": 1}, "101": "no"}));
        assert_eq!(root["responses"].as_object().unwrap().keys().collect::<Vec<_>>(), ["200", "101"]);
    }

    #[test]
    fn integers_of_more_than_64_bits_are_floating_point_numbers() {
        let text = "ق: 1\na: -9223372036854776000\nb: [18446744073709552000, 'x 18446744073709552000']\n";
        let root = parse(Source::new("api.yaml", text)).unwrap().root;
        assert_eq!(
            root,
            json!({"ق": 1, "a": -9.223_372_036_854_776e18, "b": [1.844_674_407_370_955_2e19, "x 18446744073709552000"]})
        );
    }

    #[test]
    fn json_with_surrogate_escapes_is_read() {
        assert_eq!(parse(Source::new("a.json", "{\"a\":\n\t\"\\ud83d\\ude00\"}")).unwrap().root, json!({"a": "😀"}));
    }

    #[test]
    fn broken_texts_are_placed() {
        assert!(finding("").message.contains("empty"));
        assert!(finding("a: 1\na: 2\n").message.contains("duplicate key `a`"));
        assert!(finding("a: 1\n---\nb: 2\n").message.contains("more than one YAML document"));
        assert_eq!(finding("{\"a\": \n [1,,2]}").place, Place::At(Position { line: 2, column: 5 }));
        assert!(matches!(finding("a: [1, 2\nb: 3\n").place, Place::At(_)));
        assert!(finding("a: !!binary aGk=\nb: !x 1\n").message.contains("tag"));
        assert!(finding("a: .inf\n").message.contains("number"));
    }

    #[test]
    fn an_alias_bomb_is_refused() {
        let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..12 {
            let below = vec![format!("*a{}", level - 1); 10].join(", ");
            text += &format!("a{level}: &a{level} [{below}]\n");
        }
        assert!(finding(&text).message.contains("aliases expand without limit"));
    }

    #[test]
    fn the_first_byte_that_is_not_utf8_is_placed() {
        let finding = utf8(b"a: 1\nb: \xD9\x82\xFF".to_vec()).unwrap_err();
        assert_eq!(finding.place, Place::At(Position { line: 2, column: 5 }));
        assert!(finding.message.contains("0xFF"));
    }
}
