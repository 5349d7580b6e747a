//! The servers that requests go to.

use crate::document::Pointer;

/// The servers that the client cannot know as one constant.
#[derive(Debug, Default)]
pub struct Servers {
    /// The server of the base URL, if its URL has variables.
    pub base: Option<ServerTemplate>,
    /// The servers of the operations that have their own.
    pub own: Vec<ServerTemplate>,
}

/// A server whose URL may have variables, and may be relative to the base URL.
#[derive(Clone, Debug)]
pub struct ServerTemplate {
    /// Where the document has it.
    pub at: Pointer,
    /// Its URL, with the names of variables in braces.
    pub url: String,
    /// Its description.
    pub description: Option<String>,
    /// The variables of the URL.
    pub variables: Vec<ServerVariable>,
}

/// A variable of the URL of a server.
#[derive(Clone, Debug)]
pub struct ServerVariable {
    /// Its name in the URL.
    pub name: String,
    /// The name of its setter. Variables of several servers with one name have one setter.
    pub setter: String,
    /// Its default.
    pub default: Option<String>,
    /// The values that it may have. An empty list allows all.
    pub values: Vec<String>,
    /// Its description.
    pub description: Option<String>,
}

impl Servers {
    /// Returns all servers.
    pub fn all(&self) -> impl Iterator<Item = &ServerTemplate> {
        self.base.iter().chain(&self.own)
    }

    /// Returns whether the client needs nothing but its base URL.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.base.is_none() && self.own.is_empty()
    }

    /// Returns one variable for each setter, in the order of the document.
    #[must_use]
    pub fn variables(&self) -> Vec<&ServerVariable> {
        let mut variables: Vec<&ServerVariable> = Vec::new();
        for variable in self.all().flat_map(|server| &server.variables) {
            if variables.iter().all(|known| known.setter != variable.setter) {
                variables.push(variable);
            }
        }
        variables
    }
}

impl ServerTemplate {
    /// Returns whether two servers have the same URL, whatever the values of its variables.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        let plain = |server: &Self| server.url.trim_end_matches('/').to_owned();
        let is_same = |(a, b): (&ServerVariable, &ServerVariable)| {
            (&a.name, &a.default, &a.values) == (&b.name, &b.default, &b.values)
        };
        plain(self) == plain(other)
            && self.variables.len() == other.variables.len()
            && self.variables.iter().zip(&other.variables).all(is_same)
    }

    /// Returns the URL with the defaults of its variables.
    #[must_use]
    pub fn with_defaults(&self) -> String {
        self.variables.iter().fold(self.url.clone(), |url, variable| match &variable.default {
            Some(default) => url.replace(&format!("{{{}}}", variable.name), default),
            None => url,
        })
    }
}
