//! Converts descriptions of the document to Markdown that rustdoc accepts without warnings and without doctests.
//!
//! Descriptions are CommonMark (OpenAPI 3.0.3, "Rich Text Formatting"). Some of it has another meaning in rustdoc:
//! brackets link to items, HTML tags are checked, and code without a language is a test. The output is a subset of
//! CommonMark that can be checked line by line: code is always fenced, and only the continuation of a paragraph is
//! indented by more than three spaces.
//!
//! Libraries that write CommonMark were tried. They take about twice as long, and the output needs more work: one
//! leaves long lines and bare URLs, another separates lists by HTML comments.

use std::borrow::Cow;

/// The widest line of documentation, in characters.
const WIDTH: usize = 100;

/// The deepest block quote. It bounds the recursion: a deeper quote is plain text.
const DEEPEST_QUOTE: usize = 8;

/// Returns a text as code in a cell of a table.
#[must_use]
pub fn cell(text: &str) -> String {
    in_cell(&code(text))
}

/// Returns Markdown as it is written in a cell of a table, which a `|` ends.
#[must_use]
pub fn in_cell(markdown: &str) -> String {
    markdown.replace('|', "\\|")
}

/// Returns a text of the document as Markdown for rustdoc, with lines wrapped.
#[must_use]
pub fn markdown(text: &str) -> String {
    blocks(text, 0)
}

/// Converts the blocks of a text that stands in this number of quotes.
fn blocks(text: &str, depth: usize) -> String {
    let text = text.replace('\t', "    ");
    let text = visible(&text);
    let lines: Vec<&str> = text.trim_matches('\n').lines().collect();
    let mut writer = Writer::default();
    let mut at = 0;
    while let Some(line) = lines.get(at).map(|line| line.trim()) {
        at += match (Fence::opened_by(line), line.strip_prefix('>')) {
            (Some(fence), _) => writer.code(fence, &lines[at..]),
            (None, Some(_)) if depth < DEEPEST_QUOTE => writer.quote(&lines[at..], depth),
            _ => {
                writer.line(lines[at]);
                1
            }
        };
    }
    writer.out.join("\n").trim_end().to_owned()
}

/// The fence of a code block: its character, and the number of them.
#[derive(Clone, Copy)]
struct Fence {
    mark: char,
    length: usize,
}

impl Fence {
    /// Returns the fence that a line opens. The marker of a list item before it is ignored.
    fn opened_by(line: &str) -> Option<Self> {
        let line = Marker::of(line).map_or(line, |marker| marker.text.trim_start());
        let mark = line.chars().next().filter(|mark| matches!(mark, '`' | '~'))?;
        let length = run(line, mark);
        let is_fence = length >= 3 && !(mark == '`' && line[length..].contains('`'));
        is_fence.then_some(Self { mark, length })
    }

    fn is_closed_by(self, line: &str) -> bool {
        let line = line.trim();
        run(line, self.mark) >= self.length && line.chars().all(|c| c == self.mark)
    }
}

/// Returns how many times the text begins with this character.
fn run(text: &str, mark: char) -> usize {
    text.chars().take_while(|c| *c == mark).count()
}

/// The marker of a list item, and the text after it.
struct Marker<'l> {
    marker: &'l str,
    text: &'l str,
}

impl<'l> Marker<'l> {
    fn of(line: &'l str) -> Option<Self> {
        let digits = line.bytes().take_while(u8::is_ascii_digit).count();
        let length = match digits {
            0 if line.starts_with(['-', '*', '+']) => 1,
            1..=9 if line[digits..].starts_with(['.', ')']) => digits + 1,
            _ => return None,
        };
        let (marker, text) = line.split_at(length);
        (text.starts_with(' ') && !text.trim().is_empty() && !is_break(line)).then_some(Self { marker, text })
    }

    /// Returns whether the item needs a blank line above. In CommonMark, only a list that begins with 1 can follow a
    /// paragraph without one.
    fn needs_blank_line(&self) -> bool {
        self.marker.len() > 1 && self.marker != "1." && self.marker != "1)"
    }
}

/// Returns whether a line is a thematic break.
fn is_break(line: &str) -> bool {
    ['-', '*', '_'].iter().any(|mark| line.chars().all(|c| c == *mark || c == ' ') && line.matches(*mark).count() >= 3)
}

/// The output so far, and the list at its end.
#[derive(Default)]
struct Writer {
    out: Vec<String>,
    /// The outermost item of the list: its indentation in the input, and the width of its marker.
    list: Option<(usize, usize)>,
    /// The indentation of a line that continues the last item.
    indent: usize,
    /// The last character of the last item's marker, which the next item of the same list repeats.
    delimiter: Option<char>,
}

impl Writer {
    /// Writes a line outside of code and quotes.
    fn line(&mut self, line: &str) {
        let text = line.trim();
        if text.is_empty() {
            self.indent = 0;
            self.blank();
        } else if let Some(marker) = Marker::of(text) {
            self.item(&marker, line.len() - line.trim_start().len());
        } else {
            let is_own_block = text.starts_with('#') || is_break(text);
            if is_own_block || self.ends_blank() {
                (self.list, self.indent, self.delimiter) = (None, 0, None);
            }
            let indent = " ".repeat(self.indent);
            wrap(&inline(text), &indent, &indent, &mut self.out);
        }
    }

    /// Writes a list item. A nested item is indented by three spaces at most, since four would begin a code block.
    fn item(&mut self, marker: &Marker<'_>, indentation: usize) {
        let outer = self.list.filter(|(outermost, _)| indentation > *outermost).map_or(0, |(_, width)| width.min(3));
        let end = marker.marker.chars().next_back();
        if marker.needs_blank_line() && self.delimiter != end {
            self.blank();
        }
        let first = " ".repeat(outer) + marker.marker + " ";
        self.indent = first.len();
        self.delimiter = end;
        if outer == 0 {
            self.list = Some((indentation, first.len()));
        }
        wrap(&inline(marker.text), &first, &" ".repeat(first.len()), &mut self.out);
    }

    /// Writes fenced code, up to the closing fence or the end of the text. Returns the number of lines read.
    fn code(&mut self, fence: Fence, lines: &[&str]) -> usize {
        let rest = &lines[1..];
        let length = rest.iter().position(|line| fence.is_closed_by(line)).unwrap_or(rest.len());
        let code = &rest[..length];
        let margin = lines[0].len() - lines[0].trim_start().len();
        let longest = code.iter().map(|line| run(line.trim(), '`')).max().unwrap_or_default();
        let fence = "`".repeat(3.max(longest + 1));
        (self.list, self.indent, self.delimiter) = (None, 0, None);
        self.out.push(format!("{fence}text"));
        self.out.extend(code.iter().map(|line| line[margin.min(line.len() - line.trim_start().len())..].to_owned()));
        self.out.push(fence);
        (length + 2).min(lines.len())
    }

    /// Writes a block quote, whose content is converted on its own. Returns the number of lines read.
    fn quote(&mut self, lines: &[&str], depth: usize) -> usize {
        let quoted: Vec<&str> = lines.iter().map_while(|line| line.trim_start().strip_prefix('>')).collect();
        let text: Vec<&str> = quoted.iter().map(|line| line.strip_prefix(' ').unwrap_or(line)).collect();
        (self.list, self.indent, self.delimiter) = (None, 0, None);
        self.blank();
        self.out
            .extend(blocks(&text.join("\n"), depth + 1).lines().map(|line| format!("> {line}").trim_end().to_owned()));
        self.blank();
        quoted.len()
    }

    /// Writes a blank line, unless there is one already.
    fn blank(&mut self) {
        if !self.ends_blank() {
            self.out.push(String::new());
        }
    }

    /// Returns whether the output is empty or ends with a blank line.
    fn ends_blank(&self) -> bool {
        self.out.last().is_none_or(String::is_empty)
    }
}

/// Writes a line after the prefix `first`. The lines that it wraps to begin with the prefix `next`.
fn wrap(line: &str, first: &str, next: &str, out: &mut Vec<String>) {
    let has_single_spaces = || !line.contains("  ") && line.trim_matches(' ').len() == line.len();
    let fits = || first.len() + line.len() <= WIDTH && has_single_spaces();
    // Rows of tables and headings cannot be wrapped.
    if line.starts_with('|') || line.starts_with('#') || fits() {
        out.push(format!("{first}{line}"));
        return;
    }
    let (mut current, mut width) = (first.to_owned(), first.len());
    let mut is_empty = true;
    for word in line.split(' ').filter(|word| !word.is_empty()) {
        let length = word.chars().count();
        if !is_empty && may_begin_a_line(word) && width + 1 + length > WIDTH {
            out.push(std::mem::replace(&mut current, next.to_owned()));
            (width, is_empty) = (next.len(), true);
        }
        if !is_empty {
            current.push(' ');
            width += 1;
        }
        current.push_str(word);
        width += length;
        is_empty = false;
    }
    out.push(current);
}

/// Returns whether a line may begin with this word. It must not begin a list, a heading, a tag or a code block.
fn may_begin_a_line(word: &str) -> bool {
    let is_tag = word.starts_with('<') && autolink(word).is_none();
    let is_marker = word.starts_with(['-', '+', '*', '#', '>', '|']) || word.starts_with(|c: char| c.is_ascii_digit());
    !is_tag && !is_marker && !word.starts_with("```") && !word.starts_with("~~~")
}

/// Escapes everything in a line that rustdoc would read as a link to an item, a tag or a bare URL. Keeps code spans
/// that end on the line.
pub fn inline(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some(start) = rest.bytes().position(|byte| matches!(byte, b'`' | b'\\')) {
        escape(&rest[..start], &mut out);
        rest = &rest[start..];
        let taken = if rest.starts_with('\\') { backslash(rest, &mut out) } else { span(rest, &mut out) };
        rest = &rest[taken..];
    }
    escape(rest, &mut out);
    out
}

/// Writes the backslash at the start of the text, with the character that it escapes. Returns the number of bytes read.
fn backslash(text: &str, out: &mut String) -> usize {
    let is_escape = text[1..].starts_with(|c: char| c.is_ascii_punctuation());
    out.push_str(if is_escape { &text[..2] } else { "\\\\" });
    if is_escape { 2 } else { 1 }
}

/// Writes the code span at the start of the text, or escapes backticks that begin none. Returns the number of bytes
/// read.
fn span(text: &str, out: &mut String) -> usize {
    let length = run(text, '`');
    let mut from = length;
    while let Some(found) = text[from..].find('`') {
        let close = from + found;
        let marks = run(&text[close..], '`');
        if marks == length {
            out.push_str(&code(text[length..close].trim()));
            return close + marks;
        }
        from = close + marks;
    }
    out.push_str(&"\\`".repeat(length));
    length
}

/// Writes text outside of code spans, with links to the web and with everything else escaped.
fn escape(text: &str, out: &mut String) {
    let mut rest = text;
    // Only these characters begin what is not plain text. The URL of a link begins with `h`.
    while let Some(plain) = rest.bytes().position(|byte| matches!(byte, b'[' | b']' | b'<' | b'~' | b'h')) {
        out.push_str(&rest[..plain]);
        rest = &rest[plain..];
        let taken = if let Some(length) = link(rest, out) {
            length
        } else if let Some(length) = autolink(rest) {
            out.push_str(&rest[..length]);
            length
        } else if is_url(rest) {
            let url = rest[..url_length(rest)].trim_end_matches(['.', ',', ';', ':', '!', '?', '\'']);
            out.push('<');
            out.push_str(url);
            out.push('>');
            url.len()
        } else {
            // After the marker of a list or of a quote, three tildes would begin a code block.
            if rest.starts_with(['[', ']', '<']) || rest.starts_with("~~~") {
                out.push('\\');
            }
            out.push_str(&rest[..1]);
            1
        };
        rest = &rest[taken..];
    }
    out.push_str(rest);
}

fn is_url(text: &str) -> bool {
    text.starts_with("http://") || text.starts_with("https://")
}

/// Returns the length of the URL at the start of the text. It ends before a character that may belong to Markdown.
fn url_length(text: &str) -> usize {
    text.find(|c: char| c.is_whitespace() || "<>()[]`*\"|\\".contains(c)).unwrap_or(text.len())
}

/// Writes the link `[text](https://…)` at the start of the text, without its title. Returns the number of bytes read.
fn link(text: &str, out: &mut String) -> Option<usize> {
    let inside = text.strip_prefix('[')?;
    let close = inside.find(']')?;
    let label = &inside[..close];
    let target = inside[close + 1..].strip_prefix('(')?;
    let end = target.find(')')?;
    let url = &target[..url_length(target)];
    let title = target[url.len()..end.max(url.len())].trim();
    let is_title = title.is_empty() || (title.starts_with('"') && title.ends_with('"'));
    if !is_url(target) || !is_title || url.len() > end || label.contains(['[', '\\']) {
        return None;
    }
    out.push('[');
    out.push_str(&label.replace('<', "\\<"));
    out.push_str("](");
    out.push_str(url);
    out.push(')');
    Some(1 + close + 1 + 1 + end + 1)
}

/// Returns the length of the autolink `<https://…>` at the start of the text.
fn autolink(text: &str) -> Option<usize> {
    let inside = text.strip_prefix('<').filter(|inside| is_url(inside))?;
    let close = inside.find('>')?;
    let is_plain = !inside[..close].contains(|c: char| c.is_whitespace() || c == '<');
    is_plain.then_some(close + 2)
}

/// A text as code in Markdown, whatever it holds.
#[must_use]
pub fn code(text: &str) -> String {
    let text = visible(text).replace('\n', " ");
    let has_marks = |number: usize| text.split(|c| c != '`').any(|marks| marks.len() == number);
    if text.trim().is_empty() {
        "(blank)".to_owned()
    } else if !text.contains('`') {
        format!("`{text}`")
    } else if !has_marks(1) {
        format!("` {text} `")
    } else if !has_marks(2) {
        format!("`` {text} ``")
    } else {
        // Three marks would begin a block of code.
        inline(&text.replace('`', "\\`"))
    }
}

/// The text without what cannot be seen: control characters, which Rust does not take in a comment, and those that
/// turn the direction of a text, by which a comment could look like code.
pub fn visible(text: &str) -> Cow<'_, str> {
    let is_turning = |c: char| matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    let is_control = |c: char| c != '\n' && c.is_control();
    if text.chars().all(|c| !is_control(c) && !is_turning(c)) {
        return Cow::Borrowed(text);
    }
    let shown = |c: char| if is_control(c) { ' ' } else { c };
    Cow::Owned(text.replace("\r\n", "\n").chars().filter(|c| !is_turning(*c)).map(shown).collect())
}

#[cfg(test)]
mod tests {
    use pulldown_cmark::{BrokenLink, CodeBlockKind, Event, Options, Parser, Tag};

    use super::*;

    #[test]
    fn brackets_tags_and_bare_urls_are_escaped() {
        for (text, expected) in [
            ("an [array] of <b>", "an \\[array\\] of \\<b>"),
            ("[text][ref] and [^1]", "\\[text\\]\\[ref\\] and \\[^1\\]"),
            ("see https://docs.example.com.", "see <https://docs.example.com>."),
            ("**https://a.example**", "**<https://a.example>**"),
            ("see <https://a.b/c> and [d](https://e.f)", "see <https://a.b/c> and [d](https://e.f)"),
            ("[d](https://e.f \"title\") [e](/f)", "[d](https://e.f) \\[e\\](/f)"),
            ("`[kept]` and `open", "`[kept]` and \\`open"),
            ("``a ` b`` and ```c```", "`` a ` b `` and `c`"),
            ("an escaped \\` and \\[", "an escaped \\` and \\["),
            ("a\tb\u{202e}\u{1}c", "a b c"),
        ] {
            assert_eq!(markdown(text), expected, "{text}");
        }
    }

    #[test]
    fn every_code_block_is_fenced_with_the_language_text() {
        for (text, expected) in [
            ("    indented code", "indented code"),
            ("```\nlet x\n", "```text\nlet x\n```"),
            ("```rust\nlet x\n```\nafter", "```text\nlet x\n```\nafter"),
            ("~~~\n```\nx\n```\n~~~", "````text\n```\nx\n```\n````"),
            ("````\n```\n````", "````text\n```\n````"),
            ("- ```\n  x\n  ```", "```text\n  x\n```"),
            ("> ```\n> x\n\nafter", "\n> ```text\n> x\n> ```\n\nafter"),
        ] {
            assert_eq!(markdown(text), expected.trim_start(), "{text}");
        }
    }

    #[test]
    fn lists_keep_their_nesting_and_continuation_lines() {
        for (text, expected) in [
            ("a\n\n\n\nb", "a\n\nb"),
            ("- a\nmore\n- b\n  - c\n    more\n\nafter", "- a\n  more\n- b\n  - c\n    more\n\nafter"),
            ("1. a\n2. b\n\n    after", "1. a\n2. b\n\nafter"),
            ("text\n7. seven", "text\n\n7. seven"),
            ("- - -\nx", "- - -\nx"),
            ("- a\n# H", "- a\n# H"),
        ] {
            assert_eq!(markdown(text), expected, "{text}");
        }
    }

    #[test]
    fn long_lines_are_wrapped_and_no_word_becomes_a_list_marker() {
        let text = format!("{} - {}", "word ".repeat(20).trim(), "tail ".repeat(10).trim());
        let wrapped = markdown(&text);
        assert!(wrapped.lines().count() > 1);
        assert!(wrapped.lines().all(|line| !line.starts_with('-')), "{wrapped}");
        assert_eq!(wrapped.replace('\n', " "), text);
    }

    /// Pieces of usual and of malformed Markdown.
    const PIECES: &[&str] = &[
        "word",
        "[x]",
        "[x][y]",
        "[x]: y",
        "[x](https://a.example)",
        "[<b>](https://a.example)",
        "[^1]",
        "[^1]: note",
        "<b>",
        "</b>",
        "<br/>",
        "<!-- c -->",
        "<Accordion title=\"x\">",
        ":::tip",
        ":::",
        "`",
        "``",
        "```",
        "```rust",
        "~~~",
        "~~~~ x",
        "`code`",
        "`[x]`",
        "`` ` ``",
        "\\",
        "\\`",
        "\\[",
        "\n",
        "\n",
        "\n\n",
        "\n    ",
        "\n\n    ",
        "\n\n\t",
        "\n  ",
        "\n        let x = 1;",
        "- ",
        "* ",
        "+ ",
        "1. ",
        "7) ",
        "> ",
        ">",
        "- - -",
        "***",
        "---",
        "===",
        "# ",
        "| a | b |",
        "\n|---|---|",
        "https://a.example/b",
        "<https://a.example>",
        "<https://a.example",
        "http://",
        "*/",
        "/*",
        "\u{202e}",
        "\u{1}",
        "\r",
        "\r\n",
        "نقاط",
        "![i](https://a.example/i.png)",
        "&lt;b&gt;",
        "**",
        "_",
        "~~",
        "a long line of many words which has to be wrapped somewhere since it does not fit",
        " ",
        "      ",
    ];

    #[test]
    fn rustdoc_finds_no_doctest_no_tag_and_no_link_except_to_the_web() {
        let mut dice: u64 = 0x9E37_79B9_7F4A_7C15;
        let mut roll = || {
            dice ^= dice << 13;
            dice ^= dice >> 7;
            dice ^= dice << 17;
            dice
        };
        for _ in 0..20_000 {
            let length = roll() % 14;
            let count = PIECES.len() as u64;
            let text: String = (0..length).map(|_| PIECES[usize::try_from(roll() % count).unwrap()]).collect();
            assert_harmless(&text, &markdown(&text));
        }
        assert_harmless("quotes", &markdown(&">".repeat(100_000)));
    }

    fn assert_harmless(text: &str, out: &str) {
        let options = Options::ENABLE_TABLES
            | Options::ENABLE_FOOTNOTES
            | Options::ENABLE_STRIKETHROUGH
            | Options::ENABLE_TASKLISTS
            | Options::ENABLE_SMART_PUNCTUATION;
        assert!(!out.contains(|c: char| c.is_control() && c != '\n'), "{text:?}");
        // Like rustdoc, which takes an unresolved link for the name of an item.
        let broken = |link: BrokenLink<'_>| Some((format!("item:{}", link.reference).into(), "".into()));
        for event in Parser::new_with_broken_link_callback(out, options, Some(broken)) {
            let is_harmless = match &event {
                Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(language))) => language.as_ref() == "text",
                Event::Start(Tag::CodeBlock(CodeBlockKind::Indented) | Tag::FootnoteDefinition(_))
                | Event::FootnoteReference(_)
                | Event::Html(_)
                | Event::InlineHtml(_) => false,
                Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => is_url(dest_url),
                _ => true,
            };
            assert!(is_harmless, "{event:?} of {text:?}:\n{out}");
        }
    }

    #[test]
    fn code_is_code_whatever_it_holds() {
        for (text, expected) in
            [("a", "`a`"), ("a`b", "`` a`b ``"), ("a``b", "` a``b `"), ("a`b``c", "a\\`b\\`\\`c"), ("", "(blank)")]
        {
            assert_eq!(code(text), expected);
        }
    }
}
