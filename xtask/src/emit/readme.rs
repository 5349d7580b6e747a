//! The README of the package.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::example_values::has_values;
use super::files::BANNER;
use super::markdown::{cell, in_cell, markdown};
use super::package::Package;
use super::package_name::library;
use super::{calls, credentials, links, servers};
use crate::model::{Api, Operation, Security};

/// Returns the README.
pub fn readme(api: &Api, package: &Package) -> String {
    let library = library(&package.name);
    let title = one_line(&markdown(&api.info.title));
    let title = if title.is_empty() { &package.name } else { &title };
    let described = api.info.description.as_ref().map(|description| markdown(description));
    let described = described.filter(|text| !text.is_empty()).unwrap_or_else(|| markdown(&api.info.sentence()));
    let mut described = described;
    links::add_see_also(&mut described, api.info.see_also.as_ref());
    let mut out = format!("<!-- {BANNER}. Do not edit. -->\n\n# {title}\n\n{described}\n\n");
    let settings = match &api.security {
        Security::Token => "token and base URL",
        Security::Schemes { schemes, .. } if schemes.is_empty() => "base URL",
        Security::Schemes { .. } => "credentials and base URL",
    };
    if let Some(call) = api.operations.iter().find_map(calls::example) {
        let _ = write!(
            out,
            "```rust,no_run\nuse {library}::Client;\n\n\
             async fn example() -> Result<(), Box<dyn std::error::Error>> {{\n    \
             let client = Client::from_env()?; // {settings} from the environment\n    \
             let answer = {call}.send().await?;\n    println!(\"{{:?}}\", *answer);\n    Ok(())\n}}\n```\n\n"
        );
    }
    let has_groups = groups(&mut out, api);
    let connection = [credentials::readme(&api.security), servers::readme(api)].map(Option::unwrap_or_default).concat();
    out += if has_groups && !connection.is_empty() { "\n## Credentials and servers\n" } else { "" };
    out += &connection;
    out += &streams(&api.operations);
    out += if has_groups { "\n## Failures and features\n" } else { "" };
    out += "\nAll failures are described at `Error`. The feature `rustls` (the default) or `native-tls` selects the TLS \
            library. The feature `oauth` adds access tokens that are refreshed automatically. The feature `mock` adds \
            responses without a network, for tests";
    out += if has_values(&api.examples) { ", and the documented examples as values (`examples`).\n" } else { ".\n" };
    out
}

/// Returns the paragraph about the operations whose answers are streams of items.
fn streams(operations: &[Operation]) -> String {
    let names = operations.iter().filter(|operation| operation.has_stream());
    let names: Vec<_> = names.map(|operation| format!("`{}`", operation.name)).collect();
    if names.is_empty() {
        return String::new();
    }
    format!(
        "\nThe items of these answers arrive one after another, in a stream that `send` returns: {}. `try_next` of the \
         stream returns each item.\n",
        names.join(", ")
    )
}

/// Writes a table of the operations for each group. Returns whether there are groups.
fn groups(out: &mut String, api: &Api) -> bool {
    let mut groups: BTreeMap<Option<&str>, Vec<&Operation>> = BTreeMap::new();
    for operation in &api.operations {
        groups.entry(operation.group.as_deref()).or_default().push(operation);
    }
    let has_groups = groups.keys().any(Option::is_some);
    if has_groups {
        out.push_str("## Operations\n\n");
    }
    // Those without a group come first.
    for (number, (group, of_group)) in groups.iter().enumerate() {
        if let Some(group) = group {
            let _ = write!(out, "{}### {}\n\n", if number > 0 { "\n" } else { "" }, one_line(&markdown(group)));
            if let Some(link) = api.group_links.get(*group) {
                let _ = write!(out, "{}\n\n", links::see_also(link));
            }
        }
        operations(out, of_group);
    }
    has_groups
}

/// Writes the table of the operations.
fn operations(out: &mut String, operations: &[&Operation]) {
    if !operations.is_empty() {
        out.push_str("| operation | request | summary |\n|---|---|---|\n");
    }
    for operation in operations {
        let request = cell(&operation.request_line());
        let summary = operation.summary.as_deref().map(|text| in_cell(&one_line(&markdown(text))));
        let _ = writeln!(out, "| `{}` | {request} | {} |", operation.name, summary.unwrap_or_default());
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::super::testing::{api, operation};
    use super::*;

    #[test]
    fn the_operations_are_listed_in_a_table() {
        let mut out = String::new();
        let summary = Some("all\n| of them".to_owned());
        assert!(!groups(&mut out, &Api { operations: vec![Operation { summary, ..operation("list") }], ..api() }));
        assert!(out.ends_with("|---|---|---|\n| `list` | `GET /a` | all \\| of them |\n"), "{out}");
    }

    #[test]
    fn the_operations_of_each_group_have_a_table() {
        let mut out = String::new();
        let of = |group: Option<&str>, name: &str| Operation { group: group.map(str::to_owned), ..operation(name) };
        let operations = vec![of(Some("B/C"), "b"), of(None, "none"), of(Some("A"), "a"), of(Some("B/C"), "c")];
        assert!(groups(&mut out, &Api { operations, ..api() }));
        let lines: Vec<_> = out.lines().filter(|line| line.starts_with(['#', '|'])).collect();
        let names: Vec<_> = lines.into_iter().filter(|line| line.starts_with('#') || line.contains('`')).collect();
        let row = |name: &str| format!("| `{name}` | `GET /a` |  |");
        assert_eq!(names, ["## Operations", &row("none"), "### A", &row("a"), "### B/C", &row("b"), &row("c")]);
    }

    #[test]
    fn an_api_without_operations_has_no_table_and_no_example() {
        let package = Package {
            name: "a".to_owned(),
            fingerprint: String::new(),
            runtime: String::new(),
            is_alone: false,
            emit_tests: false,
        };
        let found = readme(&api(), &package);
        assert!(!found.contains("| operation |") && !found.contains("```"), "{found}");
        assert!(found.contains("\n# t\n\nA client of t.\n\n"), "{found}");
    }
}
