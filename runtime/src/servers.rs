//! The servers of an API, as its document describes them, and the variables in their URLs. Generated code holds the table
//! as a constant, and the builder of a client makes URLs of it.

use std::fmt;

use url::Url;

use crate::base_url;
use crate::error::Error;
use crate::setting::{Checked, InvalidSetting};

/// The servers of an API, except for one whose URL is that of a constant.
#[derive(Debug)]
pub struct Servers {
    /// The server of the base URL, if its URL has variables.
    pub base: Option<Server>,
    /// The servers of the operations that have their own.
    pub own: &'static [Server],
}

/// A server. Its URL is a template, and may be relative to the base URL.
#[derive(Clone, Copy, Debug)]
pub struct Server {
    url: &'static str,
    variables: &'static [Variable],
}

/// A variable of the URL of a server.
#[derive(Clone, Copy, Debug)]
pub struct Variable {
    name: &'static str,
    /// The name of its setter.
    setter: &'static str,
    default: Option<&'static str>,
    /// The values that it may have. An empty list allows all.
    values: &'static [&'static str],
}

impl Server {
    /// Creates a server.
    #[must_use]
    pub const fn new(url: &'static str, variables: &'static [Variable]) -> Self {
        Self { url, variables }
    }

    /// Reports whether its documented URL has the scheme, the host and the port of the base URL.
    fn is_relative(&self) -> bool {
        let documented = ServerSettings::default().filled(self);
        matches!(documented, Ok(Ok(url)) if !url.contains("://") && !url.starts_with("//"))
    }

    /// Returns its URL for an error, without a user name or a password.
    fn shown(&self) -> &'static str {
        if self.url.contains('@') { "a URL with a user name" } else { self.url }
    }
}

impl Variable {
    /// Creates a variable. An empty list of values allows all.
    #[must_use]
    pub const fn new(name: &'static str, setter: &'static str, values: &'static [&'static str]) -> Self {
        Self { name, setter, default: None, values }
    }

    /// Sets the default.
    #[must_use]
    pub const fn or(mut self, default: &'static str) -> Self {
        self.default = Some(default);
        self
    }
}

/// The values of variables that the type `ServerVariables` of a generated client holds. Its `Debug` shows which are set.
#[derive(Clone)]
pub struct VariableSet {
    servers: &'static Servers,
    values: Vec<(&'static str, String)>,
}

impl VariableSet {
    /// Creates a set without values.
    #[must_use]
    pub const fn new(servers: &'static Servers) -> Self {
        Self { servers, values: Vec::new() }
    }

    /// Sets the value of the variables with this setter.
    #[must_use]
    pub fn set(mut self, setter: &'static str, value: impl Into<String>) -> Self {
        self.values.retain(|(known, _)| *known != setter);
        self.values.push((setter, value.into()));
        self
    }

    fn value(&self, variable: &Variable) -> Option<&str> {
        let (_, value) = self.values.iter().find(|(setter, _)| *setter == variable.setter)?;
        Some(value)
    }
}

/// Shows the names of the variables that are set.
impl fmt::Debug for VariableSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let set = self.values.iter().map(|(setter, _)| setter);
        f.debug_tuple("VariableSet").field(&set.collect::<Vec<_>>()).finish()
    }
}

/// The settings of a builder about servers.
#[derive(Default)]
pub(crate) struct ServerSettings {
    /// The servers of the API.
    pub(crate) documented: Option<&'static Servers>,
    variables: Option<VariableSet>,
    /// The URLs of documented servers, each with the one that replaces it.
    replaced: Vec<(String, Checked<Url>)>,
}

/// The server of an operation: its URL, or the reason why no request is sent there.
pub(crate) type Resolved<T = Url> = Result<T, String>;

impl ServerSettings {
    pub(crate) fn set_variables(&mut self, variables: VariableSet) {
        self.documented.get_or_insert(variables.servers);
        self.variables = Some(variables);
    }

    /// Replaces a documented server. The last replacement counts.
    pub(crate) fn replace(&mut self, documented: &str, url: Checked<Url>) {
        let documented = plain(documented).to_owned();
        self.replaced.retain(|(known, _)| *known != documented);
        self.replaced.push((documented, url));
    }

    /// Checks the values of the variables, and the names of the servers that are replaced.
    ///
    /// # Errors
    ///
    /// A configuration error that names the variable and the values that it can have, or the servers that can be replaced.
    fn check(&self) -> Result<(), Error> {
        let own = self.documented.map_or(&[][..], |servers| servers.own);
        let is_own = |url: &String| own.iter().any(|server| plain(server.url) == url);
        if self.replaced.iter().all(|(url, _)| is_own(url)) {
            return self.check_table();
        }
        let known: Vec<_> = own.iter().map(|server| format!("`{}`", server.shown())).collect();
        let expected = if known.is_empty() { "none".to_owned() } else { known.join(" or ") };
        Err(Error::configuration("server", &format!("replaces a server that no operation has: expected {expected}")))
    }

    /// Checks that the values of variables are those of this client.
    fn check_table(&self) -> Result<(), Error> {
        match (&self.variables, self.documented) {
            (Some(variables), Some(documented)) if !std::ptr::eq(variables.servers, documented) => {
                let reason = "are those of another client";
                Err(InvalidSetting { setting: "server_variables", reason }.into())
            }
            _ => Ok(()),
        }
    }

    /// Returns the base URL with the values of its variables. `None` means that the caller set none of them.
    ///
    /// # Errors
    ///
    /// A configuration error that names the variable with an invalid value.
    pub(crate) fn base_url(&self) -> Result<Option<Url>, Error> {
        let server = self.documented.and_then(|servers| servers.base.as_ref());
        let Some(server) = server.filter(|server| self.given(server).is_some()) else { return Ok(None) };
        let url = self.filled(server)?.and_then(|url| Ok(base_url::parse(&url)?));
        url.map(Some).map_err(|reason| self.unusable(server, &reason))
    }

    /// Returns the servers of operations. A relative URL is resolved against the base URL.
    ///
    /// # Errors
    ///
    /// A configuration error if the caller set an invalid value or URL. The reason why a documented server cannot be used
    /// is the error of the calls that need it.
    pub(crate) fn own(&self, base_url: &Url) -> Result<Vec<Resolved>, Error> {
        self.check()?;
        let own = self.documented.map_or(&[][..], |servers| servers.own);
        own.iter().map(|server| self.resolve(server, base_url)).collect()
    }

    fn resolve(&self, server: &Server, base_url: &Url) -> Result<Resolved, Error> {
        if let Some((_, url)) = self.replaced.iter().find(|(known, _)| known == plain(server.url)) {
            return Ok(Ok(url.clone()?));
        }
        let resolved = self.filled(server)?.and_then(|url| joined(base_url, &url)).and_then(|url| {
            let is_kept = !server.is_relative() || url.origin() == base_url.origin();
            if is_kept { Ok(url) } else { Err("leads to another host than that of the base URL".to_owned()) }
        });
        match resolved {
            Err(reason) if self.given(server).is_some() => Err(self.unusable(server, &reason)),
            Err(reason) => Ok(Err(format!("its server `{}` {reason}", server.shown()))),
            Ok(url) => Ok(Ok(url)),
        }
    }

    /// Returns the first variable of a server that the caller set.
    fn given(&self, server: &Server) -> Option<&'static Variable> {
        let variables = self.variables.as_ref()?;
        server.variables.iter().find(|variable| variables.value(variable).is_some())
    }

    fn unusable(&self, server: &Server, reason: &str) -> Error {
        let setter = self.given(server).map_or("server_variables", |variable| variable.setter);
        Error::configuration(setter, &format!("makes the URL of the server `{}` invalid: it {reason}", server.shown()))
    }

    /// Returns the URL of a server with the values of its variables, or the reason why there is none.
    ///
    /// # Errors
    ///
    /// A configuration error that names the variable with an invalid value.
    fn filled(&self, server: &Server) -> Result<Resolved<String>, Error> {
        let (mut filled, mut rest) = (String::new(), server.url);
        while let Some((before, (name, after))) = next_variable(rest) {
            filled.push_str(before);
            let Some(variable) = server.variables.iter().find(|variable| variable.name == name) else {
                return Ok(Err(format!("has no value for `{{{name}}}`")));
            };
            let at = server.url.len() - rest.len() + before.len();
            let given = self.variables.as_ref().and_then(|variables| variables.value(variable));
            if let Some(value) = given {
                check_value(server, variable, Place::of(server.url, at, after, variable), value)?;
            }
            let Some(value) = given.or(variable.default) else {
                return Ok(Err(format!("needs a value of `{}`", variable.setter)));
            };
            filled.push_str(value);
            rest = after;
        }
        filled.push_str(rest);
        Ok(Ok(filled))
    }
}

/// Shows the names of the variables that are set, and the URLs that replace those of servers.
impl fmt::Debug for ServerSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let replaced = self.replaced.iter().map(|(_, url)| url.as_ref().map(Url::as_str));
        f.debug_struct("ServerSettings")
            .field("variables", &self.variables)
            .field("replaced", &replaced.collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}

/// Returns a URL without a slash at its end.
fn plain(url: &str) -> &str {
    url.trim_end_matches('/')
}

/// Splits a template at its first variable: into the text before it, its name, and the text after it.
fn next_variable(template: &str) -> Option<(&str, (&str, &str))> {
    let (before, rest) = template.split_once('{')?;
    Some((before, rest.split_once('}')?))
}

/// Resolves a URL against the base URL (RFC 3986 section 5), for which a slash at its end makes no difference.
fn joined(base_url: &Url, url: &str) -> Result<Url, String> {
    let mut base_url = base_url.clone();
    let path = plain(base_url.path()).to_owned();
    base_url.set_path(&path);
    let url = base_url.join(url).map_err(|_| "is not a URL")?;
    base_url::check(&url)?;
    Ok(url)
}

/// The part of a URL that a variable belongs to. It decides which characters a value can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Scheme,
    /// A part of the host.
    Host,
    /// The host, with its port.
    Authority,
    Port,
    /// A part of the path.
    Path,
    /// The path, which begins with a slash.
    WholePath,
    /// The beginning of a URL, which may be all of it.
    Start,
}

impl Place {
    /// Returns the place of the variable at the byte `at` of a template. `after` is the text after it.
    fn of(template: &str, at: usize, after: &str, variable: &Variable) -> Self {
        let before = template.get(..at).unwrap_or_default();
        let default = variable.default.unwrap_or_default();
        let authority = match template.find("://") {
            Some(scheme) if at <= scheme => return Self::Scheme,
            Some(scheme) => scheme + "://".len(),
            None if template.starts_with("//") => "//".len(),
            None if before.is_empty() && (default.is_empty() || default.contains("://")) => return Self::Start,
            None => return Self::Path,
        };
        let is_last = after.is_empty() || after.starts_with('/');
        match before.get(authority..).unwrap_or_default() {
            host if host.contains('/') => Self::Path,
            _ if default.starts_with('/') => Self::WholePath,
            "" if is_last => Self::Authority,
            host if host.ends_with(':') => Self::Port,
            _ => Self::Host,
        }
    }

    /// Returns why a value cannot be at this place.
    fn fault(self, value: &str) -> Option<&'static str> {
        let has_only = |is_allowed: fn(char) -> bool| !value.is_empty() && value.chars().all(is_allowed);
        let is_path = || {
            !value.chars().any(|c| c.is_whitespace() || c.is_control() || "?#\\{}".contains(c))
                && !value.split('/').any(is_dots)
        };
        let (is_valid, expected) = match self {
            Self::Scheme => (has_only(|c| c.is_ascii_alphabetic()), "expected a scheme"),
            Self::Host => (has_only(is_of_name), "expected letters, digits, `-`, `_` and `.`, as part of a host"),
            Self::Authority => (has_only(|c| is_of_name(c) || ":[]".contains(c)), "expected a host"),
            Self::Port => (has_only(|c| c.is_ascii_digit()), "expected the digits of a port"),
            Self::Path => (is_path() && !value.starts_with("//") && !value.contains(':'), "expected part of a path"),
            Self::WholePath => {
                let is_rooted = value.is_empty() || value.starts_with('/');
                (is_rooted && is_path() && !value.starts_with("//"), "expected a path that begins with `/`")
            }
            Self::Start => (!value.contains(['?', '#', '\\', '@', '{', '}']), "expected a URL"),
        };
        (!is_valid).then_some(expected)
    }
}

/// Reports whether the name of a host can have a character.
fn is_of_name(c: char) -> bool {
    c.is_alphanumeric() || "-_.".contains(c)
}

/// Reports whether a segment of a path changes the path, as `..` does.
fn is_dots(segment: &str) -> bool {
    matches!(segment.to_ascii_lowercase().replace("%2e", ".").as_str(), "." | "..")
}

/// Checks a value that the caller set. The error does not quote it.
fn check_value(server: &Server, variable: &Variable, place: Place, value: &str) -> Result<(), Error> {
    if variable.values.contains(&value) || variable.default == Some(value) {
        return Ok(());
    }
    let listed = variable.values.iter().map(|value| format!("`{value}`")).collect::<Vec<_>>().join(" or ");
    let expected = match variable.values {
        [] => place.fault(value).map(str::to_owned),
        _ => Some(format!("expected {listed}")),
    };
    let reason = |expected| format!("is not a value that the server `{}` can have: {expected}", server.shown());
    expected.map_or(Ok(()), |expected| Err(Error::configuration(variable.setter, &reason(expected))))
}

#[cfg(test)]
mod tests {
    use super::*;

    static API: Servers = Servers {
        base: Some(Server::new(
            "https://{region}.shop.example/{path}",
            &[Variable::new("region", "region", &["eu", "us"]).or("eu"), Variable::new("path", "path", &[]).or("v1")],
        )),
        own: &[
            Server::new("https://files.example/v1/", &[]),
            Server::new("../files/{path}", &[Variable::new("path", "path", &[]).or("f")]),
            Server::new("http://plain.example", &[]),
            Server::new("{scheme}://a.example", &[Variable::new("scheme", "scheme", &["http", "https"]).or("http")]),
            Server::new("//other.example/x", &[]),
            Server::new("/{root}", &[Variable::new("root", "root", &[]).or("r")]),
            Server::new("https://{tenant}.example", &[Variable::new("tenant", "tenant", &[])]),
        ],
    };

    fn settings(values: &[(&'static str, &str)]) -> ServerSettings {
        let mut settings = ServerSettings { documented: Some(&API), ..ServerSettings::default() };
        let set = |set: VariableSet, (name, value): &(&'static str, &str)| set.set(name, *value);
        settings.set_variables(values.iter().fold(VariableSet::new(&API), set));
        settings
    }

    fn own(settings: &ServerSettings) -> Result<Vec<Result<String, String>>, String> {
        let base_url = Url::parse("https://shop.example/v1/api").unwrap();
        let own = settings.own(&base_url).map_err(|error| error.to_string())?;
        Ok(own.into_iter().map(|url| url.map(String::from)).collect())
    }

    fn base_url(values: &[(&'static str, &str)]) -> String {
        match settings(values).base_url() {
            Ok(url) => url.map(String::from).unwrap_or_default(),
            Err(error) => error.to_string().replace("configuration: ", ""),
        }
    }

    #[test]
    fn debug_shows_the_variables_that_are_set() {
        let shown = format!("{:?}", settings(&[("region", "us")]));
        assert!(shown.starts_with("ServerSettings { variables: ") && shown.contains("region"), "{shown}");
    }

    #[test]
    fn each_server_is_resolved_or_has_a_reason() {
        let https = "needs `https`; plain `http` is allowed only for this machine (`localhost`, `127.0.0.1`, `[::1]`)";
        let expected = [
            Ok("https://files.example/v1/".to_owned()),
            Ok("https://shop.example/files/f".to_owned()),
            Err(format!("its server `http://plain.example` {https}")),
            Err(format!("its server `{{scheme}}://a.example` {https}")),
            Ok("https://other.example/x".to_owned()),
            Ok("https://shop.example/r".to_owned()),
            Err("its server `https://{tenant}.example` needs a value of `tenant`".to_owned()),
        ];
        assert_eq!(own(&settings(&[])).unwrap(), expected);
        let own = own(&settings(&[("scheme", "https"), ("tenant", "t")])).unwrap();
        assert_eq!(
            [&own[3], &own[6]],
            ["https://a.example/", "https://t.example/"].map(|url| Ok(url.to_owned())).each_ref()
        );
    }

    #[test]
    fn the_base_url_has_the_values_that_the_caller_sets() {
        assert_eq!(base_url(&[]), "");
        assert_eq!(base_url(&[("tenant", "t")]), "");
        assert_eq!(base_url(&[("region", "us")]), "https://us.shop.example/v1");
        assert_eq!(base_url(&[("region", "x"), ("path", "v2/b"), ("region", "eu")]), "https://eu.shop.example/v2/b");
        assert_eq!(
            base_url(&[("region", "secret")]),
            "region is not a value that the server `https://{region}.shop.example/{path}` can have: expected `eu` or `us`"
        );
        assert!(base_url(&[("path", "../secret")]).ends_with("expected part of a path"));
    }

    #[test]
    fn a_value_never_changes_another_part_of_the_url() {
        let fault = |template: &'static str, default: &'static str, value: &str| {
            let variable = Variable::new("v", "v", &[]).or(default);
            let at = template.find('{').unwrap();
            Place::of(template, at, &template[at + 3..], &variable).fault(value).is_some()
        };
        for (template, default, valid, invalid) in [
            ("{v}://a.b", "https", &["http"][..], &["https://evil.example/x", "", "a:"][..]),
            (
                "https://{v}.b/c",
                "a",
                &["a-1", "a.b", "é"],
                &["", "evil/", "e@", "e?", "e#", "e\\", "e:1", "e%2f", "e f", "\n"],
            ),
            ("https://a.{v}", "b", &["evil.example"], &["b/", "b:1", "u@b"]),
            ("https://{v}/c", "a", &["localhost:80", "[::1]:8", "a.b"], &["a/", "u@a", "a?", "a#", ""]),
            ("https://{v}", "a", &["a.b:1"], &["a/b"]),
            ("https://a:{v}/c", "443", &["80"], &["80/", "", "80.evil", "1@b", "-1"]),
            (
                "https://a/{v}",
                "b",
                &["", "b/c", "%20"],
                &["..", "a/../b", "%2e%2E", ".%2e", "?", "a#", "a\\b", "a b", "//e", "{w}"],
            ),
            ("https://a{v}", "/b", &["", "/c", "/c/d"], &[".evil", "c", "//c", "/../c", "/?"]),
            ("/{v}/x", "b", &["c"], &["//evil", "..", "c:d"]),
            ("{v}/x", "/b", &["/c", "c"], &["//evil", "https://evil", "javascript:", ".."]),
            ("{v}", "https://a", &["https://b/c"], &["https://u@b", "https://b?c", "https://b#c"]),
            ("//{v}/x", "a", &["b"], &["b/", "u@b"]),
        ] {
            for value in valid {
                assert!(!fault(template, default, value), "{template}: {value}");
            }
            for value in invalid {
                assert!(fault(template, default, value), "{template}: {value}");
            }
        }
    }

    #[test]
    fn a_server_is_replaced_by_its_documented_url() {
        let local = |text: &str| Ok(Url::parse(text).unwrap());
        let mut replaced = settings(&[]);
        replaced.replace("https://files.example/v1", local("http://localhost:1/a"));
        replaced.replace("https://files.example/v1/", local("http://localhost:2/a"));
        replaced.replace("{scheme}://a.example", local("http://localhost:3"));
        let found = own(&replaced).unwrap();
        assert_eq!(found[0], Ok("http://localhost:2/a".to_owned()));
        assert_eq!(found[3], Ok("http://localhost:3/".to_owned()));
        replaced.replace("https://secret.example", local("http://localhost:1"));
        let error = own(&replaced).unwrap_err();
        assert!(
            error
                .starts_with("configuration: server replaces a server that no operation has: expected `https://files.")
        );
        assert!(!error.contains("secret"), "{error}");
        let mut invalid = settings(&[]);
        let reason = InvalidSetting { setting: "server", reason: "is empty" };
        invalid.replace("https://files.example/v1", Err(reason));
        assert_eq!(own(&invalid).unwrap_err(), "configuration: server is empty");
    }

    #[test]
    fn values_of_variables_are_not_printed() {
        let set = VariableSet::new(&API).set("region", "secret");
        assert_eq!(format!("{set:?}"), r#"VariableSet(["region"])"#);
        assert!(!format!("{:?}", settings(&[("region", "secret")])).contains("secret"));
        for (name, value) in [("root", "/secret.example"), ("tenant", "secret/")] {
            let error = own(&settings(&[(name, value)])).unwrap_err();
            assert!(error.starts_with(&format!("configuration: {name} ")) && !error.contains("secret"), "{error}");
        }
    }

    #[test]
    fn a_slash_at_the_end_of_the_base_url_makes_no_difference() {
        for base_url in ["https://a.b/v1/api", "https://a.b/v1/api/"].map(|url| Url::parse(url).unwrap()) {
            for (url, expected) in [("x", "/v1/x"), ("./x", "/v1/x"), ("../x", "/x"), ("/x", "/x"), ("", "/v1/api")] {
                assert_eq!(joined(&base_url, url).unwrap().path(), expected, "{base_url} {url}");
            }
        }
    }

    #[test]
    fn a_relative_url_stays_at_the_host_of_the_base_url() {
        let error = own(&settings(&[("root", "/secret.example")])).unwrap_err();
        assert!(error.ends_with("invalid: it leads to another host than that of the base URL"), "{error}");
        let found = own(&settings(&[("root", "a/b")])).unwrap();
        assert_eq!(found[5], Ok("https://shop.example/a/b".to_owned()));
    }

    #[test]
    fn values_of_another_client_are_refused() {
        static OTHER: Servers = Servers { base: None, own: &[] };
        let mut settings = ServerSettings { documented: Some(&OTHER), ..ServerSettings::default() };
        settings.set_variables(VariableSet::new(&API));
        assert_eq!(own(&settings).unwrap_err(), "configuration: server_variables are those of another client");
    }

    #[test]
    fn a_variable_before_the_colon_is_the_scheme() {
        let scheme = Variable::new("scheme", "scheme", &[]);
        assert_eq!(Place::of("{scheme}://a.example", 0, "://a.example", &scheme), Place::Scheme);
        assert_ne!(Place::of("https://{scheme}.example", 8, ".example", &scheme), Place::Scheme);
    }
}
