//! The servers of an API: a table of them, and a type with a setter for each variable in their URLs. The crate of an API
//! whose base URL is a constant, and whose operations all use it, has none of this.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Expr, File, ImplItem, Item, ItemImpl, ItemStruct, parse_quote};

use super::docs;
use super::expressions;
use super::markdown::{cell, code, in_cell, markdown};
use super::syntax::{ident, import, string};
use super::wrapper::Wrapper;
use crate::model::{Api, Operation, ServerTemplate, ServerVariable, Servers};

const WRAPPER: Wrapper = Wrapper { name: "ServerVariables", set: "VariableSet", table: "SERVERS", noun: "variables" };

/// Returns the file `servers.rs`, unless the client needs nothing but its base URL.
pub fn file(servers: &Servers) -> Option<File> {
    if servers.is_empty() {
        return None;
    }
    let variables = servers.variables();
    let mut imported = vec!["Server", "Servers"];
    if !variables.is_empty() {
        imported.extend(["Variable", "VariableSet"]);
    }
    let imports = import(syn::Visibility::Inherited, &["salla_runtime", "codegen"], imported);
    let mut items = vec![Item::Use(imports), table(servers)];
    if !variables.is_empty() {
        items.extend([Item::Struct(definition()), Item::Impl(setters(servers, &variables))]);
        items.extend(WRAPPER.conversions());
    }
    Some(docs::file("The servers of the API.", items))
}

/// Returns the call that gives the builder of a client the servers.
pub fn builder_call(servers: &Servers) -> Option<TokenStream> {
    (!servers.is_empty()).then(|| quote!(.served_by(&crate::servers::SERVERS)))
}

/// Returns the sentence about the server of an operation and its description, if the operation has its own.
pub fn own_words(servers: &Servers, operation: &Operation) -> Option<String> {
    let server = servers.own.get(operation.server?)?;
    let relative = if is_relative(server) { ", relative to the base URL" } else { "" };
    let described = server.description.as_deref().map(|text| format!(" {}", markdown(text)));
    Some(format!("Server: {}{relative}.{}", code(&server.url), described.unwrap_or_default()))
}

fn is_relative(server: &ServerTemplate) -> bool {
    let url = server.with_defaults();
    !url.contains("://") && !url.starts_with("//")
}

/// Returns the table of the servers.
fn table(servers: &Servers) -> Item {
    let base = match &servers.base {
        Some(base) => expressions::call(&["Some"], [server(base)]),
        None => expressions::name("None"),
    };
    let own = servers.own.iter().map(server);
    parse_quote! {
        pub(crate) static SERVERS: Servers = Servers { base: #base, own: &[#(#own),*] };
    }
}

/// Returns a server as the runtime has it.
fn server(server: &ServerTemplate) -> Expr {
    let variables = server.variables.iter().map(variable);
    expressions::call(&["Server", "new"], [expressions::text(&server.url), parse_quote!(&[#(#variables),*])])
}

/// Returns a variable as the runtime has it.
fn variable(variable: &ServerVariable) -> Expr {
    let values = variable.values.iter().map(|value| string(value));
    let names = [&variable.name, &variable.setter].map(|name| expressions::text(name));
    let expr = expressions::call(&["Variable", "new"], names.into_iter().chain([parse_quote!(&[#(#values),*])]));
    match &variable.default {
        Some(default) => expressions::method(expr, "or", [expressions::text(default)]),
        None => expr,
    }
}

fn definition() -> ItemStruct {
    let mut definition: ItemStruct = parse_quote! {
        #[derive(Clone, Debug)]
        pub struct ServerVariables(VariableSet);
    };
    let text = "The variables in the URLs of the API's servers: see \
                [`ClientBuilder::server_variables`](crate::ClientBuilder::server_variables). A variable without a value has \
                its default.";
    docs::set(&mut definition.attrs, text);
    definition
}

fn setters(servers: &Servers, variables: &[&ServerVariable]) -> ItemImpl {
    let new = docs::attributes("Creates a set without values.");
    let setters = variables.iter().map(|variable| setter(servers, variable));
    parse_quote! {
        impl ServerVariables {
            #(#new)*
            #[must_use]
            pub fn new() -> Self {
                Self::default()
            }

            #(#setters)*
        }
    }
}

fn setter(servers: &Servers, variable: &ServerVariable) -> ImplItem {
    let (name, text) = (ident(&variable.setter), string(&variable.setter));
    let attributes = docs::attributes(&setter_docs(servers, variable));
    parse_quote! {
        #(#attributes)*
        #[must_use]
        pub fn #name(self, value: impl Into<String>) -> Self {
            Self(self.0.set(#text, value))
        }
    }
}

fn setter_docs(servers: &Servers, variable: &ServerVariable) -> String {
    let mut text =
        format!("Sets the variable {} of {}.", code(&variable.name), joined(&urls(servers, variable), "and"));
    if let Some(description) = &variable.description {
        text += &format!("\n\n{}", markdown(description));
    }
    for (server, of) in uses(servers, variable) {
        let of_server =
            if urls(servers, variable).len() > 1 { format!(" of {}", code(&server.url)) } else { String::new() };
        text += &format!("\n\nValues{of_server}: {}.", values(of));
    }
    text
}

/// Returns the servers whose URLs have a variable, each with its own form of the variable.
fn uses<'a>(
    servers: &'a Servers,
    variable: &'a ServerVariable,
) -> impl Iterator<Item = (&'a ServerTemplate, &'a ServerVariable)> {
    let of_server = |server: &'a ServerTemplate| {
        let is_same = |of: &&ServerVariable| of.setter == variable.setter;
        server.variables.iter().find(is_same).map(|of| (server, of))
    };
    servers.all().filter_map(of_server)
}

/// Returns the URLs that have a variable, as code.
fn urls(servers: &Servers, variable: &ServerVariable) -> Vec<String> {
    uses(servers, variable).map(|(server, _)| code(&server.url)).collect()
}

/// Returns the values of a variable in words: `` `eu` or `us`; default `eu` ``.
fn values(variable: &ServerVariable) -> String {
    let listed: Vec<_> = variable.values.iter().map(|value| value_code(value)).collect();
    let listed = if listed.is_empty() { "any".to_owned() } else { joined(&listed, "or") };
    match variable.default.as_deref() {
        Some(default) => format!("{listed}; default {}", value_code(default)),
        None => format!("{listed}; required"),
    }
}

/// Returns a value as code. Markdown has no empty code.
fn value_code(value: &str) -> String {
    if value.is_empty() { "empty".to_owned() } else { code(value) }
}

/// Joins texts: `a, b or c`.
fn joined(texts: &[String], word: &str) -> String {
    match texts {
        [all @ .., last] if !all.is_empty() => format!("{} {word} {last}", all.join(", ")),
        _ => texts.concat(),
    }
}

/// Returns the sections of the README about servers and their variables, unless the client has only its base URL.
pub fn readme(api: &Api) -> Option<String> {
    let servers = &api.servers;
    if servers.is_empty() {
        return None;
    }
    let mut text = String::new();
    if !servers.own.is_empty() {
        text += "\nSome operations have their own servers, which `ClientBuilder::server` replaces. All others go to the base \
                 URL. A request carries its credentials to the server of its operation, and nowhere else. All servers share \
                 the rate limits of a client.\n\n| server | operations |\n|---|---|\n";
        text.extend(servers.own.iter().enumerate().map(|(index, server)| own_row(api, index, server)));
    }
    if !servers.variables().is_empty() {
        text += "\n`ClientBuilder::server_variables` takes the variables in the URLs of servers. They have no effect on a URL \
                 that a caller sets.\n\n| variable | setter of `ServerVariables` | server | values |\n|---|---|---|---|\n";
        text.extend(servers.variables().iter().flat_map(|variable| variable_rows(servers, variable)));
    }
    Some(text)
}

fn own_row(api: &Api, index: usize, server: &ServerTemplate) -> String {
    let operations = api.operations.iter().filter(|operation| operation.server == Some(index));
    let names: Vec<_> = operations.map(|operation| code(&operation.name)).collect();
    let relative = if is_relative(server) { ", relative to the base URL" } else { "" };
    format!("| {}{relative} | {} |\n", cell(&server.url), names.join(", "))
}

fn variable_rows(servers: &Servers, variable: &ServerVariable) -> Vec<String> {
    let row = |(server, of): (&ServerTemplate, &ServerVariable)| {
        let (name, setter) = (cell(&of.name), code(&of.setter));
        format!("| {name} | {setter} | {} | {} |\n", cell(&server.url), in_cell(&values(of)))
    };
    uses(servers, variable).map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{api, operation, text};
    use super::*;
    use crate::document::Pointer;

    fn variable_of(name: &str, default: Option<&str>, values: &[&str]) -> ServerVariable {
        ServerVariable {
            name: name.to_owned(),
            setter: name.to_owned(),
            default: default.map(str::to_owned),
            values: values.iter().map(|value| (*value).to_owned()).collect(),
            description: None,
        }
    }

    fn server_of(url: &str, variables: Vec<ServerVariable>) -> ServerTemplate {
        ServerTemplate { at: Pointer::root(), url: url.to_owned(), description: None, variables }
    }

    fn servers() -> Servers {
        let region = || variable_of("region", Some("eu"), &["eu", "us"]);
        Servers {
            base: Some(server_of("https://{region}.a", vec![region()])),
            own: vec![
                server_of("https://{region}.b", vec![variable_of("region", None, &[])]),
                server_of("/{region}", vec![region()]),
            ],
        }
    }

    #[test]
    fn each_server_has_a_row_and_each_variable_one_setter() {
        let found = text(&file(&servers()).unwrap());
        for expected in [
            r#"base:Some(Server::new("https://{region}.a",&[Variable::new("region","region",&["eu","us"]).or("eu")]))"#,
            r#"own:&[Server::new("https://{region}.b",&[Variable::new("region","region",&[])]),"#,
            r#"pubfnregion(self,value:implInto<String>)->Self{Self(self.0.set("region",value))}"#,
            "Values of `https://{region}.b`: any; required.",
        ] {
            let plain = expected.replace(' ', "");
            assert!(found.contains(&plain), "{expected} is not in {found}");
        }
        assert_eq!(found.matches("pubfnregion").count(), 1);
    }

    #[test]
    fn an_operation_names_its_own_server() {
        let of = |server| own_words(&servers(), &Operation { server, ..operation("a") });
        assert_eq!(of(None), None);
        assert_eq!(of(Some(0)).unwrap(), "Server: `https://{region}.b`.");
        assert_eq!(of(Some(1)).unwrap(), "Server: `/{region}`, relative to the base URL.");
    }

    #[test]
    fn the_readme_lists_servers_and_variables() {
        let operations = vec![Operation { server: Some(1), ..operation("a") }];
        let found = readme(&Api { servers: servers(), operations, ..api() }).unwrap();
        assert!(found.contains("| `/{region}`, relative to the base URL | `a` |\n"), "{found}");
        assert!(
            found.contains("| `region` | `region` | `https://{region}.a` | `eu` or `us`; default `eu` |\n"),
            "{found}"
        );
    }

    #[test]
    fn a_client_with_one_constant_server_has_no_table() {
        assert!(file(&Servers::default()).is_none() && readme(&api()).is_none());
        assert!(builder_call(&Servers::default()).is_none());
        let own = Servers { base: None, own: vec![server_of("https://a.b", Vec::new())] };
        let found = text(&file(&own).unwrap());
        assert!(found.contains("{Server,Servers};") && !found.contains("ServerVariables"), "{found}");
    }
}
