//! The guide on the first page of the crate's documentation. It is not in the README, where links to items lead nowhere.

use syn::{Attribute, parse_quote};

use super::docs;
use crate::model::{Api, Security};

/// Returns the guide as attributes of the crate: a table with links to the items. A module of a feature has a link only
/// if the feature is enabled.
pub fn attributes(api: &Api) -> Vec<Attribute> {
    // rustfmt leaves these attributes as they are printed, as long as they fit on a line.
    let mut attributes = docs::inner_attributes(&table(api));
    for (feature, row) in
        [("mock", " | tests without a network | [`mock`] |"), ("oauth", " | access tokens of OAuth | [`oauth`] |")]
    {
        attributes.push(parse_quote!(#![cfg_attr(feature = #feature, doc = #row)]));
    }
    attributes
}

fn table(api: &Api) -> String {
    let Api { security, operations, servers, .. } = api;
    let mut rows = vec![
        "\n# Guide\n\n| to learn about | see |\n|---|---|".to_owned(),
        row("operations", "the methods of [`Client`]"),
    ];
    match security {
        Security::Token => rows.push(row("tokens, base URLs and timeouts", "[`ClientBuilder`]")),
        Security::Schemes { schemes, .. } => {
            if !schemes.is_empty() {
                rows.push(row("API keys, passwords and tokens", "[`Credentials`]"));
            }
            rows.push(row("base URLs and timeouts", "[`ClientBuilder`]"));
        }
    }
    if !servers.variables().is_empty() {
        rows.push(row("variables in the URLs of servers", "[`ServerVariables`]"));
    }
    if !servers.own.is_empty() {
        rows.push(row("servers of single operations", "[`ClientBuilder::server`]"));
    }
    if let Some(paged) = operations.iter().find(|operation| operation.pagination.is_some()) {
        let name = &paged.builder;
        let links = format!("[`{name}::stream`] and [`{name}::pages`], which return [`Items`] and [`Pages`]");
        rows.push(row("lists in pages", &links));
    }
    if let Some(streamed) = operations.iter().find(|operation| operation.has_stream()) {
        let links = "[`ItemStream`](salla_runtime::ItemStream), which";
        rows.push(row(
            "items that arrive one after another",
            &format!("{links} [`{}::send`] returns", streamed.builder),
        ));
    }
    let documented =
        operations.iter().map(|operation| &operation.failures).find(|failures| !failures.answers.is_empty());
    let documented = documented.map(|failures| &failures.name);
    let documented = documented.map(|name| format!(", and the failures of each operation, such as [`{name}`]"));
    rows.push(row("errors", &format!("[`Error`]{}", documented.unwrap_or_default())));
    rows.push(row("retries", "[`RetryPolicy`]"));
    rows.push(row("rate limits", "[`Pacing`] and [`Quota`]"));
    if let Some(scoped) = operations.iter().find(|operation| !operation.scopes.is_empty()) {
        rows.push(row("scopes", &format!("the constant of each operation, such as [`{}::SCOPES`]", scoped.builder)));
    }
    rows.push(row("headers and bodies of responses", "[`Response`] and [`RawResponse`]"));
    rows.push(row("requests to other endpoints", "[`Transport::request`](salla_runtime::Transport::request)"));
    rows.join("\n")
}

fn row(subject: &str, links: &str) -> String {
    format!("| {subject} | {links} |")
}

#[cfg(test)]
mod tests {
    use super::super::testing::{api, operation, text, with_answers};
    use super::*;
    use crate::model::{Body, Framing, Item};

    #[test]
    fn the_guide_links_what_the_crate_has() {
        let found = table(&api());
        assert!(found.contains("| errors | [`Error`] |") && !found.contains("Items") && !found.contains("SCOPES"));
        let mut list = operation("list");
        list.scopes.push("a.read".to_owned());
        list.failures = with_answers(&[("404", Body::Nothing)]).failures;
        list.failures.name = "ListError".to_owned();
        let found = table(&Api { operations: vec![operation("get"), list], ..api() });
        assert!(found.contains("such as [`List::SCOPES`] |") && found.contains("such as [`ListError`] |"), "{found}");
    }

    #[test]
    fn the_guide_links_the_stream_of_an_answer() {
        let streamed = with_answers(&[("200", Body::Stream(Framing::Events, Item::Text))]);
        let found = table(&Api { operations: vec![operation("get"), streamed], ..api() });
        assert!(found.contains("(salla_runtime::ItemStream), which [`A::send`] returns |"), "{found}");
    }

    #[test]
    fn a_module_of_a_feature_has_a_link_only_with_the_feature() {
        let found = attributes(&api()).iter().map(text).collect::<String>();
        assert!(found.contains(r#"#![cfg_attr(feature="mock",doc="|tests"#), "{found}");
        assert!(!table(&api()).contains("mock") && !table(&api()).contains("oauth"));
    }
}
