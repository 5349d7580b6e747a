//! A request as generated code writes it: an [`Operation`] of the API, filled with parameters.
//! The transport turns it into bytes on the wire.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use serde_json::Value;
use url::form_urlencoded;

use crate::retry::RetryPolicy;

/// Everything but the unreserved characters of RFC 3986 section 2.3.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// One operation of the API: what all its requests have in common.
#[derive(Clone, Debug)]
pub struct Operation {
    id: &'static str,
    method: Method,
    path: &'static str,
    idempotent: bool,
}

impl Operation {
    /// An operation named `id`: `method` on `path`, a template such as `/orders/{id}` below the base URL.
    #[must_use]
    pub const fn new(id: &'static str, method: Method, path: &'static str) -> Self {
        Self { id, method, path, idempotent: false }
    }

    /// The same operation, which has the same effect however often it is sent: it may be repeated whatever its method.
    #[must_use]
    pub const fn idempotent(mut self) -> Self {
        self.idempotent = true;
        self
    }

    /// The operation's name.
    #[must_use]
    pub const fn id(&self) -> &'static str {
        self.id
    }

    /// The method of its requests.
    #[must_use]
    pub const fn method(&self) -> &Method {
        &self.method
    }

    /// The template of its path. It holds names, no values, so it can be shown.
    #[must_use]
    pub const fn path(&self) -> &'static str {
        self.path
    }

    /// Whether its requests may be repeated: those whose method is safe (RFC 9110 section 9.2.1: `GET`, `HEAD`,
    /// `OPTIONS`, `TRACE`), and those that are marked. `PUT` and `DELETE` should be idempotent, but nothing says that
    /// they are.
    pub(crate) fn is_repeatable(&self) -> bool {
        self.idempotent || self.method.is_safe()
    }
}

/// A request under construction. The first thing that cannot be sent is remembered, and reported when it is sent.
#[derive(Clone)]
pub struct Request {
    operation: Operation,
    parts: Parts,
    overrides: Overrides,
    failure: Option<String>,
}

/// What one request has otherwise than its client.
#[derive(Clone, Copy, Debug, Default)]
pub struct Overrides {
    /// How it is repeated.
    pub retry: Option<RetryPolicy>,
    /// How long it may take, retries and waiting included.
    pub timeout: Option<Duration>,
}

/// What goes on the wire, save what the transport adds to every request.
#[derive(Clone, Default)]
pub(crate) struct Parts {
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Option<Bytes>,
}

impl Request {
    /// A request of `operation`, with nothing filled in.
    #[must_use]
    pub fn new(operation: &Operation) -> Self {
        let parts = Parts { path: operation.path.to_owned(), ..Parts::default() };
        Self { operation: operation.clone(), parts, overrides: Overrides::default(), failure: None }
    }

    /// Fills `{name}` in the path.
    #[must_use]
    pub fn path_param<T: Serialize + ?Sized>(self, name: &str, value: &T) -> Self {
        self.try_set(name, |parts| {
            let value = scalar(value)?.ok_or("a path parameter needs a value")?;
            parts.fill(name, &value)
        })
    }

    /// Adds `name=value` to the query; an array repeats the name (`form`, exploded), null and `None` add nothing.
    #[must_use]
    pub fn query<T: Serialize + ?Sized>(self, name: &str, value: &T) -> Self {
        self.try_set(name, |parts| {
            for value in scalars(value)? {
                parts.add_query(name, &value);
            }
            Ok(())
        })
    }

    /// Adds a header; null and `None` add nothing.
    #[must_use]
    pub fn header<T: Serialize + ?Sized>(self, name: &str, value: &T) -> Self {
        self.try_set(name, |parts| {
            let Some(value) = scalar(value)? else {
                return Ok(());
            };
            let name = HeaderName::try_from(name).map_err(|_| "is not the name of a header")?;
            let value = HeaderValue::from_str(&value)
                .map_err(|_| "cannot be sent in a header: only visible ASCII characters can")?;
            parts.headers.append(name, value);
            Ok(())
        })
    }

    /// Sets the body.
    #[must_use]
    pub fn json<T: Serialize + ?Sized>(self, body: &T) -> Self {
        self.try_set("body", |parts| {
            let bytes = serde_json::to_vec(body).map_err(|error| error.to_string())?;
            parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
            parts.body = Some(bytes.into());
            Ok(())
        })
    }

    /// Retries this request by `policy`, not by its client's.
    #[must_use]
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.overrides.retry = Some(policy);
        self.refuse_if("retry", policy.fault())
    }

    /// Sends this request once.
    #[must_use]
    pub fn no_retry(self) -> Self {
        self.retry(RetryPolicy::none())
    }

    /// How long this request may take, retries and waiting included; not what its client says.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.overrides.timeout = Some(timeout);
        self.refuse_if("timeout", timeout.is_zero().then_some("is zero"))
    }

    /// Sends this request as `overrides` say, where they say something.
    #[must_use]
    pub fn overridden(self, overrides: Overrides) -> Self {
        let request = match overrides.retry {
            Some(policy) => self.retry(policy),
            None => self,
        };
        match overrides.timeout {
            Some(timeout) => request.timeout(timeout),
            None => request,
        }
    }

    pub(crate) fn overrides(&self) -> Overrides {
        self.overrides
    }

    pub(crate) fn operation(&self) -> &Operation {
        &self.operation
    }

    /// What to send, or why it cannot be sent.
    pub(crate) fn into_parts(self) -> Result<Parts, String> {
        match self.failure {
            Some(reason) => Err(reason),
            None => self.parts.checked(),
        }
    }

    fn refuse_if(self, name: &str, fault: Option<&str>) -> Self {
        self.try_set(name, |_| fault.map_or(Ok(()), |reason| Err(reason.to_owned())))
    }

    fn try_set(mut self, name: &str, set: impl FnOnce(&mut Parts) -> Result<(), String>) -> Self {
        if self.failure.is_none() {
            self.failure = set(&mut self.parts).err().map(|reason| format!("{name}: {reason}"));
        }
        self
    }
}

impl Parts {
    fn fill(&mut self, name: &str, value: &str) -> Result<(), String> {
        let placeholder = format!("{{{name}}}");
        if !self.path.contains(&placeholder) {
            return Err("the path has no such parameter".to_owned());
        }
        if value.is_empty() {
            return Err("a path parameter cannot be empty".to_owned());
        }
        if matches!(value, "." | "..") {
            return Err("a path parameter cannot be `.` or `..`".to_owned());
        }
        let encoded = utf8_percent_encode(value, RESERVED).to_string();
        self.path = self.path.replace(&placeholder, &encoded);
        Ok(())
    }

    fn add_query(&mut self, name: &str, value: &str) {
        if !self.query.is_empty() {
            self.query.push('&');
        }
        self.query.extend(form_urlencoded::byte_serialize(name.as_bytes()));
        self.query.push('=');
        self.query.extend(form_urlencoded::byte_serialize(value.as_bytes()));
    }

    /// Refuses a path that is not filled, or that would climb: `.` and `..` mean "here" and "up" in a URL,
    /// percent-encoded or not.
    fn checked(self) -> Result<Self, String> {
        if let Some((_, rest)) = self.path.split_once('{') {
            let name = rest.split('}').next().unwrap_or(rest);
            return Err(format!("{name}: the path parameter is missing"));
        }
        if self.path.split('/').any(|segment| matches!(segment, "." | "..")) {
            return Err("the path would leave its place".to_owned());
        }
        Ok(self)
    }
}

/// The one text that `value` is sent as, if any.
fn scalar<T: Serialize + ?Sized>(value: &T) -> Result<Option<String>, String> {
    let mut texts = scalars(value)?;
    match texts.len() {
        0 | 1 => Ok(texts.pop()),
        _ => Err("needs one value, not a list".to_owned()),
    }
}

/// The texts that `value` is sent as: none for null, one for a scalar, one each for the elements of an array.
fn scalars<T: Serialize + ?Sized>(value: &T) -> Result<Vec<String>, String> {
    match serde_json::to_value(value).map_err(|error| error.to_string())? {
        Value::Array(values) => values.into_iter().filter_map(text_of).collect(),
        value => text_of(value).into_iter().collect(),
    }
}

fn text_of(value: Value) -> Option<Result<String, String>> {
    match value {
        Value::Null => None,
        Value::Bool(value) => Some(Ok(value.to_string())),
        Value::Number(value) => Some(Ok(value.to_string())),
        Value::String(value) => Some(Ok(value)),
        Value::Array(_) | Value::Object(_) => Some(Err("cannot be sent as a parameter: it is not a scalar".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPERATION: Operation = Operation::new("show", Method::GET, "/orders/{id}/items/{item}");
    const PLAIN: Operation = Operation::new("list", Method::GET, "/orders");

    fn path(id: &str) -> Result<String, String> {
        let request = Request::new(&OPERATION).path_param("id", id).path_param("item", &7);
        Ok(request.into_parts()?.path)
    }

    #[test]
    fn path_parameters_stay_in_their_segment() {
        for (id, segment) in [
            ("A-z0.9_~", "A-z0.9_~"),
            ("a/b", "a%2Fb"),
            ("a%2Fb", "a%252Fb"),
            ("%2e%2e", "%252e%252e"),
            (r"a\b", "a%5Cb"),
            ("a b?c#d{item}", "a%20b%3Fc%23d%7Bitem%7D"),
            ("...", "..."),
            ("ش", "%D8%B4"),
        ] {
            assert_eq!(path(id).unwrap(), format!("/orders/{segment}/items/7"));
        }
    }

    #[test]
    fn path_parameters_that_cannot_be_sent_are_named() {
        for (id, reason) in [("", "id: "), (".", "`.`"), ("..", "`..`")] {
            let error = path(id).unwrap_err();
            assert!(error.contains(reason), "{error}");
        }
        let error = |request: Request| request.into_parts().err().unwrap();
        assert_eq!(error(Request::new(&OPERATION).path_param("item", "1")), "id: the path parameter is missing");
        assert_eq!(
            error(Request::new(&OPERATION).path_param("id", &None::<&str>)),
            "id: a path parameter needs a value"
        );
        assert_eq!(error(Request::new(&PLAIN).path_param("id", "1")), "id: the path has no such parameter");
    }

    #[test]
    fn query_parameters_are_encoded_as_a_form() {
        let request = Request::new(&PLAIN)
            .query("a", "x y&z=1+%")
            .query("none", &None::<i64>)
            .query("page", &Some(2))
            .query("flag", &true)
            .query("list[]", &["1", "2"])
            .query("empty", "")
            .query("name", "مخصصة")
            .query("id", &crate::Id::from(98_787_845_454_i64));
        assert_eq!(
            request.into_parts().unwrap().query,
            "a=x+y%26z%3D1%2B%25&page=2&flag=true&list%5B%5D=1&list%5B%5D=2&empty=\
             &name=%D9%85%D8%AE%D8%B5%D8%B5%D8%A9&id=98787845454"
        );
    }

    #[test]
    fn the_first_parameter_that_cannot_be_sent_is_reported() {
        let request = Request::new(&PLAIN)
            .header("x-note", "a\nb")
            .query("filter", &std::collections::BTreeMap::from([("a", 1)]));
        assert!(request.into_parts().err().unwrap().starts_with("x-note: cannot be sent in a header"));
        let request = Request::new(&PLAIN).query("filter", &std::collections::BTreeMap::from([("a", 1)]));
        assert!(request.into_parts().err().unwrap().starts_with("filter: "));
    }

    #[test]
    fn overrides_that_cannot_be_used_are_named() {
        let error = |request: Request| request.into_parts().err().unwrap();
        let plain = || Request::new(&PLAIN);
        assert_eq!(error(plain().timeout(Duration::ZERO)), "timeout: is zero");
        assert!(error(plain().retry(RetryPolicy::new().max_attempts(0))).starts_with("retry: allows no attempt"));
        assert_eq!(plain().no_retry().overrides().retry, Some(RetryPolicy::none()));
        let both = Overrides { retry: Some(RetryPolicy::none()), timeout: Some(Duration::from_secs(1)) };
        let overridden = plain().overridden(both).overrides();
        assert_eq!((overridden.retry, overridden.timeout), (both.retry, both.timeout));
        assert_eq!(plain().overridden(Overrides::default()).overrides().timeout, None);
    }

    #[test]
    fn only_what_may_be_repeated_is_repeatable() {
        let of = |method| Operation::new("x", method, "/");
        assert!([Method::GET, Method::HEAD, Method::OPTIONS].map(of).iter().all(Operation::is_repeatable));
        let others = [Method::POST, Method::PUT, Method::PATCH, Method::DELETE].map(of);
        assert!(!others.iter().any(Operation::is_repeatable));
        assert!(others.map(Operation::idempotent).iter().all(Operation::is_repeatable));
    }

    #[test]
    fn headers_and_body_are_sent_as_given() {
        let parts =
            Request::new(&PLAIN).header("x-page", &3).header("x-none", &None::<&str>).json(&[1]).into_parts().unwrap();
        let headers: Vec<_> =
            parts.headers.iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap())).collect();
        assert_eq!(headers, [("x-page", "3"), ("content-type", "application/json")]);
        assert_eq!(parts.body.unwrap(), "[1]");
    }
}
