//! Changes of the servers of operations, and of the variables in the URLs of servers.

use std::collections::BTreeSet;

use super::changes::{Changes, Owner, Place};
use super::rules::Kind;
use crate::model::{Api, Operation, ServerTemplate, Servers};

/// Compares the variables in the URLs of servers.
pub fn compare(changes: &mut Changes, old: &Api, new: &Api) {
    let (old, new) = (&old.servers, &new.servers);
    for (setter, server) in setters(old) {
        let item = item(setter);
        let Some((_, other)) = setters(new).into_iter().find(|(known, _)| *known == setter) else {
            changes.add(Kind::ServerVariableRemoved, Place::old(&server.at, Owner::Api), item);
            continue;
        };
        let [was, is] = [old, new].map(|servers| accepted(servers, setter));
        if was != is {
            let is_wider = is.as_ref().is_none_or(|is| was.as_ref().is_some_and(|was| was.is_subset(is)));
            let kind = if is_wider { Kind::ServerValuesExtended } else { Kind::ServerValuesRestricted };
            changes.add_values(kind, Place::new(&other.at, Owner::Api), item, [words(was), words(is)]);
        }
    }
    let known: Vec<_> = setters(old).into_iter().map(|(setter, _)| setter).collect();
    for (setter, server) in setters(new).into_iter().filter(|(setter, _)| !known.contains(setter)) {
        changes.add(Kind::ServerVariableAdded, Place::new(&server.at, Owner::Api), item(setter));
    }
}

/// Returns the setters of variables, each with the first server that has one.
fn setters(servers: &Servers) -> Vec<(&str, &ServerTemplate)> {
    let server =
        |setter: &str| servers.all().find(|server| server.variables.iter().any(|variable| variable.setter == setter));
    let setters = servers.variables().into_iter().map(|variable| variable.setter.as_str());
    setters.filter_map(|setter| Some((setter, server(setter)?))).collect()
}

fn item(setter: &str) -> String {
    format!("ServerVariables::{setter}")
}

/// Returns the values that all servers accept. `None` means any.
fn accepted<'a>(servers: &'a Servers, setter: &str) -> Option<BTreeSet<&'a str>> {
    let variables = servers.all().flat_map(|server| &server.variables).filter(|variable| variable.setter == setter);
    let lists = variables.filter(|variable| !variable.values.is_empty());
    let sets = lists.map(|variable| variable.values.iter().map(String::as_str).collect::<BTreeSet<_>>());
    sets.reduce(|all, of| all.intersection(&of).copied().collect())
}

fn words(values: Option<BTreeSet<&str>>) -> String {
    values.map_or_else(|| "any".to_owned(), |values| values.into_iter().collect::<Vec<_>>().join(" or "))
}

/// Compares the servers of an operation. Returns both, if they differ.
pub fn of_operations(old: (&Servers, &Operation), new: (&Servers, &Operation)) -> Option<[String; 2]> {
    let [was, is] = [old, new].map(|(servers, operation)| servers.own.get(operation.server?));
    let urls = |server: &ServerTemplate| {
        [&server.url, &server.with_defaults()].map(|url| url.trim_end_matches('/').to_owned())
    };
    let shown = |server: Option<&ServerTemplate>| {
        server.map_or_else(|| "the base URL".to_owned(), ServerTemplate::with_defaults)
    };
    (was.map(urls) != is.map(urls)).then(|| [was, is].map(shown))
}

#[cfg(test)]
mod tests {
    use super::super::reach::Reach;
    use super::*;
    use crate::document::Pointer;
    use crate::model::ServerVariable;
    use crate::model::testing::{api, operation};

    fn server(url: &str, variables: &[(&str, &[&str])]) -> ServerTemplate {
        let variables = variables.iter().map(|(name, values)| ServerVariable {
            name: (*name).to_owned(),
            setter: (*name).to_owned(),
            default: Some("d".to_owned()),
            values: values.iter().map(|value| (*value).to_owned()).collect(),
            description: None,
        });
        ServerTemplate { at: Pointer::root(), url: url.to_owned(), description: None, variables: variables.collect() }
    }

    fn with(own: ServerTemplate) -> Api {
        let operations = vec![Operation { server: Some(0), ..operation("a") }];
        Api { servers: Servers { base: None, own: vec![own] }, operations, ..api() }
    }

    fn changed(old: ServerTemplate, new: ServerTemplate) -> Vec<(Kind, Option<(String, String)>)> {
        let (old, new) = (with(old), with(new));
        let mut changes = Changes::new(Reach::of(&old), Reach::of(&new));
        compare(&mut changes, &old, &new);
        changes.into_list().into_iter().map(|change| (change.rule.kind, change.values)).collect()
    }

    #[test]
    fn variables_that_come_or_go_and_their_values_are_changes() {
        let of = |values| server("https://{v}", &[("v", values)]);
        let values = |was: &str, is: &str| Some((was.to_owned(), is.to_owned()));
        assert_eq!(changed(of(&["a"]), of(&["a"])), []);
        assert_eq!(changed(of(&["a"]), of(&["b", "a"])), [(Kind::ServerValuesExtended, values("a", "a or b"))]);
        assert_eq!(changed(of(&["a"]), of(&[])), [(Kind::ServerValuesExtended, values("a", "any"))]);
        assert_eq!(changed(of(&[]), of(&["a"])), [(Kind::ServerValuesRestricted, values("any", "a"))]);
        assert_eq!(
            changed(of(&["a", "b"]), of(&["c", "b"])),
            [(Kind::ServerValuesRestricted, values("a or b", "b or c"))]
        );
        let other = || server("https://{w}", &[("w", &[])]);
        let expected = [(Kind::ServerVariableRemoved, None), (Kind::ServerVariableAdded, None)];
        assert_eq!(changed(of(&[]), other()), expected);
    }

    #[test]
    fn another_server_of_an_operation_is_a_change() {
        let of = |old: ServerTemplate, new: ServerTemplate| {
            let (old, new) = (with(old), with(new));
            of_operations((&old.servers, &old.operations[0]), (&new.servers, &new.operations[0]))
        };
        let server = |url| server(url, &[("v", &[])]);
        assert_eq!(of(server("https://a/"), server("https://a")), None);
        let expected = ["https://a/d", "https://b/d"].map(str::to_owned);
        assert_eq!(of(server("https://a/{v}"), server("https://b/{v}")), Some(expected));
        let (own, none) = (with(server("https://a")), api());
        let found = of_operations((&own.servers, &own.operations[0]), (&none.servers, &operation("a")));
        assert_eq!(found, Some(["https://a", "the base URL"].map(str::to_owned)));
    }
}
