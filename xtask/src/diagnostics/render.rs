//! Formats findings as text. annotate-snippets lays them out like the diagnostics of rustc.
//!
//! The renderer gets only the lines around each place, and only a part of a long line. So a document of one line, or
//! ten thousand findings, cost no more than the printed text.

use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::Range;

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::diagnostic::{Diagnostic, Mark, Severity, placed};
use crate::document::Source;

/// Only a part of a line with more characters than this is printed, the window.
const WIDEST: usize = 120;
/// The number of characters in the window before the place.
const BEFORE: usize = 40;
/// The most lines between two places that are printed in one excerpt.
const NEAR: usize = 6;
/// The width of the terminal for the renderer. Long lines are cut before, so it is large.
const TERMINAL: usize = 1000;

/// Returns the findings as text, in the order of the document: the message, the lines, the reason and the remedy. The
/// reason is printed with the first finding of each kind.
#[must_use]
pub fn render(source: &Source, findings: &[Diagnostic], has_colour: bool) -> String {
    let renderer = if has_colour { Renderer::styled() } else { Renderer::plain() }.term_width(TERMINAL);
    let mut known = HashSet::new();
    let mut out = String::new();
    for (at, finding) in placed(source, findings) {
        let why = known.insert((finding.code, finding.why())).then(|| finding.why());
        out += &render_one(&renderer, source, at.as_ref(), finding, why);
        out += "\n\n";
    }
    out
}

/// Returns one finding as text. `why` is its reason, if that is to be printed.
fn render_one(
    renderer: &Renderer,
    source: &Source,
    at: Option<&Mark<'_>>,
    finding: &Diagnostic,
    why: Option<&str>,
) -> String {
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let title = level.primary_title(&*finding.message).id(finding.code.as_str());
    let (excerpts, elsewhere) = excerpts(source, at, finding);
    let mut group = Group::with_title(title);
    if excerpts.first().is_none_or(|excerpt| !excerpt.has_primary) {
        group = group.element(origin(finding.place.file(source), at));
    }
    group = group.elements(excerpts.iter().map(Excerpt::snippet));
    group = group.elements(elsewhere.into_iter().map(|place| Level::NOTE.message(place)));
    group = group.elements(why.map(|why| Level::NOTE.message(why)));
    group = group.elements(finding.remedy().map(|remedy| Level::HELP.message(remedy)));
    let text = renderer.render(&[group]);
    excerpts.iter().fold(text, |text, excerpt| excerpt.with_true_column(text))
}

/// Returns a place without its line, which cannot be printed.
fn origin<'s>(file: &'s Source, at: Option<&Mark<'_>>) -> Origin<'s> {
    let origin = Origin::path(&*file.name);
    match at {
        Some(Mark { span, .. }) => origin.line(span.start.line).char_column(span.start.column),
        None => origin,
    }
}

/// Returns the excerpts of the text, the one with the place of the finding first. Also returns the related places that
/// cannot be printed, in words.
fn excerpts<'f>(source: &'f Source, at: Option<&Mark<'f>>, finding: &'f Diagnostic) -> (Vec<Excerpt<'f>>, Vec<String>) {
    let mut excerpts: Vec<Excerpt<'f>> = Vec::new();
    let mut elsewhere = Vec::new();
    excerpts.extend(at.and_then(|at| Excerpt::of(at, None)));
    for (place, what) in &finding.related {
        let stretch = Mark::of(source, place);
        let is_printed = stretch.is_some_and(|stretch| {
            excerpts.first_mut().is_some_and(|first| first.takes(&stretch, what))
                || Excerpt::of(&stretch, Some(what)).map(|excerpt| excerpts.push(excerpt)).is_some()
        });
        if !is_printed {
            elsewhere.push(format!("{what}: {}", place.file(source).name));
        }
    }
    (excerpts, elsewhere)
}

/// Lines of the text of a file with their marks.
struct Excerpt<'f> {
    file: &'f Source,
    /// The numbers of the first and the last line.
    lines: (usize, usize),
    /// The byte range of the window, if the excerpt is one long line.
    window: Option<Range<usize>>,
    /// The marked byte ranges of the text: the place of the finding without a label, related places with one.
    marks: Vec<(Range<usize>, Option<&'f str>)>,
    has_primary: bool,
    /// The column of the first mark.
    column: usize,
}

impl<'f> Excerpt<'f> {
    fn of(at: &Mark<'f>, label: Option<&'f str>) -> Option<Self> {
        let (file, bytes) = (at.file, at.bytes.clone()?);
        let number = at.span.start.line;
        let line = file.lines().line(&file.text, number)?;
        Some(Self {
            file,
            lines: (number, number),
            window: window(&file.text, line, bytes.start),
            marks: vec![(bytes, label)],
            has_primary: label.is_none(),
            column: at.span.start.column,
        })
    }

    /// Adds a mark for another place, if it is near and the line is not cut. Returns whether it did.
    fn takes(&mut self, at: &Mark<'f>, label: &'f str) -> bool {
        let Some(other) = Self::of(at, Some(label)).filter(|other| std::ptr::eq(self.file, other.file)) else {
            return false;
        };
        let lines = (self.lines.0.min(other.lines.0), self.lines.1.max(other.lines.1));
        let mut between = (lines.0..=lines.1).filter_map(|number| self.file.lines().line(&self.file.text, number));
        let is_near = lines.1 - lines.0 <= NEAR && between.all(|line| !is_long(&self.file.text[line]));
        if is_near {
            self.lines = lines;
            self.marks.extend(other.marks);
        }
        is_near
    }

    fn snippet(&self) -> Snippet<'f, Annotation<'f>> {
        let printed = self.printed();
        let before = self.ellipsis().len();
        let marks = self.marks.iter().map(|(bytes, label)| {
            let place = |byte: usize| before + byte.clamp(printed.start, printed.end) - printed.start;
            let kind = if label.is_none() { AnnotationKind::Primary } else { AnnotationKind::Context };
            kind.span(place(bytes.start)..place(bytes.end)).label(*label)
        });
        let marks: Vec<_> = marks.collect();
        Snippet::source(self.text()).path(&*self.file.name).line_start(self.lines.0).annotations(marks)
    }

    /// Returns the byte range of the excerpt in the text.
    fn printed(&self) -> Range<usize> {
        let line = |number| self.file.lines().line(&self.file.text, number).unwrap_or_default();
        self.window.clone().unwrap_or_else(|| line(self.lines.0).start..line(self.lines.1).end)
    }

    fn text(&self) -> Cow<'f, str> {
        let printed = self.printed();
        let text = &self.file.text[printed.clone()];
        if self.window.is_none() {
            return Cow::Borrowed(text);
        }
        let is_cut = self.file.lines().line(&self.file.text, self.lines.0).is_some_and(|line| printed.end < line.end);
        Cow::Owned(format!("{}{text}{}", self.ellipsis(), if is_cut { "…" } else { "" }))
    }

    /// Returns the ellipsis in front of a window that does not begin with its line.
    fn ellipsis(&self) -> &'static str {
        let line = self.file.lines().line(&self.file.text, self.lines.0);
        let is_cut = self.window.as_ref().zip(line).is_some_and(|(window, line)| window.start > line.start);
        if is_cut { "…" } else { "" }
    }

    /// Replaces the column in the window, which the renderer printed, by the column in the line.
    fn with_true_column(&self, text: String) -> String {
        let (Some(window), Some((mark, _))) = (&self.window, self.marks.first()) else { return text };
        let before = self.ellipsis().chars().count() + self.file.text[window.start..mark.start].chars().count();
        let place = |column: usize| format!("{}:{}:{column}\n", self.file.name, self.lines.0);
        text.replacen(&place(before + 1), &place(self.column), 1)
    }
}

fn is_long(line: &str) -> bool {
    line.len() > WIDEST && line.chars().nth(WIDEST).is_some()
}

/// Returns the byte range of the window around a place in a long line.
fn window(text: &str, line: Range<usize>, at: usize) -> Option<Range<usize>> {
    if !is_long(&text[line.clone()]) {
        return None;
    }
    let start =
        text[line.start..at].char_indices().rev().nth(BEFORE - 1).map_or(line.start, |(byte, _)| line.start + byte);
    let end = text[start..line.end].char_indices().nth(WIDEST).map_or(line.end, |(byte, _)| start + byte);
    Some(start..end)
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;
    use crate::diagnostics::{Code, Place};
    use crate::document::Pointer;
    use crate::document::positions::Position;

    fn value(key: &str) -> Place {
        Place::Value(Pointer::root().key(key))
    }

    fn error(place: Place) -> Diagnostic {
        Diagnostic::error(Code::EmptyEnum, place, "it is wrong", "fix it")
    }

    fn plain(text: &str, finding: Diagnostic) -> String {
        render(&Source::new("api.yaml", text), &[finding], false)
    }

    const REST: &str =
        "  |\n  = note: no value fits an empty list, so the client ignores the list\n  = help: fix it\n\n";

    #[test]
    fn a_finding_has_its_code_its_place_its_line_a_reason_and_a_remedy() {
        let expected = "error[empty-enum]: it is wrong\n --> api.yaml:2:4\n  |\n2 | b: [1, 2] # two\n  |    ^^^^^^\n";
        assert_eq!(plain("a: 1\nb: [1, 2] # two\n", error(value("b"))), format!("{expected}{REST}"));
    }

    #[test]
    fn the_reason_is_given_once_and_the_remedy_every_time() {
        let findings = [error(value("a")), error(value("b"))];
        let text = render(&Source::new("api.yaml", "a: 1\nb: 2\n"), &findings, false);
        assert_eq!((text.matches("= note: ").count(), text.matches("= help: ").count()), (1, 2), "{text}");
    }

    #[test]
    fn arabic_tabs_and_carriage_returns_do_not_move_the_mark() {
        for (text, expected) in [
            ("{قاف: س, \"b\": 12}\n", ":1:15\n  |\n1 | {قاف: س, \"b\": 12}\n  |               ^^\n"),
            ("{\r\n\"b\": 12}\r\n", ":2:6\n  |\n2 | \"b\": 12}\n  |      ^^\n"),
            ("{\n\t\"b\": 12}\n", ":2:7\n  |\n2 |     \"b\": 12}\n  |          ^^\n"),
        ] {
            let text = plain(text, error(value("b")));
            assert!(text.contains(expected), "{text}");
        }
    }

    #[test]
    fn a_related_place_is_in_the_same_excerpt_if_it_is_near() {
        let with = |text: &str| plain(text, error(value("b")).with_related(value("a"), "the other one"));
        let near = " --> api.yaml:3:4\n  |\n1 | a: 1\n  |    - the other one\n2 |\n3 | b: 2\n  |    ^\n";
        assert!(with("a: 1\n\nb: 2\n").contains(near), "{}", with("a: 1\n\nb: 2\n"));
        let far = with(&format!("a: 1\n{}b: 2\n", "\n".repeat(20)));
        let expected = "  --> api.yaml:22:4\n   |\n22 | b: 2\n   |    ^\n   |\n  ::: api.yaml:1:4\n   |\n 1 | a: 1\n   |    - the other one\n";
        assert!(far.contains(expected), "{far}");
    }

    #[test]
    fn a_long_line_is_cut_and_its_column_is_right() {
        let text = format!("{{\"a\": \"{}\", \"b\": 12, \"c\": \"{}\"}}", "ق".repeat(5_000), "x".repeat(5_000));
        let text = plain(&text, error(value("b")));
        let expected = format!(
            " --> api.yaml:1:5016\n  |\n1 | …{}\", \"b\": 12, \"c\": \"{}…\n  | {}^^\n",
            "ق".repeat(32),
            "x".repeat(70),
            " ".repeat(41)
        );
        assert!(text.contains(&expected), "{text}\n{expected}");
    }

    #[test]
    fn a_related_place_in_the_same_long_line_has_a_window_of_its_own() {
        let text = format!("{{\"a\": 1, \"x\": \"{}\", \"b\": 2}}", "x".repeat(5_000));
        let text = plain(&text, error(value("b")).with_related(value("a"), "the other one"));
        assert!(text.contains(" --> api.yaml:1:5024\n") && text.contains(" ::: api.yaml:1:7\n"), "{text}");
    }

    #[test]
    fn a_place_without_a_line_is_still_named() {
        let at = Place::At(Position { line: 7, column: 3 });
        assert!(plain("", error(at)).starts_with("error[empty-enum]: it is wrong\n--> api.yaml:7:3\n"));
        assert!(plain("", error(Place::File)).starts_with("error[empty-enum]: it is wrong\n--> api.yaml\n"));
        let related = error(Place::File).with_related(Place::File, "the other one");
        assert!(plain("", related).contains("= note: the other one: api.yaml\n"));
    }

    #[test]
    fn colours_are_used_only_when_asked_for() {
        let source = Source::new("api.yaml", "a: 1\n");
        assert!(!render(&source, &[error(value("a"))], false).contains('\x1b'));
        assert!(render(&source, &[error(value("a"))], true).contains('\x1b'));
    }

    #[test]
    fn control_characters_are_not_written_to_the_terminal() {
        let text = plain("a: \"\x1b[31m\u{202e}\"\n", error(value("a")));
        assert!(!text.contains(['\x1b', '\u{202e}']), "{text}");
    }

    /// Each finding has a related place. The text has many lines, or is one line of more than half a megabyte.
    #[test]
    fn the_time_grows_with_the_number_of_findings_and_not_with_the_text() {
        const COUNT: usize = 3_000;
        for (end, separator) in [("\n", "\n"), ("", ", ")] {
            let lines: Vec<_> = (0..COUNT).map(|number| format!("\"k{number}\": {}", "9".repeat(200))).collect();
            let text = format!("{{{}}}{end}", lines.join(&format!("{separator}  ")));
            let place = |number: usize| value(&format!("k{number}"));
            let findings: Vec<_> = (0..COUNT)
                .map(|number| error(place(number)).with_related(place(COUNT - 1 - number), "the other"))
                .collect();
            let source = Source::new("api.json", text);
            let _ = source.value_span(&Pointer::root());
            let started = Instant::now();
            assert_eq!(render(&source, &findings, false).matches("error[empty-enum]").count(), COUNT);
            assert!(started.elapsed() < Duration::from_secs(15), "{:?}", started.elapsed());
        }
    }
}
