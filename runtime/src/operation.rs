//! The description of one operation of the API: its name, its method and its path.

use http::Method;

use crate::security::Requirement;

/// One operation of the API: the parts that all of its requests share.
#[derive(Clone, Debug)]
pub struct Operation {
    id: &'static str,
    method: Method,
    path: &'static str,
    idempotent: bool,
    security: Option<Requirement>,
    /// The index of its own server in the servers of the API.
    server: Option<usize>,
}

impl Operation {
    /// Creates an operation named `id`. `path` is a template below the URL of its server, such as
    /// `/orders/{id}`.
    #[must_use]
    pub const fn new(id: &'static str, method: Method, path: &'static str) -> Self {
        Self { id, method, path, idempotent: false, security: None, server: None }
    }

    /// Marks the operation as idempotent: its requests may be repeated, with any method.
    #[must_use]
    pub const fn idempotent(mut self) -> Self {
        self.idempotent = true;
        self
    }

    /// Sets the alternatives of credentials, where they differ from those of the API.
    #[must_use]
    pub const fn secured(mut self, requirement: Requirement) -> Self {
        self.security = Some(requirement);
        self
    }

    /// Sets its own server, by the index in the servers of the API. Other operations use the base URL.
    #[must_use]
    pub const fn served_by(mut self, server: usize) -> Self {
        self.server = Some(server);
        self
    }

    /// Returns the operation's name.
    #[must_use]
    pub const fn id(&self) -> &'static str {
        self.id
    }

    /// Returns the method of its requests.
    #[must_use]
    pub const fn method(&self) -> &Method {
        &self.method
    }

    /// Returns the template of its path. It holds names of parameters and no values, so errors may show it.
    #[must_use]
    pub const fn path(&self) -> &'static str {
        self.path
    }

    /// Returns the alternatives of credentials, if they differ from those of the API.
    pub(crate) const fn security(&self) -> Option<Requirement> {
        self.security
    }

    /// Returns the index of its own server.
    pub(crate) const fn server(&self) -> Option<usize> {
        self.server
    }

    /// Reports whether its requests may be repeated: requests with a safe method (RFC 9110 section 9.2.1: `GET`,
    /// `HEAD`, `OPTIONS`, `TRACE`) and operations that are marked as idempotent. `PUT` and `DELETE` should be
    /// idempotent, but not every server keeps to that.
    pub(crate) fn is_repeatable(&self) -> bool {
        self.idempotent || self.method.is_safe()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_safe_methods_and_marked_operations_are_repeatable() {
        let of = |method| Operation::new("x", method, "/");
        assert!([Method::GET, Method::HEAD, Method::OPTIONS].map(of).iter().all(Operation::is_repeatable));
        let others = [Method::POST, Method::PUT, Method::PATCH, Method::DELETE].map(of);
        assert!(!others.iter().any(Operation::is_repeatable));
        assert!(others.map(Operation::idempotent).iter().all(Operation::is_repeatable));
    }
}
