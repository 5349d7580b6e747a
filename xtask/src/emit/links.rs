//! Links in the documentation: to further documentation, and to the operations that answers lead to.

use std::fmt::Write as _;

use super::markdown::{code, markdown};
use crate::model::{Link, LinkTarget, LinkedValue, SeeAlso};

/// Adds a link to further documentation, as a paragraph.
pub fn add_see_also(text: &mut String, of: Option<&SeeAlso>) {
    if let Some(of) = of {
        *text = format!("{}\n\n{}", text.trim_end(), see_also(of));
    }
}

/// Returns the sentence with a link to further documentation. A URL that is relative is no link: the documentation is
/// elsewhere than the document.
pub fn see_also(of: &SeeAlso) -> String {
    let label = of.description.as_deref().map(label);
    let is_link = of.url.starts_with("https://") || of.url.starts_with("http://");
    match (label, is_link) {
        (Some(label), true) => format!("See also [{label}]({}).", url(&of.url)),
        (None, true) => format!("See also <{}>.", url(&of.url)),
        (Some(label), false) => format!("See also {}: {label}.", code(&of.url)),
        (None, false) => format!("See also {}.", code(&of.url)),
    }
}

/// Returns a text on one line in which nothing is Markdown.
fn label(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let escaped = |c: char| if "\\`*_[]<>~&!|".contains(c) { vec!['\\', c] } else { vec![c] };
    line.trim_end_matches('.').chars().flat_map(escaped).collect()
}

/// Returns a URL without characters that end it in Markdown.
fn url(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if c.is_whitespace() || c.is_control() || "()<>[]\\`\"|*_".contains(c) {
            for byte in c.to_string().bytes() {
                let _ = write!(out, "%{byte:02X}");
            }
        } else {
            out.push(c);
        }
    }
    out
}

/// Returns the section about the operations that the answers lead to; an empty text if there are none.
pub fn section(links: &[Link]) -> String {
    if links.is_empty() {
        return String::new();
    }
    let items: Vec<_> = links.iter().map(item).collect();
    format!("# Links\n\nOther operations take values of an answer:\n\n{}\n", items.join("\n"))
}

fn item(link: &Link) -> String {
    let target = match &link.target {
        LinkTarget::Method(name) => format!("[`{name}`](Self::{name})"),
        LinkTarget::Elsewhere(text) => code(text),
    };
    let values = link.values.iter().map(|(setter, value)| format!("{} is {}", code(setter), words(value)));
    let values: Vec<_> = values.collect();
    let values = if values.is_empty() { String::new() } else { format!(", where {}", values.join(", and ")) };
    let description = link.description.as_deref().map(|text| format!(" {}", markdown(text).replace('\n', " ")));
    format!("- {}: {target}{values}.{}", code(&link.status), description.unwrap_or_default())
}

fn words(value: &LinkedValue) -> String {
    match value {
        LinkedValue::Part(words, name) => words.replace("{}", &code(name)),
        LinkedValue::Whole(of) => (*of).to_owned(),
        LinkedValue::Fixed(text) => code(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sentence(url: &str, description: Option<&str>) -> String {
        see_also(&SeeAlso { url: url.to_owned(), description: description.map(str::to_owned) })
    }

    #[test]
    fn a_link_to_documentation_is_markdown_whatever_it_holds() {
        assert_eq!(sentence("https://a.b/c", Some("The\nguide.")), "See also [The guide](https://a.b/c).");
        assert_eq!(sentence("https://a.b/c", None), "See also <https://a.b/c>.");
        let evil = sentence("https://a.b/) <b>_x_", Some("[a](b) <b>`"));
        assert_eq!(evil, r"See also [\[a\](b) \<b\>\`](https://a.b/%29%20%3Cb%3E%5Fx%5F).");
        assert_eq!(sentence("docs/a.md", Some("Guide")), "See also `docs/a.md`: Guide.");
        assert_eq!(sentence("javascript:x", None), "See also `javascript:x`.");
    }

    #[test]
    fn a_link_of_an_answer_names_its_operation_and_its_values() {
        let link = Link {
            status: "201".to_owned(),
            target: LinkTarget::Method("get_user".to_owned()),
            values: vec![
                ("id".to_owned(), LinkedValue::Part("{} of the body of the answer", "/id".to_owned())),
                ("kind".to_owned(), LinkedValue::Fixed("7".to_owned())),
            ],
            description: Some("The new\nuser.".to_owned()),
        };
        let found = section(&[link]);
        let expected = "- `201`: [`get_user`](Self::get_user), where `id` is `/id` of the body of the answer, and `kind` is `7`. The new user.\n";
        assert!(found.ends_with(expected), "{found}");
        assert_eq!(section(&[]), "");
    }
}
