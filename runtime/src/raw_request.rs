//! Requests to endpoints that a generated client does not have: the same transport sends them.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::Method;
use serde::Serialize;

use crate::error::Error;
use crate::operation::Operation;
use crate::request::Request;
use crate::response::RawResponse;
use crate::retry::RetryPolicy;
use crate::transport::Transport;

/// A request to any endpoint of the API, for those that a generated client does not have: see [`Transport::request`].
///
/// ```no_run
/// use salla_runtime::{Error, Method, Transport};
///
/// async fn order_status(transport: &Transport, id: i64) -> Result<String, Error> {
///     let request = transport.request(Method::GET, "/orders/{id}").path_param("id", id).query("expanded", true);
///     let response = request.send().await?.error_for_status()?;
///     let order = response.json::<serde_json::Value>()?;
///     Ok(order["data"]["status"]["name"].to_string())
/// }
/// ```
#[derive(Clone)]
#[must_use = "nothing is sent before `send`"]
pub struct RawRequest {
    transport: Transport,
    request: Request,
}

impl Transport {
    /// Creates a request to any endpoint of the API. It gets a token, waits for the rate limit and is retried like the
    /// requests of a generated client, and its errors are of the same kind. If the crate of the client has the type
    /// `Credentials`, the request carries those that the API documents for all operations, or else those of any operation.
    ///
    /// `path` is a template below the base URL, such as `/orders/{id}`. Errors and spans show it, so put ids into
    /// [`path_param`](RawRequest::path_param) and not into the template.
    pub fn request(&self, method: Method, path: &'static str) -> RawRequest {
        let request = Request::new(&Operation::new(path, method, path)).refuse_if("path", invalid_reason(path));
        RawRequest { transport: self.clone(), request }
    }
}

/// Returns the reason why `path` is not the template of a path.
fn invalid_reason(path: &str) -> Option<&'static str> {
    if !path.starts_with('/') {
        return Some("does not begin with `/`");
    }
    path.contains(['?', '#']).then_some("has a query or a fragment; set parameters with `query`")
}

impl RawRequest {
    /// Sets `{name}` in the path. The value is percent-encoded.
    pub fn path_param(self, name: &str, value: impl Serialize) -> Self {
        self.map(|request| request.path_param(name, &value))
    }

    /// Adds a parameter to the query. A list repeats the name; null and `None` add nothing.
    pub fn query(self, name: &str, value: impl Serialize) -> Self {
        self.map(|request| request.query(name, &value))
    }

    /// Sets a header. The request is refused if `name` is one of the headers that the client sets itself, such as
    /// `Authorization` or `Host`.
    pub fn header(self, name: &str, value: &str) -> Self {
        self.map(|request| request.extra_header(name, value))
    }

    /// Sets the body as JSON.
    pub fn json(self, body: &(impl Serialize + ?Sized)) -> Self {
        self.map(|request| request.json(body))
    }

    /// Sets the body as `application/x-www-form-urlencoded`, from the entries of an object.
    pub fn form(self, body: &(impl Serialize + ?Sized)) -> Self {
        self.map(|request| request.form(body))
    }

    /// Sets the body as bytes of a media type, such as `text/csv`.
    pub fn body(self, content_type: &'static str, body: impl Into<Bytes>) -> Self {
        self.map(|request| request.bytes(content_type, body))
    }

    /// Marks the request as idempotent: it may be repeated although its method does not say so.
    pub fn idempotent(self) -> Self {
        self.map(Request::idempotent)
    }

    /// Overrides the client's retry policy for this request.
    pub fn retry(self, policy: RetryPolicy) -> Self {
        self.map(|request| request.retry(policy))
    }

    /// Overrides the client's timeout for this request. It covers retries and waits.
    pub fn timeout(self, timeout: Duration) -> Self {
        self.map(|request| request.timeout(timeout))
    }

    /// Sends the request and returns the last response, with any status:
    /// [`error_for_status`](RawResponse::error_for_status) makes a failure an error.
    ///
    /// # Errors
    ///
    /// When the request is invalid, or no complete response arrives.
    pub async fn send(self) -> Result<RawResponse, Error> {
        self.transport.call(self.request).await
    }

    fn map(self, change: impl FnOnce(Request) -> Request) -> Self {
        Self { request: change(self.request), ..self }
    }
}

/// Shows the operation, but neither parameters nor headers nor the body.
impl fmt::Debug for RawRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawRequest").field("operation", self.request.operation()).finish_non_exhaustive()
    }
}
