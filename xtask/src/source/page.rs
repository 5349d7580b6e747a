//! A Markdown page with an OpenAPI document in a fenced block.

use std::borrow::Cow;

use crate::diagnostics::{Code, Diagnostic, Place};
use crate::document::positions::Position;

/// The marks of a fence.
const FENCES: [&str; 2] = ["```", "~~~"];

/// A fenced block: the numbers of its first and its last line, counted from 0, without the fences.
struct Block {
    first: usize,
    end: usize,
}

/// Returns the document of a text: the text itself, or, if it is a page, its block with an OpenAPI document. All other
/// lines of a page are empty then, so that the document keeps its lines and columns.
///
/// A text is a page if it has a line that begins with a fence of backticks, which YAML and JSON cannot have.
///
/// # Errors
///
/// A page without such a block, or with several.
pub fn document(text: &str) -> Result<Cow<'_, str>, Diagnostic> {
    if !text.lines().any(|line| line.starts_with(FENCES[0])) {
        return Ok(Cow::Borrowed(text));
    }
    let lines: Vec<&str> = text.lines().collect();
    let blocks: Vec<_> =
        blocks(&lines).into_iter().filter(|block| has_document(&lines[block.first..block.end])).collect();
    match &blocks[..] {
        [block] => Ok(Cow::Owned(only(&lines, block))),
        [] => Err(Diagnostic::error(
            Code::NoDocumentInPage,
            Place::File,
            "the page has no fenced block with an OpenAPI document",
            "name a page with such a block, whose `openapi` is one of its first keys, or name the document itself",
        )),
        [_, second, ..] => Err(Diagnostic::error(
            Code::NoDocumentInPage,
            Place::At(Position { line: second.first + 1, column: 1 }),
            format!("the page has {} fenced blocks with an OpenAPI document, and this is the second", blocks.len()),
            "save the document that you mean as a file of its own",
        )),
    }
}

/// Returns whether a text is a page with at least one document, or begins as a document does.
pub fn may_have_document(text: &str) -> bool {
    let lines: Vec<&str> = text.lines().collect();
    let is_page = lines.iter().any(|line| line.starts_with(FENCES[0]));
    if is_page {
        blocks(&lines).iter().any(|block| has_document(&lines[block.first..block.end]))
    } else {
        has_document(&lines)
    }
}

/// Returns the fenced blocks of a page. One that is not closed ends with the page (CommonMark 0.31, section 4.5).
fn blocks(lines: &[&str]) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<(usize, &str)> = None;
    for (number, line) in lines.iter().enumerate() {
        let line = line.trim_start();
        match open {
            None => {
                let fence = FENCES.iter().find(|fence| line.starts_with(**fence));
                open = fence.map(|fence| (number + 1, &line[..length(line, fence)]));
            }
            Some((first, fence)) if line.starts_with(fence) && length(line, fence) == line.trim_end().len() => {
                blocks.push(Block { first, end: number });
                open = None;
            }
            Some(_) => {}
        }
    }
    blocks.extend(open.map(|(first, _)| Block { first, end: lines.len() }));
    blocks
}

/// Returns the number of times that a line begins with the mark of a fence.
fn length(line: &str, fence: &str) -> usize {
    let mark = fence.chars().next().unwrap_or('`');
    line.chars().take_while(|c| *c == mark).count()
}

/// Returns whether a block has the key `openapi`, or `swagger`, where a document has it.
fn has_document(lines: &[&str]) -> bool {
    let keys = ["openapi", "swagger"];
    lines.iter().any(|line| {
        let line = line.trim_start().trim_start_matches(['{', ' ']);
        let key = line.trim_start_matches(['"', '\'']);
        keys.iter().any(|name| {
            key.strip_prefix(name).is_some_and(|rest| rest.trim_start_matches(['"', '\'', ' ']).starts_with(':'))
        })
    })
}

/// Returns the page with empty lines in the place of all lines outside of a block.
fn only(lines: &[&str], block: &Block) -> String {
    let mut out = "\n".repeat(block.first);
    for line in &lines[block.first..block.end] {
        out.push_str(line);
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_of_a_page_keeps_its_lines() {
        for (page, expected) in [
            ("# A\n\n```yaml\nopenapi: 3.0.1\na: 1\n```\ntext\n", "\n\n\nopenapi: 3.0.1\na: 1\n"),
            ("```sh\ncurl\n```\n- b\n  ~~~\n  openapi: 3.0.1\n  ~~~\n", "\n\n\n\n\n  openapi: 3.0.1\n"),
            (
                "````json\n{\"openapi\": \"3.0.1\",\n \"a\": \"\n```\n\"}\n````\n",
                "\n{\"openapi\": \"3.0.1\",\n \"a\": \"\n```\n\"}\n",
            ),
            ("```\nopenapi: 3.0.1", "\nopenapi: 3.0.1\n"),
        ] {
            assert_eq!(document(page).expect("it has a document"), expected, "{page}");
        }
    }

    #[test]
    fn a_text_without_fences_is_the_document_itself() {
        let text = "openapi: 3.0.1\ninfo:\n  description: |\n    ```\n    code\n    ```\n";
        assert!(matches!(document(text), Ok(Cow::Borrowed(same)) if same == text));
    }

    #[test]
    fn a_page_without_a_document_or_with_several_is_refused() {
        let none = document("# A\n```sh\ncurl openapi\n```\n").unwrap_err();
        assert_eq!((none.code, none.place), (Code::NoDocumentInPage, Place::File));
        let two = document("```\nopenapi: 3.0.1\n```\n\n```\nopenapi: 3.0.1\n```\n").unwrap_err();
        assert_eq!(two.place, Place::At(Position { line: 6, column: 1 }));
    }
}
