//! The layout of a YAML text for the explanation of an error: keys, items, and their columns.

use saphyr_parser::{Event, Marker, Parser, ScalarStyle};

use super::failure::Failure;
use super::text::{Fault, Text, code, indentation};
use crate::document::positions::Position;

/// A line with a key.
pub(super) struct Entry<'t> {
    /// The key, as written.
    pub(super) key: &'t str,
    /// The column of the key, which may be behind the `-` of an item.
    pub(super) column: usize,
    /// The column of the colon.
    pub(super) colon: usize,
    /// The text behind the colon.
    pub(super) value: &'t str,
    /// The column of that text.
    pub(super) value_column: usize,
}

/// Returns the key of a line, if it has one.
pub(super) fn entry(line: &str) -> Option<Entry<'_>> {
    let (dashes, rest) = dashes(line);
    let start = dashes.last().map_or(indentation(line), |_| line.chars().count() - rest.chars().count());
    let quote = rest.chars().next().filter(|c| "'\"".contains(*c));
    let from = quote.and_then(|quote| rest.get(1..)?.find(quote)).map_or(0, |end| end + 2);
    let behind = rest.get(from..)?;
    let colon = behind.find(": ").or_else(|| behind.ends_with(':').then(|| behind.len() - 1))? + from;
    let (key, value) = (rest.get(..colon)?, rest.get(colon + 1..)?);
    let is_comment = key.contains(" #") || key.is_empty();
    let column = |before: &str| start + before.chars().count() + 1;
    let trimmed = value.trim_start();
    let value_column = column(rest.get(..rest.len() - trimmed.len())?);
    (!is_comment).then(|| Entry { key, column: start + 1, colon: column(key), value: trimmed, value_column })
}

/// Returns the columns of the `-` at the beginning of a line, and the rest of the line.
fn dashes(line: &str) -> (Vec<usize>, &str) {
    let mut rest = line.trim_start_matches(' ');
    let mut columns = Vec::new();
    while let Some(behind) = rest.strip_prefix('-').filter(|behind| behind.is_empty() || behind.starts_with(' ')) {
        columns.push(line.len() - rest.len() + 1);
        rest = behind.trim_start_matches(' ');
    }
    (columns, rest)
}

/// Returns a value in quotes, for a suggestion in a message.
pub(super) fn quoted(value: &str) -> String {
    const LONGEST: usize = 60;
    if value.chars().count() > LONGEST {
        return "`'…'`".to_owned();
    }
    let is_plain = |text: &str| !text.contains(['"', '\\']);
    let text = match value.contains('\'') {
        true if is_plain(value) => format!("\"{value}\""),
        true => format!("'{}'", value.replace('\'', "''")),
        false => format!("'{value}'"),
    };
    if text.contains('`') { format!("`` {text} ``") } else { format!("`{text}`") }
}

/// A key or an item whose content is not complete.
struct Level<'t> {
    at: Position,
    /// The key; `None` for the `-` of an item.
    key: Option<&'t str>,
}

/// Returns the keys and the items whose content is not complete at a line, the innermost first.
fn levels<'t>(text: &Text<'t>, line: usize) -> Vec<Level<'t>> {
    let mut levels: Vec<Level<'t>> = Vec::new();
    let mut limit = usize::MAX;
    for (number, line) in text.above(line) {
        let key = entry(line).map(|entry| (entry.column, Some(entry.key)));
        let items = dashes(line).0.into_iter().rev().map(|column| (column, None));
        for (column, key) in key.into_iter().chain(items).filter(|(column, _)| *column < limit).collect::<Vec<_>>() {
            levels.push(Level { at: Position { line: number, column }, key });
            limit = column;
        }
        if limit == 1 {
            break;
        }
    }
    levels
}

/// Returns the error about text where a key or an item is expected.
pub(super) fn misplaced(failure: &Failure<'_>) -> Fault {
    let (before, rest) = failure.text.split(failure.at);
    if !before.trim().is_empty() {
        trailing(failure)
    } else if rest == "-" || rest.starts_with("- ") {
        misplaced_item(failure)
    } else {
        misplaced_key(failure)
    }
}

fn misplaced_item(failure: &Failure<'_>) -> Fault {
    let at = failure.at;
    let levels = levels(&failure.text, at.line);
    match levels.iter().find(|level| level.key.is_none() && level.at.column != at.column) {
        Some(Level { at: item, .. }) => {
            let message =
                format!("expected a list item (`-`) at column {}, found it at column {}", item.column, at.column);
            Fault::new(at, message, format!("indent the item like the one on line {}", item.line))
                .with_related(*item, "the items above are here")
        }
        None => Fault::new(
            at,
            "expected a key, found a list item (`-`)",
            "write the list below a key of its own, or remove the `-`",
        ),
    }
}

fn misplaced_key(failure: &Failure<'_>) -> Fault {
    let at = failure.at;
    let levels = levels(&failure.text, at.line);
    let Some(entry) = entry(failure.text.line(at.line)) else {
        let message = format!("expected a key, found {}", failure.text.found(at));
        return Fault::new(at, message, "write `key: value`, or indent the line if it continues the text above it");
    };
    let item = levels.iter().find(|level| level.key.is_none() && level.at.column == at.column);
    let of_item = levels.iter().filter(|level| level.key.is_some()).find(|level| level.at.column > at.column);
    if let (Some(item), Some(Level { at: like, key: Some(key) })) = (item, of_item) {
        let (found, key) = (code(entry.key), code(key));
        let help = format!("indent {found} like {key} on line {}, or begin an item with `- `", like.line);
        return Fault::new(at, format!("expected a list item (`-`), found the key {found}"), help)
            .with_related(item.at, "the list begins here");
    }
    wrong_column(at, entry.key, &levels)
}

/// Returns the error about a key whose column is that of no mapping around it.
fn wrong_column(at: Position, found: &str, levels: &[Level<'_>]) -> Fault {
    let keys = || levels.iter().filter_map(|level| Some((level.at, level.key?)));
    let inner = keys().rfind(|(key, _)| key.column > at.column);
    let outer = keys().find(|(key, _)| key.column < at.column);
    let known: Vec<_> = inner.into_iter().chain(outer).collect();
    let Some((nearest, _)) = known.first().copied() else {
        let message = format!("expected the end of the document, found {}", code(found));
        return Fault::new(at, message, "indent it like the keys that it belongs to");
    };
    let mut columns: Vec<_> = known.iter().map(|(key, _)| key.column.to_string()).collect();
    columns.reverse();
    let likes: Vec<_> = known.iter().map(|(key, name)| format!("like {} on line {}", code(name), key.line)).collect();
    let (found, columns, likes) = (code(found), columns.join(" or "), likes.join(", or "));
    let message = format!("expected a key at column {columns}, found {found} at column {}", at.column);
    Fault::new(at, message, format!("indent {found} {likes}")).with_related(nearest, "the keys above are here")
}

/// Returns the error about a `: ` in a line that continues the value above it.
pub(super) fn key_below_value(failure: &Failure<'_>) -> Fault {
    let line = failure.at.line;
    let above = failure.text.above(line).next();
    if let Some(fault) = above.and_then(|(number, line)| glued_colon_of(number, line)) {
        return fault;
    }
    let own = entry(failure.text.line(line));
    let holder = failure.text.above(line).find_map(|(number, line)| Some((number, entry(line)?)));
    let (Some(own), Some((number, holder))) = (own, holder) else {
        let help = "quote the text, or begin it with `|` and write it below, indented";
        return Fault::new(failure.at, "expected plain text, found `: `", help);
    };
    if let Some((text, _)) = above.filter(|(text, _)| *text > number && holder.value.is_empty()) {
        return missing_colon(failure.text.start(text), failure.text.line(text).trim());
    }
    let (found, key) = (code(own.key), code(holder.key));
    let message = format!("expected a key at column {}, found {found} at column {}", holder.column, own.column);
    let help = format!("indent {found} like {key} on line {number}, or quote the text if it continues the value");
    Fault::new(Position { line, column: own.column }, message, help)
        .with_related(Position { line: number, column: holder.column }, "this key has a value already")
}

/// Returns the error about a line without a colon where a key is expected. `text` is the line from its first character
/// on.
pub(super) fn missing_colon(start: Position, text: &str) -> Fault {
    let message = format!("expected `:` behind the key {}, found the end of the line", code(text));
    Fault::new(start, message, "write `key: value`, or indent the line if it continues the text above it")
}

fn glued_colon_of(line: usize, text: &str) -> Option<Fault> {
    let (_, rest) = dashes(text);
    let start = Position { line, column: text.chars().count() - rest.chars().count() + 1 };
    if entry(text).is_some() { None } else { glued_colon(start, rest.trim_end()) }
}

/// Returns the error about a key whose colon has no space behind it. `text` is the line from the key on.
pub(super) fn glued_colon(start: Position, text: &str) -> Option<Fault> {
    let (key, value) = text.split_once(':').filter(|(key, value)| {
        !value.is_empty() && !value.starts_with("//") && !key.is_empty() && !key.contains(char::is_whitespace)
    })?;
    let at = Position { line: start.line, column: start.column + key.chars().count() + 1 };
    let message = format!("expected a space behind `:`, found {}", code(value.split_whitespace().next()?));
    Some(Fault::new(at, message, format!("write {}", code(&format!("{key}: {value}")))))
}

/// Returns the error about text behind a complete value.
fn trailing(failure: &Failure<'_>) -> Fault {
    let at = failure.at;
    let (before, rest) = failure.text.split(at);
    let found = failure.text.found(at);
    let fault = |help: String| Fault::new(at, format!("expected the end of the value, found {found}"), help);
    if let Some(fault) = rest
        .strip_prefix(':')
        .filter(|_| entry(before).is_none())
        .and(glued_colon_of(at.line, failure.text.line(at.line)))
    {
        return fault;
    }
    if let Some(quote) = before.trim_end().chars().last().filter(|c| "'\"".contains(*c)) {
        let end = Position { line: at.line, column: before.trim_end().chars().count() };
        return match quote_start(failure.source, end).filter(|start| start.line < end.line) {
            Some(start) => unclosed(start, end, quote),
            None if quote == '\'' => fault("write `'` in single quotes as `''`, or use double quotes".to_owned()),
            None => fault("write `\"` in double quotes as `\\\"`, or use single quotes".to_owned()),
        };
    }
    if let Some(bracket) = rest.chars().next().filter(|c| "}]".contains(*c)) {
        return fault(format!("remove the `{bracket}`, or open it before"));
    }
    match entry(failure.text.line(at.line)).filter(|entry| entry.value_column < at.column) {
        Some(entry) => fault(format!("quote the value: {}", quoted(entry.value.trim_end()))),
        None => fault("remove it, or quote the whole value".to_owned()),
    }
}

/// Returns the error about a quoted text whose closing quote is the opening quote of another text.
fn unclosed(start: Position, end: Position, quote: char) -> Fault {
    let message =
        format!("unclosed `{quote}`: expected a closing `{quote}` on this line, found one on line {}", end.line);
    Fault::new(start, message, format!("add `{quote}` where the text ends")).with_related(end, "the text ends here")
}

/// Returns where the quoted text begins that ends at this place. The events of the other parser have its position.
fn quote_start(source: &str, end: Position) -> Option<Position> {
    let before: usize = source.split_inclusive('\n').take(end.line - 1).map(str::len).sum();
    let line = source.get(before..)?;
    let length = line.char_indices().nth(end.column).map_or(line.len(), |(byte, _)| byte);
    let position = |marker: Marker| Position { line: marker.line(), column: marker.col() + 1 };
    let mut start = None;
    for event in Parser::new_from_str(source.get(..before + length)?) {
        match event {
            Ok((Event::Scalar(_, ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted, ..), span)) => {
                start = Some(position(span.start));
            }
            Ok(_) => {}
            // That parser rejects a text whose lines are not indented, and its error has the beginning of the text.
            Err(error) if error.info().contains("quoted scalar") => return Some(position(*error.marker())),
            Err(_) => break,
        }
    }
    start
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_found_behind_dashes_and_quotes() {
        let of =
            |line| entry(line).map(|entry| (entry.key, entry.column, entry.colon, entry.value, entry.value_column));
        assert_eq!(of("  a: b c"), Some(("a", 3, 4, "b c", 6)));
        assert_eq!(of("- - قاف:  x"), Some(("قاف", 5, 8, "x", 11)));
        assert_eq!(of("'a: b': c"), Some(("'a: b'", 1, 7, "c", 9)));
        assert_eq!(of("a:"), Some(("a", 1, 2, "", 3)));
        for line in ["a", "http://x", "x # a: b", ": a", "", "- "] {
            assert_eq!(of(line), None, "{line:?}");
        }
    }

    #[test]
    fn a_suggestion_uses_quotes_that_the_text_does_not_contain() {
        for (value, expected) in [("a: b", "`'a: b'`"), ("it's", "`\"it's\"`"), ("it's \"x\"", "`'it''s \"x\"'`")] {
            assert_eq!(quoted(value), expected);
        }
        assert_eq!(quoted(&"x".repeat(61)), "`'…'`");
    }
}
