//! Decides which server each operation uses: its own, or that of the base URL.

use serde_json::Value;

use super::draft::Draft;
use super::names::{Names, numbered, value_name};
use super::text::not_blank;
use crate::document::Pointer;
use crate::document::fields::Fields as _;
use crate::model::{ServerTemplate, ServerVariable, Servers};
use crate::openapi::servers::{NoBaseUrl, base_url};
use crate::openapi::template::template_names;

/// Returns the servers of the API, and the index of each operation's own server. An operation whose server is the first
/// one of the document has none.
pub fn servers(root: &Value, draft: &Draft) -> (Servers, Vec<Option<usize>>) {
    let mut setters = Setters { taken: Names::of_credentials(), of_names: Vec::new() };
    let first = first_server(root, &mut setters);
    let mut own: Vec<ServerTemplate> = Vec::new();
    let mut index = |at: &Pointer| {
        let server = template(at.lookup(root)?, at, &mut setters).filter(|server| !server.is_same(&first))?;
        let known = own.iter().position(|known| known.is_same(&server));
        Some(known.unwrap_or_else(|| {
            own.push(server);
            own.len() - 1
        }))
    };
    let indices = draft.operations.iter().map(|operation| index(operation.server.as_ref()?)).collect();
    let base = Some(first).filter(|first| !first.variables.is_empty() && can_be_base(root));
    (Servers { base, own }, indices)
}

/// Returns the first server of the document. A document without servers has one with this URL (OpenAPI 3.0.3, "OpenAPI
/// Object", `servers`).
fn first_server(root: &Value, setters: &mut Setters) -> ServerTemplate {
    let at = Pointer::root().key("servers").index(0);
    let server = at.lookup(root).and_then(|server| template(server, &at, setters));
    server.unwrap_or_else(|| ServerTemplate { at, url: "/".to_owned(), description: None, variables: Vec::new() })
}

/// Returns whether the first server is the base URL, at least with some values of its variables.
fn can_be_base(root: &Value) -> bool {
    matches!(base_url(root), Ok(_) | Err(NoBaseUrl::Insecure(_) | NoBaseUrl::Undefined { .. }))
}

/// The names of setters, each with the name of its variables.
struct Setters {
    taken: Names,
    of_names: Vec<(String, String)>,
}

impl Setters {
    /// Returns the setter of the variables with this name.
    fn of(&mut self, name: &str) -> String {
        if let Some((_, setter)) = self.of_names.iter().find(|(known, _)| known == name) {
            return setter.clone();
        }
        let setter = numbered(&value_name(name), "_", |setter| self.taken.take(setter));
        self.of_names.push((name.to_owned(), setter.clone()));
        setter
    }
}

/// Returns a server with the variables of its URL.
fn template(server: &Value, at: &Pointer, setters: &mut Setters) -> Option<ServerTemplate> {
    let url = server.field("url")?.as_str().map(str::trim).filter(|url| !url.is_empty())?;
    let mut names: Vec<&str> = Vec::new();
    for name in template_names(url).unwrap_or_default() {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let variables = names.into_iter().map(|name| variable(server, name, setters)).collect();
    let description = not_blank(server.field("description").and_then(Value::as_str)).map(str::to_owned);
    Some(ServerTemplate { at: at.clone(), url: url.to_owned(), description, variables })
}

fn variable(server: &Value, name: &str, setters: &mut Setters) -> ServerVariable {
    let described = server.field("variables").and_then(|variables| variables.field(name));
    let field = |key: &str| described.and_then(|variable| variable.field(key));
    let values = field("enum").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    let values: Vec<String> = values.map(str::to_owned).collect();
    let default = field("default").and_then(Value::as_str).map(str::to_owned);
    ServerVariable {
        setter: setters.of(name),
        default: default.or_else(|| values.first().cloned()),
        values,
        description: not_blank(field("description").and_then(Value::as_str)).map(str::to_owned),
        name: name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::resolve::decisions::Decisions;
    use crate::resolve::read::Reader;

    fn of(root: &Value) -> (Servers, Vec<Option<usize>>) {
        let operations = Reader::new(root).operations(&mut Decisions::new(false));
        servers(root, &Draft { operations, ..Draft::default() })
    }

    fn own(servers: &Value, path: &Value, operation: &Value) -> Vec<String> {
        let root = json!({
            "servers": servers,
            "paths": {"/a": {"servers": path, "get": {"servers": operation}}},
        });
        let (servers, indices) = of(&root);
        assert_eq!(indices, [(!servers.own.is_empty()).then_some(0)]);
        servers.own.into_iter().map(|server| format!("{} {}", server.at, server.url)).collect()
    }

    #[test]
    fn the_server_of_an_operation_goes_before_that_of_its_path_and_the_document() {
        let (a, b, c) =
            (json!([{"url": "https://a.b"}]), json!([{"url": "https://b.c"}]), json!([{"url": "https://c.d"}]));
        let empty = json!([]);
        assert_eq!(own(&a, &empty, &empty), [""; 0]);
        assert_eq!(own(&a, &b, &empty), ["/paths/~1a/servers/0 https://b.c"]);
        assert_eq!(own(&a, &b, &c), ["/paths/~1a/get/servers/0 https://c.d"]);
        assert_eq!(own(&a, &b, &a), [""; 0]);
        assert_eq!(own(&a, &json!([{"url": "https://a.b/"}]), &empty), [""; 0]);
        assert_eq!(own(&empty, &json!([{"url": "/"}]), &empty), [""; 0]);
        assert_eq!(own(&a, &json!([{"url": ""}]), &empty), [""; 0]);
        assert_eq!(
            own(&empty, &empty, &json!([{"url": "/v2"}, {"url": "https://a.b"}])),
            ["/paths/~1a/get/servers/0 /v2"]
        );
    }

    #[test]
    fn equal_servers_are_one_and_variables_with_one_name_have_one_setter() {
        let server = |host: &str, default: &str| json!([{"url": format!("https://{{region}}.{host}"), "variables": {"region": {"default": default}}}]);
        let root = json!({
            "servers": server("a", "eu"),
            "paths": {
                "/a": {"get": {}, "servers": server("a", "eu")},
                "/b": {"get": {}, "servers": server("b", "eu")},
                "/c": {"get": {}, "put": {}, "servers": server("a", "us")},
                "/d": {"get": {"servers": [{"url": "https://{Region}.d/{new}"}]}},
            },
        });
        let (servers, indices) = of(&root);
        assert_eq!(indices, [None, Some(0), Some(1), Some(1), Some(2)]);
        let setters: Vec<_> = servers.variables().iter().map(|variable| variable.setter.as_str()).collect();
        assert_eq!(setters, ["region", "region_2", "new_2"]);
        assert_eq!(servers.own[1].with_defaults(), "https://us.a");
    }

    #[test]
    fn a_base_url_has_variables_unless_it_is_relative() {
        let base = |server: Value| of(&json!({"servers": [server], "paths": {}})).0.base.map(|server| server.url);
        for (url, has_base) in [("https://{h}/v1", true), ("{h}://a.b", true), ("/{h}", false), ("https://a.b", false)]
        {
            for default in ["https", "http"] {
                let found = base(json!({"url": url, "variables": {"h": {"default": default}}}));
                assert_eq!(found.is_some(), has_base, "{url}");
            }
        }
        assert!(base(json!({"url": "https://{h}"})).is_some());
    }
}
