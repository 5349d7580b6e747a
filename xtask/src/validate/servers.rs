//! Checks servers: that the URL is valid, and that it agrees with the variables of the server.

use serde_json::{Map, Value};

use super::operations::is_3_0;
use super::paths::unmatched;
use crate::diagnostics::nearest::nearest;
use crate::diagnostics::{Code, Diagnostic, Place};
use crate::document::Document;
use crate::document::fields::Fields as _;
use crate::openapi::shapes::SERVER;
use crate::openapi::template::template_names;
use crate::openapi::walk::Met;

/// Returns the findings about the document's servers.
#[must_use]
pub fn check(document: &Document, objects: &[Met<'_>]) -> Vec<Diagnostic> {
    let is_3_0 = is_3_0(document);
    let mut findings = Vec::new();
    for server in objects.iter().filter(|met| met.is(&SERVER)) {
        findings.extend(server_url(server));
        if !is_3_0 {
            findings.extend(listed_values(server));
        }
    }
    findings
}

/// Checks the URL of a server, and the names in its braces.
fn server_url(server: &Met<'_>) -> Vec<Diagnostic> {
    let Some(url) = server.fields.field("url").and_then(Value::as_str) else { return Vec::new() };
    let Some(names) = template_names(url) else {
        return vec![invalid_url(server, unmatched("URL", url), "write each variable as `{name}`")];
    };
    let plain = names.iter().fold(url.to_owned(), |url, name| url.replace(&format!("{{{name}}}"), "0"));
    if let Some(fault) = fault(&plain) {
        let message = format!("`{url}` is not a URL: {fault}");
        return vec![invalid_url(server, message, "write a URL such as `https://api.example.com/v1`")];
    }
    variables(server, &names)
}

fn invalid_url(server: &Met<'_>, message: String, help: &str) -> Diagnostic {
    let help = format!("no request can be sent there: {help}");
    Diagnostic::nonconforming(Code::InvalidServerUrl, Place::Value(server.at.key("url")), message, help)
}

/// Returns why a text is not a reference to a URL (RFC 3986, section 4.1), absolute or relative. Letters of other
/// scripts are allowed, as in RFC 3987.
fn fault(url: &str) -> Option<String> {
    let is_excluded = |c: char| c.is_whitespace() || c.is_control() || "<>\"\\^`|".contains(c);
    if let Some(excluded) = url.chars().find(|c| is_excluded(*c)) {
        return Some(if excluded.is_whitespace() {
            "it contains a space".to_owned()
        } else {
            format!("it contains `{}`", excluded.escape_debug())
        });
    }
    let mut escapes = url.split('%').skip(1);
    let is_escape = |rest: &str| rest.bytes().take(2).filter(u8::is_ascii_hexdigit).count() == 2;
    if let Some(escape) = escapes.find(|rest| !is_escape(rest)) {
        let start: String = escape.chars().take(2).collect();
        return Some(format!("`%{start}` is not an escape"));
    }
    if let Some(scheme) = misspelt_scheme(url) {
        return Some(format!("expected `{scheme}://` at its beginning"));
    }
    let (scheme, rest) = url.split_once("://")?;
    let needs_host = scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https");
    (needs_host && rest.split(['/', '?', '#']).next() == Some("")).then(|| "it has no host".to_owned())
}

/// Checks that the URL and `variables` have the same names. A misspelt name is one finding, although it makes one name
/// undefined and another unused.
fn variables(server: &Met<'_>, names: &[&str]) -> Vec<Diagnostic> {
    let variables = server.fields.field("variables").and_then(Value::as_object);
    let mut unused: Vec<&str> = variables.into_iter().flat_map(Map::keys).map(String::as_str).collect();
    unused.retain(|known| !names.contains(known));
    let is_known = |name: &str| variables.is_some_and(|variables| variables.has(name));
    let mut findings = Vec::new();
    let mut seen: Vec<&str> = Vec::new();
    for name in names.iter().copied().filter(|name| !is_known(name)) {
        if !seen.contains(&name) {
            seen.push(name);
            let meant = nearest(name, unused.iter().copied());
            unused.retain(|known| Some(*known) != meant);
            findings.push(undefined_variable(server, name, meant));
        }
    }
    findings.extend(unused.into_iter().map(|name| unused_variable(server, name)));
    findings
}

fn undefined_variable(server: &Met<'_>, name: &str, meant: Option<&str>) -> Diagnostic {
    let hint = meant.map(|meant| format!("; did you mean `{meant}`?")).unwrap_or_default();
    let finding = Diagnostic::nonconforming(
        Code::UndefinedServerVariable,
        Place::Value(server.at.key("url")),
        format!("no variable of this server describes `{{{name}}}`{hint}"),
        format!("no request can be sent there: add `variables: {{{name}: {{default: …}}}}`"),
    );
    match meant {
        Some(meant) => finding.with_related(Place::Key(server.at.keys(["variables", meant])), "the variable"),
        None => finding,
    }
}

fn unused_variable(server: &Met<'_>, name: &str) -> Diagnostic {
    Diagnostic::nonconforming(
        Code::InvalidServerUrl,
        Place::Key(server.at.keys(["variables", name])),
        format!("the URL has no `{{{name}}}` for this variable"),
        format!("the variable has no effect: remove it, or add `{{{name}}}` to the URL"),
    )
    .with_related(Place::Value(server.at.key("url")), "the URL")
}

/// Checks that the `enum` of each variable has values, and its default among them (OpenAPI 3.1.0, "Server Variable
/// Object"; OpenAPI 3.0 only recommends it).
fn listed_values(server: &Met<'_>) -> Vec<Diagnostic> {
    let variables = server.fields.field("variables").and_then(Value::as_object);
    let check = |(name, variable): (&String, &Value)| {
        let at = server.at.keys(["variables", name]);
        let values = variable.field("enum")?.as_array()?;
        let default = variable.field("default");
        if values.is_empty() {
            let message = format!("the `enum` of the variable `{name}` is empty");
            let help = "list the values that the variable can have, or remove `enum`";
            return Some(Diagnostic::nonconforming(Code::InvalidServerUrl, Place::Key(at.key("enum")), message, help));
        }
        let default = default.filter(|default| !values.contains(default))?;
        Some(
            Diagnostic::nonconforming(
                Code::InvalidServerUrl,
                Place::Value(at.key("default")),
                format!("the default `{}` is not one of the listed values", default.as_str().unwrap_or_default()),
                "the client uses the default: write a listed value, or add this one to `enum`",
            )
            .with_related(Place::Key(at.key("enum")), "the values"),
        )
    };
    variables.into_iter().flatten().filter_map(check).collect()
}

/// Returns the scheme that the author of a URL meant, if it is misspelt.
fn misspelt_scheme(url: &str) -> Option<&'static str> {
    const SCHEMES: [&str; 2] = ["https", "http"];
    let lower = url.to_ascii_lowercase();
    let is_cut = |scheme: &str| {
        let rest = lower.strip_prefix(scheme);
        rest.is_some_and(|rest| !rest.starts_with("://") && (rest.starts_with("//") || rest.starts_with(':')))
    };
    SCHEMES.into_iter().find(|scheme| is_cut(scheme)).or_else(|| {
        let (scheme, _) = lower.split_once("://").filter(|(scheme, _)| !SCHEMES.contains(scheme))?;
        nearest(scheme, SCHEMES)
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{V3_0, V3_1, found};
    use super::*;

    fn of(head: &str, server: &str) -> Vec<String> {
        found(&format!("{head}paths: {{}}\nservers:\n  - {server}\n"), check)
    }

    #[test]
    fn a_misspelt_scheme_is_reported() {
        for url in ["https//a.b", "https:/a.b", "http:a.b", "htps://a.b", "HTTPS//a.b"] {
            assert!(fault(url).is_some_and(|fault| fault.starts_with("expected `http")), "{url}");
        }
        for url in ["https://a.b", "/https", "httpbin/anything", "ftp://a.b", "ws://a.b", "{scheme}://a.b"] {
            assert_eq!(fault(url), None, "{url}");
        }
    }

    #[test]
    fn a_name_in_the_url_must_be_a_variable() {
        let undefined = "5:10 no variable of this server describes `{host}`";
        assert_eq!(of(V3_0, "url: 'https://{host}.example.com/{host}'"), [undefined]);
        let misspelt = "url: 'https://{host}.example.com'\n    variables: {hosts: {default: a}}";
        assert_eq!(of(V3_0, misspelt), [format!("{undefined}; did you mean `hosts`? (6)")]);
        assert_eq!(of(V3_0, "url: 'https://{host}.example.com'\n    variables: {host: {default: a}}"), [""; 0]);
    }

    #[test]
    fn servers_of_paths_operations_and_links_are_checked() {
        let servers = "servers: [{url: '{v}'}]";
        let link = "'200': {description: d, links: {l: {operationId: a, server: {url: '{v}'}}}}";
        let text =
            format!("{V3_0}paths:\n  /a:\n    {servers}\n    get:\n      {servers}\n      responses: {{{link}}}\n");
        let found = found(&text, check);
        let places: Vec<_> = found.iter().map(|finding| finding.split(' ').next().unwrap_or_default()).collect();
        assert_eq!(places, ["5:21", "7:23", "8:85"]);
    }

    #[test]
    fn a_variable_must_be_in_the_url() {
        let unused = "url: https://example.com\n    variables:\n      host: {default: a}";
        assert_eq!(of(V3_0, unused), ["7:7 the URL has no `{host}` for this variable (5)"]);
    }

    #[test]
    fn an_invalid_url_is_reported_and_a_relative_one_is_not() {
        for (url, fault) in [
            ("not a url", "`not a url` is not a URL: it contains a space"),
            ("<https://example.com>", "`<https://example.com>` is not a URL: it contains `<`"),
            ("https://example.com/%zz", "`https://example.com/%zz` is not a URL: `%zz` is not an escape"),
            ("https:///v1", "`https:///v1` is not a URL: it has no host"),
            ("https://{host", "the braces of the URL `https://{host` do not match"),
        ] {
            assert_eq!(of(V3_0, &format!("url: '{url}'")), [format!("5:10 {fault}")]);
        }
        for url in [
            "",
            "/",
            "v1",
            "./v1",
            "//example.com",
            "https://example.com/%20",
            "https://[::1]:80",
            "https://موقع.example",
        ] {
            assert_eq!(of(V3_1, &format!("url: '{url}'")), [""; 0], "{url}");
        }
    }

    #[test]
    fn a_variable_of_openapi_3_1_has_its_default_among_its_values() {
        let with = |values: &str| {
            format!("url: 'https://{{host}}'\n    variables:\n      host:\n        default: a\n        enum: {values}")
        };
        assert_eq!(of(V3_1, &with("[b]")), ["8:18 the default `a` is not one of the listed values (9)"]);
        assert_eq!(of(V3_1, &with("[]")), ["9:9 the `enum` of the variable `host` is empty"]);
        for (head, values) in [(V3_0, "[b]"), (V3_0, "[]"), (V3_1, "[a, b]")] {
            assert_eq!(of(head, &with(values)), [""; 0]);
        }
    }
}
