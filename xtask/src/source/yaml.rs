//! Explains why a text is not YAML, given the short message of libyaml and the lines around its place.
//!
//! libyaml names the place where it could not go on. The cause is often before it: an open bracket or quote, or a key
//! that already has a value.

use super::failure::Failure;
use super::text::{Fault, Text, code, has_content, indentation};
use super::yaml_layout::{self, entry, quoted};
use crate::diagnostics::{Code, Diagnostic, Place};
use crate::document::positions::Position;

/// Returns why the YAML reader rejects a text.
pub(super) fn fault(error: &serde_yaml::Error, text: &str) -> Fault {
    let message = error.to_string();
    let at = error
        .location()
        .map_or(Position { line: 1, column: 1 }, |place| Position { line: place.line(), column: place.column() });
    let failure = Failure::of(&message, at, text);
    failure.conflict().unwrap_or_else(|| failure.explain())
}

/// Returns the finding about a text with more than one document: it has a `---`, or a key with less indentation than
/// the first one.
pub(super) fn second_document(source: &str) -> Diagnostic {
    let text = Text::of(source);
    let mut lines = text.numbered().filter(|(_, line)| has_content(line) && !line.starts_with('%'));
    let first = lines.by_ref().find(|(_, line)| !is_marker(line));
    let (first, column) = first.map_or((1, 0), |(number, line)| (number, indentation(line)));
    let second = lines.find(|(_, line)| is_marker(line) || indentation(line) < column);
    match second {
        Some((number, line)) if !is_marker(line) => {
            let (at, next) = (text.start(first), text.start(number));
            let key = entry(text.line(first)).map_or_else(|| text.found(at), |entry| code(entry.key));
            let message = format!("expected a key at column {}, found {key} at column {}", next.column, at.column);
            Fault::new(at, message, format!("indent it like the key on line {number}"))
                .with_related(next, format!("this is at column {}", next.column))
                .finding(Code::InvalidYaml)
        }
        second => Diagnostic::error(
            Code::SeveralDocuments,
            second.map_or(Place::File, |(line, _)| Place::At(Position { line, column: 1 })),
            "the document cannot be read as YAML: the file holds more than one YAML document",
            "keep one document in the file: remove the text after `---`",
        ),
    }
}

/// Returns whether a line separates documents.
fn is_marker(line: &str) -> bool {
    ["---", "..."]
        .iter()
        .any(|mark| line.strip_prefix(mark).is_some_and(|rest| rest.is_empty() || rest.starts_with(' ')))
}

impl<'t> Failure<'t> {
    /// Returns the error with an explanation of libyaml's problem.
    fn explain(&self) -> Fault {
        match self.problem {
            "unknown anchor" => self.unknown_alias(),
            "found character that cannot start any token" => self.reserved_character(),
            "mapping values are not allowed in this context" => self.second_colon(),
            "mapping keys are not allowed in this context" => self.not_plain(self.at),
            "block sequence entries are not allowed in this context" => self.item_beside_its_key(),
            "did not find expected key" | "did not find expected '-' indicator" => yaml_layout::misplaced(self),
            "did not find expected ',' or ']'" => self.open_bracket(']'),
            "did not find expected ',' or '}'" => self.open_bracket('}'),
            "found unexpected end of stream" | "found unexpected document indicator" => self.open_quote(),
            "found unknown escape character" => self.unknown_escape(),
            "did not find expected hexadecimal number" => self.short_escape(),
            "could not find expected ':'" => self.missing_colon(),
            "did not find expected node content" => self.missing_value(),
            problem if problem.contains("tab character") => tab(self.at),
            _ => self.by_context(),
        }
    }

    /// Returns the error for a problem that only its context explains.
    fn by_context(&self) -> Fault {
        match self.context.split(" at line ").next().unwrap_or_default() {
            "scanning a block scalar" => self.text_behind_indicator(),
            "scanning an alias" | "scanning an anchor" | "scanning a directive" => self.not_plain(self.opened),
            context if context.contains("tag") => self.not_plain(self.opened),
            _ if self.problem == "found undefined tag handle" => self.not_plain(self.at),
            _ => self.other(),
        }
    }

    /// Returns an error in the words of libyaml, for a problem without a better explanation.
    fn other(&self) -> Fault {
        let problem = self.problem.replace("did not find expected", "expected").replace("could not find", "expected");
        let found = self.text.found(self.at);
        Fault::new(
            self.at,
            format!("{problem}, found {found}"),
            "check the quotes, the brackets and the indentation here",
        )
    }

    /// Returns the error about a conflict marker, which version control leaves in a file that was changed on both
    /// sides.
    fn conflict(&self) -> Option<Fault> {
        const MARKS: &[&str] = &["<<<<<<< ", ">>>>>>> "];
        let (line, mark) = self.text.numbered().find_map(|(number, line)| {
            MARKS.iter().find(|mark| line.starts_with(**mark)).map(|mark| (number, mark.trim_end()))
        })?;
        let message = format!("expected YAML, found the conflict marker `{mark}`");
        Some(Fault::new(Position { line, column: 1 }, message, "resolve the conflict, and remove its markers"))
    }

    fn unknown_alias(&self) -> Fault {
        let (_, rest) = self.text.split(self.at);
        let name = name_behind(rest, '*').unwrap_or_default();
        let anchors = self.anchors();
        let mut message = format!("unknown alias `*{name}`");
        if let Some((line, _)) = anchors.iter().find(|(_, anchor)| *anchor == name) {
            message += &format!(": `&{name}` is defined later, on line {line}");
        } else if let Some(near) = nearest(name, anchors.iter().map(|(_, anchor)| *anchor)) {
            message += &format!("; did you mean `*{near}`?");
        }
        let text = quoted(value_text(rest, self.is_in_brackets(self.at)));
        Fault::new(
            self.at,
            message,
            format!("define `&{name}` before it, or quote the text if it is not an alias: {text}"),
        )
    }

    /// Returns the anchors of the text, each with its line.
    fn anchors(&self) -> Vec<(usize, &'t str)> {
        let begins = |before: &str| before.is_empty() || before.ends_with([' ', '\t', '[', '{', ',']);
        let in_line = |(number, line): (usize, &'t str)| {
            let marks = line.match_indices('&').filter(move |(byte, _)| begins(&line[..*byte]));
            marks.filter_map(move |(byte, _)| Some((number, name_behind(&line[byte..], '&')?)))
        };
        self.text.numbered().flat_map(in_line).collect()
    }

    fn reserved_character(&self) -> Fault {
        match self.text.character(self.at) {
            Some('\t') => tab(self.at),
            _ => self.not_plain(self.at),
        }
    }

    /// Returns the error about a value or a key that begins with a character that has another meaning in YAML.
    fn not_plain(&self, at: Position) -> Fault {
        let (before, rest) = self.text.split(at);
        if before.ends_with('{') && rest.starts_with('%') {
            let template = format!("{{{}", rest.split_inclusive("%}").next().unwrap_or(rest));
            let help = "fill in the template before the document is read, or quote it";
            return Fault::new(at, format!("expected YAML, found the template {}", code(&template)), help);
        }
        let first = rest.chars().next().unwrap_or(' ');
        let is_key = before.trim().is_empty() && entry(self.text.line(at.line)).is_some();
        let text = if is_key {
            rest.split(": ").next().unwrap_or(rest).trim_end_matches(':')
        } else {
            value_text(rest, self.is_in_brackets(at))
        };
        let expected = if is_key { "a key" } else { "a value" };
        let message = format!("expected {expected}, found {}", code(&first.to_string()));
        Fault::new(at, message, format!("quote text that begins with {}: {}", code(&first.to_string()), quoted(text)))
    }

    /// Returns whether a bracket is open before this place on its line.
    fn is_in_brackets(&self, at: Position) -> bool {
        let (before, _) = self.text.split(at);
        before.matches(['{', '[']).count() > before.matches(['}', ']']).count()
    }

    /// Returns the error about a second `: ` in a line, or about one in a line that continues a value.
    fn second_colon(&self) -> Fault {
        let line = self.text.line(self.at.line);
        match entry(line).filter(|entry| entry.colon < self.at.column && !entry.value.is_empty()) {
            Some(entry) => {
                let value = quoted(value_text(entry.value, false));
                let help = format!("quote the value: {value}; a mapping begins on a line of its own below the key");
                Fault::new(self.at, "expected the end of the value, found `: `", help)
                    .with_related(Position { line: self.at.line, column: entry.value_column }, "the value begins here")
            }
            None => yaml_layout::key_below_value(self),
        }
    }

    fn item_beside_its_key(&self) -> Fault {
        let help = "begin the list on a line of its own below the key, or quote the text";
        Fault::new(self.at, "expected a value, found a list item (`-`)", help)
    }

    fn open_bracket(&self, closing: char) -> Fault {
        let opening = if closing == ']' { '[' } else { '{' };
        let is_end = self.text.is_end(self.at);
        let column = |at: Position| indentation(self.text.line(at.line));
        let goes_on = self.at.line > self.opened.line && column(self.at) <= column(self.opened);
        let is_closed = self.text.split(self.text.start(self.at.line)).1.starts_with(['}', ']']);
        if is_end || goes_on && !is_closed {
            let found =
                if is_end { "the end of the file".to_owned() } else { self.text.found(self.text.start(self.at.line)) };
            let message = format!("unclosed `{opening}`: expected `,` or `{closing}`, found {found}");
            let fault = Fault::new(self.opened, message, format!("add the missing `{closing}`"));
            let next = self.text.start(self.at.line);
            return if is_end {
                fault
            } else {
                fault.with_related(next, format!("`{closing}` is missing before this"))
            };
        }
        let message = format!("expected `,` or `{closing}`, found {}", self.text.found(self.at));
        let help = format!(
            "separate entries with `,`, end them with `{closing}`, and quote text with `,`, `:` or brackets in it"
        );
        Fault::new(self.at, message, help).with_related(self.opened, format!("the `{opening}` is opened here"))
    }

    fn open_quote(&self) -> Fault {
        let quote = self.text.character(self.opened).unwrap_or('"');
        let found = if self.text.is_end(self.at) { "the end of the file".to_owned() } else { self.text.found(self.at) };
        let message = format!("unclosed `{quote}`: expected a closing `{quote}`, found {found}");
        Fault::new(self.opened, message, format!("add `{quote}` where the text ends"))
    }

    fn unknown_escape(&self) -> Fault {
        let escape: String = self.text.split(self.at).1.chars().take(2).collect();
        let help = "write a backslash in double quotes as `\\\\`, or use single quotes";
        Fault::new(self.at, format!("expected an escape, found {}", code(&escape)), help)
    }

    fn short_escape(&self) -> Fault {
        let message = format!("expected hexadecimal digits, found {}", self.text.found(self.at));
        Fault::new(self.at, message, "write two digits behind `\\x`, four behind `\\u`, eight behind `\\U`")
    }

    /// Returns the error about a line without a colon where a key is expected.
    fn missing_colon(&self) -> Fault {
        let (_, rest) = self.text.split(self.opened);
        let rest = rest.trim_end();
        if let Some(fault) = yaml_layout::glued_colon(self.opened, rest) {
            return fault;
        }
        yaml_layout::missing_colon(self.opened, rest)
    }

    fn missing_value(&self) -> Fault {
        let (_, rest) = self.text.split(self.at);
        let help = match rest.chars().next() {
            Some(',') => "remove the comma, or write the value before it",
            Some('-') => "separate the items of a list in brackets with `,`, without `-`",
            _ => "quote the text, or remove it",
        };
        let first = rest.chars().next().map_or_else(|| self.text.found(self.at), |c| code(&c.to_string()));
        Fault::new(self.at, format!("expected a value, found {first}"), help)
    }

    fn text_behind_indicator(&self) -> Fault {
        let mark = self.text.character(self.opened).unwrap_or('|');
        let message = format!("expected the end of the line behind `{mark}`, found {}", self.text.found(self.at));
        let value = quoted(value_text(self.text.split(self.opened).1, false));
        Fault::new(self.at, message, format!("begin the text on the next line, or quote it: {value}"))
    }
}

fn tab(at: Position) -> Fault {
    Fault::new(at, "expected spaces, found a tab", "indent with spaces: YAML does not allow tabs here")
}

/// Returns the part of the rest of a line that belongs to the value.
fn value_text(rest: &str, is_in_brackets: bool) -> &str {
    let rest = rest.split(" #").next().unwrap_or(rest);
    let rest = if is_in_brackets { rest.split([',', '}', ']']).next().unwrap_or(rest) } else { rest };
    rest.trim()
}

/// Returns the name of an anchor or an alias, as libyaml reads one.
fn name_behind(text: &str, mark: char) -> Option<&str> {
    let text = text.strip_prefix(mark)?;
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || "_-".contains(c))).unwrap_or(text.len());
    text.get(..end).filter(|name| !name.is_empty())
}

/// Returns the most similar name, if one is similar.
fn nearest<'n>(name: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let rated = names.map(|other| (strsim::normalized_damerau_levenshtein(name, other), other));
    rated.filter(|(ratio, _)| *ratio > 0.5).max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, other)| other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::{Code, Place};

    /// Returns the place, the message and the help of the error in this text, which is put below two lines of YAML.
    fn fault_text(text: &str) -> String {
        let text = format!("openapi: 3.0.3\ninfo:\n{text}");
        let error = serde_yaml::from_str::<serde_yaml::Value>(&text).expect_err(&text);
        let finding = fault(&error, &text).finding(Code::InvalidYaml);
        let place = |place: &Place| match place {
            Place::At(Position { line, column }) => format!("{line}:{column}"),
            other => panic!("{other:?}"),
        };
        let related: Vec<_> = finding.related.iter().map(|(at, what)| format!(" [{} {what}]", place(at))).collect();
        let related = related.concat();
        let message = finding.message.trim_start_matches("invalid YAML: ").to_owned();
        format!("{} {message}{related} ({})", place(&finding.place), finding.help)
    }

    fn assert_faults(cases: &[(&str, &str)]) {
        let others: Vec<_> = cases
            .iter()
            .map(|(text, expected)| (text, fault_text(text), expected))
            .filter(|(_, found, expected)| found != *expected)
            .map(|(text, found, expected)| format!("{text:?}\n  expected {expected}\n  found    {found}\n"))
            .collect();
        assert!(others.is_empty(), "{}", others.concat());
    }

    #[test]
    fn an_unclosed_bracket_is_reported_where_it_was_opened() {
        assert_faults(&[
            (
                "  a: [1, 2\n  b: 3\n",
                "3:6 unclosed `[`: expected `,` or `]`, found `b:` [4:3 `]` is missing before this] (add the missing `]`)",
            ),
            ("  a: {b: 1", "3:6 unclosed `{`: expected `,` or `}`, found the end of the file (add the missing `}`)"),
            (
                "  a: {b: [1, 2}\n",
                "3:15 expected `,` or `]`, found `}` [3:10 the `[` is opened here] (separate entries with `,`, end them \
                 with `]`, and quote text with `,`, `:` or brackets in it)",
            ),
            (
                "  a: {\n    b: 1\n    c: 2\n  }\n",
                "5:6 expected `,` or `}`, found `:` [3:6 the `{` is opened here] (separate entries with `,`, end them \
                 with `}`, and quote text with `,`, `:` or brackets in it)",
            ),
        ]);
    }

    #[test]
    fn an_unclosed_quote_is_reported_where_it_was_opened() {
        assert_faults(&[
            (
                "  a: \"x\n",
                "3:6 unclosed `\"`: expected a closing `\"`, found the end of the file (add `\"` where the text ends)",
            ),
            (
                "  a: 'x\n---\nb: 1\n",
                "3:6 unclosed `'`: expected a closing `'`, found `---` (add `'` where the text ends)",
            ),
            (
                "  a: \"x\n  b: \"y\"\n",
                "3:6 unclosed `\"`: expected a closing `\"` on this line, found one on line 4 [4:6 the text ends here] \
                 (add `\"` where the text ends)",
            ),
            (
                "  a: \"x\nb: \"y\"\n",
                "3:6 unclosed `\"`: expected a closing `\"` on this line, found one on line 4 [4:4 the text ends here] \
                 (add `\"` where the text ends)",
            ),
        ]);
    }

    #[test]
    fn text_with_another_meaning_in_yaml_must_be_quoted() {
        assert_faults(&[
            (
                "  a: Note: this is text # c\n",
                "3:10 expected the end of the value, found `: ` [3:6 the value begins here] (quote the value: `'Note: this \
                 is text'`; a mapping begins on a line of its own below the key)",
            ),
            (
                "  - a: it's: b\n",
                "3:12 expected the end of the value, found `: ` [3:8 the value begins here] (quote the value: `\"it's: \
                 b\"`; a mapping begins on a line of its own below the key)",
            ),
            ("  a: @x y\n", "3:6 expected a value, found `@` (quote text that begins with `@`: `'@x y'`)"),
            ("  @a: x\n", "3:3 expected a key, found `@` (quote text that begins with `@`: `'@a'`)"),
            ("  a: {b: %x, c: 1}\n", "3:10 expected a value, found `%` (quote text that begins with `%`: `'%x'`)"),
            ("  a: `x`\n", "3:6 expected a value, found `` ` `` (quote text that begins with `` ` ``: `` '`x`' ``)"),
            ("  a: * all\n", "3:6 expected a value, found `*` (quote text that begins with `*`: `'* all'`)"),
            ("  a: ? b\n", "3:6 expected a value, found `?` (quote text that begins with `?`: `'? b'`)"),
            ("  a: !b!c d\n", "3:6 expected a value, found `!` (quote text that begins with `!`: `'!b!c d'`)"),
            ("%x: 1\n", "3:1 expected a key, found `%` (quote text that begins with `%`: `'%x'`)"),
            (
                "  a: | text\n",
                "3:8 expected the end of the line behind `|`, found `text` (begin the text on the next line, or quote it: `'| text'`)",
            ),
            ("  a: {x}/b\n", "3:9 expected the end of the value, found `/b` (quote the value: `'{x}/b'`)"),
            ("  a: {{x}}/b\n", "3:11 expected the end of the value, found `/b` (quote the value: `'{{x}}/b'`)"),
            (
                "  {% if x %}\n",
                "3:4 expected YAML, found the template `{% if x %}` (fill in the template before the document is read, \
                 or quote it)",
            ),
            (
                "  a: 'don't do this'\n",
                "3:11 expected the end of the value, found `t` (write `'` in single quotes as `''`, or use double quotes)",
            ),
            (
                "  a: \"say \"x\" y\"\n",
                "3:12 expected the end of the value, found `x\"` (write `\"` in double quotes as `\\\"`, or use single quotes)",
            ),
            (
                "  a: \"C:\\data\"\n",
                "3:9 expected an escape, found `\\d` (write a backslash in double quotes as `\\\\`, or use single quotes)",
            ),
            (
                "  a: \"\\u12\"\n",
                "3:9 expected hexadecimal digits, found `12\"` (write two digits behind `\\x`, four behind `\\u`, eight \
                 behind `\\U`)",
            ),
            (
                "  a: 1}\n  b: {c: 1}}\n",
                "4:12 expected the end of the value, found `}` (remove the `}`, or open it before)",
            ),
        ]);
    }

    #[test]
    fn an_unknown_alias_names_the_nearest_anchor() {
        assert_faults(&[
            (
                "  a: &node 1\n  b: *nod\n",
                "4:6 unknown alias `*nod`; did you mean `*node`? (define `&nod` before it, or quote the text if it is not an \
                 alias: `'*nod'`)",
            ),
            (
                "  a: [*x, 1]\n  b: &x 1\n",
                "3:7 unknown alias `*x`: `&x` is defined later, on line 4 (define `&x` before it, or quote the text if \
                 it is not an alias: `'*x'`)",
            ),
            (
                "  a: *bold* text\n",
                "3:6 expected a value, found `*` (quote text that begins with `*`: `'*bold* text'`)",
            ),
        ]);
    }

    #[test]
    fn a_wrong_indentation_names_the_right_ones() {
        assert_faults(&[
            (
                "  a: 1\n b: 2\n",
                "4:2 expected a key at column 1 or 3, found `b` at column 2 [3:3 the keys above are here] (indent `b` like \
                 `a` on line 3, or like `info` on line 2)",
            ),
            (
                "  a:\n    b: 1\n   c: 1\n",
                "5:4 expected a key at column 3 or 5, found `c` at column 4 [4:5 the keys above are here] (indent `c` like \
                 `b` on line 4, or like `a` on line 3)",
            ),
            (
                "  a: {}\n    b: 1\n",
                "4:5 expected a key at column 3, found `b` at column 5 [3:3 the keys above are here] (indent `b` like `a` \
                 on line 3)",
            ),
            (
                "  a: t\n    b: 1\n",
                "4:5 expected a key at column 3, found `b` at column 5 [3:3 this key has a value already] (indent `b` like \
                 `a` on line 3, or quote the text if it continues the value)",
            ),
            (
                "  a: text\n    that goes: on\n",
                "4:5 expected a key at column 3, found `that goes` at column 5 [3:3 this key has a value already] (indent \
                 `that goes` like `a` on line 3, or quote the text if it continues the value)",
            ),
            (
                "  text\n  that goes: on\n",
                "3:3 expected `:` behind the key `text`, found the end of the line (write `key: value`, or indent the line \
                 if it continues the text above it)",
            ),
            ("\ta: 1\n", "3:1 expected spaces, found a tab (indent with spaces: YAML does not allow tabs here)"),
            (
                "  a: x\n  \tb: 1\n",
                "4:3 expected spaces, found a tab (indent with spaces: YAML does not allow tabs here)",
            ),
        ]);
    }

    #[test]
    fn a_misplaced_item_names_its_column() {
        assert_faults(&[
            (
                "  - a: 1\n - b: 2\n",
                "4:2 expected a list item (`-`) at column 3, found it at column 2 [3:3 the items above are here] (indent \
                 the item like the one on line 3)",
            ),
            (
                "  - a: 1\n   - b: 2\n",
                "4:4 expected a list item (`-`) at column 3, found it at column 4 [3:3 the items above are here] (indent \
                 the item like the one on line 3)",
            ),
            (
                "  - a: 1\n  b: 2\n",
                "4:3 expected a list item (`-`), found the key `b` [3:3 the list begins here] (indent `b` like `a` on line \
                 3, or begin an item with `- `)",
            ),
            (
                "  a: 1\n  - b: 2\n",
                "4:3 expected a key, found a list item (`-`) (write the list below a key of its own, or remove the `-`)",
            ),
            (
                "  a: - b\n",
                "3:6 expected a value, found a list item (`-`) (begin the list on a line of its own below the key, or \
                 quote the text)",
            ),
            (
                "  a: [x,\n  - b]\n",
                "4:3 expected a value, found `-` (separate the items of a list in brackets with `,`, without `-`)",
            ),
        ]);
    }

    #[test]
    fn a_missing_colon_or_space_is_named() {
        assert_faults(&[
            ("  a:1\n  b: 2\n", "3:5 expected a space behind `:`, found `1` (write `a: 1`)"),
            ("  'a':1\n  b: 2\n", "3:7 expected a space behind `:`, found `1` (write `'a': 1`)"),
            (
                "  a\n  b: 2\n",
                "3:3 expected `:` behind the key `a`, found the end of the line (write `key: value`, or indent the line if \
                 it continues the text above it)",
            ),
            ("  a: [b, , c]\n", "3:10 expected a value, found `,` (remove the comma, or write the value before it)"),
        ]);
    }

    #[test]
    fn a_conflict_marker_is_named_at_any_place() {
        assert_faults(&[(
            "<<<<<<< HEAD\n  a: 1\n=======\n  a: 2\n>>>>>>> other\n",
            "3:1 expected YAML, found the conflict marker `<<<<<<<` (resolve the conflict, and remove its markers)",
        )]);
    }

    #[test]
    fn any_text_is_explained() {
        let pieces = [
            "a: ", "b", "\n", "  ", "- ", "'", "\"", "{", "}", "[", ",", "*x", "&x ", "!", "|", "ق", "\t", "%", "\\",
            ": ", "?", "\r",
        ];
        let mut number = 1_usize;
        for _ in 0..20_000 {
            let mut text = String::new();
            for _ in 0..12 {
                number = number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                text += pieces[(number >> 33) % pieces.len()];
            }
            if let Err(error) = serde_yaml::from_str::<serde_yaml::Value>(&text) {
                let finding = fault(&error, &text).finding(Code::InvalidYaml);
                assert!(!finding.message.is_empty() && !finding.help.is_empty(), "{text:?}");
            }
        }
    }
}
