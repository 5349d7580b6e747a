//! The facts about the whole API.

use super::links::SeeAlso;
use crate::openapi::servers::NoBaseUrl;

/// The facts about the whole API.
#[derive(Debug)]
pub struct Info {
    /// Its title.
    pub title: String,
    /// Its version, as the document has it.
    pub version: String,
    /// Its description.
    pub description: Option<String>,
    /// Its link to further documentation.
    pub see_also: Option<SeeAlso>,
    /// Its licence, if that is an SPDX expression.
    pub license: Option<String>,
    /// The host of its first server.
    pub host: Option<String>,
    /// The default server of a client, or why there is none.
    pub server: Result<Server, NoBaseUrl>,
}

impl Info {
    /// Describes the client in one sentence, also where the document has no title.
    #[must_use]
    pub fn sentence(&self) -> String {
        let title = self.title.split_whitespace().collect::<Vec<_>>().join(" ");
        match (title.trim_end_matches('.'), &self.host) {
            ("", Some(host)) => format!("A client of the API at {host}."),
            ("", None) => "A client generated from an OpenAPI document.".to_owned(),
            (title, _) => format!("A client of {title}."),
        }
    }
}

/// A server.
#[derive(Debug)]
pub struct Server {
    /// Its base URL.
    pub url: String,
    /// Its description.
    pub description: Option<String>,
}
